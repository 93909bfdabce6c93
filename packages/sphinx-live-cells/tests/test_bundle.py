"""Modules of a book's own are found wherever Python finds them."""

import importlib.machinery
import sys
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from sphinx_live_cells import bundle
from sphinx_live_cells.bundle import find_modules


class Finder:
    """Finds a package that is on no path, as an installation to be edited does."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def find_spec(self, name, path=None, target=None):
        if name != "pencils":
            return None
        return importlib.machinery.ModuleSpec(name, None, origin=str(self.file))


def test_a_package_is_found_that_lies_on_no_path(tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere" / "pencils"
    folder.mkdir(parents=True)
    for name in ("__init__.py", "lead.py"):
        (folder / name).touch()
    with pytest.raises(ExtensionError, match="pencils"):
        find_modules(["pencils"], [tmp_path])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder(folder / "__init__.py")])
    found = find_modules(["pencils"], [tmp_path])
    assert [module.name for module in found] == ["pencils", "pencils.lead"]
    with pytest.raises(ExtensionError, match="paper"):
        find_modules(["pencils.paper"], [tmp_path])


def test_a_table_is_kept_until_a_module_or_a_package_is_another(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(bundle.imports, "table", lambda *given: made.append(given) or {"a": {}})
    module, place = tmp_path / "a.py", tmp_path / "kept" / "table"

    def made_with(code, packages, kept=None):
        module.write_text(code)
        if kept is not None:
            place.write_text(kept)
        before = len(made)
        found = bundle.kept_import_table(place, [bundle.Module("a", module)], packages)
        assert found == {"a": {}}
        return len(made) - before

    assert made_with("import numpy", {"numpy": "numpy"}) == 1
    assert made_with("import numpy", {"numpy": "numpy"}) == 0
    assert made_with("import numpy as np", {"numpy": "numpy"}) == 1
    assert made_with("import numpy as np", {}) == 1
    for broken in ("", "[1", "3", '["", {}]'):
        assert made_with("import numpy as np", {}, broken) == 1
