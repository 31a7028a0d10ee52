"""Losses and their derivatives, each against closed forms, SymPy, differences and torch."""

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gdbook
from gdbook import losses

LOSSES = [getattr(losses, name) for name in losses.__all__]
VALUES = st.floats(-1e3, 1e3)
PAIRS = hnp.mutually_broadcastable_shapes(num_shapes=1, min_side=1).flatmap(
    lambda shapes: st.tuples(
        *(hnp.arrays(np.float64, shapes.input_shapes[0], elements=VALUES) for _ in range(2))
    )
)
CLOSED_FORMS = {
    "squared_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [4.0, 0.0, 0.25], [-4.0, 0.0, 1.0]),
    "half_squared_error": ([3.0, 0.0, 1.0], [1.0, 0.0, 1.5], [2.0, 0.0, 0.125], [-2.0, 0.0, 0.5]),
}
TORCH_LOSSES = {
    "squared_error": lambda y_true, y_pred: torch.nn.functional.mse_loss(
        y_pred, y_true, reduction="none"
    ),
    "half_squared_error": lambda y_true, y_pred: (
        torch.nn.functional.mse_loss(y_pred, y_true, reduction="none") / 2
    ),
}


@pytest.fixture(params=LOSSES, ids=lambda loss: loss.__name__)
def loss(request):
    return request.param


def test_each_loss_has_a_derivative_named_after_it(loss):
    assert gdbook.derivative_of(loss).__name__ == f"{loss.__name__}_derivative"


def test_loss_and_derivative_equal_their_closed_forms(loss):
    y_true, y_pred, values, derivatives = CLOSED_FORMS[loss.__name__]
    np.testing.assert_array_equal(loss(y_true, y_pred), values)
    np.testing.assert_array_equal(gdbook.derivative_of(loss)(y_true, y_pred), derivatives)


def test_formula_is_differentiated_by_sympy(loss):
    y_true, y_pred = sp.symbols("y_true y_pred", real=True)
    expected = sp.diff(loss.__wrapped__(y_true, y_pred), y_pred)
    actual = gdbook.derivative_of(loss).__wrapped__(y_true, y_pred)
    assert sp.simplify(actual - expected) == 0


def test_largest_second_derivative_is_sympys(loss):
    y_true, y_pred = sp.symbols("y_true y_pred", real=True)
    second = sp.diff(loss.__wrapped__(y_true, y_pred), y_pred, 2)
    assert float(second) == gdbook.largest_second_derivative(loss)


@given(pair=PAIRS)
def test_derivative_equals_central_difference(pair):
    y_true, y_pred = pair
    h = 1e-3
    for loss in LOSSES:
        difference = (loss(y_true, y_pred + h) - loss(y_true, y_pred - h)) / (2 * h)
        derivative = gdbook.derivative_of(loss)(y_true, y_pred)
        np.testing.assert_allclose(derivative, difference, rtol=1e-6, atol=1e-5)


@given(pair=PAIRS)
def test_loss_and_derivative_equal_torch(pair):
    for loss in LOSSES:
        y_true, y_pred = (torch.tensor(array, requires_grad=True) for array in pair)
        expected = TORCH_LOSSES[loss.__name__](y_true, y_pred)
        expected.sum().backward()
        np.testing.assert_allclose(loss(*pair), expected.detach(), rtol=1e-14)
        np.testing.assert_allclose(gdbook.derivative_of(loss)(*pair), y_pred.grad, rtol=1e-14)


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
            function([1.0, 2.0], [1.0, value])

    def test_unequal_shapes_are_refused_rather_than_broadcast(self, function):
        with pytest.raises(ValueError, match=r"y_true has shape \(3,\), y_pred \(3, 1\)"):
            function(np.ones(3), np.ones((3, 1)))

    def test_empty_data_are_refused(self, function):
        with pytest.raises(ValueError, match=r"y_true is empty \(shape \(0,\)\)"):
            function([], [])

    def test_integers_are_computed_in_float64(self, function):
        assert function(np.array([1], dtype=np.int8), [200]).dtype == np.float64

    def test_read_only_arguments_are_taken_and_left_alone(self, function):
        y_true, y_pred = np.array([1.0, 2.0]), np.array([3.0, 5.0])
        for array in (y_true, y_pred):
            array.flags.writeable = False
        function(y_true, y_pred)
        np.testing.assert_array_equal([y_true, y_pred], [[1.0, 2.0], [3.0, 5.0]])


def test_unknown_loss_is_refused_with_the_names_of_the_known_ones():
    for function in (gdbook.derivative_of, gdbook.largest_second_derivative):
        for loss in (abs, []):
            with pytest.raises(ValueError, match=r"\(squared_error, half_squared_error\)"):
                function(loss)
