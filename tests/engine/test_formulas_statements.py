"""What formulas state: chains, rows, conditions and values, and what is said of each."""

import pytest
from bookwright.formulas import judging
from bookwright.formulas.check import Formula, Verdict, check
from bookwright.formulas.points import Budget

SYMBOLS = {
    "a": (1, 2),
    "b": (0.2, 0.9),
    "r": (-2, 2),
    "n": 4,
    "c": 3.25,
    "x": [1, 2, 3],
    "X": [[1, 2], [3, 4]],
    "k": range(5),
    r"\text{period}": "2 a",
    "f(t)": "t^2",
}


def verdict(tex, symbols=SYMBOLS, mark=""):
    (found,) = check([Formula(tex, mark)], symbols)
    return found


def status(tex, symbols=SYMBOLS, mark=""):
    return verdict(tex, symbols, mark).status


TRUE = [
    "n = 4 = 2 + 2",
    "a < a + 1 \\le a + 1 = 1 + a",
    "2 a > a > 0",
    r"a \ne b",
    r"a \in (1, 2) , \quad n \in [4, 5) , \quad n \in \{3, 4\}",
    r"c \notin \mathbb N , \quad n \in \mathbb N , \quad -n \in \mathbb Z , \quad a \in \mathbb R",
    r"a b \propto b a",
    r"n \gg b / 3",
    r"x = 1, 2, 3",
    r"x_i = 1, 2, 3",
    r"x_i^2 + n = 2 x_i + x_i^2 - 2 x_i + 4 = 5, 8, 13",
    r"x_i < 2, 3, 4",
    r"x_i = \value{1.0}, \value{2.0}, \value{3.0}",
    r"x = 1, \dots, 3",
    r"k = 0, 1, \dots",
    r"n = 4, x_1 = 1",
    r"n = 4 , \qquad x_1 = 1 .",
    r"n = 4 \qquad c = 3.25 \quad \text{for } n > 3",
    r"n + 1 \quad = \quad 4 \quad + 2 \qquad - x_1 < 6",
    r"|r| = \begin{cases} r & r > 0 \\ -r & \text{else} \end{cases} \qquad a + a = 2 a",
    r"|r| = \begin{cases} r & r > 0 \end{cases} \quad \text{for } r > 0",
    r"\text{With } n = 4 \text{ and } c = 3.25",
    r"\text{period} = a + a",
    r"r = |r| \text{ if } r > 0",
    r"r = |r| \text{ for } r > 0 , \quad n = 4",
    r"k^2 = k \text{ for } k = 0, 1",
    r"(x_i - x_j)^2 > 0 \text{ for } i \ne j",
    r"x_i = i \text{ for } i = 1, 2, 3",
    r"r > 1 \iff r - 1 > 0",
    r"r > 1 \implies r > 0",
    r"2 r - 2 a = 0 \quad\Longleftrightarrow\quad r = a",
    r"\begin{aligned} (a + b)^2 &= a^2 + 2 a b \\ &\quad + b^2 \end{aligned}",
    r"\begin{aligned} & (a + b)^2 \\ &= a (a + b) \\ & + b (a + b) , \\ &> 0 . \end{aligned}",
    r"\begin{aligned} n &= 4 , & c &= 3.25 && \text{(given)} \\ -b &< 0 && (n = 5) \end{aligned}",
    r"\begin{aligned} & & -1 &< r - 1 && \\ &\iff & 0 &< r && \text{(add 1)} \end{aligned}",
    r"\begin{aligned} -1 < {}& r - 1 \\ \iff {} & -2 {} < {}- 2 + r \end{aligned}",
    r"n = 4 , \qquad \begin{aligned} x_1 &= 1 \\ x_2 &= 2 \end{aligned}",
    r"n = 4 : 2 n = 8 ; 3 n = 12",
]

FALSE = [
    "n = 4 = 2 + 3",
    "a < a + 1 \\le a + 2 = 1 + a",
    "a > 2 a",
    "a < a",
    r"a \ne a",
    r"a \in (0, 1)",
    r"n \in (4, 5)",
    r"n \in \{3, 5\}",
    r"c \in \mathbb N",
    r"a b \propto b",
    r"n \gg b",
    "x = 1, 2, 4",
    "x = 1, 2",
    r"x_i = 1, 3, 2",
    r"x_i = 1, 2",
    r"x_i^2 = 1, 4, 8",
    r"x_k = 1, 2, 3",
    r"x_1 = 1, 2, 3",
    r"x_i = \value{1.0}, \value{2.0}, \value{3.1}",
    r"n = 5, \dots, 9",
    "n = 4, x_1 = 2",
    r"n = 4 , \qquad x_1 = 2 .",
    r"n = 4 \qquad c = 3.26 \quad \text{for } n > 3",
    r"n \quad = \quad 4 \quad + 1",
    r"|r| = \begin{cases} r & r > 0 \\ -r & \text{else} \end{cases} \qquad a + a = 3 a",
    r"|r| = \begin{cases} r & r > 0 \\ -r & r < r \end{cases}",
    r"\text{With } n = 4 \text{ and } c = 3.26",
    r"r = |r| \text{ if } r > -1",
    r"r = |r| \text{ for } r > 0 , \quad n = 5",
    r"k^2 = k \text{ for } k = 0, 1, 2",
    r"(x_i - x_j)^2 > 0 \text{ for } i \ge j",
    r"(x_i - x_j)^2 = 1 \text{ for } i \ne j",
    r"r > 1 \iff r - 1 > 1",
    r"r > 0 \implies r > 1",
    r"\begin{aligned} (a + b)^2 &= a^2 + 2 a b \\ &\quad - b^2 \end{aligned}",
    r"\begin{aligned} n &= 4 , & c &= 3.26 \end{aligned}",
    r"\begin{aligned} & & -1 &< r - 1 && \\ &\iff & 1 &< r && \text{(add 1)} \end{aligned}",
    r"\begin{aligned} -1 < {}& r - 1 \\ \iff {} & -2 {} < {}- 1 + r \end{aligned}",
    r"n = 4 , \qquad \begin{aligned} x_1 &= 1 \\ x_2 &= 3 \end{aligned}",
]


@pytest.mark.parametrize("tex", TRUE)
def test_true_statements_are_checked(tex):
    assert verdict(tex) == Verdict("checked", "")


@pytest.mark.parametrize("tex", FALSE)
def test_false_statements_are_wrong(tex):
    assert status(tex) == "wrong"


@pytest.mark.parametrize("tex", ["a + b", r"\beta", r"\tfrac12 \foo", r"\text{of } a"])
def test_a_formula_without_a_relation_is_silent(tex):
    assert verdict(tex) == Verdict("silent", "")


ABOUT = [r"\tfrac13 \approx 0.33", r"\tfrac13 \approx 0.333", r"-200 \cdot \tfrac13 \approx -67"]
ABOUT += [r"\frac{1}{300} \approx 3.3 \cdot 10^{-3}", r"\tfrac13 \approx 33 \, \%"]
ABOUT += [r"(\tfrac13, \tfrac23) \approx (0.33, 0.67)", r"a \approx 1.02 a", r"0.456 \approx 0.46"]
ABOUT += [
    r"1000 + \tfrac12 + \tfrac{1}{50} \approx 1000 + \tfrac12",
    r"1000 a + 1 \approx 1000 a",
]
NOT_ABOUT = [
    r"\tfrac13 \approx 0.34",
    r"\tfrac13 \approx 0.334",
    r"-200 \cdot \tfrac13 \approx -66",
]
NOT_ABOUT += [r"\frac{1}{300} \approx 3.4 \cdot 10^{-3}", r"\tfrac13 \approx 34 \, \%"]
NOT_ABOUT += [
    r"(\tfrac13, \tfrac23) \approx (0.33, 0.66)",
    r"a \approx 1.1 a",
    r"1000 + \tfrac12 + \tfrac{1}{30} \approx 1000 + \tfrac12",  # 5 % of the smallest term is 1/40
    r"0.456 \approx 0.45",
]


@pytest.mark.parametrize("tex", ABOUT)
def test_a_side_in_digits_is_the_other_one_rounded(tex):
    assert status(tex) == "checked"


@pytest.mark.parametrize("tex", NOT_ABOUT)
def test_a_side_in_digits_is_not_rounded_otherwise(tex):
    assert status(tex) == "wrong"


COMPUTED = [r"c = \value{3.2}", r"2 c = 2 \cdot \value{3.2}", r"c \le \value{3.2}"]
COMPUTED += [r"c = \value{3.250}", r"\frac{1}{n} = \value{25\,\%}", r"n = \value{4}"]
COMPUTED += [r"1000 c = \value{3{,}250.0}", r"\frac{c}{1000} = \value{3.2 \cdot 10^{-3}}"]
COMPUTED += [r"c = \value{\frac{13}{4}}", r"-c = \value{-3.2}", r"c \approx \value{3.3}"]
MISCOMPUTED = [r"c = \value{3.1}", r"2 c = 2 \cdot \value{3.1}", r"c \le \value{3.1}"]
MISCOMPUTED += [r"c = \value{3.251}", r"\frac{1}{n} = \value{26\,\%}", r"n = \value{5}"]
MISCOMPUTED += [r"1000 c = \value{3{,}250.2}", r"\frac{c}{1000} = \value{3.1 \cdot 10^{-3}}"]
MISCOMPUTED += [r"c = \value{\frac{14}{4}}", r"-c = \value{-3.1}", r"c \approx \value{3.4}"]


@pytest.mark.parametrize("tex", COMPUTED)
def test_a_computed_value_is_known_to_half_a_unit_of_its_last_digit(tex):
    assert status(tex) == "checked"


@pytest.mark.parametrize("tex", MISCOMPUTED)
def test_a_computed_value_is_not_known_to_less(tex):
    assert status(tex) == "wrong"


@pytest.mark.parametrize(
    "tex", [r"a = \value{0.71}", r"w = \value{0.71}", r"r \approx \value{7.5}"]
)
def test_a_computed_value_of_a_name_without_a_fixed_value_is_taken_as_it_is(tex):
    assert status(tex) == "checked"


def test_a_typed_value_of_a_random_name_is_wrong():
    assert status("a = 1.5") == "wrong"


@pytest.mark.parametrize(
    "tex", ["r > 1", "r = 1", r"r \ne 1", "n = 4", "k = 3", r"2 r \le 1, r < 0"]
)
def test_a_condition_holds_at_some_points(tex):
    assert status(tex, mark="condition") == "condition"


def test_a_condition_that_always_holds_needs_no_mark():
    message = verdict("r < 3", mark="condition").message
    assert message == "'r < 3' holds at all points: it needs no mark"


@pytest.mark.parametrize("tex", ["r > 2", "n = 5", "a > b > 1"])
def test_a_condition_that_never_holds_is_wrong(tex):
    assert status(tex, mark="condition") == "wrong"


def test_the_names_of_a_condition_are_known():
    found = verdict(r"\beta > 0", mark="condition")
    assert found == Verdict("unreadable", r"'\beta' is not in the table of symbols")


def test_what_is_not_to_be_checked_is_not_read():
    assert verdict(r"\foo = \bar", mark="unchecked") == Verdict("exempt", "")


def test_formulas_after_a_definition_know_it():
    formulas = [
        Formula("h = 2 a", ""),
        Formula("h = 2 a = a + a", "definition"),
        Formula("h - a = a", ""),
        Formula("g(s, t) = s t^2", "definition"),
        Formula(r"\frac{\partial g}{\partial t}(a, b) = 2 a b", ""),
        Formula("y_i = 2 x_i", "definition"),
        Formula("y_3 = 6", ""),
        Formula("h = 3 a", "definition"),
        Formula("h = 3 a", ""),
    ]
    found = [each.status for each in check(formulas, SYMBOLS)]
    assert found == ["unreadable", "defined", "checked"] + ["defined", "checked"] * 3


@pytest.mark.parametrize(
    ("tex", "status_of_it"),
    [
        ("h = 2 a = 3 a", "wrong"),
        ("h < 2 a", "unreadable"),
        ("2 h = a", "unreadable"),
        ("h = h + 1", "unreadable"),
        (r"h = \beta", "unreadable"),
        ("2 a", "unreadable"),
    ],
)
def test_a_definition_is_a_name_with_what_it_stands_for(tex, status_of_it):
    assert status(tex, mark="definition") == status_of_it


MESSAGES = {
    "a = 2 a": r"the two sides of 'a = 2 a' differ at a = 1.",
    "n = 5": "the two sides of 'n = 5' differ: 4 and 5",
    "n = 4.0000001": "the two sides of 'n = 4.0000001' differ: 4 and 4.0000001",
    "x = 1, 2, 4": "the two sides of 'x = 1' differ: 3 and 4 in entry 3",
    "x = 0": "the two sides of 'x = 0' differ: (1, 2, 3) and 0",
    "n < 3": "'n < 3' does not hold: 4 and 3",
    "x = 1, 2": "one side is a vector of 3, and the other a vector of 2",
    r"\beta = 1": r"'\beta' is not in the table of symbols",
    "x_k = x_9": "this could not be evaluated: an index is outside of 1 to 3",
    r"n = \foo 2": r"cannot read this at '\foo'",
    "n = (4": "cannot read this where it ends: expected ')'",
    "n = 1 / 2 a": "cannot read this at 'a': say with brackets what is below the '/'",
    "n = 2 3": "cannot read this at '3': two numbers side by side",
    "a^10 = a": "cannot read this at '0': two numbers side by side",
    r"\ln (a)^2 = 1": "cannot read this at '^': say with brackets what the power is of",
    r"a \to 1": r"'\to' is not checked: mark the formula with @unchecked{…}",
    r"\sum_q q = 1": "nothing says how far 'q' goes: write its bounds",
    r"\sum a = 1": "nothing says which index a sum is over: write it below",
    r"\sum_{k=1}^{10^9} k = 1": "a sum has more than 10000 terms",
    r"n = 1^\top x": "cannot read this at 'x': a number has no transpose: give a vector of ones",
    r"n = \begin{pmatrix} X & x^\top \end{pmatrix}": "the blocks of a matrix do not go together",
    "n = x_{}": "cannot read this where it ends",
    "n = {4": "cannot read this where it ends: a brace is never closed",
    r"a = 3 \iff b = 3": "'a = 3' holds at none of the points",
    r"a > 3 \implies b > 3": "'a > 3' holds at none of the points",
    r"f \text{ is convex} \iff a > 0": "words beside an arrow are not checked",
    r"a > 0 \iff f \text{ is convex}": "words beside an arrow are not checked",
    r"\tfrac32 = 1 - b + b^2 + \dots": r"this could not be evaluated: the terms beside '\dots'",
    r"n = 1 + \dots + \tfrac52": r"this could not be evaluated: the terms beside '\dots' follow",
    r"n = 1 + \dots": r"one '\dots' stands between terms, or behind two of them",
    r"n = \begin{cases} 4 & n < 4 \end{cases}": "no case applies",
    "f(1, 2) = 1": "'f' takes 1 arguments, and gets 2",
    r"\ln (0 - a) = 1": "this could not be evaluated: a value is not real",
    r"(1, 2) (X - X)^{-1} = 0": "this could not be evaluated: matrix is numerically singular",
    r"n = \frac{1}{n - 4}": "this could not be evaluated: a value is not finite",
}


@pytest.mark.parametrize("tex", MESSAGES)
def test_messages_say_what_is_wrong_and_where(tex):
    found = verdict(tex)
    assert found.message.startswith(MESSAGES[tex])
    assert "\n" not in found.message


def test_what_goes_wrong_within_the_judge_makes_a_formula_unreadable(monkeypatch):
    def fails(*_):
        raise AttributeError("no\nsuch thing")

    monkeypatch.setattr(judging, "difference", fails)
    message = "this could not be evaluated: AttributeError: no such thing"
    assert verdict("n = 4") == Verdict("unreadable", message)


def test_long_sides_are_shortened_in_messages():
    message = verdict("n = " + " + ".join(["a"] * 40)).message
    assert "… differ" in message.replace("'", "")
    assert len(message) < 150


def test_all_formulas_of_a_page_see_the_same_points():
    one, two = check([Formula("a = 0", ""), Formula("0 = a", "")], SYMBOLS)
    assert one.message.split(":")[0].split("at")[1] == two.message.split(":")[0].split("at")[1]


def test_a_seed_decides_on_the_points():
    first, second, other = (
        check([Formula("a = 0", "")], SYMBOLS, seed=seed)[0].message for seed in (1, 1, 2)
    )
    assert first == second != other


def test_work_is_bounded(monkeypatch):
    monkeypatch.setattr(judging, "Budget", lambda: Budget(10_000))
    message = verdict(r"\sum_{i=1}^{9999} \sum_{j=1}^{9999} i j = 1").message
    assert message == "this takes too long to evaluate: give the table smaller numbers"


def test_numbers_are_not_too_large():
    assert verdict("2^{10^{12}} > 1").message == "this could not be evaluated: a value is too large"


def test_nested_brackets_end():
    assert status("(" * 5000 + "1" + ")" * 5000 + " = 1") == "unreadable"
