"""Evaluate the tree of a formula where names have values: sums, products and functions."""

from collections.abc import Sequence
from functools import cache, singledispatch

import numpy as np

from bookwright.formulas import arithmetic, functions
from bookwright.formulas.arithmetic import Value, array, mp
from bookwright.formulas.nodes import (
    Computed,
    Element,
    Function,
    Matrix,
    Negative,
    Node,
    Number,
    Operation,
    PlusMinus,
    Rounded,
)
from bookwright.formulas.points import Scene
from bookwright.formulas.table import Index
from bookwright.formulas.tokens import FormulaError

_OPERATIONS = {
    r"\cdot": arithmetic.dot,
    r"\odot": lambda left, right: arithmetic.elementwise(lambda a, b: a * b, left, right),
    "/": arithmetic.divide,
}


def evaluate(node: Node, scene: Scene) -> Value:
    """Return the value of a node.

    Raises:
        FormulaError: If it has none, whatever the random values are.
        UndefinedError: If it has none here.
        UndrawnError: If an expectation has to choose the value of a name first.
    """
    scene.point.work()
    return rule.registry.get(type(node), rule)(node, scene)


@singledispatch
def rule(node: Node, scene: Scene) -> Value:  # noqa: ARG001  # as all rules
    """Evaluate a node of a kind: each kind has its own rule."""
    raise FormulaError(f"a {type(node).__name__.lower()} has no value here")


@rule.register
def _(node: Number, scene: Scene) -> Value:  # noqa: ARG001  # all rules have a scene
    return _number(node.digits, mp.prec)


@cache
def _number(digits: str, _precision: int) -> Value:
    return mp.mpf(digits)


@rule.register
def _(node: Rounded, scene: Scene) -> Value:
    scene.point.notes.rounded.add(id(node))
    nudge = half_unit(node.digits) if scene.point.nudge == id(node) else 0
    return mp.mpf(node.digits) + nudge


def half_unit(digits: str) -> Value:
    """Return half a unit of the last digit of a number."""
    return mp.mpf(10) ** -len(digits.partition(".")[2]) / 2


@rule.register
def _(node: Computed, scene: Scene) -> Value:
    return evaluate(node.value, scene)


@rule.register
def _(node: Negative, scene: Scene) -> Value:
    return -evaluate(node.term, scene)


@rule.register
def _(node: PlusMinus, scene: Scene) -> Value:
    return evaluate(node.term, scene) * (node.sign * scene.point.sign)


@rule.register
def _(node: Operation, scene: Scene) -> Value:
    left, right = evaluate(node.left, scene), evaluate(node.right, scene)
    if node.operator == "^":
        return arithmetic.power(left, right, is_complex=scene.point.is_complex)
    return _OPERATIONS[node.operator](left, right)


@rule.register
def _(node: Function, scene: Scene) -> Value:
    arguments = [evaluate(each, scene) for each in node.arguments]
    return functions.apply(node.name, arguments, is_complex=scene.point.is_complex)


@rule.register
def _(node: Matrix, scene: Scene) -> Value:
    rows = [[evaluate(cell, scene) for cell in row] for row in node.rows]
    if any(arithmetic.shape(cell) for row in rows for cell in row):
        return arithmetic.stacked(rows)
    found = array([array(row) for row in rows])
    return found[:, 0] if found.shape[1] == 1 else found


@rule.register
def _(node: Element, scene: Scene) -> Value:
    indices = [arithmetic.integer(evaluate(index, scene)) for index in node.indices]
    return entry(evaluate(node.array, scene), indices)


def entry(value: Value, indices: Sequence[Index | None]) -> Value:
    """Return an entry of an array, counted from 1."""
    if not isinstance(value, np.ndarray) or len(indices) > value.ndim:
        raise FormulaError(f"{arithmetic.described(value)} has no entry with such an index")
    if len(indices) == 1 < value.ndim:
        indices = [int(digit) for digit in str(indices[0]) if digit.isdigit()]
    places = [index - 1 for index in indices if isinstance(index, int)]
    for place, length in zip(places, value.shape, strict=False):
        if not 0 <= place < length:
            raise arithmetic.UndefinedError(f"an index is outside of 1 to {length}")
    if len(places) != len(indices):
        raise arithmetic.UndefinedError("an index is no whole number")
    return value[tuple(places)]
