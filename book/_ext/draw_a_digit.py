"""Sphinx extension: the widget "Draw a digit" on a page.

```{draw-a-digit}
```

The page also has a cell whose output is `digit_networks.Networks`: the list of the networks and the
small one's weights. The good network's weights are written beside the widget's scripts when the
build ends, and a reader's browser asks for them at the first stroke. Scripts and styles of the
widget are added to pages that have it and to no other.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import digit_networks

MARKUP = Path(__file__).with_suffix(".html")
SCRIPTS = ("network.js", "preparation.js", "pad.js", "pictures.js", "widget.js")
MARK = "draw-a-digit"


class DrawADigit(SphinxDirective):
    """``{draw-a-digit}``, at most once a page."""

    def run(self) -> list[nodes.Node]:
        """Return the widget's markup and mark the page."""
        page = self.env.metadata[self.env.docname]
        if MARK in page:
            raise self.error("a page can have one drawing pad only")
        page[MARK] = True
        return [nodes.raw("", MARKUP.read_text(encoding="utf8"), format="html")]


def add_files(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Add the widget's scripts and style to a page that has it."""
    if MARK in app.env.metadata.get(pagename, {}):
        app.add_css_file("../digit/digit.css")
        for name in SCRIPTS:
            app.add_js_file(f"../digit/{name}")


def write_good_network(app: Sphinx, exception: Exception | None) -> None:
    """Write the good network's weights where the widget looks for them."""
    pages = app.env.metadata.values() if exception is None else ()
    if app.builder.format == "html" and any(MARK in page for page in pages):
        # Imported late: the module asks at import where trained networks are kept.
        from trained import good_network

        path = Path(app.outdir) / "digit" / digit_networks.GOOD_NETWORK
        path.write_text(digit_networks.script(good_network(start=0).training.params), "utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("draw-a-digit", DrawADigit)
    app.connect("html-page-context", add_files)
    app.connect("build-finished", write_good_network)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
