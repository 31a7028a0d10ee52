"""Derivatives, gradients, limits and integrals in formulas."""

import math

import pytest
from bookwright.formulas.check import Formula, check

SYMBOLS = {
    "w": (-2, 2),
    "b": (1, 2),
    "t": (0, 1),
    "x": [1, 2, 3],
    "y": [2, 3, 7],
    r"\hat y_i": "w x_i + b",
    r"\ell_i": r"(\hat y_i - y_i)^2",
    "f(w, b)": r"\sum_i \ell_i",
    "g(w)": r"w^3 + \sin w",
    "s": r"\frac{1}{1 + e^{-w}}",
    r"\theta": [(-1, 1)] * 2,
    "H": [[2, 1], [1, 4]],
    r"F(\theta)": r"\tfrac12 \theta \cdot H \theta",
    "P": [(-1, 1)] * 2,
    "X": [[(-1, 1)] * 2] * 3,
    "W": [[(-1, 1)] * 2] * 2,
    "z": r"\operatorname{sum}(X W \odot X W)",
    "W_1": [[(-1, 1)] * 2] * 2,
    "W_2": [[(-1, 1)] * 2] * 2,
    "b_1": [(-1, 1)] * 2,
    "b_2": [(-1, 1)] * 2,
    "p": r"\lVert X W_1 \rVert^2 + \operatorname{sum}(b_2^3) + b_2 \cdot W_2 b_2",
    "m": lambda w: math.exp(2 * w),
    "q": lambda w: w**4,
    "u(w)": "m",
}


def status(tex):
    (verdict,) = check([Formula(tex, "")], SYMBOLS)
    return verdict.status


PAIRS = [
    (r"g'(w) = 3 w^2 + \cos w", r"g'(w) = 3 w^2 - \cos w"),
    (r"g' = 3 w^2 + \cos w", r"g' = g"),
    (r"g'(0) = 1, g''(t) = 6 t - \sin t", r"g'(0) = 0"),
    (r"g''' = g^{(3)} = 6 - \cos w", r"g''' = 6 + \cos w"),
    (r"g'(w)^2 = (3 w^2 + \cos w)^2", r"g'(w)^2 = g''(w)"),
    (r"\frac{d}{dw} (w^2 + 1) = 2 w", r"\frac{d}{dw} (w^2 + 1) = w"),
    (r"\frac{d g}{dw} = g'(w), dg / dw = g'", r"dg / dw = 3 w^2"),
    (r"\frac{d^2 g}{d w^2} = g''(w)", r"\frac{d^2 g}{d w^2} = g'(w)"),
    (r"\frac{ds}{dw} = s (1 - s)", r"\frac{ds}{dw} = s (1 + s)"),
    (
        r"\frac{\partial f}{\partial w} = \sum_i 2 (\hat y_i - y_i) x_i",
        r"\frac{\partial f}{\partial w} = \sum_i (\hat y_i - y_i) x_i",
    ),
    (
        r"\frac{\partial \ell_i}{\partial \hat y_i} = 2 (\hat y_i - y_i)",
        r"\frac{\partial \ell_i}{\partial \hat y_i} = 2 (y_i - \hat y_i)",
    ),
    (
        r"\frac{\partial \ell_i}{\partial \hat y_i} \cdot x_i = \partial \ell_i / \partial w",
        r"\frac{\partial \ell_i}{\partial w} = \frac{\partial \ell_i}{\partial \hat y_i}",
    ),
    (r"\partial \hat y_i / \partial w = x_i", r"\partial \hat y_i / \partial b = x_i"),
    (
        r"\frac{\partial^2 f}{\partial w \, \partial b} = 2 \sum x_i",
        r"\frac{\partial^2 f}{\partial w \, \partial b} = 2 \sum x_i^2",
    ),
    (
        r"\partial^2 f / \partial w^2 = 28, \partial^2 f / \partial w \partial b = 12",
        r"\partial^2 f / \partial w^2 = 14",
    ),
    (r"\frac{\partial^2 f}{\partial w^2} = 28", r"\frac{\partial^2 f}{\partial w^2} = 14"),
    (
        r"\frac{\partial f}{\partial b}(1, 0) = 2 (-1 - 1 - 4)",
        r"\frac{\partial f}{\partial b}(1, 0) = 2 (1 - 1 - 4)",
    ),
    (
        r"\nabla f = \left( \frac{\partial f}{\partial w}, \frac{\partial f}{\partial b} \right)",
        r"\nabla f = \left( \frac{\partial f}{\partial b}, \frac{\partial f}{\partial w} \right)",
    ),
    (r"\nabla f(P) \cdot (1, 0) = \frac{\partial f}{\partial w}(P)", r"\nabla f(P) = \nabla f"),
    (r"\nabla F(P) = H P, \nabla F = H \theta", r"\nabla F(P) = P"),
    (r"\nabla^2 F = H", r"\nabla^2 F = 2 H"),
    (r"\nabla_t g(t w) = w g'(t w)", r"\nabla_t g(t w) = 0"),
    (r"\nabla_w f(w, 1) = \nabla_w f(w, t + (1 - t))", r"\nabla_w f(w, 1) = 0"),
    (
        r"\frac{\partial F}{\partial \theta_2} = \theta_1 + 4 \theta_2",
        r"\frac{\partial F}{\partial \theta_2} = \theta_2",
    ),
    (
        r"\frac{\partial^2 F}{\partial \theta_i \, \partial \theta_j} = H_{ij}",
        r"\frac{\partial^2 F}{\partial \theta_i \, \partial \theta_j} = \theta_j",
    ),
    (
        r"\frac{\partial z}{\partial W} = 2 X^\top X W",
        r"\frac{\partial z}{\partial W} = 2 X W^\top",
    ),
    (
        r"\frac{\partial p}{\partial W_1} = 2 X^\top X W_1",
        r"\frac{\partial p}{\partial W_1} = 2 X^\top X W_2",
    ),
    (
        r"\partial p / \partial b_2 = 3 (b_2)^2 + W_2 b_2 + W_2^\top b_2",
        r"\partial p / \partial b_2 = 3 (b_2)^2 + 2 W_2 b_2",
    ),
    (r"\partial p / \partial W_2 = b_2 b_2^\top", r"\partial p / \partial W_2 = b_2 b_1^\top"),
    (r"\lim_{h \to 0} \frac{\sin h}{h} = 1", r"\lim_{h \to 0} \frac{\sin h}{h} = 0"),
    (r"\lim_{h \to 0} \frac{g(w + h) - g(w)}{h} = g'(w)", r"\lim_{h \to 0} \frac{g(w)}{h + 1} = 0"),
    (
        r"\lim_{n \to \infty} (1 + \frac tn)^n = e^t",
        r"\lim_{n \to \infty} (1 + \frac1n)^n = 2.7183",
    ),
    (r"\lim_{n \to \infty} (\tfrac12)^n = 0", r"\lim_{n \to \infty} (\tfrac12)^n = 1"),
    (r"\int_0^b x^2 \, dx = \frac{b^3}{3}", r"\int_0^b x^2 \, dx = \frac{b^2}{2}"),
    (r"2 \int_0^1 w u + 1 \, du + 1 = w + 3", r"2 \int_0^1 w u + 1 \, du = w"),
    (r"m'(w) = 2 e^{2 w}, m' = 2 m", r"m'(w) = e^{2 w}"),
    (r"m''(t) = 4 e^{2 t}", r"m''(t) = 2 e^{2 t}"),
    (r"u'(w) + u'(w) = 4 u", r"u'(w) - u'(w) = 2 u"),
    (r"q''(w) = 12 w^2", r"q''(w) = 12.000001 w^2"),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS])
def test_what_is_true_is_checked(true):
    assert status(true) == "checked"


@pytest.mark.parametrize("false", [false for _, false in PAIRS])
def test_what_is_not_true_is_wrong(false):
    assert status(false) == "wrong"


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        ("s' = 1", "'s' has no derivative: give the table of symbols 's(x)'"),
        ("f' = 1", r"'f' has several parameters: write \frac{\partial …"),
        (r"\nabla \beta = 1", r"'\beta' is not in the table of symbols"),
        (r"\nabla^3 F = H", r"'\nabla^3' has no meaning: \nabla is of order 1 or 2"),
        (
            r"\frac{\partial^2 f}{\partial w} = 1",
            "a derivative of order 2 is by 2 names, not by 1",
        ),
        (
            r"\partial f / \partial w \partial b = 1",
            "a derivative of order 1 is by 1 names, not by 2",
        ),
        (r"\int x dx = 1", "cannot read this at 'x': an integral has two bounds"),
        (r"\int_0^1 w = 1", "cannot read this where it ends: an integral ends with d x"),
    ],
)
def test_messages_say_what_is_missing(tex, message):
    (verdict,) = check([Formula(tex, "")], SYMBOLS)
    assert (verdict.status, verdict.message) == ("unreadable", message)
