"""Torch as the judge of numbers. Where it is not installed, a test that asks it is skipped."""

from typing import Any

import pytest


class _Torch:
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # pytest looks for these in each module
            raise AttributeError(name)
        return getattr(pytest.importorskip("torch"), name)


torch = _Torch()
