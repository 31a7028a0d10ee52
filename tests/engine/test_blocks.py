"""Pages with executed blocks: what is on them, and what stops a build."""

import os
import re
import signal
import subprocess
import sys
import time
from textwrap import dedent

import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from sites import mkdocs, serve, write_site


@pytest.fixture
def site(tmp_path, caplog):
    """Return a function that builds pages and returns the soup of `page`."""

    def build_site(text="# Page\n", **pages):
        config = write_site(tmp_path, page=dedent(text), **pages)
        caplog.clear()
        caplog.set_level("INFO", "mkdocs")
        build(load_config(str(config), strict=True))
        html = (tmp_path / "site" / "page" / "index.html").read_text(encoding="utf-8")
        return BeautifulSoup(html, "html.parser")

    return build_site


@pytest.fixture
def problem(site, caplog):
    """Return a function that builds a page, expects the build to stop, and returns the log."""

    def build_site(text, **pages):
        with pytest.raises(Abort):
            site(text, **pages)
        return "\n".join(r.getMessage() for r in caplog.records if r.levelname == "ERROR")

    return build_site


def test_page_shows_code_then_text_then_figure(site):
    soup = site("""
        ```python exec="on" alt="A line that rises"
        import matplotlib.pyplot as plt
        print("x < y", "&", sep="  ", end="")
        plt.plot([1, 2])
        plt.show()
        ```
        """)
    listing, output, figure = soup.select_one(".block").find_all(recursive=False)
    assert listing["class"] == ["listing", "copy"]
    assert listing.code.text.startswith("import matplotlib.pyplot as plt\nprint(")
    assert output.text == "x < y  &"
    assert figure["role"] == "img"
    assert figure["aria-label"] == "A line that rises"
    assert figure.svg is not None


def test_markdown_result_is_rendered(site):
    soup = site("""
        ```python exec="on" result="markdown"
        print("| a |\\n|---|\\n| 1 |")
        ```
        """)
    assert [cell.text for cell in soup.select(".output td")] == ["1"]


def test_block_in_a_list_and_in_a_fold_is_executed(site):
    soup = site("""
        - item

            ```python exec="on"
            if True:
                print("one")
            ```

        ??? note

            ```python exec="on"
            print("two")
            ```
        """)
    assert [output.text for output in soup.select("pre.output")] == ["one\n", "two\n"]


def test_code_that_is_not_executed_on_purpose_has_no_copy_button(site):
    soup = site('```python exec="off" title="x.py"\n1 / 0\n```\n')
    assert "1 / 0" in soup.select_one(".highlight code").text
    assert soup.select(".copy, .output") == []


def test_code_in_other_languages_is_left_alone(site):
    assert site("```bash\necho hi\n```\n").select_one(".language-bash, .highlight").text.strip()


def test_session_is_checked_and_has_no_copy_button(site, problem):
    soup = site('```pycon exec="on"\n>>> 1 + 1\n2\n```\n')
    assert soup.select(".copy, .output") == []
    assert "page.md:2: AssertionError: expected '3\\n', got '2\\n'" in problem(
        '```pycon exec="on"\n>>> 1 + 1\n3\n```\n'
    )


def test_block_indented_by_tabs_is_executed(site):
    soup = site('- item\n\n\t```python exec="on"\n\tprint("one")\n\t```\n')
    assert soup.select_one("pre.output").text == "one\n"


def test_words_that_look_like_python_are_no_python(site):
    for opening in ('```bash title="run python"', "```happy", "```pytb"):
        assert "hidden" in site(f"{opening}\nhidden\n```\n").text


def test_quotes_in_an_alternative_reach_the_page(site):
    soup = site(
        '```python exec="on" alt=\'a "q" <b>\'\n'
        "import matplotlib.pyplot as plt\nplt.plot([1])\n```\n"
    )
    assert soup.select_one(".figure")["aria-label"] == 'a "q" <b>'
    assert soup.select_one(".listing code").text.startswith("import")


def test_carriage_return_reaches_the_page(tmp_path, site):
    site('```python exec="on"\nprint("a\\rb")\n```\n')
    html = (tmp_path / "site" / "page" / "index.html").read_text(encoding="utf-8")
    assert "a&#13;b" in html


def test_equal_blocks_have_limits_of_their_own(problem):
    block = '```python exec="on" limit="{}"\nimport time\ntime.sleep(1)\nprint(1)\n```\n\n'
    log = problem(block.format(30) + block.format(0.2))
    assert log.count("ran for longer than 0.2 s, in") == 1


def test_what_keeps_a_block_from_being_run_is_told(problem, monkeypatch):
    def broken(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr("execution.run_block", broken)
    log = problem('```python exec="on"\nprint(1)\n```\n')
    assert "page.md:1: the block could not be run: OSError('no more processes')" in log


def test_ids_are_unique_where_figures_are_alike(site):
    block = (
        '```python exec="on" alt="{}"\nimport matplotlib.pyplot as plt\n'
        "plt.plot([1, 2], 'o')\nplt.figure()\nplt.plot([1, 2], 'o')\n{}\n```\n\n"
    )
    soup = site(block.format("a", "") + block.format("b", "pass") + block.format("c", ""))
    ids = [tag["id"] for tag in soup.select(".figure [id]")]
    assert len(ids) == len(set(ids)) > 0


MISTAKES = {
    "a misspelt option": ('```python exce="on"', "not ['exce']"),
    "no option": ("```python", 'say whether the code is executed: write exec="on"'),
    "a misspelt value": ('```python exec="onn"', "say whether the code is executed"),
    "an option without quotes": ("```python exec=on", "'exec=on' is no option"),
    "braces": ("``` {.python}", "'{.python}' opens Python code: write python"),
    "another name of the language": ('```py exec="on"', "'py' opens Python code: write python"),
    "capitals": ('```Python exec="on"', "'Python' opens Python code: write python"),
    "an option twice": ('```python exec="off" exec="on"', "'exec' is no option"),
    "a quoted title": ('```python exec="on" title=\'a "b"\'', "the title has no double quotes"),
    "a session without a prompt": ('```pycon exec="on"', "a session has lines that begin with >>>"),
    "a limit of a year": ('```python exec="on" limit="1e12"', "at most 3600"),
    "an option of the stock runner": ('```python exec="on" session="a"', "not ['session']"),
    "an unknown result": ('```python exec="on" result="html"', "the result is text, or Markdown"),
    "a limit of 0": ('```python exec="on" limit="0"', "the limit is a number of seconds"),
    "a limit in words": ('```python exec="on" limit="long"', "the limit is a number of seconds"),
}


@pytest.mark.parametrize(("opening", "message"), MISTAKES.values(), ids=MISTAKES)
def test_fence_that_cannot_be_meant_stops_the_build(problem, opening, message):
    log = problem(f"---\ntitle: Page\n---\n\n# Page\n\n{opening}\nprint('hidden')\n```\n")
    assert log.startswith("page.md:7: ")
    assert message in log


def test_failure_stops_the_build_and_names_page_line_exception_and_code(problem):
    log = problem("""\
        ---
        title: Page
        ---

        - item

            ```python exec="on"
            x = 0

            y = 1 / x
            ```
        """)
    assert "page.md:10: ZeroDivisionError: division by zero, in `y = 1 / x`" in log


def test_failure_without_a_line_is_placed_at_its_fence(problem):
    log = problem('# Page\n\n```python exec="on"\nimport os\nos._exit(7)\n```\n')
    assert "page.md:3: SystemExit: the block ended its own process with status 7" in log


def test_limit_of_a_fence_is_its_own(problem):
    log = problem('```python exec="on" limit="0.3"\nwhile True:\n    pass\n```\n')
    assert "TimeoutError: the block ran for longer than 0.3 s" in log
    assert re.search("page.md:[123]: ", log)


def test_figure_without_alternative_stops_the_build(problem):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1])\n"
    log = problem(f'```python exec="on"\n{draw}```\n')
    assert 'page.md:1: the block draws a figure: describe it in alt="…".' in log


def test_alternative_without_figure_stops_the_build(problem):
    log = problem('```python exec="on" alt="nothing"\nprint(1)\n```\n')
    assert "draws no figure" in log


@pytest.mark.parametrize(
    "text",
    [
        '# Page\n\n```python exec="on"\nprint(1)\n',
        '# Page\n\n    ```python exec="on"\n    print(1)\n    ```\n',
        '# Page\n\n- ```python exec="on"\n    print(1)\n    ```\n',
        '# Page\n\n\u00a0```python exec="on"\n    print(1)\n    ```\n',
    ],
    ids=["never closed", "indented like code", "behind a list's mark", "behind a hard space"],
)
def test_fence_that_markdown_does_not_read_as_one_stops_the_build(problem, text):
    assert "page.md:3: this is not read as a fence" in problem(text)


def test_all_problems_of_all_pages_are_logged(problem):
    log = problem('```python exec="on"\n1 / 0\n```\n', other="```python\n```\n")
    assert "page.md:2: " in log
    assert "other.md:1: " in log


@pytest.mark.parametrize("flags", [[], ["--strict"], ["--quiet", "--strict"]])
def test_exit_status_of_a_failed_build_is_not_zero(tmp_path, flags):
    write_site(tmp_path, page='```python exec="on"\n1 / 0\n```\n')
    result = mkdocs("build", *flags, cwd=tmp_path)
    assert result.returncode != 0
    assert "page.md:2: ZeroDivisionError" in result.stderr
    assert not list((tmp_path / "site").glob("**/*.html"))


class TestCache:
    BLOCK = '```python exec="on"\nimport os\nprint(os.getpid())\n```\n'

    def output(self, soup):
        return soup.select_one("pre.output").text

    def test_block_runs_once(self, site, caplog):
        first = self.output(site(self.BLOCK))
        assert "page.md: 1 blocks run, 0 cached" in caplog.text
        assert self.output(site(self.BLOCK)) == first
        assert "page.md: 0 blocks run, 1 cached" in caplog.text

    def test_changed_code_runs_again(self, site):
        first = self.output(site(self.BLOCK))
        assert self.output(site(self.BLOCK.replace("import os", "import os\n"))) != first

    def test_changed_library_runs_everything_again(self, site, monkeypatch):
        first = self.output(site(self.BLOCK))
        monkeypatch.setattr("importlib.metadata.version", lambda _: "0.0")
        assert self.output(site(self.BLOCK)) != first

    def test_failure_is_not_kept(self, problem, caplog):
        for _ in range(2):
            assert "ZeroDivisionError" in problem('```python exec="on"\n1 / 0\n```\n')
            assert "page.md: 1 blocks run, 0 cached" in caplog.text

    def test_log_has_totals_and_the_slowest(self, site, caplog):
        site('```python exec="on"\nimport time\ntime.sleep(0.2)\n```\n' + self.BLOCK)
        assert "All pages: 2 blocks run, 0 cached" in caplog.text
        assert "Slowest: page.md:" in caplog.text


def test_serving_shows_the_failure_and_recovers(tmp_path):
    write_site(tmp_path, page='```python exec="on"\nprint("fine")\n```\n')
    with serve(tmp_path) as page:
        assert page.wait_for("fine")
        page.write('```python exec="on"\n1 / 0\n```\n')
        html = page.wait_for("ZeroDivisionError")
        assert "page.md:2" in html
        assert str(tmp_path) not in html
        page.write('```python exec="on"\nimport matplotlib.pyplot as plt\nplt.plot([1])\n```\n')
        assert page.wait_for("describe it in alt=")
        page.write("```python\n1 / 0\n```\n")
        assert page.wait_for("say whether the code is executed")
        page.write('```python exec="on"\nprint("fine again")\n```\n')
        assert "ZeroDivisionError" not in page.wait_for("fine again")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT to send")
def test_interrupted_build_ends_at_once(tmp_path):
    started = tmp_path / "started"
    code = f"import pathlib, time\npathlib.Path({str(started)!r}).touch()\ntime.sleep(1000)\n"
    write_site(tmp_path, page=f'```python exec="on" limit="2000"\n{code}```\n')
    command = [sys.executable, "-m", "mkdocs", "build"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        while not started.exists():
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) != 0
