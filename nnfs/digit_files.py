"""What every reader of digits shares: whole files, and one kind of error for bad ones.

Nothing is repaired or guessed. Data that are not exactly what they should be raise a `DataError`
of one line that names the file, the line or byte, what stands there and what was expected.
"""

import math
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnfs import file_kinds

SHAPE = (28, 28)
"""Rows and columns of the images of MNIST. Those of other data are what the files say."""

OTHER_DATA = (
    "pass a folder of IDX files or a Kaggle train.csv as source=..., or as --data on the command"
    " line"
)


class DataError(ValueError):
    """Data that cannot be used as they are; the message says where and why, in one line."""


class Digits(NamedTuple):
    """Images and labels as files hold them, one row an example.

    Attributes
    ----------
    pixels : (m, rows * columns) array of uint8
        Brightness of the pixels in 0..255.
    labels : (m,) array of uint8
        Labels from 0 on; the largest says how many classes there are.
    shape : (rows, columns) of an image
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    shape: tuple[int, int] = SHAPE


def square(n_pixels: int) -> tuple[int, int] | None:
    """Return rows and columns of a square image of so many pixels, None if there is none."""
    side = math.isqrt(max(n_pixels, 0))
    return (side, side) if side > 1 and side * side == n_pixels else None


def spelt(shape: tuple[int, int]) -> str:
    """Return rows and columns as people write them."""
    return f"{shape[0]}x{shape[1]}"


def read_content(path: Path) -> bytes:
    """Return the bytes of a file, decompressed if its name ends in ``.gz``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DataError
        If it is not a regular file, is empty, or is not intact gzip data.
    """
    import gzip  # here, so that importing nnfs does not pay for it

    if path.exists() and not path.is_file():
        raise DataError(
            f"{path}: is {'a directory' if path.is_dir() else 'no regular file'}; expected a file"
        )
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file; {OTHER_DATA}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        found = file_kinds.kind(path.read_bytes())
        named = found and found[0] != "gzip data"
        what, advice = found if found and named else (str(error), "download it again")
        raise DataError(
            f"{path}: {path.stat().st_size} bytes that are not intact gzip data"
            f" ({'they are ' if named else ''}{what}); expected a whole gzip file; {advice}"
        ) from None
    if not content:
        raise DataError(f"{path}: is empty (0 bytes); expected data; download it again")
    return content


def refuse_other_kinds(path: Path, content: bytes, expected: str) -> None:
    """Raise DataError if a content is recognised as another kind of file than text in columns."""
    if found := file_kinds.kind(content):
        what, advice = found
        raise DataError(f"{path}: is {what}; expected {expected}; {advice}")
    if b"\0" in content[:512] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{path}: is no text, it holds bytes of 0; expected {expected}")


def refuse_scaled(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Raise DataError if the pixels of whole digits are 0 and 1 only: black and white in [0, 1].

    Taken in 0..255 they would be all but black, and nothing would be learned from them.
    """
    if pixels.max() == 1 and pixels.mean() > 0.01:
        raise DataError(
            f"{path}: its pixels are 0 and 1 only; expected whole numbers in 0..255; multiply the "
            "pixels by 255"
        )


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a content in hexadecimal."""
    import hashlib

    return hashlib.sha256(content).hexdigest()
