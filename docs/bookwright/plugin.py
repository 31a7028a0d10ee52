"""What is done at which of MkDocs' events."""

from fnmatch import fnmatch
from typing import Any, Literal, cast

from jinja2 import Environment
from markdown_exec import formatters
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext as Context
from mkdocstrings import MkdocstringsPlugin

from bookwright import borrowed
from bookwright.arrivals import Arrivals
from bookwright.blocks.execution import Workers
from bookwright.build import Build
from bookwright.rendering import styles
from bookwright.rendering.policy import with_policy
from bookwright.settings import Settings

from .pages.options import PYTHON

LOOK = 0.1  # seconds between two looks at the files that are served


class Book:
    """A book as MkDocs builds it: the methods are what a hook of MkDocs has for functions."""

    def __init__(self, settings: Settings) -> None:
        """Keep what differs from book to book."""
        self._settings = settings
        self._workers = Workers()
        self._arrivals = Arrivals()
        self._server: LiveReloadServer | None = None
        self._is_late = False
        self._content: str | None = None
        self.build: Build

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], **_: Any) -> None:  # noqa: ANN401  # MkDocs'
        """Remember whether somebody is looking at the pages while they change."""
        if command == "serve":
            self._arrivals = Arrivals(self._rebuild)

    def on_config(self, config: MkDocsConfig) -> None:
        """Begin a build."""
        self.build = Build(
            self._settings,
            config,
            workers=self._workers,
            arrivals=self._arrivals,
        )
        for language in PYTHON:
            formatters[language] = self.build.show_block

    def on_files(self, files: Files, config: MkDocsConfig) -> None:
        """Set the blocks of all pages going, and add what can be downloaded."""
        if reference := config.plugins.get("mkdocstrings"):
            environment = cast("MkdocstringsPlugin", reference).get_handler("python").env
            environment.bytecode_cache = self.build.templates
        self.build.collect(files, config)

    def on_nav(self, nav: Navigation, **_: Any) -> None:  # noqa: ANN401  # MkDocs'
        """Number chapters and parts."""
        self.build.references.number(nav)

    def on_page_markdown(self, markdown: str, page: Page, files: Files, **_: Any) -> str:  # noqa: ANN401  # MkDocs'
        """Check a page's fences, mark them with their place, and fill those that are made."""
        return self.build.open_page(markdown, page, files)

    def on_page_content(self, html: str, page: Page, **_: Any) -> str:  # noqa: ANN401  # MkDocs'
        """Take leave of a page's blocks, and take note of its formulas."""
        return self.build.close_page(page.file.src_uri, html)

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> None:
        """Write what waits for results; stop a build with problems, but show them served."""
        env.bytecode_cache = self.build.templates
        self.build.finish(config, files)
        if not self._arrivals.is_served:
            self.build.problems.stop_the_build()

    @event_priority(100)
    def _before_search(self, /, context: Context, page: Page, **_: Any) -> Context:  # noqa: ANN401  # MkDocs'
        """Show the search plugin what it shall look at."""
        self._content = page.content
        page.content = self.build.sought(page)
        uri, boosts = page.file.src_uri, self._settings.boosts
        boost = next((boosts[each] for each in boosts if fnmatch(uri, each)), None)
        if boost:
            page.meta.setdefault("search", {}).setdefault("boost", boost)
        return context

    @event_priority(-100)
    def _after_search(self, /, context: Context, page: Page, **_: Any) -> Context:  # noqa: ANN401  # MkDocs'
        """Show the template all of the page."""
        page.content = self._content
        context["config"] = styles.of_page(context["config"], page.content or "")
        return context

    def on_post_page(self, output: str, config: MkDocsConfig, **_: Any) -> str:  # noqa: ANN401  # MkDocs'
        """Say what a page may load and run."""
        is_site = config.use_directory_urls and not self._arrivals.is_served
        return with_policy(output) if is_site else output

    def on_post_template(
        self,
        output_content: str,
        template_name: str,
        config: MkDocsConfig,
    ) -> str:
        """Say what a page of the theme's own, such as that of a lost address, may load and run."""
        is_page = template_name.endswith(".html")
        return self.on_post_page(output_content, config) if is_page else output_content

    def on_serve(self, server: LiveReloadServer, **_: Any) -> None:  # noqa: ANN401  # MkDocs'
        """Let results that come late show."""
        self._server = server
        borrowed.look_often(server, LOOK)
        if self._is_late:
            self._rebuild()

    def _rebuild(self) -> None:
        """Have the site built again, as soon as there is a server that can do it."""
        self._is_late = True
        if self._server:
            borrowed.rebuild(self._server)

    def on_shutdown(self) -> None:
        """Stop the blocks that still run, if a build or a server comes to its end early."""
        self._workers.stop()

    on_page_context = CombinedEvent(_before_search, _after_search)
