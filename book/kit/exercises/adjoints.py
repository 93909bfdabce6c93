"""The exercise `adjoints`: the walk back along a tape of numbers."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise, FaultError

Step = tuple[str, tuple[tuple[str, float], ...]]
Tape = tuple[Step, ...]

CHAIN: Tape = (
    ("a", ()),
    ("b", (("a", 3.0),)),
    ("c", (("b", -2.0),)),
    ("loss", (("c", 0.5),)),
)
"""Every number is used once."""

CROSSED: Tape = (
    ("w", ()),
    ("x", ()),
    ("p", (("w", 3.0), ("x", 2.0))),
    ("q", (("p", 0.5), ("w", -1.0))),
    ("s", (("p", 1.0), ("q", 4.0))),
    ("loss", (("s", 2.0), ("s", 2.0))),
)
"""Numbers that are used twice: in two steps, and as both operands of one."""


Part = Callable[[float, float, float], float]
"""From what an operand has, a slope, and the result's adjoint to what the operand has then."""


def _walk(tape: Tape, add: Part, *, from_loss: bool = True) -> dict[str, float]:
    found = {name: 0.0 for name, _ in tape}
    found[tape[-1][0]] = 1.0
    for name, origins in reversed(tape) if from_loss else tape:
        for operand, slope in origins:
            found[operand] = add(found[operand], slope, found[name])
    return found


def _right(had: float, slope: float, adjoint: float) -> float:
    return had + slope * adjoint


def books(tape: Tape) -> dict[str, float]:
    """Return the slope of the last number of a tape with respect to each."""
    return _walk(tape, _right)


def check(adjoints: Callable[..., Any]) -> None:
    """Compare on a chain first, then where numbers are used twice."""
    for tape in (CHAIN, CROSSED):
        names = [name for name, _ in tape]
        got = hint(
            call,
            adjoints,
            tape,
            sentence="A name is not in your dictionary yet. Give every number of the tape an "
            "adjoint of 0 before you walk.",
            when="KeyError",
        )
        if not isinstance(got, Mapping):
            raise FaultError(
                f"Return a dictionary from each name to its adjoint, not a {type(got).__name__}."
            )
        missing = [name for name in names if name not in got]
        if missing:
            raise FaultError(f"Your dictionary has no {missing[0]}. Every number has an adjoint.")
        wrong = (
            (
                "A number that is used twice keeps only one of its uses: add with +=.",
                _walk(tape, lambda had, slope, adjoint: slope * adjoint),
            ),
            (
                "You walk from the first number to the last. Begin at the loss: reversed(tape).",
                _walk(tape, _right, from_loss=False),
            ),
            (
                "A slope is multiplied by the adjoint of the result, not added to it.",
                _walk(tape, lambda had, slope, adjoint: had + slope + adjoint),
            ),
            (
                "You add up slopes, and leave out the adjoint of the result.",
                _walk(tape, lambda had, slope, adjoint: had + slope, from_loss=False),
            ),
            (
                "Everything is zero: the adjoint of the last number is 1.",
                dict.fromkeys(names, 0.0),
            ),
        )
        right = books(tape)
        mistakes = [(text, _listed(found, names)) for text, found in wrong]
        for name in names:
            compare(np.ndim(got[name]), 0, (), f"The number of axes of {name}")
        compare(_listed(got, names), _listed(right, names), mistakes, _what(names))


def _listed(found: Mapping[str, Any], names: list[str]) -> list[Any]:
    return [found[name] for name in names]


def _what(names: list[str]) -> str:
    return f"The list of the adjoints of {', '.join(names)}"


EXERCISE = Exercise(
    name="adjoints",
    page="beyond/machine",
    number=170,
    task="the walk back along a tape of numbers",
    hints=(
        "The tape is a tuple of pairs: a name, and its origins. The origins are pairs too: the "
        "name of an operand, and the slope with respect to it. `tape[-1][0]` is the name of the "
        "loss.",
        "Start with a dictionary that has $0$ for every name and $1$ for the loss.",
        "Go through `reversed(tape)`, and for each operand add slope times the adjoint of what "
        "was made from it.",
    ),
    books=books,
    check=check,
)
