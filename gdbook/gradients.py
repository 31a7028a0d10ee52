r"""Gradients: is the one that was derived the right one?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, positive_number, real_array
from gdbook.objectives import Objective
from gdbook.tables import markdown_table

__all__ = ["GradientCheck", "check_grad", "numerical_grad"]


def numerical_grad(value: Callable[[Any], Any], params: ArrayLike) -> Array:
    r"""Return the gradient of a function by central differences.

    $$\frac{\partial f}{\partial \theta_i} \approx
    \frac{f(\theta + h_i e_i) - f(\theta - h_i e_i)}{2 h_i}, \qquad
    h_i = \sqrt[3]{\epsilon} \, \max(1, |\theta_i|)$$

    The step is where the error of the formula, which grows as $h^2$, and the round-off, which
    grows as $\epsilon / h$, are about equally large; $\epsilon$ is the gap between 1 and the
    next number. It takes two calls of the function for each parameter.

    Args:
        value: Takes the parameters, returns a number.
        params: Where the gradient is wanted, a number or an array; left as it is.

    Returns:
        The gradient, in the shape of `params`, good to about ten digits where $f$ is smooth.

    Raises:
        TypeError: `params` does not hold real numbers.
        ValueError: `params` is empty or holds NaN or infinity.

    Examples:
        >>> from gdbook import numerical_grad
        >>> numerical_grad(lambda p: p[0] ** 2 + 3 * p[1], [2.0, 5.0]).round(9)
        array([4., 3.])

    Source:
        W. H. Press et al., *Numerical Recipes*, 3rd edition, 2007, section 5.7.
    """
    point = real_array("params", params)
    steps = np.cbrt(np.finfo(np.float64).eps) * np.maximum(1, abs(point))
    grad = np.empty(point.shape)
    for index in np.ndindex(point.shape):
        ahead, behind = point.copy(), point.copy()
        ahead[index] += steps[index]
        behind[index] -= steps[index]
        walked = ahead[index] - behind[index]
        grad[index] = (value(ahead) - value(behind)) / walked
    return grad


@dataclass(frozen=True, eq=False)
class GradientCheck:
    r"""What came of a gradient check. As text, it is a table of both gradients.

    Args:
        analytic: The gradient that was checked.
        numeric: The gradient by central differences, in the same shape.
        tolerance: How far an entry may be off, relative to the larger of 1 and its size.

    Examples:
        >>> from gdbook import Objective, check_grad
        >>> wrong = Objective(lambda x: 2 * x**2, lambda x: 2 * x)
        >>> print(check_grad(wrong, 3.0))
        | entry | analytic | numeric | verdict |
        | :--- | ---: | ---: | :--- |
        | () | 6 | 12 | wrong |
    """

    analytic: Array
    numeric: Array
    tolerance: float

    @property
    def wrong(self) -> Any:
        """Where the two differ by more than the tolerance, an array of truth values."""
        allowed = self.tolerance * np.maximum(1, abs(self.numeric))
        return ~(abs(self.analytic - self.numeric) <= allowed)

    @property
    def passed(self) -> bool:
        """Whether the two agree everywhere."""
        return not self.wrong.any()

    def __str__(self) -> str:
        return markdown_table(
            {
                "entry": [str(index) for index in np.ndindex(self.numeric.shape)],
                "analytic": self.analytic.ravel(),
                "numeric": self.numeric.ravel(),
                "verdict": ["wrong" if wrong else "right" for wrong in self.wrong.ravel()],
            },
            digits=8,
        )


def check_grad(
    objective: Objective, params: ArrayLike, *, tolerance: float = 1e-6
) -> GradientCheck:
    r"""Compare the gradient of an objective with central differences of its value.

    $$\left| \frac{\partial f}{\partial \theta_i} - \text{its difference} \right|
    \le \text{tolerance} \cdot \max(1, |\text{its difference}|)$$

    Args:
        objective: Whose gradient to check.
        params: Where to check it, a number or an array; left as it is.
        tolerance: How far an entry may be off, greater than 0.

    Returns:
        The verdict, with both gradients side by side.

    Raises:
        TypeError: `params` does not hold real numbers, or `tolerance` is no number.
        ValueError: `params` is empty or holds NaN or infinity, `tolerance` is not positive and
            finite, or the gradient has another shape than `params`.

    Examples:
        >>> from gdbook import check_grad, linear_model
        >>> check_grad(linear_model([[1.5]], [0.8]), [0.8, 0.2]).passed
        True

    Source:
        The check that every framework has, such as `torch.autograd.gradcheck`.
    """
    point = real_array("params", params)
    tolerance = positive_number("tolerance", tolerance)
    analytic = np.asarray(objective.gradient(point.copy()))
    if analytic.shape != point.shape:
        raise ValueError(f"the gradient has shape {analytic.shape}: return shape {point.shape}.")
    return GradientCheck(analytic, numerical_grad(objective.value, point), tolerance)
