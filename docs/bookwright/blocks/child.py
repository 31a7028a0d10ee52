"""Run one block the way `python block.py` would: this is what the child process does."""

import faulthandler
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from functools import partial
from importlib.util import find_spec, module_from_spec, source_from_cache
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, cast

from bookwright import borrowed
from bookwright.blocks import programs, values
from bookwright.blocks.arrival import when_imported
from bookwright.blocks.result import Item, Questions, Result, Warned

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

resource: ModuleType | None
try:
    import resource
except ImportError:  # pragma: no cover  # Windows
    resource = None

Judge = Callable[[dict[str, Any], int], Any]

CANVAS = "bookwright.blocks.canvas"
JUDGING = "bookwright.formulas.judging"
NICENESS = 5  # the build itself, and whoever reads its pages, come first
LARGEST_FILE = 64 * 2**20
SEED = 0
MOST_READ = 8 * 2**20
SYSTEM = ("/dev", "/etc", "/proc", "/sys")

_put_away: list[ModuleType] = []  # modules of the engine: to free them takes longer


class Job(NamedTuple):
    """What a child process has to know: where its files are, and how to run what is in them."""

    folder: str
    style: str
    is_session: bool
    limit: float
    asked: Questions
    environment: dict[str, str]
    known: tuple[str, ...]
    added: str


def run(job: Job) -> None:
    """Run `work/block.py` below a folder, and leave behind what came of it.

    That is `output` and `errors`, all that a terminal would have shown; `result.json`, with the
    figures in place of a part of `output`; and, of a block that ran for longer than its limit,
    `stuck`: where it was then.
    """
    place = Path(job.folder)
    process = os.getpid()
    with suppress(AttributeError):  # there are no process groups on Windows
        os.setsid()
    _limit_files()
    with suppress(AttributeError):  # Windows
        os.nice(NICENESS)
    _redirect(place / "output", "stdout", 1, errors="strict")
    _redirect(place / "errors", "stderr", 2, errors="backslashreplace")
    _await_matplotlib(job.style, place / "output")
    read: set[Path] = set()
    sys.addaudithook(partial(_note_reading, read))
    judge = _judge() if job.asked.formulas else None
    _start_afresh(place / "work", job)
    with (place / "stuck").open("w") as stuck:
        faulthandler.dump_traceback_later(job.limit, exit=True, file=stuck)
        result = _attempt(job, judge)
        if os.getpid() != process:  # a child that the block forked, and that came to its end
            os._exit(1 if result.raised else 0)
        faulthandler.cancel_dump_traceback_later()
    canvas = sys.modules.get(CANVAS)
    figures = canvas.drawn if canvas else []
    output = _beginning(place / "output")
    items, end = [], 0
    for printed, wide, narrow in figures:
        items += [*text(output[end:printed]), Item("figure", wide, narrow)]
        end = printed
    items += text(output[end:])
    errors = _beginning(place / "errors").decode(errors="replace")
    known = [*job.known, str(place), sys.prefix, sys.base_prefix, *SYSTEM]
    files = tuple(sorted(str(file) for file in read if not any(map(file.is_relative_to, known))))
    result = replace(result, items=tuple(items), errors=errors, files=files)
    (place / "result.json").write_text(json.dumps(result.to_json()), encoding="utf-8")


def _note_reading(read: set[Path], event: str, details: tuple[object, ...]) -> None:
    """Note which files are opened, those of imported modules by their source."""
    if event != "open" or not isinstance(details[0], str):
        return
    path = Path(details[0]).absolute()
    if path.suffix == ".pyc":
        with suppress(ValueError, NotImplementedError):
            path = Path(source_from_cache(path))
    if path.is_file():
        read.add(path)


def _beginning(file: Path) -> bytes:
    """Return so much of a file that a result can hold it; more is too much for any page."""
    with file.open("rb") as opened:
        return opened.read(MOST_READ)


def text(output: bytes) -> list[Item]:
    """Return what was printed as an item, if there is any."""
    return [Item("text", output.decode(errors="replace"))] if output else []


def _limit_files() -> None:
    """Let a block that prints for ever fail before the disk is full."""
    if resource is not None:  # pragma: no branch  # Windows
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        soft = LARGEST_FILE if hard == resource.RLIM_INFINITY else min(LARGEST_FILE, hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _redirect(target: Path, stream: str, number: int, *, errors: str) -> None:
    """Send what this process and its children write to one of their streams to a file."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, number)
    os.close(descriptor)
    text = open(number, "w", 1, "utf-8", errors, "\n", closefd=False)  # noqa: SIM115  # it stays open
    setattr(sys, stream, text)
    setattr(sys, f"__{stream}__", text)


def _await_matplotlib(style: str, output: Path) -> None:
    """Have matplotlib draw for the page, if the block imports it or a copy has it already.

    The engine itself cannot be imported any more when that happens.
    """
    spec = cast("ModuleSpec", find_spec(CANVAS))

    def install() -> None:
        canvas = sys.modules.get(CANVAS)
        if canvas is None:
            sys.modules[CANVAS] = canvas = module_from_spec(spec)
            cast("Loader", spec.loader).exec_module(canvas)
        canvas.install(style, output)

    when_imported("matplotlib", install)


def _start_afresh(folder: Path, job: Job) -> None:
    """Part with what a copy of a warm process inherits, and a new interpreter would not have."""
    os.environ.clear()
    os.environ.update(job.environment)
    os.chdir(folder)
    sys.argv[:] = [programs.SCRIPT]
    sys.path[:] = [str(Path.cwd()), *(path for path in sys.path if path not in {job.added, ""})]
    engine = programs.ENGINE.name
    names = {*_imported_of(sys.modules[engine])} - {CANVAS}  # which may be asked for again
    _put_away.extend(map(sys.modules.pop, names))
    sys.modules[engine] = None  # type: ignore[assignment]  # nobody can import it
    if numpy_random := sys.modules.get("numpy.random"):
        numpy_random.seed()
    if torch := sys.modules.get("torch"):
        torch.default_generator.seed()
    gc.freeze()  # what the template loaded need not be looked at when the block ends
    borrowed.forget_the_template()


def _imported_of(package: ModuleType) -> Iterator[str]:
    """Yield the names of what has been imported of a package.

    To go through the names of all modules takes longer: a copy gets each page of memory that it
    touches when it does.
    """
    for member in vars(package).values():
        if isinstance(member, ModuleType) and member.__name__.startswith(f"{package.__name__}."):
            yield member.__name__
            yield from _imported_of(member)


def _attempt(job: Job, judge: Judge | None) -> Result:
    started = time.perf_counter()
    streams = [sys.stdout, sys.stderr]
    result = Result()
    warned: list[Warned] = []
    with programs.noting(warned):
        try:
            result = programs.execute(is_session=job.is_session)
            if canvas := sys.modules.get(CANVAS):
                canvas.collect()
            result = _answered(result, job.asked, judge)
            _end()
            _flush(streams)
        except BaseException as error:  # noqa: BLE001  # whatever ends a block is its result
            result = replace(result, raised=programs.raised(error))
            result = _answered(result, job.asked, judge)
            with suppress(BaseException):
                _end()
            with suppress(OSError):
                _flush(streams)
    seconds = time.perf_counter() - started
    return replace(result, warned=tuple(warned), seconds=seconds)


def _judge() -> Judge:
    """Return what judges formulas; afterwards nothing of the engine can be imported any more."""
    from bookwright.formulas.judging import Judge  # noqa: PLC0415  # only formulas need mpmath

    return Judge


def _answered(result: Result, asked: Questions, judge: Judge | None) -> Result:
    """Return a result with what is asked of the names that the block has left."""
    namespace: dict[str, Any] = vars(sys.modules["__main__"])
    verdicts = []
    with redirect_stdout(StringIO()):
        answers = values.evaluate(asked.values, namespace)
        if judge is not None:
            table = judge(namespace.get("symbols", {}), SEED)
            verdicts = [table.verdict(*formula) for formula in asked.formulas]
    return replace(result, answers=tuple(answers), verdicts=tuple(verdicts))


def _end() -> None:
    """Do what an interpreter does at its end: threads, exit functions, what is still alive."""
    borrowed.end_threads()
    borrowed.run_exit_functions()
    vars(sys.modules["__main__"]).clear()
    gc.collect()


def _flush(streams: list[TextIO]) -> None:
    for stream in streams:
        if not stream.closed:
            stream.flush()
