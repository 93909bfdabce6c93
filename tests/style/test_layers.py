"""Where a file of the book's own code lies says what it may import, and who gets it."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from kit.folders import packages
from tests.book.conftest import new_book

ROOT = Path(__file__).resolve().parents[2]
KIT = ROOT / "book" / "kit"
LAYERS = ("cells", "", "exercises", "widgets", "build")
"""Folders of kit from the lowest to the highest; the modules beside them are above the cells."""

OF_THE_BUILD = {"sphinx", "docutils", "jupyter_book", "myst_parser", "sphinxcontrib"}


def modules() -> dict[str, Path]:
    """Return the modules of kit and of the packages, by name."""
    tops = [KIT, *packages()]
    return {
        ".".join(path.relative_to(top.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for top in tops
        for path in sorted(top.rglob("*.py"))
    }


MODULES = modules()
APART = [
    name
    for name in MODULES
    if {"cells", "browser", "exercises"} & set(name.split(".")) and ".pages" not in name
]
"""What kernels and browsers load."""


def for_types_only(tree: ast.AST) -> set[ast.AST]:
    """Return what only type checkers read."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }


def imported(code: str) -> Iterator[str]:
    """Yield the names of all modules that code imports, in functions too."""
    tree = ast.parse(code)
    left_out = for_types_only(tree)
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            # A package that has only its modules taken from it need not know them in turn.
            yield from names if set(names) <= MODULES.keys() else [str(node.module), *names]


def uses(name: str) -> set[str]:
    """Return which of the modules another one imports."""
    found = set(imported(MODULES[name].read_text("utf8"))) & MODULES.keys()
    return found - {name}


def layer(name: str) -> int:
    """Return how high a module stands; packages stand below kit."""
    top, _, rest = name.partition(".")
    if top != "kit":
        return -1
    folder = rest.split(".")[0] if (KIT / rest.split(".")[0]).is_dir() else ""
    return LAYERS.index(folder)


@pytest.mark.parametrize("name", MODULES)
def test_no_module_imports_from_a_higher_layer(name):
    assert [other for other in uses(name) if layer(other) > layer(name)] == []


def test_no_imports_run_in_a_circle():
    try:
        TopologicalSorter({name: uses(name) for name in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_looked_up_among_those_that_are_loaded(name):
    """A lower module that asks whether a higher one is loaded knows it by name."""
    tops = {other.partition(".")[0] for other in MODULES}
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf8"))):
        words = (
            ast.unparse(node) if isinstance(node, ast.Subscript | ast.Call | ast.Compare) else ""
        )
        if "sys.modules" in words:
            texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
            assert not [t for t in texts if str(t).partition(".")[0] in tops], words


@pytest.mark.parametrize("name", APART)
def test_what_cells_and_browsers_load_keeps_to_itself(name):
    """It imports no Sphinx, and of kit only what is sent along with it."""
    names = set(imported(MODULES[name].read_text("utf8")))
    assert not {other.partition(".")[0] for other in names} & OF_THE_BUILD
    assert uses(name) <= set(APART)


BLOCKED = """
import sys
from importlib import import_module
for name in {blocked!r}:
    sys.modules[name] = None
for name in {modules!r}:
    import_module(name)
"""


def test_what_cells_and_browsers_load_does_without_sphinx():
    code = BLOCKED.format(blocked=sorted(OF_THE_BUILD), modules=APART)
    path = os.pathsep.join(map(str, (ROOT, ROOT / "book")))
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        encoding="utf8",
        check=False,
    )
    assert result.returncode == 0, result.stderr


NEW_FILES = {
    "cells/new.py": (True, True),
    "widgets/new_widget/cells/new.py": (True, True),
    "widgets/new_widget/browser/new.py": (False, True),
    "widgets/new_widget/new.py": (False, False),
    "exercises/new.py": (False, True),
    "exercises/answers/new.py": (False, False),
    "build/new.py": (False, False),
    "cells/.hidden.py": (False, False),
}
"""Files of kit, and whether the cache's digest and a browser have them."""

ASK = """
from kit.build.execution_cache import digest
from kit.folders import KIT, browser_side, cell_side
before = digest()
assert digest() == before
for name in {names!r}:
    path = KIT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("new = 1", "utf8")
    print(name, digest() != before, path in cell_side(), path in browser_side())
    path.unlink()
"""


def test_a_new_file_is_where_its_folder_says(tmp_path):
    new_book(tmp_path)
    path = os.pathsep.join(map(str, (tmp_path, tmp_path / "book")))
    result = subprocess.run(
        [sys.executable, "-c", ASK.format(names=list(NEW_FILES))],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        encoding="utf8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    expected = [
        f"{name} {in_cells} {in_cells} {in_browser}"
        for name, (in_cells, in_browser) in NEW_FILES.items()
    ]
    assert result.stdout.splitlines() == expected
