"""Read functions, sums over an index, expectations, matrices and cases."""

from abc import abstractmethod

from bookwright.formulas.nodes import (
    Cases,
    Chain,
    Expectation,
    Function,
    Iteration,
    Matrix,
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
ITERATIONS = {r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min"}
_MATRICES = {"pmatrix", "bmatrix", "matrix", "smallmatrix"}
_SIMPLE = {r"\frac", r"\sqrt", r"\lVert", r"\lvert"}


class OperatorReader(Reader):
    """A reader of what is applied to something."""

    differential = False  # whether a `d x` ends what is read

    @abstractmethod
    def factor(self) -> Node:
        """Read one factor."""

    @abstractmethod
    def product(self) -> Node:
        """Read factors side by side."""

    @abstractmethod
    def term(self) -> Node:
        r"""Read products with `\cdot` and `/` between them."""

    @abstractmethod
    def chain(self) -> Chain:
        """Read sides with relations between them, up to the end."""

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

    def binomial(self) -> Node:
        """Read a binomial coefficient."""
        self.take()
        return Function("binom", (self.argument(), self.argument()))

    def root(self) -> Node:
        """Read a root."""
        self.take()
        if not self.accept("["):
            return Function("sqrt", (self.argument(),))
        degree = self.expression()
        self.expect("]")
        return Function("root", (self.argument(), degree))

    def bounds(self) -> tuple[list[Token], list[Token]]:
        """Read what stands below and above a sign."""
        below, above = [], []
        while self.next.text in ("_", "^"):
            if self.take().text == "_":
                below = self.group()
            else:
                above = self.group()
        return below, above

    def iteration(self) -> Node:
        """Read a sum, a product or an extreme over an index."""
        kind = ITERATIONS[self.take().text]
        below, above = self.bounds()
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

    def operator(self) -> Node:
        """Read a function of arrays."""
        return self._of_array(self.take().text)

    def function(self) -> Node:
        """Read a function that needs no brackets."""
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
        if token.kind == "letter" and self.at_slashed_derivative():
            return False
        return self.at_name() or token.kind in ("number", "value") or token.text in _SIMPLE

    def at_differential(self) -> bool:
        """Tell whether the `d x` of an integral is next."""
        follower = self.after(1)
        return self.next.text == "d" and (follower.kind == "letter" or follower.text[:1] == "\\")

    def at_slashed_derivative(self) -> bool:
        """Tell whether `dp / dz` is next."""
        texts = [self.after(count).text for count in (2, 3)]
        return texts == ["/", "d"] and self.after(1).kind in ("letter", "command")

    def expectation(self) -> Node:
        """Read an expectation or a variance."""
        kind = self.take().text
        if kind == r"\mathbb":
            kind = self.take().text
        return Expectation(kind, self.product())

    def environment(self) -> Node:
        """Read a matrix or cases."""
        name = self.take().text
        rows = self._rows(name)
        if name in _MATRICES:
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


def _trimmed(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[-1].text in (",", ".", ";"):
        tokens = tokens[:-1]
    return tokens


def product_of(factors: list[Node]) -> Node:
    """Return factors as a product, or the only one."""
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
