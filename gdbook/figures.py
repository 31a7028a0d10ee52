r"""Figures: objectives, paths and losses, drawn with matplotlib.

Needs the extra `figures`. Each function draws into the axes that it is given, or into a new
figure, and returns the axes, so that titles and marks can be added.
"""

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from gdbook._checks import Array, real_array, whole_number
from gdbook._extras import extra
from gdbook._results import one_number
from gdbook._runs import Run, curves
from gdbook.descent import History
from gdbook.objectives import Objective

with extra("figures"):
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

__all__ = ["draw_contours", "draw_losses", "draw_path"]

Scale = Literal["linear", "log"]


def draw_contours(
    objective: Objective,
    *,
    first: tuple[float, float],
    second: tuple[float, float],
    levels: int = 12,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw the lines on which an objective of two parameters has equal values.

    $$\{ \theta \in \mathbb{R}^2 : f(\theta) = c \}$$

    The levels $c$ grow with the square of their number, so that a parabola's lines are evenly
    spaced.

    Args:
        objective: Takes a vector of two parameters.
        first: From where to where the first parameter runs, to the right.
        second: From where to where the second parameter runs, upwards.
        levels: Number of lines, at least 1.
        ax: Where to draw; a new figure by default.

    Returns:
        The axes.

    Raises:
        TypeError: `objective` is none, its value is no real number, `levels` is not whole, or a
            range does not hold real numbers.
        ValueError: `levels` is less than 1, a range is not two rising finite numbers, or the
            objective is constant or not finite there.

    Examples:
        >>> from gdbook import Objective
        >>> from gdbook.figures import draw_contours
        >>> sphere = Objective(lambda p: p @ p, lambda p: 2 * p)
        >>> ax = draw_contours(sphere, first=(-1, 1), second=(-1, 1))
        >>> ax.get_xlim()
        (np.float64(-1.0), np.float64(1.0))
    """
    levels = whole_number("levels", levels, at_least=1)
    across, up = _grid("first", first), _grid("second", second)
    if not isinstance(objective, Objective):
        raise TypeError(f"objective is {objective!r}: pass Objective(value, gradient).")
    values = np.array([[_value(objective, [p, q]) for p in across.tolist()] for q in up.tolist()])
    spread = np.linspace(0, 1, levels + 2)[1:-1] ** 2
    lowest, highest = values.min(), values.max()
    if lowest == highest:
        raise ValueError(f"the objective is {lowest} everywhere: choose where it changes.")
    lines = lowest + spread * (highest - lowest)
    ax = plt.figure().subplots() if ax is None else ax
    ax.contour(across, up, values, levels=lines, colors="C7", linewidths=0.8)
    return ax


def _value(objective: Objective, params: list[float]) -> float:
    try:
        with np.errstate(all="ignore"):
            value = one_number(f"the objective at {params}", objective.value(np.array(params)))
    except ArithmeticError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"at {params} the objective is {value}: draw where it is finite.")
    return value


def _grid(name: str, ends: tuple[float, float]) -> Array:
    values = real_array(name, ends)
    if values.shape != (2,) or not values[0] < values[1]:
        raise ValueError(f"{name} is {ends}: pass two numbers, the smaller one first.")
    return np.linspace(values[0], values[1], 81)


def draw_path(history: History, *, label: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Draw the way of a run on two parameters, an arrow for each recorded step.

    $$\theta_0 \to \theta_1 \to \theta_2 \to \cdots$$

    Args:
        history: The record of a run on a vector of two parameters.
        label: Name of the run, for a legend.
        ax: Where to draw; a new figure by default.

    Returns:
        The axes.

    Raises:
        ValueError: The run is not on two parameters.

    Examples:
        >>> from gdbook import Objective, gradient_descent
        >>> from gdbook.figures import draw_path
        >>> sphere = Objective(lambda p: p @ p, lambda p: 2 * p)
        >>> history = gradient_descent(sphere, [1.0, 1.0], learning_rate=0.1, epochs=5)
        >>> len(draw_path(history).lines[0].get_xdata())
        6
    """
    if history.params.shape[1:] != (2,):
        raise ValueError(
            f"each row of params has shape {history.params.shape[1:]}: "
            "pass a run on a vector of two parameters."
        )
    ax = plt.figure().subplots() if ax is None else ax
    (line,) = ax.plot(*history.params.T, "o-", markersize=4, linewidth=1.2, label=label)
    for here, there in zip(history.params[:-1], history.params[1:], strict=True):
        arrow = {"arrowstyle": "-|>", "color": line.get_color(), "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", xy=tuple(there), xytext=tuple(here), arrowprops=arrow)
    return ax


def draw_losses(
    histories: Mapping[str, Run],
    *,
    x_scale: Scale = "linear",
    y_scale: Scale = "linear",
    ax: Axes | None = None,
) -> Axes:
    r"""Draw the loss of one or several runs against the epoch.

    $$k \mapsto f(\theta_k)$$

    Runs of NumPy and of torch can stand side by side. A run of `train` has its loss during each
    epoch here; losses on validation data are dashed, in the same colour.

    Args:
        histories: Label to record of a run.
        x_scale: `"linear"` or `"log"`, which leaves out epoch 0.
        y_scale: `"linear"` or `"log"`, which leaves out losses of 0 and below.
        ax: Where to draw; a new figure by default.

    Returns:
        The axes, with a legend.

    Raises:
        TypeError: `histories` is no mapping from text to runs.
        ValueError: There is no run, a label is empty or begins with an underscore, so that
            matplotlib leaves it out of legends, a scale is not known, or all losses are 0 or
            below where the scale is logarithmic.

    Examples:
        >>> from gdbook import Objective, gradient_descent
        >>> from gdbook.figures import draw_losses
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> history = gradient_descent(parabola, 1.0, learning_rate=0.1, epochs=5)
        >>> draw_losses({"α = 0.1": history}, y_scale="log").get_yscale()
        'log'
    """
    found = curves(histories)
    for name in found:
        if not name or name.startswith("_"):
            raise ValueError(f"the label {name!r} is left out of legends: pass another one.")
    for name, scale in (("x_scale", x_scale), ("y_scale", y_scale)):
        if scale not in get_args(Scale):
            raise ValueError(f"{name} is {scale!r}: pass 'linear' or 'log'.")
    if y_scale == "log" and not any(
        loss > 0 for curve in found.values() for loss in curve.values()
    ):
        raise ValueError("no loss is above 0, so none can be drawn: pass y_scale='linear'.")
    ax = plt.figure().subplots() if ax is None else ax
    ax.set(xlabel="epoch", ylabel="loss")
    for scale, set_scale in ((x_scale, ax.set_xscale), (y_scale, ax.set_yscale)):
        set_scale(scale, **({"nonpositive": "mask"} if scale == "log" else {}))
    color = None
    for name, curve in found.items():
        style = "o-" if name in histories else "o--"
        color = None if name in histories else color
        (line,) = ax.plot(
            list(curve), list(curve.values()), style, markersize=4, label=name, color=color
        )
        color = line.get_color()
    ax.legend()
    return ax
