"""The table of symbols: what its keys and values mean."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from bookwright.formulas.arithmetic import mp
from bookwright.formulas.check import Formula, Verdict, check


def verdict(tex, symbols):
    (found,) = check([Formula(tex, "")], symbols)
    return found


def status(tex, symbols):
    return verdict(tex, symbols).status


NUMBERS = [0.1, Fraction(1, 10), Decimal("0.1"), np.float64(0.1), np.array(0.1)]


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: type(value).__name__)
def test_numbers_are_what_they_print_as(value):
    assert status("w = 1 / 10", {"w": value}) == "checked"
    assert status("w = 0.10000000000000001", {"w": value}) == "wrong"


def test_a_number_of_many_digits_was_computed_and_is_compared_coarsely():
    assert status("w = 57 / 28", {"w": 57 / 28}) == "checked"
    assert status("w = 2.03571", {"w": 57 / 28}) == "wrong"


def test_an_interval_is_a_random_number_between_its_ends():
    assert status("2 < w < 3", {"w": (2, 3)}) == "checked"
    assert status("w < 2.9", {"w": (2, 3)}) == "wrong"


def test_the_ends_of_an_interval_may_be_tex():
    symbols = {"L": (1, 5), r"\alpha": (0, r"\frac{2}{L}")}
    assert status(r"0 < \alpha L < 2", symbols) == "checked"
    assert status(r"\alpha L < 1.8", symbols) == "wrong"


def test_both_ends_of_an_interval_may_be_tex():
    symbols = {r"\mu": (0.2, 1), "L": (2, 5), r"\lambda": (r"\mu", "L")}
    assert status(r"\mu < \lambda < L", symbols) == "checked"
    assert status(r"\lambda = \mu", symbols) == "wrong"
    assert status(r"\lambda < 2", symbols) == "wrong"


def test_the_ends_of_an_interval_may_be_random_themselves():
    assert status("0 < w < 3", {"w": ((0, 1), (2, 3))}) == "checked"
    assert status("w < 1", {"w": ((0, 1), (2, 3))}) == "wrong"


def test_the_ends_of_an_interval_are_not_taken_for_a_derivative():
    symbols = {"w": ("1 + 1", 3), "w'": "7 - 2"}
    assert status("0 w + w' = 5, 2 < w' w / 5 < 3", symbols) == "checked"
    assert status("0 w + w' = 2", symbols) == "wrong"


def test_a_vector_keeps_its_entries_beside_a_key_of_one_index():
    symbols = {"w": ["1 + 1", "2 + 2"], "w_1": "7 - 2"}
    assert status("w_1 w = 5 (2, 4)", symbols) == "checked"
    assert status("w_1 w = 5 (5, 4)", symbols) == "wrong"


@pytest.mark.parametrize("values", [range(2, 5), {2, 3, 4}])
def test_a_range_or_a_set_is_a_random_one_of_its_values(values):
    assert status(r"k \in \{2, 3, 4\}", {"k": values}) == "checked"
    assert status(r"k \in \{2, 3\}", {"k": values}) == "wrong"


@pytest.mark.parametrize("x", [[1, 2, 3], np.array([1, 2, 3]), [1, "1 + 1", 3]])
def test_a_list_is_a_vector_whose_entries_are_counted_from_1(x):
    assert status("x = (1, 2, 3), x_1 = 1, x_3 = 3", {"x": x}) == "checked"
    assert status("x_1 = 2", {"x": x}) == "wrong"


def test_nested_lists_are_matrices():
    symbols = {"X": [[1, 2], [3, 4]], "Y": np.array([[1, 3], [2, 4]]), "i": range(1, 3)}
    assert status(r"X = Y^\top, X_{i1} = Y_{1,i}, X_{12} = 2", symbols | {"j": 1}) == "checked"


def test_entries_of_vectors_may_be_random():
    symbols = {r"\theta": [(0, 1)] * 3}
    assert status(r"\theta_1 + \theta_2 + \theta_3 = \sum \theta_i", symbols) == "checked"
    assert status(r"\theta_1 = \theta_2", symbols) == "wrong"


def test_an_index_that_is_not_in_the_table_goes_along_its_vector():
    symbols = {"x": [1, 2, 3], "y_i": "2 x_i"}
    assert status("y_i = x_i + x_i", symbols) == "checked"
    assert status(r"y_i = 2, y_i \ne 3", symbols) == "wrong"


def test_a_definition_has_its_value_where_it_is_used():
    symbols = {"x": [1, 2, 3], "w": (-1, 1), r"\hat y_i": "w x_i", "f": r"\sum_i \hat y_i"}
    assert status(r"\hat y_3 = 3 w, f = 6 w", symbols) == "checked"
    assert status(r"\hat y_3 = 2 w", symbols) == "wrong"


def test_an_index_has_its_own_meaning_before_that_of_a_letter_and_of_a_vector():
    symbols = {"w": [1, 2, 3], "w_k": "10 k", "w_2": 7, "k": range(3, 6)}
    assert status("w_2 = 7, w_1 = 10, w_k = 10 k, w = (1, 2, 3)", symbols) == "checked"


def test_a_random_key_with_a_letter_has_a_number_for_each_index():
    symbols = {r"\xi_k": (0, 1)}
    assert status(r"\xi_1 + \xi_2 = \xi_2 + \xi_1", symbols) == "checked"
    assert status(r"\xi_1 = \xi_2", symbols) == "wrong"


def test_a_letter_can_be_a_mere_label():
    symbols = {"a": (0, 1), "b": (0, 1), "g_a": "2 a", "g_b": "3 b", "g": "(g_a, g_b)"}
    assert status("g = (2 a, 3 b), g_1 = g_a", symbols) == "checked"
    assert status("g_a = g_b", symbols) == "wrong"
    del symbols["g"]
    assert verdict("g_c = 1", symbols).message == "'g_c' is not in the table of symbols"


def test_a_label_that_is_a_whole_number_is_not_taken_for_another():
    symbols = {"a": 2, "b": 3, "g_a": 7, "g_b": 8}
    assert status("g_a = 7, g_b = 8", symbols) == "checked"
    assert status("g_a = 7, g_b = 8", dict(reversed(symbols.items()))) == "checked"


def test_a_key_that_is_written_in_the_same_way_comes_before_a_letter():
    symbols = {"e_k": (0, 1), "e_{k+1}": "2 e_k", "k": range(5)}
    assert status("e_{k+1} = e_k + e_k", symbols) == "checked"
    assert status("e_k = 2 e_{k-1}", symbols) == "wrong"


def test_a_name_that_is_not_known_is_named_as_it_is_written():
    message = verdict("g_{k+1} = 1", {"k": range(5)}).message
    assert message == "'g_{k+1}' is not in the table of symbols"


def test_a_sequence_is_defined_by_what_comes_before():
    symbols = {"w_0": (0, 1), "q": (0, 1), "w_{k+1}": "q w_k", "k": range(6)}
    assert status("w_k = q^k w_0", symbols) == "checked"
    assert status("w_k = q^{k+1} w_0", symbols) == "wrong"


def test_a_sequence_with_two_terms_before_is_not_evaluated_again_and_again():
    symbols = {"F_0": 0, "F_1": 1, "F_{k+1}": "F_k + F_{k-1}"}
    assert status("F_{90} = 2880067194370816120", symbols) == "checked"


def test_a_sequence_without_a_beginning_has_no_end():
    message = verdict("w_3 = 1", {"w_{k+1}": "2 w_k"}).message
    assert message == "something is defined by itself without end"


def test_two_indices_are_parted_by_a_comma_or_are_letters():
    symbols = {"c_{i,k}": "i + 10 k", "W_{ij}": "i - j", "i": range(1, 4), "k": range(4)}
    assert status("c_{2,k} = 2 + 10 k, c_{i,3} = i + 30, W_{5,2} = 3", symbols) == "checked"


def test_functions_have_their_parameters_in_the_key():
    symbols = {"f(w, b)": "w^2 b", "w": (0, 1), "b": (0, 1), "P": [2, 3]}
    assert status("f(b, w) = b^2 w, f = w^2 b, f(P) = 12", symbols) == "checked"
    assert status("f(b, w) = w^2 b", symbols) == "wrong"


def test_functions_may_have_indices():
    symbols = {"x": [1, 2, 3], "w": (0, 1), "g_i(w)": "2 x_i w"}
    assert status("g_2(3) = 12, g_i = 2 x_i w", symbols) == "checked"


def test_functions_of_python_get_many_digits():
    assert status(r"f(2) = \sqrt 2", {"f": lambda w: w ** type(w)("0.5")}) == "checked"


def test_functions_of_python_that_cannot_get_them_get_floats():
    symbols = {"f": lambda w: float(np.exp(w)), "w": (0, 1), "q": np.hypot}
    assert status("f(w) = e^w, f = e^w, q(3, 4) = 5", symbols) == "checked"
    assert status("f(w) = 1.00001 e^w", symbols) == "wrong"


ROUNDING = [lambda x: float(x) * x, lambda x: float(2 * x) / 2 * x, lambda x: math.fabs(x) * x]


@pytest.mark.parametrize("function", ROUNDING)
def test_functions_of_python_that_round_inside_are_compared_as_floats(function):
    as_it_is = mp.mpf.__float__
    symbols = {"f(x)": function, "x": (1, 2)}
    assert status("f(x) = x^2, f'(x) = 2 x", symbols) == "checked"
    assert status("f(x) = 1.00001 x^2", symbols) == "wrong"
    assert status("f'(x) = x", symbols) == "wrong"
    assert mp.mpf.__float__ is as_it_is


def test_functions_of_python_that_do_not_round_are_compared_in_all_digits():
    symbols = {"f(x)": lambda x: x * x, "x": (1, 2)}
    assert status("f(x) = x^2 + 10^{-25}", symbols) == "wrong"


def test_what_is_left_of_floats_is_equal_to_0():
    symbols = {"f": lambda w: 0.1 + 0.2 - 0.3 + 0 * float(w), "g": lambda w: [float(w), 1e-16]}
    assert status("f(1) = 0, 0 = f(1), g(1) = (1, 0)", symbols) == "checked"
    assert status(r"f(1) \ne 0", symbols) == "wrong"
    assert status("f(1) = 10^{-8}", symbols) == "wrong"
    assert status("0 = f(1) + 10^{-8}", symbols) == "wrong"
    assert status("0 = 10^{-16}", symbols) == "wrong"


def test_the_parameters_of_functions_of_python_are_written_in_tex():
    symbols = {"f": lambda alpha, w_0: 3 * alpha + w_0, r"\alpha": (0, 1), "w_0": (0, 1)}
    assert (
        status(r"f = 3 \alpha + w_0, \frac{\partial f}{\partial \alpha} = 3", symbols) == "checked"
    )


def test_functions_of_python_get_vectors_and_indices():
    symbols = {
        "f": lambda theta: theta @ theta,
        r"\theta": [(0, 1)] * 3,
        "w_k": lambda k: [5, 6, 7][k],
        "h_k(t)": lambda k, t: k * t,
        "k": range(3),
    }
    assert (
        status(r"f(\theta) = \lVert \theta \rVert^2, w_0 = 5, h_2(t) = 2 t", symbols | {"t": 3})
        == "checked"
    )


def test_functions_of_python_that_fail_are_named():
    def fails(w):
        raise KeyboardInterrupt if w == 0 else RuntimeError(f"no {w}")

    message = verdict("f(2) = 1", {"f": fails}).message
    assert message.startswith("'f' raises RuntimeError: no 2")


def test_an_expectation_is_the_mean_over_equally_likely_values():
    symbols = {"x": [1, 2, 6], r"\mathbb E": {"i": range(1, 4)}, "w": (0, 1), "g_i": "w x_i"}
    assert status(r"\mathbb E \, x_i = 3, \mathbb E g_i = 3 w", symbols) == "checked"
    assert status(r"\operatorname{Var} x_i = \frac{4 + 1 + 9}{3}", symbols) == "checked"
    assert status(r"\mathbb E x_i^2 = (\mathbb E x_i)^2", symbols) == "wrong"
    assert status("x_i = 3", symbols) == "wrong"


def test_an_expectation_takes_probabilities_and_several_names():
    symbols = {r"\mathbb E": {"X": {0: 0.25, 4: 0.75}, "Y": {1: 0.5, 3: 0.5}}}
    assert (
        status(r"\mathbb E X = 3, \mathbb E X Y = \mathbb E X \cdot \mathbb E Y", symbols)
        == "checked"
    )
    assert status(r"\mathbb E X^2 = 9", symbols) == "wrong"


def test_what_is_averaged_over_and_its_probabilities_may_be_tex():
    x, p = [1, 2, 6], [0.5, 0.25, 0.25]
    values = {"x_1": "p_1", "x_2": "p_2", "x_3": "p_3"}
    symbols = {"x": x, "p": p, r"\mathbb E": {"X": values, "Y": ["x_1", "x_3"]}}
    assert status(r"\mathbb E X = 2.5, \mathbb E Y = 3.5", symbols) == "checked"
    assert status(r"X \in \{1, 2, 6\}", symbols) == "checked"
    assert status(r"\mathbb E X = 3", symbols) == "wrong"


def test_values_of_different_indices_are_independent():
    symbols = {r"\mathbb E": {r"\xi_k": [-1, 1]}}
    assert status(r"\mathbb E \xi_1 \xi_2 = 0, \mathbb E \xi_1^2 = 1", symbols) == "checked"


def test_an_expectation_without_its_table_is_not_known():
    message = verdict(r"\mathbb E X = 1", {"X": 1}).message
    assert message == r"'\mathbb E' is not in the table of symbols"


MISTAKES = [
    ("x", object(), "in the table of symbols, 'x' is a object: it can be"),
    ("x +", 1, "the key 'x +' of the table of symbols: cannot read this where it ends"),
    ("x + 1", 1, "what is defined is a name or a function of names, and not 'x + 1'"),
    ("f(2)", 1, "what is defined is a name or a function of names, and not 'f(2)'"),
    ("x_{2k}", 1, "an index in 'x_{2k}' is a number, a letter, or a letter plus 1"),
    ("x", [[1, 2], [3]], "in the table of symbols, the rows of 'x' have different lengths"),
    (r"\mathbb E", 3, r"'\mathbb E' stands for a dictionary: what is averaged over"),
    (r"\mathbb E", {"X": 3}, r"in '\mathbb E', 'X' stands for its values"),
]


@pytest.mark.parametrize(("key", "value", "message"), MISTAKES)
def test_mistakes_in_the_table_are_named(key, value, message):
    found = verdict("1 = 1", {key: value})
    assert found.status == "unreadable"
    assert found.message.startswith(message)


@pytest.mark.parametrize("symbols", [["x"], {1: 2}, None])
def test_the_table_is_a_dictionary_of_tex(symbols):
    message = verdict("1 = 1", symbols).message
    assert message == "the table of symbols is a dictionary whose keys are TeX"


def test_a_mistake_in_the_table_spares_what_states_nothing():
    assert verdict("a + b", {"x": object()}) == Verdict("silent", "")
