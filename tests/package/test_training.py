import json
import random
import subprocess
import sys
from dataclasses import FrozenInstanceError
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import processes
import torch
from torch import nn
from torch.optim import SGD, Adagrad, Adam
from torch.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from torch.utils.data import DataLoader, IterableDataset, RandomSampler, Sampler, TensorDataset
from tqdm import tqdm

import gdbook
from gdbook import (
    check_grad,
    gradient_descent,
    linear_model,
    squared_error,
    stochastic_gradient_descent,
    twenty_points,
)
from gdbook.training import __main__ as training_command
from gdbook.training import autograd_objective, train

MSE = nn.MSELoss()


def test_gradient_is_autograds():
    objective = autograd_objective(lambda p: (p**3).sum())
    params = np.array([1.0, -2.0, 3.0])
    assert objective.value(params) == 20.0
    np.testing.assert_array_equal(objective.gradient(params), [3.0, 12.0, 27.0])
    value, gradient = objective.value_and_gradient(params)
    assert value == 20.0
    np.testing.assert_array_equal(gradient, [3.0, 12.0, 27.0])


def test_one_loop_serves_formulas_and_autograd_alike():
    X, y_true = np.array([[1.0], [2.0], [3.0]]), np.array([2.1, 3.9, 6.2])

    def function(params):
        y_pred = torch.from_numpy(X) @ params[:-1] + params[-1]
        return ((y_pred - torch.from_numpy(y_true)) ** 2 / 2).mean()

    runs = [
        gradient_descent(objective, [1.0, 0.0], learning_rate=0.1, epochs=50)
        for objective in (linear_model(X, y_true), autograd_objective(function))
    ]
    np.testing.assert_allclose(runs[0].params, runs[1].params, rtol=1e-12)


def test_autograd_of_torch_is_what_check_grad_finds_right():
    assert check_grad(autograd_objective(lambda p: torch.tanh(p).sum()), [0.3, -2.0]).passed


def test_params_of_the_caller_are_left_alone():
    params = np.array([1.0, 2.0])

    def greedy(tensor):
        with torch.no_grad():
            tensor.mul_(10)
        return tensor.sum()

    autograd_objective(greedy).gradient(params)
    np.testing.assert_array_equal(params, [1.0, 2.0])


@pytest.mark.parametrize("params", [np.arange(3.0)[::-1], np.array([2.0, 1.0, 0.0], dtype=">f8")])
def test_params_may_lie_in_memory_as_they_like(params):
    gradient = autograd_objective(lambda p: (p**2).sum()).gradient(params)
    np.testing.assert_array_equal(gradient, [4.0, 2.0, 0.0])


def test_numpy_gets_float64_from_a_dtype_that_it_does_not_have():
    objective = autograd_objective(lambda p: (p**2).sum(), dtype=torch.bfloat16)
    assert objective.gradient(np.array([0.0, 2.0])).tolist() == [0.0, 4.0]


def test_torch_computes_in_the_dtype_and_numpy_gets_float64():
    seen = []
    objective = autograd_objective(lambda p: seen.append(p.dtype) or p * p, dtype=torch.float32)
    gradient = objective.gradient(np.array(0.1))
    assert seen == [torch.float32]
    assert gradient.dtype == np.float64
    assert gradient == 2 * np.float32(0.1)


def test_function_that_returns_several_numbers_is_refused():
    with pytest.raises(ValueError, match=r"returned shape \(2,\): return one number"):
        autograd_objective(lambda p: p).value(np.ones(2))


def test_function_that_returns_no_tensor_is_refused():
    with pytest.raises(TypeError, match=r"returned 3\.0: return a tensor"):
        autograd_objective(lambda _: 3.0).value(np.ones(2))


@pytest.mark.parametrize(
    "function", [lambda p: p.detach().sum(), lambda _: torch.ones(1, requires_grad=True)]
)
def test_function_that_does_not_depend_on_its_params_is_refused(function):
    with pytest.raises(ValueError, match="does not depend on the parameters"):
        autograd_objective(function).gradient(np.ones(2))


LINE = np.array([[0.5], [-1.0], [2.0], [0.1]]), [1.0, 0.0, 3.5, 0.1]


def line_loss(params, X, y_true):
    return ((X @ params[:-1] + params[-1] - y_true) ** 2).mean()


@pytest.mark.parametrize("as_data", [list, np.array, torch.tensor, lambda data: np.array(data)[:]])
def test_function_of_samples_is_trained_by_mini_batches(as_data):
    X, y_true = LINE
    ours = autograd_objective(line_loss, as_data(X.tolist()), as_data(y_true))
    reference = linear_model(X, y_true, loss=squared_error)
    assert ours.n_samples == 4
    rel = 1e-6 if as_data is torch.tensor else 1e-12  # torch makes float32 of lists
    for batch in ([1], [0, 3], np.array([2, 2, 0])):
        at = np.array([0.3, -0.7])
        assert ours.value(at, batch) == pytest.approx(reference.value(at, np.array(batch)), rel=rel)
    runs = [
        stochastic_gradient_descent(
            objective,
            [0.0, 0.0],
            batches=lambda n: np.array_split(np.arange(n), 2),
            learning_rate=0.1,
            epochs=20,
        )
        for objective in (ours, reference)
    ]
    np.testing.assert_allclose(runs[0].params, runs[1].params, rtol=rel)


def test_labels_stay_whole_numbers_and_features_take_the_dtype():
    def function(params, X, labels):
        assert (X.dtype, labels.dtype) == (torch.float32, torch.int64)
        return nn.functional.cross_entropy(X @ params, labels)

    objective = autograd_objective(function, np.ones((3, 2)), [0, 1, 1], dtype=torch.float32)
    assert objective.gradient(np.ones((2, 2)), [1, 2]).shape == (2, 2)


@pytest.mark.parametrize("data", [np.ones((2, 1)), torch.ones((2, 1)).double()])
def test_data_of_the_caller_are_left_alone(data):
    objective = autograd_objective(lambda p, X: (X.mul_(3) * p).sum(), data)
    assert objective.gradient([1.0]) == [6.0]
    assert data.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (([1.0], [1.0, 2.0]), ValueError, r"the data have \[1, 2\] samples along the first axis"),
        ((3.0,), ValueError, r"the data have \[0\] samples"),
        (([],), ValueError, r"the data have \[0\] samples"),
        ((["a"],), TypeError, r"data\[0\] cannot be made a tensor"),
        (([1.0], [None]), TypeError, r"data\[1\] cannot be made a tensor"),
        (([[1.0], [1.0, 2.0]],), TypeError, r"data\[0\] cannot be made a tensor"),
    ],
)
def test_data_that_are_no_samples_are_refused(data, error, message):
    with pytest.raises(error, match=message):
        autograd_objective(line_loss, *data)


@pytest.mark.parametrize(
    ("batch", "error", "message"),
    [
        ([True, False, True, True], TypeError, "batch is a mask: pass indices, such as np.flatn"),
        ([0.0], TypeError, "batch has dtype float64: pass indices"),
        ([], ValueError, r"batch has shape \(0,\): pass one index or more"),
        ([4], ValueError, "batch holds an index of no sample: .*; pass whole numbers from 0 to 3"),
        (2, ValueError, r"batch has shape \(\): pass one index or more, in a row"),
    ],
)
def test_batch_that_is_no_row_of_indices_is_refused(batch, error, message):
    with pytest.raises(error, match=message):
        autograd_objective(line_loss, *LINE).gradient([0.0, 0.0], batch)


def line(weight=0.0, bias=0.0, dtype=torch.float64):
    model = nn.Linear(1, 1, dtype=dtype)
    with torch.no_grad():
        model.weight.fill_(weight)
        model.bias.fill_(bias)
    return model


def points(batch_size=2, dtype=torch.float64, **options):
    """Return a loader of y = 2x at x = 1, 2, 3, 4, 5."""
    x = torch.arange(1.0, 6.0, dtype=dtype)[:, None]
    return DataLoader(TensorDataset(x, 2 * x), batch_size=batch_size, **options)


def sgd(model, lr=0.01, **options):
    return SGD(model.parameters(), lr=lr, **options)


def train_line(model=None, loss=MSE, loader=None, optimizer=None, /, **options):
    """Train a line on the points, on the CPU, unless told otherwise."""
    model = line() if model is None else model
    loader = points() if loader is None else loader
    optimizer = sgd(model) if optimizer is None else optimizer
    return train(model, loss, loader, optimizer, **{"epochs": 2, "device": "cpu", **options})


def scripted(*values):
    """Return a loss that gives these values, one at each call, whatever the model says."""
    numbers = iter(values)
    return lambda outputs, _: 0 * outputs.sum() + next(numbers)


def state_of(model):
    return {name: value.tolist() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("optimizer", [SGD, Adagrad, Adam])
def test_train_does_what_a_loop_written_by_hand_does(optimizer):
    by_hand, trained = processes.network(nn.Dropout()), processes.network(nn.Dropout())
    loader = DataLoader(processes.samples(7), batch_size=3, shuffle=True)
    steps = optimizer(by_hand.parameters(), lr=0.1)
    torch.manual_seed(4)
    for _ in range(3):
        for X, y_true in loader:
            steps.zero_grad()
            MSE(by_hand(X), y_true).backward()
            steps.step()
    torch.manual_seed(4)
    train_line(trained, MSE, loader, optimizer(trained.parameters(), lr=0.1), epochs=3)
    assert state_of(trained) == state_of(by_hand)


def test_train_on_full_batches_walks_the_way_of_gradient_descent():
    X, y_true = twenty_points()
    expected = gradient_descent(linear_model(X, y_true), [0.0, 0.0], learning_rate=0.1, epochs=30)
    model = line()
    dataset = TensorDataset(torch.from_numpy(X), torch.from_numpy(y_true)[:, None])
    optimizer = sgd(model, lr=0.05)  # the mean of squares is twice the mean of half squares
    history = train_line(model, MSE, DataLoader(dataset, batch_size=20), optimizer, epochs=30)
    params = [model.weight.item(), model.bias.item()]
    assert params == pytest.approx(expected.params[-1], rel=1e-12)
    assert history.losses == pytest.approx(2 * expected.losses[:-1], rel=1e-12)


def test_loss_of_an_epoch_is_the_mean_over_samples_even_if_the_last_batch_is_smaller():
    model = line()
    history = train_line(model, MSE, points(batch_size=2), sgd(model, lr=0.0))
    assert history.losses == pytest.approx([4 * (1 + 4 + 9 + 16 + 25) / 5] * 2, rel=1e-15)


def test_losses_of_validation_are_taken_after_the_epoch_without_dropout():
    model = nn.Sequential(line(1.0), nn.Dropout(0.5)).double()
    history = train_line(model, MSE, points(5), sgd(model), validation=points(2))
    model.eval()
    x, y_true = points(5).dataset.tensors
    assert history.validation_losses[-1] == pytest.approx(MSE(model(x), y_true).item(), rel=1e-14)
    assert len(history.validation_losses) == 2


def test_model_is_left_in_training_mode_by_a_run_that_is_over_or_fails(tmp_path):
    train_line(checkpoint=tmp_path / "run.pt")
    resumed, failed = line().eval(), line().eval()
    train_line(resumed, checkpoint=tmp_path / "run.pt", resume=True)
    with pytest.raises(FloatingPointError):
        train_line(failed, scripted(1, torch.nan), points(5), validation=points(5))
    assert resumed.training
    assert failed.training


def test_mean_over_the_batch_of_a_divergence_is_a_mean():
    model = nn.Sequential(line(), nn.LogSigmoid())
    loss = nn.KLDivLoss(reduction="batchmean")
    assert len(train_line(model, loss)) == 2


def test_model_is_left_in_training_mode():
    model = line().eval()
    train_line(model, validation=points())
    assert model.training


@pytest.mark.parametrize(
    ("losses", "epochs", "status"),
    [
        ([5, 4, 3, 2, 1, 0], 6, "completed"),
        ([5, 4, 4, 3, 3, 3], 6, "completed"),
        ([5, 4, 4, 3, 3, 3, 2], 6, "stopped"),
        ([1, 1, 1, 0], 3, "stopped"),
        ([1, 2, 3, 0], 3, "stopped"),
    ],
)
def test_run_stops_where_the_loss_has_not_been_below_its_least_for_the_patience(
    losses, epochs, status
):
    history = train_line(line(), scripted(*losses), points(5), epochs=len(losses), patience=2)
    assert (len(history), history.status) == (epochs, status)
    assert history.losses == tuple(losses[:epochs])


def test_patience_looks_at_the_validation_where_there_is_one():
    loss = scripted(9, 1, 8, 2, 7, 3)  # training, validation, training, …
    history = train_line(line(), loss, points(5), epochs=3, validation=points(5), patience=1)
    assert history.status == "stopped"
    assert history.losses == (9, 8)
    assert history.validation_losses == (1, 2)


def test_history_cannot_be_changed():
    history = train_line()
    with pytest.raises(FrozenInstanceError):
        history.status = "completed"


def test_scheduler_steps_after_each_epoch():
    model = line()
    optimizer = sgd(model, lr=1e-3)
    train_line(model, MSE, points(), optimizer, scheduler=StepLR(optimizer, 2, 0.5), epochs=5)
    assert optimizer.param_groups[0]["lr"] == 1e-3 * 0.5**2


def test_scheduler_of_plateaus_sees_the_loss():
    model = line()
    optimizer = sgd(model, lr=1.0)
    scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    train_line(model, scripted(3, 2, 2, 2), points(5), optimizer, scheduler=scheduler, epochs=4)
    assert optimizer.param_groups[0]["lr"] == 0.25


SCHEDULERS = {
    "LambdaLR": lambda o: LambdaLR(o, lambda epoch: 0.9**epoch),
    "MultiplicativeLR": lambda o: MultiplicativeLR(o, lambda _: 0.9),
    "StepLR": lambda o: StepLR(o, 2, 0.5),
    "MultiStepLR": lambda o: MultiStepLR(o, [2, 3], 0.5),
    "ConstantLR": lambda o: ConstantLR(o, 0.5, 3),
    "LinearLR": lambda o: LinearLR(o, 0.5, 1.0, 5),
    "ExponentialLR": lambda o: ExponentialLR(o, 0.9),
    "PolynomialLR": lambda o: PolynomialLR(o, 9),
    "CosineAnnealingLR": lambda o: CosineAnnealingLR(o, 9),
    "CosineAnnealingWarmRestarts": lambda o: CosineAnnealingWarmRestarts(o, 2),
    "CyclicLR": lambda o: CyclicLR(o, 0.001, 0.01, 3),
    "OneCycleLR": lambda o: OneCycleLR(o, 0.01, total_steps=15),
    "ChainedScheduler": lambda o: ChainedScheduler([StepLR(o, 2), ExponentialLR(o, 0.9)]),
    "SequentialLR": lambda o: SequentialLR(o, [ConstantLR(o, 0.1), ExponentialLR(o, 0.9)], [2]),
    "ReduceLROnPlateau": lambda o: ReduceLROnPlateau(o, patience=0),
}


@pytest.mark.filterwarnings("ignore:.*epoch parameter in `scheduler.step:UserWarning")
@pytest.mark.parametrize(
    ("name", "steps"),
    [
        *((name, "each epoch") for name in SCHEDULERS),
        *((name, "each batch") for name in SCHEDULERS),
    ],
)
def test_each_scheduler_of_torch_does_what_it_does_by_hand_and_is_resumed(name, steps, tmp_path):
    def run(epochs, **options):
        model = line()
        optimizer = sgd(model, lr=0.01, momentum=0.9)
        scheduler = SCHEDULERS[name](optimizer)
        options |= {"epochs": epochs, "scheduler": scheduler, "scheduler_steps": steps}
        train_line(model, MSE, points(), optimizer, **options)
        return state_of(model), optimizer.param_groups[0]["lr"]

    by_hand = line()
    optimizer = sgd(by_hand, lr=0.01, momentum=0.9)
    scheduler = SCHEDULERS[name](optimizer)
    for _ in range(5):
        losses = []
        for x, y_true in points():
            optimizer.zero_grad()
            loss = MSE(by_hand(x), y_true)
            loss.backward()
            optimizer.step()
            losses.append(loss.item() * len(x) / 5)
            if steps == "each batch" and name != "ReduceLROnPlateau":
                scheduler.step()
        if name == "ReduceLROnPlateau":
            scheduler.step(sum(losses))
        elif steps == "each epoch":
            scheduler.step()
    assert run(5) == (state_of(by_hand), optimizer.param_groups[0]["lr"])
    run(2, checkpoint=tmp_path / "run.pt")
    assert run(5, checkpoint=tmp_path / "run.pt", resume=True) == run(5)


def test_best_model_is_kept_if_wanted(tmp_path):
    def run(epochs, *, keep_best, validation=(9, 3, 5, 3, 8), **options):
        model = line()
        scores = iter(validation)

        def loss(outputs, targets):
            if model.training:
                return MSE(outputs, targets)
            return 0 * outputs.sum() + next(scores)

        history = train_line(
            model,
            loss,
            points(),
            sgd(model),
            validation=points(5),
            epochs=epochs,
            keep_best=keep_best,
            **options,
        )
        return state_of(model), history

    kept, history = run(5, keep_best=True)
    after_two, _ = run(2, keep_best=False)
    after_five, _ = run(5, keep_best=False)
    assert history.best_epoch == 2
    assert kept == after_two != after_five
    path = tmp_path / "run.pt"
    assert run(3, keep_best=True, checkpoint=path)[0] == after_two
    resumed, history = run(5, keep_best=True, validation=(3, 8), checkpoint=path, resume=True)
    assert (resumed, history.best_epoch) == (after_two, 2)
    later, history = run(6, keep_best=True, validation=(1,), checkpoint=path, resume=True)
    assert (later, history.best_epoch) == (run(6, keep_best=False, validation=range(6))[0], 6)


def test_gradients_are_clipped_as_torch_does():
    by_hand, trained = line(), line()
    optimizer = sgd(by_hand, lr=0.1)
    for x, y_true in points():
        optimizer.zero_grad()
        MSE(by_hand(x), y_true).backward()
        nn.utils.clip_grad_norm_(by_hand.parameters(), 0.5)
        optimizer.step()
    train_line(trained, MSE, points(), sgd(trained, lr=0.1), epochs=1, max_grad_norm=0.5)
    assert state_of(trained) == state_of(by_hand)
    longest = max(abs(number) for number in (by_hand.weight.item(), by_hand.bias.item()))
    assert longest <= 3 * 0.1 * 0.5


def test_groups_that_a_caller_holds_are_those_of_the_optimizer(tmp_path):
    for resume in (False, True):
        model = line()
        optimizer = Adam(model.parameters(), lr=0.1)
        groups, group = optimizer.param_groups, optimizer.param_groups[0]
        options = {"checkpoint": tmp_path / "run.pt", "resume": resume, "epochs": 2 + resume}
        scheduler = ExponentialLR(optimizer, 0.5)
        train_line(model, MSE, points(), optimizer, scheduler=scheduler, **options)
        assert groups is optimizer.param_groups
        assert group is optimizer.param_groups[0]
        assert group["lr"] == pytest.approx(0.1 * 0.5 ** (2 + resume))


@pytest.mark.parametrize("optimizer", [Adagrad, Adam])
def test_model_loss_data_and_state_of_the_optimizer_take_the_dtype(optimizer):
    model = line(dtype=torch.float32)
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1 / 3))
    steps = optimizer(model.parameters())
    train_line(model, loss, points(dtype=torch.float16), steps, dtype=torch.float64)
    states = [value for state in steps.state.values() for key, value in state.items()]
    assert {value.dtype for value in states if value.ndim} == {torch.float64}
    assert {model.weight.dtype, loss.pos_weight.dtype} == {torch.float64}


def test_data_take_the_dtype_of_the_model_but_labels_stay_whole_numbers():
    model = nn.Linear(1, 3)
    x = torch.arange(4.0, dtype=torch.float64)[:, None]
    loader = DataLoader(TensorDataset(x, torch.tensor([0, 1, 2, 0])), batch_size=4)
    with torch.no_grad():
        expected = nn.functional.cross_entropy(model(x.float()), torch.tensor([0, 1, 2, 0]))
    history = train_line(model, nn.CrossEntropyLoss(), loader, epochs=1)
    assert history.losses == pytest.approx([expected.item()], rel=1e-6)


def test_seed_decides_all_random_numbers():
    first, again, other = (
        (train_line(seed=seed), random.random(), np.random.rand(), torch.rand(1).item())
        for seed in (5, np.int64(5), 6)
    )
    assert first == again
    assert all(a != b for a, b in zip(first[1:], other[1:], strict=True))


@pytest.mark.parametrize(("progress", "shown"), [(True, True), (False, False), (None, False)])
def test_bar_is_shown_if_wanted_and_by_default_only_in_a_terminal(
    progress, shown, capsys, monkeypatch
):
    monkeypatch.setattr(tqdm, "monitor_interval", 0)  # no thread
    train_line(progress=progress)
    assert ("2/2" in capsys.readouterr().err) == shown


def test_default_device_is_cuda_if_there_is_one():
    model = line()
    train(model, MSE, points(), sgd(model), epochs=1)
    assert model.weight.device.type == ("cuda" if torch.cuda.is_available() else "cpu")


class Stream(IterableDataset):
    """The points, one after the other, as often as told."""

    def __init__(self, times=10):
        self.times = iter(range(times))

    def __iter__(self):
        for _ in self.times:
            yield from points().dataset
            return


def test_data_may_come_as_a_stream():
    streamed, indexed = line(), line()
    assert train_line(streamed, MSE, DataLoader(Stream(), batch_size=2)) == train_line(indexed)
    assert state_of(streamed) == state_of(indexed)


@pytest.mark.parametrize("name", ["loader", "validation"])
def test_stream_that_has_ended_is_refused(name):
    options = {"loader": points(), "validation": None, name: DataLoader(Stream(1), batch_size=2)}
    where = {"loader": "epoch 2:", "validation": "epoch 2, validation:"}[name]
    with pytest.raises(ValueError, match=f"{where} the loader gave no batch; pass one that does"):
        train_line(line(), MSE, options["loader"], validation=options["validation"])


def with_running_mean():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.Linear(2, 1)).double()


def test_loss_that_is_not_finite_is_an_error_and_leaves_the_model_as_it_was_before_the_batch():
    x = torch.arange(1.0, 7.0, dtype=torch.float64)[:, None]
    spoilt = x.clone()
    spoilt[5] = torch.nan
    model, expected = with_running_mean(), with_running_mean()
    train_line(expected, MSE, DataLoader(TensorDataset(x[:4], x[:4]), batch_size=2), epochs=1)
    with pytest.raises(FloatingPointError, match="epoch 1, batch 3: the loss is nan"):
        train_line(model, MSE, DataLoader(TensorDataset(spoilt, x), batch_size=2), epochs=1)
    assert state_of(model) == state_of(expected)


def test_update_that_is_not_finite_is_an_error_and_undone():
    model = line(1.0, 1.0)
    with pytest.raises(FloatingPointError, match="epoch 1, batch 1: the parameters after"):
        train_line(model, MSE, points(), sgd(model, lr=1e308))
    assert state_of(model) == state_of(line(1.0, 1.0))


def test_validation_loss_that_is_not_finite_is_an_error():
    x = torch.tensor([[torch.inf]])
    validation = DataLoader(TensorDataset(x, x))
    with pytest.raises(FloatingPointError, match="epoch 1, validation, batch 1: the loss is nan"):
        train_line(validation=validation)


def test_checkpoint_is_left_where_the_loss_is_not_finite(tmp_path):
    path = tmp_path / "checkpoint.pt"
    loss = scripted(5, 4, 3, torch.nan)
    with pytest.raises(FloatingPointError, match="epoch 4, batch 1"):
        train_line(line(), loss, points(5), epochs=9, checkpoint=path, checkpoint_every=2)
    assert torch.load(path, weights_only=True)["losses"] == [5, 4]


@pytest.mark.parametrize(
    ("losses", "patience"), [((5, 4, 3, 2, 1), None), ((5, 4, 4, 4, 4), 4), ((5, 5, 5, 1), 2)]
)
def test_checkpoint_is_written_at_the_end_too(tmp_path, losses, patience):
    path = tmp_path / "checkpoint.pt"
    history = train_line(
        line(),
        scripted(*losses),
        points(5),
        epochs=5,
        patience=patience,
        checkpoint=str(path),
        checkpoint_every=2,
    )
    assert torch.load(path, weights_only=True)["losses"] == list(history.losses)
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_model_in_a_checkpoint_is_that_of_the_end(tmp_path):
    model, loaded = line(), line()
    train_line(model, checkpoint=tmp_path / "checkpoint.pt")
    loaded.load_state_dict(torch.load(tmp_path / "checkpoint.pt", weights_only=True)["model"])
    assert state_of(loaded) == state_of(model)


def test_run_that_is_killed_and_resumed_ends_in_the_same_bits(tmp_path):
    path = tmp_path / "checkpoint.pt"
    code = f"import processes; processes.restless_run({str(path)!r}, kill_after=21)"
    killed = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, check=False)
    assert killed.returncode == -9
    assert len(torch.load(path, weights_only=True)["losses"]) == 2
    assert processes.restless_run(path, resume=True) == processes.restless_run()


class Drifting(nn.Module):
    """A mean squared error, and a number that changes at each look."""

    def __init__(self, *, persistent):
        super().__init__()
        self.register_buffer("looks", torch.ones(()), persistent=persistent)
        self.line = line()

    def forward(self, inputs, targets=None):
        self.looks += 1
        if targets is not None:
            return MSE(inputs, targets) * self.looks
        return self.line(inputs) * self.looks


class Nested(Sampler):
    """Samples in the order of another sampler."""

    def __init__(self, inner):
        self.inner = inner

    def __len__(self):
        return len(self.inner)

    def __iter__(self):
        yield from self.inner


def numpys_numbers():
    model = line()
    optimizer = sgd(model, lr=np.float64(0.01))
    scheduler = LambdaLR(optimizer, lambda epoch: np.exp(-0.1 * epoch))
    return (model, MSE, points(), optimizer), {"scheduler": scheduler}


def buffers_in_no_state():
    model = Drifting(persistent=False)
    return (model, MSE, points(), sgd(model, lr=1e-4)), {}


def loss_with_a_state():
    model = line()
    return (model, Drifting(persistent=True), points(), sgd(model, lr=1e-4)), {}


def generator_inside_a_sampler():
    model, loader = line(), points()
    order = RandomSampler(loader.dataset, generator=torch.Generator().manual_seed(1))
    loader = DataLoader(loader.dataset, sampler=Nested(Nested(order)))
    return (model, MSE, loader, sgd(model)), {}


@pytest.mark.parametrize(
    "make", [numpys_numbers, buffers_in_no_state, loss_with_a_state, generator_inside_a_sampler]
)
def test_run_is_resumed_exactly_with(tmp_path, make):
    def run(epochs, **others):
        arguments, options = make()
        history = train(*arguments, epochs=epochs, device="cpu", **options, **others)
        return history.losses, state_of(arguments[0])

    run(2, checkpoint=tmp_path / "run.pt")
    assert run(5, checkpoint=tmp_path / "run.pt", resume=True) == run(5)


def test_state_that_no_checkpoint_can_hold_is_refused_when_it_is_written(tmp_path):
    class Dated(nn.Linear):
        def get_extra_state(self):
            return Path("today")

    model = Dated(1, 1, dtype=torch.float64)
    with pytest.raises(ValueError, match="a state that PyTorch does not read back from a check"):
        train_line(model, checkpoint=tmp_path / "run.pt")
    assert list(tmp_path.iterdir()) == []


def test_checkpoint_that_was_cut_off_is_refused(tmp_path):
    path = tmp_path / "checkpoint.pt"
    train_line(checkpoint=path)
    whole = path.read_bytes()
    for length in (10, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"checkpoint.pt cannot be read as a checkpoint"):
            train_line(checkpoint=path, resume=True)


def test_refusal_leaves_the_files_of_others_alone(tmp_path):
    other = tmp_path / "run.pt.tmp"
    other.write_text("of somebody else", encoding="utf-8")
    with pytest.raises(ValueError, match="there is no checkpoint"):
        train_line(checkpoint=tmp_path / "run.pt", resume=True)
    assert other.read_text(encoding="utf-8") == "of somebody else"


def test_run_that_was_completed_is_not_trained_again(tmp_path):
    model = line()
    history = train_line(model, checkpoint=tmp_path / "checkpoint.pt")
    resumed = line()
    assert train_line(resumed, checkpoint=tmp_path / "checkpoint.pt", resume=True) == history
    assert state_of(resumed) == state_of(model)


def test_run_that_was_stopped_stays_stopped(tmp_path):
    options = {"epochs": 9, "patience": 1, "checkpoint": tmp_path / "checkpoint.pt"}
    model = line()
    history = train_line(model, MSE, points(), sgd(model, lr=0.0), **options)
    again = train_line(model, MSE, points(), sgd(model, lr=0.0), **options, resume=True)
    assert (len(history), history.status) == (2, "stopped")
    assert again == history


def test_checkpoint_survives_a_write_that_is_interrupted(tmp_path, monkeypatch):
    path = tmp_path / "checkpoint.pt"
    train_line(checkpoint=path)
    before = path.read_bytes()

    def interrupted(_, file):
        file.write(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train_line(checkpoint=path)
    assert path.read_bytes() == before


def changed(**change):
    """Return the arguments and the options of a run, one of them changed."""
    model = change.pop("model", nn.Sequential(nn.Linear(1, 2), nn.Tanh(), nn.Linear(2, 1)))
    optimizer = change.pop("optimizer", sgd)(model)
    if "scheduler" in change:
        change["scheduler"] = change["scheduler"](optimizer)
    arguments = (model, change.pop("loss", MSE), change.pop("loader", points()), optimizer)
    return arguments, {"epochs": 2, "device": "cpu", **change}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"model": nn.Sequential(nn.Linear(1, 3), nn.Tanh(), nn.Linear(3, 1))},
            r"the shape of 0.weight was \(2, 1\), now it is \(3, 1\)",
        ),
        (
            {"model": nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))},
            r"the model was Sequential\( .*Tanh.* now it is Sequential\( .*ReLU",
        ),
        ({"loss": nn.L1Loss()}, "the loss was MSELoss, now it is L1Loss"),
        ({"loss": nn.functional.mse_loss}, "the loss was MSELoss, now it is mse_loss"),
        (
            {"optimizer": lambda model: Adam(model.parameters())},
            "the optimizer was SGD, now it is Adam",
        ),
        (
            {"optimizer": lambda model: sgd(model, lr=0.5)},
            "the optimizer's lr was 0.01, now it is 0.5",
        ),
        (
            {"optimizer": lambda model: SGD([{"params": [p]} for p in model.parameters()], 0.01)},
            r"what is in group 0 of the optimizer was \(2, 1\), \(2,\), .* now it is \(2, 1\)\.",
        ),
        ({"loss": Drifting(persistent=True)}, "the loss was MSELoss, now it is Drifting|looks"),
        (
            {"scheduler": lambda optimizer: StepLR(optimizer, 1)},
            "the scheduler was NoneType, now it is StepLR",
        ),
        ({"loader": points(3)}, "the number of batches of loader was 3, now it is 2"),
        ({"loader": points(shuffle=True)}, "the sampler of loader was SequentialSampler, now"),
        ({"validation": points()}, "the number of samples of validation was missing, now it is 5"),
        (
            {"loader": points(generator=torch.Generator())},
            "the number of generators was 0, now it is 1",
        ),
        ({"dtype": torch.float64}, "the dtype was None, now it is torch.float64"),
        ({"seed": 1}, "the seed was None, now it is 1"),
        ({"epochs": 1}, "epochs is 1, but the checkpoint .* has 2 of them behind it"),
    ],
)
def test_checkpoint_of_another_run_is_refused_and_the_model_left_alone(tmp_path, change, message):
    path = tmp_path / "checkpoint.pt"
    arguments, options = changed()
    train(*arguments, **options, checkpoint=path)
    arguments, options = changed(**change)
    before = state_of(arguments[0])
    with pytest.raises(ValueError, match=message):
        train(*arguments, **options, checkpoint=path, resume=True)
    assert state_of(arguments[0]) == before


@pytest.mark.parametrize(
    "content",
    [b"", b"no checkpoint", b"hello", b"PK\x03\x04", {"weight": torch.ones(1)}, [1, 2], Path()],
)
def test_file_that_is_no_checkpoint_is_refused(tmp_path, content):
    path = tmp_path / "checkpoint.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(ValueError, match=r"checkpoint.pt .*: pass one of train\."):
        train_line(checkpoint=path, resume=True)


def test_checkpoint_of_somebody_else_runs_no_code(tmp_path):
    path, trace = tmp_path / "checkpoint.pt", tmp_path / "trace"

    class Trap:
        def __reduce__(self):
            return Path.touch, (trace,)

    torch.save(dict.fromkeys(["losses", "settings"], Trap()), path)
    with pytest.raises(ValueError, match=r"checkpoint.pt cannot be read .*: pass one of train\."):
        train_line(checkpoint=path, resume=True)
    assert not trace.exists()
    torch.load(path, weights_only=False)
    assert trace.exists()  # the trap is one


WEIGHTS = nn.Parameter(torch.ones(1))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": lambda x: x}, TypeError, "model is of type function: pass a torch.nn.Module"),
        (
            {"model": nn.DataParallel(line())},
            TypeError,
            "model is wrapped in DataParallel: pass model.module",
        ),
        ({"loss": 3}, TypeError, "loss is 3: pass a function of inputs and targets"),
        (
            {"loss": nn.MSELoss(reduction="sum")},
            ValueError,
            "loss has reduction='sum': pass one with reduction='mean'",
        ),
        (
            {"loss": partial(nn.functional.mse_loss, reduction="sum")},
            ValueError,
            "loss has reduction='sum': pass one with reduction='mean'",
        ),
        (
            {"loss": lambda outputs, _: outputs.mean().item()},
            TypeError,
            "epoch 1, batch 1: the loss returned a float: return one number, the mean",
        ),
        (
            {"loss": lambda outputs, _: outputs},
            TypeError,
            r"the loss returned a tensor of shape \(2, 1\)",
        ),
        (
            {"loss": lambda outputs, _: outputs.detach().mean()},
            ValueError,
            "epoch 1, batch 1: the loss does not depend on the parameters",
        ),
        (
            {"loader": [(torch.ones(1, 1), torch.ones(1, 1))]},
            TypeError,
            "loader is of type list: pass a torch.utils.data.DataLoader",
        ),
        ({"loader": None}, TypeError, "loader is of type NoneType"),
        ({"loader": points(6, drop_last=True)}, ValueError, "loader has no batch: pass one that"),
        (
            {"loader": DataLoader(torch.ones(3, 1))},
            TypeError,
            r"epoch 1, batch 1 is a tensor of shape \(1, 1\): let the loader give pairs of tensors",
        ),
        (
            {"loader": DataLoader([(1.0, 2.0, 3.0)])},
            TypeError,
            "epoch 1, batch 1 is a list: let the loader give pairs",
        ),
        (
            {"loader": DataLoader(TensorDataset(torch.ones(3), torch.ones(3)), batch_size=None)},
            TypeError,
            "epoch 1, batch 1 is a list: .* with one or more samples along the first axis",
        ),
        ({"validation": 3}, TypeError, "validation is of type int: pass a torch.utils.data.Data"),
        ({"validation": points(6, drop_last=True)}, ValueError, "validation has no batch"),
        ({"optimizer": lambda _: 0.1}, TypeError, "optimizer is of type float: pass a torch.opt"),
        (
            {"optimizer": lambda model: torch.optim.LBFGS(model.parameters())},
            TypeError,
            "optimizer is LBFGS: pass one that makes one step for each batch",
        ),
        (
            {"optimizer": lambda _: sgd(line())},
            ValueError,
            "optimizer holds parameters that are not the model's: make it from model.parameters()",
        ),
        (
            {"model": line().requires_grad_(requires_grad=False)},
            ValueError,
            "no parameter of the optimizer requires a gradient: unfreeze some",
        ),
        ({"scheduler": lambda _: 0.1}, TypeError, "scheduler is of type float: pass one of torch"),
        (
            {"scheduler": lambda _: StepLR(SGD([WEIGHTS], lr=0.1), 1)},
            ValueError,
            "scheduler is of another optimizer: make it from this one",
        ),
        (
            {"loader": points(5, dtype=torch.float64), "model": nn.Linear(2, 1)},
            RuntimeError,
            "shapes cannot be multiplied",
        ),
        ({"epochs": 0}, ValueError, "epochs is 0: pass 1 or more"),
        ({"epochs": 10**400}, ValueError, r"epochs is 10.*: pass \d+ or less"),
        ({"epochs": 2.0}, TypeError, "epochs is 2.0: pass a whole number"),
        ({"patience": 0}, ValueError, "patience is 0: pass 1 or more"),
        ({"checkpoint_every": 0}, ValueError, "checkpoint_every is 0: pass 1 or more"),
        ({"seed": -1}, ValueError, "seed is -1: pass 0 or more"),
        ({"seed": 2**64}, ValueError, r"seed is \d+: pass \d+ or less"),
        ({"resume": "no", "checkpoint": "run.pt"}, TypeError, "resume is 'no': pass True or False"),
        ({"progress": "no"}, TypeError, "progress is 'no': pass True or False"),
        ({"keep_best": 1}, TypeError, "keep_best is 1: pass True or False"),
        ({"max_grad_norm": 0}, ValueError, r"max_grad_norm is 0\.0: pass a finite number greater"),
        (
            {"scheduler_steps": "often"},
            ValueError,
            "scheduler_steps is 'often': pass 'each epoch' or 'each batch'",
        ),
        *(
            (
                {"loader": DataLoader(TensorDataset(torch.ones(4, 1), targets), batch_size=4)}
                | {"loss": loss},
                ValueError,
                r"the outputs have shape \(4, 1\), the targets \(4,.*: pass equal shapes, such as",
            )
            for targets, loss in [
                (torch.ones(4), lambda outputs, targets: ((outputs - targets) ** 2).mean()),
                (torch.ones(4, 1, 1), MSE),
                (torch.ones(4, 3), MSE),
                (torch.ones(4, 3), partial(nn.functional.l1_loss, reduction="mean")),
                (torch.ones(4, dtype=torch.int64), nn.CrossEntropyLoss()),
            ]
        ),
        (
            {
                "model": nn.Sequential(nn.Linear(1, 1), nn.Flatten(0)),
                "optimizer": sgd,
                "loss": lambda outputs, targets: (outputs - targets).abs().mean(),
            },
            ValueError,
            r"the outputs have shape \(2,\), the targets \(2, 1\)",
        ),
        (
            {"loader": DataLoader([0], collate_fn=lambda _: (torch.ones(3, 1), torch.ones(2, 1)))},
            ValueError,
            "epoch 1, batch 1 has 3 inputs and 2 targets: pass equally many",
        ),
        (
            {"loader": DataLoader(TensorDataset(torch.arange(2)[:, None], torch.ones(2, 1)))},
            TypeError,
            r"epoch 1, batch 1: the model does not take inputs of dtype torch.int64: pass inputs",
        ),
        (
            {"loader": DataLoader(TensorDataset(torch.ones(2, 1), torch.ones(2, 1).long()))}
            | {"loss": nn.BCEWithLogitsLoss()},
            TypeError,
            r"the loss does not take targets of dtype torch.int64: pass targets.float\(\) if they",
        ),
        ({"dtype": "float64"}, TypeError, "dtype is of type str: pass one of torch's"),
        ({"dtype": torch.int64}, ValueError, "dtype is torch.int64: pass one of floating-point"),
        ({"device": 0}, TypeError, "device is 0: pass a name such as 'cpu'"),
        ({"device": "cuda:99"}, ValueError, "device is 'cuda:99', which PyTorch does not find"),
        ({"device": "abacus"}, ValueError, "device is 'abacus', which PyTorch does not find here"),
        ({"device": "meta"}, ValueError, "device is 'meta', which PyTorch does not find here"),
        ({"resume": True}, ValueError, "resume is True without a checkpoint: pass the path of one"),
        ({"checkpoint": 3}, TypeError, "checkpoint is of type int: pass a path"),
        ({"checkpoint": "."}, ValueError, r"checkpoint is the folder \.: pass the path of a file"),
        (
            {"checkpoint": "nowhere/run.pt"},
            ValueError,
            "checkpoint is nowhere/run.pt, but there is no folder nowhere: make it",
        ),
        (
            {"checkpoint": "x" * 300},
            ValueError,
            "checkpoint is x+, where no file can be written: .*File name too long",
        ),
        (
            {"checkpoint": "nowhere.pt", "resume": True},
            ValueError,
            "there is no checkpoint nowhere.pt: pass the path of one, or resume=False",
        ),
        (
            {"checkpoint": "run.pt", "loader": points(num_workers=1, persistent_workers=True)},
            ValueError,
            "loader has persistent_workers, whose random states no checkpoint can hold",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused(change, error, message, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    model = change.get("model", line())
    trainable = model if isinstance(model, nn.Module) else line()
    arguments, options = changed(
        **{"optimizer": lambda _: sgd(trainable), **change, "model": model}
    )
    before = state_of(trainable)
    with pytest.raises(error, match=message):
        train(*arguments, **options)
    assert state_of(trainable) == before


def test_model_that_has_no_shape_yet_is_refused_until_it_has_seen_a_batch():
    model = nn.LazyLinear(1, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"model\.weight has no shape yet: call the model once"):
        train_line(model)
    inputs, _ = next(iter(points()))
    model(inputs)
    assert len(train_line(model)) == 2


def test_process_of_torchrun_wants_the_gpu_of_its_number(monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "99")
    with pytest.raises(ValueError, match="device is 'cuda:99', which PyTorch does not find"):
        train_line(device="cuda")


def command(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["training", *map(str, arguments), "--device", "cpu"])
    training_command.main()


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"])
def test_command_trains_with_each_optimizer(monkeypatch, tmp_path, capsys, optimizer):
    path = tmp_path / "history.json"
    command(monkeypatch, "twenty_points", "--optimizer", optimizer, "--history", path, "--quiet")
    history = json.loads(path.read_text(encoding="utf-8"))
    assert history["status"] == "completed"
    assert len(history["losses"]) == 100
    assert history["losses"][-1] < history["losses"][0]
    assert capsys.readouterr().out == f"loss {history['losses'][-1]:.6g} after 100 epochs\n"


@pytest.mark.parametrize(
    "data",
    [name for name in gdbook.datasets.__all__ if name.endswith(("sample", "points", "features"))],
)
def test_command_trains_on_each_data_set(monkeypatch, capsys, data):
    command(monkeypatch, data, "--epochs", 1)
    assert "after 1 epochs" in capsys.readouterr().out


def houses(folder):
    """Write a file of 60 houses, and return it with its columns."""
    rng = np.random.default_rng(8)
    size, age = rng.uniform(50, 200, size=60).round(1), rng.integers(0, 100, size=60)
    price = (3000 * size - 500 * age + 20000 + rng.normal(0, 5000, size=60)).round()
    rows = "\n".join(",".join(map(str, row)) for row in zip(size, age, price, strict=True))
    path = folder / "houses.csv"
    path.write_text(f"size,age,price\n{rows}\n", encoding="utf-8")
    return path, size, age, price


def test_command_fits_a_file_and_writes_weights_in_its_units(monkeypatch, tmp_path):
    path, size, age, price = houses(tmp_path)
    files = {"--parameters": tmp_path / "model.json", "--picture": tmp_path / "losses.svg"}
    options = ["--learning-rate", 0.3, "--batch-size", 60, "--dtype", "float64", "--epochs", 300]
    command(monkeypatch, path, *options, *(each for pair in files.items() for each in pair))
    model = json.loads(files["--parameters"].read_text(encoding="utf-8"))
    (layer,) = model["layers"]
    expected, *_ = np.linalg.lstsq(np.column_stack([size, age, np.ones(60)]), price)
    np.testing.assert_allclose([*layer["weights"][0], *layer["bias"]], expected, rtol=1e-6)
    assert (model["features"], model["target"], model["labels"]) == (["size", "age"], "price", [])
    assert files["--picture"].read_text(encoding="utf-8").startswith("<?xml")


def test_command_learns_labels_and_keeps_the_best_model(monkeypatch, tmp_path, capsys):
    rng = np.random.default_rng(9)
    X, kinds = rng.normal(size=(90, 2)), np.repeat(["lily", "rose", "tulip"], 30)
    X += 100 + 3 * np.repeat([[0, 0], [1, 0], [0, 1]], 30, axis=0)
    rows = "\n".join(f"{a};{k};{b}" for (a, b), k in zip(X, kinds, strict=True))
    path = tmp_path / "flowers.csv"
    path.write_text(f"a;kind;b\n{rows}\n", encoding="utf-8")
    files = ["--parameters", tmp_path / "m.json", "--history", tmp_path / "h.json"]
    options = ["--target", "kind", "--delimiter", ";", "--model", "mlp", "--hidden", 8]
    options += ["--optimizer", "adam", "--learning-rate", 0.05, "--schedule", "cosine"]
    options += ["--validation", 0.3, "--keep-best", "--patience", 10, "--dtype", "float64"]
    command(monkeypatch, path, *options, *files)
    model = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert (model["features"], model["labels"]) == (["a", "b"], ["lily", "rose", "tulip"])
    first, last = model["layers"]
    scores = np.maximum(X @ np.transpose(first["weights"]) + first["bias"], 0)
    scores = scores @ np.transpose(last["weights"]) + last["bias"]
    assert (np.array(model["labels"])[scores.argmax(axis=1)] == kinds).mean() > 0.85
    history = json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))
    best = min(history["validation_losses"])
    assert f"; on data held out, the least loss was {best:.6g} after" in capsys.readouterr().out


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
@pytest.mark.parametrize("schedule", ["constant", "step", "exponential", "cosine", "plateau"])
def test_command_takes_each_loss_and_schedule(monkeypatch, tmp_path, loss, schedule):
    path = tmp_path / "history.json"
    options = ["--loss", loss, "--schedule", schedule, "--epochs", 40, "--history", path]
    command(monkeypatch, "twenty_points", "--learning-rate", 0.1, *options)
    losses = json.loads(path.read_text(encoding="utf-8"))["losses"]
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("labels", [["no", "yes"], ["0", "1"]])
def test_command_tells_two_labels_apart_by_one_output(monkeypatch, tmp_path, labels):
    path = tmp_path / "cured.csv"
    rows = "\n".join(f"{dose},{labels[dose > 5]}" for dose in range(12))
    path.write_text(f"dose,cured\n{rows}\n", encoding="utf-8")
    model = tmp_path / "model.json"
    options = ["--loss", "cross-entropy", "--learning-rate", 1, "--parameters", model]
    command(monkeypatch, path, *options)
    model = json.loads(model.read_text(encoding="utf-8"))
    ((weights, bias),) = [each.values() for each in model["layers"]]
    assert model["labels"] == labels
    assert 4.5 < -bias[0] / weights[0][0] < 6.5


def test_help_of_the_command_says_what_its_choices_mean(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        command(monkeypatch, "--help")
    text = capsys.readouterr().out
    for word in ("twenty_points", "outliers count less", "half a wave", "houses.csv"):
        assert word in text


def test_command_resumes_what_it_has_kept(monkeypatch, tmp_path):
    def run(name, *arguments):
        mlp = ("thirteen_features", "--model", "mlp", "--hidden", 4, 3, "--optimizer", "adam")
        command(monkeypatch, *mlp, "--history", tmp_path / name, *arguments)
        return (tmp_path / name).read_text(encoding="utf-8")

    kept = ("--checkpoint", tmp_path / "run.pt")
    whole = run("whole.json", "--epochs", 4)
    run("half.json", "--epochs", 2, *kept)
    assert run("resumed.json", "--epochs", 4, *kept, "--resume") == whole


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "data is nowhere: pass the path of a CSV file, or one of one_sample, three"),
        (["three_points", "--target", "y"], "target and features are for CSV files: leave them"),
        (["three_points", "--schedule", "slow"], "argument --schedule: invalid choice: 'slow'"),
        (["three_points", "--loss", "cross-entropy"], "loss is cross-entropy, and the target 'y'"),
        (["three_points", "--validation", 0.1], "validation is 0.1 of 3 samples: pass a share"),
        (["three_points", "--validation", 1], "validation is 1.0 of 3 samples: pass a share"),
        (["three_points", "--keep-best"], "keep_best needs validation data: pass --validation 0.2"),
        (["three_points", "--picture", "a.txt"], "picture is a.txt: pass a name that ends in one"),
        (["kinds.csv", "--loss", "squared"], "loss is squared, and the target 'kind' is text"),
        (["kinds.csv", "--target", "size"], "kinds.csv, line 2, column 'kind' is 'rose': write a"),
        (["kinds.csv", "--target", "age"], "kinds.csv has no column 'age': pass one of ['size',"),
        (["one_kind.csv"], "the target 'kind' is 'rose' in each line: pass two labels"),
        (["missing.csv"], "missing.csv, line 3, column 'size' is missing ('')"),
        (["three_points", "--model", "cubic"], "argument --model: invalid choice: 'cubic'"),
        (["three_points", "--hidden", 4], "hidden is for the model mlp: pass --model mlp"),
        (["three_points", "--model", "mlp", "--hidden", 0], "hidden is 0: pass 1 or more"),
        (["three_points", "--epochs", "many"], "argument --epochs: invalid int value: 'many'"),
        (["three_points", "--epochs", 0], "epochs is 0: pass 1 or more"),
        (["three_points", "--batch-size", 0], "batch_size is 0: pass 1 or more"),
        (["three_points", "--learning-rate", -1], "learning_rate is -1.0: pass a finite number"),
        (["three_points", "--dtype", "int8"], "argument --dtype: invalid choice: 'int8'"),
        (["three_points", "--resume"], "resume is True without a checkpoint"),
        (
            ["three_points", "--history", "nowhere/a.json"],
            "history is nowhere/a.json, but there is no folder nowhere: make it",
        ),
        (["three_points", "--history", "."], "history is the folder .: pass the path of a file"),
    ],
)
def test_command_refuses_wrong_usage_with_exit_code_2(
    monkeypatch, capsys, tmp_path, arguments, message
):
    monkeypatch.chdir(tmp_path)
    Path("kinds.csv").write_text("size,kind\n1,rose\n2,lily\n", encoding="utf-8")
    Path("one_kind.csv").write_text("size,kind\n1,rose\n2,rose\n", encoding="utf-8")
    Path("missing.csv").write_text("size,kind\n1,rose\n,lily\n", encoding="utf-8")
    with pytest.raises(SystemExit) as exit_info:
        command(monkeypatch, *arguments)
    assert exit_info.value.code == 2
    assert f"python -m gdbook.training: error: {message}" in capsys.readouterr().err


def test_command_says_how_it_ended_whatever_else_uses_the_name_of_a_rank(monkeypatch, capsys):
    monkeypatch.setenv("RANK", "1")
    command(monkeypatch, "three_points", "--epochs", 1)
    assert "after 1 epochs" in capsys.readouterr().out


def test_command_ends_with_exit_code_1_if_the_loss_is_not_finite():
    command = ["gdbook.training", "three_points", "--learning-rate", "1e30", "--device", "cpu"]
    result = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr.startswith("python -m gdbook.training: error: epoch 2, batch 1: the loss")
