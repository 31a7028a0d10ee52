"""The NumPy core of gdbook: losses, derivatives, objectives, descent, its record, and autograd.

`gdbook.figures`, `gdbook.graphs`, `gdbook.symbolic` and `gdbook.training` are imported by their
own names: they need extras.
"""

from gdbook.autograd import Value, topological_order
from gdbook.calculus import derivative_of, largest_second_derivative
from gdbook.classifiers import (
    network_classifier,
    network_scores,
    softmax_classifier,
    softmax_scores,
)
from gdbook.cross_entropies import (
    cross_entropy,
    cross_entropy_derivative,
    cross_entropy_with_logits,
    cross_entropy_with_logits_derivative,
    one_hot,
)
from gdbook.datasets import (
    Log,
    Samples,
    fifty_points,
    hundred_points,
    noisy_three_points,
    one_sample,
    published_log,
    thirteen_features,
    three_points,
    twenty_points,
)
from gdbook.derivatives import (
    absolute_error_derivative,
    binary_cross_entropy_derivative,
    binary_cross_entropy_with_logits_derivative,
    half_squared_error_derivative,
    huber_derivative,
    squared_error_derivative,
)
from gdbook.descent import gradient_descent, gradient_step, stochastic_gradient_descent
from gdbook.gradients import GradientCheck, check_grad, numerical_grad
from gdbook.history import History
from gdbook.losses import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    half_squared_error,
    huber,
    squared_error,
)
from gdbook.objectives import Objective, linear_model
from gdbook.sampling import (
    cyclic,
    full_batch,
    last_sample_only,
    reshuffled,
    with_replacement,
)
from gdbook.scaled_steps import backtracking_step, newton_step, preconditioned_step
from gdbook.schedules import (
    constant_rate,
    cosine_decay,
    exponential_decay,
    polynomial_decay,
    step_decay,
    warm_up,
)
from gdbook.tables import graph_table, history_table, losses_table, markdown_table
from gdbook.tabular import CsvSamples, Standardisation, read_csv, standardisation
from gdbook.update_rules import (
    adagrad_step,
    adam_step,
    momentum_step,
    nesterov_step,
    rmsprop_step,
)

__all__ = [
    "CsvSamples",
    "GradientCheck",
    "History",
    "Log",
    "Objective",
    "Samples",
    "Standardisation",
    "Value",
    "absolute_error",
    "absolute_error_derivative",
    "adagrad_step",
    "adam_step",
    "backtracking_step",
    "binary_cross_entropy",
    "binary_cross_entropy_derivative",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_derivative",
    "check_grad",
    "constant_rate",
    "cosine_decay",
    "cross_entropy",
    "cross_entropy_derivative",
    "cross_entropy_with_logits",
    "cross_entropy_with_logits_derivative",
    "cyclic",
    "derivative_of",
    "exponential_decay",
    "fifty_points",
    "full_batch",
    "gradient_descent",
    "gradient_step",
    "graph_table",
    "half_squared_error",
    "half_squared_error_derivative",
    "history_table",
    "huber",
    "huber_derivative",
    "hundred_points",
    "largest_second_derivative",
    "last_sample_only",
    "linear_model",
    "losses_table",
    "markdown_table",
    "momentum_step",
    "nesterov_step",
    "network_classifier",
    "network_scores",
    "newton_step",
    "noisy_three_points",
    "numerical_grad",
    "one_hot",
    "one_sample",
    "polynomial_decay",
    "preconditioned_step",
    "published_log",
    "read_csv",
    "reshuffled",
    "rmsprop_step",
    "softmax_classifier",
    "softmax_scores",
    "squared_error",
    "squared_error_derivative",
    "standardisation",
    "step_decay",
    "stochastic_gradient_descent",
    "thirteen_features",
    "three_points",
    "topological_order",
    "twenty_points",
    "warm_up",
    "with_replacement",
]
