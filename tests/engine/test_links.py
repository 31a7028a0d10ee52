"""Links: which lead to nothing, on which line, and what is left to MkDocs."""

import pytest
from bookwright.blocks.result import Item, Result
from bookwright.checks.links import Link, broken, links
from bookwright.pages.page import Page

FILES = {"index.md", "a/one.md", "a/two.md", "a/plot.svg", "data/x y.csv"}
IDS = {"a/one.md": {"here"}, "a/two.md": {"there", "two.names"}}


def targets(text, results=None):
    return [each.target for each in links(Page("a/one.md", text), results or {})]


def mistakes(target, uri="a/one.md"):
    return [*broken([Link(3, target)], uri, files=FILES, ids=IDS)]


class TestLinks:
    @pytest.mark.parametrize(
        ("text", "target"),
        [
            ("See [two](two.md).", "two.md"),
            ("See [two](two.md#there) and so on.", "two.md#there"),
            ('See [two](two.md "A title").', "two.md"),
            ("See [two](<two.md>).", "two.md"),
            ("[two](../exercises/two.py){ download }", "../exercises/two.py"),
            ("[$x = 2$](#here)", "#here"),
            ("[`name`](two.md#two.names)", "two.md#two.names"),
            ("![a plot](plot.svg)", "plot.svg"),
            ("See [two][it].\n\n[it]: two.md#there\n", "two.md#there"),
            ("| a |\n| --- |\n| [two](two.md) |", "two.md"),
        ],
    )
    def test_link_of_a_text_is_found(self, text, target):
        assert targets(text) == [target]

    @pytest.mark.parametrize(
        "text",
        [
            *("[a](https://example.org/a.md#b)", "[a](mailto:a@example.org)", "[a](//b.org/c)"),
            *(
                "[a](/b/c.md)",
                "`[a](b.md)`",
                "```md\n[a](b.md)\n```",
                "a (b.md)",
                "<!-- [a](b.md) -->",
            ),
        ],
    )
    def test_what_leads_elsewhere_or_is_no_link_is_left_alone(self, text):
        assert targets(text) == []

    def test_line_is_that_of_the_file(self):
        page = Page("a/one.md", "# One\n\n[a](b.md)\n[c](d.md)", lines_above=3)
        assert [each.line for each in links(page, {})] == [6, 7]

    def test_link_that_a_block_prints_stands_on_the_line_of_its_fence(self):
        text = '# One\n\n```python exec="on"\n```\n'
        printed = Item("markdown", "| a |\n| --- |\n| [a](b.md) |\n")
        result = Result(items=(printed, Item("text", "[c](d.md)")))
        page = Page("a/one.md", text, lines_above=2)
        assert [*links(page, {3: result})] == [Link(5, "b.md")]


class TestBroken:
    @pytest.mark.parametrize(
        "target",
        [
            *("two.md", "two.md#there", "#here", "one.md#here", "../a/two.md#two.names"),
            *("../index.md", "plot.svg", "../data/x%20y.csv", "two.md?q=1#there"),
        ],
    )
    def test_link_to_what_is_there_is_right(self, target):
        assert mistakes(target) == []

    @pytest.mark.parametrize("target", ["too.md", "a/two.md", "index.md", "plot.svh#there", "two"])
    def test_link_to_no_file_is_named_by_its_line(self, target):
        message = f"the link {target} leads to no file of the book: mend its path."
        assert mistakes(target) == [(3, message)]

    @pytest.mark.parametrize(
        ("target", "page"), [("two.md#here", "a/two.md"), ("#there", "a/one.md")]
    )
    def test_link_to_no_id_is_named_by_its_line(self, target, page):
        message = f"the link {target} leads to no id of {page}: mend what stands behind #."
        assert mistakes(target) == [(3, message)]

    def test_id_of_a_page_that_is_not_rendered_is_not_judged(self):
        assert mistakes("../index.md#anything") == []


def test_build_names_the_lines_of_links_that_lead_nowhere(problem):
    text = "# Page { #page }\n\n[a](#page) [b](#pege)\n[c](index.md#index) [d](indez.md)\n"
    assert problem(text).split("\n") == [
        "page.md:3: the link #pege leads to no id of page.md: mend what stands behind #.",
        "page.md:4: the link indez.md leads to no file of the book: mend its path.",
    ]


def test_build_knows_the_ids_of_what_blocks_print(site):
    site('# Page\n\n[a](#made)\n\n```python exec="on" result="markdown"\nprint("## Made")\n```\n')
