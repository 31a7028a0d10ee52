"""Build the book in the folder that one is in, to the end, and log all that is wrong.

`python -m tests.sabotage.build FOLDER` says what `mkdocs build --strict` says. That one stops when
all blocks have run, before MkDocs looks for anchors; this one goes on.
"""

import logging
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config


def main(folder: str) -> None:
    """Build into a folder; raise if anything is wrong."""
    package = find_spec("gdbook")
    if package is None or not Path(package.origin or "").is_relative_to(Path.cwd()):
        raise ImportError("expected the package gdbook of this folder, got another one.")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger("mkdocs").addHandler(handler)
    config = load_config("mkdocs.yml", strict=True, site_dir=folder)
    config.plugins.on_startup(command="build", dirty=False)
    import_module("bookwright.problems").Problems.stop_the_build = lambda _: None
    build(config)


if __name__ == "__main__":
    main(sys.argv[1])
