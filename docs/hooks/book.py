"""What the build adds to MkDocs, event by event. Each concern is a module beside this one."""

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from cache import Cache, fingerprint
from execution import Execution
from isolation import PRELOADED
from jinja2 import Environment
from markdown_exec import formatters
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from problems import Problems

HOOKS = Path(__file__).parent


class _Build:
    """What lives as long as one build."""

    def __init__(self, root: Path) -> None:
        self.problems = Problems()
        self.cache = Cache(root / ".cache")
        self.execution = Execution(self.cache, _fingerprint(), self.problems)


_serving = False
_build: _Build


def _fingerprint() -> str:
    """Return a key of all that a block's result depends on besides its code."""
    package = find_spec("gdbook")
    folders = [HOOKS, *map(Path, package.submodule_search_locations or [])] if package else [HOOKS]
    sources = [source for folder in folders for source in folder.glob("*.py")]
    style = HOOKS.parent / "theme" / "figures.mplstyle"
    return fingerprint(files=[*sources, style], packages=["numpy", "matplotlib", "sympy", "torch"])


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether somebody is looking at the pages while they change."""
    global _serving  # noqa: PLW0603  # MkDocs tells it once, before there is a build
    _serving = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Begin a build."""
    global _build  # noqa: PLW0603  # a hook is a module, and so is its state
    _build = _Build(Path(config.config_file_path).parent)
    for language in ("python", "pycon"):
        formatters[language] = partial(_build.execution.show, language=language)


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Set the blocks of all pages going."""
    for file in files.documentation_pages():
        _build.execution.start(file.content_string)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Check a page's fences and mark them with their place."""
    before = page.file.content_string.count("\n") - markdown.count("\n")
    return _build.execution.prepare(page.file.src_uri, markdown, lines_before=before)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Take leave of a page's blocks."""
    _build.execution.close_page(page.file.src_uri)


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Stop a build that found problems before it writes anything; show them when serving."""
    _build.execution.finish()
    if not _serving:
        _build.problems.stop_the_build()
