"""Say which parts of a page can be tested each by itself."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bookwright.pages import marks
from bookwright.pages.fences import Fence
from bookwright.pages.options import PYTHON
from bookwright.pages.page import Page, Place

_STATES = re.compile(r"[=<>≈]|\\(?:le|leq|ge|geq|approx)\b")


class Part(NamedTuple):
    """A part of a page: its kind, its lines in the file, and how what is said of it begins."""

    kind: str
    first: int = 0
    last: int = 0
    opening: str = ""

    @property
    def name(self) -> str:
        """The name of the part among those of the page."""
        return f"{self.kind} at line {self.first}" if self.first else self.kind

    def is_meant(self, place: Place | str, message: str) -> bool:
        """Tell whether a problem is one of this part."""
        line = place.line if isinstance(place, Place) else 0
        return self.first <= line <= self.last and message.startswith(self.opening)


TEXT = Part("text")


def parts(page: Page) -> list[Part]:
    """Return the parts of a page from its top to its end, and then what no other part has."""
    found = {part.name: part for part in (*_of_fences(page), *_of_text(page))}
    return [*sorted(found.values(), key=lambda part: part.first), TEXT]


def _of_fences(page: Page) -> Iterator[Part]:
    for fence in page.fences:
        if kind := _kind(fence):
            yield Part(kind, page.place(fence.line).line, page.place(fence.end).line)


def _kind(fence: Fence) -> str | None:
    if fence.language not in PYTHON or fence.options.get("exec") == "off":
        return None
    if exercise := next((each for each in ("stub", "solution") if each in fence.options), None):
        return exercise
    if "exec" not in fence.options:  # in a lab
        return "cell"
    return "session" if fence.language == "pycon" else "block"


def _of_text(page: Page) -> Iterator[Part]:
    """Yield the lines with values, and the formulas that state something."""
    for mark in marks.find(page.text):
        if mark.name not in marks.RESERVED:
            yield Part("value", *_lines(page, mark.start, mark.end), "@")
    for formula in marks.formulas(page.text):
        if _STATES.search(formula.tex):
            yield Part("formula", *_lines(page, formula.start, formula.end), "the formula ")


def _lines(page: Page, start: int, end: int) -> tuple[int, int]:
    first, last = (page.text.count("\n", 0, position) + 1 for position in (start, end))
    return page.place(first).line, page.place(last).line
