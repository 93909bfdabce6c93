"""The exercise `adjoint_gap`: the dot-product test of a map and of its way back."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import DZ, PARAMS, M

W = PARAMS.W2
MOVE = np.random.default_rng(4).normal(size=(W.shape[1], M))
COLUMN = np.random.default_rng(5).normal(size=(W.shape[0], 1))


def _times(X_dot: Any) -> Any:
    return W @ X_dot


def _repeat(b_dot: Any) -> Any:
    return np.repeat(b_dot, M, axis=1)


def _back(G: Any) -> Any:
    return W.T @ G


def _back_with_mean(G: Any) -> Any:
    return W.T @ G / M


def _sum(G: Any) -> Any:
    return G.sum(axis=1, keepdims=True)


def _mean(G: Any) -> Any:
    return G.mean(axis=1, keepdims=True)


PAIRS = (
    (_repeat, _mean, COLUMN),
    (_times, _back_with_mean, MOVE),
    (_times, _back, MOVE),
    (_repeat, _sum, COLUMN),
)
"""Maps, what somebody believes of the way back, and moves: two are wrong, then two are right.

The first gap is positive and the second negative, so a lost sign is told from a wrong one.
"""

WRONG_SIGN = "Your result has the wrong sign: subtract the inner product before the map."
LOST_SIGN = "Return the difference with its sign, not its size."


def check(adjoint_gap: Callable[..., Any]) -> None:
    """Compare on products and on copies, with a right and with a wrong way back."""
    for forward, backward, X_dot in PAIRS:
        after, before = DZ * forward(X_dot), backward(DZ) * X_dot
        right = after.sum() - before.sum()
        mistakes = (
            (WRONG_SIGN if right > 0 else LOST_SIGN, -right),
            ("This is the inner product after the map alone. Subtract the other.", after.sum()),
            ("This is the inner product before the map alone.", before.sum()),
            ("You add the two inner products. A gap is a difference.", after.sum() + before.sum()),
            (
                "An inner product multiplies entry by entry: * and not @.",
                (DZ.T @ forward(X_dot)).sum() - (backward(DZ).T @ X_dot).sum(),
            ),
            (
                "You take means. An inner product is a sum, and the two sides differ in size.",
                after.mean() - before.mean(),
            ),
        )
        got = hint(
            call,
            adjoint_gap,
            forward,
            backward,
            X_dot,
            DZ,
            sentence="These arrays do not fit. G lives after the map, where forward(X_dot) is; "
            "backward(G) lives before it, where X_dot is.",
            when="matmul|aligned|broadcast|axis",
        )
        compare(got, right, mistakes, "The gap")


EXERCISE = Exercise(
    name="adjoint_gap",
    page="derive/matrices",
    number=8,
    task="how far a backward map is from being the adjoint of a forward map",
    hints=(
        "Which two arrays have the shape of the output, and which two that of the input? "
        "Multiply those, entry by entry, and add up.",
        "`(G * forward(X_dot)).sum()` is one of the two numbers.",
    ),
    books=lambda forward, backward, X_dot, G: (
        (G * forward(X_dot)).sum() - (backward(G) * X_dot).sum()
    ),
    check=check,
)
