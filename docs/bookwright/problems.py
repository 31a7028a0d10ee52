"""Collect what is wrong with the pages, so that one build names all of it."""

import logging

from mkdocs.exceptions import PluginError

from .pages.page import Place

log = logging.getLogger("mkdocs.bookwright")


class Problems:
    """What was found wrong in one build, each with its place."""

    def __init__(self) -> None:
        """Start with none; `found` has the place and the message of each."""
        self.found: list[tuple[Place | str, str]] = []

    def report(self, place: Place | str, message: str) -> None:
        """Log a problem at a place such as `index.md:12`, and keep it."""
        self.found.append((place, message))
        log.error("%s: %s", place, message)

    def are_on(self, uri: str) -> bool:
        """Tell whether something was found wrong on a page."""
        return any(str(place).partition(":")[0] == uri for place, _ in self.found)

    def stop_the_build(self) -> None:
        """Raise if anything was found; MkDocs then exits with an error, strict or not."""
        if self.found:
            raise PluginError(f"problems found in the pages, listed above: {len(self.found)}")
