"""What other pages decide: names may stand in their code, and links lead to them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mkdocs.structure.files import Files

from bookwright import keys
from bookwright.blocks.isolation import Sandbox
from bookwright.cache import Cache
from bookwright.checks.links import Link, anchors, broken
from bookwright.checks.names import (
    Known,
    Mention,
    missing,
    project_files,
    unknown_names,
    words_of,
    words_of_package,
)
from bookwright.checks.texts import Fault
from bookwright.pages.page import Place


@dataclass(frozen=True)
class Facts:
    """What a page has that its neighbours matter to, or it to them.

    Args:
        words: The words of its code.
        mentions: The names in its text.
        links: Its links into the book.
    """

    words: list[str]
    mentions: list[Mention]
    links: list[Link]


class Neighbours:
    """What is around the pages: the project's files, and what can be imported."""

    def __init__(
        self,
        root: Path,
        configured: Path,
        *,
        package: str,
        libraries: Collection[str],
        sandbox: Sandbox,
        cache: Cache,
        fingerprint: str,
    ) -> None:
        """Look at the files of the project; a fingerprint says what is installed."""
        self._files = [*project_files(root)]
        self._settings = [configured, root / "pyproject.toml"]
        self._package = package
        self._libraries = (package, *libraries)
        self._sandbox = sandbox
        self._cache = cache
        self._fingerprint = fingerprint

    @property
    def suffixes(self) -> set[str]:
        """The endings of the names of the project's files."""
        return {Path(file).suffix for file in self._files}

    def faults(self, pages: Mapping[str, Facts], files: Files) -> Iterator[Fault]:
        """Yield the names that do not exist, and the links that lead nowhere."""
        yield from self._of_names(pages)
        ids = anchors(files)
        for uri, facts in pages.items():
            for line, message in broken(facts.links, uri, files=files.src_uris, ids=ids):
                yield Fault(Place(uri, line), message)

    def _of_names(self, pages: Mapping[str, Facts]) -> Iterator[Fault]:
        """Yield the names that do not exist; what has to be imported is asked once."""
        known = Known.of_book(self._package, self._libraries, self._words(pages), self._files)
        found = [
            (Place(uri, each.line), each)
            for uri, facts in pages.items()
            for each in unknown_names(facts.mentions, known)
        ]
        exists = self._existing({each.name for _, each in found})
        for place, each in found:
            if not exists[each.name]:
                yield Fault(place, each.message)

    def _words(self, pages: Mapping[str, Facts]) -> set[str]:
        settings = (each.read_text("utf-8") for each in self._settings if each.is_file())
        return set(self._words_of_package()).union(
            *(facts.words for facts in pages.values()), *map(words_of, settings)
        )

    def _words_of_package(self) -> Iterable[str]:
        key = keys.name(self._fingerprint, f"{self._package}.*")
        words: list[str] | None = self._cache.load(key)
        if words is None:
            words = sorted(words_of_package(self._package))
            self._cache.store(key, words)
        return words

    def _existing(self, names: Collection[str]) -> dict[str, bool]:
        kept = {name: self._cache.load(keys.name(self._fingerprint, name)) for name in names}
        if asked := sorted(name for name, exists in kept.items() if exists is None):
            wrong = missing(asked, self._libraries, self._sandbox)
            for name in asked:
                kept[name] = name not in wrong
                self._cache.store(keys.name(self._fingerprint, name), kept[name])
        return kept
