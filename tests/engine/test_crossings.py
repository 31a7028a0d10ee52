"""Links that nobody writes: to the glossary, to the reference, and from there to the chapters."""

import pytest
from bookwright.pages.page import Page
from bookwright.rendering.crossings import Crossings

SETTINGS = (
    'package="gdbook", numbered=("chapters",), unbound=("*",), glossary="index.md", '
    'words=Words(pages={"chapters": "chapter"})'
)
NAV = "site_name: test\nnav:\n  - page.md\n  - index.md\n  - down:\n    - chapters/one.md\n"
GLOSSARY = """# Glossary

### Learning rate { #rate }

The number that is *multiplied* by the gradient.
Also: step size.

### Mean squared error (MSE) { #mse }

The mean of "squares".

### Curve { #curve }

What $x^2$ draws.
"""
REFERENCE = (
    '<h2 id="gdbook.losses.huber" class="doc doc-heading">\nhuber\n</h2>\n'
    '<div class="doc doc-contents ">text</div>\n'
    '<h2 id="gdbook.losses.other" class="doc doc-heading">other</h2>\n'
    '<div class="doc doc-contents ">text</div>'
)
CHAPTER = (
    '```python exec="on"\nfrom gdbook import huber\nfrom gdbook.losses import other as o\n```\n'
)


def crossings(chapter=CHAPTER, glossary=GLOSSARY):
    pages = [Page("chapters/one.md", chapter), Page("index.md", glossary)]
    made = Crossings.of(pages, glossary="index.md", package="gdbook")
    made.note([("reference.md", REFERENCE)])
    return made


def linked(html, *, page="chapters/one.md", **texts):
    names = {"chapters/one.md": "chapter 1"}
    return crossings(**texts).linked(page, html, lambda uri: f"/{uri}", names)


class TestTerms:
    def test_first_use_leads_to_the_glossary_and_says_what_the_term_means(self):
        found = linked("<p>Learning rates, a learning rate.</p><p>The learning rate.</p>")
        assert found.startswith(
            '<p><a class="term" href="/index.md#rate" '
            'title="The number that is multiplied by the gradient.">Learning rates</a>, a learning'
        )
        assert found.count("<a ") == 1

    def test_what_a_term_means_is_safe_in_an_attribute(self):
        found = linked("<ul><li>the mean squared error</li></ul>")
        assert 'title="The mean of &quot;squares&quot;."' in found

    @pytest.mark.parametrize(
        "html",
        [
            "<h2>Learning rate</h2>",
            "<p>A <strong>learning rate</strong> is a learning rate.</p>",
            "<p><strong>Learning rates</strong>.</p><p>A learning rate.</p>",
            "<p>See <em>The Learning Rate</em>, 1986.</p>",
            '<p>A <a href="x">learning rate</a>.</p>',
            "<p>A <code>learning rate</code>.</p>",
            '<p>A <img alt="learning rate">.</p>',
            "<p>Learning-rate and learning rate-dependent.</p>",
            '<p class="able">The learning rate.</p>',
            "<pre>learning rate</pre>",
            '<div class="output"><div><p>a</p></div><p>A learning rate.</p></div>',
            "<p>A curve.</p>",  # a sentence with a formula is no title
        ],
    )
    def test_these_places_have_no_link(self, html):
        assert linked(html) == html

    def test_what_stands_behind_an_output_has_one(self):
        printed = '<div class="output"><div></div><p>A learning rate.</p></div>'
        found = linked(f"{printed}<p>A learning rate.</p>{printed}")
        assert found.startswith(f'{printed}<p>A <a class="term"')
        assert found.endswith(f"</p>{printed}")

    def test_glossary_and_pages_without_a_number_have_none(self):
        html = "<p>A learning rate.</p>"
        assert linked(html, page="index.md") == html


class TestNames:
    def test_first_use_of_an_imported_name_leads_to_the_reference(self):
        found = linked("<p>A <code>huber</code>, <code>huber</code>, <code>History</code>.</p>")
        assert found == (
            '<p>A <a href="/reference.md#gdbook.losses.huber"><code>huber</code></a>, '
            "<code>huber</code>, <code>History</code>.</p>"
        )

    def test_so_does_its_first_use_in_code(self):
        found = linked('<pre><span class="n">other</span> <span class="n">other</span></pre>')
        assert found == (
            '<pre><a href="/reference.md#gdbook.losses.other"><span class="n">other</span></a> '
            '<span class="n">other</span></pre>'
        )

    def test_name_that_two_modules_document_leads_nowhere(self):
        made = crossings()
        more = '<h2 id="gdbook.more.huber" class="doc doc-heading">huber</h2>'
        made.note([("more.md", more)])
        html = "<p><code>huber</code></p>"
        assert made.linked("chapters/one.md", html, str, {}) == html

    def test_reference_says_which_chapters_use_a_name(self):
        first, second = linked(REFERENCE, page="reference.md").split("<h2")[1:]
        said = '<p class="users" data-search-exclude>Used in <a href="/chapters/one.md">chapter 1'
        assert said in first.partition("</h2>")[2]
        assert said in second
        lonely = linked(REFERENCE, page="reference.md", chapter="# One\n")
        assert lonely == REFERENCE


@pytest.fixture
def book(site, tmp_path):
    folder = tmp_path / "docs" / "chapters"
    folder.mkdir(parents=True)
    (folder / "one.md").write_text("# One\n\nA learning rate.\n")

    def build(glossary):
        changes = {"site_name: test\n": NAV}
        site("# Page\n", settings=SETTINGS, changes=changes, index=glossary)
        return (tmp_path / "site" / "chapters" / "one" / "index.html").read_text("utf-8")

    return build


def test_page_that_is_kept_follows_the_glossary(book, caplog):
    assert 'title="The number that is multiplied' in book(GLOSSARY)
    assert 'title="The number that is multiplied' in book(GLOSSARY)
    assert "All pages: 0 made, 3 kept" in caplog.text
    assert 'title="A factor."' in book(
        GLOSSARY.replace("The number that is *multiplied*", "A factor.\n")
    )
