"""Headers of tables."""

import pytest
from bookwright.rendering.tables import with_headers

MATH = "<math><mi>x</mi><mo>&lt;</mo><mn>2</mn></math>"


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("<th></th>", "<td></td>"),
        ('<th align="right"> </th>', '<td align="right"></td>'),
        (
            f"<th>{MATH}</th>",
            f'<th><span class="said">x&lt;2</span><span aria-hidden="true">{MATH}</span></th>',
        ),
        (f"<th>{MATH} now</th>", f"<th>{MATH} now</th>"),
        ("<th>epoch</th>", "<th>epoch</th>"),
    ],
)
def test_header_says_something_or_is_none(header, named):
    other = "<th>other</th>"
    assert with_headers(f"<tr>{other}{header}{other}</tr>") == f"<tr>{other}{named}{other}</tr>"
