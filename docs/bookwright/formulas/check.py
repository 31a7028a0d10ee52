"""Decide whether formulas are true, with the table of symbols of their page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Formula(NamedTuple):
    """A formula in TeX, and its mark: `definition`, `condition`, `unchecked`, or none."""

    tex: str
    mark: str


class Verdict(NamedTuple):
    """What is to be said of a formula, and why.

    The status is `checked`, `defined`, `condition`, or `exempt` if it is not to be checked,
    `silent` if it states nothing, or a fault: `wrong` or `unreadable`.
    """

    status: str
    message: str = ""


def check(
    formulas: Sequence[Formula], symbols: Mapping[str, object], *, seed: int = 0
) -> list[Verdict]:
    """Return a verdict on each formula; a definition is known to those after it."""
    from bookwright.formulas.judging import Judge  # noqa: PLC0415  # only formulas need mpmath

    judge = Judge(symbols, seed)
    return [Verdict(*judge.verdict(*formula)) for formula in formulas]
