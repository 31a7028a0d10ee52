"""Make what can be downloaded of a page: a notebook and a script, of its prose and its blocks.

Blocks that run are the cells. An exercise is a cell with its stub and the test of its examples;
its hint and its solution are folded text. All else is text that every reader of notebooks shows:
without options of fences, without the boxes of MkDocs, and with links that lead somewhere.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from html import escape
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast
from urllib.parse import urljoin

import exercises
import jupytext
import nbformat
import sources
from fences import Fence, find_fences
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.utils.meta import get_data

FORMATS = {"chapters": ("ipynb", "py"), "labs": ("ipynb",)}
NAMES = {"chapters": "chapter", "labs": "lab", "ipynb": "notebook", "py": "script"}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

_TITLE = re.compile(r"\s*# .*")
_HEADING = re.compile(r"^(?=#{1,6} )", re.MULTILINE)
_ATTRIBUTES = re.compile(r"(\]\([^()]*\))\{[^{}]*\}|\s*\{ *[#.][A-Za-z][^{}]*\}$", re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()[^()\s]+(?=\))")
_DISPLAY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_BOX = re.compile(
    r'^(?P<mark>!!!|\?\?\?\+?) (?P<kind>\w+)(?: "(?P<title>.*)")? *\n(?P<body>(?: {4}.*\n| *\n)*)',
    re.MULTILINE,
)
_FOLD = re.compile(r"<details>\n<summary>([^\n]*)</summary>\n\n(.*?)\n\n</details>", re.DOTALL)


class Cell(NamedTuple):
    """A piece of a page: Markdown, or code that runs."""

    text: str
    runs: bool = False


def offered(page_uri: str) -> list[str]:
    """Return where the site has what can be downloaded of a page."""
    page = PurePosixPath(page_uri)
    formats = () if page.stem == "index" else FORMATS.get(page.parts[0], ())
    return [str(page.with_suffix(f".{suffix}")) for suffix in formats]


def offer(page_uri: str, markdown: str) -> str:
    """Return the Markdown of a page with a line under its title that has its downloads."""
    links = [
        f"[{NAMES[uri.rpartition('.')[2]]}]({posixpath.basename(uri)}){{ download }}"
        for uri in offered(page_uri)
    ]
    if not links:
        return markdown
    line = f"Download this {NAMES[page_uri.partition('/')[0]]}: {' · '.join(links)}"
    return _under_title(markdown, f"{line}\n{{ .downloads data-search-exclude }}")


def make(file: File, files: Files, config: MkDocsConfig) -> dict[str, str]:
    """Return uri to content for all that can be downloaded of a page."""
    written = {"ipynb": _ipynb, "py": _py}
    uris = offered(file.src_uri)
    cells = _cells_of_page(file, files, config) if uris else ()
    return {uri: written[uri.rpartition(".")[2]](cells) for uri in uris}


@cache
def cells(markdown: str) -> tuple[Cell, ...]:
    """Return the cells of a page with its sources filled in; a heading begins a cell."""
    return tuple(_joined(_cells(f"{markdown}\n", exercises.stubs(markdown))))


def _cells_of_page(file: File, files: Files, config: MkDocsConfig) -> tuple[Cell, ...]:
    uri = file.src_uri
    page, home = posixpath.basename(uri), posixpath.relpath("index.md", posixpath.dirname(uri))
    about = (
        f"*This {NAMES[uri.partition('/')[0]]} is [a page]({page}) of the book "
        f"[{config.site_name}]({home}). Its code needs "
        f"[the package and its extras]({home}#run).*"
    )
    markdown, _ = get_data(file.content_string)
    if exercises.stubs(markdown):
        about += " *The cell of an exercise tests its examples when it runs.*"
    absolute = partial(_absolute, page_uri=uri, files=files, site_url=config.site_url or "")
    return tuple(
        cell if cell.runs else Cell(_LINK.sub(absolute, cell.text))
        for cell in cells(sources.fill(_under_title(markdown, about)))
    )


def _under_title(markdown: str, paragraph: str) -> str:
    title = _TITLE.match(markdown)
    end = title.end() if title else 0
    return f"{markdown[:end]}\n\n{paragraph}\n\n{markdown[end:].lstrip()}".lstrip()


def _absolute(link: re.Match[str], *, page_uri: str, files: Files, site_url: str) -> str:
    """Return a link to a page or a file of the site as one that leads there from anywhere."""
    target, mark, anchor = link[0].partition("#")
    folder = posixpath.dirname(page_uri)
    uri = posixpath.normpath(posixpath.join(folder, target)) if target else page_uri
    file = files.get_file_from_path(uri)
    return f"{urljoin(site_url, file.url)}{mark}{anchor}" if file else link[0]


def _notebook(cells: tuple[Cell, ...]) -> nbformat.NotebookNode:
    code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": []}
    text: dict[str, Any] = {"cell_type": "markdown"}
    nodes = [
        (code if cell.runs else text) | {"id": f"cell-{n}", "metadata": {}, "source": cell.text}
        for n, cell in enumerate(cells)
    ]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": nodes}
    return cast("nbformat.NotebookNode", nbformat.from_dict(notebook))


@cache
def _ipynb(cells: tuple[Cell, ...]) -> str:
    return f"{nbformat.writes(_notebook(cells))}\n"


@cache
def _py(cells: tuple[Cell, ...]) -> str:
    flat = (Cell(_FOLD.sub(r"**\1**\n\n\2", cell.text), cell.runs) for cell in cells)
    notebook = _notebook(tuple(flat))
    notebook.metadata = {"jupytext": {"notebook_metadata_filter": "-all"}}
    return str(jupytext.writes(notebook, fmt="py:percent"))


def _joined(cells: Iterable[Cell]) -> list[Cell]:
    joined: list[Cell] = []
    for cell in cells:
        last = joined[-1] if joined else Cell("", runs=True)
        if last.runs or cell.runs or cell.text.startswith("#"):
            joined.append(cell)
        else:
            joined[-1] = Cell(f"{last.text}\n\n{cell.text}")
    return joined


def _cells(markdown: str, stubs: dict[str, str]) -> Iterator[Cell]:
    """Yield the cells of a piece of a page."""
    end = 0
    for box in _BOX.finditer(markdown):
        yield from _cells_without_boxes(markdown[end : box.start()], stubs)
        yield from _box(box, stubs)
        end = box.end()
    yield from _cells_without_boxes(markdown[end:], stubs)


def _cells_without_boxes(markdown: str, stubs: dict[str, str]) -> Iterator[Cell]:
    lines = markdown.split("\n")
    end = 0
    for fence in find_fences(markdown):
        yield from _prose("\n".join(lines[end : fence.line - 1]))
        yield _block(fence, stubs)
        end = fence.end
    yield from _prose("\n".join(lines[end:]))


def _prose(markdown: str) -> Iterator[Cell]:
    sections = _HEADING.split(_ATTRIBUTES.sub(r"\1", markdown))
    return (Cell(section.strip()) for section in sections if section.strip())


def _block(fence: Fence, stubs: dict[str, str]) -> Cell:
    options = fence.options
    if "stub" in options:
        return Cell(_with_test(stubs[options["stub"]]), runs=True)
    if fence.language == "python" and options.get("exec", "on") == "on":
        return Cell(fence.code, runs=True)
    title = f"`{options['title']}`:\n\n" if "title" in options else ""
    return Cell(f"{title}{fence.ticks}{fence.language}\n{fence.code}\n{fence.ticks}")


def _with_test(stub: str) -> str:
    """Return a stub that tests its examples; the test prints what fails, and raises nothing."""
    names = re.findall(r"^def (\w+)", stub, re.MULTILINE)
    tests = "\n".join(f"doctest.run_docstring_examples({name}, globals())" for name in names)
    return f"{stub}\n\n\nimport doctest\n\n{tests}" if names else stub


def _box(box: re.Match[str], stubs: dict[str, str]) -> Iterator[Cell]:
    """Yield what an admonition or a fold of MkDocs becomes: a quotation, or a fold of HTML.

    Neither can hold cells that run: what does not stay text stands under its title.
    """
    body = re.sub(r"^ {4}", "", box["body"], flags=re.MULTILINE)
    inner = _joined(_cells(body, stubs))
    title = box["title"] or box["kind"].capitalize()
    is_solution = any("solution" in fence.options for fence in find_fences(body))
    if any(cell.runs for cell in inner) and not is_solution:
        yield Cell(f"**{title}**")
        yield from inner
        return
    text = "\n\n".join(f"```python\n{cell.text}\n```" if cell.runs else cell.text for cell in inner)
    if box["mark"] == "!!!":
        yield Cell(_quoted(f"**{title}**\n\n{text}"))
    else:
        summary = f"<summary>{escape(title, quote=False)}</summary>"
        yield Cell(f"<details>\n{summary}\n\n{text}\n\n</details>")


def _quoted(text: str) -> str:
    """Return a quotation; each formula is on one line, where Jupyter reads no > into it."""
    text = _DISPLAY.sub(lambda formula: formula[0].replace("\n", " "), text)
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
