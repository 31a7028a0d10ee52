"""One build: pages are read, their blocks run, and what waits for results is made."""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from fnmatch import fnmatch
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as RenderedPage
from mkdocs.utils import get_relative_url

from bookwright import borrowed, keys
from bookwright.arrivals import Arrivals, when_come
from bookwright.blocks import isolation
from bookwright.blocks.execution import Execution, Ran, Workers
from bookwright.blocks.labs import Labs
from bookwright.blocks.result import Result
from bookwright.cache import Cache
from bookwright.checks.across import Facts, Neighbours
from bookwright.checks.links import links
from bookwright.checks.names import words_of
from bookwright.checks.texts import Text
from bookwright.formulas import check
from bookwright.kept import Kept, Rendered, Shelf
from bookwright.pages import sources, stubs
from bookwright.pages.listings import Listing
from bookwright.pages.options import PYTHON
from bookwright.pages.page import Page, Place
from bookwright.pages.references import References
from bookwright.problems import Problems
from bookwright.rendering import awaited, boxes, frame, styles
from bookwright.rendering.crossings import Crossings
from bookwright.rendering.filling import Filling
from bookwright.rendering.formulas import Mathematics
from bookwright.rendering.map import with_map
from bookwright.rendering.markdown import PageProcessors
from bookwright.rendering.page import PageInProgress, accept
from bookwright.rendering.search import sought
from bookwright.rendering.tables import with_headers
from bookwright.settings import Settings
from bookwright.takeaways import cells, downloads, wheel

log = logging.getLogger("mkdocs.bookwright")

ENGINE = Path(__file__).parent
CHILD = [Path(isolation.__file__).parent, Path(borrowed.__file__)]
FORMULAS = Path(check.__file__).parent


class Build:
    """What lives as long as one build."""

    def __init__(
        self,
        settings: Settings,
        config: MkDocsConfig,
        *,
        workers: Workers | None = None,
        arrivals: Arrivals | None = None,
    ) -> None:
        """Prepare a build; `BOOKWRIGHT_CACHE` and `BOOKWRIGHT_AGAIN` say where and what to keep.

        Where pages are served, builds have workers in common, and need not wait for them.
        """
        configured = Path(config.config_file_path).resolve()
        root = configured.parent
        self.problems = Problems()
        self._arrivals = arrivals or Arrivals()
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
            (*settings.preload, *settings.late),
            tuple(map(str, known)),
        )
        self._key = keys.fingerprint(paths=known, settings=[sandbox.environment, sandbox.style])
        self._neighbours = Neighbours(
            root,
            configured,
            package=settings.package,
            libraries=settings.preload,
            sandbox=sandbox,
            cache=self._cache,
            fingerprint=self._key,
        )
        self._execution = Execution(
            sandbox,
            self._cache,
            fingerprint=self._key,
            formulas=keys.contents(FORMULAS),
            seconds=settings.block_seconds,
            again=self._again,
            is_sound=lambda listing, result: (
                not self._page_of(listing).problems_of(listing, result)
            ),
            workers=workers or Workers(),
            resumes=self._arrivals.begin(),
        )
        self._labs = Labs(
            sandbox,
            self._cache,
            self._execution,
            self.problems,
            fingerprint=self._key,
            seconds=settings.cell_seconds,
        )
        self._carried = (
            wheel.carried(root, settings.package, settings.installation, self._cache)
            if settings.installation
            else None
        )
        self._mathematics = Mathematics(self._cache, self.problems)
        self._processors = PageProcessors()
        self._pages: dict[str, PageInProgress] = {}
        self._sources: dict[str, Page] = {}
        self._texts: dict[str, Text] = {}
        self._rendered: dict[str, Rendered] = {}
        self._sought: dict[str, str] = {}
        self._runs: dict[str, list[Future[Any]]] = {}
        self.references = References(
            settings.words.pages, settings.numbered, settings.anchors, settings.of_page
        )
        self._open: PageInProgress | None = None
        self._foreign: set[str] = set()
        self._crossings = Crossings.of((), glossary="", package=settings.package)
        self._configure(config)
        common = keys.digest(
            self._key,
            keys.contents(ENGINE),
            *(keys.contents(root / hook) for hook in config.hooks),
            keys.configuration(configured),
            str(config.site_url),
            repr(self._carried and self._carried.from_address),
            repr(sorted(self._neighbours.suffixes)),
        )
        self._shelf = Shelf(self._cache, common, self._arrivals.held)

    def _configure(self, config: MkDocsConfig) -> None:
        """Add to the configuration what this build needs, in place of what an earlier one added."""
        extensions: list[Any] = config.markdown_extensions
        extensions[:] = [each for each in extensions if not isinstance(each, PageProcessors)]
        extensions.append(self._processors)
        fences = config.mdx_configs.setdefault("pymdownx.superfences", {})
        others = fences.setdefault("custom_fences", [])
        others[:] = [fence for fence in others if fence["name"] != "*"]
        self._foreign = {fence["name"] for fence in others} - {*PYTHON}
        everything = {"name": "*", "class": "", "validator": accept, "format": self.show_listing}
        others.append(everything)

    @property
    def templates(self) -> BytecodeCache | None:
        """Where compiled templates are kept, if that can be done."""
        if not self._cache.is_writable:
            return None
        folder = self._cache.folder / "templates"
        folder.mkdir(exist_ok=True)
        return FileSystemBytecodeCache(str(folder))

    def collect(self, files: Files, config: MkDocsConfig) -> None:
        """Find the pages that are kept, set the blocks of others going, and add what they make."""
        found = list(files.documentation_pages())
        pages = [page for file in found if (page := self._read(file))]
        if len(pages) < len(found):  # MkDocs would end with less to say
            self.problems.stop_the_build()
        for page in pages:
            self._sources[page.uri] = page
            if not self._is_asked_for(page.uri) and (kept := self._shelf.find(page)):
                self.references.add(page, kept.ids)
            else:
                self._start(page)
            for place, uri, content in self._made_of(page.uri):
                if uri in files.src_uris:
                    self.problems.report(place or page.uri, f"{uri} is made of another page, too.")
                else:
                    files.append(self._generated(uri, content, config))
        for name, data in (self._carried.files if self._carried else {}).items():
            files.append(self._generated(name, data, config))
        self._crossings = Crossings.of(
            pages, glossary=self._settings.glossary, package=self._settings.package
        )
        self._arrivals.expect(self._runs)

    def _is_asked_for(self, uri: str) -> bool:
        """Tell whether a page has to be made: its blocks shall run, or it is tested by itself."""
        return fnmatch(uri, self._again) or (self.only != "*" and fnmatch(uri, self.only))

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

    def _generated(self, uri: str, content: str | bytes, config: MkDocsConfig) -> File:
        """Return a file of the site that is made here.

        Plugins for several languages ask each file where it lies; this one lies outside of the
        pages, where nothing is looked for.
        """
        file = File.generated(config, uri, content=content)
        file.abs_src_path = str(self._cache.folder / "made" / uri)
        return file

    def _start(self, page: Page) -> PageInProgress:
        """Take a page on, and set its blocks going."""
        started = self._in_progress(page)
        self._shelf.pages.pop(page.uri, None)
        self._pages[page.uri] = started
        self._sources[page.uri] = page
        self.references.add(page)
        runs = self._runs[page.uri] = []
        if fnmatch(page.uri, self.only):
            listings = [*started.listings.values()]
            runs += [self._execution.start(each) for each in listings if each.runs]
            runs += [self._labs.start(page, listings)] if page.is_lab else []
        return started

    def _in_progress(self, page: Page) -> PageInProgress:
        return PageInProgress(
            page, settings=self._settings, problems=self.problems, folders=self._folders
        )

    def start(self, listing: Listing) -> Future[Ran]:
        """Set a block going that no page shows."""
        return self._execution.start(listing)

    def _made_of(self, uri: str) -> Iterator[tuple[Place | None, str, str]]:
        """Yield the files that pages can link to: stubs, and downloads, which wait for results."""
        if kept := self._shelf.pages.get(uri):
            for made in kept.waits:
                yield None, made, kept.files[made]
            return
        for listing in self._pages[uri].listings.values():
            if name := listing.options.stub:
                file = stubs.file_of(listing.code, self._settings.words.passed)
                yield listing.place, stubs.uri_of(uri, name), file
        for offered in downloads.uris(uri, self._settings).values():
            yield None, offered, ""

    def open_page(self, markdown: str, rendered: RenderedPage, files: Files) -> str:
        """Return the Markdown of a page with its fences marked, and with its downloads."""
        for stale in self._shelf.settle(files, self.references.state, self._crossings.state):
            self._start(self._sources[stale])
        uri = rendered.file.src_uri
        if uri not in self._sources:  # a draft, or another plugin has added it
            self._start(Page.of_file(uri, rendered.file.content_string))
        if self._sources[uri].markdown != markdown:  # another plugin has changed it
            self._start(replace(self._sources[uri], markdown=markdown))
        if kept := self._shelf.pages.get(uri):
            kept.put_back(rendered)
            return markdown
        opened = self._pages[uri]
        if self._arrivals.puts_off(uri, self._runs[uri]):
            return awaited.put_off(rendered, opened.page, self._runs[uri], self._settings.words)
        if opened.is_lab:
            listings = [*opened.listings.values()]
            for line, ran in self._labs.results(opened.page, listings).items():
                opened.results[line] = ran.result
                self._execution.note(opened.listings[line].place, ran)
        filling = Filling(
            opened.page, opened.listings, self.references, self._result_of, self.problems
        )
        opened.url = rendered.url
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
        rendered.render = partial(self._render, rendered)  # type: ignore[method-assign]
        return downloads.with_links(uri, opened.marked(foreign=self._foreign), self._settings)

    def _render(self, rendered: RenderedPage, config: MkDocsConfig, files: Files) -> None:
        log.debug("%s: made", rendered.file.src_uri)
        self._rendered[rendered.file.src_uri] = Rendered.of(rendered, config, files)

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
        uri = listing.place.uri
        return self._pages.get(uri) or self._in_progress(self._sources[uri])

    def close_page(self, uri: str, html: str) -> str:
        """Return the HTML of a page without marks, and note its formulas."""
        if uri in self._shelf.pages or uri in self._arrivals.put_off:
            return html
        closed = self._pages[uri]
        rendered = self._rendered.get(uri)
        if rendered and rendered.content != html:  # another plugin has a part in it
            del self._rendered[uri]
        html = closed.closed(html)
        self._open = None
        self._execution.close_page(uri)
        self._mathematics.collect(closed.page, html)
        return html

    def finish(self, config: MkDocsConfig, files: Files) -> None:
        """Convert all formulas, and write what waits for results."""
        late = {uri for uri, text in self._texts.items() if self._arrivals.is_late(text.runs)}
        for uri, text in self._texts.items():
            if uri not in late:
                self._check(uri, text)
        facts = {uri: kept.facts for uri, kept in self._shelf.pages.items()}
        facts |= {uri: self._facts(uri) for uri in self._pages}
        for fault in self._neighbours.faults(facts, files):
            self.problems.report(fault.place, fault.message)
        self._execution.finish(
            sum(kept.blocks for kept in self._shelf.pages.values()), self._pages.keys()
        )
        self._mathematics.convert()
        self._crossings.note(
            (file.src_uri, (file.page and file.page.content) or "")
            for file in files.documentation_pages()
        )
        for uri, closed in sorted(self._pages.items(), key=lambda each: each[1].comes_last):
            if not closed.is_closed:  # it is put off, or only a part of the site is built
                downloads.drop(uri, files, self._settings)
                continue
            kept = self._completed(closed, facts[uri], config, files)
            if uri in late:
                self._shelf.hold(self._sources[uri], kept)
                when_come(self._texts[uri].runs, partial(self._judge_late, uri, kept))
            elif kept:
                self._shelf.keep(self._sources[uri], kept)
        self._account(len(self._rendered))
        self.references.name(files)
        drawn = [each.files for each in self._pages.values()]
        for contents in (*drawn, *(each.files for each in self._shelf.pages.values())):
            for uri in contents.keys() - files.src_uris.keys():
                files.append(self._generated(uri, contents[uri], config))
        styles.lighten(config, files, self._cache)
        self._cache.prune()
        self._arrivals.finish()

    def _judge_late(self, uri: str, kept: Kept | None) -> None:
        """Keep a page that has been served, or have the next build say what is wrong with it."""
        text, source = self._texts[uri], self._sources[uri]
        self._shelf.release(source)
        if any(text.faults(self._execution)):
            self._arrivals.ask()
        elif kept:
            judged = replace(kept, facts=self._facts(uri), account=dict(text.account))
            self._shelf.keep(source, judged)

    def _completed(
        self, closed: PageInProgress, facts: Facts, config: MkDocsConfig, files: Files
    ) -> Kept | None:
        """Put formulas and downloads into a page, and return it if it can be kept."""
        uri = closed.page.uri
        made = cells.cells(closed.page, closed.listings, closed.results)
        downloads.fill(closed.page, made, config, files, self._settings, self._carried)
        file = files.src_uris.get(uri)
        if not file or not file.page:
            return None
        self._mathematics.insert_into(file.page)
        html = with_headers(file.page.content or "")
        url_of = partial(_relative_url, files=files, base=file.page.url)
        if self._carried:
            place = partial(get_relative_url, other=file.page.url)
            html = wheel.with_line(html, self._carried, config.site_url or "", place)
        html = boxes.with_boxes(html)
        if boxes.is_sheet(html):
            html = boxes.with_sheet(html, self._boxes(files, url_of))
        html = with_map(html, self.references, url_of, partial(_title_of, files=files))
        called = {each: self.references.name_of(each) for each in self.references.numbers}
        html = self._crossings.linked(uri, html, url_of, called)
        around = frame.of_page(closed.page, file.page, self.references, self.problems, url_of)
        file.page.content = frame.framed(html, around, self._settings.words)
        self._sought[uri] = sought(file.page.content or "", self._settings.titled)
        return self._kept(uri, file.page, facts, files)

    def _boxes(self, files: Files, url_of: Callable[[str], str]) -> Iterator[boxes.Boxes]:
        """Yield the formulas of each numbered page that stand in boxes."""
        for uri, number in self.references.numbers.items():
            title = f"{number}. {_title_of(uri, files=files)}"
            page = files.src_uris[uri].page
            yield boxes.Boxes(title, url_of(uri), boxes.boxed(page.content or "" if page else ""))

    def _check(self, uri: str, text: Text) -> None:
        """Say what is wrong with the text of a page."""
        for fault in text.faults(self._execution):
            self.problems.report(fault.place, fault.message)
            if fault.tex:
                self._mathematics.doubt(uri, fault.tex, fault.message)

    def _facts(self, uri: str) -> Facts:
        """Return what of a page matters to others, or they to it."""
        page, text = self._pages[uri], self._texts.get(uri)
        code = (f"{each.fence.header}\n{each.code}" for each in page.listings.values())
        return Facts(
            sorted(set().union(*map(words_of, code))),
            [*text.mentions(self._neighbours.suffixes)] if text else [],
            [*links(page.page, page.results)] if text else [],
        )

    def _account(self, made: int) -> None:
        """Say how many pages are made, and how many of their formulas are checked."""
        log.info("All pages: %s made, %s kept", made, len(self._shelf.pages))
        total: Counter[str] = Counter()
        for account in (each.account for each in self._shelf.pages.values()):
            total.update(account)
        for text in self._texts.values():
            total.update(text.account)
        if total:
            log.info(
                "All pages: formulas: %s", ", ".join(f"{n} {state}" for state, n in total.items())
            )

    def _kept(self, uri: str, page: RenderedPage, facts: Facts, files: Files) -> Kept | None:
        """Return a page as it is kept, if there is nothing to say of it."""
        rendered, closed, text = self._rendered.get(uri), self._pages[uri], self._texts[uri]
        if rendered is None or rendered.has_remarks or self.problems.are_on(uri):
            return None
        if closed.comes_last:  # it is made of others
            return None
        made = [name for _, name, _ in self._made_of(uri)]
        ran = self._execution.on_page(uri)
        return Kept(
            site=self._shelf.site,
            reads=keys.files(file for each in ran for file in each.result.files),
            rendered=rendered.finished(page),
            settings={name: each for name, each in page.meta.items() if isinstance(each, str)},
            sought=self._sought[uri],
            files={name: files.src_uris[name].content_string for name in made} | closed.files,
            waits=made,
            ids=[*self.references.ids[uri]],
            facts=facts,
            account=dict(text.account),
            blocks=len(ran),
        )

    def sought(self, page: RenderedPage) -> str:
        """Return the part of a page that the search looks at."""
        kept = self._shelf.pages.get(page.file.src_uri)
        return kept.sought if kept else self._sought.get(page.file.src_uri, "")


def _title_of(uri: str, *, files: Files) -> str:
    page = files.src_uris[uri].page
    return unescape(str(page.title)) if page else ""


def _relative_url(uri: str, *, files: Files, base: str) -> str:
    return get_relative_url(files.src_uris[uri].url, base)
