"""The exercise `numerical_gradient`: central differences for every entry of an array."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from nnfs.types import Array

P = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
WEIGHTS = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
H = 0.25


def books(f: Callable[[Array], Any], P: Array, h: float) -> Array:
    """Return the central difference of f for every entry of P, in the shape of P."""
    moves = h * np.eye(P.size).reshape(-1, *P.shape)
    return np.reshape([(f(P + move) - f(P - move)) / (2 * h) for move in moves], P.shape)


def cubic(P: Array) -> Any:
    """Return a number that curves in every entry, so that the sort of difference can be told."""
    return (WEIGHTS * P**3).sum() + P[0, 0] * P[1, 2]


def check(numerical_gradient: Callable[..., Any]) -> None:
    """Compare on a cubic with a long step, where each sort of difference has its own error."""
    right = books(cubic, P, H)
    moves = H * np.eye(P.size).reshape(-1, *P.shape)
    forward = np.reshape([(cubic(P + move) - cubic(P)) / H for move in moves], P.shape)
    backward = np.reshape([(cubic(P) - cubic(P - move)) / H for move in moves], P.shape)
    left_there, place = [], P.copy()
    for entry in np.ndindex(P.shape):
        place[entry] += H
        ahead = cubic(place)
        place[entry] -= 2 * H
        left_there.append((ahead - cubic(place)) / (2 * H))
    mistakes = (
        ("The two places are 2h apart: divide by 2h, not by h.", 2 * right),
        ("Dividing by 2h needs brackets: / (2 * h), since / 2 * h multiplies by h.", right * H * H),
        ("You have not divided by the distance of the two places, 2h.", right * 2 * H),
        ("That is a forward difference. Step to both sides: P + move and P - move.", forward),
        ("That is a backward difference. Step to both sides: P + move and P - move.", backward),
        ("That is half a forward difference: the two places are only h apart.", forward / 2),
        ("The sign is wrong: subtract the loss behind from the loss ahead.", -right),
        ("Your slopes are right, but in a row: give them the shape of P.", right.ravel()),
        (
            "An entry that has been moved stays moved. Put it back before the next one's turn, "
            "or start each from a copy.",
            np.reshape(left_there, P.shape),
        ),
        (
            "You move all entries at once, and get one slope for all. Move one at a time.",
            np.asarray((cubic(P + H) - cubic(P - H)) / (2 * H)),
        ),
    )
    got = hint(
        call,
        numerical_gradient,
        cubic,
        P,
        H,
        sentence="P may have any shape, and this move does not fit it. Make the move an array of "
        "zeros like P, with h at one place: np.zeros_like(P).",
        when="broadcast",
    )
    compare(got, right, mistakes, "The gradient")
    row = np.array([2.0, -1.0, 0.5, 1.0])
    got = call(numerical_gradient, np.prod, row, 0.5)
    compare(got, books(np.prod, row, 0.5), (), "The gradient at an array with one axis")


EXERCISE = Exercise(
    name="numerical_gradient",
    page="see/slopes",
    number=5,
    task="a slope for every entry of an array, measured",
    hints=(
        "`for place in np.ndindex(P.shape)` visits every entry, whatever the shape.",
        "At each place, `move = np.zeros_like(P)` and `move[place] = h`. Then it is a central "
        "difference of `f`, as for one weight.",
        "Keep the slopes in an array of zeros like `P`, made before the loop.",
    ),
    books=books,
    check=check,
)
