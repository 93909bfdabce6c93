"""The cells of the book as a page in a browser runs them, without a browser."""

import json
import os
import random
import subprocess
import sys

import pytest

from kit.build import live_book
from sphinx_live_cells import bundle, extension
from sphinx_live_cells.browser.imports import wanted
from sphinx_live_cells.browser.names import read_pages_names
from sphinx_live_cells.browser.reach import left_out

from .pages import all_pages, chapters

PAGES = [page for page in all_pages() if page.cells]
ABSENT = {"sympy": "SymPy", "pandas": "pandas"}
ALONE = """
import json, sys
from pathlib import Path
root, order = Path(sys.argv[1]), json.loads(sys.argv[2])
codes = json.loads((root / "codes.json").read_text("utf8"))
sys.path.insert(0, str(root))
import os
from sphinx_live_cells.browser import kernel
os.environ["MPLBACKEND"] = kernel.BACKEND
import matplotlib.pyplot, subprocess  # as of this machine; all that follows as in a browser
sys.platform = "emscripten"
kernel.start(root, sys.argv[3])
shown = []
page = kernel.Kernel(shown.append)
found = {}
for cell in order:
    shown.clear()
    try:
        page.run_cells(codes, cell, aside=json.loads(sys.argv[4]))
    except kernel.NewPythonError:
        found[cell] = None
        continue
    found[cell] = [
        [m["kind"], m.get("text") or m.get("html") or str(m.get("values"))]
        for m in shown
        if m["cell"] == cell and m["kind"] in ("stream", "text", "html", "glue", "error")
    ]
print("FOUND", json.dumps(found))
"""


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """Return a folder with what pages load, as a page's Python unpacks it."""
    folder = tmp_path_factory.mktemp("packed")
    files = {}
    live_book.add_digits(None, files)
    for module in (*bundle.own_modules(), *found_modules()):
        files[module.place] = bundle.bytes_of(module.path)
    settings = {"startup": "kit.cells.in_browser", "absent": ABSENT}
    files["live-session.json"] = json.dumps(settings).encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def found_modules():
    return bundle.find_modules(live_book.modules(), live_book.PATH)


def reasons(page):
    given = [cell.options.get("live") for cell in page.cells]
    harmless = [i for i, cell in enumerate(page.cells) if cell.options.get(extension.HARMLESS)]
    return extension.reasons([cell.code for cell in page.cells], given, ABSENT, harmless)


def standing_aside(page):
    """Return the numbers of the cells that run for another one only if it needs them."""
    tags = [set(cell.options.get("tags", [])) for cell in page.cells]
    return [number for number, found in enumerate(tags) if found & set(live_book.ASIDE)]


def run(folder, page, order, aside=()):
    """Run cells of a page in this order, in a Python of its own; return what each shows."""
    codes = [cell.code for cell in page.cells]
    away = reasons(page)
    here = ["" if reason else code for code, reason in zip(codes, away, strict=True)]
    (folder / "codes.json").write_text(json.dumps(here), "utf8")
    order = [cell for cell in order if here[cell]]
    result = subprocess.run(
        [
            *(sys.executable, "-c", ALONE, folder),
            *(json.dumps(order), page.docname, json.dumps(list(aside))),
        ],
        capture_output=True,
        encoding="utf8",
        env={**os.environ, "PYTHONPATH": str(folder), "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    assert "FOUND" in result.stdout, result.stderr[-3000:]
    return json.loads(result.stdout.partition("FOUND")[2])


@pytest.mark.exhaustive(share=1 / 32, fewest=1)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.docname)
def test_a_cell_shows_in_any_order_what_it_shows_in_the_whole_page(packed, page):
    cells = range(len(page.cells))
    whole = run(packed, page, cells)
    errors = {cell: shown for cell, shown in whole.items() if any(k == "error" for k, _ in shown)}
    assert errors == {}
    timed = {cell for cell in whole if tells_time(page.cells[int(cell)].code)}
    # A cell that runs first runs what it needs of the page; the others go back, or on.
    draw = random.Random(page.docname)
    order = [len(cells) - 1, *draw.choices(cells, k=8)]
    again = run(packed, page, order, standing_aside(page))
    for cell, shown in again.items():
        if cell not in timed and shown is not None:
            assert shown == whole[cell], (page.docname, cell)


@pytest.fixture(scope="module")
def import_table():
    return bundle.import_table(found_modules(), {"numpy": "numpy", "matplotlib": "matplotlib"})


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.docname)
def test_the_first_run_of_a_page_loads_matplotlib_only_to_draw(page, import_table):
    away, aside = reasons(page), standing_aside(page)
    codes = ["" if n in away else cell.code for n, cell in enumerate(page.cells)]
    tags = [cell.options.get("tags", []) for cell in page.cells]
    first = next(n for n, code in enumerate(codes) if code and n not in aside and not tags[n])
    left = left_out(codes, first, aside)
    packages = {"numpy": "numpy", "matplotlib": "matplotlib"}
    drawing = [
        number
        for number in range(first)
        if number not in left and "matplotlib" in wanted(codes[number], import_table, packages)
    ]
    # What a figure passes to a function it may have changed, so it runs before what uses that.
    figures = [n for n in range(first) if n not in left and tags[n] == ["figure"]]
    assert figures or not drawing


def tells_time(code):
    return any(word in code for word in ("time", "pace", "quickest", "seconds", "machine"))


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.docname)
def test_the_cells_of_a_chapter_find_every_name_of_the_page(page):
    """Every name that the page binds and a cell uses is made by a cell before it."""
    found = read_pages_names([cell.code for cell in page.cells])
    made = set()
    for number, names in enumerate(found):
        later = set().union(*(other.bound for other in found[number + 1 :])) - made
        assert names.used & later == set()
        made |= names.bound


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.docname)
def test_the_cells_that_cannot_run_in_a_browser_are_those_that_use_what_is_not_there(page):
    codes = [cell.code for cell in page.cells]
    given = [cell.options.get("live") for cell in page.cells]
    away = reasons(page)
    for code, reason, own in zip(codes, away, given, strict=True):
        needs = [words for module, words in ABSENT.items() if f"{module}." in code]
        assert bool(reason) or not (own or needs)
