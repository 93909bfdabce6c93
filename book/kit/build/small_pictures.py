"""Sphinx extension: the pictures within a drawing are as small as an eye allows.

Matplotlib puts each raster into a drawing with four bytes a pixel. The digits of this book have a
few shades and no transparency: rounded to 32 levels a channel, which on a digit an eye hardly tells
from 256, their colours fit a palette, and a page of digits weighs half of what it did.
"""

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sphinx.application import Sphinx

MARK = "<!-- Its pictures are small. -->"
LEVELS = 32
PALETTE = 256
EMBEDDED = re.compile(r"(data:image/png;base64,)([A-Za-z0-9+/=\s]+)")


def rounded(pixels: np.ndarray) -> np.ndarray:
    """Return colours with `LEVELS` levels a channel, black and white as they were.

    Parameters
    ----------
    pixels : array of uint8
    """
    steps = np.rint(pixels * ((LEVELS - 1) / 255))
    return np.rint(steps * (255 / (LEVELS - 1))).astype(np.uint8)


def smaller(png: bytes) -> bytes:
    """Return a picture with rounded colours in fewer bytes, or as it was if that does not help.

    Parameters
    ----------
    png : bytes
        A picture with transparent parts stays as it is.
    """
    with Image.open(io.BytesIO(png)) as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    if (pixels[..., 3] != 255).any():
        return png
    opaque = Image.fromarray(rounded(pixels[..., :3]))
    if (colors := opaque.getcolors(PALETTE)) is not None:
        opaque = opaque.convert("P", palette=Image.Palette.ADAPTIVE, colors=len(colors))
    written = io.BytesIO()
    opaque.save(written, "PNG", optimize=True)
    return min(written.getvalue(), png, key=len)


def slimmed(drawing: str) -> str:
    """Return a drawing whose pictures are small.

    Parameters
    ----------
    drawing : str
        An SVG file.
    """

    def replaced(found: re.Match[str]) -> str:
        return found[1] + base64.b64encode(smaller(base64.b64decode(found[2]))).decode("ascii")

    return EMBEDDED.sub(replaced, drawing)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Make the pictures in a site's drawings small, each once."""
    if exception is not None or app.builder.name not in ("html", "dirhtml"):
        return
    for path in (Path(app.outdir) / "_images").glob("*.svg"):
        drawing = path.read_text(encoding="utf8")
        if MARK not in drawing and EMBEDDED.search(drawing):
            body, end, rest = slimmed(drawing).rpartition("</svg>")
            path.write_text(f"{body}{MARK}{end}{rest}", encoding="utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # Before the site takes its place.
    app.connect("build-finished", write, priority=840)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
