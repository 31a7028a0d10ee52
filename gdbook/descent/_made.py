"""What steps, schedules and samplings of the package have in common."""

from typing import Any


class Made:
    """Something that is made from options, which are checked once, and then called like a function.

    It is a frozen record, so it can be compared, printed and pickled. The loop knows it by this
    class, and checks only what functions of others return.
    """

    def _keep(self, **options: Any) -> None:
        """Keep options as they are after their check."""
        for name, value in options.items():
            object.__setattr__(self, name, value)


class Sampler(Made):
    """A sampling of the package: its batches are arrays of indices, at least one."""
