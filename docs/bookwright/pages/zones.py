"""Say what of a page is read as words, what is code within a line, and what is a formula.

Fences, comments, addresses and attributes are none of these. Lines stay those of the page.
"""

import re
from functools import cached_property, lru_cache
from typing import NamedTuple

from bookwright.pages.fences import find_fences

STAND_IN = "\N{REPLACEMENT CHARACTER}"  # among the words

_PART = re.compile(
    r"""
      (?P<comment><!--.*?-->)
    | \\\((?P<between>.+?)\\\)
    | (?P<escape>\\[^\w\s])
    | (?<!`)(?P<ticks>`+)(?!`)(?P<code>(?:(?!\n\s*\n).)+?)(?<!`)(?P=ticks)(?!`)
    | \$\$(?P<display>.+?)\$\$
    | \$(?!\s)(?P<inline>(?:\\.|(?!\n\s*\n)[^\\$])+?)(?<!\s)\$
    | (?P<target>(?<=\])\([^\s)]*\)?|(?<=\])\[[^\]\n]*\]|^[ ]{0,3}\[[^\]^\n][^\]\n]*\]:[^\n]*)
    | (?P<footnote>\[\^[^\]\n]+\]:?)
    | (?P<url><?\b(?:https?://|mailto:)[^\s>)]+)
    | (?P<attributes>\{:?[ ]*[#.A-Za-z][^{}\n]*\})
    | (?P<tag></?[A-Za-z][^<>]*>)
    | (?P<entity>&\#?\w+;)
    | ^(?P<id>\#+[ ]+(?P<number>\d+))(?=\.[^\n]*\{[ ]*\#[\w-]*\b(?P=number)[ ]*\}[ ]*$)
    | ^(?P<item>[ >]*\d+[.)])(?=\s)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_TARGET = re.compile(r"(?:\(|\[.*\]:[ ]*)<?(?P<uri>[^\s)>]+)")
_BARE = re.compile(r"[\d.,/+\N{MINUS SIGN}\-\N{OBJECT REPLACEMENT CHARACTER} ]+")


class Span(NamedTuple):
    """A part of a page, and the line on which it begins."""

    line: int
    text: str


class Zones:
    """The words, the code and the formulas of a page."""

    def __init__(self, markdown: str) -> None:
        """Read a page."""
        self.text = _without_fences(markdown)
        self._parts = [*_PART.finditer(self.text)]

    @cached_property
    def code(self) -> list[Span]:
        """What stands between ticks within a line, save for numbers."""
        return self._spans("code")

    @cached_property
    def formulas(self) -> list[Span]:
        """The TeX of the page, save for numbers."""
        return sorted(self._spans("display", "inline", "between"))

    @cached_property
    def targets(self) -> list[Span]:
        """Where the links and the images of the page lead."""
        spans = ((each, _TARGET.match(each.text)) for each in self._spans("target"))
        return [Span(line, found["uri"]) for (line, _), found in spans if found]

    @cached_property
    def words(self) -> str:
        """The lines of the page without what is not read; a `STAND_IN` is code or a formula.

        A number that is alone between ticks or dollar signs is one of the words.
        """
        pieces, end = [], 0
        for part in self._parts:
            pieces += [self.text[end : part.start()], _read(part)]
            end = part.end()
        return "".join([*pieces, self.text[end:]])

    def section(self, name: str) -> range:
        """Return the lines of the section whose heading has an id; none, if there is none."""
        heading = re.compile(rf"^(?P<level>#+) .*\{{ ?#{re.escape(name)}[ }}]", re.MULTILINE)
        if not (found := heading.search(self.text)):
            return range(0)
        following = re.compile(rf"^#{{1,{len(found['level'])}}} ", re.MULTILINE)
        end = following.search(self.text, found.end())
        last = end.start() if end else len(self.text)
        return range(self._line(found.start()), self._line(last) + (end is None))

    def _spans(self, *kinds: str) -> list[Span]:
        return [
            Span(self._line(part.start(kind)), part[kind])
            for part in self._parts
            for kind in kinds
            if part[kind] and not _BARE.fullmatch(part[kind])
        ]

    def _line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1


def _without_fences(markdown: str) -> str:
    lines = markdown.expandtabs(4).split("\n")
    for fence in find_fences(markdown):
        lines[fence.line - 1 : fence.end] = [""] * len(lines[fence.line - 1 : fence.end])
    return "\n".join(lines)


def _read(part: re.Match[str]) -> str:
    if part["escape"]:
        return part[0]
    content = part["code"] or part["display"] or part["inline"] or part["between"] or ""
    if _BARE.fullmatch(content):
        return content
    return (STAND_IN if content else "") + "\n" * part[0].count("\n")


@lru_cache(maxsize=8)
def zones_of(markdown: str) -> Zones:
    """Return the zones of a page, which several checks look at one after the other."""
    return Zones(markdown)
