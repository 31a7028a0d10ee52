"""Changes that say what is not so are named with their lines: one of each kind.

The sample is chosen by `python -m tests.sabotage --sample tests/sabotage/sample.json`, which tries
other changes as well.
"""

import pytest

from tests.sabotage import ROOT
from tests.sabotage.report import recorded
from tests.sabotage.trials import Copy, try_all

SAMPLE = recorded((ROOT / "tests" / "sabotage" / "sample.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def trials(site, tmp_path_factory):  # noqa: ARG001  # its build has kept the results
    """Return what came of the change of each kind."""
    copy = Copy(ROOT, tmp_path_factory.mktemp("sabotage") / "project", is_clean=True)
    changes = [change.found_in(copy.text(change.path).content) for change in SAMPLE]
    return {trial.change.kind: trial for trial in try_all(copy, changes)}


@pytest.mark.parametrize("kind", [change.kind for change in SAMPLE])
def test_change_is_named_with_its_line(kind, trials):
    assert trials[kind].verdict == "line", trials[kind].message
