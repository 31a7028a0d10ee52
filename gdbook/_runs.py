"""What the records of all runs have in common, of NumPy and of torch."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Run(Protocol):
    """Numbers of epochs, and a loss for each."""

    @property
    def epochs(self) -> Any:
        """The number of epochs done, one for each row."""

    @property
    def losses(self) -> Any:
        """The loss, one for each row."""


def curves(histories: Mapping[str, Run]) -> dict[str, dict[int, float]]:
    """Return the loss by epoch under each label; losses on validation data are their own curve."""
    if not isinstance(histories, Mapping):
        raise TypeError(
            f"histories is of type {type(histories).__name__}: pass a mapping from label to run."
        )
    if not histories:
        raise ValueError("histories is empty: pass at least one run and its label.")
    found: dict[str, dict[int, float]] = {}
    for label, run in histories.items():
        if not isinstance(label, str):
            raise TypeError(f"the label {label!r} of a run is no text: pass text.")
        for name, losses in _losses(label, run).items():
            if name in found:
                raise ValueError(f"{name!r} is the name of two curves: pass other labels.")
            found[name] = dict(zip(map(int, run.epochs), map(float, losses), strict=True))
    return found


def _losses(label: str, run: Run) -> dict[str, Sequence[float]]:
    if not (hasattr(run, "epochs") and hasattr(run, "losses")):
        raise TypeError(f"histories[{label!r}] is {run!r}: pass the record of a run.")
    validation = getattr(run, "validation_losses", ())
    return {label: run.losses} | ({f"{label}, validation": validation} if len(validation) else {})
