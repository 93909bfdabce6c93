"""Sphinx extension: the search finds what has a number, such as equation (6.1), also in files.

The numbers of chapters, sections, equations, figures and exercises are written as a script, which,
unlike a page, also loads where the site was opened as files. ``search/results.js`` asks for it.
"""

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from kit.build.address import in_order

FILE = "search/numbers.js"
KINDS = {"displaymath": "equation", "figure": "figure", "exercise": "exercise"}
"""Sphinx's names of what it counts, and those of the search."""

Places = dict[str, dict[str, dict[str, str]]]


def numbers(env: BuildEnvironment) -> Places:
    """Return for each page, kind and number the ``id`` of its place; that of a chapter is empty."""
    found: Places = {}
    for page in in_order(env):
        kinds = found.setdefault(page, {})
        for anchor, number in env.toc_secnumbers.get(page, {}).items():
            kind = "section" if anchor else "chapter"
            kinds.setdefault(kind, {})[_joined(number)] = anchor.removeprefix("#")
        for name, places in env.toc_fignumbers.get(page, {}).items():
            if kind := KINDS.get(name, ""):
                kinds[kind] = {_joined(number): place for place, number in places.items()}
    return {page: kinds for page, kinds in found.items() if kinds}


def _joined(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write what the search page knows of numbers."""
    if exception is not None or app.builder.name != "html":
        return
    path = Path(app.outdir, FILE)
    path.parent.mkdir(exist_ok=True)
    data = json.dumps(numbers(app.env), ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"Search.numbers = {data};\n", "utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", write, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
