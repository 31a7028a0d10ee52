r"""The formulas of a public docstring say what the function computes.

They are checked as those of pages are, at random points, with a table of symbols in which the
function itself, or what it has returned, stands for what it computes.
"""

import importlib
import pkgutil
import re
from functools import partial

import numpy as np
import pytest
from bookwright.formulas.check import Formula, check

import gdbook
from gdbook import (
    classifiers,
    cross_entropies,
    datasets,
    derivatives,
    descent,
    gradients,
    losses,
    objectives,
    scaled_steps,
    schedules,
    update_rules,
)

STATE_NOTHING = {  # or what is no equality, such as a set of indices or a picture
    *("GradientCheck", "History", "Log", "Objective", "Samples", "SymbolicGradient"),
    *("TrainingHistory", "Value", "autograd_objective", "check_grad", "cyclic", "derivation"),
    *("derivative_of", "draw_contours", "draw_graph", "draw_losses", "draw_path", "full_batch"),
    *("graph_table", "history_table", "largest_second_derivative", "last_sample_only"),
    *("markdown_table", "published_log", "reshuffled", "stochastic_gradient_descent"),
    *("symbolic_grad", "symbolic_objective", "topological_order", "train", "with_replacement"),
    *("backtracking_step", "twenty_points", "thirteen_features", "one_hot"),
    # matrices of matrices, which other tests compare with torch
    *("linear_model", "network_classifier", "softmax_classifier"),
}

RNG = np.random.default_rng(5)
X = RNG.normal(size=(4, 2))
ANY, SHARE = (-3, 3), (0.05, 0.95)
PAIR = {"y": ANY, r"\hat y": ANY}


def of_two(function):
    """Return a function of two numbers, as a table of symbols takes it."""
    return lambda y, y_hat: float(function(float(y), float(y_hat)))


def of_two_vectors(function):
    return lambda t, p: float(function(np.array(t, float), np.array(p, float)))


def table_of_loss(loss, **symbols):
    return PAIR | symbols | {r"\ell(y, \hat y)": of_two(loss)}


def table_of_derivative(loss, derivative):
    """Return a table in which the derivative is that of the loss, and D what the package has."""
    return table_of_loss(loss) | {"D": of_two(derivative)}


def steps_of(rule, *names):
    """Return the table of the first two steps of a rule on f(θ) = 3 θ² / 2, with its state."""
    params, state = np.array([1.25]), None
    table = {"k": range(2), r"\alpha": 0.1, r"f(\theta)": r"\tfrac32 \theta^2"}
    table |= {r"\theta_0": 1.25, "g_k": r"\nabla f(\theta_k)"} | {f"{n}_0": 0 for n in names}
    for k in (1, 2):
        params, state = rule(params, 3 * params, 0.1, state)
        parts = state[-len(names) :] if isinstance(state, tuple) else [state]
        table[rf"\theta_{k}"] = float(params[0])
        table |= {f"{n}_{k}": float(part[0]) for n, part in zip(names, parts, strict=False)}
    return table


def rates_of(schedule, **symbols):
    names = {rf"\{name}": value for name, value in symbols.items() if len(name) > 1}
    names |= {name: value for name, value in symbols.items() if len(name) == 1}
    return names | {"k": range(30), r"\alpha_k": lambda k: float(schedule(int(k)))}


def first_step(rule, **options):
    """Return the table of a step on a quadratic of two parameters."""
    hessian, theta = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([0.5, -1.0])
    after = rule(theta, hessian @ theta, learning_rate=0.1, **options)
    after = after[0] if isinstance(after, tuple) else after
    symbols = {"k": 0, "H": hessian, r"\theta_0": theta, r"\theta_1": after, r"\alpha": 0.1}
    return symbols | {r"\alpha_k": 0.1, r"f(\theta)": r"\tfrac12 \theta^\top H \theta"}


def descended():
    start, hessian = np.array([0.5, -1.0]), np.array([[3.0, 1.0], [1.0, 2.0]])
    objective = objectives.Objective(lambda t: t @ hessian @ t / 2, lambda t: hessian @ t)
    run = descent.gradient_descent(objective, start, learning_rate=0.1, epochs=1)
    return first_step(descent.gradient_step) | {r"\theta_1": run.params[1]}


def softmax_table():
    params = RNG.normal(size=(3, 3))
    symbols = {"X": X, "W": params[:2], "b": params[2], "u": np.ones(4)}
    return symbols | {"Z": classifiers.softmax_scores(params, X)}


def network_table():
    params = RNG.normal(size=2 * 5 + 5 + 5 * 3 + 3)
    return {
        "X": X,
        "W_1": params[:10].reshape(2, 5),
        "b_1": params[10:15],
        "u": np.ones(4),
        "W_2": params[15:30].reshape(5, 3),
        "b_2": params[30:],
        "H": r"\tanh(X W_1 + u b_1^\top)",
        "Z": classifiers.network_scores(params, X, n_hidden=5),
    }


def cubic(theta):
    return theta[0] ** 3 + theta[0] * theta[1] ** 2


CLASSES = {"t": [0.2, 0.3, 0.5], "p": [0.1, 0.6, 0.3], "c": range(1, 4)}
LOGITS = {
    "t": [0.2, 0.3, 0.5],
    "z": [0.4, -1.1, 2.0],
    "c": range(1, 4),
    "m": r"\max_j z_j",
    "p_c": r"\frac{e^{z_c}}{\sum_j e^{z_j}}",
}
HUBER = partial(losses.huber, delta=0.75)
ENTROPY = losses.binary_cross_entropy
WITH_LOGITS = losses.binary_cross_entropy_with_logits
TABLES = {
    "squared_error": table_of_loss(losses.squared_error),
    "half_squared_error": table_of_loss(losses.half_squared_error),
    "absolute_error": table_of_loss(losses.absolute_error),
    "huber": table_of_loss(HUBER) | {r"\delta": 0.75, "r": r"\hat y - y"},
    "binary_cross_entropy": table_of_loss(ENTROPY) | {"y": SHARE, r"\hat y": SHARE},
    "binary_cross_entropy_with_logits": {
        "y": SHARE,
        "z": ANY,
        r"\ell(y, z)": of_two(WITH_LOGITS),
        r"\hat y": r"\frac{1}{1 + e^{-z}}",
    },
    "squared_error_derivative": table_of_derivative(
        losses.squared_error, derivatives.squared_error_derivative
    ),
    "half_squared_error_derivative": table_of_derivative(
        losses.half_squared_error, derivatives.half_squared_error_derivative
    ),
    "absolute_error_derivative": table_of_derivative(
        losses.absolute_error, derivatives.absolute_error_derivative
    ),
    "huber_derivative": table_of_derivative(
        HUBER, partial(derivatives.huber_derivative, delta=0.75)
    )
    | {r"\delta": 0.75},
    "binary_cross_entropy_derivative": table_of_derivative(
        ENTROPY, derivatives.binary_cross_entropy_derivative
    )
    | {"y": SHARE, r"\hat y": SHARE},
    "binary_cross_entropy_with_logits_derivative": {
        "y": SHARE,
        "z": ANY,
        r"\ell": r"\ln(1 + e^z) - y z",
        "D": of_two(derivatives.binary_cross_entropy_with_logits_derivative),
        r"\hat y": "z",
    },
    "cross_entropy": CLASSES | {"H(t, p)": of_two_vectors(cross_entropies.cross_entropy)},
    "cross_entropy_with_logits": LOGITS
    | {r"\ell(t, z)": of_two_vectors(cross_entropies.cross_entropy_with_logits)},
    "cross_entropy_derivative": CLASSES
    | {
        "H(t, p)": r"-\sum_{c} t_c \ln p_c",
        "D": cross_entropies.cross_entropy_derivative(CLASSES["t"], CLASSES["p"]),
    },
    "cross_entropy_with_logits_derivative": LOGITS
    | {
        r"\ell": r"-\sum_c t_c \ln p_c",
        "D": cross_entropies.cross_entropy_with_logits_derivative(LOGITS["t"], LOGITS["z"]),
    },
    "gradient_step": first_step(descent.gradient_step),
    "gradient_descent": descended(),
    "newton_step": first_step(
        scaled_steps.newton_step, hessian=lambda _: np.array([[3.0, 1.0], [1.0, 2.0]])
    ),
    "preconditioned_step": first_step(scaled_steps.preconditioned_step, preconditioner=np.eye(2))
    | {"P": np.eye(2)},
    "momentum_step": steps_of(update_rules.momentum_step, "v") | {r"\beta": 0.9},
    "nesterov_step": steps_of(update_rules.nesterov_step, "v") | {r"\beta": 0.9},
    "adagrad_step": steps_of(update_rules.adagrad_step, "s") | {r"\epsilon": 1e-8},
    "rmsprop_step": steps_of(update_rules.rmsprop_step, "s") | {r"\epsilon": 1e-8, r"\rho": 0.99},
    "adam_step": steps_of(update_rules.adam_step, "m", "s")
    | {r"\epsilon": 1e-8, r"\beta_1": 0.9, r"\beta_2": 0.999},
    "constant_rate": rates_of(partial(schedules.constant_rate, initial=0.3), alpha_0=0.3),
    "step_decay": rates_of(
        partial(schedules.step_decay, initial=0.3, factor=0.5, every=7),
        alpha_0=0.3,
        gamma=0.5,
        m=7,
    ),
    "exponential_decay": rates_of(
        partial(schedules.exponential_decay, initial=0.3, factor=0.9), alpha_0=0.3, gamma=0.9
    ),
    "polynomial_decay": rates_of(
        partial(schedules.polynomial_decay, initial=0.3, power=0.75, scale=4),
        alpha_0=0.3,
        p=0.75,
        s=4,
    ),
    "cosine_decay": rates_of(
        partial(schedules.cosine_decay, initial=0.3, updates=20, final=0.02),
        alpha_0=0.3,
        alpha_T=0.02,
        T=20,
    ),
    "warm_up": rates_of(
        partial(schedules.warm_up, schedule=lambda k: 1 / (k + 2), updates=8),
        T=8,
        beta_k=r"\frac{1}{k + 2}",
    ),
    "softmax_scores": softmax_table(),
    "one_sample": {"x": datasets.one_sample().X[0, 0], "y": datasets.one_sample().y_true[0]},
    "three_points": dict(zip("xy", map(np.ravel, datasets.three_points()), strict=True)),
    "noisy_three_points": dict(
        zip("xy", map(np.ravel, datasets.noisy_three_points()), strict=True)
    ),
    "fifty_points": dict(zip("xy", map(np.ravel, datasets.fifty_points()), strict=True)),
    "hundred_points": dict(zip("xy", map(np.ravel, datasets.hundred_points()), strict=True)),
    "numerical_grad": {
        r"\theta": [0.3, -1.2],
        "i": range(1, 3),
        r"\epsilon": float(np.finfo(float).eps),
        "e_i": lambda i: [float(i == 1), float(i == 2)],
        r"f(\theta)": cubic,
        r"h_i": r"\sqrt[3]{\epsilon} \max(1, |\theta_i|)",
        "D": gradients.numerical_grad(cubic, np.array([0.3, -1.2])),
    },
    "network_scores": network_table(),
}


def public():
    """Return the docstring of each public function and class of the package, by its name."""
    found = {}
    for module in pkgutil.walk_packages(gdbook.__path__, "gdbook."):
        if not re.search(r"\._|\.training", module.name):
            loaded = importlib.import_module(module.name)
            found |= {name: getattr(loaded, name).__doc__ or "" for name in loaded.__all__}
    return found


def formulas(docstring):
    """Return the formulas of a docstring, with a last one for what the package calls D."""
    found = re.findall(r"\$\$(.*?)\$\$", docstring, re.DOTALL)
    found = [" ".join(each.split()).replace(r", \qquad 0 \ln 0 = 0", "") for each in found]
    return [re.sub(r"\b1 (?:\\, )?(?=b|\\\\)", "u ", each) for each in found]


@pytest.mark.parametrize("name", TABLES)
def test_formulas_of_a_docstring_are_true(name):
    table = TABLES[name]
    found = formulas(public()[name])
    if "D" in table:
        sides = re.split(" = | \\\\approx ", found[0].partition(r", \qquad")[0])
        given = "z" if "z" in table else r"\hat y"
        left = f"D_{'i' if 'i' in table else 'c'}"
        left = left if isinstance(table["D"], np.ndarray) else f"D(y, {given})"
        found.append(f"{left} = {sides[-1]}")
    verdicts = check([Formula(each, "") for each in found], table)
    assert [each for each in verdicts if each.status != "checked"] == []


def test_each_public_name_states_something_or_is_named_here():
    assert {*public()} | {"TrainingHistory", "autograd_objective", "train"} == {
        *TABLES
    } | STATE_NOTHING
