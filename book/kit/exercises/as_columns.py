"""The exercise `as_columns`: images of bytes become columns of numbers from 0 to 1."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from nnfs.types import Array

IMAGES = (np.arange(24).reshape(2, 3, 4) * 10).astype(np.uint8)


def books(images: Array) -> Array:
    """Return an image a column, read row by row and divided by 255."""
    return np.asarray(images.reshape(len(images), -1).T / 255)


def check(as_columns: Callable[..., Any]) -> None:
    """Compare on two images of three rows and four columns, so that no two sizes are equal."""
    right = books(IMAGES)
    by_columns = books(IMAGES.transpose(0, 2, 1))
    torn = "Your columns mix pixels of different images: "
    mistakes = (
        ("Your images are in rows. Each should be a column: transpose.", right.T),
        (
            f"{torn}reshape fills the new array row by row. Give every image a row first, "
            "then transpose.",
            IMAGES.reshape(-1, 2) / 255,
        ),
        ("You read the images column by column. Read them row by row.", by_columns),
        ("The pixels should lie between 0 and 1: divide the bytes by 255.", 255 * right),
        (
            "You divide by the largest byte of these images. Divide by 255, so that a byte means "
            "the same in every batch.",
            right * 255 / IMAGES.max(),
        ),
        ("Whole-number division turns all but the darkest ink into 0. Use /.", right // 1),
        ("You divide by 256. The largest byte is 255, and it should become 1.", right * 255 / 256),
    )
    compare(call(as_columns, IMAGES.copy()), right, mistakes, "The matrix")
    one = IMAGES[1:, :, :3]
    compare(call(as_columns, one.copy()), books(one), (), "For a single image of 3 x 3, the matrix")


EXERCISE = Exercise(
    name="as_columns",
    page="see/digits",
    number=2,
    task="images of bytes as scaled columns",
    hints=(
        "`images[0]` is one image. `images[0].ravel()` reads it row by row.",
        "`images.reshape(len(images), -1)` does this for all images at once and gives each a row; "
        "`-1` leaves the number of pixels to NumPy.",
        "Transpose with `.T`, and divide by 255.",
    ),
    books=books,
    check=check,
)
