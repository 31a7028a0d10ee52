r"""Losses of single predictions: one loss for each number."""

from functools import partial

import numpy as np

from gdbook._checks import Array, positive_number
from gdbook.losses._loss import Loss

__all__ = [
    "absolute_error",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "half_squared_error",
    "huber",
    "squared_error",
]


@Loss.with_derivative(
    lambda y_true, y_pred: 2 * (y_pred - y_true),
    smoothness=2.0,
    is_quadratic=True,
)
def squared_error(y_true: Array, y_pred: Array) -> Array:
    r"""Return the squared distance of each prediction from its target.

    $$\ell(y, \hat y) = (\hat y - y)^2, \qquad
    \frac{\partial \ell}{\partial \hat y} = 2 (\hat y - y)$$

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
        >>> squared_error.derivative([1.0, 2.0], [1.0, 5.0])
        array([0., 6.])
        >>> squared_error.smoothness
        2.0

    Source:
        A.-M. Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805.
    """
    return (y_pred - y_true) ** 2


@Loss.with_derivative(
    lambda y_true, y_pred: y_pred - y_true,
    smoothness=1.0,
    is_quadratic=True,
)
def half_squared_error(y_true: Array, y_pred: Array) -> Array:
    r"""Return half the squared distance of each prediction from its target.

    $$\ell(y, \hat y) = \tfrac12 (\hat y - y)^2, \qquad
    \frac{\partial \ell}{\partial \hat y} = \hat y - y$$

    The half cancels the 2 that the derivative brings, and leaves the residual alone. It is taken
    of one of the two factors, so that the product overflows only where the loss does.

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
        >>> half_squared_error.derivative([1.0, 2.0], [1.0, 5.0])
        array([0., 3.])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 3.1.
    """
    residual = y_pred - y_true
    return residual * (residual / 2)


@Loss.with_derivative(lambda y_true, y_pred: np.sign(y_pred - y_true))
def absolute_error(y_true: Array, y_pred: Array) -> Array:
    r"""Return the distance of each prediction from its target.

    $$\ell(y, \hat y) = \lvert \hat y - y \rvert, \qquad
    \frac{\partial \ell}{\partial \hat y} = \operatorname{sign}(\hat y - y)$$

    Its mean over the samples is the mean absolute error (MAE). At $\hat y = y$ there is a kink
    and no derivative, so the loss has no smoothness constant. The derivative returned there is
    0: it lies between the slopes -1 and 1 on either side, and leaves a perfect prediction alone.

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
        >>> absolute_error([1.0, 2.0, 3.0], [1.0, 5.0, 2.0])
        array([0., 3., 1.])
        >>> absolute_error.derivative([1.0, 2.0, 3.0], [1.0, 5.0, 2.0])
        array([ 0.,  1., -1.])

    Source:
        P. Bloomfield and W. L. Steiger, *Least Absolute Deviations*, 1983.
    """
    return abs(y_pred - y_true)


def huber(*, delta: float = 1.0) -> Loss:
    r"""Return a loss that is squared for small residuals and grows in proportion to large ones.

    $$\ell(y, \hat y) = \begin{cases}
    \tfrac12 r^2 & \text{if } \lvert r \rvert \le \delta \\
    \delta \left( \lvert r \rvert - \tfrac12 \delta \right) & \text{otherwise}
    \end{cases} \qquad r = \hat y - y$$

    Its derivative is the residual, but never more than $\delta$:

    $$\frac{\partial \ell}{\partial \hat y} = \max(-\delta, \min(\hat y - y, \delta))$$

    Args:
        delta: Residual $\delta$ at which the cases meet, greater than 0, in the unit of the
            targets.

    Returns:
        The loss. It takes targets and predictions of any shape; the unit of the losses is the
            targets', squared. Its smoothness constant is 1.

    Raises:
        TypeError: `delta` is no number.
        ValueError: `delta` is not finite and positive.

    Examples:
        >>> from gdbook import huber
        >>> loss = huber(delta=1.0)
        >>> loss([1.0, 2.0], [1.5, 5.0])
        array([0.125, 2.5  ])
        >>> loss.derivative([1.0, 2.0], [1.5, 5.0])
        array([0.5, 1. ])

    Source:
        P. J. Huber, *Robust Estimation of a Location Parameter*, 1964.
    """
    delta = positive_number("delta", delta)
    return Loss(
        partial(_huber, delta=delta),
        partial(_huber_derivative, delta=delta),
        smoothness=1.0,
        name=f"huber(delta={delta})",
    )


def _huber(y_true: Array, y_pred: Array, *, delta: float) -> Array:
    half = abs(y_pred / 2 - y_true / 2)  # half the residual: the whole one may overflow
    inner = np.minimum(half, delta / 2)
    losses: Array = inner * (inner * 2) + delta * (half - inner) * 2
    return losses


def _huber_derivative(y_true: Array, y_pred: Array, *, delta: float) -> Array:
    clipped: Array = np.maximum(-delta, np.minimum(y_pred - y_true, delta))
    return clipped


def _binary_cross_entropy_derivative(y_true: Array, y_pred: Array) -> Array:
    variance = abs(y_pred * (1 - y_pred))
    is_sure_and_right = (variance == 0) & (y_pred == y_true)
    return np.where(is_sure_and_right, 1 - 2 * y_true, (y_pred - y_true) / variance)


@Loss.with_derivative(
    _binary_cross_entropy_derivative,
    targets="probabilities",
    predictions="probabilities",
)
def binary_cross_entropy(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of yes and no, from the predicted probability of yes.

    $$\ell(y, \hat y) = -y \ln \hat y - (1 - y) \ln (1 - \hat y), \qquad 0 \ln 0 = 0$$

    $$\frac{\partial \ell}{\partial \hat y} = -\frac{y}{\hat y} + \frac{1 - y}{1 - \hat y}
    = \frac{\hat y - y}{\hat y (1 - \hat y)}$$

    A prediction that is certain and wrong has an infinite loss, and an infinite derivative: the
    loss has no smoothness constant. Certain and right predictions have the slope that the loss
    has beside them: 1 at $\hat y = y = 0$, -1 at $\hat y = y = 1$.

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
        >>> binary_cross_entropy.derivative([1.0, 1.0, 1.0], [1.0, 0.5, 0.0])
        array([ -1.,  -2., -inf])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.2.
    """
    yes = np.where(y_true == 0, 0.0, -y_true * np.log(y_pred))
    no = np.where(y_true == 1, 0.0, (y_true - 1) * np.log1p(-y_pred))
    return yes + no


def _logistic_derivative(y_true: Array, y_pred: Array) -> Array:
    small: Array = np.exp(-abs(y_pred))
    yes, no = np.where(y_pred < 0, small, 1.0), np.where(y_pred < 0, 1.0, small)
    difference: Array = (1 - y_true) * yes - y_true * no  # p - y loses digits near y = 1
    return difference / (1 + small)


@Loss.with_derivative(
    _logistic_derivative,
    smoothness=1 / 4,
    targets="probabilities",
)
def binary_cross_entropy_with_logits(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of yes and no, from the logit: any number, 0 for undecided.

    $$\ell(y, z) = \ln(1 + e^z) - y z = \max(z, 0) - y z + \ln(1 + e^{-\lvert z \rvert}),
    \qquad \hat y = \frac{1}{1 + e^{-z}}$$

    The second form is the one computed: its exponential cannot overflow. The derivative is the
    probability less the target; how fast it changes has a bound:

    $$\frac{\partial \ell}{\partial z} = \hat y - y, \qquad
    \frac{\partial^2 \ell}{\partial z^2} = \hat y (1 - \hat y)
    = \tfrac14 - (\hat y - \tfrac12)^2 \le \tfrac14$$

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
        >>> binary_cross_entropy_with_logits.derivative([1.0, 1.0], [0.0, -1000.0])
        array([-0.5, -1. ])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.2.
    """
    corner: Array = np.log1p(np.exp(-abs(y_pred)))
    return np.maximum(y_pred, 0) - y_true * y_pred + corner
