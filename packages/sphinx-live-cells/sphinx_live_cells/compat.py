"""What this package uses of Sphinx and MyST-NB beyond what they document, asserted at the start."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

REMEDY = "install another version of MyST-NB (1.1 to 1.4 are known to work)"


def check(app: Sphinx) -> None:
    """Raise an error that names version and remedy if MyST-NB is not what it was.

    Raises
    ------
    ExtensionError
        If it is not loaded, or keeps no folder for the notebooks that it has executed.
    """
    if "myst_nb" not in app.extensions:
        raise ExtensionError("sphinx_live_cells needs MyST-NB: add myst_nb to the extensions")
    if not hasattr(getattr(app.env, "mystnb_config", None), "output_folder"):
        raise ExtensionError(
            f"MyST-NB {version('myst-nb')} has no setting output_folder, where sphinx_live_cells "
            f"reads what it has executed: {REMEDY}"
        )


def has_notebook(app: Sphinx, docname: str) -> bool:
    """Return whether MyST-NB has read a page as a notebook."""
    return docname in getattr(app.env, "nb_metadata", {})


def notebook(app: Sphinx, docname: str) -> dict[str, Any]:
    """Return the executed notebook of a page.

    Raises
    ------
    ExtensionError
        If it is not where MyST-NB writes it.
    """
    path = _place(app, docname, ".ipynb")
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        raise ExtensionError(
            f"{docname}: MyST-NB {version('myst-nb')} has written no {path}, from which "
            f"sphinx_live_cells takes the code of the cells: {REMEDY}"
        ) from None
    return found


def glued(app: Sphinx, docname: str) -> dict[str, str]:
    """Return the numbers and words that the cells of a page have glued for its sentences."""
    # Where a page glues nothing any more, the file that an earlier build has written stays.
    names = vars(app.env)["nb_metadata"][docname].get("glue", [])
    path = _place(app, docname, ".glue.json")
    if not names or not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf8"))
    return {name: found[name]["data"].get("text/plain", "") for name in names}


def _place(app: Sphinx, docname: str, suffix: str) -> Path:
    folder = Path(vars(app.env)["mystnb_config"].output_folder)
    return folder / f"{docname}{suffix}"


def is_cell(node: nodes.Node) -> bool:
    """Return whether a node is a code cell, with what it shows."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def shows_code(box: nodes.Element) -> bool:
    """Return whether a cell has its code on the page."""
    first = box.children[0] if box.children else None
    return isinstance(first, nodes.Element) and first.get("nb_element") == "cell_code_source"
