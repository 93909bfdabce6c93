"""A picture of one digit, as a drawing, a scan or a photo, made into what the network was shown.

MNIST was prepared so: the ink is scaled to fit a box of 20 x 20 pixels with its proportions kept,
edges become greys by averaging, and the box is put where the centre of mass falls on the middle
pixel of 28 x 28. `prepare_picture` does the same, to the last bit as the drawing pad of the book.
`read_picture` finds the ink in a file first.
"""

import io
import math
import os
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnfs import arguments, file_kinds
from nnfs.digit_files import SHAPE, DataError
from nnfs.types import Array

BOX = 20 / 28
"""Of the height and the width of an image, what a digit of MNIST fills."""
LARGEST = 400
"""Pixels along the longer side from which a picture is made smaller before ink is looked for."""
FAINTEST = 0.08
"""Contrast of ink and paper, of 1 for black on white, below which there is nothing drawn."""
PALE = 0.25
"""Contrast below which ink may be seen better in one of the three colours, or is not plain."""
FUZZ = {"JPEG": 0.02, "MPO": 0.02, "WEBP": 0.02}
"""What formats that lose something leave around an edge, as a share of black on white."""


def prepare_picture(ink: ArrayLike, shape: tuple[int, int] = SHAPE) -> Array:
    """Return a drawing as the network's input: scaled to a box of 20 x 20 and centred by mass.

    Parameters
    ----------
    ink : (height, width) array
        From 0, paper, to 1, ink, of any size. Where your picture is dark ink on light paper, pass
        1 minus its brightness.
    shape : (rows, columns)
        Of the images that the network was trained on. For another shape than that of MNIST the box
        is as large a part of the image, and the middle pixel is as in the middle.

    Returns
    -------
    (rows * columns, 1) array of float32
        Brightness in [0, 1] row by row, one example as a column, as `nnfs.predict` takes it.

    Raises
    ------
    ValueError
        If ink is not such an array, or has no entry above 0: nothing is drawn.

    Notes
    -----
    Source: LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document
    recognition (1998), III.A, on how MNIST was made.

    Examples
    --------
    >>> import numpy as np, nnfs
    >>> ink = np.zeros((100, 60))
    >>> ink[10:90, 25:35] = 1
    >>> nnfs.prepare_picture(ink).shape
    (784, 1)
    """
    ink = arguments.array(ink, "ink")
    if ink.ndim != 2 or ink.size == 0 or ink.dtype.kind not in "fiub":
        raise ValueError(
            f"ink has shape {ink.shape} and dtype {ink.dtype}; expected (height, width), real"
        )
    ink = ink.astype(np.float64)
    if not np.isfinite(ink).all() or ink.min() < 0 or ink.max() > 1:
        raise ValueError(
            f"ink lies in [{ink.min():g}, {ink.max():g}]; expected [0, 1], 0 for paper: of bytes "
            "pass ink / 255"
        )
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        raise ValueError("nothing drawn: ink is 0 everywhere")
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = [max(1, _rounded(BOX * side)) for side in _shape(shape)]
    scale = min(length / side for length, side in zip(box, ink.shape, strict=True))
    height, width = (max(1, _rounded(side * scale)) for side in ink.shape)
    # The sums run in the order of the page's script, so that both round to the same bits.
    small = _averaged(_averaged(ink.T, width).T, height)
    mass = _sum(small)
    left = _offset(_sum(small * np.arange(width)) / mass, width, shape[1])
    top = _offset(_sum(small * np.arange(height)[:, np.newaxis]) / mass, height, shape[0])
    image = np.zeros(shape)
    image[top : top + height, left : left + width] = small
    return image.reshape(-1, 1).astype(np.float32)


def _rounded(x: float) -> int:
    return math.floor(x + 0.5)


def _sum(x: Array) -> float:
    """Return the sum from first to last; NumPy's own adds in another order."""
    return float(np.add.accumulate(x.ravel())[-1])


def _averaged(cells: Array, count: int) -> Array:
    """Return rows made into ``count`` rows, each the mean of the area that it covers."""
    size = len(cells) / count
    new = np.zeros((count, cells.shape[1]))
    for row in range(count):
        start, end = row * size, row * size + size
        old = math.floor(start)
        while old < min(len(cells), end):
            share = (min(end, old + 1) - max(start, old)) / size
            if share > 1e-9:
                new[row] += share * cells[old]
            old += 1
    return new


def _shape(shape: tuple[int, int]) -> tuple[int, int]:
    rows, columns = (arguments.whole_number(side, "a side of shape", at_least=1) for side in shape)
    return rows, columns


def _offset(centre: float, length: int, side: int) -> int:
    """Return where the box starts along an axis; with mass at one end it stays in the picture.

    In every image of MNIST the centre of mass, in rows and columns from 0, rounds to 14 of 28.
    """
    return max(0, min(side - length, side // 2 - _rounded(centre)))


def read_picture(path: str | os.PathLike[str], shape: tuple[int, int] = SHAPE) -> Array:
    """Return the digit in a picture file as the network's input.

    Dark ink on light paper and light ink on dark paper both serve; the border tells which it is.
    Colour becomes grey, what is transparent becomes paper, a photo is turned as its camera says,
    the first picture of an animation is taken.

    Parameters
    ----------
    path : str or path-like
        A PNG, JPEG, GIF, BMP, TIFF or WebP file of one digit.
    shape : (rows, columns)
        Of the images that the network was trained on.

    Returns
    -------
    (rows * columns, 1) array of float32
        As `prepare_picture` returns it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DataError
        If it is no picture or a damaged one, nothing is drawn on it, or several digits seem to be.
        It is a ValueError.
    """
    path = arguments.path(path, "path")
    try:
        # What Pillow remarks about a large picture or an odd palette, the caller need not do.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = _opened(path)
            grey = _grey(_smaller(picture))
        return prepare_picture(_ink(grey, FUZZ.get(picture.format, 0)), shape)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def is_picture(content: bytes) -> bool:
    """Return whether a file is a picture, by its first bytes."""
    found = file_kinds.kind(content)
    return found is not None and found[1] == file_kinds.PICTURE


def _opened(path: Path) -> Any:
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.is_dir():
        raise DataError("is a folder; expected a picture of a digit")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file; expected a picture of a digit") from None
    if not content:
        raise DataError("is empty (0 bytes); expected a picture")
    try:
        picture = Image.open(io.BytesIO(content))
        picture.seek(0)
        turned = ImageOps.exif_transpose(picture)
        turned.format = picture.format
        return turned
    except UnidentifiedImageError:
        found = file_kinds.kind(content)
        known = found is not None and found[1] != file_kinds.PICTURE
        what = f"is {found[0]}" if found and known else "is no picture that can be read"
        raise DataError(f"{what}; expected a picture of a digit, PNG or JPEG") from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise DataError(
            f"the picture cannot be read ({' '.join(str(error).split())}); save it anew as PNG"
        ) from None


def _smaller(picture: Any) -> Any:
    """Return a picture not much larger than is needed to see one digit."""
    factor = max(picture.size) // LARGEST
    if factor <= 1 or picture.mode == "F" or min(picture.size) < factor:
        return picture
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode == "P":
        picture = picture.convert("RGBA")
    elif ";" in picture.mode:
        picture = picture.convert("I")
    return picture.reduce(factor)


def _grey(picture: Any) -> Array:
    """Return brightness, 0 black to 1 white, (height, width)."""
    if picture.mode in ("I", "F") or ";" in picture.mode:
        values = np.asarray(picture, np.float64)
        least, most = float(values.min()), float(values.max())
        if not np.isfinite(values).all():
            raise DataError("the picture has pixels that are not finite numbers; save it as PNG")
        if least < 0:
            return (values - least) / max(most - least, np.finfo(float).tiny)
        return values / next(top for top in (1.0, 255.0, 65535.0, most) if most <= top)
    if picture.mode == "1":
        return np.asarray(picture, np.float64)
    if "A" in picture.mode or "a" in picture.mode or "transparency" in picture.info:
        channels = np.asarray(picture.convert("RGBA"), np.float64) / 255
        alpha = channels[..., 3]
        grey = channels[..., :3] @ [0.299, 0.587, 0.114]
        if alpha.min() < 1:
            # White ink on nothing would be lost on white paper, black ink on black.
            papers = [grey * alpha + paper * (1 - alpha) for paper in (1.0, 0.0)]
            return np.asarray(max(papers, key=lambda shown: float(np.ptp(shown))))
        return np.asarray(grey)
    channels = np.asarray(picture.convert("RGB"), np.float64) / 255
    grey = channels @ [0.299, 0.587, 0.114]
    # Red and green can be equally bright, and are told apart by one of them.
    shades = [grey, *np.moveaxis(channels, -1, 0)]
    contrasts = [float(np.ptp(shade)) for shade in shades]
    told = max(contrasts) > 3 * contrasts[0] and contrasts[0] < PALE
    return np.asarray(shades[int(np.argmax(contrasts))] if told else grey)


def _ink(grey: Array, fuzz: float) -> Array:
    """Return ink from 0 to 1, from the brightness of a picture whose paper may vary by ``fuzz``.

    Raises
    ------
    DataError
        If nothing is drawn, or several digits seem to be.
    """
    border = _border(grey)
    paper = float(np.median(border))
    difference, grain = _difference(grey, border, fuzz)
    if PALE < np.abs(difference).max() < 3 * grain:
        # What varies may be the ink of a picture cut close around it.
        usual = 4 * float(np.median(np.abs(border - paper)))
        if usual < grain:
            difference, grain = grey - paper, max(fuzz, usual)
    darker, lighter = -float(difference.min()), float(difference.max())
    ink = np.clip(-difference if darker >= lighter else difference, 0, None)
    peak = max(darker, lighter)
    if peak < max(FAINTEST, 3 * grain):
        raise DataError(
            f"nothing drawn: brightness is {100 * paper:.0f} % nearly everywhere; expected a digit "
            "darker or lighter than its paper"
        )
    if grain > 0:
        # Grain, shadows and traces of JPEG would else count as ink, and clean paper has none.
        floor = max(_threshold(ink / peak) / 2 * peak, 3 * grain)
        ink = np.clip(ink - min(floor, 0.6 * peak), 0, None)
        ink = _without_specks(np.minimum(ink / np.percentile(ink[ink > 0], 60), 1))
    else:
        ink = ink / peak
    if (inside := _framed(ink)) is not None:
        with suppress(DataError):
            return _ink(grey[inside], fuzz)
    _check_one_digit(ink)
    return np.asarray(ink)


def _difference(grey: Array, border: Array, fuzz: float) -> tuple[Array, float]:
    """Return how a picture differs from its paper, and how much the paper varies."""
    paper = float(np.median(border))
    grain = max(fuzz, float(np.percentile(np.abs(border - paper), 90)))
    if grain <= fuzz:
        return grey - paper, grain
    # A photo is lit from one side.
    difference = grey - _plane(grey, border)
    return difference, max(fuzz, float(np.percentile(np.abs(_border(difference)), 90)))


def _framed(ink: Array) -> tuple[slice, slice] | None:
    """Return the place of the paper, if what was taken for paper is a frame around it."""
    drawn = ink > 0.5
    if drawn.mean() < 0.6:
        return None
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    inside = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    whole = drawn[inside].shape == drawn.shape
    return None if whole or _border(drawn[inside]).mean() < 0.9 else inside


def _border(cells: Array) -> Array:
    return np.concatenate([cells[0], cells[-1], cells[:, 0], cells[:, -1]])


def _plane(grey: Array, border: Array) -> Array:
    """Return the brightness of the paper as a linear function of the place, from the border's."""
    rows, columns = np.indices(grey.shape) / max(grey.shape)
    terms = [np.ones_like(grey), rows, columns]
    at_border = np.stack([_border(term) for term in terms], axis=1)
    away = np.abs(border - np.median(border))
    usual = away <= np.percentile(away, 95)
    weights = np.linalg.lstsq(at_border[usual], border[usual], rcond=None)[0]
    return np.asarray(sum(w * term for w, term in zip(weights, terms, strict=True)))


def _threshold(values: Array) -> float:
    """Return the value in [0, 1] that parts ink from paper best: Otsu's, by a histogram."""
    counts, edges = np.histogram(values, 64, (0, 1))
    below = np.cumsum(counts)[:-1]
    sums = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    above = counts.sum() - below
    usable = (below > 0) & (above > 0)
    if not usable.any():
        return 0.5
    between = np.zeros(63)
    means = sums[:-1][usable] / below[usable], (sums[-1] - sums[:-1][usable]) / above[usable]
    between[usable] = below[usable] * above[usable] * (means[0] - means[1]) ** 2
    return float(edges[1 + int(between.argmax())])


def _pieces(drawn: Array) -> list[Array]:
    """Return the places, rows and columns, of each piece of ink that hangs together."""
    left = {(int(r), int(c)) for r, c in np.argwhere(drawn)}
    pieces = []
    while left:
        piece = [left.pop()]
        for r, c in piece:
            near = {(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= near
            piece.extend(near)
        pieces.append(np.array(piece))
    return pieces


def _without_specks(ink: Array) -> Array:
    pieces = _pieces(ink > 0)
    largest = max(map(len, pieces))
    kept = np.zeros_like(ink)
    for rows, columns in (piece.T for piece in pieces if len(piece) >= 0.02 * largest):
        kept[rows, columns] = ink[rows, columns]
    return kept


def _check_one_digit(ink: Array) -> None:
    """Raise DataError where columns without ink part the picture into things equally high."""
    drawn = ink > 0.2
    columns = np.flatnonzero(drawn.any(axis=0))
    rows = np.flatnonzero(drawn.any(axis=1))
    height = rows[-1] - rows[0] + 1
    gaps = np.flatnonzero(np.diff(columns) > max(2, 0.06 * height))
    heights = []
    for part in np.split(columns, gaps + 1):
        inside = np.flatnonzero(drawn[:, part[0] : part[-1] + 1].any(axis=1))
        heights.append(inside[-1] - inside[0] + 1)
    several = sum(h >= 0.5 * max(heights) for h in heights)
    if several == 1:
        _check_one_above(rows, height)
    if several > 1:
        raise DataError(
            f"{several} things side by side, as if it showed {several} digits; expected one: cut "
            "the picture around each"
        )


def _check_one_above(rows: Array, height: int) -> None:
    """Raise DataError where wide gaps part the rows into things equally high.

    The parts of one digit, such as the bar of a five, are closer to each other, or less alike.
    """
    gaps = np.flatnonzero(np.diff(rows) > max(2, 0.12 * height))
    heights = [part[-1] - part[0] + 1 for part in np.split(rows, gaps + 1)]
    several = sum(h >= 0.5 * max(heights) for h in heights)
    if several > 1:
        raise DataError(
            f"{several} things one above the other, as if it showed {several} digits; expected "
            "one: cut the picture around each"
        )
