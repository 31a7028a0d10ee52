"""Figures: drawn where they stand among the text, and as the page has them."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from bookwright.blocks.isolation import Sandbox, environment
from bookwright.rendering.figures import of_drawing
from bookwright.rendering.paths import read, short
from bookwright.settings import PASSED, Colour, Figures
from hypothesis import example, given
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
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
SEEN = 0.18  # of a pixel: what is left out, and what is rounded off
COORDINATES = st.integers(-4096, 4096).map(lambda number: number / 8)


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
    """Return the same drawing as a file of the site."""
    return made(drawing)


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


class TestFile:
    def test_drawing_is_one_well_formed_element(self, svg):
        assert svg.startswith("<svg")
        assert parsed(svg).tag == f"{SVG}svg"

    def test_every_id_but_that_of_dark_pages_is_used_and_every_reference_has_its_id(self, svg):
        ids = re.findall(r'\bid="([^"]+)"', svg)
        references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)
        assert ids[0] == "only-dark"
        assert sorted(ids[1:]) == sorted({a or b for a, b in references})
        assert any(a for a, _ in references)
        assert any(b for _, b in references)

    def test_text_is_text_in_the_font_of_the_page(self, svg):
        assert ">a &lt; b &amp; α → 0</text>" in svg
        assert "DejaVu" not in svg
        assert re.search(r"svg\{[^}]*font-family:[^;}]*sans-serif[;}]", svg)

    def test_text_of_a_font_that_was_asked_for_has_it(self):
        (drawing,) = run(f"{PLOT}plt.title('t', family='DejaVu Sans Mono');").figures
        assert ["DejaVu Sans Mono" in each for each in (drawing, made(drawing))] == [True, True]

    def test_colours_of_the_palette_are_variables_with_both_colours(self, drawing, svg):
        light, dark = re.findall(r"svg(?::target)?\{([^}]*)\}", svg)
        for name, colour in FIGURES.colours.items():
            assert colour.light in drawing
            assert f"--{name}:{colour.light};" in light
            assert f"--{name}:{colour.dark};" in dark
            assert svg.count(colour.light) == 1
            assert f"var(--{name})" in svg
        assert "#123456" in svg
        assert "var(--ink)0" not in svg

    def test_colours_that_are_not_used_are_not_told(self):
        assert "--1:" not in made(run(f"{PLOT}plt.plot([1, 2]);").figures[0])

    def test_colour_that_only_begins_like_one_of_the_palette_stays(self):
        shape = '<path d="M 0 0 L 1 1" style="fill: #2363b8ff; stroke: #2363b8"/>'
        assert ".c0{fill:#2363b8ff;stroke:var(--0)}" in made(drawn(shape))

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
        svg = of_drawing(drawing, palette).svg
        assert "stroke:var(--0)" in svg
        assert ink.lower() not in svg.replace(f"--ink:{ink};", "").replace("var(--ink,#000)", "")
        texts = [style for tag, style, _ in shapes(svg) if tag == "text"]
        assert len(texts) > 9
        assert all(style.get("fill", "var(--ink,#000)").startswith("var(--ink") for style in texts)

    def test_ground_is_transparent(self, svg):
        assert "#ffffff" not in svg

    def test_size_is_in_pixels(self, drawing):
        figure = of_drawing(drawing, {})
        assert (figure.width, figure.height) == (460.8, 288)
        assert ' width="460.8" height="288" viewBox="0 0 460.8 288"' in figure.svg

    def test_drawing_says_nothing_of_itself_and_no_element_has_a_style(self, drawing, svg):
        for part in ("<metadata", "<!DOCTYPE", " style="):
            assert part in drawing
            assert part not in svg
        assert svg.count("<style>") == 1

    def test_drawing_is_smaller_than_matplotlib_makes_it(self, drawing, svg):
        assert len(svg) < len(drawing) / 3
        assert not re.search(r">\s+<", svg)

    def test_everything_is_drawn_in_its_order_and_looks_as_it_did(self, drawing, svg):
        before = [(tag, style) for tag, style, _ in shapes(inline_colours(drawing))]
        assert [(tag, style) for tag, style, _ in shapes(svg)] == before
        assert len(before) > 40

    def test_every_line_and_word_goes_where_it_went(self, drawing, svg):
        for (_, _, exact), (_, _, near) in zip(shapes(drawing), shapes(svg), strict=True):
            assert all(away(point, near) < SEEN for point in exact)
            assert all(away(point, exact) < SEEN for point in near)

    @pytest.mark.parametrize(("alpha", "points"), [(0.3, 4), (1.0, 2)])
    def test_points_that_lie_on_each_other_are_drawn_as_often_as_is_seen(self, alpha, points):
        code = f"{PLOT}plt.axis('off'); plt.scatter([1, 1, 1, 2], [1, 1, 1, 2], alpha={alpha});"
        (drawing,) = run(code).figures
        assert len([*elements(drawing, "use")]) == 4
        assert len([*elements(made(drawing), "use")]) == points

    def test_of_what_lies_on_each_other_the_last_stays(self):
        red, blue = (f'<use x="1" href="#a" style="fill: {name}"/>' for name in ("red", "blue"))
        svg = made(drawn(f'<defs><path id="a" d="M 0 0 L 1 1"/></defs>{red}{blue}{red}'))
        assert [style["fill"] for _, style, _ in shapes(svg)] == ["blue", "red"]

    def test_line_that_is_drawn_in_several_places_is_told_once(self):
        code = f"{PLOT}import numpy as np\nfor axes in plt.subplots(2, 3)[1].flat:\n"
        (drawing,) = run(f"{code}    axes.plot(np.sin(np.arange(200)))\n").figures
        (alone,) = run(f"{PLOT}import numpy as np\nplt.plot(np.sin(np.arange(200)));").figures
        assert len(made(drawing)) < 2 * len(made(alone))
        lines = [points for tag, _, points in shapes(made(drawing)) if len(points) > 100]
        assert len(lines) == 6

    def test_what_is_clipped_stays_clipped(self):
        code = f"{PLOT}plt.plot([1, 9]); plt.scatter([1, 2], [1, 9]); plt.ylim(2, 3);"
        svg = made(run(code).figures[0])
        parents = {child: parent for parent in parsed(svg).iter() for child in parent}
        blue = re.findall(r"\.(c\d+)\{[^}]*stroke:var\(--0\)", svg)
        marks = [each for each in parents if each.get("class") in blue]
        marks = [each for each in marks if parents[each].tag != f"{SVG}defs"]
        assert len(marks) == 3
        assert all("clip-path" in parents[each].attrib for each in marks)

    def test_image_in_a_drawing_stays_where_it_is(self):
        (drawing,) = run(f"{PLOT}plt.imshow([[1, 2], [3, 4]]);").figures
        (before,), (after,) = (elements(each, "image") for each in (drawing, made(drawing)))
        assert after.get("transform") == before.get("transform")
        assert after.get("href") == before.get(LINK)
        for name in ("x", "y", "width", "height"):
            assert float(after.get(name)) == pytest.approx(float(before.get(name)), abs=0.006)

    @pytest.mark.parametrize(
        "text",
        ['id="a"', "url(#a)", 'href="#a"', "#2363b8", 'a x="1.23456"', "'DejaVu Sans', b", "a />"],
    )
    def test_text_of_a_figure_stays_as_it_is(self, text):
        (drawing,) = run(f"{PLOT}plt.title({text!r});").figures
        titles = [
            [element.text for element in elements(each, "text")]
            for each in (drawing, made(drawing))
        ]
        assert text in titles[0]
        assert titles[0] == titles[1]


class TestPaths:
    @pytest.mark.parametrize(
        ("path", "short"),
        [
            ("M 10 10 \nL 20 10.06 \nL 30 10 \nL 40 10.5 \nL 50 10 \n", "M10 10l20 0 10 .5 10-.5"),
            ("M 1 1 L 21 1 L 21 21 z M 5 5 L 5 25", "M1 1l20 0 0 20zm4 4l0 20"),
            (
                "M 0 0 C 0 20 20 40 40 40 C 60 40 60 20 60 0",
                "M0 0c0 20 20 40 40 40 20 0 20-20 20-40",
            ),
            ("M 0 0 M 20 0 L 20 20 M 40 0 L 40 20", "M0 0m20 0l0 20m20-20l0 20"),
            ("M 5 5 L 5 5", "M5 5l0 0"),
            ("M 7.12345 0 L 9.5 0", "M7.12 0l2.38 0"),
            ("M 7.12345 0 L 99.5 0", "M7.12 0l92.4 0"),
        ],
        ids=["line", "closed", "curves", "moves", "point", "small", "large"],
    )
    def test_path_is_told_from_point_to_point(self, path, short):
        assert read(path).text == short

    @pytest.mark.parametrize(
        ("number", "decimals", "text"),
        [
            (12.345, 1, "12.3"),
            (-0.004, 2, "0"),
            (-12.96, 1, "-13"),
            (0.5, 1, ".5"),
            (-0.25, 2, "-.25"),
            (100.0, 0, "100"),
            (10.05, 2, "10.05"),
            (20.0, 1, "20"),
        ],
    )
    def test_number_has_only_what_it_needs(self, number, decimals, text):
        assert short(number, decimals) == text

    @example([(1 / 8, 0), (-1 / 8, -1 / 4), (0, -1 / 8)])  # it goes too far, and comes back
    @given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=2, max_size=30))
    def test_what_is_rounded_off_does_not_add_up(self, points):
        path = "M " + " L ".join(f"{x:f} {y:f}" for x, y in points)
        exact, near = followed(path), followed(read(path).text)
        assert abs(exact[-1] - near[-1]) < SEEN
        assert all(away(point, near) < SEEN for point in exact)
        assert all(away(point, exact) < SEEN for point in near)

    @given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=2, max_size=9))
    def test_shape_is_the_same_wherever_it_stands(self, points):
        near, far = ("M " + " L ".join(f"{x + moved} {y}" for x, y in points) for moved in (0, 128))
        assert read(near).shape == read(far).shape
        assert read(far).start - read(near).start == 128


def drawn(content):
    """Return a drawing of these elements."""
    size = 'width="9pt" height="9pt" viewBox="0 0 9 9"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{content}</svg>'


def made(drawing):
    """Return a drawing as a file of the site."""
    return of_drawing(drawing, FIGURES.colours).svg


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314  # our own


def elements(svg, tag):
    return parsed(svg).iter(f"{SVG}{tag}")


def shapes(svg):
    """Return what is seen of a drawing: each shape and word, its style, and its points."""
    root, found = parsed(svg), []
    rules = dict(re.findall(r"\.(c\d+)\{([^}]*)\}", svg))
    named = {each.get("id"): each for each in root.iter()}

    def walk(element, inherited):
        tag = element.tag.removeprefix(SVG)
        text = element.get("style") or rules.get(element.get("class"), "")
        style = inherited | dict(
            re.split(r":\s*", each, maxsplit=1) for each in re.split(r";\s*", text) if each
        )
        at = complex(*(float(element.get(name, "0").split()[0]) for name in ("x", "y")))
        if tag == "text":
            found.append((tag, style, [at]))
        if tag in {"use", "path"} and style != {"fill": "none"}:
            link = element.get("href") or element.get(LINK)
            path = named[link.removeprefix("#")] if link else element
            found.append(("path", style, [at + point for point in followed(path.get("d"))]))
        for child in element if tag not in {"defs", "clipPath"} else ():
            walk(child, style)

    walk(root, {})
    return found


def followed(path):
    """Return the points that a path goes through, and those that its curves are made from."""
    points, at, begun = [], 0j, 0j
    for name, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        pairs = [complex(*pair) for pair in zip(values[::2], values[1::2], strict=True)]
        size = {"c": 3, "q": 2}.get(name.lower(), 1)
        for first in range(0, len(pairs), size):
            piece = pairs[first : first + size]
            piece = [at + each for each in piece] if name.islower() else piece
            points += piece
            at = piece[-1]
        begun = at if name in "mM" else begun
        if name in "zZ":
            points.append(begun)
            at = begun
    return points


def away(point, line):
    """Return how far a point lies from a line with corners."""
    return min(distance(point, *ends) for ends in zip(line, [*line[1:], line[-1]], strict=True))


def distance(point, start, end):
    way = end - start
    along = ((point - start) * way.conjugate()).real / abs(way) ** 2 if way else 0
    return abs(point - start - min(max(along, 0), 1) * way)


def inline_colours(svg):
    """Return a drawing with the names of colours, and without the font that is that of the page."""
    for name, (light, _) in FIGURES.colours.items():
        svg = svg.replace(light, f"var(--{name})")
    return re.sub(r"font-family: 'DejaVu Sans'[^;]*; ", "", svg)
