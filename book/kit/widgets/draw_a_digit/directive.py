"""Sphinx extension: the widget "Draw a digit" on a page.

```{draw-a-digit}
:recorded:
```

The option lets a prepared digit be drawn and read before the reader has done anything.

The page also has a cell whose output is `cells.Networks`: the list of the networks and the
small one's weights. The good network's weights are written beside the widget's scripts when the
build ends, and a reader's browser asks for them at the first stroke. Scripts and styles of the
widget are added to pages that have it and to no other.
"""

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.typing import OptionSpec

from kit import faults
from kit.widgets.draw_a_digit.cells import networks
from kit.widgets.widget import Widget


class DrawADigit(Widget):
    """``{draw-a-digit}``, at most once a page."""

    mark = "draw-a-digit"
    folder = Path(__file__).parent
    address = "digit"
    styles = ("digit.css",)
    scripts = ("network.js", "preparation.js", "pad.js", "recorded.js", "pictures.js", "widget.js")
    option_spec: ClassVar[OptionSpec] = {"recorded": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the widget's markup and mark the page."""
        found = super().run()
        if "recorded" not in self.options:
            return found
        start = f'<div class="{self.mark} '
        recorded = found[0].astext().replace(start, f"<div data-recorded{start[4:]}", 1)
        return [nodes.raw("", recorded, format="html")]


def write_good_network(app: faults.StrictSphinx, exception: Exception | None) -> None:
    """Write the good network's weights where the widget looks for them."""
    # After a warning the build fails anyway, and what failed may be the training itself.
    failed = exception is not None or faults.are_there(app)
    pages = () if failed else app.env.metadata.values()
    if app.builder.format == "html" and any(DrawADigit.mark in page for page in pages):
        # Imported late: the module asks at import where trained networks are kept.
        from kit.cells.trained import good_network

        path = Path(app.outdir) / DrawADigit.address / networks.GOOD_NETWORK
        path.write_text(networks.script(good_network(start=0).training.params), "utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    DrawADigit.register(app)
    app.connect("build-finished", write_good_network)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
