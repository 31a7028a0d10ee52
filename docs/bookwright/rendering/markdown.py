"""Markdown that blocks print, as HTML; its links, anchors and headings are checked as a page's."""

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown_exec import MarkdownConverter

from bookwright import borrowed

_ROW = re.compile(r"<tr\b")


class PageProcessors(Extension):
    """Lends the processors of a page to the Markdown that is converted for it."""

    page: Markdown | None = None

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Markdown's name
        """Give Markdown that is converted now the processors of the page that it is for."""
        if self.page is not None:
            for name, (processor, priority) in borrowed.page_processors(self.page).items():
                md.treeprocessors.register(processor, name, priority)

    def convert(self, text: str, page: Markdown) -> str:
        """Return what a page shows of Markdown."""
        self.page = page
        try:
            return str(MarkdownConverter(page).convert(text, id_prefix=""))
        finally:
            self.page = None


def rows(html: str) -> int:
    """Return how many rows the tables of some HTML have, without their heads."""
    return len(_ROW.findall(html)) - html.count("<thead")
