"""Small sites for the tests of the engine, built and served as users do."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "docs"
ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ENGINE)}
BOOK = """
from bookwright.plugin import Book
from bookwright.settings import Settings

book = Book(Settings({settings}))
on_startup, on_config, on_files = book.on_startup, book.on_config, book.on_files
on_nav, on_page_markdown = book.on_nav, book.on_page_markdown
on_page_content = book.on_page_content
on_env, on_page_context = book.on_env, book.on_page_context
on_post_page, on_post_template = book.on_post_page, book.on_post_template
on_serve, on_shutdown = book.on_serve, book.on_shutdown
"""
SETTINGS = 'package="gdbook", preload=("matplotlib.pyplot", "numpy")'
PLAIN = f"theme: {{name: null, custom_dir: {Path(__file__).with_name('theme').as_posix()}}}"
MATERIAL = "theme: {name: material, font: false}"  # its many files take half of a build
CONFIG = f"""
site_name: test
hooks: [book.py]
{PLAIN}
plugins: [search, markdown-exec: {{languages: [python, pycon]}}]
markdown_extensions:
  [admonition, attr_list, pymdownx.details, pymdownx.highlight, pymdownx.superfences,
   tables: {{use_align_attribute: true}}, pymdownx.arithmatex: {{generic: true}}]
"""


def write_site(folder: Path, *, settings: str = SETTINGS, **pages: str) -> Path:
    """Write a site with these pages, given as name=text, and return its configuration file."""
    (folder / "docs").mkdir(exist_ok=True)
    for name, text in {"index": "# Index\n", **pages}.items():
        (folder / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "book.py").write_text(BOOK.format(settings=settings), encoding="utf-8")
    config = folder / "mkdocs.yml"
    config.write_text(CONFIG, encoding="utf-8")
    return config


def mkdocs(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run MkDocs as a user does."""

    result = subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=cwd,
        env={**os.environ, **ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    result.stderr = re.sub(r"\x1b\[\d+m", "", result.stderr)
    return result


class ServedPage:
    """The page `page` of a site that `mkdocs serve` serves."""

    def __init__(self, folder: Path, port: int) -> None:
        self._source = folder / "docs" / "page.md"
        self._url = f"http://127.0.0.1:{port}/page/"

    def write(self, text: str) -> None:
        self._source.write_text(text, encoding="utf-8")

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Return the page's HTML as soon as it holds a text."""
        html = ""
        for _ in range(int(seconds * 10)):
            try:
                with urllib.request.urlopen(self._url) as response:  # noqa: S310  # http
                    html = response.read().decode()
            except (urllib.error.URLError, ConnectionError):
                pass
            if text in html:
                return html
            time.sleep(0.1)
        raise TimeoutError(f"{text!r} never came; the page is\n{html}")


@contextmanager
def serve(folder: Path) -> Iterator[ServedPage]:
    """Serve a site while it is being edited."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    with (folder / "log").open("w") as log:
        environment = {**os.environ, **ENVIRONMENT}
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)
        try:
            yield ServedPage(folder, port)
        finally:
            server.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:  # a shell's background lets nobody be interrupted
                server.kill()
                server.wait()
