"""Make a drawing a file of the site, no larger than what can be seen of it, in both palettes."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree import ElementTree as ET

from bookwright.rendering import paths
from bookwright.settings import Colour

LIGHT, DARK = "only-light", "only-dark"  # fragments by which the theme knows what to show
FONT = "-apple-system,BlinkMacSystemFont,Helvetica,Arial,sans-serif"  # the theme's
WORTH_SHARING = 40  # characters of a path

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"(?<=^#).+|(?<=^url\(#).+(?=\)$)")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_NOT_TURNED = re.compile(r"rotate\(-?0 [^)]*\)")


class Figure(NamedTuple):
    """A drawing as a file, and its size in pixels."""

    svg: str
    width: float
    height: float


def of_drawing(svg: str, colours: Mapping[str, Colour]) -> Figure:
    """Return a drawing as a file that a page shows as an image.

    The file has both palettes: that of dark pages holds where it is asked for with the fragment
    `DARK`. Its text takes the font of the pages. What it draws several times it holds once, and
    what its elements look like is told by classes.
    """
    root, shared = _read(svg), ET.Element("defs")
    _gather(root, shared)
    _share(root, shared)
    _tidy(root)
    _leave_out_what_is_covered(root)
    elements = [*root.iter(), *shared.iter()]
    _rename(elements)
    style = ET.Element("style")
    style.text = _style(elements, colours)
    root[:0] = [style, shared]
    width, height = (float(root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": root.attrib["viewBox"]}
    root.attrib = {"xmlns": _SVG.strip("{}"), "id": DARK, **size}
    return Figure(ET.tostring(root, encoding="unicode").replace(" />", "/>"), width, height)


def _read(svg: str) -> ET.Element:
    """Return the root of a drawing without what it says of itself; its numbers are short."""
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    root = ET.fromstring(svg)  # noqa: S314  # the block has drawn it
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.text, element.tail = (
            text if text and text.strip() else None for text in (element.text, element.tail)
        )
        _shorten(element.attrib)
    return root


def _shorten(attributes: dict[str, str]) -> None:
    if _LINK in attributes:
        attributes["href"] = attributes.pop(_LINK)
    if "scale" not in attributes.get("transform", "scale"):
        moved = _DECIMAL.sub(_short, _NOT_TURNED.sub("", attributes.pop("transform")))
        attributes |= {"transform": moved} if moved else {}
    for name in {"x", "y", "width", "height"} & attributes.keys():
        attributes[name] = _DECIMAL.sub(_short, attributes[name])


def _short(number: re.Match[str]) -> str:
    return paths.short(float(number[0]), 2)


def _gather(root: ET.Element, shared: ET.Element) -> None:
    """Put in one place what a drawing defines."""
    for parent in [*root.iter()]:
        for definitions in parent.findall("defs"):
            shared.extend(definitions)
            parent.remove(definitions)
    for path in shared.iter("path"):
        path.set("d", paths.read(path.attrib["d"]).text)


def _share(root: ET.Element, shared: ET.Element) -> None:
    """Draw once what is drawn in several places."""
    lines = [element for element in root.iter("path") if "d" in element.attrib]
    drawn = [(element, paths.read(element.attrib.pop("d"))) for element in lines]
    times = Counter(path.shape for _, path in drawn)
    names: dict[str, str] = {}
    for element, path in drawn:
        if times[path.shape] == 1 or len(path.shape) < WORTH_SHARING:
            element.set("d", path.text)
            continue
        if path.shape not in names:
            names[path.shape] = f"shape {len(names)}"
            ET.SubElement(shared, "path", id=names[path.shape], d=f"M0 0{path.shape}")
        x, y = (paths.short(number, 2) for number in (path.start.real, path.start.imag))
        element.tag = "use"
        element.attrib |= {"href": f"#{names[path.shape]}", "x": x, "y": y}


def _tidy(parent: ET.Element) -> None:
    """Leave out groups that mean nothing, and let one be enough for what is clipped alike."""
    children: list[ET.Element] = []
    for child in parent:
        _tidy(child)
        for piece in _pieces(child):
            alike = piece.tag == "g" and [*piece.attrib] == ["clip-path"]
            if alike and children and children[-1].attrib == piece.attrib:
                children[-1].extend(piece)
            else:
                children.append(piece)
    parent[:] = children


def _pieces(element: ET.Element) -> list[ET.Element]:
    """Return what is to be drawn of an element; what is clipped stands in a group of its own."""
    if element.tag == "g":
        element.attrib.pop("id", None)
        return [element] if element.attrib else [*element]
    is_empty = element.tag == "path" and "d" not in element.attrib
    if is_empty or element.get("style") == "fill: none":
        return []
    if "clip-path" in element.attrib:
        group = ET.Element("g", {"clip-path": element.attrib.pop("clip-path")})
        group.append(element)
        return [group]
    return [element]


def _leave_out_what_is_covered(root: ET.Element) -> None:
    """Of equal shapes on top of each other leave the last, if one cannot see through it."""
    for parent in root.iter():
        shown: dict[object, ET.Element] = {}
        for child in reversed(parent):
            is_shape = child.tag in {"use", "path"} and "opacity" not in child.get("style", "")
            shown.setdefault(frozenset(child.items()) if is_shape else child, child)
        parent[:] = reversed(shown.values())


def _rename(elements: list[ET.Element]) -> None:
    """Give what is used a short name, and nothing else any."""
    values = [value for element in elements for value in element.attrib.values()]
    used = dict.fromkeys(name for value in values for name in _REFERENCE.findall(value))
    names = {name: f"i{number}" for number, name in enumerate(used)}
    for element in elements:
        if name := element.attrib.pop("id", None):
            element.attrib |= {"id": names[name]} if name in names else {}
        for attribute in {"href", "clip-path"} & element.attrib.keys():
            value = element.attrib[attribute]
            element.set(attribute, _REFERENCE.sub(lambda used: names[used[0]], value))


def _style(elements: list[ET.Element], colours: Mapping[str, Colour]) -> str:
    """Return the style sheet of a drawing, whose elements have classes in place of styles."""
    classes: dict[str, str] = {}
    told = {element.get("style", "") for element in elements}
    styles = {style: _compact(style, colours) for style in told}
    for element in elements:
        if style := styles.get(element.attrib.pop("style", "")):
            element.set("class", classes.setdefault(style, f"c{len(classes)}"))
    rules = [f".{name}{{{style}}}" for style, name in classes.items()]
    everything = f"fill:var(--ink,#000);font-family:{FONT};stroke-linejoin:round"
    used = [name for name in colours if name == "ink" or f"(--{name})" in "".join(classes)]
    light, dark = ("".join(f"--{name}:{colours[name][side]};" for name in used) for side in (0, 1))
    return "".join([f"svg{{{light}{everything}}}svg:target{{{dark}}}", *rules])


def _compact(style: str, colours: Mapping[str, Colour]) -> str:
    style = re.sub(r"(?<=[:;]) ", "", style)
    style = re.sub(r"(^|;)font-family:'DejaVu Sans'[^;]*", "", style).removeprefix(";")
    for name, (light, _) in colours.items():
        style = re.sub(f"{light.lower()}(?![0-9a-f])", f"var(--{name})", style)
    return style
