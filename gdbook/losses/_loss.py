"""What a loss is: a formula, its derivative, and what is known of both."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from gdbook._checks import Array, as_array, at, flag, number_from_0, quiet, real_array, refuse

Formula = Callable[[Any, Any], Any]
Kind = Literal["numbers", "probabilities", "rows", "distributions"]


@dataclass(frozen=True, eq=False, repr=False)
class Loss:
    r"""A loss: how wrong is a prediction, and how does that change with it?

    $$\ell(y, \hat y), \qquad \frac{\partial \ell}{\partial \hat y}, \qquad
    L = \sup_{y, \hat y} \frac{\partial^2 \ell}{\partial \hat y^2}$$

    Call it with targets and predictions, and it returns one loss for each; `derivative` returns
    the derivatives. Both check what they are given, and keep NumPy from warning. The two formulas
    do not: those that use operators only take NumPy arrays, torch tensors, SymPy expressions and
    fractions alike.

    A loss of your own is made like those of this book, by `Loss.with_derivative`. Every function
    that takes a loss takes it.

    Args:
        formula: Takes targets and predictions, float64 arrays of one shape; returns the losses.
        derivative_formula: Takes the same, returns the derivatives.
        smoothness: The smoothness constant $L$: the derivative never changes faster. Where a
            loss takes rows, it is a bound for the eigenvalues of the matrix of second
            derivatives. None where there is no bound, such as at a kink.
        is_quadratic: Whether the second derivative is $L$ everywhere.
        targets: What targets are: `"numbers"`, `"probabilities"`, `"rows"` of numbers, or
            `"distributions"`, rows of probabilities whose sum is 1.
        predictions: What predictions are, likewise. With rows, there is one loss for each row.
        name: The name of the loss. Leave it out where the formula has it.

    Raises:
        TypeError: A formula cannot be called, or an option is not of its type.
        ValueError: `smoothness` is negative or not finite, a quadratic loss has none, or a
            kind is not known.

    Examples:
        >>> import numpy as np
        >>> from gdbook import Loss, linear_model
        >>> @Loss.with_derivative(lambda y_true, y_pred: np.tanh(y_pred - y_true), smoothness=1.0)
        ... def log_cosh(y_true, y_pred):
        ...     return np.logaddexp(y_pred - y_true, y_true - y_pred) - np.log(2)
        >>> log_cosh([0.0, 0.0], [0.0, 1000.0])
        array([  0.        , 999.30685282])
        >>> objective = linear_model([[1.0], [3.0]], [2.0, 6.0], loss=log_cosh)
        >>> objective.gradient(np.array([2.0, 0.0]))
        array([0., 0.])
    """

    formula: Formula
    derivative_formula: Formula
    smoothness: float | None = None
    is_quadratic: bool = False
    targets: Kind = "numbers"
    predictions: Kind = "numbers"
    name: str = ""

    def __post_init__(self) -> None:
        for field in ("formula", "derivative_formula"):
            if not callable(getattr(self, field)):
                raise TypeError(
                    f"{field} is {getattr(self, field)!r}: pass a function of y_true and y_pred."
                )
        for field in ("targets", "predictions"):
            if getattr(self, field) not in get_args(Kind):
                kinds = ", ".join(map(repr, get_args(Kind)))
                raise ValueError(f"{field} is {getattr(self, field)!r}: pass one of {kinds}.")
        known = vars(self)
        if self.smoothness is not None:
            known["smoothness"] = number_from_0("smoothness", self.smoothness)
        if flag("is_quadratic", self.is_quadratic) and self.smoothness is None:
            raise ValueError("smoothness is None: pass the second derivative of a quadratic loss.")
        if hasattr(self.formula, "__name__"):  # a partial has none
            attributes = ("__doc__", "__module__", "__qualname__")
            known |= {each: getattr(self.formula, each, None) for each in attributes}
            known["__wrapped__"] = self.formula  # by it doctest and inspect see a function
        known["name"] = self.name or getattr(self.formula, "__name__", "loss")
        known["__name__"] = self.name

    @classmethod
    def with_derivative(
        cls,
        derivative_formula: Formula,
        *,
        smoothness: float | None = None,
        is_quadratic: bool = False,
        targets: Kind = "numbers",
        predictions: Kind = "numbers",
    ) -> Callable[[Formula], "Loss"]:
        """Return a decorator that makes a loss of its formula.

        Args:
            derivative_formula: As in `Loss`, as are the options.
            smoothness: The smoothness constant.
            is_quadratic: Whether the second derivative is the same everywhere.
            targets: What targets are.
            predictions: What predictions are.

        Returns:
            The decorator. The loss has the name and the docstring of the formula, and is pickled
                by its name, as functions are.
        """

        def decorate(formula: Formula) -> Loss:
            return cls(formula, derivative_formula, smoothness, is_quadratic, targets, predictions)

        return decorate

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """Return one loss for each prediction or row.

        Args:
            y_true: Targets.
            y_pred: Predictions, in the shape of `y_true`.

        Returns:
            The losses.

        Raises:
            TypeError: An argument does not hold real numbers.
            ValueError: The shapes differ, an argument is empty or holds NaN, infinity or what
                the loss does not take, or a formula returned something of another shape.
        """
        return self._apply("formula", y_true, y_pred)

    def derivative(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """Return the derivative of each loss with respect to its prediction.

        Args:
            y_true: Targets.
            y_pred: Predictions, in the shape of `y_true`.

        Returns:
            The derivatives, in the shape of `y_true`.

        Raises:
            TypeError: As for the losses.
            ValueError: As for the losses.
        """
        return self._apply("derivative_formula", y_true, y_pred)

    def _apply(self, name: str, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        with quiet():
            targets = _CHECKS[self.targets]("y_true", y_true)
            predictions = _CHECKS[self.predictions]("y_pred", y_pred)
            if targets.shape != predictions.shape:
                raise ValueError(
                    f"y_true has shape {targets.shape}, y_pred {predictions.shape}: "
                    f"pass equal shapes{_a_column(targets, predictions)}."
                )
            result = np.asarray(getattr(self, name)(_shown(targets), _shown(predictions)))
        per_row = name == "formula" and self.predictions in ("rows", "distributions")
        shape = targets.shape[:-1] if per_row else targets.shape
        if result.dtype.kind not in "iuf" or result.shape != shape:
            raise ValueError(
                f"the {name} of {self.name} returned shape {result.shape} of {result.dtype}: "
                f"return real numbers of shape {shape}."
            )
        numbers: Array = result.astype(np.float64, copy=False)[()]
        return numbers

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> str | tuple[Any, ...]:
        if getattr(sys.modules.get(self.__module__), self.name, None) is self:
            return str(self.name)
        return Loss, tuple(getattr(self, field.name) for field in fields(self))


def _a_column(targets: Array, predictions: Array) -> str:
    """Return how to mend shapes of which one is a column of the other."""
    for name, one, other in (("y_true", targets, predictions), ("y_pred", predictions, targets)):
        if one.shape == (*other.shape, 1):
            return f", such as {name}.ravel()" if other.ndim == 1 else f", such as {name}[..., 0]"
    return ""


def _shown(array: Array) -> Array:
    """Return an array that a formula cannot change."""
    view = array.view()
    view.flags.writeable = False
    return view


def _probabilities(name: str, values: ArrayLike) -> Array:
    """Return numbers from 0 to 1 as float64."""
    advice = ", or use the loss with logits" if name == "y_pred" else ""
    return _from_0_to_1(name, real_array(name, values), advice)


def _rows(name: str, values: ArrayLike) -> Array:
    """Return real numbers with a last axis, the one of the classes, as float64."""
    array = real_array(name, values)
    if array.ndim == 0:
        raise ValueError(f"{name} is one number, {array}: pass a row, one number for each class.")
    return array


def _distributions(name: str, values: ArrayLike) -> Array:
    """Return rows that are distributions, to the precision that they come in, as float64."""
    advice = (
        "; one_hot makes such rows of labels"
        if name == "y_true"
        else ", or use the loss with logits"
    )
    given = as_array(name, values)
    array = _from_0_to_1(name, _rows(name, given), advice)
    is_narrow = given.dtype.kind == "f" and given.dtype.itemsize < array.itemsize
    tolerance = np.sqrt(np.finfo(given.dtype).eps) if is_narrow else 1e-9
    sums = array.sum(axis=-1)
    wrong = abs(sums - 1) > tolerance
    if wrong.any():
        place = np.unravel_index(int(wrong.argmax()), wrong.shape)
        row = f"{name}{at(place)}"
        raise ValueError(f"{row} adds up to {sums[place]}: pass rows of sum 1{advice}.")
    return array


def _from_0_to_1(name: str, array: Array, advice: str) -> Array:
    refuse(name, array, (array < 0) | (array > 1), f"pass numbers from 0 to 1{advice}")
    return array


_CHECKS: dict[Kind, Callable[[str, ArrayLike], Array]] = {
    "numbers": real_array,
    "probabilities": _probabilities,
    "rows": _rows,
    "distributions": _distributions,
}


def checked_loss(loss: Loss) -> Loss:
    """Return a loss, or say how to make one."""
    if not isinstance(loss, Loss):
        raise TypeError(
            f"loss is {loss!r}: pass a Loss, such as squared_error or huber(delta=1.0), or one "
            "that Loss.with_derivative makes."
        )
    return loss


def checked_targets(loss: Loss, name: str, values: ArrayLike) -> Array:
    """Return targets that a loss takes as float64."""
    return _CHECKS[loss.targets](name, values)
