r"""Losses: how wrong is one prediction?

Each function is elementwise: it returns one loss per prediction, and the caller takes the sum
or the mean. Targets come before predictions, always. Losses of whole rows are in
`gdbook.cross_entropies`.
"""

import numpy as np

from gdbook._checks import Array, checked, elementwise, positive_number, probabilities

__all__ = [
    "absolute_error",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "half_squared_error",
    "huber",
    "squared_error",
]


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


@elementwise
def absolute_error(y_true: Array, y_pred: Array) -> Array:
    r"""Return the distance of each prediction from its target.

    $$\ell(y, \hat y) = \lvert \hat y - y \rvert$$

    Its mean over the samples is the mean absolute error (MAE).

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.

    Returns:
        One loss per prediction, in the shape and the unit of `y_true`.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds NaN or infinity.

    Examples:
        >>> from gdbook import absolute_error
        >>> absolute_error([1.0, 2.0], [1.0, 5.0])
        array([0., 3.])

    Source:
        P. Bloomfield and W. L. Steiger, *Least Absolute Deviations*, 1983.
    """
    return abs(y_pred - y_true)


@checked(delta=positive_number)
def huber(y_true: Array, y_pred: Array, *, delta: float = 1.0) -> Array:
    r"""Return a loss that is squared for small residuals and grows in proportion to large ones.

    $$\ell(y, \hat y) = \begin{cases}
    \tfrac12 r^2 & \text{if } \lvert r \rvert \le \delta \\
    \delta \left( \lvert r \rvert - \tfrac12 \delta \right) & \text{otherwise}
    \end{cases} \qquad r = \hat y - y$$

    Both cases are $\tfrac12 c^2 + \delta \, (\lvert r \rvert - c)$ with
    $c = \min(\lvert r \rvert, \delta)$, and so it is computed.

    Args:
        y_true: Targets $y$, any shape.
        y_pred: Predictions $\hat y$, the shape of `y_true`.
        delta: Residual $\delta$ at which the cases meet, greater than 0, in the unit of `y_true`.

    Returns:
        One loss per prediction, in the shape of `y_true`. Its unit is the target's, squared.

    Raises:
        TypeError: An argument does not hold real numbers, or `delta` is no number.
        ValueError: The shapes differ, an argument is empty or holds NaN or infinity, or `delta`
            is not finite and positive.

    Examples:
        >>> from gdbook import huber
        >>> huber([1.0, 2.0], [1.5, 5.0], delta=1.0)
        array([0.125, 2.5  ])

    Source:
        P. J. Huber, *Robust Estimation of a Location Parameter*, 1964.
    """
    distance = abs(y_pred - y_true)
    clipped = np.minimum(distance, delta)
    return clipped**2 / 2 + delta * (distance - clipped)


@checked(y_true=probabilities, y_pred=probabilities)
def binary_cross_entropy(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of yes and no, from the predicted probability of yes.

    $$\ell(y, \hat y) = -y \ln \hat y - (1 - y) \ln (1 - \hat y), \qquad 0 \ln 0 = 0$$

    A prediction that is certain and wrong has an infinite loss.

    Args:
        y_true: Targets $y$, any shape: 1 for yes, 0 for no, or a probability of yes.
        y_pred: Predicted probabilities of yes $\hat y$, the shape of `y_true`.

    Returns:
        One loss per prediction, in the shape of `y_true`, in nats.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, or an argument is empty or holds a number that is not
            between 0 and 1.

    Examples:
        >>> from gdbook import binary_cross_entropy
        >>> binary_cross_entropy([1.0, 1.0, 1.0], [1.0, 0.5, 0.0])
        array([0.        , 0.69314718,        inf])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.2.
    """
    with np.errstate(divide="ignore"):
        log_yes, log_no = np.log(y_pred), np.log1p(-y_pred)
    return _surprise(y_true, log_yes) + _surprise(1 - y_true, log_no)


@checked(y_true=probabilities)
def binary_cross_entropy_with_logits(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of yes and no, from the logit: any number, 0 for undecided.

    $$\ell(y, z) = \ln(1 + e^z) - y z = \max(z, 0) - y z + \ln(1 + e^{-\lvert z \rvert}),
    \qquad \hat y = \frac{1}{1 + e^{-z}}$$

    The second form is the one computed: its exponential cannot overflow.

    Args:
        y_true: Targets $y$, any shape: 1 for yes, 0 for no, or a probability of yes.
        y_pred: Logits $z$, the shape of `y_true`.

    Returns:
        One loss per prediction, in the shape of `y_true`, in nats.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or holds NaN or infinity, or a
            target is not between 0 and 1.

    Examples:
        >>> from gdbook import binary_cross_entropy_with_logits
        >>> binary_cross_entropy_with_logits([1.0, 1.0, 1.0], [1000.0, 0.0, -1000.0])
        array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.2.
    """
    corner = np.log1p(np.exp(-abs(y_pred)))
    return np.maximum(y_pred, 0) - y_true * y_pred + corner


def _surprise(share: Array, log_probability: Array) -> Array:
    """Return -s ln p, and 0 where s is 0, whatever p is."""
    with np.errstate(invalid="ignore"):
        return np.where(share == 0, 0.0, -share * log_probability)
