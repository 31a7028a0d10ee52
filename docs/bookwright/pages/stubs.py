"""Make the stub of each exercise from its solution.

A page has two fences for an exercise: `stub="name"`, where the reader starts, and
`solution="name"`. The solution is functions with doctests. The stub is the same functions
without their bodies, unless its fence holds code of its own. It can be downloaded.
"""

import ast
from contextlib import suppress
from pathlib import PurePosixPath

from .fences import Fence
from .page import Page


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


def code_of(fence: Fence, page: Page) -> str:
    """Return the code of the fence of a stub: its own, or what its solution leaves to do."""
    solutions = _solutions(fence.options["stub"], page)
    if fence.code.strip() or not solutions:
        return fence.code
    with suppress(SyntaxError):  # running the solution will tell where
        return stub_of(solutions[0])
    return ""


def uri_of(page_uri: str, name: str) -> str:
    """Return where the site has a page's stub for download."""
    return f"exercises/{PurePosixPath(page_uri).stem}/{name}.py"


def mistake(fence: Fence, page: Page) -> str | None:
    """Say why the stub of a fence cannot be made, if that is so."""
    found = len(_solutions(fence.options["stub"], page))
    return None if found == 1 else f"the stub has {found} fences with its solution: write one."


def _solutions(name: str, page: Page) -> list[str]:
    return [fence.code for fence in page.fences if fence.options.get("solution") == name]
