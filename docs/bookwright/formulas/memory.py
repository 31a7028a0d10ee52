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


class _Needs(NamedTuple):
    """The names that a value depends on: those that are bound, and those that must not be."""

    bound: tuple[Key, ...]
    free: frozenset[Key]

    def met(self, bound: Bound) -> Hashable | None:
        """Return what the names are bound to, unless other names are bound."""
        if not self.free.isdisjoint(bound) or not all(key in bound for key in self.bound):
            return None
        return tuple(_comparable(bound[key]) for key in self.bound)


@dataclass
class _Reading:
    """What an evaluation has asked for, and what is bound where it was begun."""

    here: Bound = field(default_factory=dict)
    bound: set[Key] = field(default_factory=set)
    free: set[Key] = field(default_factory=set)

    def note(self, needs: _Needs, bound: Bound) -> None:
        """Add what something needs that was asked for with other names bound, or with the same."""
        self.bound.update(key for key in needs.bound if self.here.get(key) is bound[key])
        self.free.update(needs.free)

    @property
    def needs(self) -> _Needs:
        """All that it depends on."""
        return _Needs(
            tuple(sorted(self.bound, key=str)), frozenset(self.free.difference(self.here))
        )


class Memory:
    """What has been evaluated: by what it is, and by what it needs."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: dict[Hashable, dict[_Needs, dict[Hashable, Any]]] = {}
        self._reading = _Reading()

    def read(self, key: Key, bound: Bound) -> Value | None:
        """Return what a name is bound to, and note that it was asked for."""
        value = bound.get(key)
        if value is None:
            self._reading.free.add(key)
        elif self._reading.here.get(key) is value:
            self._reading.bound.add(key)
        return value

    def holds(self, what: Hashable, bound: Bound) -> bool:
        """Tell whether something need not be evaluated again."""
        kept = self._kept.get(what, {})
        return any(needs.met(bound) in values for needs, values in kept.items())

    def recall(self, what: Hashable, bound: Bound, evaluate: Callable[[], Any]) -> Any:  # noqa: ANN401  # or what was noted of it
        """Return what comes of an evaluation, which is not made again where it is known."""
        kept = self._kept.setdefault(what, {})
        for needs, values in kept.items():
            if (state := needs.met(bound)) in values:
                self._reading.note(needs, bound)
                return values[state]
        outer, self._reading = self._reading, _Reading(bound)
        try:
            value = evaluate()
        finally:
            needs, self._reading = self._reading.needs, outer
            outer.note(needs, bound)
        kept.setdefault(needs, {})[needs.met(bound)] = value
        return value


def _comparable(value: Value) -> Hashable:
    if isinstance(value, tuple):
        return tuple(map(_comparable, value))
    return (value.shape, *value.flat) if isinstance(value, np.ndarray) else value
