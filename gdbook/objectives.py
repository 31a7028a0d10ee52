r"""Objectives: what descent walks down.

An objective is a value and a gradient. The functions below make one from data; any other
source of gradients, by hand or by machine, makes one by calling `Objective` itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, Indices, Loss, checks_of, formula_of, real_array
from gdbook.calculus import derivative_of, largest_second_derivative
from gdbook.losses import half_squared_error, squared_error

__all__ = ["Objective", "linear_model"]

_CHUNK = 2**14


@dataclass(frozen=True)
class Objective:
    r"""A function to be made small: its value, its gradient, and how fast the gradient changes.

    $$f(\theta), \qquad \nabla f(\theta), \qquad
    L = \sup_{\theta} \lambda_{\max}\!\left(\nabla^2 f(\theta)\right)$$

    Args:
        value: Takes the parameters, returns a number.
        gradient: Takes the parameters, returns an array of their shape.
        curvature: Takes nothing, returns the bound $L$. Leave it out where none is known.
        n_samples: Number of samples that the objective is made from. Leave it out where there
            are none. With samples, `value` and `gradient` take a second argument, an array of
            the indices of the samples to use, all of them by default.
        value_and_gradient: Takes what `value` takes, returns both in a pair. Leave it out where
            the two have no work in common.
        minimizer: Takes nothing, returns the parameters of the smallest value. Leave it out
            where there is no closed form.

    Examples:
        >>> from gdbook import Objective
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> parabola.value(3.0), parabola.gradient(3.0)
        (18.0, 12.0)

    Source:
        Y. Nesterov, *Introductory Lectures on Convex Optimization*, 2004, section 1.2.2, for $L$.
    """

    value: Callable[..., Any]
    gradient: Callable[..., Any]
    curvature: Callable[[], float] | None = None
    n_samples: int | None = None
    value_and_gradient: Callable[..., tuple[Any, Any]] | None = None
    minimizer: Callable[[], Array] | None = None

    def largest_learning_rate(self) -> float:
        r"""Return the bound that a constant learning rate has to stay below.

        $$\alpha < \frac{2}{L}$$

        Returns:
            Two over the curvature; infinity where the curvature is 0.

        Raises:
            ValueError: The objective has no curvature.

        Examples:
            >>> from gdbook import Objective
            >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x, curvature=lambda: 4.0)
            >>> parabola.largest_learning_rate()
            0.5

        Source:
            Y. Nesterov, *Introductory Lectures on Convex Optimization*, 2004, section 1.2.3.
        """
        if self.curvature is None:
            raise ValueError(
                "the objective has no curvature: pass it to Objective, or use a loss that has "
                "one, such as the squared error."
            )
        curvature = self.curvature()
        return 2 / curvature if curvature else np.inf


def linear_model(
    X: ArrayLike,
    y_true: ArrayLike,
    *,
    loss: Loss = half_squared_error,
    reduction: Literal["mean", "sum"] = "mean",
    intercept: bool = True,
) -> Objective:
    r"""Return the objective of a linear model under a loss, over all samples.

    $$\hat y = X w + b, \qquad
    f(w, b) = \frac1n \sum_{i=1}^{n} \ell(y_i, \hat y_i), \qquad
    \nabla f = \frac1n \begin{pmatrix} X^\top \ell' \\ 1^\top \ell' \end{pmatrix}$$

    The parameters are one vector of `n_features + 1` numbers: the weights $w$, then the
    intercept $b$. Without an intercept they are the weights alone, and $b = 0$. The data are
    not copied where they are float64: leave them as they are while the objective is in use.

    Args:
        X: Features, shape `(n_samples, n_features)`.
        y_true: Targets, shape `(n_samples,)`, such as the loss takes.
        loss: A function of `gdbook.losses`, or `functools.partial` of it and its options. It
            has to take any number as prediction; `binary_cross_entropy` takes only
            probabilities.
        reduction: `"mean"` divides the sum of the losses by the number of samples; `"sum"`
            does not.
        intercept: Whether the model has one.

    Returns:
        The objective. Its `curvature` is exact for both squared errors and the binary
            cross-entropy with logits, a bound for Huber's loss, and None for the absolute error.

    Raises:
        TypeError: `X` or `y_true` does not hold real numbers, or an option of the loss is not
            known or not of its type.
        ValueError: The shapes do not match, the data are empty or not finite, the loss does not
            take the targets, or does not take any number as prediction, or the loss, its
            option or the reduction is not known.

    Examples:
        >>> import numpy as np
        >>> from gdbook import linear_model
        >>> objective = linear_model([[1.0], [3.0]], [2.0, 6.0])
        >>> objective.value(np.array([1.0, 0.0]))
        2.5
        >>> objective.gradient(np.array([1.0, 0.0]))
        array([-5., -2.])

    Source:
        A.-M. Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805.
    """
    derivative = formula_of(derivative_of(loss))
    features, targets = _samples(X, y_true, loss)
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is {reduction!r}: pass 'mean' or 'sum'.")
    model = _LinearModel(
        features, targets, formula_of(loss), derivative, reduction == "mean", intercept
    )
    try:
        steepest = largest_second_derivative(loss)
    except ValueError:
        curvature = None
    else:
        curvature = partial(model.curvature, steepest)
    is_squared = loss in (squared_error, half_squared_error)
    return Objective(
        model.value,
        model.gradient,
        curvature,
        len(targets),
        model.value_and_gradient,
        model.minimizer if is_squared else None,
    )


@dataclass(frozen=True, eq=False)
class _LinearModel:
    """The sums behind `linear_model`, over a chunk of the samples at a time to save memory."""

    features: Array
    targets: Array
    loss: Callable[[Any, Any], Any]
    derivative: Callable[[Any, Any], Any]
    is_mean: bool
    has_intercept: bool

    def value(self, params: ArrayLike, batch: Indices | None = None) -> float:
        chunks = self._predict(params, batch)
        total = sum(self.loss(y_true, y_pred).sum() for _, y_true, y_pred in chunks)
        return float(total / self._divisor(batch))

    def gradient(self, params: ArrayLike, batch: Indices | None = None) -> Array:
        if batch is not None and batch.size == 1:
            sample = batch.item()
            row = self._design_matrix[sample]
            grad: Array = self.derivative(self.targets[sample], row.dot(params)) * row
            return grad
        total = np.zeros(self._n_params)
        for inputs, y_true, y_pred in self._predict(params, batch):
            total += self._pull(inputs, self.derivative(y_true, y_pred))
        return total / self._divisor(batch)

    unchecked_gradient = gradient  # what a loop calls, which has checked what it passes

    def value_and_gradient(
        self, params: ArrayLike, batch: Indices | None = None
    ) -> tuple[float, Array]:
        loss, grad = 0.0, np.zeros(self._n_params)
        for inputs, y_true, y_pred in self._predict(params, batch):
            loss += self.loss(y_true, y_pred).sum()
            grad += self._pull(inputs, self.derivative(y_true, y_pred))
        divisor = self._divisor(batch)
        return float(loss / divisor), grad / divisor

    def curvature(self, steepest: float) -> float:
        gram = self._design_matrix.T @ self._design_matrix
        return float(steepest * np.linalg.eigvalsh(gram)[-1] / self._divisor(None))

    def minimizer(self) -> Array:
        return np.linalg.lstsq(self._design_matrix, self.targets)[0].astype(np.float64)

    @cached_property
    def _design_matrix(self) -> Array:
        ones = np.ones(len(self.targets))
        return np.column_stack([self.features, ones]) if self.has_intercept else self.features

    @property
    def _n_params(self) -> int:
        n_features: int = self.features.shape[1]
        return n_features + self.has_intercept

    def _predict(
        self, params: ArrayLike, batch: Indices | None
    ) -> Iterator[tuple[Array, Array, Array]]:
        """Yield features, targets and predictions, a chunk at a time."""
        params = np.asarray(params)
        if params.shape != (self._n_params,):
            names = "the weights and then the intercept" if self.has_intercept else "the weights"
            raise ValueError(
                f"params have shape {params.shape}: pass ({self._n_params},), {names}."
            )
        weights = params[: self.features.shape[1]]
        intercept = params[-1] if self.has_intercept else 0.0
        for inputs, y_true in self._chunks(batch):
            yield inputs, y_true, inputs.dot(weights) + intercept

    def _chunks(self, batch: Indices | None) -> Iterator[tuple[Array, Array]]:
        if batch is not None:
            yield self.features.take(batch, axis=0), self.targets.take(batch)
            return
        for first in range(0, len(self.targets), _CHUNK):
            chunk = slice(first, first + _CHUNK)
            yield self.features[chunk], self.targets[chunk]

    def _pull(self, inputs: Array, derivatives: Array) -> Array:
        weights: Array = derivatives.dot(inputs)
        return np.append(weights, derivatives.sum()) if self.has_intercept else weights

    def _divisor(self, batch: Indices | None) -> int:
        if not self.is_mean:
            return 1
        return len(self.targets) if batch is None else len(batch)


def _samples(X: ArrayLike, y_true: ArrayLike, loss: Loss) -> tuple[Array, Array]:
    """Return features and targets that fit each other and the loss."""
    checks = checks_of(loss)
    if checks["y_pred"] is not real_array:
        raise ValueError(
            f"loss is {getattr(loss, '__name__', loss)}: a linear model predicts one number for "
            "each sample, of any size; pass a loss that takes it, such as "
            "binary_cross_entropy_with_logits."
        )
    features, targets = real_array("X", X), checks["y_true"]("y_true", y_true)
    if features.ndim != 2:
        raise ValueError(f"X has shape {features.shape}: pass (n_samples, n_features).")
    if targets.shape != features.shape[:1]:
        raise ValueError(
            f"X has shape {features.shape}, y_true {targets.shape}: "
            "pass one target for each row of X."
        )
    return features, targets
