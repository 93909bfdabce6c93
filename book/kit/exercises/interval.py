"""The exercise `interval`: the rates that a score would not surprise."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise


def books(right: Any, m: Any, u: Any) -> Any:
    """Return both ends of Wilson's interval."""
    middle = right + u**2 / 2
    root = u * np.sqrt(right * (m - right) / m + u**2 / 4)
    return np.array([middle - root, middle + root]) / (m + u**2)


def check(interval: Callable[..., Any]) -> None:
    """Compare on 17 of 20 images, on three right answers out of three, and on none out of five."""
    right, m, u = 17, 20, 1.96
    share = right / m
    half = u * np.sqrt(share * (1 - share) / m)
    ends = books(right, m, u)
    whole = ends * (m + u**2)
    narrow = np.sqrt(right * (m - right) / m + u**2 / 4)
    mistakes = (
        (
            "This is Wald's interval, which puts the estimate in place of the unknown rate. "
            "Wilson's are the two roots of the quadratic equation.",
            np.array([share - half, share + half]),
        ),
        ("The upper end comes first. Return the lower end, then the upper.", ends[::-1]),
        (
            "Both ends are numbers of images. Divide by m plus the square of u.",
            whole,
        ),
        ("Divide by m plus the square of u, not by m alone.", whole / m),
        (
            "The root is not multiplied by u.",
            (right + u**2 / 2 + np.array([-narrow, narrow])) / (m + u**2),
        ),
        (
            "The middle is not the number of right answers: half the square of u is added to it.",
            (right + np.array([-u * narrow, u * narrow])) / (m + u**2),
        ),
        (
            "Under the root, the product of right and wrong answers is divided by m.",
            (right + u**2 / 2 + u * np.sqrt(right * (m - right) + u**2 / 4) * np.array([-1, 1]))
            / (m + u**2),
        ),
        (
            "Under the root a quarter of the square of u is added.",
            (right + u**2 / 2 + u * np.sqrt(right * (m - right) / m) * np.array([-1, 1]))
            / (m + u**2),
        ),
    )
    compare(call(interval, right, m, u), ends, mistakes, "The interval of 17 of 20")
    compare(call(interval, 3, 3, u), books(3, 3, u), (), "The interval of three out of three")
    compare(call(interval, 0, 5, 1.0), books(0, 5, 1.0), (), "With u = 1, the interval of 0 of 5")


EXERCISE = Exercise(
    name="interval",
    page="train/evaluate",
    number=150,
    task="Wilson's interval for the rate behind a score",
    hints=(
        "Both ends have the middle `right + u**2 / 2`. Compute the root once, and take it away for "
        "the lower end and add it for the upper.",
        "Under the root stand `right * (m - right) / m` and `u**2 / 4`. The root is multiplied by "
        "u, and in the end everything is divided by `m + u**2`. Return the lower end first.",
    ),
    books=books,
    check=check,
)
