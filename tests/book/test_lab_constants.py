"""The labs with other constants: each runs to its end, and says nothing that has become false.

A reader of a notebook changes a constant and runs it again. The cells then say something else, and
the text between them stays. So the text must not depend on a constant at all.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from pages import DOCS, MKDOCS, PAGES, ROOT, article_of, source

CHANGES = {
    "learning-rate": {
        "epochs": ["1", "10", "400"],
        "rates": ["[0.5]", "[1e-5, 1e-4]", "[2, 0.02, 50.0]"],
        "add": ["-0.5", "1", "9"],
        "reduction": ['"mean"'],
        "halvings": ["0", "1", "30"],
        "watch": ["1", "10", "3000"],
        "closely": ['"one sample"', '"three points"'],
        "near": ["[0.5]", "[1.1, 2, 5]", "[0.01, 0.999, 1.001]"],
        "arrived": ["0.5", "1e-9"],
        "longest": ["1", "100"],
    },
    "three-thousand-steps": {
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
    "classifier": {
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
VARIANTS = [
    (lab, name, value)
    for lab, constants in CHANGES.items()
    for name, values in constants.items()
    for value in values
]
SILENT = {("learning-rate", "halvings"): [], ("classifier", "seeds"): []}


def constants_of(lab):
    """Return the constants of a lab, and where its cell with them begins."""
    (fence,) = (
        fence
        for fence in source(f"labs/{lab}.md").fences
        if fence.options.get("name") == "constants"
    )
    return {
        target.id: ast.literal_eval(line.value)
        for line in ast.parse(fence.code).body
        for target in line.targets
    }


def uri_of(lab, name, value):
    return f"labs/{lab}-{name}-{CHANGES[lab][name].index(value)}.md"


def changed(lab, name, value):
    """Return the text of a lab with one constant changed."""
    text = (DOCS / "labs" / f"{lab}.md").read_text(encoding="utf-8")
    line = re.compile(rf"^{name} = .*?(?=  #|$)", re.MULTILINE)
    new, count = line.subn(f"{name} = {value}", text)
    assert count == 1, f"{name} is given at one place, and not at {count}"
    return new


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a site with each lab once for each change, and what its build says."""
    folder = tmp_path_factory.mktemp("changed") / "book"
    others = shutil.ignore_patterns(".?*", "site", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, folder, ignore=others)
    for variant in VARIANTS:
        page = folder / "docs" / "en" / uri_of(*variant)
        page.write_text(changed(*variant), encoding="utf-8")
    kept = os.environ.get("BOOKWRIGHT_CACHE") or str(ROOT / ".cache")
    environment = {"NO_MKDOCS_2_WARNING": "1", "BOOKWRIGHT_CACHE": kept}
    run = subprocess.run(
        [sys.executable, *MKDOCS, "build", "-d", folder.parent / "site"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return folder.parent / "site", re.sub(r"\x1b\[\d+m", "", run.stderr)


def notebook_of(site, uri):
    stem = Path(uri).stem
    (file,) = [*(site / "labs").rglob(f"{stem}.ipynb")]
    return nbformat.read(file, as_version=4).cells


def texts(cells):
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def outputs(cells):
    return [str(cell.outputs) for cell in cells if cell.cell_type == "code"]


def test_labs_are_those_of_the_book():
    assert {f"labs/{lab}.md" for lab in CHANGES} == {p for p in PAGES if p.startswith("labs/")}


@pytest.mark.parametrize("lab", CHANGES)
def test_first_cell_has_the_constants_and_nothing_else(lab):
    code = [fence.code for fence in source(f"labs/{lab}.md").fences if fence.language == "python"]
    assert all(isinstance(line, ast.Assign) for line in ast.parse(code[0]).body)
    assert list(constants_of(lab)) == list(CHANGES[lab])
    assert all("#" in line for line in code[0].strip().split("\n"))


@pytest.mark.parametrize("variant", VARIANTS, ids=" ".join)
def test_changed_value_is_another_one(variant):
    lab, name, value = variant
    assert ast.literal_eval(value) != constants_of(lab)[name]


@pytest.mark.parametrize("variant", VARIANTS, ids=" ".join)
def test_lab_runs_with_another_constant_and_no_sentence_becomes_false(variant, built):
    _, said = built
    uri = re.escape(uri_of(*variant))
    assert not re.findall(rf"^.*\b{uri}\b.*(?:\n .*)*", said, re.MULTILINE)


@pytest.mark.parametrize("variant", VARIANTS, ids=" ".join)
def test_text_between_the_cells_is_the_same_with_another_constant(variant, built, site):
    ours, other = notebook_of(site, f"labs/{variant[0]}.md"), notebook_of(built[0], uri_of(*variant))
    assert texts(ours) == texts(other)


@pytest.mark.parametrize("variant", VARIANTS, ids=" ".join)
def test_constant_matters_and_no_sentence_has_what_is_no_number(variant, built, site):
    ours, other = notebook_of(site, f"labs/{variant[0]}.md"), notebook_of(built[0], uri_of(*variant))
    assert outputs(ours) != outputs(other)
    shown = article_of(uri_of(*variant), built[0]).select(".output")
    assert not [tag.text for tag in shown if re.search(r"\b(nan|None)\b", tag.text)]
