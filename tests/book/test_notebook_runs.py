"""What a kernel sends in pieces comes out as if it had been sent as a whole."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from myst_nb.core.utils import coalesce_streams

from kit.build.notebook_runs import is_time_limit, join_pieces, run

ROOT = Path(__file__).resolve().parents[2]
TEXT = "1e-03: at b2[1, 0]\nholds: the fault is found\n\n  indented\nlast\n"


def shown(outputs: list) -> list:
    """Return what MyST-NB shows of a cell's outputs."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)])
    join_pieces(notebook)
    return [
        (output.get("name"), output.get("text"))
        for output in coalesce_streams(notebook.cells[0].outputs)
    ]


def stream(text: str, name: str = "stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


@given(st.lists(st.integers(1, len(TEXT) - 1), max_size=6))
def test_wherever_it_is_cut_a_text_is_shown_the_same(places):
    cuts = [0, *sorted(set(places)), len(TEXT)]
    pieces = [stream(TEXT[a:b]) for a, b in pairwise(cuts)]
    assert shown(pieces) == [("stdout", TEXT)]


def test_streams_and_results_stay_apart():
    result = nbformat.v4.new_output("display_data", {"text/plain": "3"})
    found = shown([stream("a"), result, stream("\nb"), stream("c", "stderr")])
    assert [name for name, _ in found] == ["stdout", None, "stderr"]
    assert [text for _, text in found] == ["a\nb\n", None, "c\n"]


@pytest.mark.parametrize("cell", [nbformat.v4.new_markdown_cell("x"), nbformat.v4.new_code_cell()])
def test_cells_without_outputs_stay_as_they_are(cell):
    before = dict(cell)
    join_pieces(nbformat.v4.new_notebook(cells=[cell]))
    assert dict(cell) == before


@pytest.mark.parametrize("call", ["exit()", "if True:\n    quit(keep_kernel=True)"])
def test_a_cell_that_asks_for_the_end_of_its_kernel_is_told(call):
    cells = [nbformat.v4.new_code_cell(source) for source in ("x = 1", call, "print(x)")]
    told = run(nbformat.v4.new_notebook(cells=cells), None, 60, allow_errors=True).exc_string
    assert told == (
        "in code cell 2, line 0:\n"
        "exit() and quit() end nothing while a page is built: take them out"
    )
    assert cells[2].outputs == []


def test_a_kernel_that_does_not_start_is_told_and_leaves_nothing_to_the_end_of_python(tmp_path):
    kernel = {"argv": [sys.executable, "-c", ""], "display_name": "None", "language": "python"}
    (tmp_path / "kernels" / "none").mkdir(parents=True)
    (tmp_path / "kernels" / "none" / "kernel.json").write_text(json.dumps(kernel), "utf8")
    program = """
import nbformat
from kit.build.notebook_runs import run
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
print(run(notebook, None, 60, allow_errors=False, kernel_name="none").exc_string)
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / "book"), "JUPYTER_PATH": str(tmp_path)},
        capture_output=True,
        encoding="utf8",
        check=True,
    )
    assert "no Python could be started for the cells: RuntimeError" in result.stdout
    assert "atexit" not in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("limit", ["long", "", -5, 0, True, float("nan"), [3]])
def test_a_time_limit_that_is_none_is_told_and_nothing_is_executed(limit):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    told = run(notebook, None, limit, allow_errors=False).exc_string
    assert repr(limit) in told
    assert "give seconds" in told


@pytest.mark.parametrize("limit", [None, -1, 30, 0.5])
def test_seconds_and_no_limit_are_time_limits(limit):
    assert is_time_limit(limit)


@pytest.mark.parametrize("cells", [[], [nbformat.v4.new_markdown_cell("x")]])
def test_a_page_without_code_starts_no_python(cells):
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "there-is-none", "display_name": ""}
    assert run(notebook, None, None, allow_errors=False).exc_string is None
    notebook.cells.append(nbformat.v4.new_code_cell("1"))
    assert "there-is-none" in run(notebook, None, None, allow_errors=False).exc_string
