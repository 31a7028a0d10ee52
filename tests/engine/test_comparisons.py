"""Comparisons: which words compare, and which are typed beside a value."""

import pytest
from bookwright.checks.comparisons import typed_comparisons
from bookwright.pages.comparisons import words
from bookwright.pages.marks import COMPUTED


def compared(text):
    return [each[0] for each in words(text)]


def typed(text):
    return [each.word for each in typed_comparisons(text.replace("{}", COMPUTED))]


def test_typed_comparison_has_its_line_and_says_what_to_do():
    (found,) = typed_comparisons(f"# Title\n\nThe loss falls\nto {COMPUTED}.\n")
    assert found == (
        3,
        "falls",
        "'falls' is typed beside a value: take it from the run, such as @{a > b:above}.",
    )


class TestWords:
    @pytest.mark.parametrize(
        "text",
        [
            *(
                "It grows.",
                "falling",
                "the Largest",
                "at most 3",
                "at least that",
                "no more than 3",
            ),
            *("above 2", "below the bound", "above it", "just below \N{REPLACEMENT CHARACTER}"),
            *("half more", "doubles", "the lower loss", "farther out", "steeper", "converges"),
        ],
    )
    def test_word_compares(self, text):
        assert len(compared(text)) == 1

    @pytest.mark.parametrize(
        "text",
        [
            *("the table above", "The code below the bound", "Below, it is so", "as shown above."),
            *("from above and from below", "the lower half", "the lowest point", "both halves"),
            *("from its inside", "steepest descent", "under the loss", "over all samples"),
            *("a little later", "the best line", "within a fold"),
        ],
    )
    def test_where_something_stands_and_how_it_is_called_is_no_comparison(self, text):
        assert compared(text) == []

    @pytest.mark.parametrize(
        "text",
        [
            *("once more", "any more", "nothing more", "more or less", "no longer"),
            *("least squares", "what it grew out of"),
        ],
    )
    def test_idiom_is_no_comparison(self, text):
        assert compared(text) == []

    def test_words_that_only_begin_like_one_are_none(self):
        assert compared("moreover, morello, fallow, belowground") == []


class TestTyped:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("It falls to {}.", "falls"),
            ("At {} it is larger.", "larger"),
            ("So it ends at\n{}, which is below 3.", "below"),
            ("- It is **more** than {}.", "more"),
            ("> It exceeds {}", "exceeds"),
            ("## Below {} { #below }", "Below"),
            ("It is {}, [less](a.md) than before.", "less"),
            ("It has {} (and more) steps", "more"),
            ("It is {} than e.g.the largest", "largest"),
        ],
    )
    def test_comparison_beside_a_value_is_typed(self, text, word):
        assert typed(text) == [word]

    @pytest.mark.parametrize(
        "text",
        [
            "It falls. It ends at {}.",
            "It ends at {}! It falls.",
            "**It falls.** It ends at {}.",
            '"It falls." It ends at {}.',
            "It ends at {}\n\nIt falls",
            "It ends at {}\n- It falls",
            "It ends at {}\n## It falls",
            "| It falls | {} |",
            "Does it fall below {}?",
            "It falls from 3 to 2.",
            "It falls, as [{}](a.md) says.",
            "So it falls: $x > 3${}.",
            "It is {} `more` and $f_{less}$.",
            "## Sources { #sources }\n\nIt falls below {}.",
        ],
    )
    def test_comparison_elsewhere_is_free(self, text):
        assert typed(text) == []

    def test_each_word_is_named_on_its_line(self):
        text = f"It falls\nto {COMPUTED} and\nthen rises.\n\nIt is {COMPUTED}.\nIt grows.\n"
        assert [(each.line, each.word) for each in typed_comparisons(text)] == [
            (1, "falls"),
            (3, "rises"),
        ]
