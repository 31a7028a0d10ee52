"""Find the fenced code of a Markdown page."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

_OPENING = re.compile(r"^(?P<indent>[ >]*)(?P<ticks>`{3,}|~{3,})[ ]*(?P<header>[^`\n]*)$")
_OPTION = re.compile(r"""(?P<name>[\w-]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""")


@dataclass(frozen=True)
class Fence:
    """Fenced code as it stands on a page.

    Lines count from 1; `line` and `end` are those of the opening and the closing ticks.
    """

    line: int
    end: int
    indent: str
    ticks: str
    header: str
    code: str

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

    def opening(self, *, without: Container[str] = (), **more: str) -> str:
        """Return the opening line, without some of its options and with others added."""
        options = {name: value for name, value in self.options.items() if name not in without}
        words = [f"{name}={_quoted(value)}" for name, value in (options | more).items()]
        return f"{self.indent}{self.ticks}{' '.join([self.language, *words])}"


def find_fences(markdown: str) -> Iterator[Fence]:
    """Yield the fences of a page from its top to its end, as Python-Markdown reads it.

    A fence inside the code of another one is code, and tabs are four spaces wide.
    """
    lines = markdown.expandtabs(4).split("\n")
    number = 0
    while number < len(lines):
        opening = _OPENING.match(lines[number])
        number += 1
        if not opening:
            continue
        first = number
        closing = re.compile(rf"[ >]*{opening['ticks'][0]}{{{len(opening['ticks'])},}}\s*")
        while number < len(lines) and not closing.fullmatch(lines[number]):
            number += 1
        yield Fence(
            line=first,
            end=number + 1,
            indent=opening["indent"],
            ticks=opening["ticks"],
            header=opening["header"].strip(),
            code=_code(lines[first:number], len(opening["indent"])),
        )
        number += 1


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'


def _code(lines: list[str], indent: int) -> str:
    return "\n".join(line[indent:] for line in lines)
