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
