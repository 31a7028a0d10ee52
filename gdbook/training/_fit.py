"""What the command line trains: samples, model, loss, optimizer and schedule."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim import SGD, Adagrad, Adam, Optimizer, RMSprop
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    ExponentialLR,
    LRScheduler,
    MultiStepLR,
    ReduceLROnPlateau,
)
from torch.utils.data import DataLoader, TensorDataset

from gdbook import datasets
from gdbook._checks import Array, positive_number, whole_number
from gdbook.datasets import Samples
from gdbook.tabular import CsvSamples, Standardisation, read_csv, standardisation
from gdbook.training import TrainingHistory, train

DATASETS: dict[str, Callable[[], Samples]] = {
    name: function
    for name, function in vars(datasets).items()
    if name in datasets.__all__ and function.__annotations__.get("return") is Samples
}
LOSSES: dict[str, Callable[[], nn.Module]] = {
    "squared": nn.MSELoss,
    "absolute": nn.L1Loss,
    "huber": nn.HuberLoss,
}
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
}
SCHEDULES: dict[str, Callable[[Optimizer, int], LRScheduler | None]] = {
    "constant": lambda *_: None,
    "step": lambda optimizer, epochs: MultiStepLR(optimizer, [epochs // 2, epochs * 3 // 4], 0.1),
    "exponential": lambda optimizer, epochs: ExponentialLR(optimizer, 0.01 ** (1 / epochs)),
    "cosine": CosineAnnealingLR,
    "plateau": lambda optimizer, _: ReduceLROnPlateau(optimizer, factor=0.5, patience=10),
}


class Fit:
    """A training as the options of the command line say."""

    def __init__(self, options: Namespace) -> None:
        """Read the samples, and make a model for them."""
        if options.hidden is not None and options.model == "linear":
            raise ValueError("hidden is for the model mlp: pass --model mlp, or leave it out.")
        self.options = options
        self.samples = _samples(options)
        self.labels = _labels(self.samples, options.loss)
        n_outputs = len(self.labels) if len(self.labels) > 2 else 1
        hidden = [] if options.model == "linear" else options.hidden or [16]
        self.train_rows, self.validation_rows = _split(len(self.samples.X), options)
        self.scaling = _scaling(self.samples.X[self.train_rows], options)
        torch.manual_seed(options.seed)
        self.model = nn.Sequential(*_layers(self.samples.X.shape[1], hidden, n_outputs))

    def run(self) -> TrainingHistory:
        """Train."""
        options = self.options
        epochs = whole_number("epochs", options.epochs, at_least=1)
        rate = positive_number("learning_rate", options.learning_rate)
        optimizer = OPTIMIZERS[options.optimizer](self.model.parameters(), lr=rate)
        has_validation = len(self.validation_rows) > 0
        return train(
            self.model,
            self._loss(),
            self._loader(self.train_rows, shuffle=True),
            optimizer,
            epochs=epochs,
            scheduler=SCHEDULES[options.schedule](optimizer, epochs),
            validation=self._loader(self.validation_rows) if has_validation else None,
            patience=options.patience,
            keep_best=options.keep_best,
            checkpoint=options.checkpoint,
            checkpoint_every=options.checkpoint_every,
            resume=options.resume,
            device=options.device,
            dtype=getattr(torch, options.dtype),
            seed=options.seed,
            progress=False if options.quiet else None,
        )

    def parameters(self) -> dict[str, Any]:
        """Return the parameters, layer by layer, for features in the units of the file."""
        linear = [layer for layer in self.model if isinstance(layer, nn.Linear)]
        layers = [
            np.vstack([layer.weight.detach().double().cpu().T, layer.bias.detach().double().cpu()])
            for layer in linear
        ]
        layers[0] = self.scaling.undo(layers[0])
        return {
            "features": self.samples.features,
            "target": self.samples.target,
            "labels": self.labels,
            "layers": [
                {"weights": each[:-1].T.tolist(), "bias": each[-1].tolist()} for each in layers
            ],
        }

    def _loss(self) -> nn.Module:
        if self.labels:
            return nn.CrossEntropyLoss() if len(self.labels) > 2 else nn.BCEWithLogitsLoss()
        return LOSSES[self.options.loss or "squared"]()

    def _loader(self, rows: np.ndarray[Any, Any], *, shuffle: bool = False) -> DataLoader[Any]:
        inputs = torch.from_numpy(self.scaling.apply(self.samples.X[rows]))
        targets = torch.from_numpy(self.samples.y_true[rows])
        targets = targets.long() if len(self.labels) > 2 else targets.double()
        batch_size = whole_number("batch_size", self.options.batch_size, at_least=1)
        return DataLoader(TensorDataset(inputs, targets), batch_size=batch_size, shuffle=shuffle)


def _samples(options: Namespace) -> CsvSamples:
    if options.data not in DATASETS:
        if not Path(options.data).is_file():
            raise ValueError(
                f"data is {options.data}: pass the path of a CSV file, or one of "
                f"{', '.join(DATASETS)}."
            )
        return read_csv(
            options.data,
            target=options.target,
            features=options.features,
            delimiter=options.delimiter,
        )
    if options.target is not None or options.features is not None:
        raise ValueError("target and features are for CSV files: leave them out.")
    inputs, targets = DATASETS[options.data]()
    names = tuple(f"x{number}" for number in range(1, inputs.shape[1] + 1))
    return CsvSamples(inputs, targets, names, "y", ())


def _labels(samples: CsvSamples, loss: str | None) -> tuple[str, ...]:
    """Return the labels to tell apart, none where numbers are predicted."""
    target, labels = samples.target, samples.labels
    if loss == "cross-entropy" and not labels:
        labels = tuple(f"{number:g}" for number in sorted({*samples.y_true.tolist()}))
        if labels != tuple(map(str, range(len(labels)))):
            raise ValueError(
                f"loss is cross-entropy, and the target {target!r} has other numbers than 0, 1 and "
                "so on: pass --loss squared, or write labels as text."
            )
    elif labels and loss not in (None, "cross-entropy"):
        raise ValueError(
            f"loss is {loss}, and the target {target!r} is text, such as {labels[0]!r}: pass "
            "--loss cross-entropy, or write numbers."
        )
    if len(labels) == 1:
        raise ValueError(f"the target {target!r} is {labels[0]!r} in each line: pass two labels.")
    return labels


def _split(n_samples: int, options: Namespace) -> tuple[Any, Any]:
    """Return the rows for training and for validation."""
    share = options.validation
    if share is None:
        if options.keep_best:
            raise ValueError("keep_best needs validation data: pass --validation 0.2, for example.")
        return np.arange(n_samples), np.arange(0)
    n_validation = round(n_samples * share) if 0 < share < 1 else 0
    if not 0 < n_validation < n_samples:
        raise ValueError(
            f"validation is {share} of {n_samples} samples: pass a share between 0 and 1 that "
            "leaves samples on both sides."
        )
    order = np.random.default_rng(options.seed).permutation(n_samples)
    return np.sort(order[n_validation:]), np.sort(order[:n_validation])


def _scaling(features: Array, options: Namespace) -> Standardisation:
    """Return how features are scaled: unless told otherwise, those of files are."""
    wanted = options.data not in DATASETS if options.standardise is None else options.standardise
    if wanted:
        return standardisation(features)
    n_features = features.shape[1]
    return Standardisation(np.zeros(n_features), np.ones(n_features))


def _layers(n_features: int, hidden: list[int], n_outputs: int) -> Iterator[nn.Module]:
    """Yield layers from the features to one number for each sample, or one for each label."""
    sizes = [n_features, *(whole_number("hidden", size, at_least=1) for size in hidden)]
    for inputs, outputs in pairwise(sizes):
        yield nn.Linear(inputs, outputs)
        yield nn.ReLU()
    yield nn.Linear(sizes[-1], n_outputs)
    if n_outputs == 1:
        yield nn.Flatten(0)
