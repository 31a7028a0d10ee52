r"""Schedules: how long is the step at each update?

A schedule is a function that takes the number $k$ of the update, from 0, and returns the
learning rate $\alpha_k$. `functools.partial` fills in its options.
"""

from collections.abc import Callable
from math import cos, pi

from gdbook._checks import number_from_0, positive_number, whole_number

__all__ = [
    "constant_rate",
    "cosine_decay",
    "exponential_decay",
    "polynomial_decay",
    "step_decay",
    "warm_up",
]

Schedule = Callable[[int], float]


def constant_rate(update: int, *, initial: float) -> float:
    r"""Return the same learning rate for each update.

    $$\alpha_k = \alpha_0$$

    Args:
        update: Number of the update $k$, from 0.
        initial: Learning rate $\alpha_0$.

    Returns:
        The learning rate of the update.

    Raises:
        TypeError: `update` is not whole, or `initial` no number.
        ValueError: `update` is negative, or `initial` is not finite and positive.

    Examples:
        >>> from gdbook import constant_rate
        >>> constant_rate(1000, initial=0.1)
        0.1

    Source:
        The case of all others with nothing to decay.
    """
    whole_number("update", update, at_least=0)
    return positive_number("initial", initial)


def step_decay(update: int, *, initial: float, factor: float, every: int) -> float:
    r"""Return a learning rate that falls by a factor after every so many updates.

    $$\alpha_k = \alpha_0 \, \gamma^{\lfloor k / m \rfloor}$$

    Args:
        update: Number of the update $k$, from 0.
        initial: First learning rate $\alpha_0$.
        factor: Factor $\gamma$, from 0 to 1.
        every: Updates $m$ between two falls.

    Returns:
        The learning rate of the update.

    Raises:
        TypeError: `update` or `every` is not whole, or another argument no number.
        ValueError: `update` is negative, `every` less than 1, `factor` outside 0 to 1, or
            `initial` not finite and positive.

    Examples:
        >>> from gdbook import step_decay
        >>> [step_decay(k, initial=0.8, factor=0.5, every=2) for k in range(5)]
        [0.8, 0.8, 0.4, 0.4, 0.2]

    Source:
        Y. LeCun et al., *Efficient BackProp*, 1998, section 4.7, asks for a rate that falls.
    """
    update = whole_number("update", update, at_least=0)
    every = whole_number("every", every, at_least=1)
    rate: float = positive_number("initial", initial) * _factor(factor) ** (update // every)
    return rate


def exponential_decay(update: int, *, initial: float, factor: float) -> float:
    r"""Return a learning rate that falls by the same factor at each update.

    $$\alpha_k = \alpha_0 \, \gamma^k$$

    The sum of all the steps is finite, $\alpha_0 / (1 - \gamma)$: a start that is too far away
    is never left behind.

    Args:
        update: Number of the update $k$, from 0.
        initial: First learning rate $\alpha_0$.
        factor: Factor $\gamma$, from 0 to 1.

    Returns:
        The learning rate of the update.

    Raises:
        TypeError: `update` is not whole, or another argument no number.
        ValueError: `update` is negative, `factor` outside 0 to 1, or `initial` not finite and
            positive.

    Examples:
        >>> from gdbook import exponential_decay
        >>> [exponential_decay(k, initial=1.0, factor=0.5) for k in range(4)]
        [1.0, 0.5, 0.25, 0.125]

    Source:
        `step_decay` with a fall at each update.
    """
    return step_decay(update, initial=initial, factor=factor, every=1)


def polynomial_decay(
    update: int, *, initial: float, power: float = 1.0, scale: float = 1.0
) -> float:
    r"""Return a learning rate that falls as a power of the number of updates.

    $$\alpha_k = \frac{\alpha_0}{(1 + k / s)^p}$$

    For $\tfrac12 < p \le 1$ the steps have an infinite sum and a finite sum of squares, the two
    conditions of Robbins and Monro.

    Args:
        update: Number of the update $k$, from 0.
        initial: First learning rate $\alpha_0$.
        power: Power $p$, 0 or more.
        scale: Updates $s$ until the first learning rate is divided by $2^p$.

    Returns:
        The learning rate of the update.

    Raises:
        TypeError: `update` is not whole, or another argument no number.
        ValueError: `update` is negative, `power` is negative or not finite, or `initial` or
            `scale` is not finite and positive.

    Examples:
        >>> from gdbook import polynomial_decay
        >>> [polynomial_decay(k, initial=1.0, scale=2.0) for k in (0, 2, 6)]
        [1.0, 0.5, 0.25]

    Source:
        H. Robbins and S. Monro, *A Stochastic Approximation Method*, 1951.
    """
    update = whole_number("update", update, at_least=0)
    initial = positive_number("initial", initial)
    growth = 1 + update / positive_number("scale", scale)
    rate: float = initial / growth ** number_from_0("power", power)
    return rate


def cosine_decay(update: int, *, initial: float, updates: int, final: float = 0.0) -> float:
    r"""Return a learning rate that falls along half a wave of the cosine, then stays.

    $$\alpha_k = \alpha_T + \frac{\alpha_0 - \alpha_T}{2}
    \left(1 + \cos \frac{\pi \min(k, T)}{T}\right)$$

    Args:
        update: Number of the update $k$, from 0.
        initial: First learning rate $\alpha_0$.
        updates: Number of updates $T$ until the last learning rate.
        final: Last learning rate $\alpha_T$, 0 or more.

    Returns:
        The learning rate of the update.

    Raises:
        TypeError: `update` or `updates` is not whole, or another argument no number.
        ValueError: `update` is negative, `updates` less than 1, `initial` not finite and
            positive, or `final` negative or not finite.

    Examples:
        >>> from gdbook import cosine_decay
        >>> [cosine_decay(k, initial=1.0, updates=2) for k in range(4)]
        [1.0, 0.5, 0.0, 0.0]

    Source:
        I. Loshchilov and F. Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*,
        2017, equation 5, without the restarts.
    """
    update = whole_number("update", update, at_least=0)
    updates = whole_number("updates", updates, at_least=1)
    first, last = positive_number("initial", initial), number_from_0("final", final)
    return last + (first - last) * (1 + cos(pi * min(update, updates) / updates)) / 2


def warm_up(update: int, *, schedule: Schedule, updates: int) -> float:
    r"""Return the learning rate of another schedule, reached in equal parts from near 0.

    $$\alpha_k = \min\!\left(1, \frac{k + 1}{T}\right) \beta_k$$

    Args:
        update: Number of the update $k$, from 0.
        schedule: The other schedule, which gives $\beta_k$ for the same number of the update.
        updates: Number of updates $T$ until the rate is that of the other schedule.

    Returns:
        The learning rate of the update.

    Raises:
        TypeError: `update` or `updates` is not whole, or `schedule` returns no number.
        ValueError: `update` is negative, `updates` less than 1, or `schedule` returns a number
            that is negative or not finite.

    Examples:
        >>> from functools import partial
        >>> from gdbook import constant_rate, warm_up
        >>> base = partial(constant_rate, initial=1.0)
        >>> [warm_up(k, schedule=base, updates=4) for k in range(6)]
        [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]

    Source:
        P. Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, 2017,
        section 2.2.
    """
    update = whole_number("update", update, at_least=0)
    share = min(1.0, (update + 1) / whole_number("updates", updates, at_least=1))
    return share * number_from_0("the schedule's rate", schedule(update))


def _factor(factor: float) -> float:
    number = number_from_0("factor", factor)
    if number > 1:
        raise ValueError(f"factor is {number}: pass a number from 0 to 1.")
    return number
