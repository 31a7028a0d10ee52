"""Keep results on disk by the content that they follow from."""

import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any


def digest(*parts: str) -> str:
    """Return a key that differs wherever one of the parts differs."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def fingerprint(*, files: Iterable[Path], packages: Iterable[str]) -> str:
    """Return a key of what results depend on besides their own source.

    That is the content of files, the versions of installed packages, and Python itself.
    """
    contents = (digest(file.name, file.read_text(encoding="utf-8")) for file in sorted(files))
    return digest(sys.version, platform.machine(), *map(_version, packages), *contents)


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} is not installed"


@dataclass(frozen=True)
class Cache:
    """A folder of JSON values, one file for each key, each with its own checksum.

    A file appears under its name only when it is complete, so builds can share the folder.
    Whatever cannot be read back in full counts as absent.
    """

    folder: Path

    def load(self, key: str) -> Any:  # noqa: ANN401  # any JSON value
        """Return the value that was stored under a key, or None."""
        try:
            checksum, _, content = (self.folder / key).read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return json.loads(content) if checksum == digest(content) else None

    def store(self, key: str, value: Any) -> None:  # noqa: ANN401  # any JSON value
        """Keep a JSON value under a key."""
        content = json.dumps(value)
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=self.folder, prefix="draft-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{digest(content)}\n{content}")
        Path(draft).replace(self.folder / key)
