import copy
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import torch

from gdbook import (
    Objective,
    Value,
    gradient_descent,
    linear_model,
    squared_error,
    stochastic_gradient_descent,
    topological_order,
    twenty_points,
)

NUMBERS = st.floats(-3, 3)
TWO_INPUTS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "max": lambda a, b: a.max(b),
}
ONE_INPUT = {
    "-a": lambda a: -a,
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "tanh": lambda a: a.tanh(),
    "relu": lambda a: a.relu(),
    "1.5 + a": lambda a: 1.5 + a,
    "1.5 - a": lambda a: 1.5 - a,
    "1.5 * a": lambda a: 1.5 * a,
    "1.5 / a": lambda a: 1.5 / a,
    "1.5 ** a": lambda a: 1.5**a,
    "a + 1.5": lambda a: a + 1.5,
    "a - 1.5": lambda a: a - 1.5,
    "a * 1.5": lambda a: a * 1.5,
    "a / 1.5": lambda a: a / 1.5,
    **{f"a ** {n}": lambda a, n=n: a**n for n in (-2, -1.5, -1, 0, 0.5, 1, 1.5, 2, 3)},
}
OPERATIONS = {**ONE_INPUT, **TWO_INPUTS}
STEPS = st.tuples(st.sampled_from(list(OPERATIONS)), st.integers(0, 20), st.integers(0, 20))


def tensor(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def inputs_of(name, indices, values):
    """Return the inputs that a step picks from the values so far."""
    n_inputs = 2 if name in TWO_INPUTS else 1
    return [values[index % len(values)] for index in indices[:n_inputs]]


def result_and_derivatives_by_torch(name, numbers):
    inputs = [tensor(number) for number in numbers]
    result = OPERATIONS[name](*inputs)
    return [result.item(), *(d.item() for d in torch.autograd.grad(result, inputs))]


@given(starts=st.lists(NUMBERS, min_size=1, max_size=3), steps=st.lists(STEPS, max_size=10))
def test_values_and_gradients_equal_torch(starts, steps):
    ours, theirs = [Value(number) for number in starts], [tensor(number) for number in starts]
    for name, *indices in steps:
        inputs = inputs_of(name, indices, ours)
        if name == "**" and inputs[0].data == 0:
            continue  # torch has a derivative there
        local = result_and_derivatives_by_torch(name, [value.data for value in inputs])
        if not all(map(math.isfinite, local)):
            with pytest.raises((ValueError, OverflowError), match="has no finite value or no"):
                OPERATIONS[name](*inputs)
        elif max(map(abs, local)) < 100:  # so that rounding has little to grow on
            ours.append(OPERATIONS[name](*inputs))
            theirs.append(OPERATIONS[name](*inputs_of(name, indices, theirs)))
    ours[-1].backward()
    grads = torch.autograd.grad(theirs[-1], theirs, materialize_grads=True)
    scale = max(1, *(abs(grad.item()) for grad in grads))
    for value, number, grad in zip(ours, theirs, grads, strict=True):
        assert value.data == pytest.approx(number.item(), rel=1e-12, abs=1e-12)
        assert value.grad == pytest.approx(grad.item(), rel=1e-10, abs=1e-10 * scale)


@pytest.mark.parametrize("name", OPERATIONS)
def test_local_derivatives_of_each_operation_equal_torch(name):
    numbers = inputs_of(name, (0, 1), [0.7, 2.5])
    inputs = [Value(number) for number in numbers]
    result = OPERATIONS[name](*inputs)
    derivatives = dict(result.inputs)
    expected = result_and_derivatives_by_torch(name, numbers)
    assert [result.data, *(derivatives[value] for value in inputs)] == pytest.approx(expected)


@pytest.mark.parametrize("number", [-1.5, 0.0, 2.0])
def test_power_of_0_is_1_and_has_the_derivative_0_as_in_torch(number):
    ours, theirs = Value(number), tensor(number)
    result = ours**0
    result.backward()
    (theirs**0).backward()
    assert (result.data, ours.grad, theirs.grad.item()) == (1, 0, 0)


@pytest.mark.parametrize("number", [0.0, -0.0, 2.0])
def test_kinks_have_the_derivatives_of_torch(number):
    for kink in (
        lambda a, _: a.relu(),
        lambda a, b: a.max(b),
        lambda a, b: b.max(a),
        lambda a, _: a.max(a),
        lambda a, _: a.max(-a),
    ):
        ours, theirs = (Value(number), Value(number)), (tensor(number), tensor(number))
        kink(*ours).backward()
        kink(*theirs).backward()
        assert [v.grad for v in ours] == [0 if t.grad is None else t.grad for t in theirs]


def test_plain_number_may_stand_on_either_side_and_in_max():
    x = Value(2.0)
    results = [x + 1, 1 + x, x - 1, 1 - x, x * 3, 3 * x, x / 4, 4 / x, x**3, 3**x, x.max(5)]
    assert [result.data for result in results] == [3, 3, 1, -1, 6, 6, 0.5, 2, 8, 9, 5]
    assert sum([x, x]).data == 4


@pytest.mark.parametrize("number", [3, 3.0, Fraction(3), np.float32(3), np.float64(3), np.int64(3)])
def test_real_numbers_of_all_types_become_floats(number):
    assert type(Value(number).data) is float
    for result in (number * Value(2.0), Value(2.0) * number, Value(2.0).max(number) * 2):
        assert isinstance(result, Value)
        assert result.data == 6
        assert type(result.data) is float


def test_value_used_twice_gets_the_sum_of_both_paths():
    x, y = Value(3.0), Value(5.0)
    (x * x + x * y).backward()
    assert (x.grad, y.grad) == (2 * 3 + 5, 3)


def test_derivative_goes_once_along_each_link_however_many_paths_there_are():
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_gradient_of_each_value_on_the_way_is_that_of_the_result():
    x, y = Value(2.0), Value(3.0)
    t = x + y
    z = t**2
    z.backward()
    assert [v.grad for v in (z, t, x, y)] == [1, 10, 10, 10]


def test_a_chain_of_a_hundred_thousand_operations_works():
    x = y = Value(2.0)
    for _ in range(100_000):
        y = y * 1.00001
    y.backward()
    assert x.grad == pytest.approx(math.exp(100_000 * math.log(1.00001)), rel=1e-9)
    assert y.data == pytest.approx(2 * x.grad)


def test_a_value_used_a_hundred_thousand_times_works():
    x = Value(2.0)
    sum(x for _ in range(100_000)).backward()
    assert x.grad == 100_000


def test_second_backward_doubles_every_gradient_as_in_torch():
    ours, theirs = Value(0.5), tensor(0.5)
    t = ours.exp()
    result, other = t * ours, theirs.exp() * theirs
    for _ in range(2):
        result.backward()
        other.backward(retain_graph=True)
    assert ours.grad == pytest.approx(theirs.grad.item())
    assert [t.grad, result.grad] == [2 * 0.5, 2]


def test_gradients_of_two_results_add_up_until_they_are_set_to_zero():
    x = Value(3.0)
    (x * 2).backward()
    (x * x).backward()
    assert x.grad == 2 + 6
    x.grad = 0.0
    (x * 5).backward()
    assert x.grad == 5


def test_gradient_that_is_too_large_for_a_float_is_infinite_as_in_torch():
    ours, theirs = Value(1e-300), tensor(1e-300)
    (ours * 1e200 * 1e200).backward()
    (theirs * 1e200 * 1e200).backward()
    assert ours.grad == theirs.grad.item() == math.inf


def test_backward_leaves_what_the_result_was_not_made_from_alone():
    x, y = Value(3.0), Value(4.0)
    later = (x * y) + 1
    x.exp().backward()
    assert (y.grad, later.grad) == (0, 0)


def test_setting_data_changes_what_is_computed_next_and_not_what_was():
    x = Value(3.0)
    before = x * x
    x.data = 10.0
    before.backward()
    assert (before.data, x.grad, (x * x).data) == (9, 6, 100)


@pytest.mark.parametrize(
    ("operation", "written"),
    [
        (lambda: Value(1.5) / 0, "1.5 / 0.0"),
        (lambda: 0 / Value(0), "0.0 / 0.0"),
        (lambda: Value(0).log(), "log(0.0)"),
        (lambda: Value(-2).log(), "log((-2.0))"),
        (lambda: Value(0) ** -1, "0.0 ** -1"),
        (lambda: Value(0) ** 0.5, "0.0 ** 0.5"),
        (lambda: Value(-8) ** (1 / 3), "(-8.0) ** 0.333333"),
        (lambda: Value(-2) ** Value(2), "(-2.0) ** 2.0"),
        (lambda: Value(0) ** Value(2), "0.0 ** 2.0"),
        (lambda: (-2) ** Value(2), "(-2.0) ** 2.0"),
    ],
)
def test_what_is_not_defined_or_has_no_derivative_is_refused(operation, written):
    with pytest.raises(ValueError, match="has no finite value or no finite derivative") as error:
        operation()
    assert str(error.value).startswith(written + " has")


@pytest.mark.parametrize(
    ("operation", "written"),
    [
        (lambda: Value(1000).exp(), "exp(1000.0)"),
        (lambda: Value(1e200) ** 2, "1e+200 ** 2"),
        (lambda: Value(-1e200) ** 3, "(-1e+200) ** 3"),
        (lambda: Value(1e200) * 1e200, "1e+200 * 1e+200"),
        (lambda: Value(1e308) + 1e308, "1e+308 + 1e+308"),
        (lambda: Value(-1e308) - 1e308, "(-1e+308) - 1e+308"),
        (lambda: 1 / Value(1e-200), "1.0 / 1e-200"),
        (lambda: Value(10) ** Value(400), "10.0 ** 400.0"),
        (lambda: Value(1e-310).log(), "log(1e-310)"),
    ],
)
def test_what_is_too_large_for_a_float_is_refused(operation, written):
    with pytest.raises(OverflowError, match="pass other numbers") as error:
        operation()
    assert str(error.value).startswith(written + " has")


@pytest.mark.parametrize(
    "make",
    [
        lambda: "2",
        lambda: None,
        lambda: 2j,
        lambda: True,
        lambda: [2.0],
        lambda: np.array(2.0),
        lambda: np.array([1.0, 2.0]),
        lambda: tensor(2.0),
    ],
)
def test_operand_that_is_no_real_number_is_refused(make):
    x, operand = Value(2.0), make()
    for operation in TWO_INPUTS.values():
        with pytest.raises(TypeError, match=r"is .*: pass a finite number or a Value"):
            operation(x, operand)
    for name in set(TWO_INPUTS) - {"max"}:
        with pytest.raises(TypeError, match="operand is"):
            TWO_INPUTS[name](operand, x)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400])
def test_number_that_is_not_finite_is_refused(number):
    for operation in TWO_INPUTS.values():
        with pytest.raises(ValueError, match="pass a finite number or a Value"):
            operation(Value(2.0), number)
    with pytest.raises(ValueError, match=r"data is .*: pass a finite number"):
        Value(number)
    with pytest.raises(TypeError, match="data is '1': pass a finite number"):
        Value("1")
    with pytest.raises(TypeError, match="label is 3: pass text"):
        Value(1.0, label=3)


@pytest.mark.parametrize(
    ("data", "error"), [("1", TypeError), (math.nan, ValueError), (math.inf, ValueError)]
)
def test_data_set_to_something_bad_is_refused_by_the_next_operation(data, error):
    x = Value(1.0)
    x.data = data
    for operation in (lambda: x + 1, x.relu, lambda: Value(1.0).max(x)):
        with pytest.raises(error, match="data is"):
            operation()


def test_value_is_shown_with_its_gradient_and_its_label():
    x = Value(2, label="x")
    (3 * x).backward()
    assert repr(x) == "Value(2.0, grad=3.0, label='x')"
    assert repr(Value(-1)) == "Value(-1.0, grad=0.0)"


def test_value_knows_its_operation_and_its_inputs():
    a, b = Value(3.0), Value(4.0)
    product = a * b
    assert product.operation == "{} * {}"
    assert product.inputs == ((a, 4.0), (b, 3.0))
    assert (a.operation, a.inputs) == ("", ())
    assert (a**2).operation == "{} ** 2"
    assert (a**2).inputs == ((a, 6.0),)


@given(steps=st.lists(STEPS, max_size=15))
def test_topological_order_has_each_value_once_and_after_its_inputs(steps):
    values = [Value(1.0), Value(1.0)]
    for _, *indices in steps:
        values.append(Value.max(*inputs_of("max", indices, values)))
    order = topological_order(values[-1])
    assert order[-1] is values[-1]
    assert len(set(order)) == len(order)
    for number, value in enumerate(order):
        assert {source for source, _ in value.inputs} <= set(order[:number])
        assert value is values[-1] or any(value in dict(later.inputs) for later in order[number:])


def test_topological_order_takes_inputs_from_the_left():
    a, b = Value(1.0), Value(2.0)
    product = a * b
    assert topological_order(product) == [a, b, product]


def test_order_of_something_else_than_a_value_is_refused():
    with pytest.raises(TypeError, match="result is 3: pass a Value"):
        topological_order(3)


POINTS = [([0.0, 0.0], -1.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], -1.0)]
START = [math.sin(3 * k) for k in range(13)]  # 3 × 2 weights, 3 intercepts, 3 weights, 1 intercept


def mean_squared_error(params):
    """Return the objective of a network with three hidden units, in whatever params are."""
    total = 0.0
    for x, y in POINTS:
        hidden = [
            (params[3 * j] * x[0] + params[3 * j + 1] * x[1] + params[3 * j + 2]).tanh()
            for j in range(3)
        ]
        y_pred = sum((params[9 + j] * unit for j, unit in enumerate(hidden)), start=params[12])
        total = total + (y_pred - y) ** 2
    return total / len(POINTS)


def test_network_of_values_learns_step_by_step_as_in_torch():
    ours, theirs = [Value(number) for number in START], [tensor(number) for number in START]
    optimizer = torch.optim.SGD(theirs, lr=0.1)
    losses = []
    for _ in range(20):
        loss, expected = mean_squared_error(ours), mean_squared_error(theirs)
        for value in ours:
            value.grad = 0.0
        loss.backward()
        for value in ours:
            value.data -= 0.1 * value.grad
        optimizer.zero_grad()
        expected.backward()
        optimizer.step()
        losses.append(loss.data)
        assert loss.data == pytest.approx(expected.item(), rel=1e-12)
        numbers = [value.data for value in ours]
        assert numbers == pytest.approx([number.item() for number in theirs], rel=1e-11)
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.9 * losses[0]


def objective_of(function):
    """Return the objective of a function of a list of values."""

    def value_and_gradient(params):
        values = [Value(number) for number in params]
        result = function(values)
        result.backward()
        return result.data, np.array([value.grad for value in values])

    return Objective(
        lambda params: value_and_gradient(params)[0], lambda params: value_and_gradient(params)[1]
    )


def test_descent_runs_on_gradients_of_values():
    history = gradient_descent(objective_of(mean_squared_error), START, learning_rate=0.1, epochs=5)
    assert history.status == "completed"
    assert (np.diff(history.losses) < 0).all()


def test_descent_takes_overflow_for_divergence():
    square = objective_of(lambda values: values[0] ** 2)
    history = gradient_descent(square, [1.0], learning_rate=10.0, epochs=1000)
    assert history.status == "diverged"
    assert np.isfinite(history.losses).all()


def test_graph_is_copied_however_deep_and_whatever_it_shares():
    x = Value(1.0, label="x")
    deep = x
    for _ in range(20_000):
        deep = deep + x
    twin, leaf = copy.deepcopy((deep, x))
    twin.backward()
    assert (leaf.grad, leaf.label, twin.data) == (20_001.0, "x", 20_001.0)
    assert x.grad == deep.grad == 0.0
    first, second = copy.deepcopy([deep, deep + 1])
    assert first in topological_order(second)
    assert leaf in topological_order(twin)
    assert not {*topological_order(twin)} & {*topological_order(deep)}


def test_model_of_values_is_trained_by_mini_batches():
    X, y_true = twenty_points()

    def both(params, batch=None):
        values = w, b = [Value(number) for number in params]
        batch = range(20) if batch is None else batch
        loss = sum((w * X[i, 0] + b - y_true[i]) ** 2 for i in batch) / len(batch)
        loss.backward()
        return loss.data, np.array([value.grad for value in values])

    ours = Objective(lambda *at: both(*at)[0], lambda *at: both(*at)[1], n_samples=20)
    runs = [
        stochastic_gradient_descent(
            objective,
            [0.0, 0.0],
            batches=lambda n: np.array_split(np.arange(n), 5),
            learning_rate=0.1,
            epochs=20,
        )
        for objective in (ours, linear_model(X, y_true, loss=squared_error))
    ]
    np.testing.assert_allclose(runs[0].params, runs[1].params, rtol=1e-12)
