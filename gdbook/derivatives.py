r"""Derivatives of the losses: which way, and how hard, does one prediction pull?

For each loss, in the order of `gdbook.losses`: $\partial \ell / \partial \hat y$, elementwise.
"""

from typing import NamedTuple

from gdbook import losses
from gdbook._checks import Array, Elementwise, elementwise

__all__ = [
    "derivative_of",
    "half_squared_error_derivative",
    "largest_second_derivative",
    "squared_error_derivative",
]


@elementwise
def squared_error_derivative(y_true: Array, y_pred: Array) -> Array:
    r"""Return the derivative of the squared error with respect to the prediction.

    $$\frac{\partial}{\partial \hat y} (\hat y - y)^2 = 2 (\hat y - y)$$

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.

    Returns:
        One derivative per prediction, in the shape and the unit of `y_true`.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds NaN or infinity.

    Examples:
        >>> from gdbook import squared_error_derivative
        >>> squared_error_derivative([1.0, 2.0], [1.0, 5.0])
        array([0., 6.])

    Source:
        The chain rule.
    """
    return 2 * (y_pred - y_true)


@elementwise
def half_squared_error_derivative(y_true: Array, y_pred: Array) -> Array:
    r"""Return the derivative of half the squared error: the residual itself.

    $$\frac{\partial}{\partial \hat y} \tfrac12 (\hat y - y)^2 = \hat y - y$$

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.

    Returns:
        One derivative per prediction, in the shape and the unit of `y_true`.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds NaN or infinity.

    Examples:
        >>> from gdbook import half_squared_error_derivative
        >>> half_squared_error_derivative([1.0, 2.0], [1.0, 5.0])
        array([0., 3.])

    Source:
        The chain rule.
    """
    return y_pred - y_true


class _Calculus(NamedTuple):
    derivative: Elementwise
    largest_second_derivative: float


_CALCULUS = {
    losses.squared_error: _Calculus(squared_error_derivative, 2.0),
    losses.half_squared_error: _Calculus(half_squared_error_derivative, 1.0),
}


def _calculus_of(loss: Elementwise) -> _Calculus:
    for known, calculus in _CALCULUS.items():
        if loss is known:
            return calculus
    names = ", ".join(known.__name__ for known in _CALCULUS)
    raise ValueError(f"loss is {loss!r}: pass one of gdbook's losses ({names}).")


def derivative_of(loss: Elementwise) -> Elementwise:
    r"""Return the derivative that belongs to a loss of this book.

    $$\ell \mapsto \frac{\partial \ell}{\partial \hat y}$$

    Args:
        loss: A function of `gdbook.losses`.

    Returns:
        The function of `gdbook.derivatives` that differentiates it.

    Raises:
        ValueError: The loss is not one of `gdbook.losses`.

    Examples:
        >>> from gdbook import derivative_of, squared_error
        >>> derivative_of(squared_error).__name__
        'squared_error_derivative'

    Source:
        The pairs are checked against SymPy, central differences and autograd in the tests.
    """
    return _calculus_of(loss).derivative


def largest_second_derivative(loss: Elementwise) -> float:
    r"""Return the largest value that the second derivative of a loss can take.

    $$\sup_{y, \hat y} \frac{\partial^2 \ell}{\partial \hat y^2}$$

    Args:
        loss: A function of `gdbook.losses`.

    Returns:
        A number without unit: 2 for the squared error, 1 for half of it.

    Raises:
        ValueError: The loss is not one of `gdbook.losses`.

    Examples:
        >>> from gdbook import half_squared_error, largest_second_derivative
        >>> largest_second_derivative(half_squared_error)
        1.0

    Source:
        The chain rule, once more.
    """
    return _calculus_of(loss).largest_second_derivative
