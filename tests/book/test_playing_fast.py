"""The plaything on dark pixels says what the package's engine keeps of parts of a given size."""

import numpy as np
import pytest

import nnfs
from kit.widgets.playing import cells as playing
from nnfs import engine

from .pages import BOOK, read

PAGE = read(BOOK / "beyond/fast.md")
APART = {"figure", "check", "claim", "hide-input"}


@pytest.fixture(scope="module")
def grid():
    """Run what the plaything needs, as a browser does, and return it."""
    kept, names = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "keep", lambda name, plaything: kept.update({name: plaything}))
        patch.setattr("kit.cells.shown.glue", lambda **values: None)
        for cell in PAGE.cells:
            if not APART & set(cell.tags) and "live" not in cell.options:
                exec(cell.code, names)
            if "dark" in kept:
                return kept["dark"]
    raise AssertionError("the page keeps no plaything called dark")


@pytest.fixture(scope="module")
def X():
    return nnfs.load_mnist("bundled").x_train


def entries_of_the_engine(X, order, size):
    """Return the share of entries that the tiles of all parts hold."""
    kept = 0
    for i in range(0, X.shape[1], size):
        tiles = engine._tiles(X.T[order[i : i + size]])
        kept += tiles.lit.size * tiles.shape[1]
    return kept / X.size


@pytest.mark.parametrize(
    ("size", "name"),
    [(256, "as they come"), (1024, "by class"), (4096, "by rarest lit pixel")],
)
def test_the_share_that_is_kept_is_that_of_tiles(grid, X, size, name):
    y = nnfs.load_mnist("bundled").y_train
    orders = {
        "as they come": np.arange(len(y)),
        "by class": np.argsort(y, kind="stable"),
        # The order of the package's own parts.
        "by rarest lit pixel": np.concatenate(engine.cuts(X, 4096)),
    }
    place = grid.axes["images in a part"].index(size), grid.axes["order"].index(name)
    share = entries_of_the_engine(X, orders[name], size)
    assert grid.cells["kept"][place] == pytest.approx(100 * share, rel=1e-12)
    assert f" {100 * share:.0f} % of the entries" in grid.told[grid.places.index(place)]


def test_sorting_by_the_rarest_pixel_is_right_wherever_it_is_asked(grid):
    (asked,) = grid.data["asks"]
    right = np.broadcast_to(asked["right"], grid.shape[0] * grid.shape[1]).reshape(grid.shape)
    np.testing.assert_array_equal(right, grid.cells["kept"].argmin(axis=1)[:, None] + 0 * right)


def test_the_images_show_which_pixels_are_lit_in_the_first_part(grid, X):
    size = grid.axes["images in a part"][0]
    first = X[:, :size].any(axis=1)
    share = first.sum() / first.size
    assert 0.2 < share < 0.9
    png = grid.images["lit somewhere in the part"]
    assert (png.width, png.height) == (5 * 29 - 1, 28)
