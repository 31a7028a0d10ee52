import pickle

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracle import torch

from gdbook import check_grad, gradient_descent, linear_model, numerical_grad, squared_error
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
    with pytest.raises(ValueError, match="x is there twice"):
        function(x, [x, x])
    with pytest.raises(TypeError, match=r"params is x: pass a sequence of symbols, such as \[x\]"):
        function(x, x)


@pytest.mark.parametrize("expression", [None, sp.Matrix([x]), x > 0, [x]])
@pytest.mark.parametrize("function", [symbolic_grad, symbolic_objective])
def test_what_has_no_number_as_its_value_is_refused(function, expression):
    with pytest.raises(TypeError, match=r"expression is .*: pass one that has a number"):
        function(expression, [x])


@pytest.mark.parametrize(
    ("expression", "slope"),
    [
        (sp.Abs(x), np.sign),
        (sp.Abs(x - 1) + x**2, lambda x: np.sign(x - 1) + 2 * x),
        (sp.sqrt(x**2), np.sign),
        (x * sp.sign(x), np.sign),
        (x * sp.floor(3 * x), lambda x: np.floor(3 * x)),
        (sp.Heaviside(x), lambda x: 0 * x),
        (x * sp.conjugate(x), lambda x: 2 * x),
        (sp.Max(x, 0), lambda x: float(x > 0)),
        (sp.gamma(x), lambda x: float(mpmath.diff(mpmath.gamma, x))),
        (sp.loggamma(x + 3), lambda x: float(mpmath.digamma(x + 3))),
        (sp.erf(x), lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
        (sp.besselj(0, x), lambda x: float(-mpmath.besselj(1, x))),
    ],
)
def test_slopes_of_functions_with_kinks_and_jumps_and_of_special_ones(expression, slope):
    for point in (-1.3, 0.4, 2.2):
        gradient = symbolic_grad(expression, [x]).function([point])
        np.testing.assert_allclose(gradient, [slope(point)], rtol=1e-12, atol=1e-14)
        assert check_grad(symbolic_objective(expression, [x]), [point]).passed


@pytest.mark.parametrize(
    "expression", [sp.zeta(x), sp.Function("f")(x), sp.Integral(sp.exp(-(x**2)), x), sp.LambertW(x)]
)
def test_what_numpy_cannot_compute_is_refused(expression):
    with pytest.raises(ValueError, match=r"NumPy cannot compute .*x.*: use other functions"):
        symbolic_objective(expression, [x])


def test_params_and_results_that_are_no_real_vectors_are_refused():
    with pytest.raises(ValueError, match=r"params have shape \(\): pass \(1,\)"):
        symbolic_objective(x**2, [x]).value(1.0)
    with pytest.raises(ValueError, match=r"params have shape \(3,\): pass \(2,\)"):
        symbolic_grad(x * y, [x, y]).function([1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="the expression is complex"):
        symbolic_objective(sp.I * x, [x]).value([1.0])


def test_values_outside_of_the_domain_are_nan_without_a_warning():
    assert np.isnan(symbolic_objective(sp.log(x), [x]).value([-1.0]))
    assert symbolic_objective(sp.exp(x), [x]).value([1000.0]) == np.inf


W, B = sp.symbols("w b")
COLUMNS = {x: [1.0, 2.0, 4.0], y: [2.0, 3.0, 5.0]}


def test_expression_over_samples_is_what_the_linear_model_is():
    ours = symbolic_objective((W * x + B - y) ** 2, [W, B], samples=COLUMNS)
    line = linear_model(np.transpose([COLUMNS[x]]), COLUMNS[y], loss=squared_error)
    assert ours.n_samples == 3
    for batch in (None, np.array([2]), np.array([0, 2])):
        options = () if batch is None else (batch,)
        at = np.array([0.7, -0.3])
        assert ours.value(at, *options) == pytest.approx(line.value(at, *options), rel=1e-14)
        expected = line.gradient(at, *options)
        np.testing.assert_allclose(ours.gradient(at, *options), expected, rtol=1e-13)
    constant = symbolic_objective(sp.gamma(W + x) + 0 * y, [W], samples=COLUMNS)
    expected = np.mean([mpmath.gamma(0.5 + each) for each in COLUMNS[x]])
    assert constant.value([0.5]) == pytest.approx(float(expected), rel=1e-14)


def test_bad_samples_are_refused():
    for samples, error, message in [
        ({x: [1.0], y: [1.0, 2.0]}, ValueError, r"samples have shapes {'x': \(1,\), 'y': \(2,\)}"),
        ({x: [[1.0]]}, ValueError, r"pass columns of one length, \(n_samples,\)"),
        ({x: [np.nan]}, ValueError, r"samples\[x\]"),
        ({"x": [1.0]}, TypeError, "'x' is no symbol"),
        ({W: [1.0]}, ValueError, "w is there twice"),
    ]:
        with pytest.raises(error, match=message):
            symbolic_objective(W + 1, [W], samples=samples)


def test_objective_pickles():
    objective = symbolic_objective((W * x - y) ** 2, [W], samples=COLUMNS)
    copy = pickle.loads(pickle.dumps(objective))  # noqa: S301 - it is our own
    assert copy.value([0.5]) == objective.value([0.5])
