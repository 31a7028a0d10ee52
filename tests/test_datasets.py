from pathlib import Path

import numpy as np
import pytest

from gdbook import one_sample, published_log, three_points

DATA = Path(__file__).parent / "data"


def test_samples_are_those_of_the_sources():
    assert (one_sample().X.tolist(), one_sample().y_true.tolist()) == ([[1.5]], [0.8])
    X, y_true = three_points()
    np.testing.assert_array_equal(y_true, 2 * X[:, 0])
    np.testing.assert_array_equal(X, [[1], [2], [3]])


@pytest.mark.parametrize("name", ["full_batch", "last_sample", "per_sample"])
def test_published_log_has_every_printed_digit(name):
    log = published_log(name)
    printed = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = zip(*(column.tolist() for column in log), strict=True)
    assert [",".join(map(str, row)) for row in rows] == printed


def test_log_that_was_never_published_is_refused():
    with pytest.raises(ValueError, match=r"name is 'half_batch': pass one of \['full_batch', "):
        published_log("half_batch")
