"""Fences that the build fills: stubs made from solutions, and sources of the package."""

import inspect
from textwrap import dedent

import pytest
from bookwright.pages import sources, stubs
from bookwright.pages.listings import read
from bookwright.pages.page import Page
from mkdocs.exceptions import Abort, PluginError

import gdbook

SOLUTION = dedent('''\
    from math import sqrt


    def side(area):
        """Return the side of a square.

        >>> side(4.0)
        2.0
        """
        # not to be seen
        return sqrt(area)


    def area(side):
        """Return the area."""
        return side**2


    print(side(4.0))''')
STUB = dedent('''\
    from math import sqrt


    def side(area):
        """Return the side of a square.

        >>> side(4.0)
        2.0
        """
        ...


    def area(side):
        """Return the area."""
        ...''')
PAGE = f"""\
# Page

```python exec="on" stub="side"
```

```python exec="on" solution="side"
{SOLUTION}
```
"""


def filled(text):
    """Return the listings of a page in their order."""
    return [*read(Page("page.md", text), package="gdbook").values()]


def test_stub_keeps_docstrings_and_drops_bodies_and_what_follows():
    assert stubs.stub_of(SOLUTION) == STUB


STUBS = {
    "a class": (
        """
        class Stack:
            \"\"\"A stack.\"\"\"

            size = 3

            def push(self, item):
                \"\"\"Put an item on top.\"\"\"
                self.items.append(item)

            def top(self): return self.items[-1]

        stack = Stack()
        """,
        """
        class Stack:
            \"\"\"A stack.\"\"\"

            size = 3

            def push(self, item):
                \"\"\"Put an item on top.\"\"\"
                ...

            def top(self):
                ...
        """,
    ),
    "a function that waits": (
        'async def read():\n    """Read."""\n    return 1',
        'async def read():\n    """Read."""\n    ...',
    ),
    "a decorator and a long signature": (
        "@cache\ndef f(\n    a,\n    b,\n) -> int:\n    return a",
        "@cache\ndef f(\n    a,\n    b,\n) -> int:\n    ...",
    ),
    "a comment before the first statement": (
        "def f(a):\n    # not to be seen\n    return a",
        "def f(a):\n    ...",
    ),
    "a decorated function within": (
        "def f(a):\n    @cache\n    def g():\n        return a\n\n    return g()",
        "def f(a):\n    ...",
    ),
    "a docstring and code on one line": (
        'def f(a):\n    """Return a."""; return a',
        'def f(a):\n    """Return a."""\n    ...',
    ),
}


@pytest.mark.parametrize(("solution", "stub"), STUBS.values(), ids=STUBS)
def test_nothing_is_left_of_how_a_solution_is_done(solution, stub):
    assert stubs.stub_of(dedent(solution).strip()) == dedent(stub).strip()


def test_title_of_a_filled_fence_can_be_chosen():
    stub, _ = filled(PAGE.replace('stub="side"', 'stub="side" title="Start here"'))
    assert stub.options.title == "Start here"


def test_solution_without_functions_leaves_nothing():
    assert stubs.stub_of("print(1)") == ""


def test_stub_is_made_and_the_solution_stays():
    stub, solution = filled(PAGE)
    assert (stub.code, stub.options.title) == (STUB, "side.py")
    assert (solution.code, solution.options.title) == (SOLUTION, "")
    assert stub.runs
    assert solution.runs


def test_stub_with_code_of_its_own_is_kept():
    stub, _ = filled(PAGE.replace('stub="side"\n', 'stub="side"\n1 / 0\n'))
    assert (stub.code, stub.options.title) == ("1 / 0", "side.py")


@pytest.mark.parametrize("solutions", [0, 2])
def test_stub_needs_one_solution(solutions):
    head, fence, solution = PAGE.partition('```python exec="on" solution')
    stub, *_ = filled(head + (fence + solution) * solutions)
    assert stub.place.line == 3
    assert stub.mistakes == (f"the stub has {solutions} fences with its solution: write one.",)
    assert not stub.runs


def test_solution_needs_a_stub(problem):
    log = problem(PAGE.replace(' stub="side"', ""))
    assert log.startswith("page.md:6: ")
    assert "stub" in log


def test_solution_that_python_cannot_read_leaves_an_empty_stub():
    stub, _ = filled(PAGE.replace("return sqrt(area)", "return ("))
    assert (stub.code, stub.mistakes) == ("", ())


def test_stub_is_shown_on_the_page_and_offered_for_download(site, tmp_path):
    html = site(f"{PAGE}\n[stub](exercises/page/side.py)\n")
    stub, solution = html.select(".block")
    assert stub.select_one(".filename").text == "side.py"
    assert stub.code.text == f"{STUB}\n"
    assert solution.code.text == f"{SOLUTION}\n"
    assert solution.select_one(".output").text == "2.0\n"
    file = tmp_path / "site" / "exercises" / "page" / "side.py"
    assert file.read_text(encoding="utf-8").startswith(f"{STUB}\n\n\nif __name__ == ")


def test_stub_that_another_page_has_too_stops_the_build(problem, tmp_path):
    for folder in "ab":
        (tmp_path / "docs" / folder).mkdir(parents=True)
    log = problem("# Page\n", **{"a/x": PAGE, "b/x": PAGE})
    assert log == "b/x.md:3: exercises/x/side.py is made of another page, too."


def test_stub_in_a_fold_and_solution_in_a_list_find_each_other(site):
    stub, solution = (part.replace("\n", "\n    ") for part in PAGE.split("\n\n", 2)[1:])
    html = site(f"# Page\n\n??? note\n\n    {stub}\n\n- item\n\n    {solution}\n")
    assert html.select_one("details .block code").text == f"{STUB}\n"


def test_mistake_stops_the_build_and_names_the_line(problem):
    log = problem('# Page\n\n```python exec="on" stub="side"\n```\n')
    assert log == "page.md:3: the stub has 0 fences with its solution: write one."


def shown(name):
    (listing,) = filled(f'```python exec="off" shows="{name}"\n```')
    assert listing.mistakes == ()
    return listing


def test_source_is_the_packages_own_without_its_docstring():
    listing = shown("gdbook.descent.gradient_step")
    source = inspect.getsource(gdbook.gradient_step).splitlines()
    assert listing.code.splitlines() == [source[0], source[-1]]
    assert listing.options.title == "gdbook/descent/__init__.py"
    assert not listing.runs


def test_method_is_shown_as_a_function():
    listing = shown("gdbook.autograd.Value.backward")
    signature, *lines = listing.code.splitlines()
    first, *body = inspect.getsource(gdbook.Value.backward).splitlines()
    assert listing.options.title == "gdbook/autograd.py"
    assert signature == first.strip()
    assert lines == [line[4:] for line in body[-len(lines) :]]


@pytest.mark.parametrize(
    ("name", "file"),
    [("train", "training/__init__.py"), ("_parallel.summed", "training/_parallel.py")],
)
def test_source_is_found_in_a_folder_of_the_package(name, file):
    listing = shown(f"gdbook.training.{name}")
    assert listing.options.title == f"gdbook/{file}"
    assert listing.code.startswith(f"def {name.rpartition('.')[2]}(")


def test_decorator_is_part_of_the_source():
    first, *_ = shown("gdbook.losses.elementwise.squared_error").code.splitlines()
    assert first == "@Loss.with_derivative("


def test_definition_without_docstring_is_shown_whole():
    source = inspect.getsource(
        gdbook.descent.steps._share  # noqa: SLF001  # there is no other without a docstring
    )
    assert shown("gdbook.descent.steps._share").code == source.rstrip("\n")


@pytest.mark.parametrize(
    "name",
    [
        "gdbook.descent.nothing",
        "gdbook.autograd.Value.nothing",
        "gdbook.nothing.step",
        "gdbook.descent",
        "gdbook.training",
        "gdbook.data.full_batch",
        "json.loads",
        "json.descent.gradient_step",
        "gdbook",
        "nothing",
    ],
)
def test_source_of_what_is_not_in_the_package_is_a_mistake(name):
    (listing,) = filled(f'# Page\n\n```python exec="off" shows="{name}"\n```')
    assert listing.place.line == 3
    assert listing.mistakes == (f"{name} is no function, class or method of gdbook.",)


def test_source_is_shown_on_the_page_and_cannot_be_copied(site):
    html = site('```python exec="off" shows="gdbook.descent.gradient_step"\n```\n').article
    assert html.select_one(".filename").text == "gdbook/descent/__init__.py"
    assert html.code.text.startswith("def gradient_step(")
    assert html.select(".copy, .output") == []


def test_source_of_nothing_stops_the_build_at_its_line(problem):
    log = problem('# Page\n\n```python exec="off" shows="gdbook.nothing"\n```\n')
    assert log == "page.md:3: gdbook.nothing is no function, class or method of gdbook."


def test_fence_that_shows_a_source_has_no_code_of_its_own(problem):
    log = problem('# Page\n\n```python exec="off" shows="gdbook.descent.gradient_step"\nx\n```\n')
    assert log.startswith("page.md:3: ")


def test_package_that_is_not_installed_stops_the_build_and_is_named(site, caplog):
    with pytest.raises(Abort):
        site("# Page\n", settings='package="no_such_package"')
    assert "no_such_package is not installed: pip install" in caplog.text


def test_module_is_no_package():
    with pytest.raises(PluginError, match="typing_extensions is no package"):
        sources.package_folder("typing_extensions")
