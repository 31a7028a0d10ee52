"""Copies of graphs, without recursion."""

from __future__ import annotations  # the module of Value imports this one

from copy import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdbook.autograd import Value


def twin(values: list[Value], memo: dict[int, Value]) -> Value:
    """Copy values, each after its inputs, unless `copy.deepcopy` has done so; return the last."""
    for value in values:
        if id(value) not in memo:
            copied = memo[id(value)] = copy(value)
            copied.inputs = tuple((memo[id(source)], slope) for source, slope in value.inputs)
    return memo[id(values[-1])]
