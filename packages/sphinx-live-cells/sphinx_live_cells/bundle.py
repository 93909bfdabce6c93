"""The zip of all Python and data of a book that its pages load at the first Run."""

import contextlib
import hashlib
import importlib.util
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sphinx.errors import ExtensionError

from sphinx_live_cells.browser import imports

PACKAGE = Path(__file__).resolve().parent
EPOCH = (1980, 1, 1, 0, 0, 0)
INNER = "live-modules.zip"
"""All modules and settings in one file of the zip.

Together they take a fifth less than one by one, since modules repeat each other's words.
"""
COMPRESSED = (".gz", ".zip", ".png")
NOT_A_MODULE = "live_cells_modules: no module or package {!r} below {}"


@dataclass(frozen=True)
class Module:
    """A file of Python, and the name by which it is imported."""

    name: str
    path: Path

    @property
    def place(self) -> str:
        """Where it lies in the zip."""
        parts = self.name.split(".")
        last = ["__init__.py"] if self.path.name == "__init__.py" else [f"{parts.pop()}.py"]
        return "/".join([*parts, *last])


def files_below(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder, without what systems, editors and Python leave there."""
    found = []
    for path in folder.rglob(pattern):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
            found.append(path)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def bytes_of(path: Path) -> bytes:
    """Return a text whatever marks the ends of its lines, and any other file as it is."""
    raw = path.read_bytes()
    return raw if b"\0" in raw else raw.replace(b"\r\n", b"\n")


def find_modules(names: Iterable[str], folders: Iterable[Path]) -> list[Module]:
    """Return the modules that a configuration names, with the packages that hold them.

    Parameters
    ----------
    names : iterable of str
        ``name`` for a module, or a package and all in it; ``name.*`` for the modules that lie
        directly in a package, and none in folders below it; ``name.__init__`` for a package
        without any.
    folders : iterable of Path
        Where to look first; then on Python's own path.

    Raises
    ------
    ExtensionError
        If there is none of a name.
    """
    first = list(folders)
    places = [*first, *(Path(place) for place in sys.path if place)]
    found: dict[str, Module] = {}
    for name in names:
        plain = name.removesuffix(".*").removesuffix(".__init__")
        root = next((root for root in places if _exists(root, plain)), None) or _installed(plain)
        if root is None:
            where = ", ".join(map(str, first)) + " or on Python's path"
            raise ExtensionError(NOT_A_MODULE.format(name, where))
        parts = plain.split(".")
        for end in range(1, len(parts) + name.endswith(".__init__")):
            package = root.joinpath(*parts[:end], "__init__.py")
            if package.is_file():
                found[".".join(parts[:end])] = Module(".".join(parts[:end]), package)
        folder = root.joinpath(*parts)
        if name.endswith(".__init__"):
            continue
        if not folder.is_dir():
            found[plain] = Module(plain, folder.with_suffix(".py"))
            continue
        for path in files_below(folder, "*.py"):
            inner = path.relative_to(root).with_suffix("").parts
            whole = ".".join(inner[:-1] if inner[-1] == "__init__" else inner)
            if name == plain or path.parent == folder:
                found[whole] = Module(whole, path)
    return [found[name] for name in sorted(found)]


def _installed(name: str) -> Path | None:
    """Return where a module lies that Python finds by other means, as if installed to be edited."""
    top = name.partition(".")[0]
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin:
        return None
    file = Path(spec.origin)
    root = file.parents[1] if file.name == "__init__.py" else file.parent
    return root if _exists(root, name) else None


def _exists(root: Path, name: str) -> bool:
    place = root.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place.is_dir() and any(place.glob("*.py")))


def own_modules() -> list[Module]:
    """Return the modules of this package that run in a browser."""
    return [
        Module("sphinx_live_cells", PACKAGE / "__init__.py"),
        *find_modules(["sphinx_live_cells.browser"], [PACKAGE.parent])[1:],
    ]


def import_table(modules: Iterable[Module], packages: Mapping[str, str]) -> imports.Table:
    """Return which packages the modules of a book need.

    Raises
    ------
    ExtensionError
        If a module is no Python.
    """
    sources = {}
    for module in modules:
        try:
            sources[module.name] = bytes_of(module.path).decode("utf8")
            compile(sources[module.name], module.path, "exec")
        except (SyntaxError, ValueError) as error:
            raise ExtensionError(
                f"live_cells_modules: {module.path} is no Python: {error}"
            ) from None
    return imports.table(sources, packages)


def kept_import_table(
    place: Path, modules: Iterable[Module], packages: Mapping[str, str]
) -> imports.Table:
    """Return the table of `import_table` as an earlier build left it, if it had the same modules.

    Parameters
    ----------
    place : Path
        File in which a table is kept.
    modules : iterable of Module
    packages : mapping from str to str
    """
    modules = list(modules)
    state = hashlib.sha256(bytes_of(Path(imports.__file__)))
    state.update(json.dumps(packages, sort_keys=True).encode())
    for module in modules:
        state.update(f"{module.name}\0".encode() + bytes_of(module.path) + b"\0")
    with contextlib.suppress(OSError, ValueError, TypeError):  # none, or not whole
        known, table = json.loads(place.read_text("utf8"))
        if known == state.hexdigest():
            return cast(imports.Table, table)
    table = import_table(modules, packages)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps([state.hexdigest(), table]), "utf8")
    return table


def pack(
    modules: Iterable[Module], files: Mapping[str, bytes], settings: Mapping[str, Any]
) -> bytes:
    """Return the zip; the same content makes the same bytes. `unpack` is its inverse.

    Parameters
    ----------
    modules : iterable of Module
        Those of the book; this package's own are added.
    files : mapping from str to bytes
        Data, by its path.
    settings : mapping from str
        For each file of settings, by its name, its content.
    """
    text = {module.place: bytes_of(module.path) for module in (*own_modules(), *modules)}
    for name, value in settings.items():
        text[name] = json.dumps(value, indent=1, sort_keys=True).encode()
    inner = _zip(text, dict.fromkeys(text, zipfile.ZIP_STORED))
    methods = {
        name: zipfile.ZIP_STORED if name.endswith(COMPRESSED) else zipfile.ZIP_DEFLATED
        for name in files
    }
    return _zip({INNER: inner, **files}, {INNER: zipfile.ZIP_DEFLATED, **methods})


def _zip(files: Mapping[str, bytes], methods: Mapping[str, int]) -> bytes:
    """Return a zip of files without their dates."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, methods[name], 9)
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Return the files that a page's Python has of a zip, by their paths; as the worker does it."""
    found = _files(packed)
    return _files(found.pop(INNER)) | found


def _files(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
