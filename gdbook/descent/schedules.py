r"""Schedules: how long is the step at each update?

A schedule takes the number $k$ of the update, from 0, and returns the learning rate $\alpha_k$.
Any function that does so is one. Those below are made from their options, which are checked
then, and go to a loop as its `learning_rate`.

A schedule remembers nothing. A run begins to count at update 0, and a run that goes on from a
`History` goes on counting.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, inf, pi

from gdbook._checks import number_from_0, positive_number, real_number, whole_number
from gdbook.descent._made import Made

__all__ = [
    "constant_rate",
    "cosine_decay",
    "exponential_decay",
    "polynomial_decay",
    "step_decay",
    "warm_up",
]

Schedule = Callable[[int], float]


@dataclass(frozen=True)
class constant_rate(Made):
    r"""Make a schedule with the same learning rate for each update.

    $$\alpha_k = \alpha_0$$

    It is what a number as `learning_rate` stands for, and a base for `warm_up`.

    Args:
        initial: Learning rate $\alpha_0$.

    Raises:
        TypeError: `initial` is no number, or the update is not whole.
        ValueError: `initial` is not finite and positive, or the update is negative.

    Examples:
        >>> from gdbook import constant_rate
        >>> schedule = constant_rate(0.1)
        >>> schedule(1000)
        0.1
    """

    initial: float

    def __post_init__(self) -> None:
        self._keep(initial=positive_number("initial", self.initial))

    def __call__(self, update: int) -> float:
        whole_number("update", update, at_least=0, at_most=inf)
        return self.initial


@dataclass(frozen=True, kw_only=True)
class step_decay(Made):
    r"""Make a schedule that falls by a factor after every so many updates.

    $$\alpha_k = \alpha_0 \, \gamma^{\lfloor k / m \rfloor}$$

    In torch it is `StepLR`.

    Args:
        initial: First learning rate $\alpha_0$.
        factor: Factor $\gamma$, from 0 to 1.
        every: Updates $m$ between two falls.

    Raises:
        TypeError: `every` or the update is not whole, or another option no number.
        ValueError: `every` is less than 1, `factor` outside 0 to 1, `initial` not finite and
            positive, or the update negative.

    Examples:
        >>> from gdbook import step_decay
        >>> schedule = step_decay(initial=0.8, factor=0.5, every=2)
        >>> [schedule(k) for k in range(5)]
        [0.8, 0.8, 0.4, 0.4, 0.2]

    Source:
        Y. LeCun et al., *Efficient BackProp*, 1998, section 4.7, asks for a rate that falls.
    """

    initial: float
    factor: float
    every: int

    def __post_init__(self) -> None:
        self._keep(
            initial=positive_number("initial", self.initial),
            factor=number_from_0("factor", self.factor),
            every=whole_number("every", self.every, at_least=1, at_most=inf),
        )
        if self.factor > 1:
            raise ValueError(f"factor is {self.factor}: pass a number from 0 to 1.")

    def __call__(self, update: int) -> float:
        falls = whole_number("update", update, at_least=0, at_most=inf) // self.every
        share: float = self.factor ** real_number("falls", falls)
        return self.initial * share


def exponential_decay(*, initial: float, factor: float) -> step_decay:
    r"""Make a schedule that falls by the same factor at each update.

    $$\alpha_k = \alpha_0 \, \gamma^k$$

    It is `step_decay` with a fall at each update; in torch, `ExponentialLR`. The sum of all the
    steps is finite, $\alpha_0 / (1 - \gamma)$: a start that is too far away is never left
    behind.

    Args:
        initial: First learning rate $\alpha_0$.
        factor: Factor $\gamma$, from 0 to 1.

    Returns:
        The schedule.

    Raises:
        TypeError: An option is no number, or the update is not whole.
        ValueError: `factor` is outside 0 to 1, `initial` not finite and positive, or the update
            negative.

    Examples:
        >>> from gdbook import exponential_decay
        >>> schedule = exponential_decay(initial=1.0, factor=0.5)
        >>> [schedule(k) for k in range(4)]
        [1.0, 0.5, 0.25, 0.125]
    """
    return step_decay(initial=initial, factor=factor, every=1)


@dataclass(frozen=True, kw_only=True)
class polynomial_decay(Made):
    r"""Make a schedule that falls as a power of the number of updates.

    $$\alpha_k = \frac{\alpha_0}{(1 + k / s)^p}$$

    For $\tfrac12 < p \le 1$ the steps have an infinite sum and a finite sum of squares, the two
    conditions of Robbins and Monro. With $s = 1$ it is nearly `invscaling` of scikit-learn.

    Args:
        initial: First learning rate $\alpha_0$.
        power: Power $p$, 0 or more.
        scale: Updates $s$ until the first learning rate is divided by $2^p$.

    Raises:
        TypeError: An option is no number, or the update is not whole.
        ValueError: `power` is negative or not finite, `initial` or `scale` is not finite and
            positive, or the update is negative.

    Examples:
        >>> from gdbook import polynomial_decay
        >>> schedule = polynomial_decay(initial=1.0, scale=2.0)
        >>> [schedule(k) for k in (0, 2, 6)]
        [1.0, 0.5, 0.25]

    Source:
        H. Robbins and S. Monro, *A Stochastic Approximation Method*, 1951.
    """

    initial: float
    power: float = 1.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        self._keep(
            initial=positive_number("initial", self.initial),
            power=number_from_0("power", self.power),
            scale=positive_number("scale", self.scale),
        )

    def __call__(self, update: int) -> float:
        done = whole_number("update", update, at_least=0, at_most=inf)
        growth = 1 + real_number("update", done) / self.scale
        share: float = growth**-self.power
        return self.initial * share


@dataclass(frozen=True, kw_only=True)
class cosine_decay(Made):
    r"""Make a schedule that falls along half a wave of the cosine, then stays.

    $$\alpha_k = \alpha_T + \frac{\alpha_0 - \alpha_T}{2}
    \left(1 + \cos \frac{\pi \min(k, T)}{T}\right)$$

    In torch it is `CosineAnnealingLR`, which rises again after $T$ updates.

    Args:
        initial: First learning rate $\alpha_0$.
        updates: Number of updates $T$ until the last learning rate.
        final: Last learning rate $\alpha_T$, 0 or more.

    Raises:
        TypeError: `updates` or the update is not whole, or another option no number.
        ValueError: `updates` is less than 1, `initial` not finite and positive, `final` negative
            or not finite, or the update negative.

    Examples:
        >>> from gdbook import cosine_decay
        >>> schedule = cosine_decay(initial=1.0, updates=2)
        >>> [schedule(k) for k in range(4)]
        [1.0, 0.5, 0.0, 0.0]

    Source:
        I. Loshchilov and F. Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*,
        2017, equation 5, without the restarts.
    """

    initial: float
    updates: int
    final: float = 0.0

    def __post_init__(self) -> None:
        self._keep(
            initial=positive_number("initial", self.initial),
            updates=whole_number("updates", self.updates, at_least=1, at_most=inf),
            final=number_from_0("final", self.final),
        )

    def __call__(self, update: int) -> float:
        done = (
            min(whole_number("update", update, at_least=0, at_most=inf), self.updates)
            / self.updates
        )
        share = (1 + cos(pi * done)) / 2
        return share * self.initial + (1 - share) * self.final


@dataclass(frozen=True)
class warm_up(Made):
    r"""Make a schedule that reaches another one in equal parts from near 0.

    $$\alpha_k = \min\!\left(1, \frac{k + 1}{T}\right) \beta_k$$

    In front of a constant it is `LinearLR` of torch.

    Args:
        schedule: The other schedule, which gives $\beta_k$ for the same number of the update.
        updates: Number of updates $T$ until the rate is that of the other schedule.

    Raises:
        TypeError: `schedule` is no function or returns no number, or `updates` or the update is
            not whole.
        ValueError: `updates` is less than 1, `schedule` returns a number that is negative or not
            finite, or the update is negative.

    Examples:
        >>> from gdbook import constant_rate, warm_up
        >>> schedule = warm_up(constant_rate(1.0), updates=4)
        >>> [schedule(k) for k in range(6)]
        [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]

    Source:
        P. Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, 2017,
        section 2.2.
    """

    schedule: Schedule
    updates: int = field(kw_only=True)

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            raise TypeError(
                f"schedule is {self.schedule!r}: pass a schedule, such as constant_rate(0.1)."
            )
        self._keep(updates=whole_number("updates", self.updates, at_least=1, at_most=inf))

    def __call__(self, update: int) -> float:
        done = min(whole_number("update", update, at_least=0, at_most=inf) + 1, self.updates)
        return done / self.updates * number_from_0("the schedule's rate", self.schedule(update))
