"""Links that nobody writes: from a term to the glossary, from a name to the reference, and back.

On each page the first use of a term, and the first of a name that its code imports, is a link. In
the reference each name says which numbered pages import it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape

from bookwright.pages.page import Page

_TERM = re.compile(
    r"^### (?P<name>[^\n{]*?) *\{ *#(?P<id>[\w-]+) *\}\n+(?P<said>[^\n]+)", re.MULTILINE
)
_TAG = re.compile(r"<[^>]*>")
_ASIDE = re.compile(r" *\([^)]*\)")
_MARKUP = re.compile(r"[`*]")
_NOT_PLAIN = re.compile(r"@|\$|\]\(")
_IMPORT = r"^\s*(?:>>> )?from ({package}[\w.]*) import (\([^)]*\)|[^\n]+)"
_DOCUMENTED = r'<h2 id="({package}[\w.]*)" class="doc doc-heading">'
_PARAGRAPH = re.compile(r"<(p|li)>(?:(?!</\1>).)*</\1>", re.DOTALL)
_APART = r"<(a|math|svg|strong|em|button)\b.*?</\1>"
_OUTPUT, _DIV = '<div class="output">', re.compile(r"<(/?)div\b[^>]*>")
_CONTENTS = r'(?=<div class="doc doc-contents)'


@dataclass(frozen=True)
class Crossings:
    """What can be linked to from anywhere.

    Args:
        glossary: The page with the terms, each a heading of the third level with an id.
        terms: Id and first sentence of each term, by its name in small letters.
        imports: The names that the code of each page imports from the package.
        documented: The page of the reference that documents each name.
    """

    package: str
    glossary: str
    terms: Mapping[str, tuple[str, str]]
    imports: Mapping[str, tuple[str, ...]]
    documented: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: Iterable[Page], *, glossary: str, package: str) -> "Crossings":
        """Collect terms and imports of all pages."""
        pages = [*pages]
        terms = (term for page in pages if page.uri == glossary for term in _terms(page.markdown))
        imports = {page.uri: (*sorted({*_imports(page, package)}),) for page in pages}
        return cls(package, glossary, dict(terms), imports)

    @property
    def state(self) -> str:
        """All that pages show of others, as a text that differs wherever one of them does."""
        return repr([sorted(each.items()) for each in (self.terms, self.imports)])

    def note(self, pages: Iterable[tuple[str, str]]) -> None:
        """Note which names each page documents, given its path and its HTML."""
        pattern = re.compile(_DOCUMENTED.format(package=re.escape(self.package)))
        self.documented.update({name: uri for uri, html in pages for name in pattern.findall(html)})

    def linked(
        self, uri: str, html: str, url_of: Callable[[str], str], name_of: Mapping[str, str]
    ) -> str:
        """Return a page with its links; `name_of` tells how each numbered page is called."""
        html = self._with_users(uri, html, url_of, name_of)
        if uri == self.glossary:
            return html
        links = {}
        for name in self._used(uri):
            called = name.rpartition(".")[2]
            opened = f'<a href="{url_of(self.documented[name])}#{name}">'
            links[f"<code>{called}</code>"] = opened
            listed = f'<span class="n">{called}</span>'
            html = html.replace(listed, f"{opened}{listed}</a>", 1)
        if self.terms and uri in name_of:
            there = url_of(self.glossary)
            links |= {
                term: f'<a class="term" href="{there}#{anchor}" title="{escape(said)}">'
                for term, (anchor, said) in self.terms.items()
            }
        return _with_first(html, links)

    def _used(self, uri: str) -> Iterator[str]:
        """Yield the documented names that a page imports."""
        for imported in self.imports.get(uri, ()):
            module, _, name = imported.rpartition(".")
            found = [
                each
                for each in self.documented
                if each.startswith(f"{module}.") and each.endswith(f".{name}")
            ]
            if len(found) == 1:
                yield found[0]

    def _with_users(
        self, uri: str, html: str, url_of: Callable[[str], str], name_of: Mapping[str, str]
    ) -> str:
        """Return a page of the reference on which each name says where it is used."""
        users: dict[str, list[str]] = {}
        for page in name_of if uri in self.documented.values() else ():
            for name in self._used(page):
                users.setdefault(name, []).append(page)
        for name, pages in users.items():
            if self.documented[name] == uri:
                links = ", ".join(f'<a href="{url_of(page)}">{name_of[page]}</a>' for page in pages)
                said = f'<p class="users" data-search-exclude>Used in {links}.</p>\n'
                heading = rf'(<h2 id="{re.escape(name)}" class="doc doc-heading">.*?){_CONTENTS}'
                html = re.sub(heading, lambda found: f"{found[1]}{said}", html, flags=re.DOTALL)  # noqa: B023  # called at once
        return html


def _terms(markdown: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for found in _TERM.finditer(markdown):
        if not _NOT_PLAIN.search(found["said"]):
            name = _ASIDE.sub("", _MARKUP.sub("", found["name"])).lower()
            yield name, (found["id"], _MARKUP.sub("", found["said"]))


def _imports(page: Page, package: str) -> Iterator[str]:
    pattern = re.compile(_IMPORT.format(package=re.escape(package)), re.MULTILINE)
    for fence in page.fences:
        for module, names in pattern.findall(fence.code):
            for name in re.findall(r"\w+(?: as \w+)?", names):
                yield f"{module}.{name.partition(' as ')[0]}"


def _with_first(html: str, links: dict[str, str]) -> str:
    """Return a page on which the first of each text in a paragraph or an item is a link."""
    if not links:
        return html
    codes = [re.escape(each) for each in links if each.startswith("<")]
    words = [re.escape(each) for each in links if not each.startswith("<")]
    pattern = re.compile(
        f"{_APART}|({'|'.join(codes) or '(?!)'})|<code\\b.*?</code>|<[^>]*>"
        f"|\\b({'|'.join(sorted(words, key=len, reverse=True)) or '(?!)'})(?:e?s)?\\b(?![\\w-])",
        re.DOTALL | re.IGNORECASE,
    )

    def link(found: re.Match[str]) -> str:
        if found[1] == "strong":  # the page itself says what this is
            named = _TAG.sub("", found[0]).lower()
            for word in [
                each for each in links if re.fullmatch(f"{re.escape(each)}(?:e?s)?", named)
            ]:
                del links[word]
        key = found[2] or unescape(found[3] or "").lower()
        opened = links.pop(key, None)
        return f"{opened}{found[0]}</a>" if opened else found[0]

    paragraphs = partial(_PARAGRAPH.sub, lambda found: pattern.sub(link, found[0]))
    return "".join(part if printed else paragraphs(part) for part, printed in _parts(html))


def _parts(html: str) -> Iterator[tuple[str, bool]]:
    """Yield a page in pieces, each with whether a block has printed it."""
    end = 0
    while (start := html.find(_OUTPUT, end)) >= 0:
        yield html[end:start], False
        depth = 0
        for tag in _DIV.finditer(html, start):
            depth += -1 if tag[1] else 1
            end = tag.end()
            if depth == 0:
                break
        yield html[start:end], True
    yield html[end:], False
