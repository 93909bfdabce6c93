"""The exercise `relu`: the rectifier."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from nnfs import functions


def check(relu: Callable[..., Any]) -> None:
    """Compare on entries of either sign and zero."""
    Z = np.array([[-2.0, 0.0, 0.5, 3.0], [1.5, -0.25, 0.0, -1.0]])
    mistakes = (
        ("You return the mask, 1 or 0. ReLU keeps the size of what is positive.", Z > 0),
        ("You keep the negative entries. ReLU keeps the positive ones.", np.minimum(Z, 0)),
        ("That is the absolute value. ReLU makes negative entries 0.", np.abs(Z)),
        ("Nothing has changed: negative entries have to become 0.", Z),
        ("You return one number. Compare entry by entry: np.maximum, not np.max.", Z.max()),
        ("You have left entries out. The result has the shape of Z.", Z[Z > 0]),
        *(
            ("Your negative entries leak. ReLU makes them 0.", np.where(Z > 0, Z, slope * Z))
            for slope in (0.01, 0.1, 0.2)
        ),
    )
    got = hint(
        call,
        relu,
        Z,
        sentence="An array has no single truth value, so if and max cannot compare it. "
        "Compare entry by entry: np.maximum.",
        when="truth value",
    )
    compare(got, np.maximum(Z, 0), mistakes, "The result")


EXERCISE = Exercise(
    name="relu",
    page="derive/relu",
    number=80,
    task="the rectifier",
    hints=(
        "`np.max` is the largest entry of one array. You want the larger of two, entry by entry.",
        "That is `np.maximum`.",
    ),
    books=functions.relu,
    check=check,
)
