"""Paths of drawings, no longer than what can be seen of them."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

NOT_SEEN = 0.1  # of a pixel
SMALL = 10  # pixels: what is smaller, such as a marker, is drawn more finely

_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")

Step = tuple[str, list[complex]]


class Path(NamedTuple):
    """A path: where it starts, and its shape from there, which may be that of others, too."""

    start: complex
    shape: str

    @property
    def text(self) -> str:
        """The path as SVG has it."""
        return f"M{pairs([self.start], 2)}{self.shape}"


def read(path: str) -> Path:
    """Return a path as short as it can be without a visible difference.

    Points that lie on a line anyway are left out. Each point is told from the one before it, in
    tenths of a pixel from the start, so that what is rounded off does not add up.
    """
    steps = [(name, _points(numbers)) for name, numbers in _STEP.findall(path)]
    start = steps[0][1][0]
    extent = max(abs(point - start) for _, points in steps for point in points)
    return Path(start, "".join(_relative(_simplified(steps), start, 1 if extent > SMALL else 2)))


def pairs(points: Iterable[complex], decimals: int) -> str:
    """Return points as SVG has them."""
    numbers = (short(number, decimals) for at in points for number in (at.real, at.imag))
    return " ".join(numbers).replace(" -", "-")


def short(number: float, decimals: int) -> str:
    """Return a number with so many decimals at most."""
    text = f"{number:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if decimals else text
    if text == "-0":
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _points(numbers: str) -> list[complex]:
    values = [float(number) for number in numbers.split()]
    return [complex(*pair) for pair in zip(values[::2], values[1::2], strict=True)]


def _simplified(steps: list[Step]) -> Iterator[Step]:
    """Yield the steps without the lines that nobody sees."""
    at = 0j
    for name, run in groupby(steps, key=lambda step: step[0]):
        lines = [*run]
        if name == "L":
            kept = _without_what_nobody_sees([at, *(points[-1] for _, points in lines)])
            lines = [(name, [point]) for point in kept[1:]]
        yield from lines
        at = lines[-1][1][-1] if lines[-1][1] else at


def _relative(steps: Iterator[Step], start: complex, decimals: int) -> Iterator[str]:
    """Yield what stands behind the start of a path, each step told from where it begins."""
    at = begun = 0j
    last, _ = "", next(steps)
    for name, points in steps:
        offsets = [_rounded(point - start, decimals) for point in points]
        numbers = pairs((offset - at for offset in offsets), decimals)
        letter = name.lower()
        at = offsets[-1] if offsets else begun
        begun = at if letter == "m" else begun
        begins = letter if letter != last or letter == "m" else " "
        yield f"{begins}{numbers}".replace(" -", "-")
        last = letter


def _rounded(point: complex, decimals: int) -> complex:
    return complex(round(point.real, decimals), round(point.imag, decimals))


def _without_what_nobody_sees(points: list[complex]) -> list[complex]:
    """Return the points of a line without those that lie on it anyway (Douglas and Peucker)."""
    kept, pieces = {0, len(points) - 1}, [(0, len(points) - 1)]
    while pieces:
        first, last = pieces.pop()
        away = [_away(point, points[first], points[last]) for point in points[first + 1 : last]]
        if max(away, default=0) > NOT_SEEN:
            furthest = first + 1 + away.index(max(away))
            kept.add(furthest)
            pieces += [(first, furthest), (furthest, last)]
    return [points[number] for number in sorted(kept)]


def _away(point: complex, start: complex, end: complex) -> float:
    """Return how far a point lies from the line that leads from one point to another."""
    way, off = end - start, point - start
    if not way:
        return abs(off)
    share = (off * way.conjugate()).real / abs(way) ** 2
    return abs(off - min(max(share, 0), 1) * way)
