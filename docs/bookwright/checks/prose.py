"""Say which numbers of a page are typed.

What the build has put into the text is `COMPUTED` here, one character for each thing. Small
numbers are free, as words and as digits, unless they count what the book or a page has, as in
"three labs", or are digits in a table or a heading.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from bookwright.pages.marks import COMPUTED
from bookwright.pages.zones import zones_of


class Typed(NamedTuple):
    """A number that is typed: its line, what is written, and what to do about it."""

    line: int
    token: str
    message: str


def typed_numbers(text: str, *, counted: Collection[str]) -> Iterator[Typed]:
    """Yield the numbers of a page that neither the build nor a reason stands behind.

    Args:
        text: The page, with its fences; the section with the id `sources` is free.
        counted: What the book has, such as "labs"; of these, small numbers count, too.
    """
    zones = zones_of(text)
    free = zones.section("sources")
    bound = _lines(_BOUND, zones.words)
    found = [*_in_words(_MARKUP.sub("", zones.words), 1, _phrases((*counted, *_OF_A_PAGE)), bound)]
    for span in zones.code:
        found += _in_words(_blanked(_NAME, span.text), span.line, _DIGITS)
    for span in zones.formulas:
        found += _in_formula(span.text, span.line, bound)
    for line, token in sorted(found, key=itemgetter(0)):
        if line not in free:
            yield Typed(line, token, _message(token))


def _message(token: str) -> str:
    return (
        f"{token} is typed: take it from a block, @{{…}}, "
        f"or say why it is given, @given{{{token}: …}}."
    )


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: " " * len(found[0]), text)


def _lines(pattern: re.Pattern[str], text: str) -> set[int]:
    return {text.count("\n", 0, found.start()) + 1 for found in pattern.finditer(text)}


def _in_words(
    text: str, first: int, pattern: re.Pattern[str], bound: Collection[int] = ()
) -> Iterator[tuple[int, str]]:
    for found in pattern.finditer(text):
        token = re.sub(r"[ \n]+", " ", found[0])
        line = first + text.count("\n", 0, found.start())
        if line in bound or not _FREE.fullmatch(token):
            yield line, token


# Digits, in a text and in code

_MARKUP = re.compile(r"[*\[\]]")
_TO = r"[-\N{EN DASH}:]"
_THOUSANDS = r"(?:[,_\N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE} ]|\{,\})\d{3}(?!\d)"
_DECIMAL = rf"(?:(?:\d{{1,3}}(?:{_THOUSANDS})+|\d+)(?:\.\d+)*|\.\d+)(?:e[-+−]?\d+)?"
_PLAIN = rf"(?:{_DECIMAL}(?:[⁺⁻⁰¹²³⁴-⁹]+|\^[-+−]?\d+)?[¼-¾⅐-⅞]?|[¼-¾⅐-⅞])"
_NUMBER = (
    r"(?<!\.)(?<!(?-i:[A-Z])-)"  # CIFAR-10 is a name
    rf"[-−+±]?{_PLAIN}"
    rf"(?:\s?/\s?{_any(_PLAIN, COMPUTED)}|{_TO}{_PLAIN})*(?:\s?%)?"
)
_DIGITS = re.compile(rf"(?<!\w){_NUMBER}")
_FREE = re.compile(rf"[-−+±]?\d(?:{_TO}\d)*|0\s?/\s?0")
_BOUND = re.compile(r"^[ >]*(?:\||#{1,6} )", re.MULTILINE)  # where no digit is free
_NAME = re.compile(r"(?:[\w.-]+/)*(?:\d+-)?[A-Za-z]{2}[\w./-]*(?::\d+)?")  # of a file, too

# Numbers as words

_UNITS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TENS = "(?:twen|thir|for|fif|six|seven|eigh|nine)t"
_SMALL = _any("one", *_UNITS, "ten")
_LARGE = _any(
    "eleven(?:th)?|twelve|twelfth|dozens?",
    "(?:thir|four|fif|six|seven|eigh|nine)teen(?:th)?",
    rf"{_TENS}(?:ieth|y(?:[-\s]{_any('one', *_UNITS, 'first', 'second', *_ORDINALS)}\b)?)",
    "(?:hundred|thousand|million|billion|trillion)(?:th)?s?",
)
_PART = _any("quarter", "tenth", *_ORDINALS, f"{_LARGE}(?<=th)")
_ONE = _any(_PLAIN, COMPUTED, rf"{_any(_LARGE, _SMALL)}\b")
_WORDS = (
    rf"(?!{COMPUTED}|0\s){_ONE}(?<!th)\s(?:in|out\sof)\s(?:an?\s)?{_ONE}",
    rf"{COMPUTED}\s(?:in|out\sof)\s(?!{COMPUTED}){_ONE}",
    rf"{COMPUTED}\s?/\s?{_PLAIN}|(?<!\S)[-−+±](?={COMPUTED})",
    rf"{_ONE}[-\s](?:percent|per\scent|{_PART}s)\b|{_any(*_UNITS)}[-\s]halves\b",
    rf"{_ONE}\sand\sa\s{_any('half', _PART)}\b(?!\sof)",
    rf"one[-\s]{_PART}\b|an?\s{_any('quarter', 'tenth')}\b",
    rf"an?\s{_PART}(?=\s(?:of|as|less|more|the)\b)",
    rf"(?:about|by|than|nearly|only)\san?\s{_PART}(?=[.,;:)]|\s*$)",
    rf"(?:{_SMALL}[-\s])?{_LARGE}(?:fold)?(?:[-\s](?:and\s)?{_any(_LARGE, _SMALL)})*\b",
)

# Numbers beside what the book has, or a page

_OF_A_PAGE = (
    *("answers", "blocks", "cells", "columns", "figures", "formulas", "lines", "pages", "panels"),
    *("questions", "rows", "rules", "sections", "tables", "tests", "ways"),
)
_NO_ADJECTIVES = (
    "(?:of|all|the|this|that|these|those|an?|from|in|on|at|to|by|for|with|and|or|as|is|are|has)"
)


@cache
def _phrases(counted: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of the numbers in a text; a count of one is left out, it is seldom meant."""
    noun = rf"{_any(*(name.removesuffix('s') for name in counted))}s?\b"
    adjective = rf"(?!{_NO_ADJECTIVES}\s)[^\s.,;:!?()\[\]|]+\s"
    count = rf"(?:[1-9]|{_any(*_UNITS, 'ten')})\s(?:{adjective}){{0,2}}{noun}"
    every = (*_WORDS, count, _NUMBER)
    return re.compile(rf"(?<!\w){_any(*every)}", re.IGNORECASE | re.MULTILINE)


# Numbers in TeX

_ARGUMENT = r"\s*(?:\{-?[\d.]+\}|\d)"
_POWER = r"\d+(?:(?:\{,\}|\\,)\d{3}(?!\d))*(?:\.\d+)?(?:\^(?:\{-?\d+\}|\d))?"
_TEX = re.compile(
    rf"\\[dt]?frac{_ARGUMENT}{_ARGUMENT}"
    rf"|(?:(?<![^\s(=,{{&])-)?{_POWER}(?:\s*\\(?:times|cdot)\s*10\^\{{-?\d+\}}|\s*/\s*\d+)?"
    r"(?:(?:\s|\\,)*\\%)?"
)
_FREE_ALONE = re.compile(r"-?\d|0\s*/\s*0")
_FREE_IN_TERMS = re.compile(
    r"-?(?:\d|\\[dt]?frac\s*(?:\{\d\}|\d)\s*(?:\{\d\}|\d)|\d\s*/\s*\d|\d\^(?:\{-?\d\}|\d))"
)
_LAYOUT = re.compile(
    r"\\(?:tag|phantom|begin|end|[hv]space)\*?\{[^{}]*\}|\\log_\{10\}|\[-?[\d.]+\w\w\]"
)
_OPERATOR = re.compile(
    r"\\(?:[dt]?frac|cdot|times|sqrt|left|right|pm|q?quad|[gln]eq?|approx)(?![A-Za-z])"
)


def _in_formula(tex: str, first: int, bound: Collection[int]) -> Iterator[tuple[int, str]]:
    tex = _blanked(_LAYOUT, tex)
    has_letters = bool(re.search("[A-Za-z]", _OPERATOR.sub("", tex)))
    free = _FREE_IN_TERMS if has_letters else _FREE_ALONE
    for found in _TEX.finditer(tex):
        line = first + tex.count("\n", 0, found.start())
        if not free.fullmatch(found[0]) or (line in bound and not has_letters):
            yield line, found[0]
