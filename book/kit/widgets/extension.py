"""Sphinx extension: every widget that has a folder here."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx


def names() -> list[str]:
    """Return the names of the folders with a widget, in the order of the alphabet."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/directive.py"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    for name in names():
        app.setup_extension(f"kit.widgets.{name}.directive")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
