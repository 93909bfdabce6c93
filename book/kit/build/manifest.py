"""Sphinx extension: the SHA-256 of every file of the site, as the last that a build writes.

Whoever has a copy of the site finds out whether it is whole: ``sha256sum -c SHA256SUMS`` in its
folder, or on macOS ``shasum -a 256 -c SHA256SUMS``. Hidden files and folders are left out: Sphinx's
notes are such, and what publishes a site may leave them behind.

``python -m kit.build.manifest FOLDER`` writes the list anew, after something was added to a site.
"""

import hashlib
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import SphinxError

NAME = "SHA256SUMS"


def manifest(site: Path) -> str:
    """Return a line for each file of a site, as ``sha256sum -c`` reads them, in the order of names.

    Parameters
    ----------
    site : Path

    Raises
    ------
    SphinxError
        If the name of a file breaks a line or has a backslash, which ``sha256sum`` would write in
        another way.
    """
    paths = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    lines = []
    for name in sorted(paths):
        if any(mark in name for mark in "\n\r\\"):
            raise SphinxError(f"{name!r} is no name for a file of the site")
        if name != NAME and not any(part.startswith(".") for part in name.split("/")):
            lines.append(f"{hashlib.sha256(paths[name].read_bytes()).hexdigest()}  {name}\n")
    return "".join(lines)


def write_into(site: Path) -> None:
    """Write the list into the folder of a site."""
    (site / NAME).write_text(manifest(site), encoding="utf8", newline="\n")


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the list when all other files are there."""
    if exception is None and app.builder.name == "html":
        write_into(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx: after all that writes, before the site takes its place."""
    app.connect("build-finished", write, priority=895)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    write_into(Path(sys.argv[1]))
