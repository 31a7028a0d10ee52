r"""Descent: one step, and the loop that repeats it.

What the loop is given has rooms of its own: `gdbook.descent.steps`, `gdbook.descent.schedules` and
`gdbook.descent.sampling`. What it returns is in `gdbook.descent.history`.
"""

from math import inf

from numpy.typing import ArrayLike

from gdbook._checks import Array
from gdbook._objectives import checked_objective
from gdbook.descent._loop import (
    averaged,
    batches_of,
    begin,
    descend,
    gradient_of,
    rates_of,
    remembered,
    update_of,
)
from gdbook.descent._recorder import Callback, Recorder, Watch, rows_of
from gdbook.descent.history import History
from gdbook.descent.sampling import (
    Sampling,
    cyclic,
    full_batch,
    last_sample_only,
    reshuffled,
    with_replacement,
)
from gdbook.descent.schedules import (
    Schedule,
    constant_rate,
    cosine_decay,
    exponential_decay,
    polynomial_decay,
    step_decay,
    warm_up,
)
from gdbook.descent.steps import (
    Step,
    adagrad,
    adam,
    backtracking,
    momentum,
    nesterov,
    newton,
    plain,
    preconditioned,
    rmsprop,
)
from gdbook.objectives import Objective

__all__ = [
    "History",
    "adagrad",
    "adam",
    "backtracking",
    "constant_rate",
    "cosine_decay",
    "cyclic",
    "exponential_decay",
    "full_batch",
    "gradient_descent",
    "gradient_step",
    "last_sample_only",
    "momentum",
    "nesterov",
    "newton",
    "plain",
    "polynomial_decay",
    "preconditioned",
    "reshuffled",
    "rmsprop",
    "step_decay",
    "stochastic_gradient_descent",
    "warm_up",
    "with_replacement",
]


def gradient_step(params: Array, grad: Array, learning_rate: float) -> Array:
    r"""Return the parameters after one step against the gradient.

    $$\theta_{k+1} = \theta_k - \alpha \, \nabla f(\theta_k)$$

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $\nabla f(\theta_k)$, the shape of `params`.
        learning_rate: Step length $\alpha$.

    Returns:
        New parameters; `params` itself is left as it was. The arguments are not checked, and
        NumPy warns of numbers that overflow; `gradient_descent` checks once, and says so in its
        status.

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
    start: ArrayLike | History,
    *,
    learning_rate: float | Schedule,
    epochs: int,
    step: Step = plain(),
    record_every: int | None = None,
    tolerance: float | None = None,
    loss_limit: float = inf,
    callback: Callback | None = None,
) -> History:
    r"""Repeat the gradient step, each time on all samples, and record the way.

    $$\theta_{k+1} = \theta_k - \alpha_k \, \nabla f(\theta_k), \qquad k = 0, 1, 2, \dots$$

    A run that diverges is no error. It ends with the last row that is finite, and says so in
    its status. So does a run in which a step is not possible, or remembers what is not finite.

    Args:
        objective: What to make small.
        start: Parameters $\theta_0$, a number or an array; computed in float64. Such a run begins
            without a memory, and with update 0. Or the `History` of another run, to go on with it:
            with the memory of its step, the number of its updates and its rows.
        learning_rate: Step length $\alpha$, greater than 0, or a schedule, such as
            `cosine_decay(initial=0.1, updates=100)`: a function that takes the number of the
            update, from 0, and returns its $\alpha_k$. It is asked once for each update, in order.
        epochs: Number of steps to make; each sees every sample once.
        step: Another step than the plain one, such as `momentum(0.9)`: one of
            `gdbook.descent.steps`, or a function like them.
        record_every: Record the start, the end and every so many epochs between them. By
            default every epoch, as long as the record has at most 10 million numbers (80 MB);
            else as many epochs apart as keeps it below that.
        tolerance: End the run where the length of the gradient is at most this.
        loss_limit: End the run as diverged where the loss is above this, too.
        callback: Called after each epoch with its number and the parameters, which it can only
            read. It ends the run by `raise StopIteration`; what it returns is ignored.

    Returns:
        The record of the run. Ctrl-C ends a run, too, and loses nothing of its record.

    Raises:
        TypeError: `objective` is no `Objective`, `start` does not hold real numbers, an option is
            not of its type, the objective returns no real numbers, the schedule no number, or the
            step no pair of real numbers and memory.
        ValueError: `start` is empty or not finite, or a history that cannot be gone on with;
            `learning_rate` is not finite and positive, `epochs` is negative, `record_every` is less
            than 1, `tolerance` is not positive, `loss_limit` is NaN; the objective at `start` is
            not finite or above the limit, or it returns more than one value or a gradient of
            another shape than `start`; the schedule returns a number that is negative or not
            finite, or the step parameters of another shape.

    Examples:
        >>> from gdbook import Objective, gradient_descent, momentum
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> history = gradient_descent(parabola, 1.0, learning_rate=0.125, epochs=3)
        >>> history.params
        array([1.   , 0.5  , 0.25 , 0.125])

        Two epochs and two more are four, in every bit:

        >>> options = {"learning_rate": 0.1, "step": momentum(0.9)}
        >>> whole = gradient_descent(parabola, 1.0, epochs=4, **options)
        >>> half = gradient_descent(parabola, 1.0, epochs=2, **options)
        >>> both = gradient_descent(parabola, half, epochs=2, **options)
        >>> both.epochs, (both.params == whole.params).all()
        (array([0, 1, 2, 3, 4]), np.True_)

        A callback can show how far a run is. With `bar = tqdm(total=2)` it could as well move a
        bar, by `bar.update()`:

        >>> def show(epoch, params):
        ...     print(f"epoch {epoch}: {params:.2f}")
        >>> history = gradient_descent(
        ...     parabola, 1.0, learning_rate=0.125, epochs=2, callback=show
        ... )
        epoch 1: 0.50
        epoch 2: 0.25

    Source:
        A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*,
        1847.
    """
    evaluate = remembered(checked_objective(objective))
    update = update_of(step)
    state, update = averaged(begin(start, step), update, None)
    watch = Watch(
        epochs=epochs,
        record_every=record_every,
        tolerance=tolerance,
        loss_limit=loss_limit,
        callback=callback,
    )
    return descend(
        state,
        Recorder(watch, evaluate, state, rows_of(start), looks_always=True),
        batches=lambda: [None],
        gradient=lambda params, _: evaluate(params).grad,
        rates=rates_of(learning_rate, state.updates, watch.epochs),
        update=update,
    )


def stochastic_gradient_descent(
    objective: Objective,
    start: ArrayLike | History,
    *,
    batches: Sampling,
    learning_rate: float | Schedule,
    epochs: int,
    step: Step = plain(),
    record_every: int | None = None,
    tolerance: float | None = None,
    loss_limit: float = inf,
    average_from: int | None = None,
    callback: Callback | None = None,
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
        start: As in `gradient_descent`. A run goes on in every bit if `batches` does, too: pass the
            same sampling, whose generator is where the run has left it.
        batches: Takes the number of samples, returns the batches of one epoch: a sampling such as
            `reshuffled(rng=rng, batch_size=32)`, or a function like it. Its batches are indices
            from 0, in arrays, lists or tuples.
        learning_rate: Step length $\alpha$, as in `gradient_descent`; the updates are counted
            through all epochs.
        epochs: How many times to go through the batches.
        step: As in `gradient_descent`.
        record_every: As in `gradient_descent`.
        tolerance: End the run where the length of the gradient on all samples is at most this.
        loss_limit: As in `gradient_descent`.
        average_from: Number of updates $m$ before the first iterate that is averaged, counted from
            the first of all where a run is gone on with. By default none is averaged.
        callback: As in `gradient_descent`.

    Returns:
        The record of the run. One that Ctrl-C has ended ends with the last whole epoch.

    Raises:
        TypeError: As `gradient_descent`, or a batch is a mask or does not hold whole numbers.
        ValueError: As `gradient_descent`, or the objective has no samples to choose from, a batch
            is empty or has an index that no sample has, an epoch has no batch, or `average_from`
            is negative.

    Examples:
        >>> from gdbook import cyclic, linear_model, stochastic_gradient_descent
        >>> objective = linear_model([[1.0], [2.0]], [2.0, 4.0], intercept=False)
        >>> history = stochastic_gradient_descent(
        ...     objective, [0.0], batches=cyclic(), learning_rate=0.5, epochs=1
        ... )
        >>> history.params[:, 0]
        array([0., 3.])

        Stop where the loss on held-out samples has not fallen for 3 epochs, and keep the best:

        >>> held_out = linear_model([[3.0]], [5.0], intercept=False)
        >>> best = {"loss": float("inf")}
        >>> def watch(epoch, params):
        ...     loss = held_out.value(params)
        ...     if loss < best["loss"]:
        ...         best.update(loss=loss, epoch=epoch, params=params)
        ...     elif epoch >= best["epoch"] + 3:
        ...         raise StopIteration
        >>> options = {"batches": cyclic(), "learning_rate": 0.1, "callback": watch}
        >>> history = stochastic_gradient_descent(objective, [0.0], epochs=50, **options)
        >>> history.status, history.last_epoch, best["epoch"], best["params"].round(2)
        ('stopped', 6, 3, array([1.69]))

    Source:
        H. Robbins and S. Monro, *A Stochastic Approximation Method*, 1951; for the mean, B. T.
        Polyak and A. B. Juditsky, *Acceleration of Stochastic Approximation by Averaging*, 1992.
    """
    n_samples = checked_objective(objective).n_samples
    if n_samples is None:
        raise ValueError("the objective has no samples: pass one that is made from samples.")
    update = update_of(step)
    state, update = averaged(begin(start, step), update, average_from)
    watch = Watch(
        epochs=epochs,
        record_every=record_every,
        tolerance=tolerance,
        loss_limit=loss_limit,
        callback=callback,
    )
    return descend(
        state,
        Recorder(watch, remembered(objective), state, rows_of(start)),
        batches=batches_of(batches, n_samples),
        gradient=gradient_of(objective, state.params.shape),
        rates=rates_of(learning_rate, state.updates, watch.epochs),
        update=update,
    )
