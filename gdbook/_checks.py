"""Turn what callers pass into float64 arrays, or say what is wrong with it."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from math import inf, isinf, isnan
from numbers import Real
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


Check = Callable[[str, Any], Any]


class Checked(Protocol):
    """A function of targets and predictions that checks its arguments before it computes.

    `__wrapped__` is the formula without checks. Where it uses operators only, it takes NumPy
    arrays, torch tensors, SymPy expressions and fractions alike. `checks` has one check for
    each argument and each option: it takes a name and a value, and returns the value ready for
    the formula, or raises.
    """

    __name__: str
    __wrapped__: Callable[..., Any]
    checks: Mapping[str, Check]

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike, **options: float) -> Array:
        """Apply the formula to targets and predictions of one shape."""


Loss = Checked | partial[Array]


def checked(**checks: Check) -> Callable[[Callable[..., Array]], Checked]:
    """Return a decorator that checks the arguments of a formula before it is applied.

    Targets and predictions need real numbers of one shape, unless `checks` says more.
    """

    def decorate(formula: Callable[..., Array]) -> Checked:
        @wraps(formula)
        def apply(y_true: ArrayLike, y_pred: ArrayLike, **options: float) -> Array:
            targets = guarded.checks["y_true"]("y_true", y_true)
            predictions = guarded.checks["y_pred"]("y_pred", y_pred)
            options = checked_options(guarded, options)
            if targets.shape != predictions.shape:
                raise ValueError(
                    f"y_true has shape {targets.shape}, y_pred {predictions.shape}: "
                    "pass equal shapes."
                )
            return formula(targets, predictions, **options)

        guarded = cast(Checked, apply)
        guarded.checks = {"y_true": real_array, "y_pred": real_array, **checks}
        return guarded

    return decorate


elementwise = checked()


def checked_options(function: Checked, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options ready for the formula of a function."""
    known = [name for name in function.checks if name not in ("y_true", "y_pred")]
    for name in options:
        if name not in known:
            advice = f"pass {', '.join(known)}" if known else "it has none"
            raise TypeError(f"{function.__name__} got an option {name!r}: {advice}.")
    return {name: function.checks[name](name, value) for name, value in options.items()}


def formula_of(function: Loss) -> Callable[[Any, Any], Any]:
    """Return the formula without checks, with its options if it comes as a partial."""
    if isinstance(function, partial):
        whole = cast(Checked, function.func)
        return partial(whole.__wrapped__, **checked_options(whole, function.keywords))
    return function.__wrapped__


def checks_of(function: Loss) -> Mapping[str, Check]:
    """Return the checks of the arguments, whether the function comes as a partial or not."""
    return cast(Checked, getattr(function, "func", function)).checks


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


def probabilities(name: str, values: ArrayLike) -> Array:
    """Return numbers from 0 to 1 as float64."""
    advice = ", or use the loss with logits" if name == "y_pred" else ""
    return _from_0_to_1(name, real_array(name, values), advice)


def rows(name: str, values: ArrayLike) -> Array:
    """Return real numbers with a last axis, the one of the classes, as float64."""
    array = real_array(name, values)
    if array.ndim == 0:
        raise ValueError(f"{name} is one number, {array}: pass a row, one number for each class.")
    return array


def distributions(name: str, values: ArrayLike) -> Array:
    """Return rows that are distributions, to within 1e-9, as float64."""
    advice = (
        "; one_hot makes such rows of labels"
        if name == "y_true"
        else ", or use the loss with logits"
    )
    array = _from_0_to_1(name, rows(name, values), advice)
    sums = array.sum(axis=-1)
    wrong = sums[abs(sums - 1) > 1e-9]
    if wrong.size:
        raise ValueError(f"a row of {name} adds up to {wrong[0]}: pass rows of sum 1{advice}.")
    return array


def _from_0_to_1(name: str, array: Array, advice: str) -> Array:
    outside = array[(array < 0) | (array > 1)]
    if outside.size:
        raise ValueError(f"{name} holds {outside[0]}: pass numbers from 0 to 1{advice}.")
    return array


def real_number(name: str, value: float, *, wanted: str = "a number") -> float:
    """Return a number as a float; one that no float can hold is infinite."""
    if isinstance(value, bool) or not isinstance(value, float | Real):  # Real alone is slow
        raise TypeError(f"{name} is {value!r}: pass {wanted}.")
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if isnan(number):
        raise ValueError(f"{name} is nan: pass {wanted}.")
    return number


def finite_number(name: str, value: float, *, wanted: str = "a finite number") -> float:
    """Return a finite number as a float."""
    number = real_number(name, value, wanted=wanted)
    if isinf(number):
        raise ValueError(f"{name} is {number}: pass {wanted}.")
    return number


def positive_number(name: str, value: float) -> float:
    """Return a finite number greater than zero as a float."""
    number = real_number(name, value, wanted="a finite number greater than 0")
    if not 0 < number < inf:
        raise ValueError(f"{name} is {number}: pass a finite number greater than 0.")
    return number


def number_from_0(name: str, value: float) -> float:
    """Return a finite number that is not negative as a float."""
    number = real_number(name, value, wanted="a finite number, 0 or more")
    if not 0 <= number < inf:
        raise ValueError(f"{name} is {number}: pass a finite number, 0 or more.")
    return number


def whole_number(name: str, value: int, *, at_least: int) -> int:
    """Return a whole number that is not too small as an int."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} is {value!r}: pass a whole number.")
    if value < at_least:
        raise ValueError(f"{name} is {value}: pass {at_least} or more.")
    return int(value)
