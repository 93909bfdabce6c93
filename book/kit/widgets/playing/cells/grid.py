"""Sliders over a grid that a cell computed: every position shows what was computed there."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import islice, product
from typing import Any

import numpy as np

from kit.widgets.playing.cells.kept import Plaything, finite, table
from nnfs.types import Array

WIDTH, HEIGHT, EDGE = 560, 260, 30
MOST_ROWS = 400


class Grid(Plaything):
    """A grid of results.

    Parameters
    ----------
    axes : dict from name to the positions of its slider
    values : dict from name to array
        The first axes of an array are those of the sliders, in their order. An array with one axis
        more holds curves.
    says : str
        A sentence with names of axes and of values that are no curves in braces, such as
        ``"With alpha = {alpha} the loss ends at {loss:.3f}."``
    start : dict from axis to position, optional
        Where the sliders stand at first; by default at their first positions.

    Raises
    ------
    ValueError
        If an array does not fit the axes, or holds what is not finite.
    """

    kind = "grid"

    def __init__(
        self,
        axes: Mapping[str, Sequence[Any] | Array],
        values: Mapping[str, Array],
        *,
        says: str,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        self.axes = {name: _positions(name, places) for name, places in axes.items()}
        shape = tuple(len(places) for places in self.axes.values())
        self.shape = shape
        self.cells: dict[str, Array] = {}
        self.curves: dict[str, Array] = {}
        for name, given in values.items():
            array = np.asarray(given, float)
            if array.shape[: len(shape)] != shape or array.ndim > len(shape) + 1:
                raise ValueError(f"{name} has shape {array.shape}; the sliders have {shape}")
            finite(name, array)
            (self.cells if array.shape == shape else self.curves)[name] = array
        self.at = tuple(
            _place(name, places, (start or {}).get(name, places[0]))
            for name, places in self.axes.items()
        )
        # Sentences are written here, where Python knows how; the page only chooses among them.
        told = {index: self._say(says, index) for index in np.ndindex(shape)}
        self.says = told[self.at]
        self.data = {
            "axes": self.axes,
            "says": list(told.values()),
            "at": list(self.at),
            "paths": {
                name: [_path(curve, curves) for curve in curves.reshape(-1, curves.shape[-1])]
                for name, curves in self.curves.items()
            },
        }

    def _say(self, says: str, index: tuple[int, ...]) -> str:
        places = {name: axis[i] for i, (name, axis) in zip(index, self.axes.items(), strict=True)}
        return says.format(**places, **{name: cells[index] for name, cells in self.cells.items()})

    def controls(self) -> str:
        """Return what a reader handles."""
        sliders = "".join(
            f'<label class="play-score">{escape(name)}<input type="range" data-axis="{i}" min="0" '
            f'max="{len(places) - 1}" value="{at}"><output>{escape(str(places[at]))}</output>'
            "</label>"
            for i, ((name, places), at) in enumerate(zip(self.axes.items(), self.at, strict=True))
        )
        return f'<div class="play-sliders">{sliders}</div>'

    def picture(self) -> str:
        """Return the first state as SVG."""
        if not self.curves:
            return ""
        flat = int(np.ravel_multi_index(self.at, self.shape))
        paths = "".join(
            f'<path class="play-curve" data-curve="{escape(name)}" d="{paths[flat]}"/>'
            for name, paths in self.data["paths"].items()
        )
        frame = f"M{EDGE} 10V{HEIGHT - EDGE}H{WIDTH - 10}"
        names = escape(", ".join(self.curves))
        ends = "".join(
            f'<text x="{EDGE + 6}" y="{y}" style="text-anchor: start">{limit:g}</text>'
            for y, limit in zip((24, HEIGHT - EDGE - 6), self._limits(), strict=True)
        )
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Curve of {names}">'
            f'<path class="play-rule" d="{frame}"/>{ends}{paths}</svg>'
        )

    def _limits(self) -> tuple[float, float]:
        first = next(iter(self.curves.values()))
        return float(f"{first.max():.3g}"), float(f"{first.min():.3g}")

    def numbers(self) -> str:
        """Return the numbers behind a summary."""
        rows = [
            [", ".join(map(str, place)), text]
            for place, text in zip(product(*self.axes.values()), self.data["says"], strict=True)
        ]
        shown = list(islice(rows, MOST_ROWS))
        return table("Every position as a table", [", ".join(self.axes), "result"], shown)


def _positions(name: str, places: Sequence[Any] | Array) -> list[Any]:
    listed = places.tolist() if isinstance(places, np.ndarray) else list(places)
    if not listed:
        raise ValueError(f"the slider {name} has no positions")
    return listed


def _place(name: str, places: list[Any], wanted: Any) -> int:
    if wanted not in places:
        raise ValueError(f"{name} starts at {wanted}; its slider has {places}")
    return places.index(wanted)


def _path(curve: Array, curves: Array) -> str:
    low, high = curves.min(), curves.max()
    x = np.linspace(EDGE, WIDTH - 10, len(curve))
    y = HEIGHT - EDGE - (HEIGHT - EDGE - 10) * (curve - low) / ((high - low) or 1)
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
