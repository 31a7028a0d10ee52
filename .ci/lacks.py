"""Say what a second site lacks beside a first: python .ci/lacks.py FIRST SECOND.

Both are built from the same pages. What stands on them is counted by how it is marked in HTML.
"""  # noqa: INP001  # it is run by itself

import re
import sys
from collections import Counter
from pathlib import Path

MARKS = {
    "pages": "<html",
    "blocks": 'class="block"',
    "figures": "<figcaption",
    "formulas": "<math",
    "names of the reference": 'class="doc doc-heading"',
    "marks that are not filled in": r"@[a-z]*\{[^}\n]*\}",
}


def counted(site: Path) -> Counter[str]:
    """Return how often each mark stands on the pages of a site."""
    found: Counter[str] = Counter()
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        found.update({name: len(re.findall(mark, text)) for name, mark in MARKS.items()})
    return found


if __name__ == "__main__":
    first, second = (counted(Path(folder)) for folder in sys.argv[1:3])
    rows = (f"| {name} | {first[name]} | {second[name]} |" for name in MARKS)
    table = "\n".join(["| | the first | the second |", "| --- | ---: | ---: |", *rows])
    sys.stdout.write(f"{table}\n")
