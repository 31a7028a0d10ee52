"""What several test modules use: the book's own site, built once."""

from pathlib import Path

import pytest
from bookwright.testing import one_at_a_time
from pages import build_book


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """Return the folder of the built site, which all workers of pytest-xdist share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "site"
    with one_at_a_time():
        if not folder.exists():
            draft = base / "draft"
            build_book(draft)
            draft.rename(folder)
    return folder
