"""A page as its author wrote it, and places on it."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mkdocs.utils.meta import get_data

from bookwright.pages.fences import Fence, find_fences

_TITLE = re.compile(r"^# (.*?)(?:\s*\{[^{}]*\})?$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """A line of a page's file; lines count from 1."""

    uri: str
    line: int

    def __str__(self) -> str:
        return f"{self.uri}:{self.line}"


@dataclass(frozen=True)
class Page:
    """The Markdown of a page, and what stands above it in its file: lines with settings.

    The settings say whether it is a lab: a notebook, written as Markdown; and which pages it needs.
    """

    uri: str
    markdown: str
    lines_above: int = 0
    above: str = ""
    is_lab: bool = False
    needs: tuple[str, ...] = ()

    @classmethod
    def of_file(cls, uri: str, content: str) -> "Page":
        """Return the page that a file holds, without the settings at its top."""
        markdown, settings = get_data(content)
        lines_above = content.count("\n") - markdown.count("\n")
        above = "\n".join(content.split("\n")[:lines_above])
        folder = posixpath.dirname(uri)
        named = settings.get("needs") or ()
        needs = tuple(posixpath.normpath(posixpath.join(folder, str(name))) for name in named)
        lab = _is_notebook(settings)
        return cls(uri, markdown, lines_above, above, is_lab=lab, needs=needs)

    @cached_property
    def text(self) -> str:
        """The Markdown with empty lines in the place of fences."""
        lines = self.markdown.split("\n")
        for fence in self.fences:
            for number in range(fence.line - 1, min(fence.end, len(lines))):
                lines[number] = " " * len(lines[number])
        return "\n".join(lines)

    def with_text(self, text: str) -> "Page":
        """Return the page with other lines, as many as before, around the same fences."""
        old, new = self.markdown.split("\n"), text.split("\n")
        for fence in self.fences:
            new[fence.line - 1 : fence.end] = old[fence.line - 1 : fence.end]
        return replace(self, markdown="\n".join(new))

    def place_of_setting(self, name: str) -> Place:
        """Return the place of a setting above the Markdown, such as the description."""
        lines = self.above.split("\n")
        found = (number for number, line in enumerate(lines, 1) if line.startswith(f"{name}:"))
        return Place(self.uri, next(found, 1))

    @cached_property
    def title(self) -> str:
        """The text of the heading at its top."""
        found = _TITLE.search(self.markdown)
        return found[1] if found else ""

    @cached_property
    def fences(self) -> tuple[Fence, ...]:
        """The fenced code of the page, from its top to its end."""
        return tuple(find_fences(self.markdown))

    def place(self, line: int) -> Place:
        """Return the place in the page's file of a line of its Markdown."""
        return Place(self.uri, self.lines_above + line)

    def place_of(self, text: str) -> Place | str:
        """Return the first place that holds a text; the page, where the text is made by a block.

        The lines of the text may be indented on the page.
        """
        lines = (re.escape(line.strip()) for line in text.split("\n"))
        found = re.search(r"[ \t>]*\n[ \t>]*".join(lines), self.markdown)
        if found is None:
            return self.uri
        return self.place(self.markdown.count("\n", 0, found.start()) + 1)

    def is_folded(self, fence: Fence) -> bool:
        """Tell whether a fence stands in a fold, `??? note`, at whatever depth."""
        indent = len(fence.indent)
        for line in reversed(self.markdown.expandtabs(4).split("\n")[: fence.line - 1]):
            text = line.lstrip()
            if text and len(line) - len(text) < indent:
                indent = len(line) - len(text)
                if text.startswith("???"):
                    return True
        return False

    def rewritten(self, replacements: Mapping[Fence, str]) -> str:
        """Return the Markdown with fences replaced by other lines, indented as they are."""
        lines = self.markdown.split("\n")
        for fence in reversed(self.fences):
            if fence in replacements:
                new = replacements[fence].split("\n")
                lines[fence.line - 1 : fence.end] = [f"{fence.indent}{line}" for line in new]
        return "\n".join(lines)


def _is_notebook(settings: Mapping[str, Any]) -> bool:
    """Tell whether the settings of a page are those of a notebook for Python."""
    language: Any = settings
    for name in ("jupyter", "kernelspec", "language"):
        language = language.get(name) if isinstance(language, Mapping) else None
    return bool(language == "python")
