"""Figures as the page has them."""

import re
import xml.etree.ElementTree as ET

import pytest
from isolation import run_block

DRAW = """
import matplotlib.pyplot as plt
import numpy as np
fig, ax = plt.subplots()
ax.plot([1, 2, 3], "o-", label="loss")
ax.scatter([1, 2], [1, 2], color="#123456")
ax.set_title("a < b & α → 0")
ax.legend()
"""


@pytest.fixture(scope="module")
def svg():
    outcome = run_block(DRAW, language="python", limit=60, prefix="f7")
    assert outcome.failure is None
    (figure,) = outcome.figures
    return figure


def test_drawing_is_one_well_formed_element(svg):
    assert svg.startswith("<svg")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  # our own


def test_every_id_starts_with_the_prefix_and_every_reference_has_its_id(svg):
    ids = re.findall(r'\bid="([^"]+)"', svg)
    references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)
    assert ids
    assert all(name.startswith("f7-0-") for name in ids)
    assert {a or b for a, b in references} <= set(ids)
    assert len(references) > 0


def test_text_is_text_in_the_font_of_the_page(svg):
    assert ">a &lt; b &amp; α → 0</text>" in svg
    assert "DejaVu" not in svg
    assert "var(--figure-font, sans-serif)" in svg


def test_colours_of_the_style_are_variables_and_others_are_not(svg):
    assert "var(--figure-0, #2363b8)" in svg
    assert "var(--figure-ink, #1d2430)" in svg
    assert "var(--figure-grid, #d5d9e0)" in svg
    assert re.search(r"[^,] #123456", svg)
    assert not re.search(r"(?<!, )#2363b8", svg)


def test_ground_is_transparent(svg):
    assert "#ffffff" not in svg


def test_size_is_in_pixels(svg):
    assert re.search(r'<svg [^>]*width="460.8" height="288"', svg)


def test_bytes_are_the_same_each_time(svg):
    again = run_block(DRAW, language="python", limit=60, prefix="f7")
    assert again.figures == [svg]
    assert "<metadata>" not in svg


def test_drawing_brings_no_style_for_the_rest_of_the_page(svg):
    assert "<style" not in svg


def test_style_that_a_block_resets_changes_neither_bytes_nor_text():
    reset = "import matplotlib.pyplot as plt\nplt.rcdefaults()\nplt.title('x'); plt.plot([1], 'o')"
    first, second = (run_block(reset, language="python", limit=60, prefix="f") for _ in "ab")
    assert first.figures == second.figures
    assert ">x</text>" in first.figures[0]


def test_letter_that_cannot_be_drawn_is_a_failure():
    code = "import matplotlib.pyplot as plt\nplt.title('日')\nplt.show()"
    failure = run_block(code, language="python", limit=60, prefix="f").failure
    assert "UserWarning: Glyph 26085" in failure.summary
    assert failure.line == 3
