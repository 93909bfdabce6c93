"""Cells that run in the reader's browser, for books made with Sphinx and MyST-NB.

``extensions = ["myst_nb", "sphinx_live_cells"]`` is all that a book needs; the README tells the
rest. What cells may import from here is in `sphinx_live_cells.browser`, which imports no Sphinx.
"""

from typing import Any

__version__ = "0.1.0"


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx, which is not there in a browser."""
    from sphinx_live_cells import extension

    return extension.setup(app)
