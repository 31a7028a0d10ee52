"""Make a drawing fit to stand in a page beside others, no larger than what can be seen of it."""

import re
from collections.abc import Mapping

from bookwright.settings import Colour

NOT_SEEN = 0.1  # of a pixel

_GEOMETRY = re.compile(r'(?<=[\s"])(?:d|x|y|x1|x2|y1|y2|points)="[^"]*"')
_ID, _USED = re.compile(r' id="([^"]*)"'), re.compile(r'(?:href="|url\()#([^")]*)')
_NUMBER = re.compile(r"(-?\d+)\.(\d+)")
_BETWEEN = re.compile(r"\s*([A-Za-z])\s*|\s+")
_LINES = re.compile(r"[\d.-]+ [\d.-]+(?:L[\d.-]+ [\d.-]+){2,}")
_TAG = re.compile(r"<[^<>]*>")
_SHAPE = re.compile(r"<(?:use|path)\b[^<>]*/>")
_SHAPES = re.compile(
    r'(<g\b[^<>]*)>(<(?:use|path)\b[^<>]*?)( style="[^"]*")/>'
    r"((?:<(?:use|path)\b[^<>]*\3/>)+)</g>"
)


def inline(svg: str, prefix: str, colours: Mapping[str, Colour]) -> str:
    """Return a drawing as it stands in a page.

    Its size is in pixels, and its points lie on tenths of one. Its ids are those that it uses, and
    start with the prefix. Its text takes the page's font, the colours of the style are variables of
    the stylesheet, and it brings no style of its own, which would be one for the whole page.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<(metadata|style)\b.*?</\1>|<!--.*?-->", "", svg, flags=re.DOTALL)
    used = {*_USED.findall(svg)}

    def mended(tag: re.Match[str]) -> str:
        text = _ID.sub(lambda id_: id_[0] if id_[1] in used else "", tag[0])
        text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", text)
        text = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--figure-font, sans-serif)", text)
        if text.startswith("<text") and "fill:" not in text:  # matplotlib leaves black out
            text = text.replace('style="', 'style="fill: #000000; ', 1)
        for name, (light, _) in colours.items():
            text = re.sub(f"{light.lower()}(?![0-9a-f])", f"var(--figure-{name})", text)
        text = re.sub(r'^(<svg .*?width=")([\d.]+)pt(" height=")([\d.]+)pt"', r'\1\2\3\4"', text)
        return _GEOMETRY.sub(_short, text).replace(" xlink:href=", " href=")

    svg = re.sub(r">\s*\n\s*<", "><", _TAG.sub(mended, svg))
    return _SHAPES.sub(_share_the_style, svg)


def _share_the_style(shapes: re.Match[str]) -> str:
    """Let a group say once what each of the shapes in it says, and show equal ones once."""
    group, first, style, others = shapes.groups()
    shown = _SHAPE.findall(f"{first}/>{others.replace(style, '')}")
    if "opacity" not in style:  # what is translucent shows how often it is drawn
        shown = [*dict.fromkeys(shown)]
    return f"{group}{style}>{''.join(shown)}</g>"


def _short(attribute: re.Match[str]) -> str:
    name, _, value = attribute[0].partition('="')
    value = _NUMBER.sub(_rounded, value.removesuffix('"'))
    if name == "d":
        value = _BETWEEN.sub(lambda between: between[1] or " ", value.strip())
        value = _LINES.sub(_without_what_nobody_sees, value)
    return f'{name}="{value}"'


def _without_what_nobody_sees(lines: re.Match[str]) -> str:
    """Return the points of a line without those that lie on it anyway (Douglas and Peucker)."""
    texts = lines[0].split("L")
    points = [complex(*map(float, text.split())) for text in texts]
    kept, pieces = {0, len(points) - 1}, [(0, len(points) - 1)]
    while pieces:
        first, last = pieces.pop()
        start, way = points[first], points[last] - points[first]
        length = abs(way) or 1.0
        furthest, distance = first, NOT_SEEN
        for number in range(first + 1, last):
            off = points[number] - start
            away = abs((off * way.conjugate()).imag) / length if way else abs(off)
            if away > distance:
                furthest, distance = number, away
        if furthest != first:
            kept.add(furthest)
            pieces += [(first, furthest), (furthest, last)]
    return "L".join(texts[number] for number in sorted(kept))


def _rounded(number: re.Match[str]) -> str:
    """Return a number with one decimal; small ones, such as those of markers, have two."""
    decimals = 1 if len(number[1].lstrip("-")) > 1 else 2
    short = f"{float(number[0]):.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
