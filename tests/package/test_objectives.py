from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import torch

import gdbook
from gdbook import Objective, linear_model, squared_error

SEEDS = st.integers(0, 2**32 - 1)
LOSSES = [
    gdbook.squared_error,
    gdbook.half_squared_error,
    gdbook.absolute_error,
    gdbook.huber,
    partial(gdbook.huber, delta=0.25),
    gdbook.binary_cross_entropy_with_logits,
]


def loss_of_torch(loss, y_pred, y_true, *, reduction="mean"):
    losses = torch.nn.functional
    functions = [
        losses.mse_loss,
        lambda *arguments, **options: losses.mse_loss(*arguments, **options) / 2,
        losses.l1_loss,
        losses.huber_loss,
        partial(losses.huber_loss, delta=0.25),
        losses.binary_cross_entropy_with_logits,
    ]
    return functions[LOSSES.index(loss)](y_pred, y_true, reduction=reduction)


def random_data(seed, *, intercept=True, loss=squared_error):
    rng = np.random.default_rng(seed)
    n_samples, n_features = rng.integers(1, 6, size=2)
    X, y_true = rng.normal(size=(n_samples, n_features)), rng.normal(size=n_samples)
    if loss is gdbook.binary_cross_entropy_with_logits:
        y_true = rng.integers(0, 2, size=n_samples).astype(float)
    return X, y_true, rng.normal(size=n_features + intercept)


@given(
    seed=SEEDS,
    loss=st.sampled_from(LOSSES),
    reduction=st.sampled_from(["mean", "sum"]),
    intercept=st.booleans(),
)
def test_linear_model_equals_torch(seed, loss, reduction, intercept):
    X, y_true, params = random_data(seed, intercept=intercept, loss=loss)
    layer = torch.nn.Linear(X.shape[1], 1, bias=intercept, dtype=torch.float64)
    torch.nn.utils.vector_to_parameters(torch.tensor(params), layer.parameters())
    y_pred = layer(torch.tensor(X)).squeeze(1)
    expected = loss_of_torch(loss, y_pred, torch.tensor(y_true), reduction=reduction)
    expected.backward()
    expected_gradient = np.concatenate([p.grad.numpy().ravel() for p in layer.parameters()])

    objective = linear_model(X, y_true, loss=loss, reduction=reduction, intercept=intercept)
    value, gradient = objective.value_and_gradient(params)
    np.testing.assert_allclose(objective.value(params), expected.item(), rtol=1e-12)
    np.testing.assert_allclose(value, expected.item(), rtol=1e-12)
    for ours in (gradient, objective.gradient(params)):
        np.testing.assert_allclose(ours, expected_gradient, rtol=1e-10, atol=1e-12)


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
            return loss_of_torch(loss, z, torch.tensor(y_true))

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


@pytest.mark.parametrize("intercept", [True, False])
def test_more_samples_than_a_chunk_give_the_same_sums(intercept):
    rng = np.random.default_rng(1)
    X, y_true = rng.normal(size=(40_000, 3)), rng.normal(size=40_000)
    objective = linear_model(X, y_true, intercept=intercept)
    params = rng.normal(size=3 + intercept)
    design = np.column_stack([X, np.ones(len(X))])[:, : 3 + intercept]
    residuals = design @ params - y_true
    value, gradient = objective.value_and_gradient(params)
    assert value == pytest.approx((residuals**2).mean() / 2, rel=1e-13)
    assert objective.value(params) == pytest.approx(value, rel=1e-15)
    np.testing.assert_allclose(gradient, design.T @ residuals / len(X), rtol=1e-10)
    np.testing.assert_array_equal(objective.gradient(params), gradient)


@given(seed=SEEDS, intercept=st.booleans(), reduction=st.sampled_from(["mean", "sum"]))
def test_batches_are_the_objective_of_their_samples(seed, intercept, reduction):
    X, y_true, params = random_data(seed, intercept=intercept)
    batch = np.random.default_rng(seed).integers(len(X), size=int(seed % 4) + 1)
    options = {"reduction": reduction, "intercept": intercept}
    whole, part = (
        linear_model(X, y_true, **options),
        linear_model(X[batch], y_true[batch], **options),
    )
    np.testing.assert_allclose(whole.value(params, batch), part.value(params), rtol=1e-12)
    np.testing.assert_allclose(
        whole.gradient(params, batch), part.gradient(params), rtol=1e-10, atol=1e-12
    )
    value, gradient = whole.value_and_gradient(params, batch)
    np.testing.assert_allclose(value, part.value(params), rtol=1e-12)
    np.testing.assert_allclose(gradient, part.gradient(params), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("loss", [gdbook.squared_error, gdbook.half_squared_error])
@pytest.mark.parametrize("intercept", [True, False])
def test_minimizer_solves_the_normal_equations(loss, intercept):
    X, y_true = gdbook.thirteen_features()
    design = np.column_stack([X, np.ones(len(X))])[:, : 13 + intercept]
    ours = linear_model(X, y_true, loss=loss, intercept=intercept).minimizer()
    expected = np.linalg.solve(design.T @ design, design.T @ y_true)
    np.testing.assert_allclose(ours, expected, rtol=1e-10)


def test_minimizer_of_fewer_samples_than_features_is_the_one_nearest_to_the_origin():
    objective = linear_model([[3.0, 4.0]], [10.0], intercept=False)
    np.testing.assert_allclose(objective.minimizer(), [1.2, 1.6], rtol=1e-14)


@pytest.mark.parametrize(
    "loss", [gdbook.absolute_error, gdbook.huber, gdbook.binary_cross_entropy_with_logits]
)
def test_there_is_no_minimizer_in_closed_form_for_other_losses(loss):
    assert linear_model([[1.0], [2.0]], [0.0, 1.0], loss=loss).minimizer is None


@pytest.mark.parametrize("share", [0.999, 1.001])
def test_largest_learning_rate_parts_runs_that_shrink_from_runs_that_grow(share):
    objective = linear_model(*gdbook.three_points(), intercept=False, loss=squared_error)
    rate = objective.largest_learning_rate()
    assert rate == pytest.approx(3 / 14, rel=1e-14)
    run = gdbook.gradient_descent(objective, [1.0], learning_rate=share * rate, epochs=100)
    assert (run.losses[-1] < run.losses[0]) == (share < 1)


def test_flat_objective_takes_any_learning_rate():
    assert linear_model([[0.0]], [1.0], intercept=False).largest_learning_rate() == np.inf


def test_objective_without_a_curvature_has_no_largest_learning_rate():
    with pytest.raises(ValueError, match="the objective has no curvature: pass it to Objective"):
        linear_model([[1.0]], [1.0], loss=gdbook.absolute_error).largest_learning_rate()
