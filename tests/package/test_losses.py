"""Losses and their derivatives, each against closed forms, SymPy, differences and torch."""

import math
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracle import torch

import gdbook
from gdbook import cross_entropies, losses
from gdbook._checks import formula_of

WIDE_HUBER = partial(gdbook.huber, delta=2.5)
ELEMENTWISE = [*(getattr(losses, name) for name in losses.__all__), WIDE_HUBER]
ROWWISE = [cross_entropies.cross_entropy, cross_entropies.cross_entropy_with_logits]
LOSSES = [*ELEMENTWISE, *ROWWISE]
UNBOUNDED = [gdbook.absolute_error, gdbook.binary_cross_entropy, gdbook.cross_entropy]
BOUNDED = [loss for loss in LOSSES if loss not in UNBOUNDED]
LN2, INF = math.log(2), math.inf


def label(loss):
    return getattr(loss, "__name__", "huber_2.5")


each_loss = pytest.mark.parametrize("loss", LOSSES, ids=label)

# targets, predictions, losses, derivatives
CLOSED_FORMS = {
    "squared_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [4.0, 0.0, 0.25], [-4.0, 0.0, 1.0]),
    "half_squared_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [2.0, 0.0, 0.125], [-2.0, 0.0, 0.5]),
    "absolute_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [2.0, 0.0, 0.5], [-1.0, 0.0, 1.0]),
    "huber": (
        [3.0, 0.0, 1.0, 1.0, 1.0],
        [1.0, 0.0, 1.5, 2.0, 0.0],
        [1.5, 0.0, 0.125, 0.5, 0.5],
        [-1.0, 0.0, 0.5, 1.0, -1.0],
    ),
    "huber_2.5": (
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


@each_loss
def test_each_loss_has_a_derivative_named_after_it(loss):
    derivative = gdbook.derivative_of(loss)
    if isinstance(loss, partial):
        loss, derivative = loss.func, derivative.func
    assert derivative.__name__ == f"{loss.__name__}_derivative"


def test_the_suite_covers_every_loss():
    public = {*losses.__all__, *cross_entropies.__all__} - {"one_hot"}
    expected = {name for name in public if not name.endswith("_derivative")}
    assert {loss.__name__ for loss in LOSSES if loss is not WIDE_HUBER} == expected


@each_loss
def test_loss_and_derivative_equal_their_closed_forms(loss):
    y_true, y_pred, values, derivatives = CLOSED_FORMS[label(loss)]
    np.testing.assert_allclose(loss(y_true, y_pred), values, rtol=1e-15, atol=0)
    actual = gdbook.derivative_of(loss)(y_true, y_pred)
    np.testing.assert_allclose(actual, derivatives, rtol=1e-15, atol=0)


@each_loss
def test_a_loss_of_zero_has_no_sign(loss):
    y_true, y_pred, *_ = CLOSED_FORMS[label(loss)]
    assert not np.signbit(loss(y_true, y_pred)).any()
    assert not np.signbit(loss([1.0], [1.0])).any()


@each_loss
def test_a_single_prediction_or_row_is_enough(loss):
    y_true, y_pred, values, derivatives = CLOSED_FORMS[label(loss)]
    np.testing.assert_allclose(loss(y_true[1], y_pred[1]), values[1])
    np.testing.assert_allclose(gdbook.derivative_of(loss)(y_true[1], y_pred[1]), derivatives[1])
    assert np.shape(loss(y_true[1], y_pred[1])) == ()


@each_loss
def test_losses_of_many_dimensions_are_those_of_their_parts(loss):
    y_true, y_pred, values, derivatives = CLOSED_FORMS[label(loss)]
    doubled = np.array([[y_true, y_true]]), np.array([[y_pred, y_pred]])
    np.testing.assert_allclose(loss(*doubled), [[values, values]])
    np.testing.assert_allclose(gdbook.derivative_of(loss)(*doubled), [[derivatives, derivatives]])


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
for name, d in (("huber", sp.Integer(1)), ("huber_2.5", sp.Rational(5, 2))):
    SYMBOLIC[name] = sp.Piecewise((R**2 / 2, sp.Abs(R) <= d), (d * (sp.Abs(R) - d / 2), True))
# Distributions, and good as numbers, probabilities and logits, too.
TRUE = [("1/2", "1/8", "3/8"), ("1/4", "1/4", "1/2"), ("1/16", "3/4", "3/16")]
PREDICTED = [("3/8", "1/8", "1/2"), ("1/8", "1/2", "3/8"), ("3/4", "3/16", "1/16")]


@each_loss
@pytest.mark.parametrize("y_true", TRUE)
@pytest.mark.parametrize("y_pred", [*PREDICTED, ("-7/2",), ("3",)])
def test_loss_and_derivative_equal_sympys(loss, y_true, y_pred):
    if len(y_pred) == 1:  # far off, for those of one prediction that may be any number
        if loss in ROWWISE or loss is gdbook.binary_cross_entropy:
            return
        y_true = y_true[:1]
    y_true, y_pred = ([*map(sp.Rational, point)] for point in (y_true, y_pred))
    at = dict(zip((*T[: len(y_true)], *P[: len(y_pred)]), (*y_true, *y_pred), strict=True))
    arrays = np.array([y_true, y_pred], dtype=float)
    losses, derivatives = (np.atleast_1d(f(*arrays)) for f in (loss, gdbook.derivative_of(loss)))
    formula = SYMBOLIC[label(loss)]
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
    for argument in ("y_true", "y_pred"):
        check = getattr(loss, "func", loss).checks[argument].__name__
        if check == "distributions":
            weights = draw(hnp.arrays(np.float64, shape, elements=WEIGHTS))
            weights += 0.1 if argument == "y_pred" else np.eye(shape[-1])[0] / 100
            arrays.append(weights / weights.sum(axis=-1, keepdims=True))
        else:
            inner = PROBABILITIES if argument == "y_true" else INNER
            elements = inner if check == "probabilities" else NUMBERS
            arrays.append(draw(hnp.arrays(np.float64, shape, elements=elements)))
    return arrays


def central_differences(loss, y_true, y_pred, h):
    formula = formula_of(loss)
    if loss in ELEMENTWISE:
        return (formula(y_true, y_pred + h) - formula(y_true, y_pred - h)) / (2 * h)
    pushes = h * np.eye(y_pred.shape[-1])
    columns = [(formula(y_true, y_pred + p) - formula(y_true, y_pred - p)) for p in pushes]
    return np.stack(columns, axis=-1) / (2 * h)


@each_loss
@given(data=st.data())
def test_derivative_equals_central_difference_away_from_kinks(loss, data):
    y_true, y_pred = data.draw(pairs(loss))
    h = 1e-5 if label(loss) in ("binary_cross_entropy", "cross_entropy") else 1e-3
    kink = {"absolute_error": 0.0, "huber": 1.0, "huber_2.5": 2.5}.get(label(loss), -1.0)
    smooth = abs(abs(y_pred - y_true) - kink) > 2 * h
    difference = central_differences(loss, y_true, y_pred, h)
    derivative = gdbook.derivative_of(loss)(y_true, y_pred)
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
        "huber": (losses.huber_loss, {}, 1),
        "huber_2.5": (losses.huber_loss, {"delta": 2.5}, 1),
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
    expected = loss_of_torch(label(loss), y_pred, y_true)
    expected.sum().backward()
    close = {"rtol": 1e-14, "atol": np.finfo(np.float64).tiny}
    if "entropy" in label(loss):
        close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(loss(*pair), expected.detach(), **close)
    np.testing.assert_allclose(gdbook.derivative_of(loss)(*pair), y_pred.grad, **close)


@pytest.mark.parametrize("labels", [[0, 2, 1], [1, 1, 1]])
def test_cross_entropy_of_labels_equals_torchs(labels):
    logits = np.array([[1.0, -2.0, 3.0], [0.0, 0.5, 0.0], [-1.0, 2.0, 7.0]])
    expected = torch.nn.functional.cross_entropy(
        torch.tensor(logits), torch.tensor(labels), reduction="none"
    )
    actual = gdbook.cross_entropy_with_logits(gdbook.one_hot(labels, 3), logits)
    np.testing.assert_allclose(actual, expected, rtol=1e-14)


class TestLargestSecondDerivative:
    """The second derivative reaches its bound, and the slope never changes faster."""

    @pytest.mark.parametrize(
        ("loss", "expected"),
        [
            (gdbook.squared_error, 2),
            (gdbook.half_squared_error, 1),
            (gdbook.huber, 1),
            (WIDE_HUBER, 1),
            (gdbook.binary_cross_entropy_with_logits, Fraction(1, 4)),
        ],
        ids=lambda value: label(value) if callable(value) else "",
    )
    def test_is_sympys_at_the_steepest_point(self, loss, expected):
        second = SYMBOLIC[label(loss)].diff(P[0], 2)
        at = {T[0]: sp.Rational(1, 2), P[0]: 0}
        assert (
            second.subs(at).doit() == expected == Fraction(gdbook.largest_second_derivative(loss))
        )

    def test_is_sympys_for_two_classes_of_equal_logits(self):
        t, z = T[0], P[:2]
        log_sum = sp.log(sp.exp(z[0]) + sp.exp(z[1]))
        hessian = sp.hessian(log_sum - t * z[0] - (1 - t) * z[1], z).subs(dict.fromkeys(z, 0))
        largest = gdbook.largest_second_derivative(gdbook.cross_entropy_with_logits)
        assert max(hessian.eigenvals()) == sp.Rational(1, 2) == Fraction(largest)

    @pytest.mark.parametrize("loss", BOUNDED, ids=label)
    @given(data=st.data())
    def test_bounds_the_change_of_the_slope(self, loss, data):
        y_true, here = data.draw(pairs(loss))
        there = data.draw(hnp.arrays(np.float64, here.shape, elements=NUMBERS))
        derivative = gdbook.derivative_of(loss)
        change = derivative(y_true, there) - derivative(y_true, here)
        bound = gdbook.largest_second_derivative(loss) * np.linalg.norm(there - here)
        assert np.linalg.norm(change) <= bound * (1 + 1e-12) + 1e-12

    @pytest.mark.parametrize("loss", UNBOUNDED, ids=label)
    def test_is_refused_where_the_slope_can_change_at_any_rate(self, loss):
        here, there = np.array([[1e-9, 1 - 1e-9], [2e-9, 1 - 2e-9]])
        y_true = np.array([1.0, 0.0])
        if loss is gdbook.absolute_error:
            y_true = np.full(2, 1.5e-9)
        derivative = gdbook.derivative_of(loss)
        change = derivative(y_true, there) - derivative(y_true, here)
        assert change[0] / 1e-9 > 1e9
        with pytest.raises(ValueError, match=f"loss is {loss.__name__}, whose second derivative"):
            gdbook.largest_second_derivative(loss)


class TestHuber:
    @given(data=st.data())
    def test_equals_half_squared_error_within_delta(self, data):
        y_true, y_pred = data.draw(pairs(gdbook.huber))
        delta = max(1.0, abs(y_pred - y_true).max())
        for huber, half in (
            (gdbook.huber, gdbook.half_squared_error),
            (gdbook.huber_derivative, gdbook.half_squared_error_derivative),
        ):
            np.testing.assert_array_equal(huber(y_true, y_pred, delta=delta), half(y_true, y_pred))

    def test_large_residuals_do_not_overflow(self):
        assert gdbook.huber([0.0], [1e300], delta=2.0) == 2e300
        assert gdbook.huber_derivative([0.0], [1e300], delta=2.0) == 2.0

    @pytest.mark.parametrize("function", [gdbook.huber, gdbook.huber_derivative])
    @pytest.mark.parametrize("delta", [0.0, -1.0, math.inf, math.nan, 10**400])
    def test_delta_that_is_not_positive_and_finite_is_refused(self, function, delta):
        with pytest.raises(ValueError, match=r"delta is .*: pass a finite number greater than 0"):
            function([1.0], [1.0], delta=delta)

    @pytest.mark.parametrize("delta", ["1", None, [1.0], True])
    def test_delta_that_is_no_number_is_refused(self, delta):
        with pytest.raises(TypeError, match=r"delta is .*: pass a finite number greater than 0"):
            gdbook.huber([1.0], [1.0], delta=delta)

    def test_delta_is_passed_by_name(self):
        with pytest.raises(TypeError, match="takes 2 positional arguments"):
            gdbook.huber([1.0], [1.0], 2.0)


class TestOptions:
    """A loss with its options comes as a partial."""

    def test_derivative_of_a_partial_has_the_same_options(self):
        assert gdbook.derivative_of(WIDE_HUBER)([0.0], [9.0]) == 2.5

    @pytest.mark.parametrize(
        "function", [gdbook.derivative_of, gdbook.largest_second_derivative, formula_of]
    )
    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"delta": -1.0}, ValueError, "delta is -1.0"),
            ({"delta": "a"}, TypeError, "delta is 'a'"),
            ({"gamma": 1.0}, TypeError, "huber got an option 'gamma': pass delta"),
            ({"y_true": [1.0]}, TypeError, "huber got an option 'y_true': pass delta"),
        ],
    )
    def test_bad_options_are_refused(self, function, options, error, message):
        with pytest.raises(error, match=message):
            function(partial(gdbook.huber, **options))

    def test_a_loss_without_options_takes_none(self):
        with pytest.raises(TypeError, match="squared_error got an option 'delta': it has none"):
            gdbook.squared_error([1.0], [1.0], delta=1.0)

    def test_a_partial_with_data_is_no_loss(self):
        with pytest.raises(ValueError, match=r"or functools\.partial of it and its options"):
            gdbook.derivative_of(partial(gdbook.huber, [1.0]))

    def test_options_reach_the_formula_in_float64(self):
        formula = formula_of(partial(gdbook.huber, delta=Fraction(5, 2)))
        assert formula(np.zeros(1), np.full(1, 9.0)).dtype == np.float64


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
            gdbook.binary_cross_entropy_with_logits_derivative(y, z),
            gdbook.cross_entropy_with_logits_derivative(pair, logits)[..., 1],
            rtol=1e-12,
            atol=1e-12,
        )

    @given(z=st.floats(-30, 30), y=PROBABILITIES)
    def test_with_logits_is_that_of_the_probability(self, z, y):
        expected = gdbook.binary_cross_entropy(y, 1 / (1 + math.exp(-z)))
        actual = gdbook.binary_cross_entropy_with_logits(y, z)
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-15 * math.exp(abs(z)))

    def test_small_losses_keep_their_digits(self):
        assert gdbook.binary_cross_entropy(0.0, 1e-20) == 1e-20
        expected = pytest.approx(math.exp(-40), rel=1e-15)
        assert gdbook.binary_cross_entropy_with_logits(1.0, 40.0) == expected
        assert gdbook.binary_cross_entropy_with_logits_derivative(0.0, -700.0) == pytest.approx(
            math.exp(-700), rel=1e-15
        )

    @pytest.mark.parametrize("scale", [1e3, 1e6, 1e307, 1.7e308])
    @pytest.mark.parametrize("loss", [f for f in LOSSES if label(f).endswith("logits")], ids=label)
    def test_no_logit_is_too_large(self, loss, scale):
        y_true, y_pred = np.array([0.0, 1.0]), np.array([-scale, scale])
        for sign in (1, -1):
            assert not np.isnan(loss(y_true, sign * y_pred)).any()
            assert np.isfinite(gdbook.derivative_of(loss)(y_true, sign * y_pred)).all()
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
        derivative = gdbook.cross_entropy_with_logits_derivative
        pair = data.draw(pairs(gdbook.cross_entropy_with_logits))
        np.testing.assert_allclose(derivative(*pair).sum(axis=-1), 0, atol=1e-14)

    def test_a_probability_of_minus_zero_is_zero(self):
        assert gdbook.binary_cross_entropy_derivative(1.0, -0.0) == -math.inf
        assert gdbook.binary_cross_entropy(1.0, -0.0) == math.inf
        np.testing.assert_array_equal(
            gdbook.cross_entropy_derivative([1.0, 0.0], [-0.0, 1.0]), [-math.inf, 0.0]
        )

    def test_a_slope_too_large_for_a_float_is_infinite(self):
        tiny = 5e-324
        assert gdbook.binary_cross_entropy_derivative(1.0, tiny) == -math.inf
        actual = gdbook.cross_entropy_derivative([1.0, 0.0], [tiny, 1.0])
        np.testing.assert_array_equal(actual, [-math.inf, 0.0])

    @pytest.mark.parametrize("sign", [1, -1])
    def test_rows_may_miss_the_sum_of_1_by_rounding(self, sign):
        row = [0.5, 0.5 + sign * 9e-10]
        assert gdbook.cross_entropy(row, row) == pytest.approx(LN2)
        with pytest.raises(ValueError, match=r"a row of y_pred adds up to .*: pass rows of sum 1"):
            gdbook.cross_entropy([0.5, 0.5], [0.5, 0.5 + sign * 2e-9])


class TestOneHot:
    def test_puts_a_one_where_the_label_is(self):
        labels = np.array([[2, 0], [1, 1]])
        expected = [[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 1, 0]]]
        np.testing.assert_array_equal(gdbook.one_hot(labels, 3), expected)
        assert gdbook.one_hot(labels, 3).dtype == np.float64
        np.testing.assert_array_equal(gdbook.one_hot(1, n_classes=2), [0, 1])
        np.testing.assert_array_equal(gdbook.one_hot([0.0, 1.0], 2), np.eye(2))

    @pytest.mark.parametrize(("labels", "unknown"), [([3], "3"), ([-1], "-1"), ([0, 0.5], "0.5")])
    def test_what_is_no_class_is_refused(self, labels, unknown):
        message = f"labels holds {unknown}: pass whole numbers from 0 to 2"
        with pytest.raises(ValueError, match=message):
            gdbook.one_hot(labels, 3)

    def test_bad_arguments_are_refused(self):
        with pytest.raises(ValueError, match="labels is empty"):
            gdbook.one_hot([], 3)
        with pytest.raises(ValueError, match="labels holds NaN or infinity"):
            gdbook.one_hot([math.nan], 3)
        with pytest.raises(TypeError, match="labels has dtype <U1"):
            gdbook.one_hot(["a"], 3)
        with pytest.raises(ValueError, match="n_classes is 0: pass 1 or more"):
            gdbook.one_hot([0], 0)
        with pytest.raises(TypeError, match=r"n_classes is 2\.0: pass a whole number"):
            gdbook.one_hot([0], 2.0)


@pytest.mark.parametrize("function", [*LOSSES, *map(gdbook.derivative_of, LOSSES)])
class TestBadInput:
    @pytest.mark.parametrize("values", [["a"], [None], [1j], [True]])
    def test_what_is_no_real_number_is_refused(self, function, values):
        with pytest.raises(TypeError, match=r"y_true has dtype .*: pass real numbers"):
            function(values, [1.0])
        with pytest.raises(TypeError, match="y_pred has dtype"):
            function([1.0], values)

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_what_is_not_finite_is_refused(self, function, value):
        with pytest.raises(ValueError, match="y_pred holds NaN or infinity"):
            function([1.0, 0.0], [1.0, value])
        with pytest.raises(ValueError, match="y_true holds NaN or infinity"):
            function([1.0, value], [1.0, 0.0])

    def test_unequal_shapes_are_refused_rather_than_broadcast(self, function):
        with pytest.raises(ValueError, match=r"y_true has shape \(1,\), y_pred \(3, 1\): pass eq"):
            function(np.ones(1), np.ones((3, 1)))

    def test_empty_data_are_refused(self, function):
        with pytest.raises(ValueError, match=r"y_true is empty \(shape \(0,\)\)"):
            function([], [])

    def test_integers_are_computed_in_float64(self, function):
        y_true, y_pred = np.array([0, 1], dtype=np.int8), np.array([1, 0], dtype=np.int8)
        expected = function(y_true.astype(float), y_pred.astype(float))
        np.testing.assert_array_equal(function(y_true, y_pred), expected)
        assert function(y_true, y_pred).dtype == np.float64

    def test_read_only_arguments_are_taken_and_left_alone(self, function):
        y_true, y_pred = np.array([0.25, 0.75]), np.array([0.5, 0.5])
        for array in (y_true, y_pred):
            array.flags.writeable = False
        function(y_true, y_pred)
        np.testing.assert_array_equal([y_true, y_pred], [[0.25, 0.75], [0.5, 0.5]])


def test_integers_do_not_overflow():
    assert gdbook.squared_error(np.array([-100], dtype=np.int8), [100]) == 40_000


def with_derivatives(*losses):
    return [*losses, *map(gdbook.derivative_of, losses)]


BINARY = with_derivatives(gdbook.binary_cross_entropy, gdbook.binary_cross_entropy_with_logits)


@pytest.mark.parametrize("value", [-0.5, 1.5, np.nextafter(1, 2), -1.0])
class TestBadProbabilities:
    @pytest.mark.parametrize("function", BINARY)
    def test_targets_are_refused(self, function, value):
        with pytest.raises(ValueError, match=f"y_true holds {value}: pass numbers from 0 to 1."):
            function([0.5, value], [0.5, 0.5])

    @pytest.mark.parametrize("function", with_derivatives(gdbook.binary_cross_entropy))
    def test_predictions_are_refused_with_a_hint_at_logits(self, function, value):
        message = f"y_pred holds {value}: pass numbers from 0 to 1, or use the loss with logits"
        with pytest.raises(ValueError, match=message):
            function([0.5, 0.5], [0.5, value])

    @pytest.mark.parametrize("function", with_derivatives(*ROWWISE))
    def test_targets_in_rows_are_refused_with_a_hint_at_one_hot(self, function, value):
        message = f"y_true holds {value}: pass numbers from 0 to 1; one_hot makes such rows"
        with pytest.raises(ValueError, match=message):
            function([value, 1 - value], [0.5, 0.5])

    @pytest.mark.parametrize("function", with_derivatives(gdbook.cross_entropy))
    def test_predictions_in_rows_are_refused(self, function, value):
        with pytest.raises(ValueError, match=f"y_pred holds {value}: .* the loss with logits"):
            function([0.5, 0.5], [value, 1 - value])


@pytest.mark.parametrize("function", with_derivatives(*ROWWISE))
class TestBadRows:
    @pytest.mark.parametrize("row", [[0.5, 0.6], [0.0, 0.0], [1.0, 1.0]])
    def test_targets_that_do_not_add_up_to_1_are_refused(self, function, row):
        with pytest.raises(ValueError, match=rf"a row of y_true adds up to {sum(row)}: pass rows"):
            function([[1.0, 0.0], row], np.full((2, 2), 0.5))

    def test_a_number_is_no_row(self, function):
        with pytest.raises(ValueError, match=r"y_true is one number, 1\.0: pass a row"):
            function(1.0, [1.0])
        with pytest.raises(ValueError, match=r"y_pred is one number, 1\.0: pass a row"):
            function([1.0], 1.0)


def test_unknown_loss_is_refused_with_the_names_of_the_known_ones():
    for function in (gdbook.derivative_of, gdbook.largest_second_derivative):
        for loss in (abs, [], partial(abs), gdbook.huber_derivative):
            with pytest.raises(ValueError, match=r"\(squared_error, half_.*, cross_entropy_with"):
                function(loss)
