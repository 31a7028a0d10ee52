"""Lines of a block that its page has shown before."""

from textwrap import dedent

import pytest
from bookwright.pages.repeated import repeated

BEFORE = dedent("""\
    import numpy as np
    from gdbook import adam, one_sample

    x = 1
    samples = (
        1,
        2,
    )


    @cache
    def square(x):
        return x * x


    print(square(x))
    """)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("import numpy as np\nfrom gdbook import adam\n\ny = 2", [range(2)]),
        ("import numpy as np\nx = 1", [range(2)]),
        ("import numpy as np\n\n# why\nx = 1\ny = 2", [range(4)]),
        ("y = 0\nsamples = (\n    1,\n    2,\n)\ny = 2", [range(1, 5)]),
        ("y = 0\n@cache\ndef square(x):\n    return x * x", [range(1, 4)]),
        (
            "import numpy as np\nx = 1\ny = 2\nfrom gdbook import one_sample\nimport numpy as np",
            [range(2), range(3, 5)],
        ),
    ],
)
def test_imports_and_set_up_are_repeated(code, lines):
    assert repeated(code, ["y = 3", BEFORE]) == lines


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\ny = 2",
        "import numpy as np\nfrom gdbook import adam, momentum",
        "from gdbook import adam, momentum\nx = 2",
        "from other import adam\nx = 2",
        "import numpy as other\nx = 2",
        "samples = (\n    1,\n    3,\n)",
        "def square(x):\n    return x * x",
        "y = 1\nprint(square(x))\nprint(square(x))",
        ">>> x = 1",
        "x =",
    ],
)
def test_what_is_new_or_short_or_done_is_not(code):
    assert repeated(code, [BEFORE]) == []
