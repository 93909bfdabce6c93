"""The two sliders on the page of slopes show losses and errors that `nnfs` makes."""

import re

import numpy as np
import pytest

from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing import cells as playing
from nnfs import network

from .pages import Page, all_pages

(PAGE,) = (page for page in all_pages() if page.docname == "see/slopes")


def loss(weight):
    """Return the loss of the first example, with another weight from input 2 to unit 1."""
    params = [P.astype(complex) for P in pencil]
    params[0][0, 1] = weight
    return network.gradient(params, X_pencil[:, :1], y_pencil[:1])[0]


@pytest.fixture(scope="module")
def kept():
    return kept_by(PAGE)


@pytest.fixture
def grid(kept):
    return kept["best-step"]


@pytest.fixture
def glass(kept):
    return kept["glass"]


def kept_by(page: Page) -> dict[str, playing.Grid]:
    """Run what the playthings of a page need, and return them by name."""
    kept = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "keep", lambda name, plaything: kept.update({name: plaything}))
        patch.setattr("kit.cells.shown.glue", lambda **values: None)
        patch.setattr("kit.cells.glue", lambda **values: None, raising=False)
        names = {}
        for cell in page.cells:
            apart = {"figure", "check", "claim", "hide-input"} & set(cell.tags)
            if not apart or "def by_formula" in cell.code:
                exec(cell.code, names)
            if "best-step" in kept:
                return kept
    raise AssertionError("the page keeps no best-step")


@pytest.mark.parametrize("h", [1e-1, 1e-3, 1e-5, 1e-9])
def test_errors_of_the_slider_are_those_of_the_package(grid, h):
    place = grid.axes["h"].index(h)
    true = loss(-1 + 1e-30j).imag / 1e-30
    forward = (loss(-1 + h) - loss(-1)).real / h - true
    central = (loss(-1 + h) - loss(-1 - h)).real / (2 * h) - true
    rounding = 4 * np.finfo(float).eps / h
    for name, error in (("forward error", forward), ("central error", central)):
        assert grid.cells[name][place] == pytest.approx(abs(error), rel=1e-6, abs=rounding)


def test_the_sentence_says_which_error_is_the_larger(grid):
    larger = [re.search(r"(\S+) is the larger", text)[1] for text in grid.told]
    turn = grid.axes["h"].index(1e-4)
    assert set(larger[:turn]) == {"round-off"}
    assert set(larger[turn:]) == {"truncation"}


def test_the_step_that_is_called_best_is_the_best_of_those_offered(grid):
    (asked,) = grid.data["asks"]
    offered = [grid.axes["h"].index(h) for h in (1e-1, 1e-5, 1e-9, 1e-15)]
    errors = grid.cells["central error"][offered]
    assert asked["right"] == errors.argmin() == 1


@pytest.mark.parametrize("h", [1.0, 1e-6, 1e-15])
def test_the_glass_shows_losses_of_the_package(glass, h):
    place = glass.axes["h"].index(h)
    path = glass.figure.curves["the loss"][place]
    turns, slope = np.linspace(-1, 1, len(path)), loss(-1 + 1e-30j).imag / 1e-30
    rises = np.array([(loss(-1 + h * turn) - loss(-1)).real for turn in turns])
    rounding = 2 * np.finfo(float).eps / (slope * h)
    np.testing.assert_allclose(path, rises / (slope * h), rtol=1e-9, atol=rounding)


def test_the_glass_goes_from_a_bend_to_a_line_to_stairs(glass):
    told = dict(zip(glass.axes["h"], glass.told, strict=True))
    assert "bend" in told[1.0]
    assert "can't tell" in told[1e-6]
    assert "stairs" in told[1e-15]
