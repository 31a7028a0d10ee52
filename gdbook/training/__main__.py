"""Train the book's examples from the shell: `python -m gdbook.training`."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn
from torch.optim import SGD, Adagrad, Adam, Optimizer, RMSprop
from torch.utils.data import DataLoader, TensorDataset

from gdbook import datasets
from gdbook._checks import positive_number, whole_number
from gdbook.datasets import Samples
from gdbook.training import TrainingHistory, train
from gdbook.training._parallel import rank
from gdbook.training._task import check_file

_DATASETS: dict[str, Callable[[], Samples]] = {
    name: function
    for name, function in vars(datasets).items()
    if name in datasets.__all__ and function.__annotations__.get("return") is Samples
}
_OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train as the command line says, or these arguments do, and print how it ended."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        history = _train(options)
    except (TypeError, ValueError) as error:
        parser.error(str(error))
    except FloatingPointError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")
    if rank() == 0:
        if options.history is not None:
            options.history.write_text(json.dumps(asdict(history)) + "\n", encoding="utf-8")
        print(f"loss {history.losses[-1]:.6g} after {len(history)} epochs")  # noqa: T201 - a command prints


def _train(options: Namespace) -> TrainingHistory:
    if options.history is not None:
        check_file("history", options.history)
    if options.hidden is not None and options.model == "linear":
        raise ValueError("hidden is for the model mlp: pass --model mlp, or leave it out.")
    hidden = [] if options.model == "linear" else options.hidden or [16]
    inputs, targets = map(torch.from_numpy, _DATASETS[options.data]())
    batch_size = whole_number("batch_size", options.batch_size, at_least=1)
    torch.manual_seed(options.seed)
    model = nn.Sequential(*_layers(inputs.shape[1], hidden))
    return train(
        model,
        nn.MSELoss(),
        DataLoader(TensorDataset(inputs, targets), batch_size=batch_size, shuffle=True),
        _OPTIMIZERS[options.optimizer](
            model.parameters(), lr=positive_number("learning_rate", options.learning_rate)
        ),
        epochs=options.epochs,
        checkpoint=options.checkpoint,
        checkpoint_every=options.checkpoint_every,
        resume=options.resume,
        device=options.device,
        dtype=getattr(torch, options.dtype),
        seed=options.seed,
        progress=False if options.quiet else None,
    )


def _layers(n_features: int, hidden: list[int]) -> Iterator[nn.Module]:
    """Yield layers from the features to one number for each sample."""
    sizes = [n_features, *(whole_number("hidden", size, at_least=1) for size in hidden)]
    for inputs, outputs in pairwise(sizes):
        yield nn.Linear(inputs, outputs)
        yield nn.ReLU()
    yield nn.Linear(sizes[-1], 1)
    yield nn.Flatten(0)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m gdbook.training",
        description="Train a model on a data set of the book, under the mean squared error. "
        "With torchrun, several processes share each batch: "
        "torchrun --nproc-per-node=2 -m gdbook.training three_points",
    )
    add = parser.add_argument
    add("data", choices=_DATASETS, metavar="DATA", help=f"one of {', '.join(_DATASETS)}")
    add("--model", choices=["linear", "mlp"], default="linear", help="%(default)s by default")
    add("--hidden", type=int, nargs="+", metavar="N", help="units of the mlp's layers: 16")
    add("--optimizer", choices=_OPTIMIZERS, default="sgd", help="%(default)s by default")
    add("--learning-rate", type=float, default=0.01, metavar="RATE", help="%(default)s")
    add("--epochs", type=int, default=100, metavar="N", help="%(default)s")
    add("--batch-size", type=int, default=32, metavar="N", help="of all processes: %(default)s")
    add("--seed", type=int, default=0, metavar="N", help="%(default)s")
    add("--device", help="by default a GPU if there is one, else cpu")
    add("--dtype", choices=["float32", "float64"], default="float32", help="%(default)s by default")
    add("--history", type=Path, metavar="FILE", help="where to write the losses, as JSON")
    add("--checkpoint", type=Path, metavar="FILE", help="where to keep the state of the run")
    add("--checkpoint-every", type=int, default=1, metavar="N", help="epochs: %(default)s")
    add("--resume", action="store_true", help="go on from the checkpoint")
    add("--quiet", action="store_true", help="show no progress")
    return parser


if __name__ == "__main__":
    main()
