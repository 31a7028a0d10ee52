"""The NumPy core of gdbook: losses, objectives, descent, its record, and autograd.

`gdbook.figures`, `gdbook.graphs`, `gdbook.symbolic` and `gdbook.training` are imported by their
own names: they need extras.
"""

from gdbook.autograd import Value, topological_order
from gdbook.classifiers import network_classifier, softmax_classifier
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
from gdbook.descent import gradient_descent, gradient_step, stochastic_gradient_descent
from gdbook.gradients import GradientCheck, check_grad, numerical_grad
from gdbook.history import History
from gdbook.losses import (
    Loss,
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    half_squared_error,
    huber,
    one_hot,
    squared_error,
)
from gdbook.objectives import Objective, linear_model
from gdbook.penalties import l1_penalty, l2_penalty
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
    "Loss",
    "Objective",
    "Samples",
    "Standardisation",
    "Value",
    "absolute_error",
    "adagrad_step",
    "adam_step",
    "backtracking_step",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "check_grad",
    "constant_rate",
    "cosine_decay",
    "cross_entropy",
    "cross_entropy_with_logits",
    "cyclic",
    "exponential_decay",
    "fifty_points",
    "full_batch",
    "gradient_descent",
    "gradient_step",
    "graph_table",
    "half_squared_error",
    "history_table",
    "huber",
    "hundred_points",
    "l1_penalty",
    "l2_penalty",
    "last_sample_only",
    "linear_model",
    "losses_table",
    "markdown_table",
    "momentum_step",
    "nesterov_step",
    "network_classifier",
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
    "squared_error",
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
