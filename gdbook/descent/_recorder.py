"""Look at each epoch of a run, keep the rows of its record, and say when it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from gdbook._checks import Array, positive_number, real_number, whole_number
from gdbook.descent._results import Moment, all_finite, read_only
from gdbook.descent._state import State
from gdbook.descent.history import History, Status

_RECORDED_NUMBERS = 10_000_000

Callback = Callable[[int, Array], object]


@dataclass(kw_only=True)
class Watch:
    """What is watched during a run, checked once: when it ends, and what is recorded."""

    epochs: int
    record_every: int | None
    tolerance: float | None
    loss_limit: float
    callback: Callback | None

    def __post_init__(self) -> None:
        self.epochs = whole_number("epochs", self.epochs, at_least=0, at_most=inf)
        if self.record_every is not None:
            self.record_every = whole_number(
                "record_every", self.record_every, at_least=1, at_most=inf
            )
        if self.tolerance is not None:
            self.tolerance = positive_number("tolerance", self.tolerance)
        self.loss_limit = real_number("loss_limit", self.loss_limit)
        if self.callback is not None and not callable(self.callback):
            raise TypeError(
                f"callback is {self.callback!r}: pass a function of the epoch and the parameters."
            )

    def every(self, last_epoch: int, size: int) -> int:
        """Return how many epochs apart rows are: few enough for a record of 80 MB."""
        numbers = (last_epoch + 1) * (2 * size + 2)
        return self.record_every or -(-numbers // _RECORDED_NUMBERS)


@dataclass
class Recorder:
    """The record of a run in the making.

    It looks at every epoch if told to; else at those that become rows, and of the others only
    whether parameters and memory are finite.
    """

    watch: Watch
    evaluate: Callable[[Array], Moment]
    state: State
    moments: dict[int, Moment]
    looks_always: bool = False
    status: Status = "completed"
    last_epoch: int = field(init=False)
    every: int = field(init=False)

    def __post_init__(self) -> None:
        self.last_epoch = self.state.epoch + self.watch.epochs
        self.every = self.watch.every(self.last_epoch, self.state.params.size)
        self.looks_always |= self.watch.tolerance is not None or self.watch.loss_limit < inf
        if self.state.epoch % self.every:  # a row only because another run ended there
            self.moments.pop(self.state.epoch, None)

    def wants_more(self, state: State) -> bool:
        """Take what one more epoch has come to, the start first; say whether to go on."""
        before, self.state = self.state, state
        is_start = before is state
        self.status = self._look(state)
        if self.status == "diverged" and is_start:
            moment = self.evaluate(state.point)
            raise ValueError(
                f"at the start the loss is {moment.loss} and the gradient {moment.grad}: start "
                "where both are finite and the loss is within its limit."
            )
        if self.status == "diverged" and state.epoch not in self.moments:
            self._keep(before)
        if self.status == "completed" and not is_start and self._is_stopped(state):
            self.status = "stopped"
            self._keep(state)
        return self.status == "completed" and state.epoch < self.last_epoch

    def interrupt(self) -> None:
        """Take what Ctrl-C has left: the last whole epoch."""
        self._keep(self.state)
        if not self.moments:
            raise KeyboardInterrupt
        self.status = "interrupted"

    def history(self) -> History:
        """Return the record of the run."""
        columns = zip(*self.moments.values(), strict=True)
        params, losses, gradients = (read_only(np.array(column)) for column in columns)
        epochs = np.array([*self.moments])
        epochs.flags.writeable = False
        last, status = self.state.epoch, self.status
        return History(epochs, params, losses, gradients, status, last, self.state)

    def _look(self, state: State) -> Status:
        is_row = state.epoch % self.every == 0 or state.epoch == self.last_epoch
        remembers = is_finite(state.memory)
        if not all_finite(state.point):
            return "diverged"
        if not is_row and remembers and not self.looks_always:
            return "completed"
        moment, status = self.evaluate(state.point), self.status
        if not moment.is_finite:
            return "diverged"
        if moment.loss > self.watch.loss_limit or not remembers:
            status = "diverged"
        elif (
            self.watch.tolerance is not None and np.linalg.norm(moment.grad) <= self.watch.tolerance
        ):
            status = "converged"
        if is_row or status != "completed":
            self.moments[state.epoch] = moment
        return status

    def _keep(self, state: State) -> None:
        if state.epoch not in self.moments:
            moment = self.evaluate(state.point)
            if moment.is_finite:
                self.moments[state.epoch] = moment

    def _is_stopped(self, state: State) -> bool:
        try:
            if self.watch.callback is not None:
                self.watch.callback(state.epoch, state.point.view())
        except StopIteration:
            return True
        return False


def rows_of(start: Any) -> dict[int, Moment]:
    """Return the rows of a run that is gone on with, under their epochs."""
    if not isinstance(start, History):
        return {}
    return {row.epoch: Moment(row.params, row.loss, row.gradient) for row in start}


def is_finite(memory: Any) -> bool:
    """Tell whether all numbers that a step remembers are finite."""
    if isinstance(memory, dict):
        memory = [*memory.values()]
    if isinstance(memory, (list, tuple)):
        return all(map(is_finite, memory))
    if isinstance(memory, (np.ndarray, np.inexact, float)):
        return np.asarray(memory).dtype.kind not in "fc" or all_finite(np.asarray(memory))
    return True
