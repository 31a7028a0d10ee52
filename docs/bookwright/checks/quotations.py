r"""Find formulas that state nothing and quote nothing: a digit in them could be any other.

A formula such as `$2 / L$` is neither true nor false. So it has to be a part of something on its
page that is: of a formula that states something, of the table of symbols, or of a formula that a
block prints. Parts are those of the tree, and terms or factors side by side. A value is computed,
so only what is around it has to be quoted.

A condition holds in some cases only, whatever its digits are. So its sides, or the terms of them,
have to be such parts as well.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Any

from bookwright.blocks.execution import Execution
from bookwright.formulas.layout import statements
from bookwright.formulas.nodes import (
    Chain,
    Computed,
    Negative,
    Node,
    Number,
    Product,
    Rounded,
    Sum,
)
from bookwright.formulas.parser import Parser, depth_of
from bookwright.formulas.tokens import FormulaError, Token, tokenize
from bookwright.pages import marks
from bookwright.pages.listings import Listing
from bookwright.pages.marks import Formula

CONDITION = (
    "a digit in this condition could be any other, because no formula of the page has what it is "
    "about: take its numbers from a block, @{…}, or write its sides as they are where they follow."
)
MESSAGE = (
    "it states nothing, and is part of no formula of the page that does: take its numbers "
    "from a block, @{…}, or write the formula that it is part of."
)

_NUMBER = re.compile(r"[-+]?[\d.]+")  # small ones are free, and others are no matter of formulas
_READINGS: tuple[Callable[[str], bool], ...] = (lambda _: False, lambda _: True)  # of `a(b)`
_PARTING = {",", ";", ".", r"\quad", r"\\"}


def sources(listings: Iterable[Listing], execution: Execution) -> Iterator[str]:
    """Yield what the blocks of a page say in TeX: in tables of symbols, and in what they print."""
    for listing in listings:
        if listing.options.symbols:
            yield from _in_code(listing.code)
        elif listing.runs and listing.options.result:
            for formula in marks.formulas(execution.result(listing).text):
                yield formula.tex


def _in_code(code: str) -> Iterator[str]:
    """Yield the names of a table of symbols, and what they stand for."""
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def unquoted(formulas: Iterable[Formula], known: Iterable[str]) -> Iterator[Formula]:
    """Yield those of some formulas without relations that are part of none that is known."""
    asked = [formula for formula in formulas if _NUMBER.search(formula.tex)]
    parts = _parts_of_all(known) if asked else set()
    for formula in asked:
        if not all(_is_quoted(item, parts) for item in _items(formula.tex)):
            yield formula


def unquoted_conditions(formulas: Iterable[Formula], known: Iterable[str]) -> Iterator[Formula]:
    """Yield the conditions with a side whose terms are no parts of what is known."""
    asked = [formula for formula in formulas if _NUMBER.search(formula.tex)]
    parts = _parts_of_all(known) if asked else set()
    for formula in asked:
        readings = [[*_sides_as(formula.tex, is_call)] for is_call in _READINGS]
        if not any(sides and all(_adds_up(side, parts) for side in sides) for sides in readings):
            yield formula


def _parts_of_all(known: Iterable[str]) -> set[object]:
    return set().union(*map(_parts_of, {*known}))


@lru_cache(maxsize=1024)
def _parts_of(tex: str) -> frozenset[object]:
    return frozenset(part for side in _sides(tex) for part in _parts(side))


def _adds_up(side: Node, known: set[object]) -> bool:
    """Tell whether a side has no digits, or is a number, or its terms stand in what is known."""
    if isinstance(side, Number) or not _has_typed_numbers(side) or _stands(side, known):
        return True
    terms = _children(side) if isinstance(side, Sum | Negative) else ()
    return any(terms) and all(_adds_up(term, known) for term in _flat(terms))


def _has_typed_numbers(node: object) -> bool:
    if isinstance(node, Computed):
        return False
    return isinstance(node, Number) or any(map(_has_typed_numbers, _children(node)))


def _flat(terms: Iterable[Any]) -> Iterator[Any]:
    for term in terms:
        yield from term if isinstance(term, tuple) else (term,)


def _is_quoted(item: list[Token], known: set[object]) -> bool:
    """Tell whether tokens have no digits that are typed, or are known."""
    typed = "".join(token.text for token in item if token.kind != "value")
    if _NUMBER.fullmatch(typed) or not re.search(r"\d", typed):
        return True
    return any(_stands(tree, known) for tree in _trees(item))


def _items(tex: str) -> Iterator[list[Token]]:
    """Yield what a formula lists."""
    item: list[Token] = []
    depth = 0
    for token in tokenize(tex):
        depth += depth_of(token)
        if not depth and (token.text in _PARTING or token.kind == "text"):
            yield item
            item = []
        else:
            item.append(token)
    yield item


def _sides(tex: str) -> Iterator[Node]:
    """Yield what stands beside the relations of a formula, or all of it if it has none."""
    for is_call in _readings(tex):
        sides = [*_sides_as(tex, is_call)]
        yield from sides
        if not sides:
            yield from _trees(tokenize(tex))


def _sides_as(tex: str, is_call: Callable[[str], bool]) -> Iterator[Node]:
    """Yield what stands beside the relations, if brackets are read in one of two ways."""
    with suppress(FormulaError):
        stated = [each.chain for each in statements(tex, is_call)]
        for chain in [*stated, *(guard for each in stated for guard in each.guards)]:
            yield from chain.sides


def _readings(tex: str) -> tuple[Callable[[str], bool], ...]:
    return _READINGS if "(" in tex else _READINGS[:1]


def _trees(tokens: list[Token]) -> Iterator[Node]:
    for is_call in _READINGS:
        with suppress(FormulaError):
            yield Parser(tokens, is_call).whole()


def _stands(node: object, known: set[object]) -> bool:
    """Tell whether a node is known, or has values and all that is around them is."""
    if isinstance(node, Computed | str | int) or _plain(node) in known:
        return True
    has_values = any(isinstance(part, Computed) for part in _walk(node))
    return has_values and all(_stands(child, known) for child in _children(node))


def _parts(side: Node) -> Iterator[object]:
    """Yield all parts of a tree but bare numbers."""
    for node in _walk(_plain(side)):
        if isinstance(node, Sum | Product):
            name = fields(node)[0].name
            items = getattr(node, name)
            for start, stop in combinations(range(len(items) + 1), 2):
                yield replace(node, **{name: items[start:stop]})
        if not isinstance(node, Number):
            yield node


def _walk(node: object) -> Iterator[object]:
    yield node
    for child in _children(node):
        yield from _walk(child)


def _children(node: object) -> tuple[Any, ...]:
    if isinstance(node, tuple):
        return node
    return tuple(getattr(node, each.name) for each in fields(node)) if is_dataclass(node) else ()


def _plain(node: Any) -> Any:  # noqa: ANN401  # of any node, the same with other leaves
    """Return a node in which numbers do not tell where they come from."""
    if isinstance(node, tuple):
        return tuple(map(_plain, node))
    if isinstance(node, Computed):
        return _plain(node.value)
    if isinstance(node, Rounded):
        return Number(node.digits)
    if not isinstance(node, Node | Chain):
        return node
    return type(node)(*map(_plain, _children(node)))
