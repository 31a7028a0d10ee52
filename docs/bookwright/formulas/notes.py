"""What is noticed when something is evaluated, besides its value."""

from dataclasses import dataclass, field

from bookwright.formulas.arithmetic import Value, entries, mp

COARSE, COARSE_SLOPE = mp.mpf("1e-9"), mp.mpf("1e-4")
EXACT = mp.mpf("1e-30")


@dataclass
class Notes:
    """What was noticed.

    `shown` are the random values that were used, `accuracy` is how well sides can agree, `addend`
    the largest of the terms that were added, and `rounded` are the rounded numbers that were met,
    known by the `id` of their nodes.
    """

    shown: dict[str, Value] = field(default_factory=dict)
    accuracy: Value = EXACT
    addend: Value = 0
    rounded: set[int] = field(default_factory=set)
    has_signs: bool = False
    has_floats: bool = False

    def coarse(self, accuracy: Value = COARSE) -> None:
        """Note that a value is not known in all digits."""
        self.accuracy = max(self.accuracy, accuracy)

    def floats(self) -> None:
        """Note that a function gave floats: it has no differences of close arguments."""
        self.has_floats = True
        self.coarse()

    def addends(self, *values: Value) -> None:
        """Note how large the terms of a sum are."""
        for value in values:
            self.addend = max([self.addend, *(abs(each) for each in entries(value))])

    def add(self, others: "Notes") -> None:
        """Take over what was noticed in a part."""
        self.shown |= others.shown
        if others.accuracy is not EXACT:
            self.coarse(others.accuracy)
        if others.addend:
            self.addend = max(self.addend, others.addend)
        self.rounded |= others.rounded
        self.has_signs = self.has_signs or others.has_signs
        self.has_floats = self.has_floats or others.has_floats
