"""Evaluate derivatives, limits and integrals with numbers of many digits.

A derivative is a difference of close values: in numbers that are so long, nothing is lost. Only
functions of Python that return floats are compared at a distance, and less closely.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

import numpy as np

from bookwright.formulas.arithmetic import Value, array, mp
from bookwright.formulas.calls import apply, parameters
from bookwright.formulas.evaluation import evaluate, rule
from bookwright.formulas.lookup import UnknownError, key_of, value_of
from bookwright.formulas.nodes import Call, Derivative, Gradient, Integral, Limit, Name, Node
from bookwright.formulas.notes import COARSE_SLOPE
from bookwright.formulas.points import Point, Scene
from bookwright.formulas.table import Key, Meaning
from bookwright.formulas.tokens import FormulaError

_STEP = 30  # digits after the point in the step of a difference
_FLOAT_STEPS = {1: "1e-3", 2: "1e-2"}
_FAR = 40  # digits before the point of what stands for infinity
_LIMIT_DIGITS = 160


def derivative(
    function: Callable[[Value], Value],
    at: Value,
    order: int,
    point: Point,
    here: Callable[[], Value],
) -> Value:
    """Return a derivative of a function of a number, which must have a value `here`, too.

    Floats that only what it is differentiated by comes from do not count.
    """
    if _has_floats(here, point) and _has_floats(partial(function, at), point):
        point.notes.coarse(COARSE_SLOPE)
        return _difference(function, at, mp.mpf(_FLOAT_STEPS.get(order, "0.03")), order)
    with mp.workdps(mp.dps + (order + 1) * _STEP):
        return _difference(function, at, mp.mpf(10) ** -_STEP, order)


def _has_floats(look: Callable[[], Value], point: Point) -> bool:
    return point.noted(look)[1].has_floats


def _difference(function: Callable[[Value], Value], at: Value, step: Value, order: int) -> Value:
    """Return the central difference of an order over its step."""
    total = 0
    for place in range(order + 1):
        weight = (-1) ** place * mp.binomial(order, place)
        total = total + weight * function(at + (mp.mpf(order) / 2 - place) * step)
    return total / step**order


@rule.register
def _(node: Derivative, scene: Scene) -> Value:
    inside = scene
    if node.arguments is not None and isinstance(node.body, Name):
        meaning = function_meaning(node.body, scene)
        arguments = [evaluate(each, scene) for each in node.arguments]
        inside = scene.bind(parameters(meaning, arguments, scene))
    keys = [key_of(name, inside) for name in node.variables]
    return _by(keys, lambda each: evaluate(node.body, each), inside)


def _by(keys: Sequence[Key], body: Callable[[Scene], Value], scene: Scene) -> Value:
    """Return the derivative of a body by some names, one after the other."""
    if not keys:
        return body(scene)
    key = keys[0]
    order = next(len([*same]) for _, same in groupby(keys))
    at = value_of(key, scene)
    if isinstance(at, np.ndarray):
        places = [tuple(index + 1 for index in place) for place in np.ndindex(at.shape)]
        entries = [(key[0], (*key[1], *place)) for place in places]
        slopes = array([_by([entry, *keys[1:]], body, scene) for entry in entries])
        return slopes.reshape(*at.shape, *slopes.shape[1:])

    def along(value: Value) -> Value:
        return _by(keys[order:], body, scene.bind({key: value}))

    here = partial(_by, keys[order:], body, scene)
    return derivative(along, at, order, scene.point, here)


def function_meaning(function: Name, scene: Scene) -> Meaning:
    """Return what a function means.

    Raises:
        FormulaError: If it has no parameters to differentiate by.
    """
    key = key_of(function, scene)
    found = scene.point.table.find(*key)
    if found is None:
        raise UnknownError(key)
    if not found.meaning.parameters:
        raise FormulaError(f"'{key[0]}' has no derivative: give the table of symbols '{key[0]}(x)'")
    return found.meaning


@rule.register
def _(node: Gradient, scene: Scene) -> Value:
    meaning = function_meaning(node.function, scene)
    own = [*(meaning.parameters or ())]
    body: Node = node.function
    if node.variable and node.variable not in own:  # the arguments may depend on it
        body = Call(node.function, 0, node.arguments)
    elif node.arguments is not None:
        arguments = [evaluate(each, scene) for each in node.arguments]
        scene = scene.bind(parameters(meaning, arguments, scene))
    keys = [key_of(name, scene) for name in ([node.variable] if node.variable else own)]

    def slopes(each: Scene) -> Value:
        found = [_by([key], lambda inner: evaluate(body, inner), each) for key in keys]
        return found[0] if len(found) == 1 else array(found)

    if node.order == 1:
        return slopes(scene)
    rows = [_by([key], slopes, scene) for key in keys]
    return rows[0] if len(rows) == 1 else array(rows)


@rule.register
def _(node: Call, scene: Scene) -> Value:
    primed = Name(node.function.base + "'" * node.order, node.function.indices)
    if node.order and not scene.point.table.meanings(primed.base):
        return _slope(node, scene)
    if node.arguments is None:
        return evaluate(primed, scene)
    return apply(primed, [evaluate(each, scene) for each in node.arguments], scene)


def _slope(node: Call, scene: Scene) -> Value:
    """Return the derivative of a function of one parameter."""
    meaning = function_meaning(node.function, scene)
    names_of = meaning.parameters or ()
    if len(names_of) != 1:
        raise FormulaError(
            f"'{meaning.name.base}' has several parameters: write \\frac{{\\partial …"
        )
    key = key_of(names_of[0], scene)
    at = evaluate(node.arguments[0], scene) if node.arguments else value_of(key, scene)

    def along(value: Value) -> Value:
        return apply(node.function, [value], scene)

    return derivative(along, at, node.order, scene.point, partial(along, at))


@rule.register
def _(node: Limit, scene: Scene) -> Value:
    target = evaluate(node.target, scene)
    key = node.variable.base, ()
    with mp.workdps(_LIMIT_DIGITS):
        if not mp.isfinite(target):
            near = mp.sign(target) * mp.mpf(10) ** _FAR
            return evaluate(node.body, scene.bind({key: near}))
        step = mp.mpf(10) ** -_FAR
        sides = [evaluate(node.body, scene.bind({key: target + h})) for h in (step, -step)]
        return (sides[0] + sides[1]) / 2


@rule.register
def _(node: Integral, scene: Scene) -> Value:
    low, high = evaluate(node.low, scene), evaluate(node.high, scene)
    key = node.variable.base, ()

    def body(value: Value) -> Value:
        return evaluate(node.body, scene.bind({key: value}))

    return mp.quad(body, [low, high])
