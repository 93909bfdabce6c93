"""The exercise `faulty_blocks`: which blocks of a gradient are wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.exercise import Exercise, FaultError
from kit.exercises.engine.sample import ACTIVATIONS, ONE_HOT, PARAMS, X
from nnfs import network

NAMES = "W1", "b1", "W2", "b2"
RIGHT = network.backward(PARAMS, ACTIVATIONS, X, ONE_HOT)


def books(found: Any, measured: Any) -> Any:
    """Return the names of the blocks that disagree by more than a millionth of their largest."""
    pairs = zip(NAMES, found, measured, strict=True)
    return [
        name for name, dP, slope in pairs if np.abs(dP - slope).max() > 1e-6 * np.abs(slope).max()
    ]


def check(faulty_blocks: Callable[..., Any]) -> None:
    """Ask about right gradients, measured with an error, and about wrong ones of many kinds."""
    rounded = tuple(dP * (1 + 1e-9) for dP in RIGHT)
    _expect(
        faulty_blocks,
        rounded,
        [],
        "Measured slopes are never exact. Allow each block a millionth of its largest slope.",
    )
    W1, b1, W2, b2 = RIGHT
    spoiled = b1.copy()
    spoiled[3] += 0.5 * np.abs(b1).max()
    _expect(
        faulty_blocks,
        (W1, spoiled, W2, b2),
        ["b1"],
        "One entry of b1 is wrong, and only one. The largest difference of a block decides, "
        "not a mean or a sum.",
    )
    _expect(
        faulty_blocks,
        (W1, b1, -W2, b2),
        ["W2"],
        "W2 has the wrong sign everywhere. Compare entries, not their sizes or their sums.",
    )
    _expect(
        faulty_blocks,
        (W1 - 0.1, b1, W2, b2),
        ["W1"],
        "All entries of W1 are too small. A difference below zero is a difference: take np.abs.",
    )
    _expect(faulty_blocks, (2 * W1, b1, W2, 2 * b2), ["W1", "b2"], "Two blocks are wrong here.")
    tiny = tuple(1e-9 * dP for dP in RIGHT)
    _expect(
        faulty_blocks,
        (tiny[0], tiny[1], 2 * tiny[2], tiny[3]),
        ["W2"],
        "When all slopes are tiny, so is a wrong one. Measure the error against the block's "
        "largest slope, np.abs(slope).max().",
        tiny,
    )


def _expect(
    function: Callable[..., Any], found: Any, wrong: list[str], sentence: str, slopes: Any = None
) -> None:
    got = call(function, tuple(found), tuple(RIGHT if slopes is None else slopes))
    if not isinstance(got, list | tuple) or not all(isinstance(name, str) for name in got):
        raise FaultError("Return a list of names, such as ['W1', 'b1'].")
    if list(got) == wrong:
        return
    if sorted(got) == sorted(wrong):
        raise FaultError("Name the blocks in the order W1, b1, W2, b2.")
    said = ", ".join(got) or "nothing"
    raise FaultError(
        f"{sentence} You say that {said} is wrong; right is {', '.join(wrong) or 'nothing'}."
    )


EXERCISE = Exercise(
    name="faulty_blocks",
    page="derive/gallery",
    number=112,
    task="which blocks of a gradient disagree with measured slopes",
    hints=(
        "Four names, four gradients and four blocks of slopes: `zip` takes them three at a time.",
        "A block is wrong if the largest of `np.abs(dP - slope)` is more than `1e-6` times the "
        "largest of `np.abs(slope)`.",
    ),
    books=books,
    check=check,
)
