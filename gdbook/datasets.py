r"""Data sets: the samples of the examples, and the logs that others published of them.

Samples come as `X` and `y_true`, ready for `gdbook.objectives`.
"""

from os import listdir
from os.path import dirname, join
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdbook._checks import Array

__all__ = [
    "Log",
    "Samples",
    "fifty_points",
    "hundred_points",
    "noisy_three_points",
    "one_sample",
    "published_log",
    "thirteen_features",
    "three_points",
    "twenty_points",
]

_DATA = join(dirname(__file__), "data")


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
        梯度下降 ("gradient descent"), a tutorial in Chinese that is not signed, section 1.1.
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
        William Baker, 梯度下降和随机梯度下降SGD的数学表达式及PyTorch代码实现 ("the mathematical
        expressions of gradient descent and stochastic gradient descent, SGD, and their
        implementation in PyTorch code"), 2021-11-25. It takes the samples from the lectures
        《PyTorch深度学习实践》, lecture 3.
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
        This book. 深度学习梯度计算公式及方法(五分钟机器学习), the companion text of a video by the
        narrator of "five-minute machine learning", shows twenty such points in a picture; our copy
        has lost the picture.
    """
    rng = np.random.default_rng(20)
    x = rng.uniform(size=20)
    return Samples(x[:, np.newaxis], 2 * x + 1 + 0.1 * rng.normal(size=20))


def fifty_points() -> Samples:
    r"""Return fifty seeded points on a line.

    $$y_i = 3 x_i + 0.8, \qquad x_i \text{ uniform on } (0, 1)$$

    Returns:
        Fifty inputs with one feature each, and their targets.

    Examples:
        >>> from gdbook import fifty_points
        >>> X, y_true = fifty_points()
        >>> X.shape, bool((y_true == 3 * X[:, 0] + 0.8).all())
        ((50, 1), True)

    Source:
        This book. hope_wisdom, 十八、梯度下降与反向传播 ("18. gradient descent and
        backpropagation"), draws such points without a seed.
    """
    x = np.random.default_rng(50).uniform(size=50)
    return Samples(x[:, np.newaxis], 3 * x + 0.8)


def hundred_points() -> Samples:
    r"""Return a hundred seeded points on a line.

    $$y_i = 2 x_i + 3, \qquad x_i \text{ uniform on } (0, 1)$$

    Returns:
        A hundred inputs with one feature each, and their targets.

    Examples:
        >>> from gdbook import hundred_points
        >>> X, y_true = hundred_points()
        >>> X.shape, bool((y_true == 2 * X[:, 0] + 3).all())
        ((100, 1), True)

    Source:
        This book. The tutorial of `one_sample` draws such points without a seed, in section 2.
    """
    x = np.random.default_rng(100).uniform(size=100)
    return Samples(x[:, np.newaxis], 2 * x + 3)


def thirteen_features() -> Samples:
    r"""Return two hundred seeded samples of a linear model with thirteen features.

    $$y_i = \sum_{j=1}^{13} \frac{j}{13} \, x_{ij} + 0.5 + \varepsilon_i, \qquad
    x_{ij} \sim \mathcal N(0, 1), \qquad \varepsilon_i \sim \mathcal N(0, 0.1^2)$$

    Returns:
        Two hundred inputs with thirteen features each, and their targets.

    Examples:
        >>> from gdbook import thirteen_features
        >>> X, y_true = thirteen_features()
        >>> X.shape, y_true.shape
        ((200, 13), (200,))

    Source:
        This book. A course summary in Chinese by Dongming writes down a model of thirteen features,
        without data.
    """
    rng = np.random.default_rng(13)
    inputs = rng.normal(size=(200, 13))
    weights = np.arange(1, 14) / 13
    return Samples(inputs, inputs @ weights + 0.5 + 0.1 * rng.normal(size=200))


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
        The logs that the tutorial of `three_points` prints.
    """
    names = sorted(file.removesuffix(".csv") for file in listdir(_DATA))
    if name not in names:
        raise ValueError(f"name is {name!r}: pass one of {names}.")
    epoch, *columns = np.loadtxt(join(_DATA, f"{name}.csv"), delimiter=",", skiprows=1).T
    return Log(epoch.astype(np.int64), *columns)
