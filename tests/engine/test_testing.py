"""A page is a test: pytest names its parts by their lines, and they fail as the build would."""

import os
import subprocess
import sysconfig
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sites import ENVIRONMENT, mkdocs, write_site

CONFTEST = "from bookwright.testing import pytest_collect_file\n"
NO_PROCESS = f"""
{CONFTEST}
from bookwright.blocks.isolation import Sandbox

def refuse(*_):
    raise AssertionError("a process is started")

Sandbox.open = refuse
"""
EXERCISE = """\
# Exercise

```python exec="on" stub="{name}"
```

```python exec="on" solution="{name}"
def {name}():
    \"\"\"Return something.

    {example}
    \"\"\"
    return 2
```
"""
STUB_OF_ITS_OWN = """\
# Exercise

```python exec="on" stub="{name}"
def {name}():
    \"""Return something.

    >>> {name}()
    {given}
    \"""
    return 1
```

```python exec="on" solution="{name}"
def {name}():
    \"""Return what is asked for.

    >>> {name}()
    2
    \"""
    return 2
```
"""
KERNEL = "{name: python3, display_name: Python 3, language: python}"
PAGES = {
    "sound": """\
# Sound

```python exec="on"
import sys

assert "_pytest" not in sys.modules
```

```pycon exec="on"
>>> 1 + 1
2
```

```python exec="off"
1 / 0
```
""",
    "block": '# Block\n\n```python exec="on"\nx = 0\n1 / x\n```\n',
    "session": '---\nauthor: me\n---\n\n```pycon exec="on"\n>>> 1 + 1\n3\n```\n',
    "stray": '# Stray\n\nText ```python exec="on"\n',
    "solved": EXERCISE.format(name="solved", example=">>> solved()\n    2"),
    "easy": EXERCISE.format(name="easy", example=">>> x = easy()"),
    "vague": EXERCISE.format(name="vague", example="It has no example."),
    "failed": EXERCISE.format(name="failed", example=">>> failed()\n    3"),
    "alone": EXERCISE.format(name="alone", example="").partition('\n\n```python exec="on" sol')[0],
    "own": STUB_OF_ITS_OWN.format(name="own", given=2),
    "other": STUB_OF_ITS_OWN.format(name="other", given=3),
    "values": """\
# Values

```python exec="on"
n = 2
```

Here are @{n} walks, and here are 33.

Here are @{m} of them, with $n = @{n}$.

$$
n = \\unknown
$$
""",
    "lab": f"---\njupyter:\n  kernelspec: {KERNEL}\n---\n\n"
    "```python\nx = 0\n```\n\n```python\n1 / x\n```\n",
}
NOTHING_FAILS = "the stub fails none of its examples: give one that only the solution passes."
WRONG = {
    "block.md::block at line 3": "block.md:5: ZeroDivisionError: division by zero, in `1 / x`",
    "session.md::session at line 5": "session.md:6: expected 3, got 2, in `>>> 1 + 1`",
    "stray.md::text": "stray.md:3: this is not read as a fence",
    "easy.md::stub at line 3": f"easy.md:3: {NOTHING_FAILS}",
    "vague.md::stub at line 3": f"vague.md:3: {NOTHING_FAILS}",
    "failed.md::solution at line 6": "failed.md:6: the solution fails its example `failed()`",
    "other.md::stub at line 3": "other.md:3: the stub and its solution differ in `other()`",
    "alone.md::stub at line 3": "alone.md:3: the stub has 0 fences with its solution",
    "values.md::value at line 9": "values.md:9: @{m}: NameError",
    "values.md::formula at line 11": "values.md:11: the formula n = \\unknown",
    "values.md::text": "values.md:7: ",
    "lab.md::cell at line 10": "lab.md:11: ZeroDivisionError: division by zero, in `1 / x`",
}
SOUND = {
    *("sound.md::block at line 3", "sound.md::session at line 9", "lab.md::cell at line 6"),
    *("solved.md::stub at line 3", "solved.md::solution at line 6", "failed.md::stub at line 3"),
    *("own.md::stub at line 3", "own.md::solution at line 13", "other.md::solution at line 13"),
    *("easy.md::solution at line 6", "vague.md::solution at line 6"),
    *("values.md::block at line 3", "values.md::value at line 7", "values.md::formula at line 9"),
    *(f"{page}.md::text" for page in ("index", *PAGES) if page not in {"stray", "values"}),
}


def write_book(folder, **pages):
    write_site(folder, settings='package="gdbook"', **pages)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    (folder / "README.md").write_text('```python exec="on"\n1 / 0\n```\n', encoding="utf-8")


def run_pytest(folder, *arguments, conftest=CONFTEST):
    """Run pytest, and return what was said of each item: nothing, if it has passed."""
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    options = ["-p", "no:cacheprovider", "--junitxml=report.xml"]
    subprocess.run(
        [Path(sysconfig.get_path("scripts"), "pytest"), *options, *arguments],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        check=False,
    )
    cases = ET.parse(folder / "report.xml").iter("testcase")  # noqa: S314  # it is ours
    return {
        f"{case.get('classname').removeprefix('docs.')}::{case.get('name')}": "".join(
            each.get("message") + (each.text or "") for each in case
        )
        for case in cases
    }


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    write_book(folder, **PAGES)
    return folder


@pytest.fixture(scope="module")
def cold(book):
    return run_pytest(book)


@pytest.mark.parametrize("name", WRONG)
def test_part_that_is_wrong_fails_as_the_build_does(name, cold):
    assert f"Failed: {WRONG[name]}" in cold[name]


def test_examples_of_a_stub_wait_for_its_solution(cold):
    assert NOTHING_FAILS not in cold["alone.md::stub at line 3"]


def test_other_parts_pass(cold):
    assert {name for name, message in cold.items() if not message} == SOUND


def test_pages_of_the_book_are_all_that_is_collected(cold):
    assert cold.keys() == SOUND | WRONG.keys()


def test_pages_are_built_together_if_all_are_tested(tmp_path):
    write_book(tmp_path, one="# One\n", two="# Two\n")
    counting = f"{CONFTEST}\nfrom bookwright.build import Build\n\nfinish = Build.finish\n"
    counting += "def count(*given):\n    open('builds', 'a').write('.')\n    finish(*given)\n\n"
    counting += "Build.finish = count\n"
    run_pytest(tmp_path, conftest=counting)
    assert (tmp_path / "builds").read_text(encoding="utf-8") == "."
    run_pytest(tmp_path, "docs/one.md", "docs/two.md", conftest=counting)
    assert (tmp_path / "builds").read_text(encoding="utf-8") == "..."


@pytest.mark.parametrize("pages", [("docs",), ("docs/page.md",)], ids=["all", "one"])
def test_page_of_which_mkdocs_says_something_is_not_kept_by_its_test(pages, tmp_path):
    write_book(tmp_path, page="# Page\n\n[Up](/up)\n", sound="# Sound\n")
    (tmp_path / "report.xml").touch()  # a book with other kinds of files is another book
    assert run_pytest(tmp_path, *pages, "docs/sound.md")["page.md::text"] == ""
    said = mkdocs("build", "-v", cwd=tmp_path).stderr
    assert "page.md: made" in said
    assert "'/up'" in said
    assert "sound.md: made" not in said


@pytest.mark.usefixtures("cold")
def test_part_is_chosen_by_its_name_and_starts_no_process_when_it_is_kept(book):
    chosen = ["sound.md::block at line 3", "solved.md::solution at line 6"]
    names = [f"docs/{name}" for name in chosen]
    assert run_pytest(book, *names, conftest=NO_PROCESS) == dict.fromkeys(chosen, "")


def test_blocks_of_other_pages_are_left_alone(tmp_path):
    write_book(tmp_path, **PAGES)
    found = run_pytest(tmp_path, "docs/index.md", "docs/block.md", conftest=NO_PROCESS)
    assert found["index.md::text"] == ""
    assert "a process is started" in found["block.md::block at line 3"]


def test_what_is_wrong_with_another_page_is_said_there(tmp_path):
    for folder in "ab":
        (tmp_path / "docs" / folder).mkdir(parents=True)
    write_book(tmp_path, **{"a/one": PAGES["solved"], "b/one": PAGES["solved"]})
    found = run_pytest(tmp_path)
    wrong = {name: message for name, message in found.items() if message}
    assert wrong.keys() == {"b.one.md::stub at line 3"}
    assert "b/one.md:3: exercises/one/solved.py is made of another page" in str(wrong)


def test_page_that_is_not_utf_8_fails_in_all_its_parts_with_the_line(tmp_path):
    write_book(tmp_path, page=PAGES["sound"])
    file = tmp_path / "docs" / "page.md"
    file.write_bytes(file.read_bytes() + b"\xff\n")
    found = run_pytest(tmp_path, "docs/page.md", conftest=NO_PROCESS)
    assert len(found) == 3
    assert all("page.md:17: the page is not UTF-8" in message for message in found.values())
