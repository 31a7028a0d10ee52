"""The built site in a real browser."""

from io import BytesIO
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import add_style, go, needs_chromium, wait_until, window
from bs4 import BeautifulSoup
from matplotlib import image
from pages import PAGES, build_book, url_of

CHAPTERS = [page for page in PAGES if page.startswith("chapters/")]
READ_ALOUD = (
    *("index.md", "chapters/06-full-batch.md", "chapters/09-sgd.md", "labs/classifier.md"),
    *("map.md", "glossary.md", "notation.md", "samples.md", "reference/objectives.md"),
)
SAMPLES = "samples.md"
CHAPTER, LONG = "chapters/01-one-sample.md", "chapters/11-not-a-bowl.md"

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def turn_to(browser, address):
    """Return a function that opens a page where the one before has been."""
    tab = window(browser)

    def open_page(page):
        tab.set_viewport_size({"width": 1280, "height": 720})
        return go(tab, address + url_of(page))

    yield open_page
    tab.context.close()


def test_page_runs_nothing_that_it_did_not_come_with(turn_to):
    tab = turn_to("index.md")
    tab.evaluate("""() => {
      const foreign = document.createElement("script")
      foreign.textContent = "globalThis.foreign = true"
      document.body.append(foreign)
      document.body.setAttribute("style", "color: red")
    }""")
    assert tab.evaluate("globalThis.foreign") is None
    assert any("Content Security Policy" in each for each in tab.complaints)


@pytest.mark.parametrize("page", sorted(PAGES, key=SAMPLES.__eq__))  # its font stays in memory
def test_page_loads_quietly_asks_no_other_host_and_does_not_overflow(page, turn_to, address):
    tab = turn_to(page)
    add_style(tab, "* { content-visibility: visible !important }")
    tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    for width in (1280, 390, 320):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        assert tab.evaluate("document.body.scrollWidth") <= width
    assert tab.complaints == []
    assert [url for url in tab.requested if not url.startswith((address, "data:"))] == []
    assert page == SAMPLES or not any("STIXTwoMathRest" in url for url in tab.requested)


@pytest.mark.parametrize(
    ("page", "scheme"),
    [(page, "light") for page in READ_ALOUD] + [(page, "dark") for page in READ_ALOUD[:2]],
)
def test_page_is_accessible(page, scheme, visit):
    tab = visit(page, color_scheme=scheme)
    one = "document.querySelector"
    wait_until(tab, f"!{one}('.math') || {one}('.math:not([tabindex])')")
    found = Axe().run(tab).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_open_code_is_no_wall(page, turn_to):
    tab = turn_to(page)
    add_style(tab, "* { content-visibility: visible !important }")
    height, listings = tab.evaluate("""[
        document.querySelector("article").offsetHeight,
        [...document.querySelectorAll("article .highlight")].filter(e => e.checkVisibility())
            .map(e => [e.offsetHeight, e.querySelector("code").innerText.trim()])
            .map(([height, code]) => [height, code.split("\\n").length]),
    ]""")
    assert listings
    assert sum(high for high, _ in listings) <= 0.25 * height
    assert max(lines for _, lines in listings) <= 30


def test_first_figure_is_whole_on_the_first_screen(turn_to):
    ends = []
    for page in CHAPTERS:
        figure = turn_to(page).locator(".figure img:visible").first
        box = figure.bounding_box()
        ends.append(box["y"] + box["height"])
    assert sum(end <= 900 for end in ends) >= 18


def test_all_code_is_shown_when_asked_for_and_the_next_page_remembers(browser, address):
    tab = go(window(browser), address + url_of(CHAPTER))
    folds, switch = tab.locator("article details.code"), tab.get_by_label("Show all code")
    is_open = "folds => folds.map(fold => fold.open)"
    assert {*folds.evaluate_all(is_open)} == {False}
    switch.check()
    assert {*folds.evaluate_all(is_open)} == {True}
    go(tab, address + url_of(LONG))
    assert switch.is_checked()
    assert {*folds.evaluate_all(is_open)} == {True}
    assert all(tab.locator(".again > input").evaluate_all("boxes => boxes.map(b => b.checked)"))
    switch.uncheck()
    go(tab, address + url_of(CHAPTER))
    assert {*folds.evaluate_all(is_open)} == {False}
    tab.context.close()


def test_code_can_be_opened_without_scripts(visit):
    tab = visit(CHAPTER, java_script_enabled=False)
    assert not tab.get_by_label("Show all code").is_visible()
    tab.locator("article details.code > summary").first.click()
    assert tab.locator("article details.code .highlight").first.is_visible()


def test_what_is_shown_again_is_copied_with_the_rest(visit):
    tab = visit(CHAPTER, permissions=["clipboard-read", "clipboard-write"])
    listing = tab.locator(".listing:has(.again)").first
    again, hidden = listing.locator(".again"), listing.locator(".again + span")
    assert not hidden.is_visible()
    listing.scroll_into_view_if_needed()
    listing.locator("button.md-code__button[data-md-type='copy'], button.md-clipboard").click()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert hidden.text_content() in copied
    assert again.text_content() not in copied
    compile(copied, "copied", "exec")
    again.click()
    assert hidden.is_visible()


def test_phone_gets_the_narrow_figure_in_its_own_size(visit):
    tab = visit(CHAPTER, viewport={"width": 390, "height": 800})
    image = tab.locator(".figure img:visible").first
    assert image.evaluate("image => image.currentSrc").endswith("n.svg#only-light")
    assert image.bounding_box()["width"] == pytest.approx(353, abs=1)


def test_copy_button_puts_the_code_on_the_clipboard(visit):
    tab = visit(CHAPTER, permissions=["clipboard-read", "clipboard-write"])
    block = tab.locator(".block").first
    block.locator("details.code > summary").click()
    block.locator("button.md-code__button[data-md-type='copy'], button.md-clipboard").first.click()
    code = block.locator(".copy code").text_content().rstrip()
    assert tab.evaluate("navigator.clipboard.readText()") == code
    assert code.startswith("import matplotlib")


def test_search_finds_the_chapter_by_its_words(visit):
    tab = visit("index.md")
    assert tab.locator("[role=dialog]").get_attribute("aria-label") == "Search"
    tab.locator("input.md-search__input").click()
    tab.keyboard.type("chain rule")
    result = tab.locator(".md-search-result__link").first
    result.wait_for()
    assert "One sample by hand" in tab.locator(".md-search-result__list").inner_text()


@pytest.fixture(scope="module")
def hits(browser, address):
    """Return a function that types a query, and returns the pages and places that come first."""
    tab = go(window(browser), address)
    tab.locator("input.md-search__input").click()

    def search(query):
        box, result = tab.locator("input.md-search__input"), tab.locator(".md-search-result__meta")
        box.fill("")
        box.press("Backspace")
        result.get_by_text("Type to start").wait_for()
        tab.keyboard.insert_text(query)
        box.press("End")
        link = tab.locator(".md-search-result__link")
        link.first.wait_for()
        urls = link.evaluate_all("links => links.map(link => link.href)")
        return [url.removeprefix(address).partition("?")[0] + _anchor(url) for url in urls]

    yield search
    tab.context.close()


def _anchor(url):
    return "".join(url.partition("#")[1:])


QUERIES = {
    "learning rate": "chapters/05-learning-rate/",
    "SGD": "chapters/09-sgd/",
    "stochastic gradient descent": "chapters/09-sgd/",
    "cross-entropy": "chapters/20-probabilities/",
    "momentum": "chapters/18-momentum/",
    "Adam": "chapters/18-momentum/",
    "batch size": "chapters/10-mini-batches/",
    "chain rule": "chapters/01-one-sample/#chain-rule",
    "zero_grad": "glossary/#zero-grad",
    "MSELoss": "glossary/#mean-squared-error-mse",
    "feature scaling": "glossary/#feature-scaling",
    "normalize": "symptoms/#slow",
    "standardize": "symptoms/#slow",
    "broadcasting": "glossary/#broadcasting",
    "why does my loss go up": "symptoms/#up",
    "loss explodes": "symptoms/#up",
    "learning rate too large": "chapters/05-learning-rate/",
    "my loss does not decrease": "symptoms/#still",
    "loss is nan": "symptoms/#nan",
    "nan": "symptoms/#nan",
    "intercept hardly moves": "symptoms/#slow",
    "bias learns slowly": "symptoms/#slow",
    "when to stop": "symptoms/#stop",
    "different each run": "symptoms/#seed",
    "resume training": "symptoms/#resume",
    "validation loss lower than training loss": "symptoms/#validation",
    "overfitting": "glossary/#overfitting",
    "SGD loss differs from full batch": "symptoms/#different",
    "early stopping": "glossary/#early-stopping",
    "vanishing gradient": "glossary/#vanishing-gradient",
    "exercise 5.1": "chapters/05-learning-rate/#exercise-1",
    "5.1": "chapters/05-learning-rate/#exercise-1",
    "梯度": "glossary/#gradient",
    "学习率": "glossary/#learning-rate",
    "a leaf Variable that requires grad is being used in an in-place operation": "symptoms/#errors",
    "Trying to backward through the graph a second time": "symptoms/#errors",
    "element 0 of tensors does not require grad": "symptoms/#errors",
    "numerical gradient": "chapters/14-checking-gradients/",
    "gradient checking": "chapters/14-checking-gradients/",
    "gradient_descent": "reference/descent/#gdbook.descent.gradient_descent",
    "torchrun": "chapters/22-data-parallel/#torchrun",
    "condition number": "chapters/08-conditioning/",
    "saddle point": "glossary/#saddle-point",
    "backpropagation": "chapters/12-backpropagation/",
    "newton's method": "chapters/19-better-steps/#newton",
    "glossary": "glossary/",
    "symptoms": "symptoms/",
}


@pytest.mark.parametrize("query", QUERIES)
def test_search_finds_first_the_page_that_teaches_it(query, hits):
    found, wanted = hits(query), QUERIES[query]
    assert found[0].partition("#")[0] == wanted.partition("#")[0]
    assert any(each.startswith(wanted) for each in found[:4])


def test_search_knows_no_markup_of_formulas(site):
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    for debris in ("<math", "1998/math", "<mi>", "mrow", "annotation"):
        assert debris not in index.lower()


def test_fraction_is_taller_than_a_letter(visit):
    tab = visit(CHAPTER)
    fraction = tab.locator(".math mfrac").first.bounding_box()
    letter = tab.locator(".math mi").first.bounding_box()
    assert fraction["height"] > 1.8 * letter["height"] > 0


def test_root_sign_of_a_low_letter_hangs_only_a_little_below_the_line(visit):
    tab = visit("samples.md")
    root = tab.locator("msqrt:not(:has(mfrac))").first
    line = root.evaluate(
        "root => root.parentNode.insertBefore(document.createElementNS(root.namespaceURI, "
        "'mspace'), root).getBoundingClientRect().bottom"
    )
    size = float(root.evaluate("root => getComputedStyle(root).fontSize.replace('px', '')"))
    assert 0 < root.evaluate("root => root.getBoundingClientRect().bottom") - line < 0.3 * size


def test_formulas_are_set_in_the_books_font(visit):
    tab = visit(CHAPTER)
    assert tab.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    assert any(url.endswith(".woff2") for url in tab.requested)


def test_colour_switch_changes_page_and_figures(visit):
    tab = visit(CHAPTER, color_scheme="light")

    def colours():
        """Return the ground of the page and of a figure, and what differs most from it there."""
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        picture = tab.locator(".figure img:visible").first.screenshot()
        values = image.imread(BytesIO(picture), format="png")[..., :3].mean(axis=2)
        corner = values[0, 0]
        return ground, corner, values.flat[abs(values - corner).argmax()]

    light = colours()
    for _ in range(3):
        tab.locator("form[data-md-component=palette] label:visible").click()
        if colours()[0] != light[0]:
            break
    dark = colours()
    assert light[1] > 0.9
    assert light[2] < 0.3
    assert dark[1] < 0.2
    assert dark[2] > 0.8


def test_dark_system_gets_dark_pages(visit):
    tab = visit(CHAPTER, color_scheme="dark")
    red, green, blue = tab.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert max(red, green, blue) < 80


def test_figure_has_a_role_and_a_text_alternative(visit):
    tab = visit(CHAPTER)
    figures = tab.get_by_role("img", name="sample as a point")
    assert figures.count() == 1


def figures_of(tab):
    """Return the figures that a page has, and those that it has asked for, in order."""
    there = tab.evaluate("[...document.querySelectorAll('.figure img')].map(i => i.src)")
    asked = [url.partition("#")[0] for url in tab.requested if url.endswith((".svg", "only-dark"))]
    return [*dict.fromkeys(url.partition("#")[0] for url in there)], asked


def test_figure_loads_once_when_it_comes_near_and_its_place_is_kept(visit):
    tab = visit(LONG)
    there, asked = figures_of(tab)
    assert there[0] in asked
    assert there[-1] not in asked
    place = tab.locator(f".figure img[src^='{there[-1].rpartition('/')[2]}']").first
    before = place.bounding_box()
    with tab.expect_response(there[-1]):
        place.scroll_into_view_if_needed()
    wait_until(tab, "image => image.complete", place.element_handle())
    after = place.bounding_box()
    assert after["width"] == pytest.approx(before["width"], abs=1)
    assert after["height"] == pytest.approx(before["height"], abs=1)
    assert figures_of(tab)[1].count(there[-1]) == 1


def test_a_printed_chapter_has_its_folds_closed_but_those_of_exercises(visit):
    tab = visit(CHAPTER)
    tab.emulate_media(media="print")
    tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    shown = {
        kind: tab.locator(f"article details.{kind} > :not(summary) >> nth=0").is_visible()
        for kind in ("abstract", "code", "tip", "success")
    }
    assert shown == {"abstract": False, "code": False, "tip": True, "success": True}


def test_figures_are_there_in_print_and_without_scripts(visit):
    printed, bare = visit(LONG), visit(LONG, java_script_enabled=False)
    printed.pdf()
    bare.wait_for_load_state("networkidle")
    for tab in (printed, bare):
        there, asked = figures_of(tab)
        assert len(there) > 2
        assert {*there} <= {*asked}


def test_paper_has_the_light_figures(visit):
    tab = visit(CHAPTER, color_scheme="dark")
    tab.emulate_media(media="print", color_scheme="dark")
    shown = tab.evaluate(
        "[...document.querySelectorAll('.figure img')].filter(i => i.offsetWidth).map(i => i.src)"
    )
    assert shown
    assert all(url.endswith("#only-light") for url in shown)


@pytest.mark.parametrize("page", [LONG, "chapters/23-errata.md"])
def test_link_to_the_end_of_a_page_leads_there(page, visit, address):
    tab = visit(page)
    last = tab.evaluate("[...document.querySelectorAll('article h2[id]')].at(-1).id")
    tab.goto("about:blank")
    tab.goto(f"{address}{url_of(page)}#{last}", wait_until="networkidle")
    top = tab.locator(f"[id='{last}']").bounding_box()["y"]
    assert 0 < top < 150 or tab.evaluate("scrollY + innerHeight + 2 > document.body.scrollHeight")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a site that is to be opened from its folder."""
    folder = tmp_path_factory.mktemp("offline")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFLINE", "true")
        build_book(folder)
    return folder


def test_site_works_from_a_folder(folder, browser):
    tab = go(window(browser), (folder / "index.html").as_uri())
    tab.get_by_role("link", name="Start reading").click()
    tab.wait_for_url("**/chapters/01-one-sample.html")
    tab.locator("article .figure img >> nth=0").wait_for()
    wait_until(tab, "document.fonts.check('16px \"STIX Two Math\"')")
    tab.keyboard.press("/")
    tab.keyboard.type("zero_grad", delay=20)
    tab.locator(".md-search-result__item a >> nth=0").click()
    tab.wait_for_url("**.html?h=*")
    assert tab.complaints == []
    assert {urlsplit(url).scheme for url in tab.requested} == {"file"}
    tab.context.close()


def test_links_in_a_folder_lead_to_files(folder):
    for file in folder.rglob("*.html"):
        soup = BeautifulSoup(file.read_text("utf-8"), "html.parser")
        links = [tag.get("href") or tag.get("src") for tag in soup.select("[href], [src]")]
        for link in links if file.name != "404.html" else ():  # which only servers show
            parts = urlsplit(link)
            if parts.path and not parts.scheme:
                assert (file.parent / unquote(parts.path)).is_file(), f"{file}: {link}"
