"""The cells of a page: its prose and its blocks, as notebooks and scripts have them.

Blocks that run are cells of code. An exercise is a cell with its stub and the test of its
examples; its hint and its solution are folded text. All else is text that every reader of
notebooks shows: without options of fences, without the boxes of MkDocs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

from bookwright.blocks.result import Result
from bookwright.blocks.terminal import final_state
from bookwright.pages.fences import Fence, find_fences
from bookwright.pages.listings import Listing
from bookwright.pages.page import Page

_HEADING = re.compile(r"^(?=#{1,6} )", re.MULTILINE)
_ATTRIBUTES = re.compile(r"(\]\([^()]*\))\{[^{}]*\}|\s*\{ *[#.][A-Za-z][^{}]*\}$", re.MULTILINE)
_DISPLAY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_BOX = re.compile(
    r'^(?P<mark>!!!|\?\?\?\+?) (?P<kind>\w+)(?: "(?P<title>.*)")? *\n(?P<body>(?: {4}.*\n| *\n)*)',
    re.MULTILINE,
)


class Cell(NamedTuple):
    """A piece of a page: Markdown, or code that runs, with what came of it."""

    text: str
    runs: bool = False
    result: Result | None = None

    @property
    def outputs(self) -> Iterator[dict[str, Any]]:
        """What came of the cell, as notebooks record it."""
        for kind, content, _ in self.result.items if self.result else ():
            if kind == "figure":
                yield _display("image/svg+xml", content[content.index("<svg") :])
            elif kind == "markdown":
                yield _display("text/markdown", content)
            else:
                yield {"output_type": "stream", "name": "stdout", "text": final_state(content)}
        if self.result and (raised := self.result.raised):
            message = raised.message.partition(": ")[2]
            traceback = raised.traceback.split("\n")
            error = {"ename": raised.name, "evalue": message, "traceback": traceback}
            yield {"output_type": "error"} | error

    @property
    def ends_a_program(self) -> bool:
        """Whether nothing that follows would run."""
        return bool(self.result and (self.result.raised or self.result.left))


def _display(kind: str, content: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {kind: content}}


def cells(
    page: Page, listings: Mapping[int, Listing], results: Mapping[int, Result]
) -> tuple[Cell, ...]:
    """Return the cells of a page, its fences filled in; a heading begins a cell."""
    numbered = {
        fence: fence.text(listings[fence.line].code, fence.language or "text", at=str(fence.line))
        for fence in page.fences
    }
    return tuple(_joined(_Reader(listings, results).cells(f"{page.rewritten(numbered)}\n")))


class _Reader:
    def __init__(self, listings: Mapping[int, Listing], results: Mapping[int, Result]) -> None:
        self._listings = listings
        self._results = results

    def cells(self, markdown: str) -> Iterator[Cell]:
        """Yield the cells of a piece of a page."""
        end = 0
        for box in _BOX.finditer(_without_code(markdown)):
            yield from self._without_boxes(markdown[end : box.start()])
            yield from self._box(box, markdown[box.start("body") : box.end("body")])
            end = box.end()
        yield from self._without_boxes(markdown[end:])

    def _without_boxes(self, markdown: str) -> Iterator[Cell]:
        lines = markdown.split("\n")
        end = 0
        for fence in find_fences(markdown):
            yield from _prose("\n".join(lines[end : fence.line - 1]))
            yield self._block(fence)
            end = fence.end
        yield from _prose("\n".join(lines[end:]))

    def _listing(self, fence: Fence) -> Listing:
        return self._listings[int(fence.options["at"])]

    def _block(self, fence: Fence) -> Cell:
        listing = self._listing(fence)
        options = listing.options
        if options.stub:
            return Cell(_with_test(listing.code), runs=True)
        is_cell = options.exec is None and listing.fence.language == "python"
        if listing.fence.language == "python" and (options.exec or is_cell):
            result = self._results.get(listing.fence.line)
            return Cell(listing.code, runs=True, result=result)
        title = f"`{options.title}`:\n\n" if options.title else ""
        ticks, language = fence.ticks, listing.fence.language
        return Cell(f"{title}{ticks}{language}\n{listing.code}\n{ticks}")

    def _box(self, box: re.Match[str], body: str) -> Iterator[Cell]:
        """Yield what an admonition or a fold of MkDocs becomes: a quotation, or a fold of HTML.

        Neither can hold cells that run: what does not stay text stands under its title.
        """
        body = re.sub(r"^ {4}", "", body, flags=re.MULTILINE)
        inner = _joined(self.cells(body))
        title = box["title"] or box["kind"].capitalize()
        is_solution = any(self._listing(fence).options.solution for fence in find_fences(body))
        if any(cell.runs for cell in inner) and not is_solution:
            yield Cell(f"**{title}**")
            yield from inner
            return
        texts = (f"```python\n{cell.text}\n```" if cell.runs else cell.text for cell in inner)
        text = "\n\n".join(texts)
        if box["mark"] == "!!!":
            yield Cell(_quoted(f"**{title}**\n\n{text}"))
        else:
            summary = f"<summary>{escape(title, quote=False)}</summary>"
            yield Cell(f"<details>\n{summary}\n\n{text}\n\n</details>")


def _without_code(markdown: str) -> str:
    """Return Markdown of the same shape in which no code looks like a box."""
    lines = markdown.split("\n")
    for fence in find_fences(markdown):
        inside = slice(fence.line, fence.end - 1)
        lines[inside] = [re.sub(r"[^ ]", ".", line) for line in lines[inside]]
    return "\n".join(lines)


def _joined(cells: Iterable[Cell]) -> list[Cell]:
    joined: list[Cell] = []
    for cell in cells:
        last = joined[-1] if joined else Cell("", runs=True)
        if last.runs or cell.runs or cell.text.startswith("#"):
            joined.append(cell)
        else:
            joined[-1] = Cell(f"{last.text}\n\n{cell.text}")
    return joined


def _prose(markdown: str) -> Iterator[Cell]:
    sections = _HEADING.split(_ATTRIBUTES.sub(r"\1", markdown))
    return (Cell(section.strip()) for section in sections if section.strip())


def _with_test(stub: str) -> str:
    """Return a stub that tests its examples; the test prints what fails, and raises nothing."""
    names = re.findall(r"^def (\w+)", stub, re.MULTILINE)
    tests = "\n".join(f"doctest.run_docstring_examples({name}, globals())" for name in names)
    return f"{stub}\n\n\nimport doctest\n\n{tests}" if names else stub


def _quoted(text: str) -> str:
    """Return a quotation; each formula is on one line, where Jupyter reads no > into it."""
    text = _DISPLAY.sub(lambda formula: formula[0].replace("\n", " "), text)
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
