r"""Symbolic gradients and derivations: SymPy derives, and hands over formulas and functions.

Needs the extra `symbolic`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, chosen, parameters, real_array
from gdbook._extras import extra
from gdbook.objectives import Objective

with extra("symbolic"):
    import mpmath  # type: ignore[import-untyped]
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
        The gradient as formulas, as TeX and as a function. Parameters are real numbers, so the
            derivative of `Abs` is `sign`. Where there is a jump, such as that of `sign` or
            `floor`, it is the slope on both sides.

    Raises:
        TypeError: `expression` is none, `params` is no sequence, or a parameter is no symbol. When
            the function is called: the gradient is complex.
        ValueError: There are no parameters, one is there twice, the expression has a symbol that
            is none of them, or NumPy and mpmath cannot compute its derivatives. When the function
            is called: there are not as many numbers as parameters.

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
    model = _Model(expression, params, {})
    return SymbolicGradient(model.partials, sp.latex(sp.Matrix(model.partials)), model.gradient)


def symbolic_objective(
    expression: Any, params: Sequence[Any], *, samples: Mapping[Any, ArrayLike] | None = None
) -> Objective:
    r"""Return the objective of an expression; SymPy finds the gradient.

    $$f(\theta), \qquad \nabla f(\theta) \text{ by symbolic differentiation}$$

    Args:
        expression: An expression in the parameters, and in the symbols of the samples if there
            are any.
        params: The parameters, SymPy symbols.
        samples: Symbol to column, shape `(n_samples,)`. The objective is the mean of the
            expression over the samples, and takes batches of them.

    Returns:
        The objective. Its parameters are an array of shape `(n_params,)`.

    Raises:
        TypeError: `expression` is none, `params` is no sequence, a parameter or a name of samples
            is no symbol, or a column does not hold real numbers. When the objective is used: the
            expression is complex.
        ValueError: There are no parameters, one is there twice, the expression has a symbol that
            is none of them, or NumPy and mpmath cannot compute it or its derivatives; or the
            columns are empty, not finite, or differ in length. When the objective is used: there
            are not as many numbers as parameters.

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

        The mean over samples, for mini-batches:

        >>> w, y = sp.symbols("w y")
        >>> line = symbolic_objective((w * x - y) ** 2, [w], samples={x: [1, 2], y: [2, 5]})
        >>> line.gradient([1.0]), line.gradient([1.0], [0])
        (array([-7.]), array([-2.]))

    Source:
        A. Meurer et al., *SymPy: symbolic computing in Python*, 2017.
    """
    model = _Model(expression, params, samples or {})
    return Objective(model.value, model.gradient, n_samples=model.n_samples)


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
    before = _expression(expression).doit()
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
        strangers = (step + 0).free_symbols - {*symbols.values()}  # no sum, no number
    except Exception as error:  # SymPy's reader raises what Python's compiler does, and more
        raise ValueError(f"the step {text} is no expression: {error}.") from error
    if strangers:
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


class _Model:
    """An expression in real numbers and its derivatives, or their means over samples."""

    def __init__(
        self, expression: Any, params: Sequence[Any], samples: Mapping[Any, ArrayLike]
    ) -> None:
        self.made_of = expression, params, samples
        formula = _expression(expression)
        symbols = _symbols(formula, params, samples)
        self.columns = _columns(samples)
        self.n_samples = len(self.columns[0]) if self.columns else None
        self.shape = (len(params),)
        real = [sp.Dummy(symbol.name, real=True) for symbol in symbols]
        formula = formula.xreplace(dict(zip(symbols, real, strict=True)))
        slopes = [_slope(formula, symbol) for symbol in real[: len(params)]]
        self.partials = tuple(
            slope.xreplace(dict(zip(real, symbols, strict=True))) for slope in slopes
        )
        self._value = _compiled(real, formula)
        self._slopes = [_compiled(real, slope) for slope in slopes]

    def __reduce__(self) -> tuple[type["_Model"], tuple[Any, ...]]:
        return _Model, self.made_of  # compiled functions do not pickle

    def value(self, params: ArrayLike, batch: Any = None) -> float:
        return self._mean(self._value, params, batch)

    def gradient(self, params: ArrayLike, batch: Any = None) -> Array:
        return np.array([self._mean(slope, params, batch) for slope in self._slopes])

    def _mean(self, function: Callable[..., Any], params: ArrayLike, batch: Any) -> float:
        values = parameters(params, self.shape, ", a number for each symbol")
        columns = self.columns if batch is None else chosen(batch, *self.columns)
        with np.errstate(all="ignore"):
            result = np.mean(function(*values, *columns))
        if np.iscomplexobj(result):
            raise TypeError(f"at {values} the expression is complex: pass a real one.")
        return float(result)


def _expression(expression: Any) -> Any:
    try:
        formula = sp.sympify(expression)
    except Exception as error:  # it tries many ways, and raises what the last one does
        raise TypeError(f"expression is {expression!r}, which SymPy cannot read.") from error
    if not isinstance(formula, sp.Expr) or formula.is_Matrix:
        raise TypeError(f"expression is {expression!r}: pass one that has a number as its value.")
    return formula


def _columns(samples: Mapping[Any, ArrayLike]) -> list[Array]:
    columns = {name: real_array(f"samples[{name}]", column) for name, column in samples.items()}
    shapes = {str(name): column.shape for name, column in columns.items()}
    if len(set(shapes.values())) > 1 or any(column.ndim != 1 for column in columns.values()):
        raise ValueError(f"samples have shapes {shapes}: pass columns of one length, (n_samples,).")
    return [*columns.values()]


def _slope(formula: Any, symbol: Any) -> Any:
    """Return the derivative; at jumps it is the slope on both sides."""
    slope = formula.diff(symbol).replace(sp.DiracDelta, lambda *_: sp.Integer(0))
    flat = slope.replace(
        lambda part: isinstance(part, sp.Derivative) and part.has(sp.floor, sp.ceiling),
        lambda _: sp.Integer(0),
    )
    return flat.replace(sp.Subs, lambda *parts: sp.Subs(*parts).doit())


def _compiled(symbols: Sequence[Any], formula: Any) -> Callable[..., Any]:
    """Return a formula as a function; what NumPy does not know, SymPy's mpmath does."""
    names = {type(part).__name__ for part in formula.atoms(sp.Function)}
    others = {
        name: np.vectorize(getattr(mpmath, name), otypes=[float])
        for name in names
        if hasattr(mpmath, name) and not hasattr(np, name)
    }
    try:
        function: Callable[..., Any] = sp.lambdify(symbols, formula, modules=[others, "numpy"])
        with np.errstate(all="ignore"):
            function(*np.full(len(symbols), 0.5))
    except (NotImplementedError, NameError) as error:
        shown = formula.xreplace({symbol: sp.Symbol(symbol.name) for symbol in symbols})
        raise ValueError(f"NumPy cannot compute {shown}: use other functions.") from error
    return function


def _symbols(formula: Any, params: Sequence[Any], samples: Mapping[Any, Any]) -> list[Any]:
    if not isinstance(params, Sequence):
        raise TypeError(f"params is {params!r}: pass a sequence of symbols, such as [x].")
    if not params:
        raise ValueError("params is empty: pass at least one symbol.")
    symbols = [*params, *samples]
    for symbol in symbols:
        if not isinstance(symbol, sp.Symbol):
            raise TypeError(f"{symbol!r} is no symbol: make one by sympy.symbols.")
        if symbols.count(symbol) > 1:
            raise ValueError(f"{symbol} is there twice: pass each symbol once.")
    if strangers := formula.free_symbols - set(symbols):
        names = ", ".join(sorted(map(str, strangers)))
        raise ValueError(f"the expression has {names}, too: pass all its symbols as params.")
    return symbols
