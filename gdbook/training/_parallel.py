"""One process or several: on which device, and with which part of each batch."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, IterableDataset, Sampler

Loader = DataLoader[Any]

_TORCHRUN = {"LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "RANK", "WORLD_SIZE"}
_GROUPS = count()  # a process that trains twice must not meet what the first time left


class Part(NamedTuple):
    """A process's part of a batch; one that does not count is there for company only."""

    batch: Any
    counts: bool


def existing_device(device: str | torch.device | None) -> torch.device:
    """Return the device, by default CUDA if there is one; a process of torchrun has its own."""
    if device is not None and not isinstance(device, str | torch.device):
        raise TypeError(f"device is {device!r}: pass a name such as 'cpu', or a torch.device.")
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if str(device) == "cuda" and "LOCAL_RANK" in os.environ:
        device = f"cuda:{os.environ['LOCAL_RANK']}"
    try:
        found = torch.device(device)
        torch.zeros(1, device=found).item()
    except (AssertionError, NotImplementedError, RuntimeError) as error:
        raise ValueError(
            f"device is {str(device)!r}, which PyTorch does not find here: pass 'cpu', or a device "
            f"that exists (this machine has {torch.cuda.device_count()} CUDA devices)."
        ) from error
    return found


@contextmanager
def process_group(device: torch.device) -> Iterator[None]:
    """Join the processes that torchrun started, unless the caller has done so."""
    if dist.is_initialized() or not _started_by_torchrun():
        yield
        return
    if device.type == "cuda":  # pragma: no cover - needs a GPU
        torch.cuda.set_device(device)
    backend = "nccl" if device.type == "cuda" else "gloo"
    store, rank, world_size = _meeting_place()
    own = PrefixStore(f"gdbook {next(_GROUPS)}", store)
    dist.init_process_group(backend, store=own, rank=rank, world_size=world_size)
    yield
    # After an error the group stays: others may wait in it, until this process ends and torchrun
    # ends them. Else it goes, after the last cycle that holds it: freed by one, it may hang.
    gc.collect()
    dist.destroy_process_group()


def rank() -> int:
    """Return the number of this process, from 0; torchrun's also before and after they join."""
    if dist.is_initialized():
        return dist.get_rank()
    return int(os.environ["RANK"]) if _started_by_torchrun() else 0


def n_processes() -> int:
    """Return how many processes train together, or will once they have joined."""
    if dist.is_initialized():
        return dist.get_world_size()
    return int(os.environ["WORLD_SIZE"]) if _started_by_torchrun() else 1


def summed(*numbers: float, device: torch.device) -> list[float]:
    """Return the sum of each number over the processes."""
    if n_processes() == 1:
        return list(numbers)
    sums = torch.tensor(numbers, dtype=torch.float64, device=device)
    dist.all_reduce(sums)
    return [float(number) for number in sums]


def gathered(value: Any) -> list[Any]:
    """Return what each process has, in the order of the processes."""
    values = [value] * n_processes()
    if n_processes() > 1:
        dist.all_gather_object(values, value)
    return values


def parallel(model: nn.Module) -> nn.Module:
    """Return the model with gradients that are averaged over the processes."""
    if n_processes() == 1:
        return model
    return DistributedDataParallel(_WithIdle(model), find_unused_parameters=True)


class _WithIdle(nn.Module):
    """A model beside a parameter that has no use.

    Where DistributedDataParallel looks for parameters that have no use, it can train models that
    have some, and it never lays out its buckets anew, which would let a run that is resumed add
    in another order. Where it finds none, it warns that it need not look: so here is one.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.idle = nn.Parameter(torch.zeros((), device=next(model.parameters()).device))

    def forward(self, inputs: torch.Tensor) -> Any:
        return self.model(inputs)


def share_buffers(model: nn.Module) -> None:
    """Give all processes what the first one has beside its parameters, such as running means."""
    if n_processes() > 1:
        for buffer in model.buffers():
            dist.broadcast(buffer, 0)


def check_divisible(name: str, loader: Loader) -> None:
    """Refuse a loader whose batches cannot be divided among the processes."""
    if n_processes() == 1:
        return
    if isinstance(loader.dataset, IterableDataset) or loader.batch_sampler is None:
        raise TypeError(
            f"{name} has no batches of indices, so {n_processes()} processes cannot divide them: "
            "pass a loader with a batch_size, on a dataset that is indexed, or use one process."
        )
    if isinstance(getattr(loader.batch_sampler, "sampler", None), DistributedSampler):
        raise TypeError(
            f"{name} has a DistributedSampler: pass the loader of one process; train divides each "
            "of its batches among the processes."
        )


def parts(loader: Loader) -> Iterator[Part]:
    """Yield this process's part of each batch.

    A process for which a batch has no sample gets a part that does not count, because it has to
    join in the exchange of gradients.
    """
    if n_processes() == 1:
        yield from (Part(batch, counts=True) for batch in loader)
        return
    sampler = _Parts(loader)
    own = DataLoader(
        loader.dataset,
        batch_sampler=sampler,
        num_workers=loader.num_workers,
        collate_fn=loader.collate_fn,
        pin_memory=loader.pin_memory,
        timeout=loader.timeout,
        worker_init_fn=loader.worker_init_fn,
        multiprocessing_context=loader.multiprocessing_context,
        generator=loader.generator,
        prefetch_factor=loader.prefetch_factor,
    )
    for number, batch in enumerate(own):
        yield Part(batch, counts=number not in sampler.borrowed)


class _Parts(Sampler[list[int]]):
    """Every so many indices of each batch; the first process draws the batches for all."""

    def __init__(self, loader: Loader) -> None:
        self.batches = loader.batch_sampler
        self.borrowed: set[int] = set()

    def __iter__(self) -> Iterator[list[int]]:
        drawn: list[Any] = [[list(batch) for batch in self.batches or ()] if rank() == 0 else None]
        dist.broadcast_object_list(drawn, 0)
        own = [batch[rank() :: n_processes()] for batch in drawn[0]]
        self.borrowed = {number for number, part in enumerate(own) if not part}
        yield from (part or batch[:1] for part, batch in zip(own, drawn[0], strict=True))


def _started_by_torchrun() -> bool:
    return os.environ.keys() >= _TORCHRUN


@cache
def _meeting_place() -> tuple[Store, int, int]:
    store, rank, world_size = next(rendezvous("env://"))
    return store, rank, world_size
