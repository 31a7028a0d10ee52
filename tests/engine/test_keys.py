"""The keys of what is kept: whatever a result can depend on changes them, and nothing else."""

import os
import shutil
import subprocess
import sys

import pytest
from bookwright import keys
from bookwright.blocks.isolation import environment
from bookwright.settings import PASSED
from hypothesis import given
from hypothesis import strategies as st
from sites import ENGINE, mkdocs, write_site


def fingerprint(*paths, settings=()):
    return keys.fingerprint(paths=paths, settings=settings)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with code, data, and a folder of its own."""
    package = tmp_path / "package"
    (package / "data").mkdir(parents=True)
    (package / "losses.py").write_text("1")
    (package / "data" / "table.csv").write_bytes(b"1\n")
    (package / "data" / "weights.bin").write_bytes(b"\xff\x00")
    (package / "py.typed").touch()
    return package


def write_distribution(folder, name, record="a.py,sha256=1,1\n"):
    (folder / name).mkdir(parents=True)
    (folder / name / "RECORD").write_text(record)


def test_digest_tells_parts_apart():
    parts = [("ab", "c"), ("a", "bc"), ("abc",), ("a", "b", "c"), (b"abc",), ("a", b"bc"), ()]
    assert len({keys.digest(*each) for each in parts}) == len(parts)


@given(*2 * [st.lists(st.text() | st.binary())])
def test_digest_of_equal_parts_and_of_no_others_is_equal(one, other):
    assert (keys.digest(*one) == keys.digest(*other)) == (one == other)


def test_fingerprint_is_the_same_each_time(folder):
    assert fingerprint(folder, settings=[1]) == fingerprint(folder, settings=[1])


def write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


CHANGES = {
    "code": lambda folder: write(folder / "losses.py", b"2"),
    "data": lambda folder: write(folder / "data" / "table.csv", b"1\r\n"),
    "data that are no text": lambda folder: write(folder / "data" / "weights.bin", b"\xff\x01"),
    "a new file": lambda folder: write(folder / "data" / "more", b""),
    "a new folder": lambda folder: write(folder / "rules" / "sgd.py", b""),
    "a file less": lambda folder: (folder / "py.typed").unlink(),
    "a name": lambda folder: (folder / "losses.py").rename(folder / "loss.py"),
    "a place": lambda folder: (folder / "losses.py").rename(folder / "data" / "losses.py"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_fingerprint_changes_with_every_file_below_a_folder(folder, change):
    before = fingerprint(folder)
    change(folder)
    assert fingerprint(folder) != before


def test_fingerprint_changes_with_a_file_that_is_named(folder):
    before = fingerprint(folder / "losses.py")
    write(folder / "data" / "table.csv", b"2")
    assert fingerprint(folder / "losses.py") == before
    write(folder / "losses.py", b"2")
    assert fingerprint(folder / "losses.py") != before


def test_fingerprint_knows_nothing_of_compiled_files_and_times(folder):
    before = fingerprint(folder)
    write(folder / "__pycache__" / "losses.cpython-311.pyc", b"1")
    os.utime(folder / "losses.py", (0, 0))
    assert fingerprint(folder) == before


def test_fingerprint_is_the_same_wherever_a_folder_lies(folder, tmp_path):
    before = fingerprint(folder)
    shutil.move(folder, tmp_path / "elsewhere" / "package")
    assert fingerprint(tmp_path / "elsewhere" / "package") == before


class TestInstalled:
    @pytest.fixture
    def packages(self, tmp_path, monkeypatch):
        """Return a folder with a package that is installed, and has nothing to do with the book."""
        write_distribution(tmp_path / "packages", "some_library-1.0.dist-info")
        monkeypatch.syspath_prepend(tmp_path / "packages")
        return tmp_path / "packages"

    def test_distribution_that_comes_or_goes_changes_the_fingerprint(self, packages, monkeypatch):
        with_one = fingerprint()
        write_distribution(packages, "another-0.1.dist-info")
        with_two = fingerprint()
        monkeypatch.undo()
        assert len({with_one, with_two, fingerprint()}) == 3

    def test_version_changes_the_fingerprint(self, packages):
        before = fingerprint()
        (packages / "some_library-1.0.dist-info").rename(packages / "some_library-1.1.dist-info")
        assert fingerprint() != before

    def test_record_changes_the_fingerprint(self, packages):
        before = fingerprint()
        record = packages / "some_library-1.0.dist-info" / "RECORD"
        record.write_text("a.py,sha256=2,1\n")
        changed = fingerprint()
        record.unlink()
        assert len({before, changed, fingerprint()}) == 3

    def test_distribution_of_an_older_kind_changes_the_fingerprint(self, packages):
        before = fingerprint()
        (packages / "old-1.0.egg-info").mkdir()
        assert fingerprint() != before

    def test_order_of_folders_does_not(self, tmp_path, packages, monkeypatch):
        write_distribution(tmp_path / "more", "another-0.1.dist-info")
        monkeypatch.syspath_prepend(tmp_path / "more")
        before = fingerprint()
        monkeypatch.setattr(sys, "path", [str(packages), *sys.path])
        sys.path.pop(2)
        assert fingerprint() == before

    def test_folder_that_is_not_there_is_no_trouble(self, tmp_path, packages, monkeypatch):
        before = fingerprint()
        monkeypatch.syspath_prepend(tmp_path / "nothing")
        assert packages
        assert fingerprint() == before


def test_fingerprint_changes_with_python_and_with_the_machine(monkeypatch):
    before = fingerprint()
    with monkeypatch.context() as patch:
        patch.setattr("sys.version", "3.99.0 (main)")
        assert fingerprint() != before
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    assert fingerprint() != before


def test_fingerprint_changes_with_each_setting():
    settings = [(), ("a",), ("b",), ("a", "b"), ("ab",), (("a", "b"),), (1,), ("1",), (None,)]
    assert len({fingerprint(settings=each) for each in settings}) == len(settings)


def test_environment_of_blocks_has_the_values_that_are_passed_on(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    before = environment(PASSED)
    monkeypatch.setenv("UNKNOWN_TO_BLOCKS", "1")
    assert environment(PASSED) == before
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert environment(PASSED) != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a: 1", "a: 2"),
        ("a: 2024-01-01", "a: 2024-01-02"),
        ("a: !!python/name:json.loads", "a: !!python/name:json.dumps"),
        ("a: !ENV HOME_OF_A", "a: !ENV HOME_OF_B"),
    ],
)
def test_key_of_a_configuration_changes_with_each_value(old, new, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME_OF_A", "1")
    monkeypatch.setenv("HOME_OF_B", "2")
    file = tmp_path / "mkdocs.yml"
    file.write_text(old, encoding="utf-8")
    before = keys.configuration(file)
    assert keys.configuration(file) == before
    file.write_text(new, encoding="utf-8")
    assert keys.configuration(file) != before


def test_key_of_a_block_changes_with_fingerprint_code_and_kind():
    blocks = [("a", "x", False), ("b", "x", False), ("a", "y", False), ("a", "x", True)]
    blocks.append(("a", "x\n", False))
    found = {keys.block(key, code, is_session=kind) for key, code, kind in blocks}
    assert len(found) == len(blocks)


def test_key_of_a_formula_changes_with_version_kind_and_tex():
    formulas = [("1", "a", "x"), ("2", "a", "x"), ("1", "b", "x"), ("1", "a", "y")]
    assert len({keys.formula(*each) for each in formulas}) == len(formulas)


def test_keys_of_different_things_are_never_equal():
    found = {
        keys.block("a", "b", is_session=False),
        keys.page("a", "b", ""),
        keys.formula("a", "b", ""),
        keys.digest("a", "b"),
    }
    assert len(found) == 4


def test_checksum_of_a_file_that_is_not_there_is_none(folder):
    paths = [str(folder / "losses.py"), str(folder / "nothing.py"), str(folder)]
    assert list(keys.files(paths)) == paths[:1]
    before = keys.files(paths)
    write(folder / "losses.py", b"2")
    assert keys.files(paths) != before


class TestBuild:
    """What a build takes for the key of a block; each change is made for a build of its own."""

    PAGE = '```python exec="on"\nprint(1)\n```\n'

    def is_kept(self, folder, **variables):
        result = mkdocs("build", "--verbose", cwd=folder, **variables)
        assert result.returncode == 0, result.stderr
        counts = ("1 blocks run, 0 cached", "0 blocks run, 1 cached")
        return [f"All pages: {count}" in result.stderr for count in counts].index(True) == 1

    def test_what_runs_in_the_child_is_part_of_the_key_and_what_does_not_is_not(self, tmp_path):
        write_site(tmp_path, page=self.PAGE, settings='package="gdbook"')
        engine = tmp_path / "engine" / "bookwright"
        shutil.copytree(ENGINE / "bookwright", engine)
        path = str(engine.parent)
        assert not self.is_kept(tmp_path, PYTHONPATH=path)
        for name in ("takeaways/cells.py", "rendering/blocks.py", "checks/results.py"):
            with (engine / name).open("a") as file:
                file.write("# changed\n")
        assert self.is_kept(tmp_path, PYTHONPATH=path)
        for name in modules_of_the_child():
            with (engine / name).open("a") as file:
                file.write("# changed\n")
            assert (name, self.is_kept(tmp_path, PYTHONPATH=path)) == (name, False)

    def test_package_its_data_and_variables_are_part_of_the_key(self, tmp_path):
        write_site(tmp_path, page=self.PAGE, settings='package="other"')
        other = tmp_path / "packages" / "other"
        other.mkdir(parents=True)
        write(other / "__init__.py", b"")
        write(other / "table.bin", b"\xff")
        path = os.pathsep.join([str(ENGINE), str(other.parent)])
        variables = {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        assert not self.is_kept(tmp_path, **variables)
        assert self.is_kept(tmp_path, **variables, UNKNOWN_TO_BLOCKS="1")
        write(other / "table.bin", b"\xfe")
        assert not self.is_kept(tmp_path, **variables)
        assert not self.is_kept(tmp_path, **variables | {"OMP_NUM_THREADS": "2"})
        write_distribution(other.parent, "some_library-1.0.dist-info")
        assert not self.is_kept(tmp_path, **variables)


def modules_of_the_child():
    """Return the files of the engine that a process has read which can run a block.

    Those of formulas are in the keys of what is said of formulas alone.
    """
    code = (
        "import sys\nimport bookwright.blocks.child\n"
        "import bookwright.blocks.canvas\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('bookwright')"
        " and '.formulas' not in n))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ENGINE)},
        capture_output=True,
        text=True,
        check=True,
    )
    start = len(f"{ENGINE / 'bookwright'}{os.sep}")
    names = [file[start:] for file in result.stdout.split()]
    return [name for name in names if not name.endswith("__init__.py")]  # they have no code
