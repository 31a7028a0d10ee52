"""Small sites for the tests of the hooks, and the book's own site."""

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
from typing import Any

import markdown
import pytest
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).parents[2]
DATE = "1700000000"  # of every build, so that two can be compared
CONFIG = """
site_name: test
hooks: [{hooks}/book.py]
theme: {{name: material, font: false}}
plugins: [search, markdown-exec: {{languages: [python, pycon]}}]
markdown_extensions:
  [admonition, attr_list, tables, pymdownx.details, pymdownx.highlight, pymdownx.superfences,
   pymdownx.arithmatex: {{generic: true}}]
"""


def write_site(folder: Path, **pages: str) -> Path:
    """Write a site with these pages, given as name=text, and return its configuration file."""
    (folder / "docs").mkdir(exist_ok=True)
    for name, text in {"index": "# Index\n", **pages}.items():
        (folder / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    config = folder / "mkdocs.yml"
    config.write_text(CONFIG.format(hooks=(ROOT / "docs" / "hooks").as_posix()), encoding="utf-8")
    return config


def mkdocs(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run MkDocs as a user does."""

    result = subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=cwd,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment},
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
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield ServedPage(folder, port)
        finally:
            server.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            server.wait()


def selected(request: pytest.FixtureRequest, parameter: str) -> list[Any]:
    """Return the values of a parameter in the tests that were asked for, each once."""
    calls = (getattr(item, "callspec", None) for item in request.session.items)
    values = [call.params[parameter] for call in calls if call and parameter in call.params]
    return list(dict.fromkeys(values))


DOCS = ROOT / "docs" / "en"
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


def url_of(page: str) -> str:
    """Return where the site has a page, relative to its root."""
    stem = page.removesuffix(".md").removesuffix("index").rstrip("/")
    return f"{stem}/" if stem else ""


def same_output(output: Tag | None, text: str) -> bool:
    """Tell whether a page shows a text: not at all, as it is, or rendered as Markdown."""
    if output is None or output.name == "pre":
        return text == (output.text if output else "")
    rendered = BeautifulSoup(markdown.markdown(text, extensions=["tables"]), "html.parser")
    return output.get_text(" ", strip=True) == rendered.get_text(" ", strip=True)
