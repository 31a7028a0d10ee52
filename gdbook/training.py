r"""Training with PyTorch: objectives whose gradient is autograd's.

Needs the extra `torch`.
"""

from collections.abc import Callable

import numpy as np

from gdbook._checks import Array
from gdbook._extras import extra
from gdbook.objectives import Objective

with extra("torch"):
    import torch

__all__ = ["autograd_objective"]


def autograd_objective(
    function: Callable[[torch.Tensor], torch.Tensor], *, dtype: torch.dtype = torch.float64
) -> Objective:
    r"""Return the objective of a function of one tensor; PyTorch finds the gradient.

    $$f(\theta), \qquad \nabla f(\theta) \text{ by reverse-mode differentiation}$$

    Args:
        function: Takes a tensor of parameters, returns a tensor with one element. Written in
            torch's operations.
        dtype: What torch computes in. The values that come back are float64.

    Returns:
        The objective. Its value and its gradient take and return NumPy arrays, so every loop
        of `gdbook.descent` runs on it.

    Raises:
        TypeError: When the objective is used: the function returned something else than a
            tensor.
        ValueError: When the objective is used: the function returned more than one element, or
            something that does not depend on the parameters.

    Examples:
        >>> import numpy as np
        >>> from gdbook.training import autograd_objective
        >>> parabola = autograd_objective(lambda x: 2 * x**2)
        >>> parabola.gradient(np.array(3.0))
        array(12.)

    Source:
        A. Paszke et al., *PyTorch: An Imperative Style, High-Performance Deep Learning Library*,
        2019, section 4.3.
    """

    def evaluate(params: Array) -> tuple[torch.Tensor, torch.Tensor]:
        tensor = torch.tensor(params, dtype=dtype, requires_grad=True)
        output = function(tensor)
        if not isinstance(output, torch.Tensor):
            raise TypeError(f"the function returned {output!r}: return a tensor.")
        if output.numel() != 1:
            raise ValueError(
                f"the function returned shape {tuple(output.shape)}: return one number, "
                "such as a sum or a mean."
            )
        return tensor, output

    def value(params: Array) -> float:
        return evaluate(params)[1].item()

    def gradient(params: Array) -> Array:
        return value_and_gradient(params)[1]

    def value_and_gradient(params: Array) -> tuple[float, Array]:
        tensor, output = evaluate(params)
        grad = None
        if output.requires_grad:
            (grad,) = torch.autograd.grad(output, tensor, allow_unused=True)
        if grad is None:
            raise ValueError(
                "what the function returned does not depend on the parameters through torch's "
                "operations: do not detach, and do not convert to numbers or arrays."
            )
        return output.item(), grad.numpy().astype(np.float64)

    return Objective(value, gradient, value_and_gradient=value_and_gradient)
