"""The record of a run."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gdbook._checks import Array

__all__ = ["History"]

Status = Literal["completed", "converged", "diverged"]


@dataclass(frozen=True, eq=False)
class History:
    r"""What a run of descent went through, one row for each recorded epoch.

    Row $k$ holds one moment: the parameters after `epochs[k]` epochs, and the loss and the
    gradient **at these parameters**. Row 0 is the start. The arrays are read-only.

    Args:
        epochs: Number of epochs done, shape `(n_rows,)`.
        params: Parameters, shape `(n_rows, *params_shape)`.
        losses: Value of the objective, shape `(n_rows,)`.
        gradients: Gradient of the objective, the shape of `params`.
        status: `"completed"` where all epochs were done, `"converged"` where the gradient came
            within the tolerance, `"diverged"` where a number was not finite or the loss above
            its limit.
        last_epoch: The epoch at which that was found. An epoch that is not finite has no row.

    Examples:
        >>> from gdbook import Objective, gradient_descent
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> history = gradient_descent(parabola, 1.0, learning_rate=0.25, epochs=1)
        >>> history.epochs, history.params, history.status
        (array([0, 1]), array([1., 0.]), 'completed')
    """

    epochs: NDArray[np.int64]
    params: Array
    losses: Array
    gradients: Array
    status: Status
    last_epoch: int

    def __len__(self) -> int:
        """Return the number of recorded rows."""
        return len(self.epochs)
