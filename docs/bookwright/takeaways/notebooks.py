"""Write cells down as the notebook or the script that a reader downloads."""

import re
from typing import Any, cast

import jupytext
import nbformat

from bookwright.takeaways.cells import Cell

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

_FOLD = re.compile(r"<details>\n<summary>([^\n]*)</summary>\n\n(.*?)\n\n</details>", re.DOTALL)


def notebook(cells: tuple[Cell, ...]) -> str:
    """Return a notebook with what came of its cells when the site was built."""
    return f"{nbformat.writes(_notebook(cells))}\n"


def script(cells: tuple[Cell, ...]) -> str:
    """Return a script in cells; code that would end it is text."""
    document = _notebook(tuple(_flat(cell) for cell in cells))
    document.metadata = {"jupytext": {"notebook_metadata_filter": "-all"}}
    return str(jupytext.writes(document, fmt="py:percent"))


WRITERS = {"ipynb": notebook, "py": script}


def _flat(cell: Cell) -> Cell:
    if cell.ends_a_program and cell.result:
        raised = cell.result.raised
        what = f"raises {raised.name}" if raised else "ends the program"
        return Cell(f"This {what}:\n\n```python\n{cell.text}\n```")
    return Cell(_FOLD.sub(r"**\1**\n\n\2", cell.text), cell.runs)


def _notebook(cells: tuple[Cell, ...]) -> nbformat.NotebookNode:
    nodes = [_node(cell) | {"id": f"cell-{n}", "source": cell.text} for n, cell in enumerate(cells)]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": nodes}
    return cast("nbformat.NotebookNode", nbformat.from_dict(document))


def _node(cell: Cell) -> dict[str, Any]:
    if not cell.runs:
        return {"cell_type": "markdown", "metadata": {}}
    metadata = {"tags": ["raises-exception"]} if cell.ends_a_program else {}
    code = {"cell_type": "code", "metadata": metadata, "execution_count": None}
    return code | {"outputs": [*cell.outputs]}
