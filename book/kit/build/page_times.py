"""Sphinx extension: MyST-NB's table of what pages took has their titles and seconds, and no more.

How a page was executed and whether it went well are the same for all pages of a finished build.
"""

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from kit import compat


def shorten(table: nodes.table) -> None:
    """Leave a link with the page's title and the seconds, if it is a table of what pages took."""
    head, *body = table.findall(nodes.row)
    if [entry.astext() for entry in head] != compat.TIMES_OF_PAGES:
        return
    for row in (head, *body):
        row[:] = [row[0], row[3]]
    for entry, name in zip(head, ("page", "seconds"), strict=True):
        entry[:] = [nodes.paragraph(text=name)]
    (group,) = table.findall(nodes.tgroup)
    group["cols"] = 2
    for column in list(group.findall(nodes.colspec))[2:]:
        group.remove(column)
    for link in table.findall(pending_xref):
        link["refexplicit"] = False


class PageTimes(SphinxPostTransform):
    """Shorten the tables before their links are resolved, which then take the pages' titles."""

    default_priority = 9

    def run(self, **kwargs: Any) -> None:
        """Look at each table of a page."""
        for table in list(self.document.findall(nodes.table)):
            shorten(table)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform with Sphinx."""
    app.add_post_transform(PageTimes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
