"""Random expressions in random spelling have the values that fractions of Python give them."""

from fractions import Fraction

from bookwright.formulas.check import Formula, check
from hypothesis import assume, given, settings
from hypothesis import strategies as st

VALUES = {"a": Fraction(3), "w": Fraction(-1, 2), r"\alpha": Fraction(1, 10)}
VALUES |= {
    r"\hat y": Fraction(7),
    "x_1": Fraction(2),
    "x_2": Fraction(-5),
    r"w^\ast": Fraction(4, 3),
}
SYMBOLS = {"x": [2, -5], **VALUES}

spaces = st.sampled_from(["", " ", r" \, ", r"\; "])
digits = st.integers(1, 30).map(str)
numbers = st.one_of(digits, st.sampled_from(["0.5", "2.25", "1{,}200"]))


@st.composite
def leaves(draw):
    """Return TeX that needs no brackets, and its value."""
    if draw(st.booleans()):
        name = draw(st.sampled_from([*VALUES]))
        return name, VALUES[name]
    number = draw(numbers)
    return number, Fraction(number.replace("{,}", ""))


def bracketed(draw, tex):
    opening, closing = draw(
        st.sampled_from([("(", ")"), (r"\left( ", r" \right)"), ("[", "]"), (r"\bigl(", r"\bigr)")])
    )
    return f"{opening}{draw(spaces)}{tex}{draw(spaces)}{closing}"


def added(draw, left, right):
    (one, value), (other, second) = left, right
    sign = draw(st.sampled_from("+-"))
    total = value + second if sign == "+" else value - second
    return f"{one}{draw(spaces)}{sign}{draw(spaces)}{bracketed(draw, other)}", total


def multiplied(draw, left, right):
    between = draw(st.one_of(spaces, st.sampled_from([r" \cdot ", r" \times "])))
    tex = f"{bracketed(draw, left[0])}{between}{bracketed(draw, right[0])}"
    return tex, left[1] * right[1]


def divided(draw, left, right):
    assume(right[1])
    command = draw(st.sampled_from([r"\frac", r"\tfrac", r"\dfrac"]))
    slashed = f"{bracketed(draw, left[0])}{draw(spaces)}/{draw(spaces)}{bracketed(draw, right[0])}"
    tex = draw(st.sampled_from([slashed, f"{command}{{{left[0]}}}{{{right[0]}}}"]))
    return tex, left[1] / right[1]


def raised(draw, left, _):
    exponent = draw(st.integers(0, 3))
    script = draw(st.sampled_from([f"^{exponent}", f"^{{{draw(spaces)}{exponent}}}"]))
    return f"{bracketed(draw, left[0])}{script}", left[1] ** exponent


def negated(draw, left, _):
    return f"-{draw(spaces)}{bracketed(draw, left[0])}", -left[1]


def summed(draw, left, _):
    return rf"\sum_{{j=1}}^{{3}} {bracketed(draw, left[0])} j", 6 * left[1]


@st.composite
def extended(draw, children):
    """Return an operation on two expressions, spelled in one of its ways."""
    operation = draw(st.sampled_from([added, multiplied, divided, raised, negated, summed]))
    return operation(draw, draw(children), draw(children))


expressions = st.recursive(leaves(), extended, max_leaves=12)


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_an_expression_has_the_value_of_its_fractions(expression):
    tex, value = expression
    right = f"{value.numerator} / {value.denominator}"
    wrong = f"{value.numerator + 1} / {value.denominator}"
    one, other = check([Formula(f"{tex} = {right}", ""), Formula(f"{tex} = {wrong}", "")], SYMBOLS)
    assert (one.status, other.status) == ("checked", "wrong")


@settings(max_examples=100, deadline=None)
@given(expressions, expressions)
def test_an_order_of_expressions_is_that_of_their_fractions(first, second):
    (left, one), (right, other) = first, second
    relations = {"<": one < other, r"\le": one <= other, "=": one == other, r"\ne": one != other}
    formulas = [Formula(f"{left} {relation} {right}", "") for relation in relations]
    found = [verdict.status for verdict in check(formulas, SYMBOLS)]
    assert found == ["checked" if holds else "wrong" for holds in relations.values()]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=r"\{}[]()^_&|=<>+-/.,:'!%0123abxfdi ", max_size=40))
def test_any_text_gets_a_verdict_of_one_line(tex):
    (verdict,) = check([Formula(tex, "")], SYMBOLS)
    assert verdict.status in ("checked", "silent", "wrong", "unreadable")
    assert bool(verdict.message) == (verdict.status in ("wrong", "unreadable"))
    assert "\n" not in verdict.message


WORDS = r"""
\frac \sum \int \lim \partial \nabla \mathbb E \hat \sqrt \sin \max \operatorname{mean} \dots \pm
\begin{cases} \end{cases} \begin{pmatrix} \end{pmatrix} \text{if} \quad \\ \left & = < ^ _ ' ( ) |
x f 1 2 , d a { }
"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join))
def test_any_commands_get_a_verdict(tex):
    (verdict,) = check([Formula(tex, "")], SYMBOLS | {"f(a)": "a^2"})
    assert verdict.status in ("checked", "silent", "wrong", "unreadable")
