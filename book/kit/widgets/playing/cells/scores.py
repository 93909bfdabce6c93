"""Softmax as sliders: scores, probabilities, the loss, and the gradient as arrows."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from kit.widgets.playing.cells.kept import Plaything, finite, number, signed, table
from nnfs import functions
from nnfs.types import Array

Place = Sequence[float] | Array | Mapping[str, Any]

LARGEST = 5.0
COLDEST, HOTTEST = 0.25, 4.0
BASE, FULL, WIDE, LEFT = 205, 160, 120, 72
"""The floor of the bars, a whole probability's height, a class's width, and the rows' names."""

ASIDE, HEAD, LEAST, DASH = 40, 10, 6, 1.5
"""From the middle of a bar to its arrow; its head's size, and the least; what is a dash."""


class SoftmaxSliders(Plaything):
    """Scores as sliders.

    Parameters
    ----------
    scores : (c,) numbers from -5 to 5
        The scores at first, of two to five classes.
    label : int
        The true class.
    presets : dict from name to scores, optional
        Interesting places. For another temperature than 1, from 0.25 to 4, a place is a dict:
        ``{"scores": [0, 1, 4], "temperature": 4}``. By default: all equal, sure and right, sure and
        wrong, and sure and right at a high temperature.
    names : dict, optional
        What the page calls ``"Z2"``, ``"A2"`` and ``"Y"``, such as ``{"A2": "p", "Y": "y"}``.

    Raises
    ------
    ValueError
        If scores are too many, too few, not finite or too large, a temperature is out of its
        range, the class is not there, or a name is for something else.
    """

    kind = "softmax"
    scripts = "network softmax"
    asks_first = True

    def __init__(
        self,
        scores: Sequence[float] | Array,
        *,
        label: int = 0,
        presets: Mapping[str, Place] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.scores = _scores("scores", scores)
        if not 0 <= label < len(self.scores):
            raise ValueError(f"label is {label}; expected 0 to {len(self.scores) - 1}")
        if presets is None:
            presets = _presets(len(self.scores), label)
        places = {name: _place(name, given, len(self.scores)) for name, given in presets.items()}
        self.names = _names(names or {})
        self.label, self.places = label, places
        self.data = {
            "scores": self.scores,
            "label": label,
            "presets": places,
            "names": self.names,
        }
        Z = np.array(self.scores).reshape(-1, 1)
        Y = functions.one_hot(np.array([label]), n_classes=len(self.scores))
        A2 = functions.softmax(Z)
        self.probabilities = [float(p) for p in A2[:, 0]]
        gradient = functions.cross_entropy_gradient(A2, Y)
        self.gradient = [float(g) for g in gradient[:, 0]]
        self.loss = float(functions.cross_entropy(Z, Y))
        p, y = self.names["A2"], self.names["Y"]
        self.says = (
            f"Class {label}, the truth, gets {100 * self.probabilities[label]:.1f}\u00a0%: "
            f"the loss is {number(self.loss, 3)}. Against the arrows, {p} − {y}, it falls."
        )

    def controls(self) -> str:
        """Return a slider under each bar, and what changes all scores."""
        sliders = "".join(
            f'<label class="play-under"><span class="play-said">{number(z)}</span>'
            f'<input type="range" data-score="{k}" min="-{LARGEST:g}" max="{LARGEST:g}" '
            f'step="0.05" value="{z}" aria-label="score of class {k}"></label>'
            for k, z in enumerate(self.scores)
        )
        columns = (
            f"--play-inset: {100 * LEFT / self._width():.2f}%; --play-classes: {len(self.scores)}"
        )
        return (
            f'<div class="play-sliders play-scores" style="{columns}">'
            f'<span class="play-lead">score</span>{sliders}</div>'
            f'<div class="play-bar play-all" style="{columns}">'
            '<button type="button" data-add="-1">−1 to all</button>'
            '<button type="button" data-add="1">+1 to all</button></div>'
        )

    def more(self) -> str:
        """Return the temperature and the true class."""
        labels = "".join(
            f"<option{' selected' if k == self.label else ''}>{k}</option>"
            for k in range(len(self.scores))
        )
        return (
            '<div class="play-bar"><label class="play-wide">temperature '
            '<input type="range" class="play-temperature" min="-2" max="2" step="0.1" value="0">'
            '<span class="play-said">1.00</span></label>'
            f'<label>true class <select class="play-label">{labels}</select></label></div>'
            '<div class="play-bar">'
            '<button type="button" class="play-reset">Start again</button></div>'
        )

    def beside(self) -> str:
        """Return the places to go to; which of them is shown is marked."""
        presets = "".join(
            f'<button type="button" aria-pressed="false" data-preset="{escape(name)}">'
            f"{escape(name)}</button>"
            for name in self.places
        )
        return (
            '<div class="play-bar play-places" role="group" aria-label="Settings to look at">'
            f"{presets}</div>"
        )

    def _width(self) -> int:
        return LEFT + WIDE * len(self.scores)

    def picture(self) -> str:
        """Return the first state as SVG."""
        width = self._width()
        p, y = escape(self.names["A2"]), escape(self.names["Y"])
        rows = (
            (BASE - FULL - 14, "A2", p, p, "is-activation"),
            (BASE + 44, "Y", y, y, "is-label"),
            (BASE + 66, "dZ2", "dZ2", f"{p} − {y}", "is-gradient"),
            (BASE + 88, "dZ2", "dZ2", "slope", "is-gradient"),
        )
        # A slope is the gap until the temperature is not 1: then scripts show its row.
        leads = "".join(
            f'<text x="2" y="{height}" class="play-row {colour}{_warm(name)}" data-of="{of}" '
            f'data-sym="{symbol}">{name}</text>'
            for height, of, symbol, name, colour in rows
        )
        classes = "".join(self._column(k) for k in range(len(self.scores)))
        return (
            f'<svg viewBox="0 0 {width} {BASE + 98}" role="group" '
            'aria-label="Probabilities as bars, and beside each its gap to the truth as an arrow">'
            f'<path class="play-rule" d="M{LEFT} {BASE}H{width}"/>{leads}{classes}</svg>'
        )

    def _column(self, k: int) -> str:
        """Return what is drawn of a class: its probability, its truth, its arrow."""
        x, p, true = LEFT + WIDE * (k + 0.5), self.probabilities[k], k == self.label
        p_name, y_name = escape(self.names["A2"]), escape(self.names["Y"])
        says, truth, slope = f'data-sym="{p_name}"', f'data-sym="{y_name}"', 'data-sym="dZ2"'
        return (
            f'<g data-class="{k}" class="{"is-true" if true else ""}">'
            f'<rect class="play-room" x="{x - 26:g}" y="{BASE - FULL}" width="52" '
            f'height="{FULL}"/><rect class="play-share" {says} x="{x - 26:g}" '
            f'y="{BASE - FULL * p:.2f}" width="52" height="{FULL * p:.2f}"/>'
            f'<path class="play-truth" {truth} d="M{x - 32:g} {BASE - FULL * true}h64"/>'
            f'<text x="{x:g}" y="{BASE - FULL - 14}" class="is-activation" {says}>'
            f'<tspan data-key="A2[{k}]">{number(p, 3)}</tspan></text>'
            f'<text x="{x:g}" y="{BASE + 22}">class {k}</text>'
            f'<text x="{x:g}" y="{BASE + 44}" class="is-label" {truth}>'
            f'<tspan data-key="Y[{k}]">{int(true)}</tspan></text>'
            f'<path class="play-arrow" {slope} d="{arrow(x + ASIDE, true, self.gradient[k])}"/>'
            f'<text x="{x:g}" y="{BASE + 66}" class="is-gradient" {slope}>'
            f'<tspan data-key="dZ2[{k}]">{signed(self.gradient[k], 3)}</tspan></text>'
            f'<text x="{x:g}" y="{BASE + 88}" class="is-gradient{_warm("slope")}" {slope}>'
            f'<tspan data-key="slope[{k}]">{signed(self.gradient[k], 3)}</tspan></text></g>'
        )

    def numbers(self) -> str:
        """Return the numbers behind a summary."""
        rows = [
            [
                *(f"class {k}", number(z), number(p, 3), str(int(k == self.label))),
                *(number(g, 3), number(g, 3)),
            ]
            for k, (z, p, g) in enumerate(
                zip(self.scores, self.probabilities, self.gradient, strict=True)
            )
        ]
        z, p, y = (self.names[key] for key in ("Z2", "A2", "Y"))
        head = ["", f"score {z}", f"probability {p}", f"truth {y}", f"gap {p} − {y}"]
        head.append(f"slope ({p} − {y})/temperature")
        return table("The numbers as a table", head, rows)


def _warm(name: str) -> str:
    return " play-warm" if name == "slope" else ""


def arrow(x: float, truth: float, slope: float) -> str:
    """Return the path of an arrow from the truth to the probability, on the scale of the bars.

    The tip is where the gap ends, however small its head; a gap that cannot be seen is a dash.
    """
    start = BASE - FULL * truth
    tip = start - FULL * slope
    long = FULL * abs(slope)
    if long < DASH:
        return f"M{x - 5:g} {tip:.2f}h10"
    head = math.copysign(min(HEAD, max(LEAST, long)), slope)
    return f"M{x:g} {start:g}V{tip:.2f}m-7 {head:.2f}l7 {-head:.2f}l7 {head:.2f}"


def _place(name: str, given: Place, n_classes: int) -> dict[str, Any]:
    """Return scores and temperature of a preset."""
    if not isinstance(given, Mapping):
        given = {"scores": given}
    if "scores" not in given or given.keys() - {"scores", "temperature"}:
        found = ", ".join(given) or "nothing"
        raise ValueError(f"{name} has {found}; expected scores and perhaps temperature")
    scores = _scores(name, given["scores"])
    if len(scores) != n_classes:
        raise ValueError(f"{name} has {len(scores)} scores; expected {n_classes}")
    temperature = float(given.get("temperature", 1.0))
    if not COLDEST <= temperature <= HOTTEST:
        raise ValueError(
            f"{name} has the temperature {temperature:g}; expected {COLDEST:g} to {HOTTEST:g}"
        )
    return {"scores": scores, "heat": math.log2(temperature)}


def _presets(n_classes: int, label: int) -> dict[str, Place]:
    """Return the places that are interesting with any classes."""
    sure = [4.0 if k == label else 0.0 for k in range(n_classes)]
    other = (label + 1) % n_classes
    return {
        "All equal": [0.0] * n_classes,
        "Sure and right": sure,
        "Sure and wrong": [4.0 if k == other else 0.0 for k in range(n_classes)],
        "Sure and right, but hot": {"scores": sure, "temperature": HOTTEST},
    }


def _names(given: Mapping[str, str]) -> dict[str, str]:
    """Return what scores, probabilities, truth and gradient are called."""
    names = {"Z2": "Z2", "A2": "A2", "Y": "Y"}
    for key, name in given.items():
        if key not in names:
            raise ValueError(f"names has {key!r}; expected one of {', '.join(names)}")
        if not isinstance(name, str) or len(name.split()) != 1:
            raise ValueError(f"names calls {key} {name!r}; expected a name without spaces")
        names[key] = name
    if len(set(names.values())) < len(names):
        raise ValueError(f"names are {', '.join(names.values())}; expected each name once")
    return names


def _scores(name: str, values: Sequence[float] | Array) -> list[float]:
    scores = [float(z) for z in finite(name, np.asarray(values, float))]
    if not 2 <= len(scores) <= 5:
        raise ValueError(f"{name} has {len(scores)} scores; expected two to five")
    if max(map(abs, scores)) > LARGEST:
        raise ValueError(f"{name} is {scores}; expected scores from -{LARGEST:g} to {LARGEST:g}")
    return scores
