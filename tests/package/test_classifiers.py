import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import torch

from gdbook import (
    check_grad,
    gradient_descent,
    network_classifier,
    softmax_classifier,
)

SEEDS = st.integers(0, 2**32 - 1)
X, LABELS = np.array([[0.0], [1.0], [2.0]]), np.array([0, 1, 1])


def random_samples(seed):
    rng = np.random.default_rng(seed)
    n_samples, n_features, n_hidden, n_classes = rng.integers([1, 1, 1, 2], 6)
    features = rng.normal(size=(n_samples, n_features))
    return rng, features, rng.integers(n_classes, size=n_samples), n_hidden, n_classes


def with_torch(scores, labels, leaf):
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels))
    loss.backward()
    return loss.item(), leaf.grad.numpy()


@given(seed=SEEDS)
def test_softmax_classifier_equals_torch(seed):
    rng, features, labels, _, n_classes = random_samples(seed)
    params = rng.normal(size=(features.shape[1] + 1, n_classes))
    leaf = torch.tensor(params, requires_grad=True)
    scores = torch.tensor(features) @ leaf[:-1] + leaf[-1]
    expected_loss, expected_grad = with_torch(scores, labels, leaf)

    objective = softmax_classifier(features, labels, n_classes=n_classes)
    loss, grad = objective.value_and_gradient(params)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-12)
    np.testing.assert_allclose(grad, expected_grad, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(
        objective.scores(params, features), scores.detach().numpy(), rtol=1e-12, atol=1e-13
    )


@given(seed=SEEDS)
def test_network_classifier_equals_torch(seed):
    rng, features, labels, n_hidden, n_classes = random_samples(seed)
    n_features = features.shape[1]
    in_first = (n_features + 1) * n_hidden
    params = rng.normal(size=in_first + (n_hidden + 1) * n_classes)
    leaf = torch.tensor(params, requires_grad=True)
    first = leaf[:in_first].reshape(n_features + 1, n_hidden)
    second = leaf[in_first:].reshape(n_hidden + 1, n_classes)
    hidden = torch.tanh(torch.tensor(features) @ first[:-1] + first[-1])
    scores = hidden @ second[:-1] + second[-1]
    expected_loss, expected_grad = with_torch(scores, labels, leaf)

    objective = network_classifier(features, labels, n_hidden=n_hidden, n_classes=n_classes)
    loss, grad = objective.value_and_gradient(params)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-12)
    np.testing.assert_allclose(grad, expected_grad, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(
        objective.scores(params, features),
        scores.detach().numpy(),
        rtol=1e-12,
        atol=1e-13,
    )


def objectives(features=X, labels=LABELS):
    return [
        (softmax_classifier(features, labels, n_classes=3), (2, 3)),
        (network_classifier(features, labels, n_hidden=2, n_classes=3), (13,)),
    ]


@pytest.mark.parametrize(("objective", "shape"), objectives())
def test_gradient_by_hand_passes_the_check_by_central_differences(objective, shape):
    params = np.random.default_rng(0).normal(size=shape)
    assert check_grad(objective, params).passed


@pytest.mark.parametrize("number", [0, 1])
def test_batch_is_the_objective_of_its_samples(number):
    batch = np.array([2, 0])
    whole, shape = objectives()[number]
    part, _ = objectives(X[batch], LABELS[batch])[number]
    params = np.random.default_rng(1).normal(size=shape)
    assert whole.value(params, batch) == pytest.approx(part.value(params), rel=1e-13)
    gradient = whole.gradient(params, batch)
    np.testing.assert_allclose(gradient, part.gradient(params), rtol=1e-12, atol=1e-15)
    assert whole.n_samples == 3


@pytest.mark.parametrize(("objective", "shape"), objectives())
def test_params_that_are_not_finite_give_a_value_that_is_not_and_no_error(objective, shape):
    assert not np.isfinite(objective.value(np.full(shape, np.inf)))


@given(seed=SEEDS)
def test_curvature_bounds_every_eigenvalue_of_the_hessian(seed):
    rng, features, labels, _, n_classes = random_samples(seed)
    objective = softmax_classifier(features, labels, n_classes=n_classes)
    design = torch.tensor(np.column_stack([features, np.ones(len(features))]))

    def loss(params):
        return torch.nn.functional.cross_entropy(design @ params, torch.tensor(labels))

    params = torch.tensor(rng.normal(size=(design.shape[1], n_classes)))
    size = params.numel()
    hessian = torch.autograd.functional.hessian(loss, params).reshape(size, size)
    assert np.linalg.eigvalsh(hessian.numpy())[-1] <= objective.curvature() * (1 + 1e-12)


def test_curvature_is_reached_by_two_classes_at_even_odds():
    objective = softmax_classifier([[3.0], [3.0]], [0, 1], n_classes=2)
    assert objective.curvature() == pytest.approx(10 / 2, rel=1e-14)


def test_equal_hidden_units_stay_equal():
    objective = network_classifier(X, LABELS, n_hidden=3, n_classes=2)
    run = gradient_descent(objective, np.full(14, 0.3), learning_rate=0.5, epochs=100)
    first = run.params[-1][:6].reshape(2, 3)
    np.testing.assert_allclose(first, first[:, :1] * np.ones(3), rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"X": [1.0, 2.0, 3.0]},
            ValueError,
            r"X has shape \(3,\): .*, such as np\.array\(X\)\[:, N",
        ),
        ({"X": X[:2]}, ValueError, r"X has shape \(2, 1\), labels \(3,\): pass one label"),
        (
            {"labels": LABELS[:, None]},
            ValueError,
            r"labels \(3, 1\): .*, such as labels\.ravel\(\)\.",
        ),
        ({"labels": [0, 1, 2]}, ValueError, r"labels\[2\] is 2\.0: pass whole numbers from 0 to 1"),
        (
            {"labels": ["a", "b", "c"]},
            TypeError,
            r"such as np\.unique\(labels, return_inverse=True",
        ),
        ({"labels": LABELS > 0}, TypeError, r"labels has dtype bool: .*labels\.astype\(int\)"),
        ({"n_classes": 1}, ValueError, "n_classes is 1: pass 2 or more"),
        ({"n_classes": 2.0}, TypeError, "n_classes is 2.0: pass a whole number"),
        ({"X": [[np.nan], [0], [0]]}, ValueError, r"X\[0, 0\] is nan: pass finite numbers"),
    ],
)
@pytest.mark.parametrize("classifier", [softmax_classifier, network_classifier])
def test_bad_samples_are_refused(classifier, change, error, message):
    arguments = {"X": X, "labels": LABELS, "n_classes": 2, **change}
    if classifier is network_classifier:
        arguments["n_hidden"] = 2
    with pytest.raises(error, match=message):
        classifier(**arguments)


def test_params_of_another_shape_are_refused():
    (softmax, _), (network, _) = objectives()
    with pytest.raises(ValueError, match=r"params have shape \(3, 3\): pass \(2, 3\)"):
        softmax.value(np.zeros((3, 3)))
    with pytest.raises(ValueError, match=r"params have shape \(12,\): pass \(13,\)"):
        network.gradient(np.zeros(12))
    with pytest.raises(ValueError, match=r"params have shape \(13, 1\): pass \(13,\)"):
        network.scores(np.zeros((13, 1)), X)


@pytest.mark.parametrize(("objective", "shape"), objectives())
def test_prediction_is_the_class_of_the_largest_score(objective, shape):
    params = np.random.default_rng(2).normal(size=shape)
    new = [[-4.0], [0.5], [7.0]]
    best = [max(range(3), key=row.__getitem__) for row in objective.scores(params, new).tolist()]
    assert objective.predict(params, new).tolist() == best
    with pytest.raises(ValueError, match=r"X has shape \(1, 2\): pass \(n_samples, 1\)"):
        objective.predict(params, [[1.0, 2.0]])


@pytest.mark.parametrize("number", [0, 1])
def test_large_features_give_no_warning(number):
    objective, shape = objectives(np.array([[1e300], [-1e300], [1.0]]))[number]
    params = np.full(shape, 1e10)
    objective.value(params)
    assert objective.gradient(params).shape == shape
    assert objective.scores(params, [[1e300]]).shape == (1, 3)


@pytest.mark.parametrize(("n_hidden", "error"), [(0, ValueError), (1.5, TypeError)])
def test_number_of_hidden_units_that_is_none_is_refused(n_hidden, error):
    with pytest.raises(error, match=f"n_hidden is {n_hidden}"):
        network_classifier(X, LABELS, n_hidden=n_hidden, n_classes=2)
