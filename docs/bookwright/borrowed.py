"""Names that other libraries keep to themselves, or do not promise: one function for each use.

A test of each fails when a name changes. What is imported late is not needed by every process.
"""

import atexit
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.process
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown import Markdown
    from mkdocs.livereload import LiveReloadServer


# Of MkDocs, and of ProperDocs, which goes on with it.
_ANCHORS = ("mkdocs_extract_anchors", "properdocs_extract_anchors")


def end_threads() -> None:
    """Wait for threads, as an interpreter does at its end; there is no public way to ask for it."""
    threading._shutdown()  # type: ignore[attr-defined]


def run_exit_functions() -> None:
    """Call what was registered with atexit, as an interpreter does at its end."""
    atexit._run_exitfuncs()


def forget_the_template() -> None:
    """Let a forked child be a process of its own to atexit and multiprocessing.

    Exit functions of the template are not the child's; a start method that it chooses, the folder
    that its own children start in, and a fork server have to be its own as well.
    """
    atexit._clear()
    multiprocessing.set_start_method(None, force=True)
    multiprocessing.process.ORIGINAL_DIR = str(Path.cwd())  # type: ignore[attr-defined]
    multiprocessing.forkserver._forkserver.__init__()  # type: ignore[misc]


def highlight(md: "Markdown", code: str, language: str, options: dict[str, str]) -> str:
    """Return code as SuperFences shows it by default; its own formatter has no public name."""
    fences: Any = md.preprocessors["fenced_code_block"]
    looks = dict(options)
    html = fences.highlight(code, language, looks, md, classes=[], id_value="", attrs={})
    return str(html)


def page_processors(md: "Markdown") -> dict[str, tuple[Any, int]]:
    """Return MkDocs' processors of links and anchors, with their priorities, by their names.

    MkDocs makes them for the Markdown of a page; Markdown that is converted on its own needs the
    same ones, or its links are neither resolved nor checked.
    """
    priorities = {**dict.fromkeys(_ANCHORS, 5), "relpath": 0}
    return {
        name: (md.treeprocessors[name], priority)
        for name, priority in priorities.items()
        if name in md.treeprocessors
    }


def note_anchors(md: "Markdown", ids: Iterable[str]) -> None:
    """Let MkDocs know of ids in HTML that it does not see, so that links to them are right."""
    for name in _ANCHORS:
        if name in md.treeprocessors:
            anchors: Any = md.treeprocessors[name]
            anchors.present_anchor_ids.update(ids)


def keep_headings(md: "Markdown", html: str) -> None:
    """Let markdown-exec find the headings of Markdown that it has converted in a larger HTML.

    It puts them into the table of contents where the HTML stands that it has returned; here that
    is a part of what is shown.
    """
    if "markdown_exec_insert_headings" in md.treeprocessors:
        inserted: Any = md.treeprocessors["markdown_exec_insert_headings"]
        parts = [markup for markup in inserted.headings if markup and markup in html]
        if headings := [each for part in parts for each in inserted.headings.pop(part)]:
            inserted.headings[html] = headings


def look_often(server: "LiveReloadServer", seconds: float) -> None:
    """Have MkDocs' server look for changes of its files more often than it would."""
    from watchdog.observers.polling import PollingObserver  # noqa: PLC0415  # for serving

    watched = [*server._watched_paths]
    for path in watched:
        server.unwatch(path)
    server.observer = PollingObserver(timeout=seconds)
    for path in watched:
        server.watch(path)


def rebuild(server: "LiveReloadServer") -> None:
    """Have MkDocs' server build the site again, as it does when a file has changed."""
    with server._rebuild_cond:
        server._want_rebuild = True
        server._rebuild_cond.notify_all()


@contextmanager
def notebooks_as_they_ran(seconds: int, prepare: Callable[[Any], object]) -> Iterator[None]:
    """Have mkdocs-jupyter run prepared notebooks, and return them in place of HTML.

    It has no option for either.
    """
    from mkdocs_jupyter import nbconvert2  # noqa: PLC0415
    from nbconvert.exporters import NotebookExporter  # noqa: PLC0415

    class Prepared(NotebookExporter):
        def from_notebook_node(self, nb: Any, *others: Any, **more: Any) -> Any:  # noqa: ANN401
            prepare(nb)
            return super().from_notebook_node(nb, *others, **more)  # type: ignore[no-untyped-call]

    def exporter(*, config: Any, **_: Any) -> NotebookExporter:  # noqa: ANN401  # nbconvert's
        config["ExecutePreprocessor"]["timeout"] = seconds
        return Prepared(config=config)  # type: ignore[no-untyped-call]

    before = nbconvert2.HTMLExporter
    nbconvert2.HTMLExporter = exporter
    try:
        yield
    finally:
        nbconvert2.HTMLExporter = before


NBCLIENT_RULE = "\n------------------\n"
"""What stands above and below the source of a cell in nbclient's account of its failure."""


def pandoc() -> tuple[Path, str]:
    """Return the program that pypandoc_binary brings along, and the version of the package."""
    package = metadata.distribution("pypandoc_binary")
    return Path(str(package.locate_file("pypandoc/files/pandoc"))), package.version
