import csv
import io
import pickle

import numpy as np
import pytest

from gdbook import (
    History,
    Objective,
    cyclic,
    gradient_descent,
    linear_model,
    momentum,
    stochastic_gradient_descent,
)

SPHERE = Objective(lambda p: (p * p).sum(), lambda p: 2 * p)
RUN = gradient_descent(SPHERE, [1.0, -2.0], learning_rate=0.25, epochs=4)


def test_repr_is_one_short_line():
    many = gradient_descent(SPHERE, np.ones(50), learning_rate=0.25, epochs=500)
    assert repr(many) == (
        "History(501 rows, epochs 0 to 500, 50 parameters, loss 50 to 4.66632e-300, completed)"
    )
    assert repr(many[:0]) == "History(0 rows, completed)"
    one = gradient_descent(SPHERE, 1.0, learning_rate=0.25, epochs=0)
    assert repr(one) == "History(1 row, epochs 0 to 0, 1 parameter, loss 1 to 1, completed)"


def test_row_has_what_the_columns_have():
    row = RUN[-1]
    assert (row.epoch, row.loss) == (4, RUN.losses[-1])
    np.testing.assert_array_equal(row.params, [1 / 16, -2 / 16])
    np.testing.assert_array_equal(row.gradient, [2 / 16, -4 / 16])
    with pytest.raises(ValueError, match="read-only"):
        row.params[0] = 7
    with pytest.raises(IndexError):
        RUN[5]


def test_rows_come_in_order():
    assert [row.epoch for row in RUN] == [0, 1, 2, 3, 4]
    assert len([*RUN]) == len(RUN) == 5


@pytest.mark.parametrize("rows", [slice(1, 3), slice(None, None, 2), slice(-2, None), slice(0, 0)])
def test_slice_is_a_history_of_these_rows(rows):
    part = RUN[rows]
    assert isinstance(part, History)
    for name in ("epochs", "params", "losses", "gradients"):
        np.testing.assert_array_equal(getattr(part, name), getattr(RUN, name)[rows])
    assert (part.status, part.last_epoch) == ("completed", 4)


def test_columns_have_one_name_each_and_one_number_for_each_row():
    columns = RUN.to_dict(names=["w", "b"])
    assert [*columns] == ["epoch", "w", "b", "loss", "dloss/dw", "dloss/db"]
    assert columns["w"].tolist() == [1, 0.5, 0.25, 0.125, 0.0625]
    assert columns["dloss/db"].tolist() == [-4, -2, -1, -0.5, -0.25]
    assert [*RUN.to_dict()][1:3] == ["param[0]", "param[1]"]
    alone = gradient_descent(SPHERE, 1.0, learning_rate=0.25, epochs=1).to_dict()
    assert {name: column.tolist() for name, column in alone.items()} == {
        "epoch": [0, 1],
        "param": [1, 0.5],
        "loss": [1, 0.25],
        "dloss/dparam": [2, 1],
    }
    assert all(len(column) == 0 for column in RUN[:0].to_dict().values())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["w"], r"the run has 2 parameters, and names are \['w'\]: pass one name for each"),
        (["w", "w"], "give each column a name of its own"),
        (["w", "loss"], "give each column a name of its own"),
    ],
)
def test_names_that_do_not_fit_are_refused(names, message):
    with pytest.raises(ValueError, match=message):
        RUN.to_dict(names=names)


def test_record_is_written_as_csv_in_one_line_and_read_back():
    file, columns = io.StringIO(newline=""), RUN.to_dict()
    csv.writer(file).writerows([columns, *zip(*columns.values(), strict=True)])
    file.seek(0)
    rows = [*csv.DictReader(file)]
    assert [float(row["loss"]) for row in rows] == RUN.losses.tolist()
    assert [int(row["epoch"]) for row in rows] == RUN.epochs.tolist()


def test_history_that_is_pickled_is_gone_on_with_as_before():
    line = linear_model([[1.0], [2.0], [4.0]], [2.0, 4.0, 7.0])
    options = {"batches": cyclic(), "learning_rate": 0.01, "step": momentum(0.5)}
    run = stochastic_gradient_descent(line, [0.0, 0.0], epochs=3, **options)
    copy = pickle.loads(pickle.dumps(run))  # noqa: S301  # it is our own
    assert repr(copy) == repr(run)
    ours, theirs = (
        stochastic_gradient_descent(line, start, epochs=3, **options) for start in (run, copy)
    )
    np.testing.assert_array_equal(ours.params, theirs.params)
