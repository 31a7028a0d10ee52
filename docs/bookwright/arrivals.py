"""Serve pages before all their results have come, and build again when they have."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Lock
from typing import Any

Runs = Sequence[Future[Any]]


FEW = 4


class Arrivals:
    """What builds do not wait for.

    A page that is edited is shown when its blocks have run. If blocks of more pages run, as in a
    new copy of the book, none is waited for: such pages are put off, and the next build is asked
    for as soon as a few are ready, then twice as many, and so on.

    Args:
        rebuild: Asks for the next build; without it all is waited for.
    """

    def __init__(  # noqa: D107  # the class says what it is
        self, rebuild: Callable[[], object] | None = None
    ) -> None:
        self._rebuild = rebuild
        self.is_served = rebuild is not None
        self._enough = FEW
        self._waits = True
        self._ready: set[str] = set()
        self._may_ask = Lock()
        self.put_off: dict[str, Runs] = {}
        self.held: dict[str, Any] = {}

    def begin(self) -> bool:
        """Begin a build, and tell whether it has been asked for."""
        was_asked = self._may_ask.locked()
        self._enough = 2 * self._enough if self.put_off else FEW
        self._ready, self._may_ask, self.put_off = set(), Lock(), {}
        return was_asked

    def expect(self, runs: Mapping[str, Runs]) -> None:
        """Take note of the blocks that each page needs."""
        running = [uri for uri in runs if not have_come(runs[uri])]
        self._waits = not self.is_served or len(running) <= 1

    def puts_off(self, uri: str, runs: Runs) -> bool:
        """Tell whether a page is shown later, because it needs these blocks."""
        if self._waits or have_come(runs):
            return False
        self.put_off[uri] = runs
        return True

    def is_late(self, runs: Runs) -> bool:
        """Tell whether something that is only checked is not waited for."""
        return self.is_served and not have_come(runs)

    def finish(self) -> None:
        """Ask for the next build when enough of the pages are ready that were put off."""
        for uri, runs in self.put_off.items():
            when_come(runs, partial(self._note, uri))

    def _note(self, uri: str) -> None:
        self._ready.add(uri)
        ready = self._ready & self.put_off.keys()  # an earlier build may have asked, too
        if len(ready) >= min(self._enough, len(self.put_off)):
            self.ask()

    def ask(self) -> None:
        """Ask for the next build, once."""
        if self._rebuild and self._may_ask.acquire(blocking=False):
            self._rebuild()


def have_come(runs: Iterable[Future[Any]]) -> bool:
    """Tell whether all results are there."""
    return all(future.done() for future in runs)


def when_come(runs: Runs, then: Callable[[], object]) -> None:
    """Call a function once, as soon as all results are there."""
    first = Lock()

    def look(_: object = None) -> None:
        if have_come(runs) and first.acquire(blocking=False):
            then()

    look()
    for future in runs:
        future.add_done_callback(look)
