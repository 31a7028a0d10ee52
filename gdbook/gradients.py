r"""Gradients: is the one that was derived the right one?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdbook._checks import Array, positive_number, real_array, real_numbers
from gdbook._differences import Function, Slope, slope, slope_over
from gdbook.objectives import Objective
from gdbook.tables import markdown_table

__all__ = ["GradientCheck", "check_grad", "numerical_grad"]


def numerical_grad(
    value: Callable[[Any], Any], params: ArrayLike, *, step: float | None = None
) -> Array:
    r"""Return the gradient of a function by central differences.

    $$D_i(h) = \frac{f(\theta + h e_i) - f(\theta - h e_i)}{2 h}, \qquad
    \frac{\partial f}{\partial \theta_i} \approx \frac{16 \, D_i(h / 4) - D_i(h)}{15}$$

    A long step $h$ misses how $f$ bends, a short one drowns in round-off. So each parameter gets
    the steps that suit the function. They begin at a part of the parameter, or of 1 where it is
    0, and each is a quarter of the one before. The second formula takes out most of what long
    steps miss; done again, it takes out more (Richardson's extrapolation). Of all results the one
    with the smallest estimate of its error counts, unless shorter steps contradict it.

    That takes 16 calls of the function for each parameter, and about 100 where these do not
    settle it. Where $f$ is not finite, or raises a ValueError or an ArithmeticError, the step is
    left out. If all values are numbers of float32, they are taken to be computed in float32.

    Args:
        value: Takes the parameters, returns a number.
        params: Where the gradient is wanted, a number or an array; left as it is.
        step: Take this step $h$ for all parameters, and $D_i(h)$ as it is.

    Returns:
        The gradient, in the shape of `params`. Where $f$ is smooth, and its values are not much
            larger than its changes, nine digits are right, whether parameters and values are as
            small as $10^{-12}$ or as large as $10^{12}$. `check_grad` estimates the error.

    Raises:
        TypeError: `params` or the value is no real number, or `step` is no number.
        ValueError: `params` is empty or holds NaN or infinity, the value there is not finite or
            not one number, `step` is not positive and finite, or so short that it does not move
            a parameter, or the function is not finite on both sides of a parameter.

    Examples:
        >>> from gdbook import numerical_grad
        >>> numerical_grad(lambda p: p[0] ** 2 + 3 * p[1], [2.0, 5.0]).round(9)
        array([4., 3.])

    Source:
        C. J. F. Ridders, *Accurate computation of F'(x) and F'(x) F''(x)*, 1982.
    """
    point = real_array("params", params)
    slopes = _slopes(Function(value, point), step)
    grad = np.reshape([slope.number for slope in slopes], point.shape)
    for index in np.argwhere(np.isnan(grad)).tolist():
        raise ValueError(
            f"the value is not finite on both sides of params{index or ''} = "
            f"{point[tuple(index)]}: pass params inside of its domain, or a shorter step."
        )
    return grad


@dataclass(frozen=True, eq=False)
class GradientCheck:
    r"""What came of a gradient check. As text, it is a table of both gradients.

    Args:
        analytic: The gradient that was checked.
        numeric: The gradient by central differences, in the same shape.
        error: How far each entry of `numeric` may be off, an estimate on the safe side.
        verdicts: For each entry `"right"` or `"wrong"`; `"unsure"` where the error is too large
            to tell; `"kink"` where the slopes to both sides differ and the entry lies between.
        tolerance: How far an entry may be off, relative to its size.

    Examples:
        >>> from gdbook import Objective, check_grad
        >>> wrong = Objective(lambda x: 2 * x**2, lambda x: 2 * x)
        >>> print(check_grad(wrong, 3.0))
        | entry | analytic | numeric | error | verdict |
        | :--- | ---: | ---: | ---: | :--- |
        | () | 6 | 12 | 1e-12 | wrong |
    """

    analytic: Array
    numeric: Array
    error: Array
    verdicts: NDArray[np.str_]
    tolerance: float

    @property
    def wrong(self) -> Any:
        """Where the gradient is wrong, an array of truth values."""
        return self.verdicts == "wrong"

    @property
    def passed(self) -> bool:
        """Whether all entries are right: none is wrong, unsure or at a kink."""
        return bool((self.verdicts == "right").all())

    def __str__(self) -> str:
        return markdown_table(
            {
                "entry": [str(index) for index in np.ndindex(self.numeric.shape)],
                "analytic": self.analytic.ravel(),
                "numeric": self.numeric.ravel(),
                "error": [float(f"{error:.1g}") for error in self.error.ravel()],
                "verdict": self.verdicts.ravel(),
            },
            digits=8,
        )


def check_grad(
    objective: Objective,
    params: ArrayLike,
    *,
    tolerance: float | None = None,
    step: float | None = None,
) -> GradientCheck:
    r"""Compare the gradient of an objective with central differences of its value.

    $$|g_i - D_i| \le \text{tolerance} \cdot \max(|g_i|, |D_i|) + 3 \cdot \text{error}_i
    + 4 \epsilon \left| \theta_i \frac{\partial^2 f}{\partial \theta_i^2} \right|$$

    An entry $g_i$ of the gradient is right where that holds, and the error is within the
    tolerance, too: relative to the entry, or, where that is about 0, to how steep $f$ is one
    step away. It is wrong where it does not hold. Where the error is too large to tell, the
    check is unsure. At a kink there are two slopes, to the left and to the right, and only what
    lies outside of both is wrong. The last term is what the rounding of $\theta_i$ changes.

    Float32 has so few digits that small entries drown in round-off. There, an error counts as
    small if it is within the tolerance of the largest entry.

    Args:
        objective: Whose gradient to check.
        params: Where to check it, a number or an array; left as it is.
        tolerance: How far an entry may be off, relative to its size. By default
            $\epsilon^{1/3}$, with the gap $\epsilon$ between 1 and the next number: 0.000006 in
            float64, and 0.005 where all values are numbers of float32.
        step: The step of the differences. By default each parameter gets the one that suits it,
            as in `numerical_grad`.

    Returns:
        The verdicts, with both gradients side by side.

    Raises:
        TypeError: `objective` is no objective, `params`, the value or the gradient does not hold
            real numbers, or `tolerance` or `step` is no number.
        ValueError: `params` is empty or holds NaN or infinity, the value there is not finite or
            not one number, the gradient has another shape than `params`, or `tolerance` or
            `step` is not positive and finite, or the step too short to move a parameter.

    Examples:
        >>> from gdbook import check_grad, linear_model
        >>> check_grad(linear_model([[1.5]], [0.8]), [0.8, 0.2]).passed
        True
    """
    if not isinstance(objective, Objective):
        raise TypeError(
            f"objective is {objective!r}: pass an Objective, such as Objective(value, gradient)."
        )
    point = real_array("params", params)
    analytic = _gradient(objective, point)
    function = Function(objective.value, point)
    slopes = _slopes(function, step)
    if tolerance is None:
        tolerance = float(np.cbrt(function.epsilon))
    tolerance = positive_number("tolerance", tolerance)
    largest = max(abs(found.number) for found in slopes) if function.is_single else 0.0
    verdicts = [
        found.verdict(entry, tolerance, largest)
        for found, entry in zip(slopes, analytic.ravel(), strict=True)
    ]
    return GradientCheck(
        analytic,
        np.reshape([found.number for found in slopes], point.shape),
        np.reshape([found.error for found in slopes], point.shape),
        np.reshape(verdicts, point.shape),
        tolerance,
    )


def _slopes(function: Function, step: float | None) -> list[Slope]:
    indices = np.ndindex(function.point.shape)
    if step is None:
        return [slope(function, index) for index in indices]
    step = positive_number("step", step)
    return [slope_over(function, index, step) for index in indices]


def _gradient(objective: Objective, point: Array) -> Array:
    grad = real_numbers("the gradient", objective.gradient(point.copy()))
    if grad.shape != point.shape:
        raise ValueError(f"the gradient has shape {grad.shape}: return shape {point.shape}.")
    return grad
