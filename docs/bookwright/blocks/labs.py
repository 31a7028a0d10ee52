"""Run the labs: notebooks written as Markdown, whose cells one kernel runs from top to end.

mkdocs-jupyter finds the labs, runs them and keeps what came of it. It returns the notebook as it
was run, and no HTML: the page is made of the same text as a chapter, each cell is a block like
those of a chapter, and MkDocs renders it as it renders any page.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as RenderedPage
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from bookwright import borrowed, keys
from bookwright.cache import LABS, Cache
from bookwright.pages.listings import Listing
from bookwright.problems import Problems
from bookwright.settings import Settings

from .execution import Ran
from .isolation import environment, only
from .result import Item, Raised, Result

PLUGIN = "mkdocs-jupyter"
KERNEL = "bookwright"

_SVG, _MARKDOWN, _PLAIN = "image/svg+xml", "text/markdown", "text/plain"
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_FOLDERS = re.compile(r"[^\s\"']*[\\/](?=[^\s\\/]+\.py\b)")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+>")
_NO_CELL = "a Python fence is no cell: fences of cells stand at the margin, and are no other ones."
_SHOWS_ADDRESS = "the cell ends with a value that shows where it lies in memory: use plt.show()."


class Labs:
    """The labs of one build."""

    def __init__(  # noqa: D107  # the class says what it is
        self, cache: Cache, fingerprint: str, settings: Settings, problems: Problems
    ) -> None:
        self._passing = None if cache.is_writable else TemporaryDirectory()
        folder = Path(self._passing.name) if self._passing else cache.folder
        code = Path(__file__).read_bytes()
        self._folder = folder / LABS / keys.labs(fingerprint, code, settings.cell_seconds)
        self._settings = settings
        self._problems = problems

    def configure(self, config: MkDocsConfig) -> None:
        """Have mkdocs-jupyter use this folder and this kernel, and return notebooks."""
        if plugin := config.plugins.get(PLUGIN):
            plugin.config["cache_dir"] = str(self._folder)
            plugin.config["kernel_name"] = KERNEL
            plugin.config["ignore_h1_titles"] = True

    def run(
        self, page: RenderedPage, listings: list[Listing], config: MkDocsConfig, files: Files
    ) -> dict[int, Ran]:
        """Return what came of each cell of a lab, by the line of its fence.

        Where something went wrong with a lab, that is the cell that failed, or none.
        """
        uri = page.file.src_uri
        before = self._kept()
        try:
            cells = self._run(page, config, files)
        except CellExecutionError as error:
            failed = [each for each in listings if _has_failed(each, error)]
            return {each.fence.line: Ran(_failed(error), kept=False) for each in failed}
        except (CellTimeoutError, DeadKernelError) as error:
            self._problems.report(uri, f"{type(error).__name__}: {error}")
            return {}
        if [cell.source.strip() for cell in cells] != [each.code.strip() for each in listings]:
            self._problems.report(uri, _NO_CELL)
            return {}
        kept = before == self._kept()
        return {
            listing.fence.line: Ran(_result(cell), kept)
            for listing, cell in zip(listings, cells, strict=True)
        }

    def _run(self, page: RenderedPage, config: MkDocsConfig, files: Files) -> list[NotebookNode]:
        """Take mkdocs-jupyter's rendering out of a page, and return the cells that it ran."""
        render = borrowed.take_render(page)
        variables = dict(environment(self._settings.environment))
        variables |= {"JUPYTER_PATH": self._kernels(), "JUPYTER_NO_CONFIG": "1"}
        with only(variables), borrowed.notebooks_as_they_ran(self._settings.cell_seconds):
            render(config, files)
        notebook = nbformat.reads(page.content, as_version=4)
        return [cell for cell in notebook.cells if cell.cell_type == "code"]

    def _kept(self) -> set[Path]:
        return set(self._folder.glob("*.json"))

    def _kernels(self) -> str:
        """Write down a kernel that draws as the blocks of chapters do, and return where.

        It knows nothing of the settings that somebody has for IPython and matplotlib.
        """
        options = {
            "IPKernelApp.log_level": "ERROR",
            "HistoryManager.enabled": "False",
            "InlineBackend.figure_formats": "svg",
            "InlineBackend.print_figure_kwargs": "{'bbox_inches': None}",
        }
        folder = self._folder / "kernels" / KERNEL
        folder.mkdir(parents=True, exist_ok=True)
        style = folder / "matplotlibrc"
        style.write_text(self._settings.figures.matplotlib_style, encoding="utf-8")
        command = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernel = {
            "argv": [*command, *(f"--{name}={value}" for name, value in options.items())],
            "env": {
                "MATPLOTLIBRC": str(style),
                "MPLBACKEND": "module://matplotlib_inline.backend_inline",
                "IPYTHONDIR": str(self._folder / "ipython"),
            },
            "display_name": "Python 3",
            "language": "python",
        }
        (folder / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
        os.utime(self._folder)  # so that it is not taken for an old one
        return str(self._folder)


def _result(cell: NotebookNode) -> Result:
    errors = "".join(output.text for output in cell.outputs if output.get("name") == "stderr")
    items = tuple(_joined(item for output in cell.outputs for item in _items(output)))
    stopped = None
    if any(_ADDRESS.search(item.content) for item in items if item.kind != "figure"):
        stopped = Raised("", "", _SHOWS_ADDRESS, None, "")
    return Result(items, _seconds(cell), _FOLDERS.sub("", errors), stopped=stopped)


def _items(output: NotebookNode) -> Iterator[Item]:
    data = output.get("data", {})
    if _SVG in data:
        yield Item("figure", data[_SVG])
    elif _MARKDOWN in data:
        yield Item("markdown", f"{data[_MARKDOWN]}\n\n")
    elif _PLAIN in data:
        yield Item("text", f"{data[_PLAIN]}\n")
    elif output.get("name") == "stdout":
        yield Item("text", output.text)


def _joined(items: Iterable[Item]) -> Iterator[Item]:
    """Join pieces of text that follow each other: where a kernel cuts them is chance."""
    for kind, group in groupby(items, key=lambda item: item.kind):
        if kind == "text":
            yield Item("text", "".join(item.content for item in group))
        else:
            yield from group


def _seconds(cell: NotebookNode) -> float:
    times = cell.metadata.execution
    began, ended = times["iopub.execute_input"], times["shell.execute_reply"]
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def _has_failed(listing: Listing, error: CellExecutionError) -> bool:
    rule = borrowed.NBCLIENT_RULE
    return f"{rule}{listing.code.strip()}{rule}" in error.traceback


def _failed(error: CellExecutionError) -> Result:
    """Return the failure of a cell; its own frame is the first of the traceback."""
    traceback = _FOLDERS.sub("", _COLOUR.sub("", error.traceback))
    line = re.search(r"Cell In\[\d+\], line (\d+)", traceback)
    message = _COLOUR.sub("", f"{error.ename}: {error.evalue}")
    details = traceback.split(borrowed.NBCLIENT_RULE)[-1]
    at = int(line[1]) if line else None
    return Result(raised=Raised(error.ename, error.ename, message, at, details))
