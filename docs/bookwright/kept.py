"""Pages as they were rendered: one that follows from the same things is put back whole.

A page follows from its own text and from what all pages have in common, which are its key, and
from what it asks of other pages and of files, which is compared when it is found. A page is kept
if there was nothing to say of it: what the log says of a page, it says each time.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as RenderedPage
from mkdocs.structure.toc import AnchorLink, get_toc

from bookwright import keys
from bookwright.cache import Cache
from bookwright.checks.across import Facts
from bookwright.checks.links import Link
from bookwright.checks.names import Mention
from bookwright.pages.page import Page
from bookwright.rendering import registered

_LOG = logging.getLogger("mkdocs")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A page as it was rendered.

    Args:
        site: The digest of what it may have asked of other pages.
        reads: Files that its blocks have opened, with their checksums.
        rendered: What MkDocs knows of it.
        settings: Its settings, filled in.
        sought: The part of its content that the search looks at.
        files: Files of the site that are made of it: stubs, downloads, figures.
        waits: Those that other pages can link to.
        ids: What it has that is numbered.
        facts: What its neighbours matter to.
        account: How many formulas are checked, defined, …
        blocks: How many of its blocks run.
    """

    site: str
    reads: dict[str, str]
    rendered: "Rendered"
    settings: dict[str, str]
    sought: str
    files: dict[str, str]
    waits: list[str]
    ids: list[str]
    facts: Facts
    account: dict[str, int]
    blocks: int

    def to_json(self) -> dict[str, Any]:
        """Return the page as a JSON value."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Kept":
        """Return the page that a JSON value holds."""
        rendered, facts = Rendered(**value.pop("rendered")), value.pop("facts")
        mentions = [Mention(*each) for each in facts["mentions"]]
        links = [Link(*each) for each in facts["links"]]
        return cls(rendered=rendered, facts=Facts(facts["words"], mentions, links), **value)

    def holds(self, site: str) -> bool:
        """Tell whether all that the page has asked for would be answered as it was."""
        return self.site == site and self.reads == keys.files(self.reads)

    def put_back(self, page: RenderedPage) -> None:
        """Have MkDocs find the page as it was when it renders it."""
        page.meta.update(self.settings)
        page.render = partial(self.rendered.put_back, page)  # type: ignore[method-assign]


class Shelf:
    """The pages that are kept, as far as a build can use them.

    Args:
        cache: Where they are kept.
        common: The digest of all that each page depends on besides its own text.
        held: Pages that are served before their formulas have been checked, by their keys.
    """

    def __init__(self, cache: Cache, common: str, held: dict[str, Kept]) -> None:  # noqa: D107
        self._cache = cache
        self._common = common
        self._held = held
        self.pages: dict[str, Kept] = {}
        self.site = ""

    def find(self, page: Page) -> Kept | None:
        """Return a page as it was kept; whether it holds is not known before all are found."""
        key = self._key(page)
        if value := self._cache.load(key):
            self.pages[page.uri] = Kept.from_json(value)
        elif key in self._held:
            self.pages[page.uri] = self._held[key]
        return self.pages.get(page.uri)

    def settle(self, files: Files, *states: str) -> list[str]:
        """Return the pages that no longer hold, now that all is known that they show of others."""
        if self.site:
            return []
        urls = {file.src_uri: file.url for file in files}
        self.site = keys.digest(repr(sorted(urls.items())), *states)
        return [uri for uri, kept in self.pages.items() if not kept.holds(self.site)]

    def keep(self, page: Page, kept: Kept) -> None:
        """Keep a page."""
        self._cache.store(self._key(page), kept.to_json())

    def hold(self, page: Page, kept: Kept | None) -> None:
        """Keep a page, if it can be kept, for as long as its formulas are being checked."""
        if kept:
            self._held[self._key(page)] = kept

    def release(self, page: Page) -> None:
        """Let go of a page that was held."""
        self._held.pop(self._key(page), None)

    def _key(self, page: Page) -> str:
        return keys.page(self._common, page.uri, f"{page.above}\n{page.markdown}")


@dataclass
class Rendered:
    """What MkDocs knows of a page when it has rendered it.

    `registered` is what mkdocstrings has noted of it. `has_remarks` tells that something was
    logged, or might have been if the log were open, as it is not with `mkdocs build --quiet`.
    """

    content: str
    title: str | None
    toc: list[Any]
    anchors: list[str]
    links: dict[str, dict[str, str]]
    registered: list[Any]
    has_remarks: bool

    @classmethod
    def of(cls, page: RenderedPage, config: MkDocsConfig, files: Files) -> "Rendered":
        """Render a page."""
        with _remarks() as remarks, registered.noting(config) as noted:
            type(page).render(page, config, files)
        links = page.links_to_anchors or {}
        return cls(
            content=page.content or "",
            title=page.title,
            toc=_tokens(page.toc),
            anchors=sorted(page.present_anchor_ids or ()),
            links={file.src_uri: found for file, found in links.items()},
            registered=noted,
            has_remarks=bool(remarks) or not _LOG.isEnabledFor(logging.WARNING),
        )

    def finished(self, page: RenderedPage) -> "Rendered":
        """Return the page with its formulas, which come last."""
        return replace(self, content=page.content or "", toc=_tokens(page.toc))

    def put_back(self, page: RenderedPage, config: MkDocsConfig, files: Files) -> None:
        """Do what rendering the page would do."""
        page.content = self.content
        page.title = self.title
        page.toc = get_toc(self.toc)
        page.present_anchor_ids = {*self.anchors}
        page.links_to_anchors = {files.src_uris[uri]: each for uri, each in self.links.items()}
        registered.again(self.registered, page, config)


def _tokens(links: Any) -> list[Any]:  # noqa: ANN401  # a table of contents, or a part
    """Return what Markdown would say of headings in a table of contents."""
    return [_token(link) for link in links]


def _token(link: AnchorLink) -> dict[str, Any]:
    children = _tokens(link.children)
    return {"name": link.title, "id": link.id, "level": link.level, "children": children}


@contextmanager
def _remarks() -> Iterator[list[str]]:
    """Collect what others than this engine log."""
    found: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not record.name.startswith("mkdocs.bookwright"):
                found.append(record.getMessage())

    handler = Collect(logging.INFO)
    _LOG.addHandler(handler)
    try:
        yield found
    finally:
        _LOG.removeHandler(handler)
