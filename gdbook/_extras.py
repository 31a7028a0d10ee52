"""Say which extra installs what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Turn a failed import of an optional package into advice."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error.name} is not installed: install gdbook with the extra that brings it, "
            f"pip install 'gdbook[{name}]'.",
            name=error.name,
        ) from error
