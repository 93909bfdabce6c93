"""Sphinx extension: the widget "Watch it learn" on a page.

```{watch-it-learn}
```

The page has code cells too, since their extension adds the script that runs Python in the page.
The widget's own scripts and style are added to pages that have it and to no other.
"""

import html
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from watched_training import IMAGES, LAST, PICTURES, RATES, SCHEMES, WIDTHS

MARKUP = Path(__file__).with_suffix(".html")
SCRIPTS = ("drawing.js", "widget.js")
MARK = "watch-it-learn"
NAMES = {"uniform": "uniform", "glorot": "Glorot", "he": "He"}


class WatchItLearn(SphinxDirective):
    """``{watch-it-learn}``, at most once a page."""

    def run(self) -> list[nodes.Node]:
        """Return the widget's markup and mark the page."""
        page = self.env.metadata[self.env.docname]
        if MARK in page:
            raise self.error("a page can watch one training only")
        page[MARK] = True
        return [nodes.raw("", markup(), format="html")]


def markup() -> str:
    """Return the widget's markup, with the settings that `watched_training` offers."""
    return Template(MARKUP.read_text(encoding="utf8")).substitute(
        rates=_options(((f"{rate:g}", f"{rate:g}") for rate in RATES), "0.1"),
        schemes=_options(((scheme, NAMES[scheme]) for scheme in SCHEMES), "uniform"),
        widths=_options(((str(width), str(width)) for width in WIDTHS), "10"),
        images=f"{IMAGES:,}",
        last=LAST,
        pictures='<canvas width="28" height="28"></canvas>' * PICTURES,
    )


def _options(choices: Iterable[tuple[str, str]], chosen: str) -> str:
    return "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>'
        f"{html.escape(label)}</option>"
        for value, label in choices
    )


def add_files(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Add the widget's scripts and style to a page that has it."""
    if MARK in app.env.metadata.get(pagename, {}):
        app.add_css_file("../watch/watch.css")
        for name in SCRIPTS:
            app.add_js_file(f"../watch/{name}")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("watch-it-learn", WatchItLearn)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
