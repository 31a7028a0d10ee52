"""One block in its own process: what it prints, what is noted of it, and how it ends."""

import ast
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bookwright.blocks.isolation import Sandbox, environment, only, stop_all
from bookwright.settings import PASSED
from sites import ENGINE, ENVIRONMENT

SANDBOX = Sandbox(environment(PASSED), preload=("matplotlib.pyplot", "numpy", "torch"))
NEEDS_POSIX = pytest.mark.skipif(
    os.name != "posix", reason="Windows has no process groups, signals and file limits"
)


def run(code, *, is_session=False, limit=60):
    return SANDBOX.run(code, is_session=is_session, limit=limit)


def in_a_terminal(code, folder, **variables):
    """Return what `python block.py` writes to its two streams, without the name of the folder."""
    (folder / "block.py").write_text(code, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-u", "block.py"],
        cwd=folder,
        env=dict(SANDBOX.environment) | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    texts = (stream.decode().replace(os.linesep, "\n") for stream in (result.stdout, result.stderr))
    return [text.replace(f"{folder}{os.sep}", "") for text in texts]


def elsewhere(block, folder, wanted="text", **variables):
    """Return what a block prints that another process runs, in a folder and with variables.

    Nothing has been imported for it. `wanted` is another part of its result.
    """
    program = (
        "from bookwright.blocks.isolation import Sandbox, environment\n"
        "from bookwright.settings import PASSED\n"
        "sandbox = Sandbox(environment(PASSED))\n"
        f"print(sandbox.run({block!r}, is_session=False, limit=60).{wanted})"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.removesuffix("\n")


PRINTS = {
    "sep and end": "print('a', 'b', sep='-', end='!')",
    "file": "import sys\nprint('out', file=sys.stdout)\nprint('err', file=sys.stderr)",
    "write": "import sys\nsys.stdout.write('héllo → α\\n')\nsys.stderr.write('β');",
    "no final newline": "print('x', end='')",
    "blank lines": "print('\\n\\n a \\n\\n')",
    "tabs and returns": "print('a\\tb\\rc')",
    "inside an imported function": "import this",
    "a child process": (
        "import subprocess, sys\nprint('before')\n"
        "code = 'import sys; print(1); print(2, file=sys.stderr)'\n"
        "subprocess.run([sys.executable, '-c', code])\nprint('after')"
    ),
    "the descriptors themselves": "import os\nos.write(1, b'raw\\n')\nos.write(2, b'error\\n');",
    "what cannot be encoded, to the error stream": "import sys\nprint('\\ud800', file=sys.stderr)",
    "nothing to read": (
        "import subprocess, sys\nprint(repr(sys.stdin.read()))\n"
        "subprocess.run([sys.executable, '-c', 'import sys; print(repr(sys.stdin.read()))']);"
    ),
    "main": "print(__name__, __file__)\nif __name__ == '__main__':\n    print('main')",
    "builtins": "print(__builtins__.len('ab'))",
    "a module that it has written": (
        "import pathlib\npathlib.Path('own.py').write_text('x = 1')\nimport own\nprint(own.x)"
    ),
    "argv": "import sys\nprint(sys.argv)",
    "a class of its own": "import pickle\nclass A: pass\nprint(pickle.loads(pickle.dumps(A())))",
    "its own source": "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))",
    "a thread that outlives the code": (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\nprint('early')"
    ),
    "exit functions": "import atexit\natexit.register(print, 'bye')\nprint('hello')",
    "a finalizer": "class A:\n    def __del__(self): print('gone')\na = A()\nprint('hello')",
    "a finalizer of something that holds itself": (
        "class A:\n    def __del__(self): print('gone')\na = A()\na.own = a\nprint('hello')"
    ),
    "an executor that is not shut down": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "print(ThreadPoolExecutor().submit(pow, 2, 3).result())"
    ),
    "a stream that is closed": "import sys\nprint('a', end='')\nsys.stdout.close()",
    "a stream that is replaced": "import io, sys\nprint('a', end='')\nsys.stdout = io.StringIO()",
    "an exit with success": "import sys\nprint('a')\nsys.exit(0)",
    "an exit without a status": "import atexit, sys\natexit.register(print, 'bye')\nsys.exit()",
    "a warning that is recorded": (
        "import warnings\nwith warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.warn('careful')\nprint(len(caught))"
    ),
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
def test_streams_hold_what_a_terminal_shows(code, tmp_path):
    result = run(code)
    without_address = re.compile(r"0x[0-9a-f]+")
    expected = [without_address.sub("", text) for text in in_a_terminal(code, tmp_path)]
    assert [without_address.sub("", text) for text in (result.text, result.errors)] == expected
    assert (result.raised, result.stopped, result.value) == (None, None, None)
    assert result.warned == result.wrong == ()


@pytest.mark.parametrize("code", ["sys.exit()", "sys.exit(0)", "raise SystemExit", "1"])
def test_block_that_ends_itself_with_success_is_known_to_have_left(code):
    assert run(f"import sys\n{code}").left == (code != "1")


RAISES = {
    "nothing more": "print('so far')\n1 / 0\nprint('never')",
    "no final newline": "print('so far', end='')\n1 / 0",
    "a finally": "try:\n    1 / 0\nfinally:\n    print('cleared')",
    "exit functions": "import atexit\natexit.register(print, 'bye')\n1 / 0",
    "a thread that outlives the code": (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\n1 / 0"
    ),
    "a child process": (
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'])\n1 / 0"
    ),
}


@pytest.mark.parametrize("code", RAISES.values(), ids=RAISES)
def test_block_that_raises_has_printed_what_a_terminal_shows(code, tmp_path):
    result = run(code)
    printed, errors = in_a_terminal(code, tmp_path)
    assert result.text == printed
    assert (result.raised.traceback, result.errors) == (errors, "")


VALUES = {
    "a number": ("1", 1),
    "a name": ("x = 1\nx", 2),
    "an expression of several lines": ("x = 1\n(x +\n 1)", 2),
    "a text": ("'text'", 1),
    "a call": ("x = [3]\n\nx.pop()\n\n# the end\n", 3),
    "a semicolon in a comment": ("1  # done;", 1),
    "a semicolon in a text": ("'a;'", 1),
    "two on one line": ("1; 2", 1),
    "a semicolon": ("1;", None),
    "a semicolon before a comment": ("1;  # done", None),
    "a semicolon and empty lines": ("1;\n\n\n", None),
    "None": ("None", None),
    "a call of print": ("print(1)", None),
    "a method that returns nothing": ("[].append(1)", None),
    "an assignment": ("x = 1", None),
    "a value in a branch": ("if True:\n    1", None),
    "an expression before the end": ("1\nx = 2", None),
    "a way out": ("import sys\nsys.exit()", None),
    "an exception": ("1 / 0", None),
    "a comment": ("# nothing", None),
}


@pytest.mark.parametrize(("code", "line"), VALUES.values(), ids=VALUES)
def test_value_is_one_that_jupyter_would_show(code, line):
    assert run(code).value == line


WARNS = {
    "a warning": "import warnings\n\nwarnings.warn('careful', stacklevel=1)\nprint('still here')",
    "one of each category": (
        "import warnings\nfor kind in RuntimeWarning, FutureWarning, DeprecationWarning:\n"
        "    warnings.warn('careful', kind)"
    ),
    "the same one in a loop": "import warnings\nfor _ in 'ab':\n    warnings.warn('careful')",
    "one that Python hides": "import warnings\nwarnings.warn('old', PendingDeprecationWarning)",
    "one that is hidden in libraries": (
        "import warnings\nwarnings.warn_explicit('old', DeprecationWarning, 'lib.py', 1, 'lib')"
    ),
    "one that the block ignores": (
        "import warnings\nwarnings.simplefilter('ignore')\nwarnings.warn('careful')"
    ),
    "arithmetic": "import numpy as np\nnp.array([1.0]) / np.array([0.0]);",
    "syntax": "x = 1\nprint(x is 1)",
    "a thread": (
        "import threading, warnings\n"
        "threading.Thread(target=warnings.warn, args=('careful',)).start()"
    ),
    "an exit function": "import atexit, warnings\natexit.register(warnings.warn, 'late')",
    "a coroutine that is not awaited": "async def f():\n    pass\n\nx = f()\nx = None",
    "a class of its own": (
        "import warnings\nclass Careful(UserWarning): pass\nwarnings.warn('x', Careful)"
    ),
    "one before an exception": "import warnings\nwarnings.warn('careful')\n1 / 0",
}


@pytest.mark.parametrize("code", WARNS.values(), ids=WARNS)
def test_warnings_are_those_that_a_terminal_shows_and_are_not_printed(code, tmp_path):
    result = run(code)
    printed, errors = in_a_terminal(code, tmp_path)
    told = re.findall(r"^(.+):(\d+): (\w+Warning|Careful): (.*)", errors, re.MULTILINE)
    assert [(warned.category, warned.message) for warned in result.warned] == [
        (category, message) for _, _, category, message in told
    ]
    for warned, (file, line, _, _) in zip(result.warned, told, strict=True):
        assert warned.line == (int(line) if file == "block.py" else None)
    assert (result.text, result.errors) == (printed, "")


def test_table_of_warnings_has_some_that_are_shown(tmp_path):
    shown = [code for code in WARNS.values() if "arning: " in in_a_terminal(code, tmp_path)[1]]
    assert len(shown) >= 8


FAILURES = {
    "an exception": ("x = 1\ny = x / 0", "ZeroDivisionError: division by zero", 2),
    "an exception in a function": ("def f():\n    raise KeyError('k')\n\nf()", "KeyError: 'k'", 2),
    "an exception without a message": ("raise ValueError", "ValueError", 1),
    "an exception in a library": (
        "import json\n\njson.loads('?')",
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        3,
    ),
    "sys.exit": ("import sys\nsys.exit(3)", "SystemExit: 3", 2),
    "sys.exit with a message": ("import sys\nsys.exit('no')", "SystemExit: no", 2),
    "sys.exit with a list": ("import sys\nsys.exit([1])", "SystemExit: [1]", 2),
    "an interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
    "a warning turned error": (
        "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('careful')",
        "UserWarning: careful",
        3,
    ),
    "a syntax error": ("x = 1\ny = = 2", "SyntaxError: invalid syntax", 2),
    "a syntax error of the compiler": (
        "x = 1\nreturn x",
        "SyntaxError: 'return' outside function",
        2,
    ),
    "a message of several lines": ("raise ValueError('a\\nb')", "ValueError: a\nb", 1),
    "a note": ("e = ValueError('a')\ne.add_note('hint')\nraise e", "ValueError: a\nhint", 3),
    "a class of its own": (
        "class A:\n    class B(Exception): pass\n\nraise A.B('x: y')",
        "A.B: x: y",
        4,
    ),
    "a wrong doctest": (
        (
            "def f():\n    '''\n    >>> f()\n    2\n    '''\n    return 1\n"
            "import doctest\ndoctest.testmod(raise_on_error=True)"
        ),
        "doctest.DocTestFailure: <DocTest __main__.f from block.py:1 (1 example)>",
        8,
    ),
    "an error while handling one": (
        "try:\n    1 / 0\nexcept ArithmeticError as error:\n    raise ValueError('no') from error",
        "ValueError: no",
        4,
    ),
    "an error that is read again": ("x = input('who? ')", "EOFError: EOF when reading a line", 1),
    "a module that is not there": ("import nothing", "No module named 'nothing'", 1),
    "an error in a figure": (
        "import matplotlib.pyplot as plt\nplt.title('$\\\\frac$')\nplt.show()",
        "ParseSyntaxException",
        3,
    ),
}


@pytest.mark.parametrize(("code", "message", "line"), FAILURES.values(), ids=FAILURES)
def test_failure_has_message_and_line(code, message, line):
    result = run(code)
    assert message in result.raised.message
    assert result.raised.line == line
    assert result.stopped is None


@pytest.mark.parametrize(
    "name",
    [
        "an exception",
        "an exception in a function",
        "an exception without a message",
        "a syntax error",
        "a syntax error of the compiler",
        "a message of several lines",
        "a note",
        "a class of its own",
        "an error while handling one",
        "an error that is read again",
    ],
)
def test_traceback_and_message_are_those_of_python(name, tmp_path):
    code, message, _ = FAILURES[name]
    raised = run(code).raised
    _, errors = in_a_terminal(code, tmp_path)
    assert raised.traceback == errors
    assert errors.endswith(f"\n{raised.message}\n")
    assert raised.message == message


@pytest.mark.parametrize(
    ("code", "name", "dotted_name"),
    [
        ("raise ValueError", "ValueError", "builtins.ValueError"),
        ("import json\njson.loads('?')", "JSONDecodeError", "json.decoder.JSONDecodeError"),
        ("class Own(Exception): pass\nraise Own", "Own", "__main__.Own"),
    ],
)
def test_exception_is_known_by_its_name_with_and_without_its_module(code, name, dotted_name):
    raised = run(code).raised
    assert (raised.name, raised.dotted_name) == (name, dotted_name)


def test_error_of_a_thread_is_written_to_the_error_stream():
    result = run("import threading\nthreading.Thread(target=int, args='x').start()")
    assert "ValueError: invalid literal" in result.errors
    assert result.text == ""


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
        "import json, warnings\nwarnings.warn(json.__file__)\n1 / 0",
    ],
)
def test_failure_and_warning_name_no_path_of_this_machine(code):
    result = run(code)
    warned = [warned.message for warned in result.warned]
    for text in (result.raised.message, result.raised.traceback, *warned):
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
        result = run(f"print('so far')\n{loop}", limit=2)
        assert result.stopped.message == "TimeoutError: the block ran for longer than 2 s"
        assert result.stopped.name == "TimeoutError"
        assert result.text == "so far\n"

    def test_line_where_it_was_stuck_is_named(self):
        stopped = run("def f():\n    while True:\n        pass\n\nprint(1)\nf()", limit=2).stopped
        assert stopped.line in {2, 3}

    @NEEDS_POSIX
    def test_process_that_it_started_is_stopped_too(self, tmp_path):
        line = tmp_path / "line"
        os.mkfifo(line)
        end = os.open(line, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(end, True)
        child = (
            f"import time; line = open({str(line)!r}, 'w'); print('started', flush=True);"
            " time.sleep(60); line.write('alive')"
        )
        code = (
            "import subprocess, sys\nchild = subprocess.Popen("
            f"[sys.executable, '-c', {child!r}], stdout=subprocess.PIPE)\n"
            "print(child.stdout.readline())"
        )
        assert run(code).text == "b'started\\n'\n"
        assert os.read(end, 10) == b""  # nobody holds the other end
        os.close(end)

    @NEEDS_POSIX
    def test_block_that_prints_too_much_fails_before_the_disk_is_full(self):
        result = run("for _ in range(100):\n    print('x' * 1_000_000)")
        assert (result.raised or result.stopped).name == "OSError"
        assert len(result.text) <= 64 * 2**20

    def test_block_that_ends_its_own_process_is_stopped(self):
        result = run("print('so far', flush=True)\nimport os\nos._exit(0)")
        message = "SystemExit: the block ended its own process with status 0"
        assert (result.stopped.message, result.stopped.line) == (message, None)
        assert result.text == "so far\n"

    def test_block_that_ends_its_own_process_at_its_exit_is_stopped(self):
        result = run("import atexit, os\natexit.register(os._exit, 3)")
        assert result.stopped.message.endswith("status 3")

    @NEEDS_POSIX
    def test_block_that_kills_itself_is_stopped(self):
        result = run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
        assert result.stopped.message.endswith(f"status {-signal.SIGKILL}")

    @NEEDS_POSIX
    def test_child_that_a_block_forks_may_come_to_its_end(self):
        result = run("import os\nif os.fork():\n    os.wait()\nprint('end')")
        assert (result.raised, result.stopped) == (None, None)
        assert result.text == "end\nend\n"

    @NEEDS_POSIX
    @pytest.mark.parametrize(("code", "status"), [("pass", 0), ("1 / 0", 1)])
    def test_child_that_a_block_forks_ends_with_the_status_of_a_program(self, code, status):
        result = run(
            f"import os\nif os.fork() == 0:\n    {code}\nelse:\n"
            "    print(os.waitstatus_to_exitcode(os.wait()[1]))"
        )
        assert result.text == f"{status}\n"

    def test_all_running_blocks_can_be_stopped(self):
        with ThreadPoolExecutor() as pool:
            future = pool.submit(run, "import time\nprint('started')\ntime.sleep(1000)")
            while not future.done():
                stop_all()
                time.sleep(0.1)
        assert "ended its own process" in future.result().stopped.message


SEED = "import random, numpy, torch\nrandom.seed(1)\nnumpy.random.seed(1)\ntorch.manual_seed(1);\n"
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
    assert run(leak).raised is None
    assert run(probe).text == clean.text != ""


def test_random_state_of_a_fresh_process_is_fresh():
    code = (
        "import random, numpy as np, torch\n"
        "print(random.random(), np.random.rand(), torch.rand(1).item())"
    )
    first, second = run(code).text.split(), run(code).text.split()
    assert set(first).isdisjoint(second)


@pytest.mark.parametrize("name", ["bookwright", "bookwright.blocks.child", "programs", "book"])
def test_modules_of_the_build_cannot_be_imported(name):
    raised = run(f"import {name}").raised
    assert raised.name == "ModuleNotFoundError"


def test_modules_of_the_build_are_gone_save_for_the_one_that_draws():
    code = "import sys\nprint([m for m in sys.modules if m.startswith('bookwright.')])"
    assert run(code).text == "['bookwright.blocks.canvas']\n"


@pytest.mark.parametrize(
    ("code", "absent"),
    [("import sys", "matplotlib"), ("import matplotlib, sys", "matplotlib.pyplot")],
)
def test_block_has_no_more_of_matplotlib_than_it_imports(code, absent, tmp_path):
    assert elsewhere(f"{code}\nprint({absent!r} in sys.modules)", tmp_path) == "False\n"


@pytest.mark.parametrize("name", ["matplotlib.pyplot", "matplotlib"])
def test_block_draws_for_the_page_with_what_it_imports_itself(name, tmp_path):
    code = f"import {name}\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    assert elsewhere(code, tmp_path, "figures").count("<svg ") == 1


class TestEnvironment:
    def test_variables_that_are_not_passed_are_withheld_from_block_and_its_programs(self, tmp_path):
        block = (
            "import os, subprocess, sys\nprint(dict(os.environ))\n"
            "program = 'import os; print(dict(os.environ))'\n"
            "print(subprocess.run([sys.executable, '-c', program], stdout=-1).stdout)\n"
            "for process in 'self', os.getppid():\n"
            "    if os.path.exists(file := f'/proc/{process}/environ'):\n"
            "        print(open(file, 'rb').read())\n"
        )
        text = elsewhere(block, tmp_path, PRIVATE="1234567", TZ="Asia/Tokyo")
        assert "1234567" not in text
        assert text.count("Asia/Tokyo") >= 2

    def test_variables_of_the_build_are_as_before(self, monkeypatch):
        monkeypatch.setenv("PRIVATE", "1234567")
        before = dict(os.environ)
        run("print(1)")
        assert dict(os.environ) == before

    def test_withheld_variables_come_back_after_an_error(self):
        before = dict(os.environ)
        with pytest.raises(LookupError), only({"A": "1"}):
            raise LookupError(dict(os.environ).pop("A"))
        assert dict(os.environ) == before

    def test_variable_that_is_named_is_passed_and_one_that_is_not_set_is_none(self, monkeypatch):
        monkeypatch.setenv("COLOUR", "red")
        monkeypatch.delenv("SIZE", raising=False)
        variables = dict(environment(("COLOUR", "SIZE")))
        assert variables.pop("PATH")
        assert variables == {"COLOUR": "red"}

    def test_block_has_one_thread_if_nobody_says_how_many(self, monkeypatch):
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        assert dict(environment(PASSED))["OMP_NUM_THREADS"] == "1"
        monkeypatch.setenv("OMP_NUM_THREADS", "3")
        assert dict(environment(PASSED))["OMP_NUM_THREADS"] == "3"

    def test_block_has_no_other_variables_than_the_sandbox(self):
        result = run("import os\nprint(dict(os.environ))")
        assert ast.literal_eval(result.text) == dict(SANDBOX.environment)

    def test_folder_of_the_engine_is_not_searched(self, tmp_path):
        program = (
            f"import sys\nsys.path.insert(0, {str(ENGINE)!r})\n"
            "from bookwright.blocks.isolation import Sandbox\n"
            "sys.path.pop(0)\n"
            "code = 'import sys; print(*sys.path[1:])'\n"
            "print(Sandbox(()).run(code, is_session=False, limit=60).text)"
        )
        result = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert sys.base_prefix in result.stdout
        assert str(ENGINE) not in result.stdout

    def test_modules_are_looked_for_where_a_terminal_would(self, tmp_path):
        code = "import sys\nprint(*sys.path[1:], sep='\\n')"
        found = elsewhere(code, tmp_path).splitlines()
        expected, _ = in_a_terminal(code, tmp_path, **ENVIRONMENT)
        assert [path for path in found if path != str(tmp_path)] == expected.splitlines()

    def test_programs_of_this_python_come_first(self):
        code = (
            "import subprocess\n"
            "subprocess.run(['python', '-c', 'import sys; print(sys.prefix)'], check=True);"
        )
        assert run(code).text == f"{sys.prefix}\n"

    def test_library_that_is_not_there_is_not_needed(self, tmp_path):
        text = "import sys\nsys.modules['matplotlib'] = None\n"
        (tmp_path / "sitecustomize.py").write_text(text, encoding="utf-8")
        path = os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(tmp_path)])
        code = "import importlib.util as u\nprint(u.find_spec('matplotlib'))"
        assert elsewhere(code, tmp_path, PYTHONPATH=path) == "None\n"


class TestFiles:
    """The files that a block reads, as far as its key does not know of them."""

    def files(self, code, *known):
        known = (str(ENGINE / "bookwright"), *known)
        sandbox = Sandbox(SANDBOX.environment, "", SANDBOX.preload, known)
        return sandbox.run(code, is_session=False, limit=60).files

    @pytest.fixture
    def table(self, tmp_path):
        (tmp_path / "table.csv").write_text("1,2\n")
        return tmp_path / "table.csv"

    @pytest.mark.parametrize(
        "reading",
        [
            "open({})",
            "open({}, 'rb').read()",
            "pathlib.Path({}).read_text()",
            "os.open({}, os.O_RDONLY)",
            "np.loadtxt({}, delimiter=',')",
            "runpy.run_path({})",
            "[open({}) for _ in 'ab']",
        ],
    )
    def test_that_is_opened_is_noted(self, table, reading):
        code = f"import os, pathlib, runpy\nimport numpy as np\n{reading.format(repr(str(table)))};"
        assert self.files(code) == (str(table),)

    def test_that_is_named_from_where_the_block_is_then_is_noted(self, table):
        code = f"import os\nos.chdir({str(table.parent)!r})\nopen('table.csv');"
        assert self.files(code) == (str(table),)

    def test_that_is_a_module_is_noted_by_its_source(self, tmp_path):
        (tmp_path / "helper_of_mine.py").write_text("x = 1\n")
        code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport helper_of_mine"
        for _ in "ab":  # the second time it is compiled
            found = self.files(f"import sys\nsys.dont_write_bytecode = False\n{code}")
            assert found == (str(tmp_path / "helper_of_mine.py"),)

    def test_that_was_read_before_a_failure_is_noted(self, table):
        assert self.files(f"open({str(table)!r})\n1 / 0") == (str(table),)

    @pytest.mark.parametrize(
        "code",
        [
            "open('own.txt', 'w').write('1')\nprint(open('own.txt').read())",
            "import json, numpy.linalg, sklearn\nprint(open(json.__file__).read(9))",
            "open('/dev/null');",
            "try:\n    open('/nothing')\nexcept OSError:\n    pass",
            "import tempfile\nwith tempfile.TemporaryDirectory():\n    pass",
            "import os\nos.listdir('/');",
            "print(1)",
        ],
    )
    def test_of_the_block_itself_of_libraries_and_of_the_system_are_not_noted(self, code):
        assert self.files(code) == ()

    def test_in_folders_that_the_key_knows_are_not_noted(self, table):
        code = f"open({str(table)!r});"
        assert self.files(code, str(table.parent)) == ()
        assert self.files(code, str(table)[:-1]) == (str(table),)


class TestSessions:
    def wrong(self, *lines):
        result = run("\n".join(lines), is_session=True)
        assert (result.raised, result.stopped, result.text) == (None, None, "")
        return [tuple(example) for example in result.wrong]

    def test_session_whose_outputs_are_right_has_nothing_wrong(self):
        assert self.wrong(">>> x = 1", ">>> x + 1", "2", ">>> print(x)", "1") == []

    def test_every_wrong_example_has_its_line_source_and_both_outputs(self):
        assert self.wrong(
            ">>> 1", "1", ">>> 1 + 1", "3", ">>> for x in 'ab':", "...     print(x)", "a", ">>> x"
        ) == [
            (3, "1 + 1\n", "3\n", "2\n"),
            (5, "for x in 'ab':\n    print(x)\n", "a\n", "a\nb\n"),
            (8, "x\n", "", "'b'\n"),
        ]

    def test_example_that_raises_is_one_of_them(self):
        assert self.wrong(">>> 1 / 0", "3", ">>> x = 1", ">>> x +", ">>> x", "2") == [
            (1, "1 / 0\n", "3\n", "ZeroDivisionError: division by zero\n"),
            (4, "x +\n", "", "SyntaxError: invalid syntax\n"),
            (5, "x\n", "2\n", "1\n"),
        ]

    def test_exception_that_is_expected_is_right(self):
        head = "Traceback (most recent call last):"
        assert self.wrong(">>> 1 / 0", head, "ZeroDivisionError: division by zero") == []

    def test_other_exception_than_expected_is_told_without_paths_of_this_machine(self):
        head = "Traceback (most recent call last):"
        ((line, _, expected, got),) = self.wrong(">>> int('x')", head, "KeyError: 1")
        assert (line, expected) == (1, f"{head}\nKeyError: 1\n")
        assert got.endswith("ValueError: invalid literal for int() with base 10: 'x'\n")
        assert sys.base_prefix not in got
        assert "doctest.py" not in got

    def test_directives_of_doctest_are_obeyed(self):
        assert self.wrong(">>> list(range(9))  # doctest: +ELLIPSIS", "[0, ..., 8]") == []

    def test_warning_in_a_session_is_noted(self):
        code = ">>> import warnings\n>>> warnings.warn('careful')"
        (warned,) = run(code, is_session=True).warned
        assert (warned.category, warned.message) == ("UserWarning", "careful")

    def test_value_at_the_end_of_a_session_is_none(self):
        assert run(">>> 1\n1", is_session=True).value is None
