"""Do something as soon as a module has been imported."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


def when_imported(name: str, then: Callable[[], None]) -> None:
    """Call a function when a module has been imported, or now if it has been."""
    if sys.modules.get(name):
        then()
    else:
        sys.meta_path.insert(0, _Awaited(name, then))


class _Awaited(MetaPathFinder):
    """Finds one module, and leaves the others to whoever comes after it."""

    def __init__(self, name: str, then: Callable[[], None]) -> None:
        self._name = name
        self._then = then

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return where the module lies, with a loader that calls the function afterwards."""
        if fullname != self._name:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next(filter(None, found), None)
        if spec and spec.loader:
            load = spec.loader.exec_module

            def load_and_tell(module: ModuleType) -> None:
                sys.meta_path.remove(self)
                load(module)
                self._then()

            spec.loader.exec_module = load_and_tell  # type: ignore[method-assign]
        return spec
