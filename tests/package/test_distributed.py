"""Training in two processes: the same numbers as in one."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("torch")

import processes
from processes import SAME_IN_ANY_NUMBER_OF_PROCESSES

from gdbook.training import __main__ as training_command


def torchrun(*arguments, n_processes=2):
    options = ["--standalone", f"--nproc-per-node={n_processes}", processes.__file__]
    return subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *options, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("processes")
    result = torchrun("train_all", folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def facts(folder):
    """Return what each of two processes saw."""
    return facts_in(folder, n_processes=2)


def facts_in(folder, *, n_processes):
    files = (folder / f"{rank}.json" for rank in range(n_processes))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def numbers(values):
    """Return all numbers in nested lists and dictionaries."""
    if isinstance(values, dict):
        values = values.values()
    elif not isinstance(values, list | tuple):
        return [values]
    return [number for value in values for number in numbers(value)]


@pytest.mark.parametrize("name", SAME_IN_ANY_NUMBER_OF_PROCESSES)
def test_two_processes_train_as_one_does(facts, name):
    alone = SAME_IN_ANY_NUMBER_OF_PROCESSES[name]()
    assert facts[0][name] == facts[1][name]
    assert numbers(facts[0][name]) == pytest.approx(numbers(alone), rel=1e-12, abs=1e-14)


def test_a_run_of_two_processes_that_is_resumed_ends_in_the_same_bits(facts):
    for fact in facts:
        assert fact["resumed"] == fact["never interrupted"]


def test_sums_over_three_processes_are_added_in_the_same_order_after_a_resume(tmp_path):
    result = torchrun("resume_wide", tmp_path, n_processes=3)
    assert result.returncode == 0, result.stderr
    for fact in facts_in(tmp_path, n_processes=3):
        assert fact["resumed"] == fact["never interrupted"]


def test_processes_agree_on_parameters_running_means_and_losses(facts):
    for key in ("losses", "validation_losses", "state", "optimizer"):
        assert facts[0]["resumed"][key] == facts[1]["resumed"][key]


def test_each_process_draws_random_numbers_of_its_own(facts):
    first, second = (fact["resumed"]["draws"] for fact in facts)
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_only_the_first_process_writes_checkpoints(facts):
    assert [fact["checkpoints"] for fact in facts] == [4, 0]


def test_checkpoint_is_written_when_train_returns_in_any_process(facts):
    assert [fact["epochs in the checkpoint"] for fact in facts] == [2, 2]


def test_only_the_first_process_shows_a_bar(facts):
    assert "2/2" in facts[0]["bar"]
    assert facts[1]["bar"] == ""


def test_group_is_left_only_if_train_has_joined_it(facts):
    for fact in facts:
        assert fact["group is left"]
        assert fact["group of the caller stays"]


def test_loaders_that_cannot_be_divided_are_refused(facts):
    for fact in facts:
        endless, single, divided = fact["refusals"]
        assert "loader has no batches of indices" in endless
        assert "loader has no batches of indices" in single
        assert "loader has a DistributedSampler: pass the loader of one process" in divided


def test_all_processes_say_where_the_loss_of_one_is_not_finite(facts):
    for fact in facts:
        assert fact["not finite"].startswith("epoch 1, batch 2: the loss is nan.")


def test_command_trains_in_two_processes_as_in_one(facts, folder, monkeypatch, tmp_path, capsys):
    arguments = [*processes.COMMAND.split(), "--history", str(tmp_path / "history.json")]
    monkeypatch.setattr(sys, "argv", ["training", *arguments])
    training_command.main()
    alone, together = (
        json.loads((place / "history.json").read_text(encoding="utf-8"))
        for place in (tmp_path, folder)
    )
    assert together["losses"] == pytest.approx(alone["losses"], rel=1e-12)
    assert [fact["command"] for fact in facts] == [capsys.readouterr().out, ""]


def test_a_process_that_fails_ends_the_others():
    result = torchrun("fail")
    assert result.returncode == 1
    assert "OSError: the sample of the second process cannot be read" in result.stderr
