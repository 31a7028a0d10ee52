"""What the README says is true."""

import os
import re
import subprocess
import sys
import tomllib

from bookwright.blocks.values import written
from bookwright.pages.fences import find_fences
from pages import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = list(find_fences(README))


def place(found: re.Match[str]) -> str:
    """Return where something stands in the README, for messages."""
    return f"README.md:{found.string.count(chr(10), 0, found.start()) + 1}"


def test_quick_start_is_two_commands_of_one_line():
    section = README.partition("## Quick start")[2].partition("\n## ")[0]
    commands = [fence.code for fence in find_fences(section) if fence.language == "bash"]
    assert len(commands) == 2
    assert all("\n" not in command for command in commands)
    assert commands[0].endswith(".venv/bin/mkdocs serve")
    assert commands[1].endswith(".venv/bin/pytest -n auto --dist loadfile")


def test_example_is_short_and_prints_what_is_under_it():
    code, output = (f.code for f in FENCES if f.language in {"python", "text"})
    assert len(code.splitlines()) <= 15
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, check=True
    )
    assert result.stdout.decode().replace(os.linesep, "\n") == f"{output}\n"


def test_files_that_are_linked_exist():
    for link in re.finditer(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / link[1]).is_file(), f"{place(link)}: {link[1]} is no file"


def test_oldest_python_and_extras_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (oldest,) = re.finditer(r"Python (\S+) or newer", README)
    assert project["requires-python"] == f">={oldest[1]}", place(oldest)
    (sentence,) = re.finditer(r"^The extras .*", README, re.MULTILINE)
    extras = {*re.findall(r"`(\w+)`", sentence[0])}
    assert extras == {*project["optional-dependencies"]} - {"dev"}, place(sentence)


def test_example_is_introduced_by_what_it_does():
    code = next(fence.code for fence in FENCES if fence.language == "python")
    (epochs,) = re.findall(r"epochs=(\d+)", code)
    (said,) = re.finditer(r"one sample, then (\S+) more", README)
    assert said[1] == written(int(epochs) - 1, "words", "text"), place(said)
