"""Each chapter as a notebook: it runs to its end with what the site's own wheel brings."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.book.pages import all_pages
from tests.built_site import ROOT

CHAPTERS = [
    p.docname
    for p in all_pages()
    if p.docname.partition("/")[0] in ("see", "derive", "train", "beyond")
]
QUICK = "see/slopes"


@pytest.fixture(scope="module")
def installed(site, tmp_path_factory) -> Path:
    (wheel,) = (site / "take-away").glob("*.whl")
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True)
    return folder


def read(site: Path, name: str) -> nbformat.NotebookNode:
    return nbformat.read(site / f"{name}.ipynb", as_version=4)


def run(notebook: nbformat.NotebookNode, installed: Path, folder: Path) -> None:
    """Execute a notebook where nothing of the repository and of MyST-NB can be found."""
    (install,) = [cell for cell in notebook.cells if "%pip" in cell.source]
    install.source = (
        "import sys\n"
        "sys.modules['myst_nb'] = None\n"
        f"sys.path[:] = [p for p in sys.path if not p.startswith({str(ROOT)!r} + '/book')]\n"
        "import kit, nnfs\n"
        f"assert {{m.__file__.startswith({str(installed)!r}) for m in (kit, nnfs)}} == {{True}}"
    )
    env = {**os.environ, "PYTHONPATH": str(installed), "BOOK_TRAINED_CACHE": str(folder / "kept")}
    client = NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env=env)


def test_every_chapter_has_a_notebook_that_its_page_links(site):
    assert len(CHAPTERS) >= 20
    for name in CHAPTERS:
        notebook = read(site, name)
        nbformat.validate(notebook)
        page = (site / f"{name}.html").read_text("utf8")
        assert f'href="{name.rpartition("/")[2]}.ipynb"' in page
        words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        for left in ("{eq}", "{numref}", "{ref}", "{glue}", ":::", "```{", "<svg", "\\sym{"):
            assert left not in words, (name, left)


STARTED = re.compile(r"\{solution-start\} (\S+)(.*?)\{solution-end\}", re.DOTALL)
CLAIMED = re.compile(r"^:tags: \[claim\]\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXERCISE = re.compile(r'<a id="(ex-[^"]*)"></a>')


def misplaced(notebook: nbformat.NotebookNode, source: str) -> list[str]:
    """Return the claims of solutions that a notebook has below another exercise."""
    code = {}
    last = ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            code[cell.source.strip()] = last
        elif found := EXERCISE.findall(cell.source):
            last = found[-1]
    return [
        claim
        for label, solution in STARTED.findall(source)
        for claim in CLAIMED.findall(solution)
        if code.get(claim.strip(), label) != label
    ]


def test_a_claim_of_a_solution_stands_below_its_exercise(site):
    for name in CHAPTERS:
        source = (ROOT / "book" / f"{name}.md").read_text("utf8")
        assert not misplaced(read(site, name), source), name


@pytest.mark.exhaustive(share=1)
def test_a_notebook_runs_with_the_wheel_alone(site, installed, tmp_path):
    run(read(site, QUICK), installed, tmp_path)


@pytest.mark.exhaustive(share=0)
@pytest.mark.parametrize("name", [name for name in CHAPTERS if name != QUICK])
def test_every_notebook_runs_with_the_wheel_alone(site, installed, tmp_path, name):
    run(read(site, name), installed, tmp_path)
