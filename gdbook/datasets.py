r"""Data sets: the samples of the examples, and the logs that others published of them.

Samples come as `X` and `y_true`, ready for `gdbook.objectives`.
"""

import csv
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdbook._checks import Array

__all__ = [
    "Log",
    "Samples",
    "noisy_three_points",
    "one_sample",
    "published_log",
    "three_points",
    "twenty_points",
]


class Samples(NamedTuple):
    r"""Inputs and their targets.

    $$(x_i, y_i), \qquad i = 1, \dots, n$$

    Attributes:
        X: Inputs, shape `(n_samples, n_features)`.
        y_true: Targets, shape `(n_samples,)`.

    Examples:
        >>> from gdbook import three_points
        >>> X, y_true = three_points()
        >>> X.shape, y_true.shape
        ((3, 1), (3,))
    """

    X: Array
    y_true: Array


class Log(NamedTuple):
    r"""What a published script printed, column by column.

    A line mixes two moments: it has the parameter after the update, and the loss and the
    gradient before it.

    $$k, \quad w_{k+1}, \quad f(w_k), \quad f'(w_k)$$

    Attributes:
        epoch: Number of the line, from 0.
        w: Parameter after the update.
        loss: Loss before the update.
        grad: Gradient before the update.

    Examples:
        >>> from gdbook import published_log
        >>> log = published_log("full_batch")
        >>> log.epoch[-1], log.w[0], log.loss[0]
        (np.int64(99), np.float64(1.0933333333333333), np.float64(4.666666666666667))
    """

    epoch: NDArray[np.int64]
    w: Array
    loss: Array
    grad: Array


def one_sample() -> Samples:
    r"""Return the one sample of chapter 1.

    $$x = 1.5, \qquad y = 0.8$$

    Returns:
        One input with one feature, and its target.

    Examples:
        >>> from gdbook import one_sample
        >>> one_sample()
        Samples(X=array([[1.5]]), y_true=array([0.8]))

    Source:
        *Tīdù xiàjiàng*, a tutorial in Chinese, section 1.1.
    """
    return Samples(np.array([[1.5]]), np.array([0.8]))


def three_points() -> Samples:
    r"""Return three points on the line through the origin with slope 2.

    $$y_i = 2 x_i, \qquad x_i = 1, 2, 3$$

    Returns:
        Three inputs with one feature each, and their targets.

    Examples:
        >>> from gdbook import three_points
        >>> three_points().y_true
        array([2., 4., 6.])

    Source:
        A tutorial in Chinese on gradient descent and stochastic gradient descent with PyTorch.
    """
    return Samples(np.array([[1.0], [2.0], [3.0]]), np.array([2.0, 4.0, 6.0]))


def noisy_three_points() -> Samples:
    r"""Return three points near the line through the origin with slope 2.

    $$x_i = 1, 2, 3, \qquad y_i = 2.1, 3.9, 6.2$$

    No line through the origin meets all three; the best one has the slope $57/28$.

    Returns:
        Three inputs with one feature each, and their targets.

    Examples:
        >>> from gdbook import noisy_three_points
        >>> noisy_three_points().y_true
        array([2.1, 3.9, 6.2])

    Source:
        This book: the points of `three_points`, moved by at most 0.2.
    """
    return Samples(np.array([[1.0], [2.0], [3.0]]), np.array([2.1, 3.9, 6.2]))


def twenty_points() -> Samples:
    r"""Return twenty seeded points near a line.

    $$y_i = 2 x_i + 1 + \varepsilon_i, \qquad
    x_i \text{ uniform on } (0, 1), \qquad \varepsilon_i \sim \mathcal N(0, 0.1^2)$$

    Returns:
        Twenty inputs with one feature each, and their targets.

    Examples:
        >>> from gdbook import twenty_points
        >>> X, y_true = twenty_points()
        >>> X.shape, bool(abs(y_true - 2 * X[:, 0] - 1).max() < 0.3)
        ((20, 1), True)

    Source:
        This book. A tutorial in Chinese shows twenty such points in a picture; its numbers are
        lost.
    """
    rng = np.random.default_rng(20)
    x = rng.uniform(size=20)
    return Samples(x[:, np.newaxis], 2 * x + 1 + 0.1 * rng.normal(size=20))


def published_log(name: str) -> Log:
    r"""Return a log of 100 epochs that was published with `three_points`.

    $$\hat y = w x, \qquad w_0 = 1, \qquad \alpha = 0.01$$

    Args:
        name: `"full_batch"`: each update sees all three points. `"last_sample"`: each update
            sees the last point only. `"per_sample"`: three updates in an epoch, one for each
            point in turn; loss and gradient are those of the third point before its update.

    Returns:
        The columns of the log, 100 numbers each, to the last digit that was printed.

    Raises:
        ValueError: There is no log of this name.

    Examples:
        >>> from gdbook import published_log
        >>> len(published_log("full_batch").w)
        100

    Source:
        The tutorial of `three_points`.
    """
    names = sorted(file.name.removesuffix(".csv") for file in files("gdbook.data").iterdir())
    if name not in names:
        raise ValueError(f"name is {name!r}: pass one of {names}.")
    with files("gdbook.data").joinpath(f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    w, loss, grad = (np.array([float(row[key]) for row in rows]) for key in ("w", "loss", "grad"))
    return Log(np.array([int(row["epoch"]) for row in rows]), w, loss, grad)
