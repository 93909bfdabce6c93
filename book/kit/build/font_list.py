"""Matplotlib's list of fonts, which the kernels of a build have from the build.

Matplotlib keeps one list a user. If an environment in it has been deleted, figures warn of fonts
that are not there. So a build has a list of its own, which no other environment has written.
"""

import hashlib
import importlib
import os
import sys
from pathlib import Path
from threading import Lock

FOLDER = "MPLCONFIGDIR"
_making = Lock()


def place(cache: Path) -> None:
    """Name the folder of the list, in the one of a build's cache, to the build and its kernels."""
    prefix = hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]
    os.environ[FOLDER] = str(cache / f"matplotlib-{prefix}")


def make() -> None:
    """Make the list where there is none: before a first cell, in which making it may print."""
    if FOLDER not in os.environ:
        return
    folder = Path(os.environ[FOLDER])
    with _making:
        if not any(folder.glob("fontlist-*.json")):
            folder.mkdir(parents=True, exist_ok=True)
            importlib.import_module("matplotlib.font_manager")
