"""Hostile input: what is documented comes back or is raised, without a warning or a change."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gdbook
from gdbook import Loss, Objective, l1_penalty, l2_penalty, linear_model

LARGEST, TINY = np.finfo(np.float64).max, 5e-324
NUMBERS = st.sampled_from(
    [
        *(0, 1, -1, 0.5, 2, 1e308, -LARGEST, TINY, -0.0, np.nan, np.inf, 10**400, 1j, True),
        *(None, "1", b"1", object, [], {}, (1,), Fraction(1, 3), np.float32(0.1), np.bool_(1)),
        *(np.longdouble(1) * 1e300, np.array(1.0), np.datetime64("2020"), np.ma.masked),
    ]
)
ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.float16, np.longdouble]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    elements=st.sampled_from([0.0, 1.0, -1.0, 0.5, 6e4, np.nan, np.inf]),
)
FINITE = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=0, max_dims=2, max_side=3),
    elements=st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e200, -1e200, 1e308, -LARGEST, TINY]),
)
STRANGE = st.sampled_from(
    [
        np.array([True, False, True]),
        np.array(["1", "2", "3"]),
        np.array([1, None, 3], dtype=object),
        np.array([Fraction(1, 2), 2, 10**400], dtype=object),
        np.array([1j, 2, 3]),
        np.array(["2020", "2021"], dtype="datetime64[Y]"),
        np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
        np.array([0, 200, 255], dtype=np.uint8),
        np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]),
        np.ma.array([[1.0], [2.0], [3.0]]),
        [[1.0, 2.0], [3.0]],
        [[1.0], 2.0],
        [np.array([1.0, 2.0]), np.array([1.0])],
        [[1.0], [2.0], [3.0]],
        [0, 1, 1],
        (0.25, 0.75),
        range(3),
        {1.0, 2.0},
        "abc",
        b"abc",
        print,
        iter([1.0, 2.0]),
        [[[[1.0]]]],
        [object()],
        [1.0, np.ma.masked],
    ]
)
ANY = st.one_of(NUMBERS, ARRAYS, FINITE, STRANGE)
ROW, LINE = np.array([0.25, 0.75, 0.0]), linear_model([[1.0], [2.0], [3.0]], [1.0, 0.0, 2.0])
COLUMN = ROW[:, None]


def or_any(*good):
    """Return a strategy of good arguments, and bad ones."""
    return st.one_of(st.sampled_from([*good]), ANY)


def snapshot(value):
    """Return what can be seen of a value."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, np.asarray(value).tobytes()
    return repr(value)


def called(function, *arguments, **options):
    """Return what a function returns, or None where it refuses what it is given."""
    given = [*arguments, *options.values()]
    before = [*map(snapshot, given)]
    try:
        result = function(*arguments, **options)
    except (TypeError, ValueError):
        result = None
    assert [*map(snapshot, given)] == before
    return result


LOSSES = [
    gdbook.squared_error,
    gdbook.half_squared_error,
    gdbook.absolute_error,
    gdbook.huber(delta=0.5),
    gdbook.binary_cross_entropy,
    gdbook.binary_cross_entropy_with_logits,
    gdbook.cross_entropy,
    gdbook.cross_entropy_with_logits,
]
FUNCTIONS = [function for loss in LOSSES for function in (loss, loss.derivative)]


@settings(max_examples=300)
@given(
    function=st.sampled_from(FUNCTIONS),
    y_true=or_any(ROW, COLUMN, [0.25, 0.75]),
    y_pred=or_any(ROW, COLUMN, [0.5, 0.5]),
)
def test_losses_and_derivatives(function, y_true, y_pred):
    result = called(function, y_true, y_pred)
    if result is not None:
        assert result.dtype == np.float64
        assert not np.isnan(result).any()


@given(delta=NUMBERS, y_true=FINITE, data=st.data())
def test_huber(delta, y_true, data):
    loss = called(gdbook.huber, delta=delta)
    if loss is not None:
        finite = st.floats(allow_nan=False, allow_infinity=False)
        y_pred = data.draw(hnp.arrays(np.float64, y_true.shape, elements=finite))
        assert (loss(y_true, y_pred) >= 0).all()
        assert (abs(loss.derivative(y_true, y_pred)) <= float(delta)).all()


@given(labels=or_any([0, 1, 1], np.array([[0], [2]])), n_classes=st.one_of(NUMBERS, st.just(3)))
def test_one_hot(labels, n_classes):
    hot = called(gdbook.one_hot, labels, n_classes)
    if hot is not None:
        np.testing.assert_array_equal(hot.sum(axis=-1), 1)


@given(
    parts=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("formula", "derivative_formula", "smoothness", "is_quadratic", "targets", "name"),
            NUMBERS,
        ),
    )
)
def test_loss(parts):
    good = {"formula": np.add, "derivative_formula": np.subtract, "smoothness": 1.0}
    loss = called(Loss, **good | parts)
    if loss is not None:
        called(loss, ROW, ROW)


def used(objective, params, batch):
    """Use an objective in all ways; what it returns is numbers."""
    for batches in ((), (batch,)):
        value = called(objective.value, params, *batches)
        assert value is None or isinstance(value, float)
        grad = called(objective.gradient, params, *batches)
        assert grad is None or grad.dtype == np.float64
        both = called(objective.value_and_gradient, params, *batches)
        assert (both is None) == (value is None) == (grad is None)


PARAMS, BATCH = or_any(np.zeros(2), np.ones((2, 2)), [1.0, 2.0]), or_any([0], np.array([0, 2]), ROW)


@settings(max_examples=300)
@given(
    X=or_any(COLUMN, np.ones((3, 2)), [[1e200], [-1e200], [0.5]]),
    y_true=or_any(ROW, COLUMN, [0, 1, 1]),
    loss=st.one_of(st.sampled_from(LOSSES), NUMBERS),
    reduction=st.sampled_from(["mean", "sum", "total", None]),
    intercept=st.one_of(st.booleans(), NUMBERS),
    params=PARAMS,
    batch=BATCH,
)
def test_linear_model(X, y_true, loss, reduction, intercept, params, batch):
    options = {"loss": loss, "reduction": reduction, "intercept": intercept}
    objective = called(linear_model, X, y_true, **options)
    if objective is not None:
        used(objective, params, batch)
        called(objective.predict, params, X)
        rate = called(objective.largest_learning_rate)
        assert rate is None or rate >= 0
        if objective.minimizer is not None:
            assert np.isfinite(objective.minimizer()).all()


@settings(max_examples=200)
@given(
    X=or_any(COLUMN, np.ones((3, 1)), [[1e200], [-1e200], [0.5]]),
    labels=or_any([0, 1, 1], np.array([0.0, 1.0, 0.0]), COLUMN),
    n_classes=st.one_of(st.just(2), NUMBERS),
    n_hidden=st.one_of(st.none(), st.just(1), NUMBERS),
    params=or_any(np.zeros((2, 2)), np.ones(6)),
    batch=BATCH,
)
def test_classifiers(X, labels, n_classes, n_hidden, params, batch):
    if n_hidden is None:
        objective = called(gdbook.softmax_classifier, X, labels, n_classes=n_classes)
    else:
        options = {"n_hidden": n_hidden, "n_classes": n_classes}
        objective = called(gdbook.network_classifier, X, labels, **options)
    if objective is not None:
        used(objective, params, batch)
        called(objective.predict, params, X)
        assert objective.curvature is None or objective.curvature() >= 0


@given(
    objective=st.one_of(st.just(LINE), NUMBERS),
    make=st.sampled_from([l1_penalty, l2_penalty]),
    intercept=st.one_of(st.booleans(), NUMBERS),
    factor=NUMBERS,
    params=PARAMS,
    batch=BATCH,
)
def test_penalties_and_sums(objective, make, intercept, factor, params, batch):
    penalty = called(make, objective, intercept=intercept)
    if penalty is not None:
        multiple = called(lambda: factor * penalty)
        if isinstance(multiple, Objective):
            used(objective + multiple, params, batch)


@given(curvature=NUMBERS)
def test_largest_learning_rate(curvature):
    objective = Objective(np.square, np.negative, curvature=lambda: curvature)
    rate = called(objective.largest_learning_rate)
    assert rate is None or rate >= 0
