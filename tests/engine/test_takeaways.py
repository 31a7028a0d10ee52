"""Notebooks and scripts to take away: what they hold, and that they run."""

import re
import subprocess
import sys
from textwrap import dedent

import jupytext
import nbformat
import pytest
from bookwright.pages.listings import read
from bookwright.pages.page import Page
from bookwright.settings import Settings, Words
from bookwright.takeaways import downloads
from bookwright.takeaways.cells import cells as cells_of

SETTINGS = Settings(
    package="gdbook",
    downloads={"chapters": ("ipynb", "py"), "labs": ("ipynb",)},
    words=Words(pages={"labs": "lab"}),
)
STUB = """
```python exec="on" stub="double"
```

??? tip "Hint"

    Add $x$ to itself.

??? success "Solution"

    As $x + x$:

    ```python exec="on" solution="double"
    def double(x):
        \"\"\"Return twice a number.

        >>> double(2)
        4
        \"\"\"
        return x + x
    ```

    It runs:

    ```python exec="on"
    print(1)
    ```
"""


def cells(text, *, in_a_lab=False):
    """Return text and kind of each cell of a page whose blocks have not run."""
    page = Page("page.md", dedent(text).strip("\n"))
    listings = read(page, package="gdbook", in_a_lab=in_a_lab)
    return [(cell.text, cell.runs) for cell in cells_of(page, listings, {})]


def test_block_that_runs_is_code_without_its_options():
    assert cells("""
        ```python exec="on" alt="A line" limit="90"
        x = 1

        x
        ```
        """) == [("x = 1\n\nx", True)]


def test_cell_of_a_lab_is_code():
    assert cells('```python alt="A line"\nx\n```', in_a_lab=True) == [("x", True)]


@pytest.mark.parametrize(
    "opening", ['python exec="off"', 'pycon exec="on"', "text hl_lines='1'", ""]
)
def test_block_that_is_not_run_as_a_file_stays_text(opening):
    language = opening.partition(" ")[0]
    fence = f"```{opening}\n>>> x\n```"
    assert cells(fence) == [(f"```{language}\n>>> x\n```", False)]


@pytest.mark.parametrize("opening", ['python exec="off"', "bash"])
def test_title_of_code_stands_above_it(opening):
    ((text, _),) = cells(f'```{opening} title="x.y"\nls\n```')
    assert text.startswith("`x.y`:\n\n```")


def test_source_of_the_package_is_text_with_its_file():
    ((text, runs),) = cells('```python exec="off" shows="gdbook.descent.gradient_step"\n```')
    assert not runs
    assert text.startswith("`gdbook/descent/__init__.py`:\n\n```python\ndef gradient_step(")


def test_heading_begins_a_cell_and_has_no_attributes():
    assert cells("""
        # Title { .big }

        Text.

        ## One { #one }
        Part one.

        ```text
        # no heading
        ```
        """) == [
        ("# Title\n\nText.", False),
        ("## One\nPart one.\n\n```text\n# no heading\n```", False),
    ]


def test_formulas_are_left_as_they_are():
    text = "With $\\frac{a}{b} (x){ y }$ and\n\n$$\n\\left\\{ x \\right\\}{.5}\n$$"
    assert cells(text) == [(text, False)]


def test_attributes_of_links_are_left_out():
    text = "Take [this](x.py){ download }, and $x{a}$."
    assert cells(text) == [("Take [this](x.py), and $x{a}$.", False)]


def test_item_of_a_list_loses_the_line_of_its_attributes():
    text = "- **One.** $a$ ([b](https://b.org/)).\n  { #one }\n- Two.\n  { #two .big }\n\nText."
    assert cells(text) == [("- **One.** $a$ ([b](https://b.org/)).\n- Two.\n\nText.", False)]


def test_stub_tests_its_examples_and_hint_and_solution_are_folded():
    (stub, stub_runs), (text, text_runs) = cells(STUB)
    assert (stub_runs, text_runs) == (True, False)
    assert stub.endswith(
        "    ...\n\n\nimport doctest\n\ndoctest.run_docstring_examples(double, globals())"
    )
    hint, solution = re.findall(r"<details>\n(.*?)\n</details>", text, re.DOTALL)
    assert hint == "<summary>Hint</summary>\n\nAdd $x$ to itself.\n"
    assert solution.startswith("<summary>Solution</summary>\n\nAs $x + x$:\n\n```python\ndef")
    assert "It runs:\n\n```python\nprint(1)\n```" in solution


def test_stub_without_functions_has_nothing_to_test():
    page = '```python exec="on" stub="s"\nx = 1\n```\n```python exec="on" solution="s"\n```'
    assert cells(page)[0] == ("x = 1", True)


def test_admonition_is_a_quotation_with_formulas_on_one_line():
    assert cells("""
        !!! note "Here & there"

            One.

            $$
            x
            = 1
            $$

        After.
        """) == [("> **Here & there**\n>\n> One.\n>\n> $$ x = 1 $$\n\nAfter.", False)]


def test_admonition_without_a_title_has_its_kind_for_one():
    assert cells("!!! warning\n    Text.") == [("> **Warning**\n>\n> Text.", False)]


def test_fold_without_code_that_runs_is_a_fold():
    assert cells('???+ note "a < b"\n\n    Text.') == [
        ("<details>\n<summary>a &lt; b</summary>\n\nText.\n\n</details>", False)
    ]


def test_fold_with_code_that_runs_is_flat_and_folds_in_it_are_folds():
    assert cells("""
        ??? abstract "All rows"

            Here:

            ```python exec="on"
            x
            ```

            ??? note

                Text.
        """) == [
        ("**All rows**\n\nHere:", False),
        ("x", True),
        ("<details>\n<summary>Note</summary>\n\nText.\n\n</details>", False),
    ]


@pytest.mark.parametrize(
    "code",
    ["!!! note\n\n    Text.", "!!! note\n\n    ```bash\n    ls\n    ```", "# No heading", "??? a"],
)
def test_code_that_looks_like_markdown_stays_code(code):
    text = f"````md\n{code}\n````"
    assert cells(f"Text.\n\n{text}\n\nMore.") == [(f"Text.\n\n{text}\n\nMore.", False)]


def test_block_in_a_list_is_a_cell_without_its_indent():
    assert cells("""
        - One:

            ```python exec="on"
            if x:
                y
            ```
        """) == [("- One:", False), ("if x:\n    y", True)]


def test_line_of_downloads_stands_under_the_title_or_at_the_top():
    line = "Download this lab: [notebook](x.ipynb){ download }\n{ .downloads data-search-exclude }"
    above = downloads.with_links("labs/x.md", "\n# X\n\nText.\n", SETTINGS)
    assert above == f"# X\n\n{line}\n\nText.\n"
    assert downloads.with_links("labs/x.md", "Text.\n", SETTINGS) == f"{line}\n\nText.\n"


def test_line_of_downloads_has_all_formats():
    text = downloads.with_links("chapters/a/b.md", "Text.\n", SETTINGS)
    assert text.startswith(
        "Download this chapters: [notebook](b.ipynb){ download } · [script](b.py){ download }\n"
    )


def test_words_of_the_book_are_the_authors():
    words = Words(
        download="{page} mitnehmen",
        pages={"labs": "Versuch"},
        formats={"ipynb": "Heft"},
    )
    settings = Settings(package="gdbook", downloads={"labs": ("ipynb",)}, words=words)
    text = downloads.with_links("labs/x.md", "Text.\n", settings)
    assert text.startswith("Versuch mitnehmen: [Heft](x.ipynb){ download }\n")


@pytest.mark.parametrize("page", ["index.md", "labs/index.md", "reference/descent.md"])
def test_other_pages_offer_nothing(page):
    assert downloads.uris(page, SETTINGS) == {}
    assert downloads.with_links(page, "# Page\n", SETTINGS) == "# Page\n"


BOOK = """package="gdbook", downloads={"chapters": ("ipynb", "py")}, words=Words(
    pages={"chapters": "chapter"},
    about="This {page} is [a page]({url}) of [{book}]({home}), see [how to run it]({home}#run).",
)"""


@pytest.fixture
def make(site, tmp_path):
    """Return a function that builds a site with a chapter, and returns its notebook and script."""

    def make_takeaways(text, **pages):
        (tmp_path / "docs" / "chapters").mkdir(parents=True, exist_ok=True)
        chapters = {"chapters/one": dedent(text), "chapters/two": "# Two\n\n## X { #x }\n"}
        address = {"site_name: test": "site_name: test\nsite_url: https://example.org/book/"}
        site("# Page\n", settings=BOOK, changes=address, **chapters, **pages)
        folder = tmp_path / "site" / "chapters"
        notebook = nbformat.read(folder / "one.ipynb", as_version=4)
        nbformat.validate(notebook)
        return notebook, (folder / "one.py").read_text(encoding="utf-8")

    return make_takeaways


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_links_lead_to_the_site_from_anywhere(make):
    notebook, _ = make(
        "---\nauthor: me\n---\n# One\n\n"
        "[a](two.md) [b](two.md#x) [c](#y) [d](../index.md) [e](https://a.org/)\n\n## Y\n"
    )
    title, about, text = notebook.cells[0].source.split("\n\n")
    site = "https://example.org/book/"
    assert title == "# One"
    assert re.findall(r"\((.*?)\)", about) == [f"{site}chapters/one/", site, f"{site}#run"]
    assert about.startswith("*This chapter is [a page](")
    assert text == (
        f"[a]({site}chapters/two/) [b]({site}chapters/two/#x) [c]({site}chapters/one/#y) "
        f"[d]({site}) [e](https://a.org/)"
    )


def test_link_to_a_download_is_a_link_to_a_file_of_the_site(make):
    notebook, _ = make("# One\n\nTake [it](one.py).\n", two="[it](chapters/one.ipynb)\n")
    assert "Take [it](https://example.org/book/chapters/one.py)." in notebook.cells[0].source


def test_page_with_an_exercise_tells_that_its_cell_tests_it(make):
    said = "tests its examples when it runs"
    assert said in make(f"# One\n{STUB}")[1]
    assert said not in make("# One\n")[1]


def test_script_has_cells_and_no_folds(make):
    _, script = make(f"# One\n\nText.\n{STUB}")
    assert script.startswith("# %% [markdown]\n# # One\n#\n# *This chapter is")
    assert "# %%\ndef double(x):" in script
    assert "# **Hint**\n#\n# Add $x$ to itself.\n#\n# **Solution**\n#\n# As" in script
    assert "details" not in script


def test_notebook_is_for_any_python_kernel(make):
    notebook, _ = make(f"# One\n{STUB}")
    assert notebook.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1", "cell-2"]


def test_stub_has_no_output_before_somebody_runs_it(make):
    (stub,) = code_of(make(f"# One\n{STUB}")[0])
    assert (stub.outputs, stub.execution_count) == ([], None)


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


def test_notebook_has_what_its_cells_show_in_order(make):
    notebook, _ = make(
        f"""# One

```python exec="on" alt="A line"
print("before")
{PLOT}
print("50 %\\r100 %")
```

```python exec="on" result="markdown"
print("**bold**")
```

```python exec="on"
x = 1
```
"""
    )
    first, second, third = code_of(notebook)
    before, drawing, after = first.outputs
    assert (before.output_type, before.name, before.text) == ("stream", "stdout", "before\n")
    assert drawing.output_type == "display_data"
    assert drawing.data["image/svg+xml"].startswith("<svg ")
    assert after.text == "100 %\n"
    assert [output.text for output in second.outputs] == ["**bold**\n"]
    assert third.outputs == []


RAISING = """# One

```python exec="on" raises="json.decoder.JSONDecodeError"
import json

print("before")
json.loads("")
```

```python exec="on"
print("after")
```
"""


def test_block_that_raises_is_tagged_so_that_jupyter_goes_on(make):
    raising, after = code_of(make(RAISING)[0])
    assert raising.metadata.tags == ["raises-exception"]
    assert "tags" not in after.metadata


def test_block_that_raises_has_its_error_in_the_notebook(make):
    raising, _ = code_of(make(RAISING)[0])
    before, error = raising.outputs
    assert before.text == "before\n"
    assert (error.output_type, error.ename) == ("error", "JSONDecodeError")
    assert error.evalue == "Expecting value: line 1 column 1 (char 0)"
    assert error.traceback[0] == "Traceback (most recent call last):"
    assert "json.decoder.JSONDecodeError: Expecting value" in "\n".join(error.traceback)


def test_block_that_raises_is_text_in_the_script(make):
    script = jupytext.reads(make(RAISING)[1], fmt="py:percent")
    assert [cell.source for cell in code_of(script)] == ['print("after")']
    (text,) = [cell.source for cell in script.cells if "json.loads" in cell.source]
    assert text.endswith('```python\nimport json\n\nprint("before")\njson.loads("")\n```')


@pytest.mark.parametrize("ending", ["import sys\nsys.exit()", "raise SystemExit(0)", "1 / 0"])
def test_script_runs_to_its_end_whatever_ends_a_block(make, tmp_path, ending):
    raises = ' raises="ZeroDivisionError"' if ending == "1 / 0" else ""
    make(f"""# One

```python exec="on"{raises}
print("one")
{ending}
```

```python exec="on"
print("two")
```
""")
    script = tmp_path / "site" / "chapters" / "one.py"
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "two"


def test_takeaways_of_blocks_that_are_cached_are_the_same(make, caplog):
    first = make(RAISING)
    assert "chapters/one.md: 2 blocks run, 0 cached" in caplog.text
    assert make(RAISING) == first
    assert "All pages: 0 blocks run, 2 cached" in caplog.text


def test_each_build_has_takeaways_of_its_own(make):
    assert "first" in make('# One\n\n```python exec="on"\nprint("first")\n```\n')[1]
    notebook, script = make('# One\n\n```python exec="on"\nprint("second")\n```\n')
    assert "first" not in f"{notebook}{script}"


def test_page_without_blocks_can_be_taken_away(make):
    notebook, script = make("Text.\n")
    assert [cell.cell_type for cell in notebook.cells] == ["markdown"]
    assert script.endswith("# Text.\n")


def test_search_does_not_know_the_line_of_downloads(make, tmp_path):
    make("# One\n\nText.\n")
    index = (tmp_path / "site" / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "Download this" not in index
