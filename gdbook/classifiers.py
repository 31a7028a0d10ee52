r"""Classifiers as objectives: a softmax regression and a network with one hidden layer.

A classifier turns the features of a sample into one score for each class; the softmax of the
scores are its probabilities, and the loss is their cross-entropy with the label. The gradients
are those of chapter 21, by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdbook._checks import (
    Array,
    Indices,
    chosen,
    features,
    parameters,
    quietly,
    real_array,
    whole_number,
    written,
)
from gdbook._linear import largest_curvature
from gdbook.losses import cross_entropy_with_logits, one_hot
from gdbook.objectives import Objective

__all__ = ["network_classifier", "softmax_classifier"]


def softmax_classifier(X: ArrayLike, labels: ArrayLike, *, n_classes: int) -> Objective:
    r"""Return the objective of a softmax regression: the mean cross-entropy over all samples.

    $$f(W, b) = -\frac1n \sum_{i=1}^{n} \ln p_{i, c_i}, \qquad
    P = \operatorname{softmax}(Z), \qquad Z = X W + 1 \, b^\top$$

    $$\nabla f = \frac1n \begin{pmatrix} X^\top \\ 1^\top \end{pmatrix} (P - T)$$

    with a row of $T$ for each sample, 1 at its label $c_i$ and 0 elsewhere. The parameters are a
    matrix of shape `(n_features + 1, n_classes)`: the weights $W$, and the intercepts $b$ as the
    last row.

    Args:
        X: Features, shape `(n_samples, n_features)`.
        labels: Numbers of the classes, shape `(n_samples,)`, from 0 to `n_classes - 1`.
        n_classes: Number of classes, at least 2.

    Returns:
        The objective. It is convex; its curvature is a bound. Its `scores` are $Z$, a row for
            each sample; the largest number of a row names the class that `predict` returns.

    Raises:
        TypeError: `X` or `labels` does not hold real numbers, or `n_classes` is not whole. When
            the objective is used: as that of `linear_model`.
        ValueError: The shapes do not match, the data are empty or not finite, `labels` holds
            what is no class, or `n_classes` is less than 2. When the objective is used: as that
            of `linear_model`.

    Examples:
        >>> import numpy as np
        >>> from gdbook import softmax_classifier
        >>> objective = softmax_classifier([[1.0], [3.0]], [0, 1], n_classes=2)
        >>> f"{objective.value(np.zeros((2, 2))):.6f}"
        '0.693147'
        >>> objective.gradient(np.zeros((2, 2)))
        array([[ 0.5, -0.5],
               [ 0. ,  0. ]])
        >>> objective.predict([[1.0, -1.0], [0.0, 2.0]], [[0.5], [2.0]])
        array([1, 0])

    Source:
        C. M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.4.
    """
    model = _Classifier(*_samples(X, labels, n_classes))
    return _objective(model, model.curvature)


def network_classifier(
    X: ArrayLike, labels: ArrayLike, *, n_hidden: int, n_classes: int
) -> Objective:
    r"""Return the objective of a network with one hidden layer: the mean cross-entropy.

    $$f = -\frac1n \sum_{i=1}^{n} \ln p_{i, c_i}, \qquad P = \operatorname{softmax}(Z), \qquad
    Z = H W_2 + 1 \, b_2^\top, \qquad H = \tanh(X W_1 + 1 \, b_1^\top)$$

    $$D_2 = \frac1n (P - T), \qquad D_1 = (D_2 W_2^\top) \odot (1 - H \odot H)$$

    $$\frac{\partial f}{\partial W_2} = H^\top D_2, \quad
    \frac{\partial f}{\partial b_2} = D_2^\top 1, \quad
    \frac{\partial f}{\partial W_1} = X^\top D_1, \quad
    \frac{\partial f}{\partial b_1} = D_1^\top 1$$

    with $T$ as in `softmax_classifier`. The parameters are one vector: $W_1$ row by row, $b_1$,
    $W_2$ row by row, $b_2$, in all `(n_features + 1) * n_hidden + (n_hidden + 1) * n_classes`
    numbers. The objective is not convex: where all weights are 0, all hidden units have the same
    gradient, and stay equal.

    Args:
        X: Features, shape `(n_samples, n_features)`.
        labels: Numbers of the classes, shape `(n_samples,)`, from 0 to `n_classes - 1`.
        n_hidden: Number of hidden units, at least 1.
        n_classes: Number of classes, at least 2.

    Returns:
        The objective. Its curvature has no bound. Its `scores` are $Z$, as in
            `softmax_classifier`.

    Raises:
        TypeError: `X` or `labels` does not hold real numbers, or a number is not whole. When the
            objective is used: as that of `linear_model`.
        ValueError: The shapes do not match, the data are empty or not finite, `labels` holds
            what is no class, `n_hidden` is less than 1, or `n_classes` less than 2. When the
            objective is used: as that of `linear_model`.

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
    inputs, targets = _samples(X, labels, n_classes)
    n_hidden = whole_number("n_hidden", n_hidden, at_least=1)
    return _objective(_Classifier(inputs, targets, hidden=(n_hidden,)), None)


def _samples(X: ArrayLike, labels: ArrayLike, n_classes: int) -> tuple[Array, Array]:
    """Return features and one-hot targets that fit each other."""
    inputs, n_classes = features(X), whole_number("n_classes", n_classes, at_least=2)
    targets = one_hot(labels, n_classes)
    if targets.shape != (len(inputs), n_classes):
        is_column = targets.shape[:-1] == (len(inputs), 1)
        advice = f", such as {written('labels', labels)}.ravel()" if is_column else ""
        raise ValueError(
            f"X has shape {inputs.shape}, labels {targets.shape[:-1]}: "
            f"pass one label for each row of X{advice}."
        )
    return inputs, targets


def _objective(model: "_Classifier", curvature: Callable[[], float] | None) -> Objective:
    return Objective(
        model.value,
        model.gradient,
        curvature,
        len(model.features),
        model.value_and_gradient,
        model=model,
    )


@dataclass(frozen=True, eq=False, repr=False)
class _Classifier:
    """Layers of units; without hidden ones, it is a softmax regression.

    A layer is a matrix: weights, and intercepts as the last row.
    """

    features: Array
    targets: Array
    hidden: tuple[int, ...] = ()

    @quietly
    def value(self, params: ArrayLike, batch: Indices | None = None) -> float:
        inputs, targets = self._chosen(batch)
        scores = _forward(self._layers(params), inputs)[-1]
        return float(cross_entropy_with_logits.formula(targets, scores).mean())

    @quietly
    def gradient(self, params: ArrayLike, batch: Indices | None = None) -> Array:
        inputs, targets = self._chosen(batch)
        layers = self._layers(params)
        return self._backward(targets, layers, _forward(layers, inputs))

    @quietly
    def value_and_gradient(
        self, params: ArrayLike, batch: Indices | None = None
    ) -> tuple[float, Array]:
        inputs, targets = self._chosen(batch)
        layers = self._layers(params)
        units = _forward(layers, inputs)
        loss = cross_entropy_with_logits.formula(targets, units[-1]).mean()
        return float(loss), self._backward(targets, layers, units)

    @quietly
    def curvature(self) -> float:
        """Return a bound for softmax regression."""
        design = np.column_stack([self.features, np.ones(len(self.features))])
        return largest_curvature(design, cross_entropy_with_logits.smoothness, len(design))

    @cached_property
    def is_weight(self) -> NDArray[np.bool_]:
        """Which parameters are weights, and no intercepts."""
        masks = [np.arange(rows) < rows - 1 for rows, _ in self._sizes]
        parts = [np.repeat(mask, n) for mask, (_, n) in zip(masks, self._sizes, strict=True)]
        return np.concatenate(parts) if self.hidden else parts[0].reshape(self._sizes[0])

    @quietly
    def scores(self, params: ArrayLike, X: ArrayLike) -> Array:
        inputs, numbers = features(X, self.features.shape[1]), real_array("params", params)
        return _forward(self._layers(numbers), inputs)[-1]

    def predict(self, params: ArrayLike, X: ArrayLike) -> NDArray[np.intp]:
        """Return the number of the class with the largest score."""
        best: NDArray[np.intp] = self.scores(params, X).argmax(axis=1)
        return best

    @cached_property
    def _sizes(self) -> list[tuple[int, int]]:
        """Return the shapes of the layers."""
        units = self.features.shape[1], *self.hidden, self.targets.shape[1]
        return [(before + 1, after) for before, after in pairwise(units)]

    def _backward(self, targets: Array, layers: list[Array], units: list[Array]) -> Array:
        *values, scores = units
        slopes = cross_entropy_with_logits.derivative_formula(targets, scores) / len(targets)
        grads = []
        for layer, inputs in zip(reversed(layers), reversed(values), strict=True):
            grads.append(_affine_gradient(inputs, slopes).ravel())
            if inputs is not values[0]:
                slopes = slopes @ layer[:-1].T * (1 - inputs**2)
        return np.concatenate(grads[::-1]).reshape(self.is_weight.shape)

    def _layers(self, params: ArrayLike) -> list[Array]:
        numbers, layers = parameters(params, self.is_weight.shape).ravel(), []
        for rows, columns in self._sizes:
            layers.append(numbers[: rows * columns].reshape(rows, columns))
            numbers = numbers[rows * columns :]
        return layers

    def _chosen(self, batch: Indices | None) -> tuple[Array, ...]:
        samples = self.features, self.targets
        return samples if batch is None else chosen(batch, *samples)


def _forward(layers: list[Array], inputs: Array) -> list[Array]:
    """Return the inputs, the values of each hidden layer, and the scores."""
    units = [inputs]
    for layer in layers[:-1]:
        units.append(np.tanh(_affine(units[-1], layer)))
    return [*units, _affine(units[-1], layers[-1])]


def _affine(inputs: Array, layer: Array) -> Array:
    outputs: Array = inputs @ layer[:-1] + layer[-1]
    return outputs


def _affine_gradient(inputs: Array, slopes: Array) -> Array:
    return np.vstack([inputs.T @ slopes, slopes.sum(axis=0)])
