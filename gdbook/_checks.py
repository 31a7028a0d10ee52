"""Turn what callers pass into float64 arrays, or say what is wrong with it."""

from collections.abc import Callable
from functools import wraps
from math import inf, isfinite
from numbers import Real
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class Elementwise(Protocol):
    """A checked function of targets and predictions, with its bare formula.

    `__wrapped__` is the formula without checks. It uses operators only, so it takes
    NumPy arrays, torch tensors, SymPy expressions and fractions alike.
    """

    __name__: str
    __wrapped__: Callable[[Any, Any], Any]

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """Apply the formula to targets and predictions of one shape."""


def elementwise(formula: Callable[[Array, Array], Array]) -> Elementwise:
    """Check both arguments of a formula before it is applied."""

    @wraps(formula)
    def checked(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        targets = real_array("y_true", y_true)
        predictions = real_array("y_pred", y_pred)
        if targets.shape != predictions.shape:
            raise ValueError(
                f"y_true has shape {targets.shape}, y_pred {predictions.shape}: pass equal shapes."
            )
        return formula(targets, predictions)

    return cast(Elementwise, checked)


def real_array(name: str, values: ArrayLike) -> Array:
    """Return values as float64, without a copy where they are float64 already."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} has dtype {array.dtype}: pass real numbers, which are computed in float64."
        )
    array = array.astype(np.float64, copy=False)
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}): pass at least one number.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity: pass finite numbers.")
    return array


def positive_number(name: str, value: float) -> float:
    """Return a number greater than zero as a float."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}: pass a number greater than 0.")
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if not (isfinite(number) and number > 0):
        raise ValueError(f"{name} is {number}: pass a finite number greater than 0.")
    return number


def whole_number(name: str, value: int, *, at_least: int) -> int:
    """Return a whole number that is not too small as an int."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} is {value!r}: pass a whole number.")
    if value < at_least:
        raise ValueError(f"{name} is {value}: pass {at_least} or more.")
    return int(value)
