"""What functions of others return."""

from typing import Any

from gdbook._checks import real_numbers


def one_number(name: str, value: Any) -> float:
    """Return one real number, finite or not."""
    array = real_numbers(name, value)
    if array.shape != ():
        raise ValueError(
            f"{name} has shape {array.shape}: return one number, such as a sum or a mean."
        )
    return float(array)
