r"""Classifiers as objectives: a softmax regression and a network with one hidden layer.

A classifier turns the features of a sample into one score for each class; the softmax of the
scores are its probabilities, and the loss is their cross-entropy with the label. The gradients
are those of chapter 20, by hand.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, Indices, real_array, whole_number
from gdbook.calculus import largest_second_derivative
from gdbook.cross_entropies import (
    cross_entropy_with_logits,
    cross_entropy_with_logits_derivative,
    one_hot,
)
from gdbook.objectives import Objective

__all__ = ["network_classifier", "network_scores", "softmax_classifier", "softmax_scores"]

_loss = cross_entropy_with_logits.__wrapped__
_derivative = cross_entropy_with_logits_derivative.__wrapped__


def softmax_scores(params: ArrayLike, X: ArrayLike) -> Array:
    r"""Return the scores of a softmax regression, one for each class.

    $$Z = X W + 1 \, b^\top$$

    Args:
        params: Weights $W$ and, as the last row, intercepts $b$, shape
            `(n_features + 1, n_classes)`.
        X: Features, shape `(n_samples, n_features)`.

    Returns:
        Scores, shape `(n_samples, n_classes)`. The largest of a row names the class.

    Raises:
        TypeError: An argument does not hold real numbers.
        ValueError: The shapes do not match, or an argument is empty or not finite.

    Examples:
        >>> from gdbook import softmax_scores
        >>> softmax_scores([[1.0, -1.0], [0.0, 0.5]], [[2.0]])
        array([[ 2. , -1.5]])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.4.
    """
    features, weights = _features(X), real_array("params", params)
    if weights.ndim != 2 or len(weights) != features.shape[1] + 1:
        raise ValueError(
            f"params have shape {weights.shape}: pass ({features.shape[1] + 1}, n_classes)."
        )
    return _affine(features, weights)


def softmax_classifier(X: ArrayLike, labels: ArrayLike, *, n_classes: int) -> Objective:
    r"""Return the objective of a softmax regression: the mean cross-entropy over all samples.

    $$f(W, b) = -\frac1n \sum_{i=1}^{n} \ln p_{i, c_i}, \qquad
    P = \operatorname{softmax}(X W + 1 \, b^\top), \qquad
    \nabla f = \frac1n \begin{pmatrix} X^\top \\ 1^\top \end{pmatrix} (P - T)$$

    with a row of $T$ for each sample, 1 at its label $c_i$ and 0 elsewhere. The parameters are
    those of `softmax_scores`.

    Args:
        X: Features, shape `(n_samples, n_features)`.
        labels: Numbers of the classes, shape `(n_samples,)`, from 0 to `n_classes - 1`.
        n_classes: Number of classes, at least 2.

    Returns:
        The objective. It is convex; its curvature is a bound.

    Raises:
        TypeError: `X` or `labels` does not hold real numbers, or `n_classes` is not whole.
        ValueError: The shapes do not match, the data are empty or not finite, `labels` holds
            what is no class, or `n_classes` is less than 2.

    Examples:
        >>> import numpy as np
        >>> from gdbook import softmax_classifier
        >>> objective = softmax_classifier([[1.0], [3.0]], [0, 1], n_classes=2)
        >>> f"{objective.value(np.zeros((2, 2))):.6f}"
        '0.693147'
        >>> objective.gradient(np.zeros((2, 2)))
        array([[ 0.5, -0.5],
               [ 0. ,  0. ]])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.4.
    """
    features, targets = _samples(X, labels, n_classes)
    shape = (features.shape[1] + 1, targets.shape[1])

    def forward(params: Array, inputs: Array) -> tuple[Array, ...]:
        return (_affine(inputs, params),)

    def backward(_: Array, inputs: Array, pulls: Array) -> Array:
        return _affine_gradient(inputs, pulls)

    def curvature() -> float:
        design = np.column_stack([features, np.ones(len(features))])
        steepest = largest_second_derivative(cross_entropy_with_logits)
        return float(steepest * np.linalg.eigvalsh(design.T @ design)[-1] / len(design))

    return _objective(features, targets, shape, forward, backward, curvature)


def network_scores(params: ArrayLike, X: ArrayLike, *, n_hidden: int) -> Array:
    r"""Return the scores of a network with one hidden layer, one for each class.

    $$Z = H W_2 + 1 \, b_2^\top, \qquad H = \tanh(X W_1 + 1 \, b_1^\top)$$

    The parameters are one vector: $W_1$ row by row, $b_1$, $W_2$ row by row, $b_2$.

    Args:
        params: Parameters, `(n_features + 1) * n_hidden + (n_hidden + 1) * n_classes` numbers.
        X: Features, shape `(n_samples, n_features)`.
        n_hidden: Number of hidden units, at least 1.

    Returns:
        Scores, shape `(n_samples, n_classes)`. The largest of a row names the class.

    Raises:
        TypeError: An argument does not hold real numbers, or `n_hidden` is not whole.
        ValueError: The number of parameters fits no number of classes, an argument is empty or
            not finite, or `n_hidden` is less than 1.

    Examples:
        >>> from gdbook import network_scores
        >>> network_scores([1.0, 0.0, 1.0, -1.0, 0.5, 0.5], [[0.0]], n_hidden=1)
        array([[0.5, 0.5]])

    Source:
        D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning representations by
        back-propagating errors*, 1986.
    """
    features, numbers = _features(X), real_array("params", params)
    n_hidden = whole_number("n_hidden", n_hidden, at_least=1)
    n_features = features.shape[1]
    in_first = (n_features + 1) * n_hidden
    n_classes, rest = divmod(numbers.size - in_first, n_hidden + 1)
    if numbers.ndim != 1 or n_classes < 1 or rest:
        raise ValueError(
            f"params have shape {numbers.shape}: pass {in_first} numbers and "
            f"{n_hidden + 1} for each class, in one row."
        )
    first, second = _layers(numbers, n_features, n_hidden)
    return _affine(np.tanh(_affine(features, first)), second)


def network_classifier(
    X: ArrayLike, labels: ArrayLike, *, n_hidden: int, n_classes: int
) -> Objective:
    r"""Return the objective of a network with one hidden layer: the mean cross-entropy.

    $$D_2 = \frac1n (P - T), \qquad D_1 = (D_2 W_2^\top) \odot (1 - H \odot H)$$

    $$\frac{\partial f}{\partial W_2} = H^\top D_2, \quad
    \frac{\partial f}{\partial b_2} = D_2^\top 1, \quad
    \frac{\partial f}{\partial W_1} = X^\top D_1, \quad
    \frac{\partial f}{\partial b_1} = D_1^\top 1$$

    with $P$ and $T$ as in `softmax_classifier`, and the parameters of `network_scores`. It is
    not convex: where all weights are 0, all hidden units have the same gradient, and stay equal.

    Args:
        X: Features, shape `(n_samples, n_features)`.
        labels: Numbers of the classes, shape `(n_samples,)`, from 0 to `n_classes - 1`.
        n_hidden: Number of hidden units, at least 1.
        n_classes: Number of classes, at least 2.

    Returns:
        The objective. Its curvature has no bound.

    Raises:
        TypeError: `X` or `labels` does not hold real numbers, or a number is not whole.
        ValueError: The shapes do not match, the data are empty or not finite, `labels` holds
            what is no class, `n_hidden` is less than 1, or `n_classes` less than 2.

    Examples:
        >>> import numpy as np
        >>> from gdbook import network_classifier
        >>> objective = network_classifier([[1.0], [3.0]], [0, 1], n_hidden=3, n_classes=2)
        >>> f"{objective.value(np.zeros(14)):.6f}"
        '0.693147'

    Source:
        D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning representations by
        back-propagating errors*, 1986.
    """
    features, targets = _samples(X, labels, n_classes)
    n_features = features.shape[1]
    n_hidden = whole_number("n_hidden", n_hidden, at_least=1)
    shape = ((n_features + 1) * n_hidden + (n_hidden + 1) * n_classes,)

    def forward(params: Array, inputs: Array) -> tuple[Array, ...]:
        first, second = _layers(params, n_features, n_hidden)
        hidden = np.tanh(_affine(inputs, first))
        return hidden, _affine(hidden, second)

    def backward(params: Array, inputs: Array, hidden: Array, outer: Array) -> Array:
        _, second = _layers(params, n_features, n_hidden)
        inner = outer @ second[:-1].T * (1 - hidden**2)
        grads = _affine_gradient(inputs, inner), _affine_gradient(hidden, outer)
        return np.concatenate([grad.ravel() for grad in grads])

    return _objective(features, targets, shape, forward, backward, None)


def _affine(inputs: Array, layer: Array) -> Array:
    outputs: Array = inputs @ layer[:-1] + layer[-1]
    return outputs


def _affine_gradient(inputs: Array, pulls: Array) -> Array:
    return np.vstack([inputs.T @ pulls, pulls.sum(axis=0)])


def _layers(params: Array, n_features: int, n_hidden: int) -> tuple[Array, Array]:
    in_first = (n_features + 1) * n_hidden
    first, second = params[:in_first], params[in_first:]
    return first.reshape(n_features + 1, n_hidden), second.reshape(n_hidden + 1, -1)


def _features(X: ArrayLike) -> Array:
    features = real_array("X", X)
    if features.ndim != 2:
        raise ValueError(f"X has shape {features.shape}: pass (n_samples, n_features).")
    return features


def _samples(X: ArrayLike, labels: ArrayLike, n_classes: int) -> tuple[Array, Array]:
    """Return features and one-hot targets that fit each other."""
    features, n_classes = _features(X), whole_number("n_classes", n_classes, at_least=2)
    targets = one_hot(labels, n_classes)
    if targets.shape != (len(features), n_classes):
        raise ValueError(
            f"X has shape {features.shape}, labels {targets.shape[:-1]}: "
            "pass one label for each row of X."
        )
    return features, targets


def _objective(
    features: Array,
    targets: Array,
    shape: tuple[int, ...],
    forward: Callable[..., tuple[Array, ...]],
    backward: Callable[..., Array],
    curvature: Callable[[], float] | None,
) -> Objective:
    """Return the mean cross-entropy of the scores, which come last of what `forward` returns."""

    def pick(params: Array, batch: Indices | None) -> tuple[Array, Array]:
        if np.shape(params) != shape:
            raise ValueError(f"params have shape {np.shape(params)}: pass {shape}.")
        return (features, targets) if batch is None else (features[batch], targets[batch])

    def value(params: Array, batch: Indices | None = None) -> float:
        inputs, answers = pick(params, batch)
        return float(_loss(answers, forward(params, inputs)[-1]).mean())

    def value_and_gradient(params: Array, batch: Indices | None = None) -> tuple[float, Array]:
        inputs, answers = pick(params, batch)
        *hidden, scores = forward(params, inputs)
        pulls = _derivative(answers, scores) / len(answers)
        grad = backward(params, inputs, *hidden, pulls)
        return float(_loss(answers, scores).mean()), grad

    def gradient(params: Array, batch: Indices | None = None) -> Array:
        return value_and_gradient(params, batch)[1]

    return Objective(value, gradient, curvature, len(features), value_and_gradient)
