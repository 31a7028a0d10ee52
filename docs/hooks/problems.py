"""Collect what is wrong with the pages, and stop the build once all of it is known.

Listed first among the hooks. Under `mkdocs serve` nothing stops: the pages show their problems.
"""

import logging
from typing import Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files

log = logging.getLogger("mkdocs.hooks.problems")

_found: list[str] = []
_serving = False


def report(place: str, message: str) -> None:
    """Log a problem at a place such as `index.md:12`, and remember it."""
    _found.append(f"{place}: {message}")
    log.error(_found[-1])


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether somebody is looking at the pages as they change."""
    global _serving  # noqa: PLW0603  # a hook is a module, its state is the module's
    _serving = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Forget the problems of the build before."""
    _found.clear()


@event_priority(-100)  # after every other hook has had its say
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Stop the build before anything is written, unless it is being served."""
    if _found and not _serving:
        listing = "\n\n".join(_found)
        raise PluginError(f"the pages have {len(_found)} problems:\n\n{listing}")
