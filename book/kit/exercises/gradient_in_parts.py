"""The exercise `gradient_in_parts`: the gradient of all examples from gradients of parts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import ONE_HOT, PARAMS, X
from nnfs import network

SIZE = 3
"""Examples in a part; four examples make a part of three and one of one."""


def _of(params: Any, X: Any, Y: Any) -> Any:
    return network.backward(params, network.forward(params, X), X, Y)


def books(params: Any, X: Any, Y: Any, size: int) -> Any:
    """Return the gradients of the mean loss over all examples."""
    total = [np.zeros_like(P) for P in params]
    for i in range(0, X.shape[1], size):
        X_k, Y_k = X[:, i : i + size], Y[:, i : i + size]
        share = X_k.shape[1] / X.shape[1]
        total = [sum_ + share * dP for sum_, dP in zip(total, _of(params, X_k, Y_k), strict=True)]
    return tuple(total)


def check(gradient_in_parts: Callable[..., Any]) -> None:
    """Compare with all examples at once; then count how many examples are handled at a time."""
    right = _of(PARAMS, X, ONE_HOT)
    first = _of(PARAMS, X[:, :SIZE], ONE_HOT[:, :SIZE])
    last = _of(PARAMS, X[:, SIZE:], ONE_HOT[:, SIZE:])
    pairs = list(zip(first, last, strict=True))
    mistakes = (
        (
            "All parts count alike in your mean. The last part has fewer examples: weight each "
            "part by its share of the examples.",
            [(a + b) / 2 for a, b in pairs],
        ),
        (
            "You have added up the parts' gradients without any weights. Each is a mean already, "
            "so its share of the examples comes in front.",
            [a + b for a, b in pairs],
        ),
        (
            "You weight each part by its number of examples and never divide by all of them.",
            [SIZE * a + b for a, b in pairs],
        ),
        (
            "Every part has the weight of a full one. The last part has fewer examples: take its "
            "own number.",
            [SIZE * (a + b) / X.shape[1] for a, b in pairs],
        ),
        ("This is the gradient of the last part alone. Add up as you go.", last),
        (
            "This is the gradient of the first part alone: return stands inside the loop.",
            first,
        ),
        (
            "The examples that are left over after the last full part are missing.",
            [SIZE / X.shape[1] * a for a in first],
        ),
        (
            "This is the last part's share alone. Add it to what came before.",
            [b / X.shape[1] for b in last],
        ),
    )
    got = hint(
        call,
        gradient_in_parts,
        tuple(PARAMS),
        X,
        ONE_HOT,
        SIZE,
        sentence="A part does not fit. Examples are columns, of X and of Y alike: cut both with "
        "[:, i : i + size].",
        when="matmul|aligned|broadcast|shape|index",
    )
    names = "dW1 db1 dW2 db2"
    compare_each(got, right, names, mistakes)
    got = call(gradient_in_parts, tuple(PARAMS), X, ONE_HOT, 1)
    compare_each(got, right, names, ())
    got = call(gradient_in_parts, tuple(PARAMS), X, ONE_HOT, X.shape[1] + 1)
    compare_each(got, right, names, ())


EXERCISE = Exercise(
    name="gradient_in_parts",
    page="beyond/fast",
    number=180,
    task="the gradient of all examples, from parts of a given size",
    hints=(
        "`range(0, m, size)` gives the first example of each part. `X[:, i : i + size]` is the "
        "part, and where fewer are left, NumPy gives you those.",
        "Your `forward` and `backward` do not mind how many examples they get. What they return is "
        "the mean over the part. Its weight is the part's share of all $m$ examples.",
        "Start with a list of zeros like the parameters, and add each part's gradients times its "
        "share.",
    ),
    books=books,
    check=check,
)
