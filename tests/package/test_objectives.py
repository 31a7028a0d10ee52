import pickle
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import torch

import gdbook
from gdbook import Loss, Objective, huber, linear_model, squared_error

SEEDS = st.integers(0, 2**32 - 1)
LOSSES = [
    gdbook.squared_error,
    gdbook.half_squared_error,
    gdbook.absolute_error,
    huber(),
    huber(delta=0.25),
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
    for loss in (huber(), huber(delta=0.1)):
        expected = linear_model(X, y_true).curvature()
        assert linear_model(X, y_true, loss=loss).curvature() == expected


def test_absolute_error_has_no_curvature():
    assert linear_model([[1.0]], [1.0], loss=gdbook.absolute_error).curvature is None


def test_an_objective_of_ones_own_has_no_curvature_unless_it_is_given():
    assert Objective(lambda x: x**2, lambda x: 2 * x).curvature is None


@pytest.mark.parametrize(
    ("X", "y_true", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0], r"X has shape \(2,\): .*, such as np\.array\(X\)\[:, None\]\."),
        (np.ones(2), [1.0, 2.0], r"pass \(n_samples, n_features\), such as X\[:, None\]\."),
        (
            np.ones((2, 1, 1)),
            [1.0, 2.0],
            r"X has shape \(2, 1, 1\): pass \(n_samples, n_feat.*s\)\.",
        ),
        ([[1.0], [2.0]], [1.0], r"X has shape \(2, 1\), y_true \(1,\): pass one target"),
        (
            [[1.0], [2.0]],
            np.ones((2, 1)),
            r"y_true has shape \(2, 1\): pass \(2,\), such as y_true\.r",
        ),
        ([[1.0], [2.0]], [[1.0], [2.0]], r"pass \(2,\), such as np\.array\(y_true\)\.ravel\(\)\."),
        (
            [[1.0], [2.0]],
            [[1.0, 2.0]],
            r"y_true has shape \(1, 2\): pass \(2,\), such as np\.array",
        ),
        ([[1.0], [2.0]], 1.0, r"X has shape \(2, 1\), y_true \(\): pass one target"),
        ([[1.0], [2.0], [np.nan]], [1.0, 2.0, 3.0], r"X\[2, 0\] is nan: pass finite numbers"),
        (np.empty((0, 2)), [], r"X is empty \(shape \(0, 2\)\)"),
    ],
)
def test_data_that_do_not_fit_are_refused(X, y_true, message):
    with pytest.raises(ValueError, match=message):
        linear_model(X, y_true)


def test_data_that_are_no_real_numbers_are_refused():
    with pytest.raises(TypeError, match="X has dtype <U1"):
        linear_model([["a"]], [1.0])


def test_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="reduction is 'total': pass 'mean' or 'sum'"):
        linear_model([[1.0]], [1.0], reduction="total")


@pytest.mark.parametrize("intercept", ["False", 0, None, np.ones(2)])
def test_intercept_that_is_no_truth_value_is_refused(intercept):
    with pytest.raises(TypeError, match=r"intercept is .*: pass True or False"):
        linear_model([[1.0]], [1.0], intercept=intercept)


@pytest.mark.parametrize(
    "loss", [lambda y_true, y_pred: y_pred - y_true, huber, partial(squared_error), None, "huber"]
)
def test_what_is_no_loss_is_refused_with_how_to_make_one(loss):
    message = r"loss is .*: pass a Loss, such as squared_error or huber\(delta=1\.0\), or one that"
    with pytest.raises(TypeError, match=message):
        linear_model([[1.0]], [1.0], loss=loss)


def test_targets_that_the_loss_does_not_take_are_refused():
    with pytest.raises(ValueError, match=r"y_true\[1\] is 2\.0: pass numbers from 0 to 1"):
        linear_model([[1.0], [1.0]], [1, 2], loss=gdbook.binary_cross_entropy_with_logits)


@pytest.mark.parametrize(
    "loss",
    [gdbook.binary_cross_entropy, gdbook.cross_entropy, gdbook.cross_entropy_with_logits],
)
def test_a_loss_that_does_not_take_any_one_number_is_refused(loss):
    message = f"loss is {loss}: a linear model predicts one number for each sample, of any"
    with pytest.raises(ValueError, match=message):
        linear_model([[1.0]], [1.0], loss=loss)


@pytest.mark.parametrize("batch", [(), (np.array([0]),), (np.array([0, 1]),), ([0],)])
class TestParams:
    """They are looked at in the same way whatever the batch is."""

    def test_of_the_wrong_shape_are_refused(self, batch):
        with_intercept = linear_model([[1.0], [2.0]], [1.0, 2.0])
        for shape in ((3,), (2, 1), (1,), ()):
            for function in (with_intercept.value, with_intercept.gradient):
                message = r"params have shape .*: pass \(2,\), the weights and then the intercept"
                with pytest.raises(ValueError, match=message):
                    function(np.ones(shape), *batch)
        without = linear_model([[1.0], [2.0]], [1.0, 2.0], intercept=False)
        with pytest.raises(ValueError, match=r"pass \(1,\), the weights\."):
            without.gradient(np.ones(2), *batch)

    @pytest.mark.parametrize("params", [[1j, 0], ["a", "b"], [None, 1], np.array([1j, 1])])
    def test_that_are_no_real_numbers_are_refused(self, batch, params):
        objective = linear_model([[1.0], [2.0]], [1.0, 2.0])
        for function in (objective.value, objective.gradient, objective.value_and_gradient):
            with pytest.raises(TypeError, match="params has dtype"):
                function(params, *batch)

    def test_that_are_not_finite_give_no_error_and_no_warning(self, batch):
        objective = linear_model([[1.0], [2.0]], [1.0, 2.0])
        assert objective.value([np.inf, 0.0], *batch) == np.inf
        assert np.isnan(objective.gradient(np.array([np.nan, 0.0]), *batch)).all()


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


@given(
    seed=SEEDS,
    loss=st.sampled_from(LOSSES),
    intercept=st.booleans(),
    reduction=st.sampled_from(["mean", "sum"]),
    as_given=st.sampled_from([np.array, list, tuple, np.uint8]),
)
def test_batches_are_the_objective_of_their_samples(seed, loss, intercept, reduction, as_given):
    X, y_true, params = random_data(seed, intercept=intercept, loss=loss)
    batch = np.random.default_rng(seed).integers(len(X), size=int(seed % 4) + 1)
    options = {"reduction": reduction, "intercept": intercept, "loss": loss}
    whole, part = (
        linear_model(X, y_true, **options),
        linear_model(X[batch], y_true[batch], **options),
    )
    batch = as_given(batch)
    np.testing.assert_allclose(whole.value(params, batch), part.value(params), rtol=1e-12)
    np.testing.assert_allclose(
        whole.gradient(params, batch), part.gradient(params), rtol=1e-10, atol=1e-12
    )
    value, gradient = whole.value_and_gradient(params, batch)
    np.testing.assert_allclose(value, part.value(params), rtol=1e-12)
    np.testing.assert_allclose(gradient, part.gradient(params), rtol=1e-10, atol=1e-12)


MODELS = {
    "linear": (linear_model([[1.0], [2.0], [3.0]], [2.0, 4.0, 6.0]), np.zeros(2)),
    "softmax": (
        gdbook.softmax_classifier([[1.0], [2.0], [3.0]], [0, 1, 1], n_classes=2),
        np.zeros((2, 2)),
    ),
    "network": (
        gdbook.network_classifier([[1.0], [2.0], [3.0]], [0, 1, 1], n_hidden=1, n_classes=2),
        np.zeros(6),
    ),
}
MODELS["sum"] = (MODELS["linear"][0] + gdbook.l2_penalty(MODELS["linear"][0]), np.zeros(2))
each_model = pytest.mark.parametrize(("objective", "params"), MODELS.values(), ids=MODELS)


@each_model
@pytest.mark.parametrize(
    ("batch", "error", "message"),
    [
        (np.array([True, False, True]), TypeError, r"batch is a mask: .*np\.flatnonzero\(batch\)"),
        (np.array([True]), TypeError, "batch is a mask"),
        ([True, False], TypeError, "batch is a mask"),
        (np.array([]), ValueError, r"batch has shape \(0,\): pass one index or more, in a row"),
        ([], ValueError, r"batch has shape \(0,\): pass one index"),
        (1, ValueError, r"batch has shape \(\): pass one index or more, in a row"),
        ([[0, 1]], ValueError, r"batch has shape \(1, 2\): pass one index"),
        ([0.0], TypeError, "batch has dtype float64: pass indices, which are whole numbers"),
        (["a"], TypeError, "batch has dtype <U1: pass indices"),
        ([3], ValueError, "index 3 is out of bounds .*; pass whole numbers from 0 to 2"),
        (np.array([3]), ValueError, "index 3 is out of bounds .*; pass whole numbers from 0 to 2"),
        (np.array([2**64 - 1], dtype=np.uint64), ValueError, "index 3 is out of bounds"),
        (np.array([-4]), ValueError, "batch holds an index of no sample: index -4"),
    ],
    ids=str,
)
def test_batches_that_are_none_are_refused(objective, params, batch, error, message):
    for function in (objective.value, objective.gradient, objective.value_and_gradient):
        with pytest.raises(error, match=message):
            function(params, batch)


@each_model
def test_negative_indices_count_from_the_end(objective, params):
    for batch in ([-1], np.array([-1]), [-1, -3]):
        same = [index % 3 for index in batch]
        assert objective.value(params, batch) == objective.value(params, same)
        ours = objective.gradient(params, batch)
        np.testing.assert_array_equal(ours, objective.gradient(params, same))


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
    "loss", [gdbook.absolute_error, huber(), gdbook.binary_cross_entropy_with_logits]
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


@pytest.mark.parametrize(
    ("curvature", "error", "message"),
    [
        (-1.0, ValueError, r"curvature\(\) is -1\.0: return a number from 0 on"),
        (np.nan, ValueError, r"curvature\(\) is nan"),
        (None, TypeError, r"curvature\(\) is None"),
        ("2", TypeError, r"curvature\(\) is '2'"),
    ],
)
def test_curvature_that_is_none_has_no_largest_learning_rate(curvature, error, message):
    objective = Objective(np.square, lambda x: 2 * x, curvature=lambda: curvature)
    with pytest.raises(error, match=message):
        objective.largest_learning_rate()


class TestLargeNumbers:
    """What is finite comes out finite, and nothing warns: the tests take warnings for errors."""

    def test_value_and_gradient(self):
        objective = linear_model([[1e200], [1.0]], [1.0, 2.0])
        assert objective.value([1e200, 1.0]) == np.inf
        assert objective.gradient([1e200, 1.0])[0] == np.inf
        assert objective.gradient(np.array([1e200, 1.0]), np.array([0]))[0] == np.inf

    @pytest.mark.parametrize("scale", [1e-170, 1e-120, 1e-90, 1.0, 1e90, 1e120, 1e153])
    def test_curvature_grows_with_the_square_of_the_features(self, scale):
        X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])
        expected = linear_model(X, np.zeros(3), intercept=False).curvature()
        objective = linear_model(scale * X, np.zeros(3), intercept=False)
        assert objective.curvature() == pytest.approx(expected * scale * scale, rel=1e-12)

    def test_a_rate_that_is_too_small_for_a_float_is_0(self):
        assert linear_model([[1e200], [1.0]], [1.0, 2.0]).largest_learning_rate() == 0.0

    def test_minimizer(self):
        params = linear_model([[1e200], [2e200]], [1.0, 3.0], intercept=False).minimizer()
        np.testing.assert_allclose(params, [1.4e-200], rtol=1e-14)


def test_what_numpy_does_with_overflows_is_as_it_was():
    objective = linear_model([[1e200], [1.0]], [1.0, 2.0])
    with np.errstate(over="raise"):
        before = np.geterr()
        objective.gradient([1e200, 1.0])
        with pytest.raises(ValueError, match="params have shape"):
            objective.gradient([1.0])
        assert np.geterr() == before
        with pytest.raises(FloatingPointError):
            np.float64(1e200) ** 2


class TestOwnLoss:
    def test_is_taken_as_those_of_the_book_are(self):
        @Loss.with_derivative(
            lambda y_true, y_pred: 3 * (y_pred - y_true), smoothness=3.0, is_quadratic=True
        )
        def own(y_true, y_pred):
            return 1.5 * (y_pred - y_true) ** 2

        X, y_true, params = random_data(3)
        ours, theirs = linear_model(X, y_true, loss=own), linear_model(X, y_true)
        assert ours.value(params) == pytest.approx(3 * theirs.value(params))
        np.testing.assert_allclose(ours.gradient(params), 3 * theirs.gradient(params))
        assert ours.curvature() == pytest.approx(3 * theirs.curvature())
        np.testing.assert_allclose(ours.minimizer(), theirs.minimizer())

    @pytest.mark.parametrize("batch", [(), (np.array([0]),), (np.array([1, 0]),)])
    def test_that_takes_arrays_only_has_the_right_gradient(self, batch):
        def slope(y_true, y_pred):
            derivatives = y_pred - y_true
            derivatives[derivatives < 0] *= 2  # which single numbers do not take
            return derivatives

        def pinball(y_true, y_pred):
            residual = y_pred - y_true
            return np.where(residual < 0, residual**2, residual**2 / 2)

        objective = linear_model([[1.0], [2.0]], [3.0, 1.0], loss=Loss(pinball, slope))
        params = np.array([1.0, 0.0])
        for part in range(2):
            ahead, behind = (params + h * np.eye(2)[part] for h in (1e-6, -1e-6))
            difference = (objective.value(ahead, *batch) - objective.value(behind, *batch)) / 2e-6
            assert objective.gradient(params, *batch)[part] == pytest.approx(difference, rel=1e-8)

    def test_that_takes_the_mean_is_refused_before_it_trains_wrongly(self):
        loss = Loss(lambda y, p: ((p - y) ** 2).mean(), lambda y, p: 2 * (p - y), name="mean")
        with pytest.raises(ValueError, match=r"the formula of mean returned shape \(\)"):
            linear_model([[1.0], [2.0]], [1.0, 2.0], loss=loss)

    def test_may_overflow_in_a_batch_of_one_without_a_warning(self):
        loss = Loss(lambda y, p: (p - y) ** 4, lambda y, p: 4 * (p - y) ** 3)
        objective = linear_model([[1.0]], [0.0], loss=loss, intercept=False)
        np.testing.assert_array_equal(objective.gradient(np.array([1e200]), np.array([0])), np.inf)


class TestPredict:
    X, new = np.array([[0.0], [1.0], [2.0], [3.0]]), [[-1.0], [1.6]]

    def test_of_a_linear_model_is_its_line(self):
        for intercept, expected in ((True, [-1.0, 4.2]), (False, [-2.0, 3.2])):
            objective = linear_model(self.X, np.arange(4), intercept=intercept)
            params = [2.0, 1.0][: 1 + intercept]
            np.testing.assert_allclose(objective.predict(params, self.new), expected)
            np.testing.assert_allclose(objective.scores(params, self.new), expected)

    def test_of_logits_is_the_likelier_answer(self):
        loss = gdbook.binary_cross_entropy_with_logits
        objective = linear_model(self.X, [0, 0, 1, 1], loss=loss)
        params = np.array([1.0, -1.5])
        np.testing.assert_allclose(objective.scores(params, self.new), [-2.5, 0.1])
        np.testing.assert_array_equal(objective.predict(params, self.new), [0, 1])

    def test_of_a_sum_is_that_of_the_part_with_a_model(self):
        objective = linear_model(self.X, np.arange(4))
        total = 0.5 * objective + gdbook.l1_penalty(objective)
        np.testing.assert_allclose(total.predict([2.0, 1.0], self.new), [-1.0, 4.2])

    def test_of_an_objective_without_a_model_is_refused(self):
        own = Objective(np.square, lambda x: 2 * x)
        both = linear_model(self.X, np.arange(4)) + linear_model(self.X, np.ones(4))
        for objective in (own, both):
            for function in (objective.predict, objective.scores):
                with pytest.raises(ValueError, match="the objective has no model that predicts"):
                    function([1.0, 2.0], [[1.0]])

    @pytest.mark.parametrize(
        ("params", "X", "error", "message"),
        [
            ([1.0, 2.0], [[1.0, 2.0]], ValueError, r"X has shape \(1, 2\): pass \(n_samples, 1\)"),
            ([1.0, 2.0], np.ones(2), ValueError, r"X has shape \(2,\): .*, such as X\[:, None\]"),
            ([1.0, 2.0], [["a"]], TypeError, "X has dtype <U1"),
            ([1.0], [[1.0]], ValueError, r"params have shape \(1,\): pass \(2,\)"),
            ([1.0, np.nan], [[1.0]], ValueError, r"params\[1\] is nan: pass finite numbers"),
        ],
    )
    def test_bad_arguments_are_refused(self, params, X, error, message):
        objective = linear_model(self.X, np.arange(4))
        for function in (objective.predict, objective.scores):
            with pytest.raises(error, match=message):
                function(params, X)


def unpickled(objective):
    return pickle.loads(pickle.dumps(objective))  # noqa: S301 - it comes from the line itself


class TestPickling:
    @each_model
    def test_an_objective_computes_the_same_when_it_comes_back(self, objective, params):
        objective.gradient(params, np.array([1]))  # it keeps what it has prepared for itself
        found = unpickled(objective)
        for batch in ((), (np.array([1]),), ([0, 2],)):
            assert found.value(params, *batch) == objective.value(params, *batch)
            ours, theirs = found.gradient(params, *batch), objective.gradient(params, *batch)
            np.testing.assert_array_equal(ours, theirs)
        ours, theirs = (f.predict(params, [[0.5]]) for f in (found, objective))
        np.testing.assert_array_equal(ours, theirs)

    @pytest.mark.parametrize("loss", LOSSES, ids=repr)
    def test_a_linear_model_comes_back_with_its_loss(self, loss):
        X, y_true, params = random_data(7, loss=loss)
        objective = linear_model(X, y_true, loss=loss)
        assert unpickled(objective).value(params) == objective.value(params)

    def test_rates_are_tried_in_parallel(self):
        objective = linear_model(*gdbook.three_points(), intercept=False)
        call = partial(gdbook.gradient_descent, objective, [0.0], epochs=5)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            runs = {rate: pool.submit(call, learning_rate=rate) for rate in (0.01, 0.1, 0.2)}
            for rate, found in runs.items():
                np.testing.assert_array_equal(
                    found.result().losses, call(learning_rate=rate).losses
                )
