from collections import defaultdict
from functools import reduce
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from gdbook import Value, topological_order
from gdbook.graphs import draw_graph


@pytest.fixture(autouse=True)
def _no_window():
    mpl.use("agg")
    yield
    plt.close("all")


def one_sample():
    w, x, b, y = (Value(n, label=s) for n, s in [(0.8, "w"), (1.5, "x"), (0.2, "b"), (0.8, "y")])
    return ((w * x + b) - y) ** 2 / 2


def shared():
    x, y = Value(0.5, label="x"), Value(-1.2, label="y")
    u = x * y
    return (u + x).tanh() * (u - y).exp() + x * x + (x / y).relu().max(u)


def long_labels():
    a, b = Value(123456.789, label="the first of two long labels"), Value(-1e-7, label="$w_{12}$")
    return (a * b).max(a / b) - a * 2


def network():
    x, y = (Value(0.5, label="x1"), Value(-1.0, label="x2")), Value(1.0, label="y")
    w = [Value(0.3 * k - 0.5, label=f"w{k}") for k in range(9)]
    hidden = [(w[3 * j] * x[0] + w[3 * j + 1] * x[1] + w[3 * j + 2]).tanh() for j in range(2)]
    return (w[6] * hidden[0] + w[7] * hidden[1] + w[8] - y) ** 2


def entangled():
    a, b, c, d = (Value(0.1 * k + 0.3, label="abcd"[k]) for k in range(4))
    p, q, r, s = a * b, b * c, c * d, d * a
    return ((p + q) * (r + s)).tanh() + ((p - r) / (q - s)) * (p * s).log() + (q * r) ** a


GRAPHS = [one_sample, shared, long_labels, network, entangled, lambda: Value(2.0)]


@st.composite
def programs(draw):
    """Return the last of some values, each made from two of those before it."""
    values = [Value(0.5), Value(-0.25)]
    pairs = st.tuples(st.integers(0, 30), st.integers(0, 30))
    for first, second in draw(st.lists(pairs, max_size=20)):
        values.append(values[first % len(values)].max(values[second % len(values)]))
    return values[-1]


def trees():
    """Return results each of whose values is used once."""
    leaves = st.integers(1, 9).map(lambda n: Value(n * 10.0**n))
    return st.recursive(
        leaves,
        lambda some: some.map(Value.tanh) | st.tuples(some, some).map(lambda two: two[0] - two[1]),
        max_leaves=15,
    )


def boxes_of(ax):
    """Return the corners of the boxes."""
    return [patch.get_bbox() for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


def lines_in(ax, box):
    """Return what is written in a box, from above."""
    texts = [text for text in ax.texts if box.contains(*text.get_position())]
    return [text.get_text() for text in sorted(texts, key=lambda text: -text.get_position()[1])]


def numbered_boxes(ax):
    """Return a box for each number that is a label."""
    return {lines_in(ax, box)[0].split(" → ")[-1]: box for box in boxes_of(ax)}


def shafts_of(ax):
    """Return points on each arrow, close together, from its start to its tip."""
    patches = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    shafts = [patch.get_path().to_polygons(closed_only=False)[0] for patch in patches]
    steps = np.linspace(0, 1, 20)[:, None]
    return [
        np.concatenate([start + steps * (end - start) for start, end in pairwise(shaft)])
        for shaft in shafts
    ]


def is_inside(points, box):
    """Return whether any point is inside of a box."""
    (left, bottom), (right, top) = box.min, box.max
    x, y = points.T
    return bool(((left < x) & (x < right) & (bottom < y) & (y < top)).any())


def assert_nothing_overlaps(ax):
    boxes, shafts = boxes_of(ax), shafts_of(ax)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for points in (*shafts, *(box.get_points() for box in boxes)):
        assert (points.min(axis=0) >= [left, bottom]).all()
        assert (points.max(axis=0) <= [right, top]).all()
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
    for shaft in shafts:
        assert not any(is_inside(shaft, box.padded(-0.5)) for box in boxes)
        assert sum(is_inside(shaft, box.padded(3)) for box in boxes) == 2  # those at its ends
    ax.figure.draw_without_rendering()
    frames = [box.transformed(ax.transData).padded(1) for box in boxes]  # to the pixel
    for text in ax.texts:
        extent = text.get_window_extent()
        assert any(frame.contains(*extent.min) and frame.contains(*extent.max) for frame in frames)


def labelled(result):
    """Give each value its number as a label, and return the values."""
    values = topological_order(result)
    for number, value in enumerate(values):
        value.label = str(number)
    return values


def test_each_value_has_a_box_with_its_operation_its_number_and_its_gradient():
    result = one_sample()
    result.backward()
    ax = draw_graph(result)
    assert sorted(lines_in(ax, box) for box in boxes_of(ax)) == [
        ["*", "1.2", "∂ 0.6"],
        ["** 2", "0.36", "∂ 0.5"],
        ["+", "1.4", "∂ 0.6"],
        ["-", "0.6", "∂ 0.6"],
        ["/", "0.18", "∂ 1"],
        ["2", "∂ -0.09"],
        ["b", "0.2", "∂ 0.6"],
        ["w", "0.8", "∂ 0.9"],
        ["x", "1.5", "∂ 0.48"],
        ["y", "0.8", "∂ -0.6"],
    ]


def test_operations_are_shown_by_their_names_and_results_by_their_labels():
    x = Value(0.5)
    for operation, name in [
        (-x, "-"),
        (x.exp(), "exp"),
        (x.log(), "log"),
        (x.tanh(), "tanh"),
        (x.relu(), "relu"),
        (x.max(x), "max"),
        (x**x, "**"),
        (x**-1.5, "** -1.5"),
    ]:
        assert draw_graph(operation).texts[2].get_text() == name
        operation.label = "two\nlines"
        lines = [text.get_text() for text in draw_graph(operation).texts]
        assert lines[2:] == [f"{name} → two", "lines", f"{operation.data:.4g}", "∂ 0"]
    assert len(draw_graph(Value(1.0, label=" ")).texts) == 2


@pytest.mark.parametrize("graph", GRAPHS)
def test_each_value_has_a_box_and_arrows_from_its_inputs_from_the_left_as_they_are_written(graph):
    result = graph()
    values = labelled(result)
    ax = draw_graph(result)
    boxes = numbered_boxes(ax)
    assert len(boxes_of(ax)) == len(boxes) == len(values)
    arrivals = defaultdict(list)
    for shaft in sorted(shafts_of(ax), key=lambda shaft: shaft[-1, 0]):
        (x, y), (tip_x, tip_y) = shaft[0], shaft[-1]
        (start,) = (label for label, box in boxes.items() if box.contains(x, y + 1))
        (end,) = (label for label, box in boxes.items() if box.contains(tip_x, tip_y - 2))
        arrivals[end].append(start)
    assert arrivals == {
        value.label: [source.label for source, _ in value.inputs]
        for value in values
        if value.inputs
    }


@pytest.mark.parametrize("graph", GRAPHS)
def test_nothing_overlaps(graph):
    result = graph()
    result.backward()
    assert_nothing_overlaps(draw_graph(result))


@settings(max_examples=20)
@given(result=programs())
def test_nothing_overlaps_and_arrows_lead_down_in_any_graph(result):
    ax = draw_graph(result)
    assert_nothing_overlaps(ax)
    assert all((np.diff(shaft[:, 1]) <= 1e-9).all() for shaft in shafts_of(ax))
    plt.close("all")


@settings(max_examples=20)
@given(result=trees())
@example(result=(Value(1.0) + Value(2.0)) + -Value(3.0))
def test_arrows_of_a_tree_do_not_cross(result):
    ways = [Path(shaft) for shaft in shafts_of(draw_graph(result))]
    assert not any(a.intersects_path(b, filled=False) for a, b in combinations(ways, 2))
    plt.close("all")


def test_result_is_at_the_bottom_and_leaves_are_right_above_what_was_made_from_them():
    ax = draw_graph(one_sample())
    rows = defaultdict(list)
    for box in boxes_of(ax):
        rows[round(box.y0 + box.y1)].append(lines_in(ax, box)[0])
    assert [sorted(row) for _, row in sorted(rows.items())] == [
        ["/"],
        ["** 2", "2"],
        ["-"],
        ["+", "y"],
        ["*", "b"],
        ["w", "x"],
    ]


@pytest.mark.parametrize("graph", GRAPHS)
def test_drawing_is_the_same_each_time(graph):
    first, second = ([patch.get_path() for patch in draw_graph(graph()).patches] for _ in "12")
    for path, other in zip(first, second, strict=True):
        assert np.array_equal(path.vertices, other.vertices)


def test_figure_is_as_large_as_its_drawing_in_whole_points():
    ax = draw_graph(shared())
    width, height = ax.figure.get_size_inches() * 72
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert (right - left, top - bottom) == pytest.approx((width, height))
    assert ax.get_window_extent().size * 72 / ax.figure.dpi == pytest.approx([width, height])
    edges = np.concatenate([*shafts_of(ax), *(box.get_points() for box in boxes_of(ax))])
    margins = [*(edges.min(axis=0) - [left, bottom]), *([right, top] - edges.max(axis=0))]
    assert np.round([width, height], 9).tolist() == [round(width), round(height)]
    assert all(1 <= margin < 1.5 for margin in margins)


@pytest.mark.parametrize("layout", ["constrained", "none"])
@pytest.mark.parametrize("graph", [network, long_labels])
def test_drawing_shrinks_until_it_fits_into_given_axes(layout, graph):
    figure, (_, ax) = plt.subplots(1, 2, figsize=(5, 3), layout=layout)
    ax.set_title("title")
    assert draw_graph(graph(), ax=ax) is ax
    assert_nothing_overlaps(ax)
    sizes = {text.get_size() for text in ax.texts}
    assert max(sizes) == min(sizes) < 0.8 * plt.rcParams["font.size"]
    points = np.concatenate([*shafts_of(ax), *(box.get_points() for box in boxes_of(ax))])
    room = np.ptp([ax.get_xlim(), ax.get_ylim()], axis=1) - np.ptp(points, axis=0)
    assert min(room) == pytest.approx(2)  # a point on either side
    across, up = np.diff(ax.transData.transform([(0, 0), (1, 1)]), axis=0)[0]
    assert across == pytest.approx(up)
    assert plt.get_fignums() == [figure.number]


def test_drawing_does_not_grow_in_larger_axes_and_stays_in_their_middle():
    _, ax = plt.subplots(figsize=(20, 20))
    draw_graph(one_sample(), ax=ax)
    assert_nothing_overlaps(ax)
    assert {text.get_size() for text in ax.texts} == {0.86 * plt.rcParams["font.size"]}
    corners = np.concatenate([box.get_points() for box in boxes_of(ax)])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    assert middle == pytest.approx([np.mean(ax.get_xlim()), np.mean(ax.get_ylim())])


def test_numbers_are_rounded_to_digits():
    value = Value(1 / 3)
    value.grad = 2 / 3
    assert [text.get_text() for text in draw_graph(value, digits=2).texts] == ["0.33", "∂ 0.67"]


def test_bad_input_is_refused_before_a_figure_is_opened():
    x = Value(1.0)
    with pytest.raises(TypeError, match="result is 3: pass a Value"):
        draw_graph(3)
    with pytest.raises(ValueError, match="digits is 0"):
        draw_graph(x, digits=0)
    with pytest.raises(ValueError, match="the graph has 201 values: pass one of at most 200"):
        draw_graph(reduce(lambda value, _: value.tanh(), range(200), x))
    assert plt.get_fignums() == []


def test_label_that_is_no_mathematics_is_named():
    with pytest.raises(ValueError, match=r"the label '\$\\\\frac\$' is no mathematics that"):
        draw_graph(Value(1.0, label=r"$\frac$"))
