"""Judge what a formula states at random points."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TypeVar

from bookwright.formulas import (
    calculus,  # noqa: F401  # it says how derivatives are evaluated
    iteration,
    reports,
)
from bookwright.formulas.arithmetic import (
    DIGITS,
    MismatchError,
    NotRealError,
    UndefinedError,
    entries,
    mp,
)
from bookwright.formulas.evaluation import evaluate
from bookwright.formulas.layout import IFF, Statement, statements
from bookwright.formulas.lookup import UnknownError
from bookwright.formulas.nodes import (
    Call,
    Chain,
    Computed,
    Name,
    Negative,
    Operation,
    Sum,
    names,
    tex_of,
)
from bookwright.formulas.points import Budget, Point, Scene
from bookwright.formulas.relations import Difference, difference, holds
from bookwright.formulas.sets import are_equal
from bookwright.formulas.table import Table
from bookwright.formulas.tokens import FormulaError

T = TypeVar("T")

POINTS = 12
MANY_POINTS = 60  # where a statement need not hold everywhere
_TRIES = 5

_Verdict = tuple[str, str]


class WrongError(Exception):
    """A formula states what is not so."""


class Judge:
    """Judges formulas of a page in their order."""

    def __init__(self, symbols: Mapping[str, object], seed: int) -> None:
        """Take the table of symbols; if it has a mistake, no formula can be judged."""
        self._seed = seed
        self._mistake = ""
        try:
            self._table = Table(symbols)
        except FormulaError as error:
            self._table, self._mistake = Table({}), str(error)

    def verdict(self, tex: str, mark: str) -> _Verdict:
        """Return the status of a formula, and what is wrong with it."""
        if mark == "unchecked":
            return "exempt", ""
        try:
            with mp.workdps(DIGITS):
                return self._judged(tex, mark), ""
        except (WrongError, MismatchError) as error:
            return "wrong", str(error)
        except FormulaError as error:
            return "unreadable", str(error)
        except RecursionError:
            return "unreadable", "something is defined by itself without end"
        except Exception as error:  # noqa: BLE001  # a page has many formulas, and the others count
            said = " ".join(str(error).split())
            return "unreadable", f"this could not be evaluated: {type(error).__name__}: {said}"

    def _judged(self, tex: str, mark: str) -> str:
        found = self._statements(tex, mark)
        if not found and not mark:
            return "silent"
        if self._mistake:
            raise FormulaError(self._mistake)
        if not found:
            raise FormulaError(f"a {mark} has a relation such as '=', and this has none")
        self._budget = Budget()
        judge = {"definition": self._define, "condition": self._judge_condition}
        for place, statement in enumerate(found):
            if statement.joint:
                self._compare(found[place - 1], statement)
            elif place + 1 == len(found) or not found[place + 1].joint:
                judge.get(mark, self._verify)(statement.chain)
        return {"definition": "defined", "condition": "condition"}.get(mark, "checked")

    def _statements(self, tex: str, mark: str) -> list[Statement]:
        functions = set()
        if mark == "definition":
            sides = [each.chain.sides[0] for each in statements(tex, lambda _: True)]
            functions = {each.function.base for each in sides if isinstance(each, Call)}
        return statements(tex, lambda base: base in functions or self._table.is_function(base))

    def _outcomes(self, look: Callable[[Scene], T], count: int) -> Iterator[tuple[T, Point]]:
        """Yield what is seen at random points, up to a count: at one, if nothing is random.

        Raises:
            FormulaError: If there is no point at which something has a value.
        """
        for is_complex in (False, True):
            done, problem = 0, UndefinedError()
            for number in range(count * _TRIES):
                point = self._point(number, is_complex=is_complex)
                try:
                    outcome = look(Scene(point))
                except ArithmeticError as error:  # of mpmath: a matrix has no inverse
                    problem = UndefinedError(str(error))
                except UndefinedError as error:
                    problem = error
                except iteration.NoCaseError as error:
                    raise WrongError(f"{error}{reports.where(point)}") from None
                else:
                    yield outcome, point
                    done += 1
                if done == count or not point.varies:
                    break
            if done or not isinstance(problem, NotRealError):
                break
        if not done:
            raise FormulaError(f"this could not be evaluated: {problem}")

    def _point(self, number: int, *, is_complex: bool = False) -> Point:
        return Point(self._table, self._seed, number, self._budget, is_complex=is_complex)

    def _verify(self, chain: Chain) -> None:
        if self._is_told(chain):
            return
        if chain.relations == (r"\propto",):
            self._verify_proportion(chain)
            return
        for found, point in self._outcomes(lambda scene: difference(chain, scene), POINTS):
            if found:
                raise WrongError(reports.difference(chain, found, point))

    def _is_told(self, chain: Chain) -> bool:
        """Tell whether a computed value only says what a name is that the table does not fix."""
        if len(chain.sides) != 2 or chain.relations[0] not in ("=", r"\approx"):
            return False
        name, value = chain.sides
        if not isinstance(name, Name) or not isinstance(value, Computed):
            return False
        point = self._point(0)
        try:
            evaluate(name, Scene(point))
        except UnknownError as error:
            return error.name == tex_of(name)
        return point.varies

    def _verify_proportion(self, chain: Chain) -> None:
        quotient = Operation("/", *chain.sides)
        outcomes = self._outcomes(lambda scene: evaluate(quotient, scene), POINTS)
        (first, _), *others = [*outcomes]
        for ratio, point in others:
            if not are_equal(first, ratio, Scene(point)):
                found = Difference(0, first, ratio)
                raise WrongError(reports.ratio(chain, found, point))

    def _compare(self, first: Statement, second: Statement) -> None:
        """Check that two statements hold at the same points, or one where the other does."""

        def look(scene: Scene) -> tuple[bool, bool]:
            return holds(first.chain, scene), holds(second.chain, scene)

        seen = set()
        for (one, other), point in self._outcomes(look, MANY_POINTS):
            if one > other or (other > one and second.joint == IFF):
                raise WrongError(reports.implication(first.chain, second.chain, point, one=one))
            seen.add((one, other))
        held = {one for one, _ in seen}
        if held == {False} and not self._are_multiples(first.chain, second.chain):
            raise FormulaError(f"'{reports.text(first.chain)}' holds at none of the points")

    def _are_multiples(self, first: Chain, second: Chain) -> bool:
        """Tell whether one equation is the other, times a number."""
        if not first.relations == second.relations == ("=",):
            return False
        one, other = (Sum((chain.sides[0], Negative(chain.sides[1]))) for chain in (first, second))
        ratios = self._outcomes(lambda scene: evaluate(Operation("/", one, other), scene), POINTS)
        found = [(entry, point) for ratio, point in ratios for entry in entries(ratio)]
        return all(are_equal(found[0][0], entry, Scene(point)) for entry, point in found)

    def _judge_condition(self, chain: Chain) -> None:
        """Check that a condition holds at some points, and not at all of them."""
        seen = {}
        count = POINTS if chain.relations == ("=",) else MANY_POINTS
        for held, point in self._outcomes(lambda scene: holds(chain, scene), count):
            seen[held] = point
            if len(seen) == 2:
                return
        equates = "=" in chain.relations
        if True in seen and seen[True].varies and chain.relations != (r"\ne",):
            raise WrongError(f"'{reports.text(chain)}' holds at all points: it needs no mark")
        if False in seen and (not equates or not seen[False].varies):
            raise WrongError(f"'{reports.text(chain)}' holds at none of the points")

    def _define(self, chain: Chain) -> None:
        """Add what a chain defines to the table, and check what else it states."""
        sides = chain.sides
        if chain.relations[0] not in ("=", r"\approx"):
            raise FormulaError("a definition is a name, '=' and what it stands for")
        self._table.define(sides[0], sides[1], chain.texts[0])
        for name, value in pairwise(sides[1:]):
            if isinstance(name, Name) and not self._table.find(name.base, ()):
                self._table.define(name, value, name.base)
        self._check_definition(chain)

    def _check_definition(self, chain: Chain) -> None:
        own = {name.base for name in names(chain.sides[0])}
        try:
            self._verify(chain)
        except UnknownError as error:
            if error.name not in own or len(chain.sides) > 2:
                raise
