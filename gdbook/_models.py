"""What predicts: the protocol of the models behind objectives that are made from data."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdbook._checks import Array


class Model(Protocol):
    """How the parameters of an objective make predictions."""

    @property
    def is_weight(self) -> NDArray[np.bool_]:
        """Which parameters are weights, and no intercepts, in the shape of the parameters."""

    def scores(self, params: ArrayLike, X: ArrayLike) -> Array:
        """Return what the loss takes for each row of features."""

    def predict(self, params: ArrayLike, X: ArrayLike) -> NDArray[Any]:
        """Return the answer for each row of features."""
