from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbook import (
    Objective,
    cyclic,
    full_batch,
    gradient_descent,
    gradient_step,
    last_sample_only,
    linear_model,
    reshuffled,
    squared_error,
    stochastic_gradient_descent,
)

PARABOLA = Objective(lambda x: 2 * x**2, lambda x: 4 * x)


def test_step_subtracts_the_gradient_times_the_learning_rate():
    params = np.array([1.0, 2.0])
    np.testing.assert_array_equal(
        gradient_step(params, np.array([4.0, -8.0]), learning_rate=0.25), [0.0, 4.0]
    )
    np.testing.assert_array_equal(params, [1.0, 2.0])


@given(
    start=st.floats(-100, 100, allow_subnormal=False),
    rate=st.floats(0.001, 0.6),
    epochs=st.integers(0, 30),
)
def test_parabola_shrinks_by_the_closed_form(start, rate, epochs):
    history = gradient_descent(PARABOLA, start, learning_rate=rate, epochs=epochs)
    expected = start * (1 - 4 * rate) ** np.arange(epochs + 1)
    np.testing.assert_allclose(history.params, expected, rtol=1e-12, atol=1e-14)


def test_each_row_holds_loss_and_gradient_at_the_params_of_the_row():
    history = gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=3)
    np.testing.assert_array_equal(history.epochs, [0, 1, 2, 3])
    np.testing.assert_array_equal(history.losses, 2 * history.params**2)
    np.testing.assert_array_equal(history.gradients, 4 * history.params)
    assert history.status == "completed"
    assert len(history) == 4


@pytest.mark.parametrize("every", [1, 3, 7, 10, 11])
def test_start_end_and_every_so_many_epochs_are_recorded(every):
    history = gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=10, record_every=every)
    assert history.epochs.tolist() == sorted({*range(0, 11, every), 10})


def test_run_that_diverges_ends_at_its_last_finite_row_and_says_so():
    history = gradient_descent(PARABOLA, 1.0, learning_rate=1.0, epochs=10_000, record_every=100)
    largest = int(np.finfo(np.float64).max)
    last = max(k for k in range(1000) if 2 * 9**k <= largest)
    assert history.status == "diverged"
    assert history.epochs.tolist() == [*range(0, last, 100), last]
    assert history.last_epoch == last + 1
    assert history.params[-1] == pytest.approx((-3.0) ** last, rel=1e-12)
    assert np.isfinite(history.losses).all()


def test_history_is_read_only():
    history = gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=1)
    for array in (history.epochs, history.params, history.losses, history.gradients):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def test_start_of_integers_is_computed_in_float64_and_left_alone():
    start = np.array([1, 2])
    start.flags.writeable = False
    sphere = Objective(lambda p: p @ p, lambda p: 2 * p)
    history = gradient_descent(sphere, start, learning_rate=0.25, epochs=1)
    np.testing.assert_array_equal(history.params[1], [0.5, 1.0])
    np.testing.assert_array_equal(start, [1, 2])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"learning_rate": 0.0}, ValueError, "learning_rate is 0.0: pass a finite number greater"),
        ({"learning_rate": -1}, ValueError, "learning_rate is -1.0"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate is nan"),
        ({"learning_rate": np.inf}, ValueError, "learning_rate is inf"),
        ({"learning_rate": 10**400}, ValueError, "learning_rate is inf"),
        ({"learning_rate": "0.1"}, TypeError, "learning_rate is '0.1': pass a finite number"),
        ({"learning_rate": True}, TypeError, "learning_rate is True"),
        ({"epochs": -1}, ValueError, "epochs is -1: pass 0 or more"),
        ({"epochs": 1.0}, TypeError, "epochs is 1.0: pass a whole number"),
        ({"epochs": True}, TypeError, "epochs is True"),
        ({"record_every": 0}, ValueError, "record_every is 0: pass 1 or more"),
        ({"learning_rate": lambda _: -0.1}, ValueError, r"learning_rate\(0\) is -0.1: pass a fin"),
        ({"learning_rate": lambda _: "1"}, TypeError, r"learning_rate\(0\) is '1': pass a finite"),
        ({"tolerance": 0.0}, ValueError, "tolerance is 0.0: pass a finite number greater than 0"),
        ({"tolerance": "1e-3"}, TypeError, "tolerance is '1e-3': pass a finite number"),
        ({"loss_limit": np.nan}, ValueError, "loss_limit is nan: pass a number"),
        ({"loss_limit": None}, TypeError, "loss_limit is None: pass a number"),
        ({"start": "a"}, TypeError, "start has dtype"),
        ({"start": []}, ValueError, "start is empty"),
        ({"start": [np.nan]}, ValueError, r"start\[0\] is nan: pass finite numbers"),
    ],
)
def test_bad_input_is_refused_before_any_work(change, error, message):
    def never(_):
        pytest.fail("the objective was asked")

    arguments = {"start": 1.0, "learning_rate": 0.1, "epochs": 1, **change}
    with pytest.raises(error, match=message):
        gradient_descent(Objective(never, never), **arguments)


def test_whole_numbers_of_numpy_are_taken():
    history = gradient_descent(PARABOLA, 1.0, learning_rate=np.float32(0.1), epochs=np.int64(2))
    assert len(history) == 3


@pytest.mark.parametrize(
    ("value", "gradient", "error", "message"),
    [
        (0.0, np.ones((2, 1)), ValueError, r"gradient has shape \(2, 1\): return shape \(2,\)"),
        (np.ones(2), np.ones(2), ValueError, r"value has shape \(2,\): return shape \(\)"),
        (1j, np.ones(2), TypeError, "value has dtype complex128: return real numbers"),
        (0.0, np.array(["a", "b"]), TypeError, "gradient has dtype <U1"),
    ],
)
def test_objective_that_returns_something_else_is_refused(value, gradient, error, message):
    wrong = Objective(lambda _: value, lambda _: gradient)
    with pytest.raises(error, match=message):
        gradient_descent(wrong, [1.0, 2.0], learning_rate=0.1, epochs=1)


def test_gradient_whose_shape_changes_is_refused():
    shapes = iter([(2,), (3,)])
    wrong = Objective(lambda p: p.sum(), lambda _: np.ones(next(shapes)))
    with pytest.raises(ValueError, match=r"gradient has shape \(3,\): return shape \(2,\)"):
        gradient_descent(wrong, [1.0, 2.0], learning_rate=0.1, epochs=1)


def test_objective_of_integers_is_recorded_in_float64():
    history = gradient_descent(
        Objective(lambda _: 3, lambda _: [1, 2]), [1, 2], learning_rate=1, epochs=1
    )
    for array in (history.params, history.losses, history.gradients):
        assert array.dtype == np.float64


def test_gradient_that_reuses_its_array_is_recorded_as_it_was():
    buffer = np.empty(2)

    def gradient(params):
        buffer[:] = 2 * params
        return buffer

    sphere = Objective(lambda p: p @ p, gradient)
    history = gradient_descent(sphere, [1.0, 2.0], learning_rate=0.25, epochs=2)
    np.testing.assert_array_equal(history.gradients, 2 * history.params)


def test_objective_cannot_change_the_params():
    def greedy(params):
        params *= 0
        return 0.0

    start = np.array([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        gradient_descent(Objective(greedy, greedy), start, learning_rate=0.1, epochs=1)
    np.testing.assert_array_equal(start, [1.0, 2.0])


@pytest.mark.parametrize(
    "value", [lambda x: float(x) ** 4, lambda x: 1 / (x - 9), lambda x: 1 / (float(x) - 9)]
)
def test_overflow_and_poles_end_a_run_without_warnings(value):
    history = gradient_descent(
        Objective(value, lambda x: -8 * x), 1.0, learning_rate=1.0, epochs=10_000
    )
    assert history.status == "diverged"


def test_params_that_overflow_end_a_run_whose_loss_is_finite():
    slide = Objective(lambda _: 0.0, lambda _: -1e308)
    history = gradient_descent(slide, 0.0, learning_rate=1.0, epochs=10)
    assert (history.status, history.params.tolist()) == ("diverged", [0.0, 1e308])


def test_start_where_the_objective_is_not_finite_is_refused():
    nowhere = Objective(lambda _: np.inf, lambda p: p)
    with pytest.raises(ValueError, match="at the start the loss is inf"):
        gradient_descent(nowhere, 1.0, learning_rate=0.1, epochs=1)


def test_schedule_gives_each_update_its_learning_rate():
    rates = [0.1, 0.2, 0.05, 0.0]
    history = gradient_descent(PARABOLA, 1.0, learning_rate=rates.__getitem__, epochs=4)
    expected = np.cumprod([1.0, *(1 - 4 * rate for rate in rates)])
    np.testing.assert_allclose(history.params, expected, rtol=1e-15)


@pytest.mark.parametrize("n_rates", [0, 2])
def test_schedule_that_comes_to_an_end_is_refused_with_the_number_of_the_update(n_rates):
    rates = iter([0.1] * n_rates)
    with pytest.raises(ValueError, match=rf"learning_rate\({n_rates}\) has come to an end"):
        gradient_descent(PARABOLA, 1.0, learning_rate=lambda _: next(rates), epochs=9)


def test_schedule_that_turns_bad_is_refused_with_the_number_of_the_update():
    with pytest.raises(ValueError, match=r"learning_rate\(3\) is -0.25"):
        gradient_descent(PARABOLA, 1.0, learning_rate=lambda k: 0.5 - 0.25 * k, epochs=9)


@given(rate=st.floats(0.01, 0.49), tolerance=st.floats(1e-9, 3.0), every=st.integers(1, 7))
def test_run_ends_at_the_first_epoch_within_the_tolerance(rate, tolerance, every):
    history = gradient_descent(
        PARABOLA, 1.0, learning_rate=rate, epochs=10_000, tolerance=tolerance, record_every=every
    )
    assert history.status == "converged"
    assert history.last_epoch == history.epochs[-1]
    assert abs(history.gradients[-1]) <= tolerance
    before = 4 * abs(1 - 4 * rate) ** (history.last_epoch - 1)
    assert before > tolerance * (1 - 1e-9)


def test_run_ends_as_diverged_in_the_row_whose_loss_is_above_the_limit():
    history = gradient_descent(PARABOLA, 1.0, learning_rate=1.0, epochs=100, loss_limit=1000)
    assert history.status == "diverged"
    assert history.losses.tolist() == [2 * 9**k for k in range(4)]
    assert history.last_epoch == 3


def test_completed_run_names_its_last_epoch():
    history = gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=7, record_every=5)
    assert (history.status, history.last_epoch) == ("completed", 7)


def test_start_above_the_limit_is_refused():
    with pytest.raises(ValueError, match=r"at the start the loss is 2.0 .* within its limit"):
        gradient_descent(PARABOLA, 1.0, learning_rate=0.1, epochs=1, loss_limit=1)


def test_value_and_gradient_in_one_are_asked_once_an_epoch():
    asked = []

    def both(params):
        asked.append(params)
        return 2 * params**2, 4 * params

    def never(_):
        pytest.fail("asked on its own")

    objective = Objective(never, never, value_and_gradient=both)
    history = gradient_descent(objective, 1.0, learning_rate=0.125, epochs=3)
    assert history.params.tolist() == [1, 0.5, 0.25, 0.125]
    assert history.losses.tolist() == [2, 0.5, 0.125, 0.03125]
    assert len(asked) == 4


def test_record_holds_at_most_ten_million_numbers_by_default():
    size, epochs = 100_000, 200
    flat = Objective(lambda _: 0.0, np.zeros_like)
    history = gradient_descent(flat, np.zeros(size), learning_rate=0.1, epochs=epochs)
    assert history.params.size + history.gradients.size <= 10_000_000
    assert history.epochs.tolist() == [*range(0, epochs, 5), epochs]
    every = gradient_descent(flat, np.zeros(10), learning_rate=0.1, epochs=epochs)
    assert len(every) == epochs + 1


THREE = linear_model([[1.0], [2.0], [3.0]], [2.0, 4.0, 6.0], loss=squared_error, intercept=False)


def test_stochastic_descent_with_full_batches_is_gradient_descent():
    setting = {"learning_rate": 0.01, "epochs": 20, "record_every": 3}
    full = gradient_descent(THREE, [1.0], **setting)
    batched = stochastic_gradient_descent(THREE, [1.0], batches=full_batch(), **setting)
    np.testing.assert_array_equal(full.epochs, batched.epochs)
    np.testing.assert_allclose(full.params, batched.params, rtol=1e-15)


@pytest.mark.parametrize(
    ("batches", "factor"),
    [(cyclic(), 0.98 * 0.92 * 0.82), (last_sample_only(), 0.82), (full_batch(), 1 - 0.28 / 3)],
)
def test_error_shrinks_by_the_closed_form_in_each_epoch(batches, factor):
    run = stochastic_gradient_descent(THREE, [1.0], batches=batches, learning_rate=0.01, epochs=50)
    np.testing.assert_allclose(2 - run.params[:, 0], factor**run.epochs, rtol=1e-9)


def test_rows_hold_value_and_gradient_on_all_samples():
    run = stochastic_gradient_descent(THREE, [1.0], batches=cyclic(), learning_rate=0.01, epochs=5)
    np.testing.assert_allclose(run.losses, [THREE.value(params) for params in run.params])
    np.testing.assert_allclose(run.gradients, [THREE.gradient(params) for params in run.params])


def test_sampled_gradient_is_unbiased():
    params = np.array([1.3])
    one_each = [THREE.gradient(params, np.array([i])) for i in range(3)]
    np.testing.assert_allclose(np.mean(one_each, axis=0), THREE.gradient(params), rtol=1e-14)


def test_same_seed_gives_the_same_run():
    def run():
        batches = reshuffled(rng=np.random.default_rng(3), batch_size=2)
        return stochastic_gradient_descent(
            THREE, [1.0], batches=batches, learning_rate=0.01, epochs=20
        )

    np.testing.assert_array_equal(run().params, run().params)


def test_objective_without_samples_is_refused():
    with pytest.raises(ValueError, match="the objective has no samples"):
        stochastic_gradient_descent(PARABOLA, 1.0, batches=cyclic(), learning_rate=0.1, epochs=1)


@pytest.mark.parametrize("watched", [{}, {"tolerance": 1e-9}, {"loss_limit": 1e9}])
def test_all_samples_are_looked_at_for_rows_and_where_the_run_is_watched(watched):
    looks = []
    objective = replace(
        THREE,
        value_and_gradient=lambda params: looks.append(params) or THREE.value_and_gradient(params),
    )
    stochastic_gradient_descent(
        objective,
        [1.0],
        batches=cyclic(),
        learning_rate=0.01,
        epochs=20,
        record_every=10,
        **watched,
    )
    assert len(looks) == (21 if watched else 3)


@pytest.mark.parametrize("every", [1, 7, 1000])
def test_stochastic_run_that_diverges_keeps_its_finite_rows(every):
    run = stochastic_gradient_descent(
        THREE, [1.0], batches=cyclic(), learning_rate=1.0, epochs=10_000, record_every=every
    )
    assert run.status == "diverged"
    assert run.epochs.tolist() == [*range(0, run.last_epoch, every)]
    assert np.isfinite(run.losses).all()
    assert np.isfinite(run.gradients).all()


@pytest.mark.parametrize("first", [0, 1, 4, 50])
def test_average_is_the_mean_of_the_iterates_from_one_on(first):
    setting = {"batches": cyclic(), "learning_rate": 0.05, "epochs": 3}
    w, iterates = 1.0, [1.0]
    for _ in range(3):
        for x, y in ((1, 2), (2, 4), (3, 6)):
            w -= 0.05 * 2 * x * (w * x - y)
            iterates.append(w)
    run = stochastic_gradient_descent(THREE, [1.0], average_from=first, **setting)
    expected = [
        np.mean(iterates[first : k + 1]) if k >= first else iterates[k] for k in (0, 3, 6, 9)
    ]
    np.testing.assert_allclose(run.params[:, 0], expected, rtol=1e-14)
    np.testing.assert_allclose(run.losses, [THREE.value(params) for params in run.params])


def test_schedule_counts_the_updates_through_all_epochs():
    asked = []

    def schedule(update):
        asked.append(update)
        return 0.01

    stochastic_gradient_descent(THREE, [1.0], batches=cyclic(), learning_rate=schedule, epochs=4)
    assert sorted({*asked}) == list(range(12))


@pytest.mark.parametrize("wrong", [np.ones((1, 1)), [1.0, 2.0], 1.0])
def test_gradient_of_a_batch_of_another_shape_is_refused(wrong):
    objective = Objective(lambda p: p @ p, lambda p, batch=None: p if batch is None else wrong)
    objective = replace(objective, n_samples=3)
    with pytest.raises(ValueError, match=r"the gradient has shape .*: return shape \(1,\)"):
        stochastic_gradient_descent(objective, [1.0], batches=cyclic(), learning_rate=0.1, epochs=1)


@pytest.mark.parametrize("every", [1, 1000])
def test_gradient_of_a_batch_that_overflows_ends_the_run_as_diverged(every):
    steep = Objective(lambda *_: 0.0, lambda p, _=None: -4 * float(p) ** 3, n_samples=1)
    run = stochastic_gradient_descent(
        steep, 1.0, batches=cyclic(), learning_rate=1.0, epochs=1000, record_every=every
    )
    assert run.status == "diverged"
    assert run.last_epoch < 20


def test_gradient_of_a_batch_may_come_as_a_list():
    objective = Objective(lambda p: p @ p, lambda p, _=None: [2 * p[0]], n_samples=2)
    run = stochastic_gradient_descent(
        objective, [1.0], batches=cyclic(), learning_rate=0.25, epochs=1
    )
    assert run.params[:, 0].tolist() == [1.0, 0.25]


@pytest.mark.parametrize(
    ("first", "error"), [(-1, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_average_from_something_else_than_a_count_is_refused(first, error):
    with pytest.raises(error, match=f"average_from is {first}"):
        stochastic_gradient_descent(
            THREE, [1.0], batches=cyclic(), learning_rate=0.1, epochs=1, average_from=first
        )
