"""Weighted sums of objectives, and what follows for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gdbook._checks import Array, quietly

if TYPE_CHECKING:
    from gdbook.objectives import Objective, Reduction


@dataclass(frozen=True, eq=False, repr=False)
class WeightedSum:
    """Objectives, and the factors of their values, 0 or more."""

    parts: tuple[tuple[float, Objective], ...]

    @quietly
    def value(self, params: Any, batch: Any = None) -> Any:
        return sum(
            weight * part.value(params, *samples) for weight, part, samples in self._shares(batch)
        )

    @quietly
    def gradient(self, params: Any, batch: Any = None) -> Any:
        return sum(
            weight * np.asarray(part.gradient(params, *samples))
            for weight, part, samples in self._shares(batch)
        )

    @quietly
    def value_and_gradient(self, params: Any, batch: Any = None) -> tuple[Any, Any]:
        total: Any = 0.0
        grad: Any = 0.0
        for weight, part, samples in self._shares(batch):
            both = part.value_and_gradient or (lambda *at, f=part: (f.value(*at), f.gradient(*at)))
            value, slope = both(params, *samples)
            total, grad = total + weight * value, grad + weight * np.asarray(slope)
        return total, grad

    @quietly
    def curvature(self) -> float:
        """Return the largest eigenvalue where the Hessian is known, or else a bound."""
        if not self.is_quadratic:
            bounds = ((weight, part.curvature) for weight, part in self.parts)
            return float(sum(weight * curvature() for weight, curvature in bounds if curvature))
        hessian = self.hessian()
        if not np.isfinite(hessian).all():
            return np.inf
        return max(float(np.linalg.eigvalsh(hessian)[-1]), 0.0)

    @quietly
    def hessian(self) -> Array:
        terms = [weight * part.hessian() for weight, part in self.parts if part.hessian]
        total: Array = np.sum(terms, axis=0)
        return total

    @quietly
    def minimizer(self) -> Array:
        """Return where the gradient is 0, by Newton's method."""
        hessian = self.hessian()
        scales = np.sqrt(np.diag(hessian))
        scales[scales == 0] = 1  # without scales, a small feature would count as none
        scaled = hessian / np.outer(scales, scales)
        point = np.zeros(len(hessian))
        for _ in range(2):  # the second step takes the rounding of the first away
            point -= np.linalg.lstsq(scaled, self.gradient(point) / scales)[0] / scales
        return point

    @property
    def is_quadratic(self) -> bool:
        return all(part.hessian is not None for _, part in self.parts)

    @property
    def n_samples(self) -> int | None:
        return next((part.n_samples for _, part in self.parts if part.n_samples is not None), None)

    @property
    def reduction(self) -> Reduction:
        return next(
            (part.reduction for _, part in self.parts if part.n_samples is not None), "mean"
        )

    def _shares(self, batch: Any) -> Iterator[tuple[float, Objective, tuple[Any, ...]]]:
        """Yield factors and objectives, and the batch for those that are made from samples."""
        if batch is None:
            yield from ((weight, part, ()) for weight, part in self.parts)
            return
        if self.n_samples is None:
            raise ValueError("the objective has no samples to choose a batch from.")
        share = np.size(batch) / self.n_samples if self.reduction == "sum" else 1.0
        for weight, part in self.parts:
            if part.n_samples is None:
                yield weight * share, part, ()
            else:
                yield weight, part, (batch,)
