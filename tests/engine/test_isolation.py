"""One block in its own process: what it prints, draws and leaves behind."""

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from isolation import run_block, stop_all

HOOKS = Path(__file__).parents[2] / "docs" / "hooks"
NEEDS_POSIX = pytest.mark.skipif(
    os.name != "posix", reason="Windows has no process groups, signals and file limits"
)


def run(code, *, language="python", limit=20):
    return run_block(code, language=language, limit=limit, prefix="p")


def in_a_terminal(code, folder):
    (folder / "block.py").write_text(code, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-u", "block.py"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return result.stdout.decode().replace(os.linesep, "\n").replace(f"{folder}{os.sep}", "")


PRINTS = {
    "sep and end": "print('a', 'b', sep='-', end='!')",
    "file": "import sys\nprint('out', file=sys.stdout)\nprint('err', file=sys.stderr)",
    "write": "import sys\nsys.stdout.write('héllo → α\\n')",
    "no final newline": "print('x', end='')",
    "blank lines": "print('\\n\\n a \\n\\n')",
    "tabs and returns": "print('a\\tb\\rc')",
    "inside an imported function": "import this",
    "a child process": (
        "import subprocess, sys\nprint('before')\n"
        "subprocess.run([sys.executable, '-c', 'print(1)'])\nprint('after')"
    ),
    "the descriptor itself": "import os\nos.write(1, b'raw\\n')",
    "a warning": "import warnings\nwarnings.warn('careful', stacklevel=1)\nprint('still here')",
    "main": "print(__name__)\nif __name__ == '__main__':\n    print('main')",
    "argv": "import sys\nprint(sys.argv)",
    "a class of its own": "import pickle\nclass A: pass\nprint(pickle.loads(pickle.dumps(A())))",
    "its own source": "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))",
    "a thread that outlives the code": (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\nprint('early')"
    ),
    "exit functions": "import atexit\natexit.register(print, 'bye')\nprint('hello')",
    "a finalizer": "class A:\n    def __del__(self): print('gone')\na = A()\nprint('hello')",
    "an executor that is not shut down": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "print(ThreadPoolExecutor().submit(pow, 2, 3).result())"
    ),
    "a stream that is closed": "import sys\nprint('a', end='')\nsys.stdout.close()",
    "a stream that is replaced": "import io, sys\nprint('a', end='')\nsys.stdout = io.StringIO()",
    "processes": (
        "import multiprocessing as mp\nif __name__ == '__main__':\n"
        "    print(mp.get_start_method())\n"
        "    for name in mp.get_all_start_methods():\n"
        "        with mp.get_context(name).Pool(2) as pool:\n"
        "            print(name, pool.map(abs, [-1, -2]))"
    ),
    "nothing": "",
}


@pytest.mark.parametrize("code", PRINTS.values(), ids=PRINTS)
def test_text_is_what_a_terminal_shows(code, tmp_path):
    outcome = run(code)
    assert outcome.failure is None
    without_address = re.compile(r"0x[0-9a-f]+")
    expected = without_address.sub("", in_a_terminal(code, tmp_path))
    assert without_address.sub("", outcome.text) == expected


class TestFigures:
    def test_shown_and_open_figures_are_drawn_once_each_and_in_order(self):
        outcome = run(
            "import matplotlib.pyplot as plt\n"
            "plt.title('first'); plt.show()\nprint('text')\n"
            "plt.figure(); plt.title('second')\nplt.figure(); plt.title('third')"
        )
        assert outcome.text == "text\n"
        titles = [re.search("first|second|third", svg)[0] for svg in outcome.figures]
        assert titles == ["first", "second", "third"]

    def test_show_is_silent(self):
        assert run("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()").text == ""

    def test_block_without_figures_draws_none(self):
        assert run("import matplotlib.pyplot as plt").figures == []

    def test_closed_figure_is_not_drawn(self):
        assert run("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.close()").figures == []

    def test_style_of_the_reader_has_no_effect(self, tmp_path):
        (tmp_path / "matplotlibrc").write_text("image.cmap: gray")
        block = "import matplotlib as mpl\nprint(mpl.rcParams['image.cmap'])"
        build = (
            "from isolation import run_block\n"
            f"print(run_block({block!r}, language='python', limit=60, prefix='p').text)"
        )
        result = subprocess.run(
            [sys.executable, "-c", build],
            env={**os.environ, "MPLCONFIGDIR": str(tmp_path), "PYTHONPATH": str(HOOKS)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout == "viridis\n\n"


FAILURES = {
    "an exception": ("x = 1\ny = x / 0", "ZeroDivisionError: division by zero", 2),
    "an exception in a function": ("def f():\n    raise KeyError('k')\n\nf()", "KeyError: 'k'", 2),
    "an exception in a library": ("import json\n\njson.loads('?')", "JSONDecodeError", 3),
    "sys.exit": ("import sys\nsys.exit(3)", "SystemExit: 3", 2),
    "sys.exit with success": ("import sys\nsys.exit()", "SystemExit", 2),
    "a warning turned error": (
        "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('careful')",
        "UserWarning: careful",
        3,
    ),
    "a syntax error": ("x = 1\ny = = 2", "SyntaxError: invalid syntax", 2),
    "an error in a figure": (
        "import matplotlib.pyplot as plt\nplt.title('$\\\\frac$')\nplt.show()",
        "ValueError: \\frac ^ ParseSyntaxException",
        3,
    ),
    "a message of several lines": ("raise ValueError('a\\nb')", "ValueError: a b", 1),
    "a note": ("e = ValueError('a')\ne.add_note('hint')\nraise e", "ValueError: a hint", 3),
    "a wrong doctest": (
        (
            "def f():\n    '''\n    >>> f()\n    2\n    '''\n    return 1\n"
            "import doctest\ndoctest.testmod(raise_on_error=True)"
        ),
        r"AssertionError: expected '2\n', got '1\n'",
        3,
    ),
    "an error at the exit": ("import atexit, os\natexit.register(os._exit, 3)", "status 3", None),
    "an error while handling one": (
        "try:\n    1 / 0\nexcept ArithmeticError as error:\n    raise ValueError('no') from error",
        "ValueError: no",
        4,
    ),
}


@pytest.mark.parametrize(("code", "summary", "line"), FAILURES.values(), ids=FAILURES)
def test_failure_has_summary_line_and_traceback(code, summary, line):
    failure = run(code).failure
    assert summary in failure.summary
    assert failure.line == line


def test_text_up_to_the_failure_is_kept():
    assert run("print('so far')\n1 / 0").text == "so far\n"


@pytest.mark.parametrize(
    "code",
    [
        "import json\njson.loads('?')",
        "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))",
        "import os\nraise ValueError(os.getcwd() + '/data.csv')",
        "import os\nraise ValueError(os.getcwd())",
        "import os\nos.mkdir(os.getcwd())",
        "import os\nraise ValueError(os.path.expanduser('~'))",
        "import tempfile\nopen(tempfile.gettempdir() + '/none/x.csv')",
        "import gdbook\ngdbook.squared_error(1, 'a')",
    ],
)
def test_failure_names_no_path_of_this_machine(code):
    failure = run(code).failure
    for text in (failure.summary, failure.traceback):
        for path in (sys.prefix, sys.base_prefix, Path(__file__).parents[2], Path.home()):
            assert str(path) not in text
        assert tempfile.gettempdir() not in text


class TestLimit:
    @pytest.mark.parametrize(
        "loop",
        [
            "while True:\n    pass",
            "while True:\n    try:\n        pass\n    except BaseException:\n        pass",
            "import time\ntime.sleep(1000)",
            "import threading\nthreading.Thread(target=threading.Event().wait).start()",
        ],
    )
    def test_block_that_never_ends_is_stopped(self, loop):
        failure = run(loop, limit=0.5).failure
        assert failure.summary == "TimeoutError: the block ran for longer than 0.5 s"

    def test_line_where_it_was_stuck_is_named(self):
        code = "def f():\n    while True:\n        pass\n\nprint(1)\nf()"
        failure = run(code, limit=0.5).failure
        assert failure.line in {2, 3}

    @NEEDS_POSIX
    def test_process_that_it_started_is_stopped_too(self, tmp_path):
        proof = tmp_path / "proof"
        late = (
            "import time, pathlib; print('started', flush=True); time.sleep(1.5);"
            f" pathlib.Path({str(proof)!r}).touch()"
        )
        code = (
            "import subprocess, sys\nchild = subprocess.Popen("
            f"[sys.executable, '-c', {late!r}], stdout=subprocess.PIPE)\n"
            "print(child.stdout.readline())"
        )
        assert run(code).text == "b'started\\n'\n"
        time.sleep(2.5)
        assert not proof.exists()

    @NEEDS_POSIX
    def test_block_that_prints_for_ever_fails_before_the_disk_is_full(self):
        outcome = run("while True:\n    print('x' * 1_000_000)")
        assert "OSError" in outcome.failure.summary
        assert len(outcome.text) <= 64 * 2**20

    def test_block_that_ends_its_own_process_fails(self):
        failure = run("import os\nos._exit(0)").failure
        assert failure.summary == "SystemExit: the block ended its own process with status 0"
        assert failure.line is None

    @NEEDS_POSIX
    def test_child_that_a_block_forks_may_come_to_its_end(self):
        code = "import os\nif os.fork():\n    os.wait()\nprint('end')"
        outcome = run(code)
        assert outcome.failure is None
        assert outcome.text == "end\nend\n"

    def test_all_running_blocks_can_be_stopped(self):
        with ThreadPoolExecutor() as pool:
            future = pool.submit(run, "import time\nprint('started')\ntime.sleep(1000)")
            while not future.done():
                stop_all()
                time.sleep(0.1)
        assert "ended its own process" in future.result().failure.summary

    @NEEDS_POSIX
    def test_block_that_kills_itself_fails(self):
        assert "status -9" in run("import os, signal\nos.kill(os.getpid(), 9)").failure.summary


SEED = "import random, numpy, torch\nrandom.seed(1)\nnumpy.random.seed(1)\ntorch.manual_seed(1)\n"
DRAW = (
    "import random, numpy, torch\n"
    "def draw():\n    return {random.random(), numpy.random.rand(), torch.rand(1).item()}\n"
)
LEAKS = {
    "a name": ("leaked = 1", "print('leaked' in globals())"),
    "random state": (SEED, DRAW + "drawn = draw()\n" + SEED + "print(drawn & draw())"),
    "rcParams": (
        "import matplotlib as mpl\nmpl.rcParams['lines.linewidth'] = 33",
        "import matplotlib as mpl\nprint(mpl.rcParams['lines.linewidth'])",
    ),
    "warnings filters": (
        "import warnings\nwarnings.simplefilter('ignore')",
        "import warnings\nprint(('ignore', None, Warning, None, 0) in warnings.filters)",
    ),
    "sys.path": (
        "import sys\nsys.path.insert(0, '/leak')",
        "import sys\nprint('/leak' in sys.path)",
    ),
    "the working directory": (
        "import os\nopen('leak', 'w').close(); os.chdir('/')",
        "import os\nprint(os.listdir())",
    ),
    "the environment": (
        "import os\nos.environ['LEAK'] = '1'",
        "import os\nprint(os.environ.get('LEAK'))",
    ),
    "torch settings": (
        "import torch\ntorch.set_default_dtype(torch.float64)",
        "import torch\nprint(torch.tensor(1.0).dtype)",
    ),
    "a patched library": ("import numpy\nnumpy.pi = 3", "import numpy\nprint(numpy.pi)"),
}


@pytest.mark.parametrize(("leak", "probe"), LEAKS.values(), ids=LEAKS)
def test_nothing_leaks_from_block_to_block(leak, probe):
    clean = run(probe)
    assert run(leak).failure is None
    assert run(probe).text == clean.text != ""


def test_random_state_of_a_fresh_process_is_fresh():
    code = (
        "import random, numpy as np, torch\n"
        "print(random.random(), np.random.rand(), torch.rand(1).item())"
    )
    first, second = run(code).text.split(), run(code).text.split()
    assert set(first).isdisjoint(second)


def test_hooks_of_the_build_cannot_be_imported():
    assert "ModuleNotFoundError" in run("import fences").failure.summary


class TestSessions:
    def test_session_whose_outputs_are_right_passes(self):
        assert run(">>> x = 1\n>>> x + 1\n2", language="pycon").failure is None

    def test_session_with_a_wrong_output_fails_on_its_line(self):
        failure = run(">>> 1\n1\n>>> 1 + 1\n3", language="pycon").failure
        assert failure.summary == r"AssertionError: expected '3\n', got '2\n'"
        assert failure.line == 3

    def test_session_with_an_unexpected_error_fails_on_its_line(self):
        failure = run(">>> 1\n1\n>>> 1 / 0\n3", language="pycon").failure
        assert failure.summary == "ZeroDivisionError: division by zero"
        assert failure.line == 3
