import math
import re

import numpy as np
import pytest

from gdbook import Objective, check_grad, linear_model, numerical_grad

SIZES = [1e-12, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e12]
FUNCTIONS = {
    "line": (lambda x: 3 * x, lambda _: 3.0),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "polynomial": (lambda x: x**7 - 3 * x**4 + x, lambda x: 7 * x**6 - 12 * x**3 + 1),
    "inverse": (lambda x: 1 / x, lambda x: -1 / x**2),
    "root": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "log": (np.log, lambda x: 1 / x),
    "sin": (np.sin, np.cos),
    "exp": (np.exp, np.exp),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "size": (abs, np.sign),
}


def bugs(gradient):
    """Yield gradients that are wrong."""
    yield lambda x: 2 * gradient(x)
    yield lambda x: -gradient(x)
    yield lambda x: 1.001 * gradient(x)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("unit", SIZES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_slopes_pass_and_wrong_ones_fail_in_all_units(name, unit, scale):
    function, derivative = FUNCTIONS[name]
    value, slope = (
        (lambda x: scale * function(x / unit)),
        (lambda x: scale / unit * derivative(x / unit)),
    )
    for place in unit * np.array([0.03, 0.8, 2.5]):
        assert check_grad(Objective(value, slope), place).passed
        assert numerical_grad(value, place) == pytest.approx(slope(place), rel=1e-9)
        for bug in bugs(slope):
            assert check_grad(Objective(value, bug), place).wrong


@pytest.mark.parametrize("place", SIZES)
@pytest.mark.parametrize("name", ["line", "cube", "inverse", "root", "log", "sin", "size"])
def test_right_slopes_pass_and_wrong_ones_fail_at_all_arguments(name, place):
    value, slope = FUNCTIONS[name]
    check = check_grad(Objective(value, slope), place)
    assert check.passed
    assert abs(check.numeric - slope(place)) <= check.error
    for wrong in (lambda x: 2 * slope(x), lambda x: -slope(x)):
        assert check_grad(Objective(value, wrong), place).wrong


@pytest.mark.parametrize("rate", [1e3, 1e6, 1e9, 1e12])
def test_steps_are_short_for_a_function_that_varies_fast(rate):
    assert numerical_grad(lambda x: np.sin(rate * x), 0.0) == pytest.approx(rate, rel=1e-9)
    bump = Objective(
        lambda x: np.exp(-((rate * (x - 1)) ** 2) / 2),
        lambda x: (1 - x) * rate**2 * np.exp(-((rate * (x - 1)) ** 2) / 2),
    )
    at = 1 + 1 / rate
    assert rate > 1e6 or check_grad(bump, at).passed
    assert not check_grad(Objective(bump.value, lambda _: 0.0), at).passed


def test_polynomials_in_many_dimensions_are_judged_entry_by_entry():
    rng = np.random.default_rng(3)
    matrix, params = rng.normal(size=(60, 60)), rng.normal(size=60)
    sizes = 10.0 ** rng.integers(-6, 7, size=60)
    right = Objective(
        lambda p: p @ matrix @ p + (sizes * p).sum(),
        lambda p: (matrix + matrix.T) @ p + sizes,
    )
    assert check_grad(right, params).passed
    for entry in range(0, 60, 7):
        one = np.where(np.arange(60) == entry, 2, 1)
        check = check_grad(
            Objective(right.value, lambda p, one=one: one * right.gradient(p)), params
        )
        assert np.flatnonzero(check.verdicts != "right").tolist() == [entry]
    transposed = Objective(right.value, lambda p: 2 * matrix @ p + sizes)
    assert not check_grad(transposed, params).passed


def test_entries_at_a_minimum_are_right():
    rng = np.random.default_rng(4)
    fit = linear_model(rng.normal(size=(30, 6)), rng.normal(size=30))
    assert check_grad(fit, fit.minimizer()).passed
    offset = Objective(fit.value, lambda p: fit.gradient(p) + 1e-6)
    assert check_grad(offset, fit.minimizer()).wrong.all()


def test_parameters_that_nothing_depends_on_have_the_slope_0():
    dead = Objective(lambda p: 7 + max(p[0], 0.0), lambda _: np.zeros(2))
    check = check_grad(dead, [-0.5, 3.0])
    assert check.passed
    assert check.numeric.tolist() == [0, 0]
    assert check_grad(Objective(dead.value, lambda _: np.ones(2)), [-0.5, 3.0]).wrong.all()


@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-7])
def test_gradients_near_a_kink_are_told_apart(distance):
    relu = Objective(lambda x: 5 + max(x - 1, 0.0), lambda x: float(x > 1))
    for place in (1 - distance, 1 + distance):
        assert check_grad(relu, place).passed
        assert check_grad(Objective(relu.value, lambda x: float(x < 1)), place).wrong


@pytest.mark.parametrize("place", [0.0, 2.0, -1e9])
def test_kink_is_named_and_only_what_lies_outside_of_its_slopes_is_wrong(place):
    def verdict(slope):
        size = Objective(lambda x: abs(x - place) + 3 * x, lambda _: slope)
        return check_grad(size, place).verdicts.item()

    assert [verdict(slope) for slope in (2.0, 3.0, 4.0)] == ["kink"] * 3
    assert [verdict(slope) for slope in (1.9, 4.1, -3.0)] == ["wrong"] * 3
    assert not check_grad(Objective(abs, np.sign), 0.0).passed


def test_check_is_unsure_where_round_off_or_a_jump_hides_the_slope():
    lost = Objective(lambda x: 1e20 + x, lambda _: 1.0)
    jump = Objective(lambda x: x + float(x >= 1), lambda _: 1.0)
    border = Objective(np.sqrt, lambda _: 1.0)
    cancelled = Objective(lambda x: (1e8 + np.sin(x)) - 1e8, np.cos)
    for objective, place in [(lost, 1.0), (jump, 1.0), (border, 0.0), (cancelled, 1.0)]:
        check = check_grad(objective, place)
        assert check.verdicts == "unsure"
        assert not check.passed
        assert not check.wrong
        assert "| unsure |" in str(check)
    assert check_grad(jump, 1.001).passed


def test_float32_is_judged_by_its_own_precision():
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(50, 300)).astype(np.float32), rng.normal(size=50).astype(np.float32)

    def value(params):
        return np.square(X @ params.astype(np.float32) - y).mean()

    def gradient(params):
        return 2 * X.T @ (X @ params.astype(np.float32) - y) / 50

    for scale in (0.01, 1.0, 100.0):
        params = scale * rng.normal(size=300)
        check = check_grad(Objective(value, gradient), params)
        assert check.passed
        assert check.tolerance == pytest.approx(0.0049, rel=0.01)
        assert check_grad(Objective(lambda p: float(value(p)), gradient), params).passed
        wrong = check_grad(Objective(value, lambda p: 2 * gradient(p)), params)
        large = abs(check.analytic) > 0.02 * abs(check.analytic).max()
        assert wrong.wrong[large].all()


@pytest.mark.parametrize("step", [1.0, 1e-2, 1e-4])
def test_step_that_is_given_is_the_step_that_is_made(step):
    difference = ((2 + step) ** 3 - (2 - step) ** 3) / (2 * step)
    assert numerical_grad(lambda x: x**3, 2.0, step=step) == pytest.approx(difference, rel=1e-11)
    check = check_grad(Objective(lambda x: x**3, lambda x: 3 * x**2), 2.0, step=step)
    assert check.numeric == pytest.approx(difference, rel=1e-11)
    assert abs(check.numeric - 12) <= 1.001 * check.error
    assert check.verdicts == ("right" if step < 0.01 else "unsure")
    assert check_grad(Objective(abs, np.sign), 0.0, step=step).verdicts == "kink"


@pytest.mark.parametrize(
    ("value", "slope", "place"),
    [
        (math.log, lambda x: 1 / x, 0.001),
        (math.exp, math.exp, 709.7),
        (lambda x: 1 / x, lambda x: -1 / x**2, 0.1),
    ],
)
def test_steps_that_leave_the_domain_are_left_out(value, slope, place):
    check = check_grad(Objective(lambda p: value(float(p)), slope), place)
    assert check.passed


def test_numbers_come_from_as_few_calls_as_the_docstring_says():
    calls = []
    numerical_grad(lambda p: calls.append(p) or np.exp(p).sum(), [0.3, -1.2, 5.0])
    assert len(calls) <= 3 * 16 + 3
    del calls[:]
    numerical_grad(lambda p: calls.append(p) or (p**2).sum(), [0.0])
    assert len(calls) < 120


def test_numerical_grad_keeps_the_shape_and_leaves_the_params_alone():
    params = np.arange(6).reshape(2, 3)
    params.flags.writeable = False
    grad = numerical_grad(lambda p: (p**2).sum(), params)
    np.testing.assert_allclose(grad, 2 * params, atol=1e-9)
    assert numerical_grad(lambda p: 3 * p, 1.0).shape == ()


def test_right_gradient_passes_and_shows_both_side_by_side():
    check = check_grad(linear_model([[1.0], [2.0]], [1.0, 3.0]), [1.0, 1.0])
    assert check.passed
    for number, line in enumerate(str(check).splitlines()[2:]):
        assert re.fullmatch(rf"\| \({number},\) \| 0\.5 \| 0\.5 \| \de-1\d \| right \|", line)


def test_wrong_and_missing_entries_fail():
    half = Objective(lambda p: p @ p, lambda p: p * [2.0, 1.0])
    check = check_grad(half, [1.0, 1.0])
    assert not check.passed
    assert check.wrong.tolist() == [False, True]
    assert re.fullmatch(r"\| \(1,\) \| 1 \| 2 \| \de-1\d \| wrong \|", str(check).splitlines()[-1])
    assert not check_grad(Objective(half.value, lambda p: p * np.nan), [1.0, 1.0]).passed


def test_tolerance_is_relative_to_the_size_of_the_entry():
    off = Objective(lambda p: 500 * p @ p, lambda p: 1000 * p * (1 + 1e-4))
    assert check_grad(off, [1.0], tolerance=2e-4).passed
    assert not check_grad(off, [1.0], tolerance=5e-5).passed


def test_bad_input_of_a_check_is_refused():
    sphere = Objective(lambda p: p @ p, lambda p: 2 * p)
    with pytest.raises(ValueError, match=r"params\[0\] is nan: pass finite numbers"):
        check_grad(sphere, [np.nan])
    with pytest.raises(TypeError, match="params has dtype"):
        numerical_grad(sphere.value, ["a"])
    with pytest.raises(ValueError, match=r"tolerance is 0\.0"):
        check_grad(sphere, [1.0], tolerance=0)
    with pytest.raises(ValueError, match=r"gradient has shape \(3,\): return shape \(1,\)"):
        check_grad(Objective(sphere.value, lambda _: np.ones(3)), [1.0])


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        (1 + 2j, TypeError, "the value has dtype complex128"),
        ("one", TypeError, "the value has dtype"),
        (np.ones(1), ValueError, r"the value has shape \(1,\): return one number"),
        (np.nan, ValueError, "the value at params is nan: pass params where it is finite"),
        (np.inf, ValueError, "the value at params is inf"),
    ],
)
def test_value_that_is_no_finite_number_is_refused(result, error, message):
    with pytest.raises(error, match=message):
        numerical_grad(lambda _: result, [1.0])
    with pytest.raises(error, match=message):
        check_grad(Objective(lambda _: result, np.ones_like), [1.0])


def test_what_else_cannot_be_checked_is_refused():
    with pytest.raises(TypeError, match="pass an Objective, such as Objective"):
        check_grad(lambda p: p @ p, [1.0])
    with pytest.raises(TypeError, match="the gradient has dtype complex128"):
        check_grad(Objective(lambda p: p @ p, lambda p: 2j * p), [1.0])
    with pytest.raises(ValueError, match=r"not finite on both sides of params\[1\] = 0\.0"):
        numerical_grad(lambda p: np.sqrt(p).sum(), [1.0, 0.0])
    with pytest.raises(ValueError, match=r"step is 1e-20, which does not move 1\.0: pass a longer"):
        numerical_grad(abs, 1.0, step=1e-20)
    with pytest.raises(ValueError, match=r"step is -1\.0"):
        check_grad(Objective(abs, np.sign), 1.0, step=-1)
