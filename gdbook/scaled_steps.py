r"""Scaled steps: can the step choose its own length and direction?

Like the rules of `gdbook.update_rules`, each takes the parameters, the gradient, the learning
rate and its memory, and returns new parameters and new memory. `functools.partial` fills in
what else it has to know of the objective.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, positive_number, real_array
from gdbook.objectives import Objective

__all__ = ["backtracking_step", "newton_step", "preconditioned_step"]


def backtracking_step(
    params: Array,
    grad: Array,
    learning_rate: float,
    state: Any = None,
    *,
    objective: Objective,
    shrink: float = 0.5,
    decrease: float = 1e-4,
) -> tuple[Array, Any]:
    r"""Return the parameters after the longest of a row of steps that goes down far enough.

    $$\theta_{k+1} = \theta_k - \alpha \rho^j \, g_k \quad \text{for the smallest } j \ge 0
    \text{ with} \quad
    f(\theta_k - \alpha \rho^j g_k) \le f(\theta_k) - c \, \alpha \rho^j \, \lVert g_k \rVert^2$$

    The condition is Armijo's. A step that leads where $f$ is not finite counts as too long.
    Where no step goes down, the parameters stay as they are.

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $g_k = \nabla f(\theta_k)$, the shape of `params`.
        learning_rate: First step length $\alpha$ that is tried.
        state: Not used: the length that the step before it took, or None.
        objective: The objective, for its value $f$ on all samples.
        shrink: Factor $\rho$ from one try to the next, between 0 and 1.
        decrease: Share $c$ of the decrease that the tangent promises, between 0 and 1.

    Returns:
        New parameters and the length $\alpha \rho^j$ that was taken. Only the options are
            checked.

    Raises:
        TypeError: `shrink` or `decrease` is no number.
        ValueError: `shrink` or `decrease` is not between 0 and 1.

    Examples:
        >>> from gdbook import Objective, backtracking_step
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> backtracking_step(1.0, 4.0, 1.0, objective=parabola)
        (0.0, 0.25)

    Source:
        L. Armijo, *Minimization of functions having Lipschitz continuous first partial
        derivatives*, 1966.
    """
    factor, share = _inner("shrink", shrink), _inner("decrease", decrease)
    value, slope = objective.value(params), np.vdot(grad, grad)
    length = learning_rate
    while length > 0:
        trial = params - length * grad
        if -np.inf < _value(objective, trial) <= value - share * length * slope:
            return trial, length
        length *= factor
    return params, 0.0


def newton_step(
    params: Array,
    grad: Array,
    learning_rate: float,
    state: Any = None,
    *,
    hessian: Callable[[Array], ArrayLike],
) -> tuple[Array, Any]:
    r"""Return the parameters after a step to the stationary point of the local parabola.

    $$\theta_{k+1} = \theta_k - \alpha \left( \nabla^2 f(\theta_k) \right)^{-1} \nabla f(\theta_k)$$

    With $\alpha = 1$ it is Newton's method. Where the Hessian has a negative eigenvalue, the
    step may lead uphill.

    Args:
        params: Parameters $\theta_k$, $n$ numbers in any shape.
        grad: Gradient $\nabla f(\theta_k)$, the shape of `params`.
        learning_rate: Share $\alpha$ of the way.
        state: Not used.
        hessian: Takes the parameters, returns $\nabla^2 f$, shape `(n, n)`, or one number where
            there is one parameter.

    Returns:
        New parameters and None.

    Raises:
        TypeError: `hessian` returns no real numbers.
        ValueError: `hessian` returns another shape, or a matrix that cannot be inverted.

    Examples:
        >>> from gdbook import newton_step
        >>> newton_step(1.0, 4.0, 1.0, hessian=lambda x: 4.0)
        (array(0.), None)

    Source:
        J. Nocedal and S. J. Wright, *Numerical Optimization*, 2006, section 3.3.
    """
    matrix = real_array("hessian(params)", hessian(params))
    size = np.size(params)
    if matrix.shape != (size, size) and not matrix.size == size == 1:
        raise ValueError(f"hessian(params) has shape {matrix.shape}: return ({size}, {size}).")
    try:
        direction = np.linalg.solve(matrix.reshape(size, size), np.ravel(grad))
    except np.linalg.LinAlgError:
        raise ValueError(
            f"hessian(params) has no inverse at {params}: start elsewhere, or use gradient_step."
        ) from None
    return np.asarray(params - learning_rate * direction.reshape(np.shape(params))), None


def preconditioned_step(
    params: Array,
    grad: Array,
    learning_rate: float,
    state: Any = None,
    *,
    preconditioner: ArrayLike,
) -> tuple[Array, Any]:
    r"""Return the parameters after a step against the gradient times a fixed matrix.

    $$\theta_{k+1} = \theta_k - \alpha P \, \nabla f(\theta_k)$$

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $\nabla f(\theta_k)$, the shape of `params`.
        learning_rate: Step length $\alpha$.
        state: Not used.
        preconditioner: Matrix $P$, shape `(n, n)` for `params` of shape `(n,)`; or its diagonal,
            the shape of `params`.

    Returns:
        New parameters and None.

    Raises:
        TypeError: `preconditioner` does not hold real numbers.
        ValueError: `preconditioner` has another shape, or is empty or not finite.

    Examples:
        >>> import numpy as np
        >>> from gdbook import preconditioned_step
        >>> grad = np.array([2.0, 8.0])
        >>> preconditioned_step(np.ones(2), grad, 1.0, preconditioner=[0.5, 0.125])
        (array([0., 0.]), None)

    Source:
        J. Nocedal and S. J. Wright, *Numerical Optimization*, 2006, section 3.1.
    """
    matrix, shape = real_array("preconditioner", preconditioner), np.shape(params)
    if matrix.shape == shape:
        return params - learning_rate * matrix * grad, None
    if len(shape) == 1 and matrix.shape == shape * 2:
        return params - learning_rate * matrix.dot(grad), None
    raise ValueError(
        f"preconditioner has shape {matrix.shape}, params {shape}: pass the shape of params for "
        "a diagonal, or a matrix for params in one row."
    )


def _value(objective: Objective, params: Array) -> float:
    """Return the value; what overflows in Python's own floats is infinite."""
    try:
        return float(objective.value(params))
    except OverflowError:
        return np.inf


def _inner(name: str, value: float) -> float:
    number = positive_number(name, value)
    if number >= 1:
        raise ValueError(f"{name} is {number}: pass a number between 0 and 1.")
    return number
