r"""The tree of a formula: what a parser makes of TeX, and what is evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass


class Node:
    """A part of a formula that has a value."""


@dataclass(frozen=True)
class Number(Node):
    """A number as it is typed."""

    digits: str


@dataclass(frozen=True)
class Rounded(Node):
    """A number that was computed, and is known to half a unit of its last digit."""

    digits: str


@dataclass(frozen=True)
class Computed(Node):
    r"""What a `\value` holds: it was written by the build."""

    value: Node


@dataclass(frozen=True)
class Name(Node):
    r"""A name with its indices: `\hat y_i` has the base `\hat y`."""

    base: str
    indices: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Call(Node):
    """A function, or its derivative of an order, at arguments, or where its parameters are."""

    function: Name
    order: int
    arguments: tuple[Node, ...] | None


@dataclass(frozen=True)
class Sum(Node):
    """Terms that are added."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Negative(Node):
    """A term with a minus."""

    term: Node


@dataclass(frozen=True)
class PlusMinus(Node):
    """A term with one of two signs: the first is for the upper signs of a formula."""

    sign: int
    term: Node


@dataclass(frozen=True)
class Product(Node):
    """Factors side by side."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Operation(Node):
    r"""Two operands with `\cdot`, `/`, `\odot` or `^` between them."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Function(Node):
    """A function that has the same meaning on all pages."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Element(Node):
    """An element of something that is no name."""

    array: Node
    indices: tuple[Node, ...]


@dataclass(frozen=True)
class Sequence(Node):
    """Values with commas between them, in brackets: a vector, an interval, or a set."""

    items: tuple[Node, ...]
    brackets: str


@dataclass(frozen=True)
class Matrix(Node):
    """Rows of entries."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Dots(Node):
    """What is left out of a sum, a product or a list."""


@dataclass(frozen=True)
class Chain:
    """Sides with relations between them, and what has to hold for them to be compared."""

    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    texts: tuple[str, ...] = field(default=(), compare=False)
    guards: tuple["Chain", ...] = ()


@dataclass(frozen=True)
class Cases(Node):
    """Values with the conditions that they are for; the last may have none."""

    branches: tuple[tuple[Node, Chain | None], ...]


@dataclass(frozen=True)
class Iteration(Node):
    r"""A `\sum`, `\prod`, `\max` or `\min` over an index, or a list of all values.

    What stands below is a name, a name with its `low` and `high`, or a chain; or nothing.
    """

    kind: str
    below: Name | Chain | None
    low: Node | None
    high: Node | None
    body: Node


@dataclass(frozen=True)
class Integral(Node):
    """An integral of a body over a variable."""

    variable: Name
    low: Node
    high: Node
    body: Node


@dataclass(frozen=True)
class Limit(Node):
    """A limit of a body."""

    variable: Name
    target: Node
    body: Node


@dataclass(frozen=True)
class Expectation(Node):
    r"""What stands behind `\mathbb E` or `\operatorname{Var}`."""

    kind: str
    body: Node


@dataclass(frozen=True)
class Derivative(Node):
    """A derivative of a body by some names, at arguments of the function that the body is."""

    body: Node
    variables: tuple[Name, ...]
    arguments: tuple[Node, ...] | None


@dataclass(frozen=True)
class Gradient(Node):
    r"""The `\nabla` of a function: of second order, its matrix of second derivatives."""

    function: Name
    order: int
    variable: Name | None
    arguments: tuple[Node, ...] | None


def names(node: object, *, outside: tuple[type, ...] = ()) -> Iterator[Name]:
    """Yield the names in a node, and those in their indices, outside of some kinds of nodes."""
    if isinstance(node, Name):
        yield node
    parts = node if isinstance(node, tuple) else ()
    if is_dataclass(node) and not isinstance(node, outside):
        parts = tuple(getattr(node, each.name) for each in fields(node))
    for part in parts:
        yield from names(part, outside=outside)


def tex_of(node: Node) -> str:
    """Return the TeX of an index, as far as it is simple."""
    match node:
        case Name(base, indices):
            return f"{base}_{{{','.join(map(tex_of, indices))}}}" if indices else base
        case Number(digits):
            return digits
        case Negative(term):
            return f"-{tex_of(term)}"
        case Sum((first, *others)):
            parts = [tex_of(each) for each in others]
            signed = [part if part.startswith("-") else f"+{part}" for part in parts]
            return tex_of(first) + "".join(signed)
    return "…"
