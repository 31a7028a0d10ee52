"""Changes of formulas: signs, operators, digits, relations and symbols."""

import re
from collections.abc import Iterator

from tests.sabotage.numbers import changed_digits, typed
from tests.sabotage.texts import BLANK, Spot, Text

_STATES = re.compile(r"[=<>]|\\(?:le|ge|lt|gt|ne|approx)\b")
_SIGNS = {
    "+": "-",
    "-": "+",
    r"\cdot": "+",
    "<": ">",
    ">": "<",
    r"\le": r"\ge",
    r"\ge": r"\le",
    "/": r"\cdot",
}
_SIGN = re.compile(r"[-+<>/]|\\(?:cdot|le|ge)(?![A-Za-z])")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_SYMBOL = re.compile(
    r"(?<![\\A-Za-z])(?:\\(?:alpha|beta|lambda|delta|sigma)|[a-ce-zA-Z])(?![A-Za-z])"
)
_LONG = re.compile(r"\d+\.\d+|\d{2,}")


def displayed_signs(text: Text) -> Iterator[Spot]:
    """Yield signs, operators and relations of displayed formulas that state something."""
    return _signs(text, "display")


def displayed_digits(text: Text) -> Iterator[Spot]:
    """Yield numbers of displayed formulas that state something, and values there."""
    yield from _digits(text, "display")
    yield from typed(text, "display", "3.57", "57")


def inline(text: Text) -> Iterator[Spot]:
    """Yield signs, numbers and relations of inline formulas that state something, and values."""
    yield from _signs(text, "inline")
    yield from _digits(text, "inline")
    yield from typed(text, "inline", "3.57", "57")
    for start, formula in _formulas(text, "inline"):
        if not _STATES.search(formula):
            for match in _LONG.finditer(formula):
                here = (start + each for each in match.span())
                yield Spot(*here, changed_digits(match[0]))


def symbols(text: Text) -> Iterator[Spot]:
    """Yield symbols of formulas that state something, for another one of the same formula."""
    for label in ("display", "inline"):
        for start, formula in _stating(text, label):
            known = sorted(set(_SYMBOL.findall(formula)))
            for match in _SYMBOL.finditer(formula):
                if others := tuple(f"{{{each}}}" for each in known if each != match[0]):
                    yield Spot(start + match.start(), start + match.end(), others)


def of_docstring(formula: str) -> Iterator[Spot]:
    """Yield signs and numbers of the formula of a docstring."""
    seen = re.sub(r"\\(?:text|begin|end)\{[^}]*\}", lambda match: BLANK * len(match[0]), formula)
    for match in _SIGN.finditer(seen):
        yield Spot(*match.span(), (_SIGNS[match[0]],))
    for match in _DIGITS.finditer(seen):
        yield Spot(*match.span(), changed_digits(match[0]))


def _signs(text: Text, label: str) -> Iterator[Spot]:
    for start, formula in _stating(text, label):
        for match in _SIGN.finditer(formula):
            yield Spot(start + match.start(), start + match.end(), (_SIGNS[match[0]],))


def _digits(text: Text, label: str) -> Iterator[Spot]:
    for start, formula in _stating(text, label):
        for match in _DIGITS.finditer(formula):
            yield Spot(start + match.start(), start + match.end(), changed_digits(match[0]))


def _stating(text: Text, label: str) -> Iterator[tuple[int, str]]:
    """Yield where each formula begins that states something, and what is to be read of it."""
    return (each for each in _formulas(text, label) if _STATES.search(each[1]))


def _formulas(text: Text, label: str) -> Iterator[tuple[int, str]]:
    """Yield where each formula begins, and what is to be read of it."""
    seen = text.only(label)
    for match in re.finditer(f"[^{BLANK}]+", text.only(label, "looks", "mark")):
        yield match.start(), seen[slice(*match.span())]
