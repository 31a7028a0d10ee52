"""What a build or a test says is brought to the change that it is about."""

import json

import pytest

from tests.sabotage.changes import CHANGED, Change
from tests.sabotage.report import record, recorded, sample, survivors, table
from tests.sabotage.texts import Text
from tests.sabotage.trials import _BUILD, _TESTS, Copy, Problem, Trial, read, try_all

PAGE = 'One.\n\nTwo 2.5,\nand more.\n\n```python exec="on"\nx = 7\n```\n\nEnd.\n'


class FakeCopy:
    """A project with pages alike, whose build says of each changed file what it is told to."""

    def __init__(self, **says):
        self.asked = []
        self._says = says

    def text(self, path):
        return Text(path, PAGE)

    def problems(self, _, changes):
        self.asked.append([change.path for change in changes])
        names = [change.path.removeprefix("docs/en/").removesuffix(".md") for change in changes]
        return [problem for name in names for problem in self._says.get(name, [])]


def change(page, number=3, kind="decimal"):
    line = PAGE.split("\n")[number - 1]
    return Change(kind, f"docs/en/{page}.md", number, line, f"{line} changed")


def verdicts(copy, *changes):
    return {each.change.path[8:-3]: each.verdict for each in try_all(copy, changes)}


def said(page, line):
    return Problem(f"{page}.md", line, f"{page}.md:{line}: wrong")


@pytest.mark.parametrize(("line", "verdict"), [(3, "line"), (4, "line"), (6, "elsewhere")])
def test_paragraph_is_the_place_of_a_change(line, verdict):
    assert verdicts(FakeCopy(a=[said("a", line)]), change("a")) == {"a": verdict}


def test_page_below_a_block_is_the_place_of_a_change_in_its_code():
    for line, verdict in ((10, "line"), (3, "elsewhere")):
        copy = FakeCopy(a=[said("a", line)])
        assert verdicts(copy, change("a", 7, "constant")) == {"a": verdict}


def test_change_that_nobody_names_survives_beside_one_that_is_named():
    copy = FakeCopy(a=[said("a", 3)])
    assert verdicts(copy, change("a"), change("b")) == {"a": "line", "b": "survived"}
    assert len(copy.asked) == 1


def test_changes_of_one_page_are_tried_one_after_the_other():
    copy = FakeCopy()
    verdicts(copy, change("a"), change("b"), change("a", 1))
    assert copy.asked == [["docs/en/a.md", "docs/en/b.md"], ["docs/en/a.md"]]


def test_change_that_is_named_on_another_page_is_found_by_trying_fewer():
    copy = FakeCopy(b=[said("other", 3)])
    pages = [change(name) for name in "abcd"]
    assert verdicts(copy, *pages) == {"a": "survived", "b": "elsewhere"} | dict.fromkeys(
        "cd", "survived"
    )


def test_problem_with_one_function_is_not_about_another_one_of_its_file():
    module = "def f():\n    return 1.5\n\n\ndef g():\n    return 2.5\n"

    class Module(FakeCopy):
        def text(self, path):
            return Text(path, module)

        def problems(self, _, changes):
            f_is_changed = any(change.number == 2 for change in changes)
            text = "FAILED gdbook/datasets.py::gdbook.datasets.f"
            return [Problem("gdbook/datasets.py", None, text)] if f_is_changed else []

    changes = [
        Change("sample", "gdbook/datasets.py", number, "    return 1.5", "    return 4.5")
        for number in (2, 6)
    ]
    trials = try_all(Module(), changes)
    assert {trial.change.number: trial.verdict for trial in trials} == {2: "line", 6: "survived"}


def test_build_names_pages_with_and_without_lines():
    output = (
        "WARNING: Doc file 'chapters/a.md' contains a link 'b.md#x', but\n"
        "ERROR: chapters/b.md:12: NameError: x\n  File chapters/c.md:3\nINFO: chapters/d.md:1\n"
    )
    found = [(problem.path, problem.line) for problem in read(output, _BUILD)]
    assert found == [("chapters/a.md", None), ("chapters/b.md", 12)]


def test_pytest_names_failed_tests_and_lines():
    output = (
        "/copy/gdbook/losses.py:45: DocTestFailure\n"
        "FAILED gdbook/losses.py::gdbook.losses.huber\n"
        "E   README.md:12: 3.14 is not 3.11\n1 failed in 3 s\n"
    )
    found = [
        (problem.path.removeprefix("/copy/"), problem.line) for problem in read(output, _TESTS)
    ]
    assert found == [("gdbook/losses.py", 45), ("gdbook/losses.py", None), ("README.md", 12)]


@pytest.fixture
def project(tmp_path):
    """Return a folder like the project, whose tests say what its page has."""
    files = {
        "docs/bookwright/a.py": "",
        "page.md": "One 1.\nTwo 2.\n",
        ".git/config": "",
        "site/index.html": "",
        "test_page.py": "def test_page():\n    text = open('page.md').read()\n"
        "    assert 'One 1' in text, 'page.md:1: no one'\n    assert False, 'page.md:9: never'\n",
    }
    for name, content in files.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return tmp_path / "project"


def test_copy_is_changed_and_the_project_is_not(project, tmp_path):
    copy = Copy(project, tmp_path / "copy")
    one = Change("decimal", "page.md", 1, "One 1.", "One 4.")
    found = copy.problems(("test_page.py",), [one])
    assert {problem.line for problem in found if problem.path == "page.md"} == {1}
    assert (tmp_path / "copy" / "page.md").read_text(encoding="utf-8") == "One 1.\nTwo 2.\n"
    assert (project / "page.md").read_text(encoding="utf-8") == "One 1.\nTwo 2.\n"
    assert not (tmp_path / "copy" / ".git").exists()
    assert not (tmp_path / "copy" / "site").exists()


def test_tests_of_the_changed_files_alone_can_be_asked(project, tmp_path):
    changed = Change("decimal", "test_page.py", 1, "def test_page():", "def test_other():")
    found = Copy(project, tmp_path / "copy").problems((CHANGED,), [changed])
    assert [each.text.partition(" - ")[0] for each in found if "FAILED" in each.text] == [
        "FAILED test_page.py::test_other"
    ]


def test_what_is_wrong_anyway_is_not_told(project, tmp_path):
    copy = Copy(project, tmp_path / "copy")
    assert copy.problems(("test_page.py",), []) == []
    copy = Copy(project, tmp_path / "clean", is_clean=True)
    assert {problem.line for problem in copy.problems(("test_page.py",), [])} >= {9}


TRIALS = [
    Trial(change("a"), "survived"),
    Trial(change("b"), "line", "b.md:3: wrong"),
    Trial(change("c"), "line", "c.md:3: wrong"),
    Trial(change("d", kind="alt"), "elsewhere", "d.md: wrong"),
]


def test_table_counts_each_kind_and_all():
    assert table(TRIALS).splitlines()[2:] == [
        "| decimal | 3 | 2 | 0 | 1 |",
        "| alt | 1 | 0 | 1 | 0 |",
        "| all | 4 | 2 | 1 | 1 |",
    ]


def test_survivors_are_listed_with_their_places():
    assert survivors(TRIALS).splitlines() == [
        "decimal, docs/en/a.md:3: → changed",
        "alt, docs/en/d.md:3: → changed",
        "    named elsewhere: d.md: wrong",
    ]


def test_sample_has_one_named_change_of_each_kind_and_is_read_again():
    assert sample(TRIALS) == [TRIALS[1]]
    assert recorded(record(TRIALS)) == [trial.change for trial in TRIALS]
    assert json.loads(record(TRIALS))[3]["message"] == "d.md: wrong"
