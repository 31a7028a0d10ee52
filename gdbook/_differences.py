"""Slopes by differences: the step that suits the function, and how far the slope may be off."""

from collections.abc import Callable
from math import exp
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdbook._checks import Array
from gdbook._results import one_number

_RATIO = 4  # of each step to the next shorter one
_FIRST = exp(-2)  # the longest step for a parameter of 1; no float32, and no part of a period


class Function:
    """A function around a point: NaN where it has no finite value, and how precise it is."""

    def __init__(self, value: Callable[[Any], Any], point: Array) -> None:
        """Look at the value at the point, which has to be finite, and at two others."""
        self.value, self.point = value, point
        self.is_single = True  # until there is a value that no float32 holds
        self.here = self._number(point.copy())
        if not np.isfinite(self.here):
            raise ValueError(f"the value at params is {self.here}: pass params where it is finite.")
        near = np.where(point == 0, 1, abs(point))
        with np.errstate(over="ignore"):
            for unit in (near, np.fmax(near, 1)):
                self.at(point + _FIRST * unit)

    @property
    def epsilon(self) -> float:
        """The gap between 1 and the next number that a value can be."""
        return float(np.finfo(np.float32 if self.is_single else np.float64).eps)

    def at(self, params: Array) -> float:
        """Return the value at other parameters."""
        try:
            found = self._number(params)
        except (ArithmeticError, ValueError):
            return np.nan
        return found if np.isfinite(found) else np.nan

    def along(self, index: tuple[int, ...], numbers: Array) -> Array:
        """Return the values where one parameter has other numbers."""
        values = np.empty(len(numbers))
        for place, each in enumerate(numbers):
            params = self.point.copy()
            params[index] = each
            values[place] = self.at(params)
        return values

    def _number(self, params: Array) -> float:
        with np.errstate(all="ignore"):
            found = one_number("the value", self.value(params))
        with np.errstate(over="ignore"):
            self.is_single &= not np.isfinite(found) or float(np.float32(found)) == found
        return found


class Slope(NamedTuple):
    """A slope, and what has to be known to judge another one by it.

    That is how far it may be off; how far the slope jumps at the point, and how far that may be
    off; how far the rounding of the parameter alone moves the slope; and how steep the function
    is one step away.
    """

    number: float
    error: float
    jump: float
    jump_error: float
    rounding: float
    steepness: float

    def verdict(self, entry: float, tolerance: float, steepest: float) -> str:
        """Say whether an entry of a gradient is this slope; `steepest` is what else is large."""
        if np.isnan(self.number):
            return "unsure"
        off, size = abs(entry - self.number), max(abs(entry), abs(self.number))
        allowed = tolerance * size + 3 * self.error + self.rounding
        if not (np.isfinite(entry) and off <= allowed + (abs(self.jump) + self.jump_error) / 2):
            return "wrong"
        if self.has_kink:
            return "kink"
        is_sure = entry == self.number or self.error <= tolerance * max(
            size, self.steepness, steepest
        )
        return "right" if is_sure and off <= allowed else "unsure"

    @property
    def has_kink(self) -> bool:
        """Whether the slopes to both sides differ."""
        return abs(self.jump) > 3 * self.jump_error


@np.errstate(all="ignore")
def slope(function: Function, index: tuple[int, ...]) -> Slope:
    """Return the slope along one parameter: over few steps, or over many if these do not do."""
    place = function.point[index]
    first = _first_step(place)
    found = _Differences(function, index, first / _RATIO ** np.arange(8.0)).best()
    if found.error <= np.sqrt(function.epsilon) * abs(found.number) and not found.has_kink:
        return found
    longest = min(_RATIO**6 * max(first, _FIRST), 1e300)
    shortest = function.epsilon * _size(place) or 1e-20
    n_steps = 1 + np.floor(np.log(longest / shortest) / np.log(_RATIO))
    many = _Differences(function, index, longest / _RATIO ** np.arange(n_steps))
    return many.best()._replace(steepness=found.steepness)


@np.errstate(all="ignore")
def slope_over(function: Function, index: tuple[int, ...], step: float) -> Slope:
    """Return the slope over one step; one half as long tells how far it is off."""
    place = function.point[index]
    if not place - step / 2 < place < place + step / 2:
        raise ValueError(f"step is {step}, which does not move {place}: pass a longer one.")
    differences = _Differences(function, index, np.array([step, step / 2]))
    (number, halved), (jump, half_jump) = differences.slopes, differences.jumps
    noise = differences.noise[0] / differences.steps[0]
    return differences.slope(
        (number, 4 / 3 * abs(number - halved) + noise, 0),
        (2 * half_jump - jump, abs(half_jump - jump) + 2 * noise, 1),
    )


def _first_step(place: float) -> float:
    return _FIRST * (_size(place) or 1.0)


def _size(place: float) -> float:
    """Return the size of a parameter, 0 where there are hardly any shorter steps."""
    return abs(place) if abs(place) > 1e-100 else 0.0


_Found = tuple[float, float, int]  # a number, its error, the place of the shortest step it needs


class _Limits(NamedTuple):
    """What slopes tend to as steps get short, each made from those over steps `first` to `last`."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    number: Array
    error: Array


class _Differences:
    """Slopes of a function along one parameter, over several steps, and how they jump."""

    def __init__(self, function: Function, index: tuple[int, ...], steps: Array) -> None:
        self.place = function.point[index]
        self.steps = (self.place + steps) - self.place  # what is walked, after rounding
        above = function.along(index, self.place + self.steps)
        below = function.along(index, self.place - self.steps)
        right, left = (above - function.here) / self.steps, (function.here - below) / self.steps
        self.slopes, self.jumps = (above - below) / (2 * self.steps), right - left
        self.steepness = np.fmax(abs(right), abs(left))
        is_still = (above == function.here) & (below == function.here)
        self.is_still = np.logical_and.accumulate(is_still[::-1])[::-1]
        self.slopes[is_still & ~self.is_still] = np.nan  # it moves over shorter steps: by chance
        self.epsilon = function.epsilon
        self.noise = 2 * self.epsilon * np.fmax(abs(above), abs(below))

    def best(self) -> Slope:
        """Return the slope with the smallest error that no shorter steps contradict."""
        number, error, at = self._best(self._limits(self.slopes, power=2))
        jump = self._best(self._limits(self.jumps, power=1))
        return self.slope((number, np.inf if self._is_torn() else error, at), jump)

    def slope(self, found: _Found, jump: _Found) -> Slope:
        """Return the slope of what was found, and its jump."""
        number, error, at = found
        bend = abs(self.jumps[at] / self.steps[at])
        return Slope(
            number=float(number),
            error=float(error + 500 * self.epsilon * self.steepness[at]),
            jump=float(jump[0]),
            jump_error=float(jump[1]),
            rounding=float(4 * self.epsilon * abs(self.place) * bend),
            steepness=float(self.steepness[np.isfinite(self.steepness).argmax()]),
        )

    def _limits(self, column: Array, power: int) -> _Limits:
        """Extrapolate; what needs one of the two shortest steps is left out.

        Nothing could contradict it.
        """
        noise, places = self._noise(column), np.arange(len(column))
        found = []
        for order in (1, 2, 3):
            finer, coarser = column[1:], column[:-1]
            ratios = self.steps[:-order] / self.steps[order:]
            column = finer + (finer - coarser) / (ratios**power - 1)
            error = abs(column - coarser) + noise[order:]
            found.append(np.array([places[:-order], places[order:], column, error])[:, :-2])
        first, last, number, error = np.concatenate(found, axis=1)
        first, last = first.astype(int), last.astype(int)
        counts = np.isfinite(error) & (self.is_still[first] == self.is_still[last])
        return _Limits(first[counts], last[counts], number[counts], error[counts])

    def _noise(self, column: Array) -> Array:
        """Return what round-off makes of a slope: what it has to, or what shorter steps show."""
        scatter = np.append(abs(np.diff(column)) * self.steps[1:], [0, 0])[1:]
        seen = np.fmax.accumulate(scatter[::-1])[::-1]
        noise: Array = np.fmax(self.noise, seen) / self.steps
        return noise

    def _best(self, limits: _Limits) -> _Found:
        """Return the limit with the smallest error that shorter steps do not contradict.

        Steps over which the function does not move say that the slope is 0, or that values are
        too coarse for them. If longer ones say something else, nothing is certain.
        """
        first, last, number, error = limits
        if not number.size:
            return np.nan, np.inf, 0
        is_still = self.is_still[first]
        is_apart = abs(number[:, None] - number) > error[:, None] + error
        contradicts = is_apart & (last > last[:, None])
        is_refuted = contradicts[:, ~is_still].any(axis=1)
        best = np.where(is_refuted, np.inf, error).argmin()
        is_near = self.steps[first] <= 1.01 * _first_step(self.place)
        is_rival = is_near & ~is_still & ~is_refuted & (error < 1e-3 * abs(number))
        is_rival[best] = True
        rivals = number[is_rival & contradicts[:, is_still].any(axis=1)]
        return number[best], max(error[best], abs(rivals).max(initial=0)), last[best]

    def _is_torn(self) -> bool:
        """Say whether the values, and not only the slopes, jump at the point."""
        leaps = abs(self.slopes * self.steps)[-3:]
        return bool(leaps.min() > 0.999 * leaps.max() and leaps.min() > 100 * self.noise[-1])
