"""Train from the shell, on samples of one's own or of the book: `python -m gdbook.training`."""

import json
from argparse import ArgumentParser, BooleanOptionalAction, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gdbook._extras import extra
from gdbook.training import TrainingHistory
from gdbook.training._fit import DATASETS, LOSSES, OPTIMIZERS, SCHEDULES, Fit
from gdbook.training._parallel import rank
from gdbook.training._task import check_file

Add = Callable[..., Any]

_DESCRIPTION = """\
Train a model on a CSV file of yours, or on a data set of the book.

A CSV has a header and a sample in each line. The features are numbers. The target is a number,
or text: then the model learns to tell its values, the labels, apart.
"""
_EPILOG = f"""\
data sets of the book: {", ".join(DATASETS)}

losses, of a prediction p and its target y:
  squared        (p - y)^2, the mean is learnt; the default for numbers
  absolute       |p - y|, the median is learnt, and outliers count less
  huber          squared where |p - y| < 1, absolute beyond
  cross-entropy  -log of the probability of the right label; for labels

schedules of the learning rate:
  constant       the same in all epochs
  step           a tenth of it after half of the epochs, a hundredth after three quarters
  exponential    down to a hundredth, by the same factor in each epoch
  cosine         down to 0 along half a wave, slowly at both ends
  plateau        half of it wherever the loss has not fallen for 10 epochs

where to begin: leave all options at their defaults. If the loss explodes, take a smaller
learning rate; if it hardly falls, a larger one. If the loss on data that are held out rises
while the other falls, the model learns its samples by heart: --patience 20 --keep-best.

examples:
  python -m gdbook.training houses.csv --target price --picture losses.svg
  python -m gdbook.training flowers.csv --target kind --model mlp --optimizer adam \\
      --validation 0.2 --patience 20 --keep-best --parameters flowers.json
  torchrun --nproc-per-node=2 -m gdbook.training three_points   (processes share each batch)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train as the command line says, or these arguments do, and print how it ended."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        _check_files(options)
        fit = Fit(options)
        history = fit.run()
        if rank() == 0:
            _write(options, history, fit)
            print(_ending(history))  # noqa: T201 - a command prints
    except (OSError, TypeError, ValueError) as error:
        parser.error(str(error))
    except FloatingPointError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")


def _check_files(options: Namespace) -> None:
    """Refuse what could not be written, before anything is trained."""
    for name in ("history", "picture", "parameters"):
        if getattr(options, name) is not None:
            check_file(name, getattr(options, name))
    if options.picture is not None:
        with extra("figures"):
            from matplotlib.backend_bases import FigureCanvasBase  # noqa: PLC0415 - when wanted
        kinds = FigureCanvasBase.get_supported_filetypes()
        if options.picture.suffix[1:].lower() not in kinds:
            raise ValueError(
                f"picture is {options.picture}: pass a name that ends in one of {', '.join(kinds)}."
            )


def _write(options: Namespace, history: TrainingHistory, fit: Fit) -> None:
    if options.history is not None:
        _write_json(options.history, asdict(history))
    if options.parameters is not None:
        _write_json(options.parameters, fit.parameters())
    if options.picture is not None:
        _draw(options.picture, history)


def _draw(path: Path, history: TrainingHistory) -> None:
    from matplotlib import pyplot as plt  # noqa: PLC0415 - it needs another extra

    from gdbook.figures import draw_losses  # noqa: PLC0415 - the same

    is_positive = min(history.losses + history.validation_losses) > 0
    draw_losses({"loss": history}, y_scale="log" if is_positive else "linear")
    plt.savefig(path)
    plt.close()


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _ending(history: TrainingHistory) -> str:
    """Say how the training ended."""
    ending = f"loss {history.losses[-1]:.6g} after {len(history)} epochs"
    if history.validation_losses:
        best = history.validation_losses[history.best_epoch - 1]
        ending += f"; on data held out, the least loss was {best:.6g} after {history.best_epoch}"
    return ending


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m gdbook.training",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", metavar="DATA", help="a CSV file, or a data set of the book")
    _add_samples(parser.add_argument_group("samples").add_argument)
    _add_model(parser.add_argument_group("model and descent").add_argument)
    _add_files(parser.add_argument_group("files").add_argument)
    _add_run(parser.add_argument_group("run").add_argument)
    return parser


def _add_samples(add: Add) -> None:
    add("--target", metavar="NAME", help="column of the targets: the last one")
    add("--features", nargs="+", metavar="NAME", help="columns of the features: all others")
    add("--delimiter", default=",", metavar="CHAR", help="between two cells: %(default)s")
    add(
        "--standardise",
        action=BooleanOptionalAction,
        help="bring features to mean 0 and spread 1: files yes, data sets of the book no",
    )
    add("--validation", type=float, metavar="SHARE", help="of the samples, held out: none")


def _add_model(add: Add) -> None:
    add("--model", choices=["linear", "mlp"], default="linear", help="%(default)s by default")
    add("--hidden", type=int, nargs="+", metavar="N", help="units of the mlp's layers: 16")
    add("--loss", choices=[*LOSSES, "cross-entropy"], help="by default what suits the target")
    add("--optimizer", choices=OPTIMIZERS, default="sgd", help="%(default)s by default")
    add("--learning-rate", type=float, default=0.01, metavar="RATE", help="%(default)s")
    add("--schedule", choices=SCHEDULES, default="constant", help="%(default)s by default")
    add("--epochs", type=int, default=100, metavar="N", help="%(default)s")
    add("--batch-size", type=int, default=32, metavar="N", help="of all processes: %(default)s")
    add("--patience", type=int, metavar="N", help="epochs without a lower loss before the end")
    add("--keep-best", action="store_true", help="keep the model with the least validation loss")


def _add_files(add: Add) -> None:
    add("--history", type=Path, metavar="FILE", help="where to write the losses, as JSON")
    add("--picture", type=Path, metavar="FILE", help="where to draw them, such as losses.svg")
    add("--parameters", type=Path, metavar="FILE", help="where to write the model, as JSON")
    add("--checkpoint", type=Path, metavar="FILE", help="where to keep the state of the run")
    add("--checkpoint-every", type=int, default=1, metavar="N", help="epochs: %(default)s")
    add("--resume", action="store_true", help="go on from the checkpoint, with the same options")


def _add_run(add: Add) -> None:
    add("--seed", type=int, default=0, metavar="N", help="%(default)s")
    add("--device", help="by default a GPU if there is one, else cpu")
    add("--dtype", choices=["float32", "float64"], default="float32", help="%(default)s by default")
    add("--quiet", action="store_true", help="show no progress")


if __name__ == "__main__":
    main()
