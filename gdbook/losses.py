r"""Losses: how wrong is one prediction?

Each function is elementwise: it returns one loss per prediction, and the caller takes the sum
or the mean. Targets come before predictions, always.
"""

from gdbook._checks import Array, elementwise

__all__ = ["half_squared_error", "squared_error"]


@elementwise
def squared_error(y_true: Array, y_pred: Array) -> Array:
    r"""Return the squared distance of each prediction from its target.

    $$\ell(y, \hat y) = (\hat y - y)^2$$

    Its mean over the samples is the mean squared error (MSE), its sum the sum of squared
    errors (SSE).

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.

    Returns:
        One loss per prediction, in the shape of `y_true`. Its unit is the target's, squared.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds NaN or infinity.

    Examples:
        >>> from gdbook import squared_error
        >>> squared_error([1.0, 2.0], [1.0, 5.0])
        array([0., 9.])

    Source:
        A.-M. Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805.
    """
    return (y_pred - y_true) ** 2


@elementwise
def half_squared_error(y_true: Array, y_pred: Array) -> Array:
    r"""Return half the squared distance of each prediction from its target.

    $$\ell(y, \hat y) = \tfrac12 (\hat y - y)^2$$

    The half cancels the 2 that the derivative brings, and leaves the residual alone.

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.

    Returns:
        One loss per prediction, in the shape of `y_true`. Its unit is the target's, squared.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds NaN or infinity.

    Examples:
        >>> from gdbook import half_squared_error
        >>> half_squared_error([1.0, 2.0], [1.0, 5.0])
        array([0. , 4.5])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 3.1.
    """
    return (y_pred - y_true) ** 2 / 2
