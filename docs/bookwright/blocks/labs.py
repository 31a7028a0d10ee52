"""Run the labs: notebooks written as Markdown, whose cells one kernel runs from top to end.

mkdocs-jupyter runs the labs and keeps what came of it. It returns the notebook as it was run, and
no HTML: the page is made of the same text as a chapter, each cell is a block like those of a
chapter, and MkDocs renders it as it renders any page.

To import mkdocs-jupyter takes as long as a build in which nothing has changed, so it is no plugin
of the site: it is loaded where a lab has to be made again.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby, zip_longest
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as RenderedPage
from mkdocs_jupyter.plugin import Plugin
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from bookwright import borrowed, keys
from bookwright.blocks import values
from bookwright.blocks.execution import Ran
from bookwright.blocks.isolation import environment, only
from bookwright.blocks.result import Item, Raised, Result
from bookwright.cache import LABS, Cache
from bookwright.pages.listings import Listing
from bookwright.pages.page import Place
from bookwright.pages.values import Asked
from bookwright.problems import Problems
from bookwright.settings import Settings

KERNEL = "bookwright"

_SVG, _MARKDOWN, _PLAIN = "image/svg+xml", "text/markdown", "text/plain"
_ANSWERS = "application/vnd.bookwright.answers+json"
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_FOLDERS = re.compile(r"[^\s\"']*[\\/](?=[^\s\\/]+\.py\b)")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+>")
_NO_CELL = (
    "from here on Jupyter sees other cells than the page has: the fences of cells stand at the "
    "margin, and other languages that Jupyter runs are shown as text."
)
_SHOWS_ADDRESS = "the cell ends with a value that shows where it lies in memory: use plt.show()."


class Labs:
    """The labs of one build."""

    def __init__(  # noqa: D107  # the class says what it is
        self, cache: Cache, fingerprint: str, settings: Settings, problems: Problems
    ) -> None:
        code = Path(__file__).read_bytes()
        self._cache = cache
        self._folder = cache.folder / LABS / keys.labs(fingerprint, code, settings.cell_seconds)
        self._settings = settings
        self._problems = problems

    def forget(self) -> None:
        """Have all labs run again."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(
        self, page: RenderedPage, listings: list[Listing], config: MkDocsConfig, files: Files
    ) -> dict[int, Ran]:
        """Return what came of each cell of a lab, by the line of its fence.

        Where something went wrong with a lab, that is the cell that failed, or none.
        """
        uri = page.file.src_uri
        cells = [each for each in listings if each.fence.language == "python"]
        before = self._kept()
        try:
            run, answers = _apart(self._run(page, cells, config, files))
        except CellExecutionError as error:
            failed = _failed(error, cells)
            return {} if failed is None else {failed.fence.line: Ran(_failure(error), kept=False)}
        except (CellTimeoutError, DeadKernelError) as error:
            self._problems.report(uri, f"{type(error).__name__}: {error}")
            return {}
        for source, cell in zip_longest((each.source.strip() for each in run), cells):
            if cell is None or source != cell.code.strip():
                self._problems.report(_stranger(source or "", listings, cell) or uri, _NO_CELL)
                return {}
        kept = self._cache.is_writable and before == self._kept()
        return {
            cell.fence.line: Ran(replace(_result(node), answers=answer), kept)
            for cell, node, answer in zip(cells, run, answers, strict=True)
        }

    def _run(
        self, page: RenderedPage, cells: list[Listing], config: MkDocsConfig, files: Files
    ) -> list[NotebookNode]:
        """Take mkdocs-jupyter's rendering out of a page, and return the cells that it ran."""
        plugin = Plugin()
        plugin.load_config(
            {
                "include": [PurePosixPath(page.file.src_uri).name],
                "execute": True,
                "allow_errors": False,
                "cache": self._cache.is_writable,
                "cache_dir": str(self._folder),
                "kernel_name": KERNEL,
                "ignore_h1_titles": True,
            }
        )
        plugin.on_pre_build(config)
        plugin.on_pre_page(page, config=config, files=files)
        render = borrowed.take_render(page)
        variables = dict(environment(self._settings.environment)) | {"JUPYTER_NO_CONFIG": "1"}
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            self._write_kernel(Path(folder))
            variables |= {"JUPYTER_PATH": folder}
            with (
                only(variables),
                borrowed.notebooks_as_they_ran(
                    self._settings.cell_seconds, partial(_ask, cells=cells)
                ),
            ):
                render(config, files)
        with suppress(OSError):
            os.utime(self._folder)  # so that it is not taken for an old one
        notebook = nbformat.reads(page.content, as_version=4)
        return [cell for cell in notebook.cells if cell.cell_type == "code"]

    def _kept(self) -> set[Path]:
        return set(self._folder.glob("*.json"))

    def _write_kernel(self, folder: Path) -> None:
        """Write down a kernel that draws as the blocks of chapters do.

        It knows nothing of the settings that somebody has for IPython and matplotlib.
        """
        options = {
            "IPKernelApp.log_level": "ERROR",
            "HistoryManager.enabled": "False",
            "InlineBackend.figure_formats": "svg",
            "InlineBackend.print_figure_kwargs": "{'bbox_inches': None}",
        }
        style, own = folder / "matplotlibrc", folder / "kernels" / KERNEL
        style.write_text(self._settings.figures.matplotlib_style, encoding="utf-8")
        command = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernel = {
            "argv": [*command, *(f"--{name}={value}" for name, value in options.items())],
            "env": {
                "MATPLOTLIBRC": str(style),
                "MPLBACKEND": "module://matplotlib_inline.backend_inline",
                "IPYTHONDIR": str(folder / "ipython"),
            },
            "display_name": "Python 3",
            "language": "python",
        }
        own.mkdir(parents=True)
        (own / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")


def _ask(notebook: NotebookNode, cells: list[Listing]) -> None:
    """Put a cell behind each one that values are asked of."""
    asked = iter([cell.asked for cell in cells])
    asking: list[NotebookNode] = []
    for node in notebook.cells:
        asking.append(node)
        if node.cell_type == "code" and (questions := next(asked, ())):
            asking.append(nbformat.v4.new_code_cell(_question(questions), id=f"{node.id}-asked"))
    notebook.cells = asking


def _question(asked: tuple[Asked, ...]) -> str:
    """Return the source of a cell that leaves no name behind."""
    source = Path(values.__file__).read_text(encoding="utf-8")
    questions = [tuple(each) for each in asked]
    answer = f"names['evaluate']({questions!r}, globals())"
    show = f"display({{{_ANSWERS!r}: {answer}}}, raw=True)"
    return f"(lambda names: (exec({source!r}, names), {show}))({{'__name__': 'values'}});"


def _apart(
    cells: list[NotebookNode],
) -> tuple[list[NotebookNode], list[tuple[tuple[str, str], ...]]]:
    """Return the cells of a lab, and what was answered behind each of them."""
    run: list[NotebookNode] = []
    answers: list[tuple[tuple[str, str], ...]] = []
    for cell in cells:
        shown = (each.data for each in cell.outputs if _ANSWERS in each.get("data", {}))
        if data := next(shown, None):
            answers[-1] = tuple((text, error) for text, error in data[_ANSWERS])
        else:
            run.append(cell)
            answers.append(())
    return run, answers


def _stranger(source: str, listings: list[Listing], cell: Listing | None) -> Place | None:
    """Return where Jupyter sees a cell and the page has none, or the cell that it does not see."""
    others = (each for each in listings if each.fence.language != "python" and each.code.strip())
    meant = next((each for each in others if source.endswith(each.code.strip())), cell)
    return meant.place if meant else None


def _result(cell: NotebookNode) -> Result:
    errors = "".join(output.text for output in cell.outputs if output.get("name") == "stderr")
    items = tuple(_joined(item for output in cell.outputs for item in _items(output)))
    stopped = None
    if any(_ADDRESS.search(item.content) for item in items if item.kind != "figure"):
        stopped = Raised("", "", _SHOWS_ADDRESS, None, "")
    return Result(items, _seconds(cell), _FOLDERS.sub("", errors), stopped=stopped)


def _items(output: NotebookNode) -> Iterator[Item]:
    data = output.get("data", {})
    if _SVG in data:  # the metadata have the date
        yield Item("figure", re.sub(r"<metadata\b.*?</metadata>", "", data[_SVG], flags=re.DOTALL))
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
    times = cell.metadata.get("execution")
    if not times:  # the cell is empty
        return 0.0
    began, ended = times["iopub.execute_input"], times["shell.execute_reply"]
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def _failed(error: CellExecutionError, listings: list[Listing]) -> Listing | None:
    """Return the cell that failed: the one with the number that Jupyter gives it."""
    number = re.search(r"Cell In\[(\d+)\]", _COLOUR.sub("", error.traceback))
    run = [each for each in listings for _ in range(1 + bool(each.asked)) if each.code.strip()]
    if number and int(number[1]) <= len(run):
        return run[int(number[1]) - 1]
    rule = borrowed.NBCLIENT_RULE
    alike = (each for each in run if f"{rule}{each.code.strip()}{rule}" in error.traceback)
    return next(alike, None)


def _failure(error: CellExecutionError) -> Result:
    """Return the failure of a cell; its own frame is the first of the traceback."""
    traceback = _FOLDERS.sub("", _COLOUR.sub("", error.traceback))
    line = re.search(r"Cell In\[\d+\], line (\d+)", traceback)
    message = _COLOUR.sub("", f"{error.ename}: {error.evalue}")
    details = traceback.split(borrowed.NBCLIENT_RULE)[-1]
    at = int(line[1]) if line else None
    return Result(raised=Raised(error.ename, error.ename, message, at, details))
