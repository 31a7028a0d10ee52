"""Give values to what the table of symbols has: definitions, numbers, and what is random."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial

import numpy as np

from bookwright.formulas.arithmetic import Value, mp, number
from bookwright.formulas.evaluation import evaluate
from bookwright.formulas.nodes import Node
from bookwright.formulas.points import Scene, UndrawnError, written
from bookwright.formulas.symbols import Choice, Constant, Content, Definition, Interval
from bookwright.formulas.table import Key
from bookwright.formulas.tokens import FormulaError


def by_definition(content: Definition | Node, key: Key, scene: Scene) -> Value:
    """Return the value of a definition."""
    tree = scene.point.table.tree(content) if isinstance(content, Definition) else content
    return kept(content, key, scene, partial(evaluate, tree, scene))


def kept(meaning: object, key: Key, scene: Scene, look: Callable[[], Value]) -> Value:
    """Return the value of something in the table, which is kept for where it would be the same."""
    return scene.point.recall(_what(meaning, key, scene), scene.bound, look)


def is_evaluated(content: Content, key: Key, scene: Scene) -> bool:
    """Tell whether the value of a definition is kept already."""
    return scene.point.memory.holds(_what(content, key, scene), scene.bound)


def _what(meaning: object, key: Key, scene: Scene) -> Hashable:
    return id(meaning), key, scene.expects, mp.prec


def drawn(content: Content, key: Key, scene: Scene) -> Value:
    """Return the value of data from the table; what is random is drawn once at a point."""
    point = scene.point
    if isinstance(content, Constant):
        if content.is_coarse:
            point.notes.coarse()
        return number(content.value)
    if isinstance(content, np.ndarray):
        places = np.ndindex(content.shape)
        values = [drawn(content[place], _within(key, place), scene) for place in places]
        return np.array([*values, None], dtype=object)[:-1].reshape(content.shape)
    if isinstance(content, Choice) and content.is_chance and scene.expects:
        raise UndrawnError(key, content)
    if isinstance(content, Interval | Choice):
        value = point.recall(key, {}, partial(_random, content, key, Scene(point)))
        point.notes.shown[written(key)] = value
        return value
    if isinstance(content, Definition):
        return by_definition(content, key, scene)
    raise FormulaError(f"a function cannot be an entry of '{key[0]}'")


def _within(key: Key, place: Sequence[int]) -> Key:
    return key[0], (*key[1], *(index + 1 for index in place))


def _random(content: Interval | Choice, key: Key, scene: Scene) -> Value:
    if isinstance(content, Interval):
        low = drawn(content.low, _part(key, "low"), scene)
        high = drawn(content.high, _part(key, "high"), scene)
        return scene.point.uniform(low, high, key)
    if not content.values:
        raise FormulaError(f"'{key[0]}' can be nothing: there is no value in the table")
    place = scene.point.random(key).randrange(len(content.values))
    return drawn(content.values[place], _part(key, f"value {place + 1}"), scene)


def _part(key: Key, part: str) -> Key:
    """Return what a part of a meaning is known by: each part has values of its own."""
    return key[0], (*key[1], part)


def chance_values(chance: Choice, key: Key, scene: Scene) -> Iterator[tuple[Value, Value]]:
    """Yield the values that a name can have, and their probabilities."""
    for place, value in enumerate(chance.values):
        share = mp.mpf(1) / len(chance.values)
        if chance.weights:
            share = drawn(chance.weights[place], _part(key, f"weight {place + 1}"), scene)
        yield drawn(value, _part(key, f"value {place + 1}"), scene), share
