"""Sphinx extension: the execution cache knows the code and the data that cells run on.

MyST-NB's cache sees the text of the cells and nothing else: it would serve results of an older
package. Here the cache lives in a folder named by a digest of all that a result depends on, and a
change of any of it executes every page again. Folders of older digests are removed when a build
has succeeded. Trained networks are kept beside the executed pages, under the same digest.

Pages are read again, though not executed, when an extension or a template changes.

The kernels get the repository's own package first on their path, before any other distribution
that calls itself ``nnfs``, and treat a RuntimeWarning as an error.
"""

import hashlib
import importlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

EXTENSIONS = Path(__file__).resolve().parent
ROOT = EXTENSIONS.parents[1]
OURS = [str(ROOT), str(EXTENSIONS)]
CELL_SIDE = (
    "checked.py",
    "shown.py",
    "pencil.py",
    "linear.py",
    "wrong_gradients.py",
    "digit_networks.py",
    "trained.py",
)
LIBRARIES = ("numpy", "pandas", "matplotlib", "ipykernel")


def machinery() -> str:
    """Return a digest of the extensions and templates: what pages are made with."""
    state = hashlib.sha256()
    for folder in (EXTENSIONS, EXTENSIONS.with_name("_templates")):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".py", ".html"):
                state.update(path.read_bytes())
    return state.hexdigest()


def sources() -> Iterator[Path]:
    """Yield every file that a cell's result depends on, apart from the page itself."""
    yield from sorted((ROOT / "nnfs").rglob("*.py"))
    yield from sorted((ROOT / "mnist_data").glob("*.gz"))
    yield from (EXTENSIONS / name for name in CELL_SIDE)
    yield ROOT / "constraints.txt"


def digest() -> str:
    """Return the name of the cache for this code, data, Python and libraries."""
    state = hashlib.sha256()
    for text in (platform.python_version(), *(f"{name} {version(name)}" for name in LIBRARIES)):
        state.update(f"{text}\0".encode())
    for path in sources():
        state.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()[:16]


def prepare(app: Sphinx, config: Config) -> None:
    """Name the cache, and set up what the kernels and autodoc inherit."""
    config.book_machinery = machinery()
    cache = _caches(app) / digest()
    config.nb_execution_cache_path = str(cache / "pages")
    os.environ["BOOK_TRAINED_CACHE"] = str(cache / "trained")
    _own_fonts(cache)
    os.environ["PYTHONWARNINGS"] = "error::RuntimeWarning"
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join([*OURS, *filter(None, inherited)])


def _own_fonts(cache: Path) -> None:
    """Give the kernels a list of fonts that no other environment has written.

    Matplotlib keeps one list a user. If an environment in it has been deleted, figures warn of
    fonts that are not there. The list is made here, since making it in a cell may print as well.
    """
    folder = cache / f"matplotlib-{hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]}"
    os.environ["MPLCONFIGDIR"] = str(folder)
    if not any(folder.glob("fontlist-*.json")):
        folder.mkdir(parents=True, exist_ok=True)
        importlib.import_module("matplotlib.font_manager")


def prune(app: Sphinx, exception: Exception | None) -> None:
    """Remove the caches of older digests once a build has succeeded."""
    if exception is None and not app._warncount:
        current = Path(app.config.nb_execution_cache_path).parent
        for folder in current.parent.iterdir():
            if folder != current:
                shutil.rmtree(folder)


def _caches(app: Sphinx) -> Path:
    return Path(app.outdir).parent / ".executed"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; a change of the machinery reads all pages again."""
    # Now and not later: extensions that are loaded after this one import the package.
    sys.path[:0] = OURS
    app.add_config_value("book_machinery", "", "env")
    app.connect("config-inited", prepare, priority=100)
    app.connect("build-finished", prune)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
