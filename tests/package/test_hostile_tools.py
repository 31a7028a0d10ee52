"""Hostile input to tools: what is documented comes back or is raised, without a warning."""

import warnings
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

import gdbook
from gdbook import Objective, Value, gradient_descent
from gdbook.figures import draw_contours, draw_losses
from gdbook.graphs import draw_graph
from gdbook.symbolic import derivation, symbolic_grad, symbolic_objective

torch = pytest.importorskip("torch")

from gdbook.training import TrainingHistory, autograd_objective  # noqa: E402 - it needs torch

DOCUMENTED = (TypeError, ValueError)
SPHERE = Objective(lambda p: np.square(p).sum(), lambda p: 2 * np.asarray(p))
RUN = gradient_descent(SPHERE, [1.0, 2.0], learning_rate=0.1, epochs=2)
x, y = sp.symbols("x y")
ANY = st.sampled_from(
    [
        *(0, 1, -1, 3, 0.5, 1e308, -1e308, 5e-324, np.nan, np.inf, 10**400, 1j, True, None, "1"),
        *(b"1", "", "$\\frac$", "_a", "a\rb", [], {}, (), (1,), Fraction(1, 3), np.float32(0.1)),
        *([1.0, 2.0], [[1.0], [2.0]], [[1.0, 2.0], [3.0]], [np.nan], [1e308, -1e308], [1j]),
        *([None], ["a"], {"a": 1}, {"a": [1]}, {1: [2]}, {"a": {}}, range(3), iter([1.0]), print),
        *(np.array(1.0), np.eye(2), np.zeros((0, 3)), np.array([1, None]), np.array([True, False])),
        *(np.ma.array([1.0, 2.0], mask=[0, 1]), np.longdouble(1) * 1e300, np.bool_(1), object()),
        *(torch.ones(2), torch.tensor(3), torch.tensor(1j), torch.ones(2, requires_grad=True)),
        *(Value(1.0), Value(2.0) * 3, RUN, SPHERE, TrainingHistory((1.0,), (2.0,), "completed")),
        *(
            x,
            x * y,
            sp.I * x,
            sp.Matrix([x]),
            sp.Abs(x),
            sp.oo,
            sp.nan,
            sp.zoo,
            [x],
            [x, y],
            (x, x),
        ),
        *(lambda p: p, lambda p: np.log(p).sum(), lambda _: 1j, lambda _: "a", lambda _: np.nan),
        *(
            lambda p: 1 / p,
            lambda p: p.sum(),
            lambda *_: torch.tensor(1.0),
            lambda p: p.exp().sum(),
        ),
    ]
)


def call(function, *arguments, allowed=DOCUMENTED, **options):
    """Call it; whatever is not documented gets through, warnings included."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return function(*arguments, **options)
        except allowed:
            return None


HOSTILE = settings(max_examples=300, deadline=None)


@HOSTILE
@given(value=ANY, params=ANY, step=st.one_of(st.none(), ANY))
def test_numerical_grad(value, params, step):
    if callable(value):
        grad = call(
            gdbook.numerical_grad, value, params, step=step, allowed=(*DOCUMENTED, Exception)
        )
        assert grad is None or np.isfinite(grad).all()


@HOSTILE
@given(
    value=st.sampled_from([np.sum, np.prod, lambda p: np.log(p).sum(), lambda p: abs(p).max()]),
    params=ANY,
    step=st.one_of(st.none(), ANY),
    tolerance=st.one_of(st.none(), ANY),
)
def test_check_grad(value, params, step, tolerance):
    objective = Objective(value, lambda p: np.asarray(p) * 0)
    check = call(gdbook.check_grad, objective, params, step=step, tolerance=tolerance)
    assert check is None or {*check.verdicts.ravel()} <= {"right", "wrong", "unsure", "kink"}
    call(gdbook.numerical_grad, value, params, step=step)


@HOSTILE
@given(objective=ANY)
def test_check_grad_of_anything(objective):
    if not callable(objective):
        call(gdbook.check_grad, objective, [1.0])


@HOSTILE
@given(expression=ANY, params=ANY, samples=st.one_of(st.none(), ANY), at=ANY, batch=ANY)
def test_symbolic(expression, params, samples, at, batch):
    gradient = call(symbolic_grad, expression, params)
    if gradient is not None:
        call(gradient.function, at)
    if samples is None or isinstance(samples, dict):
        objective = call(symbolic_objective, expression, params, samples=samples)
        if objective is not None:
            call(objective.value, at)
            call(objective.gradient, at, batch)


@HOSTILE
@given(expression=ANY, step=st.text(alphabet="xy+-*/()123. ", max_size=8))
def test_derivation(expression, step):
    call(derivation, "f", expression, {step: "so"})


@HOSTILE
@given(first=ANY, second=ANY, operation=st.sampled_from(["+", "-", "*", "/", "**", "max"]))
def test_values(first, second, operation):
    allowed = (*DOCUMENTED, OverflowError)
    value = call(Value, first, allowed=allowed)
    if value is not None:
        code = "v.max(w)" if operation == "max" else f"v {operation} w"
        call(eval, code, {"v": value, "w": second}, allowed=allowed)
        call(eval, code, {"v": second, "w": value}, allowed=(*allowed, AttributeError))
    call(Value, 1.0, label=first)
    call(gdbook.topological_order, first)


@HOSTILE
@given(columns=ANY, digits=st.one_of(st.just(6), ANY), names=ANY, head=ANY, tail=ANY)
def test_tables(columns, digits, names, head, tail):
    call(gdbook.markdown_table, columns, digits=digits)
    call(gdbook.markdown_table, {"a": columns}, digits=digits)
    call(gdbook.graph_table, columns, digits=digits)
    call(gdbook.losses_table, columns, digits=digits, head=head, tail=tail)
    call(gdbook.losses_table, {"a": columns}, digits=digits, head=head, tail=tail)
    call(gdbook.history_table, RUN, names=names, digits=digits, head=head, tail=tail)


@settings(max_examples=100, deadline=None)
@given(thing=ANY, ends=ANY, levels=st.one_of(st.just(3), ANY), scale=st.sampled_from(["log", 3]))
def test_figures(thing, ends, levels, scale):
    mpl.use("agg")
    plt.close("all")
    call(draw_losses, thing)
    call(draw_losses, {"a": thing}, y_scale=scale)
    call(draw_graph, thing)
    if callable(thing):
        objective = Objective(thing, thing)
        call(draw_contours, objective, first=(0, 1), second=ends, levels=levels, allowed=Exception)
    call(draw_contours, SPHERE, first=ends, second=(0, 1), levels=levels)
    if isinstance(thing, str):
        call(draw_losses, {thing: RUN})
        call(draw_graph, Value(1.0, label=thing))
    plt.close("all")


@HOSTILE
@given(function=ANY, data=st.lists(ANY, max_size=2), params=ANY, batch=ANY)
def test_objectives_of_torch(function, data, params, batch):
    objective = call(autograd_objective, lambda p, *_: (p**2).sum(), *data)
    if objective is not None:
        call(objective.value, params)
        if data:
            call(objective.gradient, params, batch)
    if not callable(function):
        call(autograd_objective, function)


@HOSTILE
@given(features=ANY, others=ANY, params=ANY)
def test_standardisation(features, others, params):
    scaling = call(gdbook.standardisation, features)
    if scaling is not None:
        call(scaling.apply, others)
        call(scaling.undo, params)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("csv") / "data.csv"


CELLS = st.sampled_from(
    ['"', "a", "1", "-2.5e3", "nan", "", "?", " ", "\x00", "\r", "é", "1e999", "_"]
)


@HOSTILE
@given(
    text=st.lists(st.lists(CELLS, max_size=3).map(",".join), max_size=4).map("\n".join),
    target=st.one_of(st.none(), ANY),
    features=st.one_of(st.none(), ANY),
)
def test_files(path, text, target, features):
    path.write_bytes(text.encode("latin-1" if "\r" in text else "utf-8"))
    for options in ({}, {"target": target, "features": features}):
        data = call(gdbook.read_csv, path, **options)
        assert data is None or np.isfinite(data.X).all()


@HOSTILE
@given(name=ANY)
def test_names_of_logs_and_paths(name):
    call(gdbook.published_log, name)
    if not isinstance(name, int | str | bytes | Path):
        call(gdbook.read_csv, name)
