"""The exercise `relu_mask`: the slope of the rectifier."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from nnfs import functions


def check(relu_mask: Callable[..., Any]) -> None:
    """Compare on entries of either sign and zero."""
    Z = np.array([[-2.0, 0.0, 0.5, 3.0], [1.5, -0.25, 0.0, -1.0]])
    mistakes = (
        (
            "Your mask is 1 at the bend. The book's is 0 there: Z > 0, and not Z >= 0. After ReLU, "
            ">= would be true everywhere.",
            Z >= 0,
        ),
        ("Your mask is turned round: it is 1 where Z is positive.", Z < 0),
        ("Your mask is turned round: it is 1 where Z is positive.", Z <= 0),
        ("That is ReLU itself. Its slope is 1 or 0, whatever the size of z.", np.maximum(Z, 0)),
        ("Your mask is 1 everywhere, so nothing is masked.", np.ones_like(Z)),
        ("That is the sign. The slope of ReLU is 0 where Z is negative.", np.sign(Z)),
        ("At the bend the book chooses 0, and not one half.", np.heaviside(Z, 0.5)),
    )
    got = hint(
        call,
        relu_mask,
        Z,
        sentence="An array has no single truth value. Compare entry by entry: Z > 0.",
        when="truth value",
    )
    compare(got, Z > 0, mistakes, "The mask")


EXERCISE = Exercise(
    name="relu_mask",
    page="derive/relu",
    number=90,
    task="the slope of the rectifier",
    hints=(
        "A comparison of an array with a number gives an array of truth values, and NumPy "
        "multiplies with them as with 1 and 0.",
        "The book chooses 0 at the bend.",
    ),
    books=functions.relu_mask,
    check=check,
)
