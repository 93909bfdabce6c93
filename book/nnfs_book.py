"""Sphinx extension, the first of the book's: the build uses this repository and nothing in its way.

It puts the repository and the folder ``book`` first on the path, before any other distribution that
has packages of the same names, and packages that come from PYTHONPATH last. Warnings are what they
are by default, whatever PYTHONWARNINGS says. Extensions that are listed after this one are found in
``book/kit``.

Its name is distinct, and it is installed with the package, so that ``sphinx-build`` finds it with
nothing but a ``conf.py`` that `jupyter-book config sphinx` has written.
"""

import gc
import importlib
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

COMMAND = "jupyter-book build book"


def folder_of_the_book(source: Path) -> Path:
    """Return the folder ``book`` that a folder of sources belongs to.

    Raises
    ------
    SystemExit
        With the command that builds the book, if there is no such folder.
    """
    for folder in (source, *source.parents):
        if (folder / "nnfs_book.py").is_file():
            return folder
    place = "the root of the repository"
    for folder in (source, *source.parents):
        if (folder / "book" / "nnfs_book.py").is_file():
            place = str(folder)
            break
    raise SystemExit(f"The pages of the book are in the folder book. In {place} run: {COMMAND}")


def require_readable(source: Path) -> None:
    """Refuse a folder whose name Python could not decode.

    Raises
    ------
    SystemExit
        With what to set.
    """
    try:
        str(source).encode("utf8")
    except UnicodeEncodeError:
        raise SystemExit(
            f"Python cannot read the name of this folder, {str(source)!a}, in the language "
            "that is set: set PYTHONUTF8=1 and build again"
        ) from None


def put_first(folders: list[Path]) -> None:
    """Put folders first on the path, and forget modules of their names from elsewhere."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    late = {Path(entry).resolve() for entry in given if entry}
    rest = [entry for entry in sys.path if Path(entry).resolve() not in folders]
    last = [entry for entry in rest if entry and Path(entry).resolve() in late]
    ours = [str(folder) for folder in folders]
    sys.path[:] = [*ours, *(entry for entry in rest if entry not in last), *last]
    packages = {path.name for folder in folders for path in folder.glob("sphinx_*")}
    names = {"nnfs", "kit", *packages}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in names:
            file = Path(getattr(module, "__file__", None) or "").resolve()
            if not any(file.is_relative_to(folder) for folder in folders):
                del sys.modules[name]
    importlib.invalidate_caches()


def usual_warnings() -> None:
    """Undo what PYTHONWARNINGS or -W ask for: libraries deprecate things, which is not an error."""
    if sys.warnoptions:
        warnings.resetwarnings()
        for kind in (ImportWarning, PendingDeprecationWarning, DeprecationWarning, ResourceWarning):
            warnings.simplefilter("ignore", kind)


def look_for_garbage_less_often() -> None:
    """Spare a build a fifth of its time, which Python spends on looking through pages in memory.

    Pages are trees of many small objects, which live long. What circles of them become garbage is
    found all the same, somewhat later.
    """
    gc.set_threshold(50_000, 20, 50)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    if sys.flags.optimize > 1:
        raise SystemExit(
            "Python leaves out docstrings, from which the page on the package is made: "
            "unset PYTHONOPTIMIZE, or set it to 1, and build again"
        )
    source = Path(app.srcdir).resolve()
    require_readable(source)
    book = folder_of_the_book(source)
    usual_warnings()
    look_for_garbage_less_often()
    packages = sorted(path.parent.parent for path in book.parent.glob("packages/*/*/__init__.py"))
    put_first([book.parent, book, *packages])
    app.setup_extension("kit.compat")
    app.setup_extension("kit.build.own_environment")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
