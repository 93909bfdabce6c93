"""Sphinx extension: what the pages of this book load to run their cells in a browser.

The modules are those that `kit.folders` finds, and `nnfs`; the digits are the first images of both
parts of MNIST. If the environment variable BOOK_PYODIDE names a folder with Pyodide's files, as
``python -m sphinx_live_cells.pyodide_files`` makes it, the site carries them.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from kit.folders import BOOK, ROOT, browser_side, files_below, folder_on_path, packages
from nnfs import digit_files
from sphinx_live_cells import pyodide_files

PART_OF_DIGITS = {"train": 4_000, "t10k": 1_500}


PATH = [BOOK, ROOT, *(package.parent for package in packages())]


ASIDE = ["figure", "check", "claim", "remove-cell"]
"""Tags of cells that only draw, check, or name numbers for sentences."""


COMMAND_LINE = {"cli", "__main__"}
"""Modules of `nnfs` that no page can use: a browser has no command line."""


def modules() -> list[str]:
    """Return the modules that pages load, as ``live_cells_modules`` takes them."""
    package = [path.stem for path in files_below(ROOT / "nnfs", "*.py")]
    ours = [f"nnfs.{name}" for name in package if name not in COMMAND_LINE]
    # A package that leads to others ships without what else lies in it, as ``name.__init__``.
    found = [(path, folder_on_path(path)) for path in browser_side()]
    names = [".".join(path.relative_to(above).with_suffix("").parts) for path, above in found]
    return [*ours, *(name for name in names if not name.startswith("sphinx_live_cells"))]


def configure(app: Sphinx, config: Config) -> None:
    """Say which modules pages load, and where Pyodide is."""
    config.live_cells_modules = modules()
    config.live_cells_aside = ASIDE
    config.live_cells_quiet = ["kit", "sphinx_equation_checks"]
    config.live_cells_path = [str(folder) for folder in PATH]
    if source := os.environ.get("BOOK_PYODIDE"):
        try:
            pyodide_files.verify(Path(source))
        except ValueError as error:
            raise ExtensionError(f"BOOK_PYODIDE: {error}") from error
        config.live_cells_pyodide = str(Path(source).resolve())


def add_digits(app: Sphinx, files: dict[str, bytes]) -> None:
    """Add the part of the digits, and its hashes, to what pages load."""
    digits = dict(part_of_digits())
    hashes = {
        name.removesuffix(".gz"): hashlib.sha256(gzip.decompress(content)).hexdigest()
        for name, content in digits.items()
    }
    files.update({f"mnist_data/{name}": content for name, content in digits.items()})
    files["mnist_data/part.json"] = json.dumps(hashes).encode()


def part_of_digits() -> Iterator[tuple[str, bytes]]:
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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.setup_extension("sphinx_live_cells")
    app.connect("config-inited", configure)
    app.connect("live-cells-files", add_digits)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
