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

from sphinx.application import Sphinx

from kit.widgets.watch_it_learn.browser.training import (
    IMAGES,
    LAST,
    PICTURES,
    RATES,
    SCHEMES,
    WIDTHS,
)
from kit.widgets.widget import Widget

NAMES = {"uniform": "uniform", "glorot": "Glorot", "he": "He"}


class WatchItLearn(Widget):
    """``{watch-it-learn}``, at most once a page."""

    mark = "watch-it-learn"
    folder = Path(__file__).parent
    address = "watch"
    styles = ("watch.css",)
    scripts = ("drawing.js", "widget.js")

    @classmethod
    def markup(cls) -> str:
        """Return the template with the settings that `browser.training` offers."""
        return Template(super().markup()).substitute(
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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    WatchItLearn.register(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
