"""Run one block the way `python block.py` would: this is what the child process does."""

import ast
import doctest
import faulthandler
import gc
import json
import os
import re
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, TracebackType
from typing import NamedTuple, TextIO

from bookwright import borrowed

from .result import Item, Raised, Result, Warned, WrongExample

resource: ModuleType | None
try:
    import resource
except ImportError:  # pragma: no cover  # Windows
    resource = None

SCRIPT = "block.py"
LARGEST_FILE = 64 * 2**20
ENGINE = Path(__file__).parents[1]


class Job(NamedTuple):
    """What a child process has to know: where its files are, and how to run what is in them."""

    folder: str
    is_session: bool
    limit: float
    environment: dict[str, str]


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
    _redirect(place / "output", "stdout", 1)
    _redirect(place / "errors", "stderr", 2)
    canvas = _install_canvas(place)
    _start_afresh(place / "work", job.environment)
    with (place / "stuck").open("w") as stuck:
        faulthandler.dump_traceback_later(job.limit, exit=True, file=stuck)
        result = _attempt(is_session=job.is_session, canvas=canvas)
        if os.getpid() != process:  # a child that the block forked, and that came to its end
            os._exit(1 if result.raised else 0)
        faulthandler.cancel_dump_traceback_later()
    figures = canvas.drawn if canvas else []
    output = (place / "output").read_bytes()
    items, end = [], 0
    for printed, svg in figures:
        items += [*text(output[end:printed]), Item("figure", svg)]
        end = printed
    items += text(output[end:])
    errors = (place / "errors").read_bytes().decode(errors="replace")
    result = replace(result, items=tuple(items), errors=errors)
    (place / "result.json").write_text(json.dumps(result.to_json()), encoding="utf-8")


def text(output: bytes) -> list[Item]:
    """Return what was printed as an item, if there is any."""
    return [Item("text", output.decode(errors="replace"))] if output else []


def _limit_files() -> None:
    """Let a block that prints for ever fail before the disk is full."""
    if resource is not None:  # pragma: no branch  # Windows
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        soft = LARGEST_FILE if hard == resource.RLIM_INFINITY else min(LARGEST_FILE, hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _redirect(target: Path, stream: str, number: int) -> None:
    """Send what this process and its children write to one of their streams to a file."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, number)
    os.close(descriptor)
    text = open(number, "w", 1, "utf-8", newline="\n", closefd=False)  # noqa: SIM115  # it stays open
    setattr(sys, stream, text)
    setattr(sys, f"__{stream}__", text)


def _install_canvas(place: Path) -> ModuleType | None:
    """Have matplotlib draw for the page, where there is matplotlib."""
    if find_spec("matplotlib") is None:
        return None
    from . import canvas  # noqa: PLC0415  # a book without figures needs no matplotlib

    canvas.install(place / "style", place / "output")
    return canvas


def _start_afresh(folder: Path, environment: dict[str, str]) -> None:
    """Part with what a copy of a warm process inherits, and a new interpreter would not have."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv[:] = [SCRIPT]
    engine = {str(ENGINE), str(ENGINE.parent), ""}
    sys.path[:] = [str(Path.cwd()), *(path for path in sys.path if path not in engine)]
    canvas = f"{ENGINE.name}.blocks.canvas"  # matplotlib may ask for its backend again
    for name in [*sys.modules]:
        if name.partition(".")[0] == ENGINE.name and name != canvas:
            del sys.modules[name]
    for name in ("numpy.random", "torch"):
        if module := sys.modules.get(name):
            module.seed()
    gc.freeze()  # what the template loaded need not be looked at when the block ends
    borrowed.forget_the_template()


def _attempt(*, is_session: bool, canvas: ModuleType | None) -> Result:
    started = time.perf_counter()
    streams = [sys.stdout, sys.stderr]
    result = Result()
    warned: list[Warned] = []
    with _noting(warned):
        try:
            result = _whole(is_session=is_session)
            if canvas:
                canvas.collect()
            _end()
            _flush(streams)
        except BaseException as error:  # noqa: BLE001  # whatever ends a block is its result
            result = replace(result, raised=_raised(error))
            with suppress(OSError):
                _flush(streams)
    seconds = time.perf_counter() - started
    return replace(result, warned=tuple(warned), seconds=seconds)


def _whole(*, is_session: bool) -> Result:
    source = Path(SCRIPT).read_text(encoding="utf-8")
    try:
        return _session(source) if is_session else _program(source)
    except SystemExit as leave:
        if leave.code in {None, 0}:
            return Result()
        raise


def _program(source: str) -> Result:
    """Run a program; the value of a last expression is looked at, as Jupyter does."""
    main = _main()
    tree = ast.parse(source, SCRIPT)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, SCRIPT, "exec", dont_inherit=True), vars(main))  # noqa: S102  # to run it is the point
        return Result()
    tree.body.pop()
    exec(compile(tree, SCRIPT, "exec", dont_inherit=True), vars(main))  # noqa: S102
    expression = ast.Expression(last.value)
    value = eval(compile(expression, SCRIPT, "eval", dont_inherit=True), vars(main))  # noqa: S307
    is_hidden = source.rstrip().endswith(";")
    return Result(value=None if value is None or is_hidden else last.lineno)


def _session(source: str) -> Result:
    """Run a session, and note each example whose output is another one than it says."""
    wrong: list[WrongExample] = []

    class Runner(doctest.DocTestRunner):
        def report_failure(
            self, _: object, test: doctest.DocTest, example: doctest.Example, got: str
        ) -> None:
            wrong.append(_wrong(test, example, got))

        def report_unexpected_exception(
            self,
            _: object,
            test: doctest.DocTest,
            example: doctest.Example,
            exc_info: tuple[type[BaseException], BaseException, TracebackType],
        ) -> None:
            wrong.append(_wrong(test, example, _raised(exc_info[1]).message + "\n"))

    test = doctest.DocTestParser().get_doctest(source, vars(_main()), SCRIPT, SCRIPT, 0)
    Runner(verbose=False).run(test, out=lambda _: None, clear_globs=False)
    return Result(wrong=tuple(wrong))


def _wrong(test: doctest.DocTest, example: doctest.Example, got: str) -> WrongExample:
    line = (test.lineno or 0) + example.lineno + 1
    return WrongExample(line, example.source, example.want, got)


def _main() -> ModuleType:
    main = ModuleType("__main__")
    main.__file__ = SCRIPT
    main.__builtins__ = __builtins__  # type: ignore[attr-defined]  # as in every module
    sys.modules["__main__"] = main
    return main


@contextmanager
def _noting(warned: list[Warned]) -> Iterator[None]:
    """Note the warnings that Python would print, in place of printing them."""

    def note(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,  # noqa: ARG001  # the signature is Python's
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        at = lineno if filename == SCRIPT else None
        warned.append(Warned(category.__name__, _without_paths(str(message)), at))

    before = warnings.showwarning
    warnings.showwarning = note
    try:
        yield
    finally:
        warnings.showwarning = before


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


def _raised(error: BaseException) -> Raised:
    """Return what Python would print of an error, and the line of the block it came from."""
    trace = traceback.TracebackException.from_exception(error)
    trace.stack[:] = [frame for frame in trace.stack if not frame.filename.startswith(str(ENGINE))]
    frames = [frame.lineno for frame in trace.stack if frame.filename == SCRIPT]
    if isinstance(error, SyntaxError) and error.filename == SCRIPT:
        frames = [error.lineno]
    lines = "".join(trace.format_exception_only()).strip().split("\n")
    kind = type(error)
    first = next((n for n, text in enumerate(lines) if kind.__name__ in text.partition(":")[0]), 0)
    return Raised(
        kind.__name__,
        f"{kind.__module__}.{kind.__qualname__}",
        _without_paths("\n".join(lines[first:])),
        frames[-1] if frames else None,
        _without_paths("".join(trace.format())),
    )


def _without_paths(text: str) -> str:
    """Cut off what tells where things lie on this machine."""
    roots = {*sys.path, sys.prefix, sys.base_prefix, str(Path.home()), tempfile.gettempdir()}
    for root in sorted(roots - {"", os.sep}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.-]){re.escape(root)}({re.escape(os.sep)}|(?![\w.-]))", "", text)
    return text
