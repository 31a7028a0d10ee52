"""The notebooks and scripts of the book: they run, and show what its pages show."""

import ast
import asyncio
import os
import re
import subprocess
import sys

import jupytext
import nbformat
import pytest
from book import settings
from bookwright.blocks.terminal import final_state
from bookwright.takeaways import downloads
from nbclient import NotebookClient
from pages import PAGES, article_of, selected, shows, source, url_of

OFFERED = {page: list(downloads.uris(page, settings).values()) for page in PAGES}
NOTEBOOKS = [(page, uri) for page in PAGES for uri in OFFERED[page] if uri.endswith(".ipynb")]
OF_CHAPTERS = [(page, uri) for page, uri in NOTEBOOKS if page.startswith("chapters/")]
SCRIPTS = [uri for page in PAGES for uri in OFFERED[page] if uri.endswith(".py")]

DEBRIS = re.compile(r"^ *(!!!|\?\?\?)|\{ [#.]\w|exec=\"|\.md[)#]", re.MULTILINE)


@pytest.mark.parametrize("page", [page for page in PAGES if OFFERED[page]])
def test_links_of_the_page_lead_to_its_downloads(page, site):
    links = article_of(page, site).select(".downloads a[download]")
    linked = [(site / url_of(page) / link["href"]).resolve() for link in links]
    assert linked == [(site / uri).resolve() for uri in OFFERED[page]]
    assert all(file.is_file() for file in linked)


def test_search_does_not_know_the_line_of_downloads(site):
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "Download this" not in index


@pytest.fixture(scope="module")
def executed(site, tmp_path_factory, request):
    """Return each notebook after Jupyter's own kernel has run it, or why it could not.

    That of a lab is as it was when the site was built, which had it run in the same way.
    """
    running = asyncio.Semaphore(os.cpu_count() or 1)

    async def run(uri):
        notebook = nbformat.read(site / uri, as_version=4)
        if uri.startswith("labs/"):
            return notebook
        folder = str(tmp_path_factory.mktemp("notebook"))
        client = NotebookClient(notebook, resources={"metadata": {"path": folder}})
        async with running:
            return await client.async_execute()

    notebooks = selected(request, "notebook")

    async def run_all():
        runs = (run(uri) for _, uri in notebooks)
        return await asyncio.gather(*runs, return_exceptions=True)

    return dict(zip(notebooks, asyncio.run(run_all()), strict=True))


def text_of(cell):
    """Return what a cell shows as text."""
    outputs = (output for output in cell.outputs if output.get("name") != "stderr")
    return final_state("".join(map(_text, outputs)))


def _text(output):
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    data = output.get("data", {})
    if "text/markdown" in data:
        return data["text/markdown"]
    drawn = {"image/png", "image/svg+xml"} & data.keys()
    return "" if drawn else data.get("text/plain", output.get("text"))


def complains(cell):
    return any(output.get("name") == "stderr" for output in cell.outputs)


def is_test(cell):
    return "doctest.run_docstring_examples(" in cell.source


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook[1])
def test_notebook_runs_from_top_to_end_and_prints_what_the_page_shows(notebook, site, executed):
    page, _ = notebook
    if isinstance(executed[notebook], Exception):
        raise executed[notebook]
    article, written = article_of(page, site), source(page)
    cells = [cell for cell in executed[notebook].cells if cell.cell_type == "code"]
    compared = 0
    for fence in written.fences:
        cell = next((cell for cell in cells if cell.source == fence.code), None)
        if cell is None or "solution" in fence.options:
            continue
        block = article.select_one(f"#block-{written.place(fence.line).line}")
        assert shows(block, text_of(cell))
        assert {"warns", "stderr"} & fence.options.keys() or not complains(cell)
        cells.remove(cell)
        compared += 1
    assert compared >= 5
    assert all(is_test(stub) for stub in cells)
    assert all("Failed example" in stub.outputs[0].text for stub in cells)


@pytest.mark.parametrize("notebook", OF_CHAPTERS, ids=lambda notebook: notebook[1])
def test_notebook_has_what_its_cells_print_when_they_run(notebook, site, executed):
    kept = nbformat.read(site / notebook[1], as_version=4).cells
    for cell, again in zip(kept, executed[notebook].cells, strict=True):
        if cell.cell_type == "code" and not is_test(cell):
            assert text_of(cell).rstrip() == text_of(again).rstrip()
        elif cell.cell_type == "code":
            assert cell.outputs == []


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
    written = [cell.source for cell in script.cells if cell.cell_type == "code"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert written == [cell.source for cell in code if "tags" not in cell.metadata]


@pytest.mark.parametrize("uri", SCRIPTS)
def test_script_is_a_program(uri, site):
    ast.parse((site / uri).read_text(encoding="utf-8"), uri)


def test_script_runs_in_a_fresh_interpreter_and_says_nothing_of_errors(site, tmp_path):
    result = subprocess.run(
        [sys.executable, "-X", "utf8", site / SCRIPTS[0]],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "template"},
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stderr.decode()) == (0, "")
