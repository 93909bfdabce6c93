"""The exercise `train_step`: a step of training with three faults, to be repaired."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise, FaultError
from kit.exercises.engine.sample import ONE_HOT, PARAMS, X
from nnfs import network

ALPHA = 0.5


def books(params: Any, X: Any, Y: Any, alpha: float) -> Any:
    """Return the parameters after one right step."""
    gradients = network.backward(params, network.forward(params, X), X, Y)
    return tuple(P - alpha * dP for P, dP in zip(params, gradients, strict=True))


def check(train_step: Callable[..., Any]) -> None:
    """Compare one step, and name which of the three faults is still there."""
    right = books(PARAMS, X, ONE_HOT, ALPHA)
    W1, _, W2, b2 = right
    up = tuple(2 * P - Q for P, Q in zip(PARAMS, right, strict=True))
    early = _too_early()
    stays = (
        "b1 has not moved. Its new value went into b_1, and nobody reads that: return the new one."
    )
    soon = (
        "W2 is updated too soon: dZ1 has to be made with the W2 of the way forward. "
        "Finish the way back before you move anything."
    )
    mistakes = (
        (soon + " And b1 has not moved.", (early[0], PARAMS.b1, W2, b2)),
        (soon, (early[0], early[1], W2, b2)),
        (stays, (W1, PARAMS.b1, W2, b2)),
        ("Nothing has moved: return the new parameters.", tuple(PARAMS)),
        ("You step along the gradient, and the loss goes up. Subtract.", up),
    )
    got = hint(
        call,
        train_step,
        tuple(PARAMS),
        X,
        ONE_HOT,
        ALPHA,
        sentence="Two shapes do not fit.",
        when="matmul|aligned|broadcast",
    )
    if isinstance(got, tuple | list) and len(got) == len(PARAMS):
        for name, P, Q in zip(("W1", "b1", "W2", "b2"), PARAMS, got, strict=True):
            if np.shape(Q) != P.shape and np.ndim(Q) == 2:
                raise FaultError(
                    f"{name} has become {np.shape(Q)[0]} × {np.shape(Q)[1]}: a column minus a flat "
                    "array is a square. Sum with keepdims=True, or use bias_gradient."
                )
    compare_each(got, right, "W1 b1 W2 b2", mistakes)


def _too_early() -> Any:
    """Return W1 and b1 after a step that moved W2 before it had found dZ1."""
    Z1, A1, _, A2 = network.forward(PARAMS, X)
    m = X.shape[1]
    dZ2 = A2 - ONE_HOT
    dZ1 = ((PARAMS.W2 - ALPHA * dZ2 @ A1.T / m).T @ dZ2) * (Z1 > 0)
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    return PARAMS.W1 - ALPHA * dZ1 @ X.T / m, PARAMS.b1 - ALPHA * db1


EXERCISE = Exercise(
    name="train_step",
    page="derive/gallery",
    number=114,
    task="one step of training, repaired",
    hints=(
        "You need not keep any of its lines. Your `forward` and `backward` do most of the work.",
        "First all four gradients, then all four updates. `zip` pairs each parameter with its "
        "gradient.",
    ),
    books=books,
    check=check,
)
