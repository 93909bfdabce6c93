"""Rasters as one small PNG: every position of the sliders has a tile in it."""

import base64
import math
import struct
import zlib
from collections.abc import Mapping
from html import escape

import numpy as np

from kit.widgets.playing.cells.plot import numbers
from nnfs.types import Array

LARGEST, SHADES = 64, 63
INK = ("#ffffff", "#000000")
SIGNED = ("#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#e66101")
"""From white to black for 0 to 1; from violet through white to orange for -1 to 1."""


class Rasters:
    """Images of one name.

    Parameters
    ----------
    name : str
    given : array
        The first axes are those of the sliders; then one image, or a row of them, and its pixels.
    shape : tuple of int
        How many positions each slider has.

    Attributes
    ----------
    png : bytes
    tiles : list of (int, int)
        Where the tile of each position is.

    Raises
    ------
    ValueError
        If the shape does not fit, or pixels are not all from -1 to 1.
    """

    def __init__(self, name: str, given: Array, shape: tuple[int, ...]) -> None:
        array = numbers(name, given)
        if array.shape[: len(shape)] != shape or array.ndim - len(shape) not in (2, 3):
            raise ValueError(
                f"{name} has shape {array.shape}; expected {(*shape, 'rows', 'columns')} or "
                f"{(*shape, 'images', 'rows', 'columns')}"
            )
        if array.size == 0 or max(array.shape[-2:]) > LARGEST:
            raise ValueError(f"{name} has {array.shape[-2:]} pixels; at most {LARGEST} a side")
        if np.isnan(array).any() or np.abs(array).max() > 1:
            raise ValueError(f"{name} has pixels beyond -1 to 1; divide by the largest first")
        self.name, self.signed = name, bool((array < 0).any())
        images = array.reshape(-1, *(array.shape[len(shape) :][-3:-2] or (1,)), *array.shape[-2:])
        n_tiles, n_images, rows, columns = images.shape
        self.per_line = min(n_images, 5)
        lines = math.ceil(n_images / self.per_line)
        self.width, self.height = self.per_line * (columns + 1) - 1, lines * (rows + 1) - 1
        beside = max(1, math.ceil(math.sqrt(n_tiles * (self.height + 1) / (self.width + 1))))
        beside = min(beside, n_tiles)
        self.tiles = [
            (i % beside * (self.width + 1), i // beside * (self.height + 1)) for i in range(n_tiles)
        ]
        self.size = (
            beside * (self.width + 1),
            math.ceil(n_tiles / beside) * (self.height + 1),
        )
        sheet = np.zeros(self.size[::-1], np.uint8)
        least = -1 if self.signed else 0
        shades = 1 + np.round((images - least) / (1 - least) * (SHADES - 1)).astype(np.uint8)
        for (x, y), tile in zip(self.tiles, shades, strict=True):
            for i, image in enumerate(tile):
                left = x + i % self.per_line * (columns + 1)
                down = y + i // self.per_line * (rows + 1)
                sheet[down : down + rows, left : left + columns] = image
        self.png = _png(sheet, _palette(SIGNED if self.signed else INK))

    def picture(self, place: int) -> str:
        """Return the tile of one position."""
        x, y = self.tiles[place]
        source = "data:image/png;base64," + base64.b64encode(self.png).decode()
        name = escape(self.name)
        wide, high = self.size
        return (
            f'<div class="play-images" data-part="{name}" style="--play-pixels: {self.width}">'
            f'<p class="play-lead">{name}</p>'
            f'<svg viewBox="{x} {y} {self.width} {self.height}" role="img" aria-label="{name}, as '
            f'an image" data-raster="{name}"><image href="{source}" width="{wide}" '
            f'height="{high}"/></svg>{_key() if self.signed else ""}</div>'
        )


def rasters(images: Mapping[str, Array], shape: tuple[int, ...]) -> dict[str, Rasters]:
    """Return the images of each name."""
    return {name: Rasters(name, array, shape) for name, array in images.items()}


def _key() -> str:
    stops = ", ".join(SIGNED)
    return (
        f'<p class="play-key"><span>−1</span><span class="play-shades" aria-hidden="true" '
        f'style="background: linear-gradient(to right, {stops})"></span><span>+1</span></p>'
    )


def _palette(colours: tuple[str, ...]) -> Array:
    """Return the colour of each shade; shade 0 is the one that is seen through."""
    anchors = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], float)
    at = np.linspace(0, len(anchors) - 1, SHADES)
    mixed = [np.interp(at, range(len(anchors)), anchors[:, i]) for i in range(3)]
    return np.vstack([np.zeros(3), np.column_stack(mixed)]).round().astype(np.uint8)


def _png(sheet: Array, palette: Array) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        ends = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + ends

    high, wide = sheet.shape
    lines = b"".join(b"\0" + line.tobytes() for line in sheet)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", palette.tobytes()),
            chunk(b"tRNS", b"\0"),
            chunk(b"IDAT", zlib.compress(lines, 9)),
            chunk(b"IEND", b""),
        ]
    )
