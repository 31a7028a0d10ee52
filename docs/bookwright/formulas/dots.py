r"""Understand what `\dots` leaves out between terms.

The terms on both sides of the dots are laid over each other: where they differ, as in `x_2` and
`x_{13}`, a counter goes from one to the other. A power without an exponent has the exponent 1.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from bookwright.formulas.arithmetic import MOST_ENTRIES, UndefinedError, Value, integer, mp
from bookwright.formulas.nodes import Dots, Name, Negative, Node, Number, Operation
from bookwright.formulas.table import Key
from bookwright.formulas.tokens import FormulaError

ENDLESS = 1000
_COUNTER = r"\dots"


class NoPatternError(UndefinedError):
    """Terms do not follow one another in a way that is understood."""

    def __init__(self) -> None:
        """Say it."""
        super().__init__(r"the terms beside '\dots' follow no pattern that is understood")


class Term(NamedTuple):
    """A term and its sign."""

    sign: int
    node: Node


class Gap(NamedTuple):
    """Terms before dots, and those after them, and the sign of the dots themselves."""

    before: list[Term]
    after: list[Term]
    sign: int


class Pattern(NamedTuple):
    """A term with counters in it, and what they are in two terms."""

    template: Node
    starts: list[int]
    ends: list[int]


class Series(NamedTuple):
    """The terms from the last one before the dots to the first one after them, if there is one."""

    template: Node
    starts: list[int]
    strides: list[int]
    steps: int | None
    sign: int
    alternates: bool

    def counters(self, step: int) -> dict[Key, Value]:
        """Return the counters in a term."""
        places = zip(self.starts, self.strides, strict=True)
        return {
            (_COUNTER, (place,)): mp.mpf(start + step * stride)
            for place, (start, stride) in enumerate(places)
        }

    def sign_of(self, step: int) -> int:
        """Return the sign of a term."""
        return -self.sign if self.alternates and step % 2 else self.sign


def gap(nodes: Sequence[Node]) -> Gap | None:
    """Return the terms around the dots among them, if there are some.

    Raises:
        FormulaError: If nothing says how the terms go on.
    """
    terms = [_term(node) for node in nodes]
    places = [place for place, term in enumerate(terms) if isinstance(term.node, Dots)]
    if not places:
        return None
    before, after = terms[: places[0]], terms[places[0] + 1 :]
    if len(places) > 1 or not before or (not after and len(before) < 2):
        raise FormulaError(r"one '\dots' stands between terms, or behind two of them")
    return Gap(before, after, terms[places[0]].sign)


def _term(node: Node) -> Term:
    sign = 1
    while isinstance(node, Negative):
        sign, node = -sign, node.term
    return Term(sign, node)


def series(terms: Gap, evaluate: Callable[[Node], Value]) -> Series:
    """Return what goes on in a gap.

    Raises:
        NoPatternError: If this is not clear.
    """
    earlier = [*_patterns(terms.before[-2:], evaluate)]
    possible = _ending(terms, earlier, evaluate) if terms.after else _endless(terms, earlier)
    for found in possible:
        signs = [found.sign_of(1), *([found.sign_of(found.steps)] if found.steps else [])]
        if signs == [terms.sign, *(term.sign for term in terms.after[:1])]:
            return found
    raise NoPatternError


def goes_on(found: Series, terms: Gap, evaluate: Callable[[Node], Value]) -> bool:
    """Tell whether the term behind a series has its form: others are no part of it."""
    later = _patterns(terms.after[:2], evaluate)
    return any(pattern.template == found.template for pattern in later)


def _endless(terms: Gap, earlier: list[Pattern]) -> Iterator[Series]:
    for template, starts, ends in earlier:
        yield Series(template, ends, _strides(starts, ends), None, *_signs(terms))


def _ending(
    terms: Gap, earlier: list[Pattern], evaluate: Callable[[Node], Value]
) -> Iterator[Series]:
    template, starts, ends = _pattern(terms.before[-1].node, terms.after[0].node, evaluate)
    distances = _strides(starts, ends)
    by_one = [1 if distance > 0 else -1 for distance in distances]
    for strides in [*(_strides(*pattern[1:]) for pattern in earlier), by_one]:
        steps = distances[0] // (strides[0] or 1)
        reached = [stride * steps for stride in strides]
        if 0 < steps <= MOST_ENTRIES and reached == distances:
            yield Series(template, starts, strides, steps, *_signs(terms))


def _signs(terms: Gap) -> tuple[int, bool]:
    """Return the sign of the last term before the dots, and whether signs alternate."""
    signs = [term.sign for term in terms.before[-2:]]
    return signs[-1], len(set(signs)) > 1


def _patterns(terms: list[Term], evaluate: Callable[[Node], Value]) -> Iterator[Pattern]:
    """Yield what goes on from a term to the next one, where they have the same form."""
    for one, two in pairwise(terms):
        with suppress(NoPatternError):
            yield _pattern(one.node, two.node, evaluate)


def _strides(starts: list[int], ends: list[int]) -> list[int]:
    return [end - start for start, end in zip(starts, ends, strict=True)]


def _pattern(first: Node, last: Node, evaluate: Callable[[Node], Value]) -> Pattern:
    differences: list[tuple[Node, Node]] = []
    template = _merged(first, last, differences)
    ends = [[integer(evaluate(node)) for node in pair] for pair in differences]
    found = Pattern(
        template,
        [start for start, _ in ends if start is not None],
        [end for _, end in ends if end is not None],
    )
    if not differences or not len(found.starts) == len(found.ends) == len(differences):
        raise NoPatternError
    return found


def _merged(first: Any, last: Any, differences: list[tuple[Node, Node]]) -> Any:  # noqa: ANN401  # fields of nodes
    """Return what two terms share, with counters where they differ."""
    if first == last:
        return first
    if _is_power(last, first):
        return Operation("^", first, _counter(Number("1"), last.right, differences))
    if _is_power(first, last):
        return Operation("^", last, _counter(first.right, Number("1"), differences))
    if _are_alike(first, last):
        pairs = zip(_parts(first), _parts(last), strict=True)
        parts = [_merged(one, two, differences) for one, two in pairs]
        return tuple(parts) if isinstance(first, tuple) else type(first)(*parts)
    return _counter(first, last, differences)


def _is_power(node: object, base: object) -> bool:
    return isinstance(node, Operation) and node.operator == "^" and node.left == base


def _are_alike(first: object, last: object) -> bool:
    """Tell whether two nodes can differ in their parts alone."""
    if isinstance(first, Number) or type(first) is not type(last):
        return False
    if isinstance(first, Name) and isinstance(last, Name):
        return first.base == last.base and len(first.indices) == len(last.indices)
    if isinstance(first, Operation) and isinstance(last, Operation):
        return first.operator == last.operator
    return (is_dataclass(first) or isinstance(first, tuple)) and len(_parts(first)) == len(
        _parts(last)
    )


def _parts(node: Any) -> list[Any]:  # noqa: ANN401  # a node or a tuple
    return (
        [*node] if isinstance(node, tuple) else [getattr(node, each.name) for each in fields(node)]
    )


def _counter(first: object, last: object, differences: list[tuple[Node, Node]]) -> Name:
    if not isinstance(first, Node) or not isinstance(last, Node):
        raise NoPatternError
    differences.append((first, last))
    return Name(_COUNTER, (Number(str(len(differences) - 1)),))
