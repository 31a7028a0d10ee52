"""What comes of a block: plain data, from which pages, notebooks and checks are made."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "markdown", "figure"]


class Questions(NamedTuple):
    """What a page wants to know of a block besides what it shows.

    Values are expressions with their form and what is around them; formulas are checked with the
    table `symbols` that the block makes.
    """

    values: tuple[tuple[str, str, str], ...] = ()
    formulas: tuple[tuple[str, str], ...] = ()


class Item(NamedTuple):
    """A piece of what a block shows: text, Markdown or a drawing in SVG, as the block made it.

    A drawing may have been laid out for a narrow screen as well.
    """

    kind: Kind
    content: str
    narrow: str = ""


class Raised(NamedTuple):
    """The exception that ended a block.

    Its name with and without its module, what Python prints last of it, the line of the block
    that it came from, and the whole traceback.
    """

    name: str
    dotted_name: str
    message: str
    line: int | None
    traceback: str


class Warned(NamedTuple):
    """A warning: the name of its category, its text, and the line of the block if it is known."""

    category: str
    message: str
    line: int | None


class WrongExample(NamedTuple):
    """An example of a session whose output is another one than it says."""

    line: int
    source: str
    expected: str
    got: str


@dataclass(frozen=True)
class Result:
    """What came of a block: what it shows, in order, and whatever else a check may ask for.

    `value` is the line of a last expression whose value Jupyter would show. `left` tells that the
    block has ended itself, with success. `files` are those that the block has read and that no
    key knows of. `answers` are the values that its page asks for, each with what went wrong or
    nothing, and `verdicts` what is to be said of formulas. `stopped` says why a block has no end
    of its own: it ran for too long, or ended its own process.
    """

    items: tuple[Item, ...] = ()
    seconds: float = 0.0
    errors: str = ""
    raised: Raised | None = None
    warned: tuple[Warned, ...] = ()
    wrong: tuple[WrongExample, ...] = ()
    value: int | None = None
    left: bool = False
    files: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    verdicts: tuple[tuple[str, str], ...] = ()
    stopped: Raised | None = None

    @property
    def figures(self) -> list[str]:
        """The drawings."""
        return [item.content for item in self.items if item.kind == "figure"]

    @property
    def text(self) -> str:
        """All that was printed."""
        return "".join(item.content for item in self.items if item.kind != "figure")

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON value."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Result":
        """Return the result that a JSON value holds."""
        raised, stopped = (value[name] for name in ("raised", "stopped"))
        return cls(
            items=tuple(Item(*item) for item in value["items"]),
            seconds=value["seconds"],
            errors=value["errors"],
            raised=Raised(*raised) if raised else None,
            warned=tuple(Warned(*each) for each in value["warned"]),
            wrong=tuple(WrongExample(*each) for each in value["wrong"]),
            value=value["value"],
            left=value["left"],
            files=tuple(value["files"]),
            answers=_pairs(value["answers"]),
            verdicts=_pairs(value["verdicts"]),
            stopped=Raised(*stopped) if stopped else None,
        )


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in values)
