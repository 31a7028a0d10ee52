from fractions import Fraction

import numpy as np
import pytest

from gdbook import (
    Objective,
    Value,
    gradient_descent,
    graph_table,
    history_table,
    losses_table,
    markdown_table,
)

SPHERE = Objective(lambda p: p @ p, lambda p: 2 * p)


def test_numbers_stand_right_and_text_stands_left():
    table = markdown_table({"a": ["one", "two"], "b": [1, 2]})
    assert table.splitlines() == ["| a | b |", "| :--- | ---: |", "| one | 1 |", "| two | 2 |"]


def test_floats_are_rounded_and_exact_numbers_are_not():
    table = markdown_table({"x": [0.123456789, Fraction(1, 3), 123456789]}, digits=3)
    assert table.splitlines()[2:] == ["| 0.123 |", "| 1/3 |", "| 123456789 |"]


def test_numpy_floats_are_rounded_like_pythons():
    for dtype in (np.float32, np.float64):
        assert markdown_table({"x": np.array([1 / 3], dtype)}, digits=2).endswith("| 0.33 |")


def test_a_vertical_bar_in_a_cell_does_not_split_it():
    assert markdown_table({"|x|": ["a|b"]}).splitlines()[::2] == [r"| \|x\| |", r"| a\|b |"]


def test_unequal_columns_are_refused():
    with pytest.raises(ValueError, match=r"lengths \{'a': 1, 'b': 2\}: pass equal lengths"):
        markdown_table({"a": [1], "b": [1, 2]})
    with pytest.raises(ValueError, match="at least one"):
        markdown_table({})


@pytest.mark.parametrize("columns", [None, [("a", [1])], {1: [2]}])
def test_what_is_no_mapping_from_text_is_refused(columns):
    with pytest.raises(TypeError, match="pass a mapping from header to cells"):
        markdown_table(columns)


@pytest.mark.parametrize("text", ["x\ny", "x\ry", "x\r\ny", "\r", np.eye(2)])
def test_cell_of_several_lines_is_refused(text):
    with pytest.raises(ValueError, match="has several lines"):
        markdown_table({"a": [text]})
    if isinstance(text, str):
        with pytest.raises(ValueError, match="has several lines"):
            markdown_table({text: [1]})


@pytest.mark.parametrize("column", [1, None, "xyz", b"xyz", np.array(3.0), 0.5])
def test_what_is_no_list_of_cells_is_refused(column):
    with pytest.raises(TypeError, match=r"columns\['a'\] is .*: pass a list of cells"):
        markdown_table({"a": column})


def test_numbers_of_all_kinds_are_rounded():
    third, kinds = 1 / 3, (np.float16, np.float32, np.longdouble, np.complex64, np.complex128)
    for kind in kinds:
        for cell in (kind(third), np.array(kind(third))):
            assert markdown_table({"x": [cell]}, digits=2).split("| ")[-1] in {
                "0.33 |",
                "0.33+0j |",
            }
    assert markdown_table({"x": [complex(third, -2)]}, digits=2).endswith("| 0.33-2j |")
    assert markdown_table({"x": [np.array(7), np.int64(8)]}).splitlines()[2:] == ["| 7 |", "| 8 |"]


def test_empty_cells_and_dots_leave_numbers_at_the_right():
    rules = markdown_table({"a": [1, "", "…"], "b": ["", "", "…"], "c": [1, "", "x"]}).splitlines()[
        1
    ]
    assert rules == "| ---: | :--- | :--- |"


RUN = gradient_descent(SPHERE, [2.0, 0.0], learning_rate=0.25, epochs=4)
HEADER = [
    "| epoch | w | b | loss | ∂loss/∂w | ∂loss/∂b |",
    "| ---: | ---: | ---: | ---: | ---: | ---: |",
]
DOTS = "| … | … | … | … | … | … |"


@pytest.mark.parametrize(
    ("head", "tail", "shown"),
    [
        (2, 1, [0, 1, None, 4]),
        (1, None, [0, None]),
        (None, 2, [None, 3, 4]),
        (0, 1, [None, 4]),
        (3, 2, [0, 1, 2, 3, 4]),
        (9, None, [0, 1, 2, 3, 4]),
        (None, None, [0, 1, 2, 3, 4]),
    ],
)
def test_table_may_show_its_ends_only(head, tail, shown):
    rows = history_table(RUN, names=["w", "b"]).splitlines()
    short = history_table(RUN, names=["w", "b"], head=head, tail=tail).splitlines()
    assert short == HEADER + [DOTS if row is None else rows[2 + row] for row in shown]


class Trained:
    """What the record of a training has."""

    epochs, losses, validation_losses = range(1, 3), (5.0, 2.0), (4.0, 3.0)


def test_losses_of_runs_of_numpy_and_of_torch_stand_side_by_side():
    short = gradient_descent(SPHERE, [2.0, 0.0], learning_rate=0.25, epochs=1)
    assert losses_table({"a": short, "b": Trained()}).splitlines() == [
        "| epoch | a | b | b, validation |",
        "| ---: | ---: | ---: | ---: |",
        "| 0 | 4 |  |  |",
        "| 1 | 1 | 5 | 4 |",
        "| 2 |  | 2 | 3 |",
    ]


def test_bad_runs_and_rows_are_refused():
    with pytest.raises(ValueError, match="'epoch' is the name of two columns"):
        losses_table({"epoch": RUN})
    with pytest.raises(ValueError, match="'b, validation' is the name of two curves"):
        losses_table({"b, validation": RUN, "b": Trained()})
    with pytest.raises(
        TypeError, match="histories is of type list: pass a mapping from label to run"
    ):
        losses_table([RUN])
    with pytest.raises(ValueError, match="head is -1: pass 0 or more"):
        losses_table({"a": RUN}, head=-1)
    with pytest.raises(TypeError, match=r"tail is 1\.5: pass a whole number"):
        history_table(RUN, names=["w", "b"], tail=1.5)


def test_digits_must_be_whole_and_positive():
    with pytest.raises(ValueError, match="digits is 0: pass 1 or more"):
        markdown_table({"a": [1]}, digits=0)
    with pytest.raises(TypeError, match=r"digits is 1\.5"):
        markdown_table({"a": [1]}, digits=1.5)
    for digits in (18, 10**10):
        with pytest.raises(ValueError, match=r"digits is \d+: pass 1 to 17"):
            markdown_table({"a": [1]}, digits=digits)


def test_history_table_has_a_row_for_each_record():
    history = gradient_descent(SPHERE, [2.0, 0.0], learning_rate=0.25, epochs=1)
    assert history_table(history, names=["w", "b"]).splitlines() == [
        "| epoch | w | b | loss | ∂loss/∂w | ∂loss/∂b |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
        "| 0 | 2 | 0 | 4 | 4 | 0 |",
        "| 1 | 1 | 0 | 1 | 2 | 0 |",
    ]


def test_history_table_needs_a_name_for_each_parameter():
    history = gradient_descent(SPHERE, [2.0, 0.0], learning_rate=0.25, epochs=1)
    for names in (["w", "w"], ["loss", "epoch"]):
        with pytest.raises(ValueError, match="give each parameter a name of its own"):
            history_table(history, names=names)
    with pytest.raises(ValueError, match=r"has 2 parameters, and names are \['w'\]"):
        history_table(history, names=["w"])


def test_graph_table_has_a_row_for_each_value_with_its_operation():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    t = x + y
    t.label = "t"
    z = (t**2).max(-t)
    z.backward()
    assert graph_table(z).splitlines() == [
        "| name | operation | value | gradient |",
        "| :--- | :--- | ---: | ---: |",
        "| x |  | 2 | 10 |",
        "| y |  | 3 | 10 |",
        "| t | x + y | 5 | 10 |",
        "| v4 | t ** 2 | 25 | 1 |",
        "| v5 | -t | -5 | 0 |",
        "| v6 | max(v4, v5) | 25 | 1 |",
    ]


def test_graph_table_names_a_shared_value_once_and_refers_to_it():
    x = Value(3.0, label="x")
    assert graph_table(x * x).splitlines()[2:] == ["| x |  | 3 | 0 |", "| v2 | x * x | 9 | 0 |"]


def test_names_in_a_graph_table_differ():
    x, y = Value(1.0, label="v3"), Value(2.0, label="v3")
    assert graph_table(x + y).splitlines()[2:] == [
        "| v3 |  | 1 | 0 |",
        "| v3' |  | 2 | 0 |",
        "| v3'' | v3 + v3' | 3 | 0 |",
    ]


def test_graph_table_rounds_to_digits():
    assert graph_table(Value(1 / 3), digits=2).endswith("| v1 |  | 0.33 | 0 |")


def test_graph_table_of_something_else_than_a_value_is_refused():
    with pytest.raises(TypeError, match="result is 3: pass a Value"):
        graph_table(3)
    with pytest.raises(ValueError, match="digits is 0"):
        graph_table(Value(1.0), digits=0)
