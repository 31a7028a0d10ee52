"""Marks: what a text leaves to be filled in, and what it says of its formulas."""

import pytest
from bookwright.pages.marks import (
    COMPUTED,
    NEVER_CLOSED,
    RESERVED,
    bare,
    fill,
    find,
    formulas,
    is_block_name,
    stands_alone,
    typed,
)


def found(text):
    return [(mark.name, mark.content, mark.context) for mark in find(text)]


def filled(text, filling="7"):
    return fill(text, lambda _: filling)


@pytest.mark.parametrize(
    ("text", "name", "content", "context"),
    [
        ("It is @{x}.", "", "x", "text"),
        ("It is @run{x[1:2]:.3f}.", "run", "x[1:2]:.3f", "text"),
        ("@{f({'a': {1}})}", "", "f({'a': {1}})", "text"),
        ("| @{x} | b |", "", "x", "text"),
        ("$a = @{x}$", "", "x", "tex"),
        ("$@{x}$", "", "x", "tex"),
        ("$10^@{x}$", "", "x", "tex"),
        ("$$\na = @{x}\n$$", "", "x", "tex"),
        ("$a$ and @{x} and $b$", "", "x", "text"),
        ("`rate=@{x}`", "", "x", "code"),
        ("``a ` @{x}``", "", "x", "code"),
        ("`$` @{x} `$`", "", "x", "text"),
        (r"\$1 and @{x} and \$2", "", "x", "text"),
        ("it is @{a < b:below $2/L$}", "", "a < b:below $2/L$", "text"),
    ],
)
def test_mark_is_found_with_what_is_around_it(text, name, content, context):
    assert found(text) == [(name, content, context)]


@pytest.mark.parametrize(
    "text", [r"\@{x}", r"\@run{x}", "mail@example.org", "@", "@ {x}", "@property", "@1{x}"]
)
def test_other_at_signs_are_no_marks(text):
    assert found(text) == []


@pytest.mark.parametrize("text", ["@{x", "@{x\n}", "@run{ {x}"])
def test_mark_that_is_not_closed_on_its_line_has_no_content(text):
    assert [mark.content for mark in find(text)] == [None]
    assert "closed" in NEVER_CLOSED


def test_marks_come_in_the_order_of_the_text_also_behind_an_unclosed_one():
    assert found("@a{x @b{y}\n@c{z}") == [
        ("a", None, "text"),
        ("b", "y", "text"),
        ("c", "z", "text"),
    ]


@pytest.mark.parametrize("name", RESERVED)
def test_blocks_cannot_have_the_names_of_marks(name):
    assert not is_block_name(name)
    assert is_block_name(f"{name}s")


def test_what_is_filled_in_stands_in_the_place_of_its_mark():
    assert bare(filled("a @{x}, `b=@{x}`, $c = @{x}$\n")) == "a 7, `b=7`, $c = 7$\n"


def test_what_is_filled_in_is_not_read_again():
    assert bare(filled("@{x} @{y}", "@{z}")) == "@{z} @{z}"


def test_written_mark_loses_its_backslash_and_nothing_else_does():
    assert bare(filled(r"\@{x} \alpha \@")) == r"@{x} \alpha \@"


@pytest.mark.parametrize(
    ("tex", "value", "expected"),
    [
        ("10^@{x}", "7", "10^{7}"),
        ("x_@{x}", "12", "x_{12}"),
        ("2@{x}", "7", "2{7}"),
        ("a = @{x}", "-7", "a = {-7}"),
        ("a = @{x}", r"\frac{1}{2}", r"a = {\frac{1}{2}}"),
    ],
)
def test_value_in_a_formula_is_one_thing(tex, value, expected):
    assert bare(filled(f"${tex}$", value)) == f"${expected}$"


def test_filling_keeps_the_lines():
    text = "@{x}\n\n$$\n@{y}\n$$\n@definition{of it}\nb\n"
    assert bare(filled(text)) == "7\n\n$$\n7\n$$\n\nb\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$a$", ("a", "", "")),
        ("$$\na\n$$", ("a", "", "")),
        ("$a$@condition{}", ("a", "condition", "")),
        ("$a$ @condition{the case}", ("a", "condition", "the case")),
        ("$$\na\n$$ @definition{it}", ("a", "definition", "it")),
        ("$$\na\n$$\n@unchecked{a picture}", ("a", "unchecked", "a picture")),
        ("    $$\n    a\n    $$\n    @unchecked{why}", ("a", "unchecked", "why")),
        ("> $$\n> a\n> $$\n> @unchecked{why}", ("a", "unchecked", "why")),
    ],
)
def test_formula_has_the_mark_behind_it(text, expected):
    (formula,) = formulas(filled(text))
    assert (formula.tex.strip(), formula.mark, formula.reason) == expected
    assert formula.marked == (text.find("@") if "@" in text else -1)


def test_formulas_hold_values_so_that_they_can_be_told_from_what_is_typed():
    (formula,) = formulas(filled(r"$\alpha = @{x}$", "0.1"))
    assert formula.tex == r"\alpha = \value{0.1}"


def test_what_a_value_says_is_no_formula():
    assert [each.tex for each in formulas(filled("@{x} and $a$", "$b$"))] == ["a"]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("a\n\n$$\nb\n$$\n\nc\n", True),
        ("$$\nb\n$$", True),
        ("a\n\n$$\nb\n$$ @definition{c}\n\nc\n", True),
        ("a\n\n$$\nb\n$$\n@definition{c}\n\nc\n", True),
        ("    a\n\n    $$\n    b\n    $$\n    \n    c\n", True),
        ("> a\n>\n> $$\n> b\n> $$\n>\n> c\n", True),
        ("a\n\n$$\nb\n$$\nc\n", False),
        ("a\n$$\nb\n$$\n\nc\n", False),
        ("a\n\n$$\nb\n$$ @definition{c}\nc\n", False),
    ],
)
def test_display_is_alone_between_blank_lines(text, alone):
    (formula,) = (each for each in formulas(text) if each.is_display)
    assert stands_alone(text, formula) is alone


def test_text_that_is_left_to_check_has_one_character_for_all_that_is_computed():
    text = filled("@{x} $a = b$ `@{x}` 8 $c + @{x}$ $@{x}$", r"\frac{1}{2}")
    (first, *_) = formulas(text)
    assert (
        typed(text, [first])
        == f"{COMPUTED} {COMPUTED} `{COMPUTED}` 8 $c + {COMPUTED}$ ${COMPUTED}$"
    )


def test_why_a_formula_is_marked_is_left_out_of_what_is_checked():
    text = filled("$a$ @definition{the 12 of them}, $b$@unchecked{see 3.5}")
    assert typed(text, []) == f"$a${COMPUTED}, $b${COMPUTED}"


def test_text_that_is_left_to_check_has_the_same_lines():
    text = filled("a\n$$\nb\n= @{x}\n$$\n@definition{b}\n9\n")
    assert typed(text, formulas(text)).split("\n")[6] == "9"
