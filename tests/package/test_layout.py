from itertools import combinations, pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbook._layout import Edge, _apart, lay_out

SIZE = (60.0, 40.0)


@st.composite
def trees(draw):
    """Return the edges of a tree, each node with up to three others above it."""
    edges, n_nodes = [], 1
    for node, n_above in enumerate(draw(st.lists(st.integers(0, 3), max_size=10))):
        if node < n_nodes:
            new = range(n_nodes, n_nodes + n_above)
            edges += [Edge(n, node, (k + 0.5) / n_above - 0.5) for k, n in enumerate(new)]
            n_nodes += n_above
    return draw(st.permutations(edges))


def laid_out(edges):
    nodes = dict.fromkeys((node for edge in edges for node in edge[:2]), SIZE)
    return lay_out(nodes or {0: SIZE}, edges, gap=10.0)


def n_crossings(layout):
    """Return how many pairs of edges change sides between two layers."""
    hops = [(start, end) for path in layout.paths for start, end in path]
    return sum(
        start[1] == other_start[1] and (start[0] - other_start[0]) * (end[0] - other_end[0]) < -1e-9
        for (start, end), (other_start, other_end) in combinations(hops, 2)
    )


@given(edges=trees())
def test_tree_has_no_crossings(edges):
    assert n_crossings(laid_out(edges)) == 0


@pytest.mark.parametrize("order", [*permutations("abcd")])
def test_edges_cross_only_where_they_have_to(order):
    ports = dict(zip("abcd", (-0.4, -0.1, 0.1, 0.4), strict=True))
    upper = [Edge(end.upper(), end, 0.0) for end in reversed(order)]
    lower = [Edge(start, "end", ports[start]) for start in order]
    assert n_crossings(laid_out(upper + lower)) == 0


def test_entangled_layers_cross_as_little_as_in_the_best_of_all_orders():
    layers = ["z", "xy", "uvw", "rst"]
    inputs = {"z": "xy", "u": "ts", "v": "rt", "w": "tr", "x": "vw", "y": "uw"}
    edges = [
        Edge(start, end, port)
        for end, starts in inputs.items()
        for start, port in zip(starts, (-0.25, 0.25), strict=True)
    ]

    def crossings(orders):
        rank = {node: number for order in orders for number, node in enumerate(order)}
        return sum(
            (rank[e.start] - rank[f.start]) * (rank[e.end] + e.port - rank[f.end] - f.port) < 0
            for order in orders
            for e, f in combinations([edge for edge in edges if edge.end in order], 2)
        )

    assert n_crossings(laid_out(edges)) == min(map(crossings, product(*map(permutations, layers))))


def test_edge_over_several_layers_passes_beside_the_nodes_between():
    layout = laid_out([Edge("x", "y", 0), Edge("y", "z", -0.25), Edge("x", "z", 0.25)])
    (_, passes), (goes_on, _) = layout.paths[2]
    assert passes[0] == goes_on[0]
    assert abs(passes[0] - layout.middles["y"][0]) >= SIZE[0] / 2 + 10
    assert passes[1] - goes_on[1] == SIZE[1]


def test_edges_from_one_node_share_the_way_as_far_as_they_can():
    edges = [Edge("x", "y", 0), Edge("y", "z", 0), Edge("x", "z", -0.25), Edge("x", "z", 0.25)]
    left, right = laid_out(edges).paths[2:]
    assert left[0] == right[0]
    assert left[1][0] == right[1][0]
    assert left[1][1] < right[1][1]


def test_each_node_is_in_the_lowest_layer_that_its_edges_allow():
    layout = laid_out([Edge("x", "y", 0), Edge("y", "z", 0), Edge("late", "z", 0)])
    heights = {node: y for node, (_, y) in layout.middles.items()}
    assert heights["x"] > heights["y"] == heights["late"] > heights["z"] == SIZE[1] / 2


def test_links_between_inner_nodes_are_straighter_than_those_from_leaves():
    inner = [Edge(node, end, -0.25) for node, end in pairwise("bcdef")]
    leaves = [Edge(end.upper(), end, 0.25) for end in "cdef"]
    middles = laid_out([Edge("a", "b", 0), *inner, *leaves]).middles
    for node, end in pairwise("bcdef"):
        # With 60 + 10 between node and leaf, 4 s² + (70 − s)² is smallest at s = 14.
        assert middles[end][0] - middles[node][0] == pytest.approx(14, abs=0.01)
        assert middles[end.upper()][0] - middles[end][0] == pytest.approx(56, abs=0.01)


def test_size_is_that_of_all_nodes_and_edges():
    sizes = {"x": (20.0, 10.0), "y": (30.0, 40.0), "z": (10.0, 20.0)}
    edges = [Edge("x", "y", 0), Edge("y", "z", 0), Edge("x", "z", 0)]
    layout = lay_out(sizes, edges, gap=5.0)
    sides = [x + s * sizes[node][0] / 2 for node, (x, _) in layout.middles.items() for s in (-1, 1)]
    sides += [x for path in layout.paths for hop in path for x, _ in hop]
    assert (min(sides), max(sides)) == pytest.approx((0, layout.width))
    assert layout.height == 3 * 40 + 2 * 2 * 5


NUMBERS = st.tuples(st.floats(-100, 100), st.floats(0.1, 10), st.floats(0.1, 20), st.floats(0, 50))


@given(items=st.lists(NUMBERS, min_size=1, max_size=8))
def test_places_are_the_nearest_to_those_wanted_that_leave_room(items):
    wanted, weights, widths, slack = np.transpose(items)
    places = np.array(_apart(wanted.tolist(), weights.tolist(), widths.tolist()))
    room = (widths[1:] + widths[:-1]) / 2
    assert (np.diff(places) >= room - 1e-9).all()
    others = slack[0] - 25 + np.concatenate([[0.0], np.cumsum(room + slack[1:])])
    assert (weights * (wanted - places)) @ (others - places) <= 1e-6  # so these are not nearer
