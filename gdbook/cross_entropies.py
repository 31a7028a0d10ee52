r"""Cross-entropies of distributions: how wrong is a row of predicted probabilities?

Each row along the last axis is one distribution over the classes, and has one loss; the caller
takes the sum or the mean over the rows. The derivatives are here, too.
"""

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, checked, distributions, real_array, rows, whole_number
from gdbook.losses import _surprise

__all__ = [
    "cross_entropy",
    "cross_entropy_derivative",
    "cross_entropy_with_logits",
    "cross_entropy_with_logits_derivative",
    "one_hot",
]


@checked(y_true=distributions, y_pred=distributions)
def cross_entropy(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of each predicted distribution relative to its target.

    $$H(t, p) = -\sum_{c} t_c \ln p_c, \qquad 0 \ln 0 = 0$$

    It is smallest at $p = t$, where it is the entropy $H(t, t)$ of the target. It is infinite
    where the prediction rules out a class that the target does not.

    Args:
        y_true: Target distributions $t$, shape `(..., n_classes)`.
        y_pred: Predicted distributions $p$, the shape of `y_true`.

    Returns:
        One loss per row, shape `(...)`, in nats.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or one number, holds a number that
            is not between 0 and 1, or has a row whose sum is not 1 to within 1e-9.

    Examples:
        >>> from gdbook import cross_entropy
        >>> cross_entropy([[0.0, 1.0], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]])
        array([0.69314718, 0.69314718])

    Source:
        I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, 2016, section 3.13.
    """
    with np.errstate(divide="ignore"):
        log_probabilities = np.log(y_pred)
    entropies: Array = _surprise(y_true, log_probabilities).sum(axis=-1)
    return entropies


@checked(y_true=distributions, y_pred=rows)
def cross_entropy_with_logits(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of the softmax of each row of logits.

    $$\ell(t, z) = -\sum_{c} t_c \ln p_c, \qquad p_c = \frac{e^{z_c}}{\sum_j e^{z_j}}, \qquad
    \ln p_c = z_c - m - \ln \sum_{j} e^{z_j - m}, \qquad m = \max_j z_j$$

    The last form is the one computed: its exponentials are at most 1.

    Args:
        y_true: Target distributions $t$, shape `(..., n_classes)`.
        y_pred: Logits $z$, the shape of `y_true`: any numbers, the largest for the likeliest
            class.

    Returns:
        One loss per row, shape `(...)`, in nats.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or one number, or holds NaN or
            infinity, or a row of `y_true` is no distribution to within 1e-9.

    Examples:
        >>> from gdbook import cross_entropy_with_logits
        >>> cross_entropy_with_logits([[0.0, 1.0], [1.0, 0.0]], [[0.0, 1000.0], [0.0, 1000.0]])
        array([   0., 1000.])

    Source:
        P. Blanchard, D. J. Higham and N. J. Higham, *Accurately computing the log-sum-exp and
        softmax functions*, 2021.
    """
    shifted = _shift(y_pred)
    log_sum = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    entropies: Array = _surprise(y_true, shifted - log_sum).sum(axis=-1)
    return entropies


@checked(y_true=distributions, y_pred=distributions)
def cross_entropy_derivative(y_true: Array, y_pred: Array) -> Array:
    r"""Return the derivatives of the cross-entropy with respect to the probabilities.

    $$\frac{\partial}{\partial p_c} H(t, p) = -\frac{t_c}{p_c}$$

    Each $p_c$ moves on its own here, so that the sum of the row changes with it. A class that
    the target rules out has derivative 0, even where $p_c = 0$.

    Args:
        y_true: Target distributions $t$, shape `(..., n_classes)`.
        y_pred: Predicted distributions $p$, the shape of `y_true`.

    Returns:
        One derivative per probability, in the shape of `y_true`.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or one number, holds a number that
            is not between 0 and 1, or has a row whose sum is not 1 to within 1e-9.

    Examples:
        >>> from gdbook import cross_entropy_derivative
        >>> cross_entropy_derivative([0.0, 1.0], [0.75, 0.25])
        array([ 0., -4.])

    Source:
        The derivative of the logarithm.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = y_true / abs(y_pred)
    return np.where(y_true == 0, 0.0, -ratios)


@checked(y_true=distributions, y_pred=rows)
def cross_entropy_with_logits_derivative(y_true: Array, y_pred: Array) -> Array:
    r"""Return the derivatives of the cross-entropy with respect to the logits.

    $$\frac{\partial \ell}{\partial z_c} = p_c - t_c, \qquad p_c = \frac{e^{z_c}}{\sum_j e^{z_j}}$$

    Args:
        y_true: Target distributions $t$, shape `(..., n_classes)`.
        y_pred: Logits $z$, the shape of `y_true`.

    Returns:
        One derivative per logit, in the shape of `y_true`. Each row adds up to 0.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or one number, or holds NaN or
            infinity, or a row of `y_true` is no distribution to within 1e-9.

    Examples:
        >>> from gdbook import cross_entropy_with_logits_derivative
        >>> cross_entropy_with_logits_derivative([0.0, 1.0], [0.0, 0.0])
        array([ 0.5, -0.5])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.4.
    """
    exponentials = np.exp(_shift(y_pred))
    softmax: Array = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return softmax - y_true


def _shift(logits: Array) -> Array:
    """Return logits less the largest of their row: the softmax is the same."""
    with np.errstate(over="ignore"):
        shifted: Array = logits - logits.max(axis=-1, keepdims=True)
    return shifted


def one_hot(labels: ArrayLike, n_classes: int) -> Array:
    r"""Return the distribution that is certain of a label, for each label.

    $$t_c = \begin{cases} 1 & \text{if } c \text{ is the label} \\ 0 & \text{otherwise}
    \end{cases}$$

    Args:
        labels: Numbers of the classes, any shape, from 0 to `n_classes - 1`.
        n_classes: Number of classes, at least 1.

    Returns:
        Rows of one 1 and zeros, shape `(*labels.shape, n_classes)`.

    Raises:
        TypeError: `labels` does not hold real numbers, or `n_classes` is not whole.
        ValueError: `labels` is empty or holds what is no class, or `n_classes` is less than 1.

    Examples:
        >>> from gdbook import one_hot
        >>> one_hot([2, 0], n_classes=3)
        array([[0., 0., 1.],
               [1., 0., 0.]])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.4.
    """
    numbers = real_array("labels", labels)
    n_classes = whole_number("n_classes", n_classes, at_least=1)
    unknown = numbers[(numbers != np.floor(numbers)) | (numbers < 0) | (numbers >= n_classes)]
    if unknown.size:
        raise ValueError(
            f"labels holds {unknown[0]:g}: pass whole numbers from 0 to {n_classes - 1}."
        )
    hot: Array = np.eye(n_classes)[numbers.astype(int)]
    return hot
