"""A page is a test for pytest, and each of its parts is an item.

The file `conftest.py` above the pages imports `pytest_collect_file`. A page is built as MkDocs
builds it, without the others, and an item fails with what the build says of its lines. If all
pages are tested, they are built together.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from filelock import FileLock
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files, get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page as RenderedPage

from bookwright.build import Build
from bookwright.checks import exercises
from bookwright.pages.page import Page, Place
from bookwright.pages.parts import TEXT, Part, parts
from bookwright.plugin import Book

Found = list[tuple[Place | str, str]]
_TOGETHER = pytest.StashKey[dict[str, Found]]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "PageFile | None":
    """Collect a page of the book, for pytest."""
    if file_path.suffix != ".md":
        return None
    book = _configuration(parent.config.rootpath / "mkdocs.yml")
    if not file_path.is_relative_to(book.docs_dir):
        return None
    return PageFile.from_parent(parent, path=file_path, book=book)


@cache
def _configuration(file: Path) -> MkDocsConfig:
    return load_config(str(file))


class PageFile(pytest.File):
    """A page, which is built when the first of its items is tested."""

    def __init__(self, *, book: MkDocsConfig, **node: Any) -> None:  # noqa: ANN401  # pytest's
        """Read the page; whether it is UTF-8 is for the build to say."""
        super().__init__(**node)
        self._book = book
        uri = self.path.relative_to(book.docs_dir).as_posix()
        text = self.path.read_text(encoding="utf-8-sig", errors="replace")
        self.page = Page.of_file(uri, text)
        self._parts = parts(self.page)
        self._found: Found = []

    def collect(self) -> Iterator["PartItem"]:
        """Return the parts of the page as items."""
        for part in self._parts:
            yield PartItem.from_parent(self, name=part.name, part=part)

    def setup(self) -> None:
        """Build the page, or all pages if all are tested."""
        stash, uri = self.session.stash, self.page.uri
        if _TOGETHER not in stash:
            stash[_TOGETHER] = self._together()
        together = stash[_TOGETHER]
        self._found = together[uri] if uri in together else _problems([self.page], self._book)[uri]

    def _together(self) -> dict[str, Found]:
        """Return what is wrong with each page, if all are tested and can be built in one go."""
        tested = {item.parent for item in self.session.items if isinstance(item, PartItem)}
        pages = [each.page for each in tested if isinstance(each, PageFile)]
        if len(pages) == len([*Path(self._book.docs_dir).rglob("*.md")]) > 1:
            with suppress(Exception):
                return _problems(pages, self._book)
        return {}

    def problems(self, part: Part) -> list[str]:
        """Return what the build says of a part."""
        return [
            f"{at}: {message}" for at, message in self._found if self._meant(at, message) == part
        ]

    def _meant(self, place: Place | str, message: str) -> Part:
        return next((part for part in self._parts if part.is_meant(place, message)), TEXT)


class PartItem(pytest.Item):
    """A part of a page, as a test."""

    def __init__(self, *, part: Part, **node: Any) -> None:  # noqa: ANN401  # pytest's
        """Keep the part."""
        super().__init__(**node)
        self._part = part

    def runtest(self) -> None:
        """Fail with what is wrong."""
        assert isinstance(self.parent, PageFile)  # noqa: S101  # for mypy
        if problems := self.parent.problems(self._part):
            pytest.fail("\n".join(problems), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the part stands; pytest counts lines from 0."""
        return self.path, max(self._part.first - 1, 0), self.name


@contextmanager
def _apart() -> Iterator[None]:
    """Let the log say nothing that items say, and blocks know nothing of pytest.

    A process that multiprocessing starts would import the main program of this one.
    """
    log, main = logging.getLogger("mkdocs"), sys.modules["__main__"]
    level = log.level
    log.propagate = False
    log.setLevel(logging.INFO)  # a page of which MkDocs says something is not kept
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        log.setLevel(level)
        log.propagate = True


def one_at_a_time() -> AbstractContextManager[object]:
    """Let other processes of pytest-xdist wait, so that they find what one of them has kept."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    return FileLock(Path(tempfile.gettempdir(), f"{run}.lock")) if run else nullcontext()


def _problems(pages: Sequence[Page], config: MkDocsConfig) -> dict[str, Found]:
    """Return what the build of pages says of each, and what its exercises say."""
    with _apart(), one_at_a_time():
        config = config.plugins.on_config(config)
        config.plugins.on_pre_build(config=config)
        build = _book(config).build
        if len(pages) == 1:
            build.only = pages[0].uri
        files = _files(build, config)
        tried = [(each, build.start(each)) for page in pages for each in exercises.tried(page)]
        _render([page.uri for page in pages], files, config)
        found: dict[str, Found] = {page.uri: [] for page in pages}
        for place, message in build.problems.found:
            found.get(_uri(place), []).append((place, message))
        for listing, future in tried:
            if mistake := exercises.verdict(listing, future.result().result):
                found[listing.place.uri].append((listing.place, mistake))
        return found


def _book(config: MkDocsConfig) -> Book:
    hooks = (value for plugin in config.plugins.values() for value in vars(plugin).values())
    return next(value for value in hooks if isinstance(value, Book))


def _uri(place: Place | str) -> str:
    return str(place).partition(":")[0]


def _files(build: Build, config: MkDocsConfig) -> Files:
    """Return the files of the book, with those of its theme; all pages have been read."""
    files = get_files(config)
    files.add_files_from_theme(config.theme.get_env(), config)
    try:
        files = config.plugins.on_files(files, config=config)
    except PluginError as error:
        said = (f"{place}: {message}" for place, message in build.problems.found)
        raise pytest.fail.Exception("\n".join([*said, str(error)]), pytrace=False) from None
    set_exclusions(files, config)
    return files


def _render(uris: Iterable[str], files: Files, config: MkDocsConfig) -> None:
    """Do with pages what MkDocs does with all, up to where a build stops."""
    plugins = config.plugins
    plugins.on_nav(get_navigation(files, config), config=config, files=files)
    for file in (files.src_uris[uri] for uri in uris):
        page = file.page or RenderedPage(None, file, config)
        plugins.on_pre_page(page, config=config, files=files)
        page.read_source(config)
        text = page.markdown or ""
        page.markdown = plugins.on_page_markdown(text, page=page, config=config, files=files)
        page.render(config, files)
        html = page.content or ""
        page.content = plugins.on_page_content(html, page=page, config=config, files=files)
    with suppress(PluginError):  # the build stops because of what it has found
        plugins.on_env(config.theme.get_env(), config=config, files=files)
