"""What is kept of a build: the folder of the cache, and when a block runs again."""

import errno
import itertools
import os
import re
import threading
import time

import pytest
from bookwright.blocks.execution import Execution, Workers
from bookwright.blocks.result import Item, Raised, Result, Warned, WrongExample
from bookwright.cache import Cache, checksum
from bookwright.pages import listings
from bookwright.pages.page import Page
from sites import mkdocs, write_site

DAY = 86400


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


class TestFolder:
    def test_value_comes_back_as_it_was(self, cache):
        value = ["text", ["<svg>é\n"], 0.25, {"name": None}]
        cache.store("key", value)
        assert cache.load("key") == value
        assert Cache(cache.folder).load("key") == value

    def test_what_was_never_stored_is_absent(self, cache):
        assert cache.load("key") is None
        cache.store("key", 1)
        assert cache.load("other") is None

    def test_later_value_replaces_an_earlier_one(self, cache):
        cache.store("key", ["a long value"])
        cache.store("key", [])
        assert cache.load("key") == []

    @pytest.mark.parametrize("keep", [0, 1, 64, 65, 70])
    def test_half_written_file_counts_as_absent(self, cache, keep):
        cache.store("key", ["a value"])
        file = cache.folder / "key"
        file.write_bytes(file.read_bytes()[:keep])
        assert cache.load("key") is None

    def test_corrupted_file_counts_as_absent(self, cache):
        cache.store("key", ["a value"])
        file = cache.folder / "key"
        file.write_text(file.read_text().replace("value", "lie"))
        assert cache.load("key") is None
        file.write_bytes(b"\xff\xfe")
        assert cache.load("key") is None

    def test_writers_at_once_leave_one_whole_value_and_no_drafts(self, cache):
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


class TestFolderThatCannotBeWrittenTo:
    @pytest.fixture(params=["the path is a file", "a file stands above", "no space", "read only"])
    def refusing(self, request, tmp_path, monkeypatch):
        """Return a cache, with a value in it where it has a folder, that refuses to be written."""
        if request.param == "the path is a file":
            (tmp_path / "cache").touch()
        elif request.param == "a file stands above":
            (tmp_path / "file").touch()
            return Cache(tmp_path / "file" / "cache")
        else:
            number = errno.ENOSPC if request.param == "no space" else errno.EROFS

            def refuse(*_, **__):
                raise OSError(number, os.strerror(number))

            Cache(tmp_path / "cache").store("old", 1)
            for name in ("mkstemp", "TemporaryFile"):
                monkeypatch.setattr(f"tempfile.{name}", refuse)
        return Cache(tmp_path / "cache")

    def test_is_no_error_and_is_told_once(self, refusing, caplog):
        caplog.set_level("INFO", "mkdocs")
        assert not refusing.is_writable
        for key in "ab":
            refusing.store(key, 1)
            assert refusing.load(key) is None
        refusing.prune()
        assert not refusing.is_writable
        (record,) = caplog.records
        assert record.levelname == "INFO"
        assert re.search(
            r"the folder of the cache cannot be written to \([A-Z]", record.getMessage()
        )

    def test_is_found_out_when_something_is_stored(self, refusing, caplog):
        caplog.set_level("INFO", "mkdocs")
        refusing.store("key", 1)
        assert len(caplog.records) == 1
        refusing.store("key", 1)
        assert len(caplog.records) == 1
        assert not refusing.is_writable

    def test_is_read_from(self, refusing):
        has_one = (refusing.folder / "old").exists()
        assert refusing.load("old") == (1 if has_one else None)

    def test_is_never_an_error_in_the_log_of_one_that_can_be_written_to(self, cache, caplog):
        caplog.set_level("INFO", "mkdocs")
        assert cache.is_writable
        cache.store("key", 1)
        assert cache.is_writable
        assert caplog.records == []


class TestPruning:
    OLD, NEW, USED = (checksum(name) for name in (b"old", b"new", b"used"))

    def grow_older(self, file, days):
        then = time.time() - days * DAY
        os.utime(file, (then, then))

    def names(self, cache):
        return {file.name for file in cache.folder.iterdir()}

    def test_what_nobody_has_asked_for_is_deleted_and_the_rest_is_kept(self, cache):
        for key, days in ((self.OLD, 31), (self.NEW, 29), (self.USED, 31)):
            cache.store(key, key)
            self.grow_older(cache.folder / key, days)
        assert cache.load(self.USED) == self.USED
        cache.prune()
        assert self.names(cache) == {self.NEW, self.USED}

    def test_number_of_days_can_be_another_one(self, cache):
        cache.store(self.OLD, 1)
        self.grow_older(cache.folder / self.OLD, 3)
        cache.prune(days=4)
        assert cache.load(self.OLD) == 1
        self.grow_older(cache.folder / self.OLD, 3)
        cache.prune(days=2)
        assert cache.load(self.OLD) is None

    def test_drafts_of_builds_that_were_stopped_are_deleted(self, cache, monkeypatch):
        cache.store(self.NEW, 1)

        def stopped(*_, **__):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("pathlib.Path.replace", stopped)
            with pytest.raises(KeyboardInterrupt):
                cache.store(self.OLD, 1)
        (draft,) = self.names(cache) - {self.NEW}
        cache.prune()
        assert self.names(cache) == {self.NEW, draft}
        self.grow_older(cache.folder / draft, 31)
        cache.prune()
        assert self.names(cache) == {self.NEW}

    @pytest.mark.parametrize(
        "name",
        ["LICENSE", "labs/notes.md", "labs/mine/x.json", "other/a", f"{OLD}.txt", "draft.md"],
    )
    def test_files_of_others_are_left_alone(self, cache, name):
        file = cache.folder / name
        file.parent.mkdir(parents=True)
        file.touch()
        for path in (file, *file.parents[: len(file.relative_to(cache.folder).parents)]):
            self.grow_older(path, 31)
        cache.prune()
        assert file.exists()

    def test_file_that_another_build_deletes_meanwhile_is_no_trouble(self, cache, monkeypatch):
        stat = type(cache.folder).stat
        for key in (self.OLD, self.USED):
            cache.store(key, key)
            self.grow_older(cache.folder / key, 31)

        def gone(path, **options):
            if path.name == self.OLD:
                raise FileNotFoundError(path)
            return stat(path, **options)

        monkeypatch.setattr(type(cache.folder), "stat", gone)
        cache.prune()
        monkeypatch.undo()
        assert self.names(cache) == {self.OLD}

    def test_cache_that_is_not_there_is_no_trouble(self, cache):
        cache.prune()
        assert not cache.folder.exists()


WHOLE = Result(
    items=(Item("text", "a\x1b[0m"), Item("figure", "<svg/>"), Item("markdown", "é")),
    seconds=0.25,
    errors="e",
    raised=Raised("A", "m.A", "A: a", 3, "Traceback"),
    warned=(Warned("UserWarning", "w", None), Warned("UserWarning", "w", 2)),
    wrong=(WrongExample(1, "x\n", "1\n", "2\n"),),
    value=4,
    stopped=Raised("B", "B", "B", None, ""),
)


@pytest.mark.parametrize("result", [Result(), WHOLE], ids=["empty", "whole"])
def test_result_comes_back_from_the_cache_as_it_was(cache, result):
    cache.store("key", result.to_json())
    assert Result.from_json(cache.load("key")) == result


def listing(code="1", *, uri="page.md", language="python", options=""):
    page = Page(uri, f'```{language} exec="on" {options}\n{code}\n```\n')
    return listings.read(page, package="gdbook")[1]


class Counting:
    """Stands for the sandbox: notes what it runs, and returns something new each time."""

    numbers = itertools.count(1)

    def __init__(self):
        self.ran = []
        self.is_open = False
        self.all_have_started = threading.Event()

    def open(self):
        self.is_open = True

    def run(self, code, *, is_session, limit, **_):
        assert self.is_open
        self.all_have_started.wait()
        self.ran.append((code, is_session, limit))
        text = f"{code}, for the {next(self.numbers)}th time"
        return Result(items=(Item("text", text),), seconds=float(ord(code[0])))


class TestExecution:
    @pytest.fixture
    def build(self, cache):
        """Return a function from blocks to what a build shows of each, and what it has run."""

        def run(*blocks, fingerprint="", again="", is_sound=True):
            sandbox = Counting()
            execution = Execution(
                sandbox,
                cache,
                fingerprint=fingerprint,
                seconds=60,
                again=again,
                is_sound=lambda *_: is_sound,
                workers=Workers(),
            )
            for block in blocks:
                execution.start(block)
            sandbox.all_have_started.set()
            texts = [execution.result(block).text for block in blocks]
            execution.close_page("page.md")
            execution.finish()
            return texts, sorted(sandbox.ran)

        return run

    def test_block_runs_once(self, build):
        (a, b), ran = build(listing("a"), listing("b"))
        assert ran == [("a", False, 60), ("b", False, 60)]
        assert (a[0], b[0]) == ("a", "b")
        assert build(listing("b"), listing("a")) == ([b, a], [])

    def test_equal_blocks_run_once(self, build):
        (one, other), ran = build(listing(), listing(uri="other.md"))
        assert one == other
        assert ran == [("1", False, 60)]

    def test_equal_blocks_with_other_limits_run_each_with_its_own(self, build):
        _, ran = build(listing(), listing(options='limit="0.5"'), listing(options='limit="0.5"'))
        assert ran == [("1", False, 0.5), ("1", False, 60)]

    def test_session_is_run_as_one(self, build):
        _, ran = build(listing(">>> 1"), listing(">>> 1", language="pycon"))
        assert ran == [(">>> 1", False, 60), (">>> 1", True, 60)]

    def test_other_fingerprint_runs_everything_again(self, build):
        first, _ = build(listing(), fingerprint="a")
        second, ran = build(listing(), fingerprint="b")
        assert len(ran) == 1
        assert first != second

    def test_result_that_is_not_sound_is_shown_and_not_kept(self, build):
        (text,), _ = build(listing(), is_sound=False)
        assert text.startswith("1, ")
        assert len(build(listing())[1]) == 1

    @pytest.mark.parametrize("pattern", ["page.md", "pa*", "p?ge.md"])
    def test_blocks_of_pages_run_again_where_it_is_asked_for(self, build, pattern):
        blocks = listing("a"), listing("b", uri="other/page.md")
        (a, b), _ = build(*blocks)
        (new, old), ran = build(*blocks, again=pattern)
        assert ran == [("a", False, 60)]
        assert (new != a, old) == (True, b)
        assert build(*blocks) == ([new, b], [])

    @pytest.mark.parametrize("pattern", ["", "other.md", "other/*", "page"])
    def test_blocks_of_other_pages_do_not_run_again(self, build, pattern):
        build(listing())
        assert build(listing(), again=pattern)[1] == []

    def test_block_runs_again_whose_equal_stands_on_a_page_before(self, build):
        build(listing())
        assert len(build(listing(), listing(uri="other.md"), again="other.md")[1]) == 1

    def test_log_has_the_counts_of_a_page_and_of_all_and_the_slowest(self, build, caplog):
        build(listing("kept"))
        caplog.set_level("INFO", "mkdocs")
        build(*(listing(code, uri=f"{code}.md") for code in "abcd"), listing("kept"))
        assert [record.getMessage() for record in caplog.records] == [
            f"All pages: 4 blocks run, 1 cached, {sum(b'abcd')}.00 s",
            f"Slowest: d.md:1, {ord('d')}.00 s",
            f"Slowest: c.md:1, {ord('c')}.00 s",
            f"Slowest: b.md:1, {ord('b')}.00 s",
        ]


class TestBuild:
    BLOCK = '```python exec="on"\nimport os\nprint(os.getpid())\n```\n'

    def output(self, soup):
        return soup.select_one("pre.output").text

    def test_block_runs_once_and_is_kept_beside_the_configuration(self, site, caplog, tmp_path):
        first = self.output(site(self.BLOCK))
        assert "page.md: 1 blocks run, 0 cached" in caplog.text
        assert self.output(site(self.BLOCK)) == first
        assert "All pages: 0 blocks run, 1 cached" in caplog.text
        assert (tmp_path / ".cache").is_dir()

    def test_changed_code_runs_again(self, site):
        first = self.output(site(self.BLOCK))
        assert self.output(site(self.BLOCK.replace("import os", "import os\n"))) != first

    def test_changed_installation_runs_everything_again(self, site, tmp_path, monkeypatch):
        first = self.output(site(self.BLOCK))
        (tmp_path / "packages" / "some_library-1.0.dist-info").mkdir(parents=True)
        monkeypatch.syspath_prepend(tmp_path / "packages")
        assert self.output(site(self.BLOCK)) != first

    def test_block_that_has_read_a_file_runs_again_when_the_file_has_changed(
        self, site, caplog, tmp_path
    ):
        file = tmp_path / "table.csv"
        file.write_text("1")
        block = f'```python exec="on"\nprint(open({str(file)!r}).read())\n```\n'
        assert self.output(site(block)) == "1\n"
        site(block)
        assert "All pages: 0 blocks run, 1 cached" in caplog.text
        file.write_text("2")
        assert self.output(site(block)) == "2\n"

    def test_failure_is_not_kept(self, problem, caplog):
        for _ in range(2):
            assert "ZeroDivisionError" in problem('```python exec="on"\n1 / 0\n```\n')
            assert "page.md: 1 blocks run, 0 cached" in caplog.text

    def test_variables_say_where_results_are_kept_and_which_pages_run_again(
        self, site, caplog, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("BOOKWRIGHT_CACHE", str(tmp_path / "some" / "where"))
        first = self.output(site(self.BLOCK))
        assert (tmp_path / "some" / "where").is_dir()
        assert not (tmp_path / ".cache").exists()
        monkeypatch.setenv("BOOKWRIGHT_AGAIN", "other*")
        assert self.output(site(self.BLOCK)) == first
        monkeypatch.setenv("BOOKWRIGHT_AGAIN", "pa*")
        assert self.output(site(self.BLOCK)) != first
        assert "page.md: 1 blocks run, 0 cached" in caplog.text

    def test_folder_without_a_name_is_the_one_beside_the_configuration(
        self, site, tmp_path, monkeypatch
    ):
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        monkeypatch.setenv("BOOKWRIGHT_CACHE", "")
        site(self.BLOCK)
        assert (tmp_path / ".cache").is_dir()
        assert list((tmp_path / "elsewhere").iterdir()) == []

    def test_cache_that_cannot_be_written_to_stops_no_strict_build(
        self, site, caplog, tmp_path, monkeypatch
    ):
        first = self.output(site(self.BLOCK))
        (tmp_path / "file").touch()
        (tmp_path / "temporary").mkdir()
        monkeypatch.setenv("BOOKWRIGHT_CACHE", str(tmp_path / "file"))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
        second = self.output(site(self.BLOCK))
        assert len({first, second, self.output(site(self.BLOCK))}) == 3
        assert list((tmp_path / "temporary").iterdir()) == []
        assert caplog.text.count("the folder of the cache cannot be written to") == 1
        assert (tmp_path / "file").read_bytes() == b""

    def test_old_results_are_deleted_and_used_ones_are_kept(self, site, tmp_path):
        site(self.BLOCK)
        (tmp_path / ".cache" / checksum(b"old")).touch()
        before = {file for file in (tmp_path / ".cache").iterdir() if file.is_file()}
        for file in before:
            os.utime(file, (0, 0))
        site(f"{self.BLOCK}\nMore.\n")  # the block is found, and the other page
        after = {file for file in (tmp_path / ".cache").iterdir() if file.is_file()}
        assert len(before & after) == len(before) - 2  # what is old, and the page as it was
        assert (tmp_path / ".cache" / checksum(b"old")) not in after


def test_palette_of_dark_pages_can_change_without_running_anything(tmp_path):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    palettes = []
    for run, dark in ((1, "#445566"), (0, "#778899")):
        colour = f'Colour("#112233", "{dark}")'
        write_site(
            tmp_path,
            page=f'```python exec="on" alt="A line"\n{draw}\n```\n',
            settings=f'package="gdbook", figures=Figures(colours={{"0": {colour}}})',
        )
        book = tmp_path / "book.py"
        imports = "import Colour, Figures, Settings"
        book.write_text(book.read_text().replace("import Settings", imports))
        result = mkdocs("build", "--strict", cwd=tmp_path)
        assert f"All pages: {run} blocks run, {1 - run} cached" in result.stderr
        palettes.append((tmp_path / "site" / "page" / "f1-0.svg").read_text(encoding="utf-8"))
        assert "stroke:var(--0)" in palettes[-1]
    assert ["#445566" in palette for palette in palettes] == [True, False]
