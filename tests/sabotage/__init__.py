"""Sabotage: change the project in one place after another, and see who notices.

`python -m tests.sabotage` makes a copy of the project, changes it at random places, and asks the
strict build and the tests. A change that nobody names has survived: nothing binds what it says.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

sys.path.append(str(ROOT / "docs"))  # finds `bookwright`, as MkDocs does for its hook
