"""What can be changed, and a random choice of it."""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePath
from textwrap import shorten
from typing import NamedTuple

from tests.sabotage import code, formulas, names, numbers
from tests.sabotage.texts import Spot, Text

_PAGES = ("docs/en/*.md", "docs/en/chapters/*.md", "docs/en/labs/*.md", "docs/en/reference/*.md")
_DATA = ("gdbook/datasets.py", "tests/package/test_datasets.py", "tests/package/test_published.py")
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[\w.\\]*$"), re.compile(r"\w*(?:\.\w+)*")
_AGAIN = "choose changes again, `python -m tests.sabotage --sample tests/sabotage/sample.json`."
BUILD: tuple[str, ...] = ()
CHANGED = "the files that are changed"


@dataclass(frozen=True)
class Kind:
    """A kind of change.

    Args:
        name: What is changed.
        sentence: What a change does, and why it is a fault.
        spots: Finds where a text can be changed so.
        files: Which files have such places.
        tests: What pytest is given to run for it; nothing, if the strict build should notice.
        reaches: Whether what follows on the page is about it, too.
    """

    name: str
    sentence: str
    spots: Callable[[Text], Iterator[Spot]]
    files: tuple[str, ...] = _PAGES
    tests: tuple[str, ...] = BUILD
    reaches: bool = False


KINDS = (
    Kind("decimal", "A decimal number of a sentence has another digit.", numbers.decimals),
    Kind("integer", "A number of two and more digits has another digit.", numbers.integers),
    Kind("fraction", "A fraction or a percentage is another one.", numbers.shares),
    Kind("number word", "A number word, from eleven on, is another one.", numbers.words),
    Kind("count", "There are more chapters, claims, figures … than there are.", numbers.counts),
    Kind("comparison", "A sentence with a number says the opposite.", numbers.comparisons),
    Kind("table", "A number in a table that is typed has another digit.", numbers.rows),
    Kind("title", "A title, heading or description has another number.", numbers.titles),
    Kind("alt", "The description of a figure has another number.", numbers.alts),
    Kind("hint", "The hint to an exercise has another number.", numbers.hints),
    Kind("displayed sign", "A displayed formula has another sign.", formulas.displayed_signs),
    Kind("displayed digit", "A displayed formula has another digit.", formulas.displayed_digits),
    Kind("inline formula", "An inline formula has another sign or digit.", formulas.inline),
    Kind("symbol", "A symbol of a formula is another one of the same formula.", formulas.symbols),
    Kind("chapter", "A reference leads to another chapter than it says.", names.chapters),
    Kind("other reference", "A claim, exercise or part is another one.", names.other_references),
    Kind("code font", "A name in code font is misspelt.", names.in_code_font),
    Kind("link text", "A name that is linked is misspelt.", names.linked),
    Kind("link target", "A link leads to what is not there.", names.targets),
    Kind(
        "notation",
        "A name in the notation's table is misspelt.",
        names.notation,
        ("docs/en/notation.md",),
    ),
    Kind(
        "constant", "A number in the code of a block is another one.", code.constants, reaches=True
    ),
    Kind("arguments", "A call in a block has two arguments swapped.", code.arguments, reaches=True),
    Kind("session", "A session shows another digit than is printed.", code.sessions),
    Kind("expression", "A value is computed by another operator or name.", code.expressions),
    Kind(
        "stub",
        "The stub of an exercise is its solution, so that it passes unsolved.",
        code.stubs,
        tests=(CHANGED, "-k", "stub"),
    ),
    Kind(
        "docstring formula",
        "The formula of a function of the package has another sign or digit.",
        code.docstring_formulas,
        ("gdbook/*.py", "gdbook/training/__init__.py"),
        ("tests/package", "-k", "docstring or formula"),
    ),
    Kind(
        "docstring output",
        "An example of the package shows another digit than is printed.",
        code.docstring_outputs,
        ("gdbook/*.py", "gdbook/training/__init__.py"),
        (CHANGED,),
    ),
    Kind(
        "data", "A column of data has another digit.", code.columns, ("gdbook/data/*.csv",), _DATA
    ),
    Kind("sample", "A sample has another digit.", code.samples, ("gdbook/datasets.py",), _DATA),
    Kind(
        "README",
        "A version or a count in the README is another one.",
        numbers.plain,
        ("README.md",),
        ("tests/book", "-k", "readme"),
    ),
    Kind(
        "CHANGELOG",
        "A count in the changelog is another one.",
        numbers.plain,
        ("CHANGELOG.md",),
        ("tests/book", "-k", "changelog"),
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


class Change(NamedTuple):
    """A line of a file, and what it is changed to; lines count from 1."""

    kind: str
    path: str
    number: int
    line: str
    changed: str

    @property
    def excerpt(self) -> str:
        """The words that are changed, and what they are changed to."""
        start = _common(self.line, self.changed)
        end = _common(self.line[start:][::-1], self.changed[start:][::-1])
        start -= len(_WORD_BEFORE.search(self.line[:start])[0])
        end -= len(_WORD_AFTER.match(self.line[len(self.line) - end :])[0])
        old, new = (line[start : len(line) - end] for line in (self.line, self.changed))
        return shorten(f"{old} → {new}".replace("\n", " ⏎ "), 80)

    def found_in(self, content: str) -> "Change":
        """Return this change with the number that its line has now.

        Raises:
            LookupError: If there is no such line any more.
        """
        lines = content.split("\n")
        numbers = [number for number, line in enumerate(lines, 1) if line == self.line]
        if not numbers:
            raise LookupError(f"{self.path} has no line {self.line!r} any more: {_AGAIN}")
        nearest = min(numbers, key=lambda number: abs(number - self.number))
        return self._replace(number=nearest)

    def applied(self, content: str) -> str:
        """Return a file's content with the change."""
        lines = content.split("\n")
        lines[self.number - 1] = self.changed
        return "\n".join(lines)


def choose(texts: Sequence[Text], kinds: Sequence[Kind], *, count: int, seed: int) -> list[Change]:
    """Return so many changes of some files, about as many of each kind.

    What a kind with few places does not need is left to the others.
    """
    places = {kind: [*_places(kind, texts)] for kind in kinds}
    chosen: list[Change] = []
    for done, kind in enumerate(sorted(kinds, key=lambda kind: len(places[kind]))):
        drawing = random.Random(f"{seed} {kind.name}")
        share = (count - len(chosen)) // (len(kinds) - done)
        drawn = drawing.sample(places[kind], min(share, len(places[kind])))
        chosen += [_change(kind, text, spot, drawing.choice(spot.options)) for text, spot in drawn]
    return chosen


def files(root: Path, pattern: str = "*") -> list[Text]:
    """Return the files of a project that can be changed."""
    globs = {each for kind in KINDS for each in kind.files}
    paths = {path.relative_to(root).as_posix() for each in globs for path in root.glob(each)}
    paths -= {"docs/en/samples.md"}  # it is for tests, and no page of the book
    chosen = sorted(path for path in paths if fnmatch(path, pattern))
    return [Text(path, (root / path).read_text(encoding="utf-8")) for path in chosen]


def _places(kind: Kind, texts: Iterable[Text]) -> Iterator[tuple[Text, Spot]]:
    """Yield where a kind of change can be made, each place once."""
    for text in texts:
        if any(PurePath(text.path).match(pattern) for pattern in kind.files):
            spots = {spot[:2]: spot for spot in kind.spots(text) if spot.options}
            yield from ((text, spot) for spot in spots.values())


def _change(kind: Kind, text: Text, spot: Spot, new: str) -> Change:
    number = text.line_of(spot.start)
    line = text.content.split("\n")[number - 1]
    column = spot.start - text.position_of(number)
    end = column + spot.end - spot.start
    return Change(kind.name, text.path, number, line, f"{line[:column]}{new}{line[end:]}")


def _common(one: str, other: str) -> int:
    """Return how many letters two texts begin with together."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
