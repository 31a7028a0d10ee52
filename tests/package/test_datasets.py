from collections.abc import Callable
from inspect import getsourcelines
from pathlib import Path

import numpy as np
import pytest

from gdbook import (
    fifty_points,
    hundred_points,
    noisy_three_points,
    one_sample,
    published_log,
    thirteen_features,
    three_points,
    twenty_points,
)

DATA = Path(__file__).parent / "data"


def place(samples: Callable[[], object]) -> str:
    """Return where samples are made, for messages."""
    return f"gdbook/datasets.py:{getsourcelines(samples)[1]}: {samples.__name__}"


def test_samples_are_those_of_the_sources():
    sample = one_sample()
    assert (sample.X.tolist(), sample.y_true.tolist()) == ([[1.5]], [0.8]), place(one_sample)
    X, y_true = three_points()
    np.testing.assert_array_equal(y_true, 2 * X[:, 0], place(three_points))
    np.testing.assert_array_equal(X, [[1], [2], [3]], place(three_points))


def test_noisy_points_have_the_slope_57_28_as_their_best():
    X, y_true = noisy_three_points()
    best = np.linalg.lstsq(X, y_true, rcond=None)[0]
    np.testing.assert_allclose(best, 57 / 28, rtol=1e-15, err_msg=place(noisy_three_points))


def test_twenty_points_are_the_same_each_time_and_near_their_line():
    X, y_true = twenty_points()
    np.testing.assert_array_equal(twenty_points().y_true, y_true, place(twenty_points))
    noise = y_true - 2 * X[:, 0] - 1
    assert X.shape == (20, 1), place(twenty_points)
    assert ((X > 0) & (X < 1)).all(), place(twenty_points)
    assert 0.05 < noise.std() < 0.15, place(twenty_points)


@pytest.mark.parametrize(
    ("samples", "n_samples", "slope", "intercept"),
    [(fifty_points, 50, 3, 0.8), (hundred_points, 100, 2, 3)],
)
def test_points_without_noise_lie_on_their_line(samples, n_samples, slope, intercept):
    X, y_true = samples()
    at = place(samples)
    assert X.shape == (n_samples, 1), at
    assert len(np.unique(X)) == n_samples, at
    assert ((X > 0) & (X < 1)).all(), at
    np.testing.assert_allclose(y_true, slope * X[:, 0] + intercept, rtol=1e-15, err_msg=at)
    np.testing.assert_array_equal(samples().X, X, at)


def test_thirteen_features_have_the_weights_that_they_state():
    X, y_true = thirteen_features()
    at = place(thirteen_features)
    np.testing.assert_array_equal(thirteen_features().y_true, y_true, at)
    noise = y_true - (X @ np.linspace(1 / 13, 1, 13) + 0.5)
    assert abs(noise.mean()) < 0.03, at
    assert 0.08 < noise.std() < 0.12, at
    assert abs(X.mean(axis=0)).max() < 0.3, at
    assert abs(X.std(axis=0) - 1).max() < 0.2, at


@pytest.mark.parametrize("name", ["full_batch", "last_sample", "per_sample"])
def test_published_log_has_every_printed_digit(name):
    log = published_log(name)
    printed = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = zip(*(column.tolist() for column in log), strict=True)
    assert [",".join(map(str, row)) for row in rows] == printed


def test_log_that_was_never_published_is_refused():
    with pytest.raises(ValueError, match=r"name is 'half_batch': pass one of \['full_batch', "):
        published_log("half_batch")
