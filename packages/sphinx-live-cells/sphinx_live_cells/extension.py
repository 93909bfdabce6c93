"""Sphinx extension: the cells of a page run in the reader's browser.

Under every cell whose code a page shows stands a row for the buttons Run, Edit and Reset, which a
script fills, and at the end of the page the code of all its cells. A cell without shown code, or
whose output is the data of a script, has no such row. Where a cell cannot run in a browser, the row
says why: it uses a package that is not there, or needs a cell that does, or its options give
another reason, ``live: "needs a printer"``.

Beside the pages, in the folder ``live``, are written

* ``python-....zip``: the modules and the data of the book, see `bundle`;
* ``live.json``: where Pyodide is, and the size and SHA-256 of each of its files and of the zip.

By default Pyodide comes from its public address. If ``live_cells_pyodide`` is a folder with its
files, as `pyodide_files` makes it, they are checked and become part of the site, which then
contacts no other host.
"""

import base64
import hashlib
import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from sphinx_live_cells import bundle, compat, pyodide_files
from sphinx_live_cells.browser import imports, kernel
from sphinx_live_cells.browser.origins import modules
from sphinx_live_cells.browser.reach import out_of_reach

SCRIPTS = ("live-python.js", "live-cells.js")
HARMLESS = "changes-nothing"
"""The option of a cell that cannot run in a browser and leaves all earlier objects alone."""

LIVE = bundle.PACKAGE / "live"
FILES_EVENT = "live-cells-files"
"""Other extensions add data to the dictionary that comes with it, of bytes by their path."""

VALUES: tuple[tuple[str, Any, type | tuple[type, ...]], ...] = (
    ("live_cells_modules", [], list),
    ("live_cells_path", ["."], list),
    ("live_cells_files", [], list),
    ("live_cells_packages", ["numpy", "matplotlib"], (list, dict)),
    ("live_cells_absent", {}, dict),
    ("live_cells_aside", ["figure", "check", "claim"], list),
    ("live_cells_available", "", str),
    ("live_cells_less", [], list),
    ("live_cells_less_note", kernel.Session.less_note, str),
    ("live_cells_startup", "", str),
    ("live_cells_quiet", ["sphinx_equation_checks"], list),
    ("live_cells_pyodide", pyodide_files.ADDRESS, str),
    ("live_cells_storage_key", "live-cells", str),
)


def embedded(value: Any) -> str:
    """Return a value as JSON that can stand in a page's script, whatever markup it contains."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


class LiveCells:
    """What one build knows of the cells that run in browsers."""

    def __init__(self) -> None:
        self.bundle = b""
        self.table: imports.Table = {}
        self.packages: dict[str, str] = {}
        self.first: list[str] = []

    def configure(self, app: Sphinx, config: Config) -> None:
        """Pack what pages load, and verify a folder of Pyodide, before anything takes time."""
        folder = Path(app.confdir)
        given = config.live_cells_packages
        self.packages = dict(given if isinstance(given, dict) else zip(given, given, strict=True))
        found = bundle.find_modules(
            config.live_cells_modules,
            [(folder / place).resolve() for place in config.live_cells_path],
        )
        place = Path(app.doctreedir) / "live-imports"
        self.table = bundle.kept_import_table(place, found, self.packages)
        if startup := config.live_cells_startup:
            self.first = imports.wanted(f"import {startup}", self.table, self.packages)
        files = dict(_data(folder, config.live_cells_files))
        app.emit(FILES_EVENT, files)
        tops = sorted({module.name.partition(".")[0] for module in found})
        listed = [*dict.fromkeys([*self.packages.values(), *tops])]
        self.bundle = bundle.pack(
            found,
            files,
            {
                "live-session.json": {
                    "available": config.live_cells_available or ", ".join(listed),
                    "absent": config.live_cells_absent,
                    "folders": {name: f"{ROOT}/{name}" for name in tops},
                    "less": config.live_cells_less,
                    "less_note": config.live_cells_less_note,
                    "startup": config.live_cells_startup,
                    "quiet": config.live_cells_quiet,
                },
                "live-imports.json": {"modules": self.table, "packages": self.packages},
            },
        )
        state = hashlib.sha256(self.bundle)
        state.update(config.live_cells_pyodide.encode())
        for path in bundle.files_below(LIVE, "*.js"):
            state.update(bundle.bytes_of(path))
        config.live_stamp = state.hexdigest()[:12]
        if (source := _own_folder(app)) is not None:
            try:
                pyodide_files.verify(source)
            except ValueError as error:
                raise ExtensionError(f"live_cells_pyodide: {error}") from error

    def add_static(self, app: Sphinx) -> None:
        """Let Sphinx find the style, once the digest of the settings is taken: it is a place."""
        app.config.html_static_path.append(str(bundle.PACKAGE / "static"))

    def collect(self, app: Sphinx, doctree: nodes.document) -> None:
        """Note the code of a page's cells, and make room for the buttons below those it shows."""
        docname = app.env.docname
        if not compat.has_notebook(app, docname):
            return
        notebook = compat.notebook(app, docname)["cells"]
        indices = [i for i, cell in enumerate(notebook) if cell["cell_type"] == "code"]
        config = app.config
        cells = list(
            self._cells(
                [notebook[i] for i in indices],
                config.live_cells_absent,
                set(config.live_cells_aside),
            )
        )
        _store(app.env)[docname] = {"cells": cells, "values": compat.glued(app, docname)}
        numbers = {index: number for number, index in enumerate(indices)}
        for box in list(doctree.findall(compat.is_cell)):
            assert isinstance(box, nodes.Element)
            # What a script reads from the page would be gone after a run, or another one's.
            data = any("<script" in raw.astext() for raw in box.findall(nodes.raw))
            # A cell without shown code that was not run, after one that failed, is empty.
            if compat.shows_code(box) and not data:
                number = numbers[box["cell_index"]]
                row = (
                    f'<div class="live-controls" id="cell-{number + 1}" data-cell="{number}"></div>'
                )
                box.insert(1, nodes.raw("", row, format="html"))

    def _cells(
        self, cells: Sequence[dict[str, Any]], absent: dict[str, str], aside: set[str]
    ) -> Iterator[dict[str, Any]]:
        """Yield what the script of a page is told of each cell."""
        codes = ["".join(cell["source"]) for cell in cells]
        given = [cell["metadata"].get("live") for cell in cells]
        harmless = [i for i, cell in enumerate(cells) if cell["metadata"].get(HARMLESS)]
        away = reasons(codes, given, absent, harmless)
        for cell, code, reason in zip(cells, codes, away, strict=True):
            found: dict[str, Any] = {"code": code}
            if reason:
                found["away"] = reason
            elif needs := imports.wanted(code, self.table, self.packages):
                found["packages"] = needs
            tags = cell["metadata"].get("tags", [])
            if "raises-exception" in tags:
                found["mayFail"] = True
            if not aside.isdisjoint(tags):
                found["aside"] = True
            yield found

    def write(self, app: Sphinx, exception: Exception | None) -> None:
        """Write what the pages' scripts load, most of it at the first Run."""
        if exception is not None or app.builder.format != "html":
            return
        folder = Path(app.outdir) / "live"
        folder.mkdir(exist_ok=True)
        for path in bundle.files_below(LIVE, "*"):
            shutil.copyfile(path, folder / path.name)
        name = f"python-{hashlib.sha256(self.bundle).hexdigest()[:12]}.zip"
        for old in folder.glob("python-*.zip"):
            old.unlink()
        (folder / name).write_bytes(self.bundle)
        table = pyodide_files.table()
        files = {
            file: {"size": entry["size"], "integrity": _integrity(bytes.fromhex(entry["sha256"]))}
            for file, entry in table.items()
        }
        digest = hashlib.sha256(self.bundle).digest()
        files[name] = {"size": len(self.bundle), "integrity": _integrity(digest)}
        settings = {
            "pyodide": _copy_of_pyodide(app, folder) or app.config.live_cells_pyodide,
            "core": pyodide_files.CORE,
            "packages": {
                package: pyodide_files.files_of(package) for package in self.packages.values()
            },
            "first": self.first,
            "root": ROOT,
            "bundle": name,
            "modules": bundle.INNER,
            "files": files,
        }
        content = json.dumps(settings, indent=1) + "\n"
        (folder / "live.json").write_text(content, encoding="utf8")


ROOT = "/book"
"""Where modules and data lie in the file system of a page's Python."""


def reasons(
    codes: Sequence[str],
    given: Sequence[str | None],
    absent: dict[str, str],
    harmless: Collection[int] = (),
) -> list[str | None]:
    """Return for each cell why it cannot run in a browser, or None.

    Parameters
    ----------
    codes : sequence of str
        The code of all cells of a page, in order.
    given : sequence of str or None
        Reasons that the cells' options give.
    absent : dict of str
        Modules that are not there, with their names in words.
    harmless : collection of int
        Cells of which their options say that they change nothing from before.
    """
    found: list[str | None] = []
    for reason, used in zip(given, modules(codes, list(absent)), strict=True):
        missing = " and ".join(absent[name] for name in sorted(used))
        if missing:
            reason = reason or f"needs {missing}, which the page does not load"
        found.append(str(reason) if reason else None)
    away = [number for number, reason in enumerate(found) if reason]
    for number, earlier in out_of_reach(codes, away, harmless).items():
        found[number] = f"needs cell {earlier + 1}, which cannot run here"
    return found


def _data(folder: Path, patterns: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the files that ``live_cells_files`` names, by their paths in the book."""
    for pattern in patterns:
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
        if not found:
            raise ExtensionError(f"live_cells_files: {folder} has no file {pattern!r}")
        for path in found:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _store(env: BuildEnvironment) -> dict[str, Any]:
    if not hasattr(env, "live_cells"):
        env.live_cells = {}  # type: ignore[attr-defined]
    store: dict[str, Any] = env.live_cells  # type: ignore[attr-defined]
    return store


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what is known of a page that is read again or gone."""
    _store(env).pop(docname, None)


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Sequence[str], other: BuildEnvironment
) -> None:
    """Take over what another process has read."""
    found = _store(other)
    _store(env).update({name: found[name] for name in docnames if name in found})


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the code of the cells, and the scripts that run it, at the end of a page with cells."""
    page = _store(app.env).get(pagename)
    if not page or not page["cells"] or not context.get("body"):
        return
    code = embedded({"name": pagename, "key": app.config.live_cells_storage_key, **page})
    end = [f'<script type="application/json" id="live-cells">{code}</script>']
    for name in SCRIPTS:
        address = context["pathto"](f"live/{name}", resource=True)
        end.append(f'<script defer src="{address}?v={app.config.live_stamp}"></script>')
    context["body"] += "\n".join(end)


def _integrity(digest: bytes) -> str:
    return f"sha256-{base64.b64encode(digest).decode()}"


def _own_folder(app: Sphinx) -> Path | None:
    """Return the folder of Pyodide's files that the site is to carry, if it is."""
    given = app.config.live_cells_pyodide
    return None if "://" in given else Path(app.confdir, given)


def _copy_of_pyodide(app: Sphinx, folder: Path) -> str | None:
    """Copy Pyodide into the site if it is to carry it; return its place relative to ``live``."""
    target = folder / "pyodide"
    shutil.rmtree(target, ignore_errors=True)
    source = _own_folder(app)
    if source is None:
        return None
    target.mkdir()
    for file in pyodide_files.table():
        shutil.copyfile(source / file, target / file)
    for wheel in source.glob("*.whl"):
        # Of further packages; their hashes are in Pyodide's own list, which was verified.
        if not (target / wheel.name).exists():
            shutil.copyfile(wheel, target / wheel.name)
    return "pyodide/"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    live = LiveCells()
    for name, default, types in VALUES:
        kinds = types if isinstance(types, tuple) else (types,)
        app.add_config_value(name, default, "env", types=kinds)
    app.add_config_value("live_stamp", "", "html")
    app.add_event(FILES_EVENT)
    app.add_css_file("live-cells.css")
    # After other extensions have had their say about the settings.
    app.connect("config-inited", live.configure, priority=900)
    app.connect("builder-inited", live.add_static)
    app.connect("builder-inited", compat.check, priority=900)
    app.connect("doctree-read", live.collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("html-page-context", add_to_page, priority=910)
    app.connect("build-finished", live.write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
