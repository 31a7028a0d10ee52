r"""Update rules: what does a step remember of the steps before it?

Each rule takes the parameters, the gradient, the learning rate and its own memory, which is
None at first, and returns new parameters and new memory. Nothing is changed in place. Pass a
rule to a loop of `gdbook.descent` as its `step`; `functools.partial` fills in the options.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdbook._checks import Array, number_from_0, positive_number

__all__ = ["adagrad_step", "adam_step", "momentum_step", "nesterov_step", "rmsprop_step"]

Step = Callable[[Array, Array, float, Any], tuple[Array, Any]]


def momentum_step(
    params: Array, grad: Array, learning_rate: float, state: Any = None, *, momentum: float = 0.9
) -> tuple[Array, Any]:
    r"""Return the parameters after a step along a sum of gradients, older ones counting less.

    $$v_{k+1} = \beta v_k + \nabla f(\theta_k), \qquad
    \theta_{k+1} = \theta_k - \alpha \, v_{k+1}, \qquad v_0 = 0$$

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $\nabla f(\theta_k)$, the shape of `params`.
        learning_rate: Step length $\alpha$.
        state: Velocity $v_k$, or None for the first step.
        momentum: Share $\beta$ of the velocity that is kept, 0 or more.

    Returns:
        New parameters and new velocity. Only `momentum` is checked.

    Raises:
        TypeError: `momentum` is no number.
        ValueError: `momentum` is negative or not finite.

    Examples:
        >>> from gdbook import momentum_step
        >>> params, velocity = momentum_step(1.0, 4.0, 0.125, momentum=0.5)
        >>> momentum_step(params, 2.0, 0.125, velocity, momentum=0.5)
        (0.0, 4.0)

    Source:
        B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964.
    """
    kept = number_from_0("momentum", momentum)
    velocity = kept * (0.0 if state is None else state) + grad
    return params - learning_rate * velocity, velocity


def nesterov_step(
    params: Array, grad: Array, learning_rate: float, state: Any = None, *, momentum: float = 0.9
) -> tuple[Array, Any]:
    r"""Return the parameters after a step of momentum that looks one gradient ahead.

    $$v_{k+1} = \beta v_k + \nabla f(\theta_k), \qquad
    \theta_{k+1} = \theta_k - \alpha \, (\nabla f(\theta_k) + \beta v_{k+1}), \qquad v_0 = 0$$

    These $\theta$ are the points at which Nesterov's method takes its gradients.

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $\nabla f(\theta_k)$, the shape of `params`.
        learning_rate: Step length $\alpha$.
        state: Velocity $v_k$, or None for the first step.
        momentum: Share $\beta$ of the velocity that is kept, 0 or more.

    Returns:
        New parameters and new velocity. Only `momentum` is checked.

    Raises:
        TypeError: `momentum` is no number.
        ValueError: `momentum` is negative or not finite.

    Examples:
        >>> from gdbook import nesterov_step
        >>> nesterov_step(1.0, 4.0, 0.125, momentum=0.5)
        (0.25, 4.0)

    Source:
        Y. Nesterov, *A method of solving a convex programming problem with convergence rate
        O(1/k²)*, 1983; in this form, I. Sutskever et al., *On the importance of initialization
        and momentum in deep learning*, 2013.
    """
    kept = number_from_0("momentum", momentum)
    velocity = kept * (0.0 if state is None else state) + grad
    return params - learning_rate * (grad + kept * velocity), velocity


def adagrad_step(
    params: Array, grad: Array, learning_rate: float, state: Any = None, *, epsilon: float = 1e-10
) -> tuple[Array, Any]:
    r"""Return the parameters after a step that is shorter where gradients have been large.

    $$s_{k+1} = s_k + g_k^2, \qquad
    \theta_{k+1} = \theta_k - \alpha \, \frac{g_k}{\sqrt{s_{k+1}} + \epsilon}, \qquad
    g_k = \nabla f(\theta_k), \quad s_0 = 0$$

    The square, the root and the quotient are taken number by number.

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $g_k$, the shape of `params`.
        learning_rate: Step length $\alpha$.
        state: Sum of squares $s_k$, or None for the first step.
        epsilon: Small number $\epsilon$ that keeps the quotient finite, greater than 0.

    Returns:
        New parameters and new sum of squares. Only `epsilon` is checked.

    Raises:
        TypeError: `epsilon` is no number.
        ValueError: `epsilon` is not finite and positive.

    Examples:
        >>> from gdbook import adagrad_step
        >>> params, squares = adagrad_step(1.0, 3.0, 0.5)
        >>> f"{params:.6f}", squares
        ('0.500000', 9.0)

    Source:
        J. Duchi, E. Hazan and Y. Singer, *Adaptive Subgradient Methods for Online Learning and
        Stochastic Optimization*, 2011.
    """
    floor = positive_number("epsilon", epsilon)
    squares = grad**2 if state is None else state + grad**2
    return params - learning_rate * grad / (np.sqrt(squares) + floor), squares


def rmsprop_step(
    params: Array,
    grad: Array,
    learning_rate: float,
    state: Any = None,
    *,
    decay: float = 0.99,
    epsilon: float = 1e-8,
) -> tuple[Array, Any]:
    r"""Return the parameters after a step measured in the recent size of the gradients.

    $$s_{k+1} = \rho s_k + (1 - \rho) \, g_k^2, \qquad
    \theta_{k+1} = \theta_k - \alpha \, \frac{g_k}{\sqrt{s_{k+1}} + \epsilon}, \qquad
    g_k = \nabla f(\theta_k), \quad s_0 = 0$$

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $g_k$, the shape of `params`.
        learning_rate: Step length $\alpha$.
        state: Mean of squares $s_k$, or None for the first step.
        decay: Share $\rho$ of the mean that is kept, from 0 to 1.
        epsilon: Small number $\epsilon$ that keeps the quotient finite, greater than 0.

    Returns:
        New parameters and new mean of squares. Only the options are checked.

    Raises:
        TypeError: An option is no number.
        ValueError: `decay` is outside 0 to 1, or `epsilon` is not finite and positive.

    Examples:
        >>> from gdbook import rmsprop_step
        >>> params, squares = rmsprop_step(1.0, 4.0, 0.25, decay=0.75)
        >>> f"{params:.6f}", squares
        ('0.500000', 4.0)

    Source:
        T. Tieleman and G. Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012.
    """
    kept, floor = _share("decay", decay), positive_number("epsilon", epsilon)
    squares = kept * (0.0 if state is None else state) + (1 - kept) * grad**2
    return params - learning_rate * grad / (np.sqrt(squares) + floor), squares


def adam_step(
    params: Array,
    grad: Array,
    learning_rate: float,
    state: Any = None,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Array, Any]:
    r"""Return the parameters after a step along the mean gradient, measured in its recent size.

    $$m_{k+1} = \beta_1 m_k + (1 - \beta_1) \, g_k, \qquad
    s_{k+1} = \beta_2 s_k + (1 - \beta_2) \, g_k^2$$

    $$\theta_{k+1} = \theta_k - \alpha \,
    \frac{m_{k+1} / (1 - \beta_1^{k+1})}{\sqrt{s_{k+1} / (1 - \beta_2^{k+1})} + \epsilon},
    \qquad g_k = \nabla f(\theta_k), \quad m_0 = s_0 = 0$$

    Args:
        params: Parameters $\theta_k$, any shape.
        grad: Gradient $g_k$, the shape of `params`.
        learning_rate: Step length $\alpha$.
        state: The number $k$ of steps, the mean $m_k$ and the mean of squares $s_k$, or None
            for the first step.
        beta1: Share $\beta_1$ of the mean that is kept, from 0 to less than 1.
        beta2: Share $\beta_2$ of the mean of squares that is kept, from 0 to less than 1.
        epsilon: Small number $\epsilon$ that keeps the quotient finite, greater than 0.

    Returns:
        New parameters and new state. Only the options are checked.

    Raises:
        TypeError: An option is no number.
        ValueError: A share is outside 0 to 1, or 1, or `epsilon` is not finite and positive.

    Examples:
        >>> from gdbook import adam_step
        >>> params, (updates, mean, squares) = adam_step(1.0, 4.0, 0.25)
        >>> f"{params:.6f}", updates
        ('0.750000', 1)

    Source:
        D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization*, 2015.
    """
    first, second = _share("beta1", beta1, below=1), _share("beta2", beta2, below=1)
    floor = positive_number("epsilon", epsilon)
    updates, mean, squares = (0, 0.0, 0.0) if state is None else state
    updates += 1
    mean = first * mean + (1 - first) * grad
    squares = second * squares + (1 - second) * grad**2
    size = np.sqrt(squares / (1 - second**updates)) + floor
    return params - learning_rate * mean / (1 - first**updates) / size, (updates, mean, squares)


def _share(name: str, value: float, *, below: float = np.inf) -> float:
    number = number_from_0(name, value)
    if number > 1 or number >= below:
        end = "to less than 1" if below == 1 else "to 1"
        raise ValueError(f"{name} is {number}: pass a number from 0 {end}.")
    return number
