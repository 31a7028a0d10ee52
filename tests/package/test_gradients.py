import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracle import torch

from gdbook import Objective, check_grad, gradient_descent, linear_model, numerical_grad
from gdbook.symbolic import symbolic_grad, symbolic_objective

POINTS = hnp.arrays(np.float64, (2,), elements=st.floats(-3, 3, allow_subnormal=False))
x, y = sp.symbols("x y")
EXPRESSION = sp.exp(x) * sp.sin(y) + x**2 * y


def value_and_gradient_by_torch(point):
    first, second = leaves = torch.tensor(point, requires_grad=True).unbind()
    value = first.exp() * second.sin() + first**2 * second
    return value.item(), torch.stack(torch.autograd.grad(value, leaves)).numpy()


@given(point=POINTS)
def test_symbolic_and_numeric_gradient_equal_torchs(point):
    symbolic = symbolic_objective(EXPRESSION, [x, y])
    value, gradient = value_and_gradient_by_torch(point)
    np.testing.assert_allclose(symbolic.value(point), value, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(symbolic.gradient(point), gradient, rtol=1e-12, atol=1e-13)
    numerical = numerical_grad(symbolic.value, point)
    np.testing.assert_allclose(numerical, gradient, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("size", [1e-12, 1e-3, 1.0, 1e3, 1e8])
def test_step_scales_with_the_argument(size):
    slope = numerical_grad(lambda p: p**3, size)
    assert slope == pytest.approx(3 * size**2, rel=1e-8, abs=1e-9)


def test_numerical_grad_keeps_the_shape_and_leaves_the_params_alone():
    params = np.arange(6).reshape(2, 3)
    params.flags.writeable = False
    grad = numerical_grad(lambda p: (p**2).sum(), params)
    np.testing.assert_allclose(grad, 2 * params, atol=1e-9)
    assert numerical_grad(lambda p: 3 * p, 1.0).shape == ()


def test_right_gradient_passes_and_shows_both_side_by_side():
    check = check_grad(linear_model([[1.0], [2.0]], [1.0, 3.0]), [1.0, 1.0])
    assert check.passed
    assert str(check).splitlines()[2:] == [
        "| (0,) | 0.5 | 0.5 | right |",
        "| (1,) | 0.5 | 0.5 | right |",
    ]


def test_wrong_and_missing_entries_fail():
    half = Objective(lambda p: p @ p, lambda p: p * [2.0, 1.0])
    check = check_grad(half, [1.0, 1.0])
    assert not check.passed
    assert check.wrong.tolist() == [False, True]
    assert str(check).splitlines()[-1] == "| (1,) | 1 | 2 | wrong |"
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


def test_symbolic_gradient_comes_as_formulas_and_tex():
    gradient = symbolic_grad(x**2 * y, [x, y])
    assert gradient.partials == (2 * x * y, x**2)
    assert gradient.tex == sp.latex(sp.Matrix([2 * x * y, x**2]))


def test_constant_partials_come_as_floats():
    np.testing.assert_array_equal(
        symbolic_grad(3 * x + y, [x, y]).function(np.zeros(2)), [3.0, 1.0]
    )
    assert symbolic_objective(sp.Integer(2), [x]).value(np.zeros(1)) == 2.0


def test_one_loop_runs_on_a_symbolic_objective():
    run = gradient_descent(symbolic_objective(2 * x**2, [x]), [1.0], learning_rate=0.1, epochs=9)
    np.testing.assert_allclose(run.params[:, 0], 0.6 ** np.arange(10), rtol=1e-13)


@pytest.mark.parametrize("function", [symbolic_grad, symbolic_objective])
def test_bad_symbols_are_refused(function):
    with pytest.raises(ValueError, match="params is empty"):
        function(x, [])
    with pytest.raises(TypeError, match="'x' is no symbol"):
        function(x, ["x"])
    with pytest.raises(ValueError, match="the expression has y, too"):
        function(x * y, [x])
