import pickle
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import torch

from gdbook import (
    constant_rate,
    cosine_decay,
    exponential_decay,
    polynomial_decay,
    step_decay,
    warm_up,
)

RATES = st.floats(1e-6, 1e3)
FACTORS = st.floats(0.1, 1.0)
COUNTS = st.integers(2, 20)
EXAMPLES = {
    constant_rate: {"initial": 1.0},
    step_decay: {"initial": 1.0, "factor": 0.5, "every": 2},
    exponential_decay: {"initial": 1.0, "factor": 0.5},
    polynomial_decay: {"initial": 1.0},
    cosine_decay: {"initial": 1.0, "updates": 4},
    warm_up: {"schedule": constant_rate(1.0), "updates": 4},
}


def rates_of_torch(initial, scheduler, n_updates):
    """Return the learning rates that a scheduler of torch sets, one for each update."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=initial)
    schedule = scheduler(optimizer)
    rates = []
    for _ in range(n_updates):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def rates(schedule, n_updates=25):
    return [schedule(update) for update in range(n_updates)]


@given(initial=RATES, factor=FACTORS, every=COUNTS)
def test_step_decay_equals_torch(initial, factor, every):
    scheduler = partial(torch.optim.lr_scheduler.StepLR, step_size=every, gamma=factor)
    expected = rates_of_torch(initial, scheduler, 25)
    ours = rates(step_decay(initial=initial, factor=factor, every=every))
    assert ours == pytest.approx(expected, rel=1e-12)


@given(initial=RATES, factor=FACTORS)
def test_exponential_decay_equals_torch(initial, factor):
    expected = rates_of_torch(
        initial, partial(torch.optim.lr_scheduler.ExponentialLR, gamma=factor), 25
    )
    ours = rates(exponential_decay(initial=initial, factor=factor))
    assert ours == pytest.approx(expected, rel=1e-12)


@given(initial=RATES, share=st.floats(0, 1), updates=COUNTS)
def test_cosine_decay_equals_torch_and_then_stays(initial, share, updates):
    final = initial * share
    scheduler = partial(torch.optim.lr_scheduler.CosineAnnealingLR, T_max=updates, eta_min=final)
    expected = rates_of_torch(initial, scheduler, updates + 1)
    ours = rates(cosine_decay(initial=initial, updates=updates, final=final))
    assert ours[: updates + 1] == pytest.approx(expected, rel=1e-9, abs=1e-9 * initial)
    assert set(ours[updates:]) == {ours[updates]}


@given(initial=RATES, updates=COUNTS)
def test_warm_up_of_a_constant_equals_torch(initial, updates):
    scheduler = partial(
        torch.optim.lr_scheduler.LinearLR, start_factor=1 / updates, total_iters=updates - 1
    )
    ours = rates(warm_up(constant_rate(initial), updates=updates))
    assert ours == pytest.approx(rates_of_torch(initial, scheduler, 25), rel=1e-12)
    assert ours[updates:] == [initial] * (25 - updates)


def test_warm_up_multiplies_the_schedule_it_is_given():
    base = exponential_decay(initial=1.0, factor=0.5)
    assert rates(warm_up(base, updates=2), 4) == [0.5, 0.5, 0.25, 0.125]


@given(update=st.integers(0, 1000), scale=st.integers(1, 50), power=st.integers(0, 3))
def test_polynomial_decay_equals_its_formula_in_fractions(update, scale, power):
    expected = Fraction(3) / (1 + Fraction(update, scale)) ** power
    ours = polynomial_decay(initial=3.0, power=power, scale=scale)(update)
    assert ours == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("schedule", EXAMPLES)
@pytest.mark.parametrize(
    ("update", "error", "message"),
    [
        (-1, ValueError, "update is -1: pass 0 or more"),
        (1.0, TypeError, "update is 1.0: pass a whole number"),
        (True, TypeError, "update is True: pass a whole number"),
    ],
)
def test_update_that_is_no_count_is_refused(schedule, update, error, message):
    with pytest.raises(error, match=message):
        schedule(**EXAMPLES[schedule])(update)


@pytest.mark.parametrize(
    ("schedule", "change", "error", "message"),
    [
        (constant_rate, {"initial": 0}, ValueError, "initial is 0.0: pass a finite number greater"),
        (constant_rate, {"initial": "1"}, TypeError, "initial is '1': pass a finite number"),
        (step_decay, {"initial": -1.0}, ValueError, "initial is -1.0"),
        (step_decay, {"factor": 1.5}, ValueError, "factor is 1.5: pass a number from 0 to 1"),
        (step_decay, {"factor": -0.5}, ValueError, "factor is -0.5: pass a finite number, 0 or"),
        (step_decay, {"every": 0}, ValueError, "every is 0: pass 1 or more"),
        (step_decay, {"every": 2.5}, TypeError, "every is 2.5: pass a whole number"),
        (exponential_decay, {"factor": 2}, ValueError, "factor is 2.0"),
        (exponential_decay, {"factor": None}, TypeError, "factor is None: pass a finite number"),
        (polynomial_decay, {"power": -1}, ValueError, "power is -1.0: pass a finite number, 0 or"),
        (polynomial_decay, {"scale": 0.0}, ValueError, "scale is 0.0"),
        (cosine_decay, {"updates": 0}, ValueError, "updates is 0: pass 1 or more"),
        (cosine_decay, {"final": -0.1}, ValueError, "final is -0.1"),
        (cosine_decay, {"initial": float("inf")}, ValueError, "initial is inf"),
        (warm_up, {"updates": 0}, ValueError, "updates is 0"),
        (warm_up, {"schedule": 0.1}, TypeError, "schedule is 0.1: pass a schedule, such as"),
    ],
)
def test_bad_option_is_refused(schedule, change, error, message):
    with pytest.raises(error, match=message):
        schedule(**{**EXAMPLES[schedule], **change})


@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (-1.0, ValueError, "the schedule's rate is -1.0"),
        (None, TypeError, "the schedule's rate is None"),
    ],
)
def test_rate_of_the_schedule_that_is_warmed_up_has_to_be_one(rate, error, message):
    with pytest.raises(error, match=message):
        warm_up(lambda _: rate, updates=4)(0)


@pytest.mark.parametrize("schedule", EXAMPLES)
def test_schedule_that_is_pickled_gives_the_same_rates(schedule):
    made = schedule(**EXAMPLES[schedule])
    copy = pickle.loads(pickle.dumps(made))  # noqa: S301  # it is our own
    assert copy == made
    assert rates(copy) == rates(made)


@pytest.mark.parametrize(
    ("schedule", "last"),
    [
        (constant_rate(0.5), 0.5),
        (step_decay(initial=0.5, factor=0.9, every=7), 0.0),
        (step_decay(initial=0.5, factor=1, every=7), 0.5),
        (exponential_decay(initial=0.5, factor=0.9), 0.0),
        (polynomial_decay(initial=0.5, power=2), 0.0),
        (polynomial_decay(initial=0.5, power=0), 0.5),
        (cosine_decay(initial=0.5, updates=7, final=0.25), 0.25),
        (cosine_decay(initial=0.5, updates=10**400), 0.0),
        (warm_up(constant_rate(0.5), updates=7), 0.5),
    ],
)
def test_rate_after_more_updates_than_a_float_can_count_is_the_limit(schedule, last):
    assert schedule(10**400) == last


@pytest.mark.parametrize(
    ("schedule", "update", "expected"),
    [
        (polynomial_decay(initial=1.0, power=400), 10, 0.0),
        (polynomial_decay(initial=1.0, power=100), 1209, float(Fraction(1, 1210**100))),
        (polynomial_decay(initial=1.0, power=2, scale=1e-300), 1, 0.0),
        (polynomial_decay(initial=1e300, power=31), 10**10 - 1, 1e-10),
        (polynomial_decay(initial=1.0, scale=1e-308), 10, 0.0),
    ],
)
def test_polynomial_decay_falls_below_all_floats_without_an_error(schedule, update, expected):
    assert schedule(update) == pytest.approx(expected, rel=0.01, abs=1e-320)
