"""What of a page can be taken away, where the site has it, and what it says about itself."""

import posixpath
import re
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from bookwright.pages.page import Page
from bookwright.settings import Settings
from bookwright.takeaways.cells import Cell
from bookwright.takeaways.wheel import Carried

_TITLE = re.compile(r"\s*# .*")
_LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^()\s]+)\)")


def uris(page_uri: str, settings: Settings) -> dict[str, str]:
    """Return where the site has what can be downloaded of a page, by its format."""
    page = PurePosixPath(page_uri)
    formats = (
        () if page.stem == "index" else settings.downloads.get(_folder(page_uri, settings), ())
    )
    return {each: str(page.with_suffix(f".{each}")) for each in formats}


def with_links(page_uri: str, markdown: str, settings: Settings) -> str:
    """Return the Markdown of a page with a line under its title that has its downloads."""
    words = settings.words
    links = [
        f"[{words.formats[each]}]({posixpath.basename(uri)}){{ download }}"
        for each, uri in uris(page_uri, settings).items()
    ]
    if not links:
        return markdown
    line = f"{words.download.format(page=_kind(page_uri, settings))}: {' · '.join(links)}"
    return _under_title(markdown, f"{line}\n{{ .downloads data-search-exclude }}")


def about(page: Page, config: MkDocsConfig, settings: Settings) -> str:
    """Return what a download says of the page that it was made from, as a line of Markdown."""
    url = posixpath.basename(page.uri)
    home = posixpath.relpath("index.md", posixpath.dirname(page.uri))
    kind, words = _kind(page.uri, settings), settings.words
    text = f"*{words.about.format(page=kind, url=url, book=config.site_name, home=home)}*"
    if any("stub" in fence.options for fence in page.fences):
        text += f" *{words.about_exercises}*"
    return text


def fill(
    page: Page,
    made: tuple[Cell, ...],
    config: MkDocsConfig,
    files: Files,
    settings: Settings,
    carried: Carried | None,
) -> None:
    """Write the cells of a page into its files, now that all its blocks have run."""
    if not (offered := uris(page.uri, settings)):
        return
    from bookwright.takeaways.notebooks import WRITERS  # noqa: PLC0415  # its libraries are slow

    made = introduced(made, about(page, config, settings))
    address = config.site_url or ""
    made = absolute(made, page.uri, files, address)
    for kind, uri in offered.items():
        if file := files.src_uris.get(uri):
            cells = made
            if carried and address and kind == "ipynb":
                cells = installing(made, carried.line(address), settings.package)
            file.content_string = WRITERS[kind](cells)


def drop(page_uri: str, files: Files, settings: Settings) -> None:
    """Take the files of a page away that nothing has come of."""
    for uri in uris(page_uri, settings).values():
        if uri in files.src_uris:
            files.remove(files.src_uris[uri])


def introduced(cells: tuple[Cell, ...], text: str) -> tuple[Cell, ...]:
    """Return cells with a paragraph under the title of the first one."""
    first, *others = cells or (Cell(""),)
    if first.runs:
        return (Cell(text), *cells)
    return (Cell(_under_title(first.text, text).strip()), *others)


def installing(cells: tuple[Cell, ...], line: str, package: str) -> tuple[Cell, ...]:
    """Return cells with one more in the second place, which installs the package if need be."""
    code = f"try:\n    import {package}\nexcept ModuleNotFoundError:\n    %{line}"
    return (cells[0], Cell(code, runs=True), *cells[1:])


def absolute(
    cells: tuple[Cell, ...], page_uri: str, files: Files, site_url: str
) -> tuple[Cell, ...]:
    """Return cells whose links to pages and files of the site lead there from anywhere.

    Where nobody has said at which address the site lies, they are no links.
    """
    link = partial(_absolute, page_uri=page_uri, files=files, site_url=site_url)
    return tuple(
        cell if cell.runs else cell._replace(text=_LINK.sub(link, cell.text)) for cell in cells
    )


def _kind(page_uri: str, settings: Settings) -> str:
    folder = _folder(page_uri, settings)
    return settings.words.pages.get(folder, folder)


def _folder(page_uri: str, settings: Settings) -> str:
    """Return the part of a page's path that says what can be downloaded of it."""
    parts = PurePosixPath(page_uri).parts
    return next((part for part in parts if part in settings.downloads), parts[0])


def _under_title(markdown: str, paragraph: str) -> str:
    title = _TITLE.match(markdown)
    end = title.end() if title else 0
    return f"{markdown[:end]}\n\n{paragraph}\n\n{markdown[end:].lstrip()}".lstrip()


def _absolute(link: re.Match[str], *, page_uri: str, files: Files, site_url: str) -> str:
    target, mark, anchor = link["target"].partition("#")
    folder = posixpath.dirname(page_uri)
    uri = posixpath.normpath(posixpath.join(folder, target)) if target else page_uri
    file = files.get_file_from_path(uri)
    if file is None:
        return link[0]
    if not site_url:
        return link["text"]
    return f"[{link['text']}]({urljoin(site_url, file.url)}{mark}{anchor})"
