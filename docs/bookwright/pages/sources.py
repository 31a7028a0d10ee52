"""Show functions, classes and methods of the package on a page, as they are in its source.

The fence is empty and says `shows="gdbook.descent.gradient_step"`. Its own docstring is left out:
the page explains, and the reference has it.
"""

import ast
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from mkdocs.exceptions import PluginError

Definition = ast.FunctionDef | ast.ClassDef


class Source(NamedTuple):
    """A definition: the file that it stands in, and its code without its docstring."""

    title: str
    code: str


def package_folder(package: str) -> Path:
    """Return where a package lies, without importing it."""
    spec = find_spec(package)
    if spec is None:
        raise PluginError(f"the package {package} is not installed: pip install -e '.[docs]'.")
    if spec.origin is None or not spec.submodule_search_locations:
        raise PluginError(f"{package} is no package: a book is about a folder with __init__.py.")
    return Path(spec.origin).parent


def find(dotted_name: str, package: str) -> Source | None:
    """Return the definition that a dotted name leads to in the package."""
    first, *names = dotted_name.split(".")
    if first != package or not all(map(str.isidentifier, names)):
        return None
    folder = package_folder(package)
    file = _file(folder, names)
    source = file.read_text(encoding="utf-8")
    within, node = ast.parse(source).body, None
    for name in names:
        found = (each for each in within if isinstance(each, Definition) and each.name == name)
        node = next(found, None)
        within = node.body if node else []
    if node is None:
        return None
    title = file.relative_to(folder.parent).as_posix()
    return Source(title, dedent("\n".join(_lines(node, source.split("\n")))))


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
