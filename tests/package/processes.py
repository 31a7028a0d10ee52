"""Trainings for one process or, under torchrun, several; each process writes what it saw.

`torchrun --nproc-per-node=2 tests/package/processes.py train_all FOLDER` runs most of them,
`resume_wide FOLDER` one that is interrupted, and `fail` one in which the second process fails.
"""

import io
import json
import os
import random
import runpy
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import (
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    TensorDataset,
)

from gdbook.training import train

COMMAND = "thirteen_features --model mlp --batch-size 33 --epochs 2 --dtype float64 --device cpu"


def samples(n_samples, seed=0):
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n_samples, 3, dtype=torch.float64, generator=generator)
    return TensorDataset(X, X.sum(dim=1, keepdim=True).sin())


def network(*layers):
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), *layers, nn.Linear(4, 1)).double()


def outcome(model, history):
    return {
        "losses": history.losses,
        "validation_losses": history.validation_losses,
        "state": {name: value.tolist() for name, value in model.state_dict().items()},
    }


def run(loader, model=None, **options):
    model = model or network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    options = {"epochs": 2, "seed": 3, "device": "cpu", **options}
    return outcome(model, train(model, nn.MSELoss(), loader, optimizer, **options))


class Idle(nn.Module):
    """A network beside a layer that has no use."""

    def __init__(self):
        super().__init__()
        self.used, self.idle = network(), nn.Linear(3, 1).double()

    def forward(self, x):
        return self.used(x)


SAME_IN_ANY_NUMBER_OF_PROCESSES = {
    "a last batch of one sample": lambda: run(DataLoader(samples(7), batch_size=3)),
    "batches of one sample": lambda: run(DataLoader(samples(3), batch_size=1)),
    "one batch of an odd size": lambda: run(DataLoader(samples(5), batch_size=5)),
    "shuffled by the seed": lambda: run(DataLoader(samples(7), batch_size=3, shuffle=True)),
    "shuffled by a generator": lambda: run(
        DataLoader(
            samples(7), batch_size=3, shuffle=True, generator=torch.Generator().manual_seed(9)
        )
    ),
    "loaded by a worker": lambda: run(
        DataLoader(samples(7), batch_size=3, shuffle=True, num_workers=1)
    ),
    "with parameters without a use": lambda: run(DataLoader(samples(7), batch_size=3), Idle()),
    "with validation": lambda: run(
        DataLoader(samples(6), batch_size=4), validation=DataLoader(samples(5, 2), batch_size=3)
    ),
}


class Noisy(Dataset):
    """Samples with noise from shared generators and one of their own; may kill the process."""

    def __init__(self, kill_after=None):
        self.samples = samples(8)
        self.generator = torch.Generator().manual_seed(6)
        self.kill_after = kill_after
        self.n_seen = 0

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        self.n_seen += 1
        if self.kill_after is not None and self.n_seen > self.kill_after:
            os.kill(os.getpid(), 9)
        x, y = self.samples[index]
        noise = torch.rand(3) + torch.rand(3, generator=self.generator)
        return x + random.random() + np.random.rand() + noise, y


def restless_run(checkpoint=None, *, epochs=4, resume=False, kill_after=None):
    """Train with everything that has a state: resuming it exactly takes a whole checkpoint."""
    model = network(nn.BatchNorm1d(4), nn.Dropout(0.5))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    history = train(
        model,
        nn.MSELoss(),
        DataLoader(
            Noisy(kill_after),
            batch_size=4,
            shuffle=True,
            generator=torch.Generator().manual_seed(5),
        ),
        optimizer,
        epochs=epochs,
        scheduler=torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.5),
        validation=DataLoader(Noisy(), batch_size=4),
        checkpoint=checkpoint,
        resume=resume,
        device="cpu",
        seed=0,
    )
    return {
        **outcome(model, history),
        "optimizer": repr(optimizer.state_dict()),
        "draws": [random.random(), np.random.rand(), torch.rand(1).item()],
    }


def wide_run(checkpoint=None, **options):
    """Train a model that is large enough for the order of its sums to show."""
    torch.manual_seed(2)
    model = network(nn.Linear(4, 40), nn.Tanh(), nn.Linear(40, 4))
    options |= {"model": model, "checkpoint": checkpoint}
    return run(DataLoader(samples(64), batch_size=16), **options)


class Endless(IterableDataset):
    def __iter__(self):
        yield from samples(2)


def refusal(loader):
    try:
        run(loader)
    except TypeError as error:
        return str(error)


def not_finite():
    """Let only the second process have a sample that is not a number."""
    X, y = samples(4).tensors
    y[3] = torch.nan
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    try:
        train(model, nn.MSELoss(), DataLoader(TensorDataset(X, y), 2), optimizer, epochs=1)
    except FloatingPointError as error:
        return str(error)


def count_writes():
    """Return a list that gets longer with each checkpoint; make the disk a slow one."""
    written, replace = [], Path.replace

    def slowly(path, target):
        time.sleep(0.5)
        written.append(target)
        return replace(path, target)

    Path.replace = slowly
    return written


def command(folder):
    """Run the command as `torchrun -m gdbook.training` would."""
    sys.argv = ["training", *COMMAND.split(), "--history", str(folder / "history.json")]
    with redirect_stdout(io.StringIO()) as output:
        runpy.run_module("gdbook.training", run_name="__main__")
    return output.getvalue()


def train_all(folder):
    facts = {name: function() for name, function in SAME_IN_ANY_NUMBER_OF_PROCESSES.items()}
    facts["group is left"] = not dist.is_initialized()
    written = count_writes()
    facts["never interrupted"] = restless_run()
    restless_run(folder / "checkpoint.pt", epochs=2)
    content = torch.load(folder / "checkpoint.pt", weights_only=True)
    facts["epochs in the checkpoint"] = len(content["losses"])
    facts["resumed"] = restless_run(folder / "checkpoint.pt", resume=True)
    facts["checkpoints"] = len(written)
    facts["refusals"] = [
        refusal(DataLoader(Endless(), batch_size=1)),
        refusal(DataLoader(samples(3), batch_size=None)),
        refusal(DataLoader(samples(4), sampler=DistributedSampler(samples(4), 2, 0))),
    ]
    with redirect_stderr(io.StringIO()) as bar:
        run(DataLoader(samples(2)), progress=True)
    facts["bar"] = bar.getvalue()
    facts["command"] = command(folder)
    dist.init_process_group("gloo")
    run(DataLoader(samples(4)))
    facts["group of the caller stays"] = dist.is_initialized()
    facts["not finite"] = not_finite()
    write(folder, dist.get_rank(), facts)
    dist.destroy_process_group()


def write(folder, rank, facts):
    (folder / f"{rank}.json").write_text(json.dumps(facts), encoding="utf-8")


def resume_wide(folder):
    facts = {"never interrupted": wide_run(epochs=6)}
    wide_run(folder / "checkpoint.pt", epochs=3)
    facts["resumed"] = wide_run(folder / "checkpoint.pt", epochs=6, resume=True)
    write(folder, os.environ["RANK"], facts)


class Broken(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        if index == 3:
            raise OSError("the sample of the second process cannot be read")
        return torch.ones(3, dtype=torch.float64), torch.ones(1, dtype=torch.float64)


def fail():
    run(DataLoader(Broken(), batch_size=2))


if __name__ == "__main__":
    task = {"train_all": train_all, "resume_wide": resume_wide, "fail": fail}[sys.argv[1]]
    task(*map(Path, sys.argv[2:]))
