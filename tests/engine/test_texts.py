"""A text takes its values from blocks, its numbers from the book, and is held to what they say."""

import json
import re
from textwrap import dedent

import pytest
from bookwright.pages.references import NO_TARGET

SETTINGS = (
    'package="gdbook", numbered=("chapters",), anchors=("exercise", "claim"), '
    'words=Words(pages={"chapters": "chapter", "labs": "lab"})'
)


@pytest.fixture
def article(site):
    """Return a function that builds a page and returns what a reader reads of it."""

    def read(text, **options):
        article = site(text, **options).article
        for element in article.select(".block, .headerlink"):
            element.extract()
        return " ".join(article.get_text().split())

    return read


BLOCK = """
```python exec="on"
alpha, n = 0.1, 22
print(alpha)
```
"""


def test_values_are_taken_from_the_block_above(article):
    text = BLOCK + '\n@{alpha}, @{n}\n\n```python exec="on"\nn = 3\n```\n\n@{n}\n'
    assert article(f"# Page\n{text}") == "Page 0.1, 22 3"


def test_value_above_all_blocks_names_one(article, problem):
    named = BLOCK.replace('exec="on"', 'exec="on" name="walk"')
    assert article(f"# @walk{{n}} steps\n{named}") == "22 steps"
    assert problem(f"# @{{n}} steps\n{named}") == (
        "page.md:1: @{n}: no block that runs stands above this value: name one, @name{…}."
    )


def test_blocks_that_are_indented_more_than_the_text_are_not_looked_at(article):
    fold = '\n??? note\n\n    ```python exec="on"\n    n = 3\n    ```\n\n    In the fold @{n}.\n'
    assert article(f"# Page\n{BLOCK}{fold}\n@{{n}}\n") == "Page Note In the fold 3. 22"


def test_stubs_are_not_looked_at(article):
    stub = '\n```python exec="on" stub="one"\n```\n'
    solution = (
        '\n??? note\n\n    ```python exec="on" solution="one"\n    def one():\n'
        "        pass\n    ```\n"
    )
    assert article(f"# Page\n{BLOCK}{stub}{solution}\n@{{n}}\n").endswith("22")


def test_values_stand_in_links_tables_formulas_and_code(site):
    text = "\n[@{n}](page.md)\n\n| a |\n| --- |\n| @{n} |\n\n$x = @{alpha}$, `n=@{n}`\n"
    article = site(f"# Page\n{BLOCK}{text}", settings=f'{SETTINGS}, unbound=("*",)').article
    assert article.select_one("a[href='./']").text == "22"
    assert article.select_one("td").text == "22"
    assert "0.1" in article.select_one("math").text
    assert [code.text for code in article.select("p code")] == ["n=22"]


def test_title_and_description_of_a_figure_are_filled_in(site):
    header = 'exec="on" title="@{n} steps" alt="A line up to @{n}, @{n > 3:above} three"'
    soup = site(
        f"# Page\n\n```python {header}\nimport matplotlib.pyplot as plt\nn = 22\n"
        "plt.plot([0, n])\nplt.show()\n```\n"
    )
    assert soup.select_one(".figure img")["alt"] == "A line up to 22, above three"
    assert soup.select_one(".filename").text == "22 steps"


def test_settings_of_the_page_are_filled_in(site):
    page = '---\ndescription: A walk of @walk{n} steps.\ntitle: "@walk{n:Words}"\n---\n\n# Page\n'
    soup = site(page + BLOCK.replace('exec="on"', 'exec="on" name="walk"'))
    assert soup.select_one("meta[name=description]")["content"] == "A walk of 22 steps."
    assert soup.title.text == "Twenty-two - test"


def test_wrong_setting_is_named_by_its_line(problem):
    page = "---\ntitle: Walk\ndescription: A walk of @walk{n} steps.\n---\n\n# Page\n"
    assert problem(page).startswith("page.md:3: @walk{n}: 0 blocks of the page have name='walk'")


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("@{nope}", "NameError: name 'nope' is not defined."),
        ("@{n / 7}", "the value is 3.142857142857143: say how it is written, such as @{…:.3f}."),
        ("@{n <}", "'n <' is no expression of Python: invalid syntax."),
        ("@{n < 3:below}", "the text says 'below', and this is not so."),
        ("@{n > 3:below}", "n > 3 is not what 'below' says: turn the comparison, or the word."),
        ("@walk{n}", "0 blocks of the page have name='walk', not one."),
        (
            "@given{1847}",
            "a number that is given says what it is: @given{1847: the year of the note}.",
        ),
        (
            "@count{ships}",
            "'ships' is not counted: chapters, labs, parts, exercises, claims, figures are.",
        ),
        (
            "@ref{}",
            NO_TARGET,
        ),
        ("@ref{page.md}", "page.md has no number in the navigation."),
        ("@ref{other.md}", "other.md is no page."),
        ("@ref{#exercise-a}", "page.md has no exercise with the id 'exercise-a'."),
        ("@number{#clajm-a}", "#clajm-a has no number: only exercise-…, claim-…, figure-… have."),
        ("@part{page.md}", "page.md stands in no part of the book."),
    ],
)
def test_what_cannot_be_filled_in_is_named_by_its_line(mark, message, problem):
    log = problem(f"# Page\n{BLOCK}\nText,\nand {mark}.\n", settings=SETTINGS)
    assert log == f"page.md:9: {mark}: {message}"


def test_number_of_a_heading_whose_id_has_none_is_named(problem):
    log = problem("# Page\n\n## @number{}. First { #exercize-a }\n", settings=SETTINGS)
    assert log == (
        "page.md:3: @number{}: #exercize-a has no number: only exercise-…, claim-…, figure-… have."
    )


def test_mark_that_is_not_closed_is_named(problem):
    assert (
        problem("# Page\n\n@{n\n")
        == "page.md:3: @{}: a mark @{…} is closed on the line on which it opens."
    )


def test_two_blocks_of_one_name_are_named(problem):
    named = BLOCK.replace('exec="on"', 'exec="on" name="walk"')
    assert "2 blocks of the page have name='walk', not one." in problem(
        f"# P\n{named}{named}\n@walk{{n}}\n"
    )


def test_block_that_fails_answers_nothing(problem):
    log = problem('# Page\n\n```python exec="on"\nn = 1 / 0\n```\n\n@{n}\n')
    assert "page.md:7: @{n}: NameError: name 'n' is not defined." in log


def test_block_that_raises_on_purpose_answers_with_what_it_has(article):
    block = '```python exec="on" raises="ZeroDivisionError"\nn = 5\n1 / 0\n```\n'
    assert article(f"# Page\n\n{block}\n@{{n}}\n") == "Page 5"


def test_session_has_values_too(article):
    assert article('# Page\n\n```pycon exec="on"\n>>> n = 5\n```\n\n@{n}\n') == "Page 5"


def test_expressions_neither_print_nor_draw(site):
    soup = site('# Page\n\n```python exec="on"\nn = 5\n```\n\n@{print(n) or n}\n')
    assert soup.select(".output") == []


def test_changed_expression_has_its_own_result(article, caplog):
    assert article(f"# Page\n{BLOCK}\n@{{n}}\n") == "Page 22"
    assert article(f"# Page\n{BLOCK}\n@{{n + 1}}\n") == "Page 23"
    assert article(f"# Page\n{BLOCK}\n@{{n + 1}} again\n") == "Page 23 again"
    assert "0 blocks run, 1 cached" in caplog.text


def test_wrong_expression_is_not_kept(problem, caplog):
    for _ in range(2):
        assert "NameError" in problem(f"# Page\n{BLOCK}\n@{{nope}}\n")
        assert "1 blocks run, 0 cached" in caplog.text


class TestReferences:
    def test_chapters_and_parts_are_numbered_as_they_stand_in_the_navigation(self, site, tmp_path):
        (tmp_path / "docs" / "chapters").mkdir(parents=True)
        for name in ("walk", "fall"):
            (tmp_path / "docs" / "chapters" / f"{name}.md").write_text(
                f"# {name.title()}\n\n## B {{ #b }}\n"
            )
        text = (
            "# Page\n\n[@ref{}](chapters/walk.md#b) [@Ref{}](chapters/fall.md) "
            "@number{chapters/walk.md} @part{chapters/fall.md} @count{chapters:words}\n"
        )
        nav = (
            "site_name: test\nnav:\n  - index.md\n  - page.md\n  - Down: [chapters/fall.md]\n"
            "  - Up: [chapters/walk.md]\n"
        )
        changes = {"site_name: test\n": nav}
        soup = site(text, settings=f'{SETTINGS}, unbound=("*",)', changes=changes)
        assert " ".join(soup.article.p.text.split()) == "chapter 2 Chapter 1 2 Part I two"
        nav = soup.select_one("nav.site").get_text(" ")
        assert [*dict.fromkeys(re.findall(r"Part I+: \w+|\d\. \w+", nav))] == [
            "Part I: Down",
            "1. Fall",
            "Part II: Up",
            "2. Walk",
        ]

    def test_exercises_are_numbered_as_they_stand_on_their_page(self, article):
        text = (
            "# Page\n\n[@ref{}](#exercise-b), @number{#claim-z}, @count{exercises}, "
            "@count{claims here}\n\n"
            "## @number{}. First { #exercise-a }\n\n## @Ref{}: second { #exercise-b }\n\n"
            "- A claim\n  { #claim-z }\n"
        )
        assert article(text, settings=f'{SETTINGS}, unbound=("*",)').startswith(
            "Page exercise 2, 1, 2, 1 1. First Exercise 2: second"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "In chapter 6, so",
            "In chapters 6 and 7",
            "Part II ends",
            "claim 27",
            "Exercise 3 asks",
            "figure 2",
            "the next chapter",
            "lab\n3",
        ],
    )
    def test_typed_reference_is_named(self, text, problem):
        log = problem(f"# Page\n\nText.\n{text}.\n", settings=SETTINGS)
        assert re.match(r"page\.md:4: .* is typed: ", log)
        assert "[@ref{}](page.md#id)" in log

    @pytest.mark.parametrize("text", ["In each chapter", "Part of it", "an exercise"])
    def test_other_words_are_free(self, text, article):
        assert article(f"# Page\n\n{text}\n", settings=SETTINGS)


class TestLab:
    KERNEL = "kernelspec: {display_name: Python 3, language: python, name: python3}"
    HEAD = f"---\njupyter:\n  {KERNEL}\n---\n\n"

    def lab(self, article, text):
        settings = f'{SETTINGS}, downloads={{"page.md": ("ipynb",)}}'
        return article(self.HEAD + dedent(text), settings=settings)

    def test_values_are_those_at_the_cell_above(self, article, tmp_path):
        text = (
            "# Lab\n\n```python name='first'\nn = 5\n```\n\n@{n} @later{n}\n\n"
            "```python name='later'\nn = 6\nprint(n)\n```\n\n@{n} @first{n}\n"
        )
        assert self.lab(article, text).endswith("5 6 6 5")
        notebook = json.loads((tmp_path / "site" / "page.ipynb").read_text())
        assert ["".join(cell["source"]) for cell in notebook["cells"]][1:] == [
            "n = 5",
            "5 6",
            "n = 6\nprint(n)",
            "6 5",
        ]

    def test_cell_that_fails_is_named_behind_one_that_is_asked(self, problem):
        text = "# Lab\n\n```python\nn = 5\n```\n\n@{n}\n\n```python\n1 / 0\n```\n"
        log = problem(self.HEAD + text, settings=SETTINGS)
        assert "page.md:15: ZeroDivisionError: division by zero, in `1 / 0`" in log


TABLE = """
??? note

    ```python exec="on" symbols="on"
    symbols = {"a": (1, 2), "b": (1, 2), "c": 3}
    ```
"""


class TestFormulas:
    def account(self, caplog):
        return next(line for line in caplog.messages if "formulas:" in line)

    def test_formulas_are_counted_by_what_became_of_them(self, site, caplog):
        text = (
            "$(a + b)^2 = a^2 + 2 a b + b^2$, $c = 3$, $a b$, $d = a + b$@definition{a sum}, "
            "$d^2 = a^2 + 2 a b + b^2$, $a < b$@condition{one case}, $a = ?$@unchecked{a riddle}"
        )
        site(f"# Page\n{TABLE}\n{text}\n", settings=SETTINGS)
        said = self.account(caplog).partition("formulas: ")[2].split(", ")
        assert {*said} == {"3 checked", "1 defined", "1 condition", "1 exempt"}

    def test_wrong_formula_is_named_by_its_line(self, problem):
        log = problem(f"# Page\n{TABLE}\nText,\nand $(a + b)^2 = a^2 + b^2$.\n", settings=SETTINGS)
        assert log.startswith("page.md:10: the formula (a + b)^2 = a^2 + b^2: the two sides of")
        assert "differ at" in log

    def test_formula_takes_the_nearest_table_above_it_or_the_first(self, site, caplog):
        other = TABLE.replace('"c": 3', '"c": 4')
        text = f"# Page\n\n$c = 3$\n{TABLE}\n$c = 3$\n{other}\n$c = 4$\n"
        site(text, settings=SETTINGS)
        assert self.account(caplog).endswith("formulas: 3 checked")

    def test_values_do_not_move_a_formula_to_another_table(self, site, caplog):
        other = TABLE.replace('"c": 3', '"c": 4')
        value = f"@{{'{10 * 'long'}' and n}} " * 20
        text = f"# Page\n{BLOCK}{TABLE}\n{value}\n\n$c = 3$\n{other}\n$c = 4$\n"
        site(text, settings=SETTINGS)
        assert self.account(caplog).endswith("formulas: 2 checked")

    def test_numbers_need_no_table(self, site, problem, caplog):
        site("# Page\n\n$2 + 2 = 4$\n", settings=SETTINGS)
        assert self.account(caplog).endswith("formulas: 1 checked")
        assert "page.md:3: the formula 2 + 2 = 5" in problem("# Page\n\n$2 + 2 = 5$\n")

    def test_name_that_is_in_no_table_is_named(self, problem):
        assert "'a' is not in the table of symbols" in problem("# Page\n\n$a = 2$\n")

    def test_values_take_part(self, problem, site):
        block = '```python exec="on"\nn = 5\n```\n'
        site(f"# Page\n\n{block}\n$2 + 3 = @{{n}}$\n", settings=SETTINGS)
        log = problem(f"# Page\n\n{block}\n$2 + 2 = @{{n}}$\n", settings=SETTINGS)
        assert log.startswith("page.md:7: the formula 2 + 2 = 5")

    def test_table_that_fails_is_named_where_it_stands(self, problem):
        failing = TABLE.replace('"c": 3', '"c": 1 / 0')
        log = problem(f"# Page\n{failing}\n$a = b$\n", settings=SETTINGS)
        assert "page.md:6: ZeroDivisionError" in log

    def test_formula_whose_table_is_never_made_is_named(self, problem):
        ending = TABLE.replace('"c": 3', '"c": __import__("os")._exit(3)')
        log = problem(f"# Page\n{ending}\n$a = b$\n", settings=SETTINGS)
        assert "page.md:9: the formula a = b: its table of symbols cannot be made" in log

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("Text @condition{of nothing}", "this mark follows no formula."),
            ("$a = b$@unchecked{}", "a formula that is not checked says why: @unchecked{…}."),
            ("$a = b$@unchecked{ }", "a formula that is not checked says why: @unchecked{…}."),
            ("$$\nc = 3\n$$\nText", "a formula between $$ has a blank line above and below"),
        ],
    )
    def test_wrong_mark_is_named(self, text, message, problem):
        log = problem(f"# Page\n{TABLE}\n{text}\n", settings=SETTINGS)
        assert f"page.md:9: {message}" in log

    def test_formulas_of_pages_that_are_not_bound_are_not_looked_at(self, site):
        site("# Page\n\n$2 + 2 = 5$, 0.75\n", settings=f'{SETTINGS}, unbound=("page.md",)')

    def test_checked_formulas_are_kept(self, site, caplog):
        text = f"# Page\n{TABLE}\n$a = b + a - b$\n"
        site(text, settings=SETTINGS)
        site(text, settings=SETTINGS)
        assert "0 blocks run, 1 cached" in caplog.text


class TestTyped:
    def test_typed_number_is_named_and_a_value_is_not(self, problem, article):
        log = problem(f"# Page\n{BLOCK}\nIt is @{{alpha}},\nnot 0.75.\n", settings=SETTINGS)
        assert re.match(r"page\.md:9: 0\.75 is typed: ", log)
        text = f"# Page\n{BLOCK}\nIt is @{{alpha}}, and @given{{1847: a year}}.\n"
        assert article(text, settings=SETTINGS) == "Page It is 0.1, and 1847."

    def test_number_in_a_formula_that_is_checked_is_free(self, site, problem):
        site("# Page\n\n$0.5 + 0.25 = 0.75$\n", settings=SETTINGS)
        assert "0.75 is typed" in problem("# Page\n\n$0.75$\n", settings=SETTINGS)
        assert "0.75 is typed" in problem("# Page\n\n$a = 0.75$@unchecked{so}\n", settings=SETTINGS)

    @pytest.mark.parametrize("option", ["alt", "title"])
    def test_number_in_the_header_of_a_fence_is_named(self, option, problem):
        figure = "import matplotlib.pyplot as plt\nn = 22\nplt.plot([0, n])\nplt.show()"
        alt = "" if option == "alt" else ' alt="A line"'
        fence = f'```python exec="on"{alt} {option}="A line to {{}}"\n{figure}\n```\n'
        log = problem(f"# Page\n\n{fence.format('22')}", settings=SETTINGS)
        assert log.startswith("page.md:3: 22 is typed")

    @pytest.mark.parametrize("name", ["description", "title"])
    def test_number_in_a_setting_of_the_page_is_named(self, name, problem):
        log = problem(f"---\nother: 1\n{name}: In 22 steps\n---\n\n# Page\n", settings=SETTINGS)
        assert log.startswith("page.md:3: 22 is typed")
        log = problem(f"---\n{name}: Rung 2\n---\n\n# Page\n", settings=SETTINGS)
        assert log.startswith("page.md:2: 2 is typed")  # as in a heading, where no digit is free

    @pytest.mark.parametrize("value", ["@{n}", "$@{n}$", "$@{n} > 3$"])
    def test_comparison_beside_a_value_is_named_and_one_from_the_run_is_not(
        self, value, problem, article
    ):
        text = f"# Page\n{BLOCK}\nIt is above 3 at {value}.\n"
        log = problem(text, settings=SETTINGS)
        assert log.startswith("page.md:8: 'above' is typed beside a value")
        text = text.replace("above", "@{n > 3:above}")
        assert "above 3" in article(text, settings=SETTINGS)

    def test_comparison_beside_a_value_in_a_header_or_a_setting_is_named(self, problem):
        figure = "import matplotlib.pyplot as plt\nn = 22\nplt.plot([0, n])\nplt.show()"
        fence = f'```python exec="on" name="a" alt="A line, larger than @{{n}}"\n{figure}\n```\n'
        log = problem(f"# Page\n\n{fence}", settings=SETTINGS)
        assert log.startswith("page.md:3: 'larger' is typed beside a value")
        above = "---\ndescription: More than @a{n} of them.\n---\n"
        log = problem(f"{above}# Page\n\n{fence.replace('larger', 'as')}", settings=SETTINGS)
        assert log.startswith("page.md:2: 'More' is typed beside a value")

    def test_counts_of_the_book_are_not_typed(self, problem):
        assert "three exercises is typed" in problem(
            "# Page\n\nIt has three exercises.\n", settings=SETTINGS
        )

    def test_unknown_name_and_wrong_link_are_named(self, problem):
        log = problem("# Page\n\nCall `gdbook.gradient_stepp`.\n", settings=SETTINGS)
        assert log.startswith("page.md:3: gdbook.gradient_stepp is no name of gdbook")
        link = "[`gradient_step`](page.md#gdbook.descent.gradient_descent)"
        log = problem(f"# Page\n\nCall\n{link}.\n", settings=SETTINGS)
        assert "page.md:4: the link shows gradient_step and leads to" in log
