"""Figures: drawn where they stand among the text, and as the page has them."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from bookwright.blocks.isolation import Sandbox, environment
from bookwright.rendering.figures import inline
from bookwright.settings import PASSED, Colour, Figures
from hypothesis import given
from hypothesis import strategies as st
from sites import ENVIRONMENT

FIGURES = Figures(
    colours={
        "ink": Colour("#1d2430", "#e3e7ee"),
        "grid": Colour("#d5d9e0", "#3d4450"),
        "paper": Colour("#fcfdfe", "#000000"),
        "0": Colour("#2363b8", "#7db4ff"),
        "1": Colour("#c2570c", "#ffa45c"),
    }
)
PRELOAD = ("matplotlib.pyplot", "numpy", "torch")
SANDBOX = Sandbox(
    environment(PASSED),
    f"{FIGURES.matplotlib_style}\nsavefig.transparent: True\nfigure.figsize: 6.4, 4\n",
    PRELOAD,
)
PLOT = "import matplotlib.pyplot as plt\n"
DRAW = f"""{PLOT}
import numpy as np
fig, ax = plt.subplots()
ax.plot([1, 2, 3], "o-", label="loss")
ax.plot([3, 2, 1], "o-", label="accuracy")
ax.scatter([1, 2], [1, 2], color="#123456")
x = np.linspace(1, 3, 500)
ax.fill_between(x, 1, 1 + np.exp(-x))
ax.plot(x, 2 + np.sin(9 * x))
ax.grid(True)
ax.set_title("a < b & α → 0")
ax.legend();
"""
SVG = "{http://www.w3.org/2000/svg}"


def run(code):
    result = SANDBOX.run(code, is_session=False, limit=60)
    assert result.stopped is None
    return result


def shown(code):
    """Return what a block shows, in order; of each figure its title."""
    result = run(code)
    assert result.raised is None
    return [
        re.search(r">title ([^<]*)<", item.content)[1] if item.kind == "figure" else item.content
        for item in result.items
    ]


def figure(title):
    return f"plt.figure(); plt.title('title {title}')\n"


@pytest.fixture(scope="module")
def drawing():
    """Return a drawing as matplotlib makes it."""
    (svg,) = run(DRAW).figures
    return svg


@pytest.fixture(scope="module")
def svg(drawing):
    """Return the same drawing as it stands in a page."""
    return inline(drawing, "f7-0", FIGURES.colours)


class TestOrder:
    def test_text_and_figures_come_in_the_order_in_which_they_were_made(self):
        code = (
            f"{PLOT}print(1)\n{figure('a')}plt.show()\nprint(2)\n{figure('b')}plt.show()\nprint(3)"
        )
        assert shown(code) == ["1\n", "a", "2\n", "b", "3\n"]

    def test_figures_that_are_shown_together_come_in_the_order_in_which_they_were_opened(self):
        code = f"{PLOT}{figure('a')}{figure('b')}plt.figure(1)\nprint(1)\nplt.show()"
        assert shown(code) == ["1\n", "a", "b"]

    def test_open_figures_are_drawn_at_the_end_and_shown_ones_are_not_drawn_again(self):
        code = f"{PLOT}{figure('a')}plt.show()\n{figure('b')}print(1)"
        assert shown(code) == ["a", "1\n", "b"]

    def test_figure_comes_before_what_is_printed_at_the_exit(self):
        assert shown(f"{PLOT}import atexit\natexit.register(print, 1)\n{figure('a')}") == [
            "a",
            "1\n",
        ]

    def test_text_is_what_was_printed_and_figures_are_what_was_drawn(self):
        result = run(f"{PLOT}print(1)\n{figure('a')}plt.show()\nprint(2)\n{figure('b')}")
        assert result.text == "1\n2\n"
        assert [svg.count(">title ") for svg in result.figures] == [1, 1]

    def test_unfinished_line_is_text_before_the_figure(self):
        code = f"{PLOT}print('é', end='')\n{figure('a')}plt.show()\nprint('b', end='')"
        assert shown(code) == ["é", "a", "b"]

    def test_text_of_programs_and_of_the_descriptor_has_its_place(self):
        program = "subprocess.run([sys.executable, '-c', 'print({})'])\n"
        code = (
            f"{PLOT}import os, subprocess, sys\n{program.format(1)}{figure('a')}plt.show()\n"
            f"os.write(1, b'2')\n{figure('b')}plt.show()\n{program.format(3)}print(4)"
        )
        assert shown(code) == ["1\n", "a", "2", "b", "3\n4\n"]

    @pytest.mark.parametrize(
        "line", ["sys.stdout.close()", "sys.stdout = io.StringIO()", "sys.stdout = None"]
    )
    def test_stream_that_is_gone_is_no_trouble(self, line):
        assert shown(f"{PLOT}import io, sys\nprint(1)\n{line}\n{figure('a')}") == ["1\n", "a"]

    def test_figure_that_was_shown_before_a_failure_is_kept(self):
        result = run(f"{PLOT}{figure('a')}plt.show()\nprint(1)\n1 / 0")
        assert [item.kind for item in result.items] == ["figure", "text"]
        assert result.raised.name == "ZeroDivisionError"

    def test_figure_of_a_session_is_drawn(self):
        code = ">>> import matplotlib.pyplot as plt\n>>> line = plt.plot([1])\n>>> plt.show()"
        result = SANDBOX.run(code, is_session=True, limit=60)
        assert (len(result.figures), result.wrong) == (1, ())

    @pytest.mark.parametrize(
        "code", [PLOT, f"{PLOT}plt.show()", f"{PLOT}plt.plot([1])\nplt.close()"]
    )
    def test_nothing_is_drawn_where_no_figure_is_open(self, code):
        assert run(code).items == ()

    def test_show_returns_nothing_and_prints_nothing(self):
        result = run(f"{PLOT}plt.plot([1])\nprint(plt.show(block=True))")
        assert [(item.kind, item.content[:5]) for item in result.items][1:] == [("text", "None\n")]


class TestDrawing:
    def test_backend_may_be_asked_for_again(self):
        code = f"{PLOT}plt.switch_backend(plt.get_backend())\n{figure('a')}plt.show()"
        assert shown(code) == ["a"]

    def test_bytes_are_the_same_each_time(self, drawing):
        assert run(DRAW).figures == [drawing]
        assert "<dc:date>" not in drawing

    def test_style_that_a_block_resets_changes_neither_bytes_nor_text(self):
        code = f"{PLOT}plt.rcdefaults()\nplt.title('x'); plt.plot([1], 'o');"
        assert run(code).figures == run(code).figures
        assert ">x</text>" in run(code).figures[0]

    def test_style_of_the_book_is_followed(self):
        line = f"{PLOT}plt.plot([1, 2]);"
        assert "stroke: #2363b8" in run(line).figures[0]
        plain = Sandbox(environment(PASSED), "", PRELOAD)
        (svg,) = plain.run(line, is_session=False, limit=60).figures
        assert "stroke: #1f77b4" in svg  # matplotlib's own first colour

    def test_style_of_the_reader_has_no_effect(self, tmp_path):
        (tmp_path / "matplotlibrc").write_text("image.cmap: gray\n")  # found from where it is run
        code = "import matplotlib as mpl\nprint(mpl.rcParams['image.cmap'])"
        program = (
            "from bookwright.blocks.isolation import Sandbox\n"
            "sandbox = Sandbox((), preload=('matplotlib.pyplot',))\n"
            f"print(sandbox.run({code!r}, is_session=False, limit=60).text)"
        )
        result = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout == "viridis\n\n"

    def test_letter_that_cannot_be_drawn_is_a_failure(self):
        raised = run(f"{PLOT}plt.title('日')\nplt.show()").raised
        assert raised.message.startswith("UserWarning: Glyph 26085")
        assert raised.line == 3


class TestStyle:
    def test_colours_are_those_of_light_pages(self):
        style = FIGURES.matplotlib_style
        assert "text.color: 1d2430\n" in style
        assert "grid.color: d5d9e0\n" in style
        assert "legend.facecolor: fcfdfe\n" in style
        assert "axes.prop_cycle: cycler('color', ['2363b8', 'c2570c'])\n" in style

    def test_file_of_the_style_comes_first(self, tmp_path):
        file = tmp_path / "a.mplstyle"
        file.write_text("lines.linewidth: 3", encoding="utf-8")
        style = Figures(style=file, colours={"ink": Colour("#111111", "#eeeeee")}).matplotlib_style
        assert style.startswith("lines.linewidth: 3\ntext.color: 111111\n")

    def test_book_without_a_palette_has_the_colours_of_matplotlib(self):
        assert "color" not in Figures().matplotlib_style

    def test_stylesheet_has_both_colours_of_each(self):
        light, dark = FIGURES.stylesheet.split("[data-md-color-scheme", maxsplit=1)
        assert light.startswith(":root {\n  --figure-ink: #1d2430;\n  --figure-grid: #d5d9e0;\n")
        assert '="slate"] {\n  --figure-ink: #e3e7ee;\n' in dark
        assert (light.count("--figure-"), dark.count("--figure-")) == (5, 5)


class TestInline:
    def test_drawing_is_one_well_formed_element(self, svg):
        assert svg.startswith("<svg")
        assert ET.fromstring(svg).tag == f"{SVG}svg"  # noqa: S314  # our own

    def test_every_id_starts_with_the_prefix_and_every_reference_has_its_id(self, svg):
        ids = re.findall(r'\bid="([^"]+)"', svg)
        references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)
        assert ids
        assert all(name.startswith("f7-0-") for name in ids)
        assert {a or b for a, b in references} <= set(ids)
        assert any(a for a, _ in references)
        assert any(b for _, b in references)

    def test_text_is_text_in_the_font_of_the_page(self, svg):
        assert ">a &lt; b &amp; α → 0</text>" in svg
        assert "DejaVu" not in svg
        assert "var(--figure-font, sans-serif)" in svg

    def test_colours_of_the_palette_are_variables_and_others_are_not(self, drawing, svg):
        for name, (light, _) in FIGURES.colours.items():
            assert light in drawing
            assert light not in svg
            assert f"var(--figure-{name})" in svg
        assert "#123456" in svg
        assert "var(--figure-ink)0" not in svg

    def test_colour_that_only_begins_like_one_of_the_palette_stays(self):
        svg = '<svg><path style="fill: #2363b8ff; stroke: #2363b8"/></svg>'
        assert inline(svg, "f", FIGURES.colours) == (
            '<svg><path style="fill: #2363b8ff; stroke: var(--figure-0)"/></svg>'
        )

    @pytest.mark.parametrize(
        ("ink", "line"),
        [("#1d2430", "#2363b8"), ("#1D2430", "#2363B8"), ("#000000", "#2363b8")],
        ids=["usual", "capitals", "black"],
    )
    def test_every_text_and_line_takes_its_colour_from_the_palette(self, ink, line):
        palette = {"ink": Colour(ink, "#eeeeee"), "0": Colour(line, "#111111")}
        figures = Figures(colours=palette)
        sandbox = Sandbox(environment(PASSED), figures.matplotlib_style, PRELOAD)
        code = f"{PLOT}plt.title('t'); plt.plot([1, 2]);"
        (drawing,) = sandbox.run(code, is_session=False, limit=60).figures
        svg = inline(drawing, "f", figures.colours)
        assert "stroke: var(--figure-0)" in svg
        assert ink.lower() not in svg
        texts = [style for tag, style in styles(svg) if tag == "text"]
        assert len(texts) > 9
        assert all("fill: var(--figure-ink)" in style for style in texts)

    def test_ground_is_transparent(self, svg):
        assert "#ffffff" not in svg

    def test_size_is_in_pixels(self, svg):
        assert re.search(r'<svg [^>]*width="460.8" height="288"', svg)

    def test_drawing_brings_no_style_for_the_rest_of_the_page(self, drawing, svg):
        assert "<style" in drawing
        assert "<style" not in svg
        assert "<metadata" not in svg
        assert "<!--" not in svg

    def test_drawing_is_smaller_than_matplotlib_makes_it(self, drawing, svg):
        assert len(svg) < len(drawing) / 2
        assert not re.search(r">\s+<", svg)

    def test_every_line_goes_where_it_went(self, drawing, svg):
        before, after = lines(drawing), lines(svg)
        assert len(before) == len(after) > 20
        for exact, short in zip(before, after, strict=True):
            assert all(away(point, short) < 0.17 for point in exact)
            assert all(away(point, exact) < 0.08 for point in short)

    def test_every_marker_and_word_stands_where_it_stood(self, drawing, svg):
        before, after = positions(drawing), positions(svg)
        assert len(before) == len(after) > 20
        assert all(abs(a - b) < 0.08 for a, b in zip(before, after, strict=True))

    def test_corner_between_long_lines_stays(self):
        line = '<svg><path d="M 10 10 \nL 20 10.06 \nL 30 10 \nL 40 10.5 \nL 50 10 \n"/></svg>'
        assert inline(line, "f", {}) == '<svg><path d="M10 10L30 10L40 10.5L50 10"/></svg>'

    @pytest.mark.parametrize(("alpha", "points"), [(0.3, 4), (1.0, 2)])
    def test_points_that_lie_on_each_other_are_drawn_as_often_as_is_seen(self, alpha, points):
        code = f"{PLOT}plt.axis('off'); plt.scatter([1, 1, 1, 2], [1, 1, 1, 2], alpha={alpha});"
        (drawing,) = run(code).figures
        assert len([*elements(drawing, "use")]) == 4
        assert len([*elements(inline(drawing, "f", {}), "use")]) == points

    def test_elements_and_their_styles_are_the_same(self, drawing, svg):
        assert styles(svg) == [
            (tag, style)
            for tag, style in styles(inline_colours(drawing))
            if tag not in {"style", "metadata"}
        ]

    def test_markers_of_a_line_say_their_style_once(self, svg):
        groups = re.findall(r"<g[^<>]*>(?:<use[^<>]*/>){3,}</g>", svg)
        assert groups
        assert all(group.count("style=") == 1 for group in groups)

    @pytest.mark.parametrize(
        "text",
        ['id="a"', "url(#a)", 'href="#a"', "#2363b8", 'a x="1.23456"', "'DejaVu Sans', b"],
    )
    def test_text_of_a_figure_stays_as_it_is(self, text):
        (drawing,) = run(f"{PLOT}plt.title({text!r});").figures
        titles = [
            [element.text for element in elements(each, "text")]
            for each in (drawing, inline(drawing, "f", FIGURES.colours))
        ]
        assert text in titles[0]
        assert titles[0] == titles[1]

    @pytest.mark.parametrize(
        ("number", "short"),
        [("12.345", "12.3"), ("9.876", "9.88"), ("-0.004", "0"), ("-12.96", "-13"), ("7.0", "7")],
    )
    def test_number_has_one_decimal_and_a_small_one_has_two(self, number, short):
        assert (
            inline(f'<svg><use x="{number}"/></svg>', "f", {}) == f'<svg><use x="{short}"/></svg>'
        )

    @given((st.floats(-9, 9) | st.floats(-9999, 9999)).map(lambda number: f"{number:f}"))
    def test_number_is_shorter_and_as_good_as_equal(self, number):
        svg = inline(f'<svg><use x="{number}" y="{number}"/></svg>', "f", {})
        short, again = re.search(r'x="(.*)" y="(.*)"', svg).groups()
        assert short == again
        assert len(short) <= len(number)
        assert abs(float(short) - float(number)) <= (
            0.0501 if abs(float(number)) >= 10 else 0.00501
        )
        assert short != "-0"


def lines(svg):
    """Return the points of each path that has no curves."""
    values = (path.get("d") for path in elements(svg, "path"))
    return [
        [complex(*map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", value)]
        for value in values
        if not set("CQe") & set(value)
    ]


def positions(svg):
    """Return where each marker and each word stands."""
    found = (*elements(svg, "use"), *elements(svg, "text"))
    return [complex(float(each.get("x", 0)), float(each.get("y", 0))) for each in found]


def elements(svg, tag):
    return ET.fromstring(svg).iter(f"{SVG}{tag}")  # noqa: S314  # our own


def away(point, line):
    """Return how far a point lies from a line with corners."""
    return min(distance(point, *ends) for ends in zip(line, [*line[1:], line[-1]], strict=True))


def distance(point, start, end):
    way = end - start
    along = ((point - start) * way.conjugate()).real / abs(way) ** 2 if way else 0
    return abs(point - start - min(max(along, 0), 1) * way)


def inline_colours(svg):
    for name, (light, _) in FIGURES.colours.items():
        svg = svg.replace(light, f"var(--figure-{name})")
    return re.sub(r"font-family: [^;]*;", "font-family: var(--figure-font, sans-serif);", svg)


def styles(svg):
    """Return the elements of a drawing, each with the style that it or its group has."""
    found = []

    def walk(element, inherited):
        tag = element.tag.split("}")[-1]
        style = element.get("style") or inherited
        style = re.sub(r"url\(#[^)]*\)", "url(#)", style)
        if tag in {"path", "use", "text", "style"}:
            found.append((tag, style))
        for child in element:
            walk(child, style)

    walk(ET.fromstring(svg), "")  # noqa: S314  # our own
    return found
