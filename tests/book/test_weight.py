"""How much of the site a reader has to load, compressed as a static host does it."""

import gzip
import re
from pathlib import Path

import material
import pytest
from bs4 import BeautifulSoup
from pages import PAGES, url_of

KB = 1024
CHAPTERS = [page for page in PAGES if page.startswith("chapters/")]
THEME = re.compile(r"\.([a-z][\w-]*)")


def html_of(site, page):
    return site / url_of(page) / "index.html"


def weight(file):
    """Return how many bytes of a file are sent."""
    content = file.read_bytes()
    return len(content if file.suffix == ".woff2" else gzip.compress(content, mtime=0))


def loaded(site, chapter):
    """Return what a chapter loads but for itself and for figures."""
    page = html_of(site, chapter)
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    named = {tag["href"] for tag in soup.select("link[rel=stylesheet], link[rel=icon]")}
    named |= {tag["href"] for tag in soup.select("link[rel=preload]")}
    named |= {tag["src"] for tag in soup.select("script[src]")}
    worker = re.search(r'"search": "([^"]*)"', page.read_text("utf-8"))[1]
    return {(page.parent / name).resolve() for name in (*named, worker)}


@pytest.mark.parametrize("page", CHAPTERS)
def test_chapter_is_light(page, site):
    assert weight(html_of(site, page)) <= 60 * KB


def test_what_all_pages_load_is_light(site):
    files = set.intersection(*(loaded(site, page) for page in CHAPTERS))
    assert len(files) >= 8
    assert sum(map(weight, files)) <= 95 * KB


@pytest.mark.parametrize("page", CHAPTERS)
def test_first_visit_to_a_chapter_is_light(page, site):
    index = site / "search" / "search_index.json"
    assert sum(map(weight, [html_of(site, page), index, *loaded(site, page)])) <= 260 * KB


@pytest.mark.parametrize("page", PAGES)
def test_figures_and_formulas_have_no_style_of_their_own(page, site):
    soup = BeautifulSoup(html_of(site, page).read_text("utf-8"), "html.parser")
    assert (
        soup.select(".figure [style], .figure svg, math[style], math [style], .math[style]") == []
    )
    assert soup.select("article script") == []


def test_page_has_the_styles_that_the_theme_has_for_its_classes(site):
    whole = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"
    ours, theirs = (
        {*THEME.findall("".join(file.read_text("utf-8") for file in folder.glob("*.css")))}
        for folder in (site / "assets" / "stylesheets", whole)
    )
    tags = re.compile(r'class="([^"]*)"')
    pages = (html_of(site, page).read_text("utf-8") for page in PAGES)
    used = {name for html in pages for names in tags.findall(html) for name in names.split()}
    assert used & theirs - {"block"} <= ours  # the theme's is for marks of critics
    assert len(theirs - ours) > 50
