"""The file from which a run goes on, and the random states that it goes on with."""

import os
import pickle
import random
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gdbook.training._parallel import gathered, rank

if TYPE_CHECKING:
    from gdbook.training._trainer import Trainer


@dataclass(frozen=True)
class Checkpoint:
    """All that the rest of a run depends on; the settings tell whether it is the same run."""

    settings: dict[str, str]
    losses: list[float]
    validation_losses: list[float]
    model: dict[str, Any]
    buffers: dict[str, Tensor]
    loss: dict[str, Any]
    optimizer: dict[str, Any]
    scheduler: dict[str, Any] | None
    best: dict[str, Any] | None
    random: list[dict[str, Any]]

    @classmethod
    def of(cls, trainer: "Trainer", settings: dict[str, str]) -> "Checkpoint":
        """Return the state of a run; every process has to ask for it."""
        task = trainer.task
        return cls(
            settings=settings,
            losses=trainer.losses,
            validation_losses=trainer.validation_losses,
            model=task.model.state_dict(),
            buffers=dict(task.model.named_buffers()),
            loss=task.loss_state,
            optimizer=task.optimizer.state_dict(),
            scheduler=task.scheduler.state_dict() if task.scheduler else None,
            best=trainer.best,
            random=gathered(_random_states(trainer.device, task.generators)),
        )

    def into(self, trainer: "Trainer") -> None:
        """Let a run go on from here."""
        task = trainer.task
        trainer.losses, trainer.validation_losses = self.losses, self.validation_losses
        trainer.best = self.best
        task.model.load_state_dict(self.model)
        for name, buffer in task.model.named_buffers():  # some are in no state of a model
            buffer.copy_(self.buffers[name])
        if isinstance(task.loss, nn.Module):
            task.loss.load_state_dict(self.loss)
        load_optimizer(task.optimizer, self.optimizer)
        if task.scheduler is not None and self.scheduler is not None:
            task.scheduler.load_state_dict(self.scheduler)
        _set_random_states(self.random[rank()], trainer.device, task.generators)


def load_optimizer(optimizer: Optimizer, state: dict[str, Any]) -> None:
    """Load a state into the groups that there are, which others may hold."""
    groups = optimizer.param_groups
    optimizer.load_state_dict(state)
    for group, loaded in zip(groups, optimizer.param_groups, strict=True):
        group.update(loaded)
    optimizer.param_groups = groups


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint in the first process; return when it is there.

    Whatever happens, the file holds the old checkpoint or the new one.
    """
    if rank() == 0:
        temporary = path.with_name(f"{path.name}.tmp")
        with temporary.open("wb") as file:
            torch.save(_plain(vars(checkpoint)), file)
            file.flush()
            os.fsync(file.fileno())
        _check_readable(temporary)
        temporary.replace(path)
    gathered(None)


def load(path: Path, settings: dict[str, str], epochs: int) -> Checkpoint:
    """Read a checkpoint, if it is of a run with the same settings."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ValueError(
            f"there is no checkpoint {path}: pass the path of one, or resume=False."
        ) from error
    except Exception as error:  # a damaged file can raise anything
        raise ValueError(f"{path} cannot be read as a checkpoint: pass one of train.") from error
    if not isinstance(content, dict) or content.keys() != {
        each.name for each in fields(Checkpoint)
    }:
        raise ValueError(f"{path} is no checkpoint of train: pass one of train.")
    theirs = content["settings"]
    for name in settings | theirs:
        there, here = theirs.get(name, "missing"), settings.get(name, "missing")
        if there != here:
            raise ValueError(
                f"the checkpoint {path} is of another run: {name} was {there}, now it is {here}. "
                "Pass what it was made with, or resume=False."
            )
    if len(content["losses"]) > epochs:
        raise ValueError(
            f"epochs is {epochs}, but the checkpoint {path} has {len(content['losses'])} of them "
            "behind it: pass at least as many."
        )
    return Checkpoint(**content)


def _check_readable(path: Path) -> None:
    try:
        torch.load(path, weights_only=True, mmap=True)
    except pickle.UnpicklingError as error:
        path.unlink()
        raise ValueError(
            "the run has a state that PyTorch does not read back from a checkpoint: let the model, "
            "the loss, the optimizer and the scheduler keep tensors, numbers and text only, or "
            f"train without a checkpoint. {error}"
        ) from error


def _plain(value: Any) -> Any:
    """Return the value with Python's numbers in place of NumPy's, which are not read back."""
    if isinstance(value, np.generic):
        return value.item()
    if type(value) is dict:
        return {key: _plain(each) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(_plain, value))
    return value


def _random_states(device: torch.device, generators: Iterable[torch.Generator]) -> dict[str, Any]:
    """Return the states of all generators of random numbers that a run may use."""
    name, words, *rest = np.random.get_state()
    return {
        "python": random.getstate(),
        "numpy": [name, np.asarray(words).tolist(), *rest],
        "torch": torch.get_rng_state(),
        "device": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
        "generators": [generator.get_state() for generator in generators],
    }


def _set_random_states(
    states: dict[str, Any], device: torch.device, generators: Iterable[torch.Generator]
) -> None:
    """Put all generators of random numbers back to their states."""
    random.setstate(states["python"])
    name, words, *rest = states["numpy"]
    np.random.set_state((name, words, *rest))
    torch.set_rng_state(states["torch"])
    if device.type == "cuda":  # pragma: no cover - needs a GPU
        torch.cuda.set_rng_state(states["device"], device)
    for generator, state in zip(generators, states["generators"], strict=True):
        generator.set_state(state)


def seed_generators(seed: int) -> None:
    """Seed the generators that Python, NumPy and PyTorch share between all that use them."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
