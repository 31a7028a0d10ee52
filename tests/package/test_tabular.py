import numpy as np
import pytest

from gdbook import (
    binary_cross_entropy_with_logits,
    gradient_descent,
    linear_model,
    read_csv,
    softmax_classifier,
    standardisation,
)


def written(folder, text, encoding="utf-8"):
    path = folder / "data.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_columns_come_by_their_names(tmp_path):
    path = written(tmp_path, "a,b,c\n1,2.5,3\n-4,5e-1, 6 \n")
    data = read_csv(path)
    assert data.X.tolist() == [[1, 2.5], [-4, 0.5]]
    assert data.y_true.tolist() == [3, 6]
    assert (data.features, data.target, data.labels) == (("a", "b"), "c", ())
    data = read_csv(str(path), target="a", features=["c"])
    assert (data.X.tolist(), data.y_true.tolist()) == ([[3], [6]], [1, -4])


def test_text_as_a_target_becomes_labels(tmp_path):
    path = written(tmp_path, 'x,kind\n1,rose\n2,"lily, white"\n3,rose\n')
    data = read_csv(path)
    assert data.labels == ("lily, white", "rose")
    assert data.y_true.tolist() == [1, 0, 1]
    assert data.y_true.dtype == np.int64
    assert softmax_classifier(data.X, data.y_true, n_classes=2).n_samples == 3


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_spreadsheets_write_is_read(tmp_path, newline, mark):
    text = mark + newline.join(['"größe";y', "1;2", "", "3;4", ";", ""])
    data = read_csv(written(tmp_path, text), delimiter=";")
    assert (data.features, data.X.tolist()) == (("größe",), [[1], [3]])


@pytest.mark.parametrize("missing", ["", " ", "?", "NA", "n/a", "NaN", "null", "None", "-"])
def test_missing_value_is_named_by_its_line_and_its_column(tmp_path, missing):
    for column, row in (("a", f"{missing},2"), ("b", f"1,{missing}")):
        path = written(tmp_path, f"a,b\n1,2\n\n{row}\n")
        message = rf"data\.csv, line 4, column '{column}' is missing \('.*'\): fill it in"
        with pytest.raises(ValueError, match=message):
            read_csv(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "data.csv is empty: pass a file with a header and samples"),
        ("a,b\n", "data.csv has no samples: pass a file with lines below its header"),
        ("a,a\n1,2\n", r"has the header \['a', 'a'\]: give each column a name of its own"),
        ("a,\n1,2\n", r"has the header \['a', ''\]"),
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 cells, and the header 2: write as many"),
        ("a,b\n1\n", "line 2 has 1 cells, and the header 2"),
        ("a,b\nRome,2\n", "line 2, column 'a' is 'Rome': write a finite number, or leave the"),
        ("a,b\ninf,2\n", "line 2, column 'a' is 'inf': write a finite number"),
        ("a,b\n1_000,2\n", "line 2, column 'a' is '1_000'"),
        ("a,b\n1,5,2\n", "in double quotes"),
        ("a\n1\n", r"features is \[\] beside the target 'a': pass one column or more"),
        ('a,b\n1,"2\n', "line 2 is no CSV: unexpected end of data"),
    ],
)
def test_what_is_no_table_of_samples_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_csv(written(tmp_path, text))


def test_columns_that_cannot_be_are_refused(tmp_path):
    path = written(tmp_path, "a;b\n1;2\n")
    with pytest.raises(ValueError, match=r"has no column 'b': pass one of \['a;b'\]. Is the delim"):
        read_csv(path, target="b")
    for features in (["b"], ["a", "a"], []):
        with pytest.raises(ValueError, match=r"beside the target 'b': pass one column or more"):
            read_csv(path, delimiter=";", features=features)
    with pytest.raises(TypeError, match=r"features is 'a': pass a list of names, such as \['a'\]"):
        read_csv(path, delimiter=";", features="a")
    with pytest.raises(TypeError, match="delimiter is ';;': pass one character"):
        read_csv(path, delimiter=";;")
    with pytest.raises(TypeError, match="path is 3: pass the path of a CSV file"):
        read_csv(3)
    with pytest.raises(ValueError, match="is not in UTF-8: save it as CSV UTF-8"):
        read_csv(written(tmp_path, "größe,b\n1,2\n", encoding="latin-1"))
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "nowhere.csv")


RNG = np.random.default_rng(6)
SPREADS, MEANS = np.array([1e-6, 1.0, 1e8]), np.array([3.0, -1e4, 1e9])
X = MEANS + SPREADS * RNG.normal(size=(50, 3))


def test_standardised_features_have_the_mean_0_and_the_spread_1():
    scaled = standardisation(X).apply(X)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-9)


def test_weights_in_old_units_are_those_of_least_squares():
    y_true = X @ [2e6, -0.5, 3e-8] + 7
    scaling = standardisation(X)
    line = linear_model(scaling.apply(X), y_true)
    run = gradient_descent(line, np.zeros(4), learning_rate=0.5, epochs=400)
    params = scaling.undo(run.params[-1])
    np.testing.assert_allclose(X @ params[:-1] + params[-1], y_true, rtol=1e-6)
    np.testing.assert_allclose(params[:-1], [2e6, -0.5, 3e-8], rtol=1e-4)


def test_weights_of_several_outputs_are_taken_back_column_by_column():
    scaling, params = standardisation(X), RNG.normal(size=(4, 2))
    back = scaling.undo(params)
    expected = scaling.apply(X) @ params[:-1] + params[-1]
    np.testing.assert_allclose(X @ back[:-1] + back[-1], expected, atol=1e-6)
    np.testing.assert_array_equal(back[:, 0], scaling.undo(params[:, 0]))


def test_feature_without_spread_is_only_centred():
    for number in (0.1, 0.0, 1e200):
        scaling = standardisation([[number, 1.0], [number, 3.0], [number, 2.0]])
        assert scaling.spread[0] == 1
        assert abs(scaling.apply([[number, 2.0]])[0, 0]) <= 1e-15 * number
    assert standardisation([[1e200], [-1e200]]).spread == [1e200]
    assert standardisation([[1.5e308], [1.5e308]]).mean == [1.5e308]


def test_what_cannot_be_standardised_is_refused():
    with pytest.raises(ValueError, match=r"X has shape \(2,\): pass \(n_samples, n_features\)"):
        standardisation([1.0, 2.0])
    with pytest.raises(ValueError, match=r"X has shape \(1, 2\): pass \(n_samples, 3\)"):
        standardisation(X).apply([[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"params have shape \(3,\): pass 4 rows"):
        standardisation(X).undo([1.0, 2.0, 3.0])


def test_logistic_regression_on_a_file_finds_the_weights_of_newtons_method(tmp_path):
    ages, doses = RNG.normal(50, 10, size=80).round(1), RNG.normal(30, 5, size=80).round(1)
    is_cured = RNG.random(80) < 1 / (1 + np.exp(0.2 * (ages - 50) - 0.3 * (doses - 30)))
    lines = [
        f"{a},{d},{'yes' if c else 'no'}" for a, d, c in zip(ages, doses, is_cured, strict=True)
    ]
    data = read_csv(written(tmp_path, "\n".join(["age,dose,cured", *lines])))
    scaling = standardisation(data.X)
    logistic = linear_model(
        scaling.apply(data.X), data.y_true, loss=binary_cross_entropy_with_logits
    )
    run = gradient_descent(logistic, np.zeros(3), learning_rate=2.0, epochs=3000)
    design, params = np.column_stack([data.X, np.ones(80)]), np.zeros(3)
    for _ in range(20):
        p = 1 / (1 + np.exp(-design @ params))
        hessian = design.T @ (design * (p * (1 - p))[:, None])
        params -= np.linalg.solve(hessian, design.T @ (p - is_cured))
    np.testing.assert_allclose(scaling.undo(run.params[-1]), params, rtol=1e-6)
