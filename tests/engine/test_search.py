"""What the search looks at of a page."""

import json

import pytest
from bookwright.rendering.search import sought
from sites import MATERIAL, PLAIN, SETTINGS


def test_headings_with_their_ids_paragraphs_and_items_are_left():
    heading, text = '<h2 id="a&amp;b" class="x">A</h2>', "<div><p>Some <em>text</em>.</p></div>"
    assert (
        sought(f"{heading}{text}<ul><li>One</li></ul>")
        == '<h2 id="a&amp;b">A</h2><p>Some text.</p><li>One</li>'
    )


def test_of_some_sections_the_headings_are_left():
    html = "<p>a</p>" + "".join(f'<h3 id="{name}">T</h3><p>b</p>' for name in ("task-1", "x", "y"))
    left = '<p>a</p><h3 id="task-1">T</h3><h3 id="x">T</h3><p>b</p><h3 id="y">T</h3>'
    assert sought(html, ("task-*", "y")) == left


@pytest.mark.parametrize(
    "html",
    [
        '<div class="block"><div class="listing copy"><p>code</p></div></div>',
        '<pre class="output"><code>1 &lt; 2</code></pre>',
        '<div class="output"><p>printed</p></div>',
        "<details><summary>Solution</summary><p>text <b>in</b> a fold</p></details>",
        "<table><tr><td>1</td></tr></table>",
        "<svg><text>drawn</text></svg>",
        "<p data-search-exclude>Download this page</p>",
        '<div class="math" tabindex="0"><math><mi>x</mi></math></div>',
        '<a class="headerlink" href="#a">\N{PILCROW SIGN}</a>',
        '<li class="doc-section-item field-body"><p>Targets.</p></li>',
    ],
)
def test_what_is_no_prose_is_left_out(html):
    assert sought(f"<p>before</p>{html}<p>after</p>") == "<p>before</p><p>after</p>"


@pytest.mark.parametrize(
    ("formula", "left"),
    [
        ("<mi>w</mi>", "w"),
        ("<msub><mi>x</mi><mn>0</mn></msub>", "x0"),
        ("<mi>x</mi><mo>&lt;</mo>", "x&lt;"),
        ("<mi>x</mi><mo>=</mo><mn>1</mn>", "\N{HORIZONTAL ELLIPSIS}"),
    ],
)
def test_of_a_formula_in_a_line_a_letter_is_left(formula, left):
    assert sought(f"<p>At <math>{formula}</math>, a</p>") == f"<p>At {left}, a</p>"


def test_text_stays_escaped_and_space_is_one():
    assert sought("<p>a &lt;b&gt;\n   &amp; <br>c<img></p>") == "<p>a &lt;b&gt; &amp; c</p>"


def test_pages_that_match_a_pattern_count_more(site, tmp_path):
    settings = f'{SETTINGS}, boosts={{"p*.md": 2.5}}'
    site("# Page\n\nText.\n", settings=settings, changes={PLAIN: MATERIAL})
    index = json.loads((tmp_path / "site" / "search" / "search_index.json").read_text("utf-8"))
    boosts = {each["location"]: each.get("boost") for each in index["docs"]}
    assert boosts == {"": None, "page/": 2.5}
