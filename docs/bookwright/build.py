"""One build: what is read, run, checked and shown of each page, and what is made of it."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from traceback import format_exc
from typing import Any

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as RenderedPage
from pymdownx.superfences import highlight_validator

from . import borrowed, keys
from .blocks import isolation
from .blocks.execution import Execution, Ran
from .blocks.labs import PLUGIN, Labs
from .blocks.result import Result
from .cache import Cache
from .checks import html as checks_of_html
from .checks import results as checks_of_results
from .checks.results import Problem
from .pages import listings, sources, stubs
from .pages.listings import NOT_READ, Listing
from .pages.options import PYTHON
from .pages.page import Page
from .problems import Problems
from .rendering import blocks
from .rendering.formulas import Mathematics
from .rendering.markdown import PageProcessors
from .settings import Settings
from .takeaways import cells, documents, offers

Show = Callable[[Listing, "_Open", Markdown], str]

_MARK = re.compile(r"<!--fence (\d+)-->")

PALETTE = "assets/figures.css"
CHILD = Path(isolation.__file__).parent


@dataclass
class _Open:
    """A page on its way: what its author wrote, what of it was seen again, and what came of it."""

    page: Page
    listings: dict[int, Listing]
    is_lab: bool
    replaced: set[int] = field(default_factory=set)
    ran: dict[int, Ran] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)


class Build:
    """What lives as long as one build."""

    def __init__(self, settings: Settings, config: MkDocsConfig) -> None:
        """Prepare a build; `BOOKWRIGHT_CACHE` and `BOOKWRIGHT_AGAIN` say where and what to keep."""
        root = Path(config.config_file_path).parent
        self.problems = Problems()
        self._settings = settings
        self._cache = Cache(Path(os.environ.get("BOOKWRIGHT_CACHE", root / ".cache")))
        sandbox = isolation.Sandbox(
            isolation.environment(settings.environment),
            settings.figures.matplotlib_style,
            settings.preload,
        )
        key = keys.fingerprint(
            folders=[sources.package_folder(settings.package), CHILD],
            settings=[sandbox.environment, sandbox.style],
        )
        self._execution = Execution(
            sandbox,
            self._cache,
            fingerprint=key,
            seconds=settings.block_seconds,
            again=os.environ.get("BOOKWRIGHT_AGAIN", ""),
            is_sound=lambda listing, result: not self._problems_of(listing, result),
        )
        self._labs = Labs(self._cache, key, settings, self.problems)
        self._mathematics = Mathematics(self._cache, self.problems)
        self._processors = PageProcessors()
        self._pages: dict[str, _Open] = {}
        self._current: _Open | None = None
        self._configure(config)

    def _configure(self, config: MkDocsConfig) -> None:
        self._labs.configure(config)
        config.markdown_extensions.append(self._processors)  # type: ignore[arg-type]  # Markdown takes both
        fences = config.mdx_configs.setdefault("pymdownx.superfences", {})
        others = fences.setdefault("custom_fences", [])
        self._foreign = {fence["name"] for fence in others} - {*PYTHON}
        everything = {"name": "*", "class": "", "validator": _place, "format": self.show_listing}
        others.append(everything)
        if self._settings.figures.colours:
            config.extra_css.insert(0, PALETTE)

    @property
    def templates(self) -> BytecodeCache | None:
        """Where compiled templates are kept, if that can be done."""
        if not self._cache.is_writable:
            return None
        folder = self._cache.folder / "templates"
        folder.mkdir(exist_ok=True)
        return FileSystemBytecodeCache(str(folder))

    # Each page is read, and its blocks are set going.

    def collect(self, files: Files, config: MkDocsConfig) -> None:
        """Read all pages, set their blocks going, and add the files that are made of them."""
        labs = config.plugins.get(PLUGIN)
        for file in list(files.documentation_pages()):
            try:
                page = Page.of_file(file.src_uri, file.content_string)
            except UnicodeDecodeError as error:
                line = error.object[: error.start].count(b"\n") + 1
                byte = error.object[error.start]
                mistake = f"the page is not UTF-8: it has the byte {byte:#04x} on this line"
                self.problems.report(f"{file.src_uri}:{line}", f"{mistake}.")
                continue
            is_lab = bool(labs and labs.should_include(file))
            opened = self._opened(page, is_lab=is_lab)
            for uri, content in self._made_of(opened):
                files.append(File.generated(config, uri, content=content))
        self.problems.stop_the_build()
        if self._settings.figures.colours:
            palette = self._settings.figures.stylesheet
            files.append(File.generated(config, PALETTE, content=palette))

    def _opened(self, page: Page, *, is_lab: bool) -> _Open:
        found = listings.read(page, package=self._settings.package, in_a_lab=is_lab)
        self._pages[page.uri] = _Open(page, found, is_lab)
        for listing in found.values():
            if listing.runs:
                self._execution.start(listing)
        return self._pages[page.uri]

    def _made_of(self, opened: _Open) -> Iterator[tuple[str, str]]:
        """Yield the files that a page gives: stubs, and those that wait for its results."""
        for listing in opened.listings.values():
            if name := listing.options.stub:
                yield stubs.uri_of(opened.page.uri, name), f"{listing.code}\n"
        for uri in offers.uris(opened.page.uri, self._settings).values():
            yield uri, ""

    # Each page is marked, so that its blocks are known when they come back.

    def open_page(
        self, markdown: str, rendered: RenderedPage, config: MkDocsConfig, files: Files
    ) -> str:
        """Return the Markdown of a page with each fence marked by its line, and with its offers."""
        uri = rendered.file.src_uri
        opened = self._pages[uri]
        if opened.page.markdown != markdown:  # another plugin has changed it
            above = rendered.file.content_string.count("\n") - markdown.count("\n")
            opened = self._opened(Page(uri, markdown, above), is_lab=opened.is_lab)
        self._current = opened
        if opened.is_lab:
            code = [each for each in opened.listings.values() if each.fence.language == "python"]
            opened.ran = self._labs.run(rendered, code, config, files)
        for place in listings.strays(opened.page):
            self.problems.report(place, NOT_READ)
        marked = {each.fence: self._marked(each, opened) for each in opened.listings.values()}
        text = opened.page.rewritten({fence: new for fence, new in marked.items() if new})
        return offers.with_links(uri, text, self._settings)

    def _marked(self, listing: Listing, opened: _Open) -> str | None:
        line, language = listing.fence.line, listing.fence.language
        for mistake in listing.mistakes:
            self.problems.report(listing.place, mistake)
        if listing.mistakes:
            opened.replaced.add(line)
            return blocks.notice(listing.place, " ".join(listing.mistakes), listing.code)
        if language in self._foreign:
            opened.replaced.add(line)
            return None
        runs = {"exec": "on"} if listing.runs or line in opened.ran else {}
        return listing.fence.text(listing.code, language or "text", **runs, at=str(line))

    # Markdown comes back with what it has read.

    def show_block(self, *, code: str, md: Markdown, extra: dict[str, str], **_: Any) -> str:  # noqa: ANN401  # markdown-exec's
        """Return a block as HTML: its code, what it printed, and what it drew."""
        return self._shown(extra.get("at"), code, md, self._block)

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
        if "at" not in options:  # it stands in a docstring, or a block has printed it
            return borrowed.highlight(md, code, language, options)
        return self._shown(options["at"], code, md, self._listing)

    def _shown(self, at: str | None, code: str, md: Markdown, show: Show) -> str:
        """Return a fence of the open page as HTML, whatever happens: SuperFences hides errors."""
        opened = self._current
        listing = opened.listings.get(int(at)) if opened and at else None
        if listing is None or opened is None:
            return borrowed.highlight(md, code, "python", {})
        if code.rstrip() != listing.code.rstrip():
            self.problems.report(listing.place, "Markdown reads other code in this fence.")
        try:
            html = show(listing, opened, md)
        except Exception as error:  # noqa: BLE001
            problem = Problem(f"the fence cannot be shown: {error!r}.", None, format_exc())
            html = "".join(self._notices(listing, opened, [problem]))
        return f"{_mark(listing.fence.line)}{html}"

    def _listing(self, listing: Listing, _: _Open, md: Markdown) -> str:
        return borrowed.highlight(md, listing.code, listing.fence.language, listing.options.looks)

    def _block(self, listing: Listing, opened: _Open, md: Markdown) -> str:
        line = listing.fence.line
        if opened.is_lab:
            self._execution.note(listing.place, opened.ran[line])
            result = opened.ran[line].result
        else:
            result = self._execution.result(listing)
        opened.results[line] = result
        parts = [self._listing(listing, opened, md)]
        drawn = blocks.drawings(listing, result, self._settings)
        problems = [
            *self._problems_of(listing, result),
            *checks_of_results.sizes(drawn, largest=self._settings.largest_figure),
        ]
        if problems:
            parts += [*blocks.as_text(result), *self._notices(listing, opened, problems)]
        else:
            parts += blocks.output(
                listing, result, drawn, self._settings, partial(self._processors.convert, page=md)
            )
        return blocks.block(listing, parts, copy=not opened.is_lab)

    def _problems_of(self, listing: Listing, result: Result) -> list[Problem]:
        opened = self._pages[listing.place.uri]
        most = self._settings.most_output
        if opened.is_lab:
            return checks_of_results.of_cell(result, listing.options, most_output=most)
        return checks_of_results.problems(listing, result, most_output=most)

    def _notices(self, listing: Listing, opened: _Open, problems: list[Problem]) -> Iterator[str]:
        """Report problems, each under its line, and yield them as HTML."""
        for summary, line, details in problems:
            place, text = listing.place, summary
            if line:
                place = opened.page.place(listing.fence.line + line)
                code = listing.code.split("\n")[line - 1].strip()
                text = summary if summary.endswith(".") else f"{summary}, in `{code}`"
            self.problems.report(place, f"{text}\n{details}".rstrip())
            yield blocks.notice(place, text, details)

    # The page is complete, then all pages are.

    def close_page(self, uri: str, html: str) -> str:
        """Say which fences of a page Markdown has not read, and note its formulas."""
        opened = self._pages[uri]
        read = {int(line) for line in _MARK.findall(html)}
        for line in sorted(opened.listings.keys() - opened.replaced - read):
            self.problems.report(opened.page.place(line), NOT_READ)
        html = _MARK.sub("", html)
        for name in checks_of_html.repeated_ids(html):
            place = opened.page.place(opened.page.line_with(name))
            self.problems.report(place, f"more than one element of the page has the id {name!r}.")
        self._execution.close_page(uri)
        self._mathematics.collect(uri, html)
        self._current = None
        return html

    def finish(self, config: MkDocsConfig, files: Files) -> None:
        """Convert all formulas, and write what waits for results."""
        self._execution.finish()
        self._mathematics.convert()
        for opened in self._pages.values():
            self._write_takeaways(opened, config, files)
        self._cache.prune()

    def _write_takeaways(self, opened: _Open, config: MkDocsConfig, files: Files) -> None:
        page = opened.page
        uris = offers.uris(page.uri, self._settings)
        if not uris:
            return
        made = cells.cells(page, opened.listings, opened.results)
        made = offers.introduced(made, offers.about(page, config, self._settings))
        made = offers.absolute(made, page.uri, files, config.site_url or "")
        for kind, uri in uris.items():
            file = files.get_file_from_path(uri)
            if file is not None:
                file.content_string = documents.WRITERS[kind](made)

    def insert_formulas(self, html: str) -> str:
        """Return a page with its formulas, now that the search index has taken its text."""
        return self._mathematics.insert(html)


def _mark(line: int) -> str:
    """Return what tells in the HTML of a page that Markdown has read the fence on a line."""
    return f"<!--fence {line}-->"


def _place(
    language: str,
    inputs: dict[str, str],
    options: dict[str, str],
    attrs: dict[str, str],
    md: Markdown,
) -> bool:
    """Accept the header of a fence with the line that it is marked with."""
    if "at" in inputs:
        options["at"] = inputs.pop("at")
    return bool(highlight_validator(language, inputs, options, attrs, md))
