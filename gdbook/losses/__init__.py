r"""Losses: how wrong is a prediction, and which way, and how hard, does that pull?

A loss is one value: its formula, its derivative, and what is known of both, as `Loss` says. It
is called with targets first and predictions second, always, and returns one loss for each
prediction, or for each row; the caller takes the sum or the mean.
"""

from gdbook.losses._loss import Loss
from gdbook.losses.elementwise import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    half_squared_error,
    huber,
    squared_error,
)
from gdbook.losses.rowwise import cross_entropy, cross_entropy_with_logits, one_hot

__all__ = [
    "Loss",
    "absolute_error",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_with_logits",
    "half_squared_error",
    "huber",
    "one_hot",
    "squared_error",
]
