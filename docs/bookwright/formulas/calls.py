"""Apply the functions of the table of symbols to arguments."""

from bookwright.formulas import python
from bookwright.formulas.arithmetic import Value, entries, shape
from bookwright.formulas.lookup import UnknownError, key_of, letters_of
from bookwright.formulas.meanings import by_definition
from bookwright.formulas.nodes import Name, Node
from bookwright.formulas.points import Scene, written
from bookwright.formulas.symbols import Definition
from bookwright.formulas.table import Key, Meaning
from bookwright.formulas.tokens import FormulaError


def apply(function: Name, arguments: list[Value], scene: Scene) -> Value:
    """Return the value of a function from the table at arguments."""
    key = key_of(function, scene)
    found = scene.point.table.find(*key)
    if found is None:
        raise UnknownError(key)
    content = found.meaning.content
    if callable(content):
        counters = found.letters.values()
        arguments = _spread(arguments, found.meaning)
        return python.call(content, [*counters, *arguments], scene.point, written(key))
    if not isinstance(content, Definition | Node) or found.meaning.parameters is None:
        raise FormulaError(f"'{key[0]}' is no function in the table of symbols")
    inside = scene.bind(letters_of(found) | parameters(found.meaning, arguments, scene))
    return by_definition(content, key, inside)


def parameters(meaning: Meaning, arguments: list[Value], scene: Scene) -> dict[Key, Value]:
    """Return what the parameters of a function are at arguments.

    Raises:
        FormulaError: If there are more or fewer of them.
    """
    names_of = meaning.parameters or ()
    arguments = _spread(arguments, meaning)
    if len(names_of) != len(arguments):
        wanted, given = len(names_of), len(arguments)
        raise FormulaError(f"'{meaning.name.base}' takes {wanted} arguments, and gets {given}")
    return dict(zip((key_of(each, scene) for each in names_of), arguments, strict=True))


def _spread(arguments: list[Value], meaning: Meaning) -> list[Value]:
    """Return the entries of a vector that is the only one of several arguments."""
    count = len(meaning.parameters or ())
    if len(arguments) == 1 and shape(arguments[0]) == (count,) and count > 1:
        return entries(arguments[0])
    return arguments
