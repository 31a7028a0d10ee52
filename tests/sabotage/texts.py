"""A file of the project, with what each of its letters belongs to."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby
from typing import NamedTuple

from bookwright.pages.fences import Fence, find_fences

BLANK = "\0"  # in the place of a letter that is not asked for: no space, no word, no digit

_BRACES = r"\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]*\})*\})*\}"
_MARK = re.compile(rf"(?<!\\)@(?P<name>[A-Za-z]\w*)?(?P<braces>{_BRACES})")
_FRONT = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"(?<=^description: )[^\n]+|(?<=^title: )[^\n]+", re.MULTILINE)
_SPANS = re.compile(
    r"(?P<comment><!--.*?-->)"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?P<name>[^\n]+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?<!\\)\$\$(?P<display>(?:\\.|[^\\])+?)\$\$"
    r"|(?<![\\$])\$(?!\s)(?P<inline>(?:\\.|[^\\$\n])+?)(?<!\s)\$"
    r"|(?<=\])\((?P<target>[^)\s]+)\)"
    r"|(?P<attributes>\{:? ?[#.\w][^{}\n]*\})"
    r"|(?P<address><[^<>\n]*>|https?://\S+)",
    re.DOTALL,
)
_LOOKS = re.compile(
    r"\\(?:text|tag|phantom|begin|end|operatorname|mathrm|label)\{[^{}]*\}|\\\\\[[^\]]*\]"
)
_LINES = {
    "item": re.compile(r"^[ >]*\d+\.(?= )", re.MULTILINE),
    "title": re.compile(r"^#{1,6} [^\n]*", re.MULTILINE),
    "row": re.compile(r"^ *\|[^\n]*", re.MULTILINE),
    "sources": re.compile(
        r"^(?P<level>#+) [^\n]*\{ #sources \}.*?(?=^(?P=level) |\Z)", re.DOTALL | re.MULTILINE
    ),
}
_HINT = re.compile(
    r'^(?P<indent> *)\?\?\? tip "Hint"\n(?:(?P=indent)    [^\n]*\n|\n)+', re.MULTILINE
)


class Spot(NamedTuple):
    """A place in a text, and what could stand there instead."""

    start: int
    end: int
    options: tuple[str, ...]


class Mark(NamedTuple):
    """A mark `@name{content}`, and the label of what it stands in."""

    start: int
    end: int
    name: str
    content: str
    label: str

    @property
    def form(self) -> str:
        """How a value is written: what stands behind the last colon that is outside brackets."""
        return re.search(r"(?::([^:\])}\"']*))?$", self.content)[1] or ""

    @property
    def expression(self) -> str:
        """What a value is computed by."""
        return self.content.removesuffix(f":{self.form}") if self.form else self.content


class _Run(NamedTuple):
    """Letters that stand together and have the same label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Text:
    """A file: its path in the project, and its content.

    Each letter of a page has a label: `prose`, `title` (of headings and descriptions), `row` of a
    table, `display` and `inline` formulas and the `looks` in them, `name` in code font, `target`
    of a link, `header` and `code` of a fence, `mark`, `sources`, and others of no interest.
    """

    path: str
    content: str

    def only(self, *labels: str) -> str:
        """Return the text with all other letters blanked, so that positions stay."""
        return _only(self.content, self._runs, labels)

    def line_of(self, position: int) -> int:
        """Return the line that a position is on; lines count from 1."""
        return self.content.count("\n", 0, position) + 1

    def position_of(self, line: int) -> int:
        """Return where a line begins."""
        return self._starts[line - 1]

    @cached_property
    def fences(self) -> tuple[Fence, ...]:
        """The fences of a page, with lines as its file counts them."""
        return tuple(find_fences(self.content)) if self.path.endswith(".md") else ()

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of a page: values, references, and what is given."""
        return tuple(
            Mark(*match.span(), match["name"] or "", match["braces"][1:-1], label)
            for match in _MARK.finditer(self.content)
            if (label := self._below[match.start()]) != "code"
        )

    @cached_property
    def hints(self) -> tuple[range, ...]:
        """Where the hints to exercises stand."""
        return tuple(range(*hint.span()) for hint in _HINT.finditer(self.content))

    @cached_property
    def _starts(self) -> list[int]:
        lengths = (len(line) + 1 for line in self.content.split("\n"))
        return [0, *accumulate(lengths)]

    def reach(self, line: int) -> range:
        """Return the lines of the fence, the settings or the paragraph that a line belongs to."""
        above = self.content.count("\n", 0, _above(self.content))
        if line <= above:
            return range(1, above + 1)
        for fence in self.fences:
            if fence.line <= line <= fence.end:
                return range(fence.line, fence.end + 1)
        first = last = line
        lines = self.content.split("\n")
        while first > 1 and lines[first - 2].strip(" >"):
            first -= 1
        while last < len(lines) and lines[last].strip(" >"):
            last += 1
        return range(first, last + 1)

    @cached_property
    def _runs(self) -> list[_Run]:
        labels = self._below.copy()
        for mark in self.marks:
            labels[mark.start : mark.end] = ["mark"] * (mark.end - mark.start)
        return [*_runs(labels)]

    @cached_property
    def _below(self) -> list[str]:
        """The labels of all letters, those of marks being what the marks stand in."""
        bare = _MARK.sub(lambda mark: BLANK * len(mark[0]), self.content)
        labels = _Labels(bare)
        for title in _TITLE.finditer(self.content, 0, _above(self.content)):
            labels.paint(title.span(), "title")
        labels.paint((0, _above(self.content)), "front")
        for fence in self.fences:
            start, code, end = map(self.position_of, (fence.line, fence.line + 1, fence.end + 1))
            labels.paint((start, code), "header")
            labels.paint((code, end), "code")
        for span in _SPANS.finditer(labels.seen("prose")):
            labels.paint(span.span(), "delimiter")
            labels.paint(span.span(span.lastgroup or 0), span.lastgroup or "", "delimiter")
        for label in ("display", "inline"):
            for look in _LOOKS.finditer(labels.seen(label)):
                labels.paint(look.span(), "looks", label)
        for label, pattern in _LINES.items():
            for match in pattern.finditer(bare):
                labels.paint(match.span(), label)
        return labels.each


class _Labels:
    """The labels of a text's letters; what is painted goes over one label, prose at first."""

    def __init__(self, content: str) -> None:
        self._content = content
        self.each = ["prose"] * len(content)

    def paint(self, span: tuple[int, int], label: str, over: str = "prose") -> None:
        for position in range(*span):
            if self.each[position] == over:
                self.each[position] = label

    def seen(self, label: str) -> str:
        return _only(self._content, _runs(self.each), {label})


def _only(content: str, runs: Iterable[_Run], wanted: Collection[str]) -> str:
    return "".join(
        content[start:end] if label in wanted else re.sub(r"[^\n]", BLANK, content[start:end])
        for start, end, label in runs
    )


def _runs(labels: list[str]) -> Iterator[_Run]:
    """Yield where letters that stand together have the same label."""
    start = 0
    for label, letters in groupby(labels):
        end = start + sum(1 for _ in letters)
        yield _Run(start, end, label)
        start = end


def _above(content: str) -> int:
    """Return where the settings at the top of a page end."""
    front = _FRONT.match(content)
    return front.end() if front else 0
