"""Figures to play with: what they show is what the package computes, in every state tried.

The numbers of a state come with a line of Python that reproduces it. Here that line is run.
"""

import re
from contextlib import redirect_stdout
from io import StringIO
from itertools import product

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from bookwright.blocks.values import written
from browsing import go, needs_chromium
from pages import PAGES, source, url_of

pytestmark = needs_chromium

STATES = 200
NUMBER = r"[−-]?\d[\d.]*(?: · 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|−?∞|nan"
ROUNDING = 1e-12  # what is smaller is shown as 0
ON = {
    fence.options["play"]: page
    for page in PAGES
    for fence in source(page).fences
    if "play" in fence.options
}
SET = """async ([name, states]) => {
  const play = document.querySelector(`play-${name}`)
  const seen = []
  for (const state of states) {
    for (const [control, value] of Object.entries(state)) {
      const input = play.querySelector(`[name=${control}]`)
      input.value = value
      input.dispatchEvent(new Event("input"))
    }
    await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    const shown = [...play.querySelectorAll(".numbers td")].map(cell => cell.textContent)
    seen.push([shown.join(" "), play.querySelector(".numbers code").textContent])
  }
  return seen
}"""

CONTROLS = """name => [...document.querySelectorAll(
  `play-${name} :is(input, select)`
)].map(each => [
  each.name,
  each.options ? [...each.options].map(o => o.value) : [+each.min, +each.max, +each.step],
])"""
SAYS = """([name, text, same]) =>
  (document.querySelector(`play-${name} .said-state`).textContent === text) === same"""


def valley(names):
    run, objective = names["run"], names["objective"]
    (w, b), best = run.params[-1], objective.minimizer()
    yield objective.largest_learning_rate()
    yield from run.params[0]
    yield from (w, b)
    yield run.losses[-1]
    yield float(np.hypot(*(run.params[-1] - best)))


def rate(names):
    run, curvature = names["run"], 4.0
    yield from (curvature, 2 / curvature, 1 - curvature * names["rate"])
    yield from (run.params[-1], run.losses[-1])


def secant(names):
    f, x, h = (names[name] for name in ("f", "x", "h"))
    slope, tangent = (f(x + h) - f(x)) / h, 3 * x**2 - 3
    yield from (slope, tangent, slope - tangent)


EXPECTED = {"rate": rate, "secant": secant, "valley": valley}


def controls(tab, name):
    """Return the values that each control of a figure can take, by the names of the controls."""
    found = tab.evaluate(CONTROLS, name)
    values = {}
    for control, given in found:
        if isinstance(given[0], str):
            values[control] = given
        else:
            low, high, step = given
            values[control] = [
                f"{low + k * step:.10g}" for k in range(round((high - low) / step) + 1)
            ]
    return values


def states(values, seed=0):
    """Return corners, and states drawn at random."""
    corners = [
        dict(zip(values, each, strict=True))
        for each in product(*((v[0], v[-1]) for v in values.values()))
    ]
    rng = np.random.default_rng(seed)
    while len(corners) < STATES:
        corners.append({name: v[rng.integers(len(v))] for name, v in values.items()})
    return corners


def numbers(cells):
    """Return the numbers that a figure shows, as the book writes them."""
    return re.findall(NUMBER, cells)


def told(value):
    """Return how the book writes a number: one that lies between two may go either way."""
    left = 0.0 if abs(value) < ROUNDING else float(value)
    near = (left * (1 + share * ROUNDING) for share in (-1, 0, 1))
    return {written(each, ".4g", "text").replace("-", "−") for each in near}


def test_all_figures_to_play_with_are_tried():
    assert ON.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", ON)
def test_what_a_figure_shows_is_what_the_package_computes(name, visit):
    tab = visit(ON[name])
    tried = states(controls(tab, name))
    assert len(tried) >= STATES
    for state, (cells, code) in zip(tried, tab.evaluate(SET, [name, tried]), strict=True):
        names = {}
        with redirect_stdout(StringIO()):
            exec(code, names)  # noqa: S102  # it is what readers are told to run
        for shown, value in zip(numbers(cells), EXPECTED[name](names), strict=True):
            assert shown in told(value), state
    assert tab.complaints == []


@pytest.mark.parametrize("name", ON)
def test_figure_is_played_with_by_keyboard_alone_and_can_be_reset(name, visit):
    tab = visit(ON[name])
    said = tab.locator(f"play-{name} .said-state")
    before = said.text_content()
    first = tab.locator(f"play-{name} input[type=range]").first
    first.focus()
    tab.keyboard.press("ArrowLeft")
    assert first.get_attribute("aria-valuetext")
    tab.wait_for_function(SAYS, arg=[name, before, False])
    assert f"{name}." in tab.url
    tab.get_by_role("button", name="Reset").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function(SAYS, arg=[name, before, True])
    assert f"{name}." not in tab.url


@pytest.mark.parametrize("name", ON)
def test_address_holds_the_state(name, visit, address):
    tab = visit(ON[name])
    control, values = next(iter(controls(tab, name).items()))
    go(tab, f"{address}{url_of(ON[name])}?{name}.{control}={values[3]}&{name}.k=no")
    assert tab.locator(f"play-{name} [name={control}]").input_value() == values[3]
    assert tab.complaints == []


@pytest.mark.parametrize("name", ON)
def test_figure_stands_where_there_is_no_script_and_on_paper(name, visit):
    bare = visit(ON[name], java_script_enabled=False)
    assert bare.locator(f"play-{name} img").first.is_visible()
    assert bare.locator(f"play-{name} .stage").count() == 0
    printed = visit(ON[name])
    printed.emulate_media(media="print")
    assert printed.locator(f"play-{name} img").first.is_visible()
    assert printed.locator(f"play-{name} .stage").is_hidden()


@pytest.mark.parametrize("name", ON)
def test_figure_takes_the_place_of_the_drawn_one(name, visit):
    tab, bare = visit(ON[name]), visit(ON[name], java_script_enabled=False)
    drawn = bare.locator(f"play-{name} img").first.bounding_box()
    stage = tab.locator(f"play-{name} .stage svg").bounding_box()
    for side in ("x", "width", "height"):
        assert stage[side] == pytest.approx(drawn[side], abs=2)


@pytest.mark.parametrize("name", ON)
def test_reader_who_wants_less_motion_goes_step_by_step(name, visit):
    tab = visit(ON[name], reduced_motion="reduce")
    if not tab.locator(f"play-{name} [name=k]").count():
        return
    k = tab.locator(f"play-{name} [name=k]")
    before = int(k.input_value())
    tab.get_by_role("button", name="Step").click()
    tab.wait_for_timeout(500)
    assert int(k.input_value()) == before + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ON)
def test_figure_can_be_used_by_all(name, scheme, visit):
    tab = visit(ON[name], color_scheme=scheme)
    tab.locator(f"play-{name} summary").click()
    found = Axe().run(tab, context=f"play-{name}").response["violations"]
    assert [rule["id"] for rule in found] == []


def test_start_is_dragged_by_pointer_and_by_touch(visit):
    tab = visit(ON["valley"])
    stage = tab.locator("play-valley .stage svg").bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x - 60, y + 30, steps=4)
    tab.mouse.up()
    assert tab.locator("play-valley [name=w]").input_value() != "2.2"
    phone = visit(
        ON["valley"], has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}
    )
    stage = phone.locator("play-valley .stage svg")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert phone.locator("play-valley [name=w]").input_value() != "2.2"
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
