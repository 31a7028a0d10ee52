import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbook import (
    Objective,
    backtracking,
    gradient_descent,
    linear_model,
    newton,
    preconditioned,
    thirteen_features,
)

SEEDS = st.integers(0, 2**32 - 1)
PARABOLA = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
LINEAR = linear_model(*thirteen_features())


@given(rate=st.floats(1e-3, 1e3), shrink=st.floats(0.1, 0.9), decrease=st.floats(1e-4, 0.9))
def test_backtracking_takes_the_longest_step_of_its_row_that_satisfies_armijo(
    rate, shrink, decrease
):
    # 2 (x - 4 a x)^2 <= 2 x^2 - c a (4 x)^2 holds for a <= (1 - c) / 2
    bound = (1 - decrease) / 2
    params, length = backtracking(PARABOLA, shrink=shrink, decrease=decrease)(1.0, 4.0, rate)
    assert params == 1 - 4 * length
    assert length <= bound * (1 + 1e-9)
    assert length == rate or length / shrink > bound * (1 - 1e-9)


def test_backtracking_converges_from_a_rate_that_is_far_too_long():
    run = gradient_descent(
        LINEAR,
        np.zeros(14),
        learning_rate=100.0,
        epochs=500,
        step=backtracking(LINEAR),
        tolerance=1e-6,
    )
    assert run.status == "converged"
    assert (np.diff(run.losses) < 0).all()
    np.testing.assert_allclose(run.params[-1], LINEAR.minimizer(), atol=1e-5)


@pytest.mark.parametrize(
    ("value", "start", "grad"),
    [
        (lambda x: x - np.log(x) if x > 0 else np.nan, 4.0, 0.75),
        (lambda x: np.log(x) if x > 0 else -np.inf, 1.0, 1.0),
        (lambda x: math.exp(x**2), 3.0, 6 * math.exp(9)),
    ],
    ids=["nan", "minus infinity", "OverflowError"],
)
def test_backtracking_shortens_steps_that_lead_where_the_objective_is_not_finite(
    value, start, grad
):
    objective = Objective(value, lambda _: grad)
    params, _ = backtracking(objective)(start, grad, 100.0)
    assert params != start
    assert value(params) < value(start)
    assert np.isfinite(value(params))


def test_backtracking_at_the_minimum_stays_there():
    assert backtracking(PARABOLA)(0.0, 0.0, 1.0) == (0.0, 1.0)


def test_backtracking_stays_where_no_step_goes_down():
    params, _ = backtracking(PARABOLA)(1.0, -4.0, 1.0)
    assert params == 1.0
    nowhere = Objective(lambda _: np.nan, lambda x: x)
    assert backtracking(nowhere)(1.0, 1.0, 1.0) == (1.0, 0.0)


@given(seed=SEEDS)
def test_newton_reaches_the_minimum_of_a_quadratic_in_one_step(seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(4, 4))
    matrix, goal, start = root @ root.T + np.eye(4), rng.normal(size=4), rng.normal(size=4)
    params, _ = newton(lambda _: matrix)(start, matrix @ (start - goal), 1.0)
    np.testing.assert_allclose(params, goal, rtol=1e-9, atol=1e-9)


def test_newton_squares_the_error_of_a_square_root():
    # x - 2 ln x has its minimum at 2, and Newton's error there is e -> e^2 / 2
    objective = Objective(lambda x: x - 2 * np.log(x), lambda x: 1 - 2 / x)
    step = newton(lambda x: 2 / x**2)
    run = gradient_descent(objective, 1.0, learning_rate=1.0, epochs=5, step=step)
    np.testing.assert_allclose(
        2 - run.params[1:], (2 - run.params[:-1]) ** 2 / 2, rtol=1e-6, atol=1e-15
    )


def test_newton_keeps_the_shape_of_the_params():
    params = np.arange(4.0).reshape(2, 2)
    moved, _ = newton(lambda _: 2 * np.eye(4))(params, 2 * params, 0.5)
    np.testing.assert_array_equal(moved, params / 2)


@pytest.mark.parametrize(
    ("matrix", "error", "message"),
    [
        (np.ones(2), ValueError, r"has shape \(2,\): return \(2, 2\)"),
        ("H", TypeError, r"hessian\(params\) has dtype"),
    ],
)
def test_hessian_that_cannot_serve_is_refused(matrix, error, message):
    with pytest.raises(error, match=message):
        newton(lambda _: matrix)(np.ones(2), np.ones(2), 1.0)


@pytest.mark.parametrize("matrix", [[[-np.inf, 0.0], [0.0, 0.0]], np.full((2, 2), np.nan)])
def test_newton_leads_nowhere_where_the_hessian_is_not_finite_and_lapack_is_silent(matrix, capfd):
    params, _ = newton(lambda _: matrix)(np.ones(2), np.ones(2), 1.0)
    assert np.isnan(params).all()
    assert capfd.readouterr().out == ""


@given(seed=SEEDS)
def test_preconditioner_multiplies_the_gradient(seed):
    rng = np.random.default_rng(seed)
    params, grad, matrix = rng.normal(size=3), rng.normal(size=3), rng.normal(size=(3, 3))
    for ours, full in ((matrix, matrix), (matrix[0], np.diag(matrix[0]))):
        moved, _ = preconditioned(ours)(params, grad, 0.1)
        np.testing.assert_allclose(moved, params - 0.1 * full @ grad, rtol=1e-12, atol=1e-13)


def test_inverse_hessian_as_preconditioner_converges_in_one_epoch():
    X, _ = thirteen_features()
    design = np.column_stack([X, np.ones(len(X))])
    inverse = np.linalg.inv(design.T @ design / len(X))
    run = gradient_descent(
        LINEAR,
        np.zeros(14),
        learning_rate=1.0,
        epochs=1,
        step=preconditioned(inverse),
    )
    np.testing.assert_allclose(run.params[-1], LINEAR.minimizer(), rtol=1e-9)


@pytest.mark.parametrize(
    ("params", "preconditioner", "error", "message"),
    [
        (np.ones(2), np.ones(3), ValueError, r"shape \(3,\), params \(2,\): pass the shape"),
        (np.ones((2, 2)), np.ones((4, 4)), ValueError, r"shape \(4, 4\), params \(2, 2\)"),
        (np.ones(2), "P", TypeError, "preconditioner has dtype"),
        (np.ones(2), [np.inf, 1], ValueError, r"preconditioner\[0\] is inf: pass finite numbers"),
    ],
)
def test_preconditioner_that_does_not_fit_is_refused(params, preconditioner, error, message):
    with pytest.raises(error, match=message):
        preconditioned(preconditioner)(params, params, 0.1)


@pytest.mark.parametrize(
    ("option", "error", "message"),
    [
        ({"shrink": 1.0}, ValueError, "shrink is 1.0: pass a number between 0 and 1"),
        ({"shrink": 0}, ValueError, "shrink is 0.0"),
        ({"decrease": 2}, ValueError, "decrease is 2.0: pass a number between 0 and 1"),
        ({"decrease": "c"}, TypeError, "decrease is 'c'"),
    ],
)
def test_bad_option_of_backtracking_is_refused(option, error, message):
    with pytest.raises(error, match=message):
        backtracking(PARABOLA, **option)
