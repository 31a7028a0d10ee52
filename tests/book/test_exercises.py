"""Each exercise: its stub fails until it is solved, and its solution solves it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from bookwright.pages.stubs import uri_of
from pages import DOCS, PAGES, selected, source

EXERCISES = [
    pytest.param((page, fence.options["solution"], fence.code), id=fence.options["solution"])
    for page in PAGES
    for fence in source(page).fences
    if "solution" in fence.options
]


@pytest.fixture(scope="module")
def tested(site, tmp_path_factory, request):
    """Return what doctest says of the stubs and of the solutions."""
    folder = tmp_path_factory.mktemp("solutions")
    exercises = selected(request, "exercise")
    files = [site / uri_of(page, name) for page, name, _ in exercises]
    for page, name, solution in exercises:
        file = folder / page / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(solution, encoding="utf-8")
        files.append(file)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(doctest, files))
    half = len(exercises)
    return {
        "stub": dict(zip(exercises, results[:half], strict=True)),
        "solution": dict(zip(exercises, results[half:], strict=True)),
    }


def doctest(file):
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "doctest", file.name],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("exercise", EXERCISES)
def test_downloaded_stub_fails(exercise, tested):
    result = tested["stub"][exercise]
    assert result.returncode == 1
    assert "***Test Failed***" in result.stdout


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solution_passes(exercise, tested):
    _, _, solution = exercise
    result = tested["solution"][exercise]
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
