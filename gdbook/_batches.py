"""The samples of a batch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def indices(batch: Any, n_samples: int) -> NDArray[np.intp]:
    """Return the indices of a batch, all of them if there is none."""
    if batch is None:
        return np.arange(n_samples)
    found = np.asarray(batch)
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
