"""Say where links lead to what is not there; MkDocs, which says so, too, names no line."""

import posixpath
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from mkdocs.structure.files import Files

from bookwright.blocks.result import Result
from bookwright.pages.page import Page
from bookwright.pages.zones import zones_of


class Link(NamedTuple):
    """A link to a part of the book: the line that it stands on, and where it leads."""

    line: int
    target: str


def links(page: Page, results: Mapping[int, Result]) -> Iterator[Link]:
    """Yield the links of a page that is filled in, with the lines of its file.

    What a block prints as Markdown stands on the line that opens its fence; results are found by
    these lines.
    """
    for line, target in _links(page.markdown):
        yield Link(page.place(line).line, target)
    for line, result in results.items():
        for kind, content, _ in result.items:
            if kind == "markdown":
                for _, target in _links(content):
                    yield Link(page.place(line).line, target)


def _links(text: str) -> Iterator[tuple[int, str]]:
    """Yield the targets in a text, save for those elsewhere, which MkDocs leaves alone, too."""
    for line, target in zones_of(text).targets:
        scheme, host, path, _, anchor = urlsplit(target)
        if not scheme and not host and (path or anchor) and not path.startswith("/"):
            yield line, target


def anchors(files: Files) -> dict[str, Collection[str]]:
    """Return the ids of all pages that have been rendered, by the paths of their files."""
    pages = (file.page for file in files.documentation_pages())
    rendered = (page for page in pages if page and page.present_anchor_ids is not None)
    return {page.file.src_uri: page.present_anchor_ids or () for page in rendered}


def broken(
    found: Iterable[Link],
    uri: str,
    *,
    files: Container[str],
    ids: Mapping[str, Collection[str]],
) -> Iterator[tuple[int, str]]:
    """Yield the lines of links that lead nowhere, and why.

    Args:
        found: The links of a page.
        uri: The path of its file.
        files: The paths of all files of the book.
        ids: The ids on pages, as far as they are known; a link to any other page may have any.
    """
    for line, target in found:
        _, _, path, _, anchor = urlsplit(target)
        beside = posixpath.join(posixpath.dirname(uri), unquote(path))
        to = posixpath.normpath(beside) if path else uri
        if to not in files:
            yield line, f"the link {target} leads to no file of the book: mend its path."
        elif anchor and anchor not in ids.get(to, {anchor}):
            yield line, f"the link {target} leads to no id of {to}: mend what stands behind #."
