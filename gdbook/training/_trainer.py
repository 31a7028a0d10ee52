"""The loop of a training: epoch by epoch, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from itertools import chain
from math import isfinite
from operator import length_hint
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau
from tqdm import tqdm

from gdbook.training._checkpoints import Checkpoint, load, save, seed_generators
from gdbook.training._parallel import (
    Loader,
    Part,
    n_processes,
    parallel,
    parts,
    process_group,
    rank,
    share_buffers,
    summed,
)
from gdbook.training._task import Options, ScheduledBy, Task, check_shapes


def run(task: Task, options: Options, device: torch.device) -> tuple[list[float], list[float]]:
    """Train; return the losses of training and validation."""
    path = options.path
    settings = task.settings(
        device=device.type,
        dtype=options.dtype,
        seed=options.seed,
        processes=n_processes(),
        scheduler_steps=options.scheduler_steps,
        max_grad_norm=options.max_grad_norm,
        keep_best=options.keep_best,
    )
    kept = load(path, settings, options.epochs) if path and options.resume else None
    with process_group(device):
        return _run(task, options, device, settings, kept)


def _run(
    task: Task,
    options: Options,
    device: torch.device,
    settings: dict[str, str],
    kept: Checkpoint | None,
) -> tuple[list[float], list[float]]:
    if options.seed is not None:
        seed_generators(int(options.seed) + rank())
    trainer = Trainer(task, options, device)
    if kept is not None:
        kept.into(trainer)
    path, every = options.path, options.checkpoint_every
    with trainer.bar(total=options.epochs, initial=len(trainer.losses), unit="epoch") as bar:
        while not trainer.has_ended:
            trainer.train_epoch()
            if path and (trainer.has_ended or len(trainer.losses) % every == 0):
                save(path, Checkpoint.of(trainer, settings))
            bar.set_postfix(loss=f"{trainer.watched[-1]:.6g}", refresh=False)
            bar.update()
    if trainer.best is not None:
        task.model.load_state_dict(trainer.best)
    return trainer.losses, trainer.validation_losses


class Trainer:
    """A task on a device, and the losses so far."""

    def __init__(self, task: Task, options: Options, device: torch.device) -> None:
        """Move the model, and with it the optimizer's state, to the device and the dtype."""
        self.task, self.options, self.device = task, options, device
        for module in (task.model, task.loss):
            if isinstance(module, nn.Module):
                module.to(device=device, dtype=options.dtype)
        task.model.train()
        _move_state(task.optimizer)
        floating = (each.dtype for each in task.model.parameters() if each.is_floating_point())
        self.dtype = next(floating, torch.float32)
        self.model = parallel(task.model)
        self.losses: list[float] = []
        self.validation_losses: list[float] = []
        self.best: dict[str, Any] | None = None  # state of the model

    @property
    def watched(self) -> list[float]:
        """The losses that tell whether the model gets better."""
        return self.losses if self.task.validation is None else self.validation_losses

    @property
    def is_best(self) -> bool:
        """Whether the last of them is less than all before."""
        return self.watched.index(min(self.watched)) == len(self.watched) - 1

    @property
    def has_ended(self) -> bool:
        """Whether all epochs are done, or the patience is at its end."""
        if len(self.losses) == self.options.epochs:
            return True
        if self.options.patience is None or not self.losses:
            return False
        least = self.watched.index(min(self.watched))
        return len(self.watched) - 1 - least >= self.options.patience

    def train_epoch(self) -> None:
        """Update the parameters for each batch, look at the validation data, record the losses."""
        model = self.task.model
        place = f"epoch {len(self.losses) + 1}"
        self.losses.append(self._mean(self._update, self.task.loader, place))
        share_buffers(model)
        if self.task.validation is not None:
            model.eval()
            try:
                with torch.no_grad():
                    loss = self._mean(self._look, self.task.validation, f"{place}, validation")
            finally:
                model.train()
            self.validation_losses.append(loss)
        if self.options.keep_best and self.is_best:
            self.best = deepcopy(model.state_dict())
        self._schedule("each epoch")

    def _schedule(self, now: ScheduledBy) -> None:
        scheduler = self.task.scheduler
        if isinstance(scheduler, ReduceLROnPlateau):
            if now == "each epoch":
                scheduler.step(self.watched[-1])
        elif scheduler is not None and now == self.options.scheduler_steps:
            scheduler.step()

    def bar(self, *arguments: Any, **options: Any) -> Any:
        """Return a progress bar; only the first process shows one."""
        wanted = self.options.progress
        quiet = rank() > 0 or (wanted if wanted is None else not wanted)
        return tqdm(*arguments, disable=quiet, **options)

    def _mean(
        self, visit: Callable[[Part, str], tuple[float, float]], loader: Loader, place: str
    ) -> float:
        """Visit each batch; return the mean of the loss over all samples."""
        total = length_hint(loader) or None
        bar = self.bar(parts(loader), desc=place, total=total, unit="batch", delay=1, leave=False)
        sums = [visit(part, f"{place}, batch {number}") for number, part in enumerate(bar, 1)]
        if not sums:
            raise ValueError(f"{place}: the loader gave no batch; pass one that does.")
        loss, n_samples = map(sum, zip(*sums, strict=True))
        return loss / n_samples

    def _update(self, part: Part, place: str) -> tuple[float, float]:
        """Make a step; return the sum of the losses before it and the number of samples."""
        with _kept_if_not_finite(self.task.model):
            value, own, total, n_samples = self._evaluate(self.model, part, place)
            if not value.requires_grad:
                raise ValueError(
                    f"{place}: the loss does not depend on the parameters through torch's "
                    "operations: do not detach, and call train outside of no_grad."
                )
            self.task.optimizer.zero_grad()
            # The gradient is the mean over the processes; their parts may differ in size.
            torch.autograd.backward(value * (n_processes() * own / n_samples))
            if self.options.max_grad_norm is not None:
                nn.utils.clip_grad_norm_(chain(*self.task.groups), self.options.max_grad_norm)
            self.task.optimizer.step()
            self._schedule("each batch")
            if not all(bool(param.isfinite().all()) for param in self.task.model.parameters()):
                raise _not_finite(f"{place}: the parameters after the update are not finite")
        return total, n_samples

    def _look(self, part: Part, place: str) -> tuple[float, float]:
        """Return the sum of the losses and the number of samples."""
        _, _, total, n_samples = self._evaluate(self.task.model, part, place)
        return total, n_samples

    def _evaluate(
        self, model: nn.Module, part: Part, place: str
    ) -> tuple[Tensor, int, float, float]:
        """Return loss and size of the part, then the sum of losses and the size of all parts."""
        inputs, targets = self._tensors(part.batch, place)
        value = self._loss(model, inputs, targets, place)
        if not isinstance(value, Tensor) or value.numel() != 1:
            raise TypeError(
                f"{place}: the loss returned {_description(value)}: return one number, the mean "
                "over the samples."
            )
        own = len(targets) if part.counts else 0
        total, n_samples = summed(value.item() * own, own, device=self.device)
        if not isfinite(total):
            raise _not_finite(f"{place}: the loss is {total / n_samples}")
        return value, own, total, n_samples

    def _loss(self, model: nn.Module, inputs: Tensor, targets: Tensor, place: str) -> Any:
        with _explained(
            not inputs.is_floating_point(),
            f"{place}: the model does not take inputs of dtype {inputs.dtype}",
            "pass inputs.float(), if they are numbers and no indices",
        ):
            outputs = model(inputs)
        with _explained(
            targets.dtype != getattr(outputs, "dtype", None),
            f"{place}: the loss does not take targets of dtype {targets.dtype}",
            "pass targets.float() if they are numbers, targets.long() if they are labels",
        ):
            check_shapes(self.task.loss, outputs, targets)
            return self.task.loss(outputs, targets)

    def _tensors(self, batch: Any, place: str) -> list[Tensor]:
        """Return inputs and targets where the model is, as what it computes in."""
        is_pair = isinstance(batch, Sequence) and len(batch) == 2
        if not (is_pair and all(isinstance(each, Tensor) and _length(each) for each in batch)):
            raise TypeError(
                f"{place} is {_description(batch)}: let the loader give pairs of tensors, inputs "
                "and targets, with one or more samples along the first axis."
            )
        inputs, targets = batch
        if len(inputs) != len(targets):
            raise ValueError(
                f"{place} has {len(inputs)} inputs and {len(targets)} targets: pass equally many."
            )
        return [
            each.to(self.device, self.dtype if each.is_floating_point() else each.dtype)
            for each in batch
        ]


@contextmanager
def _explained(is_likely: bool, what: str, advice: str) -> Iterator[None]:  # noqa: FBT001 - a condition
    """Say what is wrong and what to do where torch says it in its own words."""
    try:
        yield
    except (NotImplementedError, RuntimeError) as error:
        if not is_likely:
            raise
        raise TypeError(f"{what}: {advice}. {error}") from error


def _move_state(optimizer: Optimizer) -> None:
    """Move what the optimizer remembers to where its parameters are; their groups stay."""
    for parameter, memory in optimizer.state.items():
        for key, value in memory.items():
            if isinstance(value, Tensor) and key != "step":  # torch keeps it where it is, too
                dtype = parameter.dtype if parameter.is_floating_point() else value.dtype
                memory[key] = value.to(parameter.device, dtype)


@contextmanager
def _kept_if_not_finite(model: nn.Module) -> Iterator[None]:
    """Put parameters and buffers back to what they were if a number is not finite."""
    tensors = [*model.parameters(), *model.buffers()]
    kept = [tensor.detach().clone() for tensor in tensors]
    try:
        yield
    except FloatingPointError:
        for tensor, value in zip(tensors, kept, strict=True):
            tensor.data.copy_(value)
        raise


def _not_finite(what: str) -> FloatingPointError:
    return FloatingPointError(
        f"{what}. The model is left as it was before this batch. Try a smaller learning rate, "
        "and look for NaN or infinity in the data."
    )


def _length(tensor: Tensor) -> int:
    return len(tensor) if tensor.ndim else 0


def _description(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    return f"a {type(value).__name__}"
