"""Read expressions and chains of relations: the precedence of what stands between names."""

from collections.abc import Callable, Iterable

from bookwright.formulas.constructs import ConstructReader
from bookwright.formulas.nodes import (
    Call,
    Chain,
    Computed,
    Dots,
    Element,
    Function,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    PlusMinus,
    Rounded,
    Sequence,
    Sum,
)
from bookwright.formulas.operators import product_of
from bookwright.formulas.reader import CLOSING, END, OPENING, number
from bookwright.formulas.tokens import Token, tokenize

RELATIONS = {
    *("=", "<", ">", r"\le", r"\ge", r"\ne", r"\approx", r"\in", r"\notin", r"\propto", r"\to"),
    *(r"\sim", r"\simeq", r"\ll", r"\gg", r"\succ", r"\prec", r"\succeq", r"\preceq", r"\perp"),
    *(r"\mapsto", r"\gets", r"\subset", r"\subseteq"),
}
_FENCES = {r"\lvert": r"\rvert", r"\lVert": r"\rVert", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}
_BARS = {"|": "|", r"\|": r"\|"}
_OF_FENCES = {r"\lvert": "abs", "|": "abs", r"\lVert": "norm", r"\|": "norm"}
_OF_FENCES |= {r"\lfloor": "floor", r"\lceil": "ceil"}
_MULTIPLYING = {r"\cdot": r"\cdot", r"\times": r"\cdot", "/": "/", r"\odot": r"\odot"}
_MULTIPLYING |= {r"\circ": r"\odot", r"\div": "/"}
_SIGNS = {r"\pm": 1, r"\mp": -1}
_BRACKETS = {"(": ")", "[": "]", r"\{": r"\}"}


class Parser(ConstructReader):
    """A reader of expressions."""

    _open_bar = ""

    def expression(self) -> Node:
        """Read a sum."""
        terms = [self._signed()]
        while self.next.text in ("+", "-", *_SIGNS):
            terms.append(self._signed())
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def _signed(self) -> Node:
        if self.next.text in _SIGNS:
            return PlusMinus(_SIGNS[self.take().text], self._signed())
        if self.accept("-"):
            return Negative(self._signed())
        return self._signed() if self.accept("+") else self.term()

    def term(self) -> Node:
        r"""Read products with `\cdot` and `/` between them, from left to right."""
        left = self.product()
        while self.next.text in _MULTIPLYING:
            operator = _MULTIPLYING[self.take().text]
            right = self.product(divides=operator == "/")
            left = Operation(operator, left, right)
        return left

    def product(self, *, divides: bool = False) -> Node:
        """Read factors side by side."""
        factors = [self.factor()]
        while self._starts_factor():
            if divides:
                raise self.error("say with brackets what is below the '/'")
            if self.next.kind == "number" and self.after(-1).kind == "number":
                raise self.error("two numbers side by side")
            factors.append(self.factor())
        return product_of(factors)

    def _starts_factor(self) -> bool:
        token = self.next
        if token.text == self._open_bar or (self.differential and self.at_differential()):
            return False
        return (
            token.kind in ("number", "value", "begin")
            or token.text in ("(", "[", "{", r"\{", r"\dots", *_FENCES, *_BARS)
            or self.at_name()
            or self.construct() is not None
        )

    def factor(self) -> Node:
        """Read one factor with its powers."""
        if read := self.construct():
            return self._with_scripts(read())
        return self._with_scripts(self._atom())

    def _with_scripts(self, node: Node) -> Node:
        while True:
            if self.accept("!"):
                node = Function("!", (node,))
            elif self.accept(r"\%"):
                node = Function("%", (node,))
            elif self.accept("_"):
                node = Element(node, self.inside(self.group()).index_list())
            elif self.accept("^"):
                node = self._power(node)
            else:
                return node

    def _power(self, base: Node) -> Node:
        tokens = self.group()
        if [each.text for each in tokens] == [r"\top"]:
            if isinstance(base, Number):
                raise self.error("a number has no transpose: give a vector of ones a name")
            return Function("transpose", (base,))
        return Operation("^", base, self.inside(tokens).whole())

    def _atom(self) -> Node:
        read = {
            "{": self._braced,
            r"\dots": self._dots,
            **dict.fromkeys(_FENCES | _BARS, self._fenced),
            **dict.fromkeys(_BRACKETS, self._in_brackets),
        }.get(self.next.text)
        if read:
            return read()
        if self.next.kind == "number":
            return number(self.take())
        if self.next.kind == "value":
            return self._computed()
        if self.at_name():
            return self._named()
        raise self.error()

    def _dots(self) -> Node:
        self.take()
        return Dots()

    def _computed(self) -> Node:
        return Computed(_rounded(self.inside(tokenize(self.take().text)).whole()))

    def _braced(self) -> Node:
        tokens = self.group()
        if not tokens:
            return self.factor()
        reader = self.inside(tokens)
        node = reader.whole()
        if isinstance(node, Name) and self.next.text in ("_", "'"):
            suffix, indices, primes = self._scripts()
            name = Name(node.base + suffix, node.indices + indices)
            return Call(name, primes, None) if primes else name
        return node

    def _fenced(self) -> Node:
        opening = self.take().text
        outer, self._open_bar = self._open_bar, opening if opening in _BARS else ""
        node = self.expression()
        self._open_bar = outer
        self.expect((_FENCES | _BARS)[opening])
        return Function(_OF_FENCES[opening], (node,))

    def _in_brackets(self) -> Node:
        opening = self.take().text
        outer = self._open_bar, self.differential
        self._open_bar, self.differential = "", False
        items = [] if self.next.text in _BRACKETS.values() else [self.expression()]
        while self.accept(","):
            if self.next.text not in _BRACKETS.values():
                items.append(self.expression())
        self._open_bar, self.differential = outer
        closing = self.next.text
        self.expect(*_BRACKETS.values())
        if len(items) == 1 and opening != r"\{":
            return items[0]
        return Sequence(tuple(items), opening + closing)

    def _named(self) -> Node:
        name, primes = self.name()
        arguments = self.arguments(name.base)
        if primes or arguments is not None:
            return Call(name, primes, arguments)
        return name

    def chain(self) -> Chain:
        """Read sides with relations between them, up to the end."""
        parts, relations = split(self.tokens[:-1])
        sides = tuple(self.inside(part).whole() for part in parts)
        return Chain(sides, relations)


def split(tokens: Iterable[Token]) -> tuple[list[list[Token]], tuple[str, ...]]:
    """Return the sides of a chain and the relations between them."""
    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    depth = 0
    for token in tokens:
        depth += depth_of(token)
        if depth == 0 and token.text in RELATIONS:
            relations.append(token.text)
            sides.append([])
        elif token is not END:
            sides[-1].append(token)
    return sides, tuple(relations)


def depth_of(token: Token) -> int:
    """Return by how much a token changes how deep one is in brackets."""
    if token.kind in ("begin", "end"):
        return 1 if token.kind == "begin" else -1
    return (token.text in OPENING) - (token.text in CLOSING)


def _rounded(node: Node) -> Node:
    """Return a computed number as one that is rounded, but for whole numbers and fractions."""
    match node:
        case Number(digits) if "." in digits:
            return Rounded(digits)
        case Negative(term):
            return Negative(_rounded(term))
        case Function("%", (Number(digits),)):
            return Function("%", (Rounded(digits),))
        case Operation(r"\cdot", Number(digits), power):
            return Operation(r"\cdot", Rounded(digits), power)
    return node


def parse(tex: str, is_function: Callable[[str], bool]) -> Node:
    """Return the tree of an expression."""
    return Parser(tokenize(tex), is_function).whole()
