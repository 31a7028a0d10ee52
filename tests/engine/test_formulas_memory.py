"""What is evaluated once, and again where something that it depends on is another."""

from itertools import permutations

import numpy as np
import pytest
from bookwright.formulas.check import Formula, check


def statuses(symbols, *formulas):
    return [each.status for each in check([Formula(tex, "") for tex in formulas], symbols)]


def test_a_definition_changes_what_depends_on_it():
    formulas = [Formula("q = 6", ""), Formula("p = 4", "definition"), Formula("q = 8", "")]
    found = check(formulas, {"p": 3, "q": "2 p"})
    assert [each.status for each in found] == ["checked", "defined", "checked"]


SYMBOLS = {
    "x": [1, 2, 3],
    "y": [4, 5],
    "c": (1, 2),
    "q": "x_i",
    "r": "q + 1",
    "s_i": "c x_i",
    "f(c)": "c^2 + s_1",
    "w": [(1, 2)] * 2,
    "t": "w_1 w_2",
    "u": "t + w_1",
    "v": "w_2 + w_2",
    "A": [[(1, 2)] * 2] * 2,
    "B_k": "A_k",
}


@pytest.mark.parametrize(
    "tex",
    [
        r"\sum_{i=1}^3 q = 6",
        r"\sum_{i=1}^3 q r = 20",
        r"\sum_i s_i = 6 c",
        "s_1 = c",
        "f(3) = 12",
        "f(3) - f(c) = 12 - c^2 - c",
        r"\frac{\partial u}{\partial w_1} = w_2 + 1",
        r"\frac{\partial u}{\partial w_2} + v = w_1 + 2 w_2",
        r"\frac{\partial t}{\partial w} = (w_2, w_1)",
        r"\frac{\partial f}{\partial c} = 2 c + 1",
        r"\sum_{k=1}^2 \operatorname{sum}(B_k) = \operatorname{sum}(A)",
    ],
)
def test_a_value_is_taken_where_the_names_that_it_depends_on_are_the_same(tex):
    assert statuses(SYMBOLS, "u = t + w_1", "s_2 = 2 c", tex, tex) == ["checked"] * 4
    assert statuses(SYMBOLS, tex.replace("= ", "= 0.001 + ")) == ["wrong"]


@pytest.mark.parametrize("formulas", [*permutations(["r - 1 = q", "q + 1 = r", "y_i - 2 = r"])])
def test_an_index_that_is_drawn_for_a_formula_is_not_for_the_others(formulas):
    assert statuses(SYMBOLS, *formulas) == ["checked"] * 3


def test_a_letter_that_is_no_index_in_one_formula_may_be_drawn_in_the_next():
    symbols = {"x": [1, 2, 3], "m_i": "i^2", "d": "m_i"}
    assert statuses(symbols, "d = -1", "x_i^2 = d", "d = -1") == ["checked"] * 3


def test_a_message_has_all_that_is_random_also_after_an_earlier_formula():
    symbols = {"a": (0, 1), "b": ("a", 3), "p": "2 b"}
    first, again = check([Formula("p = 0", "")] * 2, symbols)
    assert first == again
    assert " at a = 0." in first.message


def test_what_is_coarse_in_an_earlier_formula_is_coarse_again():
    symbols = {"g": lambda: 1 / 3, "h": "3 g"}
    assert statuses(symbols, "h = 1", "h = 1", "h = 1.0001") == ["checked", "checked", "wrong"]


def test_floats_that_a_name_comes_from_do_not_make_a_derivative_by_it_coarse():
    symbols = {"x": (1, 2), "z(x)": lambda x: float(np.tanh(float(x))), "g": "z^2"}
    assert statuses(symbols, r"\partial g / \partial z = 2 z") == ["checked"]
    assert statuses(symbols, r"\partial g / \partial z = 2.00001 z") == ["wrong"]


def test_a_function_that_changes_its_argument_does_not_change_the_table():
    def second(w):
        w[0] = w[0] * 0
        return w[1]

    symbols = {"w": [(1, 2)] * 2, "f": second}
    assert statuses(symbols, r"f + \operatorname{sum}(w) - 2 f \ge 1") == ["checked"]


def test_a_function_may_stand_for_two_sequences_with_one_name():
    symbols = {"u_k": float, "u_{k+1}": float, "k": {1, 2, 3}, "n": "k + 1"}
    assert statuses(symbols, "u_{k+1} = k", "u_n = k + 1", "u_3 = 3") == ["checked"] * 3
