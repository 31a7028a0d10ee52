"""A linear model under a loss: the sums over its samples, and what follows from them."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from math import frexp, ldexp
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdbook._checks import (
    Array,
    Indices,
    chosen,
    features,
    is_quiet,
    parameters,
    quiet,
    quietly,
    real_array,
)
from gdbook.losses import Loss
from gdbook.losses._loss import Formula

_CHUNK = 2**14
_ARRAY, _FLOAT = np.ndarray, np.dtype(np.float64)


@dataclass(frozen=True, eq=False, repr=False)
class LinearModel:
    """The sums behind `linear_model`, over a chunk of the samples at a time to save memory."""

    features: Array
    targets: Array
    loss: Loss
    is_mean: bool
    has_intercept: bool

    @quietly
    def value(self, params: ArrayLike, batch: Indices | None = None) -> float:
        chunks = self._predicted(self._params(params), batch)
        total = sum(self.loss.formula(y_true, y_pred).sum() for _, y_true, y_pred in chunks)
        return float(total / self._divisor(batch))

    def gradient(self, params: ArrayLike, batch: Indices | None = None) -> Array:
        if not is_quiet.get():
            with quiet():
                return self.gradient(params, batch)
        if type(batch) is _ARRAY and type(params) is _ARRAY and batch.shape == (1,):
            # One sample in little time; whatever is unusual is left to the lines below.
            slope, sample = self._slope_of_one, batch.item()
            if slope and type(sample) is int and params.dtype is _FLOAT:
                try:
                    row = self._design_matrix[sample]
                    prediction = row.dot(params)
                    if type(prediction) is np.float64:
                        grad: Array = row.dot(slope(self.targets[sample], prediction))
                        return grad
                except (IndexError, OverflowError, ValueError):
                    pass
        params = self._params(params)
        total = np.zeros(self._shape)
        for inputs, y_true, y_pred in self._predicted(params, batch):
            total += self._weighted(inputs, self.loss.derivative_formula(y_true, y_pred))
        return total / self._divisor(batch)

    def unchecked_gradient(self, params: Array, batch: Indices) -> Array:
        """Return the gradient of a batch in a loop, which has checked what it passes."""
        try:
            if len(batch) == 1 and self._slope_of_one is not None:
                sample = batch.item()
                row = self._design_matrix[sample]
                slope = self._slope_of_one(self.targets[sample], row.dot(params))
                if type(slope) is np.float64:  # as the book's own derivatives return it
                    grad: Array = row.dot(slope)
                    return grad
            return self.gradient(params, batch)
        except ArithmeticError:
            return np.full(self._shape, np.inf)

    @quietly
    def value_and_gradient(
        self, params: ArrayLike, batch: Indices | None = None
    ) -> tuple[float, Array]:
        params = self._params(params)
        loss, grad = 0.0, np.zeros(self._shape)
        for inputs, y_true, y_pred in self._predicted(params, batch):
            loss += self.loss.formula(y_true, y_pred).sum()
            grad += self._weighted(inputs, self.loss.derivative_formula(y_true, y_pred))
        divisor = self._divisor(batch)
        return float(loss / divisor), grad / divisor

    @quietly
    def curvature(self) -> float:
        """Return the largest eigenvalue of the matrix of second derivatives, or a bound."""
        return largest_curvature(self._design_matrix, self.loss.smoothness, self._divisor(None))

    @quietly
    def hessian(self) -> Array:
        """Return the matrix of second derivatives under a quadratic loss."""
        scale, gram = _gram(self._design_matrix)
        return (self.loss.smoothness or 0.0) * (gram / self._divisor(None)) * scale * scale

    @quietly
    def minimizer(self) -> Array:
        """Return the parameters nearest to the origin at which a quadratic loss is smallest."""
        return np.linalg.lstsq(self._design_matrix, self.targets)[0].astype(np.float64)

    @property
    def is_weight(self) -> NDArray[np.bool_]:
        """Which parameters are weights, and no intercept."""
        is_weight: NDArray[np.bool_] = np.arange(*self._shape) < self.features.shape[1]
        return is_weight

    @quietly
    def scores(self, params: ArrayLike, X: ArrayLike) -> Array:
        """Return the predictions that the loss takes."""
        inputs, numbers = features(X, self.features.shape[1]), real_array("params", params)
        return self._affine(self._params(numbers), inputs)

    def predict(self, params: ArrayLike, X: ArrayLike) -> NDArray[Any]:
        """Return the predictions, or the answers 1 and 0 where they are logits."""
        scores = self.scores(params, X)
        return (scores > 0).astype(np.intp) if self.loss.targets == "probabilities" else scores

    @cached_property
    def _design_matrix(self) -> Array:
        ones = np.ones(len(self.targets))
        return np.column_stack([self.features, ones]) if self.has_intercept else self.features

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is computed when it is asked for."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def _shape(self) -> tuple[int, ...]:
        return (self.features.shape[1] + self.has_intercept,)

    @cached_property
    def _slope_of_one(self) -> Formula | None:
        """Return the derivative, if it takes single numbers."""
        target = self.targets[0]
        try:
            slope = self.loss.derivative_formula(target, target)
        except (AttributeError, IndexError, TypeError, ValueError):
            return None
        return self.loss.derivative_formula if np.shape(slope) == () else None

    def _params(self, params: ArrayLike) -> Array:
        if type(params) is _ARRAY and params.shape == self._shape and params.dtype is _FLOAT:
            return params
        names = "the weights and then the intercept" if self.has_intercept else "the weights"
        return parameters(params, self._shape, f", {names}")

    def _predicted(
        self, params: Array, batch: Indices | None
    ) -> Iterator[tuple[Array, Array, Array]]:
        """Yield features, targets and predictions, a chunk at a time."""
        for inputs, y_true in self._chunks(batch):
            yield inputs, y_true, self._affine(params, inputs)

    def _affine(self, params: Array, inputs: Array) -> Array:
        n_features = inputs.shape[1]
        predictions: Array = inputs.dot(params[:n_features])
        return predictions + (params[-1] if self.has_intercept else 0.0)

    def _chunks(self, batch: Indices | None) -> Iterator[tuple[Array, Array]]:
        if batch is not None:
            inputs, y_true = chosen(batch, self.features, self.targets)
            yield inputs, y_true
            return
        for first in range(0, len(self.targets), _CHUNK):
            chunk = slice(first, first + _CHUNK)
            yield self.features[chunk], self.targets[chunk]

    def _weighted(self, inputs: Array, derivatives: Array) -> Array:
        weights: Array = derivatives.dot(inputs)
        return np.append(weights, derivatives.sum()) if self.has_intercept else weights

    def _divisor(self, batch: Indices | None) -> int:
        if not self.is_mean:
            return 1
        return len(self.targets) if batch is None else np.size(batch)


def largest_curvature(design: Array, smoothness: float | None, divisor: int) -> float:
    """Return the largest eigenvalue of the Gram matrix, times the smoothness of a loss."""
    scale, gram = _gram(design)
    largest = max(float(np.linalg.eigvalsh(gram)[-1]), 0.0) / divisor
    return (smoothness or 0.0) * largest * scale * scale


def _gram(design: Array) -> tuple[float, Array]:
    """Return a power of 2, and the Gram matrix divided by its square, which cannot overflow."""
    largest = float(max(design.max(), -design.min()))
    scale = 1.0 if 1e-100 < largest < 1e100 else ldexp(1.0, frexp(largest)[1] - 1)
    scaled = design if scale == 1 else design / scale
    return scale, scaled.T @ scaled
