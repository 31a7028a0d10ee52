"""Remember values for wherever all that they depend on is the same.

While a value is evaluated, it is noted which names are asked for: those that are bound to values,
and those that are not. What was bound on the way is left out, since it is the same each time.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from bookwright.formulas.arithmetic import Value
from bookwright.formulas.table import Key

Bound: TypeAlias = Mapping[Key, Value]
"""The values of the names that are bound."""

_DRAWN = "drawn"  # an index that no name has


class _Needs(NamedTuple):
    """The names that a value depends on: those that are bound, and those that must not be.

    A value that stands apart depends on an index that was drawn for one formula.
    """

    bound: tuple[Key, ...]
    free: frozenset[Key]
    is_apart: bool

    def met(self, bound: Bound) -> Hashable | None:
        """Return what the names are bound to, unless others are bound that must not be."""
        if self.free.isdisjoint(bound):
            return tuple([_comparable(bound.get(key)) for key in self.bound])
        return None


Known: TypeAlias = dict[Hashable, dict[_Needs, dict[Hashable, Any]]]
"""Values by what they are of, by what they need, and by what that is."""


@dataclass
class _Reading:
    """What an evaluation has asked for, and what is bound where it was begun."""

    here: Bound = field(default_factory=dict)
    bound: set[Key] = field(default_factory=set)
    free: set[Key] = field(default_factory=set)
    is_apart: bool = False

    def note(self, needs: _Needs, bound: Bound) -> None:
        """Add what something needs that was asked for with other names bound, or with the same."""
        self.bound.update(key for key in needs.bound if self.here.get(key) is bound[key])
        self.free.update(needs.free)
        self.is_apart = self.is_apart or needs.is_apart

    @property
    def needs(self) -> _Needs:
        """All that it depends on."""
        free = frozenset(self.free.difference(self.here))
        return _Needs(tuple(sorted(self.bound, key=str)), free, self.is_apart)


class Memory:
    """What has been evaluated: by what it is, and by what it needs.

    Args:
        shared: What is known, for whoever comes later, too.
    """

    def __init__(self, shared: Known) -> None:  # noqa: D107
        self._shared = shared
        self._own: Known = {}
        self._letters: dict[Key, Value] = {}
        self._reading = _Reading()

    def read(self, key: Key, bound: Bound) -> Value | None:
        """Return what a name is bound to, and note that it was asked for."""
        value = bound.get(key)
        if value is None:
            self._reading.free.add(key)
        elif self._reading.here.get(key) is value:
            self._reading.bound.add(key)
        return value

    def letter(self, letter: str) -> Value | None:
        """Return the index that was drawn for a letter here, if it was, and note that as well."""
        key = letter, (_DRAWN,)
        if key in self._letters:
            self._reading.is_apart = True
        else:
            self._reading.free.add(key)
        return self._letters.get(key)

    def draw(self, letter: str, index: Value) -> None:
        """Keep the index that was drawn for a letter; what depends on it is not shared."""
        self._letters[letter, (_DRAWN,)] = index
        self._reading.is_apart = True

    def holds(self, what: Hashable, bound: Bound) -> bool:
        """Tell whether something need not be evaluated again."""
        return self._find(what, bound) is not None

    def recall(self, what: Hashable, bound: Bound, evaluate: Callable[[], Any]) -> Any:  # noqa: ANN401  # or what was noted of it
        """Return what comes of an evaluation, which is not made again where it is known."""
        if found := self._find(what, bound):
            needs, value = found
            self._reading.note(needs, bound)
            return value
        outer, self._reading = self._reading, _Reading(bound)
        try:
            value = evaluate()
        finally:
            needs, self._reading = self._reading.needs, outer
            outer.note(needs, bound)
        known = self._own if needs.is_apart else self._shared
        known.setdefault(what, {}).setdefault(needs, {})[needs.met(bound)] = value
        return value

    def _find(self, what: Hashable, bound: Bound) -> tuple[_Needs, Any] | None:
        for known in (self._shared, self._own):
            for needs, values in known.get(what, {}).items():
                state = needs.met(bound)
                if state in values and needs.free.isdisjoint(self._letters):
                    return needs, values[state]
        return None


def _comparable(value: Value) -> Hashable:
    if isinstance(value, tuple):
        return tuple(map(_comparable, value))
    return (value.shape, *value.flat) if isinstance(value, np.ndarray) else value
