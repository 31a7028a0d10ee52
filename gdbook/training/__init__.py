r"""Training with PyTorch: objectives whose gradient is autograd's, and a loop for any model.

Needs the extra `torch`. `python -m gdbook.training --help` tells how to train from the shell.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from gdbook._extras import extra
from gdbook.objectives import Objective

with extra("torch"):
    import torch
    from torch import nn
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler
    from torch.utils.data import DataLoader

    from gdbook.training._autograd import Autograd, samples
    from gdbook.training._parallel import existing_device
    from gdbook.training._task import Options, ScheduledBy, Task
    from gdbook.training._trainer import run

__all__ = ["TrainingHistory", "autograd_objective", "train"]

Status = Literal["completed", "stopped"]


@dataclass(frozen=True)
class TrainingHistory:
    r"""What a training went through, one number for each epoch.

    A loss of the training is the mean over all samples, each taken before the update that its
    batch made, so the parameters move on while it is measured. So it can lie above the loss on
    the validation data even if these are the same samples:

    $$\frac{1}{n} \sum_{B} \sum_{i \in B} \ell(\hat y_i(\theta_B), y_i)$$

    Args:
        losses: Loss on the training data during each epoch.
        validation_losses: Loss on the validation data after each epoch; empty where there are
            none.
        status: `"completed"` where all epochs were done, `"stopped"` where the loss had not
            fallen for as many epochs as the patience.

    Examples:
        >>> from gdbook.training import TrainingHistory
        >>> TrainingHistory(losses=(4.0, 1.0), validation_losses=(), status="completed")
        TrainingHistory(losses=(4.0, 1.0), validation_losses=(), status='completed')
    """

    losses: tuple[float, ...]
    validation_losses: tuple[float, ...]
    status: Status

    def __len__(self) -> int:
        """Return the number of epochs."""
        return len(self.losses)

    @property
    def epochs(self) -> range:
        """The numbers of the epochs, from 1."""
        return range(1, len(self) + 1)

    @property
    def best_epoch(self) -> int:
        """The first epoch with the least loss, on the validation data if there are any."""
        watched = self.validation_losses or self.losses
        return watched.index(min(watched)) + 1


def autograd_objective(
    function: Callable[..., torch.Tensor], *data: Any, dtype: torch.dtype = torch.float64
) -> Objective:
    r"""Return the objective of a function of one tensor; PyTorch finds the gradient.

    $$f(\theta), \qquad \nabla f(\theta) \text{ by reverse-mode differentiation}$$

    With data, the objective is made from samples, so that it can be trained by mini-batches.

    Args:
        function: Takes a tensor of parameters, and then the samples of a batch from each of the
            data. Returns a tensor with one element, the mean over these samples. Written in
            torch's operations.
        *data: Tensors or arrays with the samples along the first axis, such as features and
            targets.
        dtype: What torch computes in, floating-point data included. The values that come back
            are float64. In float32 a value has seven digits, which `check_grad` allows for.

    Returns:
        The objective. Its value and its gradient take and return NumPy arrays, so every loop
        of `gdbook.descent` runs on it.

    Raises:
        TypeError: Data cannot be made a tensor. When the objective is used: the function
            returned something else than a tensor.
        ValueError: Data have no samples, or differ in their number. When the objective is used:
            the function returned more than one element, or, for a gradient, something that does
            not depend on the parameters.

    Examples:
        >>> import numpy as np
        >>> from gdbook.training import autograd_objective
        >>> parabola = autograd_objective(lambda x: 2 * x**2)
        >>> parabola.gradient(np.array(3.0))
        array(12.)

        A model of one's own, for mini-batches:

        >>> X, y = [[1.0], [2.0]], [2.0, 5.0]
        >>> line = autograd_objective(lambda w, X, y: ((X @ w - y) ** 2).mean(), X, y)
        >>> line.n_samples, line.gradient([1.0]), line.gradient([1.0], [0])
        (2, array([-7.]), array([-2.]))

    Source:
        A. Paszke et al., *PyTorch: An Imperative Style, High-Performance Deep Learning Library*,
        2019, section 4.3.
    """
    model = Autograd(function, samples(data, dtype), dtype)
    n_samples = len(model.data[0]) if data else None
    return Objective(
        model.value,
        model.gradient,
        n_samples=n_samples,
        value_and_gradient=model.value_and_gradient,
    )


def train(  # noqa: PLR0913 - each option is one that a training needs
    model: nn.Module,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    loader: DataLoader[Any],
    optimizer: Optimizer,
    *,
    epochs: int,
    scheduler: LRScheduler | None = None,
    scheduler_steps: ScheduledBy = "each epoch",
    validation: DataLoader[Any] | None = None,
    patience: int | None = None,
    keep_best: bool = False,
    max_grad_norm: float | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
    resume: bool = False,
    device: str | torch.device | None = None,
    dtype: torch.dtype | None = None,
    seed: int | None = None,
    progress: bool | None = None,
) -> TrainingHistory:
    r"""Train a model, in one process or, under `torchrun`, in several that share each batch.

    $$\theta \leftarrow \operatorname{step}\!\left(\theta,
    \frac{1}{|B|} \sum_{i \in B} \nabla_\theta \, \ell(\hat y_i, y_i)\right)
    \qquad \text{for each batch } B \text{ of each epoch}$$

    Under `torchrun --nproc-per-node=2 script.py` the same call trains with
    `DistributedDataParallel`, over gloo on CPUs and NCCL on GPUs. Process $r$ of $p$ takes the
    samples $r, r + p, r + 2p, \dots$ of each batch that the loader draws, none twice. The
    parts are weighted by their sizes, so the gradient is the one of the whole batch, however it
    is divided, and the run is that of one process up to rounding. Layers that mix samples or
    draw random numbers, such as batch normalisation and dropout, do so in each part.

    Args:
        model: What is trained. It is moved to the device, its parameters change in place, and
            it is left in training mode.
        loss: Takes outputs and targets, in torch's order, and returns the mean over the samples
            of a batch. Where it weighs them, as with weights of classes, the gradient is that
            of the whole batch in one process only.
        loader: Gives pairs of tensors, inputs and targets, with the samples along the first
            axis. Its `batch_size` is that of all processes together.
        optimizer: Makes one step for each batch.
        epochs: How many times to go through the loader; with `resume`, those before included.
        scheduler: Any of `torch.optim.lr_scheduler`. `ReduceLROnPlateau` sees, after each epoch,
            the loss that the patience looks at.
        scheduler_steps: `"each epoch"`, or `"each batch"` for those that count updates, such as
            `OneCycleLR`.
        validation: Loader of samples that no update sees.
        patience: End the run where for so many epochs the loss has not been below its least:
            the loss on the validation data if there are any, else that of the training.
        keep_best: Leave the model as it was after the epoch in which that loss was least, the
            `best_epoch` of the history. It wants validation data: the loss of the training also
            falls while a model learns its samples by heart.
        max_grad_norm: Shorten gradients that are longer than this before each step.
        checkpoint: File in which the state of the run is kept. Under `torchrun` the first
            process writes it, and all have to be able to read it.
        checkpoint_every: Write it after so many epochs, and at the end.
        resume: Go on from the checkpoint. On a CPU, the run then ends in the same bits as one
            that was never interrupted, if model, loss, data, optimizer and options are made in
            the same way; of a dataset or a sampler, only the generators of torch are kept that
            are attributes of it, or of a dataset or a sampler that is.
        device: By default a GPU of CUDA if there is one, else the CPU.
        dtype: What the model and the data, where they are floating-point numbers, are turned
            into. By default the data are turned into what the model has.
        seed: Seeds the generators of Python, NumPy and PyTorch that are shared between all
            that use them; process $r$ gets `seed` $+ \, r$. By default they are left as they are.
        progress: Whether to show a bar; by default where standard error is a terminal.

    Returns:
        The losses of each epoch, and why the run ended.

    Raises:
        TypeError: An argument is not of its type, `model` is parallel already, the loader gives
            no pairs of tensors, its batches cannot be divided among the processes, the model or
            the loss cannot compute with whole numbers, or the loss returns something else than
            one number.
        ValueError: An argument cannot be used: a whole number is too small, a loader is empty,
            `optimizer` is of another model or `scheduler` of another optimizer, `loss` sums
            instead of taking the mean, a parameter has no shape yet, `device` does not exist, the
            checkpoint cannot be written or read, or is of another run. Or the outputs have
            another shape than the targets, such as `(n, 1)` and `(n,)`, which would be
            broadcast; a batch has not as many inputs as targets; or the loss does not depend on
            the parameters.
        FloatingPointError: A loss or a parameter is not finite. The message names the epoch and
            the batch; the model has the parameters from before that batch, and the last
            checkpoint is left.

    Examples:
        >>> import torch
        >>> from torch.utils.data import DataLoader, TensorDataset
        >>> from gdbook.training import train
        >>> X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
        >>> model = torch.nn.Linear(1, 1, bias=False)
        >>> _ = torch.nn.init.zeros_(model.weight)
        >>> loader = DataLoader(TensorDataset(X, y), batch_size=2)
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> train(model, torch.nn.MSELoss(), loader, optimizer, epochs=2, device="cpu")
        TrainingHistory(losses=(10.0, 2.5), validation_losses=(), status='completed')

    Source:
        S. Li et al., *PyTorch Distributed: Experiences on Accelerating Data Parallel Training*,
        2020.
    """
    task = Task(model, loss, loader, optimizer, scheduler, validation)
    options = Options(
        epochs=epochs,
        scheduler_steps=scheduler_steps,
        patience=patience,
        keep_best=keep_best,
        max_grad_norm=max_grad_norm,
        checkpoint=checkpoint,
        checkpoint_every=checkpoint_every,
        resume=resume,
        dtype=dtype,
        seed=seed,
        progress=progress,
    )
    task.check()
    options.check()
    if checkpoint is not None:
        task.check_resumable()
    losses, validation_losses = run(task, options, existing_device(device))
    status: Status = "completed" if len(losses) == epochs else "stopped"
    return TrainingHistory(tuple(losses), tuple(validation_losses), status)
