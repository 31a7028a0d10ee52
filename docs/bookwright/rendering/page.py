"""A page on its way to HTML: its fences are marked, come back one by one, and are looked for."""

import re
from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from traceback import format_exc
from typing import Any

from markdown import Markdown
from mkdocs.utils import get_relative_url
from pymdownx.superfences import highlight_validator

from bookwright import borrowed
from bookwright.blocks.result import Result
from bookwright.checks import results as checks
from bookwright.checks.html import ids, repeated_ids
from bookwright.checks.results import Problem
from bookwright.pages import listings, marks, references
from bookwright.pages.listings import NOT_READ, Listing
from bookwright.pages.marks import Formula
from bookwright.pages.page import Page
from bookwright.pages.values import STATE
from bookwright.problems import Problems
from bookwright.rendering import blocks
from bookwright.rendering.boxes import is_sheet
from bookwright.rendering.figures import Figure
from bookwright.rendering.filling import Filling
from bookwright.rendering.markdown import PageProcessors
from bookwright.settings import Settings

_MARK = re.compile(r"<!--fence (\d+)-->")


class PageInProgress:
    """A page between its Markdown and its HTML.

    SuperFences drops a fence that it cannot read without a word, and what follows it too. So each
    fence is marked with its line before (`marked`), leaves its mark in the HTML when it is shown
    (`show`), and is missed if the mark is not there in the end (`closed`).
    """

    def __init__(  # noqa: D107  # the class says what it is
        self,
        page: Page,
        *,
        settings: Settings,
        problems: Problems,
        folders: tuple[str, ...] = (),
    ) -> None:
        self.page = page
        self.is_lab = page.is_lab
        self.listings = listings.read(page, package=settings.package, in_a_lab=page.is_lab)
        self.results: dict[int, Result] = {}
        self.text = page.text
        self.formulas: tuple[Formula, ...] = ()
        self.files: dict[str, str] = {}
        self.url = ""
        self.is_closed = False
        self._settings = settings
        self._problems = problems
        self._folders = folders
        self._marked: set[int] = set()
        self._figures = references.figures(page)
        self._number_of: Callable[[str, str], str] = lambda _, name: name

    @property
    def comes_last(self) -> bool:
        """Whether the page shows something of others, and waits for them."""
        return is_sheet(self.page.text)

    def fill(self, filling: Filling, settings: MutableMapping[str, Any]) -> None:
        """Take into the page, and into its settings, what it leaves to blocks and references."""
        self.text = filling.text()
        self.formulas = tuple(marks.formulas(self.text))
        self.listings = {line: filling.header(each) for line, each in self.listings.items()}
        self._number_of = filling.references.number_of
        for name, value in settings.items():
            if isinstance(value, str):
                settings[name] = filling.setting(name, value)
        self.page = self.page.with_text(marks.bare(self.text))

    def marked(self, *, foreign: set[str]) -> str:
        """Return the Markdown with each fence marked by its line, and filled where it is made.

        What is wrong with a fence takes its place. Languages that belong to others stay as they
        are.
        """
        for place in listings.strays(self.page):
            self._problems.report(place, NOT_READ)
        theirs = [each for each in self.listings.values() if each.fence.language in foreign]
        for listing in theirs:
            if listing.fence.fault:
                self._problems.report(listing.place, listing.fence.fault)
        ours = [each for each in self.listings.values() if each not in theirs]
        self._marked = {each.fence.line for each in ours if not each.mistakes}
        return self.page.rewritten({each.fence: self._text(each) for each in ours})

    def _text(self, listing: Listing) -> str:
        line, language = listing.fence.line, listing.fence.language
        for mistake in listing.mistakes:
            self._problems.report(listing.place, mistake)
        if listing.mistakes:
            return blocks.notice(listing.place, " ".join(listing.mistakes), listing.code)
        runs = {"exec": "on"} if listing.runs or line in self.results else {}
        return listing.fence.text(listing.code, language or "text", **runs, at=str(line))

    def show(
        self,
        at: str,
        code: str,
        md: Markdown,
        *,
        processors: PageProcessors,
        result_of: Callable[[Listing], Result],
    ) -> str:
        """Return a fence that has come back as HTML, whatever happens: SuperFences hides errors."""
        listing = self.listings[int(at)]
        if code.rstrip() != listing.code.rstrip():
            self._problems.report(listing.place, "Markdown reads other code in this fence.")
        try:
            html = borrowed.highlight(md, code, listing.fence.language, listing.options.looks)
            html = blocks.plain(html)
            if listing.runs or listing.fence.line in self.results:
                result = self.results[listing.fence.line] = result_of(listing)
                convert = partial(processors.convert, page=md)
                shown = [*self._output(listing, result, convert)]
                html = blocks.without_repeated(html, listing.repeated, self._settings.words)
                html = blocks.block(listing, html, shown, self._settings, copy=not self.is_lab)
            elif not listing.is_folded and listing.open_lines > self._settings.longest_code:
                html = blocks.fold(html, listing.open_lines, self._settings.words)
        except Exception as error:  # noqa: BLE001  # whatever it is, it must be seen
            problem = Problem(f"the fence cannot be shown: {error!r}.", None, format_exc())
            html = "".join(self._notices(listing, [problem]))
        html = f"<!--fence {at}-->{html}"
        borrowed.note_anchors(md, ids(html))
        borrowed.keep_headings(md, html)
        return html

    def problems_of(self, listing: Listing, result: Result) -> list[Problem]:
        """Return what is wrong with a result."""
        most, folders = self._settings.most_output, self._folders
        length = checks.length(listing, longest=self._settings.longest_code)
        if self.is_lab:
            found = checks.of_cell(result, listing.options, most_output=most, folders=folders)
        else:
            found = checks.problems(listing, result, most_output=most, folders=folders)
        return [*found, *length]

    def _output(
        self, listing: Listing, result: Result, convert: Callable[[str], str]
    ) -> Iterator[str]:
        drawn = blocks.drawings(listing, result, self._settings)
        files = (figure.svg for each in drawn for figure in each.values())
        sizes = checks.sizes(files, largest=self._settings.largest_figure)
        if problems := [*self.problems_of(listing, result), *sizes]:
            yield from blocks.as_text(result)
            yield from self._notices(listing, problems)
        else:
            images = [*self._images(drawn, listing, result, convert)]
            yield from blocks.output(listing, result, images, self._settings, convert)

    def _images(
        self,
        drawn: list[dict[str, Figure]],
        listing: Listing,
        result: Result,
        convert: Callable[[str], str],
    ) -> Iterator[str]:
        """Take figures into the files of the page, and yield how it shows them."""
        names, options = self._figures.get(listing.fence.line, []), listing.options
        captions = (convert(each) for each in options.caption)
        state = result.answers[listing.asked.index(STATE)][0] if options.play else ""
        for name, drawing, alt in zip(names, drawn, options.alt, strict=True):
            is_first = not self.files
            self.files |= {uri: figure.svg for uri, figure in drawing.items()}
            placed = {get_relative_url(uri, self.url): each for uri, each in drawing.items()}
            image = blocks.image(placed, alt, is_first=is_first)
            caption = next(captions, "").removeprefix("<p>").removesuffix("</p>")
            number = self._number_of(self.page.uri, name)
            figure = blocks.numbered(image, name, number, caption, self._settings.words)
            yield blocks.played(figure, options.play, state) if options.play else figure

    def _notices(self, listing: Listing, problems: list[Problem]) -> Iterator[str]:
        """Report problems, each under its line, and yield them as HTML."""
        for summary, line, details in problems:
            place, text = listing.place, summary
            if line:
                place = self.page.place(listing.fence.line + line)
                code = listing.code.split("\n")[line - 1].strip()
                text = summary if summary.endswith(".") else f"{summary}, in `{code}`"
            self._problems.report(place, f"{text}\n{details}".rstrip())
            yield blocks.notice(place, text, details)

    def closed(self, html: str) -> str:
        """Return the HTML of the page without marks; say which fences are not in it."""
        self.is_closed = True
        read = {int(line) for line in _MARK.findall(html)}
        for line in sorted(self._marked - read):
            self._problems.report(self.page.place(line), NOT_READ)
        html = _MARK.sub("", html)
        for name in repeated_ids(html):
            mistake = f"more than one element of the page has the id {name!r}."
            self._problems.report(self.page.place_of(name), mistake)
        return html


def accept(
    language: str,
    inputs: dict[str, str],
    options: dict[str, str],
    attrs: dict[str, str],
    md: Markdown,
) -> bool:
    """Let SuperFences accept the header of a fence with its mark."""
    if "at" in inputs:
        options["at"] = inputs.pop("at")
    return bool(highlight_validator(language, inputs, options, attrs, md))
