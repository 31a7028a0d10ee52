r"""Compare the sides of a relation as closely as they are known.

What is exact agrees to 30 digits. A computed number with a point, a power of ten or a per cent
stands for all that are rounded to it; a whole number or a fraction is exact. Beside `\approx`, a
side in digits is the other one rounded to these digits, and two other sides differ by at most 5 %,
and of each term on the right: what is added there has to matter.
What comes from a function in floats agrees to 9 digits, its derivatives to 4.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from bookwright.formulas.arithmetic import (
    MismatchError,
    UndefinedError,
    Value,
    described,
    elementwise,
    entries,
    mp,
    real,
    shape,
)
from bookwright.formulas.digits import unit_of
from bookwright.formulas.evaluation import evaluate
from bookwright.formulas.lookup import draw_indices
from bookwright.formulas.nodes import (
    Chain,
    Dots,
    Iteration,
    Name,
    Node,
    Sum,
    names,
)
from bookwright.formulas.notes import EXACT
from bookwright.formulas.points import Point, Scene
from bookwright.formulas.sets import are_equal, is_endless, is_list, is_member, is_set, members
from bookwright.formulas.tokens import FormulaError

ROUGH = mp.mpf("0.05")
FAR = 10
_LENIENT = 10**5  # times the noise: an equality may be approached
_SLIGHTLY_MORE = mp.mpf("1.000001")  # a number may be half a unit off, and it is not linear


class Difference(NamedTuple):
    """Two sides of a chain between which the relation does not hold."""

    place: int
    left: Value
    right: Value


class _Side(NamedTuple):
    """A side of a relation: its value, and by how much its rounded numbers may change it."""

    node: Node
    value: Value
    slack: Value = 0


def holds(chain: Chain, scene: Scene) -> bool:
    """Tell whether all relations of a chain hold."""
    return difference(chain, scene) is None


def difference(chain: Chain, scene: Scene) -> Difference | None:
    """Return the first two sides of a chain between which the relation does not hold.

    Raises:
        FormulaError: If sides cannot be compared.
    """
    draw_indices(names(chain.guards), chain.sides, scene)
    if not all(holds(guard, scene) for guard in chain.guards):
        raise UndefinedError("its condition is not met")
    sides = [_Side(node, _value(node, scene)) for node in chain.sides]
    sides = [_with_slack(side, scene) for side in sides]
    for place, (relation, left, right) in enumerate(
        zip(chain.relations, sides, sides[1:], strict=False)
    ):
        if not _is_so(relation, left, right, scene):
            return Difference(place, left.value, right.value)
    return None


def _value(node: Node, scene: Scene) -> Value:
    """Return the value of a side; what is no value is looked at when it is compared."""
    return None if is_set(node) or is_endless(node) else evaluate(node, scene)


def _with_slack(side: _Side, scene: Scene) -> _Side:
    """Return a side with what half a unit of each rounded number makes of it."""
    slack = mp.mpf(0)
    for node in scene.point.notes.rounded if side.value is not None else ():
        other = evaluate(side.node, replace(scene, point=scene.point.nudged(node)))
        slack = slack + abs(other - side.value)
    return side._replace(slack=slack)


def _is_so(relation: str, left: _Side, right: _Side, scene: Scene) -> bool:
    if relation in (r"\in", r"\notin"):
        return is_member(left.value, right.node, scene) == (relation == r"\in")
    is_one = not shape(left.value)
    if relation == "=" and is_one and is_list(right.node, dots=True):
        return any(are_equal(left.value, each, scene) for each in members(right.node, scene))
    if is_one and is_list(right.node, dots=False):
        left = _all_values(left, scene)
    if right.value is None or relation not in _COMPARISONS:
        raise FormulaError(f"'{relation}' is not checked: mark the formula with @unchecked{{…}}")
    _check_shapes(left.value, right.value)
    margin = _MARGINS.get(relation, _closeness)(left, right, scene)
    if relation in _ORDERS:
        left, right = (_ordered(side) for side in (left, right))
    verdicts = elementwise(_COMPARISONS[relation], left.value, right.value, margin)
    return (any if relation == r"\ne" else all)(entries(verdicts))


def _all_values(side: _Side, scene: Scene) -> _Side:
    """Return a side for all values of the index that it has: in their order, they are a list."""
    table = scene.point.table
    indices = {index for name in names(side.node) for index in name.indices}
    free = [each for each in indices if isinstance(each, Name) and not table.find(each.base, ())]
    if len(free) != 1 or scene.read((free[0].base, ())) is not None:
        return side
    node = Iteration("list", free[0], None, None, side.node)
    return _with_slack(_Side(node, evaluate(node, scene)), scene)


def _check_shapes(left: Value, right: Value) -> None:
    same = shape(left) == shape(right)
    zero = any(not shape(side) and side == 0 for side in (left, right))
    if not same and not zero:
        raise MismatchError(f"one side is {described(left)}, and the other {described(right)}")


def _closeness(left: _Side, right: _Side, scene: Scene) -> Value:
    """Return by how much two equal sides may differ: in floats, nothing is as small as 0."""
    point = scene.point
    rest = point.notes.accuracy if point.notes.has_floats else 0
    beside_0 = elementwise(lambda a, b: 0 if a and b else rest, left.value, right.value)
    return _noise(left, right, point) + _slack(left, right) + beside_0


def _strictly(left: _Side, right: _Side, scene: Scene) -> Value:
    """Return by how much the smaller side may be larger: less than nothing if both are exact."""
    noise, slack = _noise(left, right, scene.point), _slack(left, right)
    return elementwise(
        lambda a, b: a + b if b or scene.point.notes.accuracy > EXACT else -a, noise, slack
    )


def _at_most(left: _Side, right: _Side, scene: Scene) -> Value:
    exact = scene.point.notes.accuracy == EXACT
    return _noise(left, right, scene.point) * (_LENIENT if exact else 1) + _slack(left, right)


def _noise(left: _Side, right: _Side, point: Point) -> Value:
    sizes = elementwise(
        lambda a, b: max(abs(a), abs(b), point.notes.addend), left.value, right.value
    )
    return sizes * point.notes.accuracy


def _slack(left: _Side, right: _Side) -> Value:
    return (left.slack + right.slack) * _SLIGHTLY_MORE


def _roughness(left: _Side, right: _Side, scene: Scene) -> Value:
    """Return by how much two sides that are about the same may differ."""
    units = [unit for side in (left, right) if (unit := unit_of(side.node, scene)) is not None]
    if not units:
        sizes = elementwise(lambda a, b: max(abs(a), abs(b)), left.value, right.value)
        for term in _terms(right.node):
            sizes = elementwise(
                lambda a, b: min(a, abs(b)) if b else a, sizes, evaluate(term, scene)
            )
        return sizes * ROUGH + left.slack + right.slack
    largest = units[0] if len(units) == 1 else elementwise(max, *units)
    slack = sum(side.slack for side in (left, right) if unit_of(side.node, scene) is None)
    return largest * _SLIGHTLY_MORE + slack


def _terms(node: Node) -> tuple[Node, ...]:
    """Return what is added in a side, if all of it is written down."""
    terms = node.terms if isinstance(node, Sum) else ()
    return () if any(isinstance(term, Dots) for term in terms) else terms


def _ordered(side: _Side) -> _Side:
    return side._replace(value=elementwise(real, side.value))


def _are_close(left: Value, right: Value, margin: Value) -> bool:
    if not (mp.isfinite(left) and mp.isfinite(right)):
        raise UndefinedError("a value is not finite")
    return bool(abs(left - right) <= margin)


_COMPARISONS: dict[str, Callable[[Value, Value, Value], bool]] = {
    "=": _are_close,
    r"\approx": _are_close,
    r"\simeq": _are_close,
    r"\ne": lambda left, right, margin: not _are_close(left, right, margin),
    "<": lambda left, right, margin: left < right + margin,
    ">": lambda left, right, margin: right < left + margin,
    r"\le": lambda left, right, margin: left <= right + margin,
    r"\ge": lambda left, right, margin: right <= left + margin,
    r"\ll": lambda left, right, margin: FAR * left < right + margin,
    r"\gg": lambda left, right, margin: FAR * right < left + margin,
}
_ORDERS = {"<", ">", r"\le", r"\ge", r"\ll", r"\gg"}
_MARGINS = {
    **dict.fromkeys((r"\approx", r"\simeq"), _roughness),
    **dict.fromkeys(("<", ">", r"\ll", r"\gg"), _strictly),
    **dict.fromkeys((r"\le", r"\ge"), _at_most),
}
