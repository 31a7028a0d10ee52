r"""Evaluate sums, products and extremes over an index, and expectations.

Without bounds, an index goes along the vectors that have it as their index, or through what it is
in the table of symbols. A `\sum` with nothing below takes the index that its terms have.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from bookwright.formulas import arithmetic, functions
from bookwright.formulas.arithmetic import (
    MOST_ENTRIES,
    UndefinedError,
    Value,
    entries,
    integer,
    mp,
)
from bookwright.formulas.evaluation import evaluate, rule
from bookwright.formulas.lookup import extent, is_known
from bookwright.formulas.meanings import chance_values
from bookwright.formulas.nodes import Cases, Chain, Expectation, Iteration, Name, Node, names
from bookwright.formulas.points import Scene, UndrawnError
from bookwright.formulas.relations import holds
from bookwright.formulas.sets import members
from bookwright.formulas.sums import combined
from bookwright.formulas.symbols import EXPECTATION, Choice
from bookwright.formulas.tokens import FormulaError


class NoCaseError(FormulaError):
    """A function that is defined by cases has none at a point."""


@rule.register
def _(node: Iteration, scene: Scene) -> Value:
    terms = [evaluate(node.body, each) for each in _scenes(node, scene)]
    if node.kind in ("max", "min"):
        if not terms:
            raise UndefinedError("there is nothing to choose from")
        return functions.apply(node.kind, terms)
    if node.kind == "list":
        return arithmetic.array(terms)
    if node.kind == "prod":
        return combined([mp.mpf(1), *terms], arithmetic.multiply)
    scene.point.notes.addends(*terms)
    return combined(terms, arithmetic.add) if terms else mp.mpf(0)


def _scenes(node: Iteration, scene: Scene) -> Iterator[Scene]:
    """Yield the scenes with each value of the index."""
    if node.low is not None and node.high is not None and isinstance(node.below, Name):
        low, high = evaluate(node.low, scene), evaluate(node.high, scene)
        for index in _range(low, high):
            yield _with({node.below.base: index}, scene)
    elif isinstance(node.below, Chain):
        yield from _meeting(node.below, node.body, scene)
    else:
        letter = node.below.base if node.below else _implied(node.body, scene)
        for index in _all_of(letter, node.body, scene):
            yield _with({letter: index}, scene)


def _with(letters: Mapping[str, Value], scene: Scene) -> Scene:
    return scene.bind({(letter, ()): mp.mpf(value) for letter, value in letters.items()})


def _range(low: Value, high: Value) -> range:
    first, last = integer(low), integer(high)
    if high == mp.inf:
        raise FormulaError("a sum without end is not checked: mark it with @unchecked{…}")
    if first is None or last is None:
        raise UndefinedError("a bound of a sum is no whole number")
    if last - first >= MOST_ENTRIES:
        raise FormulaError(f"a sum has more than {MOST_ENTRIES} terms")
    return range(first, last + 1)


def _all_of(letter: str, body: object, scene: Scene) -> list[Value]:
    """Return all values of an index that has no bounds."""
    if length := extent(letter, body, scene):
        return [*range(1, length + 1)]
    found = scene.point.table.find(letter, ())
    if found and isinstance(found.meaning.content, Choice):
        return [value for value, _ in chance_values(found.meaning.content, (letter, ()), scene)]
    raise FormulaError(f"nothing says how far '{letter}' goes: write its bounds")


def _implied(body: Node, scene: Scene) -> str:
    """Return the index that the terms of a sum without an index have."""
    letters = {
        index.base
        for name in names(body, outside=(Iteration,))
        for index in name.indices
        if isinstance(index, Name)
    }
    free = {letter for letter in letters if scene.read((letter, ())) is None} or letters
    if len(free) != 1:
        raise FormulaError("nothing says which index a sum is over: write it below")
    return free.pop()


def _meeting(below: Chain, body: Node, scene: Scene) -> Iterator[Scene]:
    """Yield the scenes in which what stands below is so: its new letters take all values."""
    sides = [side.base for side in below.sides if isinstance(side, Name) and not side.indices]
    letters = [side for side in sides if not is_known(side, scene)] or sides[:1]
    if sides and sides[0] not in letters:
        letters.insert(0, sides[0])
    if below.relations == (r"\in",) and letters:
        for value in members(below.sides[1], scene):
            yield _with({letters[0]: value}, scene)
        return
    ranges = [_all_of(letter, body, scene) for letter in letters]
    for indices in product(*ranges):
        inside = _with(dict(zip(letters, indices, strict=True)), scene)
        if holds(below, inside):
            yield inside


@rule.register
def _(node: Expectation, scene: Scene) -> Value:
    if not scene.point.table.has_chances:
        raise FormulaError(f"'{EXPECTATION}' is not in the table of symbols")
    expecting = scene.expecting()
    mean = _expectation(lambda each: evaluate(node.body, each), expecting)
    if node.kind == "E":
        return mean
    return _expectation(lambda each: _squared(evaluate(node.body, each) - mean), expecting)


def _squared(value: Value) -> Value:
    return sum((abs(each) ** 2 for each in entries(value)), mp.mpf(0))


def _expectation(body: Callable[[Scene], Value], scene: Scene) -> Value:
    """Return the mean of a body over the values of each name that it asks for."""
    try:
        return body(scene)
    except UndrawnError as undrawn:
        key, chance = undrawn.key, undrawn.chance
    terms = [
        _expectation(body, scene.bind({key: value})) * share
        for value, share in chance_values(chance, key, scene)
    ]
    return combined(terms, arithmetic.add)


@rule.register
def _(node: Cases, scene: Scene) -> Value:
    for value, condition in node.branches:
        if condition is None or holds(condition, scene):
            return evaluate(value, scene)
    raise NoCaseError("no case applies")
