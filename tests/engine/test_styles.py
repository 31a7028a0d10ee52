"""The theme's style sheets, without what a book has not asked for."""

import re

import pytest
from bookwright.rendering.styles import needed, of_page
from mkdocs.config.defaults import MkDocsConfig
from sites import MATERIAL, PLAIN


def light(sheet, *around, unasked=("tabs", "card"), colours=("white",)):
    (only,) = needed([sheet], around, unasked=unasked, colours=colours)
    return only


@pytest.mark.parametrize(
    ("sheet", "rest"),
    [
        (".tabs{a:b}.text{a:b}", ".text{a:b}"),
        (".tabs-item>.x,.text{a:b}", ".text{a:b}"),
        (".x .card:hover{a:b}p{a:b}", "p{a:b}"),
        (".x:not(.card,.tabs){a:b}", ".x:not(.card,.tabs){a:b}"),
        (".x:is(.a,.card),.card:is(.a,.b){a:b}", ".x:is(.a,.card){a:b}"),
        (".postcard{a:b}", ".postcard{a:b}"),
        ("@media print{.tabs{a:b}}p{a:b}", "p{a:b}"),
        ("@media print{.tabs{a:b}p{a:b}}", "@media print{p{a:b}}"),
        ("@keyframes x{0%{a:b}to{a:c}}", "@keyframes x{0%{a:b}to{a:c}}"),
        ('@charset "UTF-8";.tabs{a:b}p{a:b}', '@charset "UTF-8";p{a:b}'),
        ("[data-md-color-primary=pink] a{a:b}p{a:b}", "p{a:b}"),
        ("[data-md-color-accent=white] a{a:b}", "[data-md-color-accent=white] a{a:b}"),
    ],
)
def test_rule_that_nothing_needs_is_left_out(sheet, rest):
    assert light(sheet) == rest


def test_everything_stays_where_everything_is_asked_for():
    sheet = ".tabs{a:b}.card{a:b}"
    assert light(sheet, unasked=()) == sheet


def test_variable_that_nothing_uses_is_left_out():
    image = "\"data:image/svg+xml;charset=utf-8,<svg d='M0 0;'/>\""
    sheet = f":root{{--a:url({image});--b:1;--c:url({image})}}p{{top:var(--b)}}"
    assert light(sheet) == ":root{--b:1;}p{top:var(--b)}"
    assert light(sheet, "a{top:var(--c)}") == sheet.replace(f"--a:url({image});", "")
    assert light(sheet, "style.setProperty('--a')") == sheet.replace(f"--c:url({image})", "")


def test_variable_that_only_what_is_left_out_uses_is_left_out():
    assert light(":root{--a:1}.card{top:var(--a)}p{a:b}") == "p{a:b}"


def test_site_has_the_styles_that_it_asks_for(site, tmp_path):
    def sheet():
        (file,) = (tmp_path / "site" / "assets" / "stylesheets").glob("main.*.css")
        return file.read_text("utf-8")

    material = {PLAIN: MATERIAL}
    site(changes=material)
    assert {*re.findall(r"\.(tabbed-set|admonition|md-tabs)\b", sheet())} == {"admonition"}
    site(changes=material | {"[admonition, attr": "[pymdownx.tabbed: {}, admonition, attr"})
    assert {*re.findall(r"\.(tabbed-set|admonition|md-tabs)\b", sheet())} == {
        "admonition",
        "tabbed-set",
    }


def test_only_pages_that_document_something_have_the_styles_for_it():
    config = MkDocsConfig()
    config.extra_css = ["assets/_mkdocstrings.css", "book.css"]
    assert of_page(config, '<div class="doc doc-object">').extra_css == config.extra_css
    assert of_page(config, "<p>").extra_css == ["book.css"]
    assert config.extra_css == ["assets/_mkdocstrings.css", "book.css"]
