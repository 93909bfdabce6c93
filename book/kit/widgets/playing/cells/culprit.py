"""Find the fault: networks in training, one fault each; instruments to choose, a line to name.

Everything that an instrument shows is computed by nnfs here. The scripts only choose what is seen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import nnfs
from kit.widgets.playing.cells.diagnosis import Case, Curve, Diagnosis, Reading, Rows
from kit.widgets.playing.cells.kept import finite
from nnfs import network
from nnfs.network import Parameters
from nnfs.types import Array, Gradient

EVERY = 10
"""Steps from one accuracy to the next."""

FULL = -12.0
"""The power of ten at which the bar of an error begins; at one it is full."""

BLOCKS = ("W1", "b1", "W2", "b2")
BACKWARD = ("W2", "b2", "W1", "b1")
"""The blocks in the order in which the way back finds them."""

Update = Callable[[Parameters, Parameters, float], Any]
Data = tuple[Parameters, Array, Array]

INSTRUMENTS = {
    "loss": "Loss curve",
    "accuracy": "Accuracy curve",
    "shapes": "Shapes",
    "blocks": "Gradient check",
    "step": "Step check",
}


@dataclass(frozen=True)
class Patient:
    """A network in training, with a fault or without one.

    Attributes
    ----------
    name : str
    gradient : function (params, X, y) -> (loss, correct, gradients)
    update : function (params, gradients, alpha) -> params
    lines : tuple of int
        Which lines of the code are at fault, counted from 0; none if nothing is.
    because : str
        What is said once the fault has been named.
    """

    name: str
    gradient: Gradient
    update: Update
    lines: tuple[int, ...]
    because: str


@dataclass(frozen=True)
class Examination:
    """What the instruments read.

    Attributes
    ----------
    losses, accuracies : lists of float
        Of every step; of every tenth step, in per cent of the validation images.
    shapes : dict from block to (shape, expected shape)
    errors : dict from block to float
        Largest error of the block's gradient against central differences, relative to the largest
        slope of the block.
    moved : dict from block to float
        How far a step went, as a share of how far the gradient told it to.
    """

    losses: list[float]
    accuracies: list[float]
    shapes: dict[str, tuple[tuple[int, ...], tuple[int, ...]]]
    errors: dict[str, float]
    moved: dict[str, float]


def examine(
    patient: Patient, job: Data, checked: Data, seen: tuple[Array, Array], steps: int
) -> Examination:
    """Train a patient, and apply every instrument.

    Parameters
    ----------
    patient : Patient
    job : (params, X, y)
        What is trained, with a learning rate of 0.1.
    checked : (params, X, y) in double precision
        What the gradient check and the shapes are taken on.
    seen : (X, y)
        What the accuracy is taken on.
    steps : int
    """
    params, X, y = job
    losses, accuracies = [], []
    for step in range(steps):
        if step % EVERY == 0:
            accuracies.append(100 * nnfs.accuracy(params, *seen))
        loss, _, gradients = patient.gradient(params, X, y)
        losses.append(float(loss))
        params = Parameters(*patient.update(params, Parameters(*gradients), 0.1))
    found = Parameters(*patient.gradient(*checked)[2])
    start = checked[0]
    after = Parameters(*patient.update(start, found, 0.1))
    measured = differences(*checked)
    pairs = list(zip(BLOCKS, found, measured, start, after, strict=True))
    return Examination(
        losses,
        accuracies,
        {name: (G.shape, P.shape) for name, G, _, P, _ in pairs},
        {name: float(np.abs(G - S).max() / np.abs(S).max()) for name, G, S, _, _ in pairs},
        {name: _share(P - Q, 0.1 * G) for name, G, _, P, Q in pairs},
    )


def differences(params: Parameters, X: Array, y: Array, h: float = 1e-5) -> Parameters:
    """Return the slopes of the loss by central differences, of every parameter."""

    def loss(name: str, P: Array) -> float:
        return float(network.gradient(params._replace(**{name: P}), X, y)[0])

    slopes = {name: np.zeros(P.shape) for name, P in params._asdict().items()}
    for name, P in params._asdict().items():
        for place in np.ndindex(P.shape):
            push = np.zeros(P.shape)
            push[place] = h
            slopes[name][place] = (loss(name, P + push) - loss(name, P - push)) / (2 * h)
    return Parameters(**slopes)


def _share(went: Array, told: Array) -> float:
    # A block that was told to stay has done what it was told.
    longest = float(np.abs(told).max())
    return float(np.abs(went).max()) / longest if longest > 1e-12 else 1.0


class Culprit(Diagnosis):
    """Some patients, each with a fault in a line of its code or without one.

    Parameters
    ----------
    patients : sequence of Patient
    job, checked, seen, steps
        As `examine` takes them.
    code : sequence of str
        The lines of a step, right ones, that a reader chooses among.

    Raises
    ------
    ValueError
        If a patient's fault is in no line of the code, or a curve is not finite.
    """

    def __init__(
        self,
        patients: Sequence[Patient],
        job: Data,
        checked: Data,
        seen: tuple[Array, Array],
        *,
        steps: int,
        code: Sequence[str],
    ) -> None:
        for patient in patients:
            if any(not 0 <= line < len(code) for line in patient.lines):
                raise ValueError(f"{patient.name} has its fault in a line that is not there")
        found = [examine(patient, job, checked, seen, steps) for patient in patients]
        top = float(np.ceil(max(max(one.losses) for one in found)))
        cases = [
            Case(patient.name, _readings(one, top), patient.lines, patient.because)
            for patient, one in zip(patients, found, strict=True)
        ]
        super().__init__(
            cases, INSTRUMENTS, code, asks="Which line is at fault?", well="all is well", code=True
        )


def _readings(one: Examination, top: float) -> dict[str, Reading]:
    finite("the losses", one.losses)
    errors, moved = one.errors, one.moved
    last = f"step {len(one.losses)}"
    return {
        "loss": Curve(
            f"The loss falls from {one.losses[0]:.2f} to {one.losses[-1]:.2f} "
            f"in {len(one.losses)} steps.",
            one.losses,
            top,
            last,
        ),
        "accuracy": Curve(
            f"The accuracy on validation images goes from {one.accuracies[0]:.0f} % "
            f"to {one.accuracies[-1]:.0f} %.",
            one.accuracies,
            100,
            last,
        ),
        "shapes": Rows(
            "Every gradient has the shape of its parameter."
            if all(a == b for a, b in one.shapes.values())
            else "A gradient has not the shape of its parameter.",
            [(f"d{name}", 0, " × ".join(map(str, one.shapes[name][0]))) for name in BACKWARD],
        ),
        "blocks": Rows(blocks_say(errors), block_rows(errors)),
        "step": Rows(step_says(moved), step_rows(moved)),
    }


def block_rows(errors: Mapping[str, float]) -> list[tuple[str, float, str]]:
    """Return the rows of a gradient check, from the error of each block."""
    return [(f"d{name}", _bar(errors[name]), f"off by {_power(errors[name])}") for name in BACKWARD]


def step_rows(moved: Mapping[str, float]) -> list[tuple[str, float, str]]:
    """Return the rows of a step check, from how far each block has gone of its way."""
    return [
        (name, min(moved[name], 1.0), f"moved {100 * moved[name]:.0f} % of the way")
        for name in BACKWARD
    ]


def step_says(moved: Mapping[str, float]) -> str:
    """Return the reading of a step check as a sentence."""
    gone = [name for name in BLOCKS if abs(moved[name] - 1) > 1e-6]
    if not gone:
        return "After one step every block is where its gradient sent it."
    return f"After one step {' and '.join(gone)} have not gone where their gradients sent them."


def blocks_say(errors: Mapping[str, float]) -> str:
    """Return the reading of a gradient check as a sentence."""
    wrong = [f"d{name}" for name in BACKWARD if errors[name] > 1e-6]
    if not wrong:
        return "All four blocks agree with the slopes of the loss, up to rounding."
    verb = "disagrees" if len(wrong) == 1 else "disagree"
    return f"{', '.join(wrong)} {verb} with the slopes of the loss."


def _power(error: float) -> str:
    """Return an error in a form that can be read aloud."""
    if error > 0.01:
        return f"{100 * error:.0f} %"
    return f"{error:.0e}".replace("e-0", "e-").replace("-", "−")


def _bar(error: float) -> float:
    power = np.log10(max(error, 1e-300))
    return float(np.round(np.clip(1 - power / FULL, 0, 1), 4))
