"""The build with each block alone: a block has what it imports, and nothing else."""

import os
import subprocess
import sys

import pytest
from alone import imported
from pages import ALONE, ROOT
from sites import ENVIRONMENT, write_site

IMPORTED = {
    "import numpy as np": ("numpy",),
    "import matplotlib.pyplot as plt\nimport torch, sympy": ("matplotlib.pyplot", "sympy", "torch"),
    "from gdbook import figures, squared_error": ("gdbook", "gdbook.figures"),
    "import os\nfrom collections import abc": (),
    "import numpy\n\nx = 1\n\nimport torch": ("numpy",),
    "def f():\n    import torch": (),
    ">>> import numpy": (),
    "import nowhere.at.all": (),
}
BLOCK = """\
# Page

```python exec="on"
import sys
{imports}
print("found:", *sorted({{"mpmath", "numpy", "torch"}} & sys.modules.keys()))
```
"""


@pytest.mark.parametrize("code", IMPORTED)
def test_modules_are_those_of_libraries_that_stand_at_the_beginning(code):
    assert imported(code) == IMPORTED[code]


def test_block_knows_no_library_that_it_does_not_import(tmp_path):
    preload = 'package="gdbook", preload=("mpmath", "numpy")'
    write_site(
        tmp_path,
        settings=preload,
        none=BLOCK.format(imports=""),
        one=BLOCK.format(imports="import mpmath"),
    )
    subprocess.run(
        [sys.executable, *ALONE, "build", "--strict"],
        cwd=tmp_path,
        env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    none, one = (
        (tmp_path / "site" / page / "index.html").read_text(encoding="utf-8")
        for page in ("none", "one")
    )
    assert "found:\n" in none
    assert "found: mpmath\n" in one
