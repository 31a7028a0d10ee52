"""Show functions, classes and methods of the package on a page, as they are in its source.

The fence is empty and says `shows="gdbook.descent.gradient_step"`. Its own docstring is left out:
the page explains, and the reference has it.
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
            title, definition = _find(fence.options["shows"]) or ("", [])
            lines[fence.line : fence.end - 1] = [f"{fence.indent}{line}" for line in definition]
            lines[fence.line - 1] = fence.opening(without=OPTIONS, title=title)
    return "\n".join(lines)


def _find(dotted_name: str) -> tuple[str, list[str]] | None:
    """Return the file of a definition, and its lines without its docstring."""
    package, *names = dotted_name.split(".")
    if package != PACKAGE or not all(map(str.isidentifier, names)):
        return None
    file = _file(package_folder(), names)
    source = file.read_text(encoding="utf-8")
    within, node = ast.parse(source).body, None
    for name in names:
        found = (each for each in within if isinstance(each, Definition) and each.name == name)
        node = next(found, None)
        within = node.body if node else []
    if node is None:
        return None
    title = file.relative_to(package_folder().parent).as_posix()
    return title, dedent("\n".join(_lines(node, source.split("\n")))).split("\n")


def _file(folder: Path, names: list[str]) -> Path:
    """Return the module in a folder that names lead to; take those off that lead there."""
    if names and (folder / names[0] / "__init__.py").is_file():
        return _file(folder / names.pop(0), names)
    if names and (folder / f"{names[0]}.py").is_file():
        return folder / f"{names.pop(0)}.py"
    return folder / "__init__.py"


def _lines(node: Definition, lines: list[str]) -> list[str]:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    if ast.get_docstring(node) is None:
        return lines[first : node.end_lineno]
    docstring = node.body[0]
    return lines[first : docstring.lineno - 1] + lines[docstring.end_lineno : node.end_lineno]
