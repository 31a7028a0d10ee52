"""The numbers of the changelog are those of what they count."""

import re

import pytest
from bookwright.blocks.values import written
from bookwright.checks.prose import typed_numbers
from mkdocs.config import load_config
from pages import DOCS, ROOT, source

import gdbook

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
TEXT = re.sub(r"\*[^*\n]+\*", "", CHANGELOG)  # without titles
WORDS = {written(number, "words", "text"): number for number in range(100)}


def parts():
    entries = load_config(str(ROOT / "mkdocs.yml")).nav
    return sum("chapters/" in str(entry) for entry in entries)


COUNTS = {
    "chapters": lambda: len([*(DOCS / "chapters").glob("*.md")]),
    "parts": parts,
    "claims": lambda: len(re.findall(r"\{ #claim-\d+ \}", source("chapters/22-errata.md").text)),
    "epochs": lambda: len(gdbook.published_log("full_batch").epoch),
}


@pytest.mark.parametrize("counted", COUNTS)
def test_changelog_counts_what_there_is(counted):
    said = [WORDS.get(number, number) for number in re.findall(rf"(\w+) {counted}\b", TEXT)]
    said = [int(number) for number in said if str(number).isdecimal()]
    assert said
    assert set(said) == {COUNTS[counted]()}


def test_changelog_has_no_number_that_nothing_counts():
    lines = TEXT.split("\n")
    counted = re.compile(rf"(\w+) ({'|'.join(COUNTS)})\b")
    typed = [(each.line, each.token) for each in typed_numbers(TEXT, counted=["chapter", "part"])]
    assert [
        (line, token)
        for line, token in typed
        if not any(token.split()[0] == found[1] for found in counted.finditer(lines[line - 1]))
    ] == []
