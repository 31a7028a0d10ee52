"""Go through the tokens of a formula, and read names with what stands above and below them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import NamedTuple, Self

from bookwright.formulas.nodes import Name, Node, Number
from bookwright.formulas.tokens import FormulaError, Token

END = Token("end of formula", "", -1, -1)
OPENING, CLOSING = {"(", "[", "{", r"\{"}, {")", "]", "}", r"\}"}
ACCENTS = {
    *(r"\hat", r"\bar", r"\tilde", r"\dot", r"\ddot", r"\vec", r"\overline", r"\widehat"),
    *(r"\widetilde", r"\mathbf", r"\mathbb", r"\mathcal", r"\boldsymbol", r"\mathsf", r"\bm"),
}
GREEK = {
    *(r"\alpha", r"\beta", r"\gamma", r"\delta", r"\epsilon", r"\varepsilon", r"\zeta", r"\eta"),
    *(r"\theta", r"\vartheta", r"\iota", r"\kappa", r"\lambda", r"\mu", r"\nu", r"\xi", r"\pi"),
    *(r"\rho", r"\varrho", r"\sigma", r"\tau", r"\upsilon", r"\phi", r"\varphi", r"\chi"),
    *(r"\psi", r"\omega", r"\Gamma", r"\Delta", r"\Theta", r"\Lambda", r"\Xi", r"\Pi", r"\Sigma"),
    *(r"\Upsilon", r"\Phi", r"\Psi", r"\Omega", r"\ell", r"\infty"),
}
_LABELS = {r"\max", r"\min", r"\infty", r"\ast", "*", "+"}
_STARS = {r"\ast", "*"}
_PRIME = r"\prime"


class Scripts(NamedTuple):
    """What stands at a name: a part of the name itself, its indices, its primes."""

    suffix: str = ""
    indices: tuple[Node, ...] = ()
    primes: int = 0


class Reader(ABC):
    """The tokens of a formula and a position among them.

    `is_function` tells of the base of a name whether a bracket behind it holds arguments.
    """

    def __init__(self, tokens: Iterable[Token], is_function: Callable[[str], bool]) -> None:
        """Start at the first token."""
        self.tokens = [*tokens, END]
        self.position = 0
        self.is_function = is_function

    @abstractmethod
    def expression(self) -> Node:
        """Read a sum."""

    @property
    def next(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.position]

    def after(self, count: int) -> Token:
        """Return a token further on."""
        return self.tokens[min(self.position + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Read a token."""
        token = self.next
        self.position += token is not END
        return token

    def accept(self, *texts: str) -> bool:
        """Read the next token if it is one of these."""
        found = self.next.text in texts and self.next.kind in ("symbol", "command")
        self.position += found
        return found

    def expect(self, *texts: str) -> None:
        """Read a token that has to be there."""
        if not self.accept(*texts):
            raise self.error(f"expected '{texts[0]}'")

    def error(self, message: str = "") -> FormulaError:
        """Return what is to be said of the next token."""
        found = "where it ends" if self.next is END else f"at '{self.next.text}'"
        return FormulaError(f"cannot read this {found}" + (f": {message}" if message else ""))

    def group(self) -> list[Token]:
        """Read an argument: the tokens in braces, or one token, or one digit."""
        if self.accept("{"):
            start, depth = self.position, 1
            while depth:
                if self.next is END:
                    raise self.error("a brace is never closed")
                depth += {"{": 1, "}": -1}.get(self.take().text, 0)
            return self.tokens[start : self.position - 1]
        token = self.next
        if token is END or token.text in CLOSING:
            raise self.error("an argument is missing")
        if token.kind == "number" and len(token.text) > 1:
            digit = token._replace(text=token.text[0], end=token.start + 1)
            rest = token._replace(text=token.text[1:], start=token.start + 1)
            self.tokens[self.position : self.position + 1] = [digit, rest]
        return [self.take(), *(self.group() if token.text in ACCENTS else ())]

    def inside(self, tokens: Iterable[Token]) -> Self:
        """Return a reader of other tokens."""
        return type(self)(tokens, self.is_function)

    def whole(self) -> Node:
        """Read an expression that goes on to the end."""
        node = self.expression()
        if self.next is not END:
            raise self.error()
        return node

    def argument(self) -> Node:
        """Read an argument as an expression."""
        return self.inside(self.group()).whole()

    def order(self) -> int:
        """Read the order of a derivative."""
        tokens = self.group()
        if len(tokens) != 1 or not tokens[0].text.isdigit():
            raise self.error("the order of a derivative is a number")
        return min(int(tokens[0].text), _HIGHEST_ORDER)

    def at_name(self) -> bool:
        """Tell whether a name is next."""
        kind, text = self.next.kind, self.next.text
        return kind in ("letter", "text", "operator") or text in ACCENTS or text in GREEK

    def name(self) -> tuple[Name, int]:
        """Read a name, and count the primes behind it."""
        base = self._base()
        suffix, indices, primes = self._scripts()
        return Name(base + suffix, indices), primes

    def plain_name(self) -> Name:
        """Read a name that is no derivative."""
        if not self.at_name():
            raise self.error("expected a name")
        name, primes = self.name()
        return Name(name.base + "'" * primes, name.indices)

    def _base(self) -> str:
        token = self.take()
        if token.text in ACCENTS:
            return f"{token.text} {''.join(each.text for each in self.group())}"
        if token.text == r"\Delta" and self.at_name():
            return f"{token.text} {self._base()}"
        if token.kind in ("text", "operator"):
            return rf"\text{{{token.text.strip()}}}"
        return token.text

    def _scripts(self) -> Scripts:
        found = Scripts()
        while True:
            if self.accept("'"):
                found = found._replace(primes=found.primes + 1)
            elif self.next.text == "_" and not found.indices:
                found = self._subscript(found)
            elif self.next.text == "^" and (superscript := self._superscript()):
                suffix, primes = superscript
                found = found._replace(suffix=found.suffix + suffix, primes=found.primes + primes)
            else:
                return found

    def _subscript(self, found: Scripts) -> Scripts:
        self.take()
        tokens = self.group()
        if tokens and all(each.text in _LABELS or each.kind in _WORDY for each in tokens):
            label = "".join(each.text.strip() for each in tokens)
            return found._replace(suffix=f"{found.suffix}_{{{label}}}")
        return found._replace(indices=self.inside(tokens).index_list())

    def _superscript(self) -> tuple[str, int] | None:
        r"""Read what above a name is no power: `\ast`, primes, or the order of a derivative."""
        start = self.position
        self.take()
        tokens = self.group()
        texts = [each.text for each in tokens]
        if len(texts) == 1 and texts[0] in _STARS:
            return r"^\ast", 0
        if texts and set(texts) <= {_PRIME, "'"}:
            return "", len(texts)
        if len(texts) == 3 and texts[::2] == ["(", ")"] and texts[1].isdigit():
            return "", min(int(texts[1]), _HIGHEST_ORDER)
        self.position = start
        return None

    def index_list(self) -> tuple[Node, ...]:
        """Read indices: `i`, `i j`, `i 1`, `1, k` or `k + 1`."""
        first, *others = self.tokens[:-1] or [END]
        if first.kind == "letter" and others and all(each.kind in _SIDE_BY_SIDE for each in others):
            return tuple(
                Name(each.text) if each.kind == "letter" else number(each)
                for each in self.tokens[:-1]
            )
        items = [self.expression()]
        while self.accept(","):
            items.append(self.expression())
        if self.next is not END:
            raise self.error()
        return tuple(items)


_WORDY = ("text", "operator")
_SIDE_BY_SIDE = ("letter", "number")
_HIGHEST_ORDER = 9


def number(token: Token) -> Number:
    """Return a number as it is without what groups its digits."""
    return Number(token.text.replace("{,}", "").replace(r"\,", ""))
