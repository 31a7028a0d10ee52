"""Look at each epoch of a run, keep the rows of its record, and say when it ends."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from gdbook._checks import Array
from gdbook.history import History, Status
from gdbook.objectives import Objective


class Moment(NamedTuple):
    """Parameters, and value and gradient of the objective there."""

    params: Array
    loss: float
    grad: Array

    @property
    def is_finite(self) -> bool:
        """Whether value and gradient are."""
        return isfinite(self.loss) and bool(np.isfinite(self.grad).all())


@dataclass
class Recorder:
    """The record of a run in the making.

    It looks at every epoch if told to; else at those that become rows, and of the others only
    whether the parameters are finite.
    """

    objective: Objective
    epochs: int
    record_every: int
    tolerance: float | None
    loss_limit: float
    looks_always: bool
    epoch: int = -1
    status: Status = "completed"
    moments: dict[int, Moment] = field(default_factory=dict)

    def wants_more(self, point: Array) -> bool:
        """Take the parameters after one more epoch, the start first; say whether to go on."""
        self.epoch += 1
        is_row = self.epoch % self.record_every == 0 or self.epoch == self.epochs
        if not np.isfinite(point).all():
            self.status = "diverged"
        elif is_row or self.looks_always:
            self._look(point, is_row=is_row)
        if self.status == "diverged" and self.epoch not in self.moments:
            self._keep_last_finite()
        self._last_point = point
        return self.status == "completed" and self.epoch < self.epochs

    def history(self) -> History:
        """Return the record of the run."""
        params, losses, gradients = map(read_only, zip(*self.moments.values(), strict=True))
        epochs = read_only(list(self.moments))
        return History(epochs, params, losses, gradients, self.status, self.epoch)

    def _look(self, point: Array, *, is_row: bool) -> None:
        moment = self.moment = _evaluate(self.objective, point)
        is_finite = moment.is_finite
        if not is_finite or moment.loss > self.loss_limit:
            self.status = "diverged"
        elif self.tolerance is not None and np.linalg.norm(moment.grad) <= self.tolerance:
            self.status = "converged"
        if self.status == "diverged" and self.epoch == 0:
            raise ValueError(
                f"at the start the loss is {moment.loss} and the gradient {moment.grad}: start "
                "where both are finite and the loss is within its limit."
            )
        if is_finite and (is_row or self.status != "completed"):
            self.moments[self.epoch] = moment

    def _keep_last_finite(self) -> None:
        moment = _evaluate(self.objective, self._last_point)
        if moment.is_finite:
            self.moments[self.epoch - 1] = moment


def _evaluate(objective: Objective, point: Array) -> Moment:
    """Return the moment in float64; what overflows in Python's own floats is infinite."""
    params = read_only(point)
    try:
        if objective.value_and_gradient is None:
            value, grad = objective.value(params), objective.gradient(params)
        else:
            value, grad = objective.value_and_gradient(params)
    except OverflowError:
        return Moment(params, np.inf, np.full(params.shape, np.inf))
    loss = real_result("value", value, ())
    return Moment(params, float(loss), real_result("gradient", grad, params.shape))


def real_result(name: str, result: Any, shape: tuple[int, ...]) -> Array:
    """Return what an objective returned as a float64 array of its own, if it has the shape."""
    array = np.array(result)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"the {name} has dtype {array.dtype}: return real numbers.")
    if array.shape != shape:
        raise ValueError(f"the {name} has shape {array.shape}: return shape {shape}.")
    return array.astype(np.float64, copy=False)


def read_only(values: Any) -> Any:
    """Return a copy as an array that cannot be written to."""
    array = np.array(values)
    array.flags.writeable = False
    return array
