r"""Sphinx extension: playthings on a page, and symbols that light up with them.

```{plaything} name
:name: fig-label
The caption.

A question to answer before the controls do.
```

A cell of the page has kept the plaything: ``keep("name", StepThrough(...))``. Style and scripts
are added to pages with a plaything, and to those with a symbol that is tied: ``\sym{dZ2}{dZ_2}``.
Of the scripts a page gets those that its playthings name.
"""

import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from kit.widgets.widget import Widget

NAMED = re.compile(r'<div class="play [^>]*data-scripts="([^"]*)"')


class PlaythingFigure(Widget):
    """``{plaything} name``: what a cell has kept under the name, as a numbered figure."""

    mark = "plaything"
    folder = Path(__file__).parent / "static"
    address = "playing"
    styles = ("playing.css",)
    scripts = tuple(sorted(path.name for path in folder.glob("*.js")))
    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the figure: the guide, the plaything, its caption."""
        words = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, words)
        if not words.children or not isinstance(words[0], nodes.paragraph):
            raise self.error("a plaything needs a caption as its first paragraph")
        self.env.metadata[self.env.docname][self.mark] = True
        figure = nodes.figure(classes=["plaything"])
        self.set_source_info(figure)
        if words.children[1:]:
            figure += nodes.container("", *words.children[1:], classes=["play-guide"])
        kept = StringList(["```{glue} " + self.arguments[0], "```"], self.get_source_info()[0])
        self.state.nested_parse(kept, self.content_offset, figure)
        figure += nodes.caption(words[0].rawsource, "", *words[0].children)
        self.add_name(figure)
        return [figure]

    @classmethod
    def needed(cls, body: str) -> tuple[str, ...]:
        """Return what all playthings share, what those in the body name, and what ties symbols."""
        named = [f"{name}.js" for names in NAMED.findall(body) for name in names.split()]
        return tuple(dict.fromkeys(["playing.js", *named, "tied.js"]))

    @classmethod
    def add_where_tied(cls, app: Sphinx, pagename: str, *rest: Any) -> None:
        """Mark pages with a tied symbol, before files are added for those with the mark."""
        context = rest[1]
        if 'data-sym="' in (context.get("body") or ""):
            app.env.metadata[pagename][cls.mark] = True


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", PlaythingFigure.add_where_tied, priority=400)
    PlaythingFigure.register(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
