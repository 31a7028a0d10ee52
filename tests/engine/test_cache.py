import threading

import pytest
from cache import Cache, digest, fingerprint


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def test_value_comes_back_as_it_was(cache):
    value = ["text", ["<svg>é\n"], 0.25]
    cache.store("key", value)
    assert cache.load("key") == value


def test_what_was_never_stored_is_absent(cache):
    assert cache.load("key") is None


@pytest.mark.parametrize("keep", [0, 1, 64, 65, 70])
def test_half_written_file_counts_as_absent(cache, keep):
    cache.store("key", ["a value"])
    file = cache.folder / "key"
    file.write_bytes(file.read_bytes()[:keep])
    assert cache.load("key") is None


def test_corrupted_file_counts_as_absent(cache):
    cache.store("key", ["a value"])
    file = cache.folder / "key"
    file.write_text(file.read_text().replace("value", "lie"))
    assert cache.load("key") is None
    file.write_bytes(b"\xff\xfe")
    assert cache.load("key") is None


def test_writers_at_once_leave_one_whole_value_and_no_drafts(cache):
    values = [[str(number) * 100_000] for number in range(8)]
    writers = [threading.Thread(target=cache.store, args=("key", value)) for value in values]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert cache.load("key") in [None, *values]
    for writer in writers:
        writer.join()
    assert cache.load("key") in values
    assert [file.name for file in cache.folder.iterdir()] == ["key"]


def test_digest_tells_parts_apart():
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("a", "b", "c")}) == 4


def test_fingerprint_changes_with_the_content_of_a_file(tmp_path):
    file = tmp_path / "losses.py"
    file.write_text("1")
    before = fingerprint(files=[file], packages=[])
    assert fingerprint(files=[file], packages=[]) == before
    file.write_text("2")
    assert fingerprint(files=[file], packages=[]) != before


def test_fingerprint_changes_with_a_version(monkeypatch):
    before = fingerprint(files=[], packages=["numpy"])
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0.0")
    assert fingerprint(files=[], packages=["numpy"]) != before


def test_fingerprint_of_a_package_that_is_missing_is_another_one():
    assert fingerprint(files=[], packages=["no-such"]) != fingerprint(files=[], packages=["numpy"])
