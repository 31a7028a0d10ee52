"""Values: what is asked of a block, and how the answer is written."""

import re
from fractions import Fraction

import numpy as np
import pytest
import sympy
import torch
from bookwright.blocks.values import evaluate, written
from bookwright.pages.marks import find
from bookwright.pages.values import Asked, asked, mistake


def ask(content, context="text"):
    (mark,) = find(f"@{{{content}}}")
    return asked(mark._replace(context=context))


@pytest.mark.parametrize(
    ("content", "expression", "form"),
    [
        ("x", "x", ""),
        (" x + 1 ", "x + 1", ""),
        ("x:.3f", "x", ".3f"),
        ("x[1:2]", "x[1:2]", ""),
        ("x[1:2]:words", "x[1:2]", "words"),
        ("{'a': 1}['a']:d", "{'a': 1}['a']", "d"),
        ("x[':']:>5", "x[':']", ">5"),
        ('"it\'s: " + x', '"it\'s: " + x', ""),
        ("(lambda y: y)(2)", "(lambda y: y)(2)", ""),
        ("a > b:the sum: it grows", "a > b", "the sum: it grows"),
        ("a > b:it doesn't fall", "a > b", "it doesn't fall"),
    ],
)
def test_colon_outside_of_brackets_and_quotes_begins_the_form(content, expression, form):
    assert ask(content) == Asked(expression, form, "text")


@pytest.mark.parametrize("content", ["", "x +", "1 2", "x = 3", "import os", ":.2f"])
def test_what_is_no_expression_is_a_mistake(content):
    assert "is no expression of Python" in mistake(ask(content))


@pytest.mark.parametrize("content", ["3", "0.1:g", "2 / 3:.3f", "'two'", "[1, 2][0]"])
def test_number_that_is_typed_in_a_mark_is_a_mistake(content):
    assert "asks for nothing" in mistake(ask(content))


def test_mark_in_the_words_of_a_mark_is_a_mistake():
    assert mistake(ask("a > b:that of @{a}")) == "a mark stands in a mark: write it behind."


@pytest.mark.parametrize(
    "more",
    [
        *("a > b", "a >= b", "c > a > b", "all(x > b for x in a)", "(a > b).all()", "a > b == c"),
        "sum(a < c) > sum(b < c)",
    ],
)
@pytest.mark.parametrize("less", ["a < b", "a <= b", "max(a) < b", "a < b and b < c"])
def test_words_say_what_the_comparison_says(more, less):
    for expression, right, wrong in (
        (more, "above", "below"),
        (more, "at least that", "at most that"),
        (more, "Doubles", "Halves"),
        (less, "shrinks", "grows"),
        (less, "no more than it was", "more than it was"),
        (less, "it never rises", "it rises"),
        (more, "above, and not below", "below, and not above"),
        (less, "the smallest, and so larger", "the largest, and so smaller"),
    ):
        assert mistake(ask(f"{expression}:it is {right}")) is None
        word = re.search("below|at most|Halves|grows|more|rises|largest", wrong)[0]
        assert mistake(ask(f"{expression}:it is {wrong}")) == (
            f"{expression} is not what {word!r} says: turn the comparison, or the word."
        )


@pytest.mark.parametrize("expression", ["a == b", "f(a)", "a != b", "a in b", "not a"])
def test_word_of_comparison_wants_one_that_says_which_is_more(expression):
    assert "turn the comparison" in mistake(ask(f"{expression}:above"))
    assert mistake(ask(f"{expression}:so it is")) is None


@pytest.mark.parametrize("words", ["no longer settles", "more or less", "once more", "moreover"])
def test_idiom_does_not_compare(words):
    assert mistake(ask(f"a == b:{words}")) is None


@pytest.mark.parametrize(
    ("value", "form", "text", "tex", "code"),
    [
        (22, "", "22", "22", "22"),
        (-3, "", "−3", "-3", "-3"),
        (1797, ",", "1,797", "1{,}797", "1,797"),
        (0.1, "", "0.1", "0.1", "0.1"),
        (0.1234, "", "0.1234", "0.1234", "0.1234"),
        (2 / 3, ".3f", "0.667", "0.667", "0.667"),
        (-0.5, ".2f", "−0.50", "-0.50", "-0.50"),
        (6.2e-5, ".1e", "6.2 · 10⁻⁵", r"6.2 \cdot 10^{-5}", "6.2e-05"),
        (3e12, ".0e", "3 · 10¹²", r"3 \cdot 10^{12}", "3e+12"),
        (0.093, ".1%", "9.3 %", r"9.3\,\%", "9.3%"),
        (Fraction(8, 13), "", "8/13", "8/13", "8/13"),
        (Fraction(8, 13), "frac", r"\frac{8}{13}", r"\frac{8}{13}", r"\frac{8}{13}"),
        (Fraction(4, 2), "frac", "2", "2", "2"),
        (sympy.sqrt(2) / 2, "", "sqrt(2)/2", r"\frac{\sqrt{2}}{2}", "sqrt(2)/2"),
        ("as it is", "", "as it is", "as it is", "as it is"),
        (np.float64(0.25), "", "0.25", "0.25", "0.25"),
        (np.array(0.25), ".1f", "0.2", "0.2", "0.2"),
        (torch.tensor(0.25), ".2f", "0.25", "0.25", "0.25"),
        (np.int64(7), "", "7", "7", "7"),
        (float("inf"), "", "inf", r"\infty", "inf"),
        (3, "words", "three", "three", "three"),
        (3, "Words", "Three", "Three", "Three"),
        (22, "ordinal", "twenty-second", "twenty-second", "twenty-second"),
        (np.int64(2), "times", "twice", "twice", "twice"),
    ],
)
def test_value_is_written_as_its_place_wants_it(value, form, text, tex, code):
    expected = {"text": text, "tex": tex, "code": code}
    assert {context: written(value, form, context) for context in expected} == expected


@pytest.mark.parametrize(
    ("number", "words", "ordinal", "times"),
    [
        (0, "zero", "zeroth", "zero times"),
        (1, "one", "first", "once"),
        (2, "two", "second", "twice"),
        (3, "three", "third", "three times"),
        (5, "five", "fifth", "five times"),
        (8, "eight", "eighth", "eight times"),
        (9, "nine", "ninth", "nine times"),
        (11, "eleven", "eleventh", "eleven times"),
        (12, "twelve", "twelfth", "twelve times"),
        (19, "nineteen", "nineteenth", "nineteen times"),
        (20, "twenty", "twentieth", "twenty times"),
        (21, "twenty-one", "twenty-first", "twenty-one times"),
        (90, "ninety", "ninetieth", "ninety times"),
        (100, "one hundred", "one hundredth", "one hundred times"),
        (
            1797,
            "one thousand seven hundred ninety-seven",
            "one thousand seven hundred ninety-seventh",
            "one thousand seven hundred ninety-seven times",
        ),
        (
            300_000,
            "three hundred thousand",
            "three hundred thousandth",
            "three hundred thousand times",
        ),
    ],
)
def test_numbers_in_words(number, words, ordinal, times):
    forms = ("words", "ordinal", "times")
    assert tuple(written(number, form, "text") for form in forms) == (words, ordinal, times)


@pytest.mark.parametrize(
    ("value", "form", "message"),
    [
        (1 / 3, "", "say how it is written"),
        (0.12345, "", "say how it is written"),
        (np.float64(1 / 3), "", "say how it is written"),
        (1j / 3, "", "say how it is written"),
        (True, "", "give the words"),
        (np.bool_(True), "", "give the words"),
        (False, "above", "the text says 'above', and this is not so"),
        (torch.tensor([1.0]) > torch.tensor([2.0]), "above", "choose one number"),
        ([1, 2], "", "choose one number"),
        (np.arange(3), ".1f", "choose one number"),
        (2.5, "words", "only a whole number"),
        (-1, "words", "from 0 to 999999"),
        (1_000_000, "ordinal", "from 0 to 999999"),
        (3, "q", "cannot be written as 'q'"),
        ("a", ".2f", "cannot be written as '.2f'"),
    ],
)
def test_what_cannot_be_written_says_why(value, form, message):
    with pytest.raises(ValueError, match=message):
        written(value, form, "text")


def test_claim_is_its_words_where_it_is_so():
    assert written(np.bool_(True), "the loss grows", "text") == "the loss grows"


def test_each_expression_has_an_answer_or_an_error():
    questions = [
        ("a + 1", "", "text"),
        ("b", "", "text"),
        ("1 / 0", "", "text"),
        ("a / 3", "", "tex"),
    ]
    assert evaluate(questions, {"a": 2}) == [
        ("3", ""),
        ("", "NameError: name 'b' is not defined"),
        ("", "ZeroDivisionError: division by zero"),
        ("", "the value is 0.6666666666666666: say how it is written, such as @{…:.3f}"),
    ]
