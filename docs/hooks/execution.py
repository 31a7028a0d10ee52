"""Execute the Python of the pages, and show what it prints and draws."""

import logging
import os
import re
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from html import escape
from typing import Any, NamedTuple

import exercises
import sources
from cache import Cache, digest
from fences import Fence, find_fences
from isolation import Failure, Outcome, run_block, stop_all
from markdown import Markdown
from markdown_exec import MarkdownConverter, code_block
from problems import Problems

log = logging.getLogger("mkdocs.hooks.execution")

LANGUAGES = {"python", "pycon"}
OPTIONS = {"exec", "result", "alt", "limit", "title"} | exercises.OPTIONS | sources.OPTIONS
SECONDS = 60.0
MOST_SECONDS = 3600.0

# Starts the ids of a drawing that is kept; on a page, the line of the block takes its place.
FIGURE = "figure-9d41c0e7"

_PYTHON = re.compile(r"i?py(thon|con)?[\d.]*", re.IGNORECASE)
_STRAY = re.compile(r"(```|~~~)\s*\{?\s*\.?(?P<name>[\w.]+)")

_NO_ALT = 'the block draws a figure: describe it in alt="…".'
_NO_FIGURE = 'the block has alt="…" and draws no figure.'
_NOT_READ = "this is not read as a fence: it stands on lines of its own, indented by spaces."

_converted: dict[str, str] = {}


class _Block(NamedTuple):
    outcome: Outcome
    cached: bool


class Execution:
    """The blocks of one build.

    A block is complete: it runs in a process of its own, so blocks can run side by side, and
    what it prints follows from its code and the fingerprint alone. `start` sets all blocks of
    a page going, `prepare` marks them on the page, and `show` puts each in its place.
    """

    def __init__(self, cache: Cache, fingerprint: str, problems: Problems) -> None:
        """Start with no blocks."""
        self._cache = cache
        self._fingerprint = fingerprint
        self._problems = problems
        self._workers = ThreadPoolExecutor(max_workers=os.cpu_count())
        self._started: dict[tuple[str, float], Future[_Block]] = {}
        self._adopted: dict[str, _Block] = {}
        self._prepared: list[str] = []
        self._shown: dict[str, _Block] = {}

    def start(self, markdown: str) -> None:
        """Set the blocks of a page going, so that they are done when the page needs them."""
        for fence in find_fences(markdown):
            if fence.language in LANGUAGES and fence.options.get("exec") == "on" and fence.code:
                self._future(fence.language, fence.code, _seconds(fence.options.get("limit")))

    def prepare(self, uri: str, markdown: str, *, lines_before: int) -> str:
        """Check the Python fences of a page, and write into each where it stands.

        `lines_before` counts the lines of the page's file that its Markdown does not have.
        """
        lines = markdown.split("\n")
        fences = list(find_fences(markdown))
        for fence in fences:
            if not _is_python(fence.header):
                continue
            place = f"{uri}:{lines_before + fence.line}"
            mistakes = _mistakes(fence)
            for mistake in mistakes:
                self._problems.report(place, mistake)
            if mistakes:
                notice = fence.indent + _notice(place, " ".join(mistakes), fence.code)
                lines[fence.line - 1 : fence.end] = [notice, *[""] * (fence.end - fence.line)]
            elif fence.options["exec"] == "off":
                lines[fence.line - 1] = fence.opening(without={"exec"})
            else:
                lines[fence.line - 1] = fence.opening(at=place)
                self._prepared.append(place)
        for line in _strays(markdown, fences):
            self._problems.report(f"{uri}:{lines_before + line}", _NOT_READ)
        return "\n".join(lines)

    def adopt(self, place: str, outcome: Outcome, *, cached: bool) -> None:
        """Take over a block that ran elsewhere; it may need others, and so it is not to copy."""
        self._adopted[place] = _Block(outcome, cached)
        self._prepared.append(place)

    def show(
        self,
        *,
        language: str,
        code: str,
        md: Markdown,
        result: str,
        extra: dict[str, str],
        **_: Any,  # noqa: ANN401  # options of markdown-exec that `prepare` rejects
    ) -> str:
        """Return a block as HTML: its code, what it printed, and what it drew."""
        place, alt = extra.pop("at"), extra.pop("alt", "").strip()
        line = place.rpartition(":")[2]
        limit = _seconds(extra.pop("limit", None))
        block = self._adopted.get(place) or self._wait(self._future(language, code, limit))
        self._shown[place] = block
        text, figures, failure = block.outcome.text, block.outcome.figures, block.outcome.failure
        copy = " copy" if language == "python" and place not in self._adopted else ""
        html = f'<div class="listing{copy}">{_html(md, code_block(language, code, **extra))}</div>'
        if text and result == "markdown" and not failure:
            html += f'<div class="output">{_html(md, text)}</div>'
        elif text:
            escaped = escape(text).replace("\r", "&#13;")
            html += f'<pre class="output" tabindex="0"><code>{escaped}</code></pre>'
        if figures:
            label = escape(alt)
            drawings = "".join(figures).replace(FIGURE, f"figure-{line}")
            opening = f'<div class="figure" role="img" data-search-exclude aria-label="{label}">'
            html += f"{opening}{drawings}</div>"
        if failure is None and bool(figures) != bool(alt):
            failure = Failure(_NO_FIGURE if alt else _NO_ALT, None, "")
        if failure:
            html += self._report(place, code, failure)
        return f'<div class="block" id="block-{line}">{html}</div>'

    def close_page(self, uri: str, html: str) -> None:
        """Say what the blocks of a page took, and which of them its HTML does not have."""
        for place in self._prepared:
            page, _, line = place.rpartition(":")
            if page == uri and f'id="block-{line}"' not in html:
                self._problems.report(place, _NOT_READ)
        blocks = [block for place, block in self._shown.items() if place.startswith(f"{uri}:")]
        if blocks:
            log.info("%s: %s", uri, _account(blocks))

    def finish(self) -> None:
        """Say what all blocks took, and which took longest."""
        self._workers.shutdown()
        log.info("All pages: %s", _account(list(self._shown.values())))
        run = {place: block for place, block in self._shown.items() if not block.cached}
        slowest = sorted(run, key=lambda place: -run[place].outcome.seconds)[:3]
        for place in slowest:
            log.info("Slowest: %s, %.2f s", place, run[place].outcome.seconds)

    def _future(self, language: str, code: str, limit: float) -> Future[_Block]:
        key = digest(self._fingerprint, language, code)
        if (key, limit) not in self._started:
            future = self._workers.submit(self._block, key, language, code, limit)
            self._started[key, limit] = future
        return self._started[key, limit]

    def _wait(self, future: Future[_Block]) -> _Block:
        try:
            return future.result()
        except KeyboardInterrupt:
            self._workers.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise
        except Exception as error:  # noqa: BLE001  # whatever keeps a block from being run
            details = traceback.format_exc()
            failure = Failure(f"the block could not be run: {error!r}", None, details)
            return _Block(Outcome("", [], 0.0, failure), cached=False)

    def _block(self, key: str, language: str, code: str, limit: float) -> _Block:
        kept = self._cache.load(key)
        if kept is not None:
            text, figures, seconds = kept
            return _Block(Outcome(text, figures, seconds, None), cached=True)
        outcome = run_block(code, language=language, limit=limit, prefix=FIGURE)
        if outcome.failure is None:
            self._cache.store(key, outcome[:3])
        return _Block(outcome, cached=False)

    def _report(self, place: str, code: str, failure: Failure) -> str:
        """Report a failed block under the line that failed, and return it as HTML."""
        uri, _, opening = place.rpartition(":")
        if failure.line:
            place = f"{uri}:{int(opening) + failure.line}"
            line = code.split("\n")[failure.line - 1].strip()
            failure = failure._replace(summary=f"{failure.summary}, in `{line}`")
        self._problems.report(place, f"{failure.summary}\n{failure.traceback}".rstrip())
        return _notice(place, failure.summary, failure.traceback)


def _html(md: Markdown, text: str) -> str:
    """Return Markdown as HTML, converted once for all the builds of one process."""
    if text not in _converted:
        _converted[text] = str(MarkdownConverter(md).convert(text))
    return _converted[text]


def _notice(place: str, summary: str, details: str) -> str:
    """Return what the page shows where something is wrong; it fits on one line."""
    escaped = escape(details).replace("\n", "&#10;")
    return (
        f'<div class="admonition failure"><p class="admonition-title">{escape(place)}</p>'
        f"<p>{escape(summary)}</p>{f'<pre><code>{escaped}</code></pre>' if escaped else ''}</div>"
    )


def _mistakes(fence: Fence) -> list[str]:
    """Say what is wrong with the opening line of a Python fence."""
    options = fence.options
    checks = {
        f"{fence.language!r} opens Python code: write python, or pycon": (
            fence.language in LANGUAGES
        ),
        f'{fence.leftovers!r} is no option: write name="value"': not fence.leftovers,
        f"the options are {sorted(OPTIONS)}, not {sorted(options.keys() - OPTIONS)}": (
            options.keys() <= OPTIONS
        ),
        'say whether the code is executed: write exec="on", or exec="off"': (
            options.get("exec") in {"on", "off"}
        ),
        'the result is text, or Markdown where the fence says result="markdown"': (
            options.get("result", "markdown") == "markdown"
        ),
        "the title has no double quotes": '"' not in options.get("title", ""),
        "a session has lines that begin with >>>": (
            fence.language != "pycon" or options.get("exec") != "on" or ">>> " in fence.code
        ),
        f"the limit is a number of seconds, more than 0 and at most {MOST_SECONDS:g}": (
            _is_seconds(options.get("limit", "1"))
        ),
    }
    return [f"{mistake}." for mistake, passed in checks.items() if not passed]


def _strays(markdown: str, fences: list[Fence]) -> list[int]:
    """Return the lines that look like the opening of a Python fence and are not read as one."""
    read = {line for fence in fences for line in range(fence.line, fence.end + 1)}
    lines = enumerate(markdown.split("\n"), start=1)
    found = ((number, _STRAY.search(line)) for number, line in lines if number not in read)
    return [number for number, stray in found if stray and _is_python(stray["name"])]


def _is_python(header: str) -> bool:
    """Tell whether the header of a fence begins with some name of Python."""
    name = re.search(r"[\w.]+", header)
    return bool(name and _PYTHON.fullmatch(name[0].strip(".")))


def _is_seconds(text: str) -> bool:
    try:
        return 0 < float(text) <= MOST_SECONDS
    except ValueError:
        return False


def _seconds(text: str | None) -> float:
    return float(text) if text and _is_seconds(text) else SECONDS


def _account(blocks: list[_Block]) -> str:
    run = [block.outcome.seconds for block in blocks if not block.cached]
    return f"{len(run)} blocks run, {len(blocks) - len(run)} cached, {sum(run):.2f} s"
