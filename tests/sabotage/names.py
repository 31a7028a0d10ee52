"""Changes of names, links and references."""

import re
from collections.abc import Iterator

from tests.sabotage.numbers import REFERENCES, changed_digits
from tests.sabotage.texts import BLANK, Mark, Spot, Text

_NAME = re.compile(r"(?<![\w.])[A-Za-z_][\w.]{2,}\w(?:\(\))?(?![\w(])")
_NUMBERED = r"(?<=[Cc]laim )\d+|(?<=[Ee]xercise )\d+|(?<=^### )\d+(?=\.)|(?<=^- \*\*)\d+(?=\.)"
_LAST = re.compile(r"(?<=#).+|[\w-]+(?=\.\w+$)")  # the anchor of a link, or the name of its page
_OTHER = re.compile(r"#(claim|exercise)-")
_PARTS = {"I": "II", "II": "III", "III": "I"}


def chapters(text: Text) -> Iterator[Spot]:
    """Yield the numbers of chapters that are referred to, and references to chapters."""
    for match in re.finditer(r"(?<=[Cc]hapter )\d+|(?<=[Cc]hapters )\d+", _said(text)):
        yield Spot(*match.span(), changed_digits(match[0]))
    for mark in _references(text):
        if not _OTHER.search(_target(text, mark)):
            yield from _broken(mark, typed="chapter 57")


def other_references(text: Text) -> Iterator[Spot]:
    """Yield claims, exercises and parts that are referred to, and what is next or previous."""
    for match in re.finditer(_NUMBERED, _said(text), re.MULTILINE):
        yield Spot(*match.span(), changed_digits(match[0]))
    for match in re.finditer(r"(?<=\bPart )I{1,3}\b", _said(text)):
        yield Spot(*match.span(), (_PARTS[match[0]],))
    for match in re.finditer(r"\b(?:next|previous)(?= (?:chapter|exercise|lab)\b)", _said(text)):
        yield Spot(*match.span(), ("previous" if match[0] == "next" else "next",))
    for mark in _references(text):
        if kind := _OTHER.search(_target(text, mark)):
            yield from _broken(mark, typed=f"{kind[1]} 57")


def _references(text: Text) -> Iterator[Mark]:
    return (mark for mark in text.marks if mark.name in REFERENCES)


def _target(text: Text, mark: Mark) -> str:
    """Return what a reference leads to: what it names, or the link or the heading around it."""
    return mark.content or text.content[mark.end :].partition("\n")[0].partition(")")[0]


def _broken(mark: Mark, *, typed: str) -> Iterator[Spot]:
    """Yield a reference, for one that is typed, and the page or the id in it, misspelt."""
    short = {"part": "Part IV", "number": "57", "Ref": typed.title()}
    yield Spot(mark.start, mark.end, (short.get(mark.name, typed),))
    if part := _LAST.search(mark.content):
        yield _misspelt(mark.end - 1 - len(mark.content) + part.start(), part[0])


def in_code_font(text: Text) -> Iterator[Spot]:
    """Yield names in code font that are no links, with one letter changed."""
    for match in _NAME.finditer(text.only("name")):
        if text.content[match.start() - 2 : match.start()] != "[`":
            yield _misspelt(match.start(), match[0])


def linked(text: Text) -> Iterator[Spot]:
    """Yield names in code font that are links, with one letter changed."""
    for match in _NAME.finditer(text.only("name")):
        if text.content[match.start() - 2 : match.start()] == "[`":
            yield _misspelt(match.start(), match[0])


def targets(text: Text) -> Iterator[Spot]:
    """Yield anchors, pages and files that are linked, with one letter changed."""
    for target in re.finditer(f"[^{BLANK}\\n]+", text.only("target")):
        part = _LAST.search(target[0])
        if part and "://" not in target[0]:
            yield _misspelt(target.start() + part.start(), part[0])


def notation(text: Text) -> Iterator[Spot]:
    """Yield the names in the table of the notation, with one letter changed."""
    for row in re.finditer(r"^\|[^|\n]*\|([^|\n]*)\|", text.content, re.MULTILINE):
        for match in _NAME.finditer(text.only("name"), *row.span(1)):
            yield _misspelt(match.start(), match[0])


def misspelt(name: str) -> tuple[str, ...]:
    """Return a name with each letter of its last part changed in turn to the next one."""
    first = max(name.rfind(each) for each in ".#/") + 1
    last = len(name.removesuffix("()"))
    return tuple(
        f"{name[:place]}{chr(ord(name[place]) + 1)}{name[place + 1 :]}"
        for place in range(first, last)
        if name[place].isalpha() and name[place] not in "zZ"
    )


def _misspelt(start: int, name: str) -> Spot:
    return Spot(start, start + len(name), misspelt(name))


def _said(text: Text) -> str:
    return text.only("prose", "title", "row", "item")
