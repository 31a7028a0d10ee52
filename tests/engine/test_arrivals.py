"""Pages that are served before all their results have come."""

import re
from concurrent.futures import Future

import pytest
from bookwright.arrivals import FEW, Arrivals, when_come
from sites import serve, write_site

WAITS = """\
```python exec="on"
import time
from pathlib import Path
while not Path({signal!r}).exists():
    time.sleep(0.05)
number = 7
print("came" + "!")
```
"""
WORDS = 'running="in a moment", progress="{done} of {blocks}"'
SLOW = """\
import os, time

class Table(dict):
    def items(self):  # only formulas ask for them
        while not os.path.exists({signal!r}):
            time.sleep(0.05)
        return super().items()

symbols = Table("""
TABLE = '```python exec="on" symbols="on"\nsymbols = {"a": (1, 2)}\n```\n'


def done(value=None):
    future = Future()
    future.set_result(value)
    return future


@pytest.fixture
def asked():
    """Return a list that grows whenever a build is asked for."""
    return []


@pytest.fixture
def arrivals(asked):
    arrivals = Arrivals(lambda: asked.append(1))
    arrivals.begin()
    return arrivals


class TestArrivals:
    def put_off(self, arrivals, *uris):
        runs = {uri: [Future(), done()] for uri in uris}
        arrivals.expect(runs)
        assert all(arrivals.puts_off(uri, runs[uri]) for uri in uris)
        arrivals.finish()
        return [first.set_result for first, _ in runs.values()]

    def test_nothing_is_put_off_where_nothing_is_served(self):
        arrivals = Arrivals()
        arrivals.expect({"a": [Future()], "b": [Future()]})
        assert not arrivals.puts_off("a", [Future()])
        assert not arrivals.is_late([Future()])

    def test_only_page_whose_blocks_run_is_waited_for_but_not_its_checks(self, arrivals):
        arrivals.expect({"a": [Future()], "b": [done()], "c": []})
        assert not arrivals.puts_off("a", [Future()])
        assert arrivals.is_late([Future()])
        assert not arrivals.is_late([done()])

    def test_page_whose_blocks_have_run_is_not_put_off(self, arrivals):
        arrivals.expect({"a": [Future()], "b": [Future()]})
        assert not arrivals.puts_off("c", [done()])
        assert not arrivals.puts_off("d", [])

    def test_build_is_asked_for_once_as_soon_as_a_few_pages_are_ready(self, arrivals, asked):
        come = self.put_off(arrivals, *"abcdefg")
        for count, arrive in enumerate(come, 1):
            arrive(0)
            assert len(asked) == (count >= FEW)
        assert arrivals.begin()
        assert not arrivals.begin()

    def test_next_one_waits_for_twice_as_many_or_for_all_that_are_left(self, arrivals, asked):
        for arrive in self.put_off(arrivals, *map(str, range(3 * FEW + 2)))[:FEW]:
            arrive(0)
        arrivals.begin()
        for count, arrive in enumerate(self.put_off(arrivals, *map(str, range(2 * FEW + 2))), 1):
            arrive(0)
            assert len(asked) == 1 + (count >= 2 * FEW)
        arrivals.begin()
        one, two = self.put_off(arrivals, "one", "two")
        one(0)
        assert len(asked) == 2
        two(0)
        assert len(asked) == 3

    def test_page_that_an_earlier_build_put_off_does_not_count(self, arrivals, asked):
        late = self.put_off(arrivals, "a", "b")
        arrivals.begin()
        self.put_off(arrivals, "c", "d")
        for arrive in late:
            arrive(0)
        assert asked == []

    def test_what_has_come_already_is_noticed(self, arrivals, asked):
        arrivals.expect({"a": [Future()], "b": [Future()]})
        run = Future()
        arrivals.puts_off("a", [run])
        run.set_result(0)
        arrivals.finish()
        assert asked == [1]


def test_function_is_called_once_when_all_have_come():
    first, second, called = Future(), Future(), []
    when_come([first, done(), second], lambda: called.append(1))
    second.set_result(0)
    assert called == []
    first.set_result(0)
    assert called == [1]
    when_come([], lambda: called.append(2))
    assert called == [1, 2]


def test_pages_whose_blocks_run_say_so_and_come_when_they_are_done(tmp_path):
    signal = tmp_path / "signal"
    waits = WAITS.format(signal=str(signal))
    title = "---\ndescription: Of @{number}\n---\n\n# Page @{number} { #top }\n\n"
    write_site(
        tmp_path,
        settings=f'package="gdbook", unbound=("*",), words=Words({WORDS})',
        page=f"{title}{waits}\nText.\n",
        other=f"# Other\n\n{waits}[to it](page.md#top)\n",
    )
    book = tmp_path / "book.py"
    book.write_text(book.read_text("utf-8").replace("import Settings", "import Settings, Words"))
    with serve(tmp_path) as page:
        html = page.wait_for("in a moment")
        assert "<h1" in html
        assert re.search(r"0 of 1\b", html)
        assert "Text." not in html
        assert "@" not in re.search("<article>.*</article>", html, re.DOTALL)[0]
        signal.touch()
        assert "Text." in page.wait_for("came!")
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "WARNING" not in log
    assert "All pages: 2 made, 1 kept" in log


def test_formula_that_is_wrong_is_told_after_its_page_is_shown(tmp_path):
    signal = tmp_path / "signal"
    table = SLOW.format(signal=str(signal))
    slow = TABLE.replace("symbols = ", table).replace("(1, 2)}", "(1, 2)})")
    write_site(tmp_path, settings='package="gdbook"', page=f"# Page\n\n{TABLE}\n$a = a$\n")
    with serve(tmp_path) as page:
        page.wait_for("<math")
        page.write(f"# Page\n\n{slow}\nNew.\n$a = 2 a$\n")
        assert "differ at" not in page.wait_for("New.")
        signal.touch()
        assert "New." in page.wait_for("differ at")
        page.write(f"# Page\n\n{slow}\nRight.\n$a = a$\n")
        assert "differ at" not in page.wait_for("Right.")
    assert (tmp_path / "log").read_text(encoding="utf-8").count("the formula a = 2 a") == 1
