"""Show functions of the package on a page, as they are in its source.

The fence is empty and says `shows="gdbook.descent.gradient_step"`. Docstrings are left out: the
page explains, and the reference has them.
"""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from fences import find_fences

OPTIONS = {"shows"}
PACKAGE = "gdbook"

Definition = ast.FunctionDef | ast.ClassDef


def package_folder() -> Path:
    """Return where the package lies, without importing it."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed: pip install -e '.[docs]'")
    return Path(spec.origin).parent


def mistakes(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield line and message for each fence that shows what is not there."""
    for fence in find_fences(markdown):
        if "shows" in fence.options and not _find(fence.options["shows"]):
            yield fence.line, f"{fence.options['shows']} is no function or class of the package."


def fill(markdown: str) -> str:
    """Put the sources into the fences that show them."""
    lines = markdown.split("\n")
    for fence in reversed([*find_fences(markdown)]):
        if "shows" in fence.options:
            name = fence.options["shows"]
            title = f"{name.rpartition('.')[0].replace('.', '/')}.py"
            lines[fence.line : fence.end - 1] = [f"{fence.indent}{line}" for line in _find(name)]
            lines[fence.line - 1] = fence.opening(without=OPTIONS, title=title)
    return "\n".join(lines)


def _find(dotted_name: str) -> list[str]:
    """Return the lines of a definition without its docstring, none where there is none."""
    module, _, name = dotted_name.rpartition(".")
    file = package_folder().parent / f"{module.replace('.', '/')}.py"
    if not module.startswith(f"{PACKAGE}.") or not file.is_file():
        return []
    source = file.read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, Definition) and node.name == name:
            return _lines(node, source.split("\n"))
    return []


def _lines(node: Definition, lines: list[str]) -> list[str]:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    if ast.get_docstring(node) is None:
        return lines[first : node.end_lineno]
    docstring = node.body[0]
    return lines[first : docstring.lineno - 1] + lines[docstring.end_lineno : node.end_lineno]
