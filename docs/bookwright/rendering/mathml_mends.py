r"""Mend the MathML that pandoc makes of TeX.

It is true to TeX save for a few details: names such as `\log` stand too close to what follows,
operators in scripts too far apart, accents are too wide, root signs hang below small letters,
`aligned` has small fractions, and Chromium draws neither boxes nor lines over several letters.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

LONG = 24  # letters of a formula that may be wider than a small screen
THIN = "0.167em"
_STRUT = {"height": "0.77em", "depth": "0.1em"}  # under it the smallest root sign stands upright

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
_RELATIONS = {"=", "<", ">", "≤", "≥", "≈", "→", "⇒", "⇔", "⟹", "⟺"}
_LINES = {"\N{OVERLINE}", "\N{MACRON}", "_"}
_ROWS = {"math", "mrow", "mtd", "msqrt", "mstyle"}
_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}


def finish(mathml: str) -> str:
    """Return the MathML as it goes into a page."""
    plain = re.sub(r' xmlns="[^"]*"|</?semantics>', "", mathml)
    math = ET.fromstring(plain)  # noqa: S314  # pandoc made it
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
        if element.tag in {"msqrt", "mroot"}:
            _prop(element)
    return "".join(
        ET.tostring(piece, encoding="unicode", short_empty_elements=False) for piece in _cut(math)
    )


def _cut(math: ET.Element) -> Iterator[ET.Element]:
    """Yield a long formula of a line in pieces: a line may end behind a relation, as in TeX."""
    row = math[0]
    length = sum(len(text) for text in math.itertext())
    if "display" in math.attrib or length < LONG or row.tag != "mrow":
        yield math
        return
    piece: list[ET.Element] = []
    for element in row:
        piece.append(element)
        if element.tag == "mo" and element.text in _RELATIONS:
            element.set("form", "infix")
            yield _math(piece)
            piece = []
    if piece:
        yield _math(piece)


def _math(elements: list[ET.Element]) -> ET.Element:
    math = ET.Element("math")
    ET.SubElement(math, "mrow").extend(elements)
    return math


def _mend(element: ET.Element) -> None:
    """Make one element say what TeX means by it."""
    variant, single = element.attrib.pop("mathvariant", ""), len(element.text or "") == 1
    if element.tag == "mi" and ((variant == "normal" and single) or element.text == "∇"):
        element.set("mathvariant", "normal")
    elif element.tag == "menclose" and element.get("notation") == "box":
        element.tag, element.attrib = "mrow", {"class": "math-box"}
    elif element.tag == "mo" and "form" in element.attrib and element.text in _BARS:
        if element.text == "‖":  # without \left or \right
            element.set("stretchy", "false")
        element.text = _BARS[element.text]
    elif element.tag == "mtd":
        side = element.attrib.pop("columnalign", "center")
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
    if text in _LINES and (base.tag != "mi" or element.tag == "munder"):
        element.tag, element.attrib = "mrow", {"class": f"math-{element.tag.removeprefix('m')}"}
        element.remove(accent)
    elif base.tag == "mi" and text in _ACCENTS:
        element.set("accent", "true")
        accent.text, accent.attrib = _ACCENTS[text], {"stretchy": "false"}


def _prop(root: ET.Element) -> None:
    """Let what is under a root sign be as high as the smallest sign."""
    if root.tag == "mroot":
        row = ET.Element("mrow")
        row.append(root[0])
        root[0] = root = row
    ET.SubElement(root, "mspace", _STRUT)


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
