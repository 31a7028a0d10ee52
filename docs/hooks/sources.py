"""Show functions, classes and methods of the package on a page, as they are in its source.

The fence is empty and says `shows="gdbook.descent.gradient_step"`. Docstrings are left out: the
page explains, and the reference has them.
"""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

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
        name = fence.options.get("shows")
        if name is not None and not _find(name):
            yield fence.line, f"{name} is no function, class or method of the package."


def fill(markdown: str) -> str:
    """Put the sources into the fences that show them."""
    lines = markdown.split("\n")
    for fence in reversed([*find_fences(markdown)]):
        if "shows" in fence.options:
            name = fence.options["shows"]
            title = f"{'/'.join(name.split('.')[:2])}.py"
            lines[fence.line : fence.end - 1] = [f"{fence.indent}{line}" for line in _find(name)]
            lines[fence.line - 1] = fence.opening(without=OPTIONS, title=title)
    return "\n".join(lines)


def _find(dotted_name: str) -> list[str]:
    """Return the lines of a definition without its docstring, none where there is none."""
    package, _, rest = dotted_name.partition(".")
    module, *names = rest.split(".")
    file = package_folder() / f"{module}.py"
    if package != PACKAGE or not names or not file.is_file():
        return []
    source = file.read_text(encoding="utf-8")
    within: list[ast.stmt] = ast.parse(source).body
    for name in names:
        found = [node for node in within if isinstance(node, Definition) and node.name == name]
        if not found:
            return []
        within = found[0].body
    return dedent("\n".join(_lines(found[0], source.split("\n")))).split("\n")


def _lines(node: Definition, lines: list[str]) -> list[str]:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    if ast.get_docstring(node) is None:
        return lines[first : node.end_lineno]
    docstring = node.body[0]
    return lines[first : docstring.lineno - 1] + lines[docstring.end_lineno : node.end_lineno]
