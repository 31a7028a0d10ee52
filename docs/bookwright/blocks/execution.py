"""Run the blocks of a build side by side, or find what came of them before."""

import logging
import os
import traceback
from collections.abc import Callable, Container
from concurrent.futures import Future, ThreadPoolExecutor
from fnmatch import fnmatch
from typing import Any, NamedTuple, TypeAlias, TypeVar

from bookwright import keys
from bookwright.blocks.isolation import Sandbox, stop_all
from bookwright.blocks.result import Questions, Raised, Result
from bookwright.cache import Cache
from bookwright.pages.listings import Listing
from bookwright.pages.page import Place

log = logging.getLogger("mkdocs.bookwright")


STEP = 50  # blocks, after which the log says how many have run

Name: TypeAlias = tuple[str, float]
"""The name of something that runs: its key, and how long it may take."""
T = TypeVar("T")


class Ran(NamedTuple):
    """A result, and whether it was found and not made in this build."""

    result: Result
    kept: bool


class Run(NamedTuple):
    """Something that has been set going, and the page that needs it."""

    uri: str
    future: Future[Any]


class Workers:
    """Threads that run blocks for builds that follow each other.

    `runs` are those that the last build has set going.
    """

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._threads = ThreadPoolExecutor(os.cpu_count())
        self.submit = self._threads.submit
        self.runs: dict[Name, Run] = {}

    def stop(self) -> None:
        """Stop all blocks, those that run and those that wait."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        stop_all()


class Execution:
    """The blocks of one build.

    A block is complete: it runs in a process of its own, so blocks can run side by side, and
    what comes of it follows from its code and the fingerprint alone. `start` sets a block going,
    and `result` waits for it. What the build before has set going and has not come to its end
    is taken over; all of it, if this build `resumes` that one.
    """

    def __init__(  # noqa: D107  # the class says what it is
        self,
        sandbox: Sandbox,
        cache: Cache,
        *,
        fingerprint: str,
        formulas: str = "",
        seconds: float,
        again: str = "",
        is_sound: Callable[[Listing, Result], bool],
        workers: Workers,
        resumes: bool = False,
    ) -> None:
        self._sandbox = sandbox
        self._cache = cache
        self._fingerprint = fingerprint
        self._formulas = formulas
        self._seconds = seconds
        self._again = again
        self._is_sound = is_sound
        self._workers = workers
        self._earlier = {
            name: run for name, run in workers.runs.items() if resumes or not run.future.done()
        }
        workers.runs = {}
        self._started: dict[tuple[str, float, bool], Future[Any]] = {}
        self._shown: dict[Place, Ran] = {}

    def start(self, listing: Listing, *formulas: tuple[str, str]) -> Future[Ran]:
        """Set a block going, so that it is done when its page needs it."""
        values = ((each.expression, each.form, each.context) for each in listing.asked)
        asked = Questions(tuple(values), formulas)
        key = keys.block(
            self._fingerprint + (self._formulas if formulas else ""),
            listing.code,
            is_session=listing.is_session,
            asked=asked,
        )
        limit = listing.options.limit or self._seconds
        return self.task(
            (key, limit),
            listing.place.uri,
            found=lambda: self._kept(key),
            run=lambda: self._run(listing, asked, key, limit),
        )

    def task(
        self, name: Name, uri: str, *, found: Callable[[], T | None], run: Callable[[], T]
    ) -> Future[T]:
        """Set something going that a page needs, if it is not found and is not going already."""
        again = fnmatch(uri, self._again)
        if (*name, again) not in self._started:
            self._started[*name, again] = self._future(name, uri, None if again else found(), run)
        return self._started[*name, again]

    def verdicts(self, listing: Listing, *formulas: tuple[str, str]) -> list[tuple[str, str]]:
        """Return what is to be said of formulas by the table of symbols that a block makes."""
        result = self._wait(self.start(listing, *formulas)).result
        return [*result.verdicts]

    def result(self, listing: Listing) -> Result:
        """Return what comes of a block, as soon as it has."""
        ran = self._wait(self.start(listing))
        self.note(listing.place, ran)
        return ran.result

    def note(self, place: Place, ran: Ran) -> None:
        """Take a block into account that stands on a page."""
        self._shown[place] = ran

    def on_page(self, uri: str) -> list[Ran]:
        """Return what came of the blocks of a page."""
        return [ran for place, ran in self._shown.items() if place.uri == uri]

    def close_page(self, uri: str) -> None:
        """Say what the blocks of a page took, if any had to run."""
        blocks = self.on_page(uri)
        if not all(ran.kept for ran in blocks):
            log.info("%s: %s", uri, _account(blocks))

    def finish(self, others: int = 0, made: Container[str] = ()) -> None:
        """Say what all blocks took, and which took longest; others are those of kept pages.

        What ran for pages that are made, and is not needed for them any more, is stopped.
        """
        for name, earlier in self._earlier.items():
            if earlier.uri not in made or not earlier.future.cancel():
                self._workers.runs[name] = earlier
        log.info("All pages: %s", _account([*self._shown.values()], others))
        run = {place: ran.result.seconds for place, ran in self._shown.items() if not ran.kept}
        for place in sorted(run, key=run.__getitem__, reverse=True)[:3]:
            log.info("Slowest: %s, %.2f s", place, run[place])

    def _future(self, name: Name, uri: str, found: T | None, run: Callable[[], T]) -> Future[T]:
        if found is not None:
            future: Future[T] = Future()
            future.set_result(found)
            return future
        if name not in self._earlier:
            self._sandbox.open()
            self._earlier[name] = Run(uri, self._workers.submit(run))
            self._earlier[name].future.add_done_callback(self._tell)
        self._workers.runs[name] = self._earlier.pop(name)
        return self._workers.runs[name].future

    def _tell(self, _: Future[Any]) -> None:
        """Say now and then how many blocks have run."""
        runs = [*self._workers.runs.values()]
        done = sum(run.future.done() for run in runs)
        if done and done % STEP == 0:
            log.info("Blocks: %s of %s have run", done, len(runs))

    def _kept(self, key: str) -> Ran | None:
        """Return the result that was kept, if the files that it was made from are the same."""
        value = self._cache.load(key)
        if value is None or value["files"] != keys.files(value["files"]):
            return None
        return Ran(Result.from_json(value["result"]), kept=True)

    def _run(self, listing: Listing, asked: Questions, key: str, limit: float) -> Ran:
        result = self._sandbox.run(
            listing.code, is_session=listing.is_session, limit=limit, asked=asked
        )
        if self._is_sound(listing, result) and not any(error for _, error in result.answers):
            files = keys.files(result.files)
            self._cache.store(key, {"result": result.to_json(), "files": files})
        return Ran(result, kept=False)

    def _wait(self, future: Future[Ran]) -> Ran:
        try:
            return future.result()
        except Exception as error:  # noqa: BLE001  # whatever keeps a block from being run
            message = f"the block could not be run: {error!r}"
            stopped = Raised("", "", message, None, traceback.format_exc())
            return Ran(Result(stopped=stopped), kept=False)


def _account(blocks: list[Ran], others: int = 0) -> str:
    run = [ran.result.seconds for ran in blocks if not ran.kept]
    kept = others + len(blocks) - len(run)
    return f"{len(run)} blocks run, {kept} cached, {sum(run):.2f} s"
