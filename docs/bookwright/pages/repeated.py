"""Find in the code of a block what an earlier block of its page has shown: imports and set-up."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

SHORTEST = 2  # lines that are worth a line which stands for them

_SET_UP = (
    *(ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)


class _Statement(NamedTuple):
    lines: range
    says: frozenset[str]


def repeated(code: str, before: Iterable[str]) -> list[range]:
    """Return which lines of code, counted from 0, only say again what other code has said."""
    known = frozenset[str]().union(*(each.says for other in before for each in _set_up(other)))
    runs: list[range] = []
    for statement in _statements(code):
        if not (statement.says and statement.says <= known):
            runs.append(range(statement.lines.stop, statement.lines.stop))
        elif runs and len(runs[-1]):
            runs[-1] = range(runs[-1].start, statement.lines.stop)
        else:
            runs.append(statement.lines)
    return [run for run in runs if len(run) >= SHORTEST]


def _set_up(code: str) -> Iterator[_Statement]:
    return (each for each in _statements(code) if each.says)


@cache
def _statements(code: str) -> tuple[_Statement, ...]:
    """Return the statements of code with what each says, which is nothing if it is no set-up."""
    try:
        body = ast.parse(code).body
    except SyntaxError:  # a session, or code that is wrong and is told to be so where it runs
        return ()
    lines = code.split("\n")
    return tuple(_statement(node, lines) for node in body)


def _statement(node: ast.stmt, lines: list[str]) -> _Statement:
    decorators = getattr(node, "decorator_list", [])
    first = min(each.lineno for each in [node, *decorators]) - 1
    span = range(first, node.end_lineno or first + 1)
    if isinstance(node, ast.Import | ast.ImportFrom):
        source = getattr(node, "module", "")
        says = {f"{source}:{name.name}:{name.asname}" for name in node.names}
    elif isinstance(node, _SET_UP):
        says = {"\n".join(lines[first : span.stop])}
    else:
        says = set()
    return _Statement(span, frozenset(says))
