"""Names in code font: which are known, which can be imported, and where links to them lead."""

import pytest
from bookwright.checks.names import (
    Known,
    exists,
    mentions,
    unknown_names,
    words_of,
    words_of_package,
    wrong_links,
)

LIBRARIES = ("gdbook", "numpy")
FILES = ("docs/en/chapters/06-full-batch.md", "docs/book.py", "pyproject.toml")
CODE = (
    "import numpy as np\nresidual = np.sum(w)\n",
    'python exec="on" stub="solving_rate" title="the book"',
)
SUFFIXES = {".md", ".py", ".toml"}
WORDS = words_of_package("gdbook").union(*map(words_of, CODE))
KNOWN = Known.of_book("gdbook", LIBRARIES, WORDS, FILES)


def unknown_in(text):
    return [*unknown_names(mentions(text, SUFFIXES), KNOWN)]


def unknown(text):
    return [each.name for each in unknown_in(text)]


def links(text):
    return [each.message for each in wrong_links(text, package="gdbook")]


def test_unknown_name_has_its_line_and_says_what_to_do():
    ((line, name, message),) = unknown_in("# Title\n\nCall `no_such()`.\n")
    assert (line, name) == (3, "no_such")
    assert message == (
        "no_such is no name of gdbook, of the book's code, or of a library: "
        "mend it, or take it out of code font."
    )


class TestKnown:
    @pytest.mark.parametrize(
        "code",
        [
            *(
                "gradient_step",
                "gradient_step()",
                "learning_rate=0.1",
                "Value",
                ".grad",
                "value.grad",
            ),
            *(
                "objective.gradient(w)",
                "history.params[0]",
                "LinearModel",
                "descent",
                "adjoints",
                "keepdims=True",
            ),
        ],
    )
    def test_name_in_the_source_of_the_package_is_known(self, code):
        assert unknown(f"`{code}`") == []

    @pytest.mark.parametrize("code", ["residual", "residual**2", "w = w - …", "solving_rate"])
    def test_name_in_the_code_of_the_book_is_known(self, code):
        assert unknown(f"`{code}`") == []

    @pytest.mark.parametrize(
        "code", ["abs", "None", "for", "TypeError", "functools.partial", "exec", "hl_lines"]
    )
    def test_name_of_python_or_of_an_option_is_known(self, code):
        assert unknown(f"`{code}`") == []

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("gradient_stap", "gradient_stap"),
            ("gradient_stap(\N{OBJECT REPLACEMENT CHARACTER})", "gradient_stap"),
            ("learning_rat=0.1", "learning_rat"),
            ("abs(w).no_such", "no_such"),
            (".no_such()", "no_such"),
            ("value.grod", "value.grod"),
            ("value . grod + 1", "value.grod"),
            ("resicual", "resicual"),
            ("Valuf", "Valuf"),
            ("no_such[0]", "no_such"),
            ("no_such(…)", "no_such"),
            ("nq", "nq"),
            ("Loss2", "Loss2"),
            ("@no_such", "no_such"),
        ],
    )
    def test_other_name_is_not(self, code, name):
        assert unknown(f"`{code}`") == [name]

    def test_each_name_of_an_expression_is_looked_at(self):
        assert unknown("`no_such(residual, other_one=x.no_more)`") == [
            "no_such",
            "other_one",
            "x.no_more",
        ]

    def test_word_that_an_argument_chooses_is_looked_at(self):
        assert unknown('`reduction="residual"`, `reduction="residuam"`') == ["residuam"]

    @pytest.mark.parametrize("name", ["gdbook.losses", "np.roll", "numpy.linalg.eigh", "plt.show"])
    def test_what_begins_with_a_library_has_to_be_imported(self, name):
        assert unknown(f"`{name}()`") == [name]

    def test_library_itself_is_known(self):
        assert unknown("`gdbook`, `np`") == []

    @pytest.mark.parametrize(
        "code",
        [
            *(
                "latex",
                "forkserver",
                "NAME",
                "PATH",
                "--no-such",
                "docs/no_such",
                "walks/",
                "12",
                "###",
            ),
            *("ValueError: no_such", "a line that no_such has", "{.no_such}"),
            *("abs(**w)", 'print("no_such.py")'),
        ],
    )
    def test_what_is_no_name_of_python_is_passed_over(self, code):
        assert unknown(f"`{code}`") == []

    def test_word_that_is_nearly_a_name_is_free_where_it_is_one_of_english(self):
        assert unknown("`losse`") == ["losse"]
        assert unknown("`losse`, as in losse") == []

    def test_fences_and_words_are_not_looked_at(self):
        assert unknown("no_such\n\n```python\nno_such\n```\n") == []

    def test_hyphened_name_has_to_be_installed(self):
        assert unknown("`mkdocs-jupyter`") == ["mkdocs-jupyter"]


class TestCommands:
    @pytest.mark.parametrize(
        "code",
        [
            *("python -m doctest", "python3 -m doctest solving_rate.py", "torchrun -m gdbook"),
            *("mkdocs build --strict", "PYTHONPATH=$PWD mkdocs serve", "pip install -e '.[docs]'"),
            *("pytest docs/book.py", "ruff check", "python"),
        ],
    )
    def test_command_whose_words_exist_is_known(self, code):
        known = Known.of_book("gdbook", (), {*WORDS, "build", "serve", "install"}, FILES)
        assert [*unknown_names(mentions(f"`{code}`", SUFFIXES), known)] == []

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("pythpn -m doctest", "pythpn"),
            ("pythpn -m doctest solving_rate.py", "pythpn"),
            ("python -m dpctest", "dpctest"),
            ("python -m dpctest solving_rate.py", "dpctest"),
            ("python -m no_such", "no_such"),
            ("launcher -m no_such", "no_such"),
            ("torchrum train.py", "torchrum"),
            ("mkdocs residuam", "residuam"),
            ("OMP_NUM_THREADS=1 pythom docs/book.py", "pythom"),
        ],
    )
    def test_other_word_of_a_command_is_not(self, code, name):
        assert name in unknown(f"`{code}`")
        assert not exists(name, LIBRARIES)

    @pytest.mark.parametrize("file", ["solving_rate.qy", "book.pz"])
    def test_file_of_a_command_has_to_exist_whatever_its_ending(self, file):
        assert unknown(f"`python -m doctest {file}`") == [file]

    def test_option_that_is_nearly_a_known_word_is_not_known(self):
        assert unknown("`--residuam`, `--residual`, `--no-such`") == ["residuam"]

    def test_module_of_a_library_has_to_be_imported(self):
        assert unknown("`python -m gdbook.training`") == ["gdbook.training"]
        assert exists("gdbook.training", LIBRARIES)
        assert not exists("gdbook.trainimg", LIBRARIES)


class TestNamesThatAreCut:
    @pytest.mark.parametrize(
        "code", ["…_step", "gradient_…", "...dient_step", "solving_…", "gradient_…_step", "PATH_…"]
    )
    def test_end_or_beginning_of_a_name_is_known(self, code):
        assert unknown(f"`{code}`") == []

    @pytest.mark.parametrize("code", ["…_stap", "gradiemt_…", "…ient_ste", "gradient_…_stop"])
    def test_other_part_is_not(self, code):
        assert unknown(f"`{code}`") == [code]
        assert not exists(code, LIBRARIES)

    def test_dots_cut_as_the_sign_does(self):
        assert unknown("`...ient_stap`") == ["…ient_stap"]

    def test_part_of_a_name_of_a_library_exists(self):
        assert exists("…_divide", LIBRARIES)  # of numpy's true_divide

    def test_sign_that_stands_alone_is_none(self):
        assert unknown("`…`, `0…9`, `...`") == []


class TestFiles:
    @pytest.mark.parametrize(
        "code",
        [
            *("book.py", "docs/book.py", "chapters/06-full-batch.md:41", "pyproject.toml"),
            *("python -m doctest solving_rate.py", "solving_rate.py"),
        ],
    )
    def test_file_of_the_project_and_of_an_exercise_is_known(self, code):
        assert unknown(f"`{code}`") == []

    @pytest.mark.parametrize(
        ("code", "path"),
        [
            ("bock.py", "bock.py"),
            ("dogs/book.py", "dogs/book.py"),
            ("docs/book.pi", "docs/book.pi"),
            ("chapters/06-full-match.md:41", "chapters/06-full-match.md"),
            ("python -m doctest solving_race.py", "solving_race.py"),
        ],
    )
    def test_other_file_is_not_and_cannot_be_imported(self, code, path):
        ((_, name, message),) = unknown_in(f"`{code}`")
        assert (name, message) == (path, f"{path} is no file of the project: mend its name.")
        assert not exists(name, LIBRARIES)


class TestExists:
    @pytest.mark.parametrize(
        "name",
        [
            *("gdbook", "gdbook.losses", "gdbook.gradient_step", "gdbook.objectives.Objective"),
            *("np.roll", "np.linalg.eigh", "numpy.ndarray.sum", "json.decoder.JSONDecodeError"),
            *(
                "plt.show",
                "mkdocs",
                "mkdocs-material",
                "pypandoc_binary",
                "gradient_step",
                "ndarray",
            ),
            *("y_true.ndim", "flatten"),
        ],
    )
    def test_name_that_can_be_imported_or_that_a_library_has_exists(self, name):
        assert exists(name, LIBRARIES)

    @pytest.mark.parametrize(
        "name",
        [
            *("gdbook.lasses", "gdbook.descent.gradient_stap", "np.rall", "numpy.ndarray.sun"),
            *("np.gradient_step", "mkdocs-materiel", "no_such", "x.no_such", "json.no.such"),
        ],
    )
    def test_other_name_does_not(self, name):
        assert not exists(name, LIBRARIES)


class TestLinks:
    @pytest.mark.parametrize(
        "link",
        [
            "[`gradient_step`](../reference/descent.md#gdbook.descent.gradient_step)",
            "[`gradient_step(w, g)`](../reference/descent.md#gdbook.descent.gradient_step)",
            "[`descent.gradient_step`](descent.md#gdbook.descent.gradient_step)",
            "[`gdbook.losses`](../reference/losses.md)",
            "[`gradient_step`](05-learning-rate.md#factor)",
            "[`train`](trainer.md)",
            "[`value.grad`](notation.md)",
            "[a step](../reference/descent.md#gdbook.descent.gradient_step)",
        ],
    )
    def test_link_that_shows_where_it_leads_or_shows_no_name_is_right(self, link):
        assert links(link) == []

    @pytest.mark.parametrize(
        ("link", "name", "target"),
        [
            (
                "[`step`](descent.md#gdbook.descent.gradient_step)",
                "step",
                "gdbook.descent.gradient_step",
            ),
            (
                "[`f.train()`](training.md#gdbook.training.train)",
                "f.train",
                "gdbook.training.train",
            ),
            ("[`gdbook.losses`](../reference/descent.md)", "gdbook.losses", "descent"),
        ],
    )
    def test_link_that_leads_to_another_name_is_wrong(self, link, name, target):
        assert links(link) == [f"the link shows {name} and leads to {target}: mend one of them."]

    def test_wrong_link_has_its_line(self):
        (wrong,) = wrong_links("# Title\n\nSee [`a`](b.md#c.d).\n", package="gdbook")
        assert wrong.line == 3

    def test_link_in_a_fence_is_code(self):
        assert links("```md\n[`a`](b.md#c.d)\n```\n") == []
