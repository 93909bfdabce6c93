"""The kernel that stands in for a notebook's in a browser, run here on this machine's Python."""

import ast
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from sphinx_live_cells.browser import kernel as live_kernel
from sphinx_live_cells.browser.kernel import Kernel


@pytest.fixture
def shown():
    return []


@pytest.fixture
def kernel(shown):
    return Kernel(shown.append)


def kinds(shown):
    return [message["kind"] for message in shown]


def test_prints_and_the_last_expression_are_shown_in_order(kernel, shown):
    assert kernel.run("print('one')\nx = 2\nprint('half', end='')\nx + 1")
    assert [(m["kind"], m["text"]) for m in shown] == [
        ("stream", "one\n"),
        ("stream", "half"),
        ("text", "3"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "for i in range(N): print('seven..')",
        "print('x' * 2 * N)",
        "class R:\n    def __repr__(self): return 'x' * 2 * N\nR()",
        "for i in range(100): display('x' * (N // 50))",
        "print('\\n' * 2 * N)",
    ],
)
def test_endless_output_does_not_flood_the_page(kernel, shown, source):
    assert kernel.run(source, variables={"N": live_kernel.MOST_SHOWN})
    printed = sum(len(message["text"]) for message in shown if message["kind"] != "note")
    assert 0 < printed <= live_kernel.MOST_SHOWN
    assert len(shown) < 5_000
    assert [m["text"] for m in shown if m["kind"] == "note"] == [live_kernel.CUT]
    shown.clear()
    kernel.run("print('again')")
    assert [m["text"] for m in shown] == ["again\n"]


def test_markup_beyond_the_limit_is_left_out_whole(kernel, shown):
    code = "class T:\n    def _repr_html_(self): return '<b>' * N\nT()"
    kernel.run(code, variables={"N": live_kernel.MOST_SHOWN})
    assert [m["kind"] for m in shown] == ["note"]


def test_a_line_of_progress_goes_over_itself(kernel, shown):
    kernel.run("for i in range(9): print(f'\\r{i} of 9', end='')\nprint('\\rdone')")
    assert [(m["kind"], m["text"]) for m in shown] == [("stream", "done\n")]
    assert shown[0]["over"]


@pytest.mark.parametrize("source", ["", "x = 1", "None", "1 + 1;", "# words"])
def test_some_code_shows_nothing(kernel, shown, source):
    assert kernel.run(source)
    assert shown == []


def test_an_object_with_html_is_shown_as_such(kernel, shown):
    kernel.run("class T:\n    def _repr_html_(self): return '<b>3</b>'\nT()")
    assert shown[0]["html"] == "<b>3</b>"


def test_figures_are_shown_once_and_closed(kernel, shown):
    source = "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\n"
    kernel.run(source + "fig, ax = plt.subplots(figsize=(2, 1))")
    kernel.run("fig")
    kernel.run("plt.get_fignums()")
    assert kinds(shown) == ["svg", "svg", "text"]
    assert "<svg" in shown[0]["svg"]
    assert shown[2]["text"] == "[]"


def test_a_traceback_begins_in_the_readers_code(kernel, shown):
    assert not kernel.run("def f():\n    return 1 / 0\n\nf()", name="cell 3")
    text = shown[0]["text"]
    assert "kernel.py" not in text
    assert text.count("In <cell 3") == 2 or text.count('In "<cell 3') == 2
    assert "return 1 / 0" in text
    assert shown[0]["summary"] == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            "x = 1\na +",
            ['  In "<cell 3, run 1>", line 2', "    a +", "SyntaxError: invalid syntax"],
        ),
        (
            "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))",
            ["Traceback (most recent call last):", "    np.linalg.inv(np.zeros((2, 2)))"],
        ),
        ("int('a')", ["Traceback (most recent call last):", "    int('a')"]),
        ("import json\njson.loads('{')", ["Traceback (most recent call last):"]),
        ("eval('1 +')", ["Traceback (most recent call last):", "    eval('1 +')"]),
        ("if True:\nx = 1", ["IndentationError: expected an indented block"]),
        (
            "try:\n    1 / 0\nexcept Exception as e:\n    raise OSError('b') from e",
            ["ZeroDivisionError: division by zero", "OSError: b"],
        ),
    ],
)
def test_a_traceback_has_the_readers_lines_and_no_others(kernel, shown, source, lines):
    assert not kernel.run(source, name="cell 3")
    text = shown[0]["text"]
    for line in lines:
        assert line in text
    files = re.findall(r'^  (?:File|In) "(.*?)"', text, re.MULTILINE)
    assert files
    assert {*files} <= {"<cell 3, run 1>", "<string>"}


def test_a_traceback_keeps_the_frames_of_the_books_modules(kernel, shown, tmp_path, monkeypatch):
    (tmp_path / "own_of_a_book.py").write_text("def f(x): return 1 / x", "utf8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(live_kernel.session, "folders", _folders(tmp_path, "own_of_a_book"))
    assert not kernel.run("import own_of_a_book\nown_of_a_book.f(0)", name="cell 1")
    files = re.findall(r'^  (?:File|In) "(.*?)"', shown[0]["text"], re.MULTILINE)
    assert files == ["<cell 1, run 1>", "own_of_a_book.py"]


def _folders(path, *names):
    return {name: f"{path}{os.sep}{name}" for name in names}


CELL = "<cell 1, run 1>"
TOOL = """
def check(a, b): compare(a, b)
def compare(a, b):
    if a != b: raise AssertionError("eq-x fails")
def call(function): function()
def chained():
    try: {}["x"]
    except KeyError: check(1, 2)
"""


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("import tool\n\ntool.check(1, 2)", [CELL]),
        ("import tool\n\ntool.call(lambda: 1 / 0)", [CELL, CELL]),
        ("import tool, toolbox\n\ntool.call(toolbox.fail)", [CELL, "toolbox.py"]),
        ("import tool, toolbox\n\ntoolbox.through(tool)", [CELL, "toolbox.py"]),
        ("import tool\n\ntool.chained()", [CELL]),
        ("import tool\n\ntry: tool.check(1, 2)\nexcept AssertionError as e: raise OSError from e",
         [CELL, CELL]),
    ],
)  # fmt: skip
def test_a_traceback_leaves_out_the_lines_of_what_checks(
    kernel, shown, tmp_path, monkeypatch, source, files
):
    for name in ("tool", "toolbox"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "__init__.py").write_text("from .inner import *", "utf8")
    (tmp_path / "tool" / "inner.py").write_text(TOOL, "utf8")
    toolbox = "def fail(): 1 / 0\ndef through(tool): tool.check(1, 2)\n"
    (tmp_path / "toolbox.py").write_text(toolbox, "utf8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(live_kernel.session, "folders", _folders(tmp_path, "tool", "toolbox"))
    monkeypatch.setattr(live_kernel.session, "quiet", ["tool", "absent"])
    assert not kernel.run(source, name="cell 1")
    assert re.findall(r'^  (?:File|In) "(.*?)"', shown[0]["text"], re.MULTILINE) == files


@pytest.mark.parametrize("source", ["a +", "raise SystemExit(2)", "raise KeyboardInterrupt"])
def test_no_code_ends_the_kernel(kernel, shown, source):
    assert not kernel.run(source)
    assert kinds(shown) == ["error"]
    assert kernel.run("1")


def test_names_belong_to_a_space(kernel, shown):
    kernel.run("a = 1")
    kernel.run("a = 2", space="exercise")
    kernel.run("a")
    kernel.run("a + b", space="exercise", variables={"b": 3})
    assert [m["text"] for m in shown] == ["1", "5"]


def test_events_reach_the_page(kernel, shown):
    kernel.run("from sphinx_live_cells.browser import send_event\nsend_event('loss', [0.5])")
    assert shown == [{"kind": "event", "cell": None, "name": "loss", "value": [0.5]}]


def test_the_cells_above_run_first_and_each_shows_its_own(kernel, shown):
    sources = ["print('a')\na = 1", "", "a + 1"]
    assert kernel.run_cells(sources, 2)
    assert [(m["cell"], m["kind"]) for m in shown] == [
        (0, "started"),
        (0, "stream"),
        (0, "finished"),
        (2, "started"),
        (2, "text"),
        (2, "finished"),
    ]
    assert (shown[3]["step"], shown[3]["steps"]) == (2, 2)


def test_a_failing_cell_keeps_later_ones_from_running(kernel, shown):
    assert not kernel.run_cells(["a = 1 / 0", "b = a"], 1)
    assert [m["cell"] for m in shown if m["kind"] == "started"] == [0]
    assert shown[-1] == {"kind": "finished", "cell": 0, "succeeded": False}


def test_results_from_less_are_marked(kernel, shown, monkeypatch):
    monkeypatch.setattr(live_kernel.session, "less", ["Fraction", "fractions.Fraction"])
    monkeypatch.setattr(live_kernel.session, "less_note", "Of a part.")
    load = "from fractions import Fraction\nx = Fraction(1)\nz = []"
    sources = [load, "y = 3", "y", "x", "z.append(x)", "z"]
    assert kernel.run_cells(sources, 5)
    assert [(m["cell"], m["text"]) for m in shown if m["kind"] == "note"] == [
        (cell, "Of a part.") for cell in (0, 3, 4, 5)
    ]


SETTINGS = {
    "available": "NumPy",
    "absent": {"sympy": "SymPy"},
    "startup": "a_startup",
    "less_note": "Less.",
}


def test_a_page_begins_with_what_its_book_says(tmp_path):
    """In a Python of its own, as `start` changes what can be imported."""
    (tmp_path / "live-session.json").write_text(json.dumps(SETTINGS))
    (tmp_path / "a_startup.py").write_text("print('begun')")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prices.csv").write_text("3")
    code = """
import sys
from pathlib import Path
from sphinx_live_cells.browser import kernel as live_kernel
live_kernel.start(Path(sys.argv[1]), "part/chapter")
shown = []
kernel = live_kernel.Kernel(shown.append)
assert kernel.run('''
from myst_nb import glue
glue("n", 3)
import sympy
print(open("../data/prices.csv").read())
'''), shown
assert not kernel.run("sympy.pi")
assert shown.pop()["summary"] == "ImportError: SymPy is not among the packages that the page loads"
assert not kernel.run("import requests_")
assert "A page has NumPy and Python's own library" in shown.pop()["summary"]
print([message["kind"] for message in shown], shown[0]["values"])
"""
    result = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.split("\n")[:2] == ["begun", "['glue', 'stream'] {'n': 3}"], result.stderr


def test_code_is_changed_as_a_notebook_would_change_it(kernel, shown):
    class Twice(ast.NodeTransformer):
        def visit_Constant(self, node):
            return ast.Constant(2 * node.value)

    live_kernel.shell.ast_transformers.append(Twice())
    try:
        kernel.run("21")
    finally:
        live_kernel.shell.ast_transformers.clear()
    assert shown[0]["text"] == "42"


def test_an_array_is_shown_by_its_representation(kernel, shown):
    kernel.run("import numpy as np\nnp.arange(3)")
    assert shown[0]["text"] == repr(np.arange(3))


def test_what_runs_is_known_to_display_only_while_it_runs(kernel):
    kernel.run("1")
    assert live_kernel.running == []
