r"""Evaluate sums, products and lists, with what `\dots` leaves out of them."""

from collections.abc import Callable, Sequence

from bookwright.formulas import arithmetic
from bookwright.formulas.arithmetic import Value, array, entries, mp, shape
from bookwright.formulas.dots import (
    ENDLESS,
    Gap,
    NoPatternError,
    Series,
    Term,
    gap,
    goes_on,
    series,
)
from bookwright.formulas.evaluation import evaluate, rule
from bookwright.formulas.nodes import Node, Product, Sum
from bookwright.formulas.nodes import Sequence as List
from bookwright.formulas.points import Scene
from bookwright.formulas.tokens import FormulaError

_CLOSE = mp.mpf("1e-20")


@rule.register
def _(node: Sum, scene: Scene) -> Value:
    terms = values(node.terms, scene)
    scene.point.notes.addends(*terms)
    return combined(terms, arithmetic.add)


@rule.register
def _(node: Product, scene: Scene) -> Value:
    return combined(values(node.factors, scene), arithmetic.multiply)


@rule.register
def _(node: List, scene: Scene) -> Value:
    return array(values(node.items, scene))


def combined(terms: Sequence[Value], operation: Callable[[Value, Value], Value]) -> Value:
    """Return the sum or the product of values."""
    total, *others = terms
    for value in others:
        total = operation(total, value)
    return total


def values(nodes: Sequence[Node], scene: Scene) -> list[Value]:
    """Return the values of terms, with those that dots leave out.

    What goes on without end is summed up in one value.
    """
    terms = gap(nodes)
    if terms is None:
        return [evaluate(node, scene) for node in nodes]
    found = series(terms, lambda node: evaluate(node, scene))
    _check(found, terms, scene)
    kept = [_value(term, scene) for term in terms.before[:-1]]
    if found.steps is None:
        return [*kept, mp.nsum(lambda step: _term(found, int(step), scene), [0, mp.inf])]
    kept += [_term(found, step, scene) for step in range(found.steps + 1)]
    return kept + [_value(term, scene) for term in terms.after[1:]]


def endless(nodes: Sequence[Node], scene: Scene) -> list[Value]:
    """Return the first values of a list that goes on without end."""
    terms = gap(nodes)
    if terms is None or terms.after:
        raise FormulaError(r"a list without end closes with '\dots'")
    found = series(terms, lambda node: evaluate(node, scene))
    return [_value(term, scene) for term in terms.before[:-1]] + [
        _term(found, step, scene) for step in range(ENDLESS)
    ]


def _value(term: Term, scene: Scene) -> Value:
    return term.sign * evaluate(term.node, scene)


def _term(found: Series, step: int, scene: Scene) -> Value:
    return found.sign_of(step) * evaluate(found.template, scene.bind(found.counters(step)))


def _check(found: Series, terms: Gap, scene: Scene) -> None:
    """Compare terms further from the dots with what they would be in the series."""
    steps = [(-1, terms.before[-2:-1])]
    if found.steps is not None and goes_on(found, terms, lambda node: evaluate(node, scene)):
        steps.append((found.steps + 1, terms.after[1:2]))
    for step, near in steps:
        for term in near:
            if not _are_close(_term(found, step, scene), _value(term, scene)):
                raise NoPatternError


def _are_close(one: Value, other: Value) -> bool:
    if shape(one) != shape(other):
        return False
    pairs = zip(entries(one), entries(other), strict=True)
    return all(abs(a - b) <= _CLOSE * max(abs(a), abs(b), 1) for a, b in pairs)
