"""Run one block the way `python block.py` would: this is what the child process does."""

import atexit
import doctest
import faulthandler
import gc
import json
import multiprocessing.forkserver
import multiprocessing.process
import os
import re
import sys
import tempfile
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from textwrap import shorten
from types import ModuleType
from typing import Any

import svg_backend

resource: ModuleType | None
try:
    import resource
except ImportError:  # pragma: no cover  # Windows
    resource = None

SCRIPT = "block.py"
LARGEST_FILE = 64 * 2**20
HOOKS = str(Path(__file__).parent)


def run(folder: str, language: str, limit: float, prefix: str) -> None:
    """Run `work/block.py` below a folder, and leave behind what came of it.

    That is `output`, all that a terminal would have shown; `outcome.json`, the figures, the
    seconds and the error if there was one; and, of a block that ran for longer than `limit`
    seconds, `stuck`: where it was then.
    """
    place = Path(folder)
    process = os.getpid()
    with suppress(AttributeError):  # there are no process groups on Windows
        os.setsid()
    _limit_files()
    _redirect_output(place / "output")
    svg_backend.install()
    _start_afresh(place / "work")
    with (place / "stuck").open("w") as stuck:
        faulthandler.dump_traceback_later(limit, exit=True, file=stuck)
        error, seconds = _attempt(language)
        if os.getpid() != process:  # a child that the block forked, and that came to its end
            os._exit(0 if error is None else 1)
        faulthandler.cancel_dump_traceback_later()
    figures = [svg_backend.inline(svg, f"{prefix}-{n}") for n, svg in enumerate(svg_backend.drawn)]
    outcome = {"figures": figures, "seconds": seconds, "error": error}
    (place / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


def _limit_files() -> None:
    """Let a block that prints for ever fail before the disk is full."""
    if resource is not None:  # pragma: no branch  # Windows
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        soft = LARGEST_FILE if hard == resource.RLIM_INFINITY else min(LARGEST_FILE, hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _redirect_output(target: Path) -> None:
    """Send what this process and its children print, and their errors, to one file."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream, number in (("stdout", 1), ("stderr", 2)):
        os.dup2(descriptor, number)
        text = open(number, "w", 1, "utf-8", newline="\n", closefd=False)  # noqa: SIM115  # it stays open
        setattr(sys, stream, text)
        setattr(sys, f"__{stream}__", text)


def _start_afresh(folder: Path) -> None:
    """Part with what a copy of a warm process inherits, and a new interpreter would not have."""
    os.chdir(folder)
    sys.argv[:] = [SCRIPT]
    sys.path[:] = [str(Path.cwd()), *(path for path in sys.path if path not in {HOOKS, ""})]
    for name in ("numpy.random", "torch"):
        if module := sys.modules.get(name):
            module.seed()
    gc.freeze()  # what the template loaded need not be looked at when the block ends
    atexit._clear()
    multiprocessing.set_start_method(None, force=True)
    multiprocessing.process.ORIGINAL_DIR = str(Path.cwd())  # type: ignore[attr-defined]
    multiprocessing.forkserver._forkserver.__init__()  # type: ignore[misc]  # one of its own


def _attempt(language: str) -> tuple[dict[str, Any] | None, float]:
    started = time.perf_counter()
    streams = sys.stdout, sys.stderr
    error = None
    try:
        _execute(Path(SCRIPT).read_text(encoding="utf-8"), language)
        svg_backend.collect()
        _end()
        for stream in streams:
            if not stream.closed:
                stream.flush()
    except BaseException as raised:  # noqa: BLE001  # sys.exit() among them
        error = _describe(raised)
    return error, time.perf_counter() - started


def _execute(source: str, language: str) -> None:
    main = ModuleType("__main__")
    main.__file__ = SCRIPT
    main.__builtins__ = __builtins__  # type: ignore[attr-defined]  # as in every module
    sys.modules["__main__"] = main
    if language == "pycon":
        test = doctest.DocTestParser().get_doctest(source, vars(main), SCRIPT, SCRIPT, 0)
        doctest.DebugRunner(verbose=False).run(test)
    else:
        exec(compile(source, SCRIPT, "exec", dont_inherit=True), vars(main))  # noqa: S102  # to run it is the point


def _end() -> None:
    """Do what an interpreter does at its end: threads, exit functions, what is still alive."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    vars(sys.modules["__main__"]).clear()
    gc.collect()


def _describe(error: BaseException) -> dict[str, Any]:
    """Return what Python would print of an error, and the line of the block it came from."""
    line = None
    if isinstance(error, doctest.DocTestFailure | doctest.UnexpectedException):
        line = (error.test.lineno or 0) + error.example.lineno + 1
    if isinstance(error, doctest.DocTestFailure):
        error = AssertionError(f"expected {error.example.want!r}, got {error.got!r}")
    elif isinstance(error, doctest.UnexpectedException):
        error = error.exc_info[1]
    trace = traceback.TracebackException.from_exception(error)
    trace.stack[:] = [frame for frame in trace.stack if frame.filename != __file__]
    frames = [frame.lineno for frame in trace.stack if frame.filename == SCRIPT]
    if isinstance(error, SyntaxError) and error.filename == SCRIPT:
        frames = [error.lineno]
    lines = "".join(trace.format_exception_only()).strip().split("\n")
    name = type(error).__name__
    first = next((n for n, text in enumerate(lines) if name in text.partition(":")[0]), 0)
    return {
        "summary": shorten(_without_paths(" ".join(lines[first:])), 300),
        "line": line or (frames[-1] if frames else None),
        "traceback": _without_paths("".join(trace.format())),
    }


def _without_paths(text: str) -> str:
    """Cut off what tells where things lie on this machine."""
    roots = {*sys.path, sys.prefix, sys.base_prefix, str(Path.home()), tempfile.gettempdir()}
    for root in sorted(roots - {"", os.sep}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.-]){re.escape(root)}({re.escape(os.sep)}|(?![\w.-]))", "", text)
    return text
