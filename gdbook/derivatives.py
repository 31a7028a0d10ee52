r"""Derivatives of the losses: which way, and how hard, does one prediction pull?

For each loss, in the order of `gdbook.losses`: $\partial \ell / \partial \hat y$, elementwise.
Those of whole rows are in `gdbook.cross_entropies`; `gdbook.calculus` finds them all.
"""

import numpy as np

from gdbook._checks import Array, checked, elementwise, positive_number, probabilities

__all__ = [
    "absolute_error_derivative",
    "binary_cross_entropy_derivative",
    "binary_cross_entropy_with_logits_derivative",
    "half_squared_error_derivative",
    "huber_derivative",
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


@elementwise
def absolute_error_derivative(y_true: Array, y_pred: Array) -> Array:
    r"""Return the derivative of the absolute error: the sign of the residual.

    $$\frac{\partial}{\partial \hat y} \lvert \hat y - y \rvert = \operatorname{sign}(\hat y - y)$$

    At $\hat y = y$ there is a kink and no derivative. The value returned there is 0: it lies
    between the slopes -1 and 1 on either side, and it leaves a perfect prediction alone.

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.

    Returns:
        One derivative per prediction, in the shape of `y_true`, without unit; it is -1, 0 or 1.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds NaN or infinity.

    Examples:
        >>> from gdbook import absolute_error_derivative
        >>> absolute_error_derivative([1.0, 2.0, 3.0], [1.0, 5.0, 2.0])
        array([ 0.,  1., -1.])

    Source:
        P. Bloomfield and W. L. Steiger, *Least Absolute Deviations*, 1983.
    """
    return np.sign(y_pred - y_true)


@checked(delta=positive_number)
def huber_derivative(y_true: Array, y_pred: Array, *, delta: float = 1.0) -> Array:
    r"""Return the derivative of the Huber loss: the residual, but never more than `delta`.

    $$\frac{\partial \ell}{\partial \hat y} = \max(-\delta, \min(\hat y - y, \delta))$$

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.
        delta: Residual $\delta$ at which the loss becomes linear, greater than 0, in the unit
            of `y_true`.

    Returns:
        One derivative per prediction, in the shape and the unit of `y_true`.

    Raises:
        TypeError: An argument does not hold real numbers, or `delta` is no number.
        ValueError: The shapes differ, an argument is empty or holds NaN or infinity, or `delta`
            is not finite and positive.

    Examples:
        >>> from gdbook import huber_derivative
        >>> huber_derivative([1.0, 2.0], [1.5, 5.0], delta=1.0)
        array([0.5, 1. ])

    Source:
        P. J. Huber, *Robust Estimation of a Location Parameter*, 1964.
    """
    return np.clip(y_pred - y_true, -delta, delta)


@checked(y_true=probabilities, y_pred=probabilities)
def binary_cross_entropy_derivative(y_true: Array, y_pred: Array) -> Array:
    r"""Return the derivative of the binary cross-entropy with respect to the probability.

    $$\frac{\partial \ell}{\partial \hat y} = -\frac{y}{\hat y} + \frac{1 - y}{1 - \hat y}
    = \frac{\hat y - y}{\hat y (1 - \hat y)}$$

    A term whose numerator is 0 is 0, so that certain and right predictions have the slope that
    the loss has beside them: 1 at $\hat y = y = 0$, -1 at $\hat y = y = 1$.

    Args:
        y_true: Targets $y$, any shape: 1 for yes, 0 for no, or a probability of yes.
        y_pred: Predicted probabilities of yes $\hat y$, the shape of `y_true`.

    Returns:
        One derivative per prediction, in the shape of `y_true`. It is infinite where the
            prediction is certain and wrong.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds a number that is not
            between 0 and 1.

    Examples:
        >>> from gdbook import binary_cross_entropy_derivative
        >>> binary_cross_entropy_derivative([1.0, 1.0, 1.0], [1.0, 0.5, 0.0])
        array([ -1.,  -2., -inf])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.2.
    """
    variance = abs(y_pred * (1 - y_pred))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = (y_pred - y_true) / variance
    return np.where((variance == 0) & (y_pred == y_true), 1 - 2 * y_true, slope)


@checked(y_true=probabilities)
def binary_cross_entropy_with_logits_derivative(y_true: Array, y_pred: Array) -> Array:
    r"""Return the derivative of the binary cross-entropy with respect to the logit.

    $$\frac{\partial \ell}{\partial z} = \frac{1}{1 + e^{-z}} - y$$

    Args:
        y_true: Targets $y$, any shape: 1 for yes, 0 for no, or a probability of yes.
        y_pred: Logits $z$, the shape of `y_true`.

    Returns:
        One derivative per logit, in the shape of `y_true`, the probability less the target.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or holds NaN or infinity, or a
            target is not between 0 and 1.

    Examples:
        >>> from gdbook import binary_cross_entropy_with_logits_derivative
        >>> binary_cross_entropy_with_logits_derivative([1.0, 1.0, 1.0], [1000.0, 0.0, -1000.0])
        array([ 0. , -0.5, -1. ])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.2.
    """
    small = np.exp(-abs(y_pred))
    probability: Array = np.where(y_pred < 0, small, 1.0) / (1 + small)
    return probability - y_true
