r"""Calculus: what is the derivative of a loss, and how fast can it change?"""

from functools import partial
from typing import NamedTuple

from gdbook import cross_entropies, derivatives, losses
from gdbook._checks import Checked, Loss, checked_options

__all__ = ["derivative_of", "largest_second_derivative"]


class _Calculus(NamedTuple):
    derivative: Checked
    largest_second_derivative: float | None


_CALCULUS: dict[Checked, _Calculus] = {
    losses.squared_error: _Calculus(derivatives.squared_error_derivative, 2.0),
    losses.half_squared_error: _Calculus(derivatives.half_squared_error_derivative, 1.0),
    losses.absolute_error: _Calculus(derivatives.absolute_error_derivative, None),
    losses.huber: _Calculus(derivatives.huber_derivative, 1.0),
    losses.binary_cross_entropy: _Calculus(derivatives.binary_cross_entropy_derivative, None),
    losses.binary_cross_entropy_with_logits: _Calculus(
        derivatives.binary_cross_entropy_with_logits_derivative, 1 / 4
    ),
    cross_entropies.cross_entropy: _Calculus(cross_entropies.cross_entropy_derivative, None),
    cross_entropies.cross_entropy_with_logits: _Calculus(
        cross_entropies.cross_entropy_with_logits_derivative, 1 / 2
    ),
}


def _calculus_of(loss: Loss) -> _Calculus:
    """Return the calculus of a known loss whose options, if it is a partial, are good."""
    function = loss.func if isinstance(loss, partial) and not loss.args else loss
    for known, calculus in _CALCULUS.items():
        if function is known:
            if isinstance(loss, partial):
                checked_options(known, loss.keywords)
            return calculus
    names = ", ".join(known.__name__ for known in _CALCULUS)
    raise ValueError(
        f"loss is {loss!r}: pass one of gdbook's losses ({names}), "
        "or functools.partial of it and its options."
    )


def derivative_of(loss: Loss) -> Loss:
    r"""Return the derivative that belongs to a loss of this book.

    $$\ell \mapsto \frac{\partial \ell}{\partial \hat y}$$

    Args:
        loss: A function of `gdbook.losses` or `gdbook.cross_entropies`, or `functools.partial`
            of it and its options.

    Returns:
        The function that differentiates it, with the same options.

    Raises:
        TypeError: An option is not known, or not of its type.
        ValueError: The loss is not known, or an option is out of range.

    Examples:
        >>> from functools import partial
        >>> from gdbook import derivative_of, huber, squared_error
        >>> derivative_of(squared_error).__name__
        'squared_error_derivative'
        >>> derivative_of(partial(huber, delta=2.0))([0.0], [5.0])
        array([2.])

    Source:
        The pairs are checked against SymPy, central differences and autograd in the tests.
    """
    derivative = _calculus_of(loss).derivative
    return partial(derivative, **loss.keywords) if isinstance(loss, partial) else derivative


def largest_second_derivative(loss: Loss) -> float:
    r"""Return the largest value that the second derivative of a loss can take.

    $$\sup_{y, \hat y} \frac{\partial^2 \ell}{\partial \hat y^2}$$

    It is the largest slope of the derivative. For the squared error and half of it, the
    derivatives $2 r$ and $r$ of a residual $r$ have the slopes 2 and 1; Huber's has the slope 1
    where it is not constant. For the binary cross-entropy with logits,

    $$\frac{\partial}{\partial z} (p - y) = p \, (1 - p)
    = \tfrac14 - (p - \tfrac12)^2 \le \tfrac14, \qquad p = \frac{1}{1 + e^{-z}}$$

    For the cross-entropy with logits, a row $z$ has a matrix of second derivatives. Its largest
    eigenvalue is that of $\operatorname{diag}(p) - p p^\top$, and for each vector $u$

    $$u^\top (\operatorname{diag}(p) - p p^\top) \, u = \operatorname{Var}_p(u)
    \le \tfrac14 (\max u - \min u)^2 \le \tfrac12 \lVert u \rVert^2 ,$$

    with equality at $p = (\tfrac12, \tfrac12)$ and $u = (1, -1)$.

    Args:
        loss: A function of `gdbook.losses` or `gdbook.cross_entropies`, or `functools.partial`
            of it and its options.

    Returns:
        2 for the squared error, 1 for half of it and for Huber's loss, 1/4 for the binary
            cross-entropy with logits, 1/2 for the cross-entropy with logits.

    Raises:
        TypeError: An option is not known, or not of its type.
        ValueError: The loss is not known, an option is out of range, or there is no largest
            value: the absolute error has a kink, where its slope jumps, and the slope $-1/p$
            of a cross-entropy changes by $1/p^2$, without bound as $p$ nears 0.

    Examples:
        >>> from gdbook import half_squared_error, largest_second_derivative
        >>> largest_second_derivative(half_squared_error)
        1.0

    Source:
        D. Böhning, *Multinomial logistic regression algorithm*, 1992, for the last one.
    """
    bound = _calculus_of(loss).largest_second_derivative
    if bound is None:
        bounded = [
            known.__name__
            for known, calculus in _CALCULUS.items()
            if calculus.largest_second_derivative is not None
        ]
        raise ValueError(
            f"loss is {getattr(loss, '__name__', loss)}, whose second derivative has no largest "
            f"value: pass one that has ({', '.join(bounded)})."
        )
    return bound
