"""Show a page whose blocks still run: its heading, and how far they are."""

import re
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as RenderedPage

from bookwright.pages import marks
from bookwright.pages.page import Page
from bookwright.settings import Words

_HEADING = re.compile(r"^# .*", re.MULTILINE)


def put_off(rendered: RenderedPage, page: Page, runs: Sequence[Future[Any]], words: Words) -> str:
    """Return Markdown that stands for a page, and do without what the page would be asked for."""
    rendered.meta.update(
        {name: _blank(each) for name, each in rendered.meta.items() if isinstance(each, str)}
    )
    render = rendered.render

    def render_without_anchors(config: MkDocsConfig, files: Files) -> None:
        render(config, files)
        rendered.present_anchor_ids = None  # a link to one of them is taken to be right

    rendered.render = render_without_anchors  # type: ignore[method-assign]
    heading = _HEADING.search(page.text)
    done = sum(future.done() for future in runs)
    progress = words.progress.format(done=done, blocks=len(runs))
    notice = f'<p class="admonition-title">{words.running}</p><p>{progress}</p>'
    title = _blank(heading[0]) if heading else ""
    return f'{title}\n\n<div class="admonition note">{notice}</div>\n'


def _blank(text: str) -> str:
    return marks.bare(marks.fill(text, lambda _: "…"))
