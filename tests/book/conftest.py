"""What several test modules use: the book's own site, built once."""

from pathlib import Path

import pytest
from sites import DATE, ROOT, mkdocs


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """Return the folder of the built site."""
    folder = tmp_path_factory.mktemp("site")
    result = mkdocs("build", "--strict", "-d", str(folder), cwd=ROOT, SOURCE_DATE_EPOCH=DATE)
    assert result.returncode == 0, result.stderr
    return folder
