"""Give each block a process of its own, and a limited time."""

import json
import multiprocessing
import multiprocessing.forkserver
import os
import re
import signal
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from bookwright.blocks import child, programs
from bookwright.blocks.result import Questions, Raised, Result

SECONDS_TO_START = 60
NOTHING = Questions()
_UNSAID = {"OMP_NUM_THREADS": "1"}  # there is a block on each core anyway

_running: set[BaseProcess] = set()


@dataclass(frozen=True)
class Sandbox:
    """How the blocks of a book are run.

    Args:
        environment: Names and values of the environment variables that blocks have.
        style: The style of figures, as matplotlib writes it.
        preload: Modules that the template of all children imports once.
        known: Folders whose files are in the keys of all results anyway.
    """

    environment: tuple[tuple[str, str], ...]
    style: str = ""
    preload: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def open(self) -> None:
        """Start the template of all children; it is not for threads, and need not be waited for."""
        _context(self)

    def run(
        self,
        code: str,
        *,
        is_session: bool,
        limit: float,
        asked: Questions = NOTHING,
    ) -> Result:
        """Run a block in a child process and return what came of it.

        Args:
            code: The block.
            is_session: Whether it is a session that is compared with its own outputs.
            limit: Seconds after which the block is stopped.
            asked: What the page wants to know of it besides what it shows.
        """
        with TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            (folder / "work").mkdir()
            (folder / "work" / programs.SCRIPT).write_text(code, encoding="utf-8")
            _, added = _context(self)
            settings = dict(self.environment), self.known, added
            job = child.Job(name, self.style, is_session, limit, asked, *settings)
            started = time.perf_counter()
            exit_status = self.call(child.run, job, limit + SECONDS_TO_START)
            return _read(folder, limit, exit_status, time.perf_counter() - started)

    def call(
        self, target: Callable[[Any], object], job: object, seconds: float | None = None
    ) -> int | None:
        """Call a function in a child process, and return the status with which it ended.

        After so many seconds it is stopped.
        """
        context, _ = _context(self)
        process = context.Process(target=target, args=(job,))
        process.start()
        _running.add(process)
        process.join(seconds)
        _stop(process)
        _running.discard(process)
        return process.exitcode


def environment(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the environment of blocks: these variables, and programs of this Python's own."""
    found = ((name, os.environ.get(name, _UNSAID.get(name))) for name in sorted(names))
    passed = ((name, value) for name, value in found if value is not None)
    return (*passed, ("PATH", os.pathsep.join([sysconfig.get_path("scripts"), os.defpath])))


@contextmanager
def only(variables: Mapping[str, str]) -> Iterator[None]:
    """Withhold all other environment variables from the processes that are started meanwhile."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def stop_all() -> None:
    """Stop all blocks that are running."""
    for process in list(_running):
        _stop(process)


@cache
def _context(sandbox: "Sandbox") -> tuple[ForkServerContext | SpawnContext, str]:
    """Return the way to start a child: a copy of a warm process where the system can do that.

    The package itself is not preloaded, so that each block reads it afresh. The template takes
    the style of figures, if it has matplotlib. With it comes the folder that children need on
    their path, if it was not there before.
    """
    engine, added = str(programs.ENGINE.parent), ""
    if engine not in sys.path:
        sys.path.append(engine)
        added = engine
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn"), added  # pragma: no cover  # Windows
    context = multiprocessing.get_context("forkserver")
    draws = any(name.partition(".")[0] == "matplotlib" for name in sandbox.preload)
    own = [child.__name__, child.JUDGING, "mkdocs.__main__"]
    canvas = [child.CANVAS] if draws else []
    context.set_forkserver_preload([*own, *sandbox.preload, *canvas])
    variables = dict(sandbox.environment)
    path = os.pathsep.join(filter(None, [engine, variables.get("PYTHONPATH")]))
    with only(variables | {"PYTHONPATH": path, child.CANVAS: sandbox.style}):
        multiprocessing.forkserver.ensure_running()
    return context, added


def _stop(process: BaseProcess) -> None:
    """Stop a block, and what it started and left running."""
    process.kill()
    process.join()
    with suppress(AttributeError, ProcessLookupError, PermissionError):  # no groups on Windows
        os.killpg(cast("int", process.pid), signal.SIGKILL)


def _read(folder: Path, limit: float, exit_status: int | None, seconds: float) -> Result:
    result, stuck = folder / "result.json", folder / "stuck"
    if result.exists():
        return Result.from_json(json.loads(result.read_text(encoding="utf-8")))
    where = stuck.read_text(encoding="utf-8") if stuck.exists() else ""
    frame = re.search(rf'File "{programs.SCRIPT}", line (\d+)', where)
    name, message = (
        ("TimeoutError", f"TimeoutError: the block ran for longer than {limit:g} s")
        if where
        else (
            "SystemExit",
            f"SystemExit: the block ended its own process with status {exit_status}",
        )
    )
    line = int(frame[1]) if frame else None
    output = (folder / "output").read_bytes() if (folder / "output").exists() else b""
    stopped = Raised(name, name, message, line, f"{message}\n")
    return Result(items=tuple(child.text(output)), seconds=seconds, stopped=stopped)
