"""Pictures within drawings lose bytes, and nothing that is seen."""

import base64
import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from kit.build.small_pictures import EMBEDDED, LEVELS, slimmed, smaller

RNG = np.random.default_rng(3)
GREY = RNG.integers(0, 256, (40, 30))
SHADES = np.stack([GREY, GREY, GREY, np.full_like(GREY, 255)], axis=2).astype(np.uint8)
COLORED = np.concatenate([RNG.integers(0, 256, (40, 30, 3)), SHADES[..., 3:]], axis=2)
CLEAR = COLORED.astype(np.uint8)
CLEAR[5, 6, 3] = 254


def png(pixels):
    written = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(written, "PNG")
    return written.getvalue()


def seen(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA")).astype(int)


@pytest.mark.parametrize("pixels", [SHADES, COLORED], ids=["grey", "colours"])
def test_a_picture_is_smaller_and_looks_as_it_did(pixels):
    before = png(pixels)
    after = smaller(before)
    assert len(after) < 0.8 * len(before)
    assert np.abs(seen(after) - seen(before)).max() <= 255 / (LEVELS - 1) / 2 + 1
    assert smaller(after) == after


def test_black_and_white_stay_what_they_are():
    pixels = SHADES.copy()
    pixels[:20, :, :3], pixels[20:, :, :3] = 0, 255
    np.testing.assert_array_equal(seen(smaller(png(pixels))), pixels)


def test_a_picture_that_is_partly_transparent_stays_as_it_is():
    assert smaller(png(CLEAR)) == png(CLEAR)


def test_each_picture_of_a_drawing_is_replaced_and_nothing_else():
    with mpl.rc_context({"svg.hashsalt": "a"}):
        figure = Figure()
        for axes in figure.subplots(1, 2):
            axes.imshow(GREY, cmap="gray")
        written = io.StringIO()
        figure.savefig(written, format="svg")
    drawing = written.getvalue()
    slim = slimmed(drawing)
    assert len(EMBEDDED.findall(slim)) == len(EMBEDDED.findall(drawing)) == 2
    assert EMBEDDED.sub("", slim) == EMBEDDED.sub("", drawing)
    for (_, new), (_, old) in zip(EMBEDDED.findall(slim), EMBEDDED.findall(drawing), strict=True):
        assert len(new) < len(old)
        assert (
            np.abs(seen(base64.b64decode(new)) - seen(base64.b64decode(old))).max()
            <= 255 / (LEVELS - 1) / 2 + 1
        )
    assert slimmed(slim) == slim
