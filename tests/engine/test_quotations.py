"""A formula that states nothing is part of one that does, or has no digits that are typed."""

import pytest
from bookwright.checks.quotations import CONDITION, MESSAGE, unquoted, unquoted_conditions
from bookwright.pages.marks import Formula
from sites import SETTINGS

BOUND = r"0 < \alpha < \frac{2}{L}"
WALK = r"x_k = (1 - \alpha \lambda)^k x_0"
SUM = "y = x^2 + 1 - z"
PRODUCT = r"f = \tfrac12 \lambda x^2 y"


def is_quoted(tex, *known):
    return not [*unquoted([Formula(tex, 0, 0)], known)]


@pytest.mark.parametrize(
    ("tex", "known"),
    [
        ("2 / L", BOUND),
        (r"1 - \alpha \lambda", WALK),
        ("x_0", WALK),
        ("x^2 + 1", SUM),
        (r"\lambda x^2", PRODUCT),
        (r"\dfrac{1}{2} \, \lambda", PRODUCT),
        ("r^2", r"\ell = \begin{cases} r^2 & \text{if } r < 1 \\ r & \text{otherwise} \end{cases}"),
        ("2 k", r"a = b \quad \text{for } c = 2 k"),
        ("f(2 x)", "f(2 x) = 1 / f(x)"),
        ("m_1", "m_1"),
        ("(3, 1)", "p - (3, 1) = q"),
        ("(0, 1)", "h(0, 1) = 2"),
        (r"\boxed{\frac 2L \text{ steps}}", BOUND),
        (r"x_0, 2 / L, \dots", f"{WALK} , \\qquad {BOUND}"),
    ],
)
def test_parts_of_what_is_known_are_quoted(tex, known):
    assert is_quoted(tex, known)


@pytest.mark.parametrize(
    ("tex", "known"),
    [
        ("5 / L", BOUND),
        ("L / 2", BOUND),
        (r"1 + \alpha \lambda", WALK),
        (r"1 - \alpha^2 \lambda", WALK),
        ("x_1", WALK),
        ("x^3 + 1", SUM),
        ("x^2 - z", SUM),
        (r"\lambda x^3", PRODUCT),
        (r"\tfrac12 x^2", PRODUCT),
        ("x_0, 5 / L", f"{WALK} , \\qquad {BOUND}"),
        ("m_4", "m_1"),
        ("12 k", "a = 2 k"),
        (r"1 \unknown", "a = 1"),
    ],
)
def test_other_digits_signs_and_indices_are_not_quoted(tex, known):
    assert not is_quoted(tex, known)


@pytest.mark.parametrize("tex", ["a b", "-1", "3", r"\value{7} \kappa"])
def test_what_has_no_digits_that_are_typed_and_bare_numbers_are_free(tex):
    assert is_quoted(tex)


@pytest.mark.parametrize(
    ("tex", "known", "is_so"),
    [
        (r"\value{0.3} / \sqrt{k + 1}", r"a = \sqrt{k + 1}", True),
        (r"\value{0.3} / \sqrt{k + 2}", r"a = \sqrt{k + 1}", False),
        (r"(3, \value{0.8})", "a = 3", False),
        (r"(3, \value{0.8})", r"a = (3, \value{0.8})", True),
        (r"7 \kappa", r"k = \value{7} \kappa", True),
        (r"8 \kappa", r"k = \value{7} \kappa", False),
        (r"0.5 \kappa", r"k = \value{0.5} \kappa", True),
    ],
)
def test_around_a_value_everything_is_quoted(tex, known, is_so):
    assert is_quoted(tex, known) == is_so


TABLE = """
??? note

    ```python exec="on" symbols="on"
    symbols = {"L": (1, 2), "x_0": (1, 2), r"\\alpha": (0, "1 / L")}
    ```
"""
PRINTS = '\n```python exec="on" result="markdown"\nprint("$$\\na = b / 3\\n$$")\n```\n'


def test_page_is_named_where_nothing_is_quoted(problem):
    log = problem(f"# Page\n{TABLE}\nBelow\n$2 / L$.\n", settings=SETTINGS)
    assert log == f"page.md:10: the formula 2 / L: {MESSAGE}"


@pytest.mark.parametrize(
    "text", ["$2 / L > 1 / L$", "$0 < 2 / L$", "$L$@unchecked{a letter} and $2 / L = 2 / L$"]
)
def test_formulas_that_are_checked_can_be_quoted(site, text):
    site(f"# Page\n{TABLE}\n{text}, so $2 / L$.\n", settings=SETTINGS)


def test_formulas_that_are_not_checked_cannot_be_quoted(problem):
    log = problem(f"# Page\n{TABLE}\n$L = 2 / L$@unchecked{{no}} $2 / L$\n", settings=SETTINGS)
    assert log.startswith("page.md:9: the formula 2 / L: it states nothing")


def test_names_and_texts_of_the_table_can_be_quoted(site):
    site(f"# Page\n{TABLE}\nFrom $x_0$ at $1 / L$.\n", settings=SETTINGS)


def test_formulas_that_a_block_prints_can_be_quoted(site, problem):
    site(f"# Page\n{PRINTS}\nHere $b / 3$.\n", settings=SETTINGS)
    assert "page.md:7: the formula b / 4" in problem(
        f"# Page\n{PRINTS}\nHere $b / 4$.\n", settings=SETTINGS
    )


def test_a_mark_says_why_something_is_not_quoted(site):
    site("# Page\n\n$O(1 / k^2)$@unchecked{in a title}\n", settings=SETTINGS)


def stands(tex, *known):
    return not [*unquoted_conditions([Formula(tex, 0, 0)], known)]


@pytest.mark.parametrize(
    "tex",
    [
        "a > b",
        "a = 1",
        r"\frac{14}{3} q^{2k} \le c",
        r"\frac{14}{3} q^{2k} = 1 - a",
        "2 a = -(1 - a)",
        r"a = \frac{14}{3} q^{2k} - 2 a",
        r"q^k = \value{1/10}",
        r"k = \log(\value{1/10}) / q",
    ],
)
def test_condition_stands_on_what_is_stated(tex):
    assert stands(tex, r"f = \frac{14}{3} q^{2k}", "2 a < 1 - a")


@pytest.mark.parametrize(
    "tex", [r"\frac{17}{3} q^{2k} \le c", r"\frac{14}{3} q^{5k} \le c", "a < 2 b", "q^k = 1/10"]
)
def test_condition_with_digits_of_its_own_stands_on_nothing(tex):
    assert not stands(tex, r"f = \frac{14}{3} q^{2k}", "2 a < 1 - a")


def test_conditions_do_not_stand_on_each_other(problem):
    twice = "$L < 3 / 2$@condition{one case}"
    log = problem(f"# Page\n{TABLE}\n{twice}\n{twice}\n", settings=SETTINGS)
    assert log.count(f"the formula L < 3 / 2: {CONDITION}") == 2
