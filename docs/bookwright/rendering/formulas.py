r"""Turn the TeX of the pages into MathML, which browsers lay out without any script.

arithmatex leaves `\(…\)` and `\[…\]` in elements of their own. `Mathematics` collects them
from all pages, lets one pandoc convert them, and puts the results in their places. What
pandoc returns is true to TeX save for a few details, which `mathml_mends` mends.
"""

import json
import re
import subprocess
from collections.abc import Iterable
from functools import partial
from html import escape, unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unicodedata import lookup

from mkdocs.structure.pages import Page as RenderedPage

from bookwright import borrowed, keys
from bookwright.cache import Cache
from bookwright.pages.page import Page
from bookwright.problems import Problems
from bookwright.rendering.mathml_mends import finish

PANDOC, VERSION = borrowed.pandoc()  # each version of the package brings one of pandoc
API = [1, 23]

_ELEMENT = re.compile(
    r"""<(?P<name>span|div)\b[^<>]*\bclass="(?:[^"<>]*\s)?arithmatex(?:\s[^"<>]*)?"[^<>]*>"""
    r"""\s*\\(?:\[(?P<display>[^<]*)\\\]|\((?P<inline>[^<]*)\\\))\s*</(?P=name)>"""
    r"""(?P<punctuation>[,.;:?)]*)"""
)
_IN_HEADING = re.compile(r"\\\([^<]*?\\\)")
_TAG = re.compile(r"\\tag(?P<star>\*?)\s*\{(?P<text>[^{}]*)\}$")
_BOLD = re.compile(r"\\mathbf\s*(?:\{(?P<word>[A-Za-z]+)\}|(?P<letter>[A-Za-z]))")


class _Formula(NamedTuple):
    """A formula as it is written, between its delimiters."""

    display: bool
    tex: str

    @property
    def tag(self) -> str:
        """What stands beside the formula, such as `(1)`, or nothing."""
        tag = _TAG.search(self.tex)
        return ("{}" if tag["star"] else "({})").format(tag["text"]) if tag else ""

    @property
    def body(self) -> str:
        r"""The formula for pandoc, which knows no tag and slants what `\mathbf` keeps upright."""
        return _BOLD.sub(_upright_bold, _TAG.sub("", self.tex)).strip()

    @property
    def kind(self) -> str:
        """The name of this sort of formula among pandoc's."""
        return "DisplayMath" if self.display else "InlineMath"

    @property
    def key(self) -> str:
        """The name of pandoc's result in the cache."""
        return keys.formula(VERSION, self.kind, self.body)


class Mathematics:
    """The formulas of one build."""

    def __init__(self, cache: Cache, problems: Problems) -> None:
        """Start with no formulas."""
        self._cache = cache
        self._problems = problems
        self._pages: dict[_Formula, dict[str, Page]] = {}
        self._converted: dict[_Formula, str] = {}
        self._doubts: dict[tuple[str, str], str] = {}

    def collect(self, page: Page, html: str) -> None:
        """Take note of the formulas of a page."""
        for element in _ELEMENT.finditer(html):
            self._pages.setdefault(_formula(element), {})[page.uri] = page

    def convert(self) -> None:
        """Convert what was collected; pandoc runs once, or not at all if all of it is cached."""
        known = {formula: self._cache.load(formula.key) for formula in self._pages}
        new = [formula for formula, mathml in known.items() if mathml is None]
        for formula, (mathml, message) in zip(new, _pandoc(new), strict=True):
            known[formula] = mathml
            if message:
                self._report(formula, message)
            else:
                self._cache.store(formula.key, mathml)
        for formula, mathml in known.items():
            if mathml and r"\tag" in formula.body:
                self._report(formula, r"a \tag stands at the end of a formula, outside of tables.")
            elif mathml:
                self._converted[formula] = finish(mathml)

    def doubt(self, uri: str, tex: str, message: str) -> None:
        """Take note of what is wrong with a formula of a page, so that the page shows it."""
        self._doubts[uri, tex] = message

    def insert(self, html: str, uri: str = "") -> str:
        """Return a page with its formulas as MathML, and as TeX where they have failed."""
        return _ELEMENT.sub(partial(self._element, uri), html)

    def insert_into(self, page: RenderedPage) -> None:
        """Put the formulas of a page, and of its table of contents, in their places."""
        uri = page.file.src_uri
        page.content = self.insert(page.content or "", uri)
        headings = [*page.toc]
        while headings:
            heading = headings.pop()
            title = _IN_HEADING.sub(r'<span class="arithmatex">\g<0></span>', heading.title)
            heading.title = self.insert(title, uri)
            headings += heading.children

    def _report(self, formula: _Formula, message: str) -> None:
        for page in self._pages[formula].values():
            place = page.place_of(formula.tex)
            self._problems.report(place, f"the formula {formula.tex}\n{message}")

    def _element(self, uri: str, element: re.Match[str]) -> str:
        formula = _formula(element)
        doubt = self._doubts.get((uri, formula.tex), "")
        failed = f'<code class="math-error">{escape(doubt or formula.tex)}</code>'
        if doubt:
            return failed + element["punctuation"]
        mathml = self._converted.get(formula, failed)
        tag = f'<span class="math-tag">{escape(formula.tag)}</span>' if formula.tag else ""
        if formula.display:
            return f'<div class="math" tabindex="0">{mathml}{tag}</div>{element["punctuation"]}'
        if element["punctuation"]:  # it must not begin a line
            begin, start, end = mathml.rpartition("<math")
            end = f"{start}{end}{tag}{element['punctuation']}"
            return f'{begin}<span class="math-end">{end}</span>'
        return mathml + tag


def _formula(element: re.Match[str]) -> _Formula:
    display = element["display"] is not None
    tex = element["display"] if display else element["inline"]
    return _Formula(display, unescape(tex).strip())


def _upright_bold(command: re.Match[str]) -> str:
    letters = command["word"] or command["letter"]
    cases = ("CAPITAL" if letter.isupper() else "SMALL" for letter in letters)
    names = zip(cases, letters.upper(), strict=True)
    bold = (lookup(f"MATHEMATICAL BOLD {case} {letter}") for case, letter in names)
    return f"{{{''.join(bold)}}}"


def _pandoc(formulas: list[_Formula]) -> Iterable[tuple[str, str]]:
    """Yield the MathML of each formula, or nothing and what pandoc has to say."""
    if not formulas:
        return
    math = [{"t": "Math", "c": [{"t": formula.kind}, formula.body]} for formula in formulas]
    blocks = [{"t": "Para", "c": [inline]} for inline in math]
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.json"
        done = subprocess.run(  # noqa: S603  # the command is fixed
            [PANDOC, "--from=json", "--to=html", "--mathml", "--wrap=none", f"--log={log}"],
            input=json.dumps({"pandoc-api-version": API, "meta": {}, "blocks": blocks}),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=True,
        )
        entries: list[dict[str, Any]] = json.loads(log.read_text(encoding="utf-8"))
    messages = {entry["contents"]: entry["message"] for entry in entries}
    paragraphs = re.findall(r"<p>(.*?)</p>", done.stdout, re.DOTALL)
    for formula, paragraph in zip(formulas, paragraphs, strict=True):
        if paragraph.startswith("<math"):
            yield re.sub(r"<annotation.*</annotation>", "", paragraph, flags=re.DOTALL), ""
        else:
            yield "", messages[formula.body].split("\nexpecting")[0]
