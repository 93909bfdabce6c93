"""A picture of a digit becomes what the network was shown, whatever kind of file it is in."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from py_mini_racer import MiniRacer

import nnfs
from nnfs import pictures

WIDGETS = Path(nnfs.__file__).parents[1] / "book" / "kit" / "widgets"
SCRIPT = WIDGETS / "draw_a_digit" / "preparation.js"
RUN = """
function prepare(ink, width, height) {
  return JSON.stringify(Array.from(drawADigit.prepare(ink, width, height) || []));
}
"""


@pytest.fixture(scope="module")
def javascript():
    engine = MiniRacer()
    engine.eval(SCRIPT.read_text("utf8"))
    engine.eval(RUN)
    return engine


@pytest.fixture(scope="module")
def digits():
    return nnfs.load_mnist("bundled", split="official").x_test[:, :12].T.reshape(-1, 28, 28)


def drawings(digits):
    rng = np.random.default_rng(3)
    yield from digits.astype(np.float64)
    yield np.ones((1, 1))
    for height, width in [(5, 300), (300, 5), (50, 50), (280, 280), (33, 47)]:
        yield rng.random((height, width)) * (rng.random((height, width)) > 0.5)
        yield np.ones((height, width))
        spot = np.zeros((height, width))
        spot[-1, 0] = 0.3
        yield spot


def test_preparation_has_the_bits_of_the_drawing_pad(javascript, digits):
    for ink in drawings(digits):
        height, width = ink.shape
        page = json.loads(javascript.call("prepare", ink.ravel().tolist(), width, height))
        ours = nnfs.prepare_picture(ink)
        assert ours.shape == (784, 1)
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours[:, 0], np.array(page, np.float32))


@pytest.mark.parametrize(
    ("ink", "message"),
    [
        (np.zeros((5, 5)), "nothing drawn"),
        (np.zeros((0, 5)), r"shape \(0, 5\)"),
        (np.ones(5), r"expected \(height, width\)"),
        (np.ones((5, 5, 3)), r"expected \(height, width\)"),
        (np.full((5, 5), 255, np.uint8), "pass ink / 255"),
        (np.full((5, 5), -0.1), r"expected \[0, 1\]"),
        (np.full((5, 5), np.nan), r"expected \[0, 1\]"),
        (np.full((5, 5), "a"), "expected"),
    ],
)
def test_what_is_no_ink_is_refused(ink, message):
    with pytest.raises(ValueError, match=message):
        nnfs.prepare_picture(ink)


@pytest.fixture
def seven():
    """Return a large, clean seven as bytes: light ink, 255, on dark paper, 0."""
    ink = np.zeros((210, 150), np.uint8)
    ink[30:45, 40:110] = 255
    for row in range(45, 180):
        left = 95 - (row - 45) // 3
        ink[row, left : left + 15] = 255
    return ink


def on_alpha(ink, value):
    flat = Image.new("L", ink.shape[::-1], value)
    return Image.merge("RGBA", [flat, flat, flat, Image.fromarray(ink)])


KINDS = {
    "light on dark": lambda ink: Image.fromarray(ink),
    "dark on light": lambda ink: Image.fromarray(255 - ink),
    "colour": lambda ink: Image.fromarray(ink).convert("RGB"),
    "palette": lambda ink: Image.fromarray(ink).convert("P"),
    "one bit": lambda ink: Image.fromarray(ink).convert("1"),
    "16 bits": lambda ink: Image.fromarray(ink.astype(np.uint16) * 257),
    "black on nothing": lambda ink: on_alpha(ink, 0),
    "white on nothing": lambda ink: on_alpha(ink, 255),
    "grey and alpha": lambda ink: on_alpha(ink, 0).convert("LA"),
    "pale": lambda ink: Image.fromarray((200 + ink // 5).astype(np.uint8)),
    "wide border": lambda ink: Image.fromarray(np.pad(ink, 77)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_clean_picture_is_its_ink(tmp_path, seven, kind):
    path = tmp_path / "seven.png"
    KINDS[kind](seven).save(path)
    found, expected = nnfs.read_picture(path), nnfs.prepare_picture(seven / 255)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_array_equal(nnfs.read_picture(str(path)), found)


def test_a_digit_of_mnist_comes_back_from_a_file(tmp_path, digits):
    for digit in digits:
        pixels = np.rint(255 * digit).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "digit.png")
        found = nnfs.read_picture(tmp_path / "digit.png")
        expected = nnfs.prepare_picture(pixels / pixels.max())
        np.testing.assert_allclose(found, expected, atol=1e-6)


def coloured(ink, pen, paper):
    mask = Image.fromarray(ink)
    return Image.composite(*(Image.new("RGB", mask.size, colour) for colour in (pen, paper)), mask)


FLOATS = {
    "floats": lambda ink: ink.astype(np.float32) / 255,
    "floats around 0": lambda ink: ink.astype(np.float32) / 127.5 - 1,
    "floats below 0": lambda ink: ink.astype(np.float32) - 300,
    "whole numbers below 0": lambda ink: ink.astype(np.int32) - 255,
}


@pytest.mark.parametrize("kind", FLOATS)
def test_numbers_of_any_range_are_brightness(tmp_path, seven, kind):
    Image.fromarray(FLOATS[kind](seven)).save(tmp_path / "seven.tif")
    found, expected = nnfs.read_picture(tmp_path / "seven.tif"), nnfs.prepare_picture(seven / 255)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_pixel_that_is_no_number_is_told(tmp_path, seven, wrong):
    values = seven.astype(np.float32)
    values[3, 4] = wrong
    Image.fromarray(values).save(tmp_path / "seven.tif")
    with pytest.raises(nnfs.DataError, match=r"seven\.tif: .*not finite"):
        nnfs.read_picture(tmp_path / "seven.tif")


@pytest.mark.parametrize(
    ("pen", "paper"), [((255, 0, 0), (0, 130, 0)), ((0, 0, 255), (38, 38, 0)), ("blue", "white")]
)
def test_colours_as_bright_as_their_paper_are_seen(tmp_path, seven, pen, paper):
    coloured(seven, pen, paper).save(tmp_path / "seven.png")
    expected = nnfs.prepare_picture(seven / 255)
    np.testing.assert_allclose(nnfs.read_picture(tmp_path / "seven.png"), expected, atol=1e-6)


CUT = {
    "close": lambda ink: ink[30:180, 40:110],
    "close at the top": lambda ink: ink[30:, :],
    "within a frame": lambda ink: np.pad(ink, 6, constant_values=255),
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", ["close", "close at the top", "within a frame"])
def test_a_digit_cut_close_or_within_a_frame_is_found(tmp_path, seven, kind, dark):
    picture = CUT[kind](seven)
    Image.fromarray(255 - picture if dark else picture).save(tmp_path / "seven.png")
    expected = nnfs.prepare_picture(seven / 255)
    np.testing.assert_allclose(nnfs.read_picture(tmp_path / "seven.png"), expected, atol=1e-6)


def test_a_bar_that_fills_its_picture_is_no_frame(tmp_path):
    bar = np.pad(np.full((90, 12), 255, np.uint8), 1)
    Image.fromarray(bar).save(tmp_path / "one.png")
    found = nnfs.read_picture(tmp_path / "one.png")
    np.testing.assert_array_equal(found, nnfs.prepare_picture(bar / 255))


def test_digits_one_above_the_other_are_told_and_a_five_with_a_loose_bar_is_not(tmp_path, seven):
    Image.fromarray(np.vstack([seven, seven])).save(tmp_path / "several.png")
    with pytest.raises(nnfs.DataError, match=r"2 things one above the other"):
        nnfs.read_picture(tmp_path / "several.png")
    loose = np.pad(seven, ((60, 0), (0, 0)))
    loose[50:62, 40:110] = 255
    Image.fromarray(loose).save(tmp_path / "loose.png")
    np.testing.assert_allclose(
        nnfs.read_picture(tmp_path / "loose.png"), nnfs.prepare_picture(loose / 255), atol=1e-6
    )


@pytest.mark.parametrize("turns", [3, 6, 8])
def test_a_photo_is_turned_as_the_camera_says(tmp_path, seven, turns):
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    turned = Image.fromarray(seven).transpose(back.get(turns, Image.Transpose.ROTATE_270))
    exif = Image.Exif()
    exif[0x0112] = turns
    turned.save(tmp_path / "photo.png", exif=exif)
    expected = nnfs.prepare_picture(seven / 255)
    np.testing.assert_allclose(nnfs.read_picture(tmp_path / "photo.png"), expected, atol=1e-6)


def test_the_first_picture_of_an_animation_is_taken(tmp_path, seven):
    first, second = (Image.fromarray(ink).convert("P") for ink in (seven, seven.T.copy().T[::-1]))
    first.save(tmp_path / "moving.gif", save_all=True, append_images=[second])
    expected = nnfs.prepare_picture(seven / 255)
    np.testing.assert_allclose(nnfs.read_picture(tmp_path / "moving.gif"), expected, atol=1e-6)


def photographed(ink, rng):
    """Return ink on paper with grain that is lit from one side, larger than any screen."""
    page = np.pad(np.kron(ink / 255, np.ones((4, 4))), ((200, 300), (500, 200)))
    light = np.linspace(0.9, 0.55, page.shape[1]) * np.linspace(1, 0.9, len(page))[:, None]
    grey = light * (1 - 0.7 * page) + 0.02 * rng.normal(size=page.shape)
    return Image.fromarray((255 * grey.clip(0, 1)).astype(np.uint8)).convert("RGB")


def test_a_photo_and_a_jpeg_are_close_to_the_clean_picture(tmp_path, seven):
    expected = nnfs.prepare_picture(seven / 255)
    photo = photographed(seven, np.random.default_rng(0))
    cmyk = Image.fromarray(255 - seven).convert("CMYK")
    for name, picture in {"photo": photo, "small": Image.fromarray(seven), "cmyk": cmyk}.items():
        picture.save(tmp_path / f"{name}.jpg", quality=80)
        found = nnfs.read_picture(tmp_path / f"{name}.jpg")
        assert np.corrcoef(found[:, 0], expected[:, 0])[0, 1] > 0.95, name


def test_blank_paper_and_several_digits_are_told(tmp_path, seven):
    rng = np.random.default_rng(0)
    blank = {
        "white.png": Image.new("L", (80, 60), 255),
        "black.png": Image.new("1", (80, 60), 0),
        "nothing.png": Image.new("RGBA", (80, 60), (0, 0, 0, 0)),
        "dot.png": Image.new("L", (1, 1), 9),
        "grain.jpg": Image.fromarray(rng.normal(200, 3, (300, 300)).astype(np.uint8)),
    }
    for name, picture in blank.items():
        picture.save(tmp_path / name)
        with pytest.raises(nnfs.DataError, match=f"{name}: nothing drawn") as caught:
            nnfs.read_picture(tmp_path / name)
        assert "\n" not in str(caught.value)
    for count in (2, 3):
        Image.fromarray(np.hstack([seven] * count)).save(tmp_path / "several.png")
        with pytest.raises(nnfs.DataError, match=f"several.png: {count} things side by side"):
            nnfs.read_picture(tmp_path / "several.png")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"hello, this is text", "is no picture that can be read"),
        (b"PK\x05\x06" + bytes(18), "is a zip archive"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50), "is a HEIC picture"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0" + bytes(50), "is a HEIC picture"),
        (b"\0\0\0\x18ftypisom" + bytes(50), "is a video"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', "is an SVG drawing"),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<svg>', "is an SVG drawing"),
        (b"8BPS\0\1" + bytes(50), "is a Photoshop file"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path, content, says):
    path = tmp_path / "digit.png"
    path.write_bytes(content)
    with pytest.raises(nnfs.DataError, match=says) as caught:
        nnfs.read_picture(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_picture_cut_short_a_missing_one_and_a_folder_are_named(tmp_path, seven):
    path = tmp_path / "digit.png"
    Image.fromarray(seven).save(path)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(nnfs.DataError, match="cannot be read"):
        nnfs.read_picture(path)
    with pytest.raises(FileNotFoundError, match=r"none.png: no such file"):
        nnfs.read_picture(tmp_path / "none.png")
    with pytest.raises(nnfs.DataError, match="is a folder"):
        nnfs.read_picture(tmp_path)


def test_pictures_are_known_by_their_first_bytes(tmp_path, seven):
    for ending in ("png", "jpg", "gif", "bmp", "tiff", "webp"):
        path = tmp_path / f"digit.{ending}"
        Image.fromarray(seven).save(path)
        assert pictures.is_picture(path.read_bytes()[:512]), ending
    assert not pictures.is_picture(b"label,pixel0")


def test_a_large_picture_is_read_without_a_remark(tmp_path, monkeypatch, seven):
    Image.fromarray(seven).save(tmp_path / "seven.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", int(0.75 * seven.size))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = nnfs.read_picture(tmp_path / "seven.png")
    np.testing.assert_allclose(found, nnfs.prepare_picture(seven / 255), atol=1e-6)
