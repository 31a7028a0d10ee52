"""Labs: what is on their pages, what stops a build, and when they run again."""

import json
import os
import re
from textwrap import dedent

import nbformat
import pytest
from bs4 import BeautifulSoup
from mkdocs.exceptions import Abort
from sites import serve, write_site

KERNEL = "{name: python3, display_name: Python 3, language: python}"
HEADER = f"---\njupyter:\n  kernelspec: {KERNEL}\n---\n"
LINES_BEFORE = HEADER.count("\n")
LAB = """\
# A lab { #lab }

With $2 + 2 = 4$, [the index](index.md) and [the end](#end).

!!! note "A box"

    Text.

```python
x = 2
print("two <", x)
```

```python alt="A line that rises"
import matplotlib.pyplot as plt
print("drawn")
plt.plot([1, x])
plt.show()
```

```python
from IPython.display import Markdown
Markdown("| a |\\n|---|\\n| 7 |")
```

```python
x + 1
```

```python
y = x
```

```text
no cell
```

## The end { #end }
"""


@pytest.fixture
def lab(site):
    """Return a function that builds a site whose `page` is a lab, and returns its article."""

    def build_lab(text=LAB, **options):
        return site(HEADER + dedent(text), **options).article

    return build_lab


@pytest.fixture
def wrong(problem):
    """Return a function that builds a lab, expects the build to stop, and returns our log."""

    def build_lab(text, **options):
        return problem(HEADER + dedent(text), **options)

    return build_lab


def test_cells_are_blocks_like_those_of_a_chapter_and_the_rest_is_a_page(lab, tmp_path):
    soup = lab()
    text, drawing, table, value, nothing = soup.select(".block")
    assert text["id"] == f"block-{LINES_BEFORE + 9}"
    assert text.select_one("pre.output").text == "two < 2\n"
    assert drawing.select_one("pre.output").text == "drawn\n"
    assert drawing.select_one(".figure img")["alt"] == "A line that rises"
    assert table.select_one("div.output td").text == "7"
    assert value.select_one("pre.output").text == "3\n"
    assert nothing.select(".output, .figure") == []
    assert soup.select(".copy, style, script, [class^=jp-]") == []
    assert soup.select_one(".admonition p:last-child").text == "Text."
    assert soup.select_one("h2#end").text.startswith("The end")
    assert [link["href"] for link in soup.select("p a")] == ["../", "#end"]
    assert "$" not in soup.text
    assert soup.select_one("math").text == "2+2=4"
    entries = json.loads((tmp_path / "site" / "search" / "search_index.json").read_text())["docs"]
    assert [entry["title"] for entry in entries[-2:]] == ["A lab", "The end"]
    assert "x + 1" not in str(entries)


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"


def test_figure_is_drawn_as_in_a_chapter(lab, tmp_path):
    chapter = f'```python exec="on" alt="A line"\n{PLOT}```\n'
    images = lab(f'```python alt="A line"\n{PLOT}```\n', chapter=chapter).select(".figure img")
    ours = f"f{LINES_BEFORE + 1}-0"
    assert all(ours in each["src"] for each in images)
    html = (tmp_path / "site" / "chapter" / "index.html").read_text(encoding="utf-8")
    others = BeautifulSoup(html, "html.parser").select(".figure img")
    assert [str(each) for each in images] == [str(each).replace("f1-0", ours) for each in others]
    folder = tmp_path / "site"
    assert (folder / "page" / f"{ours}.svg").read_bytes() == (
        folder / "chapter" / "f1-0.svg"
    ).read_bytes()


def test_lab_runs_again_when_something_it_depends_on_has_changed(
    lab, caplog, monkeypatch, tmp_path
):
    first = str(lab())
    assert "page.md: 5 blocks run, 0 cached" in caplog.text
    assert str(lab()) == first
    assert "All pages: 0 blocks run, 5 cached" in caplog.text
    (tmp_path / "installed" / "another-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "installed")
    assert str(lab()) == first
    assert "page.md: 5 blocks run, 0 cached" in caplog.text


def test_lab_runs_again_when_it_is_asked_for(lab, caplog, monkeypatch):
    lab()
    monkeypatch.setenv("BOOKWRIGHT_AGAIN", "chapters/*")
    lab()
    assert "All pages: 0 blocks run, 5 cached" in caplog.text
    monkeypatch.setenv("BOOKWRIGHT_AGAIN", "pa*")
    lab()
    assert "page.md: 5 blocks run, 0 cached" in caplog.text


def test_lab_is_built_without_a_cache(lab, caplog, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("BOOKWRIGHT_CACHE", str(tmp_path / "file"))
    assert lab().select_one("pre.output").text == "two < 2\n"
    assert "page.md: 5 blocks run, 0 cached" in caplog.text
    assert not (tmp_path / ".cache").exists()


def test_environment_is_withheld_from_the_kernel_and_from_its_programs(lab, monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "a secret")
    html = lab("""\
        ```python
        import os, subprocess, sys
        code = "import os; print('SOME_TOKEN' in os.environ)"
        exec(code)
        print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
        ```
        """)
    assert html.select_one("pre.output").text.split() == ["False", "False"]


def test_text_and_figures_stand_in_the_order_in_which_they_were_made(lab):
    html = lab(f"""\
```python alt="One || Two"
print("before")
{PLOT}print("between")
{PLOT}print("after")
```
""")
    *shown, _ = html.select_one(".block").find_all(recursive=False)
    assert [part.img["alt"] if part.img else part.text for part in shown] == [
        "before\n",
        "One",
        "between\n",
        "Two",
        "after\n",
    ]


def test_progress_bar_is_shown_as_it_ended(lab):
    html = lab('```python\nprint("50 %", end="\\r")\nprint("\\x1b[1m100 %\\x1b[0m")\n```\n')
    assert html.select_one("pre.output").text == "100 %\n"


def test_long_table_is_folded(lab):
    html = lab("""\
        ```python
        from IPython.display import Markdown
        Markdown("| a |\\n|---|\\n" + "| 1 |\\n" * 21)
        ```
        """)
    assert html.select_one(".output > details > summary").text == "A table of 21 rows"


def test_fences_that_are_no_cells_are_listings(lab):
    html = lab("""\
        ```python
        x = 1
        ```

        ```text title="a file"
        text
        ```
        """)
    assert len(html.select(".block")) == 1
    assert html.select_one(".filename").text == "a file"
    assert [code.text for code in html.select("code")][1:] == ["text\n"]


def test_notebook_of_a_lab_has_the_outputs_of_its_cells(lab, tmp_path):
    lab(settings='package="gdbook", downloads={"page.md": ("ipynb",)}')
    notebook = nbformat.read(tmp_path / "site" / "page.ipynb", as_version=4)
    nbformat.validate(notebook)
    text, drawing, table, value, nothing = (
        cell.outputs for cell in notebook.cells if cell.cell_type == "code"
    )
    assert [output.text for output in text] == ["two < 2\n"]
    assert [output.output_type for output in drawing] == ["stream", "display_data"]
    assert drawing[1].data["image/svg+xml"].startswith("<svg ")
    assert table[0].data["text/markdown"].startswith("| a |")
    assert "3" in str(value)
    assert nothing == []


def test_settings_of_the_reader_have_no_effect(lab, tmp_path, monkeypatch):
    first = str(lab())
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    for file, setting in {
        profile / "ipython_kernel_config.py": 'c.InteractiveShell.ast_node_interactivity = "none"',
        tmp_path / "jupyter_nbconvert_config.py": "c.ClearMetadataPreprocessor.enabled = True",
        tmp_path / "matplotlibrc": "lines.linewidth: 20",
    }.items():
        file.write_text(f"{setting}\n", encoding="utf-8")
    settings = {
        "IPYTHONDIR": tmp_path / "ipython",
        "MATPLOTLIBRC": tmp_path / "matplotlibrc",
        "MPLBACKEND": "agg",
        "JUPYTER_CONFIG_DIR": tmp_path,
        "JUPYTER_PATH": tmp_path,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    (tmp_path / ".cache").rename(tmp_path / "old")
    assert str(lab()) == first
    assert os.environ["JUPYTER_PATH"] == str(tmp_path)
    assert "JUPYTER_NO_CONFIG" not in os.environ


def test_failure_names_page_line_exception_and_code_and_no_place_on_this_machine(wrong):
    log = wrong("""\
        ```python
        import json

        def parse(text):
            return json.loads(text)
        ```

        ```python alt="Never drawn"
        text = ""
        parse(text)
        ```

        ```python alt="Never drawn"
        text
        ```
        """)
    first, *rest = log.split("\n")
    place = f"page.md:{LINES_BEFORE + 10}"
    message = "Expecting value: line 1 column 1 (char 0)"
    assert first == f"{place}: JSONDecodeError: {message}, in `parse(text)`"
    assert any(line.startswith("File decoder.py:") for line in rest)
    assert log.count("page.md:") == 1
    assert not re.search(r"/json|\x1b", log)


def test_failure_is_told_at_the_cell_that_fails_where_another_one_is_alike(wrong):
    cell = "```python\nx -= 1\nprint(1 / x)\n```\n\n"
    log = wrong(f"```python\nx = 2\n```\n\n{cell}{cell}")
    place = f"page.md:{LINES_BEFORE + 12}"
    assert log.startswith(f"{place}: ZeroDivisionError: division by zero, in `print(1 / x)`")
    assert log.count("page.md:") == 1


def test_exit_from_a_cell_is_a_failure(wrong):
    log = wrong("```python\nraise SystemExit(3)\n```\n")
    assert log.startswith(f"page.md:{LINES_BEFORE + 1}: SystemExit: 3")


@pytest.mark.parametrize(
    ("code", "limit", "message"),
    [
        ("import time\ntime.sleep(1000)", 1, "CellTimeoutError"),
        ("import os\nos._exit(3)", 100, "DeadKernelError"),
    ],
)
def test_cell_without_an_end_and_kernel_that_dies_stop_the_build(code, limit, message, wrong):
    settings = f'package="gdbook", cell_seconds={limit}'
    log = wrong(f"```python\n{code}\n```\n", settings=settings)
    assert log.startswith(f"page.md: {message}: ")


def test_each_mistake_of_each_cell_is_told(wrong):
    cells = {
        'import warnings\nwarnings.warn("take care")': "the block writes to the error stream",
        "object()": "the cell ends with a value that shows where it lies in memory",
        PLOT: 'the block draws a figure: describe it in alt="…".',
        "print('\\x07')": "the block prints the control character '\\x07'",
        "import os; print(os.getcwd())": "the block shows a path of this machine",
        "print('x' * 30_000)": "the block shows 30001 bytes of text, and 20000 is the most",
    }
    text = "".join(f"```python\n{code}\n```\n\n" for code in cells)
    log = wrong(f'```python alt="A line"\n1\n```\n\n{text}')
    assert f'page.md:{LINES_BEFORE + 1}: the block has alt="…" and draws no figure.' in log
    line = LINES_BEFORE + 5
    for code, message in cells.items():
        assert f"page.md:{line}: {message}" in log
        line += code.count("\n") + 4
    assert log.count("page.md:") == len(cells) + 1
    assert "/ipykernel" not in log


@pytest.mark.parametrize("option", ['limit="90"', 'exec="on"', 'exec="off"', 'title="x"'])
def test_cell_has_no_option_but_a_description(wrong, option):
    log = wrong(f"```python\n1\n```\n\n```python {option}\n2\n```\n")
    name = option.partition("=")[0]
    place, options = f"page.md:{LINES_BEFORE + 5}", ["alt", "caption", "name", "code", "symbols"]
    assert log == f"{place}: a cell has the options {options}, not {name!r}."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Text.\n\n??? note\n\n    ```python\n    x\n    ```\n", 5),
        ("Text.\n\n> ```python\n> x\n> ```\n", 3),
        ("Text.\n\n```bash\nls\n```\n", 3),
        ("```python\n1\n```\n\n```bash\nls\n```\n\n```python\n2\n```\n", 5),
    ],
    ids=["in a fold", "in a quotation", "another language", "another language between cells"],
)
def test_python_that_is_no_cell_and_cell_that_is_no_python_stop_the_build(wrong, text, line):
    log = wrong(text)
    assert log.startswith(f"page.md:{LINES_BEFORE + line}: ")
    assert "other cells than the page has" in log
    assert log.count("page.md") == 1


def test_link_that_leads_nowhere_stops_the_build(lab, caplog):
    with pytest.raises(Abort):
        lab("```python\n1\n```\n\n[nothing](nothing.md)\n")
    assert "nothing.md" in caplog.text


def test_link_that_a_cell_shows_is_checked(lab, caplog):
    cell = "from IPython.display import Markdown\nMarkdown('[{0}]({0})')\n"
    html = lab(f"```python\n{cell.format('index.md')}```\n")
    assert html.select_one(".output a")["href"] == "../"
    with pytest.raises(Abort):
        lab(f"```python\n{cell.format('nothing.md')}```\n")
    assert "nothing.md" in caplog.text


def test_serving_shows_the_failure_and_recovers(tmp_path):
    write_site(tmp_path, page=HEADER + '```python\nprint("fi" + "ne")\n```\n')
    with serve(tmp_path) as page:
        assert page.wait_for("fine")
        page.write(f"{HEADER}```python\nx = 1\n1 / 0\n```\n")
        html = page.wait_for("ZeroDivisionError")
        assert f"page.md:{LINES_BEFORE + 3}" in html
        page.write(f'{HEADER}```python\nprint("fine " + "again")\n```\n')
        assert "ZeroDivisionError" not in page.wait_for("fine again")
