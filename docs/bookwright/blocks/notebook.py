"""Have Jupyter run the cells of a lab, in the process that this module is imported in."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from mkdocs_jupyter.nbconvert2 import nb2html
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from bookwright import borrowed
from bookwright.blocks import values
from bookwright.blocks.labs import Job
from bookwright.blocks.result import Item, Raised, Result

KERNEL = "bookwright"

_SVG, _MARKDOWN, _PLAIN = "image/svg+xml", "text/markdown", "text/plain"
_ANSWERS = "application/vnd.bookwright.answers+json"
_ADDRESS = re.compile(r" at 0x[0-9a-f]+>")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_FOLDERS = re.compile(r"[^\s\"']*[\\/](?=[^\s\\/]+\.py\b)")
_SHOWS_ADDRESS = "the cell ends with a value that shows where it lies in memory: use plt.show()."


def run(job: Job) -> None:
    """Run the lab, and write down what came of each cell, or what went wrong."""
    folder = Path(job.folder)
    os.environ.clear()
    os.environ.update(job.environment | {"JUPYTER_NO_CONFIG": "1", "JUPYTER_PATH": job.folder})
    os.chdir(folder / "work")
    _write_kernel(folder, job.style)
    try:
        ran: dict[str, Any] = {"cells": [*_cells(job)]}
    except CellExecutionError as error:
        traceback = _FOLDERS.sub("", _COLOUR.sub("", error.traceback))
        message = _COLOUR.sub("", f"{error.ename}: {error.evalue}")
        ran = {"failed": [error.ename, message, traceback]}
    except (CellTimeoutError, DeadKernelError) as error:
        ran = {"stopped": f"{type(error).__name__}: {error}"}
    (folder / "ran.json").write_text(json.dumps(ran), encoding="utf-8")


def _cells(job: Job) -> Iterator[dict[str, Any]]:
    with borrowed.notebooks_as_they_ran(job.seconds, partial(_ask, asked=job.asked)):
        ran = nb2html(
            str(Path(job.folder, "lab.md")), execute=True, kernel_name=KERNEL, allow_errors=False
        )
    nodes = [cell for cell in nbformat.reads(ran, as_version=4).cells if cell.cell_type == "code"]
    for node, answers in _apart(nodes):
        yield {"source": node.source.strip(), "result": _result(node, answers).to_json()}


def _write_kernel(folder: Path, style: str) -> None:
    """Write down a kernel that draws as the blocks of chapters do.

    It knows nothing of the settings that somebody has for IPython and matplotlib.
    """
    options = {
        "IPKernelApp.log_level": "ERROR",
        "HistoryManager.enabled": "False",
        "InlineBackend.figure_formats": "svg",
        "InlineBackend.print_figure_kwargs": "{'bbox_inches': None}",
    }
    own = folder / "kernels" / KERNEL
    (folder / "matplotlibrc").write_text(style, encoding="utf-8")
    command = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {
        "argv": [*command, *(f"--{name}={value}" for name, value in options.items())],
        "env": {
            "MATPLOTLIBRC": str(folder / "matplotlibrc"),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "IPYTHONDIR": str(folder / "ipython"),
        },
        "display_name": "Python 3",
        "language": "python",
    }
    own.mkdir(parents=True)
    (own / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")


def _ask(notebook: NotebookNode, asked: tuple[tuple[tuple[str, str, str], ...], ...]) -> None:
    """Put a cell behind each one that values are asked of."""
    each = iter(asked)
    asking: list[NotebookNode] = []
    for node in notebook.cells:
        asking.append(node)
        if node.cell_type == "code" and (questions := next(each, ())):
            asking.append(nbformat.v4.new_code_cell(_question(questions), id=f"{node.id}-asked"))
    notebook.cells = asking


def _question(asked: tuple[tuple[str, str, str], ...]) -> str:
    """Return the source of a cell that leaves no name behind."""
    source = Path(values.__file__).read_text(encoding="utf-8")
    answer = f"names['evaluate']({[*asked]!r}, globals())"
    show = f"display({{{_ANSWERS!r}: {answer}}}, raw=True)"
    return f"(lambda names: (exec({source!r}, names), {show}))({{'__name__': 'values'}});"


def _apart(nodes: Iterable[NotebookNode]) -> list[tuple[NotebookNode, list[Any]]]:
    """Return the cells of a lab, and what was answered behind each of them."""
    run: list[tuple[NotebookNode, list[Any]]] = []
    for node in nodes:
        shown = (each.data for each in node.outputs if _ANSWERS in each.get("data", {}))
        if data := next(shown, None):
            run[-1][1].extend(data[_ANSWERS])
        else:
            run.append((node, []))
    return run


def _result(cell: NotebookNode, answers: list[Any]) -> Result:
    errors = "".join(output.text for output in cell.outputs if output.get("name") == "stderr")
    items = tuple(_joined(item for output in cell.outputs for item in _items(output)))
    stopped = None
    if any(_ADDRESS.search(item.content) for item in items if item.kind != "figure"):
        stopped = Raised("", "", _SHOWS_ADDRESS, None, "")
    said = tuple((text, error) for text, error in answers)
    return Result(items, _seconds(cell), _FOLDERS.sub("", errors), stopped=stopped, answers=said)


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
