"""A matplotlib backend whose window is the page.

`plt.show()` draws the open figures as SVG and closes them. It stands in a module of its own
because that is how matplotlib takes a backend: `module://` and its name.
"""

import os
import sys
import warnings
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import matplotlib as mpl
import matplotlib.style
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure


class Drawing(NamedTuple):
    """A figure, and how many bytes the process had printed when it was shown."""

    printed: int
    svg: str


drawn: list[Drawing] = []
_output = ""
_style: str | None = None


def collect() -> None:
    """Draw the open figures, in the order in which they were opened, and close them."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:  # the block cannot have opened any
        return
    numbers = plt.get_fignums()
    printed = _printed() if numbers else 0
    for number in numbers:
        buffer = BytesIO()
        stable = mpl.rc_context({"svg.hashsalt": "bookwright", "svg.fonttype": "none"})
        with warnings.catch_warnings(), stable:
            warnings.simplefilter("error")  # such as a letter that the font does not have
            metadata = {"Date": None, "Creator": None}
            plt.figure(number).savefig(buffer, format="svg", metadata=metadata)
        drawn.append(Drawing(printed, buffer.getvalue().decode()))
    plt.close("all")


def _printed() -> int:
    """Return the length of what stands in the file that standard output goes to."""
    if sys.__stdout__ and not sys.__stdout__.closed:
        sys.__stdout__.flush()
    return Path(_output).stat().st_size


class FigureManager(FigureManagerBase):
    """Shows figures by drawing them."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:  # noqa: ARG003  # matplotlib's
        """Do what `plt.show()` asks for."""
        collect()


class FigureCanvas(FigureCanvasSVG):
    """Tells matplotlib which manager belongs to it."""

    manager_class = FigureManager


def install(style: str, output: Path) -> None:
    """Draw into the page from now on, in the style of the pages and of nobody else."""
    global _output  # noqa: PLW0603  # a backend is a module, and so is its state
    _output = str(output)
    if style != _style:
        _take(style, output.parent)


def _take(style: str, folder: Path) -> None:
    global _style  # noqa: PLW0603  # as above
    _style = style
    (folder / "style").write_text(style, encoding="utf-8")
    mpl.rcdefaults()
    mpl.use(f"module://{__name__}")
    mpl.style.use(folder / "style")


if __name__ in os.environ:  # the template of all children does for them what all would do first
    with TemporaryDirectory() as folder:
        _take(os.environ[__name__], Path(folder))
    figure = Figure()
    figure.subplots().plot([0, 1])
    figure.savefig(BytesIO(), format="svg")
