"""What callers pass by mistake: it is refused with advice, or ends the run with a status."""

import re
import warnings
from math import cosh, exp, inf, nan, tanh

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import torch

from gdbook import (
    Objective,
    adagrad,
    adam,
    backtracking,
    constant_rate,
    cosine_decay,
    cyclic,
    exponential_decay,
    full_batch,
    gradient_descent,
    last_sample_only,
    linear_model,
    momentum,
    nesterov,
    newton,
    plain,
    polynomial_decay,
    preconditioned,
    reshuffled,
    rmsprop,
    step_decay,
    stochastic_gradient_descent,
    warm_up,
    with_replacement,
)

PARABOLA = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
SPHERE = Objective(lambda p: (p * p).sum(), lambda p: 2 * p)
FOUR = Objective(lambda p, _=None: (p * p).sum(), lambda p, _=None: 2 * p, n_samples=4)
LOOPS = {
    "full": lambda f, start, **options: gradient_descent(
        f, start, **{"learning_rate": 0.1, "epochs": 3} | options
    ),
    "batches": lambda f, start, **options: stochastic_gradient_descent(
        f, start, **{"batches": cyclic(), "learning_rate": 0.1, "epochs": 3} | options
    ),
}
both = pytest.mark.parametrize("descend", LOOPS.values(), ids=LOOPS)


def in_place(params, grad, learning_rate, memory):
    params -= learning_rate * grad
    return params, memory


def with_a_buffer():
    """Return a step that gives back the same array each time."""
    buffer = np.empty(2)

    def step(params, grad, learning_rate, memory):
        np.subtract(params, learning_rate * grad, out=buffer)
        return buffer, memory

    return step


class TestArraysOfTheCaller:
    @both
    def test_step_in_place_is_refused_and_start_stays(self, descend):
        start = np.array([1.0, 2.0])
        with pytest.raises(ValueError, match="read-only"):
            descend(FOUR, start, step=in_place)
        assert start.tolist() == [1.0, 2.0]
        assert start.flags.writeable

    @both
    def test_gradient_that_writes_is_refused_and_start_stays(self, descend):
        def gradient(params, _=None):
            params[0] = 7
            return 2 * params

        start = np.array([1.0, 2.0])
        with pytest.raises(ValueError, match="read-only"):
            descend(Objective(FOUR.value, gradient, n_samples=4), start)
        assert start.tolist() == [1.0, 2.0]

    @both
    def test_gradient_that_is_kept_by_the_objective_stays(self, descend):
        slope = np.array([3.0, 4.0])

        def step(params, grad, learning_rate, memory):
            grad *= learning_rate
            return params - grad, memory

        tilted = Objective(lambda p, _=None: p @ slope, lambda *_: slope, n_samples=4)
        with pytest.raises(ValueError, match="read-only"):
            descend(tilted, [1.0, 2.0], step=step)
        descend(tilted, [1.0, 2.0])
        assert slope.tolist() == [3.0, 4.0]
        assert slope.flags.writeable

    @both
    @pytest.mark.parametrize("options", [{}, {"record_every": 2}])
    def test_step_that_gives_back_one_array_makes_the_same_run(self, descend, options):
        expected = descend(FOUR, [1.0, 2.0], **options)
        found = descend(FOUR, [1.0, 2.0], step=with_a_buffer(), **options)
        np.testing.assert_array_equal(found.params, expected.params)

    def test_step_that_gives_back_one_array_has_the_same_mean(self):
        options = {"average_from": 0, "epochs": 1}
        found = LOOPS["batches"](FOUR, [1.0, 2.0], step=with_a_buffer(), **options)
        iterates = 0.8 ** np.arange(5)
        np.testing.assert_allclose(found.params[1], iterates.mean() * np.array([1, 2]), rtol=1e-14)

    def test_objective_cannot_change_what_backtracking_tries(self):
        def value(params):
            params *= 0.5
            return params @ params

        with pytest.raises(ValueError, match="read-only"):
            backtracking(Objective(value, value))(np.ones(2), np.ones(2), 1.0)

    @both
    def test_what_is_shown_cannot_be_made_writeable(self, descend):
        refused = []

        def write(array):
            try:
                array.setflags(write=True)
                array *= 7
            except ValueError:
                refused.append(array)

        def step(params, grad, learning_rate, memory):
            write(params)
            write(grad)
            return params - learning_rate * grad, memory

        f = Objective(
            lambda p, _=None: write(p) or FOUR.value(p),
            lambda p, _=None: write(p) or FOUR.gradient(p),
            n_samples=4,
        )
        expected = descend(FOUR, [1.0, 2.0])
        found = descend(f, [1.0, 2.0], step=step, callback=lambda _, params: write(params))
        np.testing.assert_array_equal(found.params, expected.params)
        assert len(refused) >= 3 * 5

    def test_batches_of_the_caller_stay(self):
        mine = np.array([2, 0, 1])

        def gradient(params, batch=None):
            if batch is not None:
                batch.sort()
            return 2 * params

        f = Objective(FOUR.value, gradient, n_samples=4)
        LOOPS["batches"](f, [1.0, 2.0], batches=lambda _: [mine])
        assert mine.tolist() == [2, 0, 1]


LINE = linear_model([[1.0], [2.0], [3.0], [4.0]], [2.0, 4.0, 6.0, 9.0], intercept=False)


class TestBatches:
    @pytest.mark.parametrize("kind", [list, tuple, np.array, np.uint8])
    def test_indices_may_come_as_lists_tuples_and_arrays(self, kind):
        batches = [[0, 1], [2], [3, 0, 1]]
        ours = LOOPS["batches"](LINE, [0.0], batches=lambda _: map(kind, batches))
        params = 0.0
        for batch in batches * 3:
            x, y = np.array([1.0, 2, 3, 4])[batch], np.array([2.0, 4, 6, 9])[batch]
            params -= 0.1 * np.mean((params * x - y) * x)
        assert ours.params[-1, 0] == pytest.approx(params, rel=1e-12)

    @pytest.mark.parametrize(
        ("batches", "error", "message"),
        [
            (
                lambda _: [[True, False, True, False]],
                TypeError,
                r"a batch is a mask: .*flatnonzero",
            ),
            (lambda _: [np.arange(4) > 1], TypeError, r"a batch is a mask: .*flatnonzero\(mask\)"),
            (lambda _: [[0.0, 1.0]], TypeError, "a batch has dtype float64: pass indices"),
            (lambda _: [["a"]], TypeError, "a batch has dtype <U1"),
            (lambda _: [[[0], [1, 2]]], ValueError, r"batch\[1\] has length 2, and batch\[0\]"),
            (lambda _: [[]], ValueError, r"a batch has shape \(0,\): pass one index or more"),
            (lambda _: [3], ValueError, r"a batch has shape \(\): pass one index or more"),
            (lambda _: [[[0, 1]]], ValueError, r"a batch has shape \(1, 2\)"),
            (lambda _: [[4]], ValueError, "a batch has the index 4: pass indices from 0 to 3"),
            (lambda _: [[0, -1]], ValueError, "a batch has the index -1: pass indices from 0 to 3"),
            (lambda _: [], ValueError, "batches returned an epoch without a batch: return new"),
            (lambda _: None, TypeError, "batches returned None: return the batches of an epoch"),
            ([[0], [1]], TypeError, r"batches is \[\[0\], \[1\]\]: pass a function, such as cycl"),
            (cyclic, TypeError, r"batches is cyclic itself: pass what it makes, such as cyclic\("),
            (momentum(), TypeError, "missing|takes"),
        ],
    )
    def test_what_are_no_batches_is_refused(self, batches, error, message):
        with pytest.raises(error, match=message):
            LOOPS["batches"](LINE, [0.0], batches=batches)

    def test_batches_that_are_used_up_after_an_epoch_are_refused(self):
        once = cyclic()(4)
        with pytest.raises(ValueError, match="an epoch without a batch: return new batches"):
            LOOPS["batches"](LINE, [0.0], batches=lambda _: once)

    def test_one_epoch_of_batches_may_be_used_up(self):
        once = cyclic()(4)
        run = LOOPS["batches"](LINE, [0.0], batches=lambda _: once, epochs=1)
        expected = LOOPS["batches"](LINE, [0.0], epochs=1)
        np.testing.assert_array_equal(run.params, expected.params)


class TestResults:
    @both
    @pytest.mark.parametrize(
        ("grad", "error", "message"),
        [
            (
                np.array([1 + 0j, 2]),
                TypeError,
                "gradient has dtype complex128: return real numbers",
            ),
            (np.array([1, None]), TypeError, "gradient has dtype object: return real numbers"),
            (["a", "b"], TypeError, "gradient has dtype <U1: return real numbers"),
            (None, TypeError, "gradient has dtype object"),
            ([[1.0], [1.0, 2.0]], ValueError, r"gradient\[1\] has length 2, and the gradient\[0\]"),
            (np.ma.array([1.0, 2.0], mask=[0, 1]), TypeError, "gradient is a masked array"),
            ([1.0, 2.0, 3.0], ValueError, r"gradient has shape \(3,\): return shape \(2,\)"),
        ],
    )
    def test_gradient_that_is_none_is_refused(self, descend, grad, error, message):
        asked = []

        def gradient(params, batch=None):
            asked.append(batch)
            return 2 * params if len(asked) == 1 else grad

        with pytest.raises(error, match=message):
            descend(Objective(FOUR.value, gradient, n_samples=4), [1.0, 2.0])

    @both
    def test_tensors_are_taken_unless_they_require_grad(self, descend):
        def tensor(params):
            return torch.tensor(np.array(params), requires_grad=True)

        plain_one = Objective(
            lambda p, _=None: (tensor(p).detach() ** 2).sum(),
            lambda p, _=None: 2 * tensor(p).detach(),
            n_samples=4,
        )
        np.testing.assert_array_equal(
            descend(plain_one, [1.0, 2.0]).params, descend(FOUR, [1.0, 2.0]).params
        )
        tracked = Objective(FOUR.value, lambda p, _=None: 2 * tensor(p), n_samples=4)
        with pytest.raises(TypeError, match=r"gradient is a tensor that requires grad: .*detach"):
            descend(tracked, [1.0, 2.0])
        with pytest.raises(TypeError, match="start is a tensor that requires grad"):
            descend(FOUR, tensor([1.0, 2.0]))

    @both
    @pytest.mark.parametrize(
        ("result", "error", "message"),
        [
            (np.ones(2), TypeError, r"the step returned array.*: return two things, new param"),
            (None, TypeError, "the step returned None: return two things"),
            ((np.ones(2),), TypeError, "the step returned .*: return two things"),
            ((np.ones(2), None, None), TypeError, "the step returned .*: return two things"),
            ((np.ones(3), None), ValueError, r"first result of the step has shape \(3,\): return"),
            ((1.0, None), ValueError, r"first result of the step has shape \(\): return shape"),
            ((np.ones(2) * 1j, None), TypeError, "first result of the step has dtype complex128"),
            ((None, None), TypeError, "first result of the step has dtype object"),
        ],
    )
    def test_step_that_returns_something_else_is_refused(self, descend, result, error, message):
        with pytest.raises(error, match=message):
            descend(FOUR, [1.0, 2.0], step=lambda *_: result)

    @both
    @pytest.mark.parametrize("result", [3.0, (1.0,), (1.0, np.ones(2), 3), None])
    def test_value_and_gradient_that_are_not_two_are_refused(self, descend, result):
        f = Objective(FOUR.value, FOUR.gradient, n_samples=4, value_and_gradient=lambda *_: result)
        with pytest.raises(TypeError, match=r"value_and_gradient returned .*: return two things"):
            descend(f, [1.0, 2.0])

    def test_gradient_step_itself_is_no_step_with_a_memory(self):
        with pytest.raises(TypeError, match=r"the step returned .*: return two things"):
            gradient_descent(
                SPHERE,
                [1.0, 2.0],
                learning_rate=0.1,
                epochs=1,
                step=lambda params, grad, rate, _: params - rate * grad,
            )

    @both
    @pytest.mark.parametrize("f", [lambda x: x**2, None, 3.0, abs])
    def test_what_is_no_objective_is_refused(self, descend, f):
        with pytest.raises(
            TypeError, match=r"objective is .*: pass an Objective, made by Objective\(value"
        ):
            descend(f, [1.0, 2.0])
        with pytest.raises(
            TypeError, match=r"objective is .*: pass an Objective, made by Objective\(value"
        ):
            backtracking(f)

    @both
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (
                {"step": momentum},
                r"step is momentum itself: pass what it makes, such as momentum\(",
            ),
            ({"step": 3}, "step is 3: pass a function, such as momentum"),
            ({"step": None}, "step is None: pass a function"),
            ({"learning_rate": cosine_decay}, "learning_rate is cosine_decay itself: pass what it"),
            ({"learning_rate": None}, "learning_rate is None: pass a finite number"),
        ],
    )
    def test_what_was_not_made_is_refused(self, descend, change, message):
        with pytest.raises(TypeError, match=message):
            descend(FOUR, [1.0, 2.0], **change)

    @both
    def test_masked_start_is_refused(self, descend):
        with pytest.raises(TypeError, match="start is a masked array"):
            descend(FOUR, np.ma.array([1.0, 2.0], mask=[0, 1]))


# Newton's step on ln(e^x + e^-x) leads ever farther away from a start beyond 1.1.
CUP = Objective(lambda x: np.logaddexp(x, -x), np.tanh)
BOWL = Objective(lambda x: float(x) ** 4, lambda x: 4 * float(x) ** 3)


def own_newton(params, grad, learning_rate, memory):
    curvature = np.atleast_2d(1 / np.cosh(params) ** 2)
    return params - learning_rate * np.linalg.solve(curvature, [grad])[0], memory


def own_overflow(params, grad, learning_rate, memory):
    return params - learning_rate * exp(abs(float(params)) * 9) * grad, memory


class TestRunsThatRunAway:
    @pytest.mark.parametrize(
        "step",
        [newton(lambda x: 1 / np.cosh(x) ** 2), newton(lambda x: 1 / cosh(x) ** 2), own_newton],
        ids=["of arrays", "of floats", "own"],
    )
    def test_newton_step_that_is_not_possible_ends_the_run_as_diverged(self, step):
        run = gradient_descent(CUP, 2.0, learning_rate=1.0, epochs=100, step=step)
        path = [2.0]
        while abs(path[-1]) < 300:
            path.append(path[-1] - tanh(path[-1]) * cosh(path[-1]) ** 2)
        assert run.status == "diverged"
        assert len(run) >= 3
        np.testing.assert_allclose(run.params[:3], path[:3], rtol=1e-12)

    @pytest.mark.parametrize(
        "step",
        [
            plain(),
            momentum(),
            nesterov(),
            preconditioned(5.0),
            newton(lambda _: -1e-3),
            own_overflow,
        ],
        ids=lambda step: str(step).split("(")[0],
    )
    @pytest.mark.parametrize("f", [PARABOLA, BOWL], ids=["parabola", "quartic"])
    def test_run_that_runs_away_ends_as_diverged_with_its_rows(self, step, f):
        run = gradient_descent(f, 2.0, learning_rate=1.0, epochs=100_000, step=step)
        assert run.status == "diverged"
        assert run.epochs.tolist() == [*range(len(run))]
        assert len(run) >= 1
        assert np.isfinite(run.losses).all()

    @pytest.mark.parametrize("step", [adam(), rmsprop(), adagrad()], ids=str)
    def test_memory_that_is_not_finite_ends_a_run_that_stands_still(self, step):
        cliff = Objective(lambda x: 0.5e160 * x**2, lambda x: 1e160 * x)
        run = gradient_descent(cliff, 1.0, learning_rate=0.1, epochs=50, step=step)
        assert (run.status, run.last_epoch) == ("diverged", 1)
        assert run.params.tolist() == [1.0, 1.0]

    def test_memory_is_looked_at_in_epochs_without_a_row(self):
        cliff = Objective(
            lambda x, _=None: 0.5e160 * x**2, lambda x, _=None: 1e160 * x, n_samples=1
        )
        run = stochastic_gradient_descent(
            cliff,
            1.0,
            batches=full_batch(),
            learning_rate=0.1,
            epochs=50,
            step=adam(),
            record_every=50,
        )
        assert (run.status, run.last_epoch, run.epochs.tolist()) == ("diverged", 1, [0, 1])

    @pytest.mark.parametrize("descend", LOOPS.values(), ids=LOOPS)
    def test_matrix_that_cannot_be_factored_is_no_place_to_be(self, descend):
        def value(params, _=None):
            return 2 * np.log(np.linalg.cholesky(params.reshape(1, 1))[0, 0])

        def gradient(params, _=None):
            return np.linalg.inv(np.linalg.cholesky(params.reshape(1, 1)))[0] ** 2

        run = descend(Objective(value, gradient, n_samples=4), [1.0], learning_rate=0.4)
        assert run.status == "diverged"
        assert len(run) >= 1

    @pytest.mark.parametrize("memory", [inf, {"a": [nan]}, (np.array([1, -inf]), 3)])
    def test_memory_of_any_kind_is_looked_at(self, memory):
        run = gradient_descent(
            PARABOLA, 1.0, learning_rate=0.1, epochs=5, step=lambda params, *_: (params, memory)
        )
        assert (run.status, run.last_epoch) == ("diverged", 1)

    def test_line_search_is_no_slower_where_squares_of_slopes_overflow(self):
        cliff = Objective(lambda x: 0.5e160 * x**2, lambda x: 1e160 * x)
        run = gradient_descent(
            cliff, 1.0, learning_rate=1.0, epochs=50, step=backtracking(cliff), tolerance=1e150
        )
        assert run.status == "converged"


class TestRunsThatStandOnAMinimum:
    @pytest.mark.parametrize(
        "step",
        [
            plain(),
            momentum(),
            nesterov(),
            adagrad(),
            rmsprop(),
            adam(),
            newton(lambda x: 12 * x**2),
            preconditioned(2.0),
            backtracking(Objective(lambda x: x**4, lambda x: 4 * x**3)),
        ],
        ids=lambda step: str(step).split("(")[0],
    )
    def test_run_from_a_minimum_completes(self, step):
        f = Objective(lambda x: x**4, lambda x: 4 * x**3)
        run = gradient_descent(f, 0.0, learning_rate=1.0, epochs=5, step=step)
        assert run.status == "completed"
        assert run.params.tolist() == [0.0] * 6

    def test_newton_that_has_come_to_a_flat_minimum_completes(self):
        f = Objective(lambda x: x**4, lambda x: 4 * x**3)
        step = newton(lambda x: 12 * x**2)
        run = gradient_descent(f, 1.0, learning_rate=1.0, epochs=3000, step=step)
        assert run.status == "completed"
        assert run.params[-1] == pytest.approx(0, abs=1e-100)

    def test_newton_takes_the_shortest_step_where_the_hessian_has_no_inverse(self):
        valley = Objective(lambda p: p.sum() ** 2, lambda p: 2 * p.sum() * np.ones(2))
        step = newton(lambda _: 2 * np.ones((2, 2)))
        run = gradient_descent(valley, [3.0, 1.0], learning_rate=1.0, epochs=3, step=step)
        assert run.status == "completed"
        np.testing.assert_allclose(run.params[1:], [[1.0, -1.0]] * 3, atol=1e-12)


@both
@pytest.mark.parametrize("every", [None, 10**399])
def test_more_epochs_than_a_float_can_count_are_run_until_the_tolerance(descend, every):
    run = descend(FOUR, [1.0, 2.0], epochs=10**400, tolerance=0.1, record_every=every)
    assert run.status == "converged"
    assert run.epochs.tolist() == [0, run.last_epoch]


FLOATS = st.floats() | st.sampled_from([1e308, -1e308, 1e-308, 5e-324, 1e200, 0.0, -0.0])
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    FLOATS,
    st.text(max_size=2),
    st.complex_numbers(),
    st.fractions(),
    st.lists(FLOATS, max_size=3),
    st.just(np.ma.array([1.0], mask=[1])),
    st.just(np.array([1, None])),
    st.just(len),
    st.just(dict),
)
MAKERS = {
    constant_rate: ["initial"],
    step_decay: ["initial", "factor", "every"],
    exponential_decay: ["initial", "factor"],
    polynomial_decay: ["initial", "power", "scale"],
    cosine_decay: ["initial", "updates", "final"],
    warm_up: ["schedule", "updates"],
    cyclic: ["batch_size"],
    reshuffled: ["rng", "batch_size"],
    with_replacement: ["rng", "batch_size"],
    momentum: ["beta"],
    nesterov: ["beta"],
    adagrad: ["epsilon"],
    rmsprop: ["decay", "epsilon"],
    adam: ["beta1", "beta2", "epsilon"],
    backtracking: ["objective", "shrink", "decrease"],
    newton: ["hessian"],
    preconditioned: ["preconditioner"],
}
GOOD = {
    "initial": 0.1,
    "factor": 0.5,
    "every": 3,
    "updates": 10,
    "schedule": constant_rate(0.1),
    "rng": np.random.default_rng(0),
    "objective": PARABOLA,
    "hessian": lambda _: 4.0,
    "preconditioner": 0.5,
}


def result_or_message(function, named):
    """Return a result that came without a warning, or None where an error names what is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return function()
        except (TypeError, ValueError) as error:
            if not re.search(named, str(error)):
                raise
    return None


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
@given(data=st.data())
def test_whatever_an_option_is_the_thing_is_made_and_works_or_the_option_is_named(make, data):
    wrong = data.draw(st.sampled_from(MAKERS[make]))
    options = {name: GOOD[name] for name in MAKERS[make] if name in GOOD}
    options[wrong] = data.draw(ANYTHING)
    made = result_or_message(lambda: make(**options), wrong)
    if made is None:
        return
    if make in (cyclic, reshuffled, with_replacement):
        assert sum(map(len, made(7))) == 7
    elif make in (newton, preconditioned, backtracking, momentum, nesterov, adagrad, rmsprop, adam):
        if wrong not in ("hessian", "preconditioner"):
            made(np.array(1.0), np.array(4.0), 0.5)
    elif wrong != "schedule":
        assert [made(update) >= 0 for update in (0, 1, 10**6, 10**400)] == [True] * 4


@pytest.mark.parametrize(
    "step",
    [
        plain(),
        momentum(),
        nesterov(),
        adagrad(),
        rmsprop(),
        adam(),
        preconditioned([2.0, 3.0]),
        newton(np.diag),
        backtracking(SPHERE),
    ],
    ids=lambda step: str(step).split("(")[0],
)
@given(
    params=st.lists(FLOATS.filter(np.isfinite), min_size=2, max_size=2),
    grads=st.lists(st.lists(FLOATS.filter(np.isfinite), min_size=2, max_size=2), max_size=3),
    rate=st.floats(0, 1e308),
)
def test_step_called_by_itself_warns_of_nothing_and_changes_nothing(step, params, grads, rate):
    point, memory = np.array(params), None
    for grad in map(np.array, grads):
        before = point.copy(), grad.copy()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found, memory = step(point, grad, rate, memory)
        np.testing.assert_array_equal(point, before[0])
        np.testing.assert_array_equal(grad, before[1])
        assert np.shape(found) == (2,)
        point = np.array(found)


@pytest.mark.parametrize(
    "sampling",
    [
        full_batch(),
        cyclic(batch_size=3),
        last_sample_only(),
        reshuffled(rng=np.random.default_rng(0), batch_size=3),
        with_replacement(rng=np.random.default_rng(0), batch_size=3),
    ],
    ids=lambda sampling: type(sampling).__name__,
)
@given(n_samples=ANYTHING | st.integers(1, 50))
def test_whatever_the_number_of_samples_there_are_batches_or_it_is_named(sampling, n_samples):
    if isinstance(n_samples, int) and n_samples > 1000:
        return
    batches = result_or_message(lambda: [*sampling(n_samples)], "n_samples")
    if batches is not None:
        assert all(0 <= index < n_samples for batch in batches for index in batch)
        assert batches


@both
@given(data=st.data())
def test_whatever_a_loop_is_given_it_returns_a_record_or_names_what_is_wrong(descend, data):
    names = ["start", "learning_rate", "epochs", "step", "record_every", "tolerance"]
    names += ["loss_limit", "callback"]
    name = data.draw(st.sampled_from(names))
    value = data.draw(ANYTHING)
    arguments = {"start": [1.0, -2.0], "epochs": 2} | {name: value}
    if name == "epochs" and isinstance(value, int) and value > 100:
        return
    run = result_or_message(
        lambda: descend(FOUR, **arguments), f"{name}|start|callable|argument|len"
    )
    if run is not None:
        assert run.status in ("completed", "converged", "diverged")
        assert len(run) >= 1
        assert np.isfinite(run.params).all()
        assert np.isfinite(run.losses).all()
