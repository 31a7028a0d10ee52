"""Find comparisons that are typed beside a value, and may outlive the run that decides them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bookwright.pages.comparisons import words
from bookwright.pages.marks import COMPUTED
from bookwright.pages.zones import STAND_IN, zones_of

_NO_VALUE = re.compile(rf"(?<={STAND_IN}){COMPUTED}|\[{COMPUTED}\]")  # of a formula, of a link
_END = r"[.!?][*_)\]\"'”]*(?:\s|$)|\||\n\s*(?:\n|[-*+>]\s|#)"
_SENTENCE = re.compile(rf"(?:(?!{_END}).)+", re.DOTALL)


class Compared(NamedTuple):
    """A comparison that is typed: its line, its word, and what to do about it."""

    line: int
    word: str
    message: str


def typed_comparisons(text: str) -> Iterator[Compared]:
    """Yield the words that compare in sentences with something that is computed.

    Questions claim nothing, nor does the section with the id `sources`. What a link computes is
    a reference, and what stands right behind a formula is its mark.
    """
    page = zones_of(text)
    free = page.section("sources")
    read = _NO_VALUE.sub("", page.words)
    for sentence in _SENTENCE.finditer(read):
        asks = read.startswith("?", sentence.end())
        for word in words(sentence[0]) if COMPUTED in sentence[0] and not asks else ():
            line = read.count("\n", 0, sentence.start() + word.start()) + 1
            if line not in free:
                yield Compared(line, word[0], _message(word[0]))


def _message(word: str) -> str:
    return f"{word!r} is typed beside a value: take it from the run, such as @{{a > b:above}}."
