r"""Descent: one step, and the loop that repeats it."""

from collections.abc import Callable, Iterable, Iterator
from itertools import count, repeat
from math import ceil, inf

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import (
    Array,
    number_from_0,
    positive_number,
    quiet,
    real_array,
    real_number,
    whole_number,
)
from gdbook._recorder import Recorder, real_result
from gdbook.history import History
from gdbook.objectives import Objective
from gdbook.sampling import Indices
from gdbook.schedules import Schedule
from gdbook.update_rules import Step

__all__ = ["gradient_descent", "gradient_step", "stochastic_gradient_descent"]

_RECORDED_NUMBERS = 10_000_000


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
    learning_rate: float | Schedule,
    epochs: int,
    step: Step | None = None,
    record_every: int | None = None,
    tolerance: float | None = None,
    loss_limit: float = inf,
) -> History:
    r"""Repeat the gradient step, each time on all samples, and record the way.

    $$\theta_{k+1} = \theta_k - \alpha_k \, \nabla f(\theta_k), \qquad k = 0, 1, 2, \dots$$

    A run that diverges is no error. It ends with the last row that is finite, and says so in
    its status.

    Args:
        objective: What to make small.
        start: Parameters $\theta_0$, a number or an array; computed in float64.
        learning_rate: Step length $\alpha$, greater than 0, or a function that takes the number
            of the update, from 0, and returns its $\alpha_k$, such as one of
            `gdbook.schedules`.
        epochs: Number of steps; each sees every sample once.
        step: Another step than `gradient_step`: a function of `gdbook.update_rules` or
            `gdbook.scaled_steps`, or one like them.
        record_every: Record the start, the end and every so many epochs between them. By
            default every epoch, as long as the record has at most 10 million numbers (80 MB);
            else as many epochs apart as keeps it below that.
        tolerance: End the run where the length of the gradient is at most this.
        loss_limit: End the run as diverged where the loss is above this, too.

    Returns:
        The record of the run.

    Raises:
        TypeError: `start` does not hold real numbers, an option is not of its type, or the
            objective returns no real numbers, or the schedule no number.
        ValueError: `start` is empty or not finite, `learning_rate` is not finite and positive,
            `epochs` is negative, `record_every` is less than 1, `tolerance` is not positive,
            `loss_limit` is NaN, the objective at `start` is not finite or above the limit, or
            it returns more than one value or a gradient of another shape than `start`, or the
            schedule returns a number that is negative or not finite.

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
        batches=None,
        learning_rate=learning_rate,
        epochs=epochs,
        step=step,
        record_every=record_every,
        tolerance=tolerance,
        loss_limit=loss_limit,
    )


def stochastic_gradient_descent(
    objective: Objective,
    start: ArrayLike,
    *,
    batches: Callable[[int], Iterable[Indices]],
    learning_rate: float | Schedule,
    epochs: int,
    step: Step | None = None,
    record_every: int | None = None,
    tolerance: float | None = None,
    loss_limit: float = inf,
    average_from: int | None = None,
) -> History:
    r"""Repeat the gradient step, each time on a batch of the samples, and record the way.

    $$\theta \leftarrow \theta - \alpha \, \nabla f_B(\theta)
    \qquad \text{for each batch } B \text{ of each epoch}$$

    What is recorded after an epoch is the value and the gradient on **all** samples, not on the
    batch that happened to be the last. They are computed for the rows of the record only, or,
    with a tolerance or a limit, after each epoch. A run that diverges is no error, as in
    `gradient_descent`.

    With `average_from`, a row holds the mean of the iterates,

    $$\bar\theta_k = \frac{1}{k - m + 1} \sum_{j=m}^{k} \theta_j ,$$

    from update $m$ on, and the value and the gradient there. The steps are taken from
    $\theta_k$ as before.

    Args:
        objective: What to make small, made from samples.
        start: Parameters $\theta_0$, a number or an array; computed in float64.
        batches: Takes the number of samples, returns the batches of one epoch: a function of
            `gdbook.sampling`, or `functools.partial` of it and its options.
        learning_rate: Step length $\alpha$, as in `gradient_descent`; the updates are counted
            through all epochs.
        epochs: How many times to go through `batches`.
        step: As in `gradient_descent`.
        record_every: As in `gradient_descent`.
        tolerance: End the run where the length of the gradient on all samples is at most this.
        loss_limit: As in `gradient_descent`.
        average_from: Number of updates $m$ before the first iterate that is averaged. By
            default none is.

    Returns:
        The record of the run.

    Raises:
        TypeError: As `gradient_descent`.
        ValueError: As `gradient_descent`, or the objective has no samples to choose from, or
            `average_from` is negative.

    Examples:
        >>> from gdbook import cyclic, linear_model, stochastic_gradient_descent
        >>> objective = linear_model([[1.0], [2.0]], [2.0, 4.0], intercept=False)
        >>> history = stochastic_gradient_descent(
        ...     objective, [0.0], batches=cyclic, learning_rate=0.5, epochs=1
        ... )
        >>> history.params[:, 0]
        array([0., 3.])

    Source:
        H. Robbins and S. Monro, *A Stochastic Approximation Method*, 1951; for the mean, B. T.
        Polyak and A. B. Juditsky, *Acceleration of Stochastic Approximation by Averaging*, 1992.
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
        step=step,
        record_every=record_every,
        tolerance=tolerance,
        loss_limit=loss_limit,
        average_from=average_from,
    )


def _descend(
    objective: Objective,
    start: ArrayLike,
    *,
    batches: Callable[[], Iterable[Indices]] | None,
    learning_rate: float | Schedule,
    epochs: int,
    step: Step | None,
    record_every: int | None,
    tolerance: float | None,
    loss_limit: float,
    average_from: int | None = None,
) -> History:
    """Run the one loop of this book; without batches, each update sees all samples."""
    params = real_array("start", start)
    rates = _rates(learning_rate)
    epochs = whole_number("epochs", epochs, at_least=0)
    if record_every is None:
        record_every = ceil((epochs + 1) * (2 * params.size + 2) / _RECORDED_NUMBERS)
    recorder = Recorder(
        objective,
        epochs,
        record_every=whole_number("record_every", record_every, at_least=1),
        tolerance=None if tolerance is None else positive_number("tolerance", tolerance),
        loss_limit=real_number("loss_limit", loss_limit),
        looks_always=batches is None or tolerance is not None or loss_limit < inf,
    )
    mean = None if average_from is None else _Mean(average_from, params)
    state = None
    with quiet():
        while recorder.wants_more(params if mean is None else mean.value):
            for batch, rate in zip(batches() if batches else (None,), rates, strict=False):
                if batch is None:
                    grad = recorder.moment.grad
                else:
                    try:
                        grad = objective.gradient(params, batch)
                    except OverflowError:
                        grad = np.full(params.shape, np.inf)
                    if getattr(grad, "shape", None) != params.shape:
                        grad = real_result("gradient", grad, params.shape)
                if step is None:
                    params = gradient_step(params, grad, rate)
                else:
                    params, state = step(params, grad, rate, state)
                if mean is not None:
                    mean.add(params)
    return recorder.history()


def _rates(learning_rate: float | Schedule) -> Iterator[float]:
    """Return the learning rate of each update."""
    if not callable(learning_rate):
        return repeat(positive_number("learning_rate", learning_rate))
    schedule = learning_rate

    def rate(update: int) -> float:
        return number_from_0(f"learning_rate({update})", schedule(update))

    rate(0)
    return map(rate, count())


class _Mean:
    """The mean of the iterates from one on; before that one, the last iterate."""

    def __init__(self, average_from: int, start: Array) -> None:
        self.value = start
        self._n_averaged = -whole_number("average_from", average_from, at_least=0)
        self.add(start)

    def add(self, params: Array) -> None:
        self._n_averaged += 1
        if self._n_averaged <= 1:
            self.value = params
        else:
            self.value = self.value + (params - self.value) / self._n_averaged
