r"""The formulas of the docstrings say what the package computes.

A formula is taken apart into its statements. They are checked as those of pages are, at random
points, with tables of symbols in which what the functions return stands for what they compute.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from bookwright.formulas.check import Formula, check
from docstring_symbols import CASES, Case

import gdbook

ROOT, NEW_LINE = Path(gdbook.__file__).parents[1], "\n"
STATEMENT = re.compile(r"(?:^|\\q?quad\b)\s*((?:(?!\\q?quad\b).)+)", re.DOTALL)
COMPUTED_BY_NOTHING = {
    r"v_1, \dots, v_n": "it names what is returned; what follows says in which order",
    "(x_i, y_i)": "it names what is held",
    r"i = 1, \dots, n": "it says how many are held",
    r"\text{for each batch } B \text{ of each epoch}": "it says how often",
    r"\{ \theta \in \mathbb{R}^2 : f(\theta) = c \}": "it says what is drawn",
    r"\theta_0 \to \theta_1 \to \theta_2 \to \cdots": "it says what is drawn",
    r"k \mapsto f(\theta_k)": "it says what is drawn",
    r"v \to u": "it says what is drawn",
    r"\text{where } u \text{ was made from } v": "it says what is drawn",
    "v": "it is a column of names",
    r"\text{the operation on its inputs}": "it is a column of text",
    r"v \text{ as a number}": "it is a column: the number itself",
    r"\bar v": "it is a column: the docstring of Value has its formula",
}


class Statement(NamedTuple):
    """A statement of a displayed formula: in whose docstring it stands, and where."""

    owner: str
    tex: str
    place: str
    is_first: bool


def documented(tree: ast.AST) -> Iterator[tuple[str, ast.Constant]]:
    """Yield the docstrings of a module, its classes and its functions."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    for node in ast.walk(tree):
        if isinstance(node, kinds) and ast.get_docstring(node):
            yield getattr(node, "name", ""), node.body[0].value


def statements_of(file: Path) -> Iterator[Statement]:
    for owner, docstring in documented(ast.parse(file.read_text(encoding="utf-8"))):
        for formula in re.finditer(r"\$\$(.*?)\$\$", docstring.value, re.DOTALL):
            for part in STATEMENT.finditer(formula[1]):
                above = docstring.value[: formula.start(1) + part.start(1)]
                line = docstring.lineno + above.count(NEW_LINE)
                tex = " ".join(part[1].split()).removesuffix(",").strip()
                place = f"{file.relative_to(ROOT)}:{line}"
                yield Statement(owner, tex, place, is_first=part.start() == 0)


STATEMENTS = [each for file in sorted(ROOT.glob("gdbook/**/*.py")) for each in statements_of(file)]
COMPUTED = [each for each in STATEMENTS if each.tex not in COMPUTED_BY_NOTHING]


@cache
def cases_of(owner: str) -> list[Case]:
    found = CASES[owner]()
    return [found] if isinstance(found, Case) else [*found]


def read(statement: Statement, case: Case) -> str:
    """Return a statement as it is checked: without words, behind a name for what is returned."""
    tex = case.reads.get(statement.tex, statement.tex)
    if tex == statement.tex:
        for words, meaning in case.reads.items():
            tex = tex.replace(words, meaning)
    return f"{case.returns} = {tex}" if case.returns and statement.is_first else tex


@pytest.mark.parametrize("statement", COMPUTED, ids=lambda each: f"{each.place} {each.owner}")
def test_docstring_states_in_its_formulas_what_is_computed(statement):
    assert statement.owner in CASES, f"{statement.place}: {statement.tex}: say how to check this"
    for case in cases_of(statement.owner):
        if tex := read(statement, case):
            (verdict,) = check([Formula(tex, "")], case.symbols)
            said = verdict.message or "it states nothing that can be checked"
            assert verdict.status == "checked", f"{statement.place}: {tex}: {said}"


def test_whatever_is_said_of_docstrings_is_of_one_that_there_is():
    assert {*CASES} == {each.owner for each in COMPUTED}
    assert {*COMPUTED_BY_NOTHING} <= {each.tex for each in STATEMENTS}
