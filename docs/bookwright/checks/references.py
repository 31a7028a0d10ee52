"""Find references that are typed where they can be computed."""

import re
from collections.abc import Iterator

from bookwright.pages.zones import zones_of

_ADVICE = "let a link say its number, [@ref{}](page.md#id)."
_KINDS = "chapters?|parts?|claims?|exercises?|figures?|tables?|labs?"
_TYPED = re.compile(rf"\b(?:{_KINDS})[ \n~]+(?:\d+|[IVX]+\b)", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:the )?(?:next|previous|last|preceding|following) (?:chapter|part|exercise|claim)\b"
)
_OURS = re.compile(r"claim|exercise|lab", re.IGNORECASE)  # no source has any
_OF_LINK = re.compile(r"[^\[\]\n]*\]\((?!\w+:)")
_OWN = re.compile(r"^(?:#+ +|[ ]*[-*] +\*\*)(?P<number>\d+)\.(?= )", re.MULTILINE)


def typed_references(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each reference that is typed in a text, and what is wrong with it."""
    page = zones_of(text)
    sources = page.section("sources")
    for found in (*_TYPED.finditer(page.text), *_RELATIVE.finditer(page.text)):
        line = page.text.count("\n", 0, found.start()) + 1
        ours = _OURS.match(found[0]) or _OF_LINK.match(page.text, found.end())
        if ours or line not in sources:
            yield line, f"{' '.join(found[0].split())!r} is typed: {_ADVICE}"
    for found in _OWN.finditer(page.text):
        line = page.text.count("\n", 0, found.start()) + 1
        yield line, f"{found['number']!r} is typed: an id has its number, @number{{#id}}."
