"""What does `import gdbook` cost on top of `import numpy`?"""

import subprocess
import sys

import pytest


@pytest.mark.benchmark(group="import, in a new process")
@pytest.mark.parametrize("module", ["numpy", "gdbook"])
def test_import(benchmark, module):
    command = [sys.executable, "-c", f"import {module}"]
    benchmark.pedantic(subprocess.run, args=(command,), kwargs={"check": True}, rounds=30)
