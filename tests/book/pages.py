"""The book's own pages, and its site."""

from pathlib import Path
from typing import Any

import markdown
import pytest
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).parents[2]
DATE = "1700000000"  # of every build, so that two can be compared


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
