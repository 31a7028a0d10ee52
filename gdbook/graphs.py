r"""Graphs: how a result of autograd came about, laid out by graphlay, drawn with matplotlib.

Needs the extra `figures`.
"""

from collections.abc import Mapping, Sequence
from math import ceil, dist
from typing import NamedTuple

from gdbook._checks import whole_number
from gdbook._extras import extra
from gdbook.autograd import Value, topological_order

with extra("figures"):
    import graphlay
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Bbox

__all__ = ["draw_graph"]

_MOST_VALUES = 200
_LINE = 1.25  # times the size of the font
_EM = 32  # units of graphlay are the size of the font: its own distances suit boxes like that
_LAYOUT = {
    "direction": "topbottom",
    "spacing": {"layer_gap": 1.25 * _EM, "node_gap": 0, "dummy_gap": _EM / 2},
    "routing": {"style": "diagonal"},
    "coords": {"branch_style": "symmetric"},
    "tuning": {"order": {"balance_rounds": 0}},  # they take inputs out of their order
}

Point = tuple[float, float]


class _Box(NamedTuple):
    """What is written for a Value, line by line with its colour, and how much room it takes."""

    lines: list[tuple[str, str]]
    width: float
    height: float


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
        ValueError: `digits` is less than 1, the graph has more than 200 values, or a label is
            no mathematics that matplotlib can set.

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
    frames, paths = _laid_out(boxes, size)
    whole = Bbox.union([*frames, *(path.get_extents() for path in paths)])
    ax, scale = _fit(ax, whole.padded(1))
    for box, frame in zip(boxes.values(), frames, strict=True):
        _draw_box(ax, box, frame, size, scale)
    head = 0.8 * size * scale
    for path in paths:
        ax.add_patch(FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=head, color="C7"))
    return ax


def _box(value: Value, digits: int, size: float) -> _Box:
    """Return what is written for a Value and how much room it takes."""
    symbol = value.operation.replace("{}", "").strip("(, )")
    name = " → ".join(text for text in (symbol, value.label) if text)
    lines = [(line, plt.rcParams["text.color"]) for line in name.splitlines() if line.strip()]
    lines += [(f"{value.data:.{digits}g}", "C0"), (f"∂ {value.grad:.{digits}g}", "C1")]
    widths = (_width(line, size) for line, _ in lines)
    return _Box(lines, max(widths) + size, (_LINE * len(lines) + 0.5) * size)


def _width(line: str, size: float) -> float:
    try:
        return float(TextPath((0, 0), line, size=size).get_extents().width)
    except ValueError as error:
        raise ValueError(
            f"the label {line!r} is no mathematics that matplotlib can set: mend what stands "
            r"between the dollar signs, or write them as \$."
        ) from error


def _laid_out(boxes: Mapping[Value, _Box], size: float) -> tuple[list[Bbox], list[Path]]:
    """Return the frames of the boxes, and the paths of the arrows to each from its inputs.

    The layout leads up, from the result to what it was made from, because graphlay then keeps
    the inputs in their order where it can. Half a line around each box is its own, so that the
    arrows of others pass at a distance.
    """
    unit = size / _EM
    graph = graphlay.Graph()
    for value, (_, width, height) in boxes.items():
        graph.node(value, width=(width + size) / unit, height=(height + size) / unit, label="")
    for value, (_, width, _) in boxes.items():
        for number, (source, _) in enumerate(value.inputs):
            place = (2 * number + 1) / len(value.inputs) - 1  # from -1, left, to 1, right
            start, end = _port("bottom", place * width / (width + size)), _port("top", 0)
            graph.edge(value, source, source_port=start, target_port=end)
    layout = graphlay.layout(graph, options=_LAYOUT)
    frames = [
        _frame(box, *_point(node["center"], unit))
        for node, box in zip(layout.nodes, boxes.values(), strict=True)
    ]
    ways = ([_point(at, unit) for at in reversed(edge["points"])] for edge in layout.edges)
    return frames, [_path(way, size) for way in ways]


def _port(side: str, place: float) -> dict[str, dict[str, str | float]]:
    return {"offset": {"side": side, "t": place}}


def _point(at: Mapping[str, float], unit: float) -> Point:
    return at["x"] * unit, at["y"] * unit


def _frame(box: _Box, x: float, y: float) -> Bbox:
    return Bbox.from_bounds(x - box.width / 2, y - box.height / 2, box.width, box.height)


def _path(points: Sequence[Point], size: float) -> Path:
    """Return a path from box to box along points half a line off, round where it bends."""
    (x, y), (end_x, end_y) = points[0], points[-1]
    points = [(x, y + size / 2), *points, (end_x, end_y - size / 2)]
    vertices = points[:1]
    for before, bend, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_near(bend, before, size), bend, _near(bend, after, size)]
    codes = [Path.LINETO, Path.CURVE3, Path.CURVE3] * (len(points) - 2)
    return Path([*vertices, points[-1]], [Path.MOVETO, *codes, Path.LINETO])


def _near(bend: Point, other: Point, distance: float) -> Point:
    """Return the point at a distance from a bend towards another point, or half way."""
    part = distance / max(dist(bend, other), 2 * distance)
    return bend[0] + part * (other[0] - bend[0]), bend[1] + part * (other[1] - bend[1])


def _fit(ax: Axes | None, whole: Bbox) -> tuple[Axes, float]:
    """Return axes whose units are points, and by how much these shrink so that there is room."""
    if ax is None:
        inches = ceil(whole.width) / 72, ceil(whole.height) / 72  # a browser cuts part pixels off
        figure = plt.figure(figsize=inches, layout="none")
        ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.figure.canvas.figure.draw_without_rendering()  # it decides how large the axes are
    room = ax.get_window_extent()
    across, up = (length * 72 / ax.figure.dpi for length in (room.width, room.height))
    scale = min(1.0, across / whole.width, up / whole.height)
    (left, bottom), (right, top) = whole.min, whole.max
    ax.set_xlim((left + right - across / scale) / 2, (left + right + across / scale) / 2)
    ax.set_ylim((bottom + top - up / scale) / 2, (bottom + top + up / scale) / 2)
    return ax, scale


def _draw_box(ax: Axes, box: _Box, frame: Bbox, size: float, scale: float) -> None:
    rounded = "round,pad=0,rounding_size=4"
    patch = FancyBboxPatch(frame.p0, box.width, box.height, rounded, fc="none", ec="C7")
    ax.add_patch(patch)
    x, y = (frame.x0 + frame.x1) / 2, (frame.y0 + frame.y1) / 2
    for number, (text, color) in enumerate(box.lines):
        line = y + ((len(box.lines) - 1) / 2 - number) * _LINE * size
        ax.text(x, line, text, color=color, size=size * scale, ha="center", va="center")
