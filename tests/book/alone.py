"""Build the book with each block in an interpreter that has imported only what the block imports.

An everyday build copies one process that has imported all libraries. Here each set of modules has
a process of its own: what a block imports at its beginning has been imported when it begins, and
nothing else. So it runs as in a new interpreter, which would import the same first.
"""

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.machinery import PathFinder
from itertools import takewhile
from multiprocessing import forkserver, get_all_start_methods, get_context
from multiprocessing.forkserver import ForkServer
from pathlib import Path
from threading import Lock, local
from typing import Any

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
if str(DOCS) not in sys.path:
    sys.path.append(str(DOCS))

from bookwright.blocks import child, isolation, programs  # noqa: E402
from mkdocs.__main__ import cli  # noqa: E402

_starting = Lock()
_thread = local()


class Copies:
    """Makes processes that are copies of one which has imported what their blocks import."""

    def __init__(self, preload: tuple[str, ...]) -> None:
        self._preload = preload

    def Process(self, *, target: Any, args: tuple[Any]) -> "Copy":  # noqa: N802  # multiprocessing's
        """Return a process for a block; all else is done where all libraries are at hand."""
        (job,) = args
        modules = self._preload
        if isinstance(job, child.Job) and not job.asked.formulas:
            script = Path(job.folder) / "work" / programs.SCRIPT
            modules = imported(script.read_text(encoding="utf-8"))
        return Copy(get_context("forkserver").Process(target=target, args=args), template(modules))


class Copy:
    """A process that has not been started yet, and the template that it will be a copy of."""

    def __init__(self, process: Any, template: ForkServer) -> None:
        self._process = process
        self._template = template

    def start(self) -> None:
        """Start the process, from its template."""
        with _starting, _on_path(ROOT, DOCS):
            self._template.ensure_running()
        _thread.template = self._template
        self._process.start()

    def __getattr__(self, name: str) -> Any:
        """Return what the process has."""
        return getattr(self._process, name)


@cache
def template(modules: tuple[str, ...]) -> ForkServer:
    """Return the template that has imported these modules, and what the engine needs."""
    server = ForkServer()
    server.set_forkserver_preload([child.__name__, *modules])
    return server


def imported(code: str) -> tuple[str, ...]:
    """Return the modules that a program imports at its beginning, without those of Python."""
    return tuple(sorted({name for name in _named(code) if _is_of_a_library(name)}))


def _named(code: str) -> Iterator[str]:
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # it is a session
        return
    for statement in takewhile(_is_import, statements):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        else:
            yield statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


@cache
def _is_of_a_library(name: str) -> bool:
    """Tell whether a name is that of a module that Python does not bring, and import nothing."""
    parts, folders = name.split("."), None
    for end in range(1, len(parts) + 1):
        spec = PathFinder.find_spec(".".join(parts[:end]), folders)
        if spec is None:  # it is a function of a module
            return False
        folders = spec.submodule_search_locations or []
    return parts[0] not in sys.stdlib_module_names


def _connect(fds: Sequence[int]) -> tuple[int, int]:
    """Ask the template of this thread for a process."""
    return _thread.template.connect_to_new_process(fds)


@contextmanager
def _on_path(*folders: Path) -> Iterator[None]:
    """Let a template find modules in folders, and blocks not know of it."""
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [*map(str, folders), before]))
    yield
    os.environ["PYTHONPATH"] = before
    if not before:
        del os.environ["PYTHONPATH"]


def mkdocs() -> None:
    """Run MkDocs with the arguments of the command.

    multiprocessing knows of one template, and each thread of the build has its own. Where there
    are no templates, each block has a new interpreter anyway.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # blocks have it, and here templates, too
    if "forkserver" in get_all_start_methods():
        forkserver.connect_to_new_process = _connect
        isolation._context = lambda sandbox: (Copies(sandbox.preload), str(DOCS))  # noqa: SLF001
    cli()
