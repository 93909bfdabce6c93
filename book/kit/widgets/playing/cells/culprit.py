"""Find the fault: networks in training, one fault each; instruments to choose, a line to name.

Everything that an instrument shows is computed by nnfs here. The scripts only choose what is seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

import nnfs
from kit.widgets.playing.cells.kept import Plaything, finite, table
from nnfs import network
from nnfs.network import Parameters
from nnfs.types import Array, Gradient

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 34, 34
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


class Culprit(Plaything):
    """Some patients, to be examined one after the other.

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

    kind = "culprit"
    scripts = "culprit"

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
        self.code = list(code)
        self.patients = list(patients)
        self.found = [examine(patient, job, checked, seen, steps) for patient in patients]
        self.top = {
            "loss": float(np.ceil(max(max(one.losses) for one in self.found))),
            "accuracy": 100.0,
        }
        self.readings = [self._readings(one) for one in self.found]
        self.says = self.readings[0]["loss"]["says"]
        self.data: dict[str, Any] = {
            "patients": [
                {"name": p.name, "lines": list(p.lines), "because": p.because, "reads": reads}
                for p, reads in zip(self.patients, self.readings, strict=True)
            ],
            "code": self.code,
            "instruments": INSTRUMENTS,
            "tops": {name: f"{top:g}" for name, top in self.top.items()},
        }

    def _readings(self, one: Examination) -> dict[str, dict[str, Any]]:
        finite("the losses", one.losses)
        errors, moved = one.errors, one.moved
        return {
            "loss": {
                "says": f"The loss falls from {one.losses[0]:.2f} to {one.losses[-1]:.2f} "
                f"in {len(one.losses)} steps.",
                "path": _path(one.losses, self.top["loss"]),
            },
            "accuracy": {
                "says": f"The accuracy on validation images goes from {one.accuracies[0]:.0f} % "
                f"to {one.accuracies[-1]:.0f} %.",
                "path": _path(one.accuracies, self.top["accuracy"]),
            },
            "shapes": {
                "says": "Every gradient has the shape of its parameter."
                if all(a == b for a, b in one.shapes.values())
                else "A gradient has not the shape of its parameter.",
                "rows": [
                    [f"d{name}", 0, " × ".join(map(str, one.shapes[name][0]))] for name in BACKWARD
                ],
            },
            "blocks": {
                "says": _blocks_say(errors),
                "rows": [
                    [f"d{name}", _bar(errors[name]), f"off by {_power(errors[name])}"]
                    for name in BACKWARD
                ],
            },
            "step": {
                "says": "After one step every block is where its gradient sent it."
                if all(abs(share - 1) < 1e-6 for share in moved.values())
                else "After one step "
                + " and ".join(name for name in BLOCKS if abs(moved[name] - 1) > 1e-6)
                + " have not gone where their gradients sent them.",
                "rows": [
                    [
                        name,
                        min(moved[name], 1.0),
                        f"moved {moved[name]:.0%} of the way".replace("%", " %"),
                    ]
                    for name in BACKWARD
                ],
            },
        }

    def controls(self) -> str:
        """Return what a reader handles."""
        patients = "".join(
            f'<button type="button" data-patient="{i}" aria-pressed="{str(i == 0).lower()}">'
            f"{escape(patient.name)}</button>"
            for i, patient in enumerate(self.patients)
        )
        instruments = "".join(
            f'<button type="button" data-instrument="{name}" '
            f'aria-pressed="{str(name == "loss").lower()}">{escape(label)}</button>'
            for name, label in INSTRUMENTS.items()
        )
        return (
            f'<div class="play-bar" role="group" aria-label="Patient">'
            f'<span class="play-group">Patient</span>{patients}</div>'
            f'<div class="play-bar" role="group" aria-label="Instrument">'
            f'<span class="play-group">Instrument</span>{instruments}</div>'
        )

    def picture(self) -> str:
        """Return the first patient's loss curve as SVG, and the rows that other readings fill."""
        path = self.readings[0]["loss"]["path"]
        frame = f"M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"
        rows = "".join(_row(place) for place in range(len(BACKWARD)))
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self.says)}">'
            f'<text x="{LEFT}" y="20" class="play-lead play-row" data-title="">Loss curve</text>'
            f'<g data-view="curve"><path class="play-rule" d="{frame}"/>'
            f'<text x="{LEFT - 8}" y="{TOP + 12}" class="play-lead play-end-row" data-top="">'
            f"{self.top['loss']:g}</text>"
            f'<text x="{LEFT - 8}" y="{HEIGHT - BOTTOM}" class="play-lead play-end-row">0</text>'
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" class="play-lead play-end-row">'
            f"step {len(self.found[0].losses)}</text>"
            f'<path class="play-curve" data-curve="patient" d="{path}"/></g>'
            f'<g data-view="rows" visibility="hidden">{rows}</g></svg>'
        )

    def numbers(self) -> str:
        """Return all readings of all patients as a table, with the lines at fault."""
        rows = []
        for patient, reads in zip(self.patients, self.readings, strict=True):
            rows += [[patient.name, INSTRUMENTS[name], reads[name]["says"]] for name in INSTRUMENTS]
            rows.append([patient.name, "the fault", patient.because])
        return table(
            "All readings, and the answers, as a table", ["", "instrument", "reading"], rows
        )


def _blocks_say(errors: dict[str, float]) -> str:
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


def _path(curve: Sequence[float], top: float) -> str:
    x = np.linspace(LEFT, WIDTH - RIGHT, len(curve))
    y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * np.asarray(curve) / top
    thin = slice(None, None, max(1, len(curve) // 60))
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x[thin], y[thin], strict=True))


def _row(place: int) -> str:
    y = TOP + 16 + 46 * place
    return (
        f'<text x="{LEFT + 6}" y="{y + 21}" class="is-gradient play-end-row" '
        f'data-name="{place}"></text>'
        f'<rect class="play-room" x="{LEFT + 20}" y="{y}" width="230" height="30" rx="4"/>'
        f'<rect class="play-error" data-bar="{place}" x="{LEFT + 20}" y="{y}" width="0" '
        f'height="30" rx="4"/>'
        f'<text x="{LEFT + 264}" y="{y + 21}" class="play-row" data-text="{place}"></text>'
    )
