"""The learning rate as a function of the step, counted from 0."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from nnfs import arguments

Schedule: TypeAlias = Callable[[int], float]


@dataclass(frozen=True)
class Described:
    """A schedule that can say what it is, so that a saved run has it again.

    Attributes
    ----------
    name : str, of the function of this module that returns it
    settings : dict, its arguments
    rate : function (step) -> float
    """

    name: str
    settings: dict[str, Any]
    rate: Schedule

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step."""
        return self.rate(step)

    def __reduce__(self) -> Any:
        # The rate is a function within a function, which cannot be pickled.
        return rebuilt, ({"name": self.name, "settings": self.settings},)

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"nnfs.schedules.{self.name}({inside})"


def constant(alpha: float) -> Schedule:
    """Return the schedule that is ``alpha`` at every step.

    Parameters
    ----------
    alpha : float

    Returns
    -------
    function (step) -> float

    Raises
    ------
    ValueError
        If alpha is not a positive, finite number.
    """
    alpha = arguments.positive_number(alpha, "alpha")
    return Described("constant", {"alpha": alpha}, lambda step: alpha)


def stepwise(alpha: float, *, every: int, factor: float = 0.1) -> Schedule:
    """Return the schedule that starts at ``alpha`` and is multiplied by ``factor`` now and then.

    Parameters
    ----------
    alpha, factor : float
    every : int
        Steps from one multiplication to the next.

    Returns
    -------
    function (step) -> float

    Raises
    ------
    ValueError
        If alpha or factor is not a positive, finite number, or every not a whole one.

    Notes
    -----
    Book: :eq:`eq-schedule-step`.
    """
    alpha = arguments.positive_number(alpha, "alpha")
    factor = arguments.positive_number(factor, "factor")
    every = arguments.whole_number(every, "every", at_least=1)

    def rate(step: int) -> float:
        try:
            return alpha * factor ** (step // every)
        except OverflowError:
            # As other sums that are too large; who takes the step says at which one it is.
            return math.inf

    return Described("stepwise", {"alpha": alpha, "every": every, "factor": factor}, rate)


def cosine(alpha: float, *, steps: int, warmup: int = 0) -> Schedule:
    """Return the schedule that rises to ``alpha`` and falls along half a cosine towards 0.

    Parameters
    ----------
    alpha : float
        The largest rate.
    steps : int
        Where the rate would be 0: the length of the run.
    warmup : int
        The rate rises in equal parts, so that step ``warmup - 1`` has all of alpha.

    Returns
    -------
    function (step) -> float

    Raises
    ------
    ValueError
        If alpha is not positive and finite, or warmup not smaller than steps.

    Notes
    -----
    Book: :eq:`eq-schedule-cosine`.

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts (ICLR 2017),
    equation 5; Goyal et al., Accurate, large minibatch SGD (2017), 2.2, for the rise.
    """
    alpha = arguments.positive_number(alpha, "alpha")
    warmup = arguments.whole_number(warmup, "warmup", at_least=0)
    steps = arguments.whole_number(steps, "steps", at_least=warmup + 1)

    def rate(step: int) -> float:
        if step < warmup:
            return alpha * (step + 1) / warmup
        # (1 + cos(pi - x)) / 2 would round to 0 long before the end of a run of 10^9 steps.
        left = max(steps - step, 0) / (steps - warmup)
        return alpha * math.sin(math.pi / 2 * left) ** 2

    return Described("cosine", {"alpha": alpha, "steps": steps, "warmup": warmup}, rate)


PLANS: dict[str, Callable[[float, int], Schedule]] = {
    "constant": lambda alpha, steps: constant(alpha),
    "step": lambda alpha, steps: stepwise(alpha, every=-(-steps // 3)),
    "cosine": lambda alpha, steps: cosine(alpha, steps=steps, warmup=steps // 20),
}
"""What a name means for a run of some steps: a tenth after each third; a rise over a twentieth."""


def planned(name: str, alpha: float, steps: int) -> Schedule:
    """Return the schedule of a name, one of `PLANS`, for a run of so many steps.

    Parameters
    ----------
    name : {"constant", "step", "cosine"}
    alpha : float
        The largest rate.
    steps : int
        The length of the run.

    Returns
    -------
    function (step) -> float

    Raises
    ------
    ValueError
        If the name is not known, or alpha is not a positive, finite number.
    """
    if not isinstance(name, str) or name not in PLANS:
        raise ValueError(f"schedule {name!r} is not known; expected one of {', '.join(PLANS)}")
    return PLANS[name](alpha, max(steps, 1))


def rebuilt(description: Mapping[str, Any]) -> Schedule:
    """Return the schedule with the name and the settings of a `Described` one."""
    makers: dict[str, Callable[..., Schedule]]
    makers = {"constant": constant, "stepwise": stepwise, "cosine": cosine}
    name = description["name"]
    if name not in makers:
        raise ValueError(f"schedule {name!r} is not known; expected one of {', '.join(makers)}")
    return makers[name](**description["settings"])
