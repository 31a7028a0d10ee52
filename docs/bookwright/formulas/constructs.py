r"""Read what begins with a command: sums, integrals, limits, derivatives, matrices, functions."""

from abc import abstractmethod
from collections.abc import Callable

from bookwright.formulas.nodes import (
    Call,
    Cases,
    Chain,
    Derivative,
    Expectation,
    Function,
    Gradient,
    Integral,
    Iteration,
    Limit,
    Matrix,
    Name,
    Negative,
    Node,
    Operation,
    Product,
)
from bookwright.formulas.reader import CLOSING, END, OPENING, Reader
from bookwright.formulas.tokens import Token

_NAMES = "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth ln log exp det"
WITHOUT_BRACKETS = {f"\\{name}": name for name in _NAMES.split()}
OF_ARRAYS = {"mean", "var", "std", "sum", "tr", "diag", "sign", "median", "max", "min"}
SINGLE = {r"\max", r"\min"}
_ITERATIONS = {r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min"}
_EXPECTATIONS = {"E": "E", "Var": "Var"}
MATRICES = {"pmatrix", "bmatrix", "matrix", "smallmatrix"}
_DEGREES = {r"\partial", "d"}


class ConstructReader(Reader):
    """A reader of what begins with a command."""

    differential = False  # whether a `d x` ends what is read

    @abstractmethod
    def term(self) -> Node:
        r"""Read products with `\cdot` and `/` between them."""

    @abstractmethod
    def product(self) -> Node:
        """Read factors side by side."""

    @abstractmethod
    def chain(self) -> Chain:
        """Read sides with relations between them, up to the end."""

    def construct(self) -> Callable[[], Node] | None:
        """Return what reads the construct that begins here, if one does."""
        kind, text = self.next.kind, self.next.text
        if kind == "operator":
            return self._of_operator(text)
        if kind == "begin":
            return self._environment
        if kind == "letter" and text == "d" and self._at_slashed_derivative():
            return self._slashed_derivative
        return {
            r"\frac": self._fraction,
            r"\binom": self._binomial,
            r"\sqrt": self._root,
            r"\int": self._integral,
            r"\lim": self._limit,
            r"\nabla": self._gradient,
            r"\partial": self._slashed_derivative,
            r"\mathbb": self._expectation if self.after(1).text == "E" else None,
            **dict.fromkeys(_ITERATIONS, self._iteration),
            **dict.fromkeys(WITHOUT_BRACKETS, self._function),
        }.get(text)

    def _of_operator(self, name: str) -> Callable[[], Node] | None:
        if name in _EXPECTATIONS:
            return self._expectation
        return self._operator if name in OF_ARRAYS else None

    def bracketed(self) -> tuple[Node, ...]:
        """Read arguments in brackets."""
        self.expect("(", "[")
        items = [self.expression()]
        while self.accept(",", ";", "|"):
            items.append(self.expression())
        self.expect(")", "]")
        return tuple(items)

    def arguments(self, name: str) -> tuple[Node, ...] | None:
        """Read the arguments of a name in brackets, if it has some."""
        opens = self.next.text == "(" and not self.next.spaced
        return self.bracketed() if opens and self.is_function(name) else None

    def _fraction(self) -> Node:
        self.take()
        top, bottom = self.group(), self.group()
        if variables := self._variables(top, bottom):
            return self._derivative(top, variables)
        return Operation("/", self.inside(top).whole(), self.inside(bottom).whole())

    def _variables(self, top: list[Token], bottom: list[Token]) -> tuple[Name, ...]:
        r"""Return the names below a fraction that is a derivative."""
        if not top or top[0].text not in _DEGREES or bottom[:1] == []:
            return ()
        reader = self.inside(bottom)
        names: list[Name] = []
        while reader.accept(top[0].text) or _is_letter_d(reader, top[0]):
            if not reader.at_name():
                return ()
            name = reader.plain_name()
            count = int(reader.group()[0].text) if reader.accept("^") else 1
            names += [name] * count
        return tuple(names) if reader.next is END else ()

    def _derivative(self, top: list[Token], variables: tuple[Name, ...]) -> Node:
        reader = self.inside(top[1:])
        if reader.accept("^"):
            reader.group()
        body = self.product() if reader.next is END else reader.whole()
        function = body.function.base if isinstance(body, Call) else _base(body)
        return Derivative(body, variables, self.arguments(function))

    def _at_slashed_derivative(self) -> bool:
        """Tell whether `dp / dz` is next."""
        texts = [self.after(count).text for count in (2, 3)]
        return texts == ["/", "d"] and self.after(1).kind in ("letter", "command")

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

    def _binomial(self) -> Node:
        self.take()
        return Function("binom", (self.argument(), self.argument()))

    def _root(self) -> Node:
        self.take()
        if not self.accept("["):
            return Function("sqrt", (self.argument(),))
        degree = self.expression()
        self.expect("]")
        return Function("root", (self.argument(), degree))

    def _bounds(self) -> tuple[list[Token], list[Token]]:
        below, above = [], []
        while self.next.text in ("_", "^"):
            if self.take().text == "_":
                below = self.group()
            else:
                above = self.group()
        return below, above

    def _iteration(self) -> Node:
        kind = _ITERATIONS[self.take().text]
        below, above = self._bounds()
        if kind in ("max", "min"):
            if not below:
                return self._of_array(kind)
            return self._over(kind, below, above, self.product())
        negative = kind == "sum" and self.accept("-")
        body = self.term() if kind == "sum" else self.product()
        node = self._over(kind, below, above, body)
        return Negative(node) if negative else node

    def _over(self, kind: str, below: list[Token], above: list[Token], body: Node) -> Node:
        if not below:
            return Iteration(kind, None, None, None, body)
        reader = self.inside(below)
        if len(below) == 1:
            return Iteration(kind, reader.plain_name(), None, None, body)
        if not above:
            return Iteration(kind, reader.chain(), None, None, body)
        name = reader.plain_name()
        reader.expect("=")
        return Iteration(kind, name, reader.whole(), self.inside(above).whole(), body)

    def _of_array(self, name: str) -> Node:
        if self.next.text == "(":
            return Function(name, self.bracketed())
        return Function(name, (self.factor(),))

    @abstractmethod
    def factor(self) -> Node:
        """Read one factor."""

    def _operator(self) -> Node:
        return self._of_array(self.take().text)

    def _function(self) -> Node:
        name = WITHOUT_BRACKETS[self.take().text]
        base = self.argument() if self.accept("_") else None
        power = self.argument() if self.accept("^") else None
        node: Node = Function(name, (self._operand(),))
        if base:
            node = Operation("/", node, Function("ln", (base,)))
        if isinstance(power, Negative):
            raise self.error("write an inverse function as \\arcsin, and a power with brackets")
        return Operation("^", node, power) if power else node

    def _operand(self) -> Node:
        """Read what a function is applied to: a bracket, or factors up to the next function."""
        if self.next.text == "(":
            (node,) = self.bracketed()
            if self.next.text == "^":
                raise self.error("say with brackets what the power is of")
            return node
        factors = [self.factor()]
        while self._is_simple(self.next):
            factors.append(self.factor())
        return product_of(factors)

    def _is_simple(self, token: Token) -> bool:
        if self.differential and self.at_differential():
            return False
        if token.kind == "letter" and self._at_slashed_derivative():
            return False
        return self.at_name() or token.kind in ("number", "value") or token.text in _SIMPLE

    def at_differential(self) -> bool:
        """Tell whether the `d x` of an integral is next."""
        follower = self.after(1)
        return self.next.text == "d" and (follower.kind == "letter" or follower.text[:1] == "\\")

    def _integral(self) -> Node:
        self.take()
        below, above = self._bounds()
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
        reader = self.inside(self._bounds()[0])
        variable = reader.plain_name()
        reader.expect(r"\to")
        return Limit(variable, reader.whole(), self.product())

    def _expectation(self) -> Node:
        kind = self.take().text
        if kind == r"\mathbb":
            kind = self.take().text
        return Expectation(kind, self.product())

    def _gradient(self) -> Node:
        self.take()
        variable, order = None, 1
        while self.next.text in ("_", "^"):
            if self.take().text == "_":
                variable = self.inside(self.group()).plain_name()
            else:
                order = int(self.group()[0].text)
        function = self.plain_name()
        return Gradient(function, order, variable, self.arguments(function.base))

    def _environment(self) -> Node:
        name = self.take().text
        rows = self._rows(name)
        if name in MATRICES:
            return Matrix(tuple(tuple(self.inside(cell).whole() for cell in row) for row in rows))
        if name == "cases":
            return Cases(tuple(map(self._branch, rows)))
        raise self.error(f"'{name}' cannot stand within a formula")

    def _rows(self, name: str) -> list[list[list[Token]]]:
        rows: list[list[list[Token]]] = [[[]]]
        depth = 0
        while depth or self.next.kind != "end":
            if self.next is END:
                raise self.error(f"'{name}' has no end")
            token = self.take()
            depth += {"begin": 1, "end": -1}.get(token.kind, 0)
            depth += (token.text in OPENING) - (token.text in CLOSING)
            if token.text == r"\\" and not depth:
                rows.append([[]])
            elif token.text == "&" and not depth:
                rows[-1].append([])
            else:
                rows[-1][-1].append(token)
        self.take()
        return [row for row in rows if row != [[]]]

    def _branch(self, row: list[list[Token]]) -> tuple[Node, Chain | None]:
        value, *rest = row
        condition = [
            token
            for cell in rest
            for token in cell
            if token.kind != "text" and token.text != r"\quad"
        ]
        node = self.inside(_trimmed(value)).whole()
        return node, self.inside(_trimmed(condition)).chain() if _trimmed(condition) else None


_SIMPLE = {r"\frac", r"\sqrt", r"\lVert", r"\lvert"}


def _is_letter_d(reader: Reader, degree: Token) -> bool:
    found = degree.text == "d" == reader.next.text
    if found:
        reader.take()
    return found


def _base(node: Node) -> str:
    return node.base if isinstance(node, Name) else ""


def _trimmed(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[-1].text in (",", ".", ";"):
        tokens = tokens[:-1]
    return tokens


def product_of(factors: list[Node]) -> Node:
    """Return factors as a product, or the only one."""
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
