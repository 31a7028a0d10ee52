"""The book's own pages, and its site."""

import os
import re
import subprocess
import sys
from copy import copy
from pathlib import Path
from typing import Any

import markdown
import pytest
from bookwright.blocks.terminal import final_state
from bookwright.pages.page import Page
from bs4 import BeautifulSoup, Tag

FORMULA = "\N{INTEGRAL}"  # stands for each formula, which MathML and TeX write differently
ROOT = Path(__file__).parents[2]
DATE = "1700000000"  # of every build, so that two can be compared
DOCS = ROOT / "docs" / "en"
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


MKDOCS = ("-m", "mkdocs")
ALONE = ("-c", "from tests.book import alone; alone.mkdocs()")  # mkdocs with each block alone


def build_book(folder: Path, *, root: Path = ROOT, program: tuple[str, str] = MKDOCS) -> None:
    """Build the book into a folder as its makers do, from whatever folder it lies in."""
    result = subprocess.run(
        [sys.executable, *program, "build", "--strict", "-d", folder],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": DATE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, re.sub(r"\x1b\[\d+m", "", result.stderr)


def selected(request: pytest.FixtureRequest, parameter: str) -> list[Any]:
    """Return the values of a parameter in the tests that were asked for, each once."""
    calls = (getattr(item, "callspec", None) for item in request.session.items)
    values = [call.params[parameter] for call in calls if call and parameter in call.params]
    return list(dict.fromkeys(values))


def source(page: str) -> Page:
    """Return a page as its author wrote it."""
    return Page.of_file(page, (DOCS / page).read_text(encoding="utf-8"))


def url_of(page: str) -> str:
    """Return where the site has a page, relative to its root."""
    stem = page.removesuffix(".md").removesuffix("index").rstrip("/")
    return f"{stem}/" if stem else ""


def article_of(page: str, site: Path) -> Tag:
    """Return what the site shows of a page."""
    html = (site / url_of(page) / "index.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser").article


def shows(block: Tag, text: str) -> bool:
    """Tell whether a block of a page shows a text: as a terminal does, or rendered as Markdown."""
    outputs = block.find_all(class_="output", recursive=False)
    text = final_state(text)
    if all(output.name == "pre" for output in outputs):
        return text == "".join(output.text for output in outputs)
    for summary in block.select(".output > details > summary"):
        summary.extract()
    block = copy(block)
    for formula in block.select("math"):
        formula.replace_with(FORMULA)
    outputs = block.find_all(class_="output", recursive=False)
    shown = " ".join(output.get_text(" ", strip=True) for output in outputs)
    plain = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", FORMULA, text, flags=re.DOTALL)
    rendered = BeautifulSoup(markdown.markdown(plain, extensions=["tables"]), "html.parser")
    return _without_space(shown) == _without_space(rendered.get_text(" ", strip=True))


def _without_space(text: str) -> str:
    """Return a text of formulas and words with no space around formulas."""
    return re.sub(rf"\s*{FORMULA}\s*", FORMULA, text)
