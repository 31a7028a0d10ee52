"""Each exercise: its stub fails until it is solved, and its solution solves it."""

import subprocess
import sys

import pytest
from exercises import stub_uri
from fences import find_fences
from sites import DOCS, PAGES

EXERCISES = [
    pytest.param((page, fence.options["solution"], fence.code), id=fence.options["solution"])
    for page in PAGES
    for fence in find_fences((DOCS / page).read_text(encoding="utf-8"))
    if "solution" in fence.options
]


def doctest(file):
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "doctest", file.name],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("exercise", EXERCISES)
def test_downloaded_stub_fails(exercise, site):
    page, name, _ = exercise
    result = doctest(site / stub_uri(page, name))
    assert result.returncode == 1
    assert "***Test Failed***" in result.stdout


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solution_passes(exercise, tmp_path):
    _, name, solution = exercise
    file = tmp_path / f"{name}.py"
    file.write_text(solution, encoding="utf-8")
    result = doctest(file)
    assert (result.returncode, result.stderr) == (0, "")
    assert "***Test Failed***" not in result.stdout
    assert solution.count(">>>") >= 2


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("chapters/")])
def test_chapter_has_three_to_six_exercises_with_hint_and_solution(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    exercises = text.partition("## Exercises")[2].partition("\n## ")[0].split("\n### ")[1:]
    assert 3 <= len(exercises) <= 6
    for exercise in exercises:
        assert '??? tip "Hint"' in exercise
        assert '??? success "Solution"' in exercise
        assert 'solution="' in exercise
