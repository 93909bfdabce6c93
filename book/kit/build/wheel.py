"""The wheel that the book's notebooks install: `nnfs` with its digits, and what cells import.

What only a reader's browser imports is not in it: no notebook needs what marks exercises, and that
could solve them, too. The wheel is put together from the files themselves, in a tenth of a second
and with the same bytes from the same files. Its distribution is the package's own, ``nnfs-book``,
so that one of them takes the place of the other.
"""

import base64
import hashlib
import re
import tomllib
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import nnfs
from kit.folders import ROOT, bytes_of, cell_side, files_below, folder_on_path

EPOCH = (1980, 1, 1, 0, 0, 0)
OF_CELLS = ("pandas", "joblib", "filelock", "psutil", "dask", "sympy")
"""What cells import beyond what the package itself needs; its releases are those of the book."""

LICENCE = "MIT, but for the digits, of which nnfs/mnist_data/README.md speaks"


def name() -> str:
    """Return the file's name."""
    return f"nnfs_book-{nnfs.__version__}-py3-none-any.whl"


def requirements() -> list[str]:
    """Return what the wheel needs: as the package says, and as the book does for its cells."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf8").splitlines()
    distribution = re.compile(rf"({'|'.join(OF_CELLS)})\b")
    return [*project["dependencies"], *filter(distribution.match, lines), "ipykernel"]


def _modules() -> Iterator[tuple[str, Path]]:
    for path in files_below(ROOT / "nnfs", "*"):
        if path.suffix == ".py" or path.name == "py.typed":
            yield path.relative_to(ROOT).as_posix(), path
    for path in [*files_below(ROOT / "mnist_data", "*.gz"), ROOT / "mnist_data" / "README.md"]:
        yield f"nnfs/mnist_data/{path.name}", path
    for path in cell_side():
        if not path.is_relative_to(ROOT / "packages" / "sphinx-live-cells"):
            yield path.relative_to(folder_on_path(path)).as_posix(), path


def wheel() -> bytes:
    """Return the wheel."""
    about = f"nnfs_book-{nnfs.__version__}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requirements())
    files = {place: bytes_of(path) for place, path in _modules()}
    files[f"{about}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: nnfs-book\nVersion: {nnfs.__version__}\n"
        f"Requires-Python: >=3.11\nLicense: {LICENCE}\nLicense-File: LICENSE\n{needs}"
    ).encode()
    files[f"{about}/LICENSE"] = bytes_of(ROOT / "LICENSE")
    files[f"{about}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: nnfs-book\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    lines = []
    for place, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{place},sha256={digest},{len(content)}\n")
    record = f"{about}/RECORD"
    files[record] = ("".join(lines) + f"{record},,\n").encode()
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for place, content in files.items():
            method = zipfile.ZIP_STORED if place.endswith(".gz") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(place, EPOCH), content, method)
    return packed.getvalue()
