"""How long does the book take to build, beside others? `python benchmarks/building.py`.

The book is copied and built there with an empty cache, with nothing changed, and with one block
edited. Beside it, in the same run, stand fifty empty pages of Material for MkDocs and, with
`--rival`, a Jupyter Book of the notebooks of the same chapters: give the Python of an environment
that has `jupyter-book==1.0.4`, this package and its extra `all`. `--write` puts the table, with a
description of the machine, into `benchmarks/README.md`.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).with_name("README.md")
REPEATS = 3
EDITED = "09-sgd"

MATERIAL = "site_name: Empty\ntheme: {name: material, font: false}\n"
RIVAL = """\
title: The same chapters
execute: {execute_notebooks: cache, timeout: 600}
sphinx: {config: {nb_execution_raise_on_error: false}}
"""
HEADER = """\
# Benchmarks

`python benchmarks/building.py --rival PYTHON --write` has written this page: seconds of one run \
on one machine.
What counts are the ratios.
`pytest -c benchmarks/pytest.ini benchmarks` measures the package.

"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rival", type=Path, help="a Python that has jupyter-book")
    arguments.add_argument("--write", action="store_true", help="write benchmarks/README.md")
    asked = arguments.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        seconds = {"50 empty pages": empty(folder / "empty"), "this book": book(folder / "book")}
        if asked.rival:
            notebooks = sorted((folder / "book" / "site" / "chapters").glob("*.ipynb"))
            seconds["Jupyter Book 1.0.4"] = rival(folder / "rival", notebooks, asked.rival)
    shown = table(seconds)
    print(shown)
    if asked.write:
        TABLE.write_text(f"{HEADER}{machine()}\n\n{shown}", encoding="utf-8")


def empty(folder: Path) -> dict[str, float]:
    """Return the seconds that pages without a word take."""
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(MATERIAL, encoding="utf-8")
    for number in range(50):
        (folder / "docs" / f"{number}.md").write_text(f"# Page {number}\n", encoding="utf-8")
    build = mkdocs(folder)
    return {"cold": build(), "nothing changed": middle(build)}


def book(folder: Path) -> dict[str, float]:
    """Return the seconds that this book takes, in a copy of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for file in filter(None, listed.stdout.split("\0")):
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, folder / file)
    page = folder / "docs" / "en" / "chapters" / f"{EDITED}.md"
    text = page.read_text(encoding="utf-8")
    head, fence, rest = text.partition('```python exec="on"')
    options, _, code = rest.partition("\n")

    def edit(number: int) -> None:
        edited = f"{head}{fence}{options}\nedit = {number}\n{code}"
        page.write_text(edited, encoding="utf-8")

    return timed(mkdocs(folder, PYTHONPATH=str(folder)), edit)


def rival(folder: Path, notebooks: list[Path], python: Path) -> dict[str, float]:
    """Return the seconds that Jupyter Book takes for the same notebooks, without their outputs."""
    folder.mkdir()
    for file in notebooks:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
        (folder / file.name).write_text(json.dumps(notebook), encoding="utf-8")
    first, *others = [file.stem for file in notebooks]
    chapters = "".join(f"\n- file: {name}" for name in others)
    toc = f"format: jb-book\nroot: {first}\nchapters:{chapters}\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    (folder / "_config.yml").write_text(RIVAL, encoding="utf-8")
    edited = folder / f"{EDITED}.ipynb"
    notebook = json.loads(edited.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    source = "".join(cell["source"])

    def edit(number: int) -> None:
        cell["source"] = f"edit = {number}\n{source}"
        edited.write_text(json.dumps(notebook), encoding="utf-8")

    command = [python.with_name("jupyter-book"), "build", "."]
    return timed(lambda: run(command, folder, PATH=f"{python.parent}:{os.environ['PATH']}"), edit)


def timed(build: Callable[[], float], edit: Callable[[int], None]) -> dict[str, float]:
    """Return the seconds of a first build, of builds that change nothing, and of edits."""
    cold = build()
    nothing = middle(build)
    edits = []
    for number in range(REPEATS):
        edit(number)
        edits.append(build())
    return {"cold": cold, "nothing changed": nothing, "one block edited": median(edits)}


def middle(build: Callable[[], float]) -> float:
    return median(build() for _ in range(REPEATS))


def mkdocs(folder: Path, **environment: str) -> Callable[[], float]:
    command = [sys.executable, "-m", "mkdocs", "build"]
    return lambda: run(command, folder, NO_MKDOCS_2_WARNING="1", **environment)


def run(command: list[str | Path], folder: Path, **environment: str) -> float:
    """Return the seconds that a command takes, which has to succeed."""
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout)
    return time.perf_counter() - started


def table(seconds: dict[str, dict[str, float]]) -> str:
    """Return the seconds as a table of Markdown, each with its ratio to this book."""
    ours = seconds["this book"]
    rows = [f"| seconds (times this book) | {' | '.join(ours)} |", "| --- " + "| ---: " * 3 + "|"]
    for name, row in seconds.items():
        cells = (
            f"{row[what]:.1f} ({row[what] / ours[what]:.2f})" if what in row else ""
            for what in ours
        )
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*rows, ""])


def machine() -> str:
    """Return what is known of the machine, without its name."""
    cores, python = os.cpu_count(), platform.python_version()
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"{platform.system()} on {platform.machine()}, {cores} cores, Python {python}, {day}."


if __name__ == "__main__":
    main()
