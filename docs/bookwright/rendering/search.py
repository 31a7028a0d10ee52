"""What the search looks at of a page: headings and prose.

Listings, outputs, folds, figures and tables are left out, and so are the parameters of functions;
they would make the index several times as large. Of a formula in a line, a letter is left.
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatch
from html import escape
from html.parser import HTMLParser

_APART = ("pre", "svg", "figure", "table", "button", "details", "script", "style")
_CLASSES = {"listing", "highlight", "output", "headerlink", "doc-section-item", "doc-signature"}
_CLASSES |= {"math", "math-tag"}
_SHOWN = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li")
_VOID = ("br", "hr", "img", "input", "wbr")
_LISTING = re.compile(r"<pre\b.*?</pre>", re.DOTALL)  # left out anyway, and long to read
_SECTION = re.compile(r'(<(?P<tag>h\d) id="(?P<id>[^"]*)">.*?</(?P=tag)>).*?(?=<h\d|$)')
_SPACE = re.compile(r"\s+")
_LONGEST_FORMULA = 2


def sought(html: str, titled: Sequence[str] = ()) -> str:
    """Return headings and prose of a page.

    Of a section whose id matches a pattern in `titled` the heading is left.
    """
    parser = _Prose()
    parser.feed(_LISTING.sub("", html))
    parser.close()
    text = _SPACE.sub(" ", "".join(parser.parts)).strip()  # else it has a part without a title
    return _SECTION.sub(
        lambda found: found[1] if any(fnmatch(found["id"], each) for each in titled) else found[0],
        text,
    )


class _Prose(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._apart: list[str] = []  # the elements around that are left out
        self._formula: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _VOID:
            return
        if self._apart or tag in _APART or "data-search-exclude" in values or _is_apart(values):
            self._apart.append(tag)
        elif tag == "math":
            self._formula = ""
        elif tag in _SHOWN:
            named = f' id="{escape(values["id"] or "")}"' if "id" in values else ""
            self.parts.append(f"<{tag}{named}>")

    def handle_endtag(self, tag: str) -> None:
        if self._apart:
            if tag in self._apart:
                while self._apart.pop() != tag:
                    pass
        elif tag == "math" and self._formula is not None:
            is_short = len(self._formula) <= _LONGEST_FORMULA
            self.parts.append(escape(self._formula, quote=False) if is_short else "…")
            self._formula = None
        elif tag in _SHOWN:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._formula is not None:
            self._formula += data
        elif not self._apart:
            self.parts.append(escape(data, quote=False))


def _is_apart(values: dict[str, str | None]) -> bool:
    return not _CLASSES.isdisjoint((values.get("class") or "").split())
