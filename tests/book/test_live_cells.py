"""What a build puts on a page, and beside it, so that cells run in a browser."""

import gzip
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np

import live_cells
import nnfs

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
    assert re.findall(r'class="live-controls" data-cell="(\d)"', html) == ["0", "2", "3"]
    listed = re.search(r'id="live-cells">(.*?)</script>', html)[1]
    assert "<" not in listed
    assert json.loads(listed) == {
        "name": "page",
        "cells": [
            {"code": 'x = "</script>", "<!-- <script>"'},
            {"code": "from kit.cells import glue\nglue(y=2.5)"},
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


def test_a_cell_that_needs_a_missing_package_or_such_a_cell_says_so():
    codes = ["import sympy", "z = sympy.Symbol('z')", "x = 1", "y = z + x", "x"]
    given = [None, None, None, None, "tells of this machine"]
    assert live_cells.reasons(codes, given) == [
        None,
        "needs SymPy, which the page does not load",
        None,
        "needs cell 2, which cannot run here",
        "tells of this machine",
    ]


def test_a_wrong_folder_of_pyodide_ends_the_build(small_book, tmp_path):
    small_book.write("Words.")
    (tmp_path / "empty").mkdir()
    result = small_book.build(BOOK_PYODIDE=str(tmp_path / "empty"))
    assert result.returncode != 0
    assert "BOOK_PYODIDE" in result.stderr
    assert "pyodide.js is missing" in result.stderr


def test_the_same_content_makes_the_same_bundle():
    bundle = live_cells.bundle.__wrapped__
    assert bundle() == bundle()


def test_the_part_of_the_digits_is_read_as_the_whole_is(tmp_path):
    with zipfile.ZipFile(io.BytesIO(live_cells.bundle())) as archive:
        archive.extractall(tmp_path)
    part = nnfs.load_mnist(tmp_path / "mnist_data", split="official")
    whole = nnfs.load_mnist("bundled", split="official")
    assert part.x_train.shape == (784, live_cells.PART_OF_DIGITS["train"])
    np.testing.assert_array_equal(part.x_train, whole.x_train[:, : part.y_train.size])
    np.testing.assert_array_equal(part.y_test, whole.y_test[: part.y_test.size])
    hashes = json.loads((tmp_path / "digits.json").read_text("utf8"))
    assert set(hashes) == set(nnfs.data.BUNDLED_SHA256)
    for name in hashes:
        assert gzip.decompress((tmp_path / "mnist_data" / f"{name}.gz").read_bytes())


def test_every_module_that_cells_import_is_packed():
    with zipfile.ZipFile(io.BytesIO(live_cells.bundle())) as archive:
        packed = {name.removesuffix(".py").replace("/", ".") for name in archive.namelist()}
    assert {"kit.__init__", "kit.cells.__init__", "kit.cells.shown"} <= packed
    assert "kit.widgets.watch_it_learn.browser.training" in packed
    assert not any(name.startswith("kit.build") for name in packed)
    for page in (ROOT / "book").rglob("*.md"):
        if "_build" in page.parts:
            continue
        imported = re.findall(r"^from (kit[\w.]+) import", page.read_text("utf8"), re.MULTILINE)
        assert {f"{name}.__init__" for name in imported} <= packed, page
