"""Words of comparison: where they compare, and which of them say more, and which less.

`above` and `lower` may also say where something stands, and `once more` is an idiom. A smaller
miss is better and closer, so these say less.
"""

import ast
import re
from collections.abc import Iterator

_MORE = """
    above beyond outside over exceed exceeds exceeded more most at-least positive greater greatest
    larger largest bigger biggest longer longest higher highest faster fastest farther farthest
    wider widest steeper steepest later worse worst loses grow grows grew grown growing
    rise rises rose risen rising increase increases increased doubles doubled diverge diverges
"""
_LESS = """
    below beneath inside within under less least at-most negative fewer fewest smaller smallest
    shorter shortest lower lowest slower slowest closer closest nearer nearest narrower narrowest
    flatter flattest earlier better best wins fall falls fell fallen falling sink sinks sank
    sinking shrink shrinks shrank shrunk shrinking decrease decreases decreased halves halved
    converge converges
"""
_IS_MORE = {
    word.replace("-", " "): words is _MORE for words in (_MORE, _LESS) for word in words.split()
}


def _any(*words: str) -> str:
    return rf"\b(?:{'|'.join(words)})\b"


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


_WORD = _pattern(_any(*_IS_MORE))
_NOT = _pattern(_any("no", "not", "never", "none", "nothing", "nor"))
_IDIOM = _pattern(
    rf"{_any('once', 'any', 'no', 'nothing')} more\b(?! than)",
    _any("more or less", "no longer", "least squares", "gr(?:ew|ow|ows|own) out of"),
)
_SHOWN = _any("blocks?", "code", "figures?", "lines?", "pictures?", "plots?", "tables?")
_OBJECT = rf"[^\s\w.,:;!?()]|\d|{_any('an?', 'all', 'both', 'each', 'its?', 'one', 'the', 'zero')}"
_NO_COMPARISON = _pattern(
    rf"{_SHOWN} (?:above|below)\b|\b(?:above|below)\b(?!\s(?:{_OBJECT}))",
    rf"{_any('lower', 'lowest')} (?:edge|half|left|part|panel|place|point|right|row|value)\b",
    _any("(?:both|first|in|second|two) halves", "(?:its|the|the one) (?:inside|outside)"),
    rf"steepest {_any('descent', 'direction', 'way')}",
    _any("over", "under", "within", "later", "earlier", "best", "worst"),
)


def words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of a text that compare."""
    return _WORD.finditer(_blanked(_NO_COMPARISON, _blanked(_IDIOM, text)))


def denied(comparison: ast.expr, form: str) -> str | None:
    """Return the word with which a form says what a comparison does not.

    The first word counts, and behind a "no" it says the opposite.
    """
    text = _blanked(_IDIOM, form)
    says = _WORD.search(text)
    if says is None:
        return None
    is_more = _IS_MORE[says[0].lower()] != bool(_NOT.search(text, 0, says.start()))
    signs = (ast.Gt, ast.GtE) if is_more else (ast.Lt, ast.LtE)
    has_sign = any(isinstance(sign, signs) for node in _outermost(comparison) for sign in node.ops)
    return None if has_sign else says[0]


def _outermost(node: ast.AST) -> Iterator[ast.Compare]:
    """Yield the comparisons of an expression, but for those within others."""
    if isinstance(node, ast.Compare):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from _outermost(child)


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: " " * len(found[0]), text)
