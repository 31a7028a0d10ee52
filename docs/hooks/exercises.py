"""Make the stub of each exercise from its solution.

A page has two fences for an exercise: `stub="name"`, where the reader starts, and
`solution="name"`. The solution is functions with doctests. The stub is the same functions
without their bodies, unless its fence holds code of its own. It can be downloaded.
"""

import ast
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from fences import Fence, find_fences

OPTIONS = {"stub", "solution"}


def stub_of(solution: str) -> str:
    """Return a solution up to its last function, with nothing left to see of how it is done."""
    lines = solution.split("\n")
    functions = [node for node in ast.parse(solution).body if isinstance(node, ast.FunctionDef)]
    end = functions[-1].end_lineno if functions else 0
    del lines[end:]
    for function in reversed(functions):
        last_kept = function.body[0].end_lineno
        lines[last_kept : function.end_lineno] = [" " * function.body[0].col_offset + "..."]
    return "\n".join(lines)


def stubs(markdown: str) -> dict[str, str]:
    """Return name to code for the stubs of a page."""
    return {fence.options["stub"]: _stub(fence, markdown) for fence in _fences("stub", markdown)}


def stub_uri(page_uri: str, name: str) -> str:
    """Return where the site has a page's stub for download."""
    return f"exercises/{PurePosixPath(page_uri).stem}/{name}.py"


def fill(markdown: str) -> str:
    """Put the stubs of a page into their fences."""
    lines = markdown.split("\n")
    for fence in reversed([*find_fences(markdown)]):
        if "stub" in fence.options:
            name = fence.options["stub"]
            code = _stub(fence, markdown).split("\n")
            lines[fence.line : fence.end - 1] = [f"{fence.indent}{line}" for line in code]
            lines[fence.line - 1] = fence.opening(without=OPTIONS, title=f"{name}.py")
        elif "solution" in fence.options:
            lines[fence.line - 1] = fence.opening(without=OPTIONS)
    return "\n".join(lines)


def mistakes(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield line and message for each stub that cannot be made."""
    for fence in _fences("stub", markdown):
        if not fence.options["stub"].isidentifier():
            yield fence.line, f"{fence.options['stub']!r} cannot name a module: use a Python name."
        found = len(_solutions(fence.options["stub"], markdown))
        if found != 1:
            yield fence.line, f"the stub has {found} fences with its solution: write one."


def _fences(option: str, markdown: str) -> Iterator[Fence]:
    return (fence for fence in find_fences(markdown) if option in fence.options)


def _solutions(name: str, markdown: str) -> list[str]:
    return [
        fence.code for fence in _fences("solution", markdown) if fence.options["solution"] == name
    ]


def _stub(fence: Fence, markdown: str) -> str:
    solutions = _solutions(fence.options["stub"], markdown)
    if fence.code.strip() or not solutions:
        return fence.code
    with suppress(SyntaxError):  # running the solution will tell where
        return stub_of(solutions[0])
    return ""
