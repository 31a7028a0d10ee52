# ruff: noqa: RUF001  # mathematics is written with such characters

import logging
import re
import unicodedata
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from bookwright.cache import Cache
from bookwright.pages.page import Page
from bookwright.problems import Problems
from bookwright.rendering import formulas
from bookwright.rendering.formulas import Mathematics
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from markdown import Markdown
from mkdocs.exceptions import PluginError

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "docs" / "en" / "samples.md"
Convert = Callable[..., str]
FONTS = [*(ROOT / "docs" / "theme" / "assets" / "fonts").glob("*.woff2")]


def inline(tex: str) -> str:
    return rf'<span class="arithmatex">\({escape(tex, quote=False)}\)</span>'


def display(tex: str) -> str:
    return f'<div class="arithmatex">\\[\n{escape(tex, quote=False)}\n\\]</div>'


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def convert(cache: Cache) -> Convert:
    def convert(*pages: str) -> str:
        problems = Problems()
        mathematics = Mathematics(cache, problems)
        for number, page in enumerate(pages, start=1):
            mathematics.collect(Page(f"page{number}.md", ""), page)
        mathematics.convert()
        problems.stop_the_build()
        return "".join(map(mathematics.insert, pages))

    return convert


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Count the processes that are started."""
    commands: list[object] = []
    run = formulas.subprocess.run

    def counted(command: object, **options: object) -> object:
        commands.append(command)
        return run(command, **options)

    monkeypatch.setattr(formulas.subprocess, "run", counted)
    return commands


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    text = SAMPLES.read_text(encoding="utf-8").split("---\n", 2)[2]
    settings = {"pymdownx.arithmatex": {"generic": True}}
    extensions = ["pymdownx.arithmatex", "tables"]
    page = Markdown(extensions=extensions, extension_configs=settings).convert(text)
    problems = Problems()
    mathematics = Mathematics(Cache(tmp_path_factory.mktemp("cache")), problems)
    mathematics.collect(Page("samples.md", text), page)
    mathematics.convert()
    problems.stop_the_build()
    return page, mathematics.insert(page)


def test_an_inline_formula_becomes_a_math_element(convert: Convert) -> None:
    page = f"<p>Let {inline('x^2')} grow.</p>"
    math = "<math><msup><mi>x</mi><mn>2</mn></msup></math>"
    assert convert(page) == f"<p>Let {math} grow.</p>"


def test_a_display_formula_can_scroll_by_itself(convert: Convert) -> None:
    math = '<math display="block"><msup><mi>x</mi><mn>2</mn></msup></math>'
    assert convert(display("x^2")) == f'<div class="math" tabindex="0">{math}</div>'


@pytest.mark.parametrize("mark", [".", ",", ")."])
def test_punctuation_after_an_inline_formula_does_not_begin_a_line(
    convert: Convert, mark: str
) -> None:
    page = convert(f"<p>{inline('x')}{mark} {inline('y')} {display('z')}{mark}</p>")
    assert f"</mi></math>{mark}</span> <math>" in page
    assert page.endswith(f"</div>{mark}</p>")


def test_long_formula_of_a_line_can_be_broken_behind_its_relations(convert: Convert) -> None:
    long = "(a + b)(c + d) = ac + ad + bc + bd = e"
    pieces = BeautifulSoup(convert(f"{inline(long)}."), "html.parser").find_all("math")
    assert [each.get_text() for each in pieces] == ["(a+b)(c+d)=", "ac+ad+bc+bd=", "e"]
    assert [each.parent.get("class") for each in pieces] == [None, None, ["math-end"]]
    assert pieces[0].find_all("mo")[-1]["form"] == "infix"


@pytest.mark.parametrize(
    "html",
    [
        inline("a = b + c"),
        inline("aaaaaaaaaaaaa + bbbbbbbbbbbb + c"),
        inline(r"\sqrt{aaaaaaaaaaaaa = bbbbbbbbbbbb}"),
        display("aaaaaaaaaaaaa = bbbbbbbbbbbb + c"),
    ],
)
def test_other_formulas_stay_whole(convert: Convert, html: str) -> None:
    assert convert(html).count("<math") == 1


def test_relation_at_the_end_leaves_nothing_behind_it(convert: Convert) -> None:
    assert convert(inline("aaaaaaaaaaaaa + bbbbbbbbbbbb =")).count("<math") == 1


def test_the_same_tex_is_laid_out_as_its_place_asks(convert: Convert) -> None:
    page = convert(inline(r"\min_x f") + display(r"\min_x f"))
    assert page.count("<msub>") == page.count("<munder>") == 1


def test_formulas_are_found_with_other_attributes_and_classes(convert: Convert) -> None:
    page = r'<span id="a" class="wide arithmatex b" title="c">\(x\)</span>'
    assert convert(page) == "<math><mi>x</mi></math>"


@pytest.mark.parametrize(
    "page",
    [
        r"<p>\(x\)</p>",
        r'<span class="arithmatexes">\(x\)</span>',
        r'<code>&lt;span class="arithmatex"&gt;\(x\)&lt;/span&gt;</code>',
        r'<span class="arithmatex">x</span>',
    ],
)
def test_what_is_no_formula_stays(convert: Convert, page: str) -> None:
    assert convert(page) == page


def test_escaped_signs_reach_pandoc_as_they_were_written(convert: Convert) -> None:
    page = convert(inline("a < b > c") + display(r"\begin{aligned} a &< b \end{aligned}"))
    soup = BeautifulSoup(page, "html.parser")
    assert [math.get_text() for math in soup.find_all("math")] == ["a<b>c", "a<b"]
    assert "a</mi><mo>&lt;</mo>" in page


def test_one_process_converts_the_formulas_of_all_pages(
    convert: Convert, runs: list[object]
) -> None:
    assert convert(*map(inline, "abcdefgh")).count("<math>") == 8
    assert len(runs) == 1


def test_no_process_is_started_without_formulas(convert: Convert, runs: list[object]) -> None:
    assert convert("<p>Words.</p>") == "<p>Words.</p>"
    assert runs == []


def test_what_is_cached_needs_no_pandoc(
    convert: Convert, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = inline(r"\frac{a}{b}") + display(r"\frac{a}{b} \tag{1}")
    first = convert(page)
    monkeypatch.setattr(formulas, "PANDOC", tmp_path / "absent")
    assert convert(page) == first
    with pytest.raises(FileNotFoundError):
        convert(inline("new"))


def test_another_pandoc_converts_anew(
    convert: Convert, runs: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    convert(inline("x"))
    monkeypatch.setattr(formulas, "VERSION", "another")
    convert(inline("x"))
    assert len(runs) == 2


@pytest.mark.parametrize("start", [1, 2])
def test_bad_tex_is_reported_for_each_page_each_time(
    cache: Cache, caplog: pytest.LogCaptureFixture, start: int
) -> None:
    for _ in range(start):
        caplog.clear()
        problems = Problems()
        mathematics = Mathematics(cache, problems)
        mathematics.collect(Page("good.md", "$x$"), inline("x"))
        one, two = "# One\n\n$\\wrong{a<b}$ $y$", "$\\wrong{a<b}$\n\n$\\wrong{a<b}$"
        mathematics.collect(Page("one.md", one), inline(r"\wrong{a<b}") + inline("y"))
        mathematics.collect(Page("two.md", two, lines_above=4), inline(r"\wrong{a<b}") * 2)
        mathematics.convert()
    messages = [record.getMessage() for record in caplog.records]
    assert [message.split(": ")[0] for message in messages] == ["one.md:3", "two.md:5"]
    for message in messages:
        assert r"the formula \wrong{a<b}" in message
        assert r"unexpected control sequence \wrong" in message
        assert "expecting" not in message.replace("unexpected", "")
    assert mathematics.insert(inline("y")) == "<math><mi>y</mi></math>"
    code = r'<code class="math-error">\wrong{a&lt;b}</code>'
    assert mathematics.insert(inline(r"\wrong{a<b}")) == code
    with pytest.raises(PluginError, match="2"):
        problems.stop_the_build()


def test_a_bad_formula_of_several_lines_stays_apart_from_the_others(
    cache: Cache, caplog: pytest.LogCaptureFixture
) -> None:
    mathematics = Mathematics(cache, Problems())
    page = display("a\n\\wrong\n<p>b</p>") + display("x\n+\ny")
    mathematics.collect(Page("page.md", ""), page)
    mathematics.convert()
    first, second = BeautifulSoup(mathematics.insert(page), "html.parser").find_all("div")
    assert first.code.get_text() == "a\n\\wrong\n<p>b</p>"
    assert second.math.get_text() == "x+y"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(
    ("tex", "tag"), [(r"x \tag{1}", "(1)"), (r"x \tag*{a<b}", "a&lt;b"), ("x\n\\tag{A}", "(A)")]
)
def test_a_tag_stands_beside_its_formula(convert: Convert, tex: str, tag: str) -> None:
    math = '<math display="block"><mi>x</mi></math>'
    element = f'{math}<span class="math-tag">{tag}</span>'
    assert convert(display(tex)) == f'<div class="math" tabindex="0">{element}</div>'


def test_an_inline_formula_can_have_a_tag(convert: Convert) -> None:
    assert convert(inline(r"x \tag{1}")).endswith('</math><span class="math-tag">(1)</span>')


def test_a_tag_that_pandoc_would_lose_is_reported(
    cache: Cache, caplog: pytest.LogCaptureFixture
) -> None:
    page = display(r"\begin{aligned} a &= b \tag{1} \\ c &= d \end{aligned}")
    for _ in range(2):
        mathematics = Mathematics(cache, Problems())
        mathematics.collect(Page("page.md", ""), page)
        mathematics.convert()
        assert "math-error" in mathematics.insert(page)
    assert len(caplog.records) == 2
    assert "at the end of a formula" in caplog.records[0].getMessage()


def test_a_tag_that_pandoc_rejects_is_reported_once(
    cache: Cache, caplog: pytest.LogCaptureFixture
) -> None:
    mathematics = Mathematics(cache, Problems())
    mathematics.collect(Page("page.md", ""), display(r"a \tag{1} b"))
    mathematics.convert()
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\mathbf{w}", "<mi>𝐰</mi>"),
        (r"\mathbf{Ab}", "<mi>𝐀</mi><mi>𝐛</mi>"),
        (r"\mathbf X^2", "<msup><mi>𝐗</mi><mn>2</mn></msup>"),
        (r"\mathbf{\Sigma}", "<mi>𝚺</mi>"),
        (r"\mathbf{1}", "<mn>𝟏</mn>"),
        (r"\boldsymbol{\theta}", "<mi>𝜽</mi>"),
        (r"\mathbb{R}", "<mi>ℝ</mi>"),
        (r"\mathrm{d}", '<mi mathvariant="normal">d</mi>'),
        (r"\operatorname{sign}", "<mi>sign</mi>"),
        (r"\nabla", '<mi mathvariant="normal">∇</mi>'),
        (r"\boxed{x}", '<mrow class="math-box"><mi>x</mi></mrow>'),
        (r"\text{if}", "<mtext>if</mtext>"),
        (r"\lVert x \rVert", '<mo stretchy="false" form="prefix">‖</mo>'),
        (r"\left\lVert x \right\rVert", '<mo stretchy="true" form="prefix">‖</mo>'),
        (r"\begin{vmatrix} x \end{vmatrix}", '<mo stretchy="true" form="prefix">|</mo>'),
        (r"a \mid b", "<mi>a</mi><mo>∣</mo><mi>b</mi>"),
        (r"x_{t+1}", '<mi>t</mi><mo lspace="0" rspace="0">+</mo><mn>1</mn>'),
        (r"x^{(t)}", '<mo stretchy="false" form="prefix">(</mo><mi>t</mi>'),
        (r"x^{\sum y}", "<mo>∑</mo>"),
        (r"\hat{y}", '<mover accent="true"><mi>y</mi><mo stretchy="false">ˆ</mo></mover>'),
        (r"\bar{y}", '<mover accent="true"><mi>y</mi><mo stretchy="false">¯</mo></mover>'),
        (r"\vec{y}", '<mover><mi>y</mi><mo accent="true">→</mo></mover>'),
        (r"\widehat{xy}", '<mo accent="true">\N{COMBINING CIRCUMFLEX ACCENT}</mo></mover>'),
        (r"\overline{xy}", '<mrow class="math-over"><mrow><mi>x</mi><mi>y</mi></mrow></mrow>'),
        (r"\underline{x}", '<mrow class="math-under"><mi>x</mi></mrow>'),
        (r"\overset{a}{=}", "<mover><mo>=</mo><mi>a</mi></mover>"),
        (r"\underbrace{a}_{b}", '<munder><mi>a</mi><mo accent="true">⏟</mo></munder>'),
        (r"\sqrt a", '<msqrt><mi>a</mi><mspace height="0.77em" depth="0.1em"></mspace></msqrt>'),
        (r"\sqrt[3]{a}", '<mroot><mrow><mi>a</mi><mspace height="0.77em" depth="0.1em">'),
        (r"\cancel{x}", '<menclose notation="updiagonalstrike">'),
        (r"\begin{pmatrix} x \end{pmatrix}", "<mtable><mtr><mtd><mi>x</mi></mtd></mtr></mtable>"),
        (r"\begin{cases} x \end{cases}", '<mtable><mtr><mtd class="math-left"><mi>x</mi>'),
        (r"\begin{aligned} a &= b \end{aligned}", '<mtable displaystyle="true"><mtr>'),
        (r"\begin{aligned} a \\ & - b \end{aligned}", '<mo form="infix">−</mo><mi>b</mi>'),
    ],
)
def test_details_are_as_tex_means_them(convert: Convert, tex: str, expected: str) -> None:
    assert expected in convert(display(tex))


@pytest.mark.parametrize(
    ("tex", "spaced"),
    [
        (r"\log x", "log⁡_x"),
        (r"a \log x", "a_log⁡_x"),
        (r"\log \log x", "log⁡_log⁡_x"),
        (r"\log(x)", "log⁡(x)"),
        (r"\log\left(x\right)", "log⁡(x)"),
        (r"1 - \log x", "1−log⁡_x"),
        (r"\sin^2 x", "sin⁡2_x"),
        (r"\max_k x_k", "maxk_xk"),
        (r"\frac{\log x}{y}", "log⁡_xy"),
        (r"a b", "ab"),
    ],
)
def test_names_of_functions_keep_their_distance(convert: Convert, tex: str, spaced: str) -> None:
    soup = BeautifulSoup(convert(display(tex)), "html.parser")
    for space in soup.find_all("mspace"):
        space.string = "_"
    assert soup.get_text() == spaced


def test_an_unknown_formula_stays_visible(cache: Cache) -> None:
    mathematics = Mathematics(cache, Problems())
    assert mathematics.insert(inline("x")) == '<code class="math-error">x</code>'


def test_nothing_of_the_markup_is_left_in_the_samples(samples: tuple[str, str]) -> None:
    page, converted = samples
    assert converted.count("<math") == page.count('class="arithmatex"') > 40
    assert converted.count('class="math"') == page.count("<div")
    for debris in (
        "arithmatex",
        "math-error",
        "\\(",
        "\\[",
        "$",
        "annotation",
        "semantics",
        "xmlns",
    ):
        assert debris not in converted


def test_the_font_has_every_character_of_the_samples(samples: tuple[str, str]) -> None:
    glyphs = {sign for font in FONTS for sign in TTFont(font).getBestCmap()}
    soup = BeautifulSoup(samples[1], "html.parser")
    letters = soup.select("mi:not([mathvariant])")
    needed = {*"".join(math.get_text() for math in soup.find_all("math")), "√"}
    needed = {*needed, *map(slanted, (letter.get_text() for letter in letters))} - {"\n"}
    assert {"ℝ", "𝐰", "𝑥", "𝜃", "𝜕", "ℎ"} <= needed
    missing = {character for text in needed for character in text if ord(character) not in glyphs}
    assert sorted(map(unicodedata.name, missing)) == []


def slanted(text: str) -> str:
    """Return what a browser draws for an `<mi>`: a single letter in italics."""
    named = {"h": "ℎ", "∂": "𝜕", "ı": "𝚤", "ȷ": "𝚥", "ϕ": "𝜙", "φ": "𝜑", "ϵ": "𝜖", "ε": "𝜀"}
    named |= {"ϑ": "𝜗", "ϱ": "𝜚"}
    if text in named:
        return named[text]
    letter = re.fullmatch("[A-Za-zΑ-Ωα-ω]", text)
    name = re.sub(".* (SMALL|CAPITAL) LETTER", r"MATHEMATICAL ITALIC \1", unicodedata.name(text[0]))
    return unicodedata.lookup(name) if letter else text


def test_the_font_can_stretch_what_formulas_stretch() -> None:
    upright, level = set(), set()
    for font in map(TTFont, FONTS):
        variants, signs = font["MATH"].table.MathVariants, font.getBestCmap().items()
        upright |= {sign for sign, name in signs if name in variants.VertGlyphCoverage.glyphs}
        level |= {sign for sign, name in signs if name in variants.HorizGlyphCoverage.glyphs}
    assert {*map(ord, "()[]{}|‖⟨⟩⌊⌋⌈⌉√∑∏∫")} <= upright
    assert {*map(ord, "⏞⏟→\N{COMBINING CIRCUMFLEX ACCENT}")} <= level


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        (r"Let $a$ be $\wrong$.", "6"),
        ("$$\nx\n\\wrong\n$$", "[6-9]"),
        (
            "- Item\n\n    $$\n    \\begin{aligned}\n    x \\wrong\n    \\end{aligned}\n    $$",
            "(8|9)",
        ),
    ],
    ids=["in a line", "after a short line", "in a list"],
)
def test_bad_formula_stops_the_build_at_its_line(
    problem: Callable[[str], str], formula: str, lines: str
) -> None:
    log = problem(f"---\nauthor: me\n---\n# Next box\n\n{formula}\n")
    assert re.match(rf"page\.md:{lines}: the formula ", log)
