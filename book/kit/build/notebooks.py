"""Sphinx extension: each chapter also lies beside its page as a notebook for plain Jupyter.

The words are those of the page, see `markdown`; the code is that of its cells in the order of the
source, without their output. Cells that only name numbers for sentences are left out unless a later
cell uses what they bind, and cells that a page folds are folded where Jupyter can. The first code
cell installs the wheel that the site carries, from the site's address where BOOK_URL names it, and
otherwise from the notebook's folder or the site that it was opened in.
"""

import ast
import json
import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx

from kit.build import wheel
from kit.build.markdown import Page
from kit.build.place_in_book import numbers
from sphinx_live_cells import compat as live

FOLDER = "take-away"
FOLDED = {"check", "claim", "set-up", "figure", "remove-cell", "hide-input"}
TRAINED = "nnfs-trained"
TIMES = "Times in it were measured then: yours will differ. "
INSTALL = """\
# Run this first. It installs the book's package and what the cells below use.
import os

os.environ.setdefault("BOOK_TRAINED_CACHE", "{trained}")  # networks that chapters share
{find}%pip install --quiet {place}"""
BESIDE = """\
from pathlib import Path

WHEEL = "{name}"
places = Path(WHEEL), Path("..", "{folder}", WHEEL), Path("{folder}", WHEEL)
wheel = next((str(place) for place in places if place.exists()), None)
assert wheel, f"put {{WHEEL}} from the site's folder {folder} beside this notebook"
"""


def base(app: Sphinx) -> str:
    """Return the address of the site, with a slash at its end, or nothing."""
    url = str(app.config.html_baseurl or "")
    return url.rstrip("/") + "/" if url else ""


def install_cell(url: str) -> str:
    """Return the code of the cell that installs what a notebook needs.

    Parameters
    ----------
    url : str
        The site's address, or nothing: then the wheel is looked for beside the notebook.
    """
    if url:
        place = f"{url}{FOLDER}/{wheel.name()}"
        return INSTALL.format(trained=TRAINED, find="", place=place)
    find = BESIDE.format(name=wheel.name(), folder=FOLDER)
    return INSTALL.format(trained=TRAINED, find=find, place="{wheel}")


def _names(code: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell binds and those that it uses."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return set(), set()
    bound: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
    return bound, used


def needed(cells: dict[int, tuple[str, bool]]) -> list[int]:
    """Return which cells a notebook has, in order.

    Parameters
    ----------
    cells : dict
        For each cell its code, and whether the page shows it. One that is not shown is there if a
        cell below it uses what it binds and no shown cell between them binds it.
    """
    wanted: set[str] = set()
    kept = []
    for place in sorted(cells, reverse=True):
        code, shown = cells[place]
        bound, used = _names(code)
        if shown or bound & wanted:
            kept.append(place)
            wanted = (wanted - bound) | used
    return kept[::-1]


def _cell(kind: str, place: int, source: str, tags: list[str] | None = None) -> dict[str, Any]:
    about: dict[str, Any] = {"tags": tags} if tags else {}
    if FOLDED & set(tags or ()):
        about["jupyter"] = {"source_hidden": True}
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{place}", "metadata": about}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": source.splitlines(keepends=True)}


def notebook(
    pieces: list[str | int], code: dict[int, tuple[str, list[str]]], head: list[tuple[str, str]]
) -> dict[str, Any]:
    """Return a notebook in the format 4.5.

    Parameters
    ----------
    pieces : list
        Blocks of Markdown, and cells by their keys in `code`, as they follow on the page.
    code : dict
        Source and tags of each cell. Cells come in the order of their keys: one that the page
        shows elsewhere stands before the next.
    head : list of (kind, source)
        What stands below the title.
    """
    shown = {piece for piece in pieces if isinstance(piece, int)}
    waiting = needed({place: (text, place in shown) for place, (text, _) in code.items()})
    cells: list[dict[str, Any]] = []
    words: list[str] = []

    def add(kind: str, source: str, tags: list[str] | None = None) -> None:
        cells.append(_cell(kind, len(cells), source, tags))

    def flush() -> None:
        if words:
            add("markdown", "\n\n".join(words))
            words.clear()

    # What a page shows at its end, such as its claims, does not hold up the cells in between.
    late, met = _out_of_order(pieces), set()
    for piece in pieces:
        if isinstance(piece, str):
            words.append(piece)
            if head and piece.lstrip().split("\n\n")[-1].startswith("# "):
                flush()
                for kind, source in head:
                    add(kind, source)
                head = []
            continue
        if piece in late or piece in met:
            continue
        met.add(piece)
        flush()
        while waiting and waiting[0] <= piece:
            place = waiting.pop(0)
            add("code", *code[place])
    flush()
    for place in waiting:
        add("code", *code[place])
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}


def _out_of_order(pieces: list[str | int]) -> set[int]:
    """Return the cells that stand on the page below one that follows them in the source only."""
    early: set[int] = set()
    late: set[int] = set()
    furthest = -1
    for piece in pieces:
        if isinstance(piece, int):
            (late if piece < furthest else early).add(piece)
            furthest = max(furthest, piece)
    return late - early


def _number(app: Sphinx, docname: str, node: nodes.Element) -> str:
    """Return the number of a figure, an exercise or an equation as the site shows it."""
    counted = app.env.toc_fignumbers.get(docname, {})
    for ids in counted.values():
        for name in node["ids"]:
            if name in ids:
                return ".".join(map(str, ids[name]))
    return ""


def add(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Write the notebook of a chapter, and let its page link it."""
    if app.builder.name != "html" or doctree is None or pagename not in numbers(app.env):
        return
    if not live.has_notebook(app, pagename):
        return
    url = base(app)
    uri = app.builder.get_target_uri(pagename)

    def address(target: str) -> str:
        return urljoin(url + uri, target) if url else target

    here = url + uri if url else posixpath.basename(uri)
    measured = pagename in app.config.execute_alone
    page = Page(lambda node: _number(app, pagename, node), address, here, measured=measured)
    executed = live.notebook(app, pagename)["cells"]
    code = {
        place: ("".join(cell["source"]), [*map(str, cell["metadata"].get("tags", []))])
        for place, cell in enumerate(executed)
        if cell["cell_type"] == "code"
    }
    head = [
        (
            "markdown",
            f"Chapter {numbers(app.env)[pagename]} of *{app.config.html_title}* as a notebook. "
            f"[The page]({here}) has what can be played with, and what the cells showed when the "
            f"book was built. {TIMES if measured else ''}Text CC BY 4.0, code MIT.",
        ),
        ("code", install_cell(url)),
    ]
    made = notebook(list(page.pieces(doctree)), code, head)
    path = Path(app.outdir) / f"{pagename}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf8")
    package = posixpath.relpath(f"{FOLDER}/{wheel.name()}", posixpath.dirname(uri) or ".")
    context["take_away"] = {"notebook": path.name, "wheel": "" if url else package}


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the wheel of the notebooks, where there are any."""
    if exception is None and app.builder.name == "html" and numbers(app.env):
        folder = Path(app.outdir) / FOLDER
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.whl"):
            old.unlink()
        (folder / wheel.name()).write_bytes(wheel.wheel())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", add, priority=300)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
