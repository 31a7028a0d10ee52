"""Say what came of trials: a table, the survivors, and records to keep."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from tests.sabotage.changes import KINDS, Change
from tests.sabotage.trials import Trial


def table(trials: Sequence[Trial]) -> str:
    """Return how many changes of each kind were tried, named, and survived, as Markdown."""
    rows = [(kind.name, [t for t in trials if t.change.kind == kind.name]) for kind in KINDS]
    lines = ["| kind | tried | named with its line | named elsewhere | survived |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    for name, tried in [*rows, ("all", trials)]:
        if tried:
            found = Counter(trial.verdict for trial in tried)
            numbers = (len(tried), found["line"], found["elsewhere"], found["survived"])
            lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    return "\n".join(lines)


def survivors(trials: Iterable[Trial]) -> str:
    """Return the changes that nobody named, and those named elsewhere with what was said."""
    return "\n".join(
        f"{trial.change.kind}, {trial.change.path}:{trial.change.number}: {trial.change.excerpt}"
        + (f"\n    named elsewhere: {trial.message}" if trial.message else "")
        for trial in trials
        if trial.verdict != "line"
    )


def sample(trials: Iterable[Trial]) -> list[Trial]:
    """Return the first change of each kind that was named with its line."""
    named = [trial for trial in trials if trial.verdict == "line"]
    first = {trial.change.kind: trial for trial in reversed(named)}
    return [first[kind.name] for kind in KINDS if kind.name in first]


def record(trials: Iterable[Trial]) -> str:
    """Return trials as JSON, from which their changes can be read again."""
    rows = [{**t.change._asdict(), "verdict": t.verdict, "message": t.message} for t in trials]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def recorded(content: str) -> list[Change]:
    """Return the changes of a record."""
    return [Change(*(row[field] for field in Change._fields)) for row in json.loads(content)]
