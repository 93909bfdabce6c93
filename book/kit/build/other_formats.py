"""Sphinx extension: the book in one page, as an EPUB and as plain text, not only as a site.

Sphinx looks for the visitors of an extension's nodes under the builder's name, and under its format
only if there are none at all under the name. One extension that registers for `singlehtml` thus
hides those of all others that register for HTML.
"""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from kit import compat


def configure(app: Sphinx, config: Config) -> None:
    """Name the book, and leave out of an EPUB in silence what only the site's scripts need."""
    if config.project == "Project name not set":
        config.project = config.html_title
    with suppress(PackageNotFoundError):
        config.version = config.version or version("nnfs-book")
    config.suppress_warnings = [*config.suppress_warnings, "epub.unknown_project_files"]


def prepare(app: Sphinx) -> None:
    """Give a builder the visitors of its format, and an EPUB the fonts of the formulas."""
    compat.give_visitors_of_its_format(app)
    compat.pass_by_unknown_nodes(app)
    builder: Any = app.builder
    if builder.name == "epub":
        builder.media_types = {**builder.media_types, ".woff2": "font/woff2"}


def round_widths(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the columns of tables widths of whole letters, as a text needs them.

    MyST-Parser makes them per cent with a fraction, by which Sphinx's text builder fails.
    """
    if app.builder.format == "text":
        for column in doctree.findall(nodes.colspec):
            column["colwidth"] = round(column["colwidth"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", configure)
    app.connect("builder-inited", prepare)
    app.connect("doctree-resolved", round_widths)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
