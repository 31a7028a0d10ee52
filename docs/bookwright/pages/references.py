"""References: the number of a chapter, a part or an exercise follows from what is pointed to."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as RenderedPage

from bookwright.pages.marks import Mark
from bookwright.pages.options import BETWEEN_FIGURES
from bookwright.pages.page import Page

FIGURE = "figure"

NO_TARGET = (
    "a reference stands in the text of a link or in a heading with an id, or it names its target."
)

_ID = re.compile(r"(?<![\w@])\{[^{}\n]*#(?P<kind>[a-z]+)(?P<rest>-[\w-]+)[^{}\n]*\}")
_LINK = re.compile(r"[^\[\]\n]*\]\((?P<target>[^()\s]+)")
_HEADING = re.compile(r"[^\n]*\{[^{}\n]*(?P<target>#[\w-]+)[^{}\n]*\}")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass
class References:
    """What can be referred to in one build.

    Args:
        kinds: What a page in each folder is called: `{"chapters": "chapter"}`.
        numbered: The folders whose pages have numbers, in the order of the navigation.
        anchors: Kinds of ids that are counted on each page: `exercise` counts `exercise-…`.
        of_page: Those of them whose numbers begin with the number of their page.
        ids: What is numbered on each page, by its id.
        titles: The title of each page.
        needs: The pages that each page needs.
    """

    kinds: Mapping[str, str]
    numbered: tuple[str, ...]
    anchors: tuple[str, ...]
    of_page: tuple[str, ...] = ()
    ids: dict[str, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    def add(self, page: Page, ids: list[str] | None = None) -> None:
        """Take note of a page, and of what is numbered on it if that is not known."""
        self.titles[page.uri], self.needs[page.uri] = page.title, page.needs
        self.ids[page.uri] = self._ids_of(page) if ids is None else ids

    def _ids_of(self, page: Page) -> list[str]:
        found = (each for each in _ID.finditer(page.text) if each["kind"] in self.anchors)
        anchors = [f"{each['kind']}{each['rest']}" for each in found]
        return [*anchors, *(each for names in figures(page).values() for each in names)]

    @property
    def state(self) -> str:
        """All that a reference may say, as a text that differs wherever one of them does."""
        all_told = (self.numbers, self.parts, self.ids, self.titles, self.needs)
        return repr([sorted(each.items()) for each in all_told])

    def number(self, navigation: Navigation) -> None:
        """Number chapters and parts as they stand in the navigation, and say so in their titles."""
        for page in navigation.pages:
            uri = page.file.src_uri
            if (folder := _folder(uri)) in self.numbered:
                same = (each for each in self.numbers if _folder(each) == folder)
                self.numbers[uri] = sum(1 for _ in same) + 1
        sections = [each for each in navigation.items if isinstance(each, Section)]
        for section in sections:
            uris = [
                page.file.src_uri for page in section.children if isinstance(page, RenderedPage)
            ]
            if any(uri in self.numbers for uri in uris):
                part = roman(len({*self.parts.values()}) + 1)
                self.parts |= dict.fromkeys(uris, part)
                section.title = f"Part {part}: {section.title}"

    @property
    def kinds_counted(self) -> list[str]:
        """What the book has numbers of, as words of its texts."""
        return [*self.kinds.values(), "part", *self._counted]

    @property
    def _counted(self) -> tuple[str, ...]:
        return (*self.anchors, FIGURE)

    def name(self, files: Files) -> None:
        """Put the numbers of pages before their titles, now that these are known."""
        for uri, number in self.numbers.items():
            if (file := files.src_uris.get(uri)) and file.page:
                file.page.title = f"{number}. {file.page.title}"

    def filling(self, mark: Mark, page: Page, text: str) -> str:
        """Return what stands in the place of a reference.

        Raises:
            LookupError: If it leads nowhere, or to what has no number.
        """
        uri, anchor = self._target(mark, page, text)
        if mark.name == "part":
            if uri not in self.parts:
                raise LookupError(f"{uri} stands in no part of the book.")
            return f"Part {self.parts[uri]}"
        kind, number = self._numbered(uri, anchor)
        if mark.name == "number":
            return number
        return f"{kind.capitalize() if mark.name == 'Ref' else kind} {number}"

    def name_of(self, uri: str) -> str:
        """Return what a page with a number is called."""
        return f"{self.kinds.get(_folder(uri), '')} {self.numbers[uri]}".lstrip()

    def count(self, what: str, page: Page) -> int:
        """Return how many there are in the book, or on the page if it says `here`.

        Raises:
            LookupError: If nothing of this kind is counted.
        """
        kind, _, here = what.partition(" ")
        uris = [page.uri] if here == "here" else [*self.ids]
        counts = {each: sum(_folder(uri) == each for uri in self.ids) for each in self.kinds}
        counts |= {"parts": len({*self.parts.values()})}
        counts |= {f"{each}s": sum(len(self._of(u, each)) for u in uris) for each in self._counted}
        if kind not in counts or here not in {"", "here"}:
            raise LookupError(f"{what!r} is not counted: {', '.join(counts)} are.")
        return counts[kind]

    def _target(self, mark: Mark, page: Page, text: str) -> tuple[str, str]:
        target, is_link = mark.content, False
        if not target:
            found = _LINK.match(text, mark.end) or _HEADING.match(text, mark.end)
            if not found:
                raise LookupError(NO_TARGET)
            target, is_link = found["target"], found.re is _LINK
        path, _, anchor = target.partition("#")
        folder = posixpath.dirname(page.uri)
        uri = posixpath.normpath(posixpath.join(folder, path)) if path else page.uri
        if uri not in self.ids:
            raise LookupError(f"{target} is no page.")
        is_numbered = anchor.partition("-")[0] in self._counted
        if anchor and not is_numbered and not is_link and mark.name != "part":
            kinds = ", ".join(f"{each}-…" for each in self._counted)
            raise LookupError(f"{target} has no number: only {kinds} have.")
        return uri, anchor

    def number_of(self, uri: str, anchor: str) -> str:
        """Return the number of what has an id.

        Raises:
            LookupError: If the page has no such id.
        """
        kind, ids = anchor.partition("-")[0], self._of(uri, anchor.partition("-")[0])
        if anchor not in ids:
            raise LookupError(f"{uri} has no {kind} with the id {anchor!r}.")
        number = str(ids.index(anchor) + 1)
        begins = uri in self.numbers and kind in (*self.of_page, FIGURE)
        return f"{self.numbers[uri]}.{number}" if begins else number

    def _numbered(self, uri: str, anchor: str) -> tuple[str, str]:
        kind = anchor.partition("-")[0]
        if kind in self._counted:
            return kind, self.number_of(uri, anchor)
        if uri not in self.numbers:
            raise LookupError(f"{uri} has no number in the navigation.")
        return self.kinds[_folder(uri)], str(self.numbers[uri])

    def _of(self, uri: str, kind: str) -> list[str]:
        return [each for each in self.ids[uri] if each.startswith(f"{kind}-")]


def figures(page: Page) -> dict[int, list[str]]:
    """Return the ids of the figures of each block, by the line on which it opens.

    They come from its name. A block without one has what its figures are numbered by.
    """
    ids: dict[int, list[str]] = {}
    count = 0
    for fence in page.fences:
        if described := fence.options.get("alt"):
            name = fence.options.get("name", "")
            first = [f"{FIGURE}-{name or count + 1}"]
            more = range(2, described.count(BETWEEN_FIGURES) + 2)
            others = [f"{FIGURE}-{f'{name}-{n}' if name else count + n}" for n in more]
            ids[fence.line] = [*first, *others]
            count += len(ids[fence.line])
    return ids


def roman(number: int) -> str:
    """Return a Roman numeral below 40."""
    for size, letter in _ROMAN:
        if number >= size:
            return letter + roman(number - size)
    return ""


def _folder(uri: str) -> str:
    return uri.partition("/")[0]
