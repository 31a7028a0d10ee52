from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as torch_losses

import gdbook
from gdbook import Objective, linear_model, squared_error

SEEDS = st.integers(0, 2**32 - 1)
TORCH_LOSSES = {
    gdbook.squared_error: torch_losses.mse_loss,
    gdbook.half_squared_error: lambda *args, **options: torch_losses.mse_loss(*args, **options) / 2,
    gdbook.absolute_error: torch_losses.l1_loss,
    gdbook.huber: torch_losses.huber_loss,
    partial(gdbook.huber, delta=0.25): partial(torch_losses.huber_loss, delta=0.25),
    gdbook.binary_cross_entropy_with_logits: torch_losses.binary_cross_entropy_with_logits,
}


def random_data(seed, *, intercept=True, loss=squared_error):
    rng = np.random.default_rng(seed)
    n_samples, n_features = rng.integers(1, 6, size=2)
    X, y_true = rng.normal(size=(n_samples, n_features)), rng.normal(size=n_samples)
    if loss is gdbook.binary_cross_entropy_with_logits:
        y_true = rng.integers(0, 2, size=n_samples).astype(float)
    return X, y_true, rng.normal(size=n_features + intercept)


@given(
    seed=SEEDS,
    loss=st.sampled_from([*TORCH_LOSSES]),
    reduction=st.sampled_from(["mean", "sum"]),
    intercept=st.booleans(),
)
def test_linear_model_equals_torch(seed, loss, reduction, intercept):
    X, y_true, params = random_data(seed, intercept=intercept, loss=loss)
    layer = torch.nn.Linear(X.shape[1], 1, bias=intercept, dtype=torch.float64)
    torch.nn.utils.vector_to_parameters(torch.tensor(params), layer.parameters())
    expected = TORCH_LOSSES[loss](
        layer(torch.tensor(X)).squeeze(1), torch.tensor(y_true), reduction=reduction
    )
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


@given(seed=SEEDS, intercept=st.booleans())
def test_curvature_of_logits_is_that_of_torchs_hessian_where_all_are_0(seed, intercept):
    loss = gdbook.binary_cross_entropy_with_logits
    X, y_true, params = random_data(seed, intercept=intercept, loss=loss)

    def largest_eigenvalue(at):
        def value(p):
            z = torch.tensor(X) @ p[: X.shape[1]] + (p[-1] if intercept else 0.0)
            return TORCH_LOSSES[loss](z, torch.tensor(y_true))

        hessian = torch.autograd.functional.hessian(value, torch.tensor(at))
        return torch.linalg.eigvalsh(hessian)[-1].item()

    curvature = linear_model(X, y_true, loss=loss, intercept=intercept).curvature()
    assert curvature == pytest.approx(largest_eigenvalue(np.zeros_like(params)), rel=1e-12)
    assert curvature >= largest_eigenvalue(params) - 1e-12


def test_curvature_under_huber_is_that_of_half_the_squared_error():
    X, y_true = [[1.0], [2.0]], [0.0, 5.0]
    for loss in (gdbook.huber, partial(gdbook.huber, delta=0.1)):
        expected = linear_model(X, y_true).curvature()
        assert linear_model(X, y_true, loss=loss).curvature() == expected


def test_absolute_error_has_no_curvature():
    assert linear_model([[1.0]], [1.0], loss=gdbook.absolute_error).curvature is None


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


def test_targets_that_the_loss_does_not_take_are_refused():
    with pytest.raises(ValueError, match=r"y_true holds 2\.0: pass numbers from 0 to 1"):
        linear_model([[1.0], [1.0]], [1, 2], loss=gdbook.binary_cross_entropy_with_logits)


@pytest.mark.parametrize(
    "loss",
    [gdbook.binary_cross_entropy, gdbook.cross_entropy, gdbook.cross_entropy_with_logits],
)
def test_a_loss_that_does_not_take_any_one_number_is_refused(loss):
    message = f"loss is {loss.__name__}: a linear model predicts one number for each sample, of any"
    with pytest.raises(ValueError, match=message):
        linear_model([[1.0]], [1.0], loss=loss)
    with pytest.raises(ValueError, match="a linear model predicts one number for each sample"):
        linear_model([[1.0]], [1.0], loss=partial(loss))


def test_bad_options_of_the_loss_are_refused_when_the_model_is_made():
    with pytest.raises(ValueError, match=r"delta is -1\.0: pass a finite number greater than 0"):
        linear_model([[1.0]], [1.0], loss=partial(gdbook.huber, delta=-1.0))
    with pytest.raises(TypeError, match="huber got an option 'gamma': pass delta"):
        linear_model([[1.0]], [1.0], loss=partial(gdbook.huber, gamma=1.0))


def test_options_of_the_loss_are_computed_in_float64():
    objective = linear_model([[1.0]], [0.0], loss=partial(gdbook.huber, delta=Fraction(1, 2)))
    assert objective.value([3.0, 0.0]) == 1.375
    np.testing.assert_array_equal(objective.gradient([3.0, 0.0]), [0.5, 0.5])


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
