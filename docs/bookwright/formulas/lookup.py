"""Find what names mean: bound values, meanings from the table, entries of vectors."""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from bookwright.formulas import python
from bookwright.formulas.arithmetic import (
    UndefinedError,
    Value,
    integer,
    mp,
    shape,
)
from bookwright.formulas.evaluation import entry, evaluate, rule
from bookwright.formulas.meanings import by_definition, drawn, is_evaluated, kept
from bookwright.formulas.nodes import Name, Node, names, tex_of
from bookwright.formulas.points import Point, Scene, written
from bookwright.formulas.symbols import Definition
from bookwright.formulas.table import Found, Index, Key, Numbered
from bookwright.formulas.tokens import FormulaError

_CONSTANTS = {
    "e": lambda: mp.mpf(mp.e),
    "i": lambda: mp.mpc(0, 1),
    r"\pi": lambda: mp.mpf(mp.pi),
    r"\infty": lambda: mp.inf,
}
_DEEPEST = 8
_FEW = 8  # terms of a sequence, each evaluated within the next one


class UnknownError(FormulaError):
    """A name has no meaning."""

    def __init__(self, key: Key) -> None:
        """Say which name it is, with its indices as they are written."""
        base, indices = key
        self.name = written((base, tuple(getattr(index, "tex", index) for index in indices)))
        super().__init__(f"'{self.name}' is not in the table of symbols")


@rule.register
def _(node: Name, scene: Scene) -> Value:
    return value_of(key_of(node, scene), scene)


def key_of(name: Name, scene: Scene) -> Key:
    """Return a name with its indices as numbers, or as letters where they stand for nothing."""
    if not name.indices:
        return name.base, ()
    return name.base, tuple(_index(index, name, scene) for index in name.indices)


def _index(index: Node, name: Name, scene: Scene) -> Index:
    if not isinstance(index, Name) or index.indices:
        found = integer(evaluate(index, scene))
        if found is None:
            raise UndefinedError(f"an index of '{name.base}' is no whole number")
        return _numbered(found, index)
    if is_known(index.base, scene):
        found = integer(value_of((index.base, ()), scene))
        return index.base if found is None else _numbered(found, index)
    if length := extent(index.base, name, scene):
        return _drawn_index(index.base, length, scene.point)
    return index.base


def _numbered(number: int, index: Node) -> Numbered:
    found = Numbered(number)
    found.tex = tex_of(index)
    return found


def is_known(base: str, scene: Scene) -> bool:
    """Tell whether a bare name has a meaning here."""
    key = base, ()
    if scene.read(key) is not None or scene.point.table.find(*key):
        return True
    return scene.point.memory.letter(base) is not None


def _drawn_index(letter: str, length: int, point: Point) -> int:
    found = 1 + point.random(letter).randrange(length)
    point.notes.shown[letter] = mp.mpf(found)
    point.memory.draw(letter, mp.mpf(found))
    return found


def draw_indices(letters: Iterable[Name], node: object, scene: Scene) -> None:
    """Draw the indices among some names: they go along vectors in a node."""
    for name in letters:
        if name.indices or is_known(name.base, scene):
            continue
        if length := extent(name.base, node, scene):
            _drawn_index(name.base, length, scene.point)


def value_of(key: Key, scene: Scene) -> Value:
    """Return the value of a name with indices.

    Raises:
        UnknownError: If nothing says what it is.
    """
    base, indices = key
    if (value := scene.read(key)) is not None:
        return _with_entries(value, key, scene)
    if indices and isinstance(whole := scene.read((base, ())), np.ndarray):
        return entry(whole, indices)
    if found := scene.point.table.find(base, indices):
        return _with_entries(_meant(found, key, scene), key, scene)
    if indices and (array := _array_of(key, scene)):
        return _entry(key, array, scene)
    if not indices and (letter := scene.point.memory.letter(base)) is not None:
        return letter
    if not indices and base in _CONSTANTS:
        return _CONSTANTS[base]()
    raise UnknownError(key)


def _array_of(key: Key, scene: Scene) -> Key | None:
    """Return the array whose entry a name is: it has none, or only the first, of the indices."""
    base, indices = key
    bare = base, ()
    if len(indices) > 1 and len(_shape(bare, scene)) < len(indices):
        arrays = ((base, indices[:count]) for count in range(len(indices) - 1, 0, -1))
        if found := next((each for each in arrays if _shape(each, scene)), None):
            return found
    return bare if is_known(base, scene) else None


def _entry(key: Key, array: Key, scene: Scene) -> Value:
    """Return an entry of an array: of one from the table, without drawing the others."""
    indices = key[1][len(array[1]) :]
    if unknown := [index for index in indices if isinstance(index, str)]:
        raise UnknownError((unknown[0], ()))
    found = scene.point.table.find(*array)
    is_bound = scene.read(array) is not None
    if found and not is_bound and isinstance(found.meaning.content, np.ndarray):
        return drawn(entry(found.meaning.content, indices), key, scene)
    whole = value_of(array, scene)
    if not isinstance(whole, np.ndarray):
        raise UnknownError(key)
    return entry(whole, indices)


def _with_entries(value: Value, key: Key, scene: Scene) -> Value:
    """Return a vector with those of its entries that are bound to other values."""
    if not isinstance(value, np.ndarray):
        return value
    if others := scene.entries(key):
        value = value.copy()
    for indices, new in others:
        if len(indices) == value.ndim and entry(value, indices) is not None:
            value[tuple(int(index) - 1 for index in indices)] = new
    return value


def _meant(found: Found, key: Key, scene: Scene) -> Value:
    content = found.meaning.content
    if isinstance(content, Definition | Node):
        _come_to(found, key, scene)
        return by_definition(content, key, scene.bind(letters_of(found)))
    look = partial(_called, content, found, key, scene) if callable(content) else None
    if isinstance(content, np.ndarray):
        look = partial(drawn, content, key, scene)
    return kept(found.meaning, key, scene, look) if look else drawn(content, key, scene)


def _called(function: Callable[..., object], found: Found, key: Key, scene: Scene) -> Value:
    """Return the value of a function of Python where its parameters are."""
    arguments = [value_of(key_of(each, scene), scene) for each in found.meaning.parameters or ()]
    counters = found.letters.values()
    return python.call(function, [*counters, *arguments], scene.point, written(key))


def _come_to(found: Found, key: Key, scene: Scene) -> None:
    """Evaluate a sequence from its beginning on, so that no term has to wait for many others."""
    base, indices = key
    last = indices[0] if len(indices) == 1 else None
    if not isinstance(last, int) or isinstance(found.meaning.name.indices[0], Name):
        return
    beginning = scene.point.table.beginning(base)
    if beginning is None or last - beginning <= _FEW:
        return
    before = Found(found.meaning, {letter: value - 1 for letter, value in found.letters.items()})
    inside = scene.bind(letters_of(before))
    if not is_evaluated(found.meaning.content, (base, (last - 1,)), inside):
        for index in range(beginning + 1, last):
            value_of((base, (index,)), scene)


def letters_of(found: Found) -> dict[Key, Value]:
    """Return what the letters in the indices of a name stand for."""
    return {(letter, ()): mp.mpf(value) for letter, value in found.letters.items()}


def extent(letter: str, node: object, scene: Scene, depth: int = 0) -> int | None:
    """Return how long the vectors are that have a letter as their index."""
    for name in names(node):
        for axis, index in enumerate(name.indices):
            if index == Name(letter) and (length := _length(name, axis, scene, depth)):
                return length
    return None


def _length(name: Name, axis: int, scene: Scene, depth: int) -> int | None:
    table = scene.point.table
    lengths = _shape((name.base, ()), scene)
    if len(lengths) == len(name.indices):
        return int(lengths[axis])
    for meaning in table.meanings(name.base):
        pattern = meaning.name.indices[axis] if axis < len(meaning.name.indices) else None
        if isinstance(pattern, Name) and depth < _DEEPEST:
            content = meaning.content
            tree = table.tree(content) if isinstance(content, Definition) else content
            if length := extent(pattern.base, tree, scene, depth + 1):
                return length
    return None


def _shape(key: Key, scene: Scene) -> tuple[int, ...]:
    if (value := scene.read(key)) is not None:
        return shape(value)
    found = scene.point.table.find(*key)
    if not found:
        return ()
    content = found.meaning.content
    if isinstance(content, np.ndarray):
        return content.shape
    return shape(_meant(found, key, scene)) if isinstance(content, Definition | Node) else ()
