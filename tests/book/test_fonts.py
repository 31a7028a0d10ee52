"""The fonts of the book."""

import re
import unicodedata

import pytest
from fontTools.ttLib import TTFont
from pages import ROOT

ASSETS = ROOT / "docs" / "theme" / "assets"
FACES = re.findall(
    r'src: url\("([^"]*)"\)[^;]*;\s*unicode-range:([^;]*);',
    (ASSETS / "math.css").read_text("utf-8"),
)


def signs(ranges):
    """Return the signs in what a style sheet says of a font."""
    bounds = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges)
    return {n for first, last in bounds for n in range(int(first, 16), int(last or first, 16) + 1)}


@pytest.mark.parametrize(("file", "ranges"), FACES, ids=[file for file, _ in FACES])
def test_part_of_the_font_has_the_signs_for_which_it_is_loaded(file, ranges):
    assigned = {sign for sign in signs(ranges) if unicodedata.category(chr(sign)) != "Cn"}
    assert assigned <= TTFont(ASSETS / file).getBestCmap().keys()
    assert len(assigned) > 100


def test_no_sign_is_in_two_parts_of_the_font():
    first, second = (signs(ranges) for _, ranges in FACES)
    assert not first & second


def test_part_that_most_pages_load_is_small():
    assert (ASSETS / FACES[0][0]).stat().st_size < 24_000
