"""Fences: what our finder makes of them, and that nothing of a page is lost without a word."""

from textwrap import dedent

import pytest
from bookwright.pages.fences import find_fences
from bookwright.pages.listings import NOT_READ, read, strays
from bookwright.pages.page import Page
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

NEVER_CLOSED = "no line of ticks closes this fence"
NOT_INDENTED = "a line in this fence is indented less than its ticks"


def page(text):
    return dedent(text).lstrip("\n")


def test_fence_is_found_with_its_lines_options_and_code():
    (fence,) = find_fences(
        page("""
        # Title

        ```python exec="on" alt='a "quoted" word'
        x = 1

        print(x)
        ```
        """)
    )
    assert (fence.line, fence.end) == (3, 7)
    assert fence.language == "python"
    assert fence.options == {"exec": "on", "alt": 'a "quoted" word'}
    assert (fence.leftovers, fence.fault) == ("", "")
    assert fence.code == "x = 1\n\nprint(x)"


def test_indented_fence_loses_its_indent():
    (fence,) = find_fences("- item\n\n    ```python\n    if x:\n        y\n    ```\n")
    assert (fence.code, fence.fault) == ("if x:\n    y", "")


def test_quoted_fence_loses_its_quote_marks():
    (fence,) = find_fences("> ```python\n> x\n>\n> y\n> ```\n")
    assert (fence.code, fence.fault) == ("x\n\ny", "")


def test_quote_marks_in_the_code_of_a_fence_stay():
    (fence,) = find_fences("```text\n> x\n>> y\n```\n")
    assert (fence.code, fence.fault) == ("> x\n>> y", "")


def test_fence_inside_the_code_of_a_longer_one_is_code():
    (fence,) = find_fences('````md\n```python exec="on"\nx\n```\n````\n')
    assert fence.language == "md"


def test_tabs_are_four_spaces_wide():
    (fence,) = find_fences("- item\n\n\t```python\n\tx\n\t```\n")
    assert (fence.indent, fence.code) == ("    ", "x")


def test_line_separators_do_not_count_as_lines():
    (fence,) = find_fences("a\u2028b\x0cc\n```python\n```")
    assert fence.line == 2


def test_tildes_close_tildes_only():
    (fence,) = find_fences("~~~python\n```\n~~~\n")
    assert fence.code == "```"


def test_fence_without_a_language_has_none():
    (fence,) = find_fences("```\nx\n```")
    assert (fence.language, fence.options, fence.leftovers) == ("", {}, "")


@pytest.mark.parametrize(
    ("header", "leftovers"),
    [
        ('exec=on alt="x" more', "exec=on more"),
        ('exec="off" exec="on"', "exec"),
        ('{ title="x" }', "{ }"),
    ],
)
def test_what_is_no_option_or_given_twice_is_left_over(header, leftovers):
    (fence,) = find_fences(f"```python {header}\n```")
    assert fence.leftovers.split() == leftovers.split()


def test_fence_is_written_anew_around_other_code():
    (fence,) = find_fences('    ~~~~python exec="off" title="x"\n    y\n    ~~~~')
    assert fence.text("z", "text", at="1") == '~~~~text at="1"\nz\n~~~~'


FAULTS = {
    "never closed": ("```bash\nls", NEVER_CLOSED),
    "closed with other ticks": ("```bash\nls\n~~~", NEVER_CLOSED),
    "closed with more ticks": ("```bash\nls\n````", NEVER_CLOSED),
    "closed with fewer ticks": ("````bash\nls\n```", NEVER_CLOSED),
    "closed with words": ("```bash\nls\n```x", NEVER_CLOSED),
    "closed with less indent": ("    ```bash\n    ls\n  ```", NEVER_CLOSED),
    "closed with more indent": ("```bash\nls\n  ```", NEVER_CLOSED),
    "closed outside its quotation": ("> ```bash\n> ls\n```", NEVER_CLOSED),
    "indented less": ("    ```bash\n  ls\n    ```", NOT_INDENTED),
    "indented less, with a quote mark": ("  ```bash\n> ls\n  ```", NOT_INDENTED),
    "indented less in a quotation": ("> ```bash\nls\n> ```", NOT_INDENTED),
    "quoted deeper": ("> ```bash\n>> ls\n> ```", "quoted deeper"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS)
def test_fault_is_what_keeps_markdown_from_reading_a_fence(text, fault):
    fence = next(find_fences(f"{text}\n"))
    assert fault in fence.fault
    assert fence.line == 1


def test_fence_that_is_never_closed_ends_with_the_page():
    (fence,) = find_fences("```python\nx\n\ny")
    assert (fence.code, fence.end) == ("x\n\ny", 5)


STRAYS = {
    "behind a list's mark": "- ```bash",
    "behind a number": "1. ```bash",
    "behind the colon of a definition": ":   ```bash",
    "behind a hard space": "\u00a0```bash",
    "in a heading": "# ```bash",
    "in a table": "| ~~~~bash |",
    "in the middle of a line": "Then ```python",
    "in the middle of a line with braces": "Then ~~~ { .py }",
}


@pytest.mark.parametrize("line", STRAYS.values(), ids=STRAYS)
def test_what_looks_like_an_opening_and_is_none_is_a_stray(line):
    assert [str(place) for place in strays(Page("page.md", f"# Page\n\n{line}\n"))] == ["page.md:3"]


@pytest.mark.parametrize(
    "line", ["Some ```code``` in text.", "```code``` at first.", "Two \\`\\` ticks", "a ~~b~~ c"]
)
def test_code_within_a_line_is_neither_a_fence_nor_a_stray(line):
    assert [*find_fences(line)] == []
    assert [*strays(Page("page.md", line))] == []


NOT_FENCES = {
    "indented like code": "Text.\n\n    ```{}\n    ls\n    ```",
    "behind a list's mark": "Text.\n\n- ```{}\n  ls\n  ```",
    "behind a number": "Text.\n\n1. ```{}\n   ls\n   ```",
    "behind a hard space": "Text.\n\n\u00a0```{}\n    ls\n    ```",
    "never closed": "Text.\n\n```{}\nls",
    "closed with other ticks": "Text.\n\n```{}\nls\n~~~",
    "indented less": "- Text.\n\n    ```{}\n  ls\n    ```",
    "quoted deeper": "Text.\n\n> ```{}\n>> ls\n> ```",
    "lazily quoted": "Text.\n\n> ```{}\nls\n> ```",
    "without quotes around a value": "Text.\n\n```{} title=x\nls\n```",
    "in braces": "Text.\n\n``` {{ .{} }}\nls\n```",
    "with braces around its options": 'Text.\n\n```{} {{title="x"}}\nls\n```',
    "with an id": "Text.\n\n``` {{#x .{}}}\nls\n```",
}


@pytest.mark.parametrize("language", ["bash", 'python exec="off"'])
@pytest.mark.parametrize("text", NOT_FENCES.values(), ids=NOT_FENCES)
def test_fence_that_markdown_would_not_show_stops_the_build(text, language, problem):
    log = problem(f"---\nauthor: me\n---\n{text.format(language)}\n")
    assert "page.md:6: " in log


FENCES = {
    "at the margin": "```bash\nls\n```",
    "in a list": "- a\n\n    ```bash\n    ls\n    ```",
    "in a list, less deep": "1. a\n\n   ```bash\n   ls\n   ```",
    "in a box": "!!! note\n    ```bash\n    ls\n    ```",
    "in a fold in a list": "- a\n\n    ??? note\n\n        ```bash\n        ls\n        ```",
    "in a quotation": "> ```bash\n> ls\n> ```",
    "in a quotation of a quotation": "> > ```bash\n> > ls\n> > ```",
    "in a list of a quotation": "> - a\n>\n>     ```bash\n>     ls\n>     ```",
    "by tabs": "- a\n\n\t```bash\n\tls\n\t```",
    "between lines of text": "Text\n```bash\nls\n```\nmore",
    "in HTML": "<div>\n```bash\nls\n```\n</div>",
    "with tildes": "~~~bash\nls\n~~~",
    "with spaces after it": "```bash   \nls\n```  ",
    "with a name that has signs": "```objective-c++\nls\n```",
    "with lines that end as on Windows": "```bash\r\nls\r\n```\r\n",
}


@pytest.mark.parametrize("text", FENCES.values(), ids=FENCES)
def test_fence_that_is_read_is_shown_as_a_listing(text, site):
    (listing,) = site(f"{text}\n").article.select(".highlight")
    assert listing.code.text == "ls\n"


LINES = [
    *("x", "", "    x", "  x", "> x", ">", "# x", "- x", "1. x", "!!! note", "??? note"),
    *("```", "```bash", "~~~bash", "````bash", "~~~", "````", '```bash title="x"', "``` bash"),
    *("    ```bash", "    ```", "  ```bash", "  ```", "> ```bash", "> ```", "> > x", "> > ```bash"),
    *("- ```bash", "1. ```bash", "x ```bash", "```x```", "`x", "\t```bash", "\tx", "\t```"),
]


def read_by_markdown(markdown):
    """Return the code of each fence that SuperFences reads by itself."""
    seen = []
    fence = {
        "name": "*",
        "class": "",
        "format": lambda code, *_, **__: seen.append(code.strip("\n")) or "",
    }
    extensions = ["admonition", "pymdownx.details", "pymdownx.superfences"]
    configs = {"pymdownx.superfences": {"custom_fences": [fence]}}
    Markdown(extensions=extensions, extension_configs=configs).convert(markdown)
    return seen


@settings(max_examples=1000, derandomize=True)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=9).map("\n".join))
def test_markdown_reads_no_other_code_than_what_we_find_or_complain_about(markdown):
    page = Page("page.md", markdown)
    listings = read(page, package="gdbook").values()
    complaints = [*strays(page), *(each for listing in listings for each in listing.mistakes)]
    found = [listing.code.strip("\n") for listing in listings]
    for code in read_by_markdown(markdown):
        assert complaints or code.expandtabs(4) in found


def test_place_of_a_fence_that_is_missing_from_the_page_is_its_own(problem):
    fence = "```bash\n{}\n```\n\n"
    log = problem(f"{fence.format('ls')}- ```bash\n\n{fence.format('ps')}")
    assert log == f"page.md:5: {NOT_READ}"


MERMAID = {
    "pymdownx.superfences": "pymdownx.superfences: {custom_fences: [{name: mermaid, "
    "class: mermaid, format: !!python/name:pymdownx.superfences.fence_code_format ''}]}"
}


def test_fence_of_another_tool_is_left_to_it(site):
    html = site("```mermaid\ngraph LR\n```\n", changes=MERMAID)
    assert html.select_one("pre.mermaid").text == "graph LR"


def test_fence_of_another_tool_that_is_never_closed_stops_the_build(problem):
    log = problem("# Page\n\n```mermaid\ngraph LR\n", changes=MERMAID)
    assert log.startswith(f"page.md:3: {NEVER_CLOSED}")
