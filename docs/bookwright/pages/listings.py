"""What becomes of each fence of a page: its code, filled in where it is made, and its options."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bookwright.pages import options, sources, stubs, values
from bookwright.pages.fences import Fence
from bookwright.pages.options import Options
from bookwright.pages.page import Page, Place
from bookwright.pages.repeated import repeated
from bookwright.pages.values import Asked

_STRAY_PYTHON = re.compile(r"(?:```|~~~)\s*\{?\s*(?P<name>\.?[\w.]+)")
_STRAY = re.compile(r"[\W\d]*(?P<ticks>`{3,}|~{3,})(?!.*(?P=ticks))")

NOT_READ = "this is not read as a fence: it stands on lines of its own, indented by spaces."


@dataclass(frozen=True)
class Listing:
    """A fence that has been read; `code` is what it shows, and runs if it `runs`.

    `asked` are the values that the page takes from it, `repeated` the lines of open code that the
    page has shown before.
    """

    place: Place
    fence: Fence
    options: Options
    code: str
    mistakes: tuple[str, ...] = ()
    is_folded: bool = False
    asked: tuple[Asked, ...] = ()
    repeated: tuple[range, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether the code is executed."""
        return bool(self.options.exec) and not self.mistakes

    @property
    def is_block(self) -> bool:
        """Whether values can be taken from it: it runs, on its own or as the cell of a lab."""
        is_cell = self.options.exec is None and self.fence.language == "python"
        return (self.runs or (is_cell and not self.mistakes)) and not self.options.stub

    @property
    def is_open(self) -> bool:
        """Whether its code is shown above what it shows, not in a fold below."""
        chosen = self.options
        is_asked_for = chosen.code or chosen.stub or chosen.solution
        return bool(is_asked_for or self.is_session or self.is_folded)

    @property
    def open_lines(self) -> int:
        """How many lines its code has, each run of repeated ones counted as one."""
        return self.code.count("\n") + 1 - sum(len(run) - 1 for run in self.repeated)

    @property
    def is_session(self) -> bool:
        """Whether the code is a session with its outputs, not a program."""
        return self.fence.language == "pycon"


def read(page: Page, *, package: str, in_a_lab: bool = False) -> dict[int, Listing]:
    """Return the listings of a page by the line in its Markdown on which each fence opens."""
    listings = {fence.line: _listing(fence, page, package, in_a_lab) for fence in page.fences}
    asked: dict[int, dict[Asked, None]] = {}
    for fence, value in values.of_page(page, blocks(listings)):
        asked.setdefault(fence.line, {})[value] = None
    before = _code_before(listings)
    return {
        line: replace(
            listing,
            asked=tuple(asked.get(line, ())),
            repeated=tuple(repeated(listing.code, before[line])) if _is_shortened(listing) else (),
        )
        for line, listing in listings.items()
    }


def _code_before(listings: Mapping[int, Listing]) -> dict[int, list[str]]:
    codes = {line: each.code for line, each in listings.items() if each.runs}
    return {line: [code for other, code in codes.items() if other < line] for line in listings}


def _is_shortened(listing: Listing) -> bool:
    """Tell whether lines of a listing may be left out: it is open, and no line has a number."""
    chosen = listing.options
    return bool(chosen.code) and not (chosen.hl_lines or chosen.linenums)


def blocks(listings: Mapping[int, Listing]) -> list[tuple[Fence, str]]:
    """Return the fences that values can be taken from, with the names of their blocks."""
    return [(each.fence, each.options.name) for each in listings.values() if each.is_block]


def strays(page: Page) -> Iterator[Place]:
    """Yield the places that look like the opening of a fence and are not read as one."""
    read = {line for fence in page.fences for line in range(fence.line, fence.end + 1)}
    for number, line in enumerate(page.markdown.split("\n"), start=1):
        if number in read:
            continue
        python = _STRAY_PYTHON.search(line)
        if _STRAY.match(line) or (python and options.is_python(python["name"])):
            yield page.place(number)


def _listing(fence: Fence, page: Page, package: str, in_a_lab: bool) -> Listing:  # noqa: FBT001  # it has a name where it comes from
    chosen, mistakes = options.read(fence, in_a_lab=in_a_lab)
    code, title, more = _filled(fence, chosen, page, package)
    if chosen.hl_lines and max(options.line_numbers(chosen.hl_lines)) > code.count("\n") + 1:
        more.append(f"hl_lines are {chosen.hl_lines}, and the code has fewer lines.")
    if title and not chosen.title:
        chosen = replace(chosen, title=title)
    place, is_folded = page.place(fence.line), page.is_folded(fence)
    return Listing(place, fence, chosen, code, (*mistakes, *more), is_folded=is_folded)


def _filled(fence: Fence, chosen: Options, page: Page, package: str) -> tuple[str, str, list[str]]:
    """Return code and title of a fence, and what keeps them from being made."""
    if chosen.stub or chosen.solution:
        mistake = stubs.mistake(fence, page)
        code = stubs.code_of(fence, page) if chosen.stub else fence.code
        title = f"{chosen.stub}.py" if chosen.stub else ""
        return code, title, [mistake] if mistake else []
    if chosen.shows:
        source = sources.find(chosen.shows, package)
        if source is None:
            mistake = f"{chosen.shows} is no function, class or method of {package}."
            return "", "", [mistake]
        if fence.code.strip():
            return "", "", ["the fence is filled by its option shows: leave it empty."]
        return source.code, source.title, []
    return fence.code, "", []
