"""What becomes of a page that is taken away as a notebook."""

import email
import inspect
import io
import os
import re
import subprocess
import sys
import zipfile

from docutils import nodes

from kit.build import wheel
from kit.build.markdown import Page, tex
from kit.build.notebooks import install_cell, needed, notebook
from kit.exercises.engine.marking import exercises


def page() -> Page:
    return Page(
        lambda node: "2.1" if node["ids"] else "",
        lambda uri: f"https://a.example/{uri}",
        "page.html",
    )


def markdown(*children: nodes.Node) -> list[str | int]:
    return list(page().pieces(nodes.container("", *children)))


def test_an_equation_keeps_its_number_and_loses_its_ties():
    block = nodes.math_block("", r"\sym{dZ2}{dZ_2} = A_2 - Y", ids=["equation-eq-a"])
    (text,) = markdown(block)
    assert text == '<a id="equation-eq-a"></a>\n\n$$\n{dZ_2} = A_2 - Y \\tag{2.1}\n$$'
    assert "tag" not in "".join(map(str, markdown(nodes.math_block("", "1 + 1"))))
    assert tex(r"\sym{a}{b} + \sym{c}{d_{e}}") == "{b} + {d_{e}}"


def test_words_are_no_markdown_by_accident():
    link = nodes.reference("", "a_b", refuri="other.html#eq")
    outside = nodes.reference("", "far", refuri="https://b.example/")
    (text,) = markdown(nodes.paragraph("", "", nodes.Text("2*3 [x] $5 "), link, outside))
    assert text == (
        r"2\*3 \[x\] \$5 [a\_b](https://a.example/other.html#eq)[far](https://b.example/)"
    )


def test_only_what_a_page_measured_is_marked():
    value = nodes.inline("", "4.2", classes=["pasted-text"])
    block = nodes.paragraph("", "", nodes.Text("In "), value, nodes.Text(" s"))
    assert markdown(block) == ["In 4.2 s"]
    measuring = Page(lambda node: "", lambda uri: uri, "page.html", measured=True)
    marked = [*measuring.pieces(nodes.container("", block))]
    assert marked == ['In <span class="measured">4.2</span> s']


def test_what_only_a_page_can_do_is_not_asked_of_a_notebook():
    button = nodes.inline("", "Press Write.", classes=["on-screen"])
    words = nodes.paragraph("", "", nodes.Text("It is short. "), button, nodes.Text(" And yours."))
    box = nodes.container("", nodes.paragraph("", "Move it."), classes=["on-screen"])
    assert markdown(words, box) == ["It is short.  And yours."]


def test_a_bar_in_a_formula_does_not_end_its_column():
    def row(*entries: nodes.Node) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", one)) for one in entries))

    head = nodes.thead("", row(nodes.Text("a"), nodes.Text("b")))
    body = nodes.tbody("", row(nodes.math("", "|x|"), nodes.Text("y")))
    (text,) = markdown(nodes.table("", nodes.tgroup("", head, body)))
    assert text == "| a | b |\n|---|---|\n| $\\vert x\\vert $ | y |"


def test_cells_out_of_sight_are_there_where_something_needs_them():
    cells = {
        0: ("import numpy as np", True),
        1: ("glue(a=1)", False),
        2: ("x = np.ones(3)", False),
        3: ("y = x + 1", False),
        5: ("z = 2", False),
        7: ("print(y)", True),
    }
    assert needed(cells) == [0, 2, 3, 7]


def test_cells_come_in_the_order_of_the_source_wherever_the_page_shows_them():
    code = {place: (f"print({place})", []) for place in (1, 3, 4, 6)}
    made = notebook(["# T", 1, "b", 4, "c", 6, "end", 3], code, [("code", "install")])
    sources = ["".join(cell["source"]) for cell in made["cells"]]
    prints = ["print(1)", "print(3)", "print(4)", "print(6)"]
    assert [source for source in sources if source.startswith("print")] == prints
    assert sources[:2] == ["# T", "install"]
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])


def test_a_claim_stays_in_its_solution_and_is_there_once():
    moved = nodes.comment("", cell_index=2, moved=True)
    shown = nodes.container("", nb_element="cell_code", cell_index=2)
    first = nodes.container("", nodes.paragraph("", "Solved."), moved, shown)
    late = nodes.comment("", cell_index=5, moved=True)
    further = nodes.container("", nodes.paragraph("", "Next."), late)
    end = nodes.container("", nb_element="cell_code", cell_index=5)
    pieces = markdown(first, further, nodes.paragraph("", "Read."), end)
    code = {place: (f"claim({place})", ["claim"]) for place in (2, 5)}
    made = notebook(pieces, code, [])
    sources = ["".join(cell["source"]) for cell in made["cells"]]
    assert sources == ["Solved.", "claim(2)", "Next.", "claim(5)", "Read."]


def test_a_site_with_an_address_gives_its_wheel_from_there():
    url = "https://a.example/book/"
    assert f"%pip install --quiet {url}take-away/{wheel.name()}" in install_cell(url)
    assert "http" not in install_cell("")
    assert wheel.name() in install_cell("")


def test_the_wheel_has_what_cells_import_and_no_sphinx():
    first, second = wheel.wheel(), wheel.wheel()
    assert first == second
    names = set(zipfile.ZipFile(io.BytesIO(first)).namelist())
    for name in (
        "nnfs/network.py",
        "nnfs/mnist_data/t10k-images-idx3-ubyte.gz",
        "nnfs/mnist_data/README.md",
        "kit/cells/shown.py",
        "kit/widgets/playing/cells/kept.py",
        "sphinx_equation_checks/cells/statements.py",
    ):
        assert name in names
    assert not [name for name in names if name.startswith("kit/build")]
    assert {line.partition(">")[0] for line in wheel.requirements()} >= {"numpy", "sympy", "pandas"}


def test_the_wheel_can_be_imported_and_solves_no_exercise(tmp_path):
    with zipfile.ZipFile(io.BytesIO(wheel.wheel())) as packed:
        places = [name for name in packed.namelist() if not name.endswith(".gz")]
        packed.extractall(tmp_path, places)
    modules = [name.removesuffix(".py").replace("/", ".") for name in places if name[-3:] == ".py"]
    own = [name.removesuffix(".__init__") for name in modules if not name.endswith("__main__")]
    loads = f"import importlib\nfor name in {own}:\n    importlib.import_module(name)"
    ran = subprocess.run(
        [sys.executable, "-c", loads],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        encoding="utf8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    there = "\n".join((tmp_path / place).read_text("utf8") for place in places)
    for exercise in exercises().values():
        if exercise.books.__module__.startswith("kit.exercises"):
            assert inspect.getsource(exercise.books) not in there, exercise.name
        for hint in exercise.hints:
            assert hint not in there


def test_the_wheel_says_on_which_terms_it_may_be_used():
    packed = zipfile.ZipFile(io.BytesIO(wheel.wheel()))
    (metadata,) = [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
    told = email.message_from_bytes(packed.read(metadata))
    licence = packed.read(metadata.replace("METADATA", told["License-File"])).decode()
    assert licence.startswith("MIT License")
    (place,) = re.findall(r"[\w/]+\.md", told["License"])
    assert "CC BY-SA 3.0" in packed.read(place).decode("utf8")
