r"""Graphs: how a result of autograd came about, laid out by networkx, drawn with matplotlib.

Needs the extra `figures`.
"""

from math import ceil
from typing import NamedTuple

from gdbook._checks import whole_number
from gdbook._extras import extra
from gdbook._layout import Edge, Point, lay_out
from gdbook.autograd import Value, topological_order

with extra("figures"):
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

__all__ = ["draw_graph"]

_MOST_VALUES = 200
_LINE = 1.25  # times the size of the font


class _Box(NamedTuple):
    """What is written for a Value, line by line with its colour, and how much room it takes."""

    lines: list[tuple[str, str]]
    size: tuple[float, float]


def draw_graph(result: Value, *, digits: int = 4, ax: Axes | None = None) -> Axes:
    r"""Draw the graph of a result: a box for each Value, an arrow to it from each of its inputs.

    $$v \to u \quad \text{where } u \text{ was made from } v$$

    A box shows the operation, then the label, if there are any; the number; and behind $\partial$
    the derivative of the result with respect to it. The way forward leads down, the way back up.
    Inputs arrive from left to right in the order in which they are written; one that is used
    twice has two arrows.

    Args:
        result: What is drawn at the bottom.
        digits: Significant digits, at least 1.
        ax: Where to draw, as large as it fits; by default a new figure of the size that it
            takes.

    Returns:
        The axes. Their unit is a point, or less where room is short.

    Raises:
        TypeError: `result` is no Value, or `digits` is not whole.
        ValueError: `digits` is less than 1, or the graph has more than 200 values.

    Examples:
        >>> from gdbook import Value
        >>> from gdbook.graphs import draw_graph
        >>> x, w = Value(1.5, label="x"), Value(2.0, label="w")
        >>> loss = (w * x - 1) ** 2
        >>> loss.backward()
        >>> [text.get_text() for text in draw_graph(loss).texts][:3]
        ['w', '2', '∂ 6']

    Source:
        The computational graphs of I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*,
        2016, section 6.5.1.
    """
    digits = whole_number("digits", digits, at_least=1)
    values = topological_order(result)
    if len(values) > _MOST_VALUES:
        raise ValueError(f"the graph has {len(values)} values: pass one of at most {_MOST_VALUES}.")
    size = 0.86 * plt.rcParams["font.size"]
    boxes = {value: _box(value, digits, size) for value in values}
    edges = [
        Edge(source, value, (number + 0.5) / len(value.inputs) - 0.5)
        for value in values
        for number, (source, _) in enumerate(value.inputs)
    ]
    layout = lay_out({value: box.size for value, box in boxes.items()}, edges, gap=size)
    ax, scale = _fit(ax, layout.width, layout.height)
    for value, box in boxes.items():
        _draw_box(ax, box, layout.middles[value], size, scale)
    for path in layout.paths:
        ax.add_patch(_arrow(path, 0.8 * size * scale))
    return ax


def _box(value: Value, digits: int, size: float) -> _Box:
    """Return what is written for a Value and how much room it takes."""
    symbol = value.operation.replace("{}", "").strip("(, )")
    name = " → ".join(text for text in (symbol, value.label) if text)
    lines = [(line, plt.rcParams["text.color"]) for line in name.splitlines() if line.strip()]
    lines += [(f"{value.data:.{digits}g}", "C0"), (f"∂ {value.grad:.{digits}g}", "C1")]
    widths = (TextPath((0, 0), line, size=size).get_extents().width for line, _ in lines)
    return _Box(lines, (max(widths) + size, (_LINE * len(lines) + 0.5) * size))


def _fit(ax: Axes | None, width: float, height: float) -> tuple[Axes, float]:
    """Return axes whose units are points, and by how much these shrink so that there is room."""
    width, height = width + 2, height + 2
    if ax is None:
        whole = ceil(width) / 72, ceil(height) / 72  # a browser cuts a part of a pixel off
        figure = plt.figure(figsize=whole, layout="none")
        ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.figure.canvas.figure.draw_without_rendering()  # it decides how large the axes are
    room = ax.get_window_extent()
    across, up = (length * 72 / ax.figure.dpi for length in (room.width, room.height))
    scale = min(1.0, across / width, up / height)
    ax.set_xlim((width - across / scale) / 2 - 1, (width + across / scale) / 2 - 1)
    ax.set_ylim((height - up / scale) / 2 - 1, (height + up / scale) / 2 - 1)
    return ax, scale


def _draw_box(ax: Axes, box: _Box, middle: Point, size: float, scale: float) -> None:
    (x, y), (width, height) = middle, box.size
    corner = x - width / 2, y - height / 2
    rounded = "round,pad=0,rounding_size=4"
    ax.add_patch(FancyBboxPatch(corner, width, height, rounded, facecolor="none", edgecolor="C7"))
    for number, (text, color) in enumerate(box.lines):
        line = y + ((len(box.lines) - 1) / 2 - number) * _LINE * size
        ax.text(x, line, text, color=color, size=size * scale, ha="center", va="center")


def _arrow(path: list[tuple[Point, Point]], size: float) -> FancyArrowPatch:
    """Return an arrow that is curved from a point to its partner, else straight."""
    vertices: list[Point] = []
    for (x, y), (end_x, end_y) in path:
        middle = (y + end_y) / 2
        vertices += [(x, y), (x, middle), (end_x, middle), (end_x, end_y)]
    codes = [Path.LINETO, *[Path.CURVE4] * 3] * len(path)
    curve = Path(vertices, [Path.MOVETO, *codes[1:]])
    return FancyArrowPatch(path=curve, arrowstyle="-|>", mutation_scale=size, color="C7")
