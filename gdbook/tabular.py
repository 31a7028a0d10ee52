r"""Tables of one's own: samples from a CSV, and features of one size.

What is missing or no number is refused with its line and its column. Weights that were found
for standardised features are taken back to the units of the file.
"""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdbook._checks import Array, real_array

__all__ = ["CsvSamples", "Standardisation", "read_csv", "standardisation"]

_MISSING = {"", "?", "-", ".", "na", "n/a", "nan", "null", "none"}


@dataclass(frozen=True, eq=False)
class CsvSamples:
    r"""Samples from a CSV, and what its columns are called.

    $$(x_i, y_i), \qquad i = 1, \dots, n$$

    Args:
        X: Features, shape `(n_samples, n_features)`.
        y_true: Targets, shape `(n_samples,)`: numbers, or places in `labels`.
        features: The names of the features, in the order of their columns.
        target: The name of the target.
        labels: What the places in `y_true` mean, in the order of the alphabet; empty where the
            targets are numbers.

    Examples:
        >>> import numpy as np
        >>> from gdbook import CsvSamples
        >>> CsvSamples(np.eye(2), np.array([1, 0]), ("a", "b"), "kind", ("lily", "rose")).labels
        ('lily', 'rose')
    """

    X: Array
    y_true: NDArray[np.float64] | NDArray[np.int64]
    features: tuple[str, ...]
    target: str
    labels: tuple[str, ...]


def read_csv(
    path: str | os.PathLike[str],
    *,
    target: str | None = None,
    features: Sequence[str] | None = None,
    delimiter: str = ",",
) -> CsvSamples:
    r"""Return the samples of a CSV file, one a line, below a header.

    $$(x_i, y_i), \qquad i = 1, \dots, n$$

    The target may be text: its distinct values are the labels, and a sample has the place of
    its label. Blank lines are skipped.

    Args:
        path: The file, in UTF-8.
        target: The column of the targets; by default the last one.
        features: The columns of the features; by default all others. They hold numbers.
        delimiter: What stands between two cells.

    Returns:
        The samples, and the names of their columns.

    Raises:
        TypeError: `path` is no path, `features` is text, or `delimiter` is not one character.
        ValueError: The file is no CSV in UTF-8, has no samples, or a header with an empty name or
            with one name twice; a column does not exist; a line has more cells than the header,
            or fewer; a cell is empty, stands for a missing value such as `NA` or `?`, or is a
            feature and no finite number.
        OSError: The file cannot be read.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from gdbook import read_csv
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "flowers.csv")
        ...     _ = path.write_text("height,kind\n0.5,rose\n1.5,lily\n", encoding="utf-8")
        ...     flowers = read_csv(path)
        >>> flowers.X[:, 0], flowers.y_true, flowers.labels
        (array([0.5, 1.5]), array([1, 0]), ('lily', 'rose'))

    Source:
        Y. Shafranovich, *Common Format and MIME Type for CSV Files*, RFC 4180, 2005.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path is {path!r}: pass the path of a CSV file.")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise TypeError(f"delimiter is {delimiter!r}: pass one character, such as ';'.")
    lines = _lines(path, delimiter)
    _, header = next(lines, (0, []))
    target, features = _columns(path, header, target, features)
    rows = [(f"{path}, line {number}", _named(path, number, header, row)) for number, row in lines]
    if not rows:
        raise ValueError(f"{path} has no samples: pass a file with lines below its header.")
    numbers = [[_number(place, name, row[name]) for name in features] for place, row in rows]
    y_true, labels = _targets([_text(place, target, row[target]) for place, row in rows])
    return CsvSamples(np.array(numbers), y_true, tuple(features), target, labels)


def _lines(path: str | os.PathLike[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not blank, with the numbers that an editor gives them."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:  # noqa: PTH123 - a path may be text
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, [cell.strip() for cell in row]
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not in UTF-8: save it as CSV UTF-8. {error}") from error
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num} is no CSV: {error}.") from error


def _columns(
    path: object, header: list[str], target: str | None, features: Sequence[str] | None
) -> tuple[str, Sequence[str]]:
    if not header:
        raise ValueError(f"{path} is empty: pass a file with a header and samples.")
    if "" in header or len({*header}) < len(header):
        raise ValueError(f"{path} has the header {header}: give each column a name of its own.")
    if isinstance(features, str):
        raise TypeError(f"features is {features!r}: pass a list of names, such as [{features!r}].")
    target = header[-1] if target is None else target
    features = [name for name in header if name != target] if features is None else features
    for name in (target, *features):
        if name not in header:
            advice = " Is the delimiter another one?" if len(header) == 1 else ""
            raise ValueError(f"{path} has no column {name!r}: pass one of {header}.{advice}")
    if not features or target in features or len({*features}) < len(features):
        raise ValueError(
            f"features is {list(features)} beside the target {target!r}: pass one column or more, "
            "each once, without the target."
        )
    return target, features


def _named(path: object, number: int, header: list[str], row: list[str]) -> dict[str, str]:
    if len(row) != len(header):
        raise ValueError(
            f"{path}, line {number} has {len(row)} cells, and the header {len(header)}: write as "
            "many, with text that holds the delimiter in double quotes."
        )
    return dict(zip(header, row, strict=True))


def _text(place: str, name: str, cell: str) -> str:
    if cell.lower() in _MISSING:
        raise ValueError(
            f"{place}, column {name!r} is missing ({cell!r}): fill it in, or leave the line out."
        )
    return cell


def _number(place: str, name: str, cell: str) -> float:
    number = _as_number(_text(place, name, cell))
    if number is None or not isfinite(number):
        raise ValueError(
            f"{place}, column {name!r} is {cell!r}: write a finite number, or leave the column out "
            "of the features."
        )
    return number


def _as_number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _targets(
    texts: list[str],
) -> tuple[NDArray[np.float64] | NDArray[np.int64], tuple[str, ...]]:
    numbers = [_as_number(text) for text in texts]
    known = [number for number in numbers if number is not None and isfinite(number)]
    if len(known) == len(texts):
        return np.array(known), ()
    labels = sorted({*texts})
    return np.array([labels.index(text) for text in texts], dtype=np.int64), tuple(labels)


@dataclass(frozen=True, eq=False)
class Standardisation:
    r"""The mean and the spread of each feature, and the way there and back.

    Args:
        mean: The mean of each feature, shape `(n_features,)`.
        spread: Its standard deviation; 1 where a feature has the same value in all samples.

    Examples:
        >>> import numpy as np
        >>> from gdbook import Standardisation
        >>> Standardisation(np.array([2.0]), np.array([0.5])).apply([[2.0], [3.0]])
        array([[0.],
               [2.]])
    """

    mean: Array
    spread: Array

    def apply(self, X: ArrayLike) -> Array:
        r"""Return features of mean 0 and standard deviation 1.

        $$x'_j = \frac{x_j - m_j}{s_j}$$

        Args:
            X: Features in their own units, shape `(n_samples, n_features)`.

        Returns:
            The features, in the same shape.

        Raises:
            TypeError: `X` does not hold real numbers.
            ValueError: `X` is not finite, or has another number of features.

        Examples:
            >>> from gdbook import standardisation
            >>> standardisation([[1.0], [3.0]]).apply([[5.0]])
            array([[3.]])
        """
        features = real_array("X", X)
        if features.ndim != 2 or features.shape[1] != len(self.mean):
            raise ValueError(f"X has shape {features.shape}: pass (n_samples, {len(self.mean)}).")
        with np.errstate(over="ignore"):
            scaled: Array = (features - self.mean) / self.spread
        return scaled

    def undo(self, params: ArrayLike) -> Array:
        r"""Return the parameters that predict the same from features in their own units.

        $$w_j = \frac{w'_j}{s_j}, \qquad b = b' - \sum_j w_j m_j$$

        Args:
            params: Weights $w'$ and, in the last row, the intercept $b'$, of a model of
                standardised features; shape `(n_features + 1,)` or `(n_features + 1, n_outputs)`.

        Returns:
            Weights and intercept, in the same shape.

        Raises:
            TypeError: `params` does not hold real numbers.
            ValueError: `params` is not finite, or has another number of rows.

        Examples:
            >>> from gdbook import standardisation
            >>> standardisation([[1.0], [3.0]]).undo([4.0, 10.0])
            array([4., 2.])
        """
        numbers = real_array("params", params)
        if numbers.ndim not in (1, 2) or len(numbers) != len(self.mean) + 1:
            raise ValueError(
                f"params have shape {numbers.shape}: pass {len(self.mean) + 1} rows, the weights "
                "and then the intercept."
            )
        with np.errstate(all="ignore"):
            weights = (numbers[:-1].T / self.spread).T
            return np.concatenate([weights, numbers[-1:] - self.mean @ weights])


def standardisation(X: ArrayLike) -> Standardisation:
    r"""Return what brings features to mean 0 and standard deviation 1.

    $$m_j = \frac1n \sum_{i=1}^{n} x_{ij}, \qquad
    s_j = \sqrt{\frac1n \sum_{i=1}^{n} (x_{ij} - m_j)^2}$$

    Others call it normalisation, or feature scaling. Take it from the samples that are trained
    on, and apply it to all others.

    Args:
        X: Features, shape `(n_samples, n_features)`.

    Returns:
        The way there and back. A feature without spread is only centred.

    Raises:
        TypeError: `X` does not hold real numbers.
        ValueError: `X` is empty, not finite, or no matrix.

    Examples:
        >>> from gdbook import standardisation
        >>> scaling = standardisation([[1.0, 5.0], [3.0, 5.0]])
        >>> scaling.mean, scaling.spread
        (array([2., 5.]), array([1., 1.]))
    """
    features = real_array("X", X)
    if features.ndim != 2:
        raise ValueError(f"X has shape {features.shape}: pass (n_samples, n_features).")
    size = abs(features).max(axis=0)
    unit = np.where(size > 0, size, 1.0)  # sums and squares of large numbers would overflow
    shares = features / unit
    is_flat = (features == features[0]).all(axis=0)
    spread = np.where(is_flat, 1.0, shares.std(axis=0) * unit)
    return Standardisation(shares.mean(axis=0) * unit, spread)
