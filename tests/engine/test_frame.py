"""The frame of a page: number, part, length, what it needs, what it is good for."""

import pytest
from bookwright.rendering.frame import minutes
from bs4 import BeautifulSoup

SETTINGS = (
    'package="gdbook", numbered=("chapters",), unbound=("*",), '
    'downloads={"chapters": ("py",)}, words=Words(pages={"chapters": "chapter"})'
)


def prose(words):
    return f"<p>{'word ' * words}</p>"


FORMULA = '<div class="math"><math display="block"><mi>x</mi></math></div>'


@pytest.mark.parametrize(
    ("html", "length"),
    [
        (prose(200), 1),
        (prose(1000), 5),
        (prose(600) + FORMULA * 16, 5),
        (f"<pre>{chr(10) * 59}</pre>", 3),
        (prose(400) + f"<details><summary>a</summary>{prose(9000)}</details>", 2),
        (prose(400) + f"<details><details>{prose(9)}</details>{prose(9000)}</details>", 2),
        ("", 1),
    ],
)
def test_minutes_are_those_of_words_formulas_and_open_code(html, length):
    assert minutes(html) == length


PLACES = "[chapters/one.md, chapters/two.md]"
NAV = f"site_name: test\nnav:\n  - page.md\n  - index.md\n  - down: {PLACES}\n"


def write(folder, settings):
    chapters = folder / "docs" / "chapters"
    chapters.mkdir(parents=True)
    (chapters / "one.md").write_text("# One\n")
    (chapters / "two.md").write_text(f"---\n{settings}---\n\n# Two\n\nText.\n")
    return {"settings": SETTINGS, "changes": {"site_name: test\n": NAV}}


def test_chapter_has_its_part_its_number_and_what_it_needs(site, tmp_path):
    site("Page", **write(tmp_path, "needs: [one.md]\nable: walk & fall\n"))
    html = (tmp_path / "site" / "chapters" / "two" / "index.html").read_text(encoding="utf-8")
    part, title, facts, able, *_ = BeautifulSoup(html, "html.parser").article.find_all(
        recursive=False
    )
    assert part.text == "Part I: down"
    assert title.text.startswith("2. Two")
    assert facts.text == "1 min · needs chapter 1 · Download this chapter: script"
    assert facts.a["href"] == "../one/"
    assert able.text == "Afterwards you can walk & fall."


def test_other_page_has_none(site, tmp_path):
    soup = site("# Page\n\nText.\n", **write(tmp_path, "title: Two\n"))
    assert [each.name for each in soup.article.find_all(recursive=False)] == ["h1", "p"]
    assert soup.article.h1.text.startswith("Page")


def test_need_of_what_is_no_chapter_is_an_error(problem, tmp_path):
    log = problem("Page", **write(tmp_path, "title: Two\nneeds: [one.md, three.md]\n"))
    assert (
        log
        == "chapters/two.md:3: the page needs chapters/three.md, which is no page with a number."
    )
