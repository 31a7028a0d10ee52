"""Call functions of Python that the table of symbols has, and take what they return."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from fractions import Fraction

import numpy as np

from bookwright.formulas.arithmetic import UndefinedError, Value, array, mp, number, real, shape
from bookwright.formulas.points import Point
from bookwright.formulas.tokens import FormulaError

_COST = 20
_PREFERS_FLOATS = (TypeError, AttributeError, ValueError)
_OUTSIDE = (ValueError, ArithmeticError, LookupError)


def call(
    function: Callable[..., object], arguments: Sequence[Value | int], point: Point, name: str
) -> Value:
    """Return the value of a function of Python: of floats, if it cannot take other numbers.

    A function that turns some of its numbers into floats gets floats only: what it would make of
    the others has many digits, and few of them are right.

    Raises:
        UndefinedError: If it says that the arguments are outside of where it is defined.
        FormulaError: If it fails in another way, or returns no number.
    """
    point.work(_COST)
    try:
        result = _result(function, arguments, point)
    except UndefinedError:
        raise
    except _OUTSIDE as error:
        raise UndefinedError(f"'{name}' raises {type(error).__name__}: {error}") from None
    except Exception as error:  # noqa: BLE001  # whatever the function does, the page names it
        raise FormulaError(f"'{name}' raises {type(error).__name__}: {error}") from None
    return _value(result, point, name)


def _result(
    function: Callable[..., object], arguments: Sequence[Value | int], point: Point
) -> object:
    try:
        with _conversions() as converted:
            result = function(*map(copy, arguments))
        if not converted:
            return result
    except _PREFERS_FLOATS:
        pass
    result = function(*map(_in_floats, arguments))
    if isinstance(result, mp.mpf | mp.mpc):
        point.notes.floats()
    return result


@contextmanager
def _conversions() -> Iterator[list[Value]]:
    """Note which numbers of many digits are turned into floats."""
    found: list[Value] = []
    as_it_is = mp.mpf.__float__

    def noticed(value: Value) -> float:
        found.append(value)
        return float(as_it_is(value))

    mp.mpf.__float__ = noticed
    try:
        yield found
    finally:
        mp.mpf.__float__ = as_it_is


def _in_floats(value: Value) -> object:
    if isinstance(value, np.ndarray):
        return np.array([_in_floats(each) for each in value])
    return value if isinstance(value, int) else float(real(value))


def _value(result: object, point: Point, name: str) -> Value:
    """Return a result as a value, and note whether it comes in floats."""
    if isinstance(result, mp.mpf | mp.mpc):
        return result
    if hasattr(result, "__array__") and shape(np.asarray(result)):
        return array([_value(each, point, name) for each in np.asarray(result)])
    if isinstance(result, list | tuple):
        return array([_value(each, point, name) for each in result])
    if hasattr(result, "item"):
        result = result.item()
    if isinstance(result, float | complex):
        point.notes.floats()
        return mp.mpmathify(result)
    if isinstance(result, int | Fraction):
        return number(Fraction(result))
    raise FormulaError(f"'{name}' returns a {type(result).__name__}, and no number")
