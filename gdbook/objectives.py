r"""Objectives: what descent walks down.

An objective is a value and a gradient. The functions below make one from data; any other
source of gradients, by hand or by machine, makes one by calling `Objective` itself. Objectives
add, and are multiplied by numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdbook._checks import Array, features, flag, number_from_0, real_number, written
from gdbook._linear import LinearModel
from gdbook._models import Model
from gdbook._sums import WeightedSum
from gdbook.losses import Loss, half_squared_error
from gdbook.losses._loss import checked_loss, checked_targets

__all__ = ["Objective", "linear_model"]

Reduction = Literal["mean", "sum"]
_ONE_FOR_EACH = ("numbers", "probabilities")


@dataclass(frozen=True)
class Objective:
    r"""A function to be made small: its value, its gradient, and how fast the gradient changes.

    $$f(\theta), \qquad \nabla f(\theta), \qquad
    L = \sup_{\theta} \lambda_{\max}\!\left(\nabla^2 f(\theta)\right)$$

    Objectives of the same parameters add, and are multiplied by numbers from 0 on:
    `objective + 0.1 * l2_penalty(objective)`. The curvature, the Hessian and the minimizer of a
    sum follow where all its parts have them; without Hessians, its curvature is the sum of
    theirs, which is a bound. A part that is not made from samples, such as a penalty, enters
    each batch, too: whole where the other parts are means over samples, and by the share that
    the batch has of all samples where they are sums. So it has the weight that it has in a full
    batch.

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
        hessian: Takes nothing, returns the matrix of second derivatives, of a function in which
            it is the same everywhere. Leave it out elsewhere.
        reduction: `"sum"` where the value of a batch is a sum over its samples, and not a mean.
        model: What predicts, in the objectives that this book makes from data.

    Examples:
        >>> from gdbook import Objective
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> parabola.value(3.0), parabola.gradient(3.0)
        (18.0, 12.0)
        >>> (parabola + 0.5 * parabola).value(3.0)
        27.0

    Source:
        Y. Nesterov, *Introductory Lectures on Convex Optimization*, 2004, section 1.2.2, for $L$.
    """

    value: Callable[..., Any]
    gradient: Callable[..., Any]
    curvature: Callable[[], float] | None = None
    n_samples: int | None = None
    value_and_gradient: Callable[..., tuple[Any, Any]] | None = None
    minimizer: Callable[[], Array] | None = None
    hessian: Callable[[], Array] | None = None
    reduction: Reduction = "mean"
    model: Model | None = None

    __array_ufunc__: ClassVar[None] = None  # so that NumPy's numbers leave the product to us

    def __add__(self, other: "Objective") -> "Objective":
        if not isinstance(other, Objective):
            return NotImplemented
        return _weighted_sum((1.0, self), (1.0, other))

    def __mul__(self, factor: float) -> "Objective":
        return _weighted_sum((number_from_0("factor", factor), self))

    __rmul__ = __mul__

    def largest_learning_rate(self) -> float:
        r"""Return the bound that a constant learning rate has to stay below.

        $$\alpha < \frac{2}{L}$$

        Returns:
            Two over the curvature; infinity where the curvature is 0.

        Raises:
            TypeError: The curvature that the objective was given returns no number.
            ValueError: The objective has no curvature, or it is negative or NaN.

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
                "the objective has no curvature: pass it to Objective, or use a loss that has a "
                "smoothness constant, such as the squared error."
            )
        curvature = real_number("curvature()", self.curvature(), wanted="a number from 0 on")
        if curvature < 0:
            raise ValueError(f"curvature() is {curvature}: return a number from 0 on.")
        return 2 / curvature if curvature else np.inf

    def scores(self, params: ArrayLike, X: ArrayLike) -> Array:
        r"""Return what the model says of samples, new ones or old ones.

        Args:
            params: Parameters, such as the last of a run.
            X: Features, shape `(n_samples, n_features)`.

        Returns:
            What the loss takes as predictions. Of a linear model, one number for each sample:
                the prediction, or a logit. Of a classifier, a row of logits, one for each class.

        Raises:
            TypeError: An argument does not hold real numbers.
            ValueError: An argument is empty, not finite or of another shape than those that the
                objective was made from, or the objective has no model.

        Examples:
            >>> from gdbook import linear_model
            >>> linear_model([[1.0], [3.0]], [2.0, 6.0]).scores([2.0, 0.5], [[10.0]])
            array([20.5])
        """
        return self._model().scores(params, X)

    def predict(self, params: ArrayLike, X: ArrayLike) -> NDArray[Any]:
        r"""Return the answers of the model for samples, new ones or old ones.

        Args:
            params: Parameters, such as the last of a run.
            X: Features, shape `(n_samples, n_features)`.

        Returns:
            One answer for each sample. Of a linear model, the score, or 1 and 0 where it is a
                logit, positive or not. Of a classifier, the number of the class with the largest
                score.

        Raises:
            TypeError: As for the scores.
            ValueError: As for the scores.

        Examples:
            >>> from gdbook import binary_cross_entropy_with_logits, linear_model
            >>> loss = binary_cross_entropy_with_logits
            >>> linear_model([[1.0], [3.0]], [0, 1], loss=loss).predict([1.0, -2.0], [[1.5], [9.0]])
            array([0, 1])
        """
        return self._model().predict(params, X)

    def _model(self) -> Model:
        if self.model is None:
            raise ValueError(
                "the objective has no model that predicts: use one that is made from data, by "
                "linear_model or a classifier."
            )
        return self.model


def _weighted_sum(*parts: tuple[float, Objective]) -> Objective:
    """Return the sum of objectives with their weights, and what is known of it."""
    total, objectives = WeightedSum(parts), [objective for _, objective in parts]
    with_samples = [each for each in objectives if each.n_samples is not None]
    for name in ("n_samples", "reduction"):
        found = [getattr(each, name) for each in with_samples]
        if len({*found}) > 1:
            raise ValueError(
                f"the objectives have different {name}, {found}: add objectives that are made "
                "from the same samples in the same way."
            )
    models = [each.model for each in objectives if each.model is not None]
    is_known = total.is_quadratic or all(each.curvature is not None for each in objectives)
    has_minimizer = all(each.minimizer is not None for each in objectives)
    minimizer = objectives[0].minimizer if len(parts) == 1 else total.minimizer
    return Objective(
        total.value,
        total.gradient,
        total.curvature if is_known else None,
        total.n_samples,
        total.value_and_gradient,
        minimizer if len(parts) == 1 or (total.is_quadratic and has_minimizer) else None,
        total.hessian if total.is_quadratic else None,
        total.reduction,
        models[0] if len(models) == 1 else None,
    )


def linear_model(
    X: ArrayLike,
    y_true: ArrayLike,
    *,
    loss: Loss = half_squared_error,
    reduction: Reduction = "mean",
    intercept: bool = True,
) -> Objective:
    r"""Return the objective of a linear model under a loss, over all samples.

    $$\hat y = X w + b, \qquad
    f(w, b) = \frac1n \sum_{i=1}^{n} \ell(y_i, \hat y_i), \qquad
    \nabla f = \frac1n \begin{pmatrix} X^\top \ell' \\ 1^\top \ell' \end{pmatrix}$$

    The parameters are one vector of `n_features + 1` numbers: the weights $w$, then the
    intercept $b$. Without an intercept they are the weights alone, and $b = 0$. The data are
    not copied where they are float64: leave them as they are while the objective is in use.
    Indices of samples that are negative count from the end.

    Args:
        X: Features, shape `(n_samples, n_features)`.
        y_true: Targets, shape `(n_samples,)`, such as the loss takes.
        loss: A loss that takes any number as prediction, one of this book, such as
            `huber(delta=2.5)`, or one of your own, made by `Loss.with_derivative`.
            `binary_cross_entropy` takes only probabilities.
        reduction: `"mean"` divides the sum of the losses by the number of samples; `"sum"`
            does not.
        intercept: Whether the model has one.

    Returns:
        The objective. Its `curvature` is exact for both squared errors and the binary
            cross-entropy with logits, a bound for Huber's loss, and None where the loss has no
            smoothness constant. It has a `hessian` and a `minimizer` under a quadratic loss.
            `scores` returns $\hat y$ for other samples; with targets that are probabilities,
            those are logits, and `predict` returns 1 where they are positive, and 0 elsewhere.

    Raises:
        TypeError: `X` or `y_true` does not hold real numbers, `loss` is no loss, or `intercept`
            is not True or False. When the objective is used: so do the parameters, or the batch
            does not hold indices.
        ValueError: The shapes do not match, the data are empty or not finite, the loss does not
            take the targets, or does not take any number as prediction, or its formulas return
            other shapes than they should, or the reduction is not known. When the objective is
            used: the parameters have another shape, or the batch has no samples, or some that
            do not exist.

    Examples:
        >>> import numpy as np
        >>> from gdbook import linear_model
        >>> objective = linear_model([[1.0], [3.0]], [2.0, 6.0])
        >>> objective.value(np.array([1.0, 0.0]))
        2.5
        >>> objective.gradient(np.array([1.0, 0.0]))
        array([-5., -2.])
        >>> objective.predict(objective.minimizer(), [[10.0]]).round(9)
        array([20.])

    Source:
        A.-M. Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805.
    """
    if checked_loss(loss).predictions != "numbers" or loss.targets not in _ONE_FOR_EACH:
        raise ValueError(
            f"loss is {loss}: a linear model predicts one number for each sample, of any size; "
            "pass a loss that takes it, such as binary_cross_entropy_with_logits."
        )
    if reduction not in get_args(Reduction):
        raise ValueError(f"reduction is {reduction!r}: pass 'mean' or 'sum'.")
    inputs = features(X)
    targets = _targets(y_true, inputs, loss)
    for formula in (loss, loss.derivative):  # of two samples, so that a mean is noticed
        formula(targets[:2], np.zeros(len(targets[:2])))
    model = LinearModel(inputs, targets, loss, reduction == "mean", flag("intercept", intercept))
    return Objective(
        model.value,
        model.gradient,
        None if loss.smoothness is None else model.curvature,
        len(targets),
        model.value_and_gradient,
        model.minimizer if loss.is_quadratic else None,
        model.hessian if loss.is_quadratic else None,
        reduction,
        model,
    )


def _targets(y_true: ArrayLike, X: Array, loss: Loss) -> Array:
    """Return targets that the loss takes, one for each row of features, and not to be changed."""
    targets = checked_targets(loss, "y_true", y_true).view()
    if targets.shape in {(len(X), 1), (1, len(X))}:
        raise ValueError(
            f"y_true has shape {targets.shape}: pass ({len(X)},), such as "
            f"{written('y_true', y_true)}.ravel()."
        )
    if targets.shape != X.shape[:1]:
        raise ValueError(
            f"X has shape {X.shape}, y_true {targets.shape}: pass one target for each row of X."
        )
    targets.flags.writeable = False
    return targets
