"""The labs with other constants: each runs to its end, and says nothing that has become false.

A reader of a notebook changes a constant and runs the cells again. They then say something else,
and the text between them stays. So what that text takes from the run may depend on no constant.
"""

import ast
import io
import re
from contextlib import redirect_stdout
from functools import cache
from typing import NamedTuple

import IPython.display
import matplotlib.pyplot as plt
import pytest
from bookwright.blocks.values import evaluate
from bookwright.pages import values
from bookwright.pages.marks import RESERVED, find
from pages import PAGES, source
from threadpoolctl import threadpool_limits

LABS = [page for page in PAGES if page.startswith("labs/")]
CHANGES = {
    "labs/learning-rate.md": {
        "epochs": ["1", "400"],
        "rates": ["[0.5]", "[1e-5, 1e-4]", "[2, 0.02, 50.0]"],
        "add": ["-0.5", "1", "9"],
        "reduction": ['"mean"'],
        "halvings": ["0", "3", "25"],
        "watch": ["1", "10", "2000"],
        "closely": ['"one sample"', '"three points"'],
        "near": ["[0.5]", "[1.1, 2, 5]", "[0.01, 0.999, 1.001]"],
        "arrived": ["0.5", "1e-9"],
        "longest": ["1", "100"],
    },
    "labs/three-thousand-steps.md": {
        "slope": ["-2", "0", "100"],
        "intercept": ["-5", "0"],
        "noise": ["0.5", "10.0"],
        "seed": ["1", "2", "3"],
        "bits": ["32"],
        "rate": ["1e-6", "0.1", "0.7", "0.77", "5"],
        "steps": ["1", "70", "20_000"],
        "every": ["1", "7", "10_000"],
        "share": ["0.5", "1e-8"],
    },
    "labs/classifier.md": {
        "shown": ["500", "1796"],
        "noise": ["4.0", "60.0"],
        "held": ["100", "800"],
        "split": ["21", "22"],
        "batch_size": ["8", "500"],
        "epochs": ["1", "5"],
        "rates": ["[0.1]", "[1e-4, 10]"],
        "seeds": ["1", "2"],
        "hidden": ["[64]", "[2, 4, 3]"],
        "tries": ["1", "2"],
        "spread": ["0.001", "1.0"],
    },
}
QUICK = {  # what is given to the constants that are not changed, so that a run takes a second
    "labs/learning-rate.md": {"watch": "60", "longest": "90"},
    "labs/three-thousand-steps.md": {"share": "0.01"},
    "labs/classifier.md": {
        "epochs": "4",
        "rates": "[0.01, 0.1, 1]",
        "seeds": "3",
        "hidden": "[4, 8]",
        "tries": "2",
    },
}
VARIANTS = [
    (lab, name, value)
    for lab, constants in CHANGES.items()
    for name, values_ in constants.items()
    for value in values_
]


class Ran(NamedTuple):
    """What came of a lab.

    Args:
        text: What its text says of the run, one after the other.
        headers: The same of the descriptions and captions of its figures.
        wrong: What of both cannot be said.
        shown: What its cells have printed.
        drawn: Its figures, coarsely.
    """

    text: list[str]
    headers: list[str]
    wrong: list[str]
    shown: str
    drawn: list[bytes]


def cells(lab):
    return [fence for fence in source(lab).fences if fence.language == "python"]


def constants(lab):
    """Return the constants of a lab: what its first cell says, and nothing else does."""
    lines = ast.parse(cells(lab)[0].code).body
    return {line.targets[0].id: ast.literal_eval(line.value) for line in lines}


def marks(lab):
    """Yield what is asked of each cell, and whether the text between the cells asks it."""
    page, known = source(lab), [(cell, cell.options.get("name", "")) for cell in cells(lab)]
    for mark in (*find(page.text), *find(page.above)):
        if mark.name not in RESERVED and mark.content is not None:
            line, indent = values.position(page.text, mark) if mark in find(page.text) else (0, 0)
            yield values.block_of(mark, line, indent, known), values.asked(mark), True
    for cell in cells(lab):
        for mark in (mark for text in cell.options.values() for mark in find(text)):
            yield cell, values.asked(mark), False


@cache
def run(lab, changes):
    """Run the cells of a lab, with some constants changed."""
    said = {True: [], False: []}
    wrong, shown, drawn, space = [], io.StringIO(), [], {"__name__": "__main__"}
    asked = [*marks(lab)]
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(shown),
        threadpool_limits(1),  # as a build has it
    ):
        patch.setattr(IPython.display, "display", lambda each: shown.write(f"{each.data}\n"))
        patch.setattr(plt, "show", lambda: drawn.append(picture()))
        for cell in cells(lab):
            code = cell.code
            for name, value in changes if cell.options.get("name") == "constants" else ():
                line = re.compile(rf"^{name} = .*?(?=  #|$)", re.MULTILINE)
                code, count = line.subn(f"{name} = {value}", code)
                assert count == 1
            exec(compile(code, f"{lab}:{cell.line}", "exec"), space)  # noqa: S102  # as Jupyter does
            plt.close("all")
            for _, each, in_text in (one for one in asked if one[0] == cell):
                ((text, error),) = evaluate([each], space)
                said[in_text].append(text)
                wrong += [f"{each.expression}: {error}"] if error else []
    return Ran(said[True], said[False], wrong, shown.getvalue(), drawn)


def picture():
    """Return the figure that is open, coarsely, and close it."""
    file = io.BytesIO()
    plt.gcf().savefig(file, format="raw", dpi=30)
    plt.close("all")
    return file.getvalue()


def changed(lab, name, value):
    """Run a lab with one more constant changed, or with that one as it is."""
    usual = {name: repr(constants(lab)[name])}
    changes = QUICK[lab] | {name: value}
    return run(lab, tuple((each, to) for each, to in changes.items() if usual.get(each) != to))


@pytest.mark.parametrize("lab", LABS)
def test_first_cell_has_the_constants_and_each_is_changed_below(lab):
    first = cells(lab)[0]
    assert first.options["name"] == "constants"
    assert all(isinstance(line, ast.Assign) for line in ast.parse(first.code).body)
    assert all("  # " in line for line in first.code.strip().split("\n"))
    assert list(CHANGES[lab]) == list(constants(lab))
    for name, value in constants(lab).items():
        assert all(ast.literal_eval(each) != value for each in CHANGES[lab][name])


@pytest.mark.parametrize("lab", LABS)
def test_no_other_cell_gives_a_constant_another_value(lab):
    trees = [ast.parse(cell.code) for cell in cells(lab)[1:] if "symbols" not in cell.options]
    names = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name))
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    assert not stored & constants(lab).keys()


@pytest.mark.parametrize("variant", VARIANTS, ids=" ".join)
def test_lab_with_another_constant_says_nothing_false_and_nothing_stale(variant):
    lab, name, _ = variant
    ran, usual = changed(*variant), changed(lab, name, repr(constants(lab)[name]))
    assert ran.wrong == usual.wrong == []
    assert ran.text == usual.text
    assert (ran.shown, ran.drawn) != (usual.shown, usual.drawn)
    assert not re.search(r"\b(nan|None)\b", ran.shown)
