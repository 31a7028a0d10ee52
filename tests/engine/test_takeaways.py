"""Notebooks and scripts to take away: what they hold, and that they run."""

import asyncio
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import downloads
import jupytext
import nbformat
import pytest
import sources
from bs4 import BeautifulSoup
from fences import find_fences
from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from nbclient import NotebookClient
from sites import DOCS, PAGES, same_output, selected, url_of, write_site

OFFERED = [(page, uri) for page in PAGES for uri in downloads.offered(page)]
NOTEBOOKS = [(page, uri) for page, uri in OFFERED if uri.endswith(".ipynb")]
SCRIPTS = [uri for _, uri in OFFERED if uri.endswith(".py")]

DEBRIS = re.compile(r"^ *(!!!|\?\?\?)|\{ [#.]\w|exec=\"|\.md[)#]", re.MULTILINE)
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


def cells(text):
    return list(downloads.cells(dedent(text).strip("\n")))


def test_block_that_runs_is_code_without_its_options():
    assert cells("""
        ```python exec="on" alt="A line" limit="90"
        x = 1

        x
        ```
        """) == [("x = 1\n\nx", True)]


def test_cell_of_a_lab_is_code():
    assert cells('```python alt="A line"\nx\n```') == [("x", True)]


@pytest.mark.parametrize("opening", ['python exec="off"', 'pycon exec="on"', "text", ""])
def test_block_that_is_not_run_as_a_file_stays_text(opening):
    language = opening.partition(" ")[0]
    assert cells(f"```{opening}\nx\n```") == [(f"```{language}\nx\n```", False)]


def test_source_of_the_package_is_text_with_its_file():
    page = sources.fill('```python exec="off" shows="gdbook.descent.gradient_step"\n```')
    ((text, runs),) = cells(page)
    assert not runs
    assert text.startswith("`gdbook/descent.py`:\n\n```python\ndef gradient_step(")


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
    assert cells("Take [this](x.py){ download }, and $x{a}$.")[0].text == (
        "Take [this](x.py), and $x{a}$."
    )


def test_item_of_a_list_loses_the_line_of_its_attributes():
    text = "- **One.** $a$ ([b](https://b.org/)).\n  { #one }\n- Two.\n  { #two .big }\n\nText."
    assert cells(text) == [("- **One.** $a$ ([b](https://b.org/)).\n- Two.\n\nText.", False)]


def test_stub_tests_its_examples_and_hint_and_solution_are_folded():
    stub, text = cells(STUB)
    assert stub.runs
    assert stub.text.endswith(
        "    ...\n\n\nimport doctest\n\ndoctest.run_docstring_examples(double, globals())"
    )
    assert not text.runs
    hint, solution = re.findall(r"<details>\n(.*?)\n</details>", text.text, re.DOTALL)
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


@pytest.fixture
def make(tmp_path):
    """Return a function from the text of a chapter to what can be downloaded of it."""

    def make_downloads(text, **pages):
        (tmp_path / "docs" / "chapters").mkdir(parents=True)
        path = write_site(tmp_path, **{"chapters/one": text, "chapters/two": "# Two\n", **pages})
        config = load_config(str(path), site_url="https://example.org/book/")
        files = get_files(config)
        return downloads.make(files.get_file_from_path("chapters/one.md"), files, config)

    return make_downloads


def test_links_lead_to_the_site_from_anywhere(make):
    files = make(
        "---\nauthor: me\n---\n# One\n\n"
        "[a](two.md) [b](two.md#x) [c](#y) [d](../index.md) [e](https://a.org/) [f](no.md)\n"
    )
    (cell,) = nbformat.reads(files["chapters/one.ipynb"], as_version=4).cells
    title, about, text = cell.source.split("\n\n")
    site = "https://example.org/book/"
    assert title == "# One"
    assert re.findall(r"\((.*?)\)", about) == [f"{site}chapters/one/", site, f"{site}#run"]
    assert text == (
        f"[a]({site}chapters/two/) [b]({site}chapters/two/#x) [c]({site}chapters/one/#y) "
        f"[d]({site}) [e](https://a.org/) [f](no.md)"
    )


def test_page_with_an_exercise_tells_that_its_cell_tests_it(make):
    assert "tests its examples when it runs" in make(f"# One\n{STUB}")["chapters/one.py"]


def test_script_has_cells_and_no_folds(make):
    script = make(f"# One\n\nText.\n{STUB}")["chapters/one.py"]
    assert script.startswith("# %% [markdown]\n# # One\n#\n# *This chapter is")
    assert "# %%\ndef double(x):" in script
    assert "# **Hint**\n#\n# Add $x$ to itself.\n#\n# **Solution**\n#\n# As" in script
    assert "details" not in script


def test_notebook_is_for_any_python_kernel_and_has_no_outputs(make):
    notebook = nbformat.reads(make(f"# One\n{STUB}")["chapters/one.ipynb"], as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1", "cell-2"]
    assert notebook.cells[1].outputs == []


@pytest.mark.parametrize("page", ["index.md", "labs/index.md", "reference/descent.md"])
def test_other_pages_offer_nothing(page):
    assert downloads.offered(page) == []
    assert downloads.offer(page, "# Page\n") == "# Page\n"


def test_line_of_downloads_stands_under_the_title_or_at_the_top():
    line = "Download this lab: [notebook](x.ipynb){ download }\n{ .downloads data-search-exclude }"
    assert downloads.offer("labs/x.md", "\n# X\n\nText.\n") == f"# X\n\n{line}\n\nText.\n"
    assert downloads.offer("labs/x.md", "Text.\n") == f"{line}\n\nText.\n"


@pytest.mark.parametrize("page", [page for page in PAGES if downloads.offered(page)])
def test_links_of_the_page_lead_to_its_downloads(page, site):
    html = (site / url_of(page) / "index.html").read_text(encoding="utf-8")
    links = BeautifulSoup(html, "html.parser").select(".downloads a[download]")
    linked = [(site / url_of(page) / link["href"]).resolve() for link in links]
    assert linked == [(site / uri).resolve() for uri in downloads.offered(page)]
    assert all(file.is_file() for file in linked)


def test_search_does_not_know_the_line_of_downloads(site):
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "Download this" not in index


@pytest.fixture(scope="module")
def ran(site, tmp_path_factory, request):
    """Return what came of each script in a fresh interpreter."""

    def run(uri):
        return subprocess.run(
            [sys.executable, "-X", "utf8", site / uri],
            cwd=tmp_path_factory.mktemp("script"),
            env={**os.environ, "MPLBACKEND": "template"},
            capture_output=True,
            check=False,
        )

    scripts = selected(request, "script")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(scripts, pool.map(run, scripts), strict=True))


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_runs_in_a_fresh_interpreter(script, ran):
    assert (ran[script].returncode, ran[script].stderr.decode()) == (0, "")


@pytest.fixture(scope="module")
def executed(site, tmp_path_factory, request):
    """Return each notebook after Jupyter's own kernel has run it, or why it could not."""
    running = asyncio.Semaphore(os.cpu_count() or 1)

    async def run(uri):
        notebook = nbformat.read(site / uri, as_version=4)
        folder = str(tmp_path_factory.mktemp("notebook"))
        client = NotebookClient(notebook, resources={"metadata": {"path": folder}})
        async with running:
            return await client.async_execute()

    notebooks = selected(request, "notebook")

    async def run_all():
        runs = (run(uri) for _, uri in notebooks)
        return await asyncio.gather(*runs, return_exceptions=True)

    return dict(zip(notebooks, asyncio.run(run_all()), strict=True))


def text_of(output):
    data = output.get("data", {})
    if "text/markdown" in data:
        return data["text/markdown"]
    return "" if "image/png" in data else data.get("text/plain", output.get("text"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook[1])
def test_notebook_runs_from_top_to_end_and_prints_what_the_page_shows(notebook, site, executed):
    page, _ = notebook
    ran = executed[notebook]
    if isinstance(ran, Exception):
        raise ran
    html = (site / url_of(page) / "index.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(html, "html.parser")
    code = [cell for cell in ran.cells if cell.cell_type == "code"]
    compared = 0
    for fence in find_fences((DOCS / page).read_text(encoding="utf-8")):
        cell = next((cell for cell in code if cell.source == fence.code), None)
        if cell is None or "solution" in fence.options:
            continue
        text = "".join(text_of(output) for output in cell.outputs)
        assert same_output(soup.select_one(f"#block-{fence.line} > .output"), text)
        code.remove(cell)
        compared += 1
    assert compared >= 5
    assert all("doctest.run_docstring_examples(" in stub.source for stub in code)
    assert all("Failed example" in stub.outputs[0].text for stub in code)


@pytest.mark.parametrize("download", NOTEBOOKS, ids=lambda download: download[1])
def test_notebook_is_valid_and_has_no_debris_of_the_page(download, site):
    notebook = nbformat.read(site / download[1], as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not DEBRIS.search(cell.source)
        assert cell.cell_type == "code" or not re.search(r"\]\((?!http)", cell.source)


@pytest.mark.parametrize("uri", SCRIPTS)
def test_script_has_the_code_of_the_notebook(uri, site):
    script = jupytext.read(site / uri)
    notebook = nbformat.read((site / uri).with_suffix(".ipynb"), as_version=4)
    code = [[c.source for c in book.cells if c.cell_type == "code"] for book in (script, notebook)]
    assert code[0] == code[1]
