"""What the built site promises: runnable, computed, self-contained, reproducible."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from alone import imported
from bookwright.cache import Cache
from bookwright.pages import listings
from bs4 import BeautifulSoup
from pages import ALONE, PAGES, ROOT, article_of, build_book, shows, source, url_of

BLOCKS = {
    (page, listing.place.line): listing
    for page, written in ((page, source(page)) for page in PAGES)
    for listing in listings.read(written, package="gdbook").values()
    if listing.runs and not listing.is_session
}


def sample():
    """Return a block for each library, and the blocks of which there is no notebook."""
    seen = set()
    for (page, line), listing in BLOCKS.items():
        new = {*imported(listing.code)} - seen
        if new or not page.startswith("chapters/"):
            seen |= new
            yield page, line


ERRATA = "chapters/23-errata.md"


@pytest.fixture(scope="module")
def read(site):
    """Return a function from a page to the soup of its article."""
    return cache(lambda page: article_of(page, site))


@pytest.mark.parametrize("page", PAGES)
def test_copy_buttons_are_on_executed_blocks_only_and_copy_what_has_run(page, read):
    copied = {
        tag.find_parent(class_="block")["id"]: "".join(
            text for text in tag.code.strings if not text.find_parent(class_="again")
        ).rstrip()
        for tag in read(page).select(".copy:not(#install)")
    }
    assert copied == {
        f"block-{line}": listing.code.rstrip()
        for (name, line), listing in BLOCKS.items()
        if name == page
    }


@pytest.mark.parametrize("block", [*sample()], ids=lambda block: f"{block[0]}:{block[1]}")
def test_block_in_a_new_interpreter_prints_what_the_page_shows(block, read, tmp_path):
    page, line = block
    listing = BLOCKS[block]
    (tmp_path / "block.py").write_text(listing.code, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-u", "block.py"],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "template"},
        capture_output=True,
        check=False,
    )
    text, errors = (
        stream.decode().replace(os.linesep, "\n") for stream in (result.stdout, result.stderr)
    )
    raises = listing.options.raises
    assert result.returncode == (1 if raises else 0), errors
    if raises:
        text += errors.splitlines()[-1]
    elif not listing.options.warns and not listing.options.stderr:
        assert errors == ""
    assert shows(read(page).select_one(f"#block-{line}"), text)


@pytest.mark.parametrize("page", PAGES)
def test_lines_of_code_fit_the_column(page):
    written = source(page)
    for fence in written.fences:
        for number, line in enumerate(fence.code.splitlines(), fence.line + 1):
            assert len(line) <= 76, written.place(number)


@pytest.fixture(scope="module")
def claims(read):
    """Return number and id of each claim of the errata, in their order."""
    first = read(ERRATA).select("li > strong:first-child")
    numbers = ((tag.parent.get("id"), re.match(r"(\d+)\. ", tag.text)) for tag in first)
    return [(int(number[1]), anchor) for anchor, number in numbers if number]


def test_claims_of_the_errata_are_numbered_and_have_anchors(claims):
    assert claims
    assert claims == [(n, f"claim-{n}") for n in range(1, len(claims) + 1)]


def test_each_claim_of_the_errata_is_linked_from_another_chapter(claims, read):
    chapters = [page for page in PAGES if page.startswith("chapters/") and page != ERRATA]
    links = [link for page in chapters for link in read(page).select("a[href*='#claim-']")]
    assert {(link["href"], link.text) for link in links} == {
        (f"../23-errata/#{anchor}", f"claim {number}") for number, anchor in claims
    }


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_nobody_else_for_anything(page, site):
    html = (site / url_of(page) / "index.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(html, "html.parser")
    loaded = [tag.get("src") for tag in soup.select("[src]")]
    loaded += [tag.get("href") for tag in soup.select("link:not([rel=canonical])")]
    assert [url for url in loaded if re.match(r"(https?:)?//", url)] == []


def test_styles_ask_nobody_else_for_anything(site):
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//", style.read_text(encoding="utf-8")), style


def test_no_file_says_where_the_site_was_made(site):
    places = [f"{place}/".encode() for place in (ROOT, site.parent, Path.home())]
    for file in filter(Path.is_file, site.rglob("*")):
        content = file.read_bytes()
        assert [place for place in places if place in content] == [], file


@pytest.mark.parametrize("page", [page for page in PAGES if page != "samples.md"])
def test_each_page_has_a_description_or_the_sites(page, site):
    html = (site / url_of(page) / "index.html").read_text(encoding="utf-8")
    tag = BeautifulSoup(html, "html.parser").select_one("meta[name=description]")
    assert len(tag["content"]) > 20


@pytest.mark.parametrize("page", PAGES)
def test_ids_of_a_page_are_unique(page, site):
    html = (site / url_of(page) / "index.html").read_text(encoding="utf-8")
    ids = [tag["id"] for tag in BeautifulSoup(html, "html.parser").select("[id]")]
    assert len(ids) == len(set(ids))


def take_verdicts(ours, theirs):
    """Let a build find what another one has said of formulas; no page shows it."""
    names = [file.name for file in ours.folder.iterdir() if file.is_file()]
    for name, value in ((name, ours.load(name)) for name in names):
        if isinstance(value, dict) and value.get("result", {}).get("verdicts"):
            theirs.store(name, value)


def test_cold_build_in_another_folder_with_each_block_alone_is_identical_to_the_byte(
    site, tmp_path, monkeypatch
):
    others = shutil.ignore_patterns(".?*", "site", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, tmp_path / "book", ignore=others)
    shutil.copytree(ROOT / ".ci", tmp_path / "book" / ".ci")
    kept = os.environ.get("BOOKWRIGHT_CACHE") or ROOT / ".cache"
    take_verdicts(Cache(Path(kept)), Cache(tmp_path / "cache"))
    monkeypatch.setenv("BOOKWRIGHT_CACHE", str(tmp_path / "cache"))
    build_book(tmp_path / "site", root=tmp_path / "book", program=ALONE)
    ours, other = (
        {file.relative_to(root): file.read_bytes() for file in root.rglob("*") if file.is_file()}
        for root in (site, tmp_path / "site")
    )
    assert sorted(ours) == sorted(other)
    assert [name for name in ours if ours[name] != other[name]] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("labs/")])
def test_page_of_a_lab_is_light(page, site):
    assert (site / url_of(page) / "index.html").stat().st_size < 150_000
