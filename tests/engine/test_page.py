"""Pages as they were written: places on them, folds, and fences that are written anew."""

from textwrap import dedent

import pytest
from bookwright.pages.page import Page, Place


def page(text):
    return Page("page.md", dedent(text).lstrip("\n"))


@pytest.mark.parametrize(
    ("settings", "line"),
    [("", 3), ("---\nauthor: me\nlist:\n  - a\n---\n", 8), ("author: me\n\n", 5)],
    ids=["none", "YAML", "one of MultiMarkdown"],
)
def test_lines_are_those_of_the_file_whatever_settings_stand_above(settings, line):
    opened = Page.of_file("page.md", f"{settings}# Title\n\n```bash\nls\n```\n")
    (fence,) = opened.fences
    assert opened.place(fence.line) == Place("page.md", line)
    assert str(opened.place(fence.line)) == f"page.md:{line}"


def test_settings_are_no_part_of_the_markdown():
    assert Page.of_file("page.md", "---\nauthor: me\n---\nText.\n").markdown == "Text.\n"


def test_place_of_a_text_is_the_first_line_that_holds_it():
    opened = Page("page.md", "# Title\n\nfirst\n\nfirst\n", lines_above=10)
    assert str(opened.place_of("first")) == "page.md:13"


def test_place_of_a_text_that_a_block_has_made_is_the_page():
    assert str(Page("page.md", "# Title\n").place_of("elsewhere")) == "page.md"


FOLDS = {
    "at the margin": ("```bash\nls\n```", False),
    "in a list": ("- a\n\n    ```bash\n    ls\n    ```", False),
    "in a box": ("!!! note\n\n    ```bash\n    ls\n    ```", False),
    "in a fold": ('??? note "Title"\n\n    ```bash\n    ls\n    ```', True),
    "in an open fold": ("???+ note\n\n    ```bash\n    ls\n    ```", True),
    "in a fold by tabs": ("??? note\n\n\t```bash\n\tls\n\t```", True),
    "after text in a fold": ("??? note\n\n    Text.\n\n    ```bash\n    ls\n    ```", True),
    "after a fold": ("??? note\n\n    Text.\n\n```bash\nls\n```", False),
    "in a box after a fold": (
        "??? note\n\n    Text.\n\n!!! note\n\n    ```bash\n    ls\n    ```",
        False,
    ),
    "in a box in a fold": (
        "??? note\n\n    !!! note\n\n        ```bash\n        ls\n        ```",
        True,
    ),
    "beside a fold in a list": (
        "- a\n\n    ??? note\n\n        Text.\n\n    ```bash\n    ls\n    ```",
        False,
    ),
}


@pytest.mark.parametrize(("text", "folded"), FOLDS.values(), ids=FOLDS)
def test_fence_is_folded_if_it_stands_in_a_fold_at_whatever_depth(text, folded):
    (fence,) = page(text).fences
    assert page(text).is_folded(fence) is folded


def test_fences_are_written_anew_with_the_indent_that_they_have():
    opened = page("""
        Text.

        ```a
        1
        ```

        > - b
        >
        >     ```b
        >     2
        >     3
        >     ```
        > more
        """)
    first, second = opened.fences
    assert opened.rewritten({first: "one\ntwo", second: "three\nfour"}) == dedent("""\
        Text.

        one
        two

        > - b
        >
        >     three
        >     four
        > more
        """)


def test_fence_that_is_not_written_anew_stays_to_the_letter():
    text = "- a\n\n\t```bash   \n\tls\t-l\n\t```  \n\n```text\nx\n```\n"
    _, second = page(text).fences
    assert page(text).rewritten({second: "y"}) == "- a\n\n\t```bash   \n\tls\t-l\n\t```  \n\ny\n"


def test_code_that_holds_a_fence_is_written_anew_as_a_whole():
    opened = page("````md\n```bash\nls\n```\n````\n")
    assert opened.rewritten(dict.fromkeys(opened.fences, "new")) == "new\n"
