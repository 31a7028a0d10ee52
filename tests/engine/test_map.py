"""The map: which page needs which."""

import pytest
from bookwright.rendering.map import direct
from bs4 import BeautifulSoup

NAMES = ("one", "two", "three")
SETTINGS = (
    'package="gdbook", numbered=("chapters",), unbound=("*",), '
    'words=Words(pages={"chapters": "chapter"})'
)
NAV = "site_name: test\nnav:\n  - page.md\n  - index.md\n  - down:\n"


def test_what_others_ask_for_as_well_is_left_out():
    needs = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a", "c"), "e": ("a",)}
    assert direct(needs) == {"a": [], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["a"]}


@pytest.fixture
def mapped(site, tmp_path):
    folder = tmp_path / "docs" / "chapters"
    folder.mkdir(parents=True)
    nav = NAV + "".join(f"    - chapters/{name}.md\n" for name in NAMES)

    def build(**needs):
        for name in NAMES:
            head = f"---\nneeds: [{needs[name]}]\n---\n\n" if name in needs else ""
            (folder / f"{name}.md").write_text(f"{head}# Chapter & {name}\n")
        text = '# Page\n\n<div class="map"></div>\n'
        return site(text, settings=SETTINGS, changes={"site_name: test\n": nav})

    return build


def test_map_has_a_box_for_each_chapter_and_a_line_for_each_need(mapped):
    soup = mapped(two="one.md", three="one.md, two.md")
    links = soup.select(".map svg > a")
    assert [(" ".join(each.strings), each["href"]) for each in links] == [
        (f"{number}. Chapter & {name}", f"../chapters/{name}/")
        for number, name in enumerate(NAMES, start=1)
    ]
    assert len(soup.select(".map svg > path")) == 2
    tops = [float(each.rect["y"]) for each in links]
    assert tops == sorted(tops)


def test_list_has_all_that_a_chapter_needs(mapped):
    soup = mapped(two="one.md", three="one.md, two.md")
    assert [each.text for each in soup.select(".map li")] == [
        "1. Chapter & one",
        "2. Chapter & two ← 1",
        "3. Chapter & three ← 1, 2",
    ]


def test_map_follows_a_need_that_has_changed(mapped):
    mapped(two="one.md")
    soup = mapped(two="one.md", three="one.md")
    assert isinstance(soup, BeautifulSoup)
    assert len(soup.select(".map svg > path")) == 2
