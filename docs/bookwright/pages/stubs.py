"""Make the stub of each exercise from its solution.

A page has two fences for an exercise: `stub="name"`, where the reader starts, and
`solution="name"`. The solution is functions, or classes, with doctests. The stub is the same
without the bodies of functions, unless its fence holds code of its own, with the same examples.
It can be downloaded.
"""

import ast
import doctest
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from bookwright.pages.fences import Fence
from bookwright.pages.page import Page

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

_FILE = """{code}


if __name__ == "__main__":
    import doctest

    failed, tried = doctest.testmod()
    passed = tried - failed
    print(f"{passed}")
"""


def stub_of(solution: str) -> str:
    """Return a solution up to its last definition, with nothing left of how it is done."""
    lines = solution.split("\n")
    definitions = [node for node in ast.parse(solution).body if isinstance(node, Definition)]
    del lines[definitions[-1].end_lineno if definitions else 0 :]
    for function in reversed([*_functions(definitions)]):
        first = function.body[0]
        if ast.get_docstring(function) is None:
            end = _end_of_header(function, lines)
            kept = lines[end - 1].encode()[: first.col_offset if first.lineno == end else None]
        else:
            end = first.end_lineno or 0
            kept = lines[end - 1].encode()[: first.end_col_offset]
        indent = " " * (function.col_offset + 4)
        lines[end - 1 : function.end_lineno] = [kept.decode().rstrip(), f"{indent}..."]
    return "\n".join(lines)


def _end_of_header(function: Function, lines: list[str]) -> int:
    """Return the line on which the header of a function ends, which may have its body, too."""
    rest = iter([f"{line}\n" for line in lines[function.lineno - 1 :]])
    tokens = tokenize.generate_tokens(lambda: next(rest, ""))
    ends = (token.end[0] for token in tokens if token.type == tokenize.NEWLINE)
    return function.lineno - 1 + next(ends)


def _functions(definitions: Iterable[ast.stmt]) -> Iterator[Function]:
    for node in definitions:
        if isinstance(node, Function):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body)


def code_of(fence: Fence, page: Page) -> str:
    """Return the code of the fence of a stub: its own, or what its solution leaves to do."""
    solutions = _solutions(fence.options["stub"], page)
    if fence.code.strip() or not solutions:
        return fence.code
    with suppress(SyntaxError):  # running the solution will tell where
        return stub_of(solutions[0])
    return ""


def file_of(code: str, passed: str) -> str:
    """Return the file of a stub, which says how many of its examples pass when it is run."""
    return _FILE.format(code=code, passed=passed)


def uri_of(page_uri: str, name: str) -> str:
    """Return where the site has a page's stub for download: beside the folder of the page."""
    page = PurePosixPath(page_uri)
    return str(page.parent.parent / "exercises" / page.stem / f"{name}.py")


def mistake(fence: Fence, page: Page) -> str | None:
    """Say what is missing for the stub or the solution of a fence, if anything is."""
    if name := fence.options.get("solution"):
        has_stub = any(each.options.get("stub") == name for each in page.fences)
        return None if has_stub else f"no fence of the page has stub={name!r}, which this solves."
    solutions = _solutions(fence.options["stub"], page)
    if len(solutions) != 1:
        return f"the stub has {len(solutions)} fences with its solution: write one."
    if fence.code.strip():
        return _other_examples(fence.code, solutions[0])
    return None


def _other_examples(stub: str, solution: str) -> str | None:
    """Say in which example a stub with code of its own differs from its solution, if in any."""
    with suppress(SyntaxError, ValueError):  # running the two will tell where
        if different := _examples(stub) ^ _examples(solution):
            name, source, _ = min(different)
            return f"the stub and its solution differ in `{source}` of {name}: give both the same."
    return None


def _examples(code: str) -> set[tuple[str, str, str]]:
    """Return the name of what has each example, the example, and what it should give."""
    return {
        (node.name, example.source.strip(), example.want)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, Definition)
        for example in doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")
    }


def _solutions(name: str, page: Page) -> list[str]:
    return [fence.code for fence in page.fences if fence.options.get("solution") == name]
