"""Equations that check themselves when a book is built.

List ``sphinx_equation_checks`` among the extensions of `Sphinx`, and let cells import what they
call from `sphinx_equation_checks.cells`, which needs no Sphinx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__version__ = "0.1.0"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx.

    Parameters
    ----------
    app : Sphinx

    Returns
    -------
    dict
        What Sphinx wants to know of an extension.
    """
    from .extension import setup as setup_extension

    return {"version": __version__, **setup_extension(app)}
