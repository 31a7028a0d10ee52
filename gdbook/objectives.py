r"""Objectives: what descent walks down.

An objective is a value and a gradient. The functions below make one from data; any other
source of gradients, by hand or by machine, makes one by calling `Objective` itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, Loss, checks_of, formula_of, real_array
from gdbook.calculus import derivative_of, largest_second_derivative
from gdbook.losses import half_squared_error
from gdbook.sampling import Indices

__all__ = ["Objective", "linear_model"]


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
    derivative_formula, loss_formula = formula_of(derivative_of(loss)), formula_of(loss)
    features, targets = _samples(X, y_true, loss)
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is {reduction!r}: pass 'mean' or 'sum'.")
    n_samples, n_features = features.shape
    n_params = n_features + 1 if intercept else n_features

    def samples(batch: Indices | None) -> tuple[Array, Array]:
        return (features, targets) if batch is None else (features[batch], targets[batch])

    def predict(inputs: Array, params: ArrayLike) -> Array:
        params = np.asarray(params)
        if params.shape != (n_params,):
            raise ValueError(
                f"params have shape {params.shape}: pass ({n_params},), "
                f"{'the weights and then the intercept' if intercept else 'the weights'}."
            )
        y_pred: Array = inputs @ params[:n_features]
        return y_pred + params[-1] if intercept else y_pred

    def value(params: ArrayLike, batch: Indices | None = None) -> float:
        inputs, answers = samples(batch)
        losses = loss_formula(answers, predict(inputs, params))
        return float(losses.mean() if reduction == "mean" else losses.sum())

    def gradient(params: ArrayLike, batch: Indices | None = None) -> Array:
        inputs, answers = samples(batch)
        pulls = derivative_formula(answers, predict(inputs, params))
        grad = np.append(pulls @ inputs, pulls.sum()) if intercept else pulls @ inputs
        return grad / len(answers) if reduction == "mean" else grad

    try:
        steepest = largest_second_derivative(loss)
    except ValueError:
        return Objective(value, gradient, n_samples=n_samples)

    def curvature() -> float:
        inputs = np.column_stack([features, np.ones(n_samples)]) if intercept else features
        largest = np.linalg.eigvalsh(inputs.T @ inputs)[-1]
        return float(steepest * largest / (n_samples if reduction == "mean" else 1))

    return Objective(value, gradient, curvature, n_samples)


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
