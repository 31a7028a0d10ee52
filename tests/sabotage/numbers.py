"""Changes of numbers and of words, in sentences, tables, titles and descriptions."""

import re
from collections.abc import Iterable, Iterator

from bookwright.pages.comparisons import words as comparing

from tests.sabotage.texts import BLANK, Mark, Spot, Text

_SMALL = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LARGE = (
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
)
_ORDINALS = (
    "eleventh",
    "twelfth",
    "thirteenth",
    "twentieth",
    "thirtieth",
    "hundredth",
    "thousandth",
)
_SHARES = ("third", "quarter", "fifth", "sixth", "seventh", "eighth", "tenth")
_THINGS = (
    "chapter|part|lab|cell|claim|exercise|way|figure|block|test|page|section|"
    "formula|line|row|column|table|panel|question|answer|rule"
)
_PAIRS = (
    ("above", "below"),
    ("more", "less"),
    ("grows", "falls"),
    ("grow", "fall"),
    ("rises", "sinks"),
    ("larger", "smaller"),
    ("largest", "smallest"),
    ("longer", "shorter"),
    ("higher", "lower"),
    ("faster", "slower"),
    ("better", "worse"),
    ("most", "least"),
    ("increases", "decreases"),
    ("steeper", "flatter"),
    ("inside", "outside"),
    ("doubles", "halves"),
    ("converges", "diverges"),
    ("positive", "negative"),
    ("rise", "sink"),
    ("rising", "sinking"),
    ("growing", "falling"),
    ("highest", "lowest"),
    ("fastest", "slowest"),
    ("longest", "shortest"),
    ("steepest", "flattest"),
    ("farther", "closer"),
    ("wider", "narrower"),
    ("wins", "loses"),
)
OPPOSITES = dict(_PAIRS) | {right: left for left, right in _PAIRS}
REFERENCES = ("ref", "Ref", "number", "part")
FORMULAS = ("definition", "condition", "unchecked")
RESERVED = ("given", "count", *REFERENCES, *FORMULAS)
_NO_NUMBER = rf"(?:{'|'.join((*REFERENCES, *FORMULAS))})\{{"

ANY = r"(?<![\w.,/#-])\d+(?:[.,/]\d+)*(?!\w)"
_DECIMAL = r"(?<![\w.,/])\d+\.\d+(?![\w/%]|\.\d)"
_INTEGER = r"(?<![\w.,/#-])\d{2,}(?:,\d{3})*(?![\w/%]|[.,]\d| ?%)"
_SHARE = r"(?<![\w.,/])\d+/\d+(?![\w/])|(?<![\w.,/])\d+(?:\.\d+)?(?= ?%)"
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?![*_)\]\"']*(?:\s|$)))+")
_REFERENCE = re.compile(
    r"(?:chapters?|claims?|exercises?|part|figure) [\dIVX]+(?:(?:, | to | and )\d+)*", re.IGNORECASE
)


def decimals(text: Text) -> Iterator[Spot]:
    """Yield decimal numbers of the prose, and values that have decimals."""
    yield from _digits(_prose(text), _DECIMAL)
    yield from _typed(text, r"[^:]*[efg]", "3.57", "0.0286")


def integers(text: Text) -> Iterator[Spot]:
    """Yield numbers of two and more digits in the prose, and values without a format."""
    yield from _digits(_prose(text), _INTEGER)
    yield from _typed(text, "[,d]*", "57", "1,289")


def shares(text: Text) -> Iterator[Spot]:
    """Yield fractions and percentages of the prose, in digits or in words."""
    yield from _digits(_prose(text), _SHARE)
    yield from _words(_prose(text), _SHARES, before="(?:one|two|three|four|a)[ -]", end="s?")
    yield from _typed(text, "[^:]*(?:%|frac)", "31 %", "3/19")


def words(text: Text) -> Iterator[Spot]:
    """Yield number words of the prose, from eleven on."""
    yield from _words(_prose(text), _LARGE)
    yield from _words(_prose(text), _ORDINALS)
    yield from _typed(text, "(?:[wW]ords|[oO]rdinal|times)", "seventeen")


def counts(text: Text) -> Iterator[Spot]:
    """Yield how many chapters, claims, exercises and so on there are."""
    things = rf"(?=(?: [a-z]+)? (?:{_THINGS})s\b)"
    seen = text.only("prose", "title", "row")
    yield from _words(seen, _SMALL + _LARGE, after=things)
    yield from _digits(seen, ANY + things)
    for mark in text.marks:
        if mark.name == "count":
            yield Spot(mark.start, mark.end, ("29", "twenty-nine"))
        elif mark.name not in RESERVED and re.match(things, text.content[mark.end :]):
            yield Spot(mark.start, mark.end, ("three", "4"))


def rows(text: Text) -> Iterator[Spot]:
    """Yield numbers in tables that are typed as Markdown, and values there."""
    yield from _digits(text.only("row"), ANY)
    yield from typed(text, "row", "3.57", "57")


def titles(text: Text) -> Iterator[Spot]:
    """Yield numbers in titles, descriptions and headings, but for those that number a heading."""
    seen = re.sub(r"^(#+) \d+\.", _blank, text.only("title"), flags=re.MULTILINE)
    yield from _digits(seen, ANY)
    yield from _words(seen, _LARGE)
    yield from typed(text, "title", "3.57", "57")


def alts(text: Text) -> Iterator[Spot]:
    """Yield numbers in the descriptions of figures."""
    seen = text.only("header", "mark")
    alt = [range(*match.span()) for match in re.finditer(r'(?<=\balt=")[^"\n]*', seen)]
    found = [*_digits(text.only("header"), f"{_DECIMAL}|{_INTEGER}|{_SHARE}")]
    yield from _within([*found, *typed(text, "header", "3.57", "57")], alt)


def hints(text: Text) -> Iterator[Spot]:
    """Yield numbers in the hints to exercises."""
    found = [*_digits(text.only("prose"), ANY), *_digits(text.only("inline"), r"\d+(?:\.\d+)?")]
    values = [*typed(text, "prose", "3.57", "57"), *typed(text, "inline", "3.57", "57")]
    yield from _within([*found, *values], text.hints)


def comparisons(text: Text) -> Iterator[Spot]:
    """Yield words that compare in sentences with a number or a value, and in values."""
    numbers, pattern = text.only("prose", "inline", "mark"), rf"\b(?:{'|'.join(OPPOSITES)})\b"
    for sentence in _SENTENCE.finditer(text.only("prose")):
        if re.search(rf"\d|@(?!{_NO_NUMBER})\w*\{{", numbers[slice(*sentence.span())]):
            for word in comparing(sentence[0]):
                if word[0] in OPPOSITES:
                    start, end = (sentence.start() + each for each in word.span())
                    yield Spot(start, end, (OPPOSITES[word[0]],))
    for mark in values(text):
        if word := re.search(pattern, mark.form):
            start, end = (mark.end - 1 - len(mark.form) + each for each in word.span())
            yield Spot(start, end, (OPPOSITES[word[0]],))


def plain(text: Text) -> Iterator[Spot]:
    """Yield versions, numbers and counts of a file that is no page of the book."""
    yield from _digits(text.only("prose", "row", "title"), ANY)
    yield from _words(text.only("prose"), _LARGE)
    yield from counts(text)


def values(text: Text) -> Iterator[Mark]:
    """Yield the marks that ask for a value."""
    return (mark for mark in text.marks if mark.name not in RESERVED)


def typed(text: Text, label: str, *numbers: str) -> Iterator[Spot]:
    """Yield the values of a label, for numbers that are typed in their place."""
    return (Spot(mark.start, mark.end, numbers) for mark in values(text) if mark.label == label)


def changed_digits(number: str) -> tuple[str, ...]:
    """Return a number with each of its digits changed in turn, and no zero in front."""
    return tuple(
        f"{number[:place]}{(int(digit) + (3 if place or digit != '7' else 1)) % 10}"
        f"{number[place + 1 :]}"
        for place, digit in enumerate(number)
        if digit.isdecimal()
    )


def _digits(seen: str, pattern: str) -> Iterator[Spot]:
    for match in re.finditer(pattern, seen):
        yield Spot(*match.span(), changed_digits(match[0]))


def _words(
    seen: str, known: tuple[str, ...], *, before: str = "", end: str = "", after: str = ""
) -> Iterator[Spot]:
    """Yield number words; the next one in the list takes their place."""
    pattern = rf"(?<![\w-]){before}({'|'.join(known)}){end}(?![\w-]){after}"
    for match in re.finditer(pattern, seen, re.IGNORECASE):
        if match[1].istitle() and re.search(r"\w $", seen[: match.start()][-2:]):
            continue  # the name of something
        other = known[(known.index(match[1].lower()) + 1) % len(known)]
        yield Spot(*match.span(1), (other.title() if match[1].istitle() else other,))


def _typed(text: Text, form: str, *numbers: str) -> Iterator[Spot]:
    """Yield values of the prose with a format, for numbers that are typed in their place."""
    for mark in values(text):
        if mark.label == "prose" and re.fullmatch(form, mark.form):
            yield Spot(mark.start, mark.end, numbers)


def _prose(text: Text) -> str:
    """Return the prose of a text without what refers to chapters, claims and exercises."""
    return _REFERENCE.sub(_blank, text.only("prose"))


def _blank(match: re.Match[str]) -> str:
    return BLANK * len(match[0])


def _within(spots: Iterable[Spot], places: Iterable[range]) -> Iterator[Spot]:
    places = [*places]
    return (spot for spot in spots if any(spot.start in place for place in places))
