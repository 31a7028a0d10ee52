"""Sabotage the project: `python -m tests.sabotage --changes 400 --seed 1`."""

import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sabotage import ROOT
from tests.sabotage.changes import KINDS, choose, files
from tests.sabotage.report import record, sample, survivors, table
from tests.sabotage.trials import Copy, try_all


def main() -> int:
    """Try changes as the command line says, print who named them, and return the exit status."""
    options = _parser().parse_args()
    logging.basicConfig(level="WARNING", format="%(message)s")
    logging.getLogger("sabotage").setLevel("INFO")
    with TemporaryDirectory() as folder:
        kinds = [kind for kind in KINDS if not options.kind or kind.name in options.kind]
        texts = files(ROOT, options.only)
        changes = choose(texts, kinds, count=options.changes, seed=options.seed)
        copy = Copy(ROOT, Path(folder) / "project")
        trials = [*try_all(copy, changes)]
    sys.stdout.write(f"{table(trials)}\n\n{survivors(trials)}\n")
    if options.json:
        options.json.write_text(record(trials), encoding="utf-8")
    if options.sample:
        options.sample.write_text(record(sample(trials)), encoding="utf-8")
    named = sum(trial.verdict == "line" for trial in trials)
    return int(named < options.at_least * len(trials))


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m tests.sabotage", description=__doc__)
    parser.add_argument("--changes", type=int, default=len(KINDS), help="how many to try")
    parser.add_argument("--seed", type=int, default=0, help="other places for each number")
    parser.add_argument("--kind", action="append", choices=[kind.name for kind in KINDS])
    parser.add_argument("--only", default="*", help="files to change, such as '*/06-*'")
    parser.add_argument("--json", type=Path, help="a file for all trials")
    parser.add_argument("--sample", type=Path, help="a file for one named change of each kind")
    parser.add_argument("--at-least", type=float, default=0, help="fail below this share")
    return parser


if __name__ == "__main__":
    sys.exit(main())
