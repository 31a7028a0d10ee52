"""What is public: exported once, documented once, and imported at little cost."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import gdbook

MODULES = [
    module.name
    for module in pkgutil.iter_modules(gdbook.__path__)
    if not module.name.startswith("_")
]
NEEDS_AN_EXTRA = {
    "figures": ("matplotlib", "figures"),
    "graphs": ("graphlay", "figures"),
    "symbolic": ("sympy", "symbolic"),
    "training": ("torch", "torch"),
}
REFERENCE = Path(__file__).parents[2] / "docs" / "en" / "reference"


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def modules():
    pytest.importorskip("torch", reason="this imports all modules")
    return {name: importlib.import_module(f"gdbook.{name}") for name in MODULES}


def test_each_name_is_exported_by_one_module(modules):
    names = Counter(name for module in modules.values() for name in module.__all__)
    assert {name: count for name, count in names.items() if count > 1} == {}


def test_the_package_exports_what_the_core_modules_do():
    core = [importlib.import_module(f"gdbook.{name}") for name in {*MODULES} - {*NEEDS_AN_EXTRA}]
    exported = {name for module in core for name in module.__all__}
    assert sorted(exported) == gdbook.__all__


@pytest.mark.parametrize("module", MODULES)
def test_each_module_has_a_reference_page_and_each_name_a_docstring(module, modules):
    assert f"::: gdbook.{module}\n" in (REFERENCE / f"{module}.md").read_text(encoding="utf-8")
    for name in modules[module].__all__:
        value = getattr(modules[module], name)
        assert "Examples:" in value.__doc__, f"{name} has no example"
        takes = inspect.signature(value).parameters
        wanted = "Args:|Attributes:" if isinstance(value, type) else "Returns:"
        assert not takes or re.search(wanted, value.__doc__), f"{name} has no section {wanted}"


def test_each_name_of_descent_is_on_one_page_of_the_reference():
    (members,) = re.findall(r"members: \[(.*)\]", (REFERENCE / "descent.md").read_text("utf-8"))
    documented = members.split(", ")
    for room in ("history", "sampling", "schedules", "steps"):
        page = (REFERENCE / f"{room}.md").read_text("utf-8")
        assert f"::: gdbook.descent.{room}\n" in page
        documented += importlib.import_module(f"gdbook.descent.{room}").__all__
    assert sorted(documented) == gdbook.descent.__all__


def test_import_of_the_package_imports_nothing_heavy():
    heavy = {"graphlay", "matplotlib", "sympy", "torch"}
    result = python(f"import gdbook, sys; print({heavy} & set(sys.modules))")
    assert result.stdout == "set()\n"


@pytest.mark.parametrize("module", NEEDS_AN_EXTRA)
def test_missing_package_is_named_with_the_extra_that_installs_it(module):
    package, extra = NEEDS_AN_EXTRA[module]
    result = python(f"import sys; sys.modules[{package!r}] = None; import gdbook.{module}")
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert "is not installed" in last
    assert f"pip install 'gdbook[{extra}]'" in last
