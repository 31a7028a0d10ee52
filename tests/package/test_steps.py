import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import torch

from gdbook import (
    Objective,
    adagrad,
    adam,
    cyclic,
    gradient_descent,
    linear_model,
    momentum,
    nesterov,
    rmsprop,
    stochastic_gradient_descent,
    thirteen_features,
    three_points,
)

SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.floats(0.0, 0.99)
RULES = [momentum, nesterov, adagrad, rmsprop, adam]
OF_TORCH = {
    momentum: "SGD",
    nesterov: "SGD",
    adagrad: "Adagrad",
    rmsprop: "RMSprop",
    adam: "Adam",
}
OPTIONS = {
    momentum: st.fixed_dictionaries({"beta": st.floats(0.01, 0.99)}),
    nesterov: st.fixed_dictionaries({"beta": st.floats(0.01, 0.99)}),
    adagrad: st.fixed_dictionaries({"epsilon": st.floats(1e-10, 1e-3)}),
    rmsprop: st.fixed_dictionaries({"decay": SHARES, "epsilon": st.floats(1e-8, 1e-3)}),
    adam: st.fixed_dictionaries(
        {"beta1": SHARES, "beta2": SHARES, "epsilon": st.floats(1e-8, 1e-3)}
    ),
}


def optimizer_of_torch(rule, params, rate, options):
    names = {"beta": "momentum", "epsilon": "eps", "decay": "alpha"}
    renamed = {name: options[ours] for ours, name in names.items() if ours in options}
    if "beta1" in options:
        renamed["betas"] = (options["beta1"], options["beta2"])
    if rule is nesterov:
        renamed["nesterov"] = True
    return getattr(torch.optim, OF_TORCH[rule])([params], lr=rate, **renamed)


def path_of_torch(rule, gradients, rate, options):
    """Return the parameters of torch's optimiser, fed with the gradients, from zeros."""
    params = torch.zeros(gradients.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = optimizer_of_torch(rule, params, rate, options)
    path = []
    for grad in gradients:
        params.grad = torch.tensor(grad)
        optimizer.step()
        path.append(params.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=25)  # of two hundred steps each
@given(data=st.data(), seed=SEEDS, rate=st.floats(1e-3, 1.0))
def test_two_hundred_steps_equal_torch(rule, data, seed, rate):
    options = data.draw(OPTIONS[rule])
    gradients = np.random.default_rng(seed).normal(size=(200, 3))
    expected = path_of_torch(rule, gradients, rate, options)
    step, params, state, path = rule(**options), np.zeros(3), None, []
    for grad in gradients:
        params, state = step(params, grad, rate, state)
        path.append(params)
    scale = abs(expected).max()
    np.testing.assert_allclose(np.array(path) / scale, expected / scale, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_loop_with_a_rule_equals_torch_on_a_linear_model(rule):
    X, y_true = thirteen_features()
    options = {"beta": 0.9} if OF_TORCH[rule] == "SGD" else {}
    run = gradient_descent(
        linear_model(X, y_true),
        np.zeros(14),
        learning_rate=0.001,
        epochs=50,
        step=rule(**options),
    )
    params = torch.zeros(14, dtype=torch.float64, requires_grad=True)
    optimizer = optimizer_of_torch(rule, params, 0.001, options)
    inputs, targets = torch.tensor(X), torch.tensor(y_true)
    for _ in range(50):
        optimizer.zero_grad()
        loss = ((inputs @ params[:-1] + params[-1] - targets) ** 2).mean() / 2
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(run.params[-1], params.detach().numpy(), rtol=1e-11, atol=1e-12)


def test_momentum_of_one_oscillates_without_end():
    parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
    run = gradient_descent(parabola, 1.0, learning_rate=0.01, epochs=50, step=momentum(1.0))
    expected = [1.0, 0.96]
    for _ in range(49):
        expected.append((2 - 4 * 0.01) * expected[-1] - expected[-2])
    np.testing.assert_allclose(run.params, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("rule", RULES)
def test_rule_remembers_from_batch_to_batch_and_starts_afresh_in_each_run(rule):
    objective = linear_model(*three_points(), intercept=False)

    def run():
        return stochastic_gradient_descent(
            objective, [1.0], batches=cyclic(), learning_rate=0.01, epochs=5, step=rule()
        ).params

    step, w, state = rule(), np.array([1.0]), None
    for _ in range(5):
        for i in range(3):
            w, state = step(w, objective.gradient(w, np.array([i])), 0.01, state)
    np.testing.assert_array_equal(run()[-1], w)
    np.testing.assert_array_equal(run(), run())


@pytest.mark.parametrize("rule", RULES)
def test_rule_leaves_its_arguments_alone(rule):
    params, grad = np.ones(2), np.array([3.0, -4.0])
    params.flags.writeable = grad.flags.writeable = False
    step = rule()
    _, state = step(params, grad, 0.1)
    for array in np.atleast_1d(*(state if isinstance(state, tuple) else (state, state))):
        array.flags.writeable = False
    step(params, grad, 0.1, state)


@pytest.mark.parametrize("rule", RULES)
def test_rule_remembers_what_the_gradient_was_even_if_its_array_is_used_again(rule):
    step, grads, array = rule(), np.array([[3.0, -4.0], [1.0, 2.0]]), np.empty(2)
    states, params = {"own": None, "shared": None}, np.ones(2)
    for grad in grads:
        array[:] = grad
        expected, states["own"] = step(params, grad.copy(), 0.1, states["own"])
        found, states["shared"] = step(params, array, 0.1, states["shared"])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("rule", "option", "error", "message"),
    [
        (momentum, {"beta": -0.1}, ValueError, "beta is -0.1: pass a finite number"),
        (nesterov, {"beta": "1"}, TypeError, "beta is '1': pass a finite number"),
        (
            adagrad,
            {"epsilon": 0.0},
            ValueError,
            "epsilon is 0.0: pass a finite number greater",
        ),
        (rmsprop, {"decay": 1.5}, ValueError, "decay is 1.5: pass a number from 0 to 1"),
        (rmsprop, {"epsilon": -1}, ValueError, "epsilon is -1.0"),
        (adam, {"beta1": 1.0}, ValueError, "beta1 is 1.0: pass a number from 0 to less than"),
        (adam, {"beta2": None}, TypeError, "beta2 is None"),
        (adam, {"epsilon": np.nan}, ValueError, "epsilon is nan"),
    ],
)
def test_bad_option_is_refused(rule, option, error, message):
    with pytest.raises(error, match=message):
        rule(**option)


@pytest.mark.parametrize("rule", RULES)
def test_step_that_is_pickled_is_the_same_step(rule):
    step = rule()
    copy = pickle.loads(pickle.dumps(step))  # noqa: S301  # it is our own
    assert copy == step
    assert repr(copy) == repr(step)
    assert copy(1.0, 2.0, 0.1) == step(1.0, 2.0, 0.1)


def test_step_shows_its_options():
    assert repr(momentum(1)) == "momentum(beta=1.0)"
    assert repr(rmsprop()) == "rmsprop(decay=0.99, epsilon=1e-08)"
