"""Say which names in code font do not exist, and which links lead to others than they show.

Most names stand in the code of the book or in the source of its package, which costs little to
know. Of the others a process that imports the libraries says whether they exist.
"""

import ast
import builtins
import importlib
import json
import keyword
import os
import re
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bookwright.blocks.isolation import Sandbox
from bookwright.checks.code import ALIKE, CUT, DISTRIBUTION, names_of_command, names_of_python
from bookwright.pages.options import Options
from bookwright.pages.sources import package_folder
from bookwright.pages.zones import zones_of

ABBREVIATIONS = {"np": "numpy", "plt": "matplotlib.pyplot", "sp": "sympy"}

_OPTIONS = (field.name for field in fields(Options))
_ALWAYS = frozenset((*dir(builtins), *keyword.kwlist, *sys.stdlib_module_names, *_OPTIONS))
_WORD = re.compile(r"\w+")
_ORDINARY = re.compile("[A-Za-z][a-z]{3,}")
_FILE = re.compile(r"(?P<path>[\w./-]*\w(?P<suffix>\.[a-z]+))(?::\d+)?")
_LINK = re.compile(
    r"\[`(?P<name>[A-Za-z_][\w.]*)(?:\([^`\n]*\))?`\]"
    r"\((?:[^\s()#]*#(?P<anchor>\w+(?:\.\w+)+)|(?:[^\s()#]*/)?(?P<module>[a-z_]+)\.md)\)"
)


def project_files(root: Path) -> Iterator[str]:
    """Yield the paths of a project's files, save for those that are made, kept or installed."""
    for folder, folders, files in os.walk(root):
        apart = {"site", "node_modules", "__pycache__"}
        folders[:] = [
            each for each in folders if each == ".github" or (each[0] != "." and each not in apart)
        ]
        yield from ((Path(folder) / file).relative_to(root).as_posix() for file in files)


class Mention(NamedTuple):
    """A name or the path of a file in code font, and whether it is a word of the page's prose."""

    line: int
    name: str
    is_file: bool = False
    is_word: bool = False


class Unknown(NamedTuple):
    """A name that nothing known has: its line, and what to say if it cannot be imported."""

    line: int
    name: str
    message: str


class WrongLink(NamedTuple):
    """A link that shows one name and leads to another."""

    line: int
    message: str


@dataclass(frozen=True)
class Known:
    """What is known of names before anything is imported.

    Args:
        package: The package that the book is about.
        libraries: Modules that the book uses; what begins with one of them has to be imported.
        words: Names in the code of the book, in its settings, in the source of its package.
        files: Paths of the project's files.
    """

    package: str
    libraries: Collection[str]
    words: frozenset[str]
    files: Collection[str] = ()

    @classmethod
    def of_book(
        cls, package: str, libraries: Collection[str], words: Iterable[str], files: Collection[str]
    ) -> "Known":
        """Return what is known of a book: by the words of its package, its code, its settings."""
        return cls(package, libraries, _ALWAYS.union(words), files)

    def has(self, name: str, *, is_word: bool) -> bool:
        """Tell whether a name is known, or need not be one since it may be a word."""
        parts = name.split(".")
        if name.isupper() or _holds(self.words, name):  # a placeholder, or a variable of the shell
            return True
        if len(parts) > 1 and parts[0] in _roots((self.package, *self.libraries)):
            return False
        if self.words.issuperset(parts):
            return True
        if not _ORDINARY.fullmatch(name):
            return False
        return is_word or not get_close_matches(name, self.words, n=1, cutoff=ALIKE)

    def has_file(self, path: str) -> bool:
        """Tell whether a file is in the project, or is one that the code of the book makes."""
        if any(f"/{file}".endswith(f"/{path}") for file in self.files):
            return True
        stem, suffix = PurePosixPath(path).stem, PurePosixPath(path).suffix
        files = [PurePosixPath(file) for file in self.files]
        if any(file.stem == stem for file in files) or suffix not in {f.suffix for f in files}:
            return False
        return self.words.issuperset(_WORD.findall(stem))


def words_of(code: str) -> set[str]:
    """Return the words of some code, each of which may be a name."""
    return {*_WORD.findall(code)}


def mentions(text: str, suffixes: Collection[str]) -> Iterator[Mention]:
    """Yield the names in code font on a page, and the files, which have one of some suffixes.

    Anything that is neither Python nor a command is passed over.
    """
    zones = zones_of(text)
    prose = words_of(zones.words)
    for line, content in zones.code:
        command = names_of_command(content)
        words = [word for word in content.split() if word not in command]
        found = [each for word in words if (each := _FILE.fullmatch(word))]
        paths = [
            each["path"]
            for each in found
            if command or each["suffix"] in suffixes or "/" in each[0]
        ]
        for path in paths:
            yield Mention(line, path, is_file=True)
        for name in command or ([] if paths else names_of_python(content)):
            yield Mention(line, name, is_word=name in prose)


def unknown_names(mentioned: Iterable[Mention], known: Known) -> Iterator[Unknown]:
    """Yield the names that are not known; ask of each whether it `exists`.

    A word that might be one of English is passed over, unless it is nearly a name.
    """
    for line, name, is_file, is_word in mentioned:
        if is_file:
            if not known.has_file(name):
                yield Unknown(line, name, f"{name} is no file of the project: mend its name.")
        elif not known.has(name, is_word=is_word):
            yield Unknown(line, name, _message(name, known.package))


def exists(name: str, libraries: Collection[str]) -> bool:
    """Tell whether a name can be imported, or a library has it somewhere; imports them all."""
    root, *attributes = name.split(".")
    if DISTRIBUTION.fullmatch(name):
        return _is_installed(name)
    if _leads_somewhere(ABBREVIATIONS.get(root, root), attributes):
        return True
    names = _of_libraries(tuple(libraries))
    in_libraries = names.issuperset({root, *attributes}) or _holds(names, name)
    return in_libraries and not (attributes and root in _roots(libraries))


def missing(names: Iterable[str], libraries: Iterable[str], sandbox: Sandbox) -> set[str]:
    """Return those names that do not exist, as a process says that imports what it has to."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder, "missing.json")
        sandbox.call(_note_missing, (file, [*names], [*libraries]))
        return {*json.loads(file.read_text(encoding="utf-8"))}


def _note_missing(asked: tuple[Path, list[str], list[str]]) -> None:
    file, names, libraries = asked
    warnings.simplefilter("ignore")
    with redirect_stdout(sys.stderr):
        found = [name for name in names if not exists(name, libraries)]
    file.write_text(json.dumps(found), encoding="utf-8")


def wrong_links(text: str, *, package: str) -> Iterator[WrongLink]:
    """Yield the links whose text is a name in code font and which lead to another name.

    The page of a module of the package is named after it.
    """
    page = zones_of(text).text
    for link in _LINK.finditer(page):
        name, target = link["name"], link["anchor"] or link["module"]
        if link["module"] and not name.startswith(f"{package}."):
            continue
        shown = name if link["anchor"] else name.rpartition(".")[2]
        if not f".{target}".endswith(f".{shown}"):
            line = page.count("\n", 0, link.start()) + 1
            yield WrongLink(line, f"the link shows {name} and leads to {target}: mend one of them.")


def _message(name: str, package: str) -> str:
    return (
        f"{name} is no name of {package}, of the book's code, or of a library: "
        "mend it, or take it out of code font."
    )


def _holds(names: Iterable[str], name: str) -> bool:
    """Tell whether one of some names begins and ends as a name does of which a part is cut."""
    start, cut, end = name.partition(CUT)
    return bool(cut) and any(each.startswith(start) and each.endswith(end) for each in names)


def _roots(modules: Iterable[str]) -> set[str]:
    return {*ABBREVIATIONS, *(module.partition(".")[0] for module in modules)}


# Names that are there


def words_of_package(package: str) -> set[str]:
    """Return all names in the source of a package, without importing it."""
    folder = package_folder(package)
    found = {package}
    for file in folder.rglob("*.py"):
        found.update(file.relative_to(folder).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_bytes())):
            for field in ("id", "attr", "arg", "name", "asname"):
                if isinstance(name := getattr(node, field, None), str):
                    found.update(name.split("."))
    return found


@cache
def _of_libraries(libraries: tuple[str, ...]) -> frozenset[str]:
    """Import libraries, and return the names of all that this loads and of its members."""
    for library in libraries:
        importlib.import_module(library)
    roots, found = _roots(libraries), {*_ALWAYS}
    for path, module in [*sys.modules.items()]:
        if path.partition(".")[0] in roots and module:
            found.update(path.split("."), vars(module))
            for each in [*vars(module).values()]:
                if issubclass(type(each), type):
                    found.update(dir(each))
    return frozenset(found)


def _leads_somewhere(module: str, attributes: list[str]) -> bool:
    """Tell whether there is a module, and attributes or modules lead on from it."""
    if not attributes:
        return find_spec(module) is not None or _is_installed(module)
    try:
        found = importlib.import_module(module)
        for position, attribute in enumerate(attributes, start=1):
            if not hasattr(found, attribute):
                importlib.import_module(".".join([module, *attributes[:position]]))
            found = getattr(found, attribute)
    except (ImportError, AttributeError):
        return False
    return True


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True
