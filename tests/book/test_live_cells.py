"""What a build puts on a page, and beside it, so that cells run in a browser."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnfs
from kit.build import live_book
from sphinx_live_cells import bundle
from sphinx_live_cells.browser import imports

ROOT = Path(__file__).resolve().parents[2]
PAGE = """
```{code-cell} ipython3
x = "</script>", "<!-- <script>"
```

Some words.

```{code-cell} ipython3
:tags: [remove-cell]
from kit.cells import glue
glue(y=2.5)
```

```{code-cell} ipython3
:tags: [hide-input]
3 * x
```

```{code-cell} ipython3
:live: needs a printer
z = 3
```

```{code-cell} ipython3
:tags: [remove-input]
print("seen")
```

```{code-cell} ipython3
from IPython.display import HTML
HTML('<script type="application/json">3</script>')
```
"""
DATA = PAGE.rpartition("ipython3\n")[2].removesuffix("\n```\n")


def test_a_page_has_the_code_of_all_its_cells_and_a_row_for_those_it_shows(small_book):
    small_book.write(PAGE)
    result = small_book.build(BOOK_PYODIDE="")
    assert result.returncode == 0, result.stderr
    html = small_book.html()
    assert re.findall(r'class="live-controls" id="cell-\d" data-cell="(\d)"', html) == [
        "0",
        "2",
        "3",
    ]
    listed = re.search(r'id="live-cells">(.*?)</script>', html)[1]
    assert "<" not in listed
    assert json.loads(listed) == {
        "name": "page",
        "key": "nnfs-cells",
        "cells": [
            {"code": 'x = "</script>", "<!-- <script>"'},
            {
                "code": "from kit.cells import glue\nglue(y=2.5)",
                "packages": ["numpy"],
                "aside": True,
            },
            {"code": "3 * x"},
            {"code": "z = 3", "away": "needs a printer"},
            {"code": 'print("seen")'},
            {"code": DATA},
        ],
        "values": {"y": "2.5"},
    }
    index = (small_book.root / "book" / "_build" / "html" / "index.html").read_text("utf8")
    assert "live-cells.js" not in index
    live = small_book.root / "book" / "_build" / "html" / "live"
    settings = json.loads((live / "live.json").read_text("utf8"))
    assert settings["pyodide"].startswith("https://")
    assert not (live / "pyodide").exists()


def test_a_wrong_folder_of_pyodide_ends_the_build(small_book, tmp_path):
    small_book.write("Words.")
    (tmp_path / "empty").mkdir()
    result = small_book.build(BOOK_PYODIDE=str(tmp_path / "empty"))
    assert result.returncode != 0
    assert "BOOK_PYODIDE" in result.stderr
    assert "pyodide.js is missing" in result.stderr


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """Return a folder with what pages of this book load, as a page's Python unpacks it."""
    folder = tmp_path_factory.mktemp("packed")
    files = {}
    live_book.add_digits(None, files)
    modules = bundle.find_modules(live_book.modules(), live_book.PATH)
    content = bundle.pack(modules, files, {})
    for name, file in bundle.unpack(content).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(file)
    return folder


def test_the_part_of_the_digits_is_read_as_the_whole_is(packed):
    part = nnfs.load_mnist(packed / "mnist_data", split="official")
    whole = nnfs.load_mnist("bundled", split="official")
    assert part.x_train.shape == (784, live_book.PART_OF_DIGITS["train"])
    np.testing.assert_array_equal(part.x_train, whole.x_train[:, : part.y_train.size])
    np.testing.assert_array_equal(part.y_test, whole.y_test[: part.y_test.size])
    hashes = json.loads((packed / "mnist_data" / "part.json").read_text("utf8"))
    assert set(hashes) == set(nnfs.data.BUNDLED_SHA256)


def test_what_is_unpacked_is_what_was_packed():
    files = {"a.csv": b"1,2\n" * 7, "part/b.gz": bytes(range(256))}
    packed = bundle.pack([], files, {"live-x.json": {"b": 1, "a": [2]}})
    found = bundle.unpack(packed)
    assert files.items() <= found.items()
    assert json.loads(found["live-x.json"]) == {"b": 1, "a": [2]}
    own = {module.place for module in bundle.own_modules()}
    assert set(found) == {*files, "live-x.json", *own}
    assert packed == bundle.pack([], files, {"live-x.json": {"a": [2], "b": 1}})


def test_every_module_that_cells_import_is_packed_and_none_of_the_builds(packed):
    found = {p.relative_to(packed).as_posix() for p in packed.rglob("*.py")}
    assert {"kit/cells/shown.py", "kit/widgets/watch_it_learn/browser/training.py"} <= found
    assert {"kit/exercises/relu.py", "kit/exercises/engine/marking.py"} <= found
    assert not any("build" in name or "answers" in name or "pages" in name for name in found)
    for page in (ROOT / "book").rglob("*.md"):
        if "_build" in page.parts:
            continue
        imported = re.findall(r"^from (kit[\w.]+) import", page.read_text("utf8"), re.MULTILINE)
        places = {name.replace(".", "/") for name in imported}
        assert all({f"{p}.py", f"{p}/__init__.py"} & found for p in places), page


def test_nothing_that_is_packed_imports_sphinx_when_it_is_loaded(packed):
    for path in packed.rglob("*.py"):
        tree = ast.parse(path.read_text("utf8"))
        top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        names = {a.name for n in top if isinstance(n, ast.Import) for a in n.names}
        names |= {str(n.module) for n in top if isinstance(n, ast.ImportFrom)}
        assert not {name.partition(".")[0] for name in names} & {"sphinx", "docutils", "psutil"}


def test_a_package_is_loaded_for_the_cells_that_need_it():
    packages = {"numpy": "numpy", "matplotlib": "matplotlib"}
    modules = bundle.find_modules(live_book.modules(), live_book.PATH)
    table = bundle.import_table(modules, packages)
    for code, expected in [
        ("from kit.cells import glue", ["numpy"]),
        ("from kit.cells import figure_style, glue", ["matplotlib", "numpy"]),
        ("from kit.cells import check, claim", ["numpy"]),
        ("import nnfs", ["numpy"]),
        ("from nnfs import network, plots", ["matplotlib", "numpy"]),
        ("import matplotlib.pyplot as plt", ["matplotlib"]),
        ("from kit.exercises.engine.marking import mark", ["numpy"]),
        ("# matplotlib and figure_style", []),
    ]:
        assert imports.wanted(code, table, packages) == expected, code


CELL = """
import json, sys
sys.path.insert(0, sys.argv[1])
sys.platform = "emscripten"
from pathlib import Path
from sphinx_live_cells.browser import kernel
Path(sys.argv[1], "live-session.json").write_text('{"startup": "kit.cells.in_browser"}')
kernel.start(Path(sys.argv[1]), "derive/softmax")
shown = []
ran = kernel.Kernel(shown.append).run('''
from kit.cells import check, glue, table, trained
import nnfs
check("eq-x", [2.0 * 2, 3.0 * 3], [4.0, 9.0], terms=1)
glue(n=nnfs.load_mnist("bundled").y_train.size)
table({"a": [1]}, index=["b"])
''')
shown = [m for m in shown if m["kind"] != "stream"]
print(ran, [m["kind"] for m in shown], [m.get("values") for m in shown])
"""


def test_the_cells_modules_work_without_a_notebook(packed):
    """In a Python of its own, as the start of a page changes what can be imported."""
    result = subprocess.run(
        [sys.executable, "-c", CELL, packed],
        capture_output=True,
        encoding="utf8",
        env={**os.environ, "PYTHONPATH": str(packed)},
        check=False,
    )
    assert "True ['html', 'glue', 'html'] [None, {'n': 3000}, None]" in result.stdout, result
