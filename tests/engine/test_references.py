"""References: which are typed, and which belong to a source."""

import pytest
from bookwright.checks.references import typed_references

SOURCES = "\n\n## Rests on { #sources }\n\n"


@pytest.mark.parametrize(
    "text", ["in chapter 8", "Part II", "claims 3 and 4", "the next chapter", "[exercise 2](#e)"]
)
def test_reference_is_typed(text):
    ((line, message),) = typed_references(f"# Page\n\nIt is shown {text}.")
    assert line == 3
    assert message.endswith("is typed: let a link say its number, [@ref{}](page.md#id).")


@pytest.mark.parametrize("text", ["chapter 8", "chapters 2 and 3", "[table 5](https://a.org/5)"])
def test_chapter_of_a_source_is_none(text):
    assert [*typed_references(f"# Page{SOURCES}- *A Book*, {text}.")] == []


@pytest.mark.parametrize(
    "text",
    ["[chapter 8](08-rate.md#sources)", "[see chapter 8 there](#rate)", "exercise 3", "claim 9"],
)
def test_reference_to_the_book_is_typed_beside_its_sources_too(text):
    assert [line for line, _ in typed_references(f"# Page{SOURCES}- as {text} says")] == [5]
