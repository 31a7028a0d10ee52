"""Is the one loop of the book as fast as a loop written by hand?

`pytest benchmarks` compares within each group; the number in brackets is the ratio.
"""

import tracemalloc

import numpy as np
import pytest
import torch

from gdbook import (
    adam,
    gradient_descent,
    hundred_points,
    linear_model,
    reshuffled,
    stochastic_gradient_descent,
)

N_SAMPLES, N_FEATURES = 1_000_000, 13


@pytest.fixture(scope="module")
def large():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_SAMPLES, N_FEATURES))
    return X, X @ np.arange(N_FEATURES) + 1 + rng.normal(size=N_SAMPLES)


def full_batch_by_hand(X, y, epochs):
    w, b, losses = np.zeros(N_FEATURES), 0.0, []
    for _ in range(epochs):
        residuals = X @ w + b - y
        losses.append(residuals @ residuals / (2 * len(y)))
        w, b = w - 0.1 * (residuals @ X) / len(y), b - 0.1 * residuals.mean()
    return w, b, losses


def full_batch_by_gdbook(X, y, epochs):
    start = np.zeros(N_FEATURES + 1)
    return gradient_descent(linear_model(X, y), start, learning_rate=0.1, epochs=epochs)


@pytest.mark.benchmark(group="full batch: 1,000,000 x 13, 100 epochs")
@pytest.mark.parametrize("descend", [full_batch_by_hand, full_batch_by_gdbook])
def test_full_batch(benchmark, large, descend):
    benchmark.pedantic(descend, args=(*large, 100), rounds=5)


@pytest.mark.parametrize("descend", [full_batch_by_hand, full_batch_by_gdbook])
def test_memory(large, descend, capsys):
    tracemalloc.start()
    descend(*large, 3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with capsys.disabled():
        print(f"\n{descend.__name__}: {peak / (8 * N_SAMPLES):.2f} vectors of n numbers at peak")


def per_sample_by_hand(epochs):
    X, y = hundred_points()
    rng = np.random.default_rng(0)
    w, b = np.zeros(1), 0.0
    for _ in range(epochs):
        for i in rng.permutation(len(y)):
            residual = X[i] @ w + b - y[i]
            w = w - 0.1 * residual * X[i]
            b = b - 0.1 * residual
    return w, b


def per_sample_by_gdbook(epochs):
    batches = reshuffled(rng=np.random.default_rng(0))
    return stochastic_gradient_descent(
        linear_model(*hundred_points()),
        np.zeros(2),
        batches=batches,
        learning_rate=0.1,
        epochs=epochs,
        record_every=epochs,
    )


def per_sample_by_torch(epochs):
    X, y = map(torch.from_numpy, hundred_points())
    rng = np.random.default_rng(0)
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=0.1)
    for _ in range(epochs):
        for i in rng.permutation(len(y)):
            optimizer.zero_grad()
            loss = (X[i] @ w + b - y[i]) ** 2 / 2
            loss.backward()
            optimizer.step()
    return w, b


@pytest.mark.benchmark(group="one sample at a time: 100 x 1, 100 epochs")
@pytest.mark.parametrize("descend", [per_sample_by_hand, per_sample_by_gdbook, per_sample_by_torch])
def test_per_sample(benchmark, descend):
    benchmark.pedantic(descend, args=(100,), rounds=5 if "torch" in descend.__name__ else 40)


def adam_by_hand(X, y, batch_size):
    design, rng = np.column_stack([X, np.ones(len(y))]), np.random.default_rng(0)
    params, mean, squares = np.zeros(N_FEATURES + 1), 0.0, 0.0
    order = rng.permutation(len(y))
    for updates in range(1, -(-len(y) // batch_size) + 1):
        batch = order[(updates - 1) * batch_size : updates * batch_size]
        rows = design[batch]
        grad = (rows @ params - y[batch]) @ rows / len(batch)
        mean = 0.9 * mean + 0.1 * grad
        squares = 0.999 * squares + 0.001 * grad**2
        size = np.sqrt(squares / (1 - 0.999**updates)) + 1e-8
        params = params - 0.01 * mean / (1 - 0.9**updates) / size
    return params


def adam_by_gdbook(X, y, batch_size):
    return stochastic_gradient_descent(
        linear_model(X, y),
        np.zeros(N_FEATURES + 1),
        batches=reshuffled(rng=np.random.default_rng(0), batch_size=batch_size),
        learning_rate=0.01,
        epochs=1,
        step=adam(),
    )


@pytest.mark.benchmark(group="Adam on batches of 256: 1,000,000 x 13, 1 epoch")
@pytest.mark.parametrize("descend", [adam_by_hand, adam_by_gdbook])
def test_mini_batches(benchmark, large, descend):
    benchmark.pedantic(descend, args=(*large, 256), rounds=10)
