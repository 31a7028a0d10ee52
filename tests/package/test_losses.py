"""Losses and their derivatives, each against closed forms, SymPy, differences and torch."""

import math
import os
import pickle
import subprocess
import sys
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracle import torch

import gdbook
from gdbook import Loss, huber

HUBER, WIDE_HUBER = huber(), huber(delta=2.5)
BINARY = [gdbook.binary_cross_entropy, gdbook.binary_cross_entropy_with_logits]
ROWWISE = [gdbook.cross_entropy, gdbook.cross_entropy_with_logits]
OF_NUMBERS = [
    gdbook.squared_error,
    gdbook.half_squared_error,
    gdbook.absolute_error,
    HUBER,
    WIDE_HUBER,
]
LOSSES = [*OF_NUMBERS, *BINARY, *ROWWISE]
BOUNDED = [loss for loss in LOSSES if loss.smoothness is not None]
LN2, INF = math.log(2), math.inf


each_loss = pytest.mark.parametrize("loss", LOSSES, ids=repr)
each_function = pytest.mark.parametrize(  # the value of each loss, and its derivative
    "function",
    [function for loss in LOSSES for function in (loss, loss.derivative)],
    ids=[f"{loss}{part}" for loss in LOSSES for part in ("", ".derivative")],
)

# targets, predictions, losses, derivatives
CLOSED_FORMS = {
    "squared_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [4.0, 0.0, 0.25], [-4.0, 0.0, 1.0]),
    "half_squared_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [2.0, 0.0, 0.125], [-2.0, 0.0, 0.5]),
    "absolute_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [2.0, 0.0, 0.5], [-1.0, 0.0, 1.0]),
    "huber(delta=1.0)": (
        [3.0, 0.0, 1.0, 1.0, 1.0],
        [1.0, 0.0, 1.5, 2.0, 0.0],
        [1.5, 0.0, 0.125, 0.5, 0.5],
        [-1.0, 0.0, 0.5, 1.0, -1.0],
    ),
    "huber(delta=2.5)": (
        [5.0, 0.0, 1.0, 0.0],
        [1.0, 0.0, 3.0, 2.5],
        [6.875, 0.0, 2.0, 3.125],
        [-2.5, 0.0, 2.0, 2.5],
    ),
    "binary_cross_entropy": (
        [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5],
        [1.0, 0.5, 0.0, 0.0, 0.5, 1.0, 0.0, 0.5, 1.0],
        [0.0, LN2, INF, 0.0, LN2, INF, INF, LN2, INF],
        [-1.0, -2.0, -INF, 1.0, 2.0, INF, -INF, 0.0, INF],
    ),
    "binary_cross_entropy_with_logits": (
        [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.5, 0.5],
        [1000.0, 0.0, -1000.0, 1000.0, 0.0, -1000.0, 1000.0, -1000.0],
        [0.0, LN2, 1000.0, 1000.0, LN2, 0.0, 500.0, 500.0],
        [0.0, -0.5, -1.0, 1.0, 0.5, 0.0, 0.5, -0.5],
    ),
    "cross_entropy": (
        [[0.0, 1.0], [0.0, 1.0], [0.5, 0.5], [0.5, 0.5], [1.0, 0.0]],
        [[0.0, 1.0], [0.75, 0.25], [0.5, 0.5], [0.0, 1.0], [0.0, 1.0]],
        [0.0, 2 * LN2, LN2, INF, INF],
        [[0.0, -1.0], [0.0, -4.0], [-1.0, -1.0], [-INF, -0.5], [-INF, 0.0]],
    ),
    "cross_entropy_with_logits": (
        [[0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.5, 0.5], [0.25, 0.75]],
        [[-1000.0, 1000.0], [-1000.0, 1000.0], [1000.0, 1000.0], [1000.0, -1000.0], [0.0, 0.0]],
        [0.0, 2000.0, LN2, 1000.0, LN2],
        [[0.0, 0.0], [-1.0, 1.0], [-0.5, 0.5], [0.5, -0.5], [0.25, -0.25]],
    ),
}


def test_the_suite_covers_every_loss():
    made = {name for name in gdbook.losses.__all__ if isinstance(getattr(gdbook, name), Loss)}
    assert {loss.name for loss in LOSSES if not loss.name.startswith("huber")} == made


@each_loss
def test_loss_and_derivative_equal_their_closed_forms(loss):
    y_true, y_pred, values, derivatives = CLOSED_FORMS[loss.name]
    np.testing.assert_allclose(loss(y_true, y_pred), values, rtol=1e-15, atol=0)
    actual = loss.derivative(y_true, y_pred)
    np.testing.assert_allclose(actual, derivatives, rtol=1e-15, atol=0)


@each_loss
def test_a_loss_of_zero_has_no_sign(loss):
    y_true, y_pred, *_ = CLOSED_FORMS[loss.name]
    assert not np.signbit(loss(y_true, y_pred)).any()
    assert not np.signbit(loss([1.0], [1.0])).any()


@each_loss
def test_a_single_prediction_or_row_is_enough(loss):
    y_true, y_pred, values, derivatives = CLOSED_FORMS[loss.name]
    np.testing.assert_allclose(loss(y_true[1], y_pred[1]), values[1])
    np.testing.assert_allclose(loss.derivative(y_true[1], y_pred[1]), derivatives[1])
    assert np.shape(loss(y_true[1], y_pred[1])) == ()


@each_loss
def test_losses_of_many_dimensions_are_those_of_their_parts(loss):
    y_true, y_pred, values, derivatives = CLOSED_FORMS[loss.name]
    doubled = np.array([[y_true, y_true]]), np.array([[y_pred, y_pred]])
    np.testing.assert_allclose(loss(*doubled), [[values, values]])
    np.testing.assert_allclose(loss.derivative(*doubled), [[derivatives, derivatives]])


T, P = sp.symbols("t:3", real=True), sp.symbols("p:3", real=True)
R = P[0] - T[0]
SYMBOLIC = {
    "squared_error": R**2,
    "half_squared_error": R**2 / 2,
    "absolute_error": sp.Piecewise((R, R > 0), (-R, True)),
    "binary_cross_entropy": -T[0] * sp.log(P[0]) - (1 - T[0]) * sp.log(1 - P[0]),
    "binary_cross_entropy_with_logits": sp.log(1 + sp.exp(P[0])) - T[0] * P[0],
    "cross_entropy": -sum(t * sp.log(p) for t, p in zip(T, P, strict=True)),
    "cross_entropy_with_logits": sum(
        -t * sp.log(sp.exp(p) / sum(map(sp.exp, P))) for t, p in zip(T, P, strict=True)
    ),
}
for d in (sp.Integer(1), sp.Rational(5, 2)):
    SYMBOLIC[f"huber(delta={float(d)})"] = sp.Piecewise(
        (R**2 / 2, sp.Abs(R) <= d), (d * (sp.Abs(R) - d / 2), True)
    )
# Distributions, and good as numbers, probabilities and logits, too.
TRUE = [("1/2", "1/8", "3/8"), ("1/4", "1/4", "1/2"), ("1/16", "3/4", "3/16")]
PREDICTED = [("3/8", "1/8", "1/2"), ("1/8", "1/2", "3/8"), ("3/4", "3/16", "1/16")]
FAR = [("-7/2",), ("3",)]  # for those of one prediction that may be any number


@pytest.mark.parametrize(
    ("loss", "y_pred"),
    [
        (loss, y_pred)
        for loss in LOSSES
        for y_pred in (PREDICTED if loss.predictions != "numbers" else [*PREDICTED, *FAR])
    ],
    ids=str,
)
@pytest.mark.parametrize("y_true", TRUE)
def test_loss_and_derivative_equal_sympys(loss, y_true, y_pred):
    y_true, y_pred = ([*map(sp.Rational, point[: len(y_pred)])] for point in (y_true, y_pred))
    at = dict(zip((*T[: len(y_true)], *P[: len(y_pred)]), (*y_true, *y_pred), strict=True))
    arrays = np.array([y_true, y_pred], dtype=float)
    losses, derivatives = (np.atleast_1d(f(*arrays)) for f in (loss, loss.derivative))
    formula = SYMBOLIC[loss.name]
    np.testing.assert_allclose(losses[0], float(formula.subs(at).evalf(30)), rtol=1e-14)
    for derivative, p in zip(derivatives, P if loss in ROWWISE else P[:1], strict=False):
        expected = float(formula.diff(p).subs(at).evalf(30))
        np.testing.assert_allclose(derivative, expected, rtol=1e-14, atol=1e-16)


NUMBERS, PROBABILITIES = st.floats(-1e3, 1e3), st.floats(0, 1)
INNER = st.floats(0.05, 0.95)  # torch takes -100 for the logarithm of 0
WEIGHTS = st.just(0.0) | st.floats(1e-3, 1)
SHAPES = hnp.array_shapes(max_dims=3, max_side=4)


@st.composite
def pairs(draw, loss, shapes=SHAPES):
    """Return targets and predictions that a loss takes, of one shape."""
    shape = draw(shapes)
    arrays = []
    for argument, kind in (("y_true", loss.targets), ("y_pred", loss.predictions)):
        if kind == "distributions":
            weights = draw(hnp.arrays(np.float64, shape, elements=WEIGHTS))
            weights += 0.1 if argument == "y_pred" else np.eye(shape[-1])[0] / 100
            arrays.append(weights / weights.sum(axis=-1, keepdims=True))
        else:
            inner = PROBABILITIES if argument == "y_true" else INNER
            elements = inner if kind == "probabilities" else NUMBERS
            arrays.append(draw(hnp.arrays(np.float64, shape, elements=elements)))
    return arrays


def central_differences(loss, y_true, y_pred, h):
    formula = loss.formula
    if loss not in ROWWISE:
        return (formula(y_true, y_pred + h) - formula(y_true, y_pred - h)) / (2 * h)
    pushes = h * np.eye(y_pred.shape[-1])
    columns = [(formula(y_true, y_pred + p) - formula(y_true, y_pred - p)) for p in pushes]
    return np.stack(columns, axis=-1) / (2 * h)


@each_loss
@given(data=st.data())
def test_derivative_equals_central_difference_away_from_kinks(loss, data):
    y_true, y_pred = data.draw(pairs(loss))
    h = 1e-5 if loss.name in ("binary_cross_entropy", "cross_entropy") else 1e-3
    kink = {"absolute_error": 0.0, HUBER.name: 1.0, WIDE_HUBER.name: 2.5}.get(loss.name, -1.0)
    smooth = abs(abs(y_pred - y_true) - kink) > 2 * h
    difference = central_differences(loss, y_true, y_pred, h)
    derivative = loss.derivative(y_true, y_pred)
    np.testing.assert_allclose(derivative[smooth], difference[smooth], rtol=2e-6, atol=1e-5)


def loss_of_torch(name, y_pred, y_true):
    losses = torch.nn.functional
    if name == "cross_entropy":
        return -(y_true * y_pred.log()).sum(dim=-1)
    if name == "cross_entropy_with_logits":  # torch wants the classes second
        rows = (array.reshape(-1, array.shape[-1]) for array in (y_pred, y_true))
        return losses.cross_entropy(*rows, reduction="none").reshape(y_true.shape[:-1])
    function, options, factor = {
        "squared_error": (losses.mse_loss, {}, 1),
        "half_squared_error": (losses.mse_loss, {}, 1 / 2),
        "absolute_error": (losses.l1_loss, {}, 1),
        HUBER.name: (losses.huber_loss, {}, 1),
        WIDE_HUBER.name: (losses.huber_loss, {"delta": 2.5}, 1),
        "binary_cross_entropy": (losses.binary_cross_entropy, {}, 1),
        "binary_cross_entropy_with_logits": (losses.binary_cross_entropy_with_logits, {}, 1),
    }[name]
    return factor * function(y_pred, y_true, reduction="none", **options)


@each_loss
@given(data=st.data())
def test_loss_and_derivative_equal_torch(loss, data):
    pair = data.draw(pairs(loss))
    y_true, y_pred = (torch.tensor(array) for array in pair)
    y_pred.requires_grad_()
    expected = loss_of_torch(loss.name, y_pred, y_true)
    expected.sum().backward()
    close = {"rtol": 1e-14, "atol": np.finfo(np.float64).tiny}
    if "entropy" in loss.name:
        close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(loss(*pair), expected.detach(), **close)
    np.testing.assert_allclose(loss.derivative(*pair), y_pred.grad, **close)


@pytest.mark.parametrize("labels", [[0, 2, 1], [1, 1, 1]])
def test_cross_entropy_of_labels_equals_torchs(labels):
    logits = np.array([[1.0, -2.0, 3.0], [0.0, 0.5, 0.0], [-1.0, 2.0, 7.0]])
    expected = torch.nn.functional.cross_entropy(
        torch.tensor(logits), torch.tensor(labels), reduction="none"
    )
    actual = gdbook.cross_entropy_with_logits(gdbook.one_hot(labels, 3), logits)
    np.testing.assert_allclose(actual, expected, rtol=1e-14)


class TestSmoothness:
    """The second derivative reaches its bound, and the slope never changes faster."""

    @pytest.mark.parametrize(
        ("loss", "expected"),
        [
            (gdbook.squared_error, 2),
            (gdbook.half_squared_error, 1),
            (HUBER, 1),
            (WIDE_HUBER, 1),
            (gdbook.binary_cross_entropy_with_logits, Fraction(1, 4)),
        ],
        ids=repr,
    )
    def test_is_sympys_second_derivative_at_the_steepest_point(self, loss, expected):
        second = SYMBOLIC[loss.name].diff(P[0], 2)
        at = {T[0]: sp.Rational(1, 2), P[0]: 0}
        assert second.subs(at).doit() == expected == Fraction(loss.smoothness)

    def test_is_sympys_for_two_classes_of_equal_logits(self):
        t, z = T[0], P[:2]
        log_sum = sp.log(sp.exp(z[0]) + sp.exp(z[1]))
        hessian = sp.hessian(log_sum - t * z[0] - (1 - t) * z[1], z).subs(dict.fromkeys(z, 0))
        smoothness = Fraction(gdbook.cross_entropy_with_logits.smoothness)
        assert max(hessian.eigenvals()) == sp.Rational(1, 2) == smoothness

    @pytest.mark.parametrize("loss", BOUNDED, ids=repr)
    @given(data=st.data())
    def test_bounds_the_change_of_the_slope(self, loss, data):
        y_true, here = data.draw(pairs(loss))
        there = data.draw(hnp.arrays(np.float64, here.shape, elements=NUMBERS))
        change = loss.derivative(y_true, there) - loss.derivative(y_true, here)
        bound = loss.smoothness * np.linalg.norm(there - here)
        assert np.linalg.norm(change) <= bound * (1 + 1e-12) + 1e-12

    @pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss.smoothness is None], ids=repr)
    def test_is_none_where_the_slope_can_change_at_any_rate(self, loss):
        here, there = np.array([[1e-9, 1 - 1e-9], [2e-9, 1 - 2e-9]])
        y_true = np.array([1.0, 0.0])
        if loss is gdbook.absolute_error:
            y_true = np.full(2, 1.5e-9)
        change = loss.derivative(y_true, there) - loss.derivative(y_true, here)
        assert change[0] / 1e-9 > 1e9

    @pytest.mark.parametrize("loss", BOUNDED, ids=repr)
    def test_is_the_second_derivative_everywhere_just_for_quadratic_losses(self, loss):
        far = 3.0  # where Huber's loss is straight and the logistic one nearly so
        slopes = [loss.derivative([1.0, 0.0], [z, -z]) for z in (far, far + 1)]
        is_constant = np.allclose(slopes[1] - slopes[0], [loss.smoothness, -loss.smoothness])
        assert is_constant == loss.is_quadratic


class TestHuber:
    @given(data=st.data())
    def test_equals_half_squared_error_within_delta(self, data):
        y_true, y_pred = data.draw(pairs(HUBER))
        loss, half = huber(delta=max(1.0, abs(y_pred - y_true).max())), gdbook.half_squared_error
        np.testing.assert_array_equal(loss(y_true, y_pred), half(y_true, y_pred))
        derivatives = loss.derivative(y_true, y_pred), half.derivative(y_true, y_pred)
        np.testing.assert_array_equal(*derivatives)

    @pytest.mark.parametrize("delta", [0.0, -1.0, math.inf, math.nan, 10**400])
    def test_delta_that_is_not_positive_and_finite_is_refused(self, delta):
        with pytest.raises(ValueError, match=r"delta is .*: pass a finite number greater than 0"):
            huber(delta=delta)

    @pytest.mark.parametrize("delta", ["1", None, [1.0], True])
    def test_delta_that_is_no_number_is_refused(self, delta):
        with pytest.raises(TypeError, match=r"delta is .*: pass a finite number greater than 0"):
            huber(delta=delta)

    def test_delta_is_passed_by_name(self):
        with pytest.raises(TypeError, match="takes 0 positional arguments"):
            huber(2.0)

    def test_delta_is_computed_in_float64(self):
        formula = huber(delta=Fraction(5, 2)).formula
        assert formula(np.zeros(1), np.full(1, 9.0)).dtype == np.float64


LARGEST = np.finfo(np.float64).max


class TestLargeNumbers:
    """What is finite comes out finite; what is not is infinite, without a warning."""

    @pytest.mark.parametrize(
        ("loss", "y_true", "y_pred", "value", "slope"),
        [
            (gdbook.squared_error, 1e200, -1e200, INF, -4e200),
            (gdbook.squared_error, 0.0, 1e154, 1e308, 2e154),
            (gdbook.half_squared_error, 0.0, 1.5e154, 1.125e308, 1.5e154),
            (gdbook.half_squared_error, 1e200, -1e200, INF, -2e200),
            (gdbook.absolute_error, 1e308, -1e308, INF, -1.0),
            (huber(delta=0.1), 1e308, -1e308, 2e307, -0.1),
            (huber(delta=2.0), 0.0, 1e300, 2e300, 2.0),
            (huber(delta=1e308), 0.0, 1.0, 0.5, 1.0),
            (huber(delta=1.5e154), 0.0, 1.5e154, 1.125e308, 1.5e154),
            (gdbook.binary_cross_entropy_with_logits, 0.25, LARGEST, 0.75 * LARGEST, 0.75),
            (gdbook.binary_cross_entropy_with_logits, 0.25, -LARGEST, 0.25 * LARGEST, -0.25),
        ],
        ids=str,
    )
    def test_of_single_predictions(self, loss, y_true, y_pred, value, slope):
        assert loss(y_true, y_pred) == pytest.approx(value, rel=1e-15)
        assert loss.derivative(y_true, y_pred) == pytest.approx(slope, rel=1e-15)

    def test_of_logits_that_are_too_far_apart_for_a_float(self):
        loss, y_true = gdbook.cross_entropy_with_logits, [0.125, 0.875]
        assert loss(y_true, [-LARGEST, LARGEST]) == pytest.approx(LARGEST / 4, rel=1e-15)
        np.testing.assert_array_equal(loss.derivative(y_true, [-LARGEST, LARGEST]), [-0.125, 0.125])

    @each_function
    @given(data=st.data())
    def test_gives_no_warning_and_no_nan(self, function, data):
        loss = getattr(function, "__self__", function)
        y_true, y_pred = data.draw(pairs(loss))
        if loss.predictions in ("numbers", "rows"):
            finite = st.floats(allow_nan=False, allow_infinity=False)
            y_pred = data.draw(hnp.arrays(np.float64, y_true.shape, elements=finite))
        assert not np.isnan(function(y_true, y_pred)).any()


class TestSmallLosses:
    """Losses and derivatives near 0 have all their digits."""

    @pytest.mark.parametrize("z", [20.0, 30.0, 40.0, 700.0])
    def test_of_logits_equal_those_of_40_digits(self, z):
        with mpmath.workdps(40):
            small = mpmath.exp(-z)
            value, slope = float(mpmath.log1p(small)), float(small / (1 + small))
        close = {"rel": 1e-14, "abs": 0}
        binary, rows = gdbook.binary_cross_entropy_with_logits, gdbook.cross_entropy_with_logits
        assert binary(1.0, z) == binary(0.0, -z) == pytest.approx(value, **close)
        assert binary.derivative(1.0, z) == pytest.approx(-slope, **close)
        assert binary.derivative(0.0, -z) == pytest.approx(slope, **close)
        assert rows([1.0, 0.0], [z, 0.0]) == pytest.approx(value, **close)
        derivatives = rows.derivative([1.0, 0.0], [z, 0.0])
        np.testing.assert_allclose(derivatives, [-slope, slope], rtol=1e-14)

    def test_of_several_classes_equal_those_of_40_digits(self):
        logits = [3.0, 45.0, 2.5, 44.0]
        with mpmath.workdps(40):
            powers = [mpmath.exp(z) for z in logits]
            shares = [power / sum(powers) for power in powers]
            value = float(-mpmath.log(shares[1]))
            slopes = [float(share - (c == 1)) for c, share in enumerate(shares)]
        loss, y_true = gdbook.cross_entropy_with_logits, gdbook.one_hot(1, 4)
        assert loss(y_true, logits) == pytest.approx(value, rel=1e-14)
        np.testing.assert_allclose(loss.derivative(y_true, logits), slopes, rtol=1e-14)

    def test_of_probabilities(self):
        assert gdbook.binary_cross_entropy(0.0, 1e-20) == 1e-20


class TestCrossEntropies:
    @given(data=st.data())
    def test_h_of_p_and_p_is_the_entropy_of_p_and_the_smallest(self, data):
        p, q = data.draw(pairs(gdbook.cross_entropy))
        rows = p.reshape(-1, p.shape[-1])
        entropies = [-math.fsum(x * math.log(x) for x in row if x) for row in rows]
        actual = gdbook.cross_entropy(p, p)
        np.testing.assert_allclose(np.ravel(actual), entropies, rtol=1e-12, atol=1e-15)
        assert (gdbook.cross_entropy(p, q) >= actual - 1e-12).all()

    def test_is_not_symmetric(self):
        p, q = [0.5, 0.5], [0.9, 0.1]
        assert gdbook.cross_entropy(p, q) == pytest.approx(-math.log(0.09) / 2)
        assert gdbook.cross_entropy(q, p) == pytest.approx(LN2)

    @given(data=st.data())
    def test_binary_is_that_of_two_classes(self, data):
        y, p = data.draw(pairs(gdbook.binary_cross_entropy))
        _, z = data.draw(pairs(gdbook.squared_error, shapes=st.just(y.shape)))
        pair = np.stack([1 - y, y], axis=-1)
        np.testing.assert_allclose(
            gdbook.binary_cross_entropy(y, p),
            gdbook.cross_entropy(pair, np.stack([1 - p, p], axis=-1)),
            rtol=1e-13,
        )
        logits = np.stack([np.zeros_like(z), z], axis=-1)
        np.testing.assert_allclose(
            gdbook.binary_cross_entropy_with_logits(y, z),
            gdbook.cross_entropy_with_logits(pair, logits),
            rtol=1e-12,
            atol=1e-12,
        )
        np.testing.assert_allclose(
            gdbook.binary_cross_entropy_with_logits.derivative(y, z),
            gdbook.cross_entropy_with_logits.derivative(pair, logits)[..., 1],
            rtol=1e-12,
            atol=1e-12,
        )

    @given(z=st.floats(-30, 30), y=PROBABILITIES)
    def test_with_logits_is_that_of_the_probability(self, z, y):
        expected = gdbook.binary_cross_entropy(y, 1 / (1 + math.exp(-z)))
        actual = gdbook.binary_cross_entropy_with_logits(y, z)
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-15 * math.exp(abs(z)))

    @pytest.mark.parametrize("scale", [1e3, 1e6, 1e307, 1.7e308])
    @pytest.mark.parametrize("loss", [BINARY[1], ROWWISE[1]], ids=repr)
    def test_no_logit_is_too_large(self, loss, scale):
        y_true, y_pred = np.array([0.0, 1.0]), np.array([-scale, scale])
        for sign in (1, -1):
            assert not np.isnan(loss(y_true, sign * y_pred)).any()
            assert np.isfinite(loss.derivative(y_true, sign * y_pred)).all()
        assert (loss(y_true, y_pred) == 0).all()

    def test_all_logits_may_be_moved_together(self):
        y_true, logits = gdbook.one_hot([1], 3), np.array([[1.0, 2.0, 4.0]])
        for move in (-1e6, 1e6):
            np.testing.assert_allclose(
                gdbook.cross_entropy_with_logits(y_true, logits + move),
                gdbook.cross_entropy_with_logits(y_true, logits),
                rtol=1e-9,
            )

    @given(data=st.data())
    def test_derivatives_with_logits_add_up_to_zero(self, data):
        derivative = gdbook.cross_entropy_with_logits.derivative
        pair = data.draw(pairs(gdbook.cross_entropy_with_logits))
        np.testing.assert_allclose(derivative(*pair).sum(axis=-1), 0, atol=1e-14)

    def test_a_probability_of_minus_zero_is_zero(self):
        assert gdbook.binary_cross_entropy.derivative(1.0, -0.0) == -math.inf
        assert gdbook.binary_cross_entropy(1.0, -0.0) == math.inf
        np.testing.assert_array_equal(
            gdbook.cross_entropy.derivative([1.0, 0.0], [-0.0, 1.0]), [-math.inf, 0.0]
        )

    def test_a_slope_too_large_for_a_float_is_infinite(self):
        tiny = 5e-324
        assert gdbook.binary_cross_entropy.derivative(1.0, tiny) == -math.inf
        actual = gdbook.cross_entropy.derivative([1.0, 0.0], [tiny, 1.0])
        np.testing.assert_array_equal(actual, [-math.inf, 0.0])

    @pytest.mark.parametrize("sign", [1, -1])
    def test_rows_may_miss_the_sum_of_1_by_rounding(self, sign):
        row = [0.5, 0.5 + sign * 9e-10]
        assert gdbook.cross_entropy(row, row) == pytest.approx(LN2)
        with pytest.raises(ValueError, match=r"y_pred adds up to .*: pass rows of sum 1"):
            gdbook.cross_entropy([0.5, 0.5], [0.5, 0.5 + sign * 2e-9])

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_rows_may_miss_the_sum_of_1_by_the_rounding_of_their_dtype(self, dtype):
        logits = np.random.default_rng(0).normal(size=(200, 50)).astype(dtype)
        powers = np.exp(logits)
        rows = (powers / powers.sum(axis=1, keepdims=True)).astype(dtype)
        assert abs(rows.astype(float).sum(axis=1) - 1).max() > (1e-9 if dtype != np.float64 else 0)
        expected = -(rows.astype(float) * np.log(rows.astype(float))).sum(axis=1)
        np.testing.assert_allclose(gdbook.cross_entropy(rows, rows), expected, rtol=1e-13)

    def test_softmax_of_torch_in_float32_is_taken(self):
        rows = torch.softmax(torch.randn(100, 30, generator=torch.Generator().manual_seed(0)), 1)
        labels = gdbook.one_hot(np.arange(100) % 30, 30)
        expected = -torch.log(rows.double()).numpy()[np.arange(100), np.arange(100) % 30]
        np.testing.assert_allclose(gdbook.cross_entropy(labels, rows), expected, rtol=1e-12)

    def test_rows_that_miss_it_by_more_than_their_rounding_are_refused(self):
        rows = np.array([[0.5, 0.5], [0.5, 0.501]], dtype=np.float32)
        with pytest.raises(ValueError, match=r"y_pred\[1\] adds up to 1\.00.*: pass rows of sum 1"):
            gdbook.cross_entropy([[0.5, 0.5], [0.5, 0.5]], rows)


class TestOneHot:
    def test_puts_a_one_where_the_label_is(self):
        labels = np.array([[2, 0], [1, 1]])
        expected = [[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 1, 0]]]
        np.testing.assert_array_equal(gdbook.one_hot(labels, 3), expected)
        assert gdbook.one_hot(labels, 3).dtype == np.float64
        np.testing.assert_array_equal(gdbook.one_hot(1, n_classes=2), [0, 1])
        np.testing.assert_array_equal(gdbook.one_hot([0.0, 1.0], 2), np.eye(2))

    def test_takes_the_memory_of_its_result(self):
        tracemalloc.start()
        hot = gdbook.one_hot([1, 3], 1_000_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1.1 * hot.nbytes

    @pytest.mark.parametrize(
        ("labels", "message"),
        [
            ([3], r"labels\[0\] is 3\.0: pass whole numbers from 0 to 2"),
            ([0, -1], r"labels\[1\] is -1\.0: pass whole numbers from 0 to 2"),
            ([[0, 0.5]], r"labels\[0, 1\] is 0\.5: pass whole numbers from 0 to 2"),
            ([], "labels is empty"),
            ([0, math.nan], r"labels\[1\] is nan: pass finite numbers"),
        ],
    )
    def test_what_is_no_class_is_refused(self, labels, message):
        with pytest.raises(ValueError, match=message):
            gdbook.one_hot(labels, 3)

    @pytest.mark.parametrize(
        ("labels", "message"),
        [
            (["a"], r"labels has dtype <U1: pass the numbers .* np\.unique\(labels, return_inv"),
            (np.array(["cat", "dog"], dtype=object), r"np\.unique\(labels, return_inverse=True\)"),
            (np.array([True]), r"labels has dtype bool: .*, such as labels\.astype\(int\)"),
            ([True, False], r"labels has dtype bool: .*, such as np\.array\(labels\)\.astype\(int"),
        ],
    )
    def test_labels_that_are_no_numbers_are_refused_with_how_to_make_some(self, labels, message):
        with pytest.raises(TypeError, match=message):
            gdbook.one_hot(labels, 3)

    def test_number_of_classes_that_is_none_is_refused(self):
        with pytest.raises(ValueError, match="n_classes is 0: pass 1 or more"):
            gdbook.one_hot([0], 0)
        with pytest.raises(TypeError, match=r"n_classes is 2\.0: pass a whole number"):
            gdbook.one_hot([0], 2.0)


class Frame:
    """What a data frame of pandas shows of itself here."""

    def __init__(self, rows):
        self.rows = np.array(rows)

    def __repr__(self):
        return f"a frame of {self.rows.dtype}"

    def __array__(self, dtype=None, copy=None):
        return self.rows

    def to_numpy(self):
        return self.rows


class TestBadInput:
    """Of any loss: the message names the argument, the place, and what to do."""

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            (["a"], r"y_true has dtype <U1, and y_true\[0\] is 'a': pass real numbers"),
            ([[1.0, None]], r"y_true has dtype object, and y_true\[0, 1\] is None: pass real"),
            ([1.0, 2j], r"y_true has dtype complex128, and y_true\[0\] is .*1.*: pass real"),
            ({"a": 1}, r"y_true has dtype object, and y_true is \{'a': 1\}: pass real numbers"),
            (np.array(["1", "2.5"]), r"pass real numbers, such as y_true\.astype\(float\)"),
            (["1", "2.5"], r"pass real numbers, such as np\.array\(y_true\)\.astype\(float\)"),
            (np.array([1, Fraction(1, 2)]), r"dtype object: .*, such as y_true\.astype\(float\)"),
            (np.array([True]), r"dtype bool: pass real numbers, such as y_true\.astype\(int\)"),
            ([True], r"dtype bool: pass .*, such as np\.array\(y_true\)\.astype\(int\)"),
            (Frame([True]), r"dtype bool: pass .*, such as y_true\.to_numpy\(\)\.astype\(int\)"),
            (
                Frame(np.array([["1", "?"]], dtype=object)),
                r"y_true has dtype object, and y_true\[0, 1\] is '\?': pass real numbers",
            ),
            (np.ma.array([1, 99], mask=[0, 1]), r"y_true is a masked array: .*y_true\.filled"),
            ([np.ma.array([1, 99], mask=[0, 1])], "y_true is a masked array"),
        ],
        ids=repr,
    )
    def test_what_is_no_real_number_is_refused(self, values, message):
        with pytest.raises(TypeError, match=message):
            gdbook.squared_error(values, [1.0, 2.0])

    def test_tensors_that_require_grad_are_refused(self):
        weights = torch.ones(2, requires_grad=True)
        for values in (weights, list(weights)):
            with pytest.raises(TypeError, match=r"y_pred is a tensor that requires grad: pass y_p"):
                gdbook.squared_error([1.0, 2.0], values)

    def test_rows_of_different_lengths_are_refused(self):
        message = r"y_pred\[1\] has length 1, and y_pred\[0\] has length 2: pass rows of one length"
        with pytest.raises(ValueError, match=message):
            gdbook.squared_error(np.ones((2, 2)), [[1.0, 2.0], [3.0]])

    def test_what_no_array_can_be_made_of_is_refused(self):
        with pytest.raises(TypeError, match=r"y_pred cannot be made an array: .*inhomogeneous"):
            gdbook.squared_error(np.ones(2), [[1.0, [2.0]], [3.0, [4.0, 5.0]]])

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_what_is_not_finite_is_refused_with_its_place(self, value):
        with pytest.raises(ValueError, match=rf"y_pred\[1, 0\] is {value}: pass finite numbers"):
            gdbook.squared_error(np.zeros((2, 1)), [[0.0], [value]])
        with pytest.raises(ValueError, match=rf"y_true is {value}: pass finite numbers"):
            gdbook.squared_error(value, 0.0)

    @pytest.mark.parametrize(
        ("y_true", "y_pred", "advice"),
        [
            (np.ones(1), np.ones((3, 1)), r"equal shapes\."),
            (np.ones(3), np.ones((3, 1)), r"equal shapes, such as y_pred\.ravel\(\)\."),
            (np.ones((3, 1)), np.ones(3), r"equal shapes, such as y_true\.ravel\(\)\."),
            (np.ones((3, 2)), np.ones((3, 2, 1)), r"equal shapes, such as y_pred\[\.\.\., 0\]\."),
        ],
    )
    def test_unequal_shapes_are_refused_rather_than_broadcast(self, y_true, y_pred, advice):
        with pytest.raises(ValueError, match=r"y_true has shape .*, y_pred .*: pass " + advice):
            gdbook.squared_error(y_true, y_pred)

    def test_empty_data_are_refused(self):
        with pytest.raises(ValueError, match=r"y_true is empty \(shape \(0,\)\)"):
            gdbook.squared_error([], [])

    def test_options_of_other_functions_are_refused(self):
        with pytest.raises(TypeError, match="unexpected keyword argument 'delta'"):
            gdbook.squared_error([1.0], [1.0], delta=1.0)


@each_function
def test_each_loss_and_derivative_checks_what_it_is_given(function):
    with pytest.raises(TypeError, match="y_pred has dtype <U1"):
        function([1.0], ["a"])
    with pytest.raises(ValueError, match=r"y_true\[1\] is nan: pass finite numbers"):
        function([1.0, np.nan], [1.0, 0.0])
    with pytest.raises(ValueError, match=r"y_true has shape \(1,\), y_pred \(3, 1\): pass equal"):
        function(np.ones(1), np.ones((3, 1)))


@each_function
def test_integers_are_computed_in_float64(function):
    y_true, y_pred = np.array([0, 1], dtype=np.int8), np.array([1, 0], dtype=np.int8)
    expected = function(y_true.astype(float), y_pred.astype(float))
    np.testing.assert_array_equal(function(y_true, y_pred), expected)
    assert function(y_true, y_pred).dtype == np.float64


@each_function
def test_read_only_arguments_are_taken_and_left_alone(function):
    y_true, y_pred = np.array([0.25, 0.75]), np.array([0.5, 0.5])
    for array in (y_true, y_pred):
        array.flags.writeable = False
    function(y_true, y_pred)
    np.testing.assert_array_equal([y_true, y_pred], [[0.25, 0.75], [0.5, 0.5]])


def test_integers_do_not_overflow():
    assert gdbook.squared_error(np.array([-100], dtype=np.int8), [100]) == 40_000


def both(*losses):
    return [function for loss in losses for function in (loss, loss.derivative)]


@pytest.mark.parametrize("value", [-0.5, 1.5, np.nextafter(1, 2), -1.0])
class TestBadProbabilities:
    @pytest.mark.parametrize("function", both(*BINARY))
    def test_targets_are_refused(self, function, value):
        message = rf"y_true\[1\] is {value}: pass numbers from 0 to 1\."
        with pytest.raises(ValueError, match=message):
            function([0.5, value], [0.5, 0.5])

    @pytest.mark.parametrize("function", both(gdbook.binary_cross_entropy))
    def test_predictions_are_refused_with_a_hint_at_logits(self, function, value):
        message = rf"y_pred\[1\] is {value}: pass numbers from 0 to 1, or use the loss with logits"
        with pytest.raises(ValueError, match=message):
            function([0.5, 0.5], [0.5, value])

    @pytest.mark.parametrize("function", both(*ROWWISE))
    def test_targets_in_rows_are_refused_with_a_hint_at_one_hot(self, function, value):
        message = r"y_true\[0\] is .*: pass numbers from 0 to 1; one_hot makes such rows"
        with pytest.raises(ValueError, match=message):
            function([value, 1 - value], [0.5, 0.5])

    @pytest.mark.parametrize("function", both(gdbook.cross_entropy))
    def test_predictions_in_rows_are_refused(self, function, value):
        with pytest.raises(ValueError, match=r"y_pred\[0\] is .*: .* the loss with logits"):
            function([0.5, 0.5], [value, 1 - value])


@pytest.mark.parametrize("function", both(*ROWWISE))
class TestBadRows:
    @pytest.mark.parametrize("row", [[0.5, 0.6], [0.0, 0.0], [1.0, 1.0]])
    def test_targets_that_do_not_add_up_to_1_are_refused(self, function, row):
        with pytest.raises(ValueError, match=rf"y_true\[1\] adds up to {sum(row)}: pass rows"):
            function([[1.0, 0.0], row], np.full((2, 2), 0.5))

    def test_a_number_is_no_row(self, function):
        with pytest.raises(ValueError, match=r"y_true is one number, 1\.0: pass a row"):
            function(1.0, [1.0])
        with pytest.raises(ValueError, match=r"y_pred is one number, 1\.0: pass a row"):
            function([1.0], 1.0)


def quartic_slope(y_true, y_pred):
    return 4 * (y_pred - y_true) ** 3


@Loss.with_derivative(quartic_slope)
def quartic(y_true, y_pred):
    """Return the fourth power of the residual."""
    return (y_pred - y_true) ** 4


class TestOwnLoss:
    def test_has_the_name_and_the_docstring_of_its_formula(self):
        assert (repr(quartic), quartic.name) == ("quartic", "quartic")
        assert quartic.__doc__ == "Return the fourth power of the residual."

    def test_computes_with_its_formulas(self):
        np.testing.assert_array_equal(quartic([1, 2], [3, 2]), [16.0, 0.0])
        np.testing.assert_array_equal(quartic.derivative([1, 2], [3, 2]), [32.0, 0.0])
        assert (quartic.smoothness, quartic.is_quadratic) == (None, False)

    def test_may_overflow_without_a_warning(self):
        assert quartic([0.0], [1e100]) == INF
        assert quartic.derivative([0.0], [-1e200]) == -INF

    @pytest.mark.parametrize("loss", [gdbook.squared_error, gdbook.half_squared_error, quartic])
    def test_formulas_of_operators_take_fractions_expressions_and_tensors(self, loss):
        y_true, y_pred = Fraction(1, 3), Fraction(5, 2)
        exact = loss.formula(y_true, y_pred), loss.derivative_formula(y_true, y_pred)
        assert all(isinstance(each, Fraction) for each in exact)
        slope = loss.formula(*sp.symbols("y p")).diff("p").subs({"y": y_true, "p": y_pred})
        assert slope == sp.Rational(*exact[1].as_integer_ratio())
        leaf = torch.tensor(2.5, requires_grad=True, dtype=torch.float64)
        loss.formula(torch.tensor(1.0), leaf).backward()
        assert leaf.grad == loss.derivative(1.0, 2.5)

    def test_cannot_change_what_it_is_given(self):
        @Loss.with_derivative(quartic_slope)
        def in_place(y_true, y_pred):
            y_pred -= y_true
            return y_pred**4

        y_pred = np.ones(2)
        with pytest.raises(ValueError, match="read-only"):
            in_place(np.ones(2), y_pred)
        assert (y_pred == 1).all()

    def test_that_takes_the_mean_is_refused(self):
        loss = Loss(lambda y, p: ((p - y) ** 2).mean(), lambda y, p: 2 * (p - y), name="mean")
        message = r"the formula of mean returned shape \(\) of float64: return .* shape \(2,\)"
        with pytest.raises(ValueError, match=message):
            loss([1.0, 2.0], [1.0, 2.0])

    def test_of_rows_returns_one_loss_for_each(self):
        loss = Loss(
            lambda t, z: ((z - t) ** 2).sum(axis=-1),
            lambda t, z: 2 * (z - t),
            targets="rows",
            predictions="rows",
        )
        np.testing.assert_array_equal(loss([[1.0, 2.0]], [[2.0, 4.0]]), [5.0])
        np.testing.assert_array_equal(loss.derivative([[1.0, 2.0]], [[2.0, 4.0]]), [[2.0, 4.0]])

    @pytest.mark.parametrize(
        ("change", "error", "message"),
        [
            ({"formula": 1}, TypeError, "formula is 1: pass a function of y_true and y_pred"),
            ({"derivative_formula": None}, TypeError, "derivative_formula is None: pass a func"),
            ({"smoothness": -1}, ValueError, r"smoothness is -1\.0: pass a finite number, 0 or"),
            ({"smoothness": "2"}, TypeError, "smoothness is '2': pass a finite number, 0 or more"),
            ({"is_quadratic": True}, ValueError, "smoothness is None: pass the second derivative"),
            ({"is_quadratic": "no"}, TypeError, "is_quadratic is 'no': pass True or False"),
            ({"targets": "labels"}, ValueError, "targets is 'labels': pass one of 'numbers', 'pr"),
            ({"predictions": None}, ValueError, "predictions is None: pass one of 'numbers', 'p"),
        ],
    )
    def test_made_of_what_makes_none_is_refused(self, change, error, message):
        parts = {"formula": abs, "derivative_formula": quartic_slope, **change}
        with pytest.raises(error, match=message):
            Loss(**parts)


def unpickled(loss):
    return pickle.loads(pickle.dumps(loss))  # noqa: S301 - it comes from the line itself


class TestPickling:
    @pytest.mark.parametrize("loss", [*LOSSES, quartic], ids=repr)
    def test_a_loss_computes_the_same_when_it_comes_back(self, loss):
        found = unpickled(loss)
        y_true, y_pred = [0.25, 0.75], [0.5, 0.5]
        assert repr(found) == repr(loss)
        for name in ("smoothness", "is_quadratic", "targets", "predictions"):
            assert getattr(found, name) == getattr(loss, name)
        np.testing.assert_array_equal(found(y_true, y_pred), loss(y_true, y_pred))
        ours, theirs = found.derivative(y_true, y_pred), loss.derivative(y_true, y_pred)
        np.testing.assert_array_equal(ours, theirs)

    @pytest.mark.parametrize("loss", [gdbook.squared_error, gdbook.cross_entropy], ids=repr)
    def test_a_loss_of_a_module_is_the_same_when_it_comes_back(self, loss):
        assert unpickled(loss) is loss

    def test_workers_that_are_started_afresh_get_losses(self):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found = pool.map(repr, [gdbook.squared_error, WIDE_HUBER])
            assert [*found] == ["squared_error", "huber(delta=2.5)"]

    def test_a_loss_of_the_main_program_reaches_its_workers(self, tmp_path):
        (tmp_path / "grid.py").write_text(MAIN, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "grid"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(gdbook.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.stdout == "[16.0, 81.0]\n", run.stderr


MAIN = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from gdbook import Loss, linear_model

@Loss.with_derivative(lambda y_true, y_pred: 4 * (y_pred - y_true) ** 3)
def quartic(y_true, y_pred):
    return (y_pred - y_true) ** 4

def value(job):
    objective, weight = job
    return objective.value([weight])

if __name__ == "__main__":
    objective = linear_model([[1.0]], [1.0], loss=quartic, intercept=False)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        print([*pool.map(value, [(objective, 3.0), (objective, 4.0)])])
"""
