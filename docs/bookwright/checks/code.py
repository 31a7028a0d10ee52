"""Find the names in code within a line: those of Python, and what a command of a shell runs."""

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches

from bookwright.pages.marks import COMPUTED

ALIKE = 0.75  # as are two words of four letters, three of which are the same
CUT = "…"  # stands for what is left out of a name
DISTRIBUTION = re.compile(r"[a-z]\w*(?:-[a-z]\w*)+")

_PROGRAMS = ("mkdocs", "pip", "pytest", "python", "python3", "torchrun")
_PART = re.compile(rf"(?=.*[A-Za-z])\w*{CUT}\w*")
_CHOICE = re.compile(r"[a-z]\w{3,}")  # a text such as that of reduction="mean"
_OPTION = re.compile(r"--(\w[\w-]+)")
_VARIABLE = re.compile(r"\w+=.*")
_SUBCOMMAND = re.compile(r"[a-z]+")
_NO_CODE = re.compile(r"--.*|[\w.-]*(?:/[\w.-]*)+")  # an option of a command, a folder


def names_of_command(content: str) -> list[str]:
    """Return the program of a command, and its module or its first words; none if it is none."""
    words = [word for word in content.split() if not _VARIABLE.fullmatch(word)]
    if len(words) < 2 or not (words[1] == "-m" or _is_program(words[0])):
        return []
    program = [] if words[0] in _PROGRAMS else words[:1]
    if words[1] == "-m":
        return [*program, *words[2:3]]
    return [*program, *filter(_SUBCOMMAND.fullmatch, words[1:])]


def _is_program(word: str) -> bool:
    return bool(get_close_matches(word, _PROGRAMS, n=1, cutoff=ALIKE))


def names_of_python(content: str) -> list[str]:
    """Return the names in code, each with the dots that lead to it, or with what is left out."""
    code = content.removeprefix("@").replace("...", CUT)  # as of a decorator
    if DISTRIBUTION.fullmatch(code) or _PART.fullmatch(code):
        return [code]
    if option := _OPTION.fullmatch(code):
        return [word for word in option[1].split("-") if len(word) > 3]  # of which some are known
    if _NO_CODE.fullmatch(code):
        return []
    code = code.replace(COMPUTED, "0").replace(CUT, "...")
    try:
        tree = ast.parse(f"_{code}" if code.startswith(".") else code)
    except SyntaxError:  # no Python, or not in full
        return []
    statements = [each for each in tree.body if not isinstance(each, ast.AnnAssign)]  # a: message
    return [name.removeprefix("_.") for each in statements for name in _dotted(each)]


def _dotted(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name | ast.Attribute) and (chain := _chain(node)):
        yield chain
        return
    if isinstance(node, ast.keyword) and node.arg:
        yield node.arg
    if isinstance(node, ast.Attribute):  # of what a call returns
        yield node.attr
    if isinstance(node, ast.Constant) and _CHOICE.fullmatch(str(node.value)):
        yield str(node.value)
    for child in ast.iter_child_nodes(node):
        yield from _dotted(child)


def _chain(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _chain(node.value)):
        return f"{before}.{node.attr}"
    return ""
