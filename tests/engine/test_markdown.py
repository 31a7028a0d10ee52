"""Markdown that blocks print: shown as the page's own, and checked as the page's own."""

import logging

import pytest
from mkdocs.exceptions import Abort
from sites import SETTINGS, mkdocs, write_site

BARE = 'package="gdbook"'  # nothing is imported beforehand
CHECKED = {"plugins:": "validation: {anchors: warn}\nplugins:"}


def printing(markdown, options=""):
    """Return a block that prints Markdown."""
    return f'```python exec="on" result="markdown"{options}\nprint({markdown!r})\n```\n'


def table(rows):
    return "| a |\n|---|\n" + "".join(f"| {row} |\n" for row in range(rows))


@pytest.fixture
def warning(site, caplog):
    """Return a function that builds a page, expects strict MkDocs to stop, and returns why."""

    def build_site(text, **pages):
        with pytest.raises(Abort):
            site(text, changes=CHECKED, **pages)
        return [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]

    return build_site


def test_printed_markdown_is_shown_with_the_extensions_of_the_page(site):
    markdown = (
        f'!!! note "A box"\n\n    Text.\n\n{table(1)}\nA formula: $x^2$, [big](x.md){{ .big }}'
    )
    output = site(printing(markdown), x="# X\n").select_one(".output")
    assert output.select_one(".admonition .admonition-title").text == "A box"
    assert output.select_one("td").text == "0"
    assert output.select_one("math msup").text == "x2"
    assert output.select_one("a.big").text == "big"


def test_printed_link_leads_where_the_same_link_on_the_page_leads(site, tmp_path):
    links = "[a](other.md) [b](other.md#there) [c](index.md) [d](https://a.org/) ![e](x.svg)"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "x.svg").write_text("<svg/>", encoding="utf-8")
    html = site(f"{links}\n\n{printing(links)}", other="# Other\n\n## There\n")
    own, printed = (
        [tag.get("href", tag.get("src")) for tag in part.select("a, img")]
        for part in (html.select_one("article > p"), html.select_one(".output"))
    )
    assert printed == own == ["../other/", "../other/#there", "../", "https://a.org/", "../x.svg"]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("[x](nothing.md)", "'nothing.md'"),
        ("![x](nothing.png)", "'nothing.png'"),
        ("[x](other.md#nothing)", "'other.md#nothing'"),
        ("[x](#nothing)", "'#nothing'"),
    ],
)
def test_printed_link_that_leads_nowhere_stops_a_strict_build(link, said, warning):
    (message,) = warning(printing(link), other="# Other\n")
    assert said in message
    assert "page.md" in message


def test_printed_link_of_a_block_that_is_cached_is_checked_again(site, warning, tmp_path):
    text = printing("[x](other.md)")
    site(text, other="# Other\n")
    (tmp_path / "docs" / "other.md").unlink()
    (message,) = warning(text)
    assert "'other.md'" in message


@pytest.mark.parametrize("printed", ["## There", "[]( ){ #there }", '<p id="there">Here.</p>'])
def test_link_to_an_anchor_that_is_printed_is_right(site, printed):
    link = "[x](page.md#there)"
    html = site(
        f"[x](#there)\n\n{printing(printed)}", changes=CHECKED, other=f"# Other\n\n{link}\n"
    )
    assert html.select_one("#there")


def test_printed_heading_stands_in_the_table_of_contents_at_its_place(site):
    html = site(f"# Page\n\n## One\n\n{printing('## Two { #zwei }')}\n## Three\n")
    entries = html.select("nav.page ul ul a")
    assert list(dict.fromkeys((entry["href"], entry.text.strip()) for entry in entries)) == [
        ("#one", "One"),
        ("#zwei", "Two"),
        ("#three", "Three"),
    ]
    assert html.select_one(".output > h2").text == "Two"
    assert len(html.article.select("h2")) == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (printing("## Two"), printing("## Two", ' limit="9"')),
        ('<p id="two">x</p>\n', printing("[]( ){ #two }")),
        (printing('<p id="two">x</p>'), printing('<b id="two">x</b>')),
    ],
    ids=["printed headings", "raw and printed", "printed and raw"],
)
def test_id_that_two_elements_have_stops_the_build(first, second, problem):
    log = problem(f"# Page\n\n{first}\n{second}")
    assert log.startswith("page.md")
    assert "more than one element of the page has the id 'two'." in log
    assert log.count("page.md") == 1


def test_id_that_two_elements_have_is_told_with_its_first_line(problem):
    log = problem(f"# Page\n\n## One {{ #first }}\n\n{printing('## Other { #first }')}")
    assert log.startswith("page.md:3: ")


def test_printed_fence_is_a_listing_and_does_not_run(site):
    html = site(printing('```python\nprint("never")\n```'))
    assert html.select_one(".output .highlight code").text == 'print("never")\n'
    assert len(html.select(".output")) == 1


@pytest.mark.parametrize(
    "fence",
    [
        "```bash\nls",
        "```bash title=x\nls\n```",
        '```bash session="a"\nls\n```',
        '```python exec="on"\nprint("never")\n```',
        '```bash at="1"\nls\n```',
        '```bash at="first"\nls\n```',
        "- a\n\n    ```bash\n  ls\n    ```",
        "- ```bash\n  ls\n  ```",
    ],
)
def test_printed_fence_that_markdown_would_not_show_stops_the_build(fence, problem):
    assert problem(f"# Page\n\n{printing(fence)}").startswith("page.md:3: ")


class TestLongTable:
    @pytest.fixture
    def build(self, site):
        return lambda text: site(text, settings=f"{SETTINGS}, longest_table=3")

    def test_is_folded_under_the_number_of_its_rows(self, build):
        fold = build(printing(table(4))).select_one(".output > details")
        assert fold.summary.text == "A table of 4 rows"
        assert [cell.text for cell in fold.select("td")] == ["0", "1", "2", "3"]
        assert "open" not in fold.attrs

    def test_is_not_folded_up_to_the_limit(self, build):
        html = build(printing(table(3)))
        assert len(html.select(".output > table td")) == 3

    @pytest.mark.parametrize("mark", ["???", "???+"])
    def test_is_not_folded_again_in_a_fold(self, build, mark):
        block = printing(table(4)).replace("\n", "\n    ")
        html = build(f"{mark} note\n\n    {block}\n")
        assert len(html.select("details")) == 1
        assert len(html.select("details .output > table td")) == 4

    def test_is_folded_in_a_box(self, build):
        block = printing(table(4)).replace("\n", "\n    ")
        assert build(f"!!! note\n\n    {block}\n").select_one(".admonition .output > details")


def test_colours_and_moves_of_a_terminal_do_not_reach_printed_markdown(site, tmp_path):
    site('```python exec="on" result="markdown"\nprint("50 %\\r**\\x1b[31mred\\x1b[0m** ")\n```\n')
    html = (tmp_path / "site" / "page" / "index.html").read_text(encoding="utf-8")
    assert '<div class="output"><p><strong>red</strong> </p></div>' in html


def test_what_is_shown_of_a_result_can_change_without_running_anything(tmp_path):
    for settings, run, folds in [
        (BARE, "1 blocks run, 0 cached", 0),
        (f"{BARE}, longest_table=3", "0 blocks run, 1 cached", 1),
    ]:
        write_site(tmp_path, settings=settings, page=printing(table(4)))
        assert f"All pages: {run}" in mkdocs("build", "--strict", cwd=tmp_path).stderr
        html = (tmp_path / "site" / "page" / "index.html").read_text(encoding="utf-8")
        assert html.count("<summary>A table of 4 rows</summary>") == folds


def test_exception_in_what_shows_a_fence_is_reported(problem, monkeypatch):
    def broken(*_, **__):
        raise LookupError("no such converter")

    monkeypatch.setattr("bookwright.rendering.markdown.PageProcessors.convert", broken)
    log = problem(f"# Page\n\n{printing('a')}")
    assert log.startswith(
        "page.md:3: the fence cannot be shown: LookupError('no such converter').\nTraceback "
    )


def test_exception_in_the_highlighter_is_reported(problem, monkeypatch):
    def broken(*_, **__):
        raise LookupError("no such colour")

    monkeypatch.setattr("bookwright.borrowed.highlight", broken)
    log = problem("# Page\n\n```bash\nls\n```\n")
    assert log.startswith("page.md:3: the fence cannot be shown: LookupError('no such colour').")
