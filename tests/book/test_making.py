"""The pages on how the book is made know all that there is to know of the engine."""

import re
from dataclasses import fields

import pytest
from bookwright.pages import fences
from bookwright.pages.options import Options
from pages import DOCS, ROOT

ENGINE = ROOT / "docs" / "bookwright"
FILES = sorted(file.relative_to(ENGINE.parent).as_posix() for file in ENGINE.rglob("*.py"))
MESSAGES = [each.metadata["message"] for each in fields(Options)]
FAULTS = [fences.NEVER_CLOSED, fences.NOT_INDENTED, fences.QUOTED_DEEPER]


@pytest.fixture(scope="module")
def design():
    return (DOCS / "making" / "design.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def writing():
    text = (DOCS / "making" / "writing.md").read_text(encoding="utf-8")
    return text.replace("\\@", "@")  # what is written there is no mark


@pytest.mark.parametrize("file", [file for file in FILES if not file.endswith("/__init__.py")])
def test_table_of_files_says_when_to_change_each(file, design):
    assert re.search(rf"^\| `{re.escape(file)}` \|", design, re.MULTILINE)


def test_table_of_files_has_none_that_is_gone(design):
    named = re.findall(r"^\| `(bookwright/[\w/.]+)`", design, re.MULTILINE)
    assert set(named) <= set(FILES)


@pytest.mark.parametrize("option", [each.name for each in fields(Options)])
def test_table_of_options_has_each(option, writing):
    assert re.search(rf"^\| `{option}` \|", writing, re.MULTILINE)


@pytest.mark.parametrize("message", [*MESSAGES, *FAULTS])
def test_each_message_about_a_fence_is_explained(message, writing):
    assert f"| `{message.removesuffix('.')}.` |" in writing
