"""Where things lie, and what follows from it: what cells and browsers may load.

A folder named ``cells`` holds what cells import: it is in the digest of the execution cache, and a
reader's browser has it. A folder named ``browser`` holds what runs there only, and so does the
folder of exercises but for those of answers and pages. All of these import no Sphinx.
"""

from collections.abc import Iterator
from pathlib import Path

KIT = Path(__file__).resolve().parent
BOOK = KIT.parent
ROOT = BOOK.parent


def files_below(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder, without what systems and editors leave there.

    Parameters
    ----------
    folder : Path
    pattern : str
        Of the names, such as ``*.py``.
    """
    found = []
    for path in folder.rglob(pattern):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "_build", "__pycache__")) for part in parts)
        if not hidden and path.is_file():
            found.append(path)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def bytes_of(path: Path) -> bytes:
    """Return what a file says: of a text, whatever marks the ends of its lines."""
    raw = path.read_bytes()
    return raw if path.suffix == ".gz" else raw.replace(b"\r\n", b"\n")


def packages() -> list[Path]:
    """Return the folders that are imported from ``packages``, whatever they are installed as."""
    found = (ROOT / "packages").glob("*/*/__init__.py")
    return sorted(path.parent for path in found)


def folder_on_path(path: Path) -> Path:
    """Return the folder in which a module's topmost package is looked for."""
    return next(folder for folder in path.parents if not (folder / "__init__.py").is_file())


def cell_side() -> list[Path]:
    """Return the modules that cells can import, and the packages that lead to them."""
    return list(_modules("cells"))


def browser_side() -> list[Path]:
    """Return the modules that a reader's browser has: those of cells, and its own."""
    there = _modules("cells", "browser", "exercises")
    return [path for path in there if not {"answers", "pages"} & set(path.relative_to(ROOT).parts)]


def _modules(*names: str) -> Iterator[Path]:
    for top in (KIT, *packages()):
        modules = files_below(top, "*.py")
        chosen = [path for path in modules if set(names) & set(path.relative_to(top).parts[:-1])]
        leading = {folder / "__init__.py" for path in chosen for folder in path.parents}
        yield from (path for path in modules if path in leading or path in chosen)
