"""The NumPy core of gdbook: losses, derivatives, objectives, descent, and its record.

`gdbook.figures` and `gdbook.training` are imported by their own names: they need extras.
"""

from gdbook.datasets import Log, Samples, one_sample, published_log, three_points
from gdbook.derivatives import (
    derivative_of,
    half_squared_error_derivative,
    largest_second_derivative,
    squared_error_derivative,
)
from gdbook.descent import gradient_descent, gradient_step
from gdbook.history import History
from gdbook.losses import half_squared_error, squared_error
from gdbook.objectives import Objective, linear_model
from gdbook.tables import history_table, markdown_table

__all__ = [
    "History",
    "Log",
    "Objective",
    "Samples",
    "derivative_of",
    "gradient_descent",
    "gradient_step",
    "half_squared_error",
    "half_squared_error_derivative",
    "history_table",
    "largest_second_derivative",
    "linear_model",
    "markdown_table",
    "one_sample",
    "published_log",
    "squared_error",
    "squared_error_derivative",
    "three_points",
]
