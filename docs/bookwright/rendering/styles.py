"""The theme's style sheets, without what the book has not asked for."""

import re
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from fnmatch import fnmatch
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from bookwright import keys
from bookwright.cache import Cache

_SHEETS, _SCRIPTS = "assets/stylesheets/*.css", "assets/javascripts/bundle.*.js"
_SIGNATURES = "assets/_mkdocstrings.css"
_PARTS = {  # beginnings of classes, by what a book asks for to have them
    "alternate": ("md-select",),
    "analytics": ("md-feedback",),
    "consent": ("md-consent",),
    "footnotes": ("footnote",),
    "material/blog": ("md-author", "md-content--post", "md-meta", "md-pagination", "md-post"),
    "material/tags": ("md-tag",),
    "navigation.instant.progress": ("md-progress",),
    "navigation.path": ("md-path",),
    "navigation.tabs": ("md-header--lifted", "md-nav--lifted", "md-tabs"),
    "pymdownx.critic": ("critic",),
    "pymdownx.emoji": ("emojione", "gemoji", "twemoji"),
    "pymdownx.keys": ("keys",),
    "pymdownx.tabbed": ("tabbed-",),
    "pymdownx.tasklist": ("task-list",),
    "repo_url": ("md-header__source", "md-nav__source", "md-source__"),
    "search.suggest": ("md-search__suggest",),
    "social": ("md-social",),
    "toc.integrate": ("md-nav--integrated",),
    "version": ("md-version",),
}
_RULE = re.compile(r"([^{};]*)\{([^{}]*)\}")
_BETWEEN_SELECTORS = re.compile(r",(?![^()]*\))")
_IN_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_COLOUR = re.compile(r"\[data-md-color-(?:primary|accent)=([\w-]+)\]")
_VARIABLE = re.compile(r'(--[\w-]+):(?:"(?:\\.|[^"\\])*"|[^;}"])*(?:;|(?=\}))')
_EMPTY = re.compile(r"[^{};]*\{\}")


def lighten(config: MkDocsConfig, files: Files, cache: Cache) -> None:
    """Leave out of the theme's style sheets what no page of the book can need."""
    sheets = [file for file in files if fnmatch(file.src_uri, _SHEETS)]
    others = [file for file in files if file.src_uri.endswith(".css") and file not in sheets]
    scripts = [file for file in files if fnmatch(file.src_uri, _SCRIPTS)]
    texts, around = (
        [file.content_string for file in group] for group in (sheets, [*others, *scripts])
    )
    asked, colours = {*_asked(config)}, {*_colours(config)}
    own, settings = Path(__file__).read_bytes(), repr((sorted(asked), sorted(colours)))
    key = keys.digest(own, settings, *texts, "", *around)
    light = cache.load(key)
    if light is None:
        parts = [part for name, parts in _PARTS.items() if name not in asked for part in parts]
        light = needed(texts, around, unasked=parts, colours=colours)
        cache.store(key, light)
    for sheet, text in zip(sheets, light, strict=True):
        sheet.content_string = text


def of_page(config: MkDocsConfig, html: str) -> MkDocsConfig:
    """Return the settings for a page: without mkdocstrings' styles, if it documents nothing."""
    settings = copy(config)
    if 'class="doc ' not in html:
        settings.extra_css = [each for each in config.extra_css if str(each) != _SIGNATURES]
    return settings


def needed(
    sheets: Iterable[str],
    around: Iterable[str],
    *,
    unasked: Collection[str],
    colours: Collection[str],
) -> list[str]:
    """Return style sheets without rules and variables that nothing needs.

    Args:
        sheets: The style sheets, without nested rules but those of media.
        around: Other style sheets, and the scripts, which may use their variables.
        unasked: The beginnings of classes that no element has.
        colours: The colours of the theme that a page can have.
    """
    classes = re.compile(rf"\.(?:{'|'.join(map(re.escape, unasked))})" if unasked else r"(?!)")

    def is_needed(selector: str) -> bool:
        asked = {*_COLOUR.findall(selector)} <= {*colours}
        return asked and not classes.search(_IN_BRACKETS.sub("", selector))

    def rule(found: re.Match[str]) -> str:
        kept = [each for each in _BETWEEN_SELECTORS.split(found[1]) if is_needed(each)]
        return f"{','.join(kept)}{{{found[2]}}}" if kept else ""

    ruled = [_EMPTY.sub("", _RULE.sub(rule, sheet)) for sheet in sheets]
    used = {*re.findall(r"(?<!\{)(?<!;)--[\w-]+", "".join([*ruled, *around]))}
    return [
        _EMPTY.sub("", _VARIABLE.sub(lambda each: each[0] if each[1] in used else "", sheet))
        for sheet in ruled
    ]


def _asked(config: MkDocsConfig) -> Iterator[str]:
    """Yield what the settings of a site ask the theme for."""
    yield from (name for name in config.markdown_extensions if isinstance(name, str))
    yield from config.plugins
    yield from config.theme.get("features") or ()
    yield from (name for name, value in config.extra.items() if value)
    if config.repo_url:
        yield "repo_url"


def _colours(config: MkDocsConfig) -> Iterator[str]:
    palette = config.theme.get("palette") or {}
    for scheme in [palette] if isinstance(palette, dict) else palette:
        yield from (
            str(scheme.get(use, "indigo")).replace(" ", "-") for use in ("primary", "accent")
        )
