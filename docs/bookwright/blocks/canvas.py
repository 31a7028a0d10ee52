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
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, SubplotSpec

NARROW = 4.9  # inches, as many as the screen of a phone has for a page
LOWEST, HIGHEST = 3.0, 4.4  # inches of a panel on it
MANY = 4  # panels would be too long a way down, were each as high as it may be


class Drawing(NamedTuple):
    """A figure, wide and narrow, and how many bytes the process had printed when it was shown."""

    printed: int
    svg: str
    narrow: str


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
        figure = plt.figure(number)
        drawn.append(Drawing(printed, _svg(figure), _narrow(figure)))
    plt.close("all")


def _svg(figure: Figure) -> str:
    buffer = BytesIO()
    stable = mpl.rc_context({"svg.hashsalt": "bookwright", "svg.fonttype": "none"})
    with warnings.catch_warnings(), stable:
        warnings.simplefilter("error")  # such as a letter that the font does not have
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().decode()


def _narrow(figure: Figure) -> str:
    """Return a figure as a phone shows it: panels below each other, letters as large as before."""
    if not (panels := _panels(figure)):
        return ""
    rows, columns = panels[0][1].get_gridspec().get_geometry()
    wide, high = figure.get_size_inches()
    highest = HIGHEST if len(panels) < MANY else LOWEST
    height = min(max(high / rows * NARROW * columns / wide, LOWEST), highest)
    if columns > 1:
        grid = GridSpec(len(panels), 1, figure=figure)
        for number, (panel, _) in enumerate(panels):
            panel.set_subplotspec(grid[number])
            panel.tick_params(labelleft=True, labelbottom=True)
    figure.set_size_inches(NARROW, height * len(panels))
    return _svg(figure)


def _panels(figure: Figure) -> list[tuple[Axes, SubplotSpec]]:
    """Return the panels of a figure, in the order in which they are read, if they form a grid."""
    placed = [(panel, panel.get_subplotspec()) for panel in figure.axes]
    panels = [(panel, place) for panel, place in placed if place is not None]
    grids = {id(place.get_gridspec()) for _, place in panels}
    is_grid = len(grids) == 1 and all(place.num1 == place.num2 for _, place in panels)
    return sorted(panels, key=lambda each: each[1].num1) if is_grid else []


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
