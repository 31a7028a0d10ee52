"""What a run has come to, and goes on from."""

from typing import Any, NamedTuple

from gdbook._checks import Array


class Averages(NamedTuple):
    """The memory of a step, and the mean of the iterates so far."""

    memory: Any
    mean: Array
    seen: int


class State(NamedTuple):
    """What a run has come to after an epoch: all that it goes on from."""

    params: Array
    memory: Any
    step: str
    epoch: int = 0
    updates: int = 0

    @property
    def point(self) -> Array:
        """The parameters that are recorded: the mean of the iterates where it is taken."""
        return self.memory.mean if isinstance(self.memory, Averages) else self.params
