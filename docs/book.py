"""This book, for the engine in `bookwright`: the hook that mkdocs.yml names."""

from pathlib import Path

from bookwright.plugin import Book
from bookwright.settings import Colour, Figures, Installation, Settings, Words

settings = Settings(
    package="gdbook",
    numbered=("chapters",),
    anchors=("exercise", "claim"),
    of_page=("exercise",),
    unbound=("making/*", "samples.md"),
    titled=(
        *("sources", "exercise*", "in-short", "tasks", "kinds", "*-again"),
        *("hour", "weekend", "teacher"),
    ),
    boosts={
        "symptoms.md": 2.8,
        "glossary.md": 1,
        "chapters/23-errata.md": 0.3,
        "chapters/24-logs.md": 0.3,
        "notation.md": 0.3,
        "labs/*": 0.3,
        "reference/*": 0.6,
    },
    glossary="glossary.md",
    downloads={"chapters": ("ipynb", "py"), "labs": ("ipynb",)},
    installation=Installation(
        ("figures", "symbolic", "torch"), ("scikit-learn",), "constraints.txt"
    ),
    preload=("graphlay", "matplotlib.pyplot", "numpy", "sympy", "torch"),
    late=(
        *("contourpy", "numpy.random", "scipy.special", "sklearn.datasets"),
        *("sympy.physics.units", "sympy.tensor.tensor", "torch._dynamo"),
    ),
    figures=Figures(
        style=Path(__file__).with_name("figures.mplstyle"),
        colours={
            "ink": Colour("#1d2430", "#e3e7ee"),
            "grid": Colour("#d5d9e0", "#3d4450"),
            "paper": Colour("#fcfdfe", "#1e2129"),
            "0": Colour("#2363b8", "#7db4ff"),
            "1": Colour("#c2570c", "#ffa45c"),
            "2": Colour("#1b7a4b", "#62d394"),
            "3": Colour("#8b3fb8", "#d3a0ff"),
            "4": Colour("#b3264f", "#ff8fae"),
            "5": Colour("#0c7785", "#5fd0dc"),
            "6": Colour("#8a6d00", "#e3c558"),
            "7": Colour("#77808d", "#8d97a6"),
        },
    ),
    words=Words(
        pages={"chapters": "chapter", "labs": "lab"},
        about="This {page} is [a page]({url}) of the book [{book}]({home}). "
        "Its code needs [the package and its extras]({home}#run).",
    ),
)

book = Book(settings)
on_startup, on_config, on_files = book.on_startup, book.on_config, book.on_files
on_nav, on_page_markdown = book.on_nav, book.on_page_markdown
on_page_content = book.on_page_content
on_env, on_page_context = book.on_env, book.on_page_context
on_post_page, on_post_template = book.on_post_page, book.on_post_template
on_serve, on_shutdown = book.on_serve, book.on_shutdown
