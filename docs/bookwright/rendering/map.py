"""Draw which page of a book needs which, as a picture of links and as a list."""

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from html import escape

from bookwright.pages.references import References

Told = Callable[[str], str]  # something of a page, by its path

_LETTERS, _LETTER, _LINE, _ROUND = 14, 7, 16, 4  # in a line of a box; pixels
_LAYOUT = {
    "direction": "topbottom",
    "spacing": {"layer_gap": 26, "node_gap": 8, "dummy_gap": 10, "isolated_gap": 10},
    "routing": {"style": "diagonal"},
}
_EMPTY = re.compile(r'<div class="map">\s*</div>')


def with_map(html: str, references: References, url_of: Told, title_of: Told) -> str:
    """Return a page with a map in its place, if it has one."""
    if not _EMPTY.search(html):
        return html
    drawn = _picture(references, url_of, title_of) + _list(references, url_of, title_of)
    return _EMPTY.sub(lambda _: f'<div class="map">{drawn}</div>', html)


def direct(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return what each page needs, without what others that it needs ask for as well."""

    def all_of(uri: str) -> set[str]:
        return {each for need in needs[uri] for each in (need, *all_of(need))}

    return {
        uri: [each for each in mine if all(each not in all_of(other) for other in mine)]
        for uri, mine in needs.items()
    }


def _picture(references: References, url_of: Told, title_of: Told) -> str:
    import graphlay  # noqa: PLC0415  # for the page with the map only

    graph = graphlay.Graph()
    boxes = {
        uri: _lines(f"{references.numbers[uri]}. {title_of(uri)}") for uri in references.numbers
    }
    for uri, lines in boxes.items():
        width = max(map(len, lines)) * _LETTER + 2 * _LETTER
        graph.node(uri, width=width, height=len(lines) * _LINE + 10, label="")
    for uri, needs in direct({uri: references.needs[uri] for uri in boxes}).items():
        for need in needs:
            graph.edge(need, uri)
    layout = graphlay.layout(graph, options=_LAYOUT)
    frames = [(node["center"], node["size"]) for node in layout.nodes]
    left = min(at["x"] - size["width"] / 2 for at, size in frames) - 1
    top = min(at["y"] - size["height"] / 2 for at, size in frames) - 1
    right = max(at["x"] + size["width"] / 2 for at, size in frames) + 1
    bottom = max(at["y"] + size["height"] / 2 for at, size in frames) + 1
    ways = "".join(f'<path d="M{_points(edge["points"])}"/>' for edge in layout.edges)
    links = "".join(
        _box(url_of(uri), lines, at, size)
        for (uri, lines), (at, size) in zip(boxes.items(), frames, strict=True)
    )
    across, down = f"{right - left:.0f}", f"{bottom - top:.0f}"
    view = f'viewBox="{left:.0f} {top:.0f} {across} {down}" width="{across}"'
    return f'<svg {view} role="group">{ways}{links}</svg>'


def _points(points: Sequence[Mapping[str, float]]) -> str:
    return " L".join(f"{at['x']:.0f} {at['y']:.0f}" for at in points)


def _box(url: str, lines: list[str], at: Mapping[str, float], size: Mapping[str, float]) -> str:
    x, y = at["x"] - size["width"] / 2, at["y"] - size["height"] / 2
    first = at["y"] - (len(lines) - 1) * _LINE / 2 + 4
    text = "".join(
        f'<tspan x="{at["x"]:.0f}" y="{first + number * _LINE:.0f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    frame = f'x="{x:.0f}" y="{y:.0f}" width="{size["width"]:.0f}" height="{size["height"]:.0f}"'
    return f'<a href="{url}"><rect {frame} rx="{_ROUND}"/><text>{text}</text></a>'


def _list(references: References, url_of: Told, title_of: Told) -> str:
    items = []
    for uri in references.numbers:
        names = ", ".join(
            f'<a href="{url_of(need)}">{references.numbers[need]}</a>'
            for need in references.needs[uri]
        )
        after = f" ← {names}" if names else ""
        name = f"{references.numbers[uri]}. {title_of(uri)}"
        items.append(f'<li><a href="{url_of(uri)}">{escape(name)}</a>{after}</li>')
    return f"<ul>{''.join(items)}</ul>"


def _lines(name: str) -> list[str]:
    return textwrap.wrap(name, _LETTERS, break_long_words=False)
