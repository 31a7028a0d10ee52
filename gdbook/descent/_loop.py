"""The one loop of this book, and what it is given."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import partial
from itertools import chain, count, islice, repeat
from math import inf
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import (
    Array,
    Indices,
    as_array,
    number_from_0,
    positive_number,
    quiet,
    real_array,
    whole_number,
)
from gdbook.descent._made import Sampler
from gdbook.descent._recorder import Recorder
from gdbook.descent._results import (
    ARITHMETIC_THAT_FAILS,
    Moment,
    evaluate,
    read_only,
    real_result,
)
from gdbook.descent._state import Averages, State
from gdbook.descent.history import History
from gdbook.descent.sampling import Sampling
from gdbook.descent.schedules import Schedule
from gdbook.descent.steps import Rule, Step
from gdbook.objectives import Objective

Update = Callable[[Array, Array, Any, Any], tuple[Array, Any]]


def descend(
    state: State,
    recorder: Recorder,
    *,
    batches: Callable[[], Iterable[Any]],
    gradient: Callable[[Array, Any], Array],
    rates: Iterator[Any],
    update: Update,
) -> History:
    """Go on epoch by epoch until the recorder has enough, or Ctrl-C is pressed."""

    def epoch(state: State) -> State:
        params, memory, updates = state.params, state.memory, state.updates
        for batch in batches():
            grad = gradient(params, batch)
            params, memory = update(params, grad, next(rates), memory)
            updates += 1
        return State(read_only(params), memory, state.step, state.epoch + 1, updates)

    with quiet():
        try:
            while recorder.wants_more(state):
                state = epoch(state)
        except KeyboardInterrupt:
            recorder.interrupt()
    return recorder.history()


def begin(start: ArrayLike | History, step: Step) -> State:
    """Return the state that a run begins with, or goes on from."""
    name, first = type(step).__name__, getattr(step, "first", None)
    if not isinstance(start, History):
        return State(read_only(np.array(real_array("start", start))), first, name)
    known = start.state
    if known is None or start.status == "diverged":
        raise ValueError(f"start is a history that {start.status}: pass its params[-1] or others.")
    memory = known.memory.memory if isinstance(known.memory, Averages) else known.memory
    if memory is not None and known.step != name:
        raise ValueError(
            f"start is a history whose step was {known.step}, and step is {name}: pass the same "
            "step, or history.params[-1] as start."
        )
    memory = first if memory is None else deepcopy(memory)
    if isinstance(known.memory, Averages):
        memory = known.memory._replace(memory=memory)
    return known._replace(memory=memory, step=name)


def averaged(state: State, update: Update, average_from: int | None) -> tuple[State, Update]:
    """Return state and update of a run in which the mean of the iterates is taken, if it is."""
    known = state.memory
    if average_from is None:
        return state._replace(memory=known.memory if isinstance(known, Averages) else known), update
    seen = state.updates + 1 - whole_number("average_from", average_from, at_least=0, at_most=inf)
    if not isinstance(known, Averages):
        known = Averages(known, state.params, min(seen, 1))
    if known.seen != seen:
        raise ValueError(
            f"average_from is {average_from}, and the run that is gone on with has made "
            f"{state.updates} updates: pass what it was averaged from, or {state.updates} or more."
        )

    def update_both(
        params: Array, grad: Array, rate: Any, known: Averages
    ) -> tuple[Array, Averages]:
        params, memory = update(params, grad, rate, known.memory)
        seen = known.seen + 1
        mean = params if seen <= 1 else read_only(known.mean + (params - known.mean) / seen)
        return params, Averages(memory, mean, seen)

    return state._replace(memory=known), update_both


def remembered(objective: Objective) -> Callable[[Array], Moment]:
    """Return value and gradient as a function that computes them once where it is asked twice."""
    last: Moment | None = None

    def at(params: Array) -> Moment:
        nonlocal last
        if last is None or last.params is not params:
            last = evaluate(objective, params)
        return last

    return at


def gradient_of(objective: Objective, shape: tuple[int, ...]) -> Callable[[Array, Any], Array]:
    """Return the gradient of a batch; what functions of others return is checked."""
    gradient = objective.gradient
    unchecked = getattr(getattr(gradient, "__self__", None), "unchecked_gradient", None)
    if unchecked is not None:  # a model of the package, which changes and returns nothing wrong
        return cast("Callable[[Array, Any], Array]", unchecked)

    def checked(params: Array, batch: Any) -> Array:
        try:
            return real_result("gradient", gradient(read_only(params).view(), batch), shape)
        except ARITHMETIC_THAT_FAILS:
            return np.full(shape, np.inf)

    return checked


def rates_of(learning_rate: float | Schedule, first: int, epochs: int) -> Iterator[Any]:
    """Return the learning rate of each update, as an array: that makes NumPy's product faster.

    The first rate is asked for before any work, and each one once.
    """
    if not callable(learning_rate):
        return repeat(np.array(positive_number("learning_rate", learning_rate)))
    schedule = learning_rate
    if isinstance(schedule, type):
        raise TypeError(
            _not_made("learning_rate", schedule, "cosine_decay(initial=0.1, updates=9)")
        )

    def rate(update: int) -> Array:
        try:
            number = schedule(update)
        except StopIteration:
            raise ValueError(f"learning_rate({update}) has come to an end: pass more.") from None
        return np.array(number_from_0(f"learning_rate({update})", number))

    rates = map(rate, count(first))
    return chain(list(islice(rates, bool(epochs))), rates)


def update_of(step: Step) -> Update:
    """Return a step as the loop takes it; what functions of others return is checked and copied."""
    if isinstance(step, Rule):
        return step.update
    if isinstance(step, type) or not callable(step):
        raise TypeError(_not_made("step", step, "momentum(0.9)"))

    def update(params: Array, grad: Array, rate: Array, memory: Any) -> tuple[Array, Any]:
        params = read_only(params).view()
        try:
            result = step(params, read_only(grad).view(), float(rate), memory)
        except ARITHMETIC_THAT_FAILS:
            return np.full(params.shape, np.nan), memory
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(
                f"the step returned {result!r}: return two things, new parameters and what it "
                "remembers, such as None."
            )
        return real_result("first result of the step", result[0], params.shape), result[1]

    return update


def batches_of(batches: Sampling, n_samples: int) -> Callable[[], Iterable[Indices]]:
    """Return the batches of an epoch as a function; those that others make are checked."""
    if isinstance(batches, Sampler):
        return partial(batches, n_samples)
    if isinstance(batches, type) or not callable(batches):
        raise TypeError(_not_made("batches", batches, "cyclic(batch_size=4)"))

    def epoch() -> Iterator[Indices]:
        found = batches(n_samples)
        if not isinstance(found, Iterable):
            raise TypeError(f"batches returned {found!r}: return the batches of an epoch.")
        batch = None
        for batch in found:
            yield _indices(batch, n_samples)
        if batch is None:
            raise ValueError(
                "batches returned an epoch without a batch: return new batches for each epoch, as "
                "cyclic() does."
            )

    return epoch


def _indices(batch: Any, n_samples: int) -> Indices:
    indices = as_array("batch", batch)
    if indices.ndim != 1 or not indices.size:
        raise ValueError(f"a batch has shape {indices.shape}: pass one index or more in a row.")
    if indices.dtype == bool:
        raise TypeError("a batch is a mask: pass the indices, np.flatnonzero(mask).")
    if indices.dtype.kind not in "iu":
        raise TypeError(
            f"a batch has dtype {indices.dtype}: pass indices, which are whole numbers."
        )
    outside = indices[(indices < 0) | (indices >= n_samples)]
    if outside.size:
        raise ValueError(
            f"a batch has the index {outside[0]}: pass indices from 0 to {n_samples - 1}."
        )
    return indices.astype(np.intp)


def _not_made(name: str, value: Any, example: str) -> str:
    if isinstance(value, type):
        return f"{name} is {value.__name__} itself: pass what it makes, such as {example}."
    return f"{name} is {value!r}: pass a function, such as {example}."
