"""Sphinx extension: the cells that a page needs and its story does not are folded.

A cell with the tag ``set-up`` becomes one line, "Set-up", together with those that follow it: what
only figures need stands in a cell of its own, which a reader's browser then need not run. Of a cell
with the tag ``figure``, or with the tag ``hide-input`` and a figure, the code is folded below what
it has drawn. The folds are those of `sphinx_equation_checks`, which leaves them out where pages
cannot fold.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from sphinx_equation_checks.compat import cells_of, do_not_hide, parts_of, tags_of
from sphinx_equation_checks.folds import Fold, fold

SET_UP = "Set-up"
DRAWN = "How this figure was drawn"


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Fold the cells of a page that say so; after its rows of buttons are in place."""
    for cell in cells_of(doctree):
        tags = tags_of(cell)
        if "set-up" in tags:
            fold_whole(cell)
        elif "figure" in tags or ("hide-input" in tags and any(cell.findall(nodes.figure))):
            fold_code(cell)


def fold_whole(cell: nodes.Element) -> None:
    """Put a cell into a fold at its place, or into the one that stands there."""
    parent, place = cell.parent, cell.parent.index(cell)
    before = parent[place - 1] if place else None
    parent.remove(cell)
    if isinstance(before, Fold) and "set-up" in before["classes"]:
        before += cell
    else:
        parent.insert(place, fold(SET_UP, cell, kind="set-up"))


def fold_code(cell: nodes.Element) -> None:
    """Put all of a cell but what it has drawn into a fold below that."""
    code, shown = parts_of(cell)
    if not code or not shown:
        return
    do_not_hide(cell)
    figures = [figure["names"] for figure in cell.findall(nodes.figure)]
    name = next((names[0] for names in figures if names), "")
    for part in code:
        cell.remove(part)
    cell += fold(DRAWN, *code, kind="figure-code", spoken=f"{DRAWN}: {name}" if name else "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.setup_extension("sphinx_equation_checks")
    app.connect("doctree-read", collect, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
