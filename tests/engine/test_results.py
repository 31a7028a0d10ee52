"""What is wrong with a result, in the light of what its fence says."""

import re
import sys
import tempfile
from pathlib import Path

import pytest
from bookwright.blocks.result import Item, Raised, Result, Warned, WrongExample
from bookwright.checks.results import of_cell, problems, sizes
from bookwright.pages import listings
from bookwright.pages.page import Page

VALUE_ERROR = Raised("ValueError", "builtins.ValueError", "ValueError: no", 2, "Traceback\nno\n")
DECODE_ERROR = Raised("JSONDecodeError", "json.decoder.JSONDecodeError", "json…: ?", 1, "")
OWN_ERROR = Raised("Own", "__main__.Own", "Own", 1, "")
TIMEOUT = Raised("TimeoutError", "TimeoutError", "TimeoutError: too long", 3, "too long\n")
WARNED = Warned("UserWarning", "careful", 2)


def found(result, options="", most_output=100):
    page = Page("page.md", f'```python exec="on" {options}\nx\n```\n')
    (listing,) = listings.read(page, package="gdbook").values()
    assert listing.mistakes == ()
    return problems(listing, result, most_output=most_output)


def told(result, options="", **limits):
    return [problem.summary for problem in found(result, options, **limits)]


def printed(*texts, kind="text"):
    return Result(items=tuple(Item(kind, text) for text in texts))


def drawn(count):
    return Result(items=(Item("figure", "<svg/>"),) * count)


def test_nothing_is_wrong_with_a_block_that_has_printed_something():
    assert found(printed("1\n")) == []
    assert found(Result()) == []


class TestEnding:
    def test_failure_has_its_line_and_its_traceback(self):
        ((summary, line, details),) = found(Result(raised=VALUE_ERROR))
        assert (summary, line, details) == ("ValueError: no", 2, "Traceback\nno\n")

    def test_message_of_several_lines_is_told_in_one(self):
        raised = VALUE_ERROR._replace(message="ValueError: a\nb")
        assert told(Result(raised=raised)) == ["ValueError: a b"]

    def test_message_that_is_long_is_told_in_short(self):
        raised = VALUE_ERROR._replace(message="ValueError: " + "word " * 1000)
        (summary,) = told(Result(raised=raised))
        assert len(summary) <= 300

    @pytest.mark.parametrize(
        ("raised", "name"),
        [
            (VALUE_ERROR, "ValueError"),
            (VALUE_ERROR, "builtins.ValueError"),
            (DECODE_ERROR, "JSONDecodeError"),
            (DECODE_ERROR, "json.decoder.JSONDecodeError"),
            (OWN_ERROR, "Own"),
        ],
    )
    def test_exception_that_the_fence_names_is_right(self, raised, name):
        assert found(Result(raised=raised), f'raises="{name}"') == []

    @pytest.mark.parametrize("name", ["KeyError", "Exception", "Value", "json.ValueError", "no"])
    def test_other_exception_than_the_fence_names_is_a_failure(self, name):
        assert told(Result(raised=VALUE_ERROR), f'raises="{name}"') == ["ValueError: no"]

    def test_exception_that_does_not_come_is_missed(self):
        assert told(printed("1"), 'raises="ValueError"') == [
            "the fence says that the block raises ValueError, and it raises nothing."
        ]

    @pytest.mark.parametrize("options", ["", 'raises="TimeoutError"'])
    def test_block_that_was_stopped_is_a_failure_whatever_the_fence_says(self, options):
        ((summary, line, _),) = found(Result(stopped=TIMEOUT), options)
        assert (summary, line) == ("TimeoutError: too long", 3)

    def test_failure_is_told_alone(self):
        result = Result(drawn(1).items, errors="e", raised=VALUE_ERROR, warned=(WARNED,), value=1)
        assert told(result) == ["ValueError: no"]

    def test_what_an_expected_exception_does_not_excuse_is_told(self):
        result = Result(drawn(1).items, errors="e", raised=VALUE_ERROR, warned=(WARNED,))
        assert len(told(result, 'raises="ValueError"')) == 3


class TestExamples:
    WRONG = (WrongExample(2, "f(1)\n", "1\n", "2\n"), WrongExample(5, "f(2)\n", "", "a\nb\n"))

    def test_each_wrong_example_has_its_line_and_both_outputs(self):
        assert found(Result(wrong=self.WRONG)) == [
            ("expected 1, got 2", 2, "Expected:\n1\nGot:\n2"),
            ("expected nothing, got a b", 5, "Expected:\n\nGot:\na\nb"),
        ]

    def test_output_that_is_missing_is_nothing(self):
        wrong = (WrongExample(2, "f(1)\n", "1\n", ""),)
        assert told(Result(wrong=wrong)) == ["expected 1, got nothing"]

    def test_output_names_no_path_of_this_machine(self):
        wrong = (WrongExample(1, "f()\n", "1\n", f"{sys.prefix}/lib/x.py\n"),)
        ((summary, _, details),) = found(Result(wrong=wrong))
        assert sys.prefix not in summary + details


class TestWarnings:
    def test_warning_has_its_line_and_says_how_it_is_meant(self):
        assert found(Result(warned=(WARNED,))) == [
            (
                'UserWarning: careful: the block warns; say warns="UserWarning" if it is meant.',
                2,
                "",
            )
        ]

    def test_warning_that_the_fence_names_is_right_however_often(self):
        assert found(Result(warned=(WARNED, WARNED)), 'warns="UserWarning"') == []

    def test_other_warning_is_told_and_the_named_one_is_missed(self):
        assert told(Result(warned=(WARNED,)), 'warns="RuntimeWarning"') == [
            'UserWarning: careful: the block warns; say warns="UserWarning" if it is meant.',
            "the fence says that the block warns of RuntimeWarning, and it does not.",
        ]

    def test_other_warning_beside_the_named_one_is_told(self):
        other = Warned("RuntimeWarning", "hot", None)
        assert told(Result(warned=(WARNED, other)), 'warns="UserWarning"') == [
            'RuntimeWarning: hot: the block warns; say warns="RuntimeWarning" if it is meant.'
        ]

    def test_warning_that_does_not_come_is_missed(self):
        assert told(Result(), 'warns="UserWarning"') == [
            "the fence says that the block warns of UserWarning, and it does not."
        ]


class TestErrorStream:
    def test_what_is_written_to_it_is_told(self):
        ((summary, line, details),) = found(Result(errors="one\ntwo\n"))
        assert summary == (
            "the block writes to the error stream, which pages do not show: one two: "
            'say stderr="dropped" if that is meant.'
        )
        assert (line, details) == (None, "one\ntwo\n")

    def test_names_no_path_of_this_machine(self):
        ((summary, _, details),) = found(Result(errors=f'File "{sys.prefix}/lib/x.py"'))
        assert sys.prefix not in summary + details
        assert "x.py" in details

    def test_is_dropped_where_the_fence_says_so(self):
        assert found(Result(errors="one"), 'stderr="dropped"') == []


class TestValue:
    def test_is_told_with_its_line(self):
        ((summary, line, _),) = found(Result(value=3))
        assert summary.startswith("the block ends with a value, which notebooks show")
        assert line == 3

    def test_is_right_in_a_lab(self):
        assert of_cell(Result(value=3), listings.options.Options(), most_output=9) == []


class TestText:
    def test_that_is_too_long_is_told_in_bytes(self):
        assert told(printed("é" * 3, "a"), most_output=6) == [
            "the block shows 7 bytes of text, and 6 is the most."
        ]
        assert told(printed("é" * 3), most_output=6) == []

    def test_counts_as_it_is_shown(self):
        bar = "".join(f"\r{n:3}%" for n in range(100))
        assert told(printed(bar, "\x1b[31m\x1b[0m"), most_output=4) == []

    def test_that_is_markdown_counts_and_figures_do_not(self):
        markdown = printed("abcd", kind="markdown")
        assert len(told(markdown, most_output=3)) == 1
        assert told(drawn(1), 'alt="a"', most_output=3) == []

    def test_of_an_expected_exception_counts(self):
        raised = VALUE_ERROR._replace(message="ValueError: a long text")
        result = Result(printed("1").items, raised=raised)
        assert told(result, 'raises="ValueError"', most_output=10) == [
            "the block shows 24 bytes of text, and 10 is the most."
        ]

    @pytest.mark.parametrize("kind", ["text", "markdown"])
    def test_with_control_characters_is_told(self, kind):
        assert told(printed("a", "b\0", kind=kind)) == [
            r"the block prints the control character '\x00'."
        ]

    def test_of_an_expected_exception_has_no_control_characters(self):
        result = Result(raised=VALUE_ERROR._replace(message="ValueError: \a"))
        assert told(result, 'raises="ValueError"') == [
            r"the block prints the control character '\x07'."
        ]


PATHS = {
    "this Python": f"{sys.prefix}/lib/x.py",
    "the Python that it comes from": f"{sys.base_prefix}/lib/x.py",
    "the folder of the build": f"{Path.cwd()}/gdbook/__init__.py",
    "the home of the user": f"{Path.home()}/x",
    "temporary files": f"{tempfile.gettempdir()}/abc/work/x.csv",
    "a folder alone": str(Path.home()),
}


class TestPaths:
    MESSAGE = "the block shows a path of this machine, which readers do not have."

    @pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
    def test_of_this_machine_are_told(self, path):
        for text in (path, f"see '{path}'", f"a={path},", f"{path}:12", f"({path})", f"\n{path}"):
            assert told(printed(text)) == [self.MESSAGE]
        assert told(printed(path, kind="markdown")) == [self.MESSAGE]
        assert told(printed("a", "b", path, path)) == [self.MESSAGE]

    def test_of_the_book_are_told(self):
        page = Page("page.md", '```python exec="on"\nx\n```\n')
        (listing,) = listings.read(page, package="gdbook").values()
        for text, found in (("/books/one/x.py", 1), ("/books/one", 1), ("/books/oneself", 0)):
            limits = {"most_output": 99, "folders": ["/books/one", "/books/two"]}
            assert len(problems(listing, printed(text), **limits)) == found
            assert len(of_cell(printed(text), listing.options, **limits)) == found

    def test_in_an_address_are_told(self):
        assert told(printed(Path.home().as_uri())) == [self.MESSAGE]

    def test_in_a_figure_are_told(self):
        svg = f'<svg><text x="1">{Path.home()}/x</text></svg>'
        assert told(printed(svg, kind="figure"), 'alt="a"') == [self.MESSAGE]

    @pytest.mark.parametrize(
        "text",
        [
            "data/x.csv",
            "/",
            "1/2",
            "https://example.org/tmp/x",
            f"a{tempfile.gettempdir()}/x",
            f"{tempfile.gettempdir()}x/y",
            f"{Path.home()}-old",
        ],
    )
    def test_of_no_machine_are_right(self, text):
        assert told(printed(text)) == []


class TestFences:
    FENCE = "```python\nx\n"

    @pytest.mark.parametrize(("options", "kind"), [('result="markdown"', "text"), ("", "markdown")])
    def test_that_are_printed_and_not_read_are_told(self, options, kind):
        (summary,) = told(printed(self.FENCE, kind=kind), options)
        assert summary.startswith("the block prints a fence: no line of ticks closes this fence")

    def test_in_text_are_text(self):
        assert told(printed(self.FENCE)) == []

    def test_that_are_right_are_right(self):
        assert told(printed(f"{self.FENCE}```\n"), 'result="markdown"') == []


class TestDescriptions:
    @pytest.mark.parametrize(
        ("count", "options", "message"),
        [
            (1, "", 'the block draws a figure: describe it in alt="…".'),
            (3, "", 'the block draws a figure: describe it in alt="…".'),
            (0, 'alt="a"', 'the block has alt="…" and draws no figure.'),
            (2, 'alt="a"', "the block draws 2 figures, and alt describes 1: || stands between"),
            (1, 'alt="a || b"', "the block draws 1 figures, and alt describes 2: || stands"),
            (3, 'alt="a || b"', "the block draws 3 figures, and alt describes 2: || stands"),
        ],
    )
    def test_other_number_than_figures_is_told(self, count, options, message):
        (summary,) = told(drawn(count), options)
        assert summary.startswith(message)

    @pytest.mark.parametrize(("count", "options"), [(0, ""), (1, 'alt="a"'), (2, 'alt="a || b"')])
    def test_one_for_each_figure_is_right(self, count, options):
        assert told(drawn(count), options) == []


def test_all_that_is_wrong_with_a_block_that_ended_is_told():
    result = Result(
        items=(*printed(f"{Path.home()} is long").items, *drawn(1).items),
        errors="e",
        warned=(WARNED,),
        value=1,
    )
    starts = [
        "UserWarning: careful",
        "the block writes to the error stream",
        "the block ends with a value",
        "the block shows ",
        "the block shows a path",
        "the block draws a figure",
    ]
    summaries = told(result, most_output=3)
    assert len(summaries) == len(starts)
    for summary, start in zip(summaries, starts, strict=True):
        assert summary.startswith(start)


class TestSizes:
    def test_drawing_that_is_too_large_is_told_with_its_number(self):
        noise = "".join(map(chr, range(0x4E00, 0x5E00)))
        (problem,) = sizes(["<svg/>", f"<svg>{noise}</svg>", "<svg/>"], largest=100)
        assert re.match(
            r"figure 2 of the block has \d{4,} bytes, compressed, and 100 is the most: draw fewer",
            problem.summary,
        )

    def test_drawing_is_weighed_as_it_is_sent(self):
        assert list(sizes(["<svg/>" * 1000], largest=200)) == []

    def test_each_drawing_is_looked_at(self):
        assert len(list(sizes(["1", "2", "3"], largest=2))) == 3


class TestCells:
    def told(self, result, **options):
        chosen = listings.options.Options(**options)
        return [problem.summary for problem in of_cell(result, chosen, most_output=9)]

    @pytest.mark.parametrize("ending", ["raised", "stopped"])
    def test_failure_is_told_alone(self, ending):
        result = Result(errors="e", **{ending: VALUE_ERROR})
        assert self.told(result) == ["ValueError: no"]

    def test_all_that_is_wrong_is_told(self):
        items = (*printed(f"{Path.home()}", "\n" * 9).items, *drawn(1).items)
        assert len(self.told(Result(items, errors="e"))) == 4

    def test_cell_can_say_nothing_about_the_error_stream(self):
        assert self.told(Result(errors="careful")) == [
            "the block writes to the error stream, which pages do not show: careful."
        ]

    def test_nothing_is_wrong_with_text_and_a_figure_that_is_described(self):
        assert self.told(Result((*printed("1").items, *drawn(1).items)), alt=("a",)) == []
