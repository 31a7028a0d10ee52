"""Points at which formulas are evaluated: what random names are, and what was noticed there."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from random import Random
from typing import Any

from bookwright.formulas.arithmetic import DIGITS, Value, mp
from bookwright.formulas.memory import Bound, Memory
from bookwright.formulas.notes import Notes
from bookwright.formulas.symbols import Choice
from bookwright.formulas.table import Index, Key, Table
from bookwright.formulas.tokens import FormulaError

_LONGEST_WORK = 500_000
_FINENESS = 2**20

_ENTRIES = "…"  # an index that no name has


def written(key: Key) -> str:
    """Return a name as it stands in TeX."""
    base, indices = key
    inside = ",".join(map(str, indices))
    return f"{base}_{inside}" if len(inside) == 1 else f"{base}_{{{inside}}}" if inside else base


class UndrawnError(Exception):
    """An expectation has to choose a value of a name first."""

    def __init__(self, key: Key, chance: Choice) -> None:
        """Tell of which name, and what its values are."""
        super().__init__(key)
        self.key, self.chance = key, chance


@dataclass
class Budget:
    """How much may still be done to evaluate a formula."""

    left: int = _LONGEST_WORK


@dataclass
class Point:
    """Random values, always the same for a seed and a number, and notes of an evaluation.

    `nudge` is a rounded number that is half a unit of its last digit larger, by the `id` of its
    node. Roots are real, unless the point is complex.
    """

    table: Table
    seed: int
    number: int
    budget: Budget = field(default_factory=Budget)
    nudge: int | None = None
    is_complex: bool = False
    notes: Notes = field(default_factory=Notes)

    @cached_property
    def memory(self) -> Memory:
        """What is known here, also from other formulas."""
        place = self.seed, self.number, self.is_complex
        return Memory(self.table.known(place) if self.nudge is None else {})

    @property
    def sign(self) -> int:
        """The sign of a plus or minus: the upper one at even points."""
        self.notes.has_signs = True
        return -1 if self.number % 2 else 1

    @property
    def varies(self) -> bool:
        """Whether another point would have other values."""
        return bool(self.notes.shown) or self.notes.has_signs

    def nudged(self, node: int) -> "Point":
        """Return the same point with a rounded number half a unit of its last digit larger."""
        return Point(self.table, self.seed, self.number, self.budget, node, self.is_complex)

    def random(self, key: Key | str) -> Random:
        """Return the source of what is drawn for a name."""
        return Random(f"{self.seed} {self.number} {key}")  # noqa: S311  # nothing is secret

    def uniform(self, low: Value, high: Value, key: Key | str) -> Value:
        """Return a random number between two others."""
        share = mp.mpf(self.random(key).randrange(1, _FINENESS)) / _FINENESS
        return low + (high - low) * share

    def work(self, amount: int = 1) -> None:
        """Count what is done.

        Raises:
            FormulaError: If it is too much.
        """
        self.budget.left -= amount
        if self.budget.left < 0:
            raise FormulaError("this takes too long to evaluate: give the table smaller numbers")

    def noted(self, look: Callable[[], Value]) -> tuple[Value, Notes]:
        """Return what is seen, and what is noticed there."""
        before, self.notes = self.notes, Notes()
        try:
            return look(), self.notes
        finally:
            before.add(self.notes)
            self.notes = before

    def recall(self, what: Hashable, bound: Bound, look: Callable[[], Value]) -> Value:
        """Return what is seen, without a look where it would be the same as before."""
        value, notes = self.memory.recall(what, bound, partial(self.noted, look))
        self.notes.add(notes)
        return value


@dataclass(frozen=True)
class Scene:
    """Where something is evaluated: at a point, with some names bound to other values."""

    point: Point
    bound: Bound = field(default_factory=dict)
    expects: bool = False

    def read(self, key: Key) -> Value | None:
        """Return what a name is bound to here, if it is."""
        return self.point.memory.read(key, self.bound)

    def entries(self, key: Key) -> tuple[tuple[tuple[Index, ...], Value], ...]:
        """Return the entries of a name that are bound here, with the indices that they have."""
        return self.read((key[0], (*key[1], _ENTRIES))) or ()

    def bind(self, names: Mapping[Key, Value]) -> "Scene":
        """Return a scene in which names have these values; a name takes its entries with it."""
        bare = {base for base, indices in names if not indices}
        kept = {key: value for key, value in self.bound.items() if key[0] not in bare}
        bound = {**kept, **names}
        for (base, indices), value in names.items():
            for count in range(len(indices)):
                all_of = base, (*indices[:count], _ENTRIES)
                others = dict(bound.get(all_of, ()))
                bound[all_of] = tuple((others | {indices[count:]: value}).items())
        return Scene(self.point, bound, self.expects)

    def expecting(self) -> "Scene":
        """Return a scene in which names with chances wait for an expectation to choose."""
        return Scene(self.point, self.bound, expects=True)


def digits() -> Any:  # noqa: ANN401  # of mpmath
    """Return a context in which numbers have the digits that formulas are checked with."""
    return mp.workdps(DIGITS)
