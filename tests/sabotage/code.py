"""Changes of code: of blocks and what texts ask of them, of sessions, of the package, of data."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tests.sabotage import formulas
from tests.sabotage.names import misspelt
from tests.sabotage.numbers import changed_digits, values
from tests.sabotage.texts import Spot, Text

_LOOKS = re.compile(  # calls that say how something looks, and those whose number is a seed
    r"(?:ax|axes|fig|plt|panels?|left|right|top|bottom)\..*"
    r"|(?:.*\.)?(?:draw_\w+|plot|set|set_\w+|subplots|text|annotate|legend|ax[hv]line|scatter"
    r"|contour|semilog[xy]|loglog|default_rng|manual_seed|seed|linspace|logspace|geomspace"
    r"|print|round|markdown_table|history_table)"
)
_LOOK = re.compile("digits|figsize|linewidth|markersize|alpha|color|seed|random_state")
_SYMMETRIC = re.compile(
    r"(?:.*\.)?(?:isclose|allclose|max|min|hypot|gcd|dot|add|multiply|maximum|minimum|equal|zip"
    r"|(?:half_)?squared_error|absolute_error|huber|array_equal|cov|corrcoef|symbols)"
)
_SWAPS = {"+": "-", "-": "+", "*": "+", "/": "*", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_OPERATOR = re.compile(r"(?<=[\w)\] ])(?:[<>]=?|[-+]|(?<!\*)\*(?!\*)|(?<!/)/(?!/))(?=[\w( ])")


class _Program(NamedTuple):
    """Code that stands in a text: below which line, and how far from the margin."""

    text: Text
    code: str
    above: int = 0
    indent: int = 0

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield the nodes of some kinds, but for those that say how something looks."""
        return (node for node in _telling(_tree(self.code)) if isinstance(node, kinds))

    def spot(self, node: ast.AST, *options: str, last: ast.AST | None = None) -> Spot:
        """Return the place in the text of a node, or of all from it to another one."""
        ends = last or node
        start = self._position(node.lineno, node.col_offset)
        return Spot(start, self._position(ends.end_lineno, ends.end_col_offset), options)

    def source(self, node: ast.AST) -> str:
        """Return the code of a node."""
        start, end, _ = self.spot(node)
        return self.text.content[start:end]

    def _position(self, line: int, column: int) -> int:
        before = self.code.split("\n")[line - 1].encode()[:column].decode()
        return self.text.position_of(self.above + line) + self.indent + len(before)


def constants(text: Text) -> Iterator[Spot]:
    """Yield numbers in the code of blocks, but for those of figures, of formats and of seeds.

    What a random name of a table of symbols is drawn from says nothing: wherever a formula is
    looked at, it has to hold.
    """
    for program in _blocks(text):
        drawn = {each for node in program.nodes(ast.Assign) for each in _drawn(node)}
        for node in program.nodes(ast.Constant):
            if type(node.value) in {int, float} and node not in drawn:
                yield program.spot(node, *_other_numbers(program.source(node)))


def arguments(text: Text) -> Iterator[Spot]:
    """Yield the first two arguments of calls in blocks, where their order matters."""
    for program in _blocks(text):
        for node in program.nodes(ast.Call):
            first, second = [*node.args, None, None][:2]
            if second and first.lineno == second.end_lineno and not _is(_SYMMETRIC, node):
                one, other = program.source(first), program.source(second)
                if one != other and "*" not in {one[0], other[0]}:
                    yield program.spot(first, f"{other}, {one}", last=second)


def sessions(text: Text) -> Iterator[Spot]:
    """Yield digits of what sessions and the examples of solutions show."""
    for fence in text.fences:
        if fence.language in {"python", "pycon"} and fence.options.get("exec") == "on":
            yield from _outputs(text, text.position_of(fence.line), text.position_of(fence.end))


def expressions(text: Text) -> Iterator[Spot]:
    """Yield operators and names of the expressions that a text asks for."""
    for mark in values(text):
        start = mark.end - 1 - len(mark.content)
        for match in _OPERATOR.finditer(mark.expression):
            yield Spot(start + match.start(), start + match.end(), (_SWAPS[match[0]],))
        for match in re.finditer(r"(?<![\w.'\"])[A-Za-z_]\w+", mark.expression):
            yield Spot(start + match.start(), start + match.end(), misspelt(match[0]))


def stubs(text: Text) -> Iterator[Spot]:
    """Yield the empty fences of stubs, for the solutions of the exercises."""
    solutions = {fence.options.get("solution"): fence.code for fence in text.fences}
    for fence in text.fences:
        if "stub" in fence.options and not fence.code:
            end = text.position_of(fence.line + 1) - 1
            solution = solutions[fence.options["stub"]].split("\n")
            yield Spot(end, end, ("".join(f"\n{fence.indent}{line}" for line in solution),))


def docstring_formulas(text: Text) -> Iterator[Spot]:
    """Yield signs and numbers of the displayed formulas in public docstrings."""
    program = _Program(text, text.content)
    for node in program.nodes(ast.FunctionDef, ast.ClassDef):
        if not node.name.startswith("_") and ast.get_docstring(node):
            start, end, _ = program.spot(node.body[0])
            for formula in re.finditer(r"\$\$(.+?)\$\$", text.content[start:end], re.DOTALL):
                begin = start + formula.start(1)
                for first, last, options in formulas.of_docstring(formula[1]):
                    yield Spot(begin + first, begin + last, options)


def docstring_outputs(text: Text) -> Iterator[Spot]:
    """Yield digits of what the examples in docstrings show."""
    return _outputs(text, 0, len(text.content))


def columns(text: Text) -> Iterator[Spot]:
    """Yield digits of a file of data."""
    for match in re.compile(r"(?<![\w.])\d+(?:\.\d+)?").finditer(text.content, text.position_of(2)):
        yield Spot(*match.span(), changed_digits(match[0]))


def samples(text: Text) -> Iterator[Spot]:
    """Yield the numbers from which functions make data."""
    program = _Program(text, text.content)
    for function in program.nodes(ast.FunctionDef):
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield program.spot(node, *changed_digits(program.source(node)))


def definition_at(text: Text, line: int) -> str:
    """Return the name of the function or class of a module that a line belongs to."""
    if not text.path.endswith(".py"):
        return ""
    nodes = _Program(text, text.content).nodes(ast.FunctionDef, ast.ClassDef)
    return next((n.name for n in [*nodes][::-1] if n.lineno <= line <= n.end_lineno), "")


@cache
def _tree(code: str) -> ast.AST:
    return ast.parse(code)


def _telling(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of code, but for what says how something looks."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and _is(_LOOKS, node)):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.keyword) and _LOOK.fullmatch(child.arg or "")):
            yield from _telling(child)


def _drawn(assignment: ast.Assign) -> Iterator[ast.AST]:
    """Yield the numbers of pairs and sets in a table of symbols."""
    if ast.unparse(assignment.targets[0]) == "symbols":
        for node in ast.walk(assignment.value):
            if isinstance(node, ast.Tuple | ast.Set):
                yield from ast.walk(node)


def _is(pattern: re.Pattern[str], call: ast.Call) -> bool:
    return bool(pattern.fullmatch(ast.unparse(call.func)))


def _blocks(text: Text) -> Iterator[_Program]:
    """Yield the programs of a page, and the cells of a lab."""
    runs = {"on", None} if "/labs/" in text.path else {"on"}
    for fence in text.fences:
        if fence.language == "python" and fence.options.get("exec") in runs:
            yield _Program(text, fence.code, fence.line, len(fence.indent))


def _other_numbers(number: str) -> tuple[str, ...]:
    return (str(int(number) + 1),) if number.isdecimal() else changed_digits(number)


def _outputs(text: Text, start: int, end: int) -> Iterator[Spot]:
    """Yield the digits in what stands under examples, between two positions."""
    is_output = False
    for line in re.compile(r"[^\n]*\n").finditer(text.content, start, end):
        if line[0].lstrip().startswith(">>>"):
            is_output = True
        elif not line[0].strip() or '"""' in line[0] or "Traceback" in line[0]:
            is_output = False
        elif is_output and not line[0].lstrip().startswith("..."):
            for match in re.finditer(r"(?<![\w.])\d+(?:\.\d+)?", line[0]):
                here = (line.start() + each for each in match.span())
                yield Spot(*here, changed_digits(match[0]))
