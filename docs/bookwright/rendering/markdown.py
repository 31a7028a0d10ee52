"""Markdown that blocks print, as HTML; its links, anchors and headings are checked as a page's."""

import re
from html import escape

from markdown import Markdown
from markdown.extensions import Extension
from markdown_exec import MarkdownConverter

from bookwright import borrowed

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)


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


def with_folds(html: str, *, longest: int, words: str) -> str:
    """Return some HTML with each table in a fold that has more rows than the longest may have."""

    def folded(table: re.Match[str]) -> str:
        rows = table[0].count("<tr") - table[0].count("<thead")
        if rows <= longest:
            return table[0]
        summary = escape(words.format(rows=rows))
        return f"<details><summary>{summary}</summary>{table[0]}</details>"

    return _TABLE.sub(folded, html)
