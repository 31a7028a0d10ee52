r"""Descent: one step, and the loop that repeats it."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, positive_number, real_array, whole_number
from gdbook.history import History, Status
from gdbook.objectives import Objective
from gdbook.sampling import Indices

__all__ = ["gradient_descent", "gradient_step", "stochastic_gradient_descent"]


def gradient_step(params: Array, grad: Array, learning_rate: float) -> Array:
    r"""Return the parameters after one step against the gradient.

    $$\theta_{k+1} = \theta_k - \alpha \, \nabla f(\theta_k)$$

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $\nabla f(\theta_k)$, the shape of `params`.
        learning_rate: Step length $\alpha$.

    Returns:
        New parameters; `params` itself is left as it was. The arguments are not checked here;
        `gradient_descent` does that, once.

    Examples:
        >>> from gdbook import gradient_step
        >>> gradient_step(3.0, 12.0, learning_rate=0.25)
        0.0

    Source:
        A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*,
        1847.
    """
    return params - learning_rate * grad


def gradient_descent(
    objective: Objective,
    start: ArrayLike,
    *,
    learning_rate: float,
    epochs: int,
    record_every: int = 1,
) -> History:
    r"""Repeat the gradient step, each time on all samples, and record the way.

    $$\theta_{k+1} = \theta_k - \alpha \, \nabla f(\theta_k), \qquad k = 0, 1, 2, \dots$$

    A run that diverges is no error. It ends with the last row that is finite, and says so in
    its status.

    Args:
        objective: What to make small.
        start: Parameters $\theta_0$, a number or an array; computed in float64.
        learning_rate: Step length $\alpha$, greater than 0.
        epochs: Number of steps; each sees every sample once.
        record_every: Record the start, the end and every so many epochs between them.

    Returns:
        The record of the run.

    Raises:
        TypeError: `start` does not hold real numbers, `learning_rate` is no number, `epochs` or
            `record_every` is not whole, or the objective returns no real numbers.
        ValueError: `start` is empty or not finite, `learning_rate` is not finite and positive,
            `epochs` is negative, `record_every` is less than 1, the objective is not finite at
            `start`, or it returns more than one value or a gradient of another shape than
            `start`.

    Examples:
        >>> from gdbook import Objective, gradient_descent
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> history = gradient_descent(parabola, 1.0, learning_rate=0.125, epochs=3)
        >>> history.params
        array([1.   , 0.5  , 0.25 , 0.125])

    Source:
        A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*,
        1847.
    """
    return _descend(
        objective,
        start,
        batches=lambda: [None],
        learning_rate=learning_rate,
        epochs=epochs,
        record_every=record_every,
    )


def stochastic_gradient_descent(
    objective: Objective,
    start: ArrayLike,
    *,
    batches: Callable[[int], Iterable[Indices]],
    learning_rate: float,
    epochs: int,
    record_every: int = 1,
) -> History:
    r"""Repeat the gradient step, each time on a batch of the samples, and record the way.

    $$\theta \leftarrow \theta - \alpha \, \nabla f_B(\theta)
    \qquad \text{for each batch } B \text{ of each epoch}$$

    What is recorded after an epoch is the value and the gradient on **all** samples, not on the
    batch that happened to be the last. A run that diverges is no error, as in
    `gradient_descent`.

    Args:
        objective: What to make small, made from samples.
        start: Parameters $\theta_0$, a number or an array; computed in float64.
        batches: Takes the number of samples, returns the batches of one epoch: a function of
            `gdbook.sampling`, or `functools.partial` of it and its options.
        learning_rate: Step length $\alpha$, greater than 0.
        epochs: How many times to go through `batches`.
        record_every: Record the start, the end and every so many epochs between them.

    Returns:
        The record of the run.

    Raises:
        TypeError: As `gradient_descent`.
        ValueError: As `gradient_descent`, or the objective has no samples to choose from.

    Examples:
        >>> from gdbook import cyclic, linear_model, stochastic_gradient_descent
        >>> objective = linear_model([[1.0], [2.0]], [2.0, 4.0], intercept=False)
        >>> history = stochastic_gradient_descent(
        ...     objective, [0.0], batches=cyclic, learning_rate=0.5, epochs=1
        ... )
        >>> history.params[:, 0]
        array([0., 3.])

    Source:
        H. Robbins and S. Monro, *A Stochastic Approximation Method*, 1951.
    """
    n_samples = objective.n_samples
    if n_samples is None:
        raise ValueError("the objective has no samples: pass one that is made from samples.")
    return _descend(
        objective,
        start,
        batches=lambda: batches(n_samples),
        learning_rate=learning_rate,
        epochs=epochs,
        record_every=record_every,
    )


def _descend(
    objective: Objective,
    start: ArrayLike,
    *,
    batches: Callable[[], Iterable[Indices | None]],
    learning_rate: float,
    epochs: int,
    record_every: int,
) -> History:
    """Run the one loop of this book; a batch of None is all samples."""
    params = _read_only(real_array("start", start))
    learning_rate = positive_number("learning_rate", learning_rate)
    epochs = whole_number("epochs", epochs, at_least=0)
    record_every = whole_number("record_every", record_every, at_least=1)
    rows: list[_Row] = []
    status: Status = "completed"
    with np.errstate(all="ignore"):
        for epoch in range(epochs + 1):
            loss, grad = _evaluate(objective, params)
            if not (np.isfinite(loss) and np.isfinite(grad).all()):
                status = "diverged"
                break
            row = _Row(epoch, params, loss, grad)
            if epoch % record_every == 0:
                rows.append(row)
            if epoch < epochs:
                for batch in batches():
                    if batch is not None:
                        grad = objective.gradient(params, batch)
                    params = _read_only(gradient_step(params, grad, learning_rate))
    if not rows:
        raise ValueError(
            f"at the start the loss is {loss} and the gradient {grad}: start where both are finite."
        )
    if rows[-1] is not row:
        rows.append(row)
    recorded, path, losses, gradients = map(_read_only, zip(*rows, strict=True))
    return History(recorded, path, losses, gradients, status)


class _Row(NamedTuple):
    epoch: int
    params: Array
    loss: float
    grad: Array


def _evaluate(objective: Objective, params: Array) -> tuple[float, Array]:
    """Return value and gradient in float64; what overflows in Python's own floats is infinite."""
    try:
        value, grad = np.asarray(objective.value(params)), np.array(objective.gradient(params))
    except OverflowError:
        return np.inf, np.full(params.shape, np.inf)
    for name, result, shape in (("value", value, ()), ("gradient", grad, params.shape)):
        if result.dtype.kind not in "iuf":
            raise TypeError(f"the {name} has dtype {result.dtype}: return real numbers.")
        if result.shape != shape:
            raise ValueError(f"the {name} has shape {result.shape}: return shape {shape}.")
    return float(value), grad.astype(np.float64, copy=False)


def _read_only(values: Any) -> Any:
    array = np.array(values)
    array.flags.writeable = False
    return array
