"""Each exercise: its file has the stub of its page, whose tests say that it can be solved.

To pytest a stub and a solution are items of their page: the one fails an example, the other none.
"""

import subprocess
import sys

import pytest
from bookwright.pages import stubs
from pages import DOCS, PAGES, source

WRITTEN = {
    (page, fence.options["solution"]): fence
    for page in PAGES
    for fence in source(page).fences
    if "solution" in fence.options
}
STUBS = {
    (page, fence.options["stub"]): stubs.code_of(fence, source(page))
    for page in PAGES
    for fence in source(page).fences
    if "stub" in fence.options
}


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda exercise: exercise[1])
def test_file_of_an_exercise_begins_with_the_stub_that_its_page_shows(exercise, site):
    file = site / stubs.uri_of(*exercise)
    assert file.read_text(encoding="utf-8").startswith(f"{STUBS[exercise]}\n\n\nif __name__")


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda exercise: exercise[1])
def test_solution_shows_more_than_one_example(exercise):
    assert WRITTEN[exercise].code.count(">>>") >= 2


def test_file_says_how_many_examples_pass_before_and_after_its_solution_is_in_it(site, tmp_path):
    exercise, solution = next(iter(WRITTEN.items()))
    file = site / stubs.uri_of(*exercise)
    stub, footer = file.read_text(encoding="utf-8").split(STUBS[exercise])
    assert stub == ""
    solved = tmp_path / "solved.py"
    solved.write_text(solution.code.partition("\n\n\nif __name__")[0] + footer, encoding="utf-8")
    examples = solution.code.count(">>> ")
    before, after = (
        subprocess.run(
            [sys.executable, "-X", "utf8", tried], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for tried in (file, solved)
    )
    assert "***Test Failed***" in before[-2]
    assert 0 <= int(before[-1].split()[0]) < examples
    assert after == [f"{examples} of {examples} examples passed"]


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("chapters/")])
def test_chapter_has_exercises_with_hints_and_solutions_and_one_to_write(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    exercises = text.partition("## Exercises")[2].partition("\n## ")[0].split("\n### ")[1:]
    assert 3 <= len(exercises) <= 6
    assert any('solution="' in exercise for exercise in exercises)
    for exercise in exercises:
        assert '??? tip "Hint"' in exercise
        assert '??? success "Solution"' in exercise
