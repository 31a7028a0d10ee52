r"""Autograd: numbers that know where they come from, and send derivatives back there."""

from __future__ import annotations  # a Value is made of values

import math
from collections import defaultdict
from collections.abc import Callable

from gdbook._checks import finite_number
from gdbook._copies import twin

__all__ = ["Value", "topological_order"]


class Value:
    r"""A number, where it comes from, and the derivative of a result with respect to it.

    $$\bar v = \frac{\partial \, \text{result}}{\partial v}
    = \sum_{u \text{ made from } v} \bar u \, \frac{\partial u}{\partial v}$$

    Values take `+`, `-`, `*`, `/` and `**`, with each other and with plain numbers on either
    side, and the methods below. Each operation makes a new Value, and stores in it the local
    derivatives $\partial u / \partial v$ at this moment. Plain numbers become values, too. Only
    an exponent stays a number: $x^2$ takes any $x$, while an exponent that is a Value, and has
    a derivative of its own, needs a base greater than 0.

    All values are finite. An operation that is not defined, or has no derivative, raises a
    ValueError, such as a division by 0. One whose result or derivative is too large for a float
    raises an OverflowError, which `gradient_descent` takes for divergence. Kinks are no error:
    there, `relu` and `max` have the derivatives that PyTorch gives them.

    `copy.deepcopy` copies a Value with the whole graph behind it, however deep. `pickle` goes
    through the graph by recursion: more than about a hundred operations in a chain are too deep for
    it, and end in a RecursionError. Pickle the numbers, and compute anew.

    Args:
        data: The number, finite.
        label: Its name in tables and drawings.

    Attributes:
        data: The number. Set it to move a parameter; what was computed before stays as it was.
        grad: The derivative, to which each `backward` adds. Set it to 0.0 to begin anew.
        label: Its name in tables and drawings. Set it to name a result.
        operation: How the operation is written, with `{}` for each input, and an exponent to
            six digits; empty where there was none.
        inputs: What it was made from: pairs of a Value and the local derivative.

    Raises:
        TypeError: `data` or an operand is no real number, or `label` no text.
        ValueError: `data` or an operand is infinite or NaN, or an operation is not defined or
            has no derivative at its operands.
        OverflowError: A result or a local derivative is too large for a float.

    Examples:
        >>> from gdbook import Value
        >>> x, w = Value(1.5, label="x"), Value(2.0, label="w")
        >>> loss = (w * x - 1) ** 2
        >>> loss.backward()
        >>> loss
        Value(4.0, grad=1.0)
        >>> w
        Value(2.0, grad=6.0, label='w')

    Source:
        R. E. Wengert, *A simple automatic derivative evaluation program*, 1964; S. Linnainmaa,
        *Taylor expansion of the accumulated rounding error*, 1976, for the way back.
    """

    __array_ufunc__ = None  # NumPy's numbers leave an operation with a Value to the Value

    def __init__(self, data: float, *, label: str = "") -> None:
        """Make a Value that comes from no operation."""
        if not isinstance(label, str):
            raise TypeError(f"label is {label!r}: pass text.")
        self.data = finite_number("data", data)
        self.grad = 0.0
        self.label = label
        self.operation = ""
        self.inputs: tuple[tuple[Value, float], ...] = ()

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value({self.data}, grad={self.grad}{label})"

    def __deepcopy__(self, memo: dict[int, Value]) -> Value:
        return twin(topological_order(self), memo)

    def __add__(self, other: Value | float) -> Value:
        return _apply("{} + {}", lambda a, b: (a + b, 1.0, 1.0), self, other)

    def __sub__(self, other: Value | float) -> Value:
        return _apply("{} - {}", lambda a, b: (a - b, 1.0, -1.0), self, other)

    def __mul__(self, other: Value | float) -> Value:
        return _apply("{} * {}", lambda a, b: (a * b, b, a), self, other)

    def __truediv__(self, other: Value | float) -> Value:
        return _apply("{} / {}", lambda a, b: (a / b, 1 / b, -a / b / b), self, other)

    def __pow__(self, exponent: Value | float) -> Value:
        if isinstance(exponent, Value):
            return _apply("{} ** {}", _power, self, exponent)
        n = finite_number("exponent", exponent, wanted="a finite number or a Value")
        return _apply(
            f"{{}} ** {n:g}", lambda a: (math.pow(a, n), n * a ** (n - 1) if n else 0.0), self
        )

    def __neg__(self) -> Value:
        return _apply("-{}", lambda a: (-a, -1.0), self)

    def __radd__(self, other: float) -> Value:
        return _value(other) + self

    def __rsub__(self, other: float) -> Value:
        return _value(other) - self

    def __rmul__(self, other: float) -> Value:
        return _value(other) * self

    def __rtruediv__(self, other: float) -> Value:
        return _value(other) / self

    def __rpow__(self, base: float) -> Value:
        return _value(base) ** self

    def exp(self) -> Value:
        """Return the exponential of this Value."""
        return _apply("exp({})", lambda a: (math.exp(a), math.exp(a)), self)

    def log(self) -> Value:
        """Return the natural logarithm of this Value, which has to be greater than 0."""
        return _apply("log({})", lambda a: (math.log(a), 1 / a), self)

    def tanh(self) -> Value:
        """Return the hyperbolic tangent of this Value."""
        return _apply("tanh({})", lambda a: (math.tanh(a), 1 - math.tanh(a) ** 2), self)

    def relu(self) -> Value:
        """Return this Value where it is positive, else 0; at 0 the derivative is 0."""
        return _apply("relu({})", lambda a: (max(a, 0.0), float(a > 0)), self)

    def max(self, other: Value | float) -> Value:
        """Return the larger of two; where they are equal, each has the derivative 1/2."""
        return _apply("max({}, {})", _larger, self, other)

    def backward(self) -> None:
        """Add the derivatives of this Value to `grad` of itself and of all it was made from.

        They go back along all paths, from 1 at this Value. A second call adds the same once
        more, as PyTorch does where the graph is retained. What is too large for a float becomes
        infinite, as in PyTorch.
        """
        adjoints = defaultdict(float, {self: 1.0})
        for result in reversed(topological_order(self)):
            result.grad += adjoints[result]
            for value, derivative in result.inputs:
                adjoints[value] += adjoints[result] * derivative


def topological_order(result: Value) -> list[Value]:
    r"""Return all values that a result was made from, each after its inputs, the result last.

    $$v_1, \dots, v_n \quad \text{with } i < j \text{ wherever } v_j \text{ was made from } v_i$$

    There is no recursion, so that the graph may be as deep as memory allows.

    Args:
        result: The last of them.

    Returns:
        The values, each once.

    Raises:
        TypeError: `result` is no Value.

    Examples:
        >>> from gdbook import Value, topological_order
        >>> x = Value(3.0)
        >>> topological_order(x * x + 1)
        [Value(3.0, grad=0.0), Value(9.0, grad=0.0), Value(1.0, grad=0.0), Value(10.0, grad=0.0)]

    Source:
        R. E. Tarjan, *Edge-disjoint spanning trees and depth-first search*, 1976.
    """
    if not isinstance(result, Value):
        raise TypeError(f"result is {result!r}: pass a Value.")
    order: list[Value] = []
    seen = set()
    stack = [(result, False)]
    while stack:
        value, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack.extend((source, False) for source, _ in reversed(value.inputs))
    return order


def _apply(
    operation: str, rule: Callable[..., tuple[float, ...]], *operands: Value | float
) -> Value:
    """Return the Value of an operation; its rule gives the number, then each derivative."""
    inputs = [_value(operand) for operand in operands]
    numbers = [finite_number("data", value.data) for value in inputs]
    try:
        number, *derivatives = map(_finite, rule(*numbers))
    except (ArithmeticError, ValueError) as error:
        kind = OverflowError if isinstance(error, OverflowError) else ValueError
        written = operation.format(*(f"({n})" if n < 0 else n for n in numbers))
        raise kind(
            f"{written} has no finite value or no finite derivative: pass other numbers."
        ) from None
    result = Value(number)
    result.operation = operation
    result.inputs = tuple(zip(inputs, derivatives, strict=True))
    return result


def _value(operand: Value | float) -> Value:
    if isinstance(operand, Value):
        return operand
    return Value(finite_number("operand", operand, wanted="a finite number or a Value"))


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise OverflowError
    return number


def _power(a: float, b: float) -> tuple[float, float, float]:
    return a**b, b * a ** (b - 1), a**b * math.log(a)


def _larger(a: float, b: float) -> tuple[float, float, float]:
    return max(a, b), (a > b) + (a == b) / 2, (b > a) + (a == b) / 2
