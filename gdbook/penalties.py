r"""Penalties: what do large weights cost?

A penalty is an objective. Added to another one, it keeps the weights small, which is also
called regularization: `objective + 0.1 * l2_penalty(objective)`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdbook._checks import Array, flag, parameters, quietly, real_numbers
from gdbook._objectives import checked_objective
from gdbook.objectives import Objective

__all__ = ["l1_penalty", "l2_penalty"]


def l2_penalty(objective: Objective, *, intercept: bool = False) -> Objective:
    r"""Return half the sum of the squared weights of an objective.

    $$f(\theta) = \tfrac12 \sum_{j} w_j^2, \qquad \frac{\partial f}{\partial w_j} = w_j$$

    Least squares with this penalty is known as **ridge regression**. In a linear model and in
    the classifiers, the weights $w$ are the parameters that are no intercepts. In an objective
    of your own, they are all parameters.

    PyTorch's `weight_decay` is the factor of this penalty. scikit-learn's `Ridge` has the sum of
    the squared errors and no half: beside half the mean squared error of $n$ samples, its
    `alpha` is $n$ times the factor.

    Args:
        objective: Whose parameters to penalize.
        intercept: Whether intercepts count as weights.

    Returns:
        The penalty, as an objective. Its curvature is 1.

    Raises:
        TypeError: `objective` is none, or `intercept` is not True or False.

    Examples:
        >>> import numpy as np
        >>> from gdbook import l2_penalty, linear_model
        >>> objective = linear_model([[-1.0], [1.0]], [2.0, 6.0])
        >>> ridge = objective + 1.0 * l2_penalty(objective)
        >>> ridge.minimizer(), ridge.largest_learning_rate()
        (array([1., 4.]), 1.0)
        >>> ridge.gradient(np.array([1.0, 4.0]), np.array([1]))
        array([ 0., -1.])

    Source:
        A. E. Hoerl and R. W. Kennard, *Ridge Regression: Biased Estimation for Nonorthogonal
        Problems*, 1970.
    """
    penalty = _L2(_weights(objective, intercept))
    return Objective(
        penalty.value,
        penalty.gradient,
        penalty.curvature,
        minimizer=penalty.minimizer if penalty.weights.ndim else None,
        hessian=penalty.hessian if penalty.weights.ndim == 1 else None,
    )


def l1_penalty(objective: Objective, *, intercept: bool = False) -> Objective:
    r"""Return the sum of the absolute weights of an objective.

    $$f(\theta) = \sum_{j} \lvert w_j \rvert, \qquad
    \frac{\partial f}{\partial w_j} = \operatorname{sign}(w_j)$$

    Least squares with this penalty is known as the **lasso**. It draws small weights to 0 and
    past it: at 0 there is a kink, so descent with a constant rate comes near 0 and does not stay
    there. The weights $w$ are those of `l2_penalty`.

    Args:
        objective: Whose parameters to penalize.
        intercept: Whether intercepts count as weights.

    Returns:
        The penalty, as an objective. It has no curvature. At the kink its gradient is 0.

    Raises:
        TypeError: `objective` is none, or `intercept` is not True or False.

    Examples:
        >>> from gdbook import l1_penalty, linear_model
        >>> objective = linear_model([[-1.0], [1.0]], [2.0, 6.0])
        >>> lasso = objective + 0.5 * l1_penalty(objective)
        >>> lasso.value([2.0, 4.0]), lasso.gradient([2.0, 4.0])
        (1.0, array([0.5, 0. ]))

    Source:
        R. Tibshirani, *Regression Shrinkage and Selection via the Lasso*, 1996.
    """
    penalty = _L1(_weights(objective, intercept))
    return Objective(penalty.value, penalty.gradient)


def _weights(objective: Objective, intercept: bool) -> NDArray[np.bool_]:  # noqa: FBT001 - the caller names it
    """Return which parameters are weights; one truth value for all of an unknown shape."""
    model = checked_objective(objective).model
    if flag("intercept", intercept):
        return np.ones_like(model.is_weight) if model else np.array(True)  # noqa: FBT003
    return model.is_weight if model else np.array(True)  # noqa: FBT003


@dataclass(frozen=True, eq=False, repr=False)
class _Penalty:
    """A penalty of some parameters, or of all if `weights` is a single truth value."""

    weights: NDArray[np.bool_]

    def penalized(self, params: ArrayLike) -> Array:
        """Return the parameters with 0 in the place of those that are not penalized."""
        if self.weights.ndim:
            numbers = parameters(params, self.weights.shape)
        else:
            numbers = real_numbers("params", params)
        return np.where(self.weights, numbers, 0.0)


class _L2(_Penalty):
    @quietly
    def value(self, params: ArrayLike) -> float:
        weights = self.penalized(params)
        return float((weights * (weights / 2)).sum())

    def gradient(self, params: ArrayLike) -> Array:
        return self.penalized(params)

    def curvature(self) -> float:
        return float(self.weights.any())

    def hessian(self) -> Array:
        return np.diag(self.weights.astype(np.float64))

    def minimizer(self) -> Array:
        return np.zeros(self.weights.shape)


class _L1(_Penalty):
    @quietly
    def value(self, params: ArrayLike) -> float:
        return float(abs(self.penalized(params)).sum())

    @quietly
    def gradient(self, params: ArrayLike) -> Array:
        return np.sign(self.penalized(params))
