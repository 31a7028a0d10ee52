"""Evaluate what a text asks of a block, in the namespace that the block has left.

This is run as a module beside a block, and pasted into the kernel of a lab: it imports nothing
of the engine.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

LONGEST = 6  # characters of a number that is written as it is

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def evaluate(
    asked: Iterable[tuple[str, str, str]], namespace: dict[str, Any]
) -> list[tuple[str, str]]:
    """Return the text of each expression, and what went wrong with it, or nothing."""
    return [_answer(*each, namespace) for each in asked]


def _answer(expression: str, form: str, context: str, namespace: dict[str, Any]) -> tuple[str, str]:
    try:
        value = eval(expression, namespace)  # noqa: S307  # to evaluate it is the point
        return written(value, form, context), ""
    except Exception as error:  # noqa: BLE001  # whatever it is, the page names it
        kind = "" if isinstance(error, FormError) else f"{type(error).__name__}: "
        return "", f"{kind}{error}".split("\n")[0]


class FormError(ValueError):
    """A value cannot be written as the text wants it."""


def written(value: Any, form: str, context: str) -> str:  # noqa: ANN401  # of any block
    """Return a value as it stands in a text, in TeX, or in code.

    Raises:
        FormError: If the value needs a form, or has another kind than the form is for, or if the
            text says in words what is not so.
    """
    if getattr(value, "ndim", None) == 0:
        value = value.item()  # an array or a tensor of one number
    if isinstance(value, bool):
        return _claimed(value, form)
    if form.lower() in _WORDS:
        return _in_words(value, form)
    if isinstance(value, str) and not form:
        return value
    if isinstance(value, float | complex) and not form and len(repr(value)) > LONGEST:
        raise FormError(f"the value is {value!r}: say how it is written, such as @{{…:.3f}}")
    if hasattr(value, "__array__") or isinstance(value, list | tuple | dict | set):
        kind = type(value).__name__
        raise FormError(f"the value is a {kind}: choose one number or a text of it")
    return _MENDED[context](_formatted(value, form, context))


def _claimed(value: bool, words: str) -> str:  # noqa: FBT001  # it is what the text is about
    if not words:
        raise FormError("the value is true or false: give the words, such as @{a > b:above}")
    if not value:
        raise FormError(f"the text says {words!r}, and this is not so")
    return words


def _in_words(value: object, form: str) -> str:
    if not isinstance(value, int):
        raise FormError(f"only a whole number can be written in {form}, and the value is {value!r}")
    words = _WORDS[form.lower()](value)
    return words[0].upper() + words[1:] if form[0].isupper() else words


def _cardinal(number: int) -> str:
    if number < 0 or number >= 1_000_000:
        raise FormError(f"words are for numbers from 0 to 999999, and the value is {number}")
    if number < 20:
        return _SMALL[number]
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" {_cardinal(number % size)}" if number % size else ""
            return f"{_cardinal(number // size)} {name}{rest}"
    return _TENS[number // 10 - 2] + (f"-{_SMALL[number % 10]}" if number % 10 else "")


def _ordinal(number: int) -> str:
    start, last = re.fullmatch(r"(.*?)(\w+)", _cardinal(number)).groups()  # type: ignore[union-attr]
    regular = f"{last.removesuffix('y')}ieth" if last.endswith("y") else f"{last}th"
    return start + _ORDINALS.get(last, regular)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number) or f"{_cardinal(number)} times"


_WORDS: dict[str, Callable[[int], str]] = {"words": _cardinal, "ordinal": _ordinal, "times": _times}


def _formatted(value: Any, form: str, context: str) -> str:  # noqa: ANN401
    if context == "tex" and form == "" and hasattr(value, "_repr_latex_"):
        return str(value._repr_latex_()).strip("$").removeprefix(r"\displaystyle ")
    if form == "frac":
        top, bottom = value.numerator, value.denominator
        return str(top) if bottom == 1 else rf"\frac{{{top}}}{{{bottom}}}"
    try:
        return format(value, form)
    except (TypeError, ValueError) as error:
        raise FormError(f"{value!r} cannot be written as {form!r}: {error}") from None


def _in_text(number: str) -> str:
    number = re.sub(
        r"e([+-]?)0*(\d+)$",
        lambda power: f" · 10{(power[1].strip('+') + power[2]).translate(_SUPERSCRIPTS)}",
        number,
    )
    return re.sub(r"^-(?=[\d.])", "−", re.sub(r"(?<=\d)%$", " %", number))


def _in_tex(number: str) -> str:
    number = re.sub(
        r"e([+-]?)0*(\d+)$",
        lambda power: rf" \cdot 10^{{{power[1].strip('+')}{power[2]}}}",
        number,
    )
    number = re.sub(r"(?<=\d),(?=\d{3})", "{,}", re.sub(r"(?<=\d)%$", r"\\,\\%", number))
    return number.replace("inf", r"\infty")


_MENDED: dict[str, Callable[[str], str]] = {"text": _in_text, "tex": _in_tex, "code": str}
