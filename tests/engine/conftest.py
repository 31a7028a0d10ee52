"""What several test modules use: small sites that are built in this process."""

from textwrap import dedent

import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from sites import SETTINGS, write_site


@pytest.fixture
def site(tmp_path, caplog):
    """Return a function that builds pages and returns the soup of `page`.

    `changes` are words of the site's configuration and what stands there in their place. MkDocs
    reads the settings of a site once in a process: the first ones of a test stay.
    """

    def build_site(text="# Page\n", *, settings=SETTINGS, changes=None, **pages):
        config = write_site(tmp_path, settings=settings, page=dedent(text), **pages)
        book = tmp_path / "book.py"
        imports = "import Colour, Figures, Installation, Settings, Words"
        content = book.read_text(encoding="utf-8").replace("import Settings", imports)
        book.write_text(content, encoding="utf-8")
        content = config.read_text(encoding="utf-8")
        for old, new in (changes or {}).items():
            assert old in content
            content = content.replace(old, new)
        config.write_text(content, encoding="utf-8")
        caplog.clear()
        caplog.set_level("INFO", "mkdocs")
        build(load_config(str(config), strict=True))
        html = (tmp_path / "site" / "page" / "index.html").read_text(encoding="utf-8")
        return BeautifulSoup(html, "html.parser")

    return build_site


@pytest.fixture
def problem(site, caplog):
    """Return a function that builds a page, expects the build to stop, and returns our log."""

    def build_site(text, **options):
        with pytest.raises(Abort):
            site(text, **options)
        ours = [r for r in caplog.records if r.name == "mkdocs.bookwright"]
        return "\n".join(r.getMessage() for r in ours if r.levelname == "ERROR")

    return build_site
