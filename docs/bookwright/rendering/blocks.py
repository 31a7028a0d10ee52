"""Turn a listing and what came of it into HTML."""

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import PurePosixPath

from bookwright.blocks.result import Item, Result
from bookwright.blocks.terminal import ControlCharacterError, final_state
from bookwright.pages.listings import Listing
from bookwright.pages.page import Place
from bookwright.rendering import figures, markdown
from bookwright.rendering.figures import DARK, LIGHT, Figure
from bookwright.settings import Settings

Convert = Callable[[str], str]

_UNCOLOURED = re.compile(r'<span(?: class="[nw]")?>([^<]*)</span>')


def plain(code: str) -> str:
    """Return a highlighted listing without marks on names and spaces, which have no colour."""
    return _UNCOLOURED.sub(r"\1", code)


def block(listing: Listing, parts: Sequence[str], *, copy: bool) -> str:
    """Return a block as one element: its code, with a button that copies it, and what it shows."""
    code, *shown = parts
    kind = "listing copy" if copy and not listing.is_session else "listing"
    html = f'<div class="{kind}">{code}</div>{"".join(shown)}'
    return f'<div class="block" id="block-{listing.place.line}">{html}</div>'


def drawings(listing: Listing, result: Result, settings: Settings) -> dict[str, Figure]:
    """Return the drawings of a block, each by where the site has it: in a folder of the page."""
    place, colours = listing.place, settings.figures.colours
    folder = PurePosixPath(place.uri).with_suffix("")
    return {
        f"{folder}/f{place.line}-{number}.svg": figures.of_drawing(svg, colours)
        for number, svg in enumerate(result.figures)
    }


def image(url: str, figure: Figure, description: str, *, is_first: bool) -> str:
    """Return a figure as its page shows it: an image in two palettes, of which one is seen.

    It takes its place at once, and is loaded when it is nearly in sight; the first of a page is
    likely to be so.
    """
    loading = "eager" if is_first else "lazy"
    size = f'width="{figure.width:.0f}" height="{figure.height:.0f}"'
    rest = f'alt="{escape(description)}" {size} loading="{loading}" decoding="async"'
    images = (f'<img src="{url}#{palette}" {rest}>' for palette in (LIGHT, DARK))
    return f'<div class="figure">{"".join(images)}</div>'


def output(
    listing: Listing, result: Result, images: list[str], settings: Settings, convert: Convert
) -> Iterator[str]:
    """Yield what a block shows, piece by piece, in the order in which it came."""
    left = iter(images)
    for item in result.items:
        if item.kind == "figure":
            yield next(left)
        elif item.kind == "markdown" or listing.options.result == "markdown":
            html = convert(_visible(item))
            if not listing.is_folded:
                words = settings.words.long_table
                html = markdown.with_folds(html, longest=settings.longest_table, words=words)
            yield f'<div class="output">{html}</div>'
        elif text := _visible(item):
            yield _text(text)
    if result.raised and listing.options.raises:
        yield _text(result.raised.message)


def as_text(result: Result) -> Iterator[str]:
    """Yield what a block printed, where something is wrong with it."""
    if result.text:
        yield _text(_visible(Item("text", result.text)))


def notice(place: Place, summary: str, details: str = "") -> str:
    """Return what the page shows where something is wrong; it fits on one line."""
    code = escape(details).replace("\n", "&#10;")
    return (
        f'<div class="admonition failure"><p class="admonition-title">{escape(str(place))}</p>'
        f"<p>{escape(summary)}</p>{f'<pre><code>{code}</code></pre>' if code else ''}</div>"
    )


def _text(text: str) -> str:
    return f'<pre class="output" tabindex="0"><code>{escape(text)}</code></pre>'


def _visible(item: Item) -> str:
    try:
        return final_state(item.content)
    except ControlCharacterError:
        return re.sub(r"[^\n\t -~\xa0-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", item.content)
