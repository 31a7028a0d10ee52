"""Carry the package itself: its wheel, the versions to install with it, and the line that does."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bookwright import keys
from bookwright.cache import Cache
from bookwright.settings import Installation

PROJECT = ("pyproject.toml", "README.md", "LICENSE")  # of what a wheel is made, with the package

_EMPTY = re.compile(r'<div class="install">\s*</div>')


class Carried(NamedTuple):
    """What lies at the root of a site so that readers can install the package.

    Its `files` are the wheel and the constraints, by their names; the `lines` install the package
    from the folder of these files, and from an address.
    """

    files: dict[str, bytes]
    here: str
    from_address: str

    def line(self, address: str) -> str:
        """Return the line that installs the package from an address, or from a folder if none."""
        return self.from_address.format(address=address) if address else self.here


def carried(root: Path, package: str, installation: Installation, cache: Cache) -> Carried:
    """Return the wheel of a project, the constraints, and how to install from them."""
    made_of = [root / name for name in (*PROJECT, package) if (root / name).exists()]
    key = keys.digest("wheel", *map(keys.contents, made_of))
    kept = cache.load(key)
    if kept is None:
        name, content = _built(root)
        kept = [name, base64.b85encode(content).decode()]
        cache.store(key, kept)
    wheel, constraints = kept[0], installation.constraints
    extras, others = ",".join(installation.extras), " ".join(installation.others)
    files = {wheel: base64.b85decode(kept[1]), constraints: (root / constraints).read_bytes()}
    here = f'pip install -c {constraints} "./{wheel}[{extras}]" {others}'
    there = f'pip install -c {{address}}{constraints} "{package}[{extras}] @ {{address}}{wheel}"'
    return Carried(files, here.strip(), f"{there} {others}".strip())


def _built(root: Path) -> tuple[str, bytes]:
    with TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603  # the command is fixed
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
            cwd=root,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"},  # the same bytes at any time
            stdout=subprocess.DEVNULL,
            check=True,
        )
        (wheel,) = Path(folder).iterdir()
        return wheel.name, wheel.read_bytes()


def with_line(html: str, carried: Carried, address: str, url_of: Callable[[str], str]) -> str:
    """Return a page with the line that installs the package in its place, and with the files."""
    line = escape(carried.line(address), quote=False)
    code = f'<div class="highlight"><pre><code>{line}</code></pre></div>'
    links = " · ".join(f'<a download href="{url_of(name)}">{name}</a>' for name in carried.files)
    install = f'<div class="listing copy" id="install">{code}</div><p>{links}</p>'
    return _EMPTY.sub(lambda _: install, html)
