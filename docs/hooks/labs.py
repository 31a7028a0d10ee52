"""Run the labs: notebooks written as Markdown, whose cells one kernel runs from top to end.

mkdocs-jupyter finds the labs, runs them and keeps what came of it. It returns the notebook as it
was run, and no HTML: the page is made of the same text as a chapter, each cell is a block like
those of a chapter, and MkDocs renders it as it renders any page.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from cache import digest, fingerprint
from execution import FIGURE, Execution
from fences import Fence, find_fences
from isolation import Failure, Outcome
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs_jupyter import nbconvert2
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from problems import Problems
from svg_backend import STYLE, inline

PLUGIN = "mkdocs-jupyter"
KERNEL = "gdbook"
LIBRARIES = ["ipykernel", "matplotlib-inline", "nbclient"]
SECONDS = 120  # that a cell may take

_SVG, _MARKDOWN, _PLAIN = "image/svg+xml", "text/markdown", "text/plain"
_RULE = "\n------------------\n"  # stands above and below the source of a cell that failed
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_FOLDERS = re.compile(r"[^\s\"']*[\\/](?=[^\s\\/]+\.py\b)")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+>")
_NO_CELL = "a Python fence is no cell: fences of cells stand at the margin, and are no other ones."
_WARNS = "the cell writes to the error stream: "
_SHOWS_ADDRESS = "the cell ends with a value that shows where it lies in memory: use plt.show()."


class _Result(NamedTuple):
    """What came of a cell, and the options of its block."""

    outcome: Outcome
    options: dict[str, str]


def is_lab(page: Page) -> bool:
    """Tell whether mkdocs-jupyter has put its own rendering into a page."""
    return "render" in vars(page)


class Labs:
    """The labs of one build."""

    def __init__(self, root: Path, key: str, execution: Execution, problems: Problems) -> None:
        """Choose a folder for what comes of the labs: another one whenever that could change."""
        own = fingerprint(files=[Path(__file__)], packages=LIBRARIES)
        self._folder = root / ".cache" / "labs" / digest(key, own)[:16]
        self._execution = execution
        self._problems = problems

    def configure(self, config: MkDocsConfig) -> None:
        """Have mkdocs-jupyter use this folder and this kernel, and return notebooks."""
        if plugin := config.plugins.get(PLUGIN):
            nbconvert2.HTMLExporter = _exporter  # there is no option for it
            plugin.config["cache_dir"] = str(self._folder)
            plugin.config["kernel_name"] = KERNEL
            plugin.config["ignore_h1_titles"] = True

    def prepare(
        self, page: Page, markdown: str, *, lines_before: int, config: MkDocsConfig, files: Files
    ) -> str:
        """Run a lab, and return its Markdown with each cell marked as the block that it becomes.

        `lines_before` counts the lines of the page's file that its Markdown does not have.
        """
        uri = page.file.src_uri
        lines = markdown.split("\n")
        fences = [fence for fence in find_fences(markdown) if fence.language == "python"]
        kept = self._kept()
        results = self._results(page, fences, config, files)
        for fence, result in zip(fences, results, strict=True):
            place = f"{uri}:{lines_before + fence.line}"
            if fence.leftovers or not fence.options.keys() <= {"alt"}:
                self._problems.report(place, 'a cell of a lab has no option but alt="…".')
            if result is None:
                lines[fence.line - 1] = fence.opening(without=fence.options)
            else:
                self._execution.adopt(place, result.outcome, cached=kept == self._kept())
                lines[fence.line - 1] = fence.opening(at=place, **result.options)
        return "\n".join(lines)

    def _results(
        self, page: Page, fences: list[Fence], config: MkDocsConfig, files: Files
    ) -> list[_Result | None]:
        """Return what came of each cell; None for all but the one that failed if one did."""
        try:
            cells = self._run(page, config, files)
        except CellExecutionError as error:
            return [_failed(error) if _has_failed(fence, error) else None for fence in fences]
        except (CellTimeoutError, DeadKernelError) as error:
            self._problems.report(page.file.src_uri, f"{type(error).__name__}: {error}")
            return [None for _ in fences]
        if [cell.source.strip() for cell in cells] != [fence.code.strip() for fence in fences]:
            self._problems.report(page.file.src_uri, _NO_CELL)
            return [None for _ in fences]
        return [_result(cell) for cell in cells]

    def _run(self, page: Page, config: MkDocsConfig, files: Files) -> list[NotebookNode]:
        """Take mkdocs-jupyter's rendering out of a page, and return the cells that it ran."""
        render = vars(page).pop("render")
        with _environment(JUPYTER_PATH=self._kernels(), JUPYTER_NO_CONFIG="1"):
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
        command = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernel = {
            "argv": [*command, *(f"--{name}={value}" for name, value in options.items())],
            "env": {
                "MATPLOTLIBRC": str(STYLE),
                "MPLBACKEND": "module://matplotlib_inline.backend_inline",
                "IPYTHONDIR": str(self._folder / "ipython"),
            },
            "display_name": "Python 3",
            "language": "python",
        }
        file = self._folder / "kernels" / KERNEL / "kernel.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(kernel), encoding="utf-8")
        return str(self._folder)


def _exporter(*, config: Any, **_: Any) -> NotebookExporter:  # noqa: ANN401  # nbconvert's
    config["ExecutePreprocessor"]["timeout"] = SECONDS
    return NotebookExporter(config=config)


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _result(cell: NotebookNode) -> _Result:
    texts = [_text(output) for output in cell.outputs]
    drawn = [output.data[_SVG] for output in cell.outputs if _SVG in output.get("data", {})]
    figures = [inline(svg, f"{FIGURE}-{number}") for number, svg in enumerate(drawn)]
    is_markdown = any(_MARKDOWN in output.get("data", {}) for output in cell.outputs)
    warnings = "".join(output.text for output in cell.outputs if output.get("name") == "stderr")
    failure = None
    if warnings:
        failure = Failure(_WARNS + _FOLDERS.sub("", warnings), None, "")
    elif any(_ADDRESS.search(text) for text in texts):
        failure = Failure(_SHOWS_ADDRESS, None, "")
    outcome = Outcome("".join(texts), figures, _seconds(cell), failure)
    return _Result(outcome, {"exec": "on"} | ({"result": "markdown"} if is_markdown else {}))


def _text(output: NotebookNode) -> str:
    data = output.get("data", {})
    if _SVG in data:
        return ""
    if _MARKDOWN in data:
        return f"{data[_MARKDOWN]}\n\n"
    return f"{data[_PLAIN]}\n" if _PLAIN in data else str(output.get("text", ""))


def _seconds(cell: NotebookNode) -> float:
    times = cell.metadata.execution
    began, ended = times["iopub.execute_input"], times["shell.execute_reply"]
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def _has_failed(fence: Fence, error: CellExecutionError) -> bool:
    return f"{_RULE}{fence.code.strip()}{_RULE}" in error.traceback


def _failed(error: CellExecutionError) -> _Result:
    """Return the failure of a cell; its own frame is the first of the traceback."""
    traceback = _FOLDERS.sub("", _COLOUR.sub("", error.traceback))
    line = re.search(r"Cell In\[\d+\], line (\d+)", traceback)
    summary = _COLOUR.sub("", f"{error.ename}: {error.evalue}")
    failure = Failure(summary, int(line[1]) if line else None, traceback.split(_RULE)[-1])
    return _Result(Outcome("", [], 0.0, failure), {"exec": "on"})
