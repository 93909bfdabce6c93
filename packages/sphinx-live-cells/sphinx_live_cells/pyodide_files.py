"""The files of Pyodide that a site uses: their names, sizes and SHA-256, and how to get them.

    python -m sphinx_live_cells.pyodide_files FOLDER

fetches them into a folder, the core from the npm package and the wheels from the public address,
and verifies every one. Files that are there already are only verified. A folder made like this is
what ``live_cells_pyodide`` may name when a book is built.

The table ``pyodide_files.json`` was made from the npm package `pyodide`; the hashes of the wheels
are those of ``pyodide-lock.json`` in it.
"""

import hashlib
import io
import json
import os
import sys
import tarfile
import urllib.request
from pathlib import Path
from typing import Any

VERSION = "0.27.7"
ADDRESS = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CORE = [
    "pyodide.js",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
]
COMMAND = "python -m sphinx_live_cells.pyodide_files"
Table = dict[str, dict[str, Any]]


def table() -> Table:
    """Return size (bytes) and SHA-256 of each file, by name."""
    path = Path(__file__).with_suffix(".json")
    files: Table = json.loads(path.read_text(encoding="utf8"))
    return files


def files_of(package: str) -> list[str]:
    """Return the files of the table that a package needs; none of one that is not in it.

    Of what is not in the table, Pyodide's own list has the SHA-256.
    """
    if package == "matplotlib":
        return [name for name in table() if name.endswith(".whl") and not name.startswith("numpy-")]
    return [name for name in table() if name.startswith(f"{package}-")]


def verify(folder: Path, files: Table | None = None) -> None:
    """Compare a folder with the table; wheels also with the lock file.

    Raises
    ------
    ValueError
        If a file is missing or has another content; the message names it.
    """
    expected = table() if files is None else files
    for name, entry in expected.items():
        path = folder / name
        if not path.is_file():
            raise ValueError(f"{path} is missing; fetch it: {COMMAND} FOLDER")
        check(name, path.read_bytes(), entry["sha256"])
    locked = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf8"))["packages"]
    hashes = {package["file_name"]: package["sha256"] for package in locked.values()}
    for name, entry in expected.items():
        if name.endswith(".whl") and hashes.get(name) != entry["sha256"]:
            raise ValueError(f"{name}: pyodide-lock.json has another SHA-256 than the table")


def check(name: str, content: bytes, sha256: str) -> None:
    """Raise ValueError if the content has another SHA-256."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{name}: SHA-256 is {found}; expected {sha256}")


def fetch(folder: Path) -> None:
    """Bring a folder to the state of the table.

    Raises
    ------
    OSError
        If a file cannot be had.
    ValueError
        If a file is not the expected one; it is not written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = table()
    missing = [name for name in files if not (folder / name).is_file()]
    core = _from_npm() if set(missing) & set(CORE) else {}
    for name in missing:
        content = core[name] if name in CORE else _read(ADDRESS + name)
        check(name, content, files[name]["sha256"])
        (folder / name).write_bytes(content)
    verify(folder, files)


def _from_npm() -> dict[str, bytes]:
    registry = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")
    package = _read(f"{registry}/pyodide/-/pyodide-{VERSION}.tgz")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        opened = {name: archive.extractfile(f"package/{name}") for name in CORE}
        return {name: stream.read() for name, stream in opened.items() if stream}


def _read(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            content: bytes = response.read()
    except OSError as error:
        raise OSError(f"{address}: {error}") from error
    return content


def main(arguments: list[str]) -> int:
    """Fetch into the folder named; say what is wrong in one line."""
    if len(arguments) != 1:
        print(f"usage: {COMMAND} FOLDER", file=sys.stderr)
        return 2
    try:
        fetch(Path(arguments[0]))
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{arguments[0]}: Pyodide {VERSION}, {len(table())} files, verified")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
