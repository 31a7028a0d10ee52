"""Typed numbers: which of a page's text are, and which are free."""

import pytest
from bookwright.checks.prose import typed_numbers
from bookwright.pages.marks import COMPUTED

COUNTED = ("chapters", "parts", "labs", "figures")


def tokens(text, counted=COUNTED):
    return [each.token for each in typed_numbers(text, counted=counted)]


def test_typed_number_has_its_line_and_says_what_to_do():
    (typed,) = typed_numbers("# Title\n\nIt costs 32.5 in all.\n", counted=())
    assert typed == (
        3,
        "32.5",
        "32.5 is typed: take it from a block, @{…}, or say why it is given, @given{32.5: …}.",
    )


def test_numbers_come_in_the_order_of_their_lines():
    text = "$x + 12$\nwith `13`, 14 and\n\nfifteen and\n$$\n16 x\n$$\n"
    assert [each.line for each in typed_numbers(text, counted=())] == [1, 2, 2, 4, 6]


class TestDigits:
    @pytest.mark.parametrize(
        "number",
        [
            *("10", "300", "0.5", "1.25", "3.11.7", "-12", "−0.5", "+10", "±0.1"),
            *("1,797", "1{,}797", "1 797", "1\N{NARROW NO-BREAK SPACE}797", "1,234,567.8"),
            *("8/13", "1 / 2", "1/2", "½", "2½", "⅔"),
            *("9 %", "9%", "9.5 %", "5 percent", "five per cent"),
            *("1e-5", "1.2e6", "10⁻⁵", "2⁸", "10^-5"),
            *("1 in 8", "two in five", "9 out of 10", "one in a thousand", "3 in 4"),
            *("2021-11-25", "10\N{EN DASH}20", "16:9", "21st"),
        ],
    )
    def test_number_is_typed(self, number):
        (token,) = tokens(f"There it is, {number}, so it is.")
        assert token == number.removesuffix("st")

    @pytest.mark.parametrize(
        "text",
        [
            *("1", "-1", "7 samples", "step 5", "1, 2, 3", "(0, 1)", "between 3 and 4", "2-D"),
            *("0 / 0", "5\N{EN DASH}7", "x2 and y10", "CIFAR-10", "SHA256", "0 in one step"),
        ],
    )
    def test_small_number_and_digit_of_a_name_are_free(self, text):
        assert tokens(f"There is {text}.") == []

    def test_two_numbers_are_two(self):
        assert tokens("From 0.04 to 0.05, or 2,000 times 12.") == ["0.04", "0.05", "2,000", "12"]

    def test_number_before_a_unit_is_typed(self):
        assert tokens("A 64-bit number, at 390px, 10x.") == ["64", "390", "10"]

    def test_number_behind_a_hyphen_is_typed_unless_a_name_ends_with_it(self):
        assert tokens("The top-10 of CIFAR-100, a rate-0.1 run.") == ["10", "0.1"]

    @pytest.mark.parametrize(
        "start", ["", "- ", "> ", "| ", "1. ", "## ", "    ", "**", '!!! note "']
    )
    def test_number_is_typed_wherever_text_stands(self, start):
        assert tokens(f"{start}12 of them") == ["12"]


class TestWords:
    @pytest.mark.parametrize(
        "words",
        [
            *("eleven", "twelve", "Nineteen", "twenty", "twenty-two", "ninety nine"),
            *("hundred", "two hundred", "three hundred and five", "thousands", "a million"),
            *("half a billion", "dozen", "dozens", "seventyfold", "hundredfold"),
            *("eleventh", "twelfth", "twentieth", "twenty-second", "hundredth"),
            *("two thirds", "three quarters", "a tenth", "one fifth", "two-thirds", "a quarter"),
            *("three halves", "one hundredth", "four tenths", "a millionth"),
            *("one and a half", "2 and a half", "two and a third"),
        ],
    )
    def test_large_number_and_fraction_are_typed(self, words):
        (token,) = tokens(f"It takes {words} then.")
        assert words.endswith(token)

    @pytest.mark.parametrize(
        "text",
        [
            *("one", "two samples", "ten digits", "the first step", "the tenth row", "half of it"),
            *("a half", "halves the step", "a third condition", "a third, quieter mistake"),
            *("probability", "twofold", "empties", "often", "the three", "fourth power", "once"),
        ],
    )
    def test_small_number_and_half_are_free(self, text):
        assert tokens(f"There is {text}.") == []

    @pytest.mark.parametrize(
        ("text", "token"),
        [
            ("A third of it is gone.", "A third"),
            ("It makes a fifth as many.", "a fifth"),
            ("It is smaller by a third.", "by a third"),
        ],
    )
    def test_third_is_typed_where_it_is_a_fraction(self, text, token):
        assert tokens(text) == [token]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("a thousandth in 15 steps", ["thousandth", "15"]),
            ("four and a quarter of it", ["a quarter"]),
            ("followed by a third step", []),
            ("**two** thirds, [a tenth](a.md) less", ["two thirds", "a tenth"]),
        ],
    )
    def test_number_has_its_words_and_no_others(self, text, found):
        assert tokens(f"It is {text}.") == found

    def test_number_that_goes_on_in_the_next_line_is_one(self):
        assert tokens("Nearly two\nthirds of it.") == ["two thirds"]


class TestCounts:
    @pytest.mark.parametrize(
        "text",
        [
            "three labs",
            "3 lab",
            "two more chapters",
            "Four short new figures",
            "9 chapters",
            "2 parts",
        ],
    )
    def test_small_number_of_what_the_book_has_is_typed(self, text):
        assert tokens(f"{text} are there.") == [text]

    @pytest.mark.parametrize(
        "text",
        [
            *("one chapter", "two of the figures"),
            *("three points. Labs", "four samples, a figure", "two is a part", "part of it"),
            *(
                "three steps",
                "a party of four",
                "two of these new figures",
                "two very short new figures",
                "chapter 6",
            ),
        ],
    )
    def test_small_number_of_something_else_is_free(self, text):
        assert tokens(f"Here {text}.") == []

    def test_markup_does_not_hide_a_count(self):
        text = "**Three** labs, [two](labs.md) chapters, 4<!-- or so --> figures"
        assert tokens(text) == ["Three labs", "two chapters", "4 figures"]

    def test_book_that_counts_nothing_has_free_labs_and_chapters(self):
        assert tokens("Three labs and two chapters.", counted=()) == []

    @pytest.mark.parametrize(
        "text",
        [
            *("two formulas", "two ways", "Three tests", "the next two sections", "four panels"),
            *("last two columns", "3 rows", "ten lines", "two earlier lines", "two questions"),
            *("six answers", "four rules", "two blocks", "5 cells", "two figures", "3 pages"),
            *("two tables", "one or two ways"),
        ],
    )
    def test_small_number_of_what_a_page_has_is_typed(self, text):
        (token,) = tokens(f"So {text} are there.", counted=())
        assert text.endswith(token)

    @pytest.mark.parametrize(
        "text", ["one way", "both columns", "two of the rows", "two rowers", "two. Rows"]
    )
    def test_other_small_number_is_free(self, text):
        assert tokens(f"So {text} are there.", counted=()) == []


class TestWhereNoDigitIsFree:
    @pytest.mark.parametrize(
        ("row", "found"),
        [
            ("| at the end | 0 | stay |", ["0"]),
            ("| 1. NumPy | you |", ["1"]),
            ("> | between $-1$ and 0 | 5\N{EN DASH}7 |", ["-1", "0", "5\N{EN DASH}7"]),
            ("    | $(3, 1)$ | **2** |", ["3", "1", "2"]),
            ("## Rung 2: autograd { #step-5 }", ["2"]),
            ("# $0$ steps", ["0"]),
        ],
    )
    def test_digit_of_a_table_or_a_heading_is_typed(self, row, found):
        assert sorted(tokens(f"Text 1.\n\n{row}\n")) == sorted(found)

    @pytest.mark.parametrize(
        "row",
        [
            *("| $x_1 + 2 x$ | `f(x, 2)` | x2 | two |", "| --- | ---: |", f"| {COMPUTED} | |"),
            *("### 2. Steps { #claim-2 }", "#1 is a word", "| [a](b.md#c-2) |", "two || 2"),
        ],
    )
    def test_formula_name_target_and_computed_number_are_free(self, row):
        assert tokens(f"{row}\n") == []


class TestComputed:
    @pytest.mark.parametrize(
        "text",
        ["is {}.", "{} in {}", "{}/{}", "{} %", "{}-bit", "`w = {}`", "${}$", "{} labs", "− {}"],
    )
    def test_what_the_build_has_put_in_is_free(self, text):
        assert tokens(text.replace("{}", COMPUTED)) == []

    @pytest.mark.parametrize(
        "text",
        ["{} in 8", "2 in {}", "{}/8", "7/{}", "−{}", "-{}", "{} + 0.1", "$10^{}$", "{}, 12"],
    )
    def test_what_is_typed_around_it_is_typed(self, text):
        assert len(tokens(text.replace("{}", COMPUTED))) == 1


class TestCode:
    @pytest.mark.parametrize(
        "code", ["w = 0.71", "range(10)", "n=12", "x[-10:]", "1e-5", "1_000", "2.0"]
    )
    def test_number_in_code_is_typed(self, code):
        assert len(tokens(f"Write `{code}` there.")) == 1

    @pytest.mark.parametrize(
        "code",
        [
            *(
                "float64",
                "x12",
                "f(x, 2)",
                "residual**2",
                "x[:-1]",
                "utf-8",
                "sha-256",
                "np.float32",
            ),
            *("06-full-batch.md", "chapters/09-sgd.md:41", "../exercises/06-full-batch/rate.py"),
        ],
    )
    def test_small_number_and_digit_of_a_name_in_code_are_free(self, code):
        assert tokens(f"Write `{code}` there.") == []

    def test_number_between_ticks_counts_as_a_word(self):
        assert tokens("There are `3` labs.") == ["3 labs"]


class TestFormulas:
    @pytest.mark.parametrize(
        ("tex", "token"),
        [
            ("0.1", "0.1"),
            ("-0.5", "-0.5"),
            ("8/13", "8/13"),
            (r"\frac{8}{13}", r"\frac{8}{13}"),
            (r"\tfrac12", r"\tfrac12"),
            ("10^{-5}", "10^{-5}"),
            ("2^5", "2^5"),
            (r"1.2 \cdot 10^{-7}", r"1.2 \cdot 10^{-7}"),
            ("1{,}797", "1{,}797"),
            (r"9\,\%", r"9\,\%"),
            (r"5 \% x", r"5 \%"),
            (r"\frac{28}{3} \, (w - 2)", r"\frac{28}{3}"),
            (r"x + 0.5 y", "0.5"),
            (r"100 \alpha", "100"),
            (r"w_{10}", "10"),
            (r"\alpha = 12", "12"),
            (r"\sqrt{13}", "13"),
            (r"\begin{aligned} \tfrac12 \end{aligned}", r"\tfrac12"),
        ],
    )
    def test_number_in_a_formula_is_typed(self, tex, token):
        assert tokens(f"It is ${tex}$ here.") == [token]
        assert tokens(f"It is \\({tex}\\) here.") == [token]
        assert tokens(f"It is\n\n$$\n{tex}\n$$\n") == [token]

    @pytest.mark.parametrize(
        "tex",
        [
            *(
                "5",
                "-1",
                "1, 2",
                r"\sqrt 2",
                "2 x",
                r"\tfrac12 x^2",
                r"\frac{1}{2} x",
                "x / 2 + 1/3",
            ),
            *(
                "x^{-1/2}",
                "e^{-2}",
                r"\log_{10} x",
                r"x \tag{12}",
                r"\phantom{10} x",
                r"x \\[10pt] y",
            ),
            *(r"\begin{array}{ll} x \end{array}", "0 / 0", r"\frac1n"),
        ],
    )
    def test_small_number_in_a_formula_is_free(self, tex):
        assert tokens(f"It is ${tex}$ here.") == []

    def test_number_between_dollars_counts_as_a_word(self):
        assert tokens("There are $3$ labs, $2$ in $5$.") == ["3 labs", "2 in 5"]

    @pytest.mark.parametrize(
        "text", ["From $ 1/2 to x$.", "From $1/2 to x $.", "From $1/2\n\nto x$.", r"\$1/2 to x$."]
    )
    def test_what_markdown_reads_as_no_formula_is_words(self, text):
        assert tokens(text) == ["1/2"]

    def test_what_markdown_reads_as_no_code_is_words(self):
        assert tokens("From `utf-16\n\nto` here.") == ["16"]

    def test_two_prices_are_no_formula(self):
        assert tokens("From $5 and $12.") == ["12"]


class TestFree:
    @pytest.mark.parametrize(
        "text",
        [
            '```python exec="on"\nx = 0.5\n```',
            "- item\n\n    ```text\n    12\n    ```",
            "<!-- 0.5 of\n12 -->",
            "[text](06-page.md#claim-18)",
            '![text](plot-12.svg "a plot")',
            "[text!][12]\n\n[12]: https://example.org/12",
            "<https://example.org/2021/11>",
            "See https://example.org/2021/11 there.",
            "## The step { #step-12 .wide12 data-x=12 }",
            "[text](a.md){ .button12 }",
            "### 12. Steps { #claim-12 }",
            "12. item\n13. item",
            "> 12. item",
            "| a | b |\n| --- | ---: |",
            "Word[^12].\n\n[^12]: A note.",
            '<td colspan="12">text</td>',
            "&#8212; and &frac12;",
            r"\`0` and \$1",
        ],
    )
    def test_number_that_is_no_text_is_free(self, text):
        assert tokens(text) == []

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("[12 steps](06-page.md)", "12"),
            ('[text](a.md "12 steps")', "12"),
            ("[^1]: A note of 12.", "12"),
            ("## 12. Steps { #claim-13 }", "12"),
            ("## The first 12 { #claim-12 }", "12"),
            ("<b>12</b>", "12"),
            ("```text\n```\n12", "12"),
            ("A set {12} of them", "12"),
        ],
    )
    def test_number_beside_it_is_typed(self, text, number):
        assert tokens(text) == [number]

    def test_sources_are_free_up_to_the_next_heading_of_their_level(self):
        text = "12\n\n## Rests on { #sources }\n\n1847\n\n### More\n\n1963\n\n## Next\n\n13\n"
        assert [each.line for each in typed_numbers(text, counted=())] == [1, 13]

    def test_sources_at_the_end_are_free_to_the_last_line(self):
        assert tokens("12\n\n## Rests on { #sources }\n\n- 1847") == ["12"]

    def test_other_section_about_sources_is_not_free(self):
        assert tokens("## Sources { #sources-of-error }\n\n12\n") == ["12"]
