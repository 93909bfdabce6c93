"""The playthings that show a whole small network: drawn, stepped through, and pushed once."""

from collections.abc import Sequence
from html import escape

import numpy as np

from kit.widgets.playing.cells.drawing import MOST, STAGES, Picture
from kit.widgets.playing.cells.kept import Plaything, finite, number, table
from kit.widgets.playing.cells.names import Given, Names
from kit.widgets.playing.cells.states import state
from nnfs import arguments
from nnfs.types import Array

LONGEST = 3.0
"""Push of a parameter: what it moves still fits into the drawing."""

LATEST = {"weights": 0, "forward": 5, "backward": 9}
STAGE_NAMES = (
    "The example goes in",
    "Z1: weigh and add",
    "A1: keep what is positive",
    "Z2: weigh and add again",
    "A2: scores become probabilities",
    "J: the loss",
    "dZ2: the blame of the scores",
    "dW2, db2: slopes of the last layer",
    "dZ1: blame comes back through the mask",
    "dW1, db1: slopes of the first layer",
    "One step of learning",
)

HINT = (
    '<p class="play-hint play-how">Drag a number sideways. <span class="play-keys">With keys: '
    "↑ ↓ change it, ← → go to another.</span></p>"
)
"""How numbers of a drawing are changed."""


class _Network(Plaything):
    """A network of two layers with its examples; one of them is shown.

    Raises
    ------
    ValueError
        If a layer is too wide to be drawn, an example or a class is not there, a shape does not
        fit or a number is not finite.
    """

    widest = 2

    def __init__(
        self,
        params: Sequence[Array],
        X: Array,
        y: Array,
        *,
        example: int = 0,
        names: Given = None,
    ) -> None:
        X, y = np.asarray(X, float), np.asarray(y)
        arguments.shapes(params, X)
        self.widths = params[0].shape[1], params[0].shape[0], params[2].shape[0]
        if max(self.widths) > self.widest:
            layers = "-".join(map(str, self.widths))
            raise ValueError(f"a network {layers} is too wide: at most {self.widest} units a layer")
        if y.shape != (X.shape[1],):
            raise ValueError(f"y has shape {y.shape}; expected ({X.shape[1]},), a class an example")
        if not (np.issubdtype(y.dtype, np.integer) and ((y >= 0) & (y < self.widths[2])).all()):
            raise ValueError(f"y is {y.tolist()}; expected classes from 0 to {self.widths[2] - 1}")
        if not 0 <= example < X.shape[1]:
            raise ValueError(f"example is {example}; expected 0 to {X.shape[1] - 1}")
        self.example = example
        blocks = zip(("W1", "b1", "W2", "b2"), params, strict=True)
        self.data = {
            "params": [finite(name, np.asarray(block, float)) for name, block in blocks],
            "X": finite("X", X),
            "y": y.tolist(),
            "example": example,
        }
        self.values = state(params, X[:, example], int(y[example]))
        self.names = Names(names, list(self.values))
        self.data["names"] = self.names.chosen
        self.label = int(y[example])
        self.latest = 9

    def picture(self) -> str:
        """Return the first state as SVG."""
        layers = "-".join(map(str, self.widths))
        picture = Picture(self.values, self.widths, self.latest, self.names)
        return picture.svg(f"A network {layers}")

    def numbers(self) -> str:
        """Return the numbers behind a summary."""
        known = {
            key: value
            for key, value in self.values.items()
            if STAGES.get(key.partition("[")[0], 9) <= self.latest
        }
        rows = [
            [
                self.names(key),
                number(value, 4),
                number(known[f"d{key}"], 4) if f"d{key}" in known else "",
            ]
            for key, value in known.items()
            if not key.startswith("d")
        ]
        return table("The numbers as a table", ["", "value", "slope of the loss"], rows)


class Drawing(_Network):
    """A picture of a small network, with nothing to control.

    Parameters
    ----------
    params : Parameters
        Each layer is at most four wide; numbers stand on the edges if no layer is wider than two.
    X : (n, m) array
    y : (m,) integer labels
    example : int
        Whose numbers are shown.
    names : dict or list, optional
        What the page calls the numbers, as `Names` takes it: ``{"W1[0,0]": "w11"}``.
    shows : {"forward", "backward", "weights"}
    """

    kind = "drawing"
    scripts = "network drawing"
    widest = MOST

    def __init__(
        self,
        params: Sequence[Array],
        X: Array,
        y: Array,
        *,
        example: int = 0,
        names: Given = None,
        shows: str = "forward",
    ) -> None:
        super().__init__(params, X, y, example=example, names=names)
        if shows not in LATEST:
            raise ValueError(f"shows is {shows!r}; expected one of {', '.join(LATEST)}")
        self.latest = LATEST[shows]
        self.says = f"Example {example + 1}, of class {self.label}."
        if self.latest:
            self.says += f" Its loss is {number(self.values['J'], 3)}."


class StepThrough(_Network):
    """Backpropagation, one stage at a time, with weights and inputs that can be dragged.

    Parameters
    ----------
    params, X, y, example, names : as for `Drawing`; no layer is wider than two
    alpha : float
        The learning rate of the step at the end.
    """

    kind = "step"
    scripts = "network drawing step"

    def __init__(
        self,
        params: Sequence[Array],
        X: Array,
        y: Array,
        *,
        alpha: float = 0.5,
        example: int = 0,
        names: Given = None,
    ) -> None:
        super().__init__(params, X, y, example=example, names=names)
        if not alpha > 0:
            raise ValueError(f"alpha is {alpha}; expected a positive learning rate")
        self.data |= {"alpha": finite("alpha", alpha), "stages": STAGE_NAMES}
        self.says = (
            f"Example {example + 1}, of class {self.label}, after a pass forward and one back: "
            f"the loss is {number(self.values['J'], 3)}. "
            "In italics, at each weight and bias, stands its slope."
        )

    def controls(self) -> str:
        """Return the ways through the stages."""
        hint = HINT.replace("sideways.", "sideways, or press it and then − or +.")
        return (
            f'{hint}<div class="play-bar"><button type="button" class="play-back">Back</button>'
            '<button type="button" class="play-next">Next</button>'
            '<button type="button" class="play-take" aria-disabled="true">Take this step</button>'
            '</div><label class="play-line">Stage <input type="range" class="play-stage" min="0" '
            f'max="{len(STAGE_NAMES) - 1}" value="0"></label>'
        )

    def more(self) -> str:
        """Return the choice of the example, a way without dragging, and that to the beginning."""
        of = escape(self.names("W1[0,0]"))
        examples = "".join(
            f'<option value="{i}"{" selected" if i == self.example else ""}>'
            f"{i + 1}, of class {y}</option>"
            for i, y in enumerate(self.data["y"])
        )
        return (
            '<div class="play-bar">'
            f'<label>Example <select class="play-example">{examples}</select></label>'
            '<button type="button" class="play-reset">Start again</button>'
            f'<span class="play-by" role="group" aria-label="{of} by a tenth">'
            '<button type="button" data-press="ArrowDown" aria-label="Less">\N{MINUS SIGN}</button>'
            f'<span class="play-of">{of}</span>'
            '<button type="button" data-press="ArrowUp" aria-label="More">+</button></span></div>'
        )

    def heading(self) -> str:
        """Return the name of the stage."""
        return f'<p class="play-title">{escape(STAGE_NAMES[0])}</p>'


class OneNudge(_Network):
    """One parameter is pushed a little, and the change travels forward to the loss.

    Parameters
    ----------
    params, X, y, example, names : as for `Drawing`; no layer is wider than two
    start : str
        The parameter that is pushed at first, such as ``"W1[0,0]"``, or by its name.
    back : bool
        Whether the reader may go back once and see all slopes. Without it the plaything gives
        away nothing but what a reader has nudged.
    reach : float
        How far a parameter can be pushed, up and down.
    """

    kind = "nudge"
    scripts = "network drawing nudge"

    def __init__(
        self,
        params: Sequence[Array],
        X: Array,
        y: Array,
        *,
        start: str = "W1[0,0]",
        example: int = 0,
        names: Given = None,
        back: bool = True,
        reach: float = 0.5,
    ) -> None:
        super().__init__(params, X, y, example=example, names=names)
        self.parameters = {self.names(key): key for key in self.names.parameters}
        start = self.parameters.get(start, start)
        if start not in self.parameters.values():
            raise ValueError(f"start is {start!r}; expected one of {', '.join(self.parameters)}")
        if not 0.1 <= reach <= LONGEST:
            raise ValueError(f"reach is {reach}; expected 0.1 to {LONGEST:g}")
        self.latest = 5
        self.start, self.back, self.reach = start, back, finite("reach", reach)
        self.data |= {"start": start, "back": back, "reach": self.reach}
        self.data["parameters"] = self.names.parameters
        self.says = (
            f"Example {example + 1}, of class {self.label}: the loss is "
            f"{number(self.values['J'], 3)} before anything is pushed."
        )

    def controls(self) -> str:
        """Return what a reader handles."""
        options = "".join(
            f'<option value="{key}"{" selected" if key == self.start else ""}>{escape(name)}'
            "</option>"
            for name, key in self.parameters.items()
        )
        return (
            f'{HINT}<div class="play-bar"><label>Push <select class="play-which">{options}</select>'
            '</label><label class="play-wide">by <input type="range" class="play-push" '
            f'min="-{self.reach:g}" max="{self.reach:g}" step="0.01" value="0">'
            '<span class="play-said play-value">0.00</span></label>'
            '</div><div class="play-bar"><button type="button" class="play-replay">Replay</button>'
            '<button type="button" class="play-reset">Start again</button></div>'
        )

    def numbers(self) -> str:
        """Return the numbers behind a summary."""
        rows = [
            [name, number(self.values[key], 4), number(self.values[f"d{key}"], 4)]
            for name, key in self.parameters.items()
        ]
        if not self.back:
            values = [[name, value] for name, value, _ in rows]
            return table("The numbers as a table", ["", "value"], values)
        return table("All slopes, from one pass back", ["", "value", "slope of the loss"], rows)
