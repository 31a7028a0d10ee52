"""Tell what is in sets, intervals and lists."""

from bookwright.formulas.arithmetic import Value, elementwise, entries, mp, real
from bookwright.formulas.dots import gap
from bookwright.formulas.evaluation import evaluate
from bookwright.formulas.nodes import Name, Node, Sequence
from bookwright.formulas.points import Scene
from bookwright.formulas.sums import endless

_SETS = {
    r"\mathbb R": lambda value: real(value) is not None,
    r"\mathbb Z": lambda value: mp.isint(real(value)),
    r"\mathbb N": lambda value: mp.isint(real(value)) and real(value) >= 0,
    r"\mathbb C": lambda value: value is not None,
}


def is_set(node: Node) -> bool:
    """Tell whether a node is a set of numbers that has a name of its own."""
    return isinstance(node, Name) and node.base in _SETS


def is_list(node: Node, *, dots: bool) -> bool:
    """Tell whether a node is a list without brackets, and has dots, or has none."""
    return (
        isinstance(node, Sequence) and not node.brackets and (gap(node.items) is not None) == dots
    )


def is_endless(node: Node) -> bool:
    """Tell whether a node is a list without brackets that goes on without end."""
    return is_list(node, dots=True) and _goes_on(node)


def _goes_on(node: Node) -> bool:
    terms = gap(node.items) if isinstance(node, Sequence) else None
    return terms is not None and not terms.after


def are_equal(left: Value, right: Value, scene: Scene) -> bool:
    """Tell whether two numbers are the same as far as they are known."""
    return bool(abs(left - right) <= scene.point.notes.accuracy * max(abs(left), abs(right), 1))


def is_member(value: Value, node: Node, scene: Scene) -> bool:
    """Tell whether a value is in a set, an interval or a list."""
    if isinstance(node, Name) and is_set(node):
        return all(map(_SETS[node.base], entries(value)))
    if isinstance(node, Sequence) and node.brackets[:1] in ("(", "[") and len(node.items) == 2:
        low, high = elementwise(real, evaluate(node, scene))
        number = real(value)
        over = low <= number if node.brackets[0] == "[" else low < number
        return bool(over and (number <= high if node.brackets[-1] == "]" else number < high))
    return any(are_equal(value, each, scene) for each in members(node, scene))


def members(node: Node, scene: Scene) -> list[Value]:
    """Return what is in a list, a set or a vector."""
    if isinstance(node, Sequence) and _goes_on(node):
        return endless(node.items, scene)
    return entries(evaluate(node, scene))
