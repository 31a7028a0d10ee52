"""Fences that the build fills: stubs made from solutions, and sources of the package."""

import inspect
from textwrap import dedent

import exercises
import pytest
import sources
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from sites import write_site

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


def test_stub_keeps_docstrings_and_drops_bodies_and_what_follows():
    assert exercises.stub_of(SOLUTION) == STUB


def test_solution_without_functions_leaves_nothing():
    assert exercises.stub_of("print(1)") == ""


def test_stub_is_shown_on_the_page_and_the_solution_stays():
    page = exercises.fill(PAGE)
    assert f'```python exec="on" title="side.py"\n{STUB}\n```' in page
    assert f'```python exec="on"\n{SOLUTION}\n```' in page


def test_stub_with_code_of_its_own_is_kept():
    page = PAGE.replace('stub="side"\n', 'stub="side"\n1 / 0\n')
    assert exercises.stubs(page) == {"side": "1 / 0"}
    assert '```python exec="on" title="side.py"\n1 / 0\n```' in exercises.fill(page)


@pytest.mark.parametrize("solutions", [0, 2])
def test_stub_needs_one_solution(solutions):
    head, fence, solution = PAGE.partition('```python exec="on" solution')
    page = head + (fence + solution) * solutions
    (mistake,) = exercises.mistakes(page)
    assert mistake == (3, f"the stub has {solutions} fences with its solution: write one.")
    assert exercises.fill(page)


def test_stub_needs_a_name_that_python_can_import():
    page = PAGE.replace('="side"', '="../side"')
    assert [*exercises.mistakes(page)] == [
        (3, "'../side' cannot name a module: use a Python name.")
    ]


def test_solution_that_python_cannot_read_leaves_an_empty_stub():
    assert exercises.stubs(PAGE.replace("return sqrt(area)", "return ("))["side"] == ""


def test_site_has_the_stub_for_download(tmp_path):
    config = write_site(tmp_path, page=f"{PAGE}\n[stub](exercises/page/side.py)\n")
    build(load_config(str(config), strict=True))
    stub = tmp_path / "site" / "exercises" / "page" / "side.py"
    assert stub.read_text(encoding="utf-8") == f"{STUB}\n"


def test_mistake_stops_the_build_and_names_the_line(tmp_path, caplog):
    config = write_site(tmp_path, page='# Page\n\n```python exec="on" stub="side"\n```\n')
    with pytest.raises(Abort):
        build(load_config(str(config), strict=True))
    assert "page.md:3: the stub has 0 fences with its solution" in caplog.text


def shown(name):
    return sources.fill(f'```python exec="off" shows="{name}"\n```')


def test_source_is_the_packages_own_without_its_docstring():
    page = shown("gdbook.descent.gradient_step")
    opening, signature, *body, closing = page.splitlines()
    assert opening == '```python exec="off" title="gdbook/descent.py"'
    source = inspect.getsource(gdbook.gradient_step).splitlines()
    assert [signature, *body] == [source[0], source[-1]]
    assert closing == "```"


def test_method_is_shown_as_a_function():
    opening, *lines, _ = shown("gdbook.autograd.Value.backward").splitlines()
    assert opening == '```python exec="off" title="gdbook/autograd.py"'
    signature, *body = inspect.getsource(gdbook.Value.backward).splitlines()
    assert lines[0] == signature.strip()
    assert lines[1:] == [line[4:] for line in body[-len(lines) + 1 :]]


@pytest.mark.parametrize(
    ("name", "file"),
    [("train", "training/__init__.py"), ("_parallel.summed", "training/_parallel.py")],
)
def test_source_is_found_in_a_folder_of_the_package(name, file):
    opening, signature, *_ = shown(f"gdbook.training.{name}").splitlines()
    assert opening == f'```python exec="off" title="gdbook/{file}"'
    assert signature.startswith(f"def {name.rpartition('.')[2]}(")


def test_decorator_is_part_of_the_source():
    assert shown("gdbook.losses.squared_error").splitlines()[1] == "@elementwise"


def test_definition_without_docstring_is_shown_whole():
    page = shown("gdbook.update_rules._share")
    assert "\n".join(page.splitlines()[1:-1]) == inspect.getsource(
        gdbook.update_rules._share  # noqa: SLF001  # there is no other without a docstring
    ).rstrip("\n")


@pytest.mark.parametrize(
    "name",
    [
        "gdbook.descent.nothing",
        "gdbook.autograd.Value.nothing",
        "gdbook.nothing.step",
        "gdbook.descent",
        "gdbook.training",
        "gdbook.training/_parallel.summed",
        "gdbook.data.full_batch",
        "gdbook.",
        "json.loads",
        "gdbook",
        "nothing",
    ],
)
def test_source_of_what_is_not_in_the_package_is_a_mistake(name):
    page = f'# Page\n\n```python exec="off" shows="{name}"\n```'
    assert [line for line, _ in sources.mistakes(page)] == [3]
    assert sources.fill(page)


def test_right_page_has_no_mistakes():
    page = PAGE + '```python exec="off" shows="gdbook.descent.gradient_step"\n```'
    assert [*exercises.mistakes(page), *sources.mistakes(page)] == []


def test_package_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(sources, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match="gdbook is not installed: pip install"):
        sources.package_folder()
