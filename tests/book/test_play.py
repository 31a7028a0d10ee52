"""Figures to play with: what they show is what the package computes, in every state tried.

The numbers of a state come with a line of Python that reproduces it. Here that line is run.
"""

import gzip
import re
from contextlib import redirect_stdout
from io import StringIO
from itertools import product

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from bookwright.blocks.values import written
from browsing import go, needs_chromium, wait_until
from pages import PAGES, source, url_of
from torch.nn import functional

pytestmark = needs_chromium

STATES = 200
NUMBER = r"[−-]?\d[\d.]*(?: · 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|−?∞|nan"
ROUNDING = 1e-12  # what is smaller is shown as 0
ON = [
    (fence.options["play"], page)
    for page in PAGES
    for fence in source(page).fences
    if "play" in fence.options
]
on_all = pytest.mark.parametrize(("name", "page"), ON)
SET = """([name, states]) => {
  const play = document.querySelector(`play-${name}`)
  const seen = []
  for (const state of states) {
    for (const [control, value] of Object.entries(state)) {
      const input = play.querySelector(`[name=${control}]`)
      input.value = value
      input.dispatchEvent(new Event("input"))
    }
    play.redraw() // without waiting for the frame in which it would be drawn
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


def backward(names):
    yield names["loss"].data
    yield from (names[each].grad for each in ("w", "x", "b", "y"))


def basin(names):
    yield from (*names["start"], *names["p"], names["land"].value(names["p"]))


def boundary(names):
    w = names["w"]
    yield from (*w, torch.sigmoid(torch.tensor(names["columns"][-1] @ w)).item())


def difference(names):
    f, x, h, slope = (names[each] for each in ("f", "x", "h", "slope"))
    yield from (abs((f(x + h) - f(x)) / h - slope), abs((f(x + h) - f(x - h)) / (2 * h) - slope))


def direction(names):
    yield from (*names["gradient"], np.linalg.norm(names["gradient"]), names["slope"])


def draws(names):
    run = names["run"]
    yield from (run.params[-1, 0], run.losses[-1], names["k"] * names["m"])


def forecast(names):
    z, y = (torch.tensor(float(names[each]), dtype=torch.double) for each in "zy")
    z.requires_grad_()
    p = torch.sigmoid(z)
    yield p.item()
    for loss in (functional.binary_cross_entropy_with_logits(z, y), (p - y) ** 2 / 2):
        (slope,) = torch.autograd.grad(loss, z, retain_graph=True)
        yield from (loss.item(), slope.item())


def modes(names):
    kappa = names["curvatures"][1]
    yield from 1 - names["rate"] * names["curvatures"]
    yield (kappa - 1) / (kappa + 1)
    yield from names["run"].params[-1]


def momentum(names):
    yield from (max(abs(names["roots"])), names["run"].params[-1])


def newton(names):
    x, f = names["newton"], np.polynomial.Polynomial(names["f"])
    yield from (x, f(x), f.deriv(2)(x), names["plain"])


def outlier(names):
    yield from (names["y"].mean(), names["run"].params[-1], np.median(names["y"]))


def parts(names):
    yield from (
        *names["slopes"],
        names["f"].gradient([names["w"]])[0],
        names["f"].value([names["w"]]),
    )


def race(names):
    yield from names["losses"]


def rate(names):
    run, curvature = names["run"], 4.0
    yield from (curvature, 2 / curvature, 1 - curvature * names["rate"])
    yield from (run.params[-1], run.losses[-1])


def ring(names):
    yield from (*names["have"][0], *names["full"], names["k"] / names["p"])


def sample(names):
    run, x, y = (names[each] for each in ("run", "x", "y"))
    first, last = run.params[[0, -1]] @ [x, 1] - y
    yield from (first, 1 - names["rate"] * (x**2 + 1), *run.params[-1], last)


def secant(names):
    f, x, h = (names[name] for name in ("f", "x", "h"))
    slope, tangent = (f(x + h) - f(x)) / h, 3 * x**2 - 3
    yield from (slope, tangent, slope - tangent)


def swing(names):
    x = names["x"]
    yield from (x.item(), 0.0 if x.grad is None else x.grad.item())


def tape(names):
    a = names["a"]
    yield from (len(names["tape"]), names["result"].data, a.grad, 1 / (2 * a.data**0.5))


def valley(names):
    run, objective = names["run"], names["objective"]
    (w, b), best = run.params[-1], objective.minimizer()
    yield objective.largest_learning_rate()
    yield from run.params[0]
    yield from (w, b)
    yield run.losses[-1]
    yield float(np.hypot(*(run.params[-1] - best)))


EXPECTED = {
    each.__name__: each
    for each in (
        backward,
        basin,
        boundary,
        difference,
        direction,
        draws,
        forecast,
        modes,
        momentum,
        newton,
        outlier,
        parts,
        race,
        rate,
        ring,
        sample,
        secant,
        swing,
        tape,
        valley,
    )
}


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
    assert {name for name, _ in ON} == EXPECTED.keys()


@on_all
def test_what_a_figure_shows_is_what_the_package_computes(name, page, visit):
    tab = visit(page)
    tried = states(controls(tab, name))
    assert len(tried) >= STATES
    for state, (cells, code) in zip(tried, tab.evaluate(SET, [name, tried]), strict=True):
        names = {}
        with redirect_stdout(StringIO()):
            exec(code, names)  # noqa: S102  # it is what readers are told to run
        for shown, value in zip(numbers(cells), EXPECTED[name](names), strict=True):
            assert shown in told(value), state
    assert tab.complaints == []


@on_all
def test_figure_is_played_with_by_keyboard_alone_and_can_be_reset(name, page, visit):
    tab = visit(page)
    said = tab.locator(f"play-{name} .said-state")
    before = said.text_content()
    first = tab.locator(f"play-{name} input[type=range]").first
    first.focus()
    tab.keyboard.press("ArrowLeft")
    assert first.get_attribute("aria-valuetext")
    wait_until(tab, SAYS, [name, before, False])
    assert f"{name}." in tab.url
    tab.locator(f"play-{name}").get_by_role("button", name="Reset").focus()
    tab.keyboard.press("Enter")
    wait_until(tab, SAYS, [name, before, True])
    assert f"{name}." not in tab.url


@on_all
def test_address_holds_the_state(name, page, visit, address):
    tab = visit(page)
    control, values = next(iter(controls(tab, name).items()))
    go(tab, f"{address}{url_of(page)}?{name}.{control}={values[-1]}&{name}.k=no")
    assert tab.locator(f"play-{name} [name={control}]").input_value() == values[-1]
    assert tab.complaints == []


@on_all
def test_figure_stands_where_there_is_no_script_and_on_paper(name, page, visit):
    bare = visit(page, java_script_enabled=False)
    assert bare.locator(f"play-{name} img").first.is_visible()
    assert bare.locator(f"play-{name} .stage").count() == 0
    printed = visit(page)
    printed.emulate_media(media="print")
    assert printed.locator(f"play-{name} img").first.is_visible()
    assert printed.locator(f"play-{name} .stage").is_hidden()


@on_all
def test_figure_takes_the_place_of_the_drawn_one(name, page, visit):
    tab, bare = visit(page), visit(page, java_script_enabled=False)
    drawn = bare.locator(f"play-{name} img").first.bounding_box()
    stage = tab.locator(f"play-{name} .stage svg").bounding_box()
    for side in ("x", "width", "height"):
        assert stage[side] == pytest.approx(drawn[side], abs=2)


@on_all
def test_reader_who_wants_less_motion_goes_step_by_step(name, page, visit):
    tab = visit(page, reduced_motion="reduce")
    if not tab.locator(f"play-{name} [name=k]").count():
        return
    k = tab.locator(f"play-{name} [name=k]")
    before, last = int(k.input_value()), int(k.get_attribute("max"))
    tab.locator(f"play-{name}").get_by_role("button", name="Step").click()
    tab.wait_for_timeout(500)
    assert int(k.input_value()) == (before + 1 if before < last else 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@on_all
def test_figure_can_be_used_by_all(name, page, scheme, visit):
    tab = visit(page, color_scheme=scheme)
    tab.locator(f"play-{name} summary").click()
    found = Axe().run(tab, context=f"play-{name}").response["violations"]
    assert [rule["id"] for rule in found] == []


@on_all
def test_figure_to_play_with_is_light(name, page, visit):
    tab = visit(page)
    code = tab.evaluate("""() => Promise.all(
      [...document.querySelectorAll("[src*='assets/play/'], [href*='assets/play/']")]
        .map(each => fetch(each.src || each.href).then(found => found.text()))
    )""")
    data = tab.locator(f"play-{name}").get_attribute("data-play")
    assert len(code) == 2 + sum(where == page for _, where in ON)
    assert sum(len(gzip.compress(each.encode())) for each in code) <= 12 * 1024
    assert len(gzip.compress(data.encode())) <= 30 * 1024


def test_start_is_dragged_by_pointer_and_by_touch(visit):
    tab = visit("index.md")
    stage = tab.locator("play-valley .stage svg").bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x - 60, y + 30, steps=4)
    tab.mouse.up()
    assert tab.locator("play-valley [name=w]").input_value() != "2.2"
    phone = visit(
        "index.md", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}
    )
    stage = phone.locator("play-valley .stage svg")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert phone.locator("play-valley [name=w]").input_value() != "2.2"
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
