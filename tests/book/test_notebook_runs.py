"""What a kernel sends in pieces comes out as if it had been sent as a whole."""

from itertools import pairwise

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from myst_nb.core.utils import coalesce_streams

from kit.build.notebook_runs import is_time_limit, join_pieces, run

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
