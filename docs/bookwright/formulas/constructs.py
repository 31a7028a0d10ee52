"""Read what begins with a command: fractions, derivatives, integrals, limits, and what else."""

from collections.abc import Callable

from bookwright.formulas.nodes import (
    Call,
    Derivative,
    Gradient,
    Integral,
    Limit,
    Name,
    Node,
    Operation,
)
from bookwright.formulas.operators import ITERATIONS, OF_ARRAYS, WITHOUT_BRACKETS, OperatorReader
from bookwright.formulas.reader import END
from bookwright.formulas.tokens import FormulaError, Token

_EXPECTATIONS = {"E", "Var"}
_DEGREES = {r"\partial", "d"}


class ConstructReader(OperatorReader):
    """A reader of what begins with a command."""

    def construct(self) -> Callable[[], Node] | None:
        """Return what reads the construct that begins here, if one does."""
        kind, text = self.next.kind, self.next.text
        if kind == "operator":
            return self._of_operator(text)
        if kind == "begin":
            return self.environment
        if kind == "letter" and text == "d" and self.at_slashed_derivative():
            return self._slashed_derivative
        return {
            r"\frac": self._fraction,
            r"\binom": self.binomial,
            r"\sqrt": self.root,
            r"\int": self._integral,
            r"\lim": self._limit,
            r"\nabla": self._gradient,
            r"\partial": self._slashed_derivative,
            r"\mathbb": self.expectation if self.after(1).text == "E" else None,
            **dict.fromkeys(ITERATIONS, self.iteration),
            **dict.fromkeys(WITHOUT_BRACKETS, self.function),
        }.get(text)

    def _of_operator(self, name: str) -> Callable[[], Node] | None:
        if name in _EXPECTATIONS:
            return self.expectation
        return self.operator if name in OF_ARRAYS else None

    def _fraction(self) -> Node:
        self.take()
        top, bottom = self.group(), self.group()
        if variables := self._variables(top, bottom):
            return self._derivative(top, variables)
        return Operation("/", self.inside(top).whole(), self.inside(bottom).whole())

    def _variables(self, top: list[Token], bottom: list[Token]) -> tuple[Name, ...]:
        r"""Return the names below a fraction that is a derivative."""
        if not top or top[0].text not in _DEGREES:
            return ()
        reader = self.inside(bottom)
        names: list[Name] = []
        while reader.next.text == top[0].text:
            reader.take()
            if not reader.at_name():
                return ()
            name = reader.plain_name()
            names += [name] * (reader.order() if reader.accept("^") else 1)
        return tuple(names) if reader.next is END else ()

    def _derivative(self, top: list[Token], variables: tuple[Name, ...]) -> Node:
        reader = self.inside(top[1:])
        _agree(reader.order() if reader.accept("^") else 1, len(variables))
        body = self.product() if reader.next is END else reader.whole()
        function = body.function.base if isinstance(body, Call) else _base(body)
        return Derivative(body, variables, self.arguments(function))

    def _slashed_derivative(self) -> Node:
        degree = self.take()
        order = self.order() if self.accept("^") else 1
        body: Node = self.plain_name()
        self.expect("/")
        variables: list[Name] = []
        while self.next.text == degree.text:
            self.take()
            name = self.plain_name()
            variables += [name] * (self.order() if order > 1 and self.accept("^") else 1)
        if not variables:
            raise self.error(f"expected '{degree.text}'")
        _agree(order, len(variables))
        return Derivative(body, tuple(variables), None)

    def _integral(self) -> Node:
        self.take()
        below, above = self.bounds()
        if not below or not above:
            raise self.error("an integral has two bounds")
        outer, self.differential = self.differential, True
        body = self.expression()
        self.differential = outer
        if not self.at_differential():
            raise self.error("an integral ends with d x")
        self.take()
        variable = self.plain_name()
        return Integral(variable, self.inside(below).whole(), self.inside(above).whole(), body)

    def _limit(self) -> Node:
        self.take()
        reader = self.inside(self.bounds()[0])
        variable = reader.plain_name()
        reader.expect(r"\to")
        return Limit(variable, reader.whole(), self.product())

    def _gradient(self) -> Node:
        self.take()
        variable, order = None, 1
        while self.next.text in ("_", "^"):
            if self.take().text == "_":
                variable = self.inside(self.group()).plain_name()
            else:
                order = self.order()
        if order not in (1, 2):
            raise FormulaError(f"'\\nabla^{order}' has no meaning: \\nabla is of order 1 or 2")
        function = self.plain_name()
        return Gradient(function, order, variable, self.arguments(function.base))


def _agree(above: int, below: int) -> None:
    """Check that a derivative is by as many names as its order says."""
    if above != below:
        raise FormulaError(f"a derivative of order {above} is by {above} names, not by {below}")


def _base(node: Node) -> str:
    return node.base if isinstance(node, Name) else ""
