r"""The table of symbols: what the names in the formulas of a page mean.

A key is a name in TeX, and what it stands for is ordinary Python data:

- a number; one that is typed with up to 12 digits is exact: 0.1 is 1/10. A longer one was computed,
  and what it takes part in is compared to 9 digits;
- a pair `(low, high)`: a random number of this interval, whose ends may be TeX;
- a `range` or a set: a random one of these;
- a list or an array: a vector or a matrix of such things, its entries counted from 1;
- TeX: a definition. It has its value where it is used, with all names as they are there;
- a function of Python, called with numbers of 40 digits, or floats if it fails on or rounds these.

With a subscript, a key gives each index its own meaning: `"w_0"` that of one index; `"w_k"` that of
each, with `k` standing for the index in a definition, or being what a function of Python gets, or
with a random number for each index; `"w_{k+1}"` defines a sequence by what comes before, down to
the index that has its own key. What is looked for first is the very index, then a key that is
written in the same way, so that `"e_k"` can be random and `"e_{k+1}"` what follows from it, then a
letter, then the entry of a vector with the bare name.

With arguments, a key is a function: `"f(w, b)"`. Its bare name is its value where the parameters
are; a vector is spread over several parameters. A function of Python has the parameters that it is
written with, `alpha` for `\alpha`.

The key `\mathbb E` has a table of its own: what is averaged over by `\mathbb E` and
`\operatorname{Var}`, with equally likely values, or a dictionary of their probabilities. Where no
expectation is taken, such a name is one of the values.
"""

import inspect
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from bookwright.formulas.nodes import Call, Name, Negative, Node, Number, Sum, tex_of
from bookwright.formulas.parser import parse
from bookwright.formulas.reader import GREEK
from bookwright.formulas.symbols import (
    EXPECTATION,
    Content,
    Definition,
    Interval,
    read,
    read_chance,
)
from bookwright.formulas.tokens import FormulaError

EXACT_DIGITS = 12
_LONGEST = 10_000


Index: TypeAlias = int | str
"""The index of a name: a number, or a letter that stands for nothing."""

Key: TypeAlias = tuple[str, tuple[Index, ...]]
"""A name with its indices: `x_2` is `("x", (2,))`."""


class Numbered(int):
    """An index that is a number here, and the TeX that it is written as."""

    tex: str


class Meaning(NamedTuple):
    """What a name stands for: with which indices, and with which parameters."""

    name: Name
    parameters: tuple[Name, ...] | None
    content: Content


class Found(NamedTuple):
    """A meaning, and what the letters in its indices stand for."""

    meaning: Meaning
    letters: dict[str, int]


class Table:
    """The meanings of names."""

    def __init__(self, symbols: Mapping[str, object]) -> None:
        """Take the meanings from Python data.

        Raises:
            FormulaError: If a key is no name, or stands for something of a kind that has no
                meaning.
        """
        if not isinstance(symbols, Mapping) or not all(isinstance(key, str) for key in symbols):
            raise FormulaError("the table of symbols is a dictionary whose keys are TeX")
        self._meanings: dict[str, list[Meaning]] = {}
        self._trees: dict[str, Node] = {}
        self._found: dict[Hashable, Found | None] = {}
        self._known: dict[Hashable, dict[Any, Any]] = {}
        self.has_chances = EXPECTATION in symbols
        for key, value in symbols.items():
            if key == EXPECTATION:
                self._add_chances(value)
            else:
                self._add(key, read(value, key))

    def _add_chances(self, value: object) -> None:
        if not isinstance(value, Mapping):
            raise FormulaError(f"'{EXPECTATION}' stands for a dictionary: what is averaged over")
        for key, values in value.items():
            self._add(str(key), read_chance(values, key))

    def _add(self, key: str, value: Content) -> None:
        try:
            node = parse(key, lambda _: True)
        except FormulaError as error:
            raise FormulaError(f"the key '{key}' of the table of symbols: {error}") from None
        self.define(node, value, key)

    def define(self, node: Node, value: Content, key: str) -> None:
        """Add a meaning, before those that the name has already.

        Raises:
            FormulaError: If what is to be defined is no name.
        """
        self._trees.clear()  # with a new function, brackets can have another meaning
        self._found.clear()
        self._known.clear()
        name, parameters = _signature(node, key)
        if callable(value) and parameters is None:
            parameters = None if name.indices else _parameters(value)
        if any(_pattern(index) is None for index in name.indices):
            raise FormulaError(f"an index in '{key}' is a number, a letter, or a letter plus 1")
        self._meanings.setdefault(name.base, []).insert(0, Meaning(name, parameters, value))

    def is_function(self, base: str) -> bool:
        """Tell whether a bracket behind a name holds arguments."""
        return any(
            meaning.parameters is not None
            for primes in ("", "'", "''", "'''")
            for meaning in self._meanings.get(base + primes, ())
        )

    def find(self, base: str, indices: Sequence[Index]) -> Found | None:
        """Return what a name with these indices means; nothing for an entry of a vector."""
        if base not in self._meanings:
            return None
        asked = base, *[(index, getattr(index, "tex", None)) for index in indices]
        if asked not in self._found:
            self._found[asked] = self._best(base, indices)
        return self._found[asked]

    def _best(self, base: str, indices: Sequence[Index]) -> Found | None:
        found = [
            (_generality(meaning, indices), letters, meaning)
            for meaning in self._meanings[base]
            if (letters := _matched(meaning.name.indices, indices)) is not None
            and not any(map(self._is_label, letters))
        ]
        if not found:
            return None
        _, letters, meaning = min(found, key=lambda each: each[0])
        return Found(meaning, letters)

    def _is_label(self, letter: str) -> bool:
        """Tell whether a letter cannot stand for an index: it is another number in the table."""
        return any(
            isinstance(meaning.content, Interval | np.ndarray)
            for meaning in self._meanings.get(letter, ())
            if not meaning.name.indices
        )

    def beginning(self, base: str) -> int | None:
        """Return the least index that has its own key."""
        patterns = [_pattern(each) for m in self.meanings(base) for each in m.name.indices[:1]]
        return min((index for letter, index in filter(None, patterns) if not letter), default=None)

    def meanings(self, base: str) -> Iterable[Meaning]:
        """Return all that a base means, with whatever indices."""
        return self._meanings.get(base, ())

    def known(self, place: Hashable) -> dict[Any, Any]:
        """Return what was evaluated at a place since the last definition, to add to it."""
        return self._known.setdefault(place, {})

    def tree(self, definition: Definition) -> Node:
        """Return the tree of a definition."""
        if definition.tex not in self._trees:
            self._trees[definition.tex] = parse(definition.tex, self.is_function)
        return self._trees[definition.tex]


def _signature(node: Node, key: str) -> tuple[Name, tuple[Name, ...] | None]:
    """Return the name that is defined, and its parameters."""
    if isinstance(node, Name):
        return node, None
    if isinstance(node, Call):
        base = node.function.base + "'" * node.order
        name = Name(base, node.function.indices)
        names = tuple(each for each in node.arguments or () if isinstance(each, Name))
        if len(names) == len(node.arguments or ()):
            return name, None if node.arguments is None else names
    raise FormulaError(f"what is defined is a name or a function of names, and not '{key}'")


def _parameters(function: Callable[..., object]) -> tuple[Name, ...]:
    """Return the parameters of a function of Python as they are written in TeX."""
    try:
        names = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return ()
    written = [re.sub("^([a-z]+)", _greek, name, flags=re.IGNORECASE) for name in names]
    return tuple(node for name in written if isinstance(node := _name(name), Name))


def _greek(match: re.Match[str]) -> str:
    return f"\\{match[0]}" if f"\\{match[0]}" in GREEK else match[0]


def _name(tex: str) -> Node | None:
    try:
        return parse(tex, lambda _: False)
    except FormulaError:
        return None


def _pattern(index: Node) -> tuple[str, int] | None:
    """Return the letter of an index and what is added to it; a number has no letter."""
    match index:
        case Number(digits) if digits.isdigit():
            return "", int(digits)
        case Negative(Number(digits)) if digits.isdigit():
            return "", -int(digits)
        case Name(base, ()):
            return base, 0
        case Sum((Name(base, ()), Number(digits))) if digits.isdigit():
            return base, int(digits)
        case Sum((Name(base, ()), Negative(Number(digits)))) if digits.isdigit():
            return base, -int(digits)
    return None


def _matched(patterns: Sequence[Node], indices: Sequence[Index]) -> dict[str, int] | None:
    """Return what the letters of patterns stand for, if these are the indices."""
    letters: dict[str, int] = {}
    if len(patterns) != len(indices):
        return None
    for pattern, index in zip(map(_pattern, patterns), indices, strict=True):
        letter, offset = pattern or ("", 0)
        if isinstance(index, str):
            if (letter, offset) != (index, 0):
                return None
        elif not letter:
            if index != offset:
                return None
        elif letters.setdefault(letter, index - offset) != index - offset:
            return None
    return letters


def _generality(meaning: Meaning, indices: Sequence[Index]) -> tuple[int, int, int]:
    """Return for how many indices a meaning is.

    Numbers come before what is written in the same way, this before letters, and these before sums.
    """
    patterns = [_pattern(index) or ("", 0) for index in meaning.name.indices]
    others = [
        tex_of(pattern) != getattr(index, "tex", index)
        for pattern, index in zip(meaning.name.indices, indices, strict=True)
    ]
    letters = [bool(letter) for letter, _ in patterns]
    return sum(letters), sum(others), sum(bool(letter and offset) for letter, offset in patterns)
