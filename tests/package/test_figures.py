import math
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gdbook import Objective, gradient_descent
from gdbook.figures import draw_contours, draw_losses, draw_path

SPHERE = Objective(lambda p: p @ p, lambda p: 2 * p)


@pytest.fixture(autouse=True)
def _no_window():
    mpl.use("agg")
    yield
    plt.close("all")


@pytest.fixture
def history():
    return gradient_descent(SPHERE, [2.0, 1.0], learning_rate=0.25, epochs=3)


def test_contours_of_the_sphere_are_circles():
    ax = draw_contours(SPHERE, first=(-1, 1), second=(-1, 1), levels=3)
    (contours,) = ax.collections
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        radii = (path.vertices**2).sum(axis=1)
        np.testing.assert_allclose(radii, level, atol=1e-3)


def test_levels_grow_with_the_square_of_their_number():
    ax = draw_contours(SPHERE, first=(-1, 1), second=(-1, 1), levels=3)
    np.testing.assert_allclose(ax.collections[0].levels, 2 * np.array([1, 4, 9]) / 16)


def test_path_goes_through_the_recorded_params(history):
    (line,) = draw_path(history, label="run").lines
    np.testing.assert_array_equal(line.get_xydata(), history.params)
    assert line.get_label() == "run"


def test_path_has_an_arrow_for_each_step(history):
    arrows = draw_path(history).texts
    np.testing.assert_array_equal([arrow.xy for arrow in arrows], history.params[1:])
    np.testing.assert_array_equal([arrow.xyann for arrow in arrows], history.params[:-1])


def test_losses_are_drawn_against_epochs_under_their_labels(history):
    ax = draw_losses({"one": history, "two": history})
    for line in ax.lines:
        np.testing.assert_array_equal(line.get_xydata().T, [history.epochs, history.losses])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "two"]


def flat_at(height):
    return Objective(lambda _: height, lambda p: 0 * p)


class Trained(NamedTuple):
    """What the record of a training has."""

    losses: tuple
    validation_losses: tuple = ()

    @property
    def epochs(self):
        return range(1, len(self.losses) + 1)


def test_runs_of_numpy_and_of_torch_stand_in_one_figure(history):
    ax = draw_losses({"NumPy": history, "torch": Trained((5.0, 2.0), (4.0, 3.0))})
    names = ["NumPy", "torch", "torch, validation"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == names
    _, trained, validated = ax.lines
    assert trained.get_xydata().tolist() == [[1, 5], [2, 2]]
    assert validated.get_xydata().tolist() == [[1, 4], [2, 3]]
    assert (validated.get_color(), validated.get_linestyle()) == (trained.get_color(), "--")


def test_axes_may_be_logarithmic_and_leave_out_what_has_no_logarithm(history):
    ends_at_0 = gradient_descent(SPHERE, [2.0, 1.0], learning_rate=0.5, epochs=2)
    ax = draw_losses({"a": history, "b": ends_at_0}, x_scale="log", y_scale="log")
    ax.figure.draw_without_rendering()
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.get_ylim()[0] > 1e-3


def test_each_function_draws_into_the_axes_it_is_given(history):
    _, ax = plt.subplots()
    assert draw_contours(SPHERE, first=(0, 1), second=(0, 1), ax=ax) is ax
    assert draw_path(history, ax=ax) is ax
    assert draw_losses({"run": history}, ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_bad_input_is_refused_before_a_figure_is_opened():
    one = gradient_descent(
        Objective(lambda x: x**2, lambda x: 2 * x), 1, learning_rate=0.1, epochs=1
    )
    with pytest.raises(ValueError, match=r"has shape \(\): pass a run on a vector of two"):
        draw_path(one)
    with pytest.raises(ValueError, match="histories is empty"):
        draw_losses({})
    with pytest.raises(TypeError, match="pass a mapping from label to run"):
        draw_losses([one])
    for ends in [(1,), (0, 1, 5), (1, 0), (1, 1)]:
        with pytest.raises(ValueError, match=r"second is .* pass two numbers, the smaller"):
            draw_contours(SPHERE, first=(0, 1), second=ends)
    flat = Objective(lambda _: 2.0, lambda p: 0 * p)
    with pytest.raises(ValueError, match=r"the objective is 2\.0 everywhere"):
        draw_contours(flat, first=(0, 1), second=(0, 1))
    pole = Objective(lambda p: np.inf if p[0] == 0 else 1.0, lambda p: p)
    with pytest.raises(ValueError, match=r"at \[0\.0, 0\.0\] the objective is inf: draw where"):
        draw_contours(pole, first=(0, 1), second=(0, 1))
    for value, error, message in [
        (lambda _: None, TypeError, r"the objective at \[0\.0, 0\.0\] has dtype object"),
        (lambda p: p, ValueError, r"the objective at \[0\.0, 0\.0\] has shape \(2,\)"),
        (lambda p: np.log(p[0] - 0.5), ValueError, r"at \[0\.0, 0\.0\] the objective is nan"),
        (lambda p: math.exp(800 * p[0]), ValueError, r"the objective is nan: draw where"),
    ]:
        with pytest.raises(error, match=message):
            draw_contours(Objective(value, value), first=(0, 1), second=(0, 1))
    with pytest.raises(TypeError, match=r"pass Objective\(value, gradient\)"):
        draw_contours(lambda p: p @ p, first=(0, 1), second=(0, 1))
    with pytest.raises(TypeError, match="the label 3 of a run is no text"):
        draw_losses({3: one})
    with pytest.raises(TypeError, match=r"histories\['a'\] is 3: pass the record of a run"):
        draw_losses({"a": 3})
    for label in ("_a", ""):
        with pytest.raises(ValueError, match=f"the label '{label}' is left out of legends"):
            draw_losses({label: one})
    with pytest.raises(ValueError, match="x_scale is 'cubic': pass 'linear' or 'log'"):
        draw_losses({"a": one}, x_scale="cubic")
    below = gradient_descent(flat_at(-1.0), 1, learning_rate=0.1, epochs=1)
    with pytest.raises(ValueError, match="no loss is above 0, so none can be drawn"):
        draw_losses({"a": below}, y_scale="log")
    with pytest.raises(ValueError, match="levels is 0"):
        draw_contours(SPHERE, first=(0, 1), second=(0, 1), levels=0)
    assert plt.get_fignums() == []
