"""What the build adds to MkDocs, event by event. Each concern is a module beside this one."""

from functools import partial
from pathlib import Path
from typing import Literal, cast

import downloads
import exercises
import sources
from cache import Cache, fingerprint
from execution import Execution
from isolation import LIBRARIES
from jinja2 import Environment, FileSystemBytecodeCache
from labs import Labs, is_lab
from markdown_exec import formatters
from mathml import Mathematics
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocstrings import MkdocstringsPlugin
from problems import Problems

HOOKS = Path(__file__).parent


class _Build:
    """What lives as long as one build."""

    def __init__(self, root: Path) -> None:
        self.problems = Problems()
        self.cache = Cache(root / ".cache")
        key = _fingerprint()
        self.execution = Execution(self.cache, key, self.problems)
        self.labs = Labs(root, key, self.execution, self.problems)
        self.mathematics = Mathematics(self.cache, self.problems)
        templates = root / ".cache" / "templates"
        templates.mkdir(parents=True, exist_ok=True)
        self.templates = FileSystemBytecodeCache(str(templates))


_serving = False
_build: _Build


def _fingerprint() -> str:
    """Return a key of all that a block's result depends on besides its code."""
    runner = [HOOKS / name for name in ("runner.py", "svg_backend.py", "figures.mplstyle")]
    package = sources.package_folder().rglob("*.py")
    return fingerprint(files=[*runner, *package], packages=LIBRARIES)


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether somebody is looking at the pages while they change."""
    global _serving  # noqa: PLW0603  # MkDocs tells it once, before there is a build
    _serving = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Begin a build."""
    global _build  # noqa: PLW0603  # a hook is a module, and so is its state
    _build = _Build(Path(config.config_file_path).parent)
    _build.labs.configure(config)
    for language in ("python", "pycon"):
        show = partial(_build.execution.show, language=language)
        formatters[language] = show  # type: ignore[assignment]  # any callable will do


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Set the blocks of all pages going, and add what can be downloaded."""
    if reference := config.plugins.get("mkdocstrings"):
        environment = cast("MkdocstringsPlugin", reference).get_handler("python").env
        environment.bytecode_cache = _build.templates
    for file in list(files.documentation_pages()):
        markdown = file.content_string
        _build.execution.start(markdown)
        for name, code in exercises.stubs(markdown).items():
            uri = exercises.stub_uri(file.src_uri, name)
            files.append(File.generated(config, uri, content=f"{code}\n"))
    for file in files.documentation_pages():
        for uri, content in downloads.make(file, files, config).items():
            files.append(File.generated(config, uri, content=content))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Check a page's fences, mark them with their place, and fill those that are made."""
    before = page.file.content_string.count("\n") - markdown.count("\n")
    uri = page.file.src_uri
    if is_lab(page):
        lab = _build.labs.prepare(page, markdown, lines_before=before, config=config, files=files)
        return downloads.offer(uri, lab)
    for line, mistake in (*exercises.mistakes(markdown), *sources.mistakes(markdown)):
        _build.problems.report(f"{uri}:{before + line}", mistake)
    markdown = _build.execution.prepare(uri, markdown, lines_before=before)
    return downloads.offer(uri, sources.fill(exercises.fill(markdown)))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Take leave of a page's blocks, and take note of its formulas."""
    _build.execution.close_page(page.file.src_uri, html)
    _build.mathematics.collect(page.file.src_uri, html)


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Convert all formulas; stop a build with problems before it writes, but show them served."""
    env.bytecode_cache = _build.templates
    _build.execution.finish()
    _build.mathematics.convert()
    if not _serving:
        _build.problems.stop_the_build()


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put the formulas in their places, now that the search index has taken its text."""
    return _build.mathematics.insert(output)
