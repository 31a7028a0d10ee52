"""Whole pages that are kept: which are made again when something has changed."""

import json
import logging
import shutil

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from sites import CONFIG, MATERIAL, PLAIN, mkdocs, write_site

PAGES = {
    "chapters/one": "# One { #one }\n\n"
    "A word, $2 + 2 = 4$ and `Path`.\n\n"
    '```python exec="on" name="a"\nfrom pathlib import Path\nn = 3\nprint(n * 7)\n```\n\n'
    "It has @{n:words} sides: [two](two.md#start).\n\n"
    "## Exercise { #exercise-1 }\n",
    "chapters/two": "# Two\n\n## A start with $y$ { #start }\n\n[@ref{}](one.md) is before.\n",
    "alone": "---\ndescription: A page.\n---\n\n# Alone\n\nSome text.\n",
}
NAV = "nav: [index.md, alone.md, Part: [chapters/one.md, chapters/two.md]]\n"
SETTINGS = (
    'package="gdbook", numbered=("chapters",), words=Words(pages={"chapters": "chapter"}), '
    'downloads={"chapters": ("ipynb", "py")}'
)


class Book:
    """A small book in a folder, which can be changed and built again."""

    def __init__(self, folder, caplog):
        self.folder, self._caplog = folder, caplog
        (folder / "docs" / "chapters").mkdir(parents=True)
        write_site(folder, settings=SETTINGS, **PAGES)
        self.change("book.py", "import Settings", "import Settings, Words")
        (folder / "mkdocs.yml").write_text(CONFIG.replace(PLAIN, MATERIAL) + NAV, encoding="utf-8")

    def change(self, file, old, new):
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def made(self):
        """Build the book, and return the pages that were made."""
        self._caplog.clear()
        self._caplog.set_level("DEBUG", "mkdocs.bookwright")
        build(load_config(str(self.folder / "mkdocs.yml"), strict=True))
        said = (record.getMessage() for record in self._caplog.records)
        return {line.removesuffix(".md: made") for line in said if line.endswith(": made")}

    def html(self, page):
        return (self.folder / "site" / page / "index.html").read_text(encoding="utf-8")

    def site(self):
        """Return all files of the site with what they hold."""
        files = (each for each in (self.folder / "site").rglob("*") if each.is_file())
        return {
            each.relative_to(self.folder).as_posix(): each.read_bytes()
            for each in files
            if each.suffix != ".gz"  # has the time
        }


@pytest.fixture
def book(tmp_path, caplog, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return Book(tmp_path, caplog)


EVERY = {"index", *PAGES}


def test_site_of_kept_pages_is_the_same_to_the_byte(book):
    assert book.made() == EVERY
    first = book.site()
    assert book.made() == set()
    assert book.site() == first
    assert "site/chapters/one.ipynb" in first
    shutil.rmtree(book.folder / ".cache")
    assert book.made() == EVERY
    assert book.site() == first


def test_kept_page_has_its_formulas_headings_and_number(book):
    book.made()
    book.change("docs/alone.md", "Some", "Other")
    assert book.made() == {"alone"}
    assert "<math" in book.html("chapters/one")
    assert "\\(" not in book.html("chapters/two")
    assert "1. One" in book.html("alone")


def test_page_is_made_again_when_its_text_or_its_settings_have_changed(book):
    book.made()
    book.change("docs/alone.md", "A page", "Another page")
    assert book.made() == {"alone"}
    assert "Another page" in book.html("alone")
    book.change("docs/chapters/one.md", "A word", "Words")
    assert book.made() == {"chapters/one"}


def test_page_that_is_changed_back_is_found_again(book):
    book.made()
    book.change("docs/alone.md", "Some", "Other")
    book.made()
    book.change("docs/alone.md", "Other", "Some")
    assert book.made() == set()
    assert "Some text" in book.html("alone")


def test_value_of_a_block_that_has_changed_is_new(book):
    book.made()
    book.change("docs/chapters/one.md", "n = 3", "n = 4")
    assert book.made() == {"chapters/one"}
    assert "It has four sides" in book.html("chapters/one")


def test_link_of_a_kept_page_is_checked_against_pages_that_are_made(book, caplog):
    book.made()
    book.change("docs/chapters/two.md", "{ #start }", "{ #begin }")
    with pytest.raises(Abort):
        book.made()
    assert "chapters/one.md:11: the link two.md#start leads to no id" in caplog.text


def test_name_of_a_kept_page_is_checked_against_code_that_has_changed(book, caplog):
    text = "# Alone\n\nThe `residue_of` it.\n"
    (book.folder / "docs" / "alone.md").write_text(text, encoding="utf-8")
    book.change("docs/chapters/one.md", "n = 3", "n = residue_of = 3")
    book.made()
    assert book.made() == set()
    book.change("docs/chapters/one.md", "residue_of = ", "")
    with pytest.raises(Abort):
        book.made()
    assert "alone.md:3: residue_of is no name" in caplog.text


def test_all_pages_are_made_again_when_what_they_may_refer_to_has_changed(book):
    book.made()
    book.change("docs/chapters/one.md", "exercise-1", "exercise-2")
    assert book.made() == EVERY
    book.change("mkdocs.yml", "one.md, chapters/two.md", "two.md, chapters/one.md")
    assert book.made() == EVERY
    assert "chapter 2</a> is before" in book.html("chapters/two")
    (book.folder / "docs" / "new.txt").write_text("new", encoding="utf-8")
    assert book.made() == EVERY


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("mkdocs.yml", "site_name: test", "site_name: tests"),
        ("book.py", 'package="gdbook"', 'package="gdbook", longest_table=7'),
    ],
)
def test_all_pages_are_made_again_when_settings_have_changed(book, file, old, new):
    book.made()
    book.change(file, old, new)
    assert book.made() == EVERY


def test_all_pages_are_made_again_when_a_variable_of_the_environment_has_changed(book, monkeypatch):
    address = 'site_name: test\nsite_url: !ENV [BOOK_URL, "http://one.test/"]'
    book.change("mkdocs.yml", "site_name: test", address)
    book.made()
    assert book.made() == set()
    monkeypatch.setenv("BOOK_URL", "http://two.test/")
    assert book.made() == EVERY
    notebook = (book.folder / "site" / "chapters" / "one.ipynb").read_text(encoding="utf-8")
    assert "http://two.test/" in notebook
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert book.made() == EVERY


def test_template_counts_at_once_and_makes_no_page_again(book):
    book.change("mkdocs.yml", "font: false", "font: false, custom_dir: theme")
    (book.folder / "theme").mkdir()
    template = '{% extends "base.html" %}{% block content %}WORD {{ page.content }}{% endblock %}'
    (book.folder / "theme" / "main.html").write_text(template, encoding="utf-8")
    book.made()
    book.change("theme/main.html", "WORD", "OTHER")
    assert book.made() == set()
    assert "OTHER" in book.html("alone")


def test_page_is_made_again_when_a_file_that_its_block_reads_has_changed(book):
    data = book.folder / "data.csv"
    data.write_text("7", encoding="utf-8")
    book.change("docs/chapters/one.md", "print(n * 7)", f"print(open({str(data)!r}).read())")
    book.made()
    assert book.made() == set()
    data.write_text("8", encoding="utf-8")
    assert book.made() == {"chapters/one"}
    assert ">8\n<" in book.html("chapters/one")


def test_pages_that_are_asked_for_are_made_again(book, monkeypatch):
    book.made()
    monkeypatch.setenv("BOOKWRIGHT_AGAIN", "chapters/*")
    assert book.made() == {"chapters/one", "chapters/two"}


@pytest.mark.parametrize("text", ["```python exec='on'\n1 / 0\n```\n", "[no](nothing.md)\n"])
def test_page_with_a_fault_is_not_kept(book, text, caplog):
    (book.folder / "docs" / "alone.md").write_text(f"# Alone\n\n{text}", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(Abort):
            book.made()
        assert "alone.md: made" in caplog.messages


@pytest.mark.parametrize("is_quiet", [True, False])
def test_page_is_not_kept_where_nobody_would_hear_a_warning(book, is_quiet, caplog):
    book.change(
        "mkdocs.yml", "site_name: test", "site_name: test\nvalidation: {absolute_links: warn}"
    )
    book.change("docs/alone.md", "Some", "[Some](/nothing)")
    if is_quiet:
        caplog.set_level("ERROR", "mkdocs")
    else:
        logging.disable()
    build(load_config(str(book.folder / "mkdocs.yml")))
    logging.disable(logging.NOTSET)
    caplog.set_level("WARNING", "mkdocs")
    with pytest.raises(Abort):
        book.made()
    assert "contains an absolute link '/nothing'" in caplog.text


def test_page_that_another_plugin_changes_afterwards_is_not_kept(book):
    (book.folder / "other.py").write_text(
        "def on_page_content(html, page, **_):\n"
        "    return html.replace('Some', 'Any') if page.file.src_uri == 'alone.md' else html\n",
        encoding="utf-8",
    )
    book.change("mkdocs.yml", "hooks: [book.py]", "hooks: [other.py, book.py]")
    book.made()
    assert book.made() == {"alone"}
    assert "Any text" in book.html("alone")


def test_kept_pages_need_no_libraries_of_labs_and_of_blocks(tmp_path):
    lab = (
        "---\njupyter:\n  kernelspec: {name: python3, display_name: Python 3, language: python}\n"
        "---\n\n# Lab\n\n```python\nprint(6 * 7)\n```\n"
    )
    write_site(tmp_path, lab=lab, page='# Page\n\n```python exec="on"\nprint(1)\n```\n')
    assert mkdocs("build", cwd=tmp_path).returncode == 0
    (tmp_path / "stop.py").write_text(
        "import sys\n"
        "def on_post_build(**_):\n"
        "    print(*sorted({each.partition('.')[0] for each in sys.modules}))\n",
        encoding="utf-8",
    )
    config = tmp_path / "mkdocs.yml"
    changed = config.read_text(encoding="utf-8").replace("[book.py]", "[book.py, stop.py]")
    config.write_text(changed, encoding="utf-8")
    mkdocs("build", cwd=tmp_path)
    loaded = mkdocs("build", cwd=tmp_path).stdout.split()
    assert "mkdocs" in loaded
    assert not {"jupytext", "mkdocs_jupyter", "nbformat", "nbconvert", "torch", "sympy"} & {*loaded}


def test_search_finds_headings_and_prose_of_kept_pages_and_no_code(book):
    book.made()
    book.made()
    index = (book.folder / "site" / "search" / "search_index.json").read_text(encoding="utf-8")
    entries = {entry["location"]: entry for entry in json.loads(index)["docs"]}
    assert entries["chapters/two/#start"]["title"] == "A start with y"
    assert "It has three sides" in entries["chapters/one/"]["text"]
    assert "A word, … and Path." in entries["chapters/one/"]["text"]
    assert "print" not in index
    assert "\\\\(" not in index
