"""Tell how closely a number is given by the digits that it is written with."""

from bookwright.formulas.arithmetic import Value, array
from bookwright.formulas.evaluation import evaluate, half_unit
from bookwright.formulas.nodes import (
    Computed,
    Function,
    Negative,
    Node,
    Number,
    Operation,
    Rounded,
    Sequence,
)
from bookwright.formulas.points import Scene


def unit_of(node: Node, scene: Scene) -> Value | None:
    """Return half a unit of the last digit of what is written in digits."""
    match node:
        case Number(digits) | Rounded(digits):
            return half_unit(digits)
        case Computed(inner) | Negative(inner):
            return unit_of(inner, scene)
        case Function("%", (inner,)):
            unit = unit_of(inner, scene)
            return None if unit is None else unit / 100
        case Operation(r"\cdot", inner, Operation("^", Number("10"), _) as scale):
            unit = unit_of(inner, scene)
            return None if unit is None else unit * evaluate(scale, scene)
        case Sequence(items, _):
            units = [unit_of(item, scene) for item in items]
            return None if None in units else array(units)
    return None
