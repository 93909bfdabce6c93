"""Sphinx extension: lighter and more accessible pages than the theme's own.

Defers scripts that nothing waits for, gives code that hides behind a summary its words back for
screen readers, makes the boxes in which wide formulas and tables scroll reachable by keyboard, and
keeps the mark after a formula on the formula's line.
"""

import os
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

DISPLAY = '<div class="math notranslate nohighlight"'
REACHABLE = 'tabindex="0" role="group" aria-label="Equation"'
EMPTY_HEADING = re.compile(r"<th[^>]*>(<p></p>)?</th>")
MARKS = re.compile(r"[,.;:?!)\]’”]+")
NOT_DEFERRED = ("documentation_options.js", "doctools.js")


def configure(app: Sphinx, config: Config) -> None:
    """Take the site's address from the environment."""
    config.html_baseurl = os.environ.get("BOOK_URL", config.html_baseurl or "")


def improve(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Rewrite the few constructs of body and head that the theme gets wrong."""
    body = context.get("body")
    if body:
        body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
        body = EMPTY_HEADING.sub("<td></td>", body)
        for table in ('class="dataframe"', '<table class="table"'):
            body = body.replace(table, f'{table} tabindex="0"')
        body = body.replace(' role="doc-biblioentry"', "").replace(
            ' role="list" class="cit', ' class="cit'
        )
        body = body.replace(DISPLAY, f"{DISPLAY} {REACHABLE}")
        context["body"] = body
    for script in context.get("script_files", []):
        name = str(getattr(script, "filename", None) or "")
        if name and not name.endswith(NOT_DEFERRED) and "async" not in script.attributes:
            script.attributes.setdefault("defer", "defer")


class MarkWithItsFormula(SphinxPostTransform):
    """Puts a formula and the mark after it into one element, which the style sheet holds together.

    A browser may break a line after a formula, even before a full stop.
    """

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Wrap each formula of a sentence that a mark follows."""
        for formula in list(self.document.findall(nodes.math)):
            parent, place = formula.parent, formula.parent.index(formula)
            after = parent[place + 1] if place + 1 < len(parent) else None
            if isinstance(after, nodes.Text) and (mark := MARKS.match(after)):
                together = nodes.inline(classes=["formula-and-mark"])
                parent[place : place + 2] = [together, nodes.Text(after[mark.end() :])]
                together += [formula, nodes.Text(mark[0])]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", configure, priority=50)
    app.connect("html-page-context", improve, priority=900)
    app.add_post_transform(MarkWithItsFormula)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
