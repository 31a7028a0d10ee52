r"""What the symbols in the docstrings of the package stand for: what its functions return.

Each name of the package has one case or several, in all of which its formulas have to hold. What a
formula says in words is read as the TeX beside it. What says no name for the result, such as a
derivative, is read behind one.
"""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from oracle import torch

from gdbook import (
    autograd,
    classifiers,
    datasets,
    descent,
    gradients,
    losses,
    objectives,
    penalties,
    tables,
    tabular,
)


class Case(NamedTuple):
    """A table of symbols, how words are read, and a name for what is returned."""

    symbols: Mapping[str, object]
    reads: Mapping[str, str] = {}
    returns: str = ""


RNG = np.random.default_rng(5)
X, LABELS = RNG.normal(size=(4, 2)), [2, 0, 1, 0]
T = losses.one_hot(LABELS, 3)
ROW, COLUMN = {"1 \\, b": "u b"}, {r"\\ 1^": r"\\ u^"}  # of ones
ANY, SHARE = (-3, 3), (0.05, 0.95)
PAIR, SHARES = {"y": ANY, r"\hat y": ANY}, {"y": SHARE, r"\hat y": SHARE}
CUBIC = {r"f(\theta_1, \theta_2)": r"\theta_1^3 + \theta_1 \theta_2^2"}
MATRIX = np.array([[0.5, 0.2], [0.2, 1.5]])
HESSIAN, START = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([0.5, -1.0])
HUBER = losses.huber(delta=0.75)


def cubic(theta):
    return theta[0] ** 3 + theta[0] * theta[1] ** 2


def softmax(scores):
    powers = np.exp(np.asarray(scores, float))
    return powers / powers.sum(axis=-1, keepdims=True)


def of_two(function):
    """Return a function of two numbers, as a table of symbols takes it."""
    return lambda y, y_hat: float(function(float(y), float(y_hat)))


def of_two_vectors(function):
    return lambda t, p: float(function(np.array(t, float), np.array(p, float)))


def loss(function, pair=PAIR, reads=None, **symbols):
    """Return the case of a loss, whose derivative is called D."""
    table = {r"\ell(y, \hat y)": of_two(function), "D": of_two(function.derivative)}
    symbols = {rf"\{name}" if len(name) > 1 else name: value for name, value in symbols.items()}
    slope = {r"\frac{\partial \ell}{\partial \hat y} =": r"D(y, \hat y) ="}
    return Case(pair | table | symbols, slope | (reads or {}))


def of_rows(function):
    """Return the case of a loss of distributions, whose derivatives are called D."""
    t, p = [0.2, 0.3, 0.5], [0.1, 0.6, 0.3]
    table = {"t": t, "p": p, "c": range(1, 4), "D": function.derivative(t, p)}
    table["z"] = float(function([0.0, 1.0], [0.0, 1.0]))
    table["H(t, p)"] = of_two_vectors(function.formula)  # it takes what adds up to another sum
    slope = r"\frac{\partial}{\partial p_c} H(t, p)"
    return Case(table, {r"0 \ln": "z +", slope: f"D_c = {slope}"})


def of_logits(function):
    """Return the cases of a loss of distributions and logits, and those that reach its bound."""
    t, z = [0.2, 0.3, 0.5], [0.4, -1.1, 2.0]
    table = {"t": t, "z": z, "c": range(1, 4), "m": r"\max_j z_j", "D": function.derivative(t, z)}
    table |= {"p_c": r"\frac{e^{z_c}}{\sum_j e^{z_j}}", r"\ell(t, z)": of_two_vectors(function)}
    table |= {"q": [0.2, 0.3, 0.5], "Q": np.diag([0.2, 0.3, 0.5]), "u": [ANY] * 3}
    table["V"] = r"\sum_c q_c u_c^2 - \left(\sum_c q_c u_c\right)^2"
    reads = {r"\frac{\partial \ell}{\partial z_c}": "D_c", r"\operatorname{Var}_p(u)": "V"}
    reads[r"\operatorname{diag}(p) - p p^\top"] = r"Q - q q^\top"
    yield Case(table, reads)
    reached = {"u": [1, -1], "q": [0.5, 0.5], "Q": np.eye(2) / 2}
    yield Case(table | reached, reads | {r"\le ": "="})


def rule(function, *names, **options):
    """Return the case of the first two steps of a rule on f(θ) = 3 θ² / 2, with its state."""
    params, state = np.array([1.25]), None
    table = {"k": range(2), r"\alpha": 0.1, r"f(\theta)": r"\tfrac32 \theta^2"}
    table |= {r"\theta_0": 1.25, "g_k": r"\nabla f(\theta_k)"} | {f"{n}_0": 0 for n in names}
    for k in (1, 2):
        params, state = function(params, 3 * params, 0.1, state)
        parts = state[-len(names) :] if isinstance(state, tuple) else [state]
        table[rf"\theta_{k}"] = float(params[0])
        table |= {f"{n}_{k}": float(part[0]) for n, part in zip(names, parts, strict=False)}
    return Case(table | {rf"\{name}": value for name, value in options.items()})


def step(function, **options):
    """Return the case of a step on a quadratic of two parameters."""
    after = function(START, HESSIAN @ START, learning_rate=0.1)
    after = after[0] if isinstance(after, tuple) else after
    symbols = {"k": 0, r"\theta_0": START, r"\theta_1": after, r"\alpha": 0.1}
    symbols |= {"H": HESSIAN, r"f(\theta)": r"\tfrac12 \theta^\top H \theta"}
    return Case(symbols | options)


def descended():
    """Return the case of five steps of different lengths."""
    objective = objectives.Objective(lambda t: t @ HESSIAN @ t / 2, lambda t: HESSIAN @ t)
    rates = descent.polynomial_decay(initial=0.1)
    run = descent.gradient_descent(objective, START, learning_rate=rates, epochs=6)
    symbols = {"k": range(6), r"\theta_k": lambda k: run.params[int(k)], "H": HESSIAN}
    symbols |= {r"\alpha_k": r"\frac{0.1}{k + 1}", r"f(\theta)": r"\tfrac12 \theta^\top H \theta"}
    return Case(symbols)


def stochastic_descent():
    """Return the case of the step on the third batch, and of the mean from the third step on."""
    model = objectives.linear_model(*datasets.twenty_points())
    walk = partial(descent.stochastic_gradient_descent, model, [0.5, -1.0], learning_rate=0.1)
    whole = walk(batches=descent.full_batch(), epochs=9).params
    mean = walk(batches=descent.full_batch(), epochs=9, average_from=3).params
    two = walk(batches=lambda _: [np.arange(9)] * 2, epochs=1).params[-1]
    three = walk(batches=lambda _: [np.arange(9)] * 2 + [np.arange(12, 20)], epochs=1).params[-1]
    (inputs, targets), batch = datasets.twenty_points(), slice(12, 20)
    symbols = {"k": range(4, 10), "m": 3, "j": range(10)}
    symbols |= {
        r"\alpha": 0.1,
        r"\theta": two,
        "t": three,
        "x": inputs[batch, 0],
        "y": targets[batch],
    }
    symbols |= {r"\theta_j": lambda j: whole[int(j)], r"\bar\theta_k": lambda k: mean[int(k)]}
    symbols["f(w, b)"] = r"\tfrac{1}{16} \sum_{i=1}^8 (w x_i + b - y_i)^2"
    return Case(symbols, {r"\theta \leftarrow": "t =", "f_B": "f"})


def backtracking():
    """Yield cases in which the step that is taken is just short enough, or just not the first."""
    first = {r"\text{for the smallest } j \ge 0 \text{ with}": r"j \ge 0"}
    longer = {r"\theta_{k+1} = \theta_k - \alpha \rho^j \, g_k": "", r"\le ": "> "}
    f = objectives.Objective(lambda x: 3 * x**2 / 2, lambda x: 3 * x)
    longest = 2 * (1 - 0.3) / 3  # with a longer one the condition fails
    for share, j in ((0.999, 0), (1.001, 1), (3.999, 2), (4.001, 3)):
        alpha = share * longest
        options = {"shrink": 0.5, "decrease": 0.3}
        after, _ = descent.backtracking(f, **options)(1.25, 3.75, alpha)
        table = {"k": 0, r"\theta_0": 1.25, r"\theta_1": float(after), "g_0": 3.75, "c": 0.3}
        table |= {r"\alpha": alpha, r"\rho": 0.5, r"f(\theta)": r"\tfrac32 \theta^2"}
        yield Case(table | {"j": j}, first)
        yield from [Case(table | {"j": i}, first | longer) for i in range(j)]


def rates(schedule, **symbols):
    """Return the case of a schedule, in which the first rate is its option and nothing else."""
    names = {rf"\{name}" if len(name) > 1 else name: value for name, value in symbols.items()}
    table = names | {"k": range(30), "a_k": lambda k: float(schedule(int(k)))}
    return Case(table, {r"\alpha_k =": "a_k ="})


def batches(sampler, n_samples, reads=None, **symbols):
    """Return the case of the batches of an epoch, and of the order in which they come."""
    found = [*sampler(n_samples)]
    order = np.concatenate(found)
    symbols |= {"n": n_samples, "N": len(found), "j": range(1, len(found) + 1)}
    symbols |= {"B_j": lambda j: found[int(j) - 1], r"\pi": lambda place: int(order[int(place)])}
    return Case(symbols, reads or {})


def four_of_ten(sampler, **options):
    return batches(sampler(batch_size=4, **options), 10, {r"j = 1, \dots,": "N ="}, m=4)


def objective():
    model = objectives.linear_model(3 * X, T[:, 0], intercept=False)
    symbols = {"X": 3 * X, "y": T[:, 0], r"\theta": START, "F": model.value(START)}
    symbols |= {
        "G": model.gradient(START),
        "L": model.curvature(),
        "A": model.largest_learning_rate(),
    }
    symbols[r"f(\theta)"] = r"\tfrac18 \lVert X \theta - y \rVert^2"
    symbols[r"\lambda_{\max}"] = lambda A: float(np.linalg.eigvalsh(A.astype(float))[-1])
    constant = {r"\sup_{\theta} \lambda_{\max}\!": r"\lambda_{\max}"}  # it is the same for each θ
    return Case(symbols, {r"\nabla f(": r"G = \nabla f(", **constant}, "F")


def linear_model():
    params = np.array([0.7, -0.2, 0.4])
    model, predicted = objectives.linear_model(X, T[:, 0], loss=HUBER), X @ params[:2] + params[2]
    symbols = {"X": X, "y": T[:, 0], "n": 4, "u": np.ones(4), "w": params[:2], "b": params[2]}
    symbols |= {"F": model.value(params), "G": model.gradient(params), r"\hat y": predicted}
    symbols |= {r"\ell": of_two(HUBER)}
    symbols["d"] = HUBER.derivative(T[:, 0], predicted)
    return Case(symbols, {"f(w, b)": "F", r"\nabla f": "G", r"\ell'": "d", **COLUMN})


def softmax_classifier():
    params = RNG.normal(size=(3, 3))
    model = classifiers.softmax_classifier(X, LABELS, n_classes=3)
    scores = model.scores(params, X)
    symbols = {"X": X, "W": params[:2], "b": params[2], "u": np.ones(4), "n": 4, "T": T}
    symbols |= {"Z": scores, "p": softmax(scores), "P": softmax(scores)}
    symbols |= {"F": model.value(params), "G": model.gradient(params)}
    symbols |= {"c": [label + 1 for label in LABELS], r"\operatorname{softmax}": softmax}
    return Case(symbols, {"f(W, b)": "F", r"\nabla f": "G", **ROW, **COLUMN})


def network_classifier():
    params = RNG.normal(size=2 * 5 + 5 + 5 * 3 + 3)
    model = classifiers.network_classifier(X, LABELS, n_hidden=5, n_classes=3)
    scores = model.scores(params, X)
    symbols = {"X": X, "u": np.ones(4), "E": np.ones((4, 5)), "n": 4, "T": T, "Z": scores}
    symbols |= {
        "p": softmax(scores),
        "c": [label + 1 for label in LABELS],
        "F": model.value(params),
    }
    symbols |= {
        r"\operatorname{softmax}": softmax,
        "P": softmax(scores),
        "H": r"\tanh(X W_1 + u b_1^\top)",
    }
    symbols |= {"D_2": r"\tfrac1n (P - T)", "D_1": r"(D_2 W_2^\top) \odot (E - H \odot H)"}
    reads = {r"1 - H": "E - H", r"^\top 1": r"^\top u", "f = ": "F = ", r"1 \, b": "u b"}
    ends = {"W_1": (0, 10), "b_1": (10, 15), "W_2": (15, 30), "b_2": (30, 33)}
    for name, (first, last) in ends.items():  # the gradients are called V and v
        shape = (-1, 5 if name == "W_1" else 3) if name[0] == "W" else (-1,)
        symbols[name] = params[first:last].reshape(shape)
        slope = name.replace("W", "V").replace("b", "v")
        symbols[slope] = model.gradient(params)[first:last].reshape(shape)
        reads[rf"\frac{{\partial f}}{{\partial {name}}}"] = slope
    return Case(symbols, reads)


def graph():
    """Return the case of a result that is made from v in two ways."""
    v = autograd.Value(0.7)
    first, second = v**2, 3 * v
    (first * second).backward()
    symbols = {"v": 0.7, "u_1": "v^2", "u_2": "3 v", "r": "u_1 u_2"}
    symbols |= {r"\bar v": v.grad, r"\bar u_1": first.grad, r"\bar u_2": second.grad}
    reads = {r"\text{result}": "r", r"u \text{ made from } v": "j=1}^{2"}
    reads[r"\bar u \, \frac{\partial u}"] = r"\bar u_j \, \frac{\partial u_j}"
    return Case(symbols, reads)


def by_sympy(reads=None, returns=""):
    """Return a case of a cubic whose gradient SymPy has found."""
    sympy = pytest.importorskip("sympy")
    symbolic = pytest.importorskip("gdbook.symbolic")
    params = sympy.symbols("x y")
    found = symbolic.symbolic_objective(cubic(params), params)
    gradient = symbolic.symbolic_grad(cubic(params), params).function
    symbols = {r"\theta": START, "F": found.value(START), "G": gradient(START), "p": 2}
    return Case(CUBIC | symbols, reads or {}, returns)


def by_torch():
    found = pytest.importorskip("gdbook.training").autograd_objective(cubic)
    symbols = {r"\theta": START, "F": found.value(START), "G": found.gradient(START)}
    words = r"\nabla f(\theta) \text{ by reverse-mode differentiation}"
    return Case(CUBIC | symbols, {words: r"G = \nabla f(\theta)"}, "F")


def trained():
    """Return the case of an epoch with two batches of two samples, on a model with one weight."""
    training = pytest.importorskip("gdbook.training")
    x, y = torch.tensor([[1.0], [2.0], [3.0], [5.0]]), torch.tensor([[2.0], [3.0], [7.0], [4.0]])
    model = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(x.double(), y.double()), batch_size=2
    )
    weights = []

    def loss(y_pred, y_true):
        weights.append(model.weight.item())
        return torch.nn.functional.mse_loss(y_pred, y_true)

    optimizer = torch.optim.SGD(model.parameters(), lr=0.125)
    run = training.train(model, loss, loader, optimizer, epochs=1, device="cpu", progress=False)
    symbols = {"x": x[:, 0].tolist(), "y": y[:, 0].tolist(), "n": 4, "L": run.losses[0]}
    symbols |= {r"\theta_B": lambda number: weights[int(number) - 1]}
    symbols |= {r"\ell(p, y)": "(p - y)^2", r"\hat y_i(\theta)": r"x_i \theta"}
    return symbols, model.weight.item()


def of_epoch():
    symbols, _ = trained()
    every = {r"\sum_{B} \sum_{i \in B}": r"\sum_{B=1}^2 \sum_{i=2 B - 1}^{2 B}"}
    return Case(symbols, every, "L")


def of_training():
    """Return the case of the second batch."""
    symbols, after = trained()
    symbols |= {r"\theta": symbols.pop(r"\theta_B")(2), "t": after, r"\hat y_i": r"x_i \theta"}
    del symbols[r"\hat y_i(\theta)"]
    symbols |= {r"\operatorname{step}": lambda weight, grad: weight - grad / 8}
    reads = {r"\theta \leftarrow": "t =", "|B|": "2", r"\sum_{i \in B}": r"\sum_{i=3}^4"}
    return Case(symbols, reads | {r"step}\!\left(": r"step}\left("})


def published():
    """Return the case of a log, from whose first two lines its options follow."""
    log, (inputs, targets) = datasets.published_log("full_batch"), datasets.three_points()
    start = 2 + 3 * log.grad[0] / 28  # the gradient is 28 (w - 2) / 3
    predicted = log.w[0] * inputs[:, 0]
    assert ((predicted - targets) ** 2).mean() == pytest.approx(log.loss[1], rel=1e-12)
    symbols = {"w": log.w[0], "x": inputs[:, 0], r"\hat y": predicted, "w_0": start}
    return Case(symbols | {r"\alpha": (start - log.w[0]) / log.grad[0]})


def lines_of_log():
    """Return the case of the columns of a log, and of the descent that it is of."""
    columns = dict(zip("edlg", datasets.published_log("full_batch"), strict=True))
    symbols = {f"{name}_k": lambda k, of=of: of[int(k)].item() for name, of in columns.items()}
    symbols |= {"k": range(6), "w_0": 1, "w_{k+1}": "w_k - 0.01 f'(w_k)"}
    symbols["f(w)"] = r"\tfrac13 ((w - 2)^2 + (2 w - 4)^2 + (3 w - 6)^2)"
    reads = {"k": "e_k = k", "w_{k+1}": "d_k = w_{k+1}"}
    return Case(symbols, reads | {"f(w_k)": "l_k = f(w_k)", "f'(w_k)": "g_k = f'(w_k)"})


def drawn(make, noise=None):
    """Return the case of random samples: what they are drawn from is told from the samples."""
    inputs, targets = make()
    low, high, mean = np.floor(inputs.min()), np.ceil(inputs.max()), round(inputs.mean(), 1)
    rest = targets - noise(inputs) if noise else np.zeros(len(inputs))
    symbols = {"x": inputs[:, 0] if inputs.shape[1] == 1 else inputs, "y": targets}
    symbols |= {"i": range(1, len(inputs) + 1), r"\varepsilon": rest, "l": low, "h": high}
    symbols |= {"m": mean, "s": round(inputs.std(), 1) ** 2}
    symbols |= {"a": round(rest.mean(), 1), "b": round(rest.std(), 1) ** 2}
    reads = {r"x_i \text{ uniform on }": "(l, h) =", r"x_{ij} \sim \mathcal N": "(m, s) ="}
    return Case(symbols, reads | {r"\varepsilon_i \sim \mathcal N": "(a, b) ="})


def with_replacement():
    """Return the case of the samples that are drawn in many epochs, all about as often."""
    rng = np.random.default_rng(3)
    draw = descent.with_replacement(rng=rng)
    seen = np.concatenate([[*draw(8)] for _ in range(500)])
    indices, counts = np.unique(seen, return_counts=True)
    assert abs(counts - 500).max() < 5 * np.sqrt(500)
    words = r"i_1, \dots, i_n \sim \text{uniform on }"
    return Case({"S": indices, "n": 8}, {words: "S ="})


def checked_gradients():
    """Yield a check whose entries are just near enough, and one whose are just too far apart."""
    tolerance, found = 0.01, gradients.numerical_grad(cubic, START)
    words = {r"\text{tolerance}": "t", r"\text{error}_i": "q_i"}
    for share, reads in ((0.999, words), (1.001, words | {r"\le ": "> "})):
        analytic = found / (1 - share * tolerance)
        objective = objectives.Objective(cubic, lambda _, analytic=analytic: analytic)
        check = gradients.check_grad(objective, START, tolerance=tolerance)
        assert check.wrong.tolist() == [share > 1] * 2
        symbols = {"g": analytic, "D": check.numeric, "q": check.error, "t": tolerance}
        symbols |= {"i": range(1, 3), r"\theta": START, r"\epsilon": 2.0**-52}
        yield Case(CUBIC | symbols, reads)


def order():
    """Return the case of the pairs of values of which one is made from the other."""
    values = [autograd.Value(float(number)) for number in range(1, 4)]
    total = values[0] * values[1] + values[2].exp() * values[0]
    found = autograd.topological_order(total)
    pairs = [(found.index(u), k + 1) for k, v in enumerate(found) for u, _ in v.inputs]
    starts, ends = zip(*pairs, strict=True)
    symbols = {"e": range(1, len(pairs) + 1), "a": "s_e", "b": "t_e"}
    symbols |= {"s": [start + 1 for start in starts], "t": [*ends]}
    words = r"\text{with } i < j \text{ wherever } v_j \text{ was made from } v_i"
    return Case(symbols, {words: "a < b"})


def rows_of_a_run(table, columns):
    """Return the case of a table of a run, whose cells are read."""
    f = objectives.Objective(lambda x: 2 * x**2, lambda x: 4 * x)
    run = descent.gradient_descent(f, 1.0, learning_rate=0.125, epochs=5)
    rows = table(run).split("\n")[2:]
    cells = [[float(cell) for cell in row.strip("|").split("|")] for row in rows]
    symbols = {"k": range(6), r"\theta_k": lambda k: float(run.params[int(k)])}
    symbols |= {"f(x)": "2 x^2", "c_{kj}": lambda k, j: cells[int(k)][int(j) - 1]}
    return Case(symbols, {each: f"c_{{k{j}}} = {each}" for j, each in enumerate(columns, 1)})


def standardised(*names):
    """Return the case of features that are standardised, and of weights on their way back."""
    scaling = tabular.standardisation(X)
    symbols = {"x": X, "n": 4, "i": range(1, 5), "j": range(1, 3), "m": scaling.mean}
    symbols |= {"s": scaling.spread, "w'": [0.7, -1.2], "b'": 0.4}
    *weights, intercept = scaling.undo([0.7, -1.2, 0.4]).tolist()
    symbols |= {"w": weights, "b": intercept}
    if "x'" in names:
        symbols |= {"x": X[1], "x'": scaling.apply(X)[1]}
    return Case(symbols, {r"\sum_j": r"\sum_{j=1}^2"})


def derivation():
    """Return the case of a derivation that is accepted, and of its example."""
    symbolic = pytest.importorskip("gdbook.symbolic")
    w = pytest.importorskip("sympy").symbols("w")
    steps = {"2 * 2 * (2*w - 4)": "the chain rule", "8 * (w - 2)": "collect"}
    assert symbolic.derivation("f'(w)", ((2 * w - 4) ** 2).diff(w), steps)
    terms = {"a_0": r"\frac{d}{d w} (2 w - 4)^2", "a_1": r"2 \cdot 2 (2 w - 4)", "a_2": "8 (w - 2)"}
    symbols = terms | {"w": ANY, "f(w)": "(2 w - 4)^2", "n": 2}
    return Case(symbols, {r"= a_1 = \dots": r"= a_1"})


def a_loss():
    """Return the case of half the squared error, whose second derivative is L everywhere."""
    function = losses.half_squared_error
    table = {r"\ell(y, \hat y)": r"\tfrac12 (\hat y - y)^2", "D": of_two(function.derivative)}
    table |= {"F": of_two(function), "L": function.smoothness}
    reads = {r"\ell(y, \hat y)": r"F(y, \hat y) = \ell(y, \hat y)", r"\sup_{y, \hat y}": ""}
    slope = r"\frac{\partial \ell}{\partial \hat y}"
    return Case(PAIR | table, reads | {slope: rf"D(y, \hat y) = {slope}"})


def penalty(make):
    """Return the case of a penalty of two weights, and of no intercept."""
    found = make(objectives.linear_model(X, T[:, 0]))
    params = np.array([0.7, -0.2, 0.4])
    symbols = {"w": params[:2], "F": found.value(params), "G": found.gradient(params), "j": {1, 2}}
    reads = {r"f(\theta)": "F", r"\frac{\partial f}{\partial w_j}": "G_j"}
    return Case(symbols, reads)


def samples(make):
    """Return the case of samples with one feature."""
    inputs, targets = make()
    return Case({"x": inputs[:, 0], "y": targets})


WITH_LOGITS = losses.binary_cross_entropy_with_logits
CASES = {
    "Value": graph,
    "topological_order": order,
    "softmax_classifier": softmax_classifier,
    "network_classifier": network_classifier,
    "Loss": a_loss,
    "squared_error": lambda: loss(losses.squared_error),
    "half_squared_error": lambda: loss(losses.half_squared_error),
    "absolute_error": lambda: loss(losses.absolute_error),
    "huber": lambda: loss(HUBER, delta=0.75, r=r"\hat y - y"),
    "binary_cross_entropy": lambda: loss(
        losses.binary_cross_entropy,
        SHARES,
        {r"0 \ln": "z +"},
        z=float(losses.binary_cross_entropy(0.0, 0.0)),
    ),
    "binary_cross_entropy_with_logits": lambda: Case(
        {
            "y": SHARE,
            "z": ANY,
            r"\ell(y, z)": of_two(WITH_LOGITS),
            "D": of_two(WITH_LOGITS.derivative),
            r"\hat y": r"\frac{1}{1 + e^{-z}}",
        },
        {r"\frac{\partial \ell}{\partial z} =": "D(y, z) ="},
    ),
    "cross_entropy": lambda: of_rows(losses.cross_entropy),
    "cross_entropy_with_logits": lambda: of_logits(losses.cross_entropy_with_logits),
    "one_hot": lambda: Case(
        {"t": losses.one_hot([1], 3)[0], "c": range(1, 4)},
        {r"c \text{ is the label}": "c = 2"},
    ),
    "one_sample": lambda: Case(
        {"x": datasets.one_sample().X[0, 0], "y": datasets.one_sample().y_true[0]}
    ),
    "three_points": lambda: samples(datasets.three_points),
    "noisy_three_points": lambda: samples(datasets.noisy_three_points),
    "twenty_points": lambda: drawn(datasets.twenty_points, lambda X: 2 * X[:, 0] + 1),
    "fifty_points": lambda: drawn(datasets.fifty_points),
    "hundred_points": lambda: drawn(datasets.hundred_points),
    "thirteen_features": lambda: drawn(
        datasets.thirteen_features, lambda X: X @ np.arange(1, 14) / 13 + 0.5
    ),
    "standardisation": standardised,
    "apply": lambda: standardised("x'"),
    "undo": standardised,
    "Log": lines_of_log,
    "published_log": published,
    "gradient_step": lambda: step(descent.gradient_step),
    "gradient_descent": descended,
    "stochastic_gradient_descent": stochastic_descent,
    "plain": lambda: step(descent.plain()),
    "newton": lambda: step(descent.newton(lambda _: HESSIAN)),
    "preconditioned": lambda: step(descent.preconditioned(MATRIX), P=MATRIX),
    "backtracking": backtracking,
    "numerical_grad": lambda: Case(
        {
            r"\theta": [0.3, -1.2],
            "i": range(1, 3),
            "h": (0.1, 0.5),
            "e_i": lambda i: [float(i == 1), float(i == 2)],
            r"f(\theta)": cubic,
            "D": lambda i, h: gradients.numerical_grad(cubic, [0.3, -1.2], step=h)[int(i) - 1],
        },
        {r"\approx": "=", "D_i(": "D(i, "},
    ),
    "check_grad": checked_gradients,
    "Objective": objective,
    "largest_learning_rate": lambda: Case(objective().symbols, {r"\alpha <": "A ="}),
    "linear_model": linear_model,
    "l1_penalty": lambda: penalty(penalties.l1_penalty),
    "l2_penalty": lambda: penalty(penalties.l2_penalty),
    "full_batch": lambda: batches(descent.full_batch(), 8),
    "cyclic": lambda: four_of_ten(descent.cyclic),
    "reshuffled": lambda: four_of_ten(descent.reshuffled, rng=np.random.default_rng(3)),
    "with_replacement": with_replacement,
    "last_sample_only": lambda: batches(descent.last_sample_only(), 8),
    "constant_rate": lambda: rates(descent.constant_rate(0.3), alpha_0=0.3),
    "step_decay": lambda: rates(
        descent.step_decay(initial=0.3, factor=0.5, every=7), alpha_0=0.3, gamma=0.5, m=7
    ),
    "exponential_decay": lambda: rates(
        descent.exponential_decay(initial=0.3, factor=0.9), alpha_0=0.3, gamma=0.9
    ),
    "polynomial_decay": lambda: rates(
        descent.polynomial_decay(initial=0.3, power=0.75, scale=4), alpha_0=0.3, p=0.75, s=4
    ),
    "cosine_decay": lambda: rates(
        descent.cosine_decay(initial=0.3, updates=20, final=0.02), alpha_0=0.3, alpha_T=0.02, T=20
    ),
    "warm_up": lambda: rates(
        descent.warm_up(lambda k: 1 / (k + 2), updates=8), T=8, beta_k=r"\frac{1}{k + 2}"
    ),
    "momentum": lambda: rule(descent.momentum(0.7), "v", beta=0.7),
    "nesterov": lambda: rule(descent.nesterov(0.7), "v", beta=0.7),
    "adagrad": lambda: rule(descent.adagrad(epsilon=0.01), "s", epsilon=0.01),
    "rmsprop": lambda: rule(descent.rmsprop(epsilon=0.01, decay=0.9), "s", epsilon=0.01, rho=0.9),
    "adam": lambda: rule(
        descent.adam(epsilon=0.01, beta1=0.8, beta2=0.9),
        *("m", "s"),
        epsilon=0.01,
        beta_1=0.8,
        beta_2=0.9,
    ),
    "SymbolicGradient": lambda: by_sympy(returns="G"),
    "symbolic_grad": lambda: by_sympy({r"f \mapsto \nabla f": r"G = \nabla f(\theta)"}),
    "symbolic_objective": lambda: by_sympy(
        {r"\nabla f(\theta) \text{ by symbolic differentiation}": r"G = \nabla f(\theta)"}, "F"
    ),
    "derivation": derivation,
    "history_table": lambda: rows_of_a_run(
        lambda run: tables.history_table(run, digits=17),
        ["k", r"\theta_k", r"f(\theta_k)", r"\nabla f(\theta_k)"],
    ),
    "losses_table": lambda: rows_of_a_run(
        lambda run: tables.losses_table({"a": run}, digits=17), ["k", r"f(\theta_k)"]
    ),
    "TrainingHistory": of_epoch,
    "autograd_objective": by_torch,
    "train": of_training,
}
