"""The exercise `blame_of_sum`: what comes back to a hidden unit, and passes its gate."""

from collections.abc import Callable
from typing import Any

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise

ON, OFF = 0.75, -1.0
V, DZ = [1.0, -2.0, 0.5], [0.25, 0.5, -0.25]


def books(u: Any, v: Any, dz: Any) -> Any:
    """Return the blame of a unit's sum u from its weights v and the blame dz where they lead."""
    return sum(weight * blame for weight, blame in zip(v, dz, strict=True)) if u > 0 else 0.0


def check(blame_of_sum: Callable[..., Any]) -> None:
    """Compare for a unit that is on, one that is off, and one with its sum exactly at the bend."""
    right = books(ON, V, DZ)
    mistakes = (
        (
            "You multiply by what the unit sends. Its gate passes blame whole, or not at all.",
            ON * right,
        ),
        (
            "Blame is gathered along each weight by itself: multiply each pair, then add the "
            "products.",
            sum(V) * sum(DZ),
        ),
        ("You leave out the weights: blame arrives multiplied by the weight it passes.", sum(DZ)),
        ("You leave out the blame: the weights alone say nothing of the loss.", sum(V)),
        ("The sign is turned: nothing is subtracted on the way back.", -right),
        (
            "You divide by the number of classes. Where paths meet, their effects add; no mean "
            "is taken.",
            right / len(V),
        ),
        ("You took the first class alone. The unit feeds every class.", V[0] * DZ[0]),
        ("You took the last class alone. The unit feeds every class.", V[-1] * DZ[-1]),
        ("The gate is turned round: it passes blame where the sum is positive.", 0.0),
    )
    lists = "These are lists. Go through both at once: for weight, blame in zip(v, dz)."
    got = hint(call, blame_of_sum, ON, V, DZ, sentence=lists, when="multiply|sequence|unsupported")
    compare(got, right, mistakes, "The blame of a unit that is on")
    got = call(blame_of_sum, OFF, V, DZ)
    open_gate = "That is the blame of an open gate. This unit is off: nothing passes."
    compare(got, 0.0, ((open_gate, right),), "The blame of a unit that is off")
    got = call(blame_of_sum, 0.0, V, DZ)
    compare(
        got,
        0.0,
        (("At exactly zero the book keeps the gate shut: u > 0, not u >= 0.", right),),
        "The blame where the sum is zero",
    )


EXERCISE = Exercise(
    name="blame_of_sum",
    page="derive/discover",
    number=7,
    task="the blame of a hidden unit's sum, gathered from the classes",
    hints=(
        "Along each weight out of the unit comes the blame at its far end, multiplied by the "
        "weight. Where they meet, add.",
        "`for weight, blame in zip(v, dz)` goes through two lists at once. At the end, "
        "`if u > 0` says whether the gate is open.",
    ),
    books=books,
    check=check,
)
