"""The options of fences: each is declared once, with what it may be and what is said if not.

A fence is `language name="value" …`. Which options it may have depends on what it is for: a block
that runs, Python that does not, the cell of a lab, or code in another language.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from keyword import iskeyword
from typing import Any

from bookwright.pages.fences import Fence
from bookwright.pages.marks import is_block_name

PYTHON = ("python", "pycon")
LONGEST_LIMIT = 3600.0
BETWEEN_FIGURES = "||"

BLOCK, LISTING, CELL, OTHER = "a block that runs", "code that does not run", "a cell", "other code"
EVERYWHERE = (BLOCK, LISTING, OTHER)

_ANY_PYTHON = re.compile(r"i?py(thon|con)?[\d.]*", re.IGNORECASE)


def _choice(**values: object) -> Callable[[str], Any]:
    return lambda text: values[text]


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= LONGEST_LIMIT:
        raise ValueError(text)
    return seconds


def _matching(pattern: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return parse


def _descriptions(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(BETWEEN_FIGURES))
    if not all(parts):
        raise ValueError(text)
    return parts


def line_numbers(text: str) -> list[int]:
    """Return the ends of ranges of lines such as `1 3-5`."""
    return [int(number) for number in re.findall(r"\d+", text)]


def _lines(text: str) -> str:
    ranges = [[int(end) for end in each.split("-")] for each in _LINES(text).split()]
    if any(each[0] < 1 or each[-1] < each[0] for each in ranges):
        raise ValueError(text)
    return text


def _name(text: str) -> str:
    if not text.isidentifier() or iskeyword(text):
        raise ValueError(text)
    return text


def _block_name(text: str) -> str:
    if not is_block_name(text):
        raise ValueError(text)
    return text


_DOTTED_NAME = _matching(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_LINES = _matching(r"\d+(-\d+)?( +\d+(-\d+)?)*")


def _option(parse: Callable[[str], Any], *, default: Any, on: tuple[str, ...], message: str) -> Any:  # noqa: ANN401  # dataclasses.field is Any, too
    return field(default=default, metadata={"parse": parse, "on": on, "message": message})


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the header of a fence says; each field is the option of the same name."""

    exec: bool | None = _option(
        _choice(on=True, off=False),
        default=None,
        on=(BLOCK, LISTING),
        message='say whether the code is executed: write exec="on", or exec="off"',
    )
    result: str = _option(
        _choice(markdown="markdown"),
        default="text",
        on=(BLOCK,),
        message='the result is text, or Markdown where the fence says result="markdown"',
    )
    alt: tuple[str, ...] = _option(
        _descriptions,
        default=(),
        on=(BLOCK, CELL),
        message=f"alt describes each figure in words; {BETWEEN_FIGURES} stands between two",
    )
    caption: tuple[str, ...] = _option(
        _descriptions,
        default=(),
        on=(BLOCK, CELL),
        message=f"caption says what each figure shows; {BETWEEN_FIGURES} stands between two",
    )
    play: str = _option(
        _matching(r"[a-z]+"),
        default="",
        on=(BLOCK,),
        message='play names what readers play with in place of the figure, such as play="valley"',
    )
    limit: float | None = _option(
        _seconds,
        default=None,
        on=(BLOCK,),
        message=f"the limit is a number of seconds, more than 0 and at most {LONGEST_LIMIT:g}",
    )
    name: str = _option(
        _block_name,
        default="",
        on=(BLOCK, CELL),
        message="the name of a block is a Python name that no mark has, such as @given{…}",
    )
    code: str = _option(
        _choice(open="open"),
        default="",
        on=(BLOCK, CELL),
        message='code="open" shows the code of a block above what it shows, and not in a fold',
    )
    symbols: bool = _option(
        _choice(on=True),
        default=False,
        on=(BLOCK, CELL),
        message='symbols="on" says that the block has the table of what letters stand for',
    )
    raises: str = _option(
        _DOTTED_NAME,
        default="",
        on=(BLOCK,),
        message='raises names the exception that ends the block, such as raises="ValueError"',
    )
    warns: str = _option(
        _name,
        default="",
        on=(BLOCK,),
        message='warns names what the block warns of, such as warns="RuntimeWarning"',
    )
    stderr: str = _option(
        _choice(dropped="dropped"),
        default="",
        on=(BLOCK,),
        message='what goes to the error stream is left out where the fence says stderr="dropped"',
    )
    title: str = _option(
        _matching(r'[^"]*'),
        default="",
        on=EVERYWHERE,
        message="the title has no double quotes",
    )
    hl_lines: str = _option(
        _lines,
        default="",
        on=EVERYWHERE,
        message='hl_lines are numbers of lines and ranges, such as hl_lines="1 3-5"',
    )
    linenums: str = _option(
        _matching(r"\d+( +\d+){0,2}"),
        default="",
        on=EVERYWHERE,
        message='linenums is the number of the first line, such as linenums="1"',
    )
    stub: str = _option(
        _name,
        default="",
        on=(BLOCK,),
        message="the stub's name becomes a module's: use a Python name",
    )
    solution: str = _option(
        _name,
        default="",
        on=(BLOCK,),
        message="the solution has the name of its stub: use a Python name",
    )
    shows: str = _option(
        _DOTTED_NAME,
        default="",
        on=(LISTING,),
        message="shows is the dotted name of a function, class or method of the package",
    )

    @property
    def looks(self) -> dict[str, str]:
        """What the highlighter is told."""
        looks = {"title": self.title, "hl_lines": self.hl_lines, "linenums": self.linenums}
        return {name: value for name, value in looks.items() if value}


_FIELDS = {each.name: each for each in fields(Options)}


def is_python(header: str) -> bool:
    """Tell whether the header of a fence begins with some name of Python."""
    name = re.search(r"[\w.]+", header)
    return bool(name and _ANY_PYTHON.fullmatch(name[0].strip(".")))


def read(
    fence: Fence, *, in_a_lab: bool = False, is_printed: bool = False
) -> tuple[Options, tuple[str, ...]]:
    """Return the options of a fence, and what is wrong with it.

    A fence stands on a page, in a lab, or in Markdown that a block prints, where nothing runs.
    """
    options, mistakes = {}, list(_mistakes_of_form(fence))
    purpose = OTHER if is_printed else _purpose(fence, in_a_lab=in_a_lab)
    allowed = [name for name, each in _FIELDS.items() if purpose in each.metadata["on"]]
    for name, text in fence.options.items():
        if name not in allowed:
            mistakes.append(f"{purpose} has the options {allowed}, not {name!r}.")
            continue
        try:
            options[name] = _FIELDS[name].metadata["parse"](text)
        except (KeyError, ValueError):
            mistakes.append(f"{_FIELDS[name].metadata['message']}.")
    if purpose == CELL and fence.language == "pycon":
        mistakes.append("a lab has no sessions: write python, and print what there is to see.")
    if purpose in {BLOCK, LISTING} and "exec" not in fence.options:
        mistakes.append(f"{_FIELDS['exec'].metadata['message']}.")
    return Options(**options), tuple(mistakes)


def _purpose(fence: Fence, *, in_a_lab: bool) -> str:
    if not is_python(fence.header):
        return OTHER
    if in_a_lab:
        return CELL
    return LISTING if fence.options.get("exec") == "off" else BLOCK


def _mistakes_of_form(fence: Fence) -> Iterator[str]:
    language = fence.language
    if fence.fault:
        yield fence.fault
    if is_python(fence.header) and language not in PYTHON:
        yield f"{language!r} opens Python code: write python, or pycon."
    elif language and not re.fullmatch(r"[\w#.+-]+", language):
        yield f"{language!r} is no language: write its name right after the ticks."
    if fence.leftovers:
        yield f'{fence.leftovers!r} is no option: write name="value".'
    if language == "pycon" and fence.options.get("exec") == "on" and ">>> " not in fence.code:
        yield "a session has lines that begin with >>>."
    if "markdown-exec: hide" in fence.code and is_python(fence.header):
        yield "lines cannot be hidden: what runs is what is shown."
