r"""Split TeX into tokens; what only concerns the looks of a formula is left out.

Of `\boxed{…}` and the like remains what is inside, of `\phantom{…}` and spaces nothing. A `\quad`
stays, since it can part two statements.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class FormulaError(Exception):
    """A formula cannot be checked: it is not understood, or has no value."""


class Token(NamedTuple):
    """A part of TeX: its kind, its text, where it stands, and whether a thin space is before it.

    The kinds are `number`, `letter`, `command`, `symbol`, `begin` and `end` of an environment,
    `text` of words, `operator` with a name, and the `value` that was computed.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False


_TOKEN = re.compile(
    r"(?P<number>\d+(?:(?:\{,\}|\\,)\d{3}(?!\d))*(?:\.\d+(?:\\,\d{3}(?!\d))*)?)"
    r"|(?P<command>\\(?:[A-Za-z]+|.))|(?P<letter>[^\W\d_])|(?P<space>[\s~]+)|(?P<symbol>.)",
    re.DOTALL,
)

_THIN = (r"\,", r"\;", r"\:", r"\>", r"\ ")
_SIZES = {
    *(r"\left", r"\right", r"\middle"),
    *(rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", *"lrm")),
}
_LOOKS = _SIZES | {
    *(r"\!", r"\displaystyle", r"\textstyle", r"\scriptstyle", r"\limits", r"\nolimits"),
    *(r"\nonumber", r"\strut", r"\hfill", r"\allowbreak"),
}
_DROPPED = {r"\phantom", r"\hphantom", r"\vphantom", r"\tag", r"\label", r"\hspace", r"\color"}
_WORDS = {r"\text": "text", r"\mbox": "text", r"\textrm": "text", r"\textit": "text"}
_OPERATORS = {r"\operatorname": "operator", r"\mathrm": "operator", r"\mathop": "operator"}
_ENVIRONMENTS = {r"\begin": "begin", r"\end": "end"}
_VALUES = {r"\value": "value"}
_WHOLE = _WORDS | _OPERATORS | _ENVIRONMENTS | _VALUES  # their argument is the text of the token
_BRACED = {r"\underbrace", r"\overbrace"}
_SECOND = {r"\underset", r"\overset", r"\stackrel"}
_SPLICED = {r"\boxed"} | _BRACED | _SECOND  # of them, their content remains

_SAME = {
    **dict.fromkeys((r"\tfrac", r"\dfrac", r"\cfrac"), r"\frac"),
    **dict.fromkeys((r"\dbinom", r"\tbinom"), r"\binom"),
    **dict.fromkeys((r"\ldots", r"\cdots", r"\dotsc", r"\dotsb", r"\dotsm"), r"\dots"),
    **dict.fromkeys((r"\Rightarrow", r"\Longrightarrow"), r"\implies"),
    **dict.fromkeys((r"\Leftrightarrow", r"\Longleftrightarrow"), r"\iff"),
    **dict.fromkeys((r"\rightarrow", r"\longrightarrow"), r"\to"),
    r"\leq": r"\le",
    r"\geq": r"\ge",
    r"\leqslant": r"\le",
    r"\geqslant": r"\ge",
    r"\neq": r"\ne",
    r"\equiv": "=",
    r"\lt": "<",
    r"\gt": ">",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\lbrack": "[",
    r"\rbrack": "]",
    r"\vert": "|",
    r"\Vert": r"\|",
    r"\colon": ":",
    r"\star": r"\ast",
    r"\qquad": r"\quad",
    r"\intercal": r"\top",
    "−": "-",
}


def tokenize(tex: str) -> list[Token]:
    """Return the tokens of a formula.

    Raises:
        FormulaError: If a brace is never closed.
    """
    found: list[Token] = []
    for token in _tokens(tex, 0, len(tex)):
        if token.text == "}" and _is_empty_group(found):
            found.pop()
        else:
            found.append(token)
    return found


def _is_empty_group(tokens: list[Token]) -> bool:
    """Tell whether a brace has just been opened, and only for the space of a sign."""
    last = [token.text for token in tokens[-2:]]
    return last[-1:] == ["{"] and last[0] not in ("_", "^")


def _tokens(tex: str, position: int, end: int) -> Iterator[Token]:
    spaced, sized = False, None
    while match := _TOKEN.match(tex, position, end):
        kind, text = str(match.lastgroup), match[0]
        start = match.start() if sized is None else sized
        position = match.end()
        sized = start if text in _SIZES else None
        if text in _THIN:
            spaced = True
        elif kind == "command" and (found := _command(tex, start, text, position)):
            tokens, position = found
            yield from tokens
        elif kind != "space":
            yield Token(kind, _SAME.get(text, text), start, position, spaced)
            spaced = False


def _command(tex: str, start: int, name: str, after: int) -> tuple[list[Token], int] | None:
    """Return the tokens for a command that is not just one, and where it ends."""
    if name in _LOOKS:
        return [], after + (tex[after : after + 1] == "." and name in (r"\left", r"\right"))
    if name in _DROPPED:
        return [], argument(tex, after)[2]
    if name in _WHOLE:
        first, last, end = argument(tex, after + (tex[after : after + 1] == "*"))
        return [Token(_WHOLE[name], tex[first:last], start, end)], end
    if name in _SPLICED:
        start = argument(tex, after)[2] if name in _SECOND else after
        first, last, end = argument(tex, start)
        tokens = [*_tokens(tex, first, last)]
        if name in _BRACED:
            end = _without_script(tex, end)
        return (tokens if name == r"\boxed" else _grouped(tokens)), end
    return None


def _grouped(tokens: list[Token]) -> list[Token]:
    """Return tokens in braces, but for a single one."""
    if len(tokens) <= 1:
        return tokens
    start, end = tokens[0].start, tokens[-1].end
    return [Token("symbol", "{", start, start), *tokens, Token("symbol", "}", end, end)]


def argument(tex: str, position: int) -> tuple[int, int, int]:
    """Return where an argument begins and ends, and where what follows it begins."""
    while tex[position : position + 1].isspace():
        position += 1
    if tex[position : position + 1] != "{":
        match = re.compile(r"\\(?:[A-Za-z]+|.)|.|$").match(tex, position)
        end = match.end() if match else position
        return position, end, end
    end = closing(tex, position)
    return position + 1, end, end + 1


def closing(tex: str, position: int) -> int:
    """Return where the brace that opens at a position is closed."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(tex, position):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    raise FormulaError(f"a brace is never closed: '{tex[position : position + 20]}'")


def _without_script(tex: str, position: int) -> int:
    """Return where what follows a script begins, if there is one."""
    if script := re.compile(r"\s*[_^]").match(tex, position):
        return argument(tex, script.end())[2]
    return position
