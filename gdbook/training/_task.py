"""What a caller brings to a training, and what may be wrong with it."""

import os
from collections.abc import Callable
from operator import length_hint
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everyone calls it
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.nn.parameter import is_lazy
from torch.optim import LBFGS, Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader, Dataset, Sampler

from gdbook._checks import flag, positive_number, whole_number
from gdbook.training._parallel import Loader, check_divisible

Loss = Callable[[Tensor, Tensor], Tensor]
ScheduledBy = Literal["each epoch", "each batch"]

_Elementwise = nn.MSELoss | nn.L1Loss | nn.SmoothL1Loss | nn.HuberLoss
_ELEMENTWISE = (F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss)  # they broadcast, and warn
_HOLDERS = (torch.Generator, Sampler, Dataset)


class Options(NamedTuple):
    """How long to train, and what to keep."""

    epochs: int
    scheduler_steps: ScheduledBy
    patience: int | None
    keep_best: bool
    max_grad_norm: float | None
    checkpoint: str | os.PathLike[str] | None
    checkpoint_every: int
    resume: bool
    dtype: torch.dtype | None
    seed: int | None
    progress: bool | None

    @property
    def path(self) -> Path | None:
        """Where checkpoints are, if there are any."""
        return None if self.checkpoint is None else Path(self.checkpoint)

    def check(self) -> None:
        """Refuse what makes no sense."""
        whole_number("epochs", self.epochs, at_least=1)
        whole_number("checkpoint_every", self.checkpoint_every, at_least=1)
        if self.patience is not None:
            whole_number("patience", self.patience, at_least=1)
        if self.seed is not None:
            whole_number("seed", self.seed, at_least=0)
        if self.max_grad_norm is not None:
            positive_number("max_grad_norm", self.max_grad_norm)
        if self.scheduler_steps not in get_args(ScheduledBy):
            raise ValueError(
                f"scheduler_steps is {self.scheduler_steps!r}: pass 'each epoch' or 'each batch'."
            )
        flag("resume", self.resume)
        flag("keep_best", self.keep_best)
        if self.progress is not None:
            flag("progress", self.progress)
        if self.dtype is not None:
            _check_type("dtype", self.dtype, torch.dtype, "one of torch's, such as torch.float64")
            if not self.dtype.is_floating_point:
                raise ValueError(f"dtype is {self.dtype}: pass one of floating-point numbers.")
        if self.checkpoint is not None:
            _check_type("checkpoint", self.checkpoint, (str, os.PathLike), "a path")
            check_file("checkpoint", Path(self.checkpoint))
        elif self.resume:
            raise ValueError("resume is True without a checkpoint: pass the path of one.")


class Task(NamedTuple):
    """What a caller brings to a training."""

    model: nn.Module
    loss: Loss
    loader: Loader
    optimizer: Optimizer
    scheduler: LRScheduler | None
    validation: Loader | None

    @property
    def loaders(self) -> dict[str, Loader]:
        """The loaders that there are, by their names."""
        validation = {} if self.validation is None else {"validation": self.validation}
        return {"loader": self.loader, **validation}

    @property
    def groups(self) -> list[list[Tensor]]:
        """The parameters of the optimizer, group by group."""
        return [group["params"] for group in self.optimizer.param_groups]

    @property
    def loss_state(self) -> dict[str, Any]:
        """The state of the loss, if it is a module; such as a running mean."""
        return self.loss.state_dict() if isinstance(self.loss, nn.Module) else {}

    @property
    def generators(self) -> list[torch.Generator]:
        """The generators of the loaders, of their samplers and of their datasets, each once."""
        found: dict[int, Any] = {}
        holders: list[Any] = [
            holder
            for loader in self.loaders.values()
            for holder in (loader, loader.sampler, loader.batch_sampler, loader.dataset)
        ]
        for holder in holders:  # it grows
            if id(holder) not in found:
                found[id(holder)] = holder
                inner = getattr(holder, "__dict__", {}).values()
                holders += (each for each in inner if isinstance(each, _HOLDERS))
        return [each for each in found.values() if isinstance(each, torch.Generator)]

    def check(self) -> None:
        """Refuse what cannot be trained."""
        _check_type("model", self.model, nn.Module, "a torch.nn.Module")
        if isinstance(self.model, DistributedDataParallel | DataParallel):
            raise TypeError(
                f"model is wrapped in {type(self.model).__name__}: pass model.module; train wraps "
                "it where there are several processes."
            )
        for name in (name for name, each in self.model.named_parameters() if is_lazy(each)):
            raise ValueError(
                f"model.{name} has no shape yet: call the model once on inputs of a batch, "
                "and then make the optimizer."
            )
        if not callable(self.loss):
            raise TypeError(f"loss is {self.loss!r}: pass a function of inputs and targets.")
        options = getattr(self.loss, "keywords", {})  # of a functools.partial
        reduction = options.get("reduction", getattr(self.loss, "reduction", "mean"))
        if reduction not in ("mean", "batchmean"):
            raise ValueError(f"loss has reduction={reduction!r}: pass one with reduction='mean'.")
        for name, loader in self.loaders.items():
            _check_type(name, loader, DataLoader, "a torch.utils.data.DataLoader")
            if length_hint(loader, 1) == 0:
                raise ValueError(f"{name} has no batch: pass one that has samples.")
            check_divisible(name, loader)
        self._check_optimizer()

    def check_resumable(self) -> None:
        """Refuse loaders that keep states that no checkpoint can hold."""
        if any(loader.persistent_workers for loader in self.loaders.values()):
            raise ValueError(
                "a loader has persistent_workers, whose random states no checkpoint can hold: "
                "pass persistent_workers=False."
            )

    def settings(self, **others: Any) -> dict[str, str]:
        """Describe what has to be the same when a run goes on."""
        state = self.model.state_dict()
        return {
            **{f"the shape of {key}": _shape(each) for key, each in state.items()},
            "the model": " ".join(repr(self.model).split()),
            "the loss": getattr(self.loss, "__name__", type(self.loss).__name__),
            **{f"the shape of the loss's {key}": _shape(v) for key, v in self.loss_state.items()},
            "the optimizer": type(self.optimizer).__name__,
            **{
                f"what is in group {number} of the optimizer": ", ".join(map(_shape, params))
                for number, params in enumerate(self.groups)
            },
            **{f"the optimizer's {key}": repr(v) for key, v in self.optimizer.defaults.items()},
            "the scheduler": type(self.scheduler).__name__,
            **{
                f"the {key} of {name}": value
                for name, loader in self.loaders.items()
                for key, value in _loader_settings(loader).items()
            },
            "the number of generators": str(len(self.generators)),
            **{f"the {key}": str(value) for key, value in others.items()},
        }

    def _check_optimizer(self) -> None:
        _check_type("optimizer", self.optimizer, Optimizer, "a torch.optim.Optimizer")
        if isinstance(self.optimizer, LBFGS):
            raise TypeError("optimizer is LBFGS: pass one that makes one step for each batch.")
        known = set(self.model.parameters())
        if not all(param in known for params in self.groups for param in params):
            raise ValueError(
                "optimizer holds parameters that are not the model's: make it from "
                "model.parameters() of the same model."
            )
        if not any(param.requires_grad for params in self.groups for param in params):
            raise ValueError("no parameter of the optimizer requires a gradient: unfreeze some.")
        if self.scheduler is not None:
            _check_type("scheduler", self.scheduler, LRScheduler, "one of torch.optim.lr_scheduler")
            if self.scheduler.optimizer is not self.optimizer:
                raise ValueError("scheduler is of another optimizer: make it from this one.")


def _check_type(name: str, value: Any, kind: type | tuple[type, ...], wanted: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is of type {type(value).__name__}: pass {wanted}.")


def check_shapes(loss: Loss, outputs: Any, targets: Tensor) -> None:
    """Refuse outputs and targets that would be broadcast: compared each with all others."""
    if not isinstance(outputs, Tensor) or outputs.shape == targets.shape:
        return
    is_same_but_for_axes_of_1 = outputs.squeeze().shape == targets.squeeze().shape
    function = getattr(loss, "func", loss)  # of a functools.partial
    if is_same_but_for_axes_of_1 or function in _ELEMENTWISE or isinstance(loss, _Elementwise):
        raise ValueError(
            f"the outputs have shape {tuple(outputs.shape)}, the targets {tuple(targets.shape)}: "
            "pass equal shapes, such as targets[:, None], or end the model with nn.Flatten(0)."
        )


def check_file(name: str, path: Path) -> None:
    """Refuse a path at which no file can be written; what is there already is left alone."""
    try:
        if path.is_dir():
            raise ValueError(f"{name} is the folder {path}: pass the path of a file.")
        if not path.parent.is_dir():
            raise ValueError(f"{name} is {path}, but there is no folder {path.parent}: make it.")
        temporary = path.with_name(f"{path.name}.tmp")
        was_there = temporary.exists()
        temporary.open("ab").close()
        if not was_there:
            temporary.unlink(missing_ok=True)  # another process may have been faster
    except OSError as error:
        raise ValueError(f"{name} is {path}, where no file can be written: {error}.") from error


def _loader_settings(loader: Loader) -> dict[str, str]:
    return {
        "number of samples": str(length_hint(loader.dataset)),
        "number of batches": str(length_hint(loader)),
        "batch size": str(loader.batch_size),
        "sampler": type(loader.sampler).__name__,
        "number of workers": str(loader.num_workers),
    }


def _shape(value: Any) -> str:
    return str(tuple(getattr(value, "shape", ())))
