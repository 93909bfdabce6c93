"""The exercise `train`: the training loop."""

from collections.abc import Callable
from typing import Any

import nnfs
from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import ACTIVATIONS, LABELS, ONE_HOT, PARAMS, X
from nnfs import network


def check(train: Callable[..., Any]) -> None:
    """Compare five steps, and none, with those of `nnfs.train`."""

    def after(steps: int, alpha: float = 0.25) -> Any:
        return nnfs.train(X, LABELS, params=PARAMS, iterations=steps, alpha=alpha).params

    gradients = network.backward(PARAMS, ACTIVATIONS, X, ONE_HOT)
    up = PARAMS
    for _ in range(5):
        backwards = network.backward(up, network.forward(up, X), X, ONE_HOT)
        up = network.Parameters(*(P + 0.25 * g for P, g in zip(up, backwards, strict=True)))
    mistakes = (
        (
            "Only one step is taken. Either return stands inside the loop, or every step starts "
            "from the first parameters.",
            after(1),
        ),
        ("One step is missing: take as many as iterations says.", after(4)),
        ("One step is too many: take as many as iterations says.", after(6)),
        ("You return the parameters of the start. Keep what update returns.", PARAMS),
        (
            "Every step uses the gradient of the start. Compute forward and backward again, "
            "inside the loop.",
            [P - 5 * 0.25 * g for P, g in zip(PARAMS, gradients, strict=True)],
        ),
        ("Your steps go up the loss.", up),
        ("You take the learning rate 0.1, whatever alpha says.", after(5, 0.1)),
    )
    got = call(train, tuple(PARAMS), X, LABELS, 0.25, 5)
    compare_each(got, after(5), "W1 b1 W2 b2", mistakes)
    got = call(train, tuple(PARAMS), X, LABELS, 0.25, 0)
    compare_each(got, PARAMS, "W1 b1 W2 b2", ())


def books(params: Any, X: Any, y: Any, alpha: float, iterations: int) -> Any:
    """Return the parameters that the book's training ends with."""
    return nnfs.train(X, y, params=params, alpha=alpha, iterations=iterations).params


EXERCISE = Exercise(
    name="train",
    page="train/original-job",
    number=140,
    task="the training loop",
    hints=(
        "The labels become one-hot once, before the loop. The number of classes is the "
        "length of $b_2$.",
        "Forward, backward, update; and the new parameters take the place of the old.",
    ),
    books=books,
    check=check,
)
