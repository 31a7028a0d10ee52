"""What is done as soon as a module has been imported."""

import importlib
import sys
from importlib.util import find_spec

import pytest
from bookwright.blocks.arrival import when_imported


@pytest.fixture
def arrivals(tmp_path, monkeypatch):
    """Return what has been seen of the module `late` whenever it arrived."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    (tmp_path / "late.py").write_text("here = True\n", encoding="utf-8")
    seen = []
    when_imported("late", lambda: seen.append(sys.modules["late"].here))
    yield seen
    sys.modules.pop("late", None)


def test_module_is_complete_when_it_arrives_and_arrives_once(arrivals):
    assert arrivals == []
    importlib.import_module("late")
    del sys.modules["late"]
    importlib.import_module("late")
    assert arrivals == [True]


def test_module_that_is_only_looked_for_has_not_arrived(arrivals):
    assert find_spec("late").name == "late"
    assert arrivals == []
    importlib.import_module("late")
    assert arrivals == [True]


def test_module_that_is_here_has_arrived():
    seen = []
    when_imported("sys", lambda: seen.append(1))
    assert seen == [1]


def test_module_that_nobody_has_cannot_be_imported(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    when_imported("nowhere", lambda: pytest.fail("it is here"))
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nowhere")
