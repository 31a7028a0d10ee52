r"""Sampling: which samples does each update see?

A sampling takes the number of samples and returns the batches of one epoch, as arrays of indices.
Any function that does so is one. Those below are made from their options, which are checked
then, and go to `stochastic_gradient_descent` as its `batches`.

Randomness is an explicit `rng`; nothing here touches NumPy's global state. The generator goes on
from epoch to epoch. So does a run that goes on from a `History`, if it is given the same sampling
again, or one that was pickled beside the history.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from math import inf

import numpy as np

from gdbook._checks import Indices, whole_number
from gdbook.descent._made import Sampler

__all__ = ["cyclic", "full_batch", "last_sample_only", "reshuffled", "with_replacement"]

Sampling = Callable[[int], Iterable[Indices]]


@dataclass(frozen=True)
class full_batch(Sampler):
    r"""Make a sampling that gives all samples at once: one update in an epoch.

    $$B_1 = \{0, \dots, n - 1\}$$

    Raises:
        TypeError: The number of samples $n$ is not whole.
        ValueError: It is less than 1.

    Examples:
        >>> from gdbook import full_batch
        >>> list(full_batch()(3))
        [array([0, 1, 2])]
    """

    def __call__(self, n_samples: int) -> Iterator[Indices]:
        return iter([np.arange(whole_number("n_samples", n_samples, at_least=1))])


@dataclass(frozen=True, kw_only=True)
class cyclic(Sampler):
    r"""Make a sampling that gives the samples in their own order, a batch at a time.

    $$B_j = \{(j - 1) m, \dots, \min(j m, n) - 1\}, \qquad j = 1, \dots, \lceil n / m \rceil$$

    In torch it is a `DataLoader` with `shuffle=False`.

    Args:
        batch_size: Samples in a batch $m$. The last batch is smaller where $m$ does not divide
            the number of samples $n$, and the only one where $m$ is larger than $n$.

    Raises:
        TypeError: `batch_size` or $n$ is not whole.
        ValueError: `batch_size` or $n$ is less than 1.

    Examples:
        >>> from gdbook import cyclic
        >>> list(cyclic(batch_size=2)(5))
        [array([0, 1]), array([2, 3]), array([4])]

    Source:
        D. P. Bertsekas, *Incremental Gradient, Subgradient, and Proximal Methods for Convex
        Optimization*, 2011.
    """

    batch_size: int = 1

    def __post_init__(self) -> None:
        self._keep(batch_size=whole_number("batch_size", self.batch_size, at_least=1, at_most=inf))

    def __call__(self, n_samples: int) -> Iterator[Indices]:
        n_samples = whole_number("n_samples", n_samples, at_least=1)
        return _split(np.arange(n_samples), self.batch_size)


@dataclass(frozen=True, kw_only=True)
class _Random(Sampler):
    """The options of a sampling by chance."""

    rng: np.random.Generator
    batch_size: int = 1

    def __post_init__(self) -> None:
        if not isinstance(self.rng, np.random.Generator):
            raise TypeError(f"rng is {self.rng!r}: pass np.random.default_rng(seed).")
        self._keep(batch_size=whole_number("batch_size", self.batch_size, at_least=1, at_most=inf))


@dataclass(frozen=True, kw_only=True)
class reshuffled(_Random):
    r"""Make a sampling that gives the samples in a new random order in each epoch.

    $$B_j = \{\pi((j - 1) m), \dots, \pi(\min(j m, n) - 1)\}$$

    with a permutation $\pi$ drawn uniformly. Each sample is seen once in an epoch. In torch it is
    a `DataLoader` with `shuffle=True`, and it is how `SGDRegressor` of scikit-learn goes through
    its samples.

    Args:
        rng: Source of randomness.
        batch_size: Samples in a batch $m$. The last batch is smaller where $m$ does not divide
            the number of samples $n$, and the only one where $m$ is larger than $n$.

    Raises:
        TypeError: `batch_size` or $n$ is not whole, or `rng` is no generator.
        ValueError: `batch_size` or $n$ is less than 1.

    Examples:
        >>> import numpy as np
        >>> from gdbook import reshuffled
        >>> batches = reshuffled(rng=np.random.default_rng(0), batch_size=2)
        >>> sorted(int(i) for batch in batches(5) for i in batch)
        [0, 1, 2, 3, 4]

    Source:
        L. Bottou, *Curiously Fast Convergence of some Stochastic Gradient Descent Algorithms*,
        2009.
    """

    def __call__(self, n_samples: int) -> Iterator[Indices]:
        n_samples = whole_number("n_samples", n_samples, at_least=1)
        return _split(self.rng.permutation(n_samples), self.batch_size)


@dataclass(frozen=True, kw_only=True)
class with_replacement(_Random):
    r"""Make a sampling that draws samples independently, as many in an epoch as there are.

    $$i_1, \dots, i_n \sim \text{uniform on } \{0, \dots, n - 1\}$$

    Some samples are seen more than once in an epoch, and about $1/e$ of many not at all. In torch
    it is a `RandomSampler` with `replacement=True`.

    Args:
        rng: Source of randomness.
        batch_size: Samples in a batch $m$. The last batch is smaller where $m$ does not divide
            the number of samples $n$, and the only one where $m$ is larger than $n$.

    Raises:
        TypeError: `batch_size` or $n$ is not whole, or `rng` is no generator.
        ValueError: `batch_size` or $n$ is less than 1.

    Examples:
        >>> import numpy as np
        >>> from gdbook import with_replacement
        >>> batches = with_replacement(rng=np.random.default_rng(0), batch_size=2)
        >>> [len(batch) for batch in batches(5)]
        [2, 2, 1]

    Source:
        H. Robbins and S. Monro, *A Stochastic Approximation Method*, 1951.
    """

    def __call__(self, n_samples: int) -> Iterator[Indices]:
        n_samples = whole_number("n_samples", n_samples, at_least=1)
        return _split(self.rng.integers(n_samples, size=n_samples), self.batch_size)


@dataclass(frozen=True)
class last_sample_only(Sampler):
    r"""Make a sampling that gives the last sample and no other: a famous mistake.

    $$B_1 = \{n - 1\}$$

    A loop over the samples whose variables are used after it leaves the last one behind.

    Raises:
        TypeError: The number of samples $n$ is not whole.
        ValueError: It is less than 1.

    Examples:
        >>> from gdbook import last_sample_only
        >>> list(last_sample_only()(3))
        [array([2])]

    Source:
        The second loop of the tutorial of `gdbook.datasets.three_points`.
    """

    def __call__(self, n_samples: int) -> Iterator[Indices]:
        return iter([np.array([whole_number("n_samples", n_samples, at_least=1) - 1])])


def _split(order: Indices, batch_size: int) -> Iterator[Indices]:
    """Return an order a batch at a time: rows, and the rest, without Python between them."""
    batch_size = min(batch_size, len(order))
    n_rest = len(order) % batch_size
    whole, rest = order[: len(order) - n_rest], order[len(order) - n_rest :]
    return chain(whole.reshape(-1, batch_size), [rest] if n_rest else [])
