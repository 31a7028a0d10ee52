"""Options of fences: what they may be, where they belong, and what is said of all others."""

import pytest
from bookwright.pages.fences import find_fences
from bookwright.pages.options import Options, is_python, read
from bookwright.pages.page import Page

DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"


def read_one(header, code="x = 1", *, in_a_lab=False):
    (fence,) = find_fences(f"```{header}\n{code}\n```\n")
    return read(fence, in_a_lab=in_a_lab)


def test_options_of_a_block_are_values():
    options, mistakes = read_one(
        'python exec="on" result="markdown" alt="One || Two, and || three" limit="1.5" '
        'raises="ValueError" warns="OddWarning" stderr="dropped" title="a b" hl_lines="1 3-5" '
        'linenums="1" stub="one" solution="eins" name="run" symbols="on"'
    )
    assert mistakes == ()
    assert options == Options(
        exec=True,
        result="markdown",
        alt=("One", "Two, and", "three"),
        limit=1.5,
        raises="ValueError",
        warns="OddWarning",
        stderr="dropped",
        title="a b",
        hl_lines="1 3-5",
        linenums="1",
        stub="one",
        solution="eins",
        name="run",
        symbols=True,
    )


def test_options_of_code_that_does_not_run_are_values():
    options, mistakes = read_one('python exec="off" shows="pkg.Class.method"')
    assert (options, mistakes) == (Options(exec=False, shows="pkg.Class.method"), ())


def test_options_that_are_not_given_say_nothing():
    assert read_one("bash") == (Options(), ())
    assert read_one("") == (Options(), ())


def test_names_may_have_letters_of_any_language():
    options, mistakes = read_one('python exec="on" stub="größe" raises="Fehler.Größe"')
    assert (options.stub, options.raises, mistakes) == ("größe", "Fehler.Größe", ())


WRONG = {
    "exec": ("onn", "ON", "", "true"),
    "result": ("html", "text", ""),
    "alt": ("", " ", "One ||", "|| Two", "One || || Three"),
    "caption": ("", "One ||"),
    "code": ("closed", "", "on"),
    "play": ("Valley", "two words", "a-b", ""),
    "limit": ("0", "-1", "3601", "1e12", "inf", "nan", "long", ""),
    "name": ("a-b", "1a", "", "given", "ref", "_a"),
    "symbols": ("off", ""),
    "raises": ("Value Error", "3", "a..b", ".b", ""),
    "warns": ("a warning", "", "Odd-Warning", "a.OddWarning"),
    "stderr": ("kept", "on", ""),
    "title": ('say "x"',),
    "hl_lines": ("x", "", "1,2", "3-", "0", "5-3"),
    "linenums": ("x", "", "-1", "1 2 3 4"),
    "stub": ("../side", "a-b", "1a", "a.b", "class", ""),
    "solution": ("../side", "a b", ""),
}
MESSAGES = {
    "exec": 'say whether the code is executed: write exec="on", or exec="off".',
    "result": 'the result is text, or Markdown where the fence says result="markdown".',
    "alt": "alt describes each figure in words; || stands between two.",
    "caption": "caption says what each figure shows; || stands between two.",
    "code": 'code="open" shows the code of a block above what it shows, and not in a fold.',
    "play": 'play names what readers play with in place of the figure, such as play="valley".',
    "limit": "the limit is a number of seconds, more than 0 and at most 3600.",
    "name": "the name of a block is a Python name that no mark has, such as @given{…}.",
    "symbols": 'symbols="on" says that the block has the table of what letters stand for.',
    "raises": 'raises names the exception that ends the block, such as raises="ValueError".',
    "warns": 'warns names what the block warns of, such as warns="RuntimeWarning".',
    "stderr": 'what goes to the error stream is left out where the fence says stderr="dropped".',
    "title": "the title has no double quotes.",
    "hl_lines": 'hl_lines are numbers of lines and ranges, such as hl_lines="1 3-5".',
    "linenums": 'linenums is the number of the first line, such as linenums="1".',
    "stub": "the stub's name becomes a module's: use a Python name.",
    "solution": "the solution has the name of its stub: use a Python name.",
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_wrong_value_has_its_message(name, value):
    executed = "" if name == "exec" else ' exec="on"'
    assert read_one(f"python{executed} {name}='{value}'")[1] == (MESSAGES[name],)


@pytest.mark.parametrize("value", ["", "gdbook/descent", "gdbook.", "1.x", "a b"])
def test_wrong_name_of_a_source_has_its_message(value):
    message = "shows is the dotted name of a function, class or method of the package."
    assert read_one(f'python exec="off" shows="{value}"')[1] == (message,)


def test_each_option_has_a_wrong_value_in_these_tests():
    assert {*WRONG, "shows"} == {*Options.__dataclass_fields__}


OF_CELLS = ["alt", "caption", "name", "code", "symbols"]
LOOKS = ("title", "hl_lines", "linenums")
ALLOWED = {
    'python exec="on"': {*Options.__dataclass_fields__} - {"shows"},
    'pycon exec="on"': {*Options.__dataclass_fields__} - {"shows"},
    'python exec="off"': {"exec", "shows", *LOOKS},
    'pycon exec="off"': {"exec", "shows", *LOOKS},
    "bash": {*LOOKS},
}
VALUES = {
    "result": "markdown",
    "name": "run",
    "code": "open",
    "play": "valley",
    "symbols": "on",
    "alt": "A line",
    "limit": "9",
    "raises": "OSError",
    "warns": "UserWarning",
    "stderr": "dropped",
    "title": "a",
    "hl_lines": "1",
    "linenums": "1",
    "stub": "a",
    "solution": "a",
    "shows": "a.b",
}


@pytest.mark.parametrize("header", ALLOWED)
@pytest.mark.parametrize("name", [*VALUES, "session", "alts", "source"])
def test_option_is_taken_where_it_belongs_and_refused_elsewhere(header, name):
    _, mistakes = read_one(f'{header} {name}="{VALUES.get(name, "x")}"', code=">>> 1\n1")
    if name in ALLOWED[header]:
        assert mistakes == ()
    else:
        (mistake,) = mistakes
        assert mistake.endswith(f"not {name!r}.")
        named = set(mistake.partition("[")[2].partition("]")[0].replace("'", "").split(", "))
        assert named == ALLOWED[header]


@pytest.mark.parametrize("name", [*VALUES, "exec", "session"])
def test_cell_of_a_lab_has_a_description_and_nothing_else(name):
    value = VALUES.get(name, "on")
    _, mistakes = read_one(f'python {name}="{value}"', in_a_lab=True)
    assert mistakes == (
        () if name in OF_CELLS else (f"a cell has the options {OF_CELLS}, not {name!r}.",)
    )


@pytest.mark.parametrize("value", ["on", "off"])
def test_code_in_another_language_is_not_executed(value):
    (mistake,) = read_one(f'bash exec="{value}"')[1]
    assert mistake == "other code has the options ['title', 'hl_lines', 'linenums'], not 'exec'."


@pytest.mark.parametrize(
    "header",
    ["py", "Python", "PYTHON", "python3", "py3", "ipython", "ipython3", "{.python}", "{ .py }"],
)
def test_python_has_two_names(header):
    assert is_python(header)
    first, *_ = read_one(f'{header} exec="on"')[1]
    assert first == f"{header.split()[0]!r} opens Python code: write python, or pycon."


@pytest.mark.parametrize(
    "header", ["happy", "pytb", "bash title='run python'", "pypy", "c", "cython", ""]
)
def test_words_that_look_like_python_are_no_python(header):
    assert not is_python(header)
    assert read_one(header)[1] == ()


@pytest.mark.parametrize("name", ["c++", "c#", "objective-c", "x86.asm", "text"])
def test_language_may_have_signs(name):
    assert read_one(name)[1] == ()


@pytest.mark.parametrize("header", ["{bash}", "{.bash}", "bash,", "bash;", "title='x'"])
def test_language_is_a_name(header):
    first, *_ = read_one(header)[1]
    assert first == f"{header!r} is no language: write its name right after the ticks."


def test_session_has_a_prompt():
    message = "a session has lines that begin with >>>."
    assert read_one('pycon exec="on"', code="1 + 1\n2")[1] == (message,)
    assert read_one('pycon exec="on"', code=">>> 1 + 1\n2")[1] == ()


def test_session_is_no_cell_of_a_lab():
    (mistake,) = read_one("pycon", code=">>> 1\n1", in_a_lab=True)[1]
    assert mistake == "a lab has no sessions: write python, and print what there is to see."


@pytest.mark.parametrize("header", ['python exec="on"', 'python exec="off"', "py"])
def test_lines_of_python_cannot_be_hidden(header):
    code = "x = 1  # markdown-exec: hide"
    assert "lines cannot be hidden: what runs is what is shown." in read_one(header, code=code)[1]
    assert read_one("text", code=code)[1] == ()


def test_python_says_whether_it_runs():
    assert read_one("python")[1] == (MESSAGES["exec"],)
    assert read_one('python title="x"')[1] == (MESSAGES["exec"],)
    assert read_one("python", in_a_lab=True)[1] == ()


def test_all_mistakes_of_a_header_are_told():
    _, mistakes = read_one('py limit="0" more result="html" session="a"')
    assert len(mistakes) == 6


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("python", MESSAGES["exec"]),
        ('python exec="on" limit="0"', MESSAGES["limit"]),
        ('bash session="a"', "not 'session'"),
        ("bash title=x", "'title=x' is no option"),
    ],
)
def test_mistake_stops_the_build_at_the_line_of_its_fence(problem, header, message):
    log = problem(f"---\ntitle: Page\n---\n\n- item\n\n    ```{header}\n    x = 1\n    ```\n")
    assert log.startswith("page.md:7: ")
    assert message in log
    assert log.count("page.md:") == 1


CODE = {"pycon": ">>> a = 1\n>>> b = 2", "python": "a = 1\nb = 2"}
PROSE = "a = 1\nb = 2"


@pytest.mark.parametrize("kind", ['python exec="on"', 'pycon exec="on"', 'python exec="off"', "c"])
def test_title_numbers_and_highlighted_lines_are_shown_on_every_fence(kind, site):
    code = CODE.get(kind.split()[0], PROSE)
    looks = 'title="A title" hl_lines="2" linenums="7"'
    listing = site(f"```{kind} {looks}\n{code}\n```\n").article.select_one(".highlight")
    assert listing.select_one(".filename").text == "A title"
    assert listing.select_one(".hll").text == f"{code.splitlines()[1]}\n"
    assert listing.select_one(".linenos").text.split() == ["7", "8"]


@pytest.mark.parametrize("kind", ['python exec="on"', "bash"])
def test_line_to_highlight_that_the_code_does_not_have_stops_the_build(kind, problem):
    log = problem(f'# Page\n\n```{kind} hl_lines="1 3"\na = 1\nb = 2\n```\n')
    assert log.startswith("page.md:3: ")
    assert "hl_lines" in log


def test_lines_of_a_filled_fence_are_highlighted_too(site):
    html = site('```python exec="off" shows="gdbook.descent.gradient_step" hl_lines="1"\n```\n')
    assert html.select_one(".hll").text.startswith("def gradient_step(")
    assert html.select_one(".filename").text == "gdbook/descent/__init__.py"


def test_description_reaches_the_page_with_its_quotes(site):
    html = site(f'```python exec="on" alt=\'a "q" <b>\'\n{DRAW}```\n')
    assert html.select_one(".figure img")["alt"] == 'a "q" <b>'


def test_place_of_a_fence_is_no_option_of_the_author(problem):
    assert "not 'at'" in problem('```bash at="1"\nls\n```\n')


def test_fences_of_a_page_are_read_alike_on_their_own():
    text = '```python exec="on"\nx = 1\n```\n\n> ```python exec="on"\n> x = 1\n> ```\n'
    first, second = Page("page.md", text).fences
    assert read(first) == read(second)
