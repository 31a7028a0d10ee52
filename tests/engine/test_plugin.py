"""The engine among others: other encodings, other plugins, other languages, and another book."""

import os
import re
from textwrap import dedent

import nbformat
import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from sites import CONFIG, ENGINE, mkdocs

NOT_UTF_8 = {
    "in a line of text": (b"# Title\n\nfa\xe7ade\n", 3, "0xe7"),
    "in its settings": (b"---\nauthor: Bj\xf6rn\n---\n\n# Title\n", 2, "0xf6"),
    "in a block": (b'# Title\n\n```python exec="on"\nprint("\xa3")\n```\n', 4, "0xa3"),
    "from its first byte": ("# Title\n".encode("utf-16"), 1, "0xff"),
    "in the last line": ("# Größe\n\n".encode() + b"gr\xf6\xdfer", 3, "0xf6"),
}


@pytest.mark.parametrize(("content", "line", "byte"), NOT_UTF_8.values(), ids=NOT_UTF_8)
def test_page_that_is_not_utf_8_is_named_with_its_line(content, line, byte, problem, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "bad.md").write_bytes(content)
    log = problem('```python exec="on"\nprint("fine")\n```\n')
    assert log == f"bad.md:{line}: the page is not UTF-8: it has the byte {byte} on this line."


def test_all_pages_that_are_not_utf_8_are_named(problem, tmp_path):
    (tmp_path / "docs").mkdir()
    for name in "ab":
        (tmp_path / "docs" / f"{name}.md").write_bytes(b"\n\xff\n")
    assert re.findall(r"^(\w\.md:\d)", problem("# Page\n"), re.MULTILINE) == ["a.md:2", "b.md:2"]


def test_page_with_a_byte_order_mark_is_read(site, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "mark.md").write_bytes(
        '\ufeff---\ntitle: T\n---\n\n```python exec="on"\nprint(1)\n```\n'.encode()
    )
    site("# Page\n")
    html = (tmp_path / "site" / "mark" / "index.html").read_text(encoding="utf-8")
    assert BeautifulSoup(html, "html.parser").select_one("#block-5 .output").text == "1\n"


BLOCK = '```python exec="on"\nprint("{}")\n```\n'


@pytest.fixture
def beside(site, tmp_path):
    """Return a function that builds a page beside another hook."""

    def build_beside(hook, text, build_site=site, **options):
        (tmp_path / "other.py").write_text(dedent(hook), encoding="utf-8")
        return build_site(text, changes={"[book.py]": "[other.py, book.py]"}, **options)

    return build_beside


CHANGES = {
    "without its last line break": "return markdown.strip()",
    "with lines that end in another way": "return '\\n'.join(markdown.splitlines())",
    "with text at its end": "return markdown + '\\n\\nMore.\\n'",
    "with words in place of others": "return markdown.replace('Text', 'Words')",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_page_that_another_plugin_changes_keeps_its_lines(change, beside, problem):
    hook = f"def on_page_markdown(markdown, **_):\n    {change}\n"
    text = f"---\nauthor: me\n---\n\n# Page\n\nText.\n\n{BLOCK.format('one')}\n```py\n1\n```\n"
    assert beside(hook, text.replace("```py\n1\n```\n", "")).select_one("#block-9 .output")
    assert beside(hook, text, build_site=problem).startswith("page.md:13: 'py' opens Python code")


def test_block_that_another_plugin_writes_is_executed(beside):
    hook = f"def on_page_markdown(markdown, **_):\n    return markdown + {BLOCK.format('two')!r}\n"
    html = beside(hook, f"# Page\n\n{BLOCK.format('one')}\n")
    assert [output.text for output in html.select(".output")] == ["one\n", "two\n"]


def test_page_that_another_plugin_adds_later_is_a_page_like_others(beside, tmp_path):
    hook = f"""
        from mkdocs.plugins import event_priority
        from mkdocs.structure.files import File

        @event_priority(-100)
        def on_files(files, config):
            files.append(File.generated(config, "later.md", content={BLOCK.format("late")!r}))
    """
    beside(hook, "# Page\n")
    html = (tmp_path / "site" / "later" / "index.html").read_text(encoding="utf-8")
    assert BeautifulSoup(html, "html.parser").select_one(".output").text == "late\n"


def test_draft_is_shown_where_it_is_served(tmp_path, site):
    draft = {"plugins:": "draft_docs: draft.md\nplugins:"}
    site("# Page\n", changes=draft, draft=BLOCK.format("draft"))
    assert not (tmp_path / "site" / "draft").exists()
    config = load_config(str(tmp_path / "mkdocs.yml"))
    build(config, serve_url="http://127.0.0.1:8000/")
    html = (tmp_path / "site" / "draft" / "index.html").read_text(encoding="utf-8")
    assert BeautifulSoup(html, "html.parser").select_one(".output").text == "draft\n"


LANGUAGES = '''
"""Build one language of a site in the way of mkdocs-static-i18n: page.de.md beside page.md."""

from pathlib import PurePath

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files


class Localized(Files):
    def __init__(self, files, language):
        super().__init__(files)
        self._language = language

    def get_file_from_path(self, path):
        path = PurePath(path)
        own = path.with_suffix(f".{self._language}{path.suffix}")
        return self.src_uris.get(own.as_posix()) or self.src_uris.get(path.as_posix())


@event_priority(-100)
def on_files(files, config):
    language = config.extra["language"]
    kept, pages = [], {}
    for file in files:
        if not PurePath(file.abs_src_path).is_relative_to(config.docs_dir):
            assert not file.is_documentation_page()
            kept.append(file)
            continue
        shared = file.src_uri.replace(".de.", ".")
        if ".de." in file.src_uri and language == "en":
            continue
        if shared == file.src_uri and shared in pages:
            continue
        site = config.site_dir if language == "en" else f"{config.site_dir}/{language}"
        like = File(shared, config.docs_dir, site, config.use_directory_urls)
        prefix = "" if language == "en" else f"{language}/"
        pages[shared] = File(
            file.src_uri,
            config.docs_dir,
            config.site_dir,
            config.use_directory_urls,
            dest_uri=f"{prefix}{like.dest_uri}",
            inclusion=file.inclusion,
        )
    return Localized([*kept, *pages.values()], language)


@event_priority(50)
def on_page_markdown(markdown, **_):
    return "\\n".join(markdown.splitlines())
'''
CHAPTER = """---
author: me
---
# {title}

[take it](one.ipynb)

```python exec="on" stub="side"
```

```python exec="on" solution="side"
def side():
    \"\"\"{title}.\"\"\"
```

```python exec="on"
print("{title}")
```
"""


class TestLanguages:
    """Two builds of one configuration, as plugins for several languages have them."""

    @pytest.fixture
    def built(self, tmp_path, site, monkeypatch):
        (tmp_path / "docs" / "chapters").mkdir(parents=True)
        (tmp_path / "other.py").write_text(LANGUAGES, encoding="utf-8")
        pages = {
            "chapters/one": CHAPTER.format(title="One"),
            "chapters/one.de": CHAPTER.format(title="Eins"),
            "chapters/two": CHAPTER.format(title="Two").replace("one.ipynb", "two.ipynb"),
        }
        colours = 'figures=Figures(colours={"0": Colour("#123456", "#654321")})'
        settings = f'package="gdbook", downloads={{"chapters": ("ipynb", "py")}}, {colours}'
        changes = {
            "[book.py]": "[other.py, book.py]",
            "plugins:": "extra: {language: en}\nplugins:",
        }
        site("# Page\n", settings=settings, changes=changes, **pages)
        config = load_config(str(tmp_path / "mkdocs.yml"), strict=True)
        build(config)
        monkeypatch.setattr("mkdocs.utils.clean_directory", lambda _: None)
        config.extra["language"] = "de"
        build(config)
        return tmp_path / "site"

    def read(self, file):
        return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")

    def test_each_page_has_its_own_blocks_on_their_lines(self, built):
        for folder, title in [
            ("chapters/one", "One"),
            ("de/chapters/one", "Eins"),
            ("chapters/two", "Two"),
            ("de/chapters/two", "Two"),
        ]:
            html = self.read(built / folder / "index.html")
            assert html.select_one("#block-16 .output").text == f"{title}\n"
            assert f'"""{title}."""' in html.select_one("#block-8 code").text

    @pytest.mark.parametrize(
        ("folder", "title"),
        [("chapters/one", "One"), ("de/chapters/one", "Eins"), ("de/chapters/two", "Two")],
    )
    def test_page_leads_to_its_own_takeaways(self, built, folder, title):
        links = self.read(built / folder / "index.html").select(".downloads a, p > a")
        notebook, script, again = ((built / folder / link["href"]).resolve() for link in links)
        assert notebook == again
        node = nbformat.read(notebook, as_version=4)
        (cell,) = [cell for cell in node.cells if cell.source == f'print("{title}")']
        assert [output.text for output in cell.outputs] == [f"{title}\n"]
        assert f'print("{title}")\n' in script.read_text(encoding="utf-8")

    def test_stubs_are_those_of_their_pages(self, built):
        stubs = [file.read_text(encoding="utf-8") for file in built.glob("exercises/*/side.py")]
        assert sorted(re.findall('"""(.*)."""', "".join(stubs))) == ["Eins", "One", "Two"]


TIDES = {
    "tides/__init__.py": '''
        """Tides."""

        from pathlib import Path


        def level(hours):
            """Return the level of the sea."""
            return float(Path(__file__).with_name("mean").read_text()) + hours
        ''',
    "tides/mean": "2.5",
    "torch.py": 'raise ImportError("this book has no torch")',
    "mkdocs_jupyter.py": 'raise ImportError("this book has no labs")',
    "gdbook.py": 'raise ImportError("this book is about something else")',
    "book/book.py": """
        from bookwright.plugin import Book
        from bookwright.settings import Colour, Figures, Settings, Words

        book = Book(
            Settings(
                package="tides",
                downloads={"seiten": ("ipynb",)},
                figures=Figures(
                    colours={
                        "ink": Colour("#101010", "#efefef"),
                        "0": Colour("#0a4b7c", "#9ac7ef"),
                    }
                ),
                words=Words(
                    minutes="{minutes} Minuten",
                    download="{page} mitnehmen",
                    pages={"seiten": "Seite"},
                    formats={"ipynb": "Heft"},
                    about="{page} {url} von {book}, {home}",
                    long_table="{rows} Zeilen",
                ),
                longest_table=1,
            )
        )
        on_startup, on_config, on_files = book.on_startup, book.on_config, book.on_files
        on_page_markdown, on_page_content = book.on_page_markdown, book.on_page_content
        on_env, on_page_context = book.on_env, book.on_page_context
        """,
    "book/docs/index.md": """
        # Gezeiten

        [Seite](seiten/eins.md)

        ```python exec="off" shows="tides.level"
        ```

        ```python exec="on" result="markdown"
        print("| a |\\n|---|\\n| 1 |\\n| 2 |")
        ```
        """,
    "book/docs/seiten/eins.md": """
        # Eins

        ```python exec="on" alt="Eine Linie"
        import matplotlib.pyplot as plt

        import tides

        print(tides.level(1))
        plt.plot([1, 2])
        plt.show()
        ```
        """,
}


class TestAnotherBook:
    """A book about another package, with a few lines of configuration of its own."""

    @pytest.fixture
    def book(self, tmp_path):
        for name, content in TIDES.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(content).lstrip("\n"), encoding="utf-8")
        (tmp_path / "book" / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")

        def build_book():
            path = os.pathsep.join([str(ENGINE), str(tmp_path)])
            built = mkdocs("build", "--strict", cwd=tmp_path / "book", PYTHONPATH=path)
            assert built.returncode == 0, built.stderr
            return built.stderr

        build_book.folder = tmp_path
        return build_book

    def test_is_built_with_its_own_package_words_and_colours(self, book):
        book()
        site = book.folder / "book" / "site"
        first, second = (
            BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
            for name in ("index.html", "seiten/eins/index.html")
        )
        assert first.select_one(".filename").text == "tides/__init__.py"
        assert first.code.text.startswith("def level(hours):\n    return float(")
        assert first.select_one(".output summary").text == "2 Zeilen"
        assert second.select_one(".downloads").text == "1 Minuten · Seite mitnehmen: Heft"
        assert second.select_one("pre.output").text == "3.5\n"
        address = second.select_one(".figure img")["src"].removesuffix("#only-light")
        figure = (site / "seiten" / "eins" / address).read_text(encoding="utf-8")
        assert "stroke:var(--0)" in figure
        assert "--0:#0a4b7c;" in figure.partition("svg:target")[0]
        assert "--0:#9ac7ef;" in figure.partition("svg:target")[2]
        notebook = nbformat.read(site / "seiten" / "eins.ipynb", as_version=4)
        assert "*Seite " in notebook.cells[0].source
        assert notebook.cells[1].outputs[0].text == "3.5\n"

    def test_runs_again_when_a_file_of_its_package_has_changed(self, book):
        assert "All pages: 2 blocks run, 0 cached" in book()
        assert "All pages: 0 blocks run, 2 cached" in book()
        (book.folder / "tides" / "mean").write_text("4", encoding="utf-8")
        assert "All pages: 2 blocks run, 0 cached" in book()
        page = book.folder / "book" / "site" / "seiten" / "eins" / "index.html"
        assert ">5.0\n<" in page.read_text(encoding="utf-8")
