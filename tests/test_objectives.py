import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gdbook import Objective, half_squared_error, linear_model, squared_error

SEEDS = st.integers(0, 2**32 - 1)


def random_data(seed, *, intercept=True):
    rng = np.random.default_rng(seed)
    n_samples, n_features = rng.integers(1, 6, size=2)
    X, y_true = rng.normal(size=(n_samples, n_features)), rng.normal(size=n_samples)
    return X, y_true, rng.normal(size=n_features + intercept)


@given(
    seed=SEEDS,
    loss=st.sampled_from([squared_error, half_squared_error]),
    reduction=st.sampled_from(["mean", "sum"]),
    intercept=st.booleans(),
)
def test_linear_model_equals_torch(seed, loss, reduction, intercept):
    X, y_true, params = random_data(seed, intercept=intercept)
    layer = torch.nn.Linear(X.shape[1], 1, bias=intercept, dtype=torch.float64)
    torch.nn.utils.vector_to_parameters(torch.tensor(params), layer.parameters())
    expected = torch.nn.functional.mse_loss(
        layer(torch.tensor(X)).squeeze(1), torch.tensor(y_true), reduction=reduction
    )
    expected = expected / 2 if loss is half_squared_error else expected
    expected.backward()
    expected_gradient = np.concatenate([p.grad.numpy().ravel() for p in layer.parameters()])

    objective = linear_model(X, y_true, loss=loss, reduction=reduction, intercept=intercept)
    np.testing.assert_allclose(objective.value(params), expected.item(), rtol=1e-12)
    np.testing.assert_allclose(
        objective.gradient(params), expected_gradient, rtol=1e-10, atol=1e-12
    )


def test_curvature_of_one_sample_is_its_squared_input_plus_one():
    assert linear_model([[1.5]], [0.8]).curvature() == pytest.approx(13 / 4, rel=1e-15)
    assert linear_model([[1.5]], [0.8], loss=squared_error).curvature() == pytest.approx(13 / 2)


@given(seed=SEEDS, intercept=st.booleans())
def test_curvature_is_the_largest_eigenvalue_of_torchs_hessian(seed, intercept):
    X, y_true, params = random_data(seed, intercept=intercept)

    def value(p):
        y_pred = torch.tensor(X) @ p[: X.shape[1]] + (p[-1] if intercept else 0.0)
        return ((y_pred - torch.tensor(y_true)) ** 2).sum()

    hessian = torch.autograd.functional.hessian(value, torch.tensor(params))
    expected = torch.linalg.eigvalsh(hessian)[-1].item()
    objective = linear_model(X, y_true, loss=squared_error, reduction="sum", intercept=intercept)
    assert objective.curvature() == pytest.approx(expected, rel=1e-12)


def test_an_objective_of_ones_own_has_no_curvature_unless_it_is_given():
    assert Objective(lambda x: x**2, lambda x: 2 * x).curvature is None


@pytest.mark.parametrize(
    ("X", "y_true", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0], r"X has shape \(2,\): pass \(n_samples, n_features\)"),
        ([[1.0], [2.0]], [1.0], r"X has shape \(2, 1\), y_true \(1,\): pass one target"),
        ([[1.0], [2.0]], [[1.0], [2.0]], r"X has shape \(2, 1\), y_true \(2, 1\)"),
        ([[np.nan]], [1.0], "X holds NaN or infinity"),
        (np.empty((0, 2)), [], r"X is empty \(shape \(0, 2\)\)"),
    ],
)
def test_data_that_do_not_fit_are_refused(X, y_true, message):
    with pytest.raises(ValueError, match=message):
        linear_model(X, y_true)


def test_data_that_are_no_real_numbers_are_refused():
    with pytest.raises(TypeError, match="X has dtype <U1"):
        linear_model([["a"]], [1.0])


def test_unknown_reduction_and_loss_are_refused():
    with pytest.raises(ValueError, match="reduction is 'total': pass 'mean' or 'sum'"):
        linear_model([[1.0]], [1.0], reduction="total")
    with pytest.raises(ValueError, match="pass one of gdbook's losses"):
        linear_model([[1.0]], [1.0], loss=lambda y_true, y_pred: y_pred - y_true)


def test_params_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"pass \(1,\), the weights\."):
        linear_model([[1.0]], [1.0], intercept=False).value(np.ones(2))
    with pytest.raises(ValueError, match=r"params have shape \(3,\): pass \(2,\)"):
        linear_model([[1.0]], [1.0]).value(np.ones(3))


def test_params_may_be_a_list():
    objective = linear_model([[1.0]], [1.0])
    assert objective.value([3.0, 0.0]) == 2.0
    np.testing.assert_array_equal(objective.gradient([3, 0]), [2.0, 2.0])


def test_data_of_the_caller_are_left_alone():
    X, y_true = np.array([[1.0], [2.0]]), np.array([1.0, 3.0])
    objective = linear_model(X, y_true)
    objective.gradient(np.array([1.0, 1.0]))
    objective.curvature()
    np.testing.assert_array_equal(X, [[1.0], [2.0]])
    np.testing.assert_array_equal(y_true, [1.0, 3.0])
