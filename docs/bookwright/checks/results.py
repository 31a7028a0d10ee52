"""Say what is wrong with what came of a block, in the light of what its fence says."""

import gzip
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple

from bookwright.blocks.result import Raised, Result
from bookwright.blocks.terminal import ControlCharacterError, final_state
from bookwright.pages.fences import find_fences
from bookwright.pages.listings import Listing
from bookwright.pages.options import BETWEEN_FIGURES, Options, read
from bookwright.pages.values import PLAYED, STATE


class Problem(NamedTuple):
    """Something wrong: in a line, on which line of the block, and whatever else helps."""

    summary: str
    line: int | None = None
    details: str = ""


def problems(
    listing: Listing, result: Result, *, most_output: int, folders: Iterable[str] = ()
) -> list[Problem]:
    """Return what is wrong with a result; nothing, if all is as the fence says.

    Args:
        listing: The block.
        result: What came of it.
        most_output: Bytes of text that it may show.
        folders: Folders that it may not name, besides those that every machine has.
    """
    found = [*_ending(listing, result), *_examples(result)]
    if found:  # what is missing may be missing because of it
        return found
    options = listing.options
    return [
        *_warnings(options, result),
        *_errors(options, result),
        *_value(result),
        *_text(result, most_output, folders),
        *_fences(options, result),
        *_descriptions(options, result),
        *_played(listing, result),
    ]


def length(listing: Listing, *, longest: int) -> Iterator[Problem]:
    """Yield what is wrong with code that is asked to be open."""
    if listing.options.code and listing.open_lines > longest:
        yield Problem(
            f"open code has {listing.open_lines} lines, and {longest} are the most: leave "
            'code="open" out, or make two blocks of it.'
        )


def sizes(drawings: Iterable[str], *, largest: int) -> Iterator[Problem]:
    """Yield what is wrong with drawings as they are sent: compressed."""
    for number, svg in enumerate(drawings, start=1):
        size = len(gzip.compress(svg.encode()))
        if size > largest:
            yield Problem(
                f"figure {number} of the block has {size} bytes, compressed, and {largest} is the "
                "most: draw fewer points, or draw what is dense with rasterized=True."
            )


def of_cell(
    result: Result, options: Options, *, most_output: int, folders: Iterable[str] = ()
) -> list[Problem]:
    """Return what is wrong with what came of a cell of a lab; see `problems`."""
    if ended := result.raised or result.stopped:
        return [_failure(ended)]
    text = [*_text(result, most_output, folders), *_fences(options, result)]
    stream = [*_warnings(options, result), *_errors(options, result)]
    return [*stream, *text, *_descriptions(options, result)]


def _ending(listing: Listing, result: Result) -> Iterator[Problem]:
    expected, raised = listing.options.raises, result.raised
    if result.stopped:
        yield _failure(result.stopped)
    elif raised and expected not in {raised.name, raised.dotted_name}:
        yield _failure(raised)
    elif expected and not raised:
        yield Problem(f"the fence says that the block raises {expected}, and it raises nothing.")


def _failure(raised: Raised) -> Problem:
    return Problem(_line(raised.message), raised.line, _without(_roots(), raised.traceback))


def _examples(result: Result) -> Iterator[Problem]:
    for example in result.wrong:
        texts = (example.expected, example.got)
        expected, got = (_without(_roots(), text.removesuffix("\n")) for text in texts)
        yield Problem(
            f"expected {_quoted(expected)}, got {_quoted(got)}",
            example.line,
            f"Expected:\n{expected}\nGot:\n{got}",
        )


def _quoted(text: str) -> str:
    return _line(text) if text else "nothing"


def _warnings(options: Options, result: Result) -> Iterator[Problem]:
    for category, message, line in result.warned:
        if category != options.warns:
            summary = f"{category}: {_line(message)}"
            yield Problem(
                f'{summary}: the block warns; say warns="{category}" if it is meant.', line
            )
    if options.warns and options.warns not in {each.category for each in result.warned}:
        yield Problem(f"the fence says that the block warns of {options.warns}, and it does not.")


def _errors(options: Options, result: Result) -> Iterator[Problem]:
    if result.errors and not options.stderr:
        advice = "" if options.exec is None else ': say stderr="dropped" if that is meant'
        yield Problem(
            "the block writes to the error stream, which pages do not show: "
            f"{_line(result.errors)}{advice}.",
            details=_without(_roots(), result.errors),
        )


def _value(result: Result) -> Iterator[Problem]:
    if result.value:
        yield Problem(
            "the block ends with a value, which notebooks show and pages do not: "
            "print it, or end with plt.show().",
            result.value,
        )


def _text(result: Result, most_output: int, folders: Iterable[str]) -> Iterator[Problem]:
    texts = [item.content for item in result.items if item.kind != "figure"]
    if result.raised:
        texts.append(result.raised.message)
    try:
        shown = [final_state(text) for text in texts]
    except ControlCharacterError as error:
        yield Problem(f"the block prints {error}.")
        return
    size = sum(len(text.encode()) for text in shown)
    if size > most_output:
        yield Problem(f"the block shows {size} bytes of text, and {most_output} is the most.")
    for folder in (*_roots(), *folders):
        pattern = _pattern(folder)
        if any(pattern.search(item.content) for item in result.items):
            yield Problem("the block shows a path of this machine, which readers do not have.")
            return


def _fences(options: Options, result: Result) -> Iterator[Problem]:
    """Say which fences in printed Markdown would be dropped."""
    for kind, content, _ in result.items:
        if kind == "markdown" or (kind == "text" and options.result == "markdown"):
            for fence in find_fences(content):
                for mistake in read(fence, is_printed=True)[1]:
                    yield Problem(f"the block prints a fence: {mistake}")


def _descriptions(options: Options, result: Result) -> Iterator[Problem]:
    drawn, described = len(result.figures), len(options.alt)
    if drawn and not described:
        yield Problem('the block draws a figure: describe it in alt="…".')
    elif described and not drawn:
        yield Problem('the block has alt="…" and draws no figure.')
    elif drawn != described:
        yield Problem(
            f"the block draws {drawn} figures, and alt describes {described}: "
            f"{BETWEEN_FIGURES} stands between two descriptions."
        )
    elif options.caption and drawn != len(options.caption):
        yield Problem(
            f"the block draws {drawn} figures, and caption is for {len(options.caption)}: "
            f"{BETWEEN_FIGURES} stands between two captions."
        )


def _played(listing: Listing, result: Result) -> Iterator[Problem]:
    """Say what those who play with a figure would miss."""
    if listing.options.play and len(result.figures) != 1:
        yield Problem(f"play is for one figure, and the block draws {len(result.figures)}.")
    elif listing.options.play:
        _, error = result.answers[listing.asked.index(STATE)]
        if error:
            yield Problem(f"play asks for a dictionary `{PLAYED}` that JSON can hold: {error}.")


def _roots() -> list[str]:
    """Return the folders whose names would tell on which machine the site was built."""
    folders = {sys.prefix, sys.base_prefix, Path.cwd(), Path.home(), tempfile.gettempdir()}
    named = {str(folder) for folder in folders}
    return sorted(named - {Path.cwd().anchor, ""}, key=len, reverse=True)


def _pattern(root: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(root)}(?![\w.-])")


def _without(roots: Iterable[str], text: str) -> str:
    for root in roots:
        text = _pattern(root).sub("…", text)
    return text


def _line(text: str) -> str:
    return shorten(_without(_roots(), " ".join(text.split("\n"))), 300)
