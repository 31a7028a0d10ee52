"""Ask for each formula of a page whether it is so, with the page's tables of symbols."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future

from bookwright.blocks.execution import Execution, Ran
from bookwright.pages import marks
from bookwright.pages.fences import Fence
from bookwright.pages.listings import Listing
from bookwright.pages.marks import OF_FORMULAS, UNCHECKED, Formula
from bookwright.pages.options import Options
from bookwright.pages.page import Page

FAULTS = ("wrong", "unreadable")
STATES = ("checked", "defined", "condition", "exempt")

_NO_TABLE = "its table of symbols cannot be made: is `symbols` a dictionary of TeX and values?"
_NO_FORMULA = "this mark follows no formula."
_NOT_ALONE = "a formula between $$ has a blank line above and below, or Markdown does not read it."
_NO_REASON = "a formula that is not checked says why: @unchecked{…}."

Verdicts = list[tuple[Formula, str, str]]


class Statements:
    """What the formulas of one page state."""

    def __init__(
        self, page: Page, text: str, formulas: Iterable[Formula], listings: Mapping[int, Listing]
    ) -> None:
        """Give each formula the nearest table above it, or the first one of the page."""
        self._text = text
        self._tables: dict[int, Listing] = {0: _empty_table(page)} | {
            line: each for line, each in listings.items() if each.options.symbols and each.is_block
        }
        self._formulas: dict[int, list[Formula]] = {}
        for formula in formulas:
            self._formulas.setdefault(self._table(formula), []).append(formula)

    def _table(self, formula: Formula) -> int:
        line = self._text.count("\n", 0, formula.start) + 1
        lines = sorted(self._tables)
        first = lines[1] if len(lines) > 1 else 0
        return max((each for each in lines if 0 < each < line), default=first)

    def start(self, execution: Execution) -> Iterator[Future[Ran]]:
        """Set the checks going, and yield them."""
        for table, formulas in self._formulas.items():
            yield execution.start(self._tables[table], *map(_question, formulas))

    def verdicts(self, execution: Execution) -> Verdicts:
        """Return what is to be said of each formula: its state, or its fault, and why."""
        found: Verdicts = []
        for table, formulas in self._formulas.items():
            verdicts = execution.verdicts(self._tables[table], *map(_question, formulas))
            if not verdicts:  # what is wrong with the block is said where it stands
                verdicts = [("unreadable", _NO_TABLE)] * len(formulas)
            for formula, verdict in zip(formulas, verdicts, strict=True):
                found.append((formula, *verdict))
        return found


def mistakes(text: str, formulas: Iterable[Formula]) -> Iterable[tuple[int, str]]:
    """Yield where a mark of a formula is wrong, as a position in the text, and why."""
    formulas = [*formulas]
    for formula in formulas:
        if formula.mark == UNCHECKED and not formula.reason.strip():
            yield formula.start, _NO_REASON
        if formula.is_display and not marks.stands_alone(text, formula):
            yield formula.start, _NOT_ALONE
    taken = {formula.marked for formula in formulas}
    for mark in marks.find(text):
        if mark.name in OF_FORMULAS and mark.start not in taken:
            yield mark.start, _NO_FORMULA


def account(verdicts: Verdicts) -> Counter[str]:
    """Return how many formulas are in each state, of those that state something."""
    return Counter(state for _, state, _ in verdicts if state in STATES)


def _question(formula: Formula) -> tuple[str, str]:
    return formula.tex, formula.mark


def _empty_table(page: Page) -> Listing:
    fence = Fence(1, 1, "", "```", "python", "")
    return Listing(page.place(1), fence, Options(exec=True), "symbols = {}")
