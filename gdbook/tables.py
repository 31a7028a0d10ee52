"""Tables: numbers as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gdbook._checks import whole_number
from gdbook._runs import Run, curves
from gdbook.autograd import Value, topological_order
from gdbook.descent import History

__all__ = ["graph_table", "history_table", "losses_table", "markdown_table"]

_DOTS = "…"  # in the place of rows that are left out
_NEUTRAL = ("", _DOTS)  # text among numbers


def markdown_table(columns: Mapping[str, Iterable[Any]], *, digits: int = 6) -> str:
    r"""Return columns as a Markdown table, numbers to the right and text to the left.

    A column is set to the right if its cells are numbers; some may be empty, or `…`. Floats and
    complex numbers are rounded to `digits` significant digits; fractions, whole numbers and text
    are shown in full.

    Args:
        columns: Header to cells; all columns equally long.
        digits: Significant digits of floats, from 1 to 17, which tell all floats apart.

    Returns:
        The table, one line a row, without a newline at its end. A vertical bar in text is
        escaped.

    Raises:
        TypeError: `digits` is not whole, or `columns` is no mapping from text to cells.
        ValueError: There are no columns, they differ in length, `digits` is less than 1 or more
            than 17, or a cell has several lines.

    Examples:
        >>> from gdbook import markdown_table
        >>> print(markdown_table({"name": ["one third"], "value": [1 / 3]}))
        | name | value |
        | :--- | ---: |
        | one third | 0.333333 |

    Source:
        The table syntax of PHP Markdown Extra.
    """
    digits = _digits(digits)
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"columns is {columns!r}: pass a mapping from header to cells.")
    cells = {header: _cells(header, column) for header, column in columns.items()}
    lengths = {header: len(column) for header, column in cells.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"the columns have lengths {lengths}: pass equal lengths, at least one.")
    rules = (":---" if _is_text(column) else "---:" for column in cells.values())
    rows = ((_cell(cell, digits) for cell in row) for row in zip(*cells.values(), strict=True))
    headers = (_cell(header, digits) for header in cells)
    return "\n".join("| " + " | ".join(line) + " |" for line in (headers, rules, *rows))


def _digits(digits: int) -> int:
    if whole_number("digits", digits, at_least=1) > 17:
        raise ValueError(f"digits is {digits}: pass 1 to 17, which tell all floats apart.")
    return int(digits)


def _cells(header: str, column: Any) -> list[Any]:
    is_column = isinstance(column, Iterable) and not isinstance(column, str | bytes)
    if not is_column or getattr(column, "ndim", 1) == 0:
        raise TypeError(f"columns[{header!r}] is {column!r}: pass a list of cells.")
    return [each.item() if getattr(each, "shape", None) == () else each for each in column]


def _is_text(column: list[Any]) -> bool:
    texts = [cell for cell in column if isinstance(cell, str)]
    return bool(texts) and (len(texts) == len(column) or any(t not in _NEUTRAL for t in texts))


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, float | complex | np.inexact):
        return f"{value:.{digits}g}"
    text = str(value)
    if "\n" in text or "\r" in text:
        raise ValueError(f"{text!r} has several lines: a cell of a Markdown table has one.")
    return text.replace("|", r"\|")


def history_table(
    history: History,
    *,
    names: Sequence[str] = ("params",),
    digits: int = 6,
    head: int | None = None,
    tail: int | None = None,
) -> str:
    r"""Return the record of a run as a Markdown table, one row for each recorded epoch.

    $$k, \quad \theta_k, \quad f(\theta_k), \quad \nabla f(\theta_k)$$

    Args:
        history: The record of a run on one parameter or on a vector of them.
        names: One name for each parameter, for the headers.
        digits: Significant digits, from 1 to 17.
        head: How many of the first rows to show, and
        tail: how many of the last ones, with dots between them; by default all rows.

    Returns:
        The table, one line a row, without a newline at its end.

    Raises:
        TypeError: `digits`, `head` or `tail` is not whole.
        ValueError: There are not as many names as parameters, a name is given twice or is
            `epoch` or `loss`, `digits` is less than 1 or more than 17, or `head` or `tail` is
            negative.

    Examples:
        >>> from gdbook import Objective, gradient_descent, history_table
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> history = gradient_descent(parabola, 1.0, learning_rate=0.125, epochs=1)
        >>> print(history_table(history, names=["x"]))
        | epoch | x | loss | ∂loss/∂x |
        | ---: | ---: | ---: | ---: |
        | 0 | 1 | 2 | 4 |
        | 1 | 0.5 | 0.5 | 2 |
    """
    columns = ["epoch", *names, "loss"]
    if len(set(columns)) != len(columns):
        raise ValueError(f"the columns would be {columns}: give each parameter a name of its own.")
    params = np.reshape(history.params, (len(history), -1))
    gradients = np.reshape(history.gradients, (len(history), -1))
    if params.shape[1] != len(names):
        raise ValueError(
            f"the run has {params.shape[1]} parameters, and names are {list(names)}: "
            "pass one name for each parameter."
        )
    table: dict[str, Any] = {
        "epoch": history.epochs,
        **dict(zip(names, params.T, strict=True)),
        "loss": history.losses,
        **{f"∂loss/∂{name}": column for name, column in zip(names, gradients.T, strict=True)},
    }
    return markdown_table(_ends(table, head, tail), digits=digits)


def losses_table(
    histories: Mapping[str, Run],
    *,
    digits: int = 6,
    head: int | None = None,
    tail: int | None = None,
) -> str:
    r"""Return the losses of several runs as a Markdown table, one row for each epoch.

    $$k, \quad f(\theta_k)$$

    Runs of NumPy and of torch can stand side by side. A run of `train` has its loss during each
    epoch here, and a second column if it has losses on validation data. Where a run has no row
    for an epoch, its cell is empty.

    Args:
        histories: Label to record of a run.
        digits: Significant digits, from 1 to 17.
        head: How many of the first rows to show, and
        tail: how many of the last ones, with dots between them; by default all rows.

    Returns:
        The table, one line a row, without a newline at its end.

    Raises:
        TypeError: `histories` is no mapping from text to runs, or `digits`, `head` or `tail` is
            not whole.
        ValueError: There is no run, two columns would have one name, `digits` is less than 1 or
            more than 17, or `head` or `tail` is negative.

    Examples:
        >>> from gdbook import Objective, gradient_descent, losses_table
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> runs = {
        ...     f"α = {rate}": gradient_descent(parabola, 1.0, learning_rate=rate, epochs=9)
        ...     for rate in (0.125, 0.25)
        ... }
        >>> print(losses_table(runs, head=2, tail=1))
        | epoch | α = 0.125 | α = 0.25 |
        | ---: | ---: | ---: |
        | 0 | 2 | 2 |
        | 1 | 0.5 | 0 |
        | … | … | … |
        | 9 | 7.62939e-06 | 0 |
    """
    found = curves(histories)
    if "epoch" in found:
        raise ValueError("'epoch' is the name of two columns: pass another label.")
    epochs = sorted({epoch for losses in found.values() for epoch in losses})
    table = {name: [losses.get(epoch, "") for epoch in epochs] for name, losses in found.items()}
    return markdown_table(_ends({"epoch": epochs, **table}, head, tail), digits=digits)


def _ends(
    columns: Mapping[str, Sequence[Any]], head: int | None, tail: int | None
) -> Mapping[str, Sequence[Any]]:
    """Return the first and the last rows, with dots between them if any are left out."""
    if head is None and tail is None:
        return columns
    n_rows = len(next(iter(columns.values())))
    first = whole_number("head", 0 if head is None else head, at_least=0)
    last = n_rows - whole_number("tail", 0 if tail is None else tail, at_least=0)
    if first >= last:
        return columns
    return {name: [*column[:first], _DOTS, *column[last:]] for name, column in columns.items()}


def graph_table(result: Value, *, digits: int = 6) -> str:
    r"""Return the graph of a result as a Markdown table, one row for each Value.

    $$v, \quad \text{the operation on its inputs}, \quad v \text{ as a number}, \quad \bar v$$

    Rows are in topological order: read down they are the way forward, read up the way back. A
    Value without a label is named after its row, `v3`. A name that is taken gets a prime.

    Args:
        result: The last row.
        digits: Significant digits, from 1 to 17.

    Returns:
        The table, one line a row, without a newline at its end.

    Raises:
        TypeError: `result` is no Value, or `digits` is not whole.
        ValueError: `digits` is less than 1 or more than 17, or a label has several lines.

    Examples:
        >>> from gdbook import Value, graph_table
        >>> x, w = Value(1.5, label="x"), Value(2.0, label="w")
        >>> loss = (w * x - 1) ** 2
        >>> loss.backward()
        >>> print(graph_table(loss))
        | name | operation | value | gradient |
        | :--- | :--- | ---: | ---: |
        | w |  | 2 | 6 |
        | x |  | 1.5 | 8 |
        | v3 | w * x | 3 | 4 |
        | v4 |  | 1 | -4 |
        | v5 | v3 - v4 | 2 | 4 |
        | v6 | v5 ** 2 | 4 | 1 |

    Source:
        The evaluation trace of A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd
        edition, 2008, chapter 2.
    """
    values = topological_order(result)
    names: dict[Value, str] = {}
    taken = set()
    for row, value in enumerate(values, start=1):
        name = value.label or f"v{row}"
        while name in taken:
            name += "'"
        names[value] = name
        taken.add(name)
    return markdown_table(
        {
            "name": names.values(),
            "operation": [
                value.operation.format(*(names[source] for source, _ in value.inputs))
                for value in values
            ],
            "value": [value.data for value in values],
            "gradient": [value.grad for value in values],
        },
        digits=digits,
    )
