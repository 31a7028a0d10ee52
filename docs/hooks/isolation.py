"""Give each block a process of its own, and a limited time."""

import json
import multiprocessing
import os
import re
import signal
import sys
from contextlib import suppress
from functools import cache
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

import runner

LIBRARIES = ["graphlay", "matplotlib", "numpy", "scikit-learn", "sympy", "torch"]
PRELOADED = ["graphlay", "mkdocs.__main__", "matplotlib.pyplot", "numpy", "sympy", "torch"]
SECONDS_TO_START = 60

_running: set[BaseProcess] = set()


class Failure(NamedTuple):
    """Why a block did not end well: in a line, where in the block, and as Python tells it."""

    summary: str
    line: int | None
    traceback: str


class Outcome(NamedTuple):
    """What a block printed and drew, how long it took, and why it failed if it did."""

    text: str
    figures: list[str]
    seconds: float
    failure: Failure | None


def run_block(code: str, *, language: str, limit: float, prefix: str) -> Outcome:
    """Run a block in a child process and return what came of it.

    Args:
        code: The block.
        language: `python`, or `pycon` for a session that is compared with its own outputs.
        limit: Seconds after which the block is stopped.
        prefix: Start of the ids in its figures.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "work").mkdir()
        (folder / "work" / runner.SCRIPT).write_text(code, encoding="utf-8")
        child = _context().Process(target=runner.run, args=(name, language, limit, prefix))
        child.start()
        _running.add(child)
        child.join(limit + SECONDS_TO_START)
        _stop(child)
        _running.discard(child)
        return _read(folder, limit, child.exitcode)


def stop_all() -> None:
    """Stop all blocks that are running."""
    for child in list(_running):
        _stop(child)


@cache
def _context() -> ForkServerContext | SpawnContext:
    """Return the way to start a child: a copy of a warm process where the system can do that.

    The package itself is not preloaded, so that each block reads it afresh.
    """
    sys.path.insert(0, str(Path(__file__).parent))
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")  # pragma: no cover  # Windows
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _stop(child: BaseProcess) -> None:
    """Stop a block, and what it started and left running."""
    child.kill()
    child.join()
    with suppress(AttributeError, ProcessLookupError, PermissionError):  # no groups on Windows
        os.killpg(cast("int", child.pid), signal.SIGKILL)


def _read(folder: Path, limit: float, exit_status: int | None) -> Outcome:
    output, outcome, stuck = (folder / name for name in ("output", "outcome.json", "stuck"))
    text = output.read_bytes().decode(errors="replace") if output.exists() else ""
    if outcome.exists():
        result = json.loads(outcome.read_text(encoding="utf-8"))
        failure = Failure(**result["error"]) if result["error"] else None
        return Outcome(text, result["figures"], result["seconds"], failure)
    where = stuck.read_text(encoding="utf-8") if stuck.exists() else ""
    frame = re.search(rf'File "{runner.SCRIPT}", line (\d+)', where)
    summary = (
        f"TimeoutError: the block ran for longer than {limit:g} s"
        if where
        else f"SystemExit: the block ended its own process with status {exit_status}"
    )
    line = int(frame[1]) if frame else None
    return Outcome(text, [], limit, Failure(summary, line, summary + "\n"))
