"""What mkdocstrings registers of a page that it renders: its anchors, and names for other sites.

It keeps both for the whole site, and says of neither which page it came from. So it is noted
while a page is rendered, and registered again when the page is put back as it was.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

_ANCHORS, _NAMES = "anchors", "names"


@contextmanager
def noting(config: MkDocsConfig) -> Iterator[list[Any]]:
    """Note what is registered, each time with where, and what."""
    noted: list[Any] = []
    with ExitStack() as stack:
        for part, (owner, name) in _registers(config).items():
            stack.enter_context(_noting(noted, part, owner, name))
        yield noted


def again(noted: list[Any], page: Page, config: MkDocsConfig) -> None:
    """Register what was noted of a page."""
    registers = _registers(config)
    for part, arguments, options in noted:
        owner, name = registers[part]
        first = (page,) if part == _ANCHORS else ()
        getattr(owner, name)(*first, *arguments, **options)


def _registers(config: MkDocsConfig) -> dict[str, tuple[Any, str]]:
    """Return the methods that register something, with their owners."""
    plugins: Any = config.plugins
    found: dict[str, tuple[Any, str]] = {}
    if "autorefs" in plugins:
        found[_ANCHORS] = (plugins["autorefs"], "register_anchor")
    if "mkdocstrings" in plugins and plugins["mkdocstrings"].plugin_enabled:
        found[_NAMES] = (plugins["mkdocstrings"].handlers.inventory, "register")
    return found


@contextmanager
def _noting(noted: list[Any], part: str, owner: Any, name: str) -> Iterator[None]:  # noqa: ANN401
    method = getattr(owner, name)

    def note(*arguments: Any, **options: Any) -> None:  # noqa: ANN401
        noted.append((part, arguments[part == _ANCHORS :], options))  # the page comes first
        method(*arguments, **options)

    setattr(owner, name, note)
    try:
        yield
    finally:
        delattr(owner, name)
