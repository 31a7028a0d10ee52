"""Find the fenced code of a Markdown page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(r"^(?P<indent>[ >]*)(?P<ticks>`{3,}|~{3,})[ ]*(?P<header>[^`\n]*)$")
_OPTION = re.compile(r"""(?P<name>[\w-]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""")


NEVER_CLOSED = (
    "no line of ticks closes this fence: write the same ticks, indented as they are here."
)
NOT_INDENTED = "a line in this fence is indented less than its ticks."
QUOTED_DEEPER = "a line in this fence is quoted deeper than its ticks."


@dataclass(frozen=True)
class Fence:
    """Fenced code as it stands on a page.

    Lines count from 1; `line` and `end` are those of the opening and the closing ticks. A fault
    is what keeps Markdown from reading a fence here.
    """

    line: int
    end: int
    indent: str
    ticks: str
    header: str
    code: str
    fault: str = ""

    @property
    def language(self) -> str:
        """The first word after the ticks."""
        return self.header.split(maxsplit=1)[0] if self.header else ""

    @property
    def options(self) -> dict[str, str]:
        """The `name="value"` pairs after the language."""
        return {match["name"]: match["value"] for match in _OPTION.finditer(self.header)}

    @property
    def leftovers(self) -> str:
        """What stands in the header besides the language and its options, each once."""
        rest = _OPTION.sub("", self.header.removeprefix(self.language)).strip()
        names = [match["name"] for match in _OPTION.finditer(self.header)]
        twice = (name for name in self.options if names.count(name) > 1)
        return " ".join([rest, *twice]).strip()

    def text(self, code: str, language: str, **options: str) -> str:
        """Return a fence like this one around other code, without its indent."""
        words = [language, *(f'{name}="{value}"' for name, value in options.items())]
        return f"{self.ticks}{' '.join(words)}\n{code}\n{self.ticks}"


def find_fences(markdown: str) -> Iterator[Fence]:
    """Yield the fences of a page from its top to its end, as SuperFences reads it.

    A fence inside the code of another one is code, and tabs are four spaces wide.
    """
    lines = markdown.expandtabs(4).split("\n")
    number = 0
    while number < len(lines):
        opening = _OPENING.match(lines[number])
        number += 1
        if not opening:
            continue
        first, indent = number, opening["indent"]
        closing = re.compile(rf"[ >]{{{len(indent)}}}{opening['ticks']} *")
        while number < len(lines) and not closing.fullmatch(lines[number]):
            number += 1
        inside = lines[first:number]
        yield Fence(
            line=first,
            end=number + 1,
            indent=indent,
            ticks=opening["ticks"],
            header=opening["header"].strip(),
            code="\n".join(line[len(indent) :] for line in inside),
            fault=NEVER_CLOSED if number == len(lines) else _fault(inside, indent),
        )
        number += 1


def _fault(lines: list[str], indent: str) -> str:
    """Say what SuperFences does not accept of the lines in a fence with an indent."""
    depth, is_apart = indent.count(">"), False
    for line in lines:
        before = line[: len(indent)]
        before = before[: len(before) - len(before.lstrip(" >"))]
        quoted, is_empty = before.count(">"), not line[len(before) :].strip()
        if quoted > depth:
            return QUOTED_DEEPER if depth else NOT_INDENTED
        if not is_empty and (len(before) < len(indent) or (is_apart and quoted < depth)):
            return NOT_INDENTED
        is_apart = is_empty
    return ""
