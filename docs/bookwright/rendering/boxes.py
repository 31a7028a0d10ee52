"""Collect formulas in boxes: at the end of their page, and on a sheet for the whole book."""

import re
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

_FORMULA = re.compile(r'<div class="math"(?:(?!</div>).)*class="math-box"(?:(?!</div>).)*</div>')
_PLACE = re.compile(r'<div class="boxed">\s*</div>')
_SHEET = re.compile(r'^<div class="sheet">\s*</div>$', re.MULTILINE)


class Boxes(NamedTuple):
    """The formulas of a page that stand in boxes, with its title and its address."""

    title: str
    url: str
    formulas: list[str]


def boxed(html: str) -> list[str]:
    """Return the formulas of a page that stand in boxes, each once."""
    return [*dict.fromkeys(_FORMULA.findall(html))]


def with_boxes(html: str) -> str:
    """Return a page with its own formulas in boxes once more in their place, if it has one."""
    return _PLACE.sub(lambda _: f'<div class="boxed">{"".join(boxed(html))}</div>', html)


def is_sheet(html: str) -> bool:
    """Tell whether a page has a place for the formulas of all others."""
    return bool(_SHEET.search(html))


def with_sheet(html: str, pages: Iterable[Boxes]) -> str:
    """Return a page with the formulas of all pages in their place."""
    parts = (
        f'<h2><a href="{page.url}">{escape(page.title)}</a></h2>{"".join(page.formulas)}'
        for page in pages
        if page.formulas
    )
    return _SHEET.sub(lambda _: f'<div class="sheet">{"".join(parts)}</div>', html)
