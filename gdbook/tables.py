"""Tables: numbers as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gdbook._checks import whole_number
from gdbook.autograd import Value, topological_order
from gdbook.descent import History

__all__ = ["graph_table", "history_table", "markdown_table"]


def markdown_table(columns: Mapping[str, Iterable[Any]], *, digits: int = 6) -> str:
    r"""Return columns as a Markdown table, numbers to the right and text to the left.

    A column is set to the right if all its cells are numbers. Floats are rounded to `digits`
    significant digits; fractions, whole numbers and text are shown in full.

    Args:
        columns: Header to cells; all columns equally long.
        digits: Significant digits of floats, at least 1.

    Returns:
        The table, one line a row, without a newline at its end. A vertical bar in text is
        escaped.

    Raises:
        TypeError: `digits` is not whole, or `columns` is no mapping from text to cells.
        ValueError: There are no columns, they differ in length, `digits` is less than 1, or a
            cell has several lines.

    Examples:
        >>> from gdbook import markdown_table
        >>> print(markdown_table({"name": ["one third"], "value": [1 / 3]}))
        | name | value |
        | :--- | ---: |
        | one third | 0.333333 |

    Source:
        The table syntax of PHP Markdown Extra.
    """
    digits = whole_number("digits", digits, at_least=1)
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"columns is {columns!r}: pass a mapping from header to cells.")
    cells = {header: list(column) for header, column in columns.items()}
    lengths = {header: len(column) for header, column in cells.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"the columns have lengths {lengths}: pass equal lengths, at least one.")
    rules = (
        ":---" if any(isinstance(cell, str) for cell in column) else "---:"
        for column in cells.values()
    )
    rows = ((_cell(cell, digits) for cell in row) for row in zip(*cells.values(), strict=True))
    headers = (_cell(header, digits) for header in cells)
    return "\n".join("| " + " | ".join(line) + " |" for line in (headers, rules, *rows))


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.{digits}g}"
    text = str(value)
    if "\n" in text:
        raise ValueError(f"{text!r} has several lines: a cell of a Markdown table has one.")
    return text.replace("|", r"\|")


def history_table(history: History, *, names: Sequence[str] = ("params",), digits: int = 6) -> str:
    r"""Return the record of a run as a Markdown table, one row for each recorded epoch.

    $$k, \quad \theta_k, \quad f(\theta_k), \quad \nabla f(\theta_k)$$

    Args:
        history: The record of a run on one parameter or on a vector of them.
        names: One name for each parameter, for the headers.
        digits: Significant digits, at least 1.

    Returns:
        The table, one line a row, without a newline at its end.

    Raises:
        TypeError: `digits` is not whole.
        ValueError: There are not as many names as parameters, a name is given twice or is
            `epoch` or `loss`, or `digits` is less than 1.

    Examples:
        >>> from gdbook import Objective, gradient_descent, history_table
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> history = gradient_descent(parabola, 1.0, learning_rate=0.125, epochs=1)
        >>> print(history_table(history, names=["x"]))
        | epoch | x | loss | ∂loss/∂x |
        | ---: | ---: | ---: | ---: |
        | 0 | 1 | 2 | 4 |
        | 1 | 0.5 | 0.5 | 2 |

    Source:
        The columns are those of `History`.
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
    return markdown_table(
        {
            "epoch": history.epochs,
            **dict(zip(names, params.T, strict=True)),
            "loss": history.losses,
            **{f"∂loss/∂{name}": column for name, column in zip(names, gradients.T, strict=True)},
        },
        digits=digits,
    )


def graph_table(result: Value, *, digits: int = 6) -> str:
    r"""Return the graph of a result as a Markdown table, one row for each Value.

    $$v, \quad \text{the operation on its inputs}, \quad v \text{ as a number}, \quad \bar v$$

    Rows are in topological order: read down they are the way forward, read up the way back. A
    Value without a label is named after its row, `v3`. A name that is taken gets a prime.

    Args:
        result: The last row.
        digits: Significant digits, at least 1.

    Returns:
        The table, one line a row, without a newline at its end.

    Raises:
        TypeError: `result` is no Value, or `digits` is not whole.
        ValueError: `digits` is less than 1, or a label has several lines.

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
