"""Sphinx extension: what was found in the files of a site is kept for the next build.

When all pages are written, several extensions look through each of them: for classes, icons, links,
scripts. A file with the same text gives the same findings, so a build that changes one page looks
through that one. A change of the machinery forgets all.
"""

import hashlib
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from sphinx.application import Sphinx

Result = TypeVar("Result")
NAME = "found-in-files.pickle"


class Findings:
    """What functions of a text return, kept by the text's SHA-256.

    Parameters
    ----------
    kept : dict, optional
        Of an earlier build, by function and SHA-256.

    Attributes
    ----------
    asked : dict
        What was asked for of this object; the rest belongs to texts that are gone.
    """

    def __init__(self, kept: dict[tuple[str, str], Any] | None = None) -> None:
        self.kept = kept or {}
        self.asked: dict[tuple[str, str], Any] = {}

    def __call__(self, find: Callable[[str], Result], path: Path) -> Result:
        """Return what a function finds in the text of a file.

        Parameters
        ----------
        find : callable
            Of a module, named; it depends on the text alone.
        path : Path
            A file in UTF-8.
        """
        content = path.read_bytes()
        key = f"{find.__module__}.{find.__qualname__}", hashlib.sha256(content).hexdigest()
        if key not in self.asked:
            self.asked[key] = self.kept[key] if key in self.kept else find(_text(content))
        return cast(Result, self.asked[key])

    def in_files(
        self, find: Callable[[str], Result], files: Mapping[str, Path]
    ) -> dict[str, Result]:
        """Return what a function finds in the texts of several files, by the files' names."""
        return {name: self(find, path) for name, path in files.items()}


def _text(content: bytes) -> str:
    return content.decode("utf8").replace("\r\n", "\n").replace("\r", "\n")


def of(app: Sphinx) -> Findings:
    """Return the findings of a build; a build that keeps none gets new ones."""
    return getattr(app, "findings", None) or Findings()


def load(place: Path, version: str) -> Findings:
    """Return what an earlier build kept in a file, or nothing where it does not fit.

    Parameters
    ----------
    place : Path
    version : str
        Of the functions that found it.
    """
    try:
        known, kept = pickle.loads(place.read_bytes())  # a file of the build's own, as Sphinx's are
    except Exception:  # whatever is wrong with it, all is found anew
        return Findings()
    return Findings(kept if known == version else None)


def begin(app: Sphinx) -> None:
    """Read what the last build kept."""
    findings = load(Path(app.doctreedir) / NAME, app.config.book_machinery)
    app.findings = findings  # type: ignore[attr-defined]


def end(app: Sphinx, exception: Exception | None) -> None:
    """Keep what this build asked for."""
    if exception is None and app.builder.name == "html":
        kept = pickle.dumps((app.config.book_machinery, of(app).asked))
        (Path(app.doctreedir) / NAME).write_bytes(kept)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx: around all that looks through files."""
    app.connect("builder-inited", begin, priority=900)
    app.connect("build-finished", end, priority=897)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
