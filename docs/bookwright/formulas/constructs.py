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
from bookwright.formulas.tokens import Token

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
        if reader.accept("^"):
            reader.group()
        body = self.product() if reader.next is END else reader.whole()
        function = body.function.base if isinstance(body, Call) else _base(body)
        return Derivative(body, variables, self.arguments(function))

    def _slashed_derivative(self) -> Node:
        degree = self.take()
        if self.accept("^"):
            self.group()
        body: Node = self.plain_name()
        self.expect("/")
        variables = []
        while self.next.text == degree.text:
            self.take()
            variables += [self.plain_name()]
        if not variables:
            raise self.error(f"expected '{degree.text}'")
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
        function = self.plain_name()
        return Gradient(function, order, variable, self.arguments(function.base))


def _base(node: Node) -> str:
    return node.base if isinstance(node, Name) else ""
