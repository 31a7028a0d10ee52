"""Trainings for one process or, under torchrun, several; each process writes what it saw.

`torchrun --nproc-per-node=2 tests/package/processes.py FOLDER` runs all of them,
`torchrun --nproc-per-node=2 tests/package/processes.py` one in which the second process fails.
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


def run(loader, **options):
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    options = {"epochs": 2, "seed": 3, "device": "cpu", **options}
    return outcome(model, train(model, nn.MSELoss(), loader, optimizer, **options))


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
    "with validation": lambda: run(
        DataLoader(samples(6), batch_size=4), validation=DataLoader(samples(5, 2), batch_size=3)
    ),
}


class Noisy(Dataset):
    """Samples with noise from all generators that are shared; it may kill its process."""

    def __init__(self, kill_after=None):
        self.samples = samples(8)
        self.kill_after = kill_after
        self.n_seen = 0

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        self.n_seen += 1
        if self.kill_after is not None and self.n_seen > self.kill_after:
            os.kill(os.getpid(), 9)
        x, y = self.samples[index]
        return x + random.random() + np.random.rand() + torch.rand(3), y


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


def main(folder):
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
    (folder / f"{dist.get_rank()}.json").write_text(json.dumps(facts), encoding="utf-8")
    dist.destroy_process_group()


class Broken(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        if index == 3:
            raise OSError("the sample of the second process cannot be read")
        return torch.ones(3, dtype=torch.float64), torch.ones(1, dtype=torch.float64)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        run(DataLoader(Broken(), batch_size=2))
