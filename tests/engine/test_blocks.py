"""Pages with blocks that run: what is on them, and what stops a build."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from bs4 import BeautifulSoup
from sites import ENVIRONMENT, SETTINGS, mkdocs, serve, write_site

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"


def block(code, options="", language="python"):
    return f'```{language} exec="on" {options}\n{code}\n```\n\n'


def shown(soup):
    """Return what the blocks of a page show: texts, and what figures are of."""
    found = soup.select("pre.output, div.output, .figure")
    return [each.img["alt"] if each.img else each.text for each in found]


def test_page_shows_text_then_figure_then_code_in_a_fold(site):
    soup = site(
        block(f'print("x < y", "&", sep="  ", end="")\n{PLOT}plt.show()', 'alt="A line that rises"')
    )
    output, figure, fold = soup.select_one(".block").find_all(recursive=False)
    assert output.text == "x < y  &"
    assert [image["alt"] for image in figure.select("img")] == ["A line that rises"] * 2
    assert (fold.name, fold["class"], fold.summary.text) == ("details", ["code"], "Code 4 lines")
    listing = fold.select_one(".listing")
    assert listing["class"] == ["listing", "copy"]
    assert listing.code.text.startswith('print("x < y", "&", sep="  ", end="")\nimport')


class TestCode:
    @pytest.mark.parametrize(
        "text",
        [
            block("print(1)", 'code="open"'),
            block("x = 1"),
            block(">>> 1 + 1\n2", language="pycon"),
            "??? note\n\n    ```python exec='on'\n    print(1)\n    ```\n",
        ],
    )
    def test_stands_above_what_it_shows(self, site, text):
        soup = site(text)
        assert not soup.select("details.code")
        assert "listing" in soup.select_one(".block").find(recursive=False)["class"]

    @pytest.mark.parametrize(
        "fence", ['pycon exec="on"', 'python exec="off"', "python exec='off' title='a.py'", "text"]
    )
    def test_that_is_long_is_in_a_fold_of_whatever_kind_it_is(self, site, fence):
        code = {lines: "\n".join([">>> x = 1"] * lines) for lines in (30, 31)}
        soup = site("".join(f"```{fence}\n{code[lines]}\n```\n\n" for lines in code))
        (summary,) = soup.select("details.code > summary")
        assert summary.text == "Code 31 lines"

    def test_that_is_asked_to_be_open_and_is_long_is_an_error(self, problem):
        log = problem(block("x = 1\n" * 30 + "print(x)", 'code="open"'))
        assert log.startswith("page.md:1: open code has 31 lines, and 30 are the most: leave")

    def test_that_is_open_shows_what_is_new(self, site):
        first = "import math\nx, y = 1, 2\n\nprint(x)"
        second = "import math\nx, y = 1, 2\nz = 3 < 4\nprint(z)"
        soup = site(block(first) + block(second, 'code="open"') + block(f"{second}\n"))
        (again,) = soup.select(".again")
        assert (again.name, again.input["type"], again.text) == (
            "label",
            "checkbox",
            "2 lines as above",
        )
        assert again.find_next_sibling("span").text == "import math\nx, y = 1, 2\n"
        again.extract()
        assert soup.select(".block")[1].code.text.strip() == second

    @pytest.mark.parametrize("look", ['hl_lines="1"', 'linenums="1"'])
    def test_whose_lines_have_numbers_has_them_all(self, site, look):
        code = "import math\nx, y = 1, 2\nprint(x)"
        assert not site(block(code) + block(code, f'code="open" {look}')).select(".again")

    def test_with_lines_that_are_not_shown_is_so_much_shorter(self, site):
        first = "\n".join(f"x{n} = 1" for n in range(20))
        long = "\n".join([first, *(f"y{n} = 1" for n in range(29)), "print(1)"])
        soup = site(
            block(f"{first}\nprint(1)") + block(long.replace("y28 = 1\n", ""), 'code="open"')
        )
        assert not soup.select(".block")[1].select("details")


class TestNarrowFigure:
    @staticmethod
    def size(site, code):
        code = f"import matplotlib.pyplot as plt\n{code}\nplt.show()"
        soup = site(block(code, 'alt="a"'))
        (source, _), svg = soup.select(".figure source") or (None, None), soup.select_one("img")
        wide = (int(svg["width"]), int(svg["height"]))
        return wide, source and (int(source["width"]), int(source["height"]))

    @pytest.mark.parametrize(
        ("wide", "height"), [((9.5, 4.4), 3.0), ((9.5, 7.6), 3.92), ((9.5, 19), 4.4)]
    )
    def test_of_one_panel_is_neither_low_nor_high(self, site, wide, height):
        _, (across, down) = self.size(site, f"plt.subplots(figsize={wide})")
        assert across == pytest.approx(4.9 * 72, abs=1)
        assert down == pytest.approx(height * 72, abs=1)

    def test_has_its_panels_below_each_other(self, site, tmp_path):
        code = (
            "fig, panels = plt.subplots(2, 2, figsize=(9.5, 6), sharex=True, sharey=True)\n"
            "for name, ax in zip('abcd', panels.flat):\n    ax.set_title(name * 3)"
        )
        assert self.size(site, code)[1] == (353, 864)
        svg = (tmp_path / "site" / "page" / "f1-0n.svg").read_text("utf-8")
        titles = BeautifulSoup(svg, "html.parser").find_all(
            "text", string=re.compile("aaa|bbb|ccc|ddd")
        )
        assert [each.text for each in titles] == ["aaa", "bbb", "ccc", "ddd"]
        places = [
            re.findall(r"-?[\d.]+", each.get("transform", "")) or [each["x"], each["y"]]
            for each in titles
        ]
        assert len({round(float(across)) for across, _ in places}) == 1
        downs = [float(down) for _, down in places]
        assert downs == sorted(downs)
        assert svg.count(">0.0</text>") == 8

    def test_of_what_has_no_panels_is_the_wide_one(self, site):
        placed = "plt.figure(figsize=(8, 2), layout='none').add_axes((0, 0, 1, 1))"
        assert self.size(site, placed) == ((576, 144), None)
        spans = (
            "fig = plt.figure(figsize=(8, 3))\n"
            "fig.add_subplot(2, 2, (1, 2))\nfig.add_subplot(2, 2, 3)"
        )
        assert self.size(site, spans) == ((576, 216), None)


class TestFigure:
    def test_has_a_number_and_a_caption(self, site):
        code = f"{PLOT}plt.show()"
        soup = site(
            block(code, "alt='a' name='run' caption='At @{1 + len(plt.__name__)} **so** $x$'")
            + block(f"{code}\n{code}", "alt='b || c'")
            + "@Ref{#figure-run}, [@ref{}](#figure-3)\n"
        )
        figures = soup.select("figure")
        assert [each["id"] for each in figures] == ["figure-run", "figure-2", "figure-3"]
        assert [each.figcaption.b.text for each in figures] == [
            "Figure 1",
            "Figure 2",
            "Figure 3",
        ]
        caption = figures[0].figcaption
        assert caption.text.startswith("Figure 1. At 18 so ")
        assert caption.strong.text == "so"
        assert "Figure 1, figure 3" in soup.text

    def test_of_a_page_with_a_number_begins_with_it(self, site, tmp_path):
        (tmp_path / "docs" / "chapters").mkdir(parents=True)
        for name in ("one", "two"):
            text = f"# {name}\n\n" + block(f"{PLOT}plt.show()", "alt='a'")
            (tmp_path / "docs" / "chapters" / f"{name}.md").write_text(
                f"{text}## @number{{}}. Task {{ #exercise-a }}\n"
            )
        settings = f'{SETTINGS}, numbered=("chapters",), of_page=("exercise",)'
        soup = site(
            "@ref{chapters/two.md#figure-1}, @ref{chapters/two.md#exercise-a}", settings=settings
        )
        assert "figure 2.1, exercise 2.1" in soup.text

    def test_is_inside_of_what_readers_play_with(self, site):
        code = f"{PLOT}plt.show()\nplaying = {{'state': {{'k': 3}}, 'said': '<a>'}}\n"
        played = site(block(code, "alt='a' play='valley'")).select_one("play-valley.play")
        assert json.loads(played["data-play"]) == {"state": {"k": 3}, "said": "<a>"}
        assert played.figure.img["alt"] == "a"

    def test_that_is_played_with_has_a_state(self, problem):
        log = problem(block(f"{PLOT}plt.show()", "alt='a' play='valley'"))
        assert "play asks for a dictionary `playing` that JSON can hold: NameError" in log

    def test_that_is_played_with_is_the_only_one(self, problem):
        code = f"{PLOT}plt.show()\n{PLOT}plt.show()\nplaying = {{}}\n"
        log = problem(block(code, "alt='a || b' play='valley'"))
        assert "play is for one figure, and the block draws 2." in log

    def test_with_more_captions_than_drawings_is_an_error(self, problem):
        log = problem(block(f"{PLOT}plt.show()", "alt='a' caption='b || c'"))
        assert "the block draws 1 figures, and caption is for 2: || stands between two" in log


def test_block_is_executed_in_a_list_in_a_fold_and_behind_tabs(site):
    soup = site("""
        - item

            ```python exec="on"
            if True:
                print("one")
            ```

        - item

        \t```python exec="on"
        \tprint("two")
        \t```

        ??? note

            ```python exec="on"
            print("three")
            ```
        """)
    assert shown(soup) == ["one\n", "two\n", "three\n"]


def test_only_blocks_that_can_run_alone_have_a_button_that_copies(site):
    soup = site(
        '```python exec="off" title="x.py"\n1 / 0\n```\n\n'
        + block(">>> 1 + 1\n2", language="pycon")
        + "```bash\necho hi\n```\n"
    )
    assert "1 / 0" in soup.select_one(".highlight code").text
    assert soup.select(".copy, .output") == []


class TestOutput:
    def test_text_and_figures_stand_in_the_order_in_which_they_were_made(self, site):
        figure = f"{PLOT}plt.show()\n"
        code = f"print(1)\n{figure}print(2)\n{figure}{PLOT}print(3)"
        soup = site(block(code, 'alt="one || two || t < h"'))
        assert shown(soup) == ["1\n", "one", "2\n", "two", "3\n", "t < h"]

    def test_text_is_shown_in_its_final_state(self, site):
        bar = 'for n in 1, 50, 100:\n    print(f"\\r\\x1b[32m{n} %\\x1b[0m", end="")\nprint()'
        soup = site(block(bar) + block('print("one\\ntwo\\x1b[A\\b\\b\\bsix")'))
        assert shown(soup) == ["100 %\n", "six\ntwo"]

    def test_block_that_prints_nothing_visible_shows_nothing(self, site):
        assert shown(site(block('print("\\x1b[0m", end="")'))) == []

    def test_error_stream_is_never_on_a_page(self, site):
        code = "import sys\nprint('shown')\nprint('not shown', file=sys.stderr)"
        assert shown(site(block(code, 'stderr="dropped"'))) == ["shown\n"]

    def test_warning_that_is_meant_is_not_on_the_page(self, site):
        code = "import warnings\nwarnings.warn('careful')\nprint('shown')"
        assert shown(site(block(code, 'warns="UserWarning"'))) == ["shown\n"]

    def test_exception_that_is_meant_is_shown_as_python_prints_it_last(self, site):
        soup = site(
            block("print('so far')\nint('x')", 'raises="ValueError"')
            + block("import json\njson.loads('?')", 'raises="json.decoder.JSONDecodeError"')
            + block("import sys\nsys.exit()", "")
        )
        assert shown(soup) == [
            "so far\n",
            "ValueError: invalid literal for int() with base 10: 'x'",
            "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        ]

    def test_exception_that_is_meant_stands_below_the_figures(self, site):
        code = f"{PLOT}plt.show()\nprint(1)\nraise ValueError('a < b')"
        soup = site(block(code, 'raises="ValueError" alt="A line"'))
        assert shown(soup) == ["A line", "1\n", "ValueError: a < b"]

    def test_figures_are_files_beside_the_page_that_wait_but_for_the_first(self, site, tmp_path):
        code = f"{PLOT}plt.figure(figsize=(5.5, 2))\nplt.title('t');"
        soup = site(block(code, 'alt="a || b"') + block(f"{code}\n", 'alt="c || d"'))
        images = soup.select(".figure img")
        wide = ["f1-0.svg", "f1-1.svg", "f8-0.svg", "f8-1.svg"]
        schemes = ["only-light", "only-dark"]
        assert [each["src"] for each in images] == [f"{n}#{s}" for n in wide for s in schemes]
        assert [each["loading"] for each in images] == ["eager"] * 2 + ["lazy"] * 6
        assert {(each["width"], each["height"]) for each in images[2:4]} == {("396", "144")}
        sources = [each["srcset"] for each in soup.select(".figure source")]
        narrow = [f"{name.removesuffix('.svg')}n.svg" for name in wide]
        assert sources == [f"{n}#{s}" for n in narrow for s in schemes]
        folder = tmp_path / "site" / "page"
        assert {file.name for file in folder.glob("*.svg")} == {*wide, *narrow}
        titled = [*wide[1::2], *narrow[1::2]]
        assert all(">t</text>" in (folder / name).read_text("utf-8") for name in titled)

    def test_figure_of_the_first_page_is_found_from_where_it_is(self, site, tmp_path):
        site(index=block(f"{PLOT}plt.show()", 'alt="a"'))
        html = (tmp_path / "site" / "index.html").read_text("utf-8")
        assert 'src="index/f1-0.svg#only-light"' in html
        assert (tmp_path / "site" / "index" / "f1-0.svg").is_file()


class TestFailure:
    def test_is_told_with_page_line_exception_and_code(self, problem):
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
        assert log.startswith("page.md:10: ZeroDivisionError: division by zero, in `y = 1 / x`\n")
        assert 'File "block.py", line 3, in <module>' in log

    def test_without_a_line_is_placed_at_its_fence(self, problem):
        log = problem("# Page\n\n" + block("import os\nos._exit(7)"))
        assert log.startswith(
            "page.md:3: SystemExit: the block ended its own process with status 7"
        )

    def test_beyond_a_limit_is_told_at_the_fence_that_has_it(self, problem):
        code = "import time\ntime.sleep(3)\nprint(1)"
        log = problem(block(code, 'limit="300"') + block(code, 'limit="0.2"'))
        assert re.fullmatch(
            r"page\.md:([789]|10): TimeoutError: the block ran for longer than 0\.2 s\b.*",
            log,
            re.DOTALL,
        )

    def test_of_an_exit_is_told(self, problem):
        assert problem(block("import sys\nsys.exit(3)")).startswith("page.md:3: SystemExit: 3, in")

    def test_of_every_wrong_example_is_told_at_its_line(self, problem):
        session = ">>> 1\n1\n>>> 1 + 1\n3\n>>> 1 / 0\n>>> print('a')"
        log = problem(f"# Page\n\n{block(session, language='pycon')}")
        assert re.findall(r"^page.*", log, re.MULTILINE) == [
            "page.md:6: expected 3, got 2, in `>>> 1 + 1`",
            "page.md:8: expected nothing, got ZeroDivisionError: division by zero, in `>>> 1 / 0`",
            "page.md:9: expected nothing, got a, in `>>> print('a')`",
        ]
        assert "Expected:\n3\nGot:\n2" in log

    def test_of_the_machine_is_told(self, problem, monkeypatch):
        def broken(*_, **__):
            raise OSError("no more processes")

        monkeypatch.setattr("bookwright.blocks.isolation.Sandbox.run", broken)
        log = problem(block("print(1)"))
        assert log.startswith(
            "page.md:1: the block could not be run: OSError('no more processes')\nTraceback"
        )


FIGURE = "the block draws a figure: describe it"
MISTAKES = {
    "an exception": ("1 / 0", "", "2: ZeroDivisionError: division by zero, in `1 / 0`"),
    "another exception": ("1 / 0", 'raises="ValueError"', "2: ZeroDivisionError"),
    "no exception": ("", 'raises="ValueError"', "1: the fence says that the block raises Value"),
    "a warning": (
        "import warnings\nwarnings.warn('careful')",
        "",
        "3: UserWarning: careful: the block warns; say warns=",
    ),
    "another warning": (
        "import warnings\nwarnings.warn('careful')",
        'warns="RuntimeWarning"',
        "1: the fence says that the block warns of RuntimeWarning, and it does not",
    ),
    "no warning": ("", 'warns="UserWarning"', "1: the fence says that the block warns of User"),
    "errors": (
        "import sys\nprint('no', file=sys.stderr)",
        "",
        "1: the block writes to the error stream, which pages do not show: no: say stderr=",
    ),
    "errors of a program": (
        "import subprocess\nsubprocess.run(['python', '-c', 'import sys; sys.exit(\"no\")']);",
        "",
        "1: the block writes to the error stream, which pages do not show: no: say stderr=",
    ),
    "a value": ("x = 1\n\nx", "", "4: the block ends with a value, which notebooks show"),
    "a control character": (
        "print('\\a')",
        "",
        r"1: the block prints the control character '\x07'",
    ),
    "a control sequence": ("print('\\x1b[2J')", "", "1: the block prints the control sequence"),
    "a path": ("import sys\nprint(sys.prefix)", "", "1: the block shows a path of this machine"),
    "a path in a figure": (
        f"import os\n{PLOT}plt.title(os.getcwd());",
        'alt="a"',
        "1: the block shows a path of this machine",
    ),
    "too much text": (
        "print('x' * 20_000)",
        "",
        "1: the block shows 20001 bytes of text, and 20000",
    ),
    "a figure without a description": (f"{PLOT}plt.show()", "", f"1: {FIGURE}"),
    "a description without a figure": ("print(1)", 'alt="a"', "1: the block has alt="),
    "a description too many": (f"{PLOT}plt.show()", 'alt="a || b"', "1: the block draws 1 figures"),
}


@pytest.mark.parametrize(("code", "options", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_stops_the_build_at_its_line(problem, code, options, message):
    assert f"page.md:{message}" in problem(block(code, options))


def test_figure_that_is_too_large_stops_the_build(problem):
    settings = f"{SETTINGS}, largest_figure=100"
    log = problem(block(f"{PLOT}plt.show()", 'alt="a"'), settings=settings)
    assert re.match(r"page.md:1: figure 1 of the block has \d+ bytes, compressed, and 100 is", log)


def test_limit_of_text_and_of_time_are_those_of_the_book(problem):
    settings = f"{SETTINGS}, most_output=9, block_seconds=1"
    log = problem(block("print('x' * 9)") + block("import time\ntime.sleep(9)"), settings=settings)
    assert "page.md:1: the block shows 10 bytes of text, and 9 is the most." in log
    assert "TimeoutError: the block ran for longer than 1 s" in log


def test_all_mistakes_of_a_block_and_of_all_pages_are_told(problem):
    code = "import sys, warnings\nwarnings.warn('careful')\nprint('no', file=sys.stderr)\n1"
    log = problem(block(code) + block("1 / 0"), other=block("1", 'alt="a"'))
    places = re.findall(r"^(\w+\.md:\d+): ", log, re.MULTILINE)
    assert sorted(places) == sorted(
        ["page.md:3", "page.md:1", "page.md:5", "page.md:9", "other.md:2", "other.md:1"]
    )


def test_result_that_is_kept_is_checked_again(site, problem, caplog):
    site(block(f"{PLOT}plt.show()", 'alt="a"'))
    assert FIGURE in problem(block(f"{PLOT}plt.show()"))
    assert "All pages: 0 blocks run, 1 cached" in caplog.text


def test_path_of_the_package_is_told_wherever_the_build_was_started(tmp_path):
    write_site(tmp_path, page=block("import gdbook\nprint(gdbook.__file__)"))
    result = mkdocs("build", cwd=tmp_path)
    assert "page.md:1: the block shows a path of this machine" in result.stderr


def test_page_has_no_variables_but_those_that_the_book_passes_on(tmp_path):
    program = "import os; print('PRIVATE' in os.environ, os.getenv('COLOUR'), os.getenv('TZ'))"
    code = f"import subprocess\n{program}\nsubprocess.run(['python', '-c', {program!r}]);"
    write_site(tmp_path, page=block(code), settings='package="gdbook", environment=("COLOUR",)')
    result = mkdocs("build", cwd=tmp_path, PRIVATE="1", COLOUR="red", TZ="Asia/Tokyo")
    assert result.returncode == 0, result.stderr
    html = (tmp_path / "site" / "page" / "index.html").read_text(encoding="utf-8")
    assert shown(BeautifulSoup(html, "html.parser")) == ["False red None\n" * 2]


@pytest.mark.parametrize("flags", [[], ["--strict"], ["--quiet", "--strict"]])
def test_exit_status_of_a_failed_build_is_not_zero(tmp_path, flags):
    write_site(tmp_path, page=block("1 / 0"))
    result = mkdocs("build", *flags, cwd=tmp_path)
    assert result.returncode != 0
    assert "page.md:2: ZeroDivisionError" in result.stderr
    assert not list((tmp_path / "site").glob("**/*.html"))


def test_serving_shows_what_is_wrong_and_recovers(tmp_path):
    write_site(tmp_path, page=block('print("fine")'))
    with serve(tmp_path) as page:
        assert page.wait_for("fine")
        page.write(block("print('so far\\0')\n1 / 0"))
        html = page.wait_for("ZeroDivisionError")
        assert "page.md:3" in html
        assert "so far\N{REPLACEMENT CHARACTER}" in html
        assert str(tmp_path) not in html
        page.write(block(PLOT + "plt.show()"))
        assert page.wait_for("describe it in alt=")
        page.write("```python\n1 / 0\n```\n")
        assert page.wait_for("say whether the code is executed")
        page.write(block('print("fine again")'))
        assert "ZeroDivisionError" not in page.wait_for("fine again")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT to send")
def test_interrupted_build_ends_with_its_blocks(tmp_path):
    line = tmp_path / "line"
    os.mkfifo(line)
    end = os.open(line, os.O_RDONLY | os.O_NONBLOCK)
    code = (
        f"import time\nline = open({str(line)!r}, 'w')\nprint('started', file=line, flush=True)\n"
        "time.sleep(60)\nline.write('alive')"
    )
    write_site(tmp_path, page=block(code, 'limit="2000"'))
    command = [sys.executable, "-m", "mkdocs", "build"]
    environment = {**os.environ, **ENVIRONMENT}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        while not (said := read(end)):
            assert process.poll() is None
            time.sleep(0.1)
        assert said == b"started\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) != 0
    os.set_blocking(end, True)
    assert os.read(end, 10) == b""  # the block is gone as well
    os.close(end)


def read(end):
    try:
        return os.read(end, 100)
    except BlockingIOError:
        return b""
