"""What functions of others return: float64 arrays, or what is wrong with it."""

from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from gdbook._checks import Array, as_array
from gdbook.objectives import Objective

ARITHMETIC_THAT_FAILS = (ArithmeticError, np.linalg.LinAlgError)


class Moment(NamedTuple):
    """Parameters, and value and gradient of the objective there."""

    params: Array
    loss: float
    grad: Array

    @property
    def is_finite(self) -> bool:
        """Whether value and gradient are."""
        return isfinite(self.loss) and all_finite(self.grad)


def all_finite(values: Array) -> bool:
    """Tell whether all numbers of an array are finite, in half the time of `all`."""
    return bool(np.count_nonzero(np.isfinite(values)) == np.size(values))


def evaluate(objective: Objective, params: Array) -> Moment:
    """Return value and gradient on all samples; arithmetic that fails is infinite."""
    shown = params.view()
    try:
        if objective.value_and_gradient is None:
            value, grad = objective.value(shown), objective.gradient(shown)
        else:
            value, grad = _pair(objective.value_and_gradient(shown))
    except ARITHMETIC_THAT_FAILS:
        return Moment(params, np.inf, np.full(params.shape, np.inf))
    loss = float(real_result("value", value, ()))
    return Moment(params, loss, read_only(real_result("gradient", grad, params.shape)))


def _pair(both: Any) -> tuple[Any, Any]:
    if not isinstance(both, tuple | list) or len(both) != 2:
        raise TypeError(
            f"value_and_gradient returned {both!r}: return two things, the value and the gradient."
        )
    return both[0], both[1]


def value_at(objective: Objective, params: Array) -> float:
    """Return the value; arithmetic that fails is infinite."""
    try:
        return float(objective.value(read_only(np.array(params)).view()))
    except ARITHMETIC_THAT_FAILS:
        return np.inf


def real_result(name: str, result: Any, shape: tuple[int, ...] | None = None) -> Array:
    """Return what a function returned as a float64 array of its own, if it has the shape."""
    array = as_array(f"the {name}", result)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"the {name} has dtype {array.dtype}: return real numbers.")
    if shape is not None and array.shape != shape:
        raise ValueError(f"the {name} has shape {array.shape}: return shape {shape}.")
    return array.astype(np.float64)


def read_only(array: Array) -> Array:
    """Return an array that is one's own, for reading only; a view of it cannot be changed back."""
    array.setflags(write=False)
    return array
