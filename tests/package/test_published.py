"""The published numbers are reproduced."""

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from oracle import torch

from gdbook import (
    cyclic,
    full_batch,
    gradient_descent,
    last_sample_only,
    linear_model,
    published_log,
    squared_error,
    stochastic_gradient_descent,
    three_points,
)

DATA = Path(__file__).parent / "data"


def column(name, value):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row["quantity"]: row[value] for row in csv.DictReader(file)}


ONE_STEP = column("one_step.csv", "value")


def test_one_step_with_fractions_is_exact():
    x, y, w, b, rate = map(Fraction, ["1.5", "0.8", "0.8", "0.2", "0.1"])
    before = w * x + b
    grad_w, grad_b = (before - y) * x, before - y
    w, b = w - rate * grad_w, b - rate * grad_b
    after = w * x + b
    computed = {
        "prediction before": before,
        "loss before": (before - y) ** 2 / 2,
        "grad w": grad_w,
        "grad b": grad_b,
        "w after": w,
        "b after": b,
        "prediction after": after,
        "loss after": (after - y) ** 2 / 2,
    }
    published = {name: Fraction(ONE_STEP[name]) for name in computed}
    assert computed == published


def test_one_step_of_the_package_is_right_to_the_last_digits():
    run = gradient_descent(linear_model([[1.5]], [0.8]), [0.8, 0.2], learning_rate=0.1, epochs=1)
    computed = {
        "loss before": run.losses[0],
        "grad w": run.gradients[0, 0],
        "grad b": run.gradients[0, 1],
        "w after": run.params[1, 0],
        "b after": run.params[1, 1],
        "loss after": run.losses[1],
    }
    for name, value in computed.items():
        assert value == pytest.approx(float(ONE_STEP[name]), rel=1e-15)


def test_one_step_in_float32_is_the_published_log():
    x, y = torch.tensor([1.5, 0.8])
    w, b = (torch.tensor(value, requires_grad=True) for value in (0.8, 0.2))
    ((w * x + b - y) ** 2 / 2).backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        after = (w * x + b - y) ** 2 / 2
    assert str(after.item()) == ONE_STEP["loss after in float32"]
    assert np.float32(after.item()) != np.float32(0.0820125)


def test_full_batch_descent_is_the_published_log():
    """A line has the parameter after the update, and loss and gradient before it."""
    log = published_log("full_batch")
    objective = linear_model(*three_points(), loss=squared_error, intercept=False)
    run = gradient_descent(objective, [1.0], learning_rate=0.01, epochs=100)
    for computed, printed in [
        (run.params[1:, 0], log.w),
        (run.losses[:-1], log.loss),
        (run.gradients[:-1, 0], log.grad),
    ]:
        np.testing.assert_allclose(computed, printed, rtol=1e-11)
    assert 4 * run.params[-1, 0] == pytest.approx(7.999777758621207, rel=1e-15)


LOOPS = {
    "full_batch": (full_batch(), None, 7.999777758621207),
    "last_sample": (last_sample_only(), [2], 7.999999990374014),
    "per_sample": (cyclic(), [2], 7.9999999999996945),
}


@pytest.mark.parametrize("name", LOOPS)
def test_loop_of_the_package_is_the_published_log(name):
    """A line has the parameter after its last update, and loss and gradient before that."""
    batches, last_batch, prediction = LOOPS[name]
    log = published_log(name)
    objective = linear_model(*three_points(), loss=squared_error, intercept=False)
    before_last_update = []

    def gradient(params, batch=None):
        if batch is not None and (last_batch is None or batch.tolist() == last_batch):
            before_last_update.append(params)
        return objective.gradient(params, batch)

    run = stochastic_gradient_descent(
        replace(objective, gradient=gradient),
        [1.0],
        batches=batches,
        learning_rate=0.01,
        epochs=100,
    )
    np.testing.assert_allclose(run.params[1:, 0], log.w, rtol=1e-13)
    assert 4 * run.params[-1, 0] == pytest.approx(prediction, rel=1e-15)
    batch = None if last_batch is None else np.array(last_batch)
    losses = [objective.value(params, batch) for params in before_last_update]
    grads = [objective.gradient(params, batch)[0] for params in before_last_update]
    # Near the end the residual is a difference of numbers near 6, each rounded to 1e-15.
    np.testing.assert_allclose(np.sqrt(losses), np.sqrt(log.loss), rtol=1e-11, atol=4e-15)
    np.testing.assert_allclose(grads, log.grad, rtol=1e-11, atol=2e-14)


def squared(w, x, y):
    return (w * x - y) ** 2


def slope(w, x, y):
    return 2 * x * (w * x - y)


def plain_full_batch(w, points):
    loss, grad = 0, 0
    for x, y in points:
        loss += squared(w, x, y)
        grad += (w * x - y) * 2 * x
    return w - 0.01 * (grad / 3), loss / 3, grad / 3


def plain_last_sample(w, points):
    loss, grad = squared(w, *points[-1]), slope(w, *points[-1])
    return w - 0.01 * grad, loss, grad


def plain_per_sample(w, points):
    for x, y in points:
        loss, grad = squared(w, x, y), slope(w, x, y)
        w -= 0.01 * grad
    return w, loss, grad


def test_plain_loops_give_899_of_the_900_published_cells_and_the_other_to_1_ulp():
    points = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]
    different = []
    for loop in (plain_full_batch, plain_last_sample, plain_per_sample):
        log = published_log(loop.__name__.removeprefix("plain_"))
        w = 1.0
        for printed in zip(log.w, log.loss, log.grad, strict=True):
            cells = loop(w, points)
            w = cells[0]
            different += [
                (float(theirs), float(ours))
                for ours, theirs in zip(cells, printed, strict=True)
                if ours != theirs
            ]
    ((theirs, ours),) = different
    assert abs(theirs - ours) == np.spacing(ours)


def test_full_batch_descent_is_the_closed_form():
    objective = linear_model(*three_points(), loss=squared_error, intercept=False)
    run = gradient_descent(objective, [1.0], learning_rate=0.01, epochs=100)
    np.testing.assert_allclose(run.params[:, 0], 2 - (1 - 0.28 / 3) ** run.epochs, rtol=1e-13)
    assert objective.curvature() == pytest.approx(28 / 3, rel=1e-15)
