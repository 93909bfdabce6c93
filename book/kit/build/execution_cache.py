"""Sphinx extension: the execution cache knows the code and the data that cells run on.

MyST-NB's cache sees the text of the cells and nothing else: it would serve results of an older
package. Here the cache lives in a folder named by a digest of all that a result depends on, and a
change of any of it executes every page again. Folders of older digests are removed when a build
has succeeded. Trained networks are kept beside the executed pages, under the same digest.

Pages are read again, though not executed, when an extension or a template changes.

The folders lie in the one that `jupyter-book clean` leaves alone, and are those of one Python: a
build by another does not remove them.
"""

import hashlib
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sphinx.application import Sphinx
from sphinx.config import Config

from kit import faults
from kit.build import font_list, own_environment
from kit.folders import BOOK, KIT, ROOT, bytes_of, cell_side, files_below

KERNEL = ("ipykernel", "myst-nb", "jupyter-cache")
CELL = re.compile(
    r"^(?P<fence>`{3,}|~{3,}|:{3,})\{code-cell\}.*?$(?P<code>.*?)^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
IMPORT = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)


def machinery() -> str:
    """Return a digest of extensions, widgets and templates: what pages are made with."""
    state = hashlib.sha256()
    for folder in (KIT, ROOT / "packages", BOOK / "_templates"):
        for pattern in ("*.py", "*.html", "*.css", "*.js"):
            for path in files_below(folder, pattern):
                state.update(bytes_of(path))
    return state.hexdigest()


def sources() -> Iterator[Path]:
    """Yield every file that a cell's result depends on, apart from the page itself."""
    yield from files_below(ROOT / "nnfs", "*.py")
    yield from files_below(ROOT / "mnist_data", "*.gz")
    yield from cell_side()
    yield Path(own_environment.__file__)
    yield ROOT / "constraints.txt"


def libraries() -> list[str]:
    """Return names and versions of what the package, the pages' cells and their modules import.

    What these need in turn is included, and what runs the cells.
    """
    code = [bytes_of(path).decode() for path in sources() if path.suffix == ".py"]
    for page in files_below(BOOK, "*.md"):
        cells = CELL.finditer(bytes_of(page).decode("utf8", "replace"))
        code += [cell["code"] for cell in cells]
    imported = {name for text in code for name in IMPORT.findall(text)}
    names = _distributions_of(imported)
    return sorted(f"{name} {version}" for name, version in _with_needs([*names, *KERNEL]).items())


def _distributions_of(modules: set[str]) -> Iterator[str]:
    """Yield the distributions that say they bring one of these modules.

    `metadata.packages_distributions` knows as much, but asks for each file whether it is there,
    which takes longer than to build a page.
    """
    for distribution in metadata.distributions():
        listed = distribution.read_text("top_level.txt")
        if listed is None:
            listed = distribution.read_text("RECORD") or ""
        if modules & {re.split(r"[/.,]", line, maxsplit=1)[0] for line in listed.splitlines()}:
            yield distribution.name


def _with_needs(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of what is installed of these distributions and of all they need."""
    waiting = [canonicalize_name(name) for name in names]
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            described = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found[name] = described["Version"]
        for need in map(Requirement, described.get_all("Requires-Dist") or []):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(need.name))
    return found


def digest() -> str:
    """Return the name of the cache for this code, data, Python, libraries and kind of machine."""
    state = hashlib.sha256()
    machine = [
        f"{name}={os.environ[name]}" for name in own_environment.ARITHMETIC if name in os.environ
    ]
    before = os.environ.get("BOOK_KERNEL_PATH", "").split(os.pathsep)
    known = [platform.python_version(), sys.platform, platform.machine(), *machine, *libraries()]
    for text in known:
        state.update(f"{text}\0".encode())
    for folder in filter(None, before):
        for path in files_below(Path(folder), "*.py"):
            state.update(hashlib.sha256(bytes_of(path)).digest())
    for path in sources():
        state.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        state.update(hashlib.sha256(bytes_of(path)).digest())
    return state.hexdigest()[:16]


def prepare(app: Sphinx, config: Config) -> None:
    """Name the cache, and say where the kernels find what is kept in it."""
    config.book_machinery = machinery()
    cache = _caches(app) / f"{_python()}-{digest()}"
    config.nb_execution_cache_path = str(cache / "pages")
    os.environ["BOOK_TRAINED_CACHE"] = str(cache / "trained")
    font_list.place(cache)
    for name in ("html_css_files", "html_js_files"):
        # Jupyter Book lists all that lies in the folder, an editor's file too.
        config[name] = [file for file in config[name] if "/." not in f"/{file}"]


def prune(app: faults.StrictSphinx, exception: Exception | None) -> None:
    """Remove this Python's caches of older digests once a build has succeeded."""
    if exception is None and not faults.are_there(app):
        current = Path(app.config.nb_execution_cache_path).parent
        for folder in current.parent.glob(f"{_python()}-*"):
            if folder != current and folder.is_dir():
                shutil.rmtree(folder)


def _python() -> str:
    return f"{sys.implementation.name}{sys.version_info.major}.{sys.version_info.minor}"


def _caches(app: Sphinx) -> Path:
    return Path(app.outdir).parent / ".jupyter_cache"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; a change of the machinery reads all pages again."""
    app.add_config_value("book_machinery", "", "env")
    app.connect("config-inited", prepare, priority=100)
    app.connect("build-finished", prune)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
