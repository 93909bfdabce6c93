"""Sphinx extension: the cells of a page run in the reader's browser.

Under every cell whose code a page shows stands a row for the buttons Run, Edit and Reset, which a
script fills, and at the end of the page the code of all its cells. A cell without shown code, or
whose output is the data of a widget, has no such row. Where a cell cannot run
in a browser, the row says why: it uses a package that is not there, or needs a cell that does, or
its options give another reason, ``live: "needs worker processes"``.

Beside the pages, in the folder ``live``, are written

* ``python-....zip``: the package, the modules that cells use, and a part of the digits, in the form
  in which `nnfs.load_mnist` reads them;
* ``live.json``: where Pyodide is, and the size and SHA-256 of each of its files and of the zip.

By default Pyodide comes from its public address. If the environment variable BOOK_PYODIDE names a
folder with its files, as `fetch_pyodide` makes it, they are checked and become part of the site,
which then contacts no other host.
"""

import base64
import functools
import gzip
import hashlib
import io
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

import pyodide_files
from cell_order import modules, needed, read_pages_names, writers
from kit.folders import BOOK, ROOT, browser_side, bytes_of, files_below
from nnfs import digit_files

EXTENSIONS = Path(__file__).resolve().parent
MODULES = (
    "checked.py",
    "compared.py",
    "cell_order.py",
    "live_kernel.py",
    "pasted_notebook.py",
    "reader_exercises.py",
)
NOT_THERE = {"sympy": "SymPy", "pandas": "pandas"}
PART_OF_DIGITS = {"train": 4_000, "t10k": 1_500}
SCRIPTS = ("live-python.js", "live-cells.js")
EPOCH = (1980, 1, 1, 0, 0, 0)


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note the code of a page's cells, and make room for the buttons below those that it shows."""
    cells = list(_cells(app, app.env.docname))
    _store(app.env)[app.env.docname] = {
        "cells": [cell for _, cell in cells],
        "values": _values(app, app.env.docname),
    }
    numbers = {index: number for number, (index, _) in enumerate(cells)}
    for box in list(doctree.findall(_is_cell)):
        # A cell without shown code that was not run, after one that failed, is empty.
        shown = box.children and box[0].get("nb_element") == "cell_code_source"
        # What a widget reads from the page would be gone after a run, or another network's.
        data = any("<script" in raw.astext() for raw in box.findall(nodes.raw))
        if shown and not data:
            row = f'<div class="live-controls" data-cell="{numbers[box["cell_index"]]}"></div>'
            box.insert(1, nodes.raw("", row, format="html"))


def _is_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _cells(app: Sphinx, docname: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield index and code of each code cell, from the notebook that MyST-NB has written."""
    path = Path(app.outdir).parent / "jupyter_execute" / f"{docname}.ipynb"
    if docname not in getattr(app.env, "nb_metadata", {}) or not path.exists():
        return
    notebook = json.loads(path.read_text(encoding="utf8"))
    cells = [(i, cell) for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
    codes = ["".join(cell["source"]) for _, cell in cells]
    given = [cell["metadata"].get("live") for _, cell in cells]
    for (index, _), code, reason in zip(cells, codes, reasons(codes, given), strict=True):
        yield index, {"code": code, "away": reason} if reason else {"code": code}


def reasons(codes: list[str], given: list[str | None]) -> list[str | None]:
    """Return for each cell why it cannot run in a browser, or None.

    Parameters
    ----------
    codes : list of str
        The code of all cells of a page, in order.
    given : list of str or None
        Reasons that the cells' options give.
    """
    used = modules(codes, list(NOT_THERE))
    of_cell = writers(read_pages_names(codes))
    found: list[str | None] = []
    for number, reason in enumerate(given):
        missing = " and ".join(NOT_THERE[name] for name in sorted(used[number]))
        if missing:
            reason = reason or f"needs {missing}, which the page does not load"
        elif earlier := [n for n in needed(of_cell, number) if found[n]]:
            reason = reason or f"needs cell {earlier[0] + 1}, which cannot run here"
        found.append(str(reason) if reason else None)
    return found


def _values(app: Sphinx, docname: str) -> dict[str, str]:
    """Return the numbers and words that the page's cells have glued for its sentences."""
    path = Path(app.outdir).parent / "jupyter_execute" / f"{docname}.glue.json"
    if not path.exists():
        return {}
    glued = json.loads(path.read_text(encoding="utf8"))
    return {name: output["data"]["text/plain"] for name, output in glued.items()}


def _store(env: BuildEnvironment) -> dict[str, Any]:
    if not hasattr(env, "live_cells"):
        env.live_cells = {}
    store: dict[str, Any] = env.live_cells
    return store


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what is known of a page that is read again or gone."""
    _store(env).pop(docname, None)


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the code of the cells, and the scripts that run it, at the end of a page with cells."""
    page = _store(app.env).get(pagename)
    if not page or not page["cells"] or not context.get("body"):
        return
    code = embedded({"name": pagename, **page})
    end = [f'<script type="application/json" id="live-cells">{code}</script>']
    for name in SCRIPTS:
        address = context["pathto"](f"live/{name}", resource=True)
        end.append(f'<script defer src="{address}?v={app.config.live_stamp}"></script>')
    context["body"] += "\n".join(end)


def embedded(value: Any) -> str:
    """Return a value as JSON that can stand in a page's script, whatever markup it contains."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def stamp() -> str:
    """Return a digest of all that is in the folder ``live``, so that a browser's cache knows it."""
    state = hashlib.sha256(bundle())
    state.update(b"own Pyodide" if os.environ.get("BOOK_PYODIDE") else b"")
    for path in files_below(EXTENSIONS.parent / "_extra" / "live", "*.js"):
        state.update(bytes_of(path))
    return state.hexdigest()[:12]


@functools.cache
def bundle() -> bytes:
    """Return the zip of all Python and all digits that a page in a browser needs."""
    digits, hashes = dict(_digits()), {}
    for name, content in digits.items():
        hashes[name.removesuffix(".gz")] = hashlib.sha256(gzip.decompress(content)).hexdigest()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        found = [(path, ROOT) for path in files_below(ROOT / "nnfs", "*.py")]
        found += [(path, BOOK) for path in (*browser_side(), *(EXTENSIONS / n for n in MODULES))]
        for path, above in found:
            name = path.relative_to(above).as_posix()
            _pack(archive, name, bytes_of(path), zipfile.ZIP_DEFLATED)
        for name, content in digits.items():
            _pack(archive, f"mnist_data/{name}", content, zipfile.ZIP_STORED)
        _pack(archive, "digits.json", json.dumps(hashes).encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _pack(archive: zipfile.ZipFile, name: str, content: bytes, method: int) -> None:
    """Add a file without its date, so that the same content makes the same zip."""
    archive.writestr(zipfile.ZipInfo(name, EPOCH), content, method, 9)


def _digits() -> Iterator[tuple[str, bytes]]:
    """Yield the first images and labels of both parts of MNIST, as gzipped IDX files."""
    for part, count in PART_OF_DIGITS.items():
        for name, header, item in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
            file = f"{part}-{name}-ubyte.gz"
            path = ROOT / "mnist_data" / file
            try:
                with gzip.open(path) as whole:
                    content = whole.read(header + count * item)
            except FileNotFoundError:
                raise ExtensionError(
                    f"{path}: no such file; every clone has it: git checkout mnist_data"
                ) from None
            except (OSError, EOFError, zlib.error):
                digit_files.read_content(path)  # says what is wrong with the file
                raise
            start = content[:4] + count.to_bytes(4, "big") + content[8:header]
            # Levels 8 and 9 take ten times as long for half a percent.
            yield file, gzip.compress(start + content[header:], 7, mtime=0)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write what the pages' scripts load at the first Run."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "live"
    folder.mkdir(exist_ok=True)
    content = bundle()
    name = f"python-{hashlib.sha256(content).hexdigest()[:12]}.zip"
    for old in folder.glob("python-*.zip"):
        old.unlink()
    (folder / name).write_bytes(content)
    table = pyodide_files.table()
    files = {
        file: {"size": entry["size"], "integrity": _integrity(bytes.fromhex(entry["sha256"]))}
        for file, entry in table.items()
    }
    files[name] = {"size": len(content), "integrity": _integrity(hashlib.sha256(content).digest())}
    settings = {
        "pyodide": _own_pyodide(folder) or pyodide_files.ADDRESS,
        "core": pyodide_files.CORE,
        "packages": {
            "numpy": [file for file in table if file.startswith("numpy-")],
            "matplotlib": [
                file for file in table if file.endswith(".whl") and not file.startswith("numpy-")
            ],
        },
        "bundle": name,
        "files": files,
    }
    (folder / "live.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf8")


def _integrity(digest: bytes) -> str:
    return f"sha256-{base64.b64encode(digest).decode()}"


def _own_pyodide(folder: Path) -> str | None:
    """Copy Pyodide into the site if it is to carry it; return its place relative to ``live``."""
    target = folder / "pyodide"
    shutil.rmtree(target, ignore_errors=True)
    source = os.environ.get("BOOK_PYODIDE")
    if not source:
        return None
    target.mkdir()
    for file in pyodide_files.table():
        shutil.copyfile(Path(source) / file, target / file)
    return "pyodide/"


def configure(app: Sphinx, config: Any) -> None:
    """Verify the files that the site is to carry, before anything takes time."""
    config.live_stamp = stamp()
    if source := os.environ.get("BOOK_PYODIDE"):
        try:
            pyodide_files.verify(Path(source))
        except ValueError as error:
            raise ExtensionError(f"BOOK_PYODIDE: {error}") from error


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("live_stamp", "", "html")
    app.connect("config-inited", configure)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("html-page-context", add_to_page, priority=910)
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
