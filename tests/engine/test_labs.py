"""Labs: what is on their pages, what stops a build, and when they run again."""

import json
import os
import re
from textwrap import dedent

import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from sites import PAGES, serve, url_of, write_site

PLUGIN = "mkdocs-jupyter: {include: [page.md], execute: true, allow_errors: false}"
KERNEL = "{name: python3, display_name: Python 3, language: python}"
HEADER = f"---\njupyter:\n  kernelspec: {KERNEL}\n---\n"
LINES_BEFORE = HEADER.count("\n")
LAB = """\
# A lab { #lab }

With $x^2$, [the index](index.md) and [the end](#end).

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


def write_lab(folder, text, **pages):
    """Write a site whose `page` is a lab, and return its configuration file."""
    config = write_site(folder, page=HEADER + dedent(text), **pages)
    text = config.read_text(encoding="utf-8").replace("[search", f"[search, {PLUGIN}")
    config.write_text(text, encoding="utf-8")
    return config


@pytest.fixture
def lab(tmp_path, caplog):
    """Return a function that builds a site with a lab and returns the HTML of the lab."""

    def build_lab(text=LAB, **pages):
        config = write_lab(tmp_path, text, **pages)
        caplog.clear()
        caplog.set_level("INFO", "mkdocs")
        build(load_config(str(config), strict=True))
        return (tmp_path / "site" / "page" / "index.html").read_text(encoding="utf-8")

    return build_lab


@pytest.fixture
def problem(lab, caplog):
    """Return a function that builds a lab, expects the build to stop, and returns the log."""

    def build_lab(text):
        with pytest.raises(Abort):
            lab(text)
        return "\n".join(r.getMessage() for r in caplog.records if r.levelname == "ERROR")

    return build_lab


def test_cells_are_blocks_like_those_of_a_chapter_and_the_rest_is_a_page(lab, tmp_path):
    soup = BeautifulSoup(lab(), "html.parser").article
    text, drawing, table, value, nothing = soup.select(".block")
    assert text["id"] == f"block-{LINES_BEFORE + 9}"
    assert text.select_one("pre.output").text == "two < 2\n"
    assert drawing.select_one("pre.output").text == "drawn\n"
    figure = drawing.select_one(".figure")
    assert (figure["role"], figure["aria-label"]) == ("img", "A line that rises")
    assert table.select_one("div.output td").text == "7"
    assert value.select_one("pre.output").text == "3\n"
    assert nothing.select(".output, .figure") == []
    assert soup.select(".copy, style, script, [class^=jp-]") == []
    assert soup.select_one(".admonition p:last-child").text == "Text."
    assert soup.select_one("h2#end").text.startswith("The end")
    assert [link["href"] for link in soup.select("p a")] == ["../", "#end"]
    assert "$" not in soup.text
    assert soup.select_one("math msup").text == "x2"
    entries = json.loads((tmp_path / "site" / "search" / "search_index.json").read_text())["docs"]
    assert str(entries).count("x + 1") == 1


def test_figure_is_drawn_as_in_a_chapter(lab, tmp_path):
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n```\n"
    chapter = f'```python exec="on" alt="A line"\n{code}'
    html = lab(f'```python alt="A line"\n{code}', chapter=chapter)
    drawing = str(BeautifulSoup(html, "html.parser").select_one(".figure"))
    ours = f"figure-{LINES_BEFORE + 1}-0"
    assert ours in drawing
    html = (tmp_path / "site" / "chapter" / "index.html").read_text(encoding="utf-8")
    other = BeautifulSoup(html, "html.parser").select_one(".figure")
    assert drawing == str(other).replace("figure-1-0", ours)


def test_lab_runs_again_when_something_it_depends_on_has_changed(lab, caplog, monkeypatch):
    first = lab()
    assert "page.md: 5 blocks run, 0 cached" in caplog.text
    assert lab() == first
    assert "page.md: 0 blocks run, 5 cached" in caplog.text
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0.0")
    assert lab() == first
    assert "page.md: 5 blocks run, 0 cached" in caplog.text


def test_settings_of_the_reader_have_no_effect(lab, tmp_path, monkeypatch):
    first = lab()
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
    assert lab() == first
    assert os.environ["JUPYTER_PATH"] == str(tmp_path)
    assert "JUPYTER_NO_CONFIG" not in os.environ


def test_failure_names_page_line_exception_and_code_and_no_place_on_this_machine(problem):
    log = problem("""\
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


def test_exit_from_a_cell_is_a_failure(problem):
    assert "page.md" in problem("```python\nraise SystemExit(3)\n```\n")


@pytest.mark.parametrize(
    ("code", "limit", "message"),
    [
        ("import time\ntime.sleep(1000)", 1, "CellTimeoutError"),
        ("import os\nos._exit(3)", 100, "DeadKernelError"),
    ],
)
def test_cell_without_an_end_and_kernel_that_dies_stop_the_build(
    code, limit, message, problem, monkeypatch
):
    monkeypatch.setattr("labs.SECONDS", limit)
    assert f"page.md: {message}: " in problem(f"```python\n{code}\n```\n")


def test_each_mistake_of_each_cell_is_told(problem):
    log = problem("""\
        ```python
        import warnings
        warnings.warn("take care")
        ```

        ```python
        object()
        ```

        ```python
        import matplotlib.pyplot as plt
        plt.plot([1])
        plt.show()
        ```

        ```python alt="A line"
        1
        ```

        ```python limit="90"
        2
        ```
        """)
    for line, message in [
        (1, "the cell writes to the error stream: "),
        (6, "the cell ends with a value that shows where it lies in memory"),
        (10, 'the block draws a figure: describe it in alt="…".'),
        (16, 'the block has alt="…" and draws no figure.'),
        (20, 'a cell of a lab has no option but alt="…".'),
    ]:
        assert f"page.md:{LINES_BEFORE + line}: {message}" in log
    assert "/ipykernel" not in log


def test_python_that_is_no_cell_and_cell_that_is_no_python_stop_the_build(problem):
    fold = "??? note\n\n    ```python\n    x\n    ```\n"
    for text in (fold, "```bash\nls\n```\n"):
        assert "page.md: a Python fence is no cell" in problem(text)


def test_link_that_leads_nowhere_stops_the_build(lab, caplog):
    with pytest.raises(Abort):
        lab("```python\n1\n```\n\n[nothing](nothing.md)\n")
    assert "nothing.md" in caplog.text


def test_serving_shows_the_failure_and_recovers(tmp_path):
    write_lab(tmp_path, '```python\nprint("fi" + "ne")\n```\n')
    with serve(tmp_path) as page:
        assert page.wait_for("fine")
        page.write(f"{HEADER}```python\nx = 1\n1 / 0\n```\n")
        html = page.wait_for("ZeroDivisionError")
        assert f"page.md:{LINES_BEFORE + 3}" in html
        page.write(f'{HEADER}```python\nprint("fine " + "again")\n```\n')
        assert "ZeroDivisionError" not in page.wait_for("fine again")


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("labs/")])
def test_page_of_a_lab_is_light(page, site):
    assert (site / url_of(page) / "index.html").stat().st_size < 150_000
