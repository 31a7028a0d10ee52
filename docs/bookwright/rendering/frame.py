"""What stands around the text of a page: its number and part, how long it is, what it needs."""

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from mkdocs.structure.pages import Page as RenderedPage

from bookwright.pages.page import Page
from bookwright.pages.references import References
from bookwright.problems import Problems
from bookwright.settings import Words

WORDS, FORMULAS, LINES = 200, 8, 20  # that are read in a minute: prose, formulas of a line, code

_FOLD = re.compile(r"<details\b(?:(?!<details\b).)*?</details>", re.DOTALL)
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_DISPLAYED = re.compile(r'<math\b[^>]*display="block"')
_TAG = re.compile(r"<[^>]*>")
_TITLE = re.compile(r"<h1\b[^>]*>")
_DOWNLOADS = re.compile(r'(?<=<p class="downloads" data-search-exclude>).*?</p>', re.DOTALL)


class Frame(NamedTuple):
    """What a page is framed with.

    Its number stands before its title, the title of its part above. It needs other pages, given
    by names and addresses, and its readers are able to do something afterwards.
    """

    number: int | None
    part: str
    needs: tuple[tuple[str, str], ...]
    able: str


def minutes(html: str) -> int:
    """Return how long a page takes to read, without its folds: words, formulas, open code."""
    folds = 1
    while folds:
        html, folds = _FOLD.subn("", html)
    lines = sum(code.count("\n") + 1 for code in _CODE.findall(html))
    formulas = len(_DISPLAYED.findall(html))
    prose = len(_TAG.sub(" ", _MATH.sub("x", _CODE.sub("", html))).split())
    return max(1, round(float(prose / WORDS + formulas / FORMULAS + lines / LINES)))


def of_page(
    page: Page,
    rendered: RenderedPage,
    references: References,
    problems: Problems,
    url_of: Callable[[str], str],
) -> Frame:
    """Return the frame of a page, and report what it needs and is not there."""
    needs = []
    for uri in page.needs:
        if uri in references.numbers:
            needs.append((references.name_of(uri), url_of(uri)))
        else:
            message = f"the page needs {uri}, which is no page with a number."
            problems.report(page.place_of_setting("needs"), message)
    part = str(rendered.parent.title) if rendered.parent and page.uri in references.parts else ""
    able = rendered.meta.get("able", "")
    return Frame(references.numbers.get(page.uri), part, tuple(needs), able)


def framed(html: str, frame: Frame, words: Words) -> str:
    """Return the HTML of a page in its frame."""
    facts = [words.minutes.format(minutes=minutes(html))]
    if frame.needs:
        links = " · ".join(f'<a href="{url}">{escape(name)}</a>' for name, url in frame.needs)
        facts.append(words.needs.format(pages=links))
    start = "".join(f"{fact} · " for fact in facts)
    end = (
        f'\n<p class="able">{words.able.format(able=escape(frame.able))}</p>' if frame.able else ""
    )
    html = _DOWNLOADS.sub(lambda found: f"{start}{found[0]}{end}", html, count=1)
    above = f'<p class="part" data-search-exclude>{escape(frame.part)}</p>\n' if frame.part else ""
    number = f'<span class="number">{frame.number}.</span> ' if frame.number else ""
    return _TITLE.sub(lambda found: f"{above}{found[0]}{number}", html, count=1)
