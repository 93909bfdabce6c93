"""The kernel that stands in for a notebook's in a browser, run here on this machine's Python."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import live_kernel
from live_kernel import Kernel

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"


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


def test_endless_printing_does_not_flood_the_page(kernel, shown):
    kernel.run(f"for i in range({live_kernel.MOST_PRINTED}): print('seven..')")
    printed = sum(len(message["text"]) for message in shown[:-1])
    assert printed == live_kernel.MOST_PRINTED
    assert shown[-1] == {
        "kind": "note",
        "cell": None,
        "text": "More was printed than a page can show.",
    }


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
    assert "live_kernel" not in text
    assert text.count("In <cell 3") == 2 or text.count('In "<cell 3') == 2
    assert "return 1 / 0" in text
    assert shown[0]["summary"] == "ZeroDivisionError: division by zero"


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
    kernel.run("from live_kernel import send_event\nsend_event('loss', [0.5])")
    assert shown == [{"kind": "event", "cell": None, "name": "loss", "value": [0.5]}]


def test_earlier_cells_run_first_and_each_shows_its_own(kernel, shown):
    sources = ["print('a')\na = 1", "print('unneeded')", "a + 1"]
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


def test_results_from_a_part_of_the_digits_are_marked(kernel, shown):
    load = "from nnfs import load_mnist\nx = load_mnist('bundled').y_test[0]"
    kernel.run_cells([load, "y = 3", "y", "x"], 2)
    assert "note" not in kinds(shown)
    kernel.run_cells([load, "y = 3", "y", "x"], 3)
    assert [m["cell"] for m in shown if m["kind"] == "note"] == [0, 3]


def test_the_cells_modules_work_without_a_notebook(tmp_path):
    """In a Python of its own, as `start` changes what can be imported."""
    (tmp_path / "digits.json").write_text("{}")
    code = """
from pathlib import Path
import sys, live_kernel
live_kernel.start(Path(sys.argv[1]))
shown = []
kernel = live_kernel.Kernel(shown.append)
assert kernel.run('''
from checked import check
from shown import glue, table
import trained
check("eq-x", [4.0, 9.0], [4.0, 9.0], terms=1)
glue(n=3)
import sympy
table({"a": [1]}, index=["b"])
'''), shown
assert not kernel.run("sympy.pi")
assert "not among the packages" in shown.pop()["summary"]
print([message["kind"] for message in shown], shown[1]["values"])
"""
    result = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (EXTENSIONS, EXTENSIONS.parents[1]))),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.strip() == "['html', 'glue', 'html'] {'n': 3}", result.stderr


def test_an_array_is_shown_by_its_representation(kernel, shown):
    kernel.run("import numpy as np\nnp.arange(3)")
    assert shown[0]["text"] == repr(np.arange(3))


def test_what_runs_is_known_to_display_only_while_it_runs(kernel):
    kernel.run("1")
    assert live_kernel.running == []
