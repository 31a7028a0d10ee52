"""What differs from book to book."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PASSED = (  # environment variables that blocks have; all others are withheld from them
    *("HOME", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONHASHSEED", "PYTHONPATH", "TMPDIR", "TZ"),
    *("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LD_LIBRARY_PATH"),
    *("COMSPEC", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "WINDIR"),
)


class Colour(NamedTuple):
    """A colour of figures on light pages, as `#` and six digits, and what it is on dark ones."""

    light: str
    dark: str


@dataclass(frozen=True)
class Figures:
    """How figures look: a style of matplotlib without colours, and the colours.

    Each figure has both colours of each name. Those with numbers for names are the cycle that lines
    take their colours from.
    """

    style: Path | None = None
    colours: Mapping[str, Colour] = field(default_factory=dict)

    @property
    def matplotlib_style(self) -> str:
        """The style as matplotlib reads it, with the colours of light pages."""
        style = self.style.read_text(encoding="utf-8") if self.style else ""
        uses = {name: uses for name, uses in _USES.items() if name in self.colours}
        lines = [f"{use}: {_hex(self.colours[name])}" for name in uses for use in uses[name]]
        if cycle := [_hex(self.colours[name]) for name in self.colours if name.isdecimal()]:
            lines.append(f"axes.prop_cycle: cycler('color', {cycle})")
        return "\n".join([style, *lines, *_FIXED, ""])


_FIXED = ["svg.fonttype: none", "svg.hashsalt: bookwright"]  # text is text, and ids are stable
_USES = {
    "ink": ["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"],
    "grid": ["grid.color"],
    "paper": ["legend.facecolor"],
}


def _hex(colour: Colour) -> str:
    return colour.light.removeprefix("#")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the site says in words of its own; braces are filled in."""

    download: str = "Download this {page}"
    pages: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(
        default_factory=lambda: {"ipynb": "notebook", "py": "script"}
    )
    about: str = "This {page} is [a page]({url}) of [{book}]({home})."
    about_exercises: str = "The cell of an exercise tests its examples when it runs."
    passed: str = "{passed} of {tried} examples passed"
    long_table: str = "A table of {rows} rows"
    code: str = "Code"
    lines: str = "{lines} lines"
    again: str = "{lines} lines as above"
    figure: str = "Figure {number}"
    minutes: str = "{minutes} min"
    needs: str = "needs {pages}"
    able: str = "Afterwards you can {able}."
    running: str = "The code of this page is running"
    progress: str = "{done} of {blocks} blocks have run. The page appears when all of them have."


class Installation(NamedTuple):
    """What readers install besides the package: its extras, other packages, in which versions."""

    extras: tuple[str, ...]
    others: tuple[str, ...]
    constraints: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a book tells the engine.

    Args:
        package: The package that the book is about; `shows="…"` shows its code.
        numbered: The folders whose pages have numbers, in the order of the navigation.
        anchors: Kinds of ids that are numbered on each page: `exercise` for `exercise-3`.
        of_page: Those of them whose numbers begin with that of their page.
        unbound: Pages whose texts are not held to what their blocks say, as patterns.
        titled: Ids of sections of which a search finds the headings alone, as patterns.
        boosts: How much more than others pages that match a pattern count in a search.
        downloads: The formats in which the pages of each folder can be taken away.
        glossary: The page with the terms, to which their first use on a page leads.
        installation: What readers install, if the site is to carry the package.
        preload: Libraries that the blocks use, imported once for all of them.
        late: Modules that these import when they are needed first, imported once as well.
        environment: Names of the environment variables that blocks have.
        figures: How figures look.
        words: What the site says in words of its own.
        block_seconds: How long a block may take that does not say so itself.
        cell_seconds: How long the cell of a lab may take.
        most_output: Bytes of text that a block may show.
        largest_figure: Bytes that a figure may have, compressed.
        longest_table: Rows of a printed table that are shown without being asked for.
        longest_code: Lines of code that are shown without being asked for.
    """

    package: str
    numbered: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ("exercise",)
    of_page: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()
    boosts: Mapping[str, float] = field(default_factory=dict)
    downloads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    glossary: str = ""
    installation: Installation | None = None
    preload: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    environment: tuple[str, ...] = PASSED
    figures: Figures = field(default_factory=Figures)
    words: Words = field(default_factory=Words)
    block_seconds: float = 60
    cell_seconds: int = 120
    most_output: int = 20_000
    largest_figure: int = 40_000
    longest_table: int = 20
    longest_code: int = 30
