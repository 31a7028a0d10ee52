"""Run the labs: notebooks written as Markdown, whose cells one kernel runs from top to end.

mkdocs-jupyter runs a lab, in a process of its own: to import it takes as long as a build in which
nothing has changed. What comes of it are results as those of blocks, one for each cell. The page
is made of the same text as a chapter, and MkDocs renders it as it renders any page.
"""

import json
import re
from concurrent.futures import Future
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bookwright import borrowed, keys
from bookwright.blocks.execution import Execution, Ran
from bookwright.blocks.isolation import Sandbox
from bookwright.blocks.result import Raised, Result
from bookwright.cache import Cache
from bookwright.pages.listings import Listing
from bookwright.pages.page import Page, Place
from bookwright.problems import Problems

_ENDED = "the process that runs the lab has ended with status {}"
_NO_CELL = (
    "from here on Jupyter sees other cells than the page has: the fences of cells stand at the "
    "margin, and other languages that Jupyter runs are shown as text."
)


class Job(NamedTuple):
    """What the process of a lab has to know.

    Args:
        folder: Where `lab.md` is, an empty folder `work`, and, in the end, `ran.json`.
        asked: What is asked of each cell: expressions with their forms.
        style: The style of figures.
        seconds: How long a cell may take.
        environment: The environment variables that cells have.
    """

    folder: str
    asked: tuple[tuple[tuple[str, str, str], ...], ...]
    style: str
    seconds: int
    environment: dict[str, str]


class Labs:
    """The labs of one build."""

    def __init__(  # noqa: D107  # the class says what it is
        self,
        sandbox: Sandbox,
        cache: Cache,
        execution: Execution,
        problems: Problems,
        *,
        fingerprint: str,
        seconds: int,
    ) -> None:
        self._sandbox = sandbox
        self._cache = cache
        self._execution = execution
        self._problems = problems
        self._common = keys.digest(fingerprint, "lab", str(seconds))
        self._seconds = seconds

    def start(self, page: Page, listings: list[Listing]) -> Future[tuple[Any, bool]]:
        """Set a lab going."""
        asked = tuple(tuple(map(tuple, each.asked)) for each in _cells(listings))
        text = f"{page.above}\n{page.markdown}"
        key = keys.page(self._common, repr(asked), text)
        return self._execution.task(
            (key, self._seconds),
            page.uri,
            found=lambda: (kept, True) if (kept := self._cache.load(key)) else None,
            run=lambda: (self._run(text, asked, key), False),
        )

    def results(self, page: Page, listings: list[Listing]) -> dict[int, Ran]:
        """Return what came of each cell, by the line of its fence.

        Where something went wrong with a lab, that is the cell that failed, or none.
        """
        cells = _cells(listings)
        ran, is_kept = self.start(page, listings).result()
        if "failed" in ran:
            failed = _failed(ran["failed"], cells)
            return {failed.fence.line: Ran(_failure(*ran["failed"]), kept=False)} if failed else {}
        if "stopped" in ran:
            self._problems.report(page.uri, ran["stopped"])
            return {}
        for source, cell in zip_longest((each["source"] for each in ran["cells"]), cells):
            if cell is None or source != cell.code.strip():
                stranger = _stranger(source or "", listings, cell)
                self._problems.report(stranger or page.uri, _NO_CELL)
                return {}
        return {
            cell.fence.line: Ran(Result.from_json(each["result"]), is_kept)
            for cell, each in zip(cells, ran["cells"], strict=True)
        }

    def _run(self, text: str, asked: Any, key: str) -> dict[str, Any]:  # noqa: ANN401  # a tuple
        with TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            (folder / "work").mkdir()
            (folder / "lab.md").write_text(text, encoding="utf-8")
            environment = dict(self._sandbox.environment)
            job = Job(name, asked, self._sandbox.style, self._seconds, environment)
            status = self._sandbox.call(run, job)
            if not (folder / "ran.json").exists():
                return {"stopped": _ENDED.format(status)}
            ran: dict[str, Any] = json.loads((folder / "ran.json").read_text(encoding="utf-8"))
        if "cells" in ran:
            self._cache.store(key, ran)
        return ran


def run(job: Job) -> None:
    """Run a lab, in a process of its own."""
    from bookwright.blocks import notebook  # noqa: PLC0415  # Jupyter's libraries are slow

    notebook.run(job)


def _cells(listings: list[Listing]) -> list[Listing]:
    return [each for each in listings if each.fence.language == "python"]


def _stranger(source: str, listings: list[Listing], cell: Listing | None) -> Place | None:
    """Return where Jupyter sees a cell and the page has none, or the cell that it does not see."""
    others = (each for each in listings if each.fence.language != "python" and each.code.strip())
    meant = next((each for each in others if source.endswith(each.code.strip())), cell)
    return meant.place if meant else None


def _failed(failed: list[str], listings: list[Listing]) -> Listing | None:
    """Return the cell that failed: the one with the number that Jupyter gives it."""
    *_, traceback = failed
    number = re.search(r"Cell In\[(\d+)\]", traceback)
    ran = [each for each in listings for _ in range(1 + bool(each.asked)) if each.code.strip()]
    if number and int(number[1]) <= len(ran):
        return ran[int(number[1]) - 1]
    rule = borrowed.NBCLIENT_RULE
    alike = (each for each in ran if f"{rule}{each.code.strip()}{rule}" in traceback)
    return next(alike, None)


def _failure(name: str, message: str, traceback: str) -> Result:
    """Return the failure of a cell; its own frame is the first of the traceback."""
    line = re.search(r"Cell In\[\d+\], line (\d+)", traceback)
    details = traceback.rsplit(borrowed.NBCLIENT_RULE, maxsplit=1)[-1]
    at = int(line[1]) if line else None
    return Result(raised=Raised(name, name, message, at, details))
