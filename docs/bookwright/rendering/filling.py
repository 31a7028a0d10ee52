"""Fill in what the text of a page leaves to its blocks and to the rest of the book."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape

from bookwright.blocks.result import Result
from bookwright.blocks.values import written
from bookwright.pages import listings, marks, values
from bookwright.pages.listings import Listing
from bookwright.pages.marks import COUNT, GIVEN, NEVER_CLOSED, REFERENCES, Mark
from bookwright.pages.page import Page, Place
from bookwright.pages.references import References
from bookwright.problems import Problems

_NO_REASON = "a number that is given says what it is: @given{1847: the year of the note}."


@dataclass
class Filling:
    """What a page is filled in with.

    Args:
        page: The page.
        listings: Its fences, by their lines.
        references: What can be referred to.
        result_of: Returns what came of a block.
        problems: Where it is said what cannot be filled in.
    """

    page: Page
    listings: Mapping[int, Listing]
    references: References
    result_of: Callable[[Listing], Result]
    problems: Problems

    def text(self) -> str:
        """Return the text of the page, filled in."""
        text = self.page.text
        return marks.fill(text, lambda mark: self._at(mark, text, *values.position(text, mark)))

    def header(self, listing: Listing) -> Listing:
        """Return a listing with its title and descriptions filled in."""

        def filled(text: str) -> str:
            line, indent = listing.fence.line, len(listing.fence.indent)
            return marks.bare(
                marks.fill(text, lambda mark: self._at(mark, text, line, indent, below=1))
            )

        options = listing.options
        alt, caption = (tuple(map(filled, each)) for each in (options.alt, options.caption))
        title = filled(options.title)
        return replace(listing, options=replace(options, alt=alt, caption=caption, title=title))

    def setting(self, name: str, text: str) -> str:
        """Return a setting of the page, such as its description, filled in."""
        line = self.page.place_of_setting(name).line - self.page.lines_above
        return marks.bare(marks.fill(text, lambda mark: self._at(mark, text, line, 0)))

    def _at(self, mark: Mark, text: str, line: int, indent: int, below: int = 0) -> str:
        if mark.content is None:
            return self._failed(mark, self.page.place(line), NEVER_CLOSED)
        try:
            return self._filling(mark, text, line + below, indent)
        except (LookupError, ValueError) as error:
            return self._failed(mark, self.page.place(line), str(error.args[0]))

    def _filling(self, mark: Mark, text: str, line: int, indent: int) -> str:
        if mark.name in REFERENCES:
            return self.references.filling(mark, self.page, text)
        if mark.name == COUNT:
            return self._count(mark)
        return _given(mark) if mark.name == GIVEN else self._value(mark, line, indent)

    def _count(self, mark: Mark) -> str:
        what, _, form = (mark.content or "").partition(":")
        return written(self.references.count(what.strip(), self.page), form, mark.context)

    def _value(self, mark: Mark, line: int, indent: int) -> str:
        asked = values.asked(mark)
        if mistake := values.mistake(asked):
            raise LookupError(mistake)
        fence = values.block_of(mark, line, indent, listings.blocks(self.listings))
        listing = self.listings[fence.line]
        answers = self.result_of(listing).answers
        if not answers:
            raise LookupError("its block has come to no end.")
        text, error = answers[listing.asked.index(asked)]
        if error:
            raise LookupError(error if error.endswith(".") else f"{error}.")
        return text

    def _failed(self, mark: Mark, place: Place, message: str) -> str:
        written = f"@{mark.name}{{{mark.content or ''}}}"
        self.problems.report(place, f"{written}: {message}")
        if mark.context == "text":
            return f'<strong class="value-error">{escape(f"{written}: {message}")}</strong>'
        return r"\text{?}" if mark.context == "tex" else "?"


def _given(mark: Mark) -> str:
    number, _, reason = (mark.content or "").partition(":")
    if not reason.strip():
        raise LookupError(_NO_REASON)
    return number.strip()
