"""What the text of a page asks of its blocks: values, and sentences that a comparison decides."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from bookwright.pages.comparisons import denied
from bookwright.pages.fences import Fence
from bookwright.pages.marks import RESERVED, Context, Mark, find
from bookwright.pages.page import Page

NO_BLOCK = "no block that runs stands above this value: name one, @name{…}."

PLAYED = "playing"  # what a block leaves for those who play with its figure

_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class Asked(NamedTuple):
    """An expression of a text, how its value is written, and what is around it."""

    expression: str
    form: str
    context: Context


STATE = Asked(f"__import__('json').dumps({PLAYED})", "", "text")


def asked(mark: Mark) -> Asked:
    """Return what a value asks for: an expression, and behind a colon its form."""
    content = mark.content or ""
    end = next(_colons(content), len(content))
    return Asked(content[:end].strip(), content[end + 1 :], mark.context)


def _colons(content: str) -> Iterator[int]:
    """Yield where a colon of an expression stands outside of brackets and quotation marks."""
    depth, quote = 0, ""
    for position, letter in enumerate(content):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == ":" and not depth:
            yield position
        depth += 0 if quote else _BRACKETS.get(letter, 0)


def mistake(value: Asked) -> str | None:
    """Say what is wrong with a value, as far as that can be seen before anything has run."""
    try:
        tree = ast.parse(value.expression, mode="eval").body
    except SyntaxError as error:
        return f"{value.expression!r} is no expression of Python: {error.msg}."
    if not any(isinstance(node, ast.Name) for node in ast.walk(tree)):
        return f"{value.expression!r} asks for nothing: a value has a name that the block has left."
    if any(find(value.form)):
        return "a mark stands in a mark: write it behind."
    if word := denied(tree, value.form):
        return f"{value.expression} is not what {word!r} says: turn the comparison, or the word."
    return None


def block_of(mark: Mark, line: int, indent: int, blocks: Iterable[tuple[Fence, str]]) -> Fence:
    """Return the block that a value is taken from.

    That is the one with the mark's name. A mark without a name takes the nearest block above
    that is not indented more than the text.

    Raises:
        LookupError: If there is no such block, or if several have the name.
    """
    if mark.name:
        named = [fence for fence, name in blocks if name == mark.name]
        if len(named) != 1:
            raise LookupError(f"{len(named)} blocks of the page have name={mark.name!r}, not one.")
        return named[0]
    above = [f for f, _ in blocks if f.line < line and len(f.indent) <= indent]
    if not above:
        raise LookupError(NO_BLOCK)
    return max(above, key=lambda fence: fence.line)


def of_page(page: Page, blocks: Iterable[tuple[Fence, str]]) -> Iterator[tuple[Fence, Asked]]:
    """Yield what a page asks of its blocks, given with their names: in text, headers, settings."""
    blocks = [*blocks]
    yield from ((fence, STATE) for fence, _ in blocks if "play" in fence.options)
    for mark, line, indent in (*_in_text(page), *_in_headers(page), *_in_settings(page)):
        if mark.name not in RESERVED and mark.content is not None:
            with suppress(LookupError):  # filling the page in will tell where
                yield block_of(mark, line, indent, blocks), asked(mark)


def _in_text(page: Page) -> Iterator[tuple[Mark, int, int]]:
    for mark in find(page.text):
        yield mark, *position(page.text, mark)


def position(text: str, mark: Mark) -> tuple[int, int]:
    """Return the line of a mark in a text, counted from 1, and how far that is indented."""
    start = text.rfind("\n", 0, mark.start) + 1
    line = text[start : mark.start]
    return text.count("\n", 0, start) + 1, len(line) - len(line.lstrip(" >"))


def _in_headers(page: Page) -> Iterator[tuple[Mark, int, int]]:
    for fence in page.fences:
        for text in fence.options.values():
            for mark in find(text):
                yield mark, fence.line + 1, len(fence.indent)


def _in_settings(page: Page) -> Iterator[tuple[Mark, int, int]]:
    for mark in find(page.above):
        yield mark, 0, 0
