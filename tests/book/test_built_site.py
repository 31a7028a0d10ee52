"""What the built site promises: runnable, computed, self-contained, reproducible."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
from bs4 import BeautifulSoup
from pages import PAGES, ROOT, article_of, build_book, selected, shows, source, url_of

BLOCKS = {
    (page, written.place(fence.line).line): fence.options
    for page, written in ((page, source(page)) for page in PAGES)
    for fence in written.fences
    if fence.language == "python" and fence.options.get("exec") == "on"
}
ERRATA = "chapters/22-errata.md"


@pytest.fixture(scope="module")
def read(site):
    """Return a function from a page to the soup of its article."""
    return cache(lambda page: article_of(page, site))


@pytest.fixture(scope="module")
def ran(read, tmp_path_factory, request):
    """Return what came of each block when what its button copies runs in a fresh interpreter."""

    def run(block):
        page, line = block
        folder = tmp_path_factory.mktemp("snippet")
        code = read(page).select_one(f"#block-{line} .copy code").text.rstrip()
        (folder / "block.py").write_text(code, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-X", "utf8", "-u", "block.py"],
            cwd=folder,
            env={**os.environ, "MPLBACKEND": "template"},
            capture_output=True,
            check=False,
        )

    blocks = selected(request, "block")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(blocks, pool.map(run, blocks), strict=True))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block[0]}:{block[1]}")
def test_copied_block_prints_what_the_page_shows(block, read, ran):
    page, line = block
    options = BLOCKS[block]
    text, errors = (
        stream.decode().replace(os.linesep, "\n")
        for stream in (ran[block].stdout, ran[block].stderr)
    )
    assert ran[block].returncode == (1 if "raises" in options else 0), errors
    if "raises" in options:
        text += errors.splitlines()[-1]
    elif not {"warns", "stderr"} & options.keys():
        assert errors == ""
    assert shows(read(page).select_one(f"#block-{line}"), text)


@pytest.mark.parametrize("page", PAGES)
def test_copy_buttons_are_on_executed_blocks_only(page, read):
    lines = {f"block-{line}" for name, line in BLOCKS if name == page}
    assert {tag.parent.get("id") for tag in read(page).select(".copy")} == lines


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
        (f"../22-errata/#{anchor}", f"claim {number}") for number, anchor in claims
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


def test_cold_build_in_another_folder_is_identical_to_the_byte(site, tmp_path):
    others = shutil.ignore_patterns(".?*", "site", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, tmp_path / "book", ignore=others)
    shutil.copytree(ROOT / ".ci", tmp_path / "book" / ".ci")
    build_book(tmp_path / "site", root=tmp_path / "book")
    ours, other = (
        {file.relative_to(root): file.read_bytes() for file in root.rglob("*") if file.is_file()}
        for root in (site, tmp_path / "site")
    )
    assert sorted(ours) == sorted(other)
    assert [name for name in ours if ours[name] != other[name]] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("labs/")])
def test_page_of_a_lab_is_light(page, site):
    assert (site / url_of(page) / "index.html").stat().st_size < 150_000
