r"""Losses of rows: one loss for each distribution over the classes."""

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, as_array, real_array, refuse, whole_number
from gdbook.losses._loss import Loss

__all__ = ["cross_entropy", "cross_entropy_with_logits", "one_hot"]


def _cross_entropy_derivative(y_true: Array, y_pred: Array) -> Array:
    return np.where(y_true == 0, 0.0, -y_true / abs(y_pred))


@Loss.with_derivative(
    _cross_entropy_derivative,
    targets="distributions",
    predictions="distributions",
)
def cross_entropy(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of each predicted distribution relative to its target.

    $$H(t, p) = -\sum_{c} t_c \ln p_c, \qquad 0 \ln 0 = 0, \qquad
    \frac{\partial}{\partial p_c} H(t, p) = -\frac{t_c}{p_c}$$

    It is smallest at $p = t$, where it is the entropy $H(t, t)$ of the target. It is infinite
    where the prediction rules out a class that the target does not. In the derivative each $p_c$
    moves on its own, so that the sum of the row changes with it. A class that the target rules
    out has derivative 0, even where $p_c = 0$. The derivative changes by $t_c / p_c^2$, without
    bound as $p_c$ nears 0, so the loss has no smoothness constant.

    Args:
        y_true: Target distributions $t$, shape `(..., n_classes)`.
        y_pred: Predicted distributions $p$, the shape of `y_true`.

    Returns:
        One loss per row, shape `(...)`, in nats.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or one number, holds a number that
            is not between 0 and 1, or has a row whose sum is not 1 to within 1e-9, or to within
            the root of the precision of its dtype where that is less than float64's.

    Examples:
        >>> from gdbook import cross_entropy
        >>> cross_entropy([[0.0, 1.0], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]])
        array([0.69314718, 0.69314718])
        >>> cross_entropy.derivative([0.0, 1.0], [0.75, 0.25])
        array([ 0., -4.])

    Source:
        I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, 2016, section 3.13.
    """
    entropies: Array = np.where(y_true == 0, 0.0, -y_true * np.log(y_pred)).sum(axis=-1)
    return entropies


def _softmax_derivative(y_true: Array, y_pred: Array) -> Array:
    _, powers, tail = _powers(y_pred)
    others = np.where(powers == 1, tail, 1 + tail - powers)
    difference: Array = (1 - y_true) * powers - y_true * others  # p - t loses digits near t = 1
    return difference / (1 + tail)


@Loss.with_derivative(
    _softmax_derivative,
    smoothness=1 / 2,
    targets="distributions",
    predictions="rows",
)
def cross_entropy_with_logits(y_true: Array, y_pred: Array) -> Array:
    r"""Return the cross-entropy of the softmax of each row of logits.

    $$\ell(t, z) = -\sum_{c} t_c \ln p_c, \qquad p_c = \frac{e^{z_c}}{\sum_j e^{z_j}}, \qquad
    \ln p_c = z_c - m - \ln \sum_{j} e^{z_j - m}, \qquad m = \max_j z_j$$

    The last form is the one computed: its exponentials are at most 1. One of them is 1, so the
    logarithm is taken by `log1p` of the sum of the others, which keeps the digits of small
    losses. The derivative is the probability less the target:

    $$\frac{\partial \ell}{\partial z_c} = p_c - t_c$$

    A row has a matrix of second derivatives, $\operatorname{diag}(p) - p p^\top$, and for each
    vector $u$

    $$u^\top (\operatorname{diag}(p) - p p^\top) \, u = \operatorname{Var}_p(u)
    \le \tfrac14 (\max u - \min u)^2 \le \tfrac12 \lVert u \rVert^2 ,$$

    with equality at $p = (\tfrac12, \tfrac12)$ and $u = (1, -1)$.

    Args:
        y_true: Target distributions $t$, shape `(..., n_classes)`.
        y_pred: Logits $z$, the shape of `y_true`: any numbers, the largest for the likeliest
            class.

    Returns:
        One loss per row, shape `(...)`, in nats.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes differ, an argument is empty or one number, or holds NaN or
            infinity, or a row of `y_true` is no distribution, as in `cross_entropy`.

    Examples:
        >>> from gdbook import cross_entropy_with_logits
        >>> cross_entropy_with_logits([[0.0, 1.0], [1.0, 0.0]], [[0.0, 1000.0], [0.0, 1000.0]])
        array([   0., 1000.])
        >>> cross_entropy_with_logits.derivative([0.0, 1.0], [0.0, 0.0])
        array([ 0.5, -0.5])

    Source:
        P. Blanchard, D. J. Higham and N. J. Higham, *Accurately computing the log-sum-exp and
        softmax functions*, 2021; for the bound, D. Böhning, *Multinomial logistic regression
        algorithm*, 1992.
    """
    halves, _, tail = _powers(y_pred)
    entropies: Array = (y_true * np.log1p(tail) - y_true * halves * 2).sum(axis=-1)
    return entropies


def _powers(logits: Array) -> tuple[Array, Array, Array]:
    """Return half of what each logit is below the largest, its exponential, and their tail.

    The halves are finite where the whole differences are not. The tail is the sum of all
    exponentials but the largest, which is 1: it may be too small to be left by subtraction.
    """
    halves = logits / 2
    halves -= halves.max(axis=-1, keepdims=True)
    powers = np.exp(halves * 2)
    largest = powers == 1
    ties = largest.sum(axis=-1, keepdims=True) - 1
    return halves, powers, np.where(largest, 0.0, powers).sum(axis=-1, keepdims=True) + ties


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
    given = as_array("labels", labels)
    n_classes = whole_number("n_classes", n_classes, at_least=1)
    if given.dtype.kind in "OSTU" and all(isinstance(each, str | bytes) for each in given.flat):
        raise TypeError(
            f"labels has dtype {given.dtype}: pass the numbers of the classes, such as "
            "np.unique(labels, return_inverse=True)[1]."
        )
    numbers = real_array("labels", labels)
    is_class = (numbers == np.floor(numbers)) & (numbers >= 0) & (numbers < n_classes)
    refuse("labels", numbers, ~is_class, f"pass whole numbers from 0 to {n_classes - 1}")
    hot = np.zeros((*numbers.shape, n_classes))
    np.put_along_axis(hot, numbers.astype(np.intp)[..., np.newaxis], 1.0, axis=-1)
    return hot
