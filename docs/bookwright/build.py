"""One build: pages are read, their blocks run, and what waits for results is made."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as RenderedPage

from bookwright import borrowed, keys
from bookwright.blocks import isolation
from bookwright.blocks.execution import Execution, Ran
from bookwright.blocks.labs import PLUGIN, Labs
from bookwright.blocks.result import Result
from bookwright.cache import Cache
from bookwright.checks.links import anchors, broken, links
from bookwright.checks.names import (
    Known,
    missing,
    project_files,
    unknown_names,
    words_of,
    words_of_package,
)
from bookwright.checks.texts import Text
from bookwright.formulas import check
from bookwright.pages import sources, stubs
from bookwright.pages.listings import Listing
from bookwright.pages.options import PYTHON
from bookwright.pages.page import Page, Place
from bookwright.pages.references import References
from bookwright.problems import Problems
from bookwright.rendering.filling import Filling
from bookwright.rendering.formulas import Mathematics
from bookwright.rendering.markdown import PageProcessors
from bookwright.rendering.page import PageInProgress, accept
from bookwright.settings import Settings
from bookwright.takeaways import cells, downloads, notebooks

log = logging.getLogger("mkdocs.bookwright")

PALETTE = "assets/figures.css"
CHILD = [Path(isolation.__file__).parent, Path(borrowed.__file__)]
FORMULAS = Path(check.__file__).parent


class Build:
    """What lives as long as one build."""

    def __init__(self, settings: Settings, config: MkDocsConfig) -> None:
        """Prepare a build; `BOOKWRIGHT_CACHE` and `BOOKWRIGHT_AGAIN` say where and what to keep."""
        root = Path(config.config_file_path).parent
        self.problems = Problems()
        self.only = "*"  # the pages whose blocks start before any page is opened
        self._settings = settings
        package = sources.package_folder(settings.package)
        self._folders = (str(root), str(package.parent))
        self._cache = Cache(Path(os.environ.get("BOOKWRIGHT_CACHE") or root / ".cache"))
        known = [package, *CHILD]
        self._again = os.environ.get("BOOKWRIGHT_AGAIN", "")
        sandbox = isolation.Sandbox(
            isolation.environment(settings.environment),
            settings.figures.matplotlib_style,
            settings.preload,
            tuple(map(str, known)),
        )
        key = keys.fingerprint(
            paths=known,
            settings=[sandbox.environment, sandbox.style],
        )
        self._key = key
        configured = [Path(config.config_file_path), root / "pyproject.toml"]
        self._configured = [file.read_text("utf-8") for file in configured if file.is_file()]
        self._files = [*project_files(root)]
        self._execution = Execution(
            sandbox,
            self._cache,
            fingerprint=key,
            formulas=keys.contents(FORMULAS),
            seconds=settings.block_seconds,
            again=self._again,
            is_sound=lambda listing, result: (
                not self._page_of(listing).problems_of(listing, result)
            ),
        )
        self._labs = Labs(self._cache, key, settings, self.problems)
        self._mathematics = Mathematics(self._cache, self.problems)
        self._processors = PageProcessors()
        self._pages: dict[str, PageInProgress] = {}
        self._sources: dict[str, Page] = {}
        self._texts: dict[str, Text] = {}
        self.references = References(
            settings.words.pages, settings.numbered, settings.anchors, self._sources
        )
        self._open: PageInProgress | None = None
        self._foreign: set[str] = set()
        self._configure(config)

    def _configure(self, config: MkDocsConfig) -> None:
        """Add to the configuration what this build needs, in place of what an earlier one added."""
        self._labs.configure(config)
        extensions: list[Any] = config.markdown_extensions
        extensions[:] = [each for each in extensions if not isinstance(each, PageProcessors)]
        extensions.append(self._processors)
        fences = config.mdx_configs.setdefault("pymdownx.superfences", {})
        others = fences.setdefault("custom_fences", [])
        others[:] = [fence for fence in others if fence["name"] != "*"]
        self._foreign = {fence["name"] for fence in others} - {*PYTHON}
        everything = {"name": "*", "class": "", "validator": accept, "format": self.show_listing}
        others.append(everything)
        if self._settings.figures.colours and PALETTE not in config.extra_css:
            config.extra_css.insert(0, PALETTE)

    @property
    def templates(self) -> BytecodeCache | None:
        """Where compiled templates are kept, if that can be done."""
        if not self._cache.is_writable:
            return None
        folder = self._cache.folder / "templates"
        folder.mkdir(exist_ok=True)
        return FileSystemBytecodeCache(str(folder))

    def collect(self, files: Files, config: MkDocsConfig) -> None:
        """Read all pages, set their blocks going, and add the files that are made of them."""
        labs = config.plugins.get(PLUGIN)
        found = list(files.documentation_pages())
        pages = [(file, page) for file in found if (page := self._read(file))]
        if len(pages) < len(found):  # MkDocs would end with less to say
            self.problems.stop_the_build()
        for file, page in pages:
            started = self._start(page, is_lab=bool(labs and labs.should_include(file)))
            if started.is_lab and fnmatch(page.uri, self._again):
                self._labs.forget()
            for place, uri, content in self._made_of(started):
                if uri in files.src_uris:
                    self.problems.report(place or page.uri, f"{uri} is made of another page, too.")
                else:
                    files.append(self._generated(uri, content, config))
        if self._settings.figures.colours:
            palette = self._settings.figures.stylesheet
            files.append(self._generated(PALETTE, palette, config))

    def _read(self, file: File) -> Page | None:
        """Return a page; say where it cannot be read, which MkDocs does with the file alone."""
        try:
            return Page.of_file(file.src_uri, file.content_string)
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            byte = f"{error.object[error.start]:#04x}"
            mistake = f"the page is not UTF-8: it has the byte {byte} on this line."
            self.problems.report(f"{file.src_uri}:{line}", mistake)
            return None

    def _generated(self, uri: str, content: str, config: MkDocsConfig) -> File:
        """Return a file of the site that is made here.

        Plugins for several languages ask each file where it lies; this one lies outside of the
        pages, where nothing is looked for.
        """
        file = File.generated(config, uri, content=content)
        file.abs_src_path = str(self._cache.folder / "made" / uri)
        return file

    def _start(self, page: Page, *, is_lab: bool) -> PageInProgress:
        """Take a page on, and set its blocks going."""
        started = PageInProgress(
            page,
            is_lab=is_lab,
            settings=self._settings,
            problems=self.problems,
            folders=self._folders,
        )
        self._pages[page.uri] = started
        self._sources[page.uri] = page
        if fnmatch(page.uri, self.only):
            for listing in started.listings.values():
                if listing.runs:
                    self._execution.start(listing)
        return started

    def start(self, listing: Listing) -> Future[Ran]:
        """Set a block going that no page shows."""
        return self._execution.start(listing)

    def _made_of(self, started: PageInProgress) -> Iterator[tuple[Place | None, str, str]]:
        """Yield the files that a page gives: stubs, and those that wait for its results."""
        uri = started.page.uri
        for listing in started.listings.values():
            if name := listing.options.stub:
                yield listing.place, stubs.uri_of(uri, name), f"{listing.code}\n"
        for offered in downloads.uris(uri, self._settings).values():
            yield None, offered, ""

    def open_page(
        self, markdown: str, rendered: RenderedPage, config: MkDocsConfig, files: Files
    ) -> str:
        """Return the Markdown of a page with its fences marked, and with its downloads."""
        uri = rendered.file.src_uri
        if uri not in self._pages:  # a draft, or another plugin has added it
            self._start(Page.of_file(uri, rendered.file.content_string), is_lab=False)
        opened = self._pages[uri]
        if opened.page.markdown != markdown:  # another plugin has changed it
            changed = replace(opened.page, markdown=markdown)
            opened = self._start(changed, is_lab=opened.is_lab)
        if opened.is_lab:
            for line, ran in self._labs.run(
                rendered, [*opened.listings.values()], config, files
            ).items():
                opened.results[line] = ran.result
                self._execution.note(opened.listings[line].place, ran)
        filling = Filling(
            opened.page, opened.listings, self.references, self._result_of, self.problems
        )
        opened.fill(filling, rendered.meta)
        text = self._texts[uri] = Text(
            opened.page,
            opened.text,
            opened.formulas,
            opened.listings,
            package=self._settings.package,
            counted=self.references.kinds_counted,
            is_bound=not any(fnmatch(uri, pattern) for pattern in self._settings.unbound),
        )
        text.start(self._execution)
        self._open = opened
        return downloads.with_links(uri, opened.marked(foreign=self._foreign), self._settings)

    def show_block(self, *, code: str, md: Markdown, extra: dict[str, str], **_: Any) -> str:  # noqa: ANN401  # markdown-exec's
        """Return a block as HTML: its code, what it printed, and what it drew."""
        return self._shown(code, "python", extra, md)

    def show_listing(
        self,
        code: str,
        language: str,
        _: str,
        options: dict[str, str],
        md: Markdown,
        **__: Any,  # noqa: ANN401  # SuperFences'
    ) -> str:
        """Return code that does not run as HTML."""
        return self._shown(code, language, options, md)

    def _shown(self, code: str, language: str, options: dict[str, str], md: Markdown) -> str:
        at = options.pop("at", None)
        if at is None or self._open is None:  # it stands in a docstring, or a block has printed it
            return borrowed.highlight(md, code, language, options)
        return self._open.show(at, code, md, processors=self._processors, result_of=self._result_of)

    def _result_of(self, listing: Listing) -> Result:
        page = self._page_of(listing)
        if page.is_lab:  # a cell that has not run cannot run alone
            return page.results.get(listing.fence.line) or Result()
        return page.results.get(listing.fence.line) or self._execution.result(listing)

    def _page_of(self, listing: Listing) -> PageInProgress:
        return self._pages[listing.place.uri]

    def close_page(self, uri: str, html: str) -> str:
        """Return the HTML of a page without marks, and note its formulas."""
        closed = self._pages[uri]
        html = closed.closed(html)
        self._open = None
        self._execution.close_page(uri)
        self._mathematics.collect(closed.page, html)
        return html

    def finish(self, config: MkDocsConfig, files: Files) -> None:
        """Convert all formulas, and write what waits for results."""
        for uri, text in self._texts.items():
            self._check(uri, text)
        self._check_names()
        self._check_links(files)
        self._execution.finish()
        self._mathematics.convert()
        self.references.name(files)
        for finished in self._pages.values():
            self._write_takeaways(finished, config, files)
        self._cache.prune()

    def _check(self, uri: str, text: Text) -> None:
        """Say what is wrong with the text of a page, and how many of its formulas are checked."""
        for fault in text.faults(self._execution):
            self.problems.report(fault.place, fault.message)
            if fault.tex:
                self._mathematics.doubt(uri, fault.tex, fault.message)
        if counts := ", ".join(f"{n} {state}" for state, n in text.account.items()):
            log.info("%s: formulas: %s", uri, counts)

    def _check_names(self) -> None:
        """Say which names in code font do not exist; what has to be imported is asked once."""
        settings = self._settings
        libraries = (settings.package, *settings.preload)
        fences = (each for page in self._pages.values() for each in page.listings.values())
        code = (f"{each.fence.header}\n{each.code}" for each in fences)
        words = words_of_package(settings.package).union(
            *map(words_of, code), *map(words_of, self._configured)
        )
        known = Known.of_book(settings.package, libraries, words, self._files)
        suffixes = {Path(file).suffix for file in self._files}
        found = [
            (Place(uri, each.line), each)
            for uri, text in self._texts.items()
            for each in unknown_names(text.mentions(suffixes), known)
        ]
        names = dict.fromkeys(each.name for _, each in found)
        kept = {name: self._cache.load(keys.name(self._key, name)) for name in names}
        if asked := [name for name, exists in kept.items() if exists is None]:
            wrong = missing(asked, libraries)
            for name in asked:
                kept[name] = name not in wrong
                self._cache.store(keys.name(self._key, name), kept[name])
        for place, each in found:
            if not kept[each.name]:
                self.problems.report(place, each.message)

    def _check_links(self, files: Files) -> None:
        """Say which links lead nowhere, now that the ids of the pages are known."""
        ids = anchors(files)
        for uri in self._texts:
            found = links(self._pages[uri].page, self._pages[uri].results)
            for line, message in broken(found, uri, files=files.src_uris, ids=ids):
                self.problems.report(Place(uri, line), message)

    def _write_takeaways(
        self, finished: PageInProgress, config: MkDocsConfig, files: Files
    ) -> None:
        page = finished.page
        uris = downloads.uris(page.uri, self._settings)
        if not finished.is_closed:  # only a part of the site is built
            for uri in uris.values():
                if uri in files.src_uris:
                    files.remove(files.src_uris[uri])
            return
        made = cells.cells(page, finished.listings, finished.results)
        made = downloads.introduced(made, downloads.about(page, config, self._settings))
        made = downloads.absolute(made, page.uri, files, config.site_url or "")
        for kind, uri in uris.items():
            if file := files.src_uris.get(uri):
                file.content_string = notebooks.WRITERS[kind](made)

    def insert_formulas(self, uri: str, html: str) -> str:
        """Return a page with its formulas, now that the search index has taken its text."""
        return self._mathematics.insert(html, uri)
