"""Run the code of a block in this process, and tell how it ended."""

import ast
import builtins
import doctest
import os
import re
import sys
import tempfile
import tokenize
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TextIO, cast

from bookwright.blocks.result import Raised, Result, Warned, WrongExample

SCRIPT = "block.py"
ENGINE = Path(__file__).parents[1]


def execute(*, is_session: bool) -> Result:
    """Run the script in the working directory; leaving it with success is no failure."""
    source = Path(SCRIPT).read_text(encoding="utf-8")
    try:
        return _session(source) if is_session else _program(source)
    except SystemExit as leave:
        if leave.code is None or leave.code == 0:
            return Result(left=True)
        raise


def _program(source: str) -> Result:
    """Run a program; the value of a last expression is looked at, as Jupyter does."""
    main = _main()
    flags = ast.PyCF_ONLY_AST
    tree = cast("ast.Module", compile(source, SCRIPT, "exec", flags, dont_inherit=True))
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, SCRIPT, "exec", dont_inherit=True), vars(main))  # noqa: S102  # to run it is the point
        return Result()
    tree.body.pop()
    exec(compile(tree, SCRIPT, "exec", dont_inherit=True), vars(main))  # noqa: S102
    expression = ast.Expression(last.value)
    value = eval(compile(expression, SCRIPT, "eval", dont_inherit=True), vars(main))  # noqa: S307
    return Result(value=None if value is None or _ends_with_semicolon(source) else last.lineno)


def _ends_with_semicolon(source: str) -> bool:
    """Tell whether a value is dropped on purpose, which Jupyter looks for in the same way."""
    passed = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return [token.string for token in tokens if token.type not in passed][-1:] == [";"]


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
            wrong.append(_wrong(test, example, f"{raised(exc_info[1]).message}\n"))

    main = _main()
    test = doctest.DocTestParser().get_doctest(source, vars(main), SCRIPT, SCRIPT, 0)
    Runner(verbose=False).run(test, out=lambda _: None, clear_globs=False)
    vars(main).update(test.globs)
    return Result(wrong=tuple(wrong))


def _wrong(test: doctest.DocTest, example: doctest.Example, got: str) -> WrongExample:
    line = (test.lineno or 0) + example.lineno + 1
    without_frames = re.sub(r"^  File .*\n(?: {4}.*\n)*", "", got, flags=re.MULTILINE)
    return WrongExample(line, example.source, example.want, _without_paths(without_frames))


def _main() -> ModuleType:
    main = ModuleType("__main__")
    main.__file__ = SCRIPT
    main.__builtins__ = builtins  # type: ignore[attr-defined]  # the module, as in every program
    sys.modules["__main__"] = main
    return main


@contextmanager
def noting(warned: list[Warned]) -> Iterator[None]:
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


def raised(error: BaseException) -> Raised:
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
