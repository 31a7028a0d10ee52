"""Keep results on disk by the content that they follow from."""

import hashlib
import json
import logging
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

log = logging.getLogger("mkdocs.bookwright")

DAYS = 30

_VALUE = re.compile(r"[0-9a-f]{64}|draft-\w+")  # nothing else in the folder is ours


def checksum(content: bytes) -> str:
    """Return a key that differs wherever the content differs."""
    return hashlib.sha256(content).hexdigest()


class Cache:
    """A folder of JSON values, one file for each key, each with its own checksum.

    A file appears under its name only when it is complete, so builds can share the folder.
    Whatever cannot be read back in full counts as absent. A folder that cannot be written to is
    read from, and the build goes on.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which need not exist."""
        self.folder = folder
        self._is_writable = True

    @property
    def is_writable(self) -> bool:
        """Whether values are kept; said once in the log if they are not."""
        if self._is_writable:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                tempfile.TemporaryFile(dir=self.folder).close()
            except OSError as error:
                self._give_up(error)
        return self._is_writable

    def load(self, key: str) -> Any:  # noqa: ANN401  # any JSON value
        """Return the value that was stored under a key, or None."""
        file = self.folder / key
        try:
            first, _, content = file.read_bytes().partition(b"\n")
        except OSError:
            return None
        if first.decode(errors="replace") != checksum(content):
            return None
        with suppress(OSError):
            os.utime(file)
        return json.loads(content)

    def store(self, key: str, value: Any) -> None:  # noqa: ANN401  # any JSON value
        """Keep a JSON value under a key, if that can be done."""
        if not self._is_writable:
            return
        content = json.dumps(value).encode()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, draft = tempfile.mkstemp(dir=self.folder, prefix="draft-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"{checksum(content)}\n".encode() + content)
            Path(draft).replace(self.folder / key)
        except OSError as error:
            self._give_up(error)

    def prune(self, days: float = DAYS) -> None:
        """Delete the values that nobody has asked for in so many days."""
        oldest = time.time() - days * 86400
        for kept in (file for file in self.folder.glob("*") if _VALUE.fullmatch(file.name)):
            with suppress(OSError):
                if kept.stat().st_mtime < oldest:
                    kept.unlink()

    def _give_up(self, error: OSError) -> None:
        self._is_writable = False
        reason = error.strerror or error
        log.info("Results are not kept: the folder of the cache cannot be written to (%s)", reason)
