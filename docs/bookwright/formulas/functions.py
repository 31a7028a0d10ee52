"""The functions that have the same meaning on all pages."""

from collections.abc import Callable

import numpy as np

from bookwright.formulas.arithmetic import (
    Value,
    array,
    defined,
    described,
    elementwise,
    entries,
    matrix,
    mp,
    real,
    shape,
    staying_real,
    transpose,
)
from bookwright.formulas.tokens import FormulaError

_LARGEST_FACTORIAL = 10**6


def _factorial(value: Value) -> Value:
    if abs(value) > _LARGEST_FACTORIAL:
        raise FormulaError(f"a factorial is of at most {_LARGEST_FACTORIAL}")
    return mp.factorial(value)


def _mean(value: Value) -> Value:
    return sum(entries(value), mp.mpf(0)) / len(entries(value))


def _variance(value: Value) -> Value:
    return _mean(elementwise(lambda a: abs(a) ** 2, value - _mean(value)))


def _median(value: Value) -> Value:
    ordered = sorted(map(real, entries(value)))
    return (ordered[len(ordered) // 2] + ordered[~(len(ordered) // 2)]) / 2


def _diagonal(value: Value) -> Value:
    return np.array(mp.diag(entries(value)).tolist(), dtype=object)


def _norm(value: Value) -> Value:
    return mp.sqrt(sum((abs(each) ** 2 for each in entries(value)), mp.mpf(0)))


_OF_NUMBERS = {
    **{name: getattr(mp, name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "exp")},
    **{name: getattr(mp, name) for name in ("sinh", "cosh", "tanh", "coth", "sign", "sqrt")},
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "ln": mp.ln,
    "log": mp.ln,
    "abs": abs,
    "floor": mp.floor,
    "ceil": mp.ceil,
    "root": lambda value, degree: mp.root(value, int(degree)),
    "binom": mp.binomial,
    "!": _factorial,
    "%": lambda value: value / 100,
}
_OF_ARRAYS: dict[str, Callable[[Value], Value]] = {
    "transpose": transpose,
    "norm": _norm,
    "mean": _mean,
    "var": _variance,
    "std": lambda value: mp.sqrt(_variance(value)),
    "sum": lambda value: sum(entries(value), mp.mpf(0)),
    "max": lambda value: max(map(real, entries(value))),
    "min": lambda value: min(map(real, entries(value))),
    "median": _median,
    "diag": _diagonal,
    "tr": lambda value: sum(value.diagonal(), mp.mpf(0)),
    "det": lambda value: mp.det(matrix(value)),
}
_ROOTS = ("sqrt", "root")
_OF_MATRICES = ("tr", "det")


def apply(name: str, arguments: list[Value], *, is_complex: bool = False) -> Value:
    """Return the value of a function that has the same meaning on all pages.

    Roots of negative numbers have values only if complex numbers are expected.
    """
    if name in _OF_NUMBERS:
        leaving = is_complex and name in _ROOTS
        function = (defined if leaving else staying_real)(_OF_NUMBERS[name])
        return elementwise(function, *arguments)
    value = arguments[0] if len(arguments) == 1 else array(arguments)
    if name in _OF_MATRICES and len(shape(value)) != 2:
        raise FormulaError(f"'{name}' is of a matrix, and this is {described(value)}")
    return _OF_ARRAYS[name](value)
