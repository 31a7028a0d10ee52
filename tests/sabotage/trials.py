"""Try changes on a copy of the project, and see who names them."""

import logging
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

from tests.sabotage.changes import BY_NAME, CHANGED, Change
from tests.sabotage.code import definition_at
from tests.sabotage.texts import Text

log = logging.getLogger("sabotage")

Verdict = Literal["line", "elsewhere", "survived"]

_LEFT_OUT = shutil.ignore_patterns(".?*", "__pycache__", "*.egg-info", "site", "build", "dist")
_BUILD = re.compile(r"^(?:WARNING|ERROR|CRITICAL): (?P<text>.*)", re.MULTILINE)
_TESTS = re.compile(
    r"^(?P<text>(?:FAILED|ERROR) .*|\S+\.(?:py|md|csv):\d+: \w+.*|E .*\.(?:py|md|csv):\d+.*)",
    re.MULTILINE,
)
_PLACE = re.compile(r"(?P<path>[\w./-]+\.(?:md|py|csv))(?::(?P<line>\d+))?")


class Problem(NamedTuple):
    """What a build or a test says: about which file and line, and in which words."""

    path: str
    line: int | None
    text: str


class Trial(NamedTuple):
    """A change, whether it was named, and how."""

    change: Change
    verdict: Verdict
    message: str = ""


class Copy:
    """A copy of the project, to be changed."""

    def __init__(self, root: Path, folder: Path, *, is_clean: bool = False) -> None:
        """Copy a project into a folder, which must not exist; results of blocks are shared.

        If the project is not known to be clean, what is wrong with it anyway is found out first.
        """
        shutil.copytree(root, folder, ignore=_LEFT_OUT)
        self._folder = folder
        self._is_clean = is_clean
        self._environment = {
            **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
            "BOOKWRIGHT_CACHE": os.environ.get("BOOKWRIGHT_CACHE") or str(root / ".cache"),
            "NO_MKDOCS_2_WARNING": "1",
            "PYTHONDONTWRITEBYTECODE": "1",  # files change within a second, and keep their size
        }
        self._known: dict[tuple[str, ...], set[str]] = {}
        self._texts: dict[str, Text] = {}

    def text(self, path: str) -> Text:
        """Return a file as it is without changes."""
        if path not in self._texts:
            content = (self._folder / path).read_text(encoding="utf-8")
            self._texts[path] = Text(path, content)
        return self._texts[path]

    def problems(self, tests: tuple[str, ...], changes: Sequence[Change]) -> list[Problem]:
        """Return what the build or some tests say of changes, and do not say without them."""
        paths = sorted({change.path for change in changes})
        asked = tuple(each for test in tests for each in (paths if test == CHANGED else [test]))
        if not self._is_clean and asked not in self._known:
            self._known[asked] = {problem.text for problem in self._said(asked)}
        kept = {change.path: self.text(change.path).content for change in changes}
        try:
            for change in sorted(changes, key=lambda change: -change.number):
                file = self._folder / change.path
                changed = change.applied(file.read_text(encoding="utf-8"))
                file.write_text(changed, encoding="utf-8")
            found = self._said(asked)
        finally:
            for path, content in kept.items():
                (self._folder / path).write_text(content, encoding="utf-8")
        return [each for each in found if each.text not in self._known.get(asked, ())]

    def _said(self, tests: tuple[str, ...]) -> list[Problem]:
        begun = time.perf_counter()
        pytest = ("-m", "pytest", *tests, "-q", "--tb=short", "-p", "no:cacheprovider")
        build = ("-m", "tests.sabotage.build", str(self._folder / "site"))
        result = subprocess.run(
            [sys.executable, *(pytest if tests else build)],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        output = result.stdout.replace(f"{self._folder}{os.sep}", "")
        found = [*read(output, _TESTS if tests else _BUILD)]
        if not found and result.returncode not in {0, 5}:  # 5: there is no such test
            found = [Problem("", None, output.strip().split("\n")[-1])]
        log.info("%s: %d s", " ".join(tests) or "build", time.perf_counter() - begun)
        return found


def read(output: str, pattern: re.Pattern[str]) -> Iterator[Problem]:
    """Yield what is wrong, as a build or pytest prints it."""
    for match in pattern.finditer(output):
        place = _PLACE.search(match["text"])
        line = int(place["line"]) if place and place["line"] else None
        yield Problem(place["path"] if place else "", line, match["text"])


def try_all(copy: Copy, changes: Iterable[Change]) -> Iterator[Trial]:
    """Try changes, as many at once as cannot hide each other."""

    def tests(change: Change) -> tuple[str, ...]:
        return BY_NAME[change.kind].tests

    for asked, group in groupby(sorted(changes, key=tests), tests):
        rounds = _rounds(copy, group)
        for number, together in enumerate(rounds, 1):
            log.info("round %d of %d: %d changes", number, len(rounds), len(together))
            yield from _try(copy, asked, together)


def _rounds(copy: Copy, changes: Iterable[Change]) -> list[list[Change]]:
    """Divide changes into rounds: in each of them one change to a page, or to a function."""
    seen: Counter[tuple[str, str]] = Counter()
    rounds = defaultdict(list)
    for change in changes:
        unit = (change.path, _subject(copy, change))
        rounds[seen[unit]].append(change)
        seen[unit] += 1
    return [*rounds.values()]


def _try(copy: Copy, tests: tuple[str, ...], changes: list[Change]) -> list[Trial]:
    """Try changes together; where it is doubtful which of them was named, try fewer."""
    problems = copy.problems(tests, changes)
    trials = [_judged(copy, change, problems) for change in changes]
    survivors = [trial.change for trial in trials if trial.verdict == "survived"]
    strays = [p for p in problems if not any(_concerns(copy, p, change) for change in changes)]
    if not strays or not survivors:
        return trials
    if len(changes) == 1:
        return [Trial(changes[0], "elsewhere", strays[0].text)]
    settled = [trial for trial in trials if trial.verdict != "survived"]
    middle = (len(survivors) + 1) // 2
    halves = [half for half in (survivors[:middle], survivors[middle:]) if half]
    return [*settled, *(trial for half in halves for trial in _try(copy, tests, half))]


def _judged(copy: Copy, change: Change, problems: list[Problem]) -> Trial:
    """Say what the problems of a round mean for one of its changes."""
    about = [each for each in problems if _concerns(copy, each, change)]
    reach = _reach(copy, change)
    near = [each for each in about if each.line in reach or _is_named(copy, each, change)]
    if near:
        return Trial(change, "line", near[0].text)
    return Trial(change, "elsewhere", about[0].text) if about else Trial(change, "survived")


def _concerns(copy: Copy, problem: Problem, change: Change) -> bool:
    """Tell whether a problem can only be about one change of a round."""
    ours, theirs = f"/{change.path}", f"/{problem.path}"
    same = bool(problem.path) and (ours.endswith(theirs) or theirs.endswith(ours))
    if _subject(copy, change):  # other functions of the file may be changed, too
        near = same and problem.line in _reach(copy, change)
        return near or _is_named(copy, problem, change)
    return same


def _is_named(copy: Copy, problem: Problem, change: Change) -> bool:
    subject = _subject(copy, change)
    return bool(subject) and bool(re.search(rf"\b{subject}\b", problem.text))


def _subject(copy: Copy, change: Change) -> str:
    """Return the function or the file of data that a change is in, which tests are named after."""
    if change.path.endswith(".csv"):
        return PurePath(change.path).stem
    return definition_at(copy.text(change.path), change.number)


def _reach(copy: Copy, change: Change) -> range:
    """Return the lines that count as the place of a change."""
    text = copy.text(change.path)
    lines = text.reach(change.number)
    if BY_NAME[change.kind].reaches:
        return range(lines.start, text.content.count("\n") + 1)
    return lines
