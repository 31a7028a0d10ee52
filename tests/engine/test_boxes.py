"""Formulas in boxes, at the end of a page and on a sheet."""

import pytest

SETTINGS = (
    'package="gdbook", numbered=("chapters",), unbound=("*",), '
    'words=Words(pages={"chapters": "chapter"})'
)
NAV = "site_name: test\nnav:\n  - page.md\n  - index.md\n  - down:\n"
CHAPTERS = {
    "one": "# One & all\n\n$$\n\\boxed{a = b}\n$$\n\n$$\nc = d\n$$\n\n$$\n\\boxed{e = f}\n$$\n",
    "two": '# Two\n\n$$\n\\boxed{g = h}\n$$\n\n## In short\n\n<div class="boxed"></div>\n',
    "three": "# Three\n\n$$\ni = j\n$$\n",
}


@pytest.fixture
def book(site, tmp_path):
    folder = tmp_path / "docs" / "chapters"
    folder.mkdir(parents=True)
    nav = NAV + "".join(f"    - chapters/{name}.md\n" for name in CHAPTERS)
    for name, text in CHAPTERS.items():
        (folder / f"{name}.md").write_text(text)

    def build():
        changes = {"site_name: test\n": nav}
        return site('# Page\n\n<div class="sheet"></div>\n', settings=SETTINGS, changes=changes)

    build.folder = folder
    build.site = tmp_path / "site"
    return build


def formulas(soup):
    return [math.get_text().strip() for math in soup.select(".math")]


def test_sheet_has_the_boxes_of_all_chapters_whether_they_are_kept_or_made(book):
    for _ in range(2):
        sheet = book().select_one(".sheet")
        assert [each.text for each in sheet.select("h2")] == ["1. One & all", "2. Two"]
        assert sheet.select_one("h2 a")["href"] == "../chapters/one/"
        assert formulas(sheet) == ["a=b", "e=f", "g=h"]


def test_sheet_follows_a_chapter_that_has_changed(book):
    book()
    (book.folder / "three.md").write_text(CHAPTERS["three"].replace("i = j", "\\boxed{i = j}"))
    assert formulas(book().select_one(".sheet")) == ["a=b", "e=f", "g=h", "i=j"]


def test_page_that_only_tells_of_the_sheet_is_kept(book, caplog):
    (book.folder / "three.md").write_text('# Three\n\nWrite `<div class="sheet"></div>`.\n')
    book()
    book()
    assert "All pages: 1 made, 4 kept" in caplog.text


def test_chapter_has_its_own_boxes_once_more(book):
    book()
    html = (book.site / "chapters" / "two" / "index.html").read_text("utf-8")
    assert html.count("math-box") == 2
    assert html.index('<div class="boxed"><div class="math"') > html.index("In short")
