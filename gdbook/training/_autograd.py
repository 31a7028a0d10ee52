"""Functions of torch as objectives of NumPy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from gdbook._checks import Array, chosen, real_numbers


@dataclass(frozen=True, eq=False)
class Autograd:
    """A function of torch and the samples that it takes, between NumPy's arrays."""

    function: Callable[..., torch.Tensor]
    data: list[torch.Tensor]
    dtype: torch.dtype

    def value(self, params: ArrayLike, batch: Any = None) -> float:
        """Return the value on a batch, or on all samples."""
        return self._output(self._tensor(params), batch).item()

    def gradient(self, params: ArrayLike, batch: Any = None) -> Array:
        """Return the gradient on a batch, or on all samples."""
        return self.value_and_gradient(params, batch)[1]

    def value_and_gradient(self, params: ArrayLike, batch: Any = None) -> tuple[float, Array]:
        """Return both."""
        tensor = self._tensor(params)
        output, grad = self._output(tensor, batch), None
        if output.requires_grad:
            (grad,) = torch.autograd.grad(output, tensor, allow_unused=True)
        if grad is None:
            raise ValueError(
                "what the function returned does not depend on the parameters through torch's "
                "operations: do not detach, and do not convert to numbers or arrays."
            )
        return output.item(), grad.to(torch.float64).numpy()

    def _tensor(self, params: ArrayLike) -> torch.Tensor:
        values = np.array(real_numbers("params", params), order="C")
        return torch.tensor(values, dtype=self.dtype, requires_grad=True)

    def _output(self, tensor: torch.Tensor, batch: Any) -> torch.Tensor:
        data = self.data
        if batch is not None:
            (rows,) = chosen(batch, np.arange(float(len(data[0]))))
            data = [each[torch.from_numpy(rows.astype(np.int64))] for each in data]
        output = self.function(tensor, *data)
        if not isinstance(output, torch.Tensor):
            raise TypeError(f"the function returned {output!r}: return a tensor.")
        if output.numel() != 1:
            raise ValueError(
                f"the function returned shape {tuple(output.shape)}: return one number, "
                "such as a sum or a mean."
            )
        return output


def samples(data: Sequence[Any], dtype: torch.dtype) -> list[torch.Tensor]:
    """Return data as tensors; whole numbers, such as labels, stay what they are."""
    tensors = [_tensor(f"data[{number}]", each) for number, each in enumerate(data)]
    tensors = [each.to(dtype) if each.is_floating_point() else each for each in tensors]
    lengths = [len(tensor) if tensor.ndim else 0 for tensor in tensors]
    if lengths and (0 in lengths or len(set(lengths)) > 1):
        raise ValueError(
            f"the data have {lengths} samples along the first axis: pass equally many, one or more."
        )
    return tensors


def _tensor(name: str, data: Any) -> torch.Tensor:
    if isinstance(data, torch.Tensor):
        return data.detach().cpu().clone()
    try:
        return torch.from_numpy(np.array(np.asarray(data), order="C"))
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{name} cannot be made a tensor: {error}") from error
