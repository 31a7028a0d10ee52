"""What several test modules use: the book's own site, built once, and a browser."""

from pathlib import Path

import pytest
from bookwright.testing import one_at_a_time
from browsing import CHROMIUM, FLAGS, go, served, window
from pages import build_book, url_of
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """Return the folder of the built site, which all workers of pytest-xdist share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "site"
    with one_at_a_time():
        if not folder.exists():
            draft = base / "draft"
            build_book(draft)
            draft.rename(folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(site):
    with served(site) as address:
        yield address


@pytest.fixture
def visit(browser, address):
    """Return a function that opens a page in a new window."""
    tabs = []

    def open_page(page, **settings):
        tabs.append(window(browser, **settings))
        return go(tabs[-1], address + url_of(page))

    yield open_page
    for tab in tabs:
        tab.context.close()
