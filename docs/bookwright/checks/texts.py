"""Hold the text of a page to what its blocks say: its formulas, its numbers, its references."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from typing import NamedTuple

from bookwright.blocks.execution import Execution, Ran
from bookwright.checks import formulas as checks
from bookwright.checks import quotations
from bookwright.checks.comparisons import typed_comparisons
from bookwright.checks.formulas import FAULTS, Statements, Verdicts
from bookwright.checks.names import Mention, mentions, wrong_links
from bookwright.checks.prose import typed_numbers
from bookwright.checks.references import typed_references
from bookwright.pages import marks
from bookwright.pages.listings import Listing
from bookwright.pages.marks import Formula
from bookwright.pages.page import Page, Place


class Fault(NamedTuple):
    """Something wrong in a text: where, what, and the formula that it is about, if it is one."""

    place: Place
    message: str
    tex: str = ""


class Text:
    """The filled text of one page."""

    def __init__(  # noqa: D107  # the class says what it is
        self,
        page: Page,
        text: str,
        formulas: Iterable[Formula],
        listings: Mapping[int, Listing],
        *,
        package: str,
        counted: Collection[str],
        is_bound: bool,
    ) -> None:
        self._page = page
        self._text = text
        self._formulas = [*formulas]
        self._listings = listings
        self._package = package
        self._counted = counted
        self._statements = Statements(page, text, self._formulas if is_bound else (), listings)
        self._is_bound = is_bound
        self.account: Counter[str] = Counter()
        self.typed = text
        self.runs: list[Future[Ran]] = []

    def start(self, execution: Execution) -> None:
        """Set the check of the formulas going."""
        self.runs = [*self._statements.start(execution)]

    def faults(self, execution: Execution) -> Iterator[Fault]:
        """Yield what is wrong."""
        for position, message in checks.mistakes(self._text, self._formulas):
            yield Fault(self._place(position), message)
        verdicts = self._statements.verdicts(execution)
        self.account = checks.account(verdicts)
        for formula, state, message in verdicts:
            if state in FAULTS:
                yield self._of_formula(formula, message)
        stated = [
            formula for formula, state, _ in verdicts if state in {*checks.STATES} - {"exempt"}
        ]
        yield from self._unquoted(verdicts, execution)
        self.typed = marks.typed(self._text, stated)
        yield from self._typed()

    def _of_formula(self, formula: Formula, message: str) -> Fault:
        tex = marks.bare(formula.tex)
        shown = " ".join(tex.split())
        return Fault(self._place(formula.start), f"the formula {shown}: {message}", tex)

    def _unquoted(self, verdicts: Verdicts, execution: Execution) -> Iterator[Fault]:
        """Yield the formulas that state nothing and quote nothing, and such conditions."""
        by_state: dict[str, list[Formula]] = {}
        for formula, state, _ in verdicts:
            by_state.setdefault(state, []).append(formula)
        silent, conditions = (by_state.pop(state, []) for state in ("silent", "condition"))
        if not silent and not conditions:
            return
        by_state.pop("exempt", None)
        stated = [formula.tex for formulas in by_state.values() for formula in formulas]
        stated += quotations.sources(self._listings.values(), execution)
        known = [*stated, *(formula.tex for formula in conditions)]
        for formula in quotations.unquoted(silent, known):
            yield self._of_formula(formula, quotations.MESSAGE)
        for formula in quotations.unquoted_conditions(conditions, stated):
            yield self._of_formula(formula, quotations.CONDITION)

    def _typed(self) -> Iterator[Fault]:
        """Yield what is typed in a text in which nothing else stands any more."""
        for line, message in typed_references(self.typed):
            yield Fault(self._page.place(line), message)
        for line, message in wrong_links(self.typed, package=self._package):
            yield Fault(self._page.place(line), message)
        if self._is_bound:
            for line, _, message in typed_numbers(self.typed, counted=self._counted):
                yield Fault(self._page.place(line), message)
            valued = marks.typed(self._text, (each for each in self._formulas if each.has_value))
            for line, _, message in typed_comparisons(valued):
                yield Fault(self._page.place(line), message)
            for place, text in (*_headers(self._page), *_settings(self._page)):
                computed = marks.typed(marks.fill(text, lambda _: ""), ())
                numbers = typed_numbers(computed, counted=self._counted)
                for _, _, message in (*numbers, *typed_comparisons(computed)):
                    yield Fault(place, message)

    def mentions(self, suffixes: Collection[str]) -> Iterator[Mention]:
        """Yield the names and the files in code font, with the lines of the page's file."""
        for each in mentions(self.typed, suffixes):
            yield each._replace(line=self._page.place(each.line).line)

    def _place(self, position: int) -> Place:
        return self._page.place(self._text.count("\n", 0, position) + 1)


def _headers(page: Page) -> Iterator[tuple[Place, str]]:
    """Yield the texts in the headers of fences."""
    for fence in page.fences:
        for name in ("alt", "caption", "title"):
            if text := fence.options.get(name):
                yield page.place(fence.line), text


def _settings(page: Page) -> Iterator[tuple[Place, str]]:
    """Yield the settings of a page that readers see, as headings."""
    for name in ("description", "title", "able"):
        place = page.place_of_setting(name)
        line = page.above.split("\n")[place.line - 1]
        if line.startswith(f"{name}:"):
            yield place, f"# {line.partition(':')[2].strip()}"
