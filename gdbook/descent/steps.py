r"""Steps: where does an update lead, and what does it remember?

A step takes the parameters, the gradient, the learning rate and its own memory, which is None at
first, and returns new parameters and new memory. Any function that does so is one. Those below
are made from their options, which are checked then; call them as often as you like, or give one to
a loop of `gdbook.descent` as its `step`.

A step itself remembers nothing: what it remembers is in the memory that it returns. So a new run
begins without velocity and without means, and a run that goes on from a `History` goes on with
those of its last update.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, number_from_0, positive_number, quietly, real_array
from gdbook._objectives import checked_objective
from gdbook.descent._made import Made
from gdbook.descent._results import (
    ARITHMETIC_THAT_FAILS,
    all_finite,
    read_only,
    real_result,
    value_at,
)
from gdbook.objectives import Objective

__all__ = [
    "adagrad",
    "adam",
    "backtracking",
    "momentum",
    "nesterov",
    "newton",
    "plain",
    "preconditioned",
    "rmsprop",
]

Memory = TypeVar("Memory")
Number = Array | float

Step = Callable[[Array, Array, float, Any], tuple[Array, Any]]


class Rule(Made, ABC, Generic[Memory]):
    """A step of the package: it changes nothing in place, and what overflows is infinite."""

    first: Any = None

    @quietly
    def __call__(
        self, params: Any, grad: Any, learning_rate: Any, memory: Memory | None = None
    ) -> tuple[Any, Memory]:
        """Return new parameters and new memory."""
        return self.update(params, grad, learning_rate, self.first if memory is None else memory)

    @abstractmethod
    def update(
        self, params: Array, grad: Array, learning_rate: float, memory: Memory, /
    ) -> tuple[Array, Memory]:
        """Return new parameters and new memory; at first, memory is `first`."""


@dataclass(frozen=True)
class plain(Rule[None]):
    r"""Make the step of plain gradient descent, which remembers nothing.

    $$\theta_{k+1} = \theta_k - \alpha \, \nabla f(\theta_k)$$

    It is `gradient_step` as the loops take it, and what they use by default. In torch it is `SGD`,
    and in scikit-learn the step of `SGDRegressor` and `SGDClassifier`.

    Examples:
        >>> from gdbook import plain
        >>> plain()(3.0, 12.0, 0.25)
        (0.0, None)

    Source:
        A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*,
        1847.
    """

    def update(
        self, params: Array, grad: Array, learning_rate: float, memory: None
    ) -> tuple[Array, None]:
        return params - learning_rate * grad, memory


@dataclass(frozen=True)
class momentum(Rule[Number]):
    r"""Make a step along a sum of gradients, in which older ones count less.

    $$v_{k+1} = \beta v_k + \nabla f(\theta_k), \qquad
    \theta_{k+1} = \theta_k - \alpha \, v_{k+1}, \qquad v_0 = 0$$

    The memory is the velocity $v_k$, which is 0 where a run begins. In torch the step is `SGD` with
    `momentum`.

    Args:
        beta: Share $\beta$ of the velocity that is kept, 0 or more.

    Raises:
        TypeError: `beta` is no number.
        ValueError: `beta` is negative or not finite.

    Examples:
        >>> from gdbook import momentum
        >>> step = momentum(0.5)
        >>> params, velocity = step(1.0, 4.0, 0.125)
        >>> step(params, 2.0, 0.125, velocity)
        (0.0, 4.0)

    Source:
        B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964.
    """

    beta: float = 0.9
    first = 0.0

    def __post_init__(self) -> None:
        self._keep(beta=number_from_0("beta", self.beta))

    def update(
        self, params: Array, grad: Array, learning_rate: float, velocity: Number
    ) -> tuple[Array, Number]:
        velocity = self.beta * velocity + grad
        return params - learning_rate * velocity, velocity


@dataclass(frozen=True)
class nesterov(Rule[Number]):
    r"""Make a step of momentum that looks one gradient ahead.

    $$v_{k+1} = \beta v_k + \nabla f(\theta_k), \qquad
    \theta_{k+1} = \theta_k - \alpha \, (\nabla f(\theta_k) + \beta v_{k+1}), \qquad v_0 = 0$$

    These $\theta$ are the points at which Nesterov's method takes its gradients. The memory is the
    velocity $v_k$, which is 0 where a run begins. In torch the step is `SGD` with `nesterov=True`.

    Args:
        beta: Share $\beta$ of the velocity that is kept, 0 or more.

    Raises:
        TypeError: `beta` is no number.
        ValueError: `beta` is negative or not finite.

    Examples:
        >>> from gdbook import nesterov
        >>> nesterov(0.5)(1.0, 4.0, 0.125)
        (0.25, 4.0)

    Source:
        Y. Nesterov, *A method of solving a convex programming problem with convergence rate
        O(1/k²)*, 1983; in this form, I. Sutskever et al., *On the importance of initialization
        and momentum in deep learning*, 2013.
    """

    beta: float = 0.9
    first = 0.0

    def __post_init__(self) -> None:
        self._keep(beta=number_from_0("beta", self.beta))

    def update(
        self, params: Array, grad: Array, learning_rate: float, velocity: Number
    ) -> tuple[Array, Number]:
        velocity = self.beta * velocity + grad
        return params - learning_rate * (grad + self.beta * velocity), velocity


@dataclass(frozen=True, kw_only=True)
class adagrad(Rule[Number]):
    r"""Make a step that is shorter where gradients have been large.

    $$s_{k+1} = s_k + g_k^2, \qquad
    \theta_{k+1} = \theta_k - \alpha \, \frac{g_k}{\sqrt{s_{k+1}} + \epsilon}, \qquad
    g_k = \nabla f(\theta_k), \quad s_0 = 0$$

    The square, the root and the quotient are taken number by number. The memory is the sum of
    squares $s_k$, which is 0 where a run begins. In torch the step is `Adagrad`.

    Args:
        epsilon: Small number $\epsilon$ that keeps the quotient finite, greater than 0.

    Raises:
        TypeError: `epsilon` is no number.
        ValueError: `epsilon` is not finite and positive.

    Examples:
        >>> from gdbook import adagrad
        >>> params, squares = adagrad()(1.0, 3.0, 0.5)
        >>> f"{params:.6f}", squares
        ('0.500000', 9.0)

    Source:
        J. Duchi, E. Hazan and Y. Singer, *Adaptive Subgradient Methods for Online Learning and
        Stochastic Optimization*, 2011.
    """

    epsilon: float = 1e-10
    first = 0.0

    def __post_init__(self) -> None:
        self._keep(epsilon=positive_number("epsilon", self.epsilon))

    def update(
        self, params: Array, grad: Array, learning_rate: float, squares: Number
    ) -> tuple[Array, Number]:
        squares = squares + grad * grad
        return params - learning_rate * grad / (np.sqrt(squares) + self.epsilon), squares


@dataclass(frozen=True, kw_only=True)
class rmsprop(Rule[Number]):
    r"""Make a step that is measured in the recent size of the gradients.

    $$s_{k+1} = \rho s_k + (1 - \rho) \, g_k^2, \qquad
    \theta_{k+1} = \theta_k - \alpha \, \frac{g_k}{\sqrt{s_{k+1}} + \epsilon}, \qquad
    g_k = \nabla f(\theta_k), \quad s_0 = 0$$

    The memory is the mean of squares $s_k$, which is 0 where a run begins. In torch the step is
    `RMSprop`.

    Args:
        decay: Share $\rho$ of the mean that is kept, from 0 to 1.
        epsilon: Small number $\epsilon$ that keeps the quotient finite, greater than 0.

    Raises:
        TypeError: An option is no number.
        ValueError: `decay` is outside 0 to 1, or `epsilon` is not finite and positive.

    Examples:
        >>> from gdbook import rmsprop
        >>> params, squares = rmsprop(decay=0.75)(1.0, 4.0, 0.25)
        >>> f"{params:.6f}", squares
        ('0.500000', 4.0)

    Source:
        T. Tieleman and G. Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012.
    """

    decay: float = 0.99
    epsilon: float = 1e-8
    first = 0.0

    def __post_init__(self) -> None:
        self._keep(
            decay=_share("decay", self.decay), epsilon=positive_number("epsilon", self.epsilon)
        )

    def update(
        self, params: Array, grad: Array, learning_rate: float, squares: Number
    ) -> tuple[Array, Number]:
        squares = self.decay * squares + (1 - self.decay) * (grad * grad)
        return params - learning_rate * grad / (np.sqrt(squares) + self.epsilon), squares


@dataclass(frozen=True, kw_only=True)
class adam(Rule[tuple[int, Number, Number]]):
    r"""Make a step along the mean gradient, measured in the recent size of the gradients.

    $$m_{k+1} = \beta_1 m_k + (1 - \beta_1) \, g_k, \qquad
    s_{k+1} = \beta_2 s_k + (1 - \beta_2) \, g_k^2$$

    $$\theta_{k+1} = \theta_k - \alpha \,
    \frac{m_{k+1} / (1 - \beta_1^{k+1})}{\sqrt{s_{k+1} / (1 - \beta_2^{k+1})} + \epsilon},
    \qquad g_k = \nabla f(\theta_k), \quad m_0 = s_0 = 0$$

    The memory is the number $k$ of updates, the mean $m_k$ and the mean of squares $s_k$, which are
    0 where a run begins. In torch the step is `Adam`, and in scikit-learn the solver `adam` of
    `MLPRegressor` and `MLPClassifier`.

    Args:
        beta1: Share $\beta_1$ of the mean that is kept, from 0 to less than 1.
        beta2: Share $\beta_2$ of the mean of squares that is kept, from 0 to less than 1.
        epsilon: Small number $\epsilon$ that keeps the quotient finite, greater than 0.

    Raises:
        TypeError: An option is no number.
        ValueError: A share is outside 0 to 1, or 1, or `epsilon` is not finite and positive.

    Examples:
        >>> from gdbook import adam
        >>> params, (updates, mean, squares) = adam()(1.0, 4.0, 0.25)
        >>> f"{params:.6f}", updates
        ('0.750000', 1)

    Source:
        D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization*, 2015.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    first = 0, 0.0, 0.0

    def __post_init__(self) -> None:
        self._keep(
            beta1=_share("beta1", self.beta1, below=1),
            beta2=_share("beta2", self.beta2, below=1),
            epsilon=positive_number("epsilon", self.epsilon),
        )

    def update(
        self,
        params: Array,
        grad: Array,
        learning_rate: float,
        memory: tuple[int, Number, Number],
    ) -> tuple[Array, tuple[int, Number, Number]]:
        updates, mean, squares = memory
        updates += 1
        mean = self.beta1 * mean + (1 - self.beta1) * grad
        squares = self.beta2 * squares + (1 - self.beta2) * (grad * grad)
        size = np.sqrt(squares / (1 - self.beta2**updates)) + self.epsilon
        params = params - learning_rate * mean / (1 - self.beta1**updates) / size
        return params, (updates, mean, squares)


@dataclass(frozen=True)
class backtracking(Rule[float]):
    r"""Make the longest of a row of steps that goes down far enough.

    $$\theta_{k+1} = \theta_k - \alpha \rho^j \, g_k \quad \text{for the smallest } j \ge 0
    \text{ with} \quad
    f(\theta_k - \alpha \rho^j g_k) \le f(\theta_k) - c \, \alpha \rho^j \, \lVert g_k \rVert^2$$

    The condition is Armijo's, and $g_k = \nabla f(\theta_k)$. The learning rate $\alpha$ is the
    first length that is tried. A step that leads where $f$ is not finite counts as too long. Where
    no step goes down, the parameters stay as they are. The memory is the length that was taken; the
    next step does not use it.

    Args:
        objective: The objective, for its value $f$ on all samples.
        shrink: Factor $\rho$ from one try to the next, between 0 and 1.
        decrease: Share $c$ of the decrease that the tangent promises, between 0 and 1.

    Raises:
        TypeError: `objective` is none, or `shrink` or `decrease` is no number.
        ValueError: `shrink` or `decrease` is not between 0 and 1.

    Examples:
        >>> from gdbook import Objective, backtracking
        >>> parabola = Objective(lambda x: 2 * x**2, lambda x: 4 * x)
        >>> backtracking(parabola)(1.0, 4.0, 1.0)
        (0.0, 0.25)

    Source:
        L. Armijo, *Minimization of functions having Lipschitz continuous first partial
        derivatives*, 1966.
    """

    objective: Objective
    shrink: float = field(default=0.5, kw_only=True)
    decrease: float = field(default=1e-4, kw_only=True)

    def __post_init__(self) -> None:
        checked_objective(self.objective)
        self._keep(shrink=_inner("shrink", self.shrink), decrease=_inner("decrease", self.decrease))

    def update(
        self, params: Array, grad: Array, learning_rate: float, _: float
    ) -> tuple[Array, float]:
        value, length = value_at(self.objective, params), float(learning_rate)
        while length > 0:
            move = length * grad
            promise = self.decrease * np.vdot(move, grad)
            if -np.inf < value_at(self.objective, params - move) <= value - promise:
                return params - move, length
            length *= self.shrink
        return params, 0.0


@dataclass(frozen=True)
class newton(Rule[None]):
    r"""Make a step to the stationary point of the local parabola.

    $$\theta_{k+1} = \theta_k - \alpha \left( \nabla^2 f(\theta_k) \right)^{-1} \nabla f(\theta_k)$$

    With $\alpha = 1$ it is Newton's method. Where the Hessian has a negative eigenvalue, the step
    may lead uphill. Where the Hessian has no inverse, it is the shortest step to such a point. If
    there is none, the new parameters are NaN, and a run ends as diverged.

    Args:
        hessian: Takes the parameters, $n$ numbers in any shape, and returns $\nabla^2 f$, shape
            `(n, n)`, or one number where there is one parameter.

    Raises:
        TypeError: `hessian` is no function, or the step gets no real numbers from it.
        ValueError: The step gets another shape from `hessian`.

    Examples:
        >>> from gdbook import newton
        >>> step = newton(lambda x: 4.0)
        >>> step(1.0, 4.0, 1.0)
        (array(0.), None)

    Source:
        J. Nocedal and S. J. Wright, *Numerical Optimization*, 2006, section 3.3.
    """

    hessian: Callable[[Array], ArrayLike]

    def __post_init__(self) -> None:
        if not callable(self.hessian):
            raise TypeError(
                f"hessian is {self.hessian!r}: pass a function of the parameters, such as "
                "lambda params: H."
            )

    def update(
        self, params: Array, grad: Array, learning_rate: float, memory: None
    ) -> tuple[Array, None]:
        size = np.size(params)
        try:
            matrix = real_result(
                "hessian(params)", self.hessian(read_only(np.array(params)).view())
            )
        except ARITHMETIC_THAT_FAILS:
            matrix = np.full((size, size), np.nan)
        if matrix.shape != (size, size) and not matrix.size == size == 1:
            raise ValueError(f"hessian(params) has shape {matrix.shape}: return ({size}, {size}).")
        direction = _solution(matrix.reshape(size, size), np.ravel(grad))
        return np.asarray(params - learning_rate * direction.reshape(np.shape(params))), memory


@dataclass(frozen=True, eq=False)
class preconditioned(Rule[None]):
    r"""Make a step against the gradient times a fixed matrix.

    $$\theta_{k+1} = \theta_k - \alpha P \, \nabla f(\theta_k)$$

    Args:
        preconditioner: Matrix $P$, shape `(n, n)` for parameters of shape `(n,)`; or its diagonal,
            the shape of the parameters.

    Raises:
        TypeError: `preconditioner` does not hold real numbers.
        ValueError: `preconditioner` is empty or not finite, or the parameters do not fit it.

    Examples:
        >>> import numpy as np
        >>> from gdbook import preconditioned
        >>> step = preconditioned([0.5, 0.125])
        >>> step(np.ones(2), np.array([2.0, 8.0]), 1.0)
        (array([0., 0.]), None)

    Source:
        J. Nocedal and S. J. Wright, *Numerical Optimization*, 2006, section 3.1.
    """

    preconditioner: ArrayLike

    def __post_init__(self) -> None:
        matrix = np.array(real_array("preconditioner", self.preconditioner))
        matrix.setflags(write=False)
        self._keep(preconditioner=matrix)

    def update(
        self, params: Array, grad: Array, learning_rate: float, memory: None
    ) -> tuple[Array, None]:
        matrix, shape = np.asarray(self.preconditioner), np.shape(params)
        if matrix.shape == shape:
            return params - learning_rate * (matrix * grad), memory
        if len(shape) == 1 and matrix.shape == shape * 2:
            return params - learning_rate * matrix.dot(grad), memory
        raise ValueError(
            f"preconditioner has shape {matrix.shape}, params {shape}: pass the shape of params "
            "for a diagonal, or a matrix for params in one row."
        )


def _solution(matrix: Array, grad: Array) -> Array:
    """Return the solution of a system, the shortest of several, or NaN where there is none."""
    nowhere = np.full(grad.shape, np.nan)
    if not (all_finite(matrix) and all_finite(grad)):
        return nowhere
    try:
        return np.asarray(np.linalg.solve(matrix, grad), np.float64)
    except np.linalg.LinAlgError:
        direction = np.asarray(np.linalg.lstsq(matrix, grad)[0], np.float64)
    is_solved = np.allclose(matrix @ direction, grad, rtol=1e-9, atol=0)
    return direction if is_solved else nowhere


def _share(name: str, value: float, *, below: float = np.inf) -> float:
    number = number_from_0(name, value)
    if number > 1 or number >= below:
        end = "to less than 1" if below == 1 else "to 1"
        raise ValueError(f"{name} is {number}: pass a number from 0 {end}.")
    return number


def _inner(name: str, value: float) -> float:
    number = positive_number(name, value)
    if number >= 1:
        raise ValueError(f"{name} is {number}: pass a number between 0 and 1.")
    return number
