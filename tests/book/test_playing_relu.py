"""The plaything of the chapter on ReLU: what it says at its positions is what nnfs computes."""

import json

import numpy as np
import pytest
from py_mini_racer import MiniRacer

import nnfs
from kit.widgets.playing.cells import Grid, Planes
from kit.widgets.playing.cells.planes import CORNERS, gap, params
from kit.widgets.playing.directive import PlaythingFigure

from .pages import all_pages

PAGE = next(page for page in all_pages() if page.docname == "derive/relu")


@pytest.fixture(scope="module")
def tent():
    code = next(cell.code for cell in PAGE.cells if 'keep(\n    "tent"' in cell.code)
    kept = {}
    exec(code, {"np": np, "nnfs": nnfs, "Grid": Grid, "keep": kept.__setitem__})
    return kept["tent"]


@pytest.mark.parametrize(
    ("begins", "weight"), [(2.0, 0), (1.0, -2), (1.5, -4), (0.0, -1), (0.5, 1)]
)
def test_each_position_is_a_network_of_nnfs(tent, begins, weight):
    at = tent.axes["begins"].index(begins), tent.axes["weight"].index(weight)
    params = nnfs.Parameters(
        np.ones((2, 2)),
        np.array([[0.0], [-begins]]),
        np.array([[1.0, weight], [0.0, 0.0]]),
        np.zeros((2, 1)),
    )
    corners = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    scores = nnfs.forward(params, corners).Z2[0]
    said = [float(tent.cells[name][at]) for name in ("none", "one", "both")]
    np.testing.assert_allclose(said, scores, atol=1e-13)
    line = tent.told[int(np.ravel_multi_index(at, tent.shape))]
    assert all(f"{score:.2f}".replace("-", "−") in line for score in scores)


def test_the_two_answers_light_the_lamp_and_no_other_position_does(tent):
    ends = np.stack([tent.cells[name] for name in ("none", "one", "both")])
    right = np.argwhere((ends == np.array([0, 1, 0])[:, None, None]).all(axis=0))
    found = [(tent.axes["begins"][i], tent.axes["weight"][j]) for i, j in right]
    assert found == [(1.0, -2), (1.5, -4)]


def test_the_tent_stands_over_the_sum_of_the_switches(tent):
    across, up = tent.figure.plot.across, tent.figure.plot.up
    assert (across.low, across.high) == (0, 2)
    assert across.label
    assert (up.low, up.high) == (-2, 2)
    at = [place for sign, places in tent.figure.aims.values() for place in places]
    assert sorted(at) == [(0, 0), (1, 1), (2, 0)]


LINES = [
    [(45, -(0.5**0.5)), (45, 0)],
    [(0, -1), (90, -1)],
    [(-45, 0), (135, 0)],
    [(-45, 0), (105, -0.35)],
    [(20, -0.3), (100, 0.2)],
]


@pytest.fixture(scope="module")
def scripts():
    racer = MiniRacer()
    for name in ("network.js", "planes.js"):
        racer.eval((PlaythingFigure.folder / name).read_text("utf8"))
    yield racer
    racer.close()


@pytest.mark.parametrize("lines", LINES)
def test_the_planes_of_the_scripts_are_those_of_nnfs(scripts, lines):
    found = json.loads(scripts.eval(f"JSON.stringify(playing.planes({json.dumps(lines)}))"))
    there = nnfs.forward(params(lines), CORNERS)
    np.testing.assert_allclose(np.transpose(found["z"]), there.Z1, atol=1e-12)
    np.testing.assert_allclose(np.transpose(found["a"]), there.A1, atol=1e-12)
    for places in (there.Z1, there.A1):
        size = scripts.eval(f"playing.gap({json.dumps(places.T.tolist())}).size")
        assert size == pytest.approx(gap(places), abs=1e-9)


@pytest.mark.parametrize(
    ("lines", "parted"), [*zip(LINES[:4], [True, False, True, True], strict=True)]
)
def test_a_gap_is_there_where_a_line_parts_the_classes(lines, parted):
    """Ten thousand random directions find a cut, or none does."""
    kept = Planes(lines)
    assert kept.gaps[0] == pytest.approx(0, abs=1e-9)
    assert (kept.gaps[1] > 1e-6) == parted
    turns = np.random.default_rng(0).normal(size=(10_000, 2)) @ kept.A1
    crosses, circles = turns[:, [1, 2]], turns[:, [0, 3]]
    found = (crosses.min(axis=1) - circles.max(axis=1)).max() > 1e-3
    assert found == parted


@pytest.mark.parametrize("lines", [[(0, 0)], [(0, 2), (0, 0)], [(200, 0), (0, 0)]])
def test_lines_that_cannot_be_drawn_are_said(lines):
    with pytest.raises(ValueError, match="two angles up to 180"):
        Planes(lines)


def test_the_planes_are_complete_without_scripts():
    html = Planes(LINES[0])._repr_html_()
    assert html.count("data-point=") == 12
    assert "<table>" in html


def test_each_line_is_gripped_from_around_it_and_a_reader_can_start_again(tent):
    html = Planes(LINES[0])._repr_html_()
    assert html.count("data-reach=") == html.count("data-line=") == 2
    assert html.rindex("data-reach=") < html.index("data-line=")  # what is seen is on top
    for figure in (html, tent._repr_html_()):
        assert figure.count('class="play-reset"') == 1
