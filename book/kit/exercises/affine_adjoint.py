"""The exercise `affine_adjoint`: what reaches the layer's input on the way back."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import DZ, PARAMS, M
from nnfs import functions


def check(affine_adjoint: Callable[..., Any]) -> None:
    """Compare on weights that are not square."""
    W = PARAMS.W2
    right = W.T @ DZ
    mistakes = (
        ("Your result is the transpose of the right one: examples stay in columns.", right.T),
        ("There is no 1/m here. It belongs where examples are added up: at parameters.", right / M),
        ("Your result has the wrong sign.", -right),
        (
            "This is the inverse of the map, not its adjoint. On the way back W is transposed, "
            "nothing is solved.",
            np.linalg.pinv(W) @ DZ,
        ),
    )
    got = hint(
        call,
        affine_adjoint,
        W,
        DZ,
        sentence="This product does not fit. W leads from A to Z; on the way back it is the "
        "transpose of W that multiplies, from the left.",
    )
    compare(got, right, mistakes, "The result")


EXERCISE = Exercise(
    name="affine_adjoint",
    page="derive/layer-gradients",
    number=70,
    task="what reaches the layer's input on the way back",
    hints=(
        "It has the shape of $A$. Of what shape is $W$?",
        "The adjoint of “multiply by $W$” is “multiply by its transpose”.",
    ),
    books=functions.affine_adjoint,
    check=check,
)
