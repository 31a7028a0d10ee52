r"""Sampling: which samples does each update see?

Each function yields the batches of one epoch, as arrays of indices. Randomness is an explicit
`rng`; nothing here touches NumPy's global state.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gdbook._checks import whole_number

__all__ = ["cyclic", "full_batch", "last_sample_only", "reshuffled", "with_replacement"]

Indices = NDArray[np.intp]


def full_batch(n_samples: int) -> Iterator[Indices]:
    r"""Yield all samples at once: one update in an epoch.

    $$B_1 = \{0, \dots, n - 1\}$$

    Args:
        n_samples: Number of samples $n$, at least 1.

    Returns:
        The batches of one epoch, here a single one.

    Raises:
        TypeError: `n_samples` is not whole.
        ValueError: `n_samples` is less than 1.

    Examples:
        >>> from gdbook import full_batch
        >>> list(full_batch(3))
        [array([0, 1, 2])]

    Source:
        A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*,
        1847.
    """
    return cyclic(n_samples, batch_size=n_samples)


def cyclic(n_samples: int, *, batch_size: int = 1) -> Iterator[Indices]:
    r"""Yield the samples in their own order, a batch at a time.

    $$B_j = \{(j - 1) m, \dots, \min(j m, n) - 1\}, \qquad j = 1, \dots, \lceil n / m \rceil$$

    Args:
        n_samples: Number of samples $n$, at least 1.
        batch_size: Samples in a batch $m$, from 1 to `n_samples`. The last batch is smaller
            where $m$ does not divide $n$.

    Returns:
        The batches of one epoch.

    Raises:
        TypeError: An argument is not whole.
        ValueError: `n_samples` is less than 1, or `batch_size` less than 1 or larger than it.

    Examples:
        >>> from gdbook import cyclic
        >>> list(cyclic(5, batch_size=2))
        [array([0, 1]), array([2, 3]), array([4])]

    Source:
        D. P. Bertsekas, *Incremental Gradient, Subgradient, and Proximal Methods for Convex
        Optimization*, 2011.
    """
    n_samples, batch_size = _sizes(n_samples, batch_size)
    return _split(np.arange(n_samples), batch_size)


def reshuffled(
    n_samples: int, *, rng: np.random.Generator, batch_size: int = 1
) -> Iterator[Indices]:
    r"""Yield the samples in a new random order, a batch at a time.

    $$B_j = \{\pi((j - 1) m), \dots, \pi(\min(j m, n) - 1)\}$$

    with a permutation $\pi$ drawn uniformly. Each sample is seen once in an epoch.

    Args:
        n_samples: Number of samples $n$, at least 1.
        rng: Source of randomness.
        batch_size: Samples in a batch $m$, from 1 to `n_samples`. The last batch is smaller
            where $m$ does not divide $n$.

    Returns:
        The batches of one epoch.

    Raises:
        TypeError: `n_samples` or `batch_size` is not whole, or `rng` is no generator.
        ValueError: `n_samples` is less than 1, or `batch_size` less than 1 or larger than it.

    Examples:
        >>> import numpy as np
        >>> from gdbook import reshuffled
        >>> rng = np.random.default_rng(0)
        >>> sorted(int(i) for batch in reshuffled(5, rng=rng, batch_size=2) for i in batch)
        [0, 1, 2, 3, 4]

    Source:
        L. Bottou, *Curiously Fast Convergence of some Stochastic Gradient Descent Algorithms*,
        2009.
    """
    n_samples, batch_size = _sizes(n_samples, batch_size)
    return _split(_generator(rng).permutation(n_samples), batch_size)


def with_replacement(
    n_samples: int, *, rng: np.random.Generator, batch_size: int = 1
) -> Iterator[Indices]:
    r"""Yield samples drawn independently, as many in an epoch as there are.

    $$i_1, \dots, i_n \sim \text{uniform on } \{0, \dots, n - 1\}$$

    Some samples are seen more than once in an epoch, and about $1/e$ of many not at all.

    Args:
        n_samples: Number of samples $n$, at least 1.
        rng: Source of randomness.
        batch_size: Samples in a batch $m$, from 1 to `n_samples`. The last batch is smaller
            where $m$ does not divide $n$.

    Returns:
        The batches of one epoch.

    Raises:
        TypeError: `n_samples` or `batch_size` is not whole, or `rng` is no generator.
        ValueError: `n_samples` is less than 1, or `batch_size` less than 1 or larger than it.

    Examples:
        >>> import numpy as np
        >>> from gdbook import with_replacement
        >>> rng = np.random.default_rng(0)
        >>> [len(batch) for batch in with_replacement(5, rng=rng, batch_size=2)]
        [2, 2, 1]

    Source:
        H. Robbins and S. Monro, *A Stochastic Approximation Method*, 1951.
    """
    n_samples, batch_size = _sizes(n_samples, batch_size)
    return _split(_generator(rng).integers(n_samples, size=n_samples), batch_size)


def last_sample_only(n_samples: int) -> Iterator[Indices]:
    r"""Yield the last sample and no other: a famous mistake.

    $$B_1 = \{n - 1\}$$

    A loop over the samples whose variables are used after it leaves the last one behind.

    Args:
        n_samples: Number of samples $n$, at least 1.

    Returns:
        The batches of one epoch, here a single one.

    Raises:
        TypeError: `n_samples` is not whole.
        ValueError: `n_samples` is less than 1.

    Examples:
        >>> from gdbook import last_sample_only
        >>> list(last_sample_only(3))
        [array([2])]

    Source:
        The second loop of the tutorial of `gdbook.datasets.three_points`.
    """
    n_samples, _ = _sizes(n_samples, 1)
    return iter([np.array([n_samples - 1])])


def _sizes(n_samples: int, batch_size: int) -> tuple[int, int]:
    n_samples = whole_number("n_samples", n_samples, at_least=1)
    batch_size = whole_number("batch_size", batch_size, at_least=1)
    if batch_size > n_samples:
        raise ValueError(f"batch_size is {batch_size}: there are only {n_samples} samples.")
    return n_samples, batch_size


def _generator(rng: np.random.Generator) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}: pass np.random.default_rng(seed).")
    return rng


def _split(order: Indices, batch_size: int) -> Iterator[Indices]:
    whole = len(order) - len(order) % batch_size
    yield from order[:whole].reshape(-1, batch_size)
    if whole < len(order):
        yield order[whole:]
