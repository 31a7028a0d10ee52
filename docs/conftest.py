"""Let pytest collect the pages of the book; each part of a page that runs is a test."""

from bookwright.testing import pytest_collect_file

__all__ = ["pytest_collect_file"]
