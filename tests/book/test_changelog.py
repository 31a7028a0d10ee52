"""The numbers of the changelog are those of what they count."""

import re

import pytest
from bookwright.blocks.values import written
from bookwright.checks.prose import typed_numbers
from mkdocs.config import load_config
from pages import DOCS, ROOT, source

import gdbook

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
TITLE = re.compile(r"\*([^*\n]+)\*")
TEXT = TITLE.sub("", CHANGELOG)
WORDS = {written(number, "words", "text"): number for number in range(100)}


def parts():
    entries = load_config(str(ROOT / "mkdocs.yml")).nav
    return sum("chapters/" in str(entry) for entry in entries)


COUNTS = {
    "chapters": lambda: len([*(DOCS / "chapters").glob("*.md")]),
    "parts": parts,
    "claims": lambda: len(re.findall(r"\{ #claim-\d+ \}", source("chapters/23-errata.md").text)),
    "epochs": lambda: len(gdbook.published_log("full_batch").epoch),
}


def place(found: re.Match[str]) -> str:
    """Return where something stands in the changelog, for messages."""
    return f"CHANGELOG.md:{found.string.count(chr(10), 0, found.start()) + 1}"


@pytest.mark.parametrize("counted", COUNTS)
def test_changelog_counts_what_there_is(counted):
    found = [*re.finditer(rf"(\w+) {counted}\b", TEXT)]
    said = [(place(each), WORDS.get(each[1], each[1])) for each in found]
    numbers = [(at, int(number)) for at, number in said if str(number).isdecimal()]
    assert numbers
    for at, number in numbers:
        assert number == COUNTS[counted](), f"{at}: {number} {counted}"


def test_labs_in_the_changelog_are_those_of_the_book():
    (entry,) = re.finditer("^- Labs: .*", CHANGELOG, re.MULTILINE)
    titles = [re.sub("^The ", "", title).lower() for title in TITLE.findall(entry[0])]
    names = [lab.stem for lab in (DOCS / "labs").glob("*.md")]
    told = [name for title in titles for name in names if title.replace(" ", "-").startswith(name)]
    assert sorted(told) == sorted(names), place(entry)
    assert len(titles) == len(names), place(entry)


def test_changelog_has_no_number_that_nothing_counts():
    lines = TEXT.split("\n")
    counted = re.compile(rf"(\w+) ({'|'.join(COUNTS)})\b")
    for line, token, _ in typed_numbers(TEXT, counted=["chapter", "part"]):
        known = {found[1] for found in counted.finditer(lines[line - 1])}
        assert token.split()[0] in known, f"CHANGELOG.md:{line}: nothing counts {token}"
