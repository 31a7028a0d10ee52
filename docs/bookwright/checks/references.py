"""Find references that are typed where they can be computed."""

import re
from collections.abc import Iterator

from bookwright.pages.zones import Zones

_NUMBER = r"(?:\d+|[IVX]+\b)"
_TYPED = re.compile(
    rf"\b(?P<kind>chapters?|parts?|claims?|exercises?|figures?|tables?|labs?)[ \n~]+{_NUMBER}",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:the )?(?:next|previous|last|preceding|following) (?:chapter|part|exercise|claim)\b"
)


def typed_references(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each reference that is typed in a text, and what is wrong with it."""
    sources = Zones(text).section("sources")
    for found in (*_TYPED.finditer(text), *_RELATIVE.finditer(text)):
        line = text.count("\n", 0, found.start()) + 1
        if line in sources:
            continue
        words = " ".join(found[0].split())
        yield line, f"{words!r} is typed: let a link say its number, [@ref{{}}](page.md#id)."
