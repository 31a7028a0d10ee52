"""The colours of the book's figures, which follow the scheme of the page."""

import importlib.util
import re
from io import BytesIO

import matplotlib.pyplot as plt
import pytest
from bookwright.rendering.figures import of_drawing
from pages import ROOT

from gdbook import Value
from gdbook.graphs import draw_graph


@pytest.fixture(scope="module")
def figures():
    spec = importlib.util.spec_from_file_location("book", ROOT / "docs" / "book.py")
    book = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(book)
    return book.settings.figures


def test_drawing_of_a_graph_has_no_colour_of_its_own(figures, tmp_path):
    style = tmp_path / "style.mplstyle"
    style.write_text(figures.matplotlib_style, encoding="utf-8")
    result = (Value(2.0) * 3.0 + 1.0).relu()
    result.backward()
    with plt.style.context(style), BytesIO() as buffer:
        draw_graph(result).figure.savefig(buffer, format="svg")
        plt.close("all")
        svg = of_drawing(buffer.getvalue().decode(), figures.colours).svg
    rules = svg.partition("svg:target{")[2].partition("}")[2]
    assert not re.search("#[0-9a-f]{6}", rules)
    assert {"--ink", "--0", "--1", "--7"} <= set(re.findall(r"var\((--\w+)\)", rules))


def test_figures_to_play_with_have_the_same_colours(figures):
    style = (ROOT / "docs" / "theme" / "assets" / "play" / "play.css").read_text("utf-8")
    light, dark = (dict(re.findall(r"--play-(\d): (#\w+);", part)) for part in style.split("slate"))
    assert light.keys() == dark.keys()
    assert light == {name: figures.colours[name].light for name in light}
    assert dark == {name: figures.colours[name].dark for name in dark}
