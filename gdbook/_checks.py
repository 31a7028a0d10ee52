"""Turn what callers pass into float64 arrays, or say what is wrong with it."""

import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from math import inf, isinf, isnan
from numbers import Real
from reprlib import repr as shortened
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
P = ParamSpec("P")
R = TypeVar("R")

is_quiet: ContextVar[bool] = ContextVar("is_quiet", default=False)


class quiet:  # noqa: N801 - it is used as contextlib's context managers are
    """Keep NumPy's warnings away: what overflows is infinite, which says enough.

    To enter takes longer than the gradient of one sample, so what is called in a loop asks
    `is_quiet` first.
    """

    def __enter__(self) -> None:
        self._token = is_quiet.set(True)
        self._errstate = np.errstate(all="ignore")
        self._errstate.__enter__()

    def __exit__(self, *error: object) -> None:
        self._errstate.__exit__(None, None, None)
        is_quiet.reset(self._token)


def quietly(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that NumPy's warnings are kept away from."""

    @wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> R:
        if is_quiet.get():
            return function(*args, **options)
        with quiet():
            return function(*args, **options)

    return call


def as_array(name: str, values: Any) -> NDArray[Any]:
    """Return values as an array of any type, without a copy where they are one already."""
    if type(values) is np.ndarray:
        return values
    _refuse_hidden(name, values)
    try:
        return np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        if ragged := _ragged(name, values):
            raise ValueError(f"{ragged}: pass rows of one length.") from error
        raise TypeError(f"{name} cannot be made an array: {error}") from error


def _refuse_hidden(name: str, values: Any) -> None:
    """Refuse what an array would not tell: masked entries, and gradients that are tracked."""
    masked = getattr(sys.modules.get("numpy.ma"), "MaskedArray", ())
    for value in (values, *(values if isinstance(values, list | tuple) else ())):
        if isinstance(value, masked):
            raise TypeError(
                f"{name} is a masked array: leave out what is masked, by {name}.compressed(), "
                f"or fill it, by {name}.filled(…)."
            )
        if getattr(value, "requires_grad", False) is True:
            raise TypeError(f"{name} is a tensor that requires grad: pass {name}.detach().")


def _ragged(name: str, values: Any) -> str:
    """Say which row is longer or shorter than the first, if one is."""
    try:
        first, *others = (len(row) for row in values)
    except (TypeError, ValueError):
        return ""
    other = next((k for k, length in enumerate(others, 1) if length != first), None)
    if other is None:
        return ""
    return f"{name}[{other}] has length {others[other - 1]}, and {name}[0] has length {first}"


def real_array(name: str, values: ArrayLike) -> Array:
    """Return values as finite float64, without a copy where they are float64 already."""
    array = real_numbers(name, values)
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}): pass at least one number.")
    refuse(name, array, ~np.isfinite(array), "pass finite numbers")
    return array


def real_numbers(name: str, values: ArrayLike) -> Array:
    """Return values as float64, whether they are finite or not."""
    array = as_array(name, values)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} has dtype {array.dtype}{_advice(name, values, array)}.")
    with np.errstate(over="ignore"):
        return array.astype(np.float64, copy=False)


def features(values: ArrayLike, n_features: int | None = None) -> Array:
    """Return a matrix of finite features as float64, with as many columns as are wanted."""
    array = real_array("X", values)
    if array.ndim != 2:
        column = f", such as {written('X', values)}[:, None]" if array.ndim == 1 else ""
        raise ValueError(f"X has shape {array.shape}: pass (n_samples, n_features){column}.")
    if n_features not in (None, array.shape[1]):
        raise ValueError(f"X has shape {array.shape}: pass (n_samples, {n_features}).")
    return array


def parameters(params: ArrayLike, shape: tuple[int, ...], advice: str = "") -> Array:
    """Return parameters of one shape as float64, whether they are finite or not."""
    array = real_numbers("params", params)
    if array.shape != shape:
        raise ValueError(f"params have shape {array.shape}: pass {shape}{advice}.")
    return array


def refuse(name: str, array: NDArray[Any], wrong: NDArray[np.bool_], advice: str) -> None:
    """Name the first entry that is wrong, with its place, if there is one."""
    if wrong.any():
        place = np.unravel_index(int(wrong.argmax()), wrong.shape)
        raise ValueError(f"{name}{at(place)} is {array[place]}: {advice}.")


def at(place: tuple[Any, ...]) -> str:
    """Return indices as they are written behind the name of an array."""
    return f"[{', '.join(map(str, place))}]" if place else ""


def written(name: str, values: Any) -> str:
    """Return how an array is written of which only a name is known."""
    if isinstance(values, np.ndarray):
        return name
    for method in ("to_numpy", "numpy"):
        if hasattr(values, method):
            return f"{name}.{method}()"
    return f"np.array({name})"


def _advice(name: str, values: Any, array: NDArray[Any]) -> str:
    """Return the entry that is no real number, or how to convert them all."""
    if array.dtype.kind == "b":
        return f": pass real numbers, such as {written(name, values)}.astype(int)"
    for place, entry in np.ndenumerate(array):
        if not _is_real(entry):
            shown = shortened(entry.item() if isinstance(entry, np.generic) else entry)
            return f", and {name}{at(place)} is {shown}: pass real numbers"
    return f": pass real numbers, such as {written(name, values)}.astype(float)"


def _is_real(entry: Any) -> bool:
    if isinstance(entry, str | bytes):
        try:
            float(entry)
        except ValueError:
            return False
        return True
    return isinstance(entry, Real) and not isinstance(entry, bool)


def chosen(batch: Any, *arrays: Array) -> tuple[Array, ...]:
    """Return the rows of arrays that have the indices of a batch."""
    indices = as_array("batch", batch)
    if indices.dtype.kind == "b":
        raise TypeError("batch is a mask: pass indices, such as np.flatnonzero(batch).")
    if indices.ndim != 1 or indices.size == 0:
        raise ValueError(f"batch has shape {indices.shape}: pass one index or more, in a row.")
    if indices.dtype.kind not in "iu":
        raise TypeError(f"batch has dtype {indices.dtype}: pass indices, which are whole numbers.")
    if indices.dtype == np.uint64:  # one that is too large would wrap around to a negative one
        indices = np.minimum(indices, np.uint64(len(arrays[0])))
    try:
        return tuple(array.take(indices.astype(np.intp, copy=False), axis=0) for array in arrays)
    except IndexError as error:
        raise ValueError(
            f"batch holds an index of no sample: {error}; pass whole numbers from 0 to "
            f"{len(arrays[0]) - 1}."
        ) from error


def flag(name: str, value: bool) -> bool:  # noqa: FBT001 - it is what is checked
    """Return whether something is wanted."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {value!r}: pass True or False.")
    return bool(value)


def real_number(name: str, value: float, *, wanted: str = "a number") -> float:
    """Return a number as a float; one that no float can hold is infinite."""
    if isinstance(value, bool) or not isinstance(value, float | Real):  # Real alone is slow
        raise TypeError(f"{name} is {value!r}: pass {wanted}.")
    try:
        number = float(value)
    except OverflowError:
        number = inf if value > 0 else -inf
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


def whole_number(name: str, value: int, *, at_least: int, at_most: float = sys.maxsize) -> int:
    """Return a whole number that is not too small, nor too large, as an int."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} is {value!r}: pass a whole number.")
    if value < at_least:
        raise ValueError(f"{name} is {value}: pass {at_least} or more.")
    if value > at_most:
        raise ValueError(f"{name} is {shortened(value)}: pass {at_most} or less.")
    return int(value)
