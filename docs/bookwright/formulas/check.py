"""Decide whether formulas are true."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Formula(NamedTuple):
    tex: str
    mark: str


class Verdict(NamedTuple):
    status: str
    message: str


def check(
    formulas: Sequence[Formula], symbols: Mapping[str, object], *, seed: int = 0
) -> list[Verdict]:
    return [Verdict("silent", "") for _ in formulas]
