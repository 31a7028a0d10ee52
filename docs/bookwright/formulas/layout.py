r"""Divide a formula into its statements: rows, commas, words and arrows part them.

A row of `aligned` that begins with a relation or a plus goes on with the row above.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from bookwright.formulas.nodes import Chain, Node, Sequence
from bookwright.formulas.parser import RELATIONS, Parser, depth_of, split
from bookwright.formulas.tokens import FormulaError, Token, tokenize

IFF, IMPLIES = r"\iff", r"\implies"

_ROWS = {"aligned", "align", "align*", "gathered", "gather", "gather*", "split", "alignedat"}
_GOING_ON = {"+", r"\pm", r"\cdot", r"\times", "/", r"\odot"}
_PUNCTUATION = {",", ".", ";", ":"}
_GUARD = re.compile(r"\s*\(?(?:if|for|for all|for each|for every|when|whenever|as long as)\b")
_QUAD = r"\quad"


class Statement(NamedTuple):
    r"""A chain of relations, and how it is joined to the one before it: by `\iff`, or not."""

    chain: Chain
    joint: str = ""


def statements(tex: str, is_function: Callable[[str], bool]) -> list[Statement]:
    """Return what a formula states.

    Raises:
        FormulaError: If something is stated that cannot be read.
    """
    tokens = tokenize(tex)
    if not any(token.text in RELATIONS for token in tokens):
        return []
    builder = _Builder(tex, Parser([], is_function))
    for row in _rows(tokens):
        for segment in _segments(row):
            builder.add(segment)
    return builder.found


def _rows(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the rows of a formula, each with those that go on with it."""
    current: list[Token] = []
    for row in _split_rows(tokens):
        if current and _goes_on(row):
            current = [*_without(current, _PUNCTUATION), *row]
        else:
            yield current
            current = row
    yield current


def _split_rows(tokens: list[Token]) -> Iterator[list[Token]]:
    row: list[Token] = []
    depth, annotated = 0, False
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind in ("begin", "end") and token.text in _ROWS:
            continue
        depth += depth_of(token)
        if depth == 0 and token.text == r"\\":
            yield row
            row, annotated = [], False
        elif depth == 0 and token.text == "&":
            annotated = annotated or bool(row and following and following.text == "&")
        elif not annotated:
            row.append(token)
    yield row


def _goes_on(row: list[Token]) -> bool:
    row = [token for token in row if token.text != _QUAD]
    if not row:
        return True
    if row[0].text == "-":
        return len(split(row)[1]) == 0
    return row[0].text in RELATIONS or row[0].text in _GOING_ON


def _without(tokens: list[Token], dropped: set[str]) -> list[Token]:
    """Return tokens without those at the end that say nothing."""
    while tokens and (tokens[-1].text in dropped or tokens[-1].text == _QUAD):
        tokens = tokens[:-1]
    return tokens


class _Segment(NamedTuple):
    tokens: list[Token]
    joint: str = ""
    guards: bool = False
    lists: bool = False


def _segments(row: list[Token]) -> Iterator[_Segment]:
    """Yield the parts of a row, and what stands before each."""
    segment = _Segment([])
    depth = 0
    for place, token in enumerate(row):
        depth += depth_of(token)
        following = row[place + 1].text if place + 1 < len(row) else ""
        joint = "" if depth else _parting(row, place)
        if not depth and token.text == _QUAD and _are_chains(segment.tokens, row[place + 1 :]):
            joint = _QUAD
        if not joint:
            segment.tokens.append(token)
            continue
        yield segment
        goes_on = joint == "," and following != _QUAD
        if joint in (IFF, IMPLIES):
            segment = _Segment([], joint)
        elif joint == "text":
            segment = _Segment([], guards=bool(_GUARD.match(token.text)))
        else:
            segment = _Segment([], guards=segment.guards and goes_on, lists=goes_on)
    yield segment


def _parting(row: list[Token], place: int) -> str:
    """Return how a token parts a row, or nothing."""
    token = row[place]
    if token.text in (IFF, IMPLIES):
        return token.text
    if token.kind == "text" and not _is_name(row, place):
        return "text"
    if token.text in _PUNCTUATION:
        return "," if token.text == "," else ";"
    return ""


def _are_chains(before: list[Token], after: list[Token]) -> bool:
    """Tell whether there are whole chains on both sides of a space."""
    before, after = ([each for each in side if each.text != _QUAD] for side in (before, after))
    goes_on = any(token.text in {"-", *_GOING_ON} for token in (*before[-1:], *after[:1]))
    return not goes_on and _is_chain(before) and _is_chain(_first_part(after))


def _is_chain(tokens: list[Token]) -> bool:
    sides, relations = split(tokens)
    return bool(relations and sides[0] and sides[-1])


def _first_part(row: list[Token]) -> list[Token]:
    """Return what stands before a comma, a word or an arrow."""
    depth = 0
    for place, token in enumerate(row):
        depth += depth_of(token)
        if not depth and _parting(row, place):
            return row[:place]
    return row


def _is_name(row: list[Token], place: int) -> bool:
    """Tell whether a word is the name of a number: it stands at a relation, or at a bracket."""
    word = row[place].text.strip()
    at = (*RELATIONS, "+", "-", "/", r"\cdot", "}")
    sides = [row[place - 1].text] if place else []
    sides += [row[place + 1].text] if place + 1 < len(row) else []
    return word.isalpha() and " " not in word and any(side in at for side in sides)


class _Builder:
    """Statements, as one segment after the other adds to them."""

    def __init__(self, tex: str, parser: Parser) -> None:
        self.found: list[Statement] = []
        self._tex = tex
        self._parser = parser
        self._are_words = False

    def add(self, segment: _Segment) -> None:
        """Add what a segment states, or what it adds to the last statement."""
        tokens = [token for token in segment.tokens if token.text != _QUAD]
        if not tokens:
            return
        sides, relations = split(tokens)
        if segment.joint and (self._are_words or not relations or not self.found):
            raise FormulaError("words beside an arrow are not checked: @unchecked{…} says so")
        if relations:
            self._state(self._chain(sides, relations), segment)
        elif segment.lists and self.found:
            self._lengthen(self._parser.inside(tokens).whole(), segment)
        self._are_words = not relations

    def _chain(self, sides: list[list[Token]], relations: tuple[str, ...]) -> Chain:
        """Return a chain; one that begins with a relation goes on with the one before it."""
        nodes = [self._parser.inside(side).whole() for side in (sides if sides[0] else sides[1:])]
        texts = [_text(self._tex, side) for side in sides]
        if not sides[0]:
            if not self.found:
                raise FormulaError(f"nothing stands before '{relations[0]}'")
            before = self.found[-1].chain
            nodes, texts = [before.sides[-1], *nodes], [before.texts[-1], *texts[1:]]
        return Chain(tuple(nodes), relations, tuple(texts))

    def _state(self, chain: Chain, segment: _Segment) -> None:
        if segment.guards and self.found:
            last = self.found[-1].chain
            self._replace(replace(last, guards=(*last.guards, chain)))
        else:
            self.found.append(Statement(chain, segment.joint))

    def _lengthen(self, item: Node, segment: _Segment) -> None:
        last = self.found[-1].chain
        if segment.guards and last.guards:
            guard = _longer(last.guards[-1], item)
            among = replace(guard, relations=(*guard.relations[:-1], r"\in"))
            self._replace(replace(last, guards=(*last.guards[:-1], among)))
        else:
            self._replace(_longer(last, item))

    def _replace(self, chain: Chain) -> None:
        self.found[-1] = self.found[-1]._replace(chain=chain)


def _longer(chain: Chain, item: Node) -> Chain:
    """Return a chain whose last side is a list with one item more."""
    last = chain.sides[-1]
    listed = isinstance(last, Sequence) and not last.brackets
    items = last.items if isinstance(last, Sequence) and listed else (last,)
    return replace(chain, sides=(*chain.sides[:-1], Sequence((*items, item), "")))


def _text(tex: str, tokens: list[Token]) -> str:
    return tex[tokens[0].start : tokens[-1].end] if tokens else ""
