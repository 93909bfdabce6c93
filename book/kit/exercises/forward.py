"""The exercise `forward`: the way from pixels to probabilities."""

from collections.abc import Callable
from typing import Any

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import A1, A2, ACTIVATIONS, PARAMS, Z1, Z2, X
from nnfs import functions, network


def check(forward: Callable[..., Any]) -> None:
    """Compare all four arrays, 7-5-3, and the probabilities of large logits."""
    W1, b1, W2, b2 = PARAMS
    mistakes = (
        ("The biases are missing.", _forward(W1 @ X, W2)),
        ("The bias b1 is missing.", _forward(W1 @ X, W2, b2)),
        ("The bias b2 is missing.", _forward(W1 @ X + b1, W2)),
        (
            "The second layer is fed with Z1. It should get A1, after ReLU.",
            (Z1, A1, W2 @ Z1 + b2, functions.softmax(W2 @ Z1 + b2)),
        ),
        (
            "ReLU is missing between the layers.",
            (Z1, Z1, W2 @ Z1 + b2, functions.softmax(W2 @ Z1 + b2)),
        ),
        (
            "The output goes through ReLU. It should go through softmax.",
            (Z1, A1, Z2, functions.relu(Z2)),
        ),
        ("A2 should be the softmax of Z2, and is Z2 itself.", (Z1, A1, Z2, Z2)),
        (
            "ReLU stands before softmax as well. Logits may be negative.",
            (Z1, A1, functions.relu(Z2), functions.softmax(functions.relu(Z2))),
        ),
        ("The arrays come in another order: return Z1, A1, Z2, A2.", (A1, Z1, A2, Z2)),
        ("The arrays come in another order: return Z1, A1, Z2, A2.", (Z1, Z2, A1, A2)),
    )
    got = hint(
        call,
        forward,
        tuple(PARAMS),
        X,
        sentence="A product does not fit. The weights stand on the left, W1 @ X, since each column "
        "of X is an example.",
        when="matmul|aligned",
    )
    compare_each(got, ACTIVATIONS, "Z1 A1 Z2 A2", mistakes)


def _forward(Z1: Any, W2: Any, b2: Any = 0.0) -> tuple[Any, ...]:
    A1 = functions.relu(Z1)
    return Z1, A1, W2 @ A1 + b2, functions.softmax(W2 @ A1 + b2)


EXERCISE = Exercise(
    name="forward",
    page="derive/backpropagation",
    number=100,
    task="the way from pixels to probabilities",
    hints=(
        "Unpack the parameters first: `W1, b1, W2, b2 = params`.",
        "Weights stand on the left of what they multiply, and a column `b` is added to every "
        "column. ReLU in the middle, softmax at the end.",
    ),
    books=network.forward,
    check=check,
)
