"""The record of a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from gdbook._checks import Array
from gdbook.descent._state import State

__all__ = ["History"]

Status = Literal["completed", "converged", "diverged", "stopped", "interrupted"]


class Row(NamedTuple):
    """One row of a `History`: parameters, and loss and gradient there, after an epoch."""

    epoch: int
    params: Array
    loss: float
    gradient: Array


@dataclass(frozen=True, eq=False, repr=False)
class History:
    r"""What a run of descent went through, one row for each recorded epoch.

    Row $k$ holds one moment: the parameters after `epochs[k]` epochs, and the loss and the
    gradient **at these parameters**. Row 0 is the start. The arrays are read-only.

    A history has a length and an order: `history[-1]` is the last row, with `epoch`, `params`,
    `loss` and `gradient`, `history[::10]` is the history of every tenth row, and `for row in
    history` goes through all. Passed as the `start` of another run, it is gone on with.

    Args:
        epochs: Number of epochs done, shape `(n_rows,)`.
        params: Parameters, shape `(n_rows, *params_shape)`.
        losses: Value of the objective, shape `(n_rows,)`.
        gradients: Gradient of the objective, the shape of `params`.
        status: `"completed"` where all epochs were done, `"converged"` where the gradient came
            within the tolerance, `"diverged"` where a number was not finite or the loss above
            its limit, `"stopped"` where the callback ended the run, `"interrupted"` where Ctrl-C
            did.
        last_epoch: The epoch at which that was found. An epoch that is not finite has no row.
        state: What the run goes on from: its parameters, the memory of its step, and how many
            updates there were.

    Examples:
        >>> from gdbook import Objective, gradient_descent
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> history = gradient_descent(parabola, 1.0, learning_rate=0.25, epochs=1)
        >>> history.epochs, history.params, history.status
        (array([0, 1]), array([1., 0.]), 'completed')
        >>> history
        History(2 rows, epochs 0 to 1, 1 parameter, loss 2 to 0, completed)
    """

    epochs: NDArray[np.int64]
    params: Array
    losses: Array
    gradients: Array
    status: Status
    last_epoch: int
    state: State | None = None

    def __len__(self) -> int:
        """Return the number of recorded rows."""
        return len(self.epochs)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> "History": ...
    def __getitem__(self, index: int | slice) -> "Row | History":
        """Return a row, or the history of several."""
        epochs, params = self.epochs[index], self.params[index]
        losses, gradients = self.losses[index], self.gradients[index]
        if isinstance(index, slice):
            return replace(self, epochs=epochs, params=params, losses=losses, gradients=gradients)
        return Row(int(epochs), params, float(losses), gradients)

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows."""
        return (self[row] for row in range(len(self)))

    def __repr__(self) -> str:
        rows = f"{len(self)} row{'s' * (len(self) != 1)}"
        if not len(self):
            return f"History({rows}, {self.status})"
        size = prod(self.params.shape[1:])
        return (
            f"History({rows}, epochs {self.epochs[0]} to {self.epochs[-1]}, "
            f"{size} parameter{'s' * (size != 1)}, "
            f"loss {self.losses[0]:.6g} to {self.losses[-1]:.6g}, {self.status})"
        )

    def to_dict(self, *, names: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
        r"""Return the rows as columns with a name each, such as tables and files want them.

        `pandas.DataFrame(history.to_dict())` takes them as they are, and its `to_csv` writes them.

        Args:
            names: One name for each parameter; by default `param` for a number, and else
                `param[0]`, `param[1]` and so on.

        Returns:
            The epochs, the parameters, the losses and the derivatives, each of shape `(n_rows,)`.

        Raises:
            ValueError: There are not as many names as parameters, or two columns have one name.

        Examples:
            >>> import csv, sys
            >>> from gdbook import gradient_descent, linear_model
            >>> line = linear_model([[1.0], [2.0]], [2.0, 4.0])
            >>> run = gradient_descent(line, [0.0, 0.0], learning_rate=0.5, epochs=1)
            >>> columns = run.to_dict(names=["w", "b"])
            >>> rows = [columns, *zip(*columns.values())]
            >>> csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
            epoch,w,b,loss,dloss/dw,dloss/db
            0,0.0,0.0,5.0,-5.0,-3.0
            1,2.5,1.5,2.5625,3.5,2.25
        """
        size = prod(self.params.shape[1:])
        params = self.params.reshape(len(self), size)
        gradients = self.gradients.reshape(len(self), size)
        if names is None:
            names = ["param"] if self.params.ndim == 1 else [f"param[{i}]" for i in range(size)]
        if len(names) != size:
            raise ValueError(
                f"the run has {size} parameters, and names are {list(names)}: "
                "pass one name for each parameter."
            )
        columns = {
            "epoch": self.epochs,
            **dict(zip(names, params.T, strict=True)),
            "loss": self.losses,
            **{f"dloss/d{name}": part for name, part in zip(names, gradients.T, strict=True)},
        }
        if len(columns) != 2 + 2 * size:
            raise ValueError(f"names are {list(names)}: give each column a name of its own.")
        return columns
