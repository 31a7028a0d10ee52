"""A matplotlib backend whose window is the page.

`plt.show()` draws the open figures as SVG and closes them. It stands in a module of its own
because that is how matplotlib takes a backend: `module://svg_backend`.
"""

import re
import warnings
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_svg import FigureCanvasSVG

STYLE = Path(__file__).with_name("figures.mplstyle")

drawn: list[str] = []


def collect() -> None:
    """Draw the open figures, in the order in which they were opened, and close them."""
    for number in plt.get_fignums():
        buffer = BytesIO()
        stable = mpl.rc_context({"svg.hashsalt": "gdbook", "svg.fonttype": "none"})
        with warnings.catch_warnings(), stable:
            warnings.simplefilter("error")  # such as a letter that the font does not have
            metadata = {"Date": None, "Creator": None}
            plt.figure(number).savefig(buffer, format="svg", metadata=metadata)
        drawn.append(buffer.getvalue().decode())
    plt.close("all")


class FigureManager(FigureManagerBase):
    """Shows figures by drawing them."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:  # noqa: ARG003  # matplotlib's
        """Do what `plt.show()` asks for."""
        collect()


class FigureCanvas(FigureCanvasSVG):
    """Tells matplotlib which manager belongs to it."""

    manager_class = FigureManager


def install() -> None:
    """Draw into the page from now on, in the style of the pages and of nobody else."""
    mpl.rcdefaults()
    mpl.use("module://svg_backend")
    plt.style.use(STYLE)


def inline(svg: str, prefix: str) -> str:
    """Return a drawing fit to stand in a page beside others.

    Its ids start with the prefix, its size is in pixels, its text takes the page's font, the
    colours of the style are variables of the stylesheet, and it brings no style of its own,
    which would be one for the whole page.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg [^>]*?width=")([\d.]+)pt(" height=")([\d.]+)pt"', r'\1\2\3\4"', svg)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--figure-font, sans-serif)", svg)
    for color, variable in _variables().items():
        svg = re.sub(f"{color}(?![0-9a-f])", f"var({variable}, {color})", svg)
    return svg


def _variables() -> dict[str, str]:
    style = mpl.rc_params_from_file(STYLE, use_default_template=False)
    cycle = style["axes.prop_cycle"].by_key()["color"]
    named = {
        "--figure-ink": style["text.color"],
        "--figure-grid": style["grid.color"],
        "--figure-paper": style["legend.facecolor"],
    }
    named |= {f"--figure-{number}": color for number, color in enumerate(cycle)}
    return {f"#{color.lstrip('#')}": name for name, color in named.items()}
