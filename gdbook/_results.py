"""What functions and callers hand over: numbers that need not be finite, and batches."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdbook._checks import Array


def real_numbers(name: str, values: Any) -> Array:
    """Return real numbers as a float64 array, finite or not."""
    try:
        array = np.asarray(values)
    except (RuntimeError, ValueError) as error:  # ragged lists, and tensors that require grad
        raise TypeError(f"{name} cannot be made an array: {error}") from error
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} has dtype {array.dtype}: real numbers are wanted.")
    with np.errstate(over="ignore"):
        return array.astype(np.float64, copy=False)


def one_number(name: str, value: Any) -> float:
    """Return one real number, finite or not."""
    array = real_numbers(name, value)
    if array.shape != ():
        raise ValueError(
            f"{name} has shape {array.shape}: one number is wanted, such as a sum or a mean."
        )
    return float(array)


def indices(batch: Any, n_samples: int) -> NDArray[np.intp]:
    """Return the indices of a batch, all of them if there is none."""
    if batch is None:
        return np.arange(n_samples)
    try:
        found = np.asarray(batch)
    except (RuntimeError, ValueError) as error:
        raise TypeError(f"batch cannot be made an array: {error}") from error
    if found.dtype.kind == "b":
        raise TypeError("batch is a mask: pass indices, such as np.flatnonzero(batch).")
    if found.ndim != 1 or found.size == 0:
        raise ValueError(f"batch has shape {found.shape}: pass one index or more, in a row.")
    if found.dtype.kind not in "iu":
        raise TypeError(f"batch has dtype {found.dtype}: pass indices, which are whole numbers.")
    if found.min() < 0 or found.max() >= n_samples:
        raise ValueError(
            f"batch holds {found.min()} to {found.max()}: pass whole numbers from 0 to "
            f"{n_samples - 1}."
        )
    return found.astype(np.intp, copy=False)
