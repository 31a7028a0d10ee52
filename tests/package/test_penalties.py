"""Sums of objectives, and penalties: against closed forms, scikit-learn and torch."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import torch

import gdbook
from gdbook import Objective, huber, l1_penalty, l2_penalty, linear_model, squared_error

SEEDS = st.integers(0, 2**32 - 1)


def random_data(seed, n_samples=8, n_features=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_samples, n_features)), rng.normal(size=n_samples) + 2, rng


class TestRidge:
    @given(seed=SEEDS, weight=st.floats(1e-3, 1e3), penalize=st.booleans())
    def test_equals_its_closed_form(self, seed, weight, penalize):
        X, y_true, _ = random_data(seed)
        objective = linear_model(X, y_true)
        ridge = objective + weight * l2_penalty(objective, intercept=penalize)
        design, n = np.column_stack([X, np.ones(len(X))]), len(X)
        hessian = design.T @ design / n + weight * np.diag([1.0, 1.0, 1.0, float(penalize)])
        expected = np.linalg.solve(hessian, design.T @ y_true / n)
        np.testing.assert_allclose(ridge.minimizer(), expected, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(ridge.hessian(), hessian, rtol=1e-12, atol=1e-15)
        largest = np.linalg.eigvalsh(hessian)[-1]
        assert ridge.curvature() == pytest.approx(largest, rel=1e-12)
        assert ridge.largest_learning_rate() == pytest.approx(2 / largest, rel=1e-12)

    @pytest.mark.parametrize("intercept", [True, False])
    @pytest.mark.parametrize("weight", [1e-6, 0.1, 30.0])
    def test_equals_that_of_scikit_learn(self, intercept, weight):
        Ridge = pytest.importorskip("sklearn.linear_model").Ridge
        X, y_true = gdbook.thirteen_features()
        X = X * np.logspace(-3, 3, 13)  # of features of all sizes
        objective = linear_model(X, y_true, loss=squared_error, intercept=intercept)
        ours = (objective + weight * l2_penalty(objective)).minimizer()
        judge = Ridge(alpha=weight * len(X) / 2, fit_intercept=intercept, solver="svd")
        fitted = judge.fit(X, y_true)
        expected = np.append(fitted.coef_, fitted.intercept_) if intercept else fitted.coef_
        np.testing.assert_allclose(ours, expected, rtol=1e-8)

    def test_descent_ends_at_its_minimizer(self):
        objective = linear_model(*gdbook.twenty_points())
        ridge = objective + 0.5 * l2_penalty(objective)
        rate = ridge.largest_learning_rate() / 2
        run = gdbook.gradient_descent(ridge, [0.0, 0.0], learning_rate=rate, epochs=500)
        np.testing.assert_allclose(run.params[-1], ridge.minimizer(), rtol=1e-10)

    def test_leaves_the_intercept_alone_unless_asked(self):
        objective = linear_model([[1.0], [2.0]], [3.0, 4.0])
        params = np.array([2.0, 5.0])
        np.testing.assert_array_equal(l2_penalty(objective).gradient(params), [2.0, 0.0])
        with_it = l2_penalty(objective, intercept=True)
        np.testing.assert_array_equal(with_it.gradient(params), [2.0, 5.0])
        assert (l2_penalty(objective).value(params), with_it.value(params)) == (2.0, 14.5)

    def test_without_an_intercept_has_all_weights(self):
        objective = linear_model([[1.0], [2.0]], [3.0, 4.0], intercept=False)
        np.testing.assert_array_equal(l2_penalty(objective).gradient([2.0]), [2.0])


def test_lasso_comes_near_that_of_scikit_learn():
    Lasso = pytest.importorskip("sklearn.linear_model").Lasso
    X, y_true = gdbook.thirteen_features()
    objective = linear_model(X, y_true)
    lasso = objective + 0.2 * l1_penalty(objective)
    judge = Lasso(alpha=0.2, tol=1e-12).fit(X, y_true)
    best = np.append(judge.coef_, judge.intercept_)
    run = gdbook.gradient_descent(lasso, np.zeros(14), learning_rate=1e-3, epochs=20_000)
    assert (abs(best) < 1e-12).any()  # some weights are 0, and descent stays near them
    np.testing.assert_allclose(run.params[-1], best, atol=1e-3)
    assert lasso.value(best) <= run.losses[-1] < lasso.value(best) + 1e-3


LABELS = np.array([0, 2, 1, 1])
FEATURES = np.arange(8.0).reshape(4, 2)
CLASSIFIERS = {
    "softmax": gdbook.softmax_classifier(FEATURES, LABELS, n_classes=3),
    "network": gdbook.network_classifier(FEATURES, LABELS, n_hidden=2, n_classes=3),
}
INTERCEPTS = {  # where they are, in the parameters one after the other
    "softmax": [6, 7, 8],
    "network": [4, 5, 10 + 2, 10 + 3, 10 + 4],
}
SHAPES = {"softmax": (3, 3), "network": (15,)}


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
def test_penalty_of_a_classifier_leaves_its_intercepts_alone(name, penalty):
    params = np.arange(1.0, 1 + np.prod(SHAPES[name])).reshape(SHAPES[name])
    grad = penalty(CLASSIFIERS[name]).gradient(params)
    assert grad.shape == params.shape
    assert np.flatnonzero(grad == 0).tolist() == INTERCEPTS[name]
    assert (penalty(CLASSIFIERS[name], intercept=True).gradient(params) != 0).all()


@given(seed=SEEDS, weights=st.tuples(*[st.floats(0, 10)] * 3))
def test_value_and_gradient_of_a_sum_equal_torchs(seed, weights):
    X, y_true, rng = random_data(seed)
    params, batch = rng.normal(size=4), rng.integers(8, size=3)
    leaf = torch.tensor(params, requires_grad=True)
    residuals = torch.tensor(X[batch]) @ leaf[:3] + leaf[3] - torch.tensor(y_true[batch])
    terms = (residuals**2).mean() / 2, leaf[:3].abs().sum(), (leaf[:3] ** 2).sum() / 2
    expected = sum(weight * term for weight, term in zip(weights, terms, strict=True))
    expected.backward()

    data = linear_model(X, y_true)
    parts = data, l1_penalty(data), l2_penalty(data)
    first, second, third = (weight * part for weight, part in zip(weights, parts, strict=True))
    total = first + second + third
    value, grad = total.value_and_gradient(params, batch)
    for ours in (value, total.value(params, batch)):
        assert ours == pytest.approx(expected.item(), rel=1e-12)
    for ours in (grad, total.gradient(params, batch)):
        np.testing.assert_allclose(ours, leaf.grad, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradients_of_the_batches_of_an_epoch_make_that_of_the_whole(reduction):
    X, y_true, rng = random_data(1)
    objective, params = linear_model(X, y_true, reduction=reduction), rng.normal(size=4)
    total = objective + 0.7 * l2_penalty(objective)
    batches = [total.gradient(params, batch) for batch in np.arange(8).reshape(4, 2)]
    whole = np.mean(batches, axis=0) if reduction == "mean" else np.sum(batches, axis=0)
    np.testing.assert_allclose(whole, total.gradient(params), rtol=1e-13)


def test_mini_batches_take_the_penalty_along():
    X, y_true, _ = random_data(2)
    objective = linear_model(X, y_true)
    ridge = objective + 0.3 * l2_penalty(objective)
    run = gdbook.stochastic_gradient_descent(
        ridge, np.zeros(4), batches=gdbook.cyclic(), learning_rate=0.05, epochs=1
    )
    params = np.zeros(4)
    for x, y in zip(np.column_stack([X, np.ones(8)]), y_true, strict=True):
        penalty = 0.3 * params * [1, 1, 1, 0]
        params = params - 0.05 * ((x @ params - y) * x + penalty)
    np.testing.assert_allclose(run.params[-1], params, rtol=1e-13)


class TestWhatFollows:
    def test_curvature_without_a_hessian_is_the_sum(self):
        X, y_true, _ = random_data(3)
        objective = linear_model(X, y_true, loss=huber())
        total = 2 * objective + 0.5 * l2_penalty(objective)
        assert total.curvature() == pytest.approx(2 * objective.curvature() + 0.5, rel=1e-14)
        assert (total.minimizer, total.hessian) == (None, None)

    def test_bound_of_softmax_regression_holds(self):
        objective = CLASSIFIERS["softmax"]
        total = objective + 0.5 * l2_penalty(objective)
        assert total.curvature() == pytest.approx(objective.curvature() + 0.5, rel=1e-14)

    def test_a_part_without_curvature_leaves_none(self):
        objective = linear_model([[1.0]], [1.0])
        lasso = objective + l1_penalty(objective)
        assert (lasso.curvature, lasso.minimizer) == (None, None)
        with pytest.raises(ValueError, match="the objective has no curvature"):
            lasso.largest_learning_rate()

    def test_a_multiple_has_the_minimizer_of_the_whole(self):
        objective = linear_model(*gdbook.thirteen_features())
        multiple = 3 * objective
        np.testing.assert_array_equal(multiple.minimizer(), objective.minimizer())
        assert multiple.curvature() == pytest.approx(3 * objective.curvature(), rel=1e-14)
        assert multiple.n_samples == objective.n_samples

    def test_two_sources_of_the_same_samples_have_their_common_minimizer(self):
        X, first, rng = random_data(4)
        second = rng.normal(size=8)
        total = linear_model(X, first) + 3 * linear_model(X, second)
        expected = linear_model(X, (first + 3 * second) / 4).minimizer()
        np.testing.assert_allclose(total.minimizer(), expected, rtol=1e-10)

    def test_objectives_of_ones_own_add_too(self):
        own = Objective(lambda x: (x**2).sum(), lambda x: 2 * x, curvature=lambda: 2.0)
        total = own + 0.5 * l2_penalty(own)
        assert total.value(np.array([1.0, 2.0])) == 6.25
        np.testing.assert_array_equal(total.gradient(np.array([1.0, 2.0])), [2.5, 5.0])
        assert total.curvature() == 2.5
        assert total.value(np.array(2.0)) == 5.0

    def test_factor_may_be_a_number_of_numpy(self):
        objective = linear_model([[1.0]], [1.0])
        for factor in (np.float64(0.5), np.float32(0.5), np.int64(2)):
            for product in (factor * objective, objective * factor):
                assert isinstance(product, Objective)
                assert product.value([3.0, 0.0]) == factor * 2.0

    def test_weight_0_leaves_the_penalty_out(self):
        objective = linear_model(*gdbook.twenty_points())
        total = objective + 0 * l2_penalty(objective)
        np.testing.assert_allclose(total.minimizer(), objective.minimizer(), rtol=1e-12)

    def test_a_sum_comes_back_from_a_pickle(self):
        objective = linear_model([[1.0], [2.0]], [1.0, 3.0])
        total = objective + 0.5 * l2_penalty(objective) + 0.1 * l1_penalty(objective)
        found = pickle.loads(pickle.dumps(total))  # noqa: S301 - it comes from the line itself
        assert found.value([1.0, 2.0]) == total.value([1.0, 2.0])
        np.testing.assert_array_equal(found.gradient([1.0, 2.0]), total.gradient([1.0, 2.0]))


class TestBadInput:
    @pytest.mark.parametrize(
        ("factor", "error"),
        [(-1, ValueError), (np.nan, ValueError), (np.inf, ValueError), ("2", TypeError)],
    )
    def test_factors_below_0_and_what_is_no_number_are_refused(self, factor, error):
        objective = linear_model([[1.0]], [1.0])
        with pytest.raises(error, match=r"factor is .*: pass a finite number, 0 or more"):
            factor * objective

    @pytest.mark.parametrize("other", [1.0, None, np.ones(2), abs])
    def test_what_is_no_objective_does_not_add(self, other):
        objective = linear_model([[1.0]], [1.0])
        with pytest.raises(TypeError, match=r"unsupported operand|does not support ufuncs"):
            objective + other

    def test_objectives_of_other_samples_do_not_add(self):
        one, two = linear_model([[1.0]], [1.0]), linear_model([[1.0], [2.0]], [1.0, 2.0])
        with pytest.raises(ValueError, match=r"different n_samples, \[1, 2\]: add objectives that"):
            one + two
        with pytest.raises(ValueError, match=r"different reduction, \['mean', 'sum'\]: add obj"):
            one + linear_model([[1.0]], [1.0], reduction="sum")

    @pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
    def test_penalties_of_nothing_are_refused(self, penalty):
        with pytest.raises(TypeError, match=r"objective is 0\.1: pass an Objective, made by Obj"):
            penalty(0.1)
        with pytest.raises(TypeError, match="intercept is 'no': pass True or False"):
            penalty(linear_model([[1.0]], [1.0]), intercept="no")

    @pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
    def test_params_of_another_shape_are_refused(self, penalty):
        found = penalty(linear_model([[1.0]], [1.0]))
        for function in (found.value, found.gradient):
            with pytest.raises(ValueError, match=r"params have shape \(3,\): pass \(2,\)"):
                function(np.ones(3))

    def test_a_sum_without_samples_takes_no_batch(self):
        own = Objective(np.square, lambda x: 2 * x)
        with pytest.raises(ValueError, match="has no samples to choose a batch from"):
            (own + own).value(1.0, [0])


def test_penalty_alone_is_smallest_at_0():
    objective = linear_model([[1.0], [2.0]], [3.0, 4.0])
    np.testing.assert_array_equal(l2_penalty(objective).minimizer(), [0.0, 0.0])
    np.testing.assert_array_equal((2 * l2_penalty(objective)).minimizer(), [0.0, 0.0])


def test_curvature_that_is_too_large_for_a_float_is_infinite():
    objective = linear_model([[1e200], [1.0]], [1.0, 2.0])
    ridge = objective + 0.5 * l2_penalty(objective)
    assert (ridge.curvature(), ridge.largest_learning_rate()) == (np.inf, 0.0)


def test_large_weights_give_no_warning():
    objective = linear_model([[1.0]], [1.0])
    l1, l2 = l1_penalty(objective), l2_penalty(objective)
    assert l2.value([1.5e154, 0.0]) == pytest.approx(1.125e308)
    assert (l1 + l2).value([1e200, 0.0]) == np.inf
    assert l1.gradient([1e200, 0.0])[0] == 1.0
