"""Softmax as sliders: scores, probabilities, the loss, and the gradient as arrows."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from kit.widgets.playing.cells.kept import Plaything, finite, number, table
from nnfs import functions
from nnfs.types import Array

LARGEST = 10.0
BASE, FULL, WIDE, ARROWS = 205, 160, 120, 330
"""The floor of the bars, the height of a whole probability, a class's width, the arrows' zero."""


class SoftmaxSliders(Plaything):
    """Scores as sliders.

    Parameters
    ----------
    scores : (c,) numbers from -10 to 10
        The scores at first, of two to five classes.
    label : int
        The true class.
    presets : dict from name to scores, optional
        Interesting places.

    Raises
    ------
    ValueError
        If scores are too many, too few, not finite or too large, or the class is not there.
    """

    kind = "softmax"

    def __init__(
        self,
        scores: Sequence[float] | Array,
        *,
        label: int = 0,
        presets: Mapping[str, Sequence[float] | Array] | None = None,
    ) -> None:
        self.scores = _scores("scores", scores)
        if not 0 <= label < len(self.scores):
            raise ValueError(f"label is {label}; expected 0 to {len(self.scores) - 1}")
        places = {name: _scores(name, place) for name, place in (presets or {}).items()}
        for name, place in places.items():
            if len(place) != len(self.scores):
                raise ValueError(f"{name} has {len(place)} scores; expected {len(self.scores)}")
        self.label, self.places = label, places
        self.data = {"scores": self.scores, "label": label, "presets": places}
        Z = np.array(self.scores).reshape(-1, 1)
        Y = functions.one_hot(np.array([label]), n_classes=len(self.scores))
        A2 = functions.softmax(Z)
        self.probabilities = [float(p) for p in A2[:, 0]]
        gradient = functions.cross_entropy_gradient(A2, Y)
        self.gradient = [float(g) for g in gradient[:, 0]]
        self.loss = float(functions.cross_entropy(Z, Y))
        shares = ", ".join(f"class {k} {100 * p:.1f} %" for k, p in enumerate(self.probabilities))
        self.says = f"{shares}. The truth is class {label}, and the loss {number(self.loss, 3)}."

    def controls(self) -> str:
        """Return what a reader handles."""
        sliders = "".join(
            f'<label class="play-score">score of class {k}'
            f'<input type="range" data-score="{k}" min="-{LARGEST:g}" max="{LARGEST:g}" '
            f'step="0.05" value="{z}"><output>{number(z)}</output></label>'
            for k, z in enumerate(self.scores)
        )
        labels = "".join(
            f"<option{' selected' if k == self.label else ''}>{k}</option>"
            for k in range(len(self.scores))
        )
        presets = "".join(
            f'<button type="button" data-preset="{escape(name)}">{escape(name)}</button>'
            for name in self.places
        )
        return (
            '<div class="play-ask" role="group" aria-label="Predict first"></div>'
            f'<div class="play-bar">{presets}</div><div class="play-sliders">{sliders}</div>'
            '<div class="play-bar"><button type="button" data-add="-1">−1 to all</button>'
            '<button type="button" data-add="1">+1 to all</button>'
            '<label class="play-wide">temperature <input type="range" class="play-temperature" '
            'min="-2" max="2" step="0.1" value="0"><output>1.00</output></label>'
            f'<label>true class <select class="play-label">{labels}</select></label>'
            '<button type="button" class="play-reset">Start again</button></div>'
        )

    def picture(self) -> str:
        """Return the first state as SVG."""
        width = WIDE * len(self.scores) + 40
        parts = []
        for k, (p, g) in enumerate(zip(self.probabilities, self.gradient, strict=True)):
            x = 20 + WIDE * (k + 0.5)
            true = k == self.label
            parts.append(
                f'<g data-class="{k}" class="{"is-true" if true else ""}">'
                f'<rect class="play-room" x="{x - 26:g}" y="{BASE - FULL}" width="52" '
                f'height="{FULL}"/><rect class="play-share" data-sym="A2" x="{x - 26:g}" '
                f'y="{BASE - FULL * p:.2f}" width="52" height="{FULL * p:.2f}"/>'
                f'<path class="play-truth" data-sym="Y" d="M{x - 32:g} '
                f'{BASE - FULL * true}h64"/>'
                f'<text x="{x:g}" y="{BASE - FULL - 12}" class="is-activation" data-sym="A2">'
                f'<tspan class="play-lead">A2 </tspan><tspan data-key="A2[{k}]">'
                f"{number(p, 3)}</tspan></text>"
                f'<text x="{x:g}" y="{BASE + 22}">class {k}</text>'
                f'<text x="{x:g}" y="{BASE + 42}" class="is-label" data-sym="Y">'
                f'Y <tspan data-key="Y[{k}]">{int(true)}</tspan></text>'
                f'<path class="play-arrow" data-sym="dZ2" d="{arrow(x, g)}"/>'
                f'<text x="{x:g}" y="{ARROWS + 84}" class="is-gradient" data-sym="dZ2">'
                f'<tspan class="play-lead">A2 − Y </tspan><tspan data-key="dZ2[{k}]">'
                f"{number(g, 3)}</tspan></text></g>"
            )
        return (
            f'<svg viewBox="0 0 {width} {ARROWS + 98}" role="group" '
            'aria-label="Probabilities as bars, the gradient as arrows">'
            f'<path class="play-rule" d="M10 {BASE}H{width - 10}M10 {ARROWS}H{width - 10}"/>'
            f"{''.join(parts)}</svg>"
        )

    def numbers(self) -> str:
        """Return the numbers behind a summary."""
        rows = [
            [f"class {k}", number(z), number(p, 3), str(int(k == self.label)), number(g, 3)]
            for k, (z, p, g) in enumerate(
                zip(self.scores, self.probabilities, self.gradient, strict=True)
            )
        ]
        head = ["", "score Z2", "probability A2", "truth Y", "gradient A2 − Y"]
        return table("The numbers as a table", head, rows)


def arrow(x: float, slope: float) -> str:
    """Return the path of an arrow, up for a positive slope, 62 long for a slope of one."""
    tip = ARROWS - 62 * slope
    head = min(10.0, abs(ARROWS - tip)) * (1 if slope >= 0 else -1)
    return f"M{x:g} {ARROWS}V{tip:.2f}m-8 {head:.2f}l8 {-head:.2f}l8 {head:.2f}"


def _scores(name: str, values: Sequence[float] | Array) -> list[float]:
    scores = [float(z) for z in finite(name, np.asarray(values, float))]
    if not 2 <= len(scores) <= 5:
        raise ValueError(f"{name} has {len(scores)} scores; expected two to five")
    if max(map(abs, scores)) > LARGEST:
        raise ValueError(f"{name} is {scores}; expected scores from -{LARGEST:g} to {LARGEST:g}")
    return scores
