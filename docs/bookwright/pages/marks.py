r"""Find what the text of a page leaves to be filled in, and its formulas.

A mark is `@{content}` or `@name{content}` on one line, anywhere outside of fenced code; `\@{` is
no mark. What is filled in stays wrapped, so that what was computed can be told from what was
typed until the text is `bare`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

Context = Literal["text", "tex", "code"]

GIVEN, COUNT = "given", "count"
REFERENCES = ("ref", "Ref", "number", "part")
DEFINITION, CONDITION, UNCHECKED = "definition", "condition", "unchecked"
OF_FORMULAS = (DEFINITION, CONDITION, UNCHECKED)
RESERVED = (GIVEN, COUNT, *REFERENCES, *OF_FORMULAS)

COMPUTED = "\N{OBJECT REPLACEMENT CHARACTER}"
NEVER_CLOSED = "a mark @{…} is closed on the line on which it opens."

_BEGIN, _END = "\ue000", "\ue001"  # private use: no page has them
_VALUE = r"\value"

_MARK = re.compile(r"(?<!\\)@(?P<name>[A-Za-z]\w*)?\{")
_NO_MARK = re.compile(r"\\(?=@(?:[A-Za-z]\w*)?\{)")
_WRAPPED = re.compile(f"{_BEGIN}[^{_END}]*{_END}")
_SPAN = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?<!\\)\$\$(?P<display>(?:\\.|[^\\])+?)\$\$"
    r"|(?<![\\$])\$(?!\s)(?P<inline>(?:\\.|[^\\$])+?)(?<!\s)\$",
    re.DOTALL,
)
_BLANK_LINE = re.compile(r"\n[ >]*(?=\n)")
_PLAIN_VALUE = re.compile(r"(?<![\w^])\\value\{([\d.]+)\}")
_QUOTED = re.compile(r"^ *>[ >]*", re.MULTILINE)
_OF_FORMULA = re.compile(
    rf"(?<![ \t])[ \t]*(?:\n[ \t>]*)?@(?P<name>{'|'.join(OF_FORMULAS)})\{{(?P<reason>[^{{}}\n]*)\}}"
)


class Mark(NamedTuple):
    """A mark: where it stands in a text, its name, what is in its braces, what is around it.

    The content of a mark that is never closed is None.
    """

    start: int
    end: int
    name: str
    content: str | None
    context: Context = "text"


class Formula(NamedTuple):
    """A formula of a text: its TeX, where it stands, and the mark behind it, and where."""

    tex: str
    start: int
    end: int
    mark: str = ""
    reason: str = ""
    marked: int = -1
    is_display: bool = False

    @property
    def has_value(self) -> bool:
        """Whether a value has been filled in."""
        return f"{_VALUE}{{" in self.tex


def is_block_name(text: str) -> bool:
    """Tell whether marks can ask for a block by such a name."""
    return bool(re.fullmatch(r"[A-Za-z]\w*", text)) and text not in RESERVED


def find(text: str) -> Iterator[Mark]:
    """Yield the marks of a text that has no fences."""
    marks = [*_marks(text)]
    spans = [*_SPAN.finditer(_blanked(text, ((mark.start, mark.end) for mark in marks)))]
    for mark in marks:
        around = next((span for span in spans if span.start() < mark.start < span.end()), None)
        inside: Context = "text"
        if around is not None:
            inside = "tex" if around["code"] is None else "code"
        yield mark._replace(context=inside)


def _marks(text: str) -> Iterator[Mark]:
    end = 0
    while opening := _MARK.search(text, end):
        closed = _closing(text, opening.end())
        end = closed or opening.end()
        content = text[opening.end() : closed - 1] if closed else None
        yield Mark(opening.start(), end, opening["name"] or "", content)


def _closing(text: str, start: int) -> int | None:
    """Return where the braces end that have opened before."""
    depth = 1
    for position, letter in enumerate(text[start : text.find("\n", start) % (len(text) + 1)]):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return start + position + 1
    return None


def _blanked(text: str, parts: Iterable[tuple[int, int]]) -> str:
    """Return a text of the same length and the same lines, with a letter all over some parts."""
    for start, end in parts:
        text = text[:start] + re.sub(r"[^\n]", "x", text[start:end]) + text[end:]
    return text


def fill(text: str, filling: Callable[[Mark], str]) -> str:
    """Return a text with something in the place of each mark but those of formulas."""
    end, filled = 0, []
    for mark in find(text):
        if mark.name not in OF_FORMULAS:
            new = filling(mark)
            new = f"{_VALUE}{{{new}}}" if mark.context == "tex" else f"{_BEGIN}{new}{_END}"
            filled += [text[end : mark.start], new]
            end = mark.end
    return "".join([*filled, text[end:]])


def formulas(text: str) -> Iterator[Formula]:
    """Yield the formulas of a filled text that has no fences."""
    for span in _SPAN.finditer(_blanked(text, (each.span() for each in _WRAPPED.finditer(text)))):
        if span["code"] is None:
            mark = _OF_FORMULA.match(text, span.end())
            is_display = span["display"] is not None
            tex = span["display"] or span["inline"]
            if _QUOTED.search(text, text.rfind("\n", 0, span.start()) + 1, span.start()):
                tex = _QUOTED.sub("", tex)
            name, reason = mark.group("name", "reason") if mark else ("", "")
            marked = mark.start("name") - 1 if mark else -1
            yield Formula(tex.strip(), *span.span(), name, reason, marked, is_display)


def stands_alone(text: str, formula: Formula) -> bool:
    """Tell whether nothing but its mark stands beside a formula, up to the next blank lines."""
    before = len(text[: formula.start].rstrip(" >\n"))
    is_below = not before or _BLANK_LINE.search(text, before, formula.start)
    blank = _BLANK_LINE.search(text, formula.end)
    behind = _OF_FORMULA.sub("", text[formula.end : blank and blank.start()])
    return bool(is_below) and not behind.strip(" >\n")


def bare(text: str) -> str:
    """Return a filled text as readers get it."""
    text = _OF_FORMULA.sub(lambda mark: "\n" * mark[0].count("\n"), text)
    text = _PLAIN_VALUE.sub(r"\1", text).replace(f"{_VALUE}{{", "{")
    text = text.replace(_BEGIN, "").replace(_END, "")
    return _NO_MARK.sub("", text)


def typed(text: str, checked: Iterable[Formula]) -> str:
    """Return a filled text, line by line, with one character for each thing that is computed."""
    parts = [(each.start, each.end) for each in checked]
    parts += [each.span() for each in _WRAPPED.finditer(text)]
    for value in re.finditer(rf"{re.escape(_VALUE)}\{{", text):
        parts.append((value.start(), _closing(text, value.end()) or value.end()))
    parts += [each.span() for each in _OF_FORMULA.finditer(text)]
    end, kept = 0, []
    for start, stop in sorted(parts):
        if start >= end:
            kept += [text[end:start], COMPUTED, "\n" * text.count("\n", start, stop)]
            end = stop
    return "".join([*kept, text[end:]])
