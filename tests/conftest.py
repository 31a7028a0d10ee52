"""What several test modules use: the book's own site, built once."""

from pathlib import Path

import pytest
from hypothesis import settings
from sites import DATE, ROOT, mkdocs

settings.register_profile("gdbook", deadline=None)  # no test depends on how long it takes
settings.load_profile("gdbook")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """Return the folder of the built site."""
    folder = tmp_path_factory.mktemp("site")
    result = mkdocs("build", "--strict", "-d", str(folder), cwd=ROOT, SOURCE_DATE_EPOCH=DATE)
    assert result.returncode == 0, result.stderr
    return folder
