"""The keys of all that is kept: each differs wherever what it stands for can differ."""

import json
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

from mkdocs.utils.yaml import yaml_load

from bookwright.cache import checksum


def digest(*parts: str | bytes) -> str:
    """Return a key that differs wherever one of the parts differs."""
    texts = [part if isinstance(part, str) else [checksum(part)] for part in parts]
    return checksum(json.dumps(texts).encode())


def fingerprint(*, paths: Iterable[Path], settings: Iterable[object]) -> str:
    """Return a key of what results depend on besides their own source.

    That is files, and every file below folders, whatever it holds; Python, the machine and all
    that is installed; and settings, by how they are written.
    """
    contents = (content for path in paths for content in _contents(path))
    machine = (sys.version, platform.machine())
    return digest(*machine, *_installed(), *map(repr, settings), *contents)


def contents(path: Path) -> str:
    """Return the key of a file, or of every file below a folder."""
    return digest(*_contents(path))


def block(fingerprint: str, code: str, *, is_session: bool, asked: object = ()) -> str:
    """Return the key of the result of a block, and of what is asked of it."""
    return digest(fingerprint, "session" if is_session else "program", code, repr(asked))


def configuration(file: Path) -> str:
    """Return the key of a site's settings, with the environment variables that they name."""
    with file.open("rb") as settings:
        values = yaml_load(settings)
    return digest(json.dumps(values, default=_named))


def page(common: str, uri: str, content: str) -> str:
    """Return the key of a page as it was rendered."""
    return digest(common, "page", uri, content)


def files(paths: Iterable[str]) -> dict[str, str]:
    """Return the checksum of each file, and nothing for what is no file."""
    return {path: checksum(file.read_bytes()) for path in paths if (file := Path(path)).is_file()}


def name(fingerprint: str, name: str) -> str:
    """Return the key of whether a name exists."""
    return digest(fingerprint, "name", name)


def formula(version: str, kind: str, tex: str) -> str:
    """Return the key of a formula's MathML."""
    return digest("mathml", version, kind, tex)


def _named(value: object) -> str:
    """Return a text for what JSON has none for: the name of a function, or the value of a date."""
    return str(getattr(value, "__qualname__", repr(value)))


def _contents(path: Path) -> Iterable[bytes | str]:
    for file in [path, *sorted(path.rglob("*"))]:
        if file.is_file() and "__pycache__" not in file.parts:
            yield file.relative_to(path.parent).as_posix()
            yield file.read_bytes()


def _installed() -> list[str]:
    """Return keys of all that is installed: names, versions, and the files that are listed.

    The names of these folders have the versions, and reading all metadata takes ten times as long.
    """
    found = (each for folder in sys.path for each in Path(folder).glob("*.*-info"))
    return sorted(digest(each.name, _record(each)) for each in found)


def _record(distribution: Path) -> bytes:
    record = distribution / "RECORD"
    return record.read_bytes() if record.is_file() else b""
