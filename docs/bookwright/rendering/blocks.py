"""Turn a listing and what came of it into HTML."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePosixPath

from bookwright.blocks.result import Item, Result
from bookwright.blocks.terminal import ControlCharacterError, final_state
from bookwright.pages.listings import Listing
from bookwright.pages.page import Place
from bookwright.rendering import figures, markdown
from bookwright.rendering.figures import DARK, LIGHT, Figure
from bookwright.settings import Settings, Words

Convert = Callable[[str], str]

NARROW = "(max-width: 44.98em)"  # the theme's narrowest layout

_LINES = re.compile(r"(?<=<code>).*(?=</code>)", re.DOTALL)
_UNCOLOURED = re.compile(r'<span(?: class="[nw]")?>([^<]*)</span>')


def plain(code: str) -> str:
    """Return a highlighted listing without marks on names and spaces, which have no colour."""
    return _UNCOLOURED.sub(r"\1", code)


def block(
    listing: Listing, code: str, shown: Sequence[str], settings: Settings, *, copy: bool
) -> str:
    """Return a block as one element: what it shows, and its code, with a button that copies it.

    The code stands in a fold below, unless it is open or there is nothing else to see.
    """
    kind = "listing copy" if copy and not listing.is_session else "listing"
    code = f'<div class="{kind}" id="code-{listing.place.line}">{code}</div>'
    is_short = listing.is_folded or listing.open_lines <= settings.longest_code
    if is_short and (listing.is_open or not shown):
        parts = [code, *shown]
    else:
        parts = [*shown, fold(code, listing.open_lines, settings.words)]
    return f'<div class="block" id="block-{listing.place.line}">{"".join(parts)}</div>'


def fold(code: str, lines: int, words: Words) -> str:
    """Return a listing in a fold that says how long it is."""
    length = escape(words.lines.format(lines=lines))
    summary = f"<summary>{escape(words.code)} <small>{length}</small></summary>"
    return f'<details class="code">{summary}{code}</details>'


def without_repeated(html: str, repeated: Sequence[range], words: Words) -> str:
    """Return a listing in which lines that the page has shown already are a line that opens."""
    found = _LINES.search(html)
    if not found or not repeated:
        return html
    lines = found[0].split("\n")
    for run in reversed(repeated):
        said = escape(words.again.format(lines=len(run)))
        label = f'<label class="again"><input type="checkbox">{said}</label>'
        hidden = "\n".join(lines[run.start : run.stop])
        after = lines[run.stop] if run.stop < len(lines) else ""
        lines[run.start : run.stop + 1] = [f"{label}<span>{hidden}\n</span>{after}"]
    return f"{html[: found.start()]}{chr(10).join(lines)}{html[found.end() :]}"


def drawings(listing: Listing, result: Result, settings: Settings) -> list[dict[str, Figure]]:
    """Return the drawings of a block, each by where the site has it: in a folder of the page.

    One that is laid out for narrow screens as well is two.
    """
    folder, line = PurePosixPath(listing.place.uri).with_suffix(""), listing.place.line
    colours = settings.figures.colours
    drawn = [item for item in result.items if item.kind == "figure"]
    return [
        {
            f"{folder}/f{line}-{number}{end}.svg": figures.of_drawing(svg, colours)
            for end, svg in (("", item.content), ("n", item.narrow))
            if svg
        }
        for number, item in enumerate(drawn)
    ]


def image(drawing: Mapping[str, Figure], description: str, *, is_first: bool) -> str:
    """Return a drawing, by its addresses, as an image in two palettes, of which one is seen.

    It takes its place at once, and is loaded when it is nearly in sight; the first of a page is
    likely to be so.
    """
    (url, wide), *narrow = drawing.items()
    loading = "eager" if is_first else "lazy"
    rest = f'alt="{escape(description)}" {_size(wide)} loading="{loading}" decoding="async"'
    return "".join(
        f"<picture>{''.join(_source(each, palette) for each in narrow)}"
        f'<img src="{url}#{palette}" {rest}></picture>'
        for palette in (LIGHT, DARK)
    )


def _source(narrow: tuple[str, Figure], palette: str) -> str:
    url, figure = narrow
    return f'<source media="{NARROW}" srcset="{url}#{palette}" {_size(figure)}>'


def _size(figure: Figure) -> str:
    return f'width="{figure.width:.0f}" height="{figure.height:.0f}"'


def numbered(image: str, name: str, number: str, caption: str, words: Words) -> str:
    """Return an image with its number and its caption, which is HTML."""
    label = f"<b>{escape(words.figure.format(number=number))}</b>"
    said = f"{label}. {caption}" if caption else label
    return f'<figure class="figure" id="{name}">{image}<figcaption>{said}</figcaption></figure>'


def played(figure: str, name: str, state: str) -> str:
    """Return a figure inside of what readers play with, once its script is there."""
    return f'<play-{name} class="play" data-play="{escape(state)}">{figure}</play-{name}>'


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
