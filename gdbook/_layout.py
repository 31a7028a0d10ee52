"""Lay out a graph without cycles in layers, so that few of its edges cross."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, combinations, pairwise
from statistics import fmean
from typing import NamedTuple

from gdbook._extras import extra

with extra("figures"):
    import networkx as nx

_SWEEPS = 20

Point = tuple[float, float]
Size = tuple[float, float]
Layers = list[list[Hashable]]


class Edge(NamedTuple):
    """An edge, and where on the upper side of its end it arrives: from -0.5, left, to 0.5."""

    start: Hashable
    end: Hashable
    port: float


class Layout(NamedTuple):
    """The middle of each node, two points of each edge for each layer down, and the whole size."""

    middles: dict[Hashable, Point]
    paths: list[list[tuple[Point, Point]]]
    width: float
    height: float


class _Bend(NamedTuple):
    """Where the edges from a node pass a layer."""

    start: Hashable
    layer: int


def lay_out(nodes: Mapping[Hashable, Size], edges: Sequence[Edge], *, gap: float) -> Layout:
    """Place nodes of given widths and heights in layers, so that each edge leads down.

    The steps are those of K. Sugiyama, S. Tagawa and M. Toda, *Methods for Visual Understanding
    of Hierarchical System Structures*, 1981: the layers, an order in each of them, and places
    in this order.
    """
    links, layers, routes = _layered(nodes, edges)
    layers = min(_orders(links, layers), key=lambda order: _crossings(links, order))
    tallest = max(height for _, height in nodes.values())
    sizes = {item: nodes.get(item, (0.0, tallest)) for item in links}
    xs = _places(links, layers, {item: width + gap for item, (width, _) in sizes.items()})
    left = min(xs[item] - sizes[item][0] / 2 for item in links)
    right = max(xs[item] + sizes[item][0] / 2 for item in links)
    ys = [tallest / 2 + number * (tallest + 2 * gap) for number in range(len(layers))]
    middles = {
        item: (xs[item] - left, y) for layer, y in zip(layers, ys, strict=True) for item in layer
    }
    paths = [
        [_hop(start, end, edge.port, middles, sizes) for start, end in pairwise(route)]
        for edge, route in zip(edges, routes, strict=True)
    ]
    return Layout({n: middles[n] for n in nodes}, paths, right - left, ys[-1] + tallest / 2)


def _hop(
    start: Hashable,
    end: Hashable,
    port: float,
    middles: Mapping[Hashable, Point],
    sizes: Mapping[Hashable, Size],
) -> tuple[Point, Point]:
    """Return where an edge leaves an item and where it arrives at one in the next layer."""
    (x, y), (_, height) = middles[start], sizes[start]
    (end_x, end_y), (end_width, end_height) = middles[end], sizes[end]
    return (x, y - height / 2), (end_x + port * end_width, end_y + end_height / 2)


def _layered(
    nodes: Iterable[Hashable], edges: Sequence[Edge]
) -> tuple[nx.DiGraph, Layers, list[list[Hashable]]]:
    """Return the links from layer to layer, the layers from below, and the way of each edge."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from((edge.end, edge.start) for edge in edges)
    generations = [*nx.topological_generations(graph)]
    layer_of = {node: n for n, generation in enumerate(generations) for node in generation}
    links, routes = nx.DiGraph(), []
    links.add_nodes_from(nodes)
    for start, end, port in edges:
        bends = [_Bend(start, n) for n in range(layer_of[start] - 1, layer_of[end], -1)]
        routes.append([start, *bends, end])
        nx.add_path(links, routes[-1], port=0.0)
        links.edges[routes[-1][-2], end]["port"] = port
    layers: Layers = [[] for _ in generations]
    for item in links:
        layers[item.layer if isinstance(item, _Bend) else layer_of[item]].append(item)
    return links, layers, routes


def _orders(links: nx.DiGraph, layers: Layers) -> Iterator[Layers]:
    """Yield the layers as they are, then sorted by the layers below and above in turn."""
    upside_down = links.reverse()
    for _ in range(_SWEEPS):
        yield layers
        layers = _sorted(links, layers)
        yield layers
        layers = _sorted(upside_down, layers[::-1])[::-1]


def _sorted(links: nx.DiGraph, layers: Layers) -> Layers:
    """Sort each layer by the mean rank of what its items lead to, in the layer before."""
    ranks: dict[Hashable, float] = {}
    result = []
    for layer in layers:
        middle = (len(layer) - 1) / 2
        keys = {}
        for number, item in enumerate(layer):
            ends = [ranks[end] + port for _, end, port in links.out_edges(item, data="port")]
            keys[item] = fmean(ends) if ends else number - middle
        result.append(sorted(layer, key=keys.__getitem__))
        ranks |= {item: number - middle for number, item in enumerate(result[-1])}
    return result


def _crossings(links: nx.DiGraph, layers: Layers) -> int:
    """Return how many pairs of links cross."""
    rank = {item: number for layer in layers for number, item in enumerate(layer)}
    return sum(
        (rank[a] - rank[c]) * (rank[b] + p - rank[d] - q) < 0
        for layer in layers
        for (a, b, p), (c, d, q) in combinations(links.in_edges(layer, data="port"), 2)
    )


def _places(
    links: nx.DiGraph, layers: Layers, widths: Mapping[Hashable, float]
) -> dict[Hashable, float]:
    """Return places near those of the neighbours that keep the order and leave room."""
    places = dict.fromkeys(links, 0.0)
    for _ in range(_SWEEPS):
        for layer in (*layers, *reversed(layers)):
            wanted, weights = zip(*(_wanted(links, item, places) for item in layer), strict=True)
            room = [widths[item] for item in layer]
            places |= zip(layer, _apart(wanted, weights, room), strict=True)
    return places


def _wanted(
    links: nx.DiGraph, item: Hashable, places: Mapping[Hashable, float]
) -> tuple[float, float]:
    """Return the mean place of all neighbours and its weight; leaves pull least."""
    above = [(start, places[start]) for start in links.predecessors(item)]
    below = [(item, places[end]) for end in links.successors(item)]
    weights = [4 if links.in_degree(start) else 1 for start, _ in above + below]
    if not weights:
        return 0.0, 1.0
    return fmean((place for _, place in above + below), weights), sum(weights)


def _apart(
    wanted: Sequence[float], weights: Sequence[float], widths: Sequence[float]
) -> list[float]:
    """Return the numbers nearest to those wanted, by weighted squares, that leave room.

    They are half of two widths apart, or more. Each less its least distance from the first must
    not fall: an isotonic regression, found by pooling neighbours that do.
    """
    distances = [*accumulate(((a + b) / 2 for a, b in pairwise(widths)), initial=0.0)]
    pools: list[tuple[float, float, int]] = []  # the sum, its weight, and of how many
    for number, weight, distance in zip(wanted, weights, distances, strict=True):
        pool = weight * (number - distance), weight, 1
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            more = pools.pop()
            pool = pool[0] + more[0], pool[1] + more[1], pool[2] + more[2]
        pools.append(pool)
    means = (total / weight for total, weight, count in pools for _ in range(count))
    return [mean + distance for mean, distance in zip(means, distances, strict=True)]
