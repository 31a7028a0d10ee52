"""Each kind of change finds what it is about, and leaves alone what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sabotage import ROOT
from tests.sabotage.changes import BY_NAME, KINDS, Change, choose, files
from tests.sabotage.code import definition_at
from tests.sabotage.names import misspelt
from tests.sabotage.numbers import changed_digits
from tests.sabotage.texts import Text


def changes(kind, content, path="docs/en/chapters/page.md"):
    """Return what would be changed, each place with all that could stand there."""
    text = Text(path, content)
    return {content[spot.start : spot.end]: set(spot.options) for spot in BY_NAME[kind].spots(text)}


def block(code, language="python", **options):
    header = " ".join(f'{name}="{value}"' for name, value in {"exec": "on", **options}.items())
    return f"```{language} {header}\n{code}\n```\n"


@pytest.mark.parametrize(
    ("kind", "content", "place", "other"),
    [
        ("decimal", "It ends at 0.25.", "0.25", "0.55"),
        ("decimal", "It ends at @{f(x)[0]:.3f}.", "@{f(x)[0]:.3f}", "3.57"),
        ("integer", "After 40 steps", "40", "43"),
        ("integer", "After @{steps} steps", "@{steps}", "57"),
        ("integer", "After @run{steps:,d} steps", "@run{steps:,d}", "1,289"),
        ("fraction", "It is 8/13.", "8/13", "1/13"),
        ("fraction", "It keeps 9 %.", "9", "2"),
        ("fraction", "Two thirds are left.", "third", "quarter"),
        ("fraction", "It keeps @{q:.0%}.", "@{q:.0%}", "31 %"),
        ("number word", "Thirteen inputs", "Thirteen", "Fourteen"),
        ("number word", "in @{n:words} steps", "@{n:words}", "seventeen"),
        ("count", "There are three labs.", "three", "four"),
        ("count", "All 45 cells agree.", "45", "75"),
        ("count", "There are @count{labs} labs.", "@count{labs}", "29"),
        ("count", "There are @{n:words} panels.", "@{n:words}", "three"),
        ("comparison", "It ends above 3.", "above", "below"),
        ("comparison", "It ends at 3. It is below the 4 of before.", "below", "above"),
        ("comparison", "It ends @{a > 3:above} the bound.", "above", "below"),
        ("table", "| a | 12 |\n", "12", "42"),
        ("title", "# All 900 cells { #cells-9 }", "900", "200"),
        ("title", "---\ndescription: Thirty logs.\n---\n", "Thirty", "Forty"),
        ("title", "---\ndescription: After @{n} steps.\n---\n", "@{n}", "57"),
        ("alt", block("1", alt="It ends at 0.25"), "0.25", "0.28"),
        ("alt", block("1", alt="It ends at @{x:.2f}"), "@{x:.2f}", "3.57"),
        ("hint", '??? tip "Hint"\n\n    Add $k + 2$.\n', "2", "5"),
        ("displayed sign", "$$\na = b - c\n$$", "-", "+"),
        ("displayed sign", "$$\na \\le b\n$$", r"\le", r"\ge"),
        ("displayed digit", "$$\na = b^2\n$$", "2", "5"),
        ("displayed digit", "$$\na = @{x:.2f}\n$$", "@{x:.2f}", "3.57"),
        ("inline formula", "so $w < 1$ then", "<", ">"),
        ("inline formula", "at $0.5$ then", "0.5", "0.8"),
        ("inline formula", "so $w = @{w}$ then", "@{w}", "3.57"),
        ("symbol", "so $w = b$ then", "w", "{b}"),
        ("chapter", "as in chapter 6 and", "6", "9"),
        ("chapter", "as in @ref{06-full.md} and", "@ref{06-full.md}", "chapter 57"),
        ("chapter", "as in @ref{06-full.md} and", "06-full", "06-gull"),
        ("chapter", "as in [@ref{}](06-full.md) and", "@ref{}", "chapter 57"),
        ("other reference", "[claim 6](22.md#claim-6)", "6", "9"),
        ("other reference", "[@ref{}](22.md#claim-6)", "@ref{}", "claim 57"),
        ("other reference", "### @number{}. Twice { #exercise-1 }", "@number{}", "57"),
        ("other reference", "the next chapter", "next", "previous"),
        ("code font", "call `train` now", "train", "traio"),
        ("link text", "[`train`](t.md#gdbook.train)", "train", "traio"),
        ("link target", "[x](../a/b.md)", "b", "c"),
        ("link target", "[x](b.md#ab)", "ab", "bb"),
        ("notation", "| $x$ | `y_true` | it |\n", "y_true", "y_trve"),
        ("constant", block("run(epochs=20)"), "20", "21"),
        ("constant", block("rate = 0.1  # ä"), "0.1", "0.4"),
        ("arguments", block("ä(f, 2 * x)"), "f, 2 * x", "2 * x, f"),
        ("session", block(">>> 2**10\n1024", "pycon"), "1024", "1054"),
        ("session", block('def f():\n    """Do.\n\n    >>> f()\n    7\n    """'), "7", "8"),
        ("expression", "It is @{a - b:.2f}.", "-", "+"),
        ("expression", "It is @{loss:.2f}.", "loss", "lost"),
    ],
)
def test_kind_changes_what_it_is_about(kind, content, place, other):
    assert other in changes(kind, content)[place]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("decimal", "See [it](v1.25.md), `f(1.25)`, <https://a.org/1.25> and { #a-1.25 }."),
        ("decimal", "## What it rests on { #sources }\n\nPages 1.25 to 2.25.\n"),
        ("decimal", "It was @given{1.25: so says the source}."),
        ("decimal", "```text\n1.25\n```\n"),
        ("integer", "as in chapters 10 to 16"),
        ("number word", "The font STIX Eleven Math"),
        ("comparison", "It lies above the other."),
        ("comparison", "It ends at 3. It lies above the other."),
        ("comparison", "The table above has 3 rows, once more."),
        ("comparison", "It is above $b$@definition{the bound} ([@ref{}](b.md))."),
        ("alt", block("x = 0.25", title="run 0.25.py")),
        ("displayed digit", "$$\nf(x) + 2\n$$"),
        ("displayed digit", "$$\na = b \\tag{12} \\text{for 3}\n$$"),
        ("inline formula", "the square $x^2$ of"),
        ("symbol", r"so $\alpha = 1$ then"),
        ("link target", "[x](https://a.org/b.md)"),
        ("constant", block("ax.set(ylim=(0, 3))\nprint(f'{x:.4f}', 5)\nrng = default_rng(7)")),
        ("constant", block("x = 7", exec="off")),
        ("constant", block("symbols = {'x': (-1, 5), 'k': {1, 2}, 'y': [(0, 3), (1, 4)]}")),
        ("constant", block('name = f"{k} of {3}"')),
        ("chapter", "[@ref{}](22.md#claim-6)"),
        ("other reference", "[@ref{}](06-full.md#claims)"),
        ("arguments", block("np.isclose(a, b)\nf(a, a)\nf(*a, b)")),
        ("session", block("print(7)\n# >>> 8", exec="off")),
    ],
)
def test_kind_leaves_alone_what_is_no_statement(kind, content):
    assert changes(kind, content) == {}


def test_pairs_that_are_no_table_of_symbols_are_changed():
    assert changes("constant", block("runs = {'x': (2, 5)}")) == {"2": {"3"}, "5": {"6"}}


def test_code_in_a_fold_is_changed_in_its_place():
    content = f"??? note\n\n    {block('first = 1', name='a').replace(chr(10), chr(10) + '    ')}\n"
    (spot,) = BY_NAME["constant"].spots(Text("page.md", content))
    assert content[spot.start - 8 : spot.end] == "first = 1"


def test_stub_is_filled_with_its_solution():
    content = block("", stub="f").replace("\n\n", "\n") + block(
        "def f():\n    return 1", solution="f"
    )
    (spot,) = BY_NAME["stub"].spots(Text("page.md", content))
    changed = content[: spot.start] + spot.options[0] + content[spot.end :]
    assert changed.startswith('```python exec="on" stub="f"\ndef f():\n    return 1\n```\n')


def test_displayed_formulas_of_a_public_docstring_are_changed():
    code = 'def f(x):\n    r"""Do.\n\n    $$f(x) = x - 1$$\n\n    $$x + 3$$\n    """\n'
    found = changes("docstring formula", code, "gdbook/page.py")
    assert found == {"-": {"+"}, "1": {"4"}, "+": {"-"}, "3": {"6"}}
    assert changes("docstring formula", code.replace(" f(", " _f("), "gdbook/page.py") == {}


def test_data_is_changed_below_its_header():
    assert changes("data", "w1,w2\n1.5,2\n", "gdbook/data/a.csv") == {
        "1.5": {"4.5", "1.8"},
        "2": {"5"},
    }


def test_definition_is_the_innermost_one():
    text = Text("gdbook/a.py", "class A:\n    def f(self):\n        return 1\n\n\nx = 1\n")
    assert [definition_at(text, line) for line in (1, 3, 6)] == ["A", "f", ""]


@given(st.decimals(0, 10**9, places=2).map(str) | st.integers(0, 10**9).map(str))
def test_changed_number_is_another_number(number):
    for other in changed_digits(number):
        assert float(other) != float(number)
        assert len(other) == len(number)
    assert len(changed_digits(number)) == sum(letter.isdecimal() for letter in number)


@given(st.from_regex(r"[a-z]+\.[a-z]+(\(\))?", fullmatch=True))
def test_misspelt_name_is_another_name_in_its_last_part(name):
    for other in misspelt(name):
        assert other != name
        assert other.partition(".")[0] == name.partition(".")[0]
        assert other.endswith("()") == name.endswith("()")


@pytest.mark.parametrize(
    ("line", "changed", "excerpt"),
    [
        ("It is 0.25.", "It is 0.55.", "0.25 → 0.55"),
        ("so $a + b$", "so $a - b$", "+ → -"),
        ("three labs", "four labs", "three → four"),
        ("a", "a\nb", "a → a ⏎ b"),
    ],
)
def test_excerpt_has_whole_words(line, changed, excerpt):
    assert Change("decimal", "page.md", 1, line, changed).excerpt == excerpt


def test_change_is_found_again_when_lines_have_moved():
    change = Change("decimal", "page.md", 2, "b 1", "b 2")
    found = change.found_in("x\nb 1\ny\nb 1\n")
    assert found.number == 2
    assert change.found_in("\n\n\nb 1\n").applied("\n\n\nb 1\n") == "\n\n\nb 2\n"
    with pytest.raises(LookupError, match="choose changes again"):
        change.found_in("a\n")


def test_choice_follows_from_the_seed_and_shares_alike():
    texts = [Text("docs/en/index.md", "0.25 0.35 0.45 0.55\n40 50 60\n12/13\n")]
    kinds = [BY_NAME[name] for name in ("decimal", "integer", "fraction")]
    chosen = choose(texts, kinds, count=6, seed=1)
    assert chosen == choose(texts, kinds, count=6, seed=1)
    assert chosen != choose(texts, kinds, count=6, seed=2)
    assert sorted(change.kind for change in chosen) == [
        *["decimal"] * 3,
        *["fraction"],
        *["integer"] * 2,
    ]
    assert len({change.changed for change in chosen}) == 6


def test_project_has_places_for_every_kind():
    chosen = choose(files(ROOT), KINDS, count=len(KINDS), seed=0)
    missing = {kind.name for kind in KINDS} - {change.kind for change in chosen}
    assert missing <= {"expression", "decimal", "number word", "count"}  # all may be computed
