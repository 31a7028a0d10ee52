"""Say what is wrong with a formula: which sides, where, and what they are there."""

import numpy as np

from bookwright.formulas.arithmetic import Value, entries, mp, shape
from bookwright.formulas.nodes import Chain
from bookwright.formulas.points import Point
from bookwright.formulas.relations import Difference

_LONGEST = 40
_MOST = 4  # values that are shown
_FEW_DIGITS, _MANY_DIGITS = 5, 16
_EQUATING = {"=", r"\approx", r"\simeq"}


def text(chain: Chain, place: int | None = None) -> str:
    """Return a chain in TeX, or one of its relations with its sides, in short."""
    chosen = range(len(chain.relations)) if place is None else (place,)
    parts = [_short(chain.texts[chosen[0]])]
    for each in chosen:
        parts += [chain.relations[each], _short(chain.texts[each + 1])]
    return " ".join(parts)


def difference(chain: Chain, found: Difference, point: Point) -> str:
    """Say of two sides what they are."""
    what, place = text(chain, found.place), where(point)
    values = _values(found.left, found.right)
    if chain.relations[found.place] in _EQUATING:
        return f"the two sides of '{what}' differ{place}: {values}"
    return f"'{what}' does not hold{place}: {values}"


def ratio(chain: Chain, found: Difference, point: Point) -> str:
    """Say of two sides that they are not proportional."""
    values = _values(found.left, found.right)
    return (
        f"the ratio of the sides of '{text(chain)}' is not always the same: {values}{where(point)}"
    )


def implication(first: Chain, second: Chain, point: Point, *, one: bool) -> str:
    """Say that one of two statements holds where the other does not."""
    yes, no = (first, second) if one else (second, first)
    return f"'{text(yes)}' holds{where(point)}, and '{text(no)}' does not"


def _short(tex: str) -> str:
    tex = " ".join(tex.split())
    return tex if len(tex) <= _LONGEST else f"{tex[: _LONGEST - 1]}…"


def where(point: Point) -> str:
    """Say what the random values at a point are."""
    ordered = sorted(point.notes.shown.items(), key=lambda each: "_" in each[0])
    shown = [f"{name} = {_number(value, 4)}" for name, value in ordered]
    more = ", …" if len(shown) > _MOST else ""
    return f" at {', '.join(shown[:_MOST])}{more}" if shown else ""


def _values(left: Value, right: Value) -> str:
    """Return two values with enough digits to see that they are different.

    Of two vectors, these are the entries that differ most.
    """
    if shape(left) == shape(right) != ():
        place = max(np.ndindex(left.shape), key=lambda place: abs(left[place] - right[place]))
        index = ", ".join(str(each + 1) for each in place)
        return f"{_values(left[place], right[place])} in entry {index}"
    for digits in range(_FEW_DIGITS, _MANY_DIGITS + 1):
        one, other = _value(left, digits), _value(right, digits)
        if one != other:
            break
    return f"{one} and {other}"


def _value(value: Value, digits: int) -> str:
    if not shape(value):
        return _number(value, digits)
    numbers = [_number(each, digits) for each in entries(value)]
    more = ", …" if len(numbers) > _MOST else ""
    return f"({', '.join(numbers[:_MOST])}{more})"


def _number(value: Value, digits: int) -> str:
    return str(mp.nstr(value, digits)).removesuffix(".0")
