"""Runs that end early, that are watched, and that are gone on with."""

import io
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbook import (
    Objective,
    adagrad,
    adam,
    backtracking,
    cosine_decay,
    cyclic,
    exponential_decay,
    gradient_descent,
    linear_model,
    momentum,
    nesterov,
    newton,
    plain,
    reshuffled,
    rmsprop,
    stochastic_gradient_descent,
    twenty_points,
    with_replacement,
)

PARABOLA = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
LINE = linear_model(*twenty_points())
STEPS = [plain(), momentum(0.9), nesterov(0.9), adagrad(), rmsprop(), adam(), backtracking(LINE)]
DECAY = exponential_decay(initial=0.01, factor=0.99)


def own_step(params, grad, learning_rate, memory):
    """Return a step whose memory is changed in place."""
    memory = {"sum": np.zeros_like(grad)} if memory is None else memory
    memory["sum"] += grad
    return params - learning_rate * memory["sum"], memory


def assert_equal(found, expected):
    for name in ("epochs", "params", "losses", "gradients"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert (found.status, found.last_epoch) == (expected.status, expected.last_epoch)


@pytest.mark.parametrize("step", [*STEPS, own_step], ids=lambda step: str(step).split("(")[0])
def test_ten_and_ten_epochs_of_batches_are_twenty_in_every_bit(step):
    def run(start, epochs, batches):
        return stochastic_gradient_descent(
            LINE, start, batches=batches, learning_rate=DECAY, epochs=epochs, step=step
        )

    whole, parts = (reshuffled(rng=np.random.default_rng(3), batch_size=7) for _ in range(2))
    expected = run([0.0, 0.0], 20, whole)
    first = run([0.0, 0.0], 10, parts)
    kept = first.params.copy()
    assert_equal(run(first, 10, parts), expected)
    np.testing.assert_array_equal(first.params, kept)


@given(
    first=st.integers(0, 6),
    second=st.integers(0, 6),
    every=st.integers(1, 4),
    average_from=st.none() | st.integers(0, 12),
    step=st.sampled_from([plain(), momentum(0.5), adam()]),
)
def test_run_in_two_parts_is_the_run_in_one(first, second, every, average_from, step):
    def run(start, epochs, batches):
        return stochastic_gradient_descent(
            LINE,
            start,
            batches=batches,
            learning_rate=cosine_decay(initial=0.01, updates=30),
            epochs=epochs,
            step=step,
            record_every=every,
            average_from=average_from,
        )

    whole, parts = (with_replacement(rng=np.random.default_rng(1), batch_size=6) for _ in range(2))
    expected = run([1.0, -1.0], first + second, whole)
    assert_equal(run(run([1.0, -1.0], first, parts), second, parts), expected)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step).split("(")[0])
def test_full_batch_run_in_two_parts_is_the_run_in_one(step):
    run = partial(gradient_descent, LINE, learning_rate=DECAY, step=step)
    half = run([0.0, 0.0], epochs=10)
    assert_equal(run(half, epochs=10), run([0.0, 0.0], epochs=20))
    assert half.last_epoch == 10


@pytest.mark.parametrize("step", [momentum(0.9), own_step], ids=["ours", "in place"])
def test_run_may_be_gone_on_with_more_than_once(step):
    run = partial(gradient_descent, LINE, learning_rate=DECAY, step=step)
    half = run([0.0, 0.0], epochs=10)
    assert_equal(run(half, epochs=10), run(half, epochs=10))


def test_run_that_is_gone_on_with_keeps_the_rows_that_it_has():
    dense = gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=3)
    both = gradient_descent(PARABOLA, dense, learning_rate=0.1, epochs=4, record_every=2)
    assert both.epochs.tolist() == [0, 1, 2, 4, 6, 7]


def test_schedule_is_asked_for_each_update_once_and_in_order_through_both_parts():
    asked = []

    def schedule(update):
        asked.append(update)
        return 0.1

    half = gradient_descent(PARABOLA, 1.0, learning_rate=schedule, epochs=3)
    gradient_descent(PARABOLA, half, learning_rate=schedule, epochs=2)
    assert asked == [0, 1, 2, 3, 4]


def test_schedule_with_a_memory_of_its_own_gives_all_its_rates():
    rates = iter([0.5, 0.25, 0.125])
    run = gradient_descent(
        Objective(lambda x: x**2, lambda x: 2 * x),
        1.0,
        learning_rate=lambda _: next(rates),
        epochs=3,
    )
    assert run.params.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_run_goes_on_with_a_memory_where_there_was_none():
    half = gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=2)
    both = gradient_descent(PARABOLA, half, learning_rate=0.1, epochs=2, step=momentum(0.5))
    alone = gradient_descent(
        PARABOLA, half.params[-1], learning_rate=0.1, epochs=2, step=momentum(0.5)
    )
    np.testing.assert_array_equal(both.params[2:], alone.params)


def test_run_is_not_gone_on_with_by_another_step_than_its_own():
    half = gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=2, step=adam())
    with pytest.raises(ValueError, match=r"whose step was adam, and step is momentum: pass the sa"):
        gradient_descent(PARABOLA, half, learning_rate=0.1, epochs=2, step=momentum())


def test_run_that_diverged_is_not_gone_on_with():
    fled = gradient_descent(PARABOLA, 1.0, learning_rate=1.0, epochs=10_000)
    with pytest.raises(ValueError, match="start is a history that diverged: pass its params"):
        gradient_descent(PARABOLA, fled, learning_rate=0.1, epochs=2)


def test_mean_that_was_not_begun_in_time_is_refused():
    options = {"batches": cyclic(), "learning_rate": 0.01, "epochs": 1}
    run = stochastic_gradient_descent(LINE, [0.0, 0.0], **options)
    with pytest.raises(ValueError, match=r"average_from is 3, and the run .* 20 updates: pass"):
        stochastic_gradient_descent(LINE, run, average_from=3, **options)
    mean = stochastic_gradient_descent(LINE, run, average_from=20, **options)
    assert len(mean) == 3
    with pytest.raises(ValueError, match="average_from is 21"):
        stochastic_gradient_descent(LINE, mean, average_from=21, **options)
    last = stochastic_gradient_descent(LINE, mean, **options)
    assert len(last) == 4


def test_callback_is_called_after_each_epoch_with_what_it_cannot_change():
    seen = []

    def callback(epoch, params):
        seen.append((epoch, params))
        with pytest.raises(ValueError, match="read-only"):
            params[0] = 7
        return True

    run = stochastic_gradient_descent(
        LINE,
        [0.0, 0.0],
        batches=cyclic(batch_size=5),
        learning_rate=0.01,
        epochs=3,
        callback=callback,
    )
    assert run.status == "completed"
    assert [epoch for epoch, _ in seen] == [1, 2, 3]
    np.testing.assert_array_equal([params for _, params in seen], run.params[1:])


def test_progress_bar_moves_with_the_epochs_and_ends_nothing():
    tqdm = pytest.importorskip("tqdm").tqdm
    with tqdm(total=50, file=io.StringIO(), mininterval=0) as bar:
        run = gradient_descent(
            PARABOLA, 1.0, learning_rate=0.1, epochs=50, callback=lambda *_: bar.update()
        )
    assert (run.status, bar.n) == ("completed", 50)


@pytest.mark.parametrize("every", [1, 4, 100])
def test_callback_ends_the_run_and_the_end_is_recorded(every):
    def callback(epoch, _):
        if epoch == 7:
            raise StopIteration

    run = gradient_descent(
        PARABOLA, 1.0, learning_rate=0.1, epochs=20, record_every=every, callback=callback
    )
    assert (run.status, run.last_epoch) == ("stopped", 7)
    assert run.epochs.tolist() == sorted({*range(0, 8, every), 7})
    assert run.params[-1] == pytest.approx(0.6**7, rel=1e-12)


@pytest.mark.parametrize("callback", [1, "bar", []])
def test_callback_that_is_no_function_is_refused(callback):
    with pytest.raises(
        TypeError, match=r"callback is .*: pass a function of the epoch and the par"
    ):
        gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=1, callback=callback)


@pytest.mark.parametrize("every", [1, 1000])
def test_ctrl_c_returns_the_record_up_to_the_last_whole_epoch(every):
    asked = []

    def gradient(params, batch=None):
        asked.append(batch)
        if batch is not None and sum(each is not None for each in asked) == 50:
            raise KeyboardInterrupt  # as Python does when Ctrl-C is pressed
        return LINE.gradient(params, batch)

    interrupted = Objective(LINE.value, gradient, n_samples=20)
    options = {"batches": cyclic(), "learning_rate": 0.01, "step": momentum(0.9)}
    run = stochastic_gradient_descent(
        interrupted, [0.0, 0.0], epochs=1000, record_every=every, **options
    )
    assert (run.status, run.last_epoch, run.epochs[-1]) == ("interrupted", 2, 2)
    whole = stochastic_gradient_descent(LINE, [0.0, 0.0], epochs=5, **options)
    np.testing.assert_array_equal(run.params[-1], whole.params[2])
    on = stochastic_gradient_descent(LINE, run, epochs=3, **options)
    np.testing.assert_array_equal(on.params[-1], whole.params[-1])


def test_ctrl_c_at_the_start_returns_the_start():
    asked = []

    def value(x):
        asked.append(x)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return 2 * x**2

    run = gradient_descent(Objective(value, PARABOLA.gradient), 1.0, learning_rate=0.1, epochs=9)
    assert (run.status, run.last_epoch, run.params.tolist()) == ("interrupted", 0, [1.0])


def test_ctrl_c_where_nothing_can_be_recorded_is_passed_on():
    asked = []

    def value(_):
        asked.append(1)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return np.inf

    with pytest.raises(KeyboardInterrupt):
        gradient_descent(Objective(value, lambda x: x), 1.0, learning_rate=0.1, epochs=9)


def test_early_stopping_keeps_the_best_parameters_on_held_out_samples():
    X, y = twenty_points()
    train, held_out = linear_model(X[:10], y[:10]), linear_model(X[10:], y[10:])
    best = {"loss": np.inf}

    def watch(epoch, params):
        loss = held_out.value(params)
        if loss < best["loss"]:
            best.update(loss=loss, epoch=epoch, params=params)
        elif epoch >= best["epoch"] + 5:
            raise StopIteration

    run = stochastic_gradient_descent(
        train,
        [0.0, 0.0],
        batches=reshuffled(rng=np.random.default_rng(0)),
        learning_rate=0.05,
        epochs=500,
        callback=watch,
    )
    losses = [held_out.value(params) for params in run.params[1:]]
    assert (run.status, run.last_epoch) == ("stopped", best["epoch"] + 5)
    assert best["loss"] == min(losses)
    assert held_out.value(best["params"]) == best["loss"]


def test_newton_goes_on_although_it_remembers_nothing():
    f = Objective(lambda x: x**4, lambda x: 4 * x**3)
    run = partial(gradient_descent, f, learning_rate=1.0, step=newton(lambda x: 12 * x**2))
    assert_equal(run(run(1.0, epochs=3), epochs=3), run(1.0, epochs=6))
