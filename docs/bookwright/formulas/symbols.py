"""What a value of Python stands for in the table of symbols."""

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import NamedTuple, TypeAlias

import numpy as np

from bookwright.formulas.nodes import Node
from bookwright.formulas.tokens import FormulaError

EXPECTATION = r"\mathbb E"
EXACT_DIGITS = 12
_LONGEST = 10_000


class Constant(NamedTuple):
    """A number; a coarse one was computed in floats."""

    value: Fraction | float | complex
    is_coarse: bool = False


class Interval(NamedTuple):
    """A random number between two ends."""

    low: "Content"
    high: "Content"


class Choice(NamedTuple):
    """A random one of some values; of a chance, an expectation can be taken."""

    values: tuple["Content", ...]
    weights: tuple["Content", ...] = ()
    is_chance: bool = False


class Definition(NamedTuple):
    """TeX: read when it is used, since it may use functions that are defined below it."""

    tex: str


Content: TypeAlias = (
    Constant | Interval | Choice | Definition | Node | Callable[..., object] | np.ndarray
)


def read(value: object, key: str) -> Content:
    """Return what a value of Python stands for in the table.

    Raises:
        FormulaError: If it stands for nothing.
    """
    found: Content | None = _constant(value)
    found = _collection(value, key) if found is None else found
    if found is not None:
        return found
    if isinstance(value, str):
        return Definition(value)
    if callable(value):
        return value
    raise FormulaError(
        f"in the table of symbols, '{key}' is a {type(value).__name__}: it can be a number, an "
        "interval, a range, a list, TeX or a function"
    )


def _collection(value: object, key: str) -> Content | None:
    if hasattr(value, "__array__"):
        return read(np.asarray(value).tolist(), key)
    if isinstance(value, tuple) and len(value) == 2:
        return Interval(*(read(end, key) for end in value))
    if isinstance(value, range | AbstractSet):
        ordered = value if isinstance(value, range) else sorted(value, key=repr)
        return Choice(tuple(read(each, key) for each in ordered[:_LONGEST]))
    if isinstance(value, list | tuple):
        return _array([read(each, key) for each in value], key)
    return None


def _constant(value: object) -> Constant | None:
    if isinstance(value, Integral):
        return Constant(Fraction(int(value)))
    if isinstance(value, Fraction | Decimal):
        return Constant(Fraction(value))
    if isinstance(value, Real):
        digits = repr(float(value))
        exact = len(re.sub(r"e.*|\D", "", digits).strip("0")) <= EXACT_DIGITS
        finite = np.isfinite(float(value))
        return Constant(Fraction(digits)) if exact and finite else Constant(float(value), True)  # noqa: FBT003
    if isinstance(value, complex):
        return Constant(complex(value), is_coarse=True)
    if hasattr(value, "_mpf_"):
        return Constant(value)  # type: ignore[arg-type]
    return None


def _array(items: list[Content], key: str) -> Content:
    shapes = {item.shape if isinstance(item, np.ndarray) else () for item in items}
    if len(shapes) != 1:
        raise FormulaError(f"in the table of symbols, the rows of '{key}' have different lengths")
    found = np.empty((len(items), *shapes.pop()), dtype=object)
    for place, item in enumerate(items):
        found[place] = item
    return found


def read_chance(values: object, key: str) -> Choice:
    """Return what is averaged over: equally likely values, or those with their probabilities."""
    if isinstance(values, Mapping):
        weights = tuple(read(weight, key) for weight in values.values())
        return Choice(tuple(read(each, key) for each in values), weights, is_chance=True)
    if isinstance(values, Iterable) and not isinstance(values, str):
        return Choice(tuple(read(each, key) for each in values), is_chance=True)
    raise FormulaError(f"in '{EXPECTATION}', '{key}' stands for its values")
