import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracle import torch

from gdbook import gradient_descent, numerical_grad
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
