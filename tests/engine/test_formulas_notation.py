"""Notation in formulas: each kind is understood, so that what is true passes and its twin not."""

import pytest
from bookwright.formulas.check import Formula, check

SYMBOLS = {
    "a": (1, 2),
    "b": (0.2, 0.9),
    "r": (-2, 2),
    r"\alpha": (0, 1),
    r"\varphi": (0, 3),
    "n": 4,
    "x": [(-1, 1)] * 4,
    "y": [(-1, 1)] * 4,
    "v": [(-1, 1)] * 2,
    "u": [(-1, 1)] * 2,
    "A": [[2, 1], [1, 3]],
    "B": [[(-1, 1)] * 3] * 2,
    "m": range(1, 6),
    "k": range(1, 6),
    "f(t)": "t^2 + 1",
    "H(s, t)": "s t^2",
}


def status(tex, symbols=SYMBOLS, mark=""):
    (verdict,) = check([Formula(tex, mark)], symbols)
    return verdict.status


PAIRS = {
    "fractions of single digits": (r"\tfrac12 + \frac1n + \frac{1}{12} = \frac56", r"\frac12 = 2"),
    "a fraction of letters": (r"\frac ab = a / b", r"\frac ab = b / a"),
    "decimals": ("0.1 + 0.2 = 0.3", "0.1 + 0.2 = 0.30000001"),
    "groups of digits": (r"1{,}000 \cdot 10 = 10\,000", r"1{,}000 \cdot 10 = 10\,001"),
    "a power of ten": (r"2.2 \cdot 10^{-3} = 0.0022", r"2.2 \cdot 10^{-3} = 0.022"),
    "per cent": (r"5 \, \% = 0.05", r"5 \, \% = 0.5"),
    "products side by side": ("2 a b (a + b) = 2 a^2 b + 2 a b^2", "2 a b (a + b) = 2 a^2 b"),
    "a product below a slash": (r"1 / (2 a) = \frac{1}{2 a}", r"1 / (2 a) = \frac{a}{2}"),
    "a product before a slash": (r"2 a / b = \frac{2 a}{b}", r"2 a / b = \frac{2}{a b}"),
    "slashes from the left": (r"a / b / 2 = \frac{a}{2 b}", r"a / b / 2 = \frac{2 a}{b}"),
    "a minus before a power": ("-a^2 = 0 - a a", "-a^2 = a^2"),
    "powers of powers": ("{(a^2)}^3 = a^6", "{(a^2)}^3 = a^8"),
    "roots": (r"\sqrt{a^2} \sqrt[3]{a^3} = a^2", r"\sqrt a = a"),
    "bars": (r"|{-a}| + \lvert -b \rvert + 2 |b| = a + 3 b", r"|r| = r"),
    "norms": (r"\lVert v \rVert^2 = v_1^2 + v_2^2", r"\|v\| = v_1 + v_2"),
    "floor and ceiling": (r"\lfloor a \rfloor = 1, \lceil a \rceil = 2", r"\lfloor a \rfloor = a"),
    "factorials": ("n! = 24", "n! = 25"),
    "binomials": (r"\binom n2 = \binom{4}{2} = 6", r"\binom n2 = 12"),
    "functions without brackets": (
        r"\sin 2 \varphi = 2 \sin \varphi \cos \varphi",
        r"\sin 2 \varphi = 2 \sin \varphi",
    ),
    "powers of functions": (r"\sin^2 a + \cos^2 a = 1", r"\sin^2 a - \cos^2 a = 1"),
    "a bracket ends an argument": (r"\ln (a) b = b \ln a", r"\ln (a) b = \ln (a b)"),
    "a function and a slash": (r"\cos a / 2 = \frac{\cos a}{2}", r"\cos a / 2 = \cos (a / 2)"),
    "logarithms of a base": (r"\log_2 8 = 3", r"\log_2 8 = 4"),
    "an inverse function": (r"\arccos(\cos b) = b", r"\arccos(\cos b) = \cos b"),
    "Euler's number": (r"\ln e^a = a", r"\ln e^a = 2.7 a"),
    "pi": (r"\cos 2 \pi = 1", r"\cos 2 \pi = 0"),
    "the imaginary unit": (r"(a + i b)(a - i b) = a^2 + b^2", r"(a + i b)(a - i b) = a^2 - b^2"),
    "a complex root": (r"\sqrt{-a^2} = i a", r"\sqrt{-a^2} = a"),
    "extremes of numbers": (r"\max(r, 0) - \min(r, 0) = |r|", r"\max(r, 0) = |r|"),
    "extremes of vectors": (r"\max x \ge \min x", r"\max x < \min x"),
    "extremes over an index": (r"\max_i |x_i| \ge x_2", r"\max_i x_i < x_2"),
    "means": (r"\operatorname{mean}(2 x) = 2 \operatorname{mean} x", r"\operatorname{mean}(x) = n"),
    "variances": (
        r"\operatorname{var}(x) = \operatorname{mean}(x^2) - \operatorname{mean}(x)^2",
        r"\operatorname{var}(x) = \operatorname{mean}(x^2)",
    ),
    "blocks of a matrix": (
        r"\begin{pmatrix} A & v \\ u^\top & 1 \end{pmatrix} (0, 0, 1) = (v_1, v_2, 1)",
        r"\begin{pmatrix} A & v \\ u^\top & 1 \end{pmatrix} (0, 0, 1) = (u_1, u_2, 1)",
    ),
    "rows below a matrix": (
        r"\begin{pmatrix} A \\ u^\top \end{pmatrix} (1, 0) = (2, 1, u_1)",
        r"\begin{pmatrix} A \\ u^\top \end{pmatrix} (1, 0) = (2, 1, u_2)",
    ),
    "vectors as columns": (
        r"\begin{pmatrix} u & v \end{pmatrix} (2, 3) = 2 u + 3 v",
        r"\begin{pmatrix} u & v \end{pmatrix} (2, 3) = 2 v + 3 u",
    ),
    "a term behind a series": (
        r"x_1 y_1 + x_2 y_2 + \dots + x_4 y_4 + b = x \cdot y + b",
        r"x_1 y_1 + x_2 y_2 + \dots + x_4 y_4 + b = x \cdot y",
    ),
    "a number behind a series": (
        r"x_1 + \dots + x_4 + 5 = \sum_i x_i + 5",
        r"x_1 + \dots + x_4 + 5 = \sum_i x_i + x_4 + 5",
    ),
    "a factor behind a series": (
        r"x_1 \cdots x_4 b = b \prod_i x_i",
        r"x_1 \cdots x_4 b = \prod_i x_i",
    ),
    "sums with bounds": (r"\sum_{i=1}^{n} i = 10", r"\sum_{i=1}^{n} i = 11"),
    "sums over an index": (r"\sum_i x_i y_i = x \cdot y", r"\sum_i x_i y_i = x \cdot x"),
    "sums without an index": (r"\sum x_i + 1 = 1 + \sum_j x_j", r"\sum (x_i + 1) = \sum x_i"),
    "products of such sums": (
        r"\sum x_i \sum y_i = \sum_i \sum_j x_i y_j",
        r"\sum x_i \sum y_i = \sum_i x_i y_i",
    ),
    "a minus in a sum": (r"\sum_i - x_i = - \sum_i x_i", r"\sum_i - x_i = \sum_i x_i"),
    "sums over pairs": (
        r"\sum_{i \ne j} x_i x_j = (\sum x_i)^2 - \sum x_i^2",
        r"\sum_{i \ne j} x_i x_j = (\sum x_i)^2",
    ),
    "sums over others": (r"\sum_{m \ne k} m = 15 - k", r"\sum_{m \ne k} m = 15"),
    "sums over a set": (
        r"\sum_{i \in \{1, 3\}} x_i = x_1 + x_3",
        r"\sum_{i \in \{1, 3\}} x_i = x_1",
    ),
    "products": (r"\prod_{i=1}^{3} i a = 6 a^3", r"\prod_{i=1}^{3} i a = 6 a"),
    "inner products": (r"v \cdot A v = A v \cdot v", r"v \cdot A v = v \cdot v"),
    "a vector in brackets": ("v = (v_1, v_2)", "v = (v_2, v_1)"),
    "a list of values": ("(1, 2 + 1) = 1, 3", "(1, 2) = 1, 3"),
    "matrices": (
        r"A v = \begin{pmatrix} 2 v_1 + v_2 \\ v_1 + 3 v_2 \end{pmatrix}",
        r"A v = \begin{pmatrix} 2 v_1 + v_2 \\ v_1 - 3 v_2 \end{pmatrix}",
    ),
    "an inverse": (r"A A^{-1} v = v", r"A A^{-1} v = A v"),
    "a power of a matrix": (r"A^2 v = A (A v)", r"A^2 v = A v"),
    "transposes": (r"(A B)^\top = B^\top A^\top", r"(A B)^\top = A^\top B"),
    "a row and a column": (r"v^\top u = v \cdot u", r"v^\top u = v u^\top"),
    "an outer product": (r"(v u^\top) u = v \, (u \cdot u)", r"(v u^\top) u = u \, (u \cdot u)"),
    "entries of what has no name": (r"(A B)_{12} = \sum_k A_{1,k} B_{k,2}", r"(A B)_{12} = A_{12}"),
    "products of entries": (r"(v \odot u)_1 = v_1 u_1", r"(v \odot u)_1 = v_1"),
    "traces": (r"\operatorname{tr}(A) = 5, \det A = 5", r"\operatorname{tr}(A) = 6"),
    "diagonals": (r"\operatorname{diag}(v) u = v \odot u", r"\operatorname{diag}(v) u = v"),
    "a vector that is zero": ("v - v = 0", "v - u = 0"),
    "cases": (
        r"|r| = \begin{cases} r & \text{if } r > 0 , \\ -r & \text{otherwise.} \end{cases}",
        r"|r| = \begin{cases} r & \text{if } r > -1 , \\ -r & \text{otherwise.} \end{cases}",
    ),
    "a function": ("f(a + 1) = a^2 + 2 a + 2", "f(a + 1) = a^2 + 2"),
    "a function's square": ("f(a)^2 = f(a) f(a)", "f(a)^2 = f(a^2)"),
    "a bracket behind a number": (
        r"\alpha (1 - b) = \alpha - \alpha b",
        r"\alpha (1 - b) = \alpha",
    ),
    "a vector for the arguments": ("H(v) = v_1 v_2^2", "H(v) = v_1^2 v_2"),
    "a thin space that parts": (r"f(1) \, (a + b) = 2 a + 2 b", r"f(1) \, (a + b) = f(a + b)"),
    "looks": (
        r"\boxed{\; \underbrace{a}_{\text{one}} + \underset{1 \times 1}{b} = \phantom{1}b + a \;}",
        r"\boxed{\; \underbrace{a}_{\text{one}} + \underset{1 \times 1}{b} = b \;}",
    ),
    "brackets of all sizes": (
        r"\left( a \bigl[ b + 1 \Bigr] \right) = a b + a",
        r"\left( a \bigl[ b + 1 \Bigr] \right) = a b",
    ),
    "dots in a sum": (
        r"x_1 y_1 + x_2 y_2 + \dots + x_4 y_4 = x \cdot y",
        r"x_1 y_1 + x_2 y_2 + \dots + x_3 y_3 = x \cdot y",
    ),
    "dots after one term": (r"x_1 + \dots + x_n = \sum x_i", r"x_1 + \dots + x_n = x_1 + x_n"),
    "dots that count down": (
        r"(n - 1)^2 + \dots + 2^2 + 1^2 = 14",
        r"n^2 + \dots + 2^2 + 1^2 = 14",
    ),
    "dots in steps of two": (r"1 + 3 + 5 + \dots + 99 = 50^2", r"1 + 2 + 3 + \dots + 99 = 50^2"),
    "dots in a product": (r"1 \cdot 2 \cdots n = n!", r"2 \cdot 3 \cdots n = 25"),
    "dots without end": (
        r"1 + b + b^2 + \dots = \frac{1}{1 - b}",
        r"1 + b + b^2 + \dots = \frac{1}{1 + b}",
    ),
    "dots with changing signs": (
        r"1 - b + b^2 - \dots = \frac{1}{1 + b}",
        r"1 - b + b^2 - \dots = \frac{1}{1 - b}",
    ),
    "the sign of dots": (
        r"1 - b + b^2 - b^3 + \dots = \frac{1}{1 + b}",
        r"1 - b + b^2 - b^3 + \dots = \frac{1}{1 - b}",
    ),
    "dots in a list": (r"k = 1, \dots, 5", r"k = 1, \dots, 4"),
    "two signs": (r"(a \pm b)^2 = a^2 \pm 2 a b + b^2", r"(a \pm b)^2 = a^2 + 2 a b + b^2"),
    "the other sign": (r"(a \pm b)(a \mp b) = a^2 - b^2", r"(a \pm b)(a \pm b) = a^2 - b^2"),
}


@pytest.mark.parametrize("notation", PAIRS)
def test_what_is_true_is_checked(notation):
    assert status(PAIRS[notation][0]) == "checked"


@pytest.mark.parametrize("notation", PAIRS)
def test_what_is_not_true_is_wrong(notation):
    assert status(PAIRS[notation][1]) == "wrong"
