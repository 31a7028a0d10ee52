r"""Objectives: what descent walks down.

An objective is a value and a gradient. The functions below make one from data; any other
source of gradients, by hand or by machine, makes one by calling `Objective` itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, Elementwise, real_array
from gdbook.derivatives import derivative_of, largest_second_derivative
from gdbook.losses import half_squared_error

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

    Examples:
        >>> from gdbook import Objective
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> parabola.value(3.0), parabola.gradient(3.0)
        (18.0, 12.0)

    Source:
        Y. Nesterov, *Introductory Lectures on Convex Optimization*, 2004, section 1.2.2, for $L$.
    """

    value: Callable[[Any], Any]
    gradient: Callable[[Any], Any]
    curvature: Callable[[], float] | None = None


def linear_model(
    X: ArrayLike,
    y_true: ArrayLike,
    *,
    loss: Elementwise = half_squared_error,
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
        y_true: Targets, shape `(n_samples,)`.
        loss: A function of `gdbook.losses`.
        reduction: `"mean"` divides the sum of the losses by the number of samples; `"sum"`
            does not.
        intercept: Whether the model has one.

    Returns:
        The objective. Its `curvature` is exact for both squared errors.

    Raises:
        TypeError: `X` or `y_true` does not hold real numbers.
        ValueError: The shapes do not match, the data are empty or not finite, or the loss or
            the reduction is not known.

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
    features, targets = real_array("X", X), real_array("y_true", y_true)
    if features.ndim != 2:
        raise ValueError(f"X has shape {features.shape}: pass (n_samples, n_features).")
    if targets.shape != features.shape[:1]:
        raise ValueError(
            f"X has shape {features.shape}, y_true {targets.shape}: "
            "pass one target for each row of X."
        )
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is {reduction!r}: pass 'mean' or 'sum'.")
    derivative_formula, loss_formula = derivative_of(loss).__wrapped__, loss.__wrapped__
    n_samples, n_features = features.shape
    n_params = n_features + 1 if intercept else n_features
    divisor = n_samples if reduction == "mean" else 1

    def predict(params: ArrayLike) -> Array:
        params = np.asarray(params)
        if params.shape != (n_params,):
            raise ValueError(
                f"params have shape {params.shape}: pass ({n_params},), "
                f"{'the weights and then the intercept' if intercept else 'the weights'}."
            )
        y_pred: Array = features @ params[:n_features]
        return y_pred + params[-1] if intercept else y_pred

    def value(params: ArrayLike) -> float:
        return float(loss_formula(targets, predict(params)).sum() / divisor)

    def gradient(params: ArrayLike) -> Array:
        pulls = derivative_formula(targets, predict(params)) / divisor
        by_weights: Array = pulls @ features
        return np.append(by_weights, pulls.sum()) if intercept else by_weights

    def curvature() -> float:
        inputs = np.column_stack([features, np.ones(n_samples)]) if intercept else features
        largest = np.linalg.eigvalsh(inputs.T @ inputs)[-1]
        return float(largest_second_derivative(loss) * largest / divisor)

    return Objective(value, gradient, curvature)
