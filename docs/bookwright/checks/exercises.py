"""Say whether the stub of an exercise fails its examples, and its solution passes them."""

from collections.abc import Iterator
from dataclasses import replace

from bookwright.blocks.result import Result
from bookwright.pages import options, stubs
from bookwright.pages.listings import Listing
from bookwright.pages.page import Page

_UNSOLVED = "Unsolved"
_EXAMPLES = f"""

import doctest


class {_UNSOLVED}(Exception): ...


try:
    doctest.testmod(raise_on_error=True)
except (doctest.DocTestFailure, doctest.UnexpectedException) as failure:
    raise {_UNSOLVED}(failure.example.source.strip()) from None
"""


def tried(page: Page) -> Iterator[Listing]:
    """Yield the stubs and solutions of a page as programs that try their own examples."""
    for fence in page.fences:
        chosen, _ = options.read(fence)
        if (chosen.stub or chosen.solution) and not stubs.mistake(fence, page):
            code = stubs.code_of(fence, page) if chosen.stub else fence.code
            ends = replace(chosen, raises=_UNSOLVED if chosen.stub else "")
            yield Listing(page.place(fence.line), fence, ends, f"{code}\n{_EXAMPLES}")


def verdict(listing: Listing, result: Result) -> str | None:
    """Say what is wrong with an exercise that has tried its examples, if anything is."""
    fails = result.raised is not None and result.raised.name == _UNSOLVED
    if listing.options.stub and not fails:
        return "the stub fails none of its examples: give one that only the solution passes."
    if listing.options.solution and fails and result.raised:
        example = result.raised.message.partition(": ")[2]
        return f"the solution fails its example `{example}`: mend the one or the other."
    return None
