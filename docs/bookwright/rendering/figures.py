"""Make a drawing fit to stand in a page beside others, no larger than what can be seen of it."""

import re
from collections.abc import Mapping

from bookwright.settings import Colour

_GEOMETRY = re.compile(r'(?<=[\s"])(?:d|x|y|x1|x2|y1|y2|points)="[^"]*"')
_NUMBER = re.compile(r"(-?\d+)\.(\d+)")
_BETWEEN = re.compile(r"\s*([A-Za-z])\s*|\s+")
_MARKERS = re.compile(
    r'(<g\b[^<>]*)>(\s*<use\b[^<>]*?)( style="[^"]*")/>((?:\s*<use\b[^<>]*\3/>)+\s*)</g>'
)


def inline(svg: str, prefix: str, colours: Mapping[str, Colour]) -> str:
    """Return a drawing as it stands in a page.

    Its ids start with the prefix, its size is in pixels, its text takes the page's font, the
    colours of the style are variables of the stylesheet, and it brings no style of its own, which
    would be one for the whole page. Points lie on tenths of a pixel.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<(metadata|style)\b.*?</\1>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg [^>]*?width=")([\d.]+)pt(" height=")([\d.]+)pt"', r'\1\2\3\4"', svg)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--figure-font, sans-serif)", svg)
    svg = _GEOMETRY.sub(_short, svg)
    for name, (light, _) in colours.items():
        svg = re.sub(f"{light}(?![0-9a-f])", f"var(--figure-{name})", svg)
    svg = _MARKERS.sub(_share_the_style, svg)
    return re.sub(r">\s+<", "><", svg)


def _share_the_style(markers: re.Match[str]) -> str:
    """Let a group say once what each of the markers in it says."""
    group, first, style, others = markers.groups()
    return f"{group}{style}>{first}/>{others.replace(style, '')}</g>"


def _short(attribute: re.Match[str]) -> str:
    name, _, value = attribute[0].partition('="')
    value = _NUMBER.sub(_rounded, value.removesuffix('"'))
    if name == "d":
        value = _BETWEEN.sub(lambda between: between[1] or " ", value.strip())
    return f'{name}="{value}"'


def _rounded(number: re.Match[str]) -> str:
    """Return a number with one decimal; small ones, such as those of markers, have two."""
    decimals = 1 if len(number[1].lstrip("-")) > 1 else 2
    short = f"{float(number[0]):.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
