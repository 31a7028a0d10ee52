"""What the search looks at of a page: headings and prose, no listings, outputs and formulas."""

from html import escape
from html.parser import HTMLParser

_APART = ("pre", "svg", "figure", "table", "button", "script", "style")  # and blocks that run
_CLASSES = {"listing", "highlight", "output", "math", "headerlink", "doc-signature"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SHOWN = (*_HEADINGS, "p", "li", "ol", "ul", "code", "sub", "sup", "dt", "dd")
_VOID = ("br", "hr", "img", "input", "wbr")


def sought(html: str) -> str:
    """Return headings and prose of a page; of a formula in a line, what it shows."""
    parser = _Prose()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


class _Prose(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._apart: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _VOID:
            return
        if self._apart or tag in _APART or "data-search-exclude" in values or _is_apart(values):
            self._apart.append(tag)
        elif tag in _SHOWN:
            named = f' id="{escape(values["id"] or "")}"' if "id" in values else ""
            self.parts.append(f"<{tag}{named}>")

    def handle_endtag(self, tag: str) -> None:
        if self._apart:
            if tag in self._apart:
                while self._apart.pop() != tag:
                    pass
        elif tag in _SHOWN:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._apart:
            self.parts.append(escape(data, quote=False))


def _is_apart(values: dict[str, str | None]) -> bool:
    return not _CLASSES.isdisjoint((values.get("class") or "").split())
