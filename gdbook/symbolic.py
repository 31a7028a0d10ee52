r"""Symbolic gradients and derivations: SymPy derives, and hands over formulas and functions.

Needs the extra `symbolic`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from tokenize import TokenError
from typing import Any

import numpy as np

from gdbook._checks import Array
from gdbook._extras import extra
from gdbook.objectives import Objective

with extra("symbolic"):
    import sympy as sp
    from sympy.parsing.sympy_parser import parse_expr

__all__ = ["SymbolicGradient", "derivation", "symbolic_grad", "symbolic_objective"]


@dataclass(frozen=True)
class SymbolicGradient:
    r"""A gradient as formulas, as TeX and as a function.

    $$\left( \frac{\partial f}{\partial \theta_1}, \dots, \frac{\partial f}{\partial \theta_p}
    \right)$$

    Args:
        partials: One expression for each parameter.
        tex: The same in TeX, a column vector.
        function: Takes the parameters as an array of shape `(n_params,)`, returns the gradient
            in the same shape.

    Examples:
        >>> import sympy as sp
        >>> from gdbook.symbolic import symbolic_grad
        >>> x, y = sp.symbols("x y")
        >>> symbolic_grad(x**2 * y, [x, y]).partials
        (2*x*y, x**2)
    """

    partials: tuple[Any, ...]
    tex: str
    function: Callable[[Array], Array]


def symbolic_grad(expression: Any, params: Sequence[Any]) -> SymbolicGradient:
    r"""Return the gradient of an expression, derived by SymPy.

    $$f \mapsto \nabla f$$

    Args:
        expression: An expression in the parameters and nothing else.
        params: The parameters, SymPy symbols, in the order of the gradient.

    Returns:
        The gradient as formulas, as TeX and as a function.

    Raises:
        TypeError: A parameter is no symbol.
        ValueError: There are no parameters, or the expression has a symbol that is none of them.

    Examples:
        >>> import numpy as np, sympy as sp
        >>> from gdbook.symbolic import symbolic_grad
        >>> x, y = sp.symbols("x y")
        >>> gradient = symbolic_grad(x**2 * y, [x, y])
        >>> gradient.function(np.array([3.0, 2.0]))
        array([12.,  9.])
        >>> print(gradient.tex)
        \left[\begin{matrix}2 x y\\x^{2}\end{matrix}\right]

    Source:
        A. Meurer et al., *SymPy: symbolic computing in Python*, 2017.
    """
    formula = sp.sympify(expression)
    symbols = _symbols(formula, params)
    partials = tuple(formula.diff(symbol) for symbol in symbols)
    compiled = sp.lambdify([symbols], partials, modules="numpy")

    def function(values: Array) -> Array:
        return np.array(compiled(values), dtype=np.float64)

    return SymbolicGradient(partials, sp.latex(sp.Matrix(partials)), function)


def symbolic_objective(expression: Any, params: Sequence[Any]) -> Objective:
    r"""Return the objective of an expression; SymPy finds the gradient.

    $$f(\theta), \qquad \nabla f(\theta) \text{ by symbolic differentiation}$$

    Args:
        expression: An expression in the parameters and nothing else.
        params: The parameters, SymPy symbols.

    Returns:
        The objective. Its parameters are an array of shape `(n_params,)`.

    Raises:
        TypeError: A parameter is no symbol.
        ValueError: There are no parameters, or the expression has a symbol that is none of them.

    Examples:
        >>> import sympy as sp
        >>> from gdbook import gradient_descent
        >>> from gdbook.symbolic import symbolic_objective
        >>> x = sp.symbols("x")
        >>> run = gradient_descent(
        ...     symbolic_objective(2 * x**2, [x]), [1.0], learning_rate=0.25, epochs=1
        ... )
        >>> run.params[:, 0]
        array([1., 0.])

    Source:
        A. Meurer et al., *SymPy: symbolic computing in Python*, 2017.
    """
    formula = sp.sympify(expression)
    compiled = sp.lambdify([_symbols(formula, params)], formula, modules="numpy")
    return Objective(
        lambda values: float(compiled(values)), symbolic_grad(formula, params).function
    )


def derivation(name: str, expression: Any, steps: Mapping[str, str]) -> str:
    r"""Return a derivation as a formula in TeX; each step is checked against the one before.

    $$a_0 = a_1 = \dots = a_n$$

    Args:
        name: What is derived, $a_0$, in TeX.
        expression: What it is, as an expression of SymPy, such as a derivative.
        steps: Each step as text in Python, $a_1$ to $a_n$, and in words why it equals the one
            before. It is shown as it is written, and not simplified.

    Returns:
        The formula, with the reasons beside the steps.

    Raises:
        ValueError: There are no steps, or one cannot be read, has other symbols than the
            expression, or does not equal the one before.

    Examples:
        >>> import sympy as sp
        >>> from gdbook.symbolic import derivation
        >>> w = sp.symbols("w")
        >>> square = (2 * w - 4) ** 2
        >>> steps = {"2 * 2 * (2*w - 4)": "the chain rule", "8 * (w - 2)": "collect"}
        >>> print(derivation("f'(w)", square.diff(w), steps))
        $$
        \begin{aligned}
        f'(w) &= 2 \cdot 2 \left(2 w - 4\right) && \text{(the chain rule)} \\
        &= 8 \left(w - 2\right) && \text{(collect)}
        \end{aligned}
        $$

    Source:
        A. Meurer et al., *SymPy: symbolic computing in Python*, 2017.
    """
    if not steps:
        raise ValueError("steps is empty: write at least one, with its reason.")
    before = sp.sympify(expression).doit()
    known = {symbol.name: symbol for symbol in before.free_symbols}
    known |= {symbol.name: symbol for symbol in sp.sympify(expression).free_symbols}
    rows = []
    for text, reason in steps.items():
        step = _read(text, known)
        if not (difference := sp.simplify(step.doit() - before)).equals(0):
            raise ValueError(
                f"the step {text} does not equal the one before, {before}: "
                f"it differs by {difference}."
            )
        shown = sp.latex(_without_ones(step), order="none", ln_notation=True)
        rows.append(rf"&= {shown} && \text{{({reason})}}")
        before = step.doit()
    lines = " \\\\\n".join(rows)
    return f"$$\n\\begin{{aligned}}\n{name} {lines}\n\\end{{aligned}}\n$$"


def _read(text: str, symbols: Mapping[str, Any]) -> Any:
    try:
        step = parse_expr(text, local_dict=dict(symbols), evaluate=False)
    except (SyntaxError, TypeError, TokenError) as error:
        raise ValueError(f"the step {text} is no expression: {error}.") from error
    if strangers := step.free_symbols - {*symbols.values()}:
        names = ", ".join(sorted(map(str, strangers)))
        raise ValueError(f"the step {text} has {names}, and the expression does not.")
    return step


def _without_ones(step: Any) -> Any:
    """Return an expression without the factors 1 that it got when it was read."""
    if not isinstance(step, sp.Add | sp.Mul | sp.Pow | sp.Function):
        return step
    parts = [_without_ones(part) for part in step.args]
    if isinstance(step, sp.Mul):
        parts = [each for part in parts for each in (part.args if part.is_Mul else [part])]
        parts = [part for part in parts if part != 1] or [sp.Integer(1)]
    return parts[0] if len(parts) == 1 and step.is_Mul else step.func(*parts, evaluate=False)


def _symbols(formula: Any, params: Sequence[Any]) -> list[Any]:
    symbols = list(params)
    if not symbols:
        raise ValueError("params is empty: pass at least one symbol.")
    for symbol in symbols:
        if not isinstance(symbol, sp.Symbol):
            raise TypeError(f"{symbol!r} is no symbol: make one by sympy.symbols.")
    strangers = formula.free_symbols - set(symbols)
    if strangers:
        names = ", ".join(sorted(map(str, strangers)))
        raise ValueError(f"the expression has {names}, too: pass all its symbols as params.")
    return symbols
