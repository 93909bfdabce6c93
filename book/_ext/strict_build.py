"""Sphinx extension: a plain build is a strict build.

Any warning fails the build with exit code 1: a failing cell, a reference without target, a glue
value that no cell computed. All are shown, not only the first. So does a page with code cells that
were not executed, which MyST-NB publishes in silence when a page lacks its notebook header.

A failed build also forgets what it has read. Otherwise the next one would find nothing changed,
warn of nothing, and succeed.
"""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CELL_SOURCE = re.compile(r"following cell:\n-{5,}\n(.*?)\n-{5,}", re.DOTALL)
EMPTY = ("", "nan", "None", "[]", "inf")
CODE_CELL = re.compile(r"^\s*(?:`{3,}|:{3,}|~{3,})\s*\{code-cell\}", re.MULTILINE)


def require_execution(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every page with code cells that was not executed, or not to its end."""
    executed = getattr(env, "nb_metadata", {})
    for docname in sorted(env.found_docs):
        source = Path(env.doc2path(docname)).read_text(encoding="utf8")
        cells = CODE_CELL.findall(source)
        record = executed.get(docname, {}).get("exec_data") or {}
        if cells and not record.get("succeeded"):
            logger.warning(
                "%d code cells were not all executed: %s",
                len(cells),
                reason(str(record.get("traceback") or "")),
                location=docname,
            )


def reason(traceback: str) -> str:
    """Return the error of a cell and the cell's own code, from nbclient's traceback."""
    if not traceback:
        return "the page lacks its notebook header (jupytext and kernelspec)"
    plain = COLOUR.sub("", traceback)
    cell = CELL_SOURCE.search(plain)
    error = [line for line in plain.splitlines() if line.strip()][-1]
    return f"{error}\nin the cell\n{cell.group(1)}" if cell else error


def require_values(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn of every glued value that puts no number and no word into its sentence."""
    for inline in doctree.findall(nodes.inline):
        if "pasted-text" in inline["classes"] and inline.astext().strip("'\" ") in EMPTY:
            logger.warning(
                "a glued value is empty: %r", inline.astext(), location=(docname, inline.line)
            )


def forget_failed_build(app: Sphinx, exception: Exception | None) -> None:
    """Remove Sphinx's record of the pages, so that the next build reports the same again."""
    if exception is not None or app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx, and turn warnings into exit code 1."""
    app.keep_going = True
    app.connect("env-check-consistency", require_execution)
    app.connect("doctree-resolved", require_values)
    app.connect("build-finished", forget_failed_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
