"""Derivations: what is shown is what was checked."""

import pytest
import sympy as sp

from gdbook.symbolic import derivation

w, alpha = sp.symbols("w alpha")
SQUARE = (2 * w - 4) ** 2


def test_steps_are_shown_as_they_are_written_with_their_reasons():
    steps = {"2 * 2 * (2*w - 4)": "the chain rule", "8 * (w - 2)": "collect"}
    assert derivation("f'(w)", SQUARE.diff(w), steps) == (
        "$$\n"
        r"\begin{aligned}" + "\n"
        r"f'(w) &= 2 \cdot 2 \left(2 w - 4\right) && \text{(the chain rule)} \\" + "\n"
        r"&= 8 \left(w - 2\right) && \text{(collect)}" + "\n"
        r"\end{aligned}" + "\n$$"
    )


def test_derivative_that_is_not_carried_out_is():
    assert "8 w - 16" in derivation("f'", sp.Derivative(SQUARE, w), {"8*w - 16": "expand"})


def test_identities_count_as_equal():
    expression = sp.sin(w) ** 2
    assert derivation("s", expression, {"1 - cos(w)**2": "Pythagoras"})


def test_step_is_compared_with_the_one_before_and_may_have_what_a_derivative_loses():
    steps = {"1 - cos(w)**2": "Pythagoras", "1 - cos(w)": "drop it"}
    with pytest.raises(ValueError, match=r"the one before, 1 - cos\(w\)\*\*2: it differs by"):
        derivation("s", sp.sin(w) ** 2, steps)
    assert derivation("d", sp.Derivative(w + alpha, w), {"1 + alpha - alpha": "so"})


@pytest.mark.parametrize(
    ("step", "tex"),
    [
        ("(w*h + h**2/2)/h", r"\frac{w h + \frac{h^{2}}{2}}{h}"),
        ("w + h/2", r"w + \frac{h}{2}"),
        ("h/2 + w", r"\frac{h}{2} + w"),
        ("1/(1/(w + h/2))", r"\frac{1}{\frac{1}{w + \frac{h}{2}}}"),
        ("log(exp(h/2 + w))", r"\ln{\left(e^{\frac{h}{2} + w} \right)}"),
        ("-1*(h/2 + w)*(w - 1 - w)", r"- \left(\frac{h}{2} + w\right) \left(w - 1 - w\right)"),
    ],
)
def test_steps_keep_their_order_and_get_no_ones(step, tex):
    h = sp.symbols("h", positive=True)
    x = sp.symbols("w", real=True)
    assert rf"&= {tex} && \text{{(so)}}" in derivation("q", x + h / 2, {step: "so"})


def test_products_in_a_product_are_shown_as_one():
    h = sp.symbols("h")
    assert r"&= 2 \left(-1\right) h w &&" in derivation("q", -2 * h * w, {"2 * -(h*w)": "so"})


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ({}, "steps is empty"),
        ({"8 * (w + 2)": "collect"}, r"the step 8 \* \(w \+ 2\) does not equal the one before"),
        ({"8*w - 16": "expand", "8*w": "drop it"}, r"8\*w - 16: it differs by 16"),
        ({"8 * (v - 2)": "rename"}, "has v, and the expression does not"),
        ({"8 * (": "stop"}, "is no expression"),
        ({"8 8": "repeat"}, "is no expression"),
    ],
)
def test_wrong_step_is_named(steps, message):
    with pytest.raises(ValueError, match=message):
        derivation("f'(w)", SQUARE.diff(w), steps)
