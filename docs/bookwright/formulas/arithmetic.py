"""Calculate with numbers of many digits, and with arrays of them.

A vector has one axis, a matrix two. Side by side, matrices and vectors are multiplied as in linear
algebra, and two vectors entry by entry, like in a program.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import mpmath  # type: ignore[import-untyped]
import numpy as np

from bookwright.formulas.tokens import FormulaError

Value: TypeAlias = Any
"""A number of mpmath, or an array of NumPy that holds such numbers."""

mp: Any = mpmath.mp

DIGITS = 40
MOST_ENTRIES = 10_000
_HIGHEST_MATRIX_POWER = 1000
_LARGEST_INTEGER = 10**15
_LARGEST_MAGNITUDE = 10**6  # as a power of two; what is smaller than its inverse is nothing


class UndefinedError(FormulaError):
    """Something has no value at a point: another point may do."""


class NotRealError(UndefinedError):
    """A value is not a real number."""

    def __init__(self) -> None:
        """Say it."""
        super().__init__("a value is not real")


class MismatchError(FormulaError):
    """Vectors or matrices do not go together."""


def number(value: Fraction | complex) -> Value:
    """Return a number in the digits that are calculated with."""
    if isinstance(value, Fraction):
        return mp.mpf(value.numerator) / value.denominator
    return mp.mpmathify(value)


def shape(value: Value) -> tuple[int, ...]:
    """Return the lengths of the axes of an array: a number has none."""
    return value.shape if isinstance(value, np.ndarray) else ()


def entries(value: Value) -> list[Value]:
    """Return the entries of an array one after the other, or a number."""
    return [*value.flat] if isinstance(value, np.ndarray) else [value]


def array(rows: list[Value]) -> Value:
    """Return entries, or rows, as an array.

    Raises:
        FormulaError: If there are none, or if they have different shapes.
    """
    if not rows:
        raise FormulaError("brackets have nothing in them")
    if len({shape(row) for row in rows}) > 1:
        raise MismatchError("the entries of a vector have different shapes")
    found = np.empty((len(rows), *shape(rows[0])), dtype=object)
    for place, row in enumerate(rows):
        found[place] = row
    return found


def real(value: Value) -> Value:
    """Return a number that is real.

    Raises:
        UndefinedError: If it is not.
    """
    if isinstance(value, mp.mpc):
        if abs(value.imag) > abs(value) * mp.mpf(10) ** (-DIGITS // 2):
            raise NotRealError
        value = value.real
    if not mp.isfinite(value):
        raise UndefinedError("a value is not finite")
    return value


def integer(value: Value) -> int | None:
    """Return a number as an integer if it is one."""
    if not isinstance(value, mp.mpf) or not 0 <= value.exp < _LARGEST_INTEGER.bit_length():
        return None
    found = int(value)
    return found if abs(found) < _LARGEST_INTEGER else None


def elementwise(operation: Callable[..., Value], *operands: Value) -> Value:
    """Apply an operation to numbers, or to the entries of arrays.

    Raises:
        FormulaError: If the arrays have different shapes.
        UndefinedError: If there is no such value.
    """
    if any(isinstance(each, np.ndarray) for each in operands):
        operation = np.frompyfunc(operation, len(operands), 1)
    try:
        return operation(*operands)
    except (ZeroDivisionError, OverflowError):
        raise UndefinedError("a value is not finite") from None
    except ValueError as error:
        if any(shape(each) for each in operands):
            shapes = " and ".join(map(described, operands))
            raise MismatchError(f"{shapes} do not go together") from None
        raise UndefinedError(str(error)) from None


def described(value: Value) -> str:
    """Return in words what shape a value has."""
    match shape(value):
        case ():
            return "a number"
        case (length,):
            return f"a vector of {length}"
        case lengths:
            return f"a matrix of {' × '.join(map(str, lengths))}"


def add(left: Value, right: Value) -> Value:
    """Return a sum."""
    return elementwise(lambda a, b: a + b, left, right)


def multiply(left: Value, right: Value) -> Value:
    """Return the product of what stands side by side."""
    axes = len(shape(left)), len(shape(right))
    if 0 in axes or axes == (1, 1):
        return elementwise(lambda a, b: a * b, left, right)
    if axes == (1, 2) and shape(right)[0] == 1:
        return np.outer(left, right[0])
    if shape(left)[-1] != shape(right)[0]:
        raise MismatchError(f"{described(left)} times {described(right)} is not defined")
    product = left @ right
    return product[0] if shape(product) == (1,) else product


def dot(left: Value, right: Value) -> Value:
    r"""Return the product with a `\cdot`: of two vectors, their inner product."""
    if len(shape(left)) == len(shape(right)) == 1:
        return sum(entries(multiply(left, right)), mp.mpf(0))
    return multiply(left, right)


def divide(left: Value, right: Value) -> Value:
    """Return a quotient."""
    return elementwise(lambda a, b: a / b, left, right)


def power(base: Value, exponent: Value, *, is_complex: bool = False) -> Value:
    """Return a power: of a square matrix, its product with itself or its inverse."""
    if len(shape(base)) < 2:
        raised = defined if is_complex else staying_real
        return elementwise(raised(lambda a, b: a**b), base, exponent)
    times = integer(exponent)
    if times is None or abs(times) > _HIGHEST_MATRIX_POWER or len(set(shape(base))) > 1:
        raise FormulaError(f"{described(base)} has no such power")
    found = matrix(base) ** times
    return np.array(found.tolist(), dtype=object)


def matrix(value: Value) -> Value:
    """Return an array as a matrix of mpmath."""
    return mp.matrix(value.tolist())


def transpose(value: Value) -> Value:
    """Return a matrix with rows for columns, or a vector as a row."""
    if not shape(value):
        return value
    return value.T if len(shape(value)) > 1 else value.reshape(1, -1)


def stacked(rows: list[list[Value]]) -> Value:
    """Return a matrix of blocks: a vector is a column, and a number has one row and one column."""
    blocks = [[_block(value) for value in row] for row in rows]
    try:
        found = np.block(blocks)
    except ValueError:
        raise MismatchError("the blocks of a matrix do not go together") from None
    return found[:, 0] if found.shape[1] == 1 else found


def _block(value: Value) -> Value:
    if len(shape(value)) == 2:
        return value
    return np.array([*entries(value), None], dtype=object)[:-1].reshape(-1, 1)


def defined(function: Callable[..., Value]) -> Callable[..., Value]:
    """Return a function that says where it has no value."""

    def checked(*arguments: Value) -> Value:
        value = function(*arguments)
        if mp.isnan(value):
            raise UndefinedError("a value is not defined")
        if not mp.isfinite(value) or abs(mp.mag(value)) <= _LARGEST_MAGNITUDE or not value:
            return value
        if mp.mag(value) > 0:
            raise UndefinedError("a value is too large")
        return mp.mpf(0)

    return checked


def staying_real(function: Callable[..., Value]) -> Callable[..., Value]:
    """Return a function that has no value where it would leave the real numbers."""

    def checked(*arguments: Value) -> Value:
        value = defined(function)(*arguments)
        if isinstance(value, mp.mpc) and not any(isinstance(a, mp.mpc) for a in arguments):
            raise NotRealError
        return value

    return checked
