r"""Turn the TeX of the pages into MathML, which browsers lay out without any script.

arithmatex leaves `\(…\)` and `\[…\]` in elements of their own. `Mathematics` collects them
from all pages, lets one pandoc convert them, and puts the results in their places. What
pandoc returns is true to TeX save for a few details, which `_finish` mends.
"""

import json
import re
import subprocess
from collections.abc import Iterable
from html import escape, unescape
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unicodedata import lookup
from xml.etree import ElementTree as ET

from cache import Cache, digest
from problems import Problems

_PACKAGE = metadata.distribution("pypandoc_binary")  # each version brings one of pandoc
PANDOC = Path(str(_PACKAGE.locate_file("pypandoc/files/pandoc")))
VERSION = _PACKAGE.version
API = [1, 23]
THIN = "0.167em"

_ELEMENT = re.compile(
    r"""<(?P<name>span|div)\b[^<>]*\bclass="(?:[^"<>]*\s)?arithmatex(?:\s[^"<>]*)?"[^<>]*>"""
    r"""\s*\\(?:\[(?P<display>[^<]*)\\\]|\((?P<inline>[^<]*)\\\))\s*</(?P=name)>"""
)
_TAG = re.compile(r"\\tag(?P<star>\*?)\s*\{(?P<text>[^{}]*)\}$")
_BOLD = re.compile(r"\\mathbf\s*(?:\{(?P<word>[A-Za-z]+)\}|(?P<letter>[A-Za-z]))")
_ALIGNED = "mtr/mtd[@style='text-align: left; padding-left: 0']"
_ACCENTS = {  # what stands over one letter, by what grows over several or has no width
    "\N{COMBINING CIRCUMFLEX ACCENT}": "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}",
    "\N{COMBINING CARON}": "\N{CARON}",
    "\N{COMBINING TILDE}": "\N{SMALL TILDE}",
    "\N{COMBINING BREVE}": "\N{BREVE}",
    "\N{COMBINING DOT ABOVE}": "\N{DOT ABOVE}",
    "\N{COMBINING DIAERESIS}": "\N{DIAERESIS}",
    "\N{OVERLINE}": "\N{MACRON}",
    "\N{MACRON}": "\N{MACRON}",
}
_BARS = {"\N{DIVIDES}": "|", "∥": "‖", "‖": "‖"}  # brackets, by what pandoc takes for them
_LINES = {"\N{OVERLINE}", "\N{MACRON}", "_"}
_ROWS = {"math", "mrow", "mtd", "msqrt", "mstyle"}
_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}


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
        return digest("mathml", VERSION, self.kind, self.body)


class Mathematics:
    """The formulas of one build."""

    def __init__(self, cache: Cache, problems: Problems) -> None:
        """Start with no formulas."""
        self._cache = cache
        self._problems = problems
        self._pages: dict[_Formula, dict[str, None]] = {}
        self._converted: dict[_Formula, str] = {}

    def collect(self, uri: str, html: str) -> None:
        """Take note of the formulas of a page."""
        for element in _ELEMENT.finditer(html):
            self._pages.setdefault(_formula(element), {})[uri] = None

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
            if r"\tag" in formula.body:
                self._report(formula, r"a \tag stands at the end of a formula, outside of tables.")
            elif mathml:
                self._converted[formula] = _finish(mathml)

    def insert(self, html: str) -> str:
        """Return a page with its formulas as MathML, and as TeX where they have failed."""
        return _ELEMENT.sub(self._element, html)

    def _report(self, formula: _Formula, message: str) -> None:
        for uri in self._pages[formula]:
            self._problems.report(uri, f"the formula {formula.tex}\n{message}")

    def _element(self, element: re.Match[str]) -> str:
        formula = _formula(element)
        failed = f'<code class="math-error">{escape(formula.tex)}</code>'
        mathml = self._converted.get(formula, failed)
        tag = f'<span class="math-tag">{escape(formula.tag)}</span>' if formula.tag else ""
        if formula.display:
            return f'<div class="math" tabindex="0">{mathml}{tag}</div>'
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


def _finish(mathml: str) -> str:
    """Return the MathML as it goes into a page."""
    math = ET.fromstring(re.sub(r' xmlns="[^"]*"|</?semantics>', "", mathml))  # noqa: S314
    if math.get("display") == "inline":
        del math.attrib["display"]
    for element in math.iter():
        _mend(element)
        if element.tag in _ROWS:
            _space_names(element)
        if element.tag in _SCRIPTS:
            _tighten(element)
        if element.tag in {"mover", "munder"}:
            _fit_accent(element)
    return ET.tostring(math, encoding="unicode", short_empty_elements=False)


def _mend(element: ET.Element) -> None:
    """Make one element say what TeX means by it."""
    variant, single = element.attrib.pop("mathvariant", ""), len(element.text or "") == 1
    if element.tag == "mi" and ((variant == "normal" and single) or element.text == "∇"):
        element.set("mathvariant", "normal")
    elif element.tag == "menclose" and element.get("notation") == "box":
        element.tag, element.attrib = "mrow", {"class": "math-box"}
    elif element.tag == "mo" and "form" in element.attrib and element.text in _BARS:
        if element.text == "‖" and "minsize" not in element.attrib:
            element.set("stretchy", "false")
        element.text = _BARS[element.text]
    elif element.tag == "mtd":
        side = element.attrib.pop("columnalign")
        element.attrib = {} if side == "center" else {"class": f"math-{side}"}
    elif element.tag == "mtable" and element.find(_ALIGNED) is not None:
        element.set("displaystyle", "true")
        for first in element.iterfind(f"{_ALIGNED}/*[1]"):
            if first.text in {"+", "−", "±"}:
                first.tag, first.attrib = "mo", {"form": "infix"}


def _tighten(element: ET.Element) -> None:
    """Take the space around the operators in what is raised or lowered."""
    for script in element[1:]:
        for operator in script.iterfind(".//mo"):
            if "form" not in operator.attrib and operator.text not in {"∑", "∏", "∫"}:
                operator.attrib |= {"lspace": "0", "rspace": "0"}


def _fit_accent(element: ET.Element) -> None:
    """Let an accent grow over several letters, and not over one."""
    base, accent = element
    text = accent.text or ""
    if accent.get("accent") != "true":
        return
    if text in _LINES and (base.tag != "mi" or element.tag == "munder"):
        element.tag, element.attrib = "mrow", {"class": f"math-{element.tag.removeprefix('m')}"}
        element.remove(accent)
    elif base.tag == "mi" and text in _ACCENTS:
        element.set("accent", "true")
        accent.text, accent.attrib = _ACCENTS[text], {"stretchy": "false"}


def _space_names(row: ET.Element) -> None:
    r"""Set a thin space between a name such as `\log` and what is no operator beside it."""
    children = list(row)
    for before, after in zip(children[-2::-1], children[:0:-1], strict=True):
        names = _is_name(before), _is_name(after)
        if any(names) and not (_is_operator(before) or _is_operator(after)):
            row.insert(list(row).index(after), ET.Element("mspace", width=THIN))


def _is_name(element: ET.Element) -> bool:
    if element.tag in _SCRIPTS or (element.tag == "mrow" and len(element) == 2):
        return _is_name(element[0])
    return element.tag == "mi" and len(element.text or "") > 1


def _is_operator(element: ET.Element) -> bool:
    if element.tag in {"mrow", *_SCRIPTS} and len(element):
        return _is_operator(element[0])
    return element.tag in {"mo", "mspace"}
