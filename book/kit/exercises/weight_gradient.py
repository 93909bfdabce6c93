"""The exercise `weight_gradient`: the gradient of the mean loss with respect to the weights."""

from collections.abc import Callable
from typing import Any

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import A1, DZ, M
from nnfs import functions


def check(weight_gradient: Callable[..., Any]) -> None:
    """Compare on a layer with five inputs and three outputs."""
    right = DZ @ A1.T / M
    mistakes = (
        ("Your gradient is the transpose of the right one. It has the shape of W.", right.T),
        ("The factor 1/m is missing: this is the gradient of the sum, not of the mean.", right * M),
        ("You divided by m twice.", right / M),
        ("You divided by the number of outputs. The mean runs over the m examples.", right * M / 3),
        ("You divided by the number of inputs. The mean runs over the m examples.", right * M / 5),
        ("Your gradient has the wrong sign.", -right),
    )
    got = hint(
        call,
        weight_gradient,
        DZ,
        A1,
        sentence="This product does not fit. dZ has a column for each example and A too: "
        "the examples have to meet in the middle of the product, so one of the two is transposed.",
    )
    compare(got, right, mistakes, "The gradient")


EXERCISE = Exercise(
    name="weight_gradient",
    page="derive/layer-gradients",
    number=50,
    task="the gradient of the mean loss with respect to the weights",
    hints=(
        "It has the shape of $W$: as many rows as `dZ`, as many columns as `A` has rows.",
        "Examples are added up by the product itself, if they stand in its middle. Then "
        "comes the mean.",
    ),
    books=lambda dZ, A: functions.affine_gradients(dZ, A)[0],
    check=check,
)
