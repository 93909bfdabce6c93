"""The pixel's plaything on the page of digits: its places and numbers are those of the column."""

import re

import numpy as np
import pytest

import nnfs
from kit.widgets.playing.cells import Grid, Question

from .pages import BOOK, read

PAGE = read(BOOK / "see/digits.md")


@pytest.fixture(scope="module")
def digits():
    return nnfs.load_mnist("bundled", split="official")


@pytest.fixture(scope="module")
def kept(digits):
    """What the cell on the page keeps."""
    (code,) = (cell.code for cell in PAGE.cells if 'keep(\n    "pixel"' in cell.code)
    space = {"np": np, "digits": digits, "Grid": Grid, "Question": Question}
    space["keep"] = lambda name, plaything: space.update(kept=plaything)
    exec(code.partition("\n")[2], space)
    return space["kept"]


def test_the_plaything_is_on_the_page():
    assert re.search(r"^```\{plaything\} pixel$", PAGE.body, re.MULTILINE)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (13, 14), (14, 0), (20, 7), (27, 27)])
def test_the_sentence_has_the_place_and_the_number_of_the_loaded_column(kept, digits, row, column):
    place = np.ravel_multi_index((row, column), (28, 28))
    said = kept.told[kept.places.index((row, column))]
    assert f"= {place}: {digits.x_train[place, 0]:.2f}." in said


@pytest.mark.parametrize(("row", "column"), [(0, 0), (13, 14), (5, 20)])
def test_the_dot_lies_on_the_curve_of_the_column(kept, digits, row, column):
    places, numbers = kept.figure.points["this pixel"]
    at = kept.places.index((row, column))
    (curve,) = np.unique(kept.figure.curves["the whole column"], axis=0)
    np.testing.assert_array_equal(curve, digits.x_train[:, 0].astype(float))
    assert numbers[at] == curve[int(places[at])]


def test_one_row_down_is_28_places_on(kept):
    (asked,) = kept.data["asks"]
    assert asked["answers"][asked["right"]] == "28 places"
    places = kept.cells["place"]
    assert set(np.diff(places, axis=0).ravel()) == {28}
    assert set(np.diff(places, axis=1).ravel()) == {1}


def test_the_left_edge_is_said_to_follow_the_far_end_of_the_row_above(kept):
    assert "far end of the row above" in kept.told[kept.places.index((14, 0))]
    assert "far end" not in kept.told[kept.places.index((14, 1))]
