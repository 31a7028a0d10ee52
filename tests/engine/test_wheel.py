"""The package that a site carries, and the line that installs it."""

import zipfile
from io import BytesIO

import nbformat
import pytest
from bookwright.cache import Cache
from bookwright.settings import Installation
from bookwright.takeaways import wheel

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "gdbook"
version = "1.2"
requires-python = ">=3.11"

[project.optional-dependencies]
maps = ["sailing"]
"""
INSTALLATION = Installation(("maps",), ("anchor",), "versions.txt")
HERE = 'pip install -c versions.txt "./gdbook-1.2-py3-none-any.whl[maps]" anchor'
ADDRESS = "https://example.org/book/"
THERE = (
    f"pip install -c {ADDRESS}versions.txt "
    f'"gdbook[maps] @ {ADDRESS}gdbook-1.2-py3-none-any.whl" anchor'
)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "versions.txt").write_text("sailing==3\n")
    (tmp_path / "gdbook").mkdir()
    (tmp_path / "gdbook" / "__init__.py").write_text("LEVEL = 3\n")
    return tmp_path


@pytest.fixture
def carried(project):
    cache = Cache(project / ".cache")
    return lambda: wheel.carried(project, "gdbook", INSTALLATION, cache)


def test_wheel_holds_the_package_as_it_is(carried, project):
    for level in ("LEVEL = 3\n", "LEVEL = 4\n"):
        (project / "gdbook" / "__init__.py").write_text(level)
        files = carried().files
        assert [*files] == ["gdbook-1.2-py3-none-any.whl", "versions.txt"]
        with zipfile.ZipFile(BytesIO(files["gdbook-1.2-py3-none-any.whl"])) as archive:
            assert archive.read("gdbook/__init__.py").decode() == level
        assert files["versions.txt"] == b"sailing==3\n"


def test_wheel_is_built_once_and_always_the_same(carried, project, monkeypatch):
    first = carried()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert wheel.carried(project, "gdbook", INSTALLATION, Cache(project / "other")) == first
    monkeypatch.setattr(wheel.subprocess, "run", lambda *_, **__: pytest.fail("it is built again"))
    assert carried() == first


def test_line_installs_from_the_folder_or_from_the_address(carried):
    assert carried().line("") == HERE
    assert carried().line(ADDRESS) == THERE


BOOK = {
    "downloads": '{"chapters": ("ipynb", "py")}',
    "installation": f"Installation{INSTALLATION[:]}",
}


@pytest.fixture
def page(project, site):
    def build(address=""):
        text = '# Page\n\n<div class="install"></div>\n'
        (project / "docs" / "chapters").mkdir(parents=True, exist_ok=True)
        (project / "docs" / "chapters" / "one.md").write_text("# One\n\nSee [home](../index.md).\n")
        settings = 'package="gdbook", ' + ", ".join(f"{k}={v}" for k, v in BOOK.items())
        changes = {"site_name: test": f"site_name: test\nsite_url: {address}"} if address else None
        soup = site(text, settings=settings, changes=changes)
        return soup, project / "site"

    return build


def test_page_has_the_line_and_the_files(page):
    soup, folder = page()
    assert soup.select_one("#install code").text == HERE
    links = [link["href"] for link in soup.select("a[download]")][-2:]
    assert links == ["../gdbook-1.2-py3-none-any.whl", "../versions.txt"]
    assert all((folder / "page" / link).is_file() for link in links)


def test_notebook_begins_with_the_line_if_the_site_has_an_address(page):
    _, folder = page(ADDRESS)
    _, second, *_ = nbformat.read(folder / "chapters" / "one.ipynb", as_version=4).cells
    lines = ["try:", "    import gdbook", "except ModuleNotFoundError:", f"    %{THERE}"]
    assert second.cell_type == "code"
    assert second.source.split("\n") == lines
    assert "pip" not in (folder / "chapters" / "one.py").read_text("utf-8")


def test_notebook_of_a_site_without_address_leads_nowhere(page):
    _, folder = page()
    notebook = (folder / "chapters" / "one.ipynb").read_text("utf-8")
    assert "pip" not in notebook
    assert "See home." in notebook
