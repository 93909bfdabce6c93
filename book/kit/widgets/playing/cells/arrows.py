"""Arrows in planes over a grid that a cell computed: sliders turn them, as those of `Grid` do."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from kit.widgets.playing.cells.grid import Grid
from kit.widgets.playing.cells.kept import finite
from kit.widgets.playing.cells.question import Asks
from kit.widgets.playing.cells.words import Words, shared
from nnfs.types import Array

WIDTH, HEIGHT, MIDDLE = 600, 344, 158
REACH = 122
"""How far the longest arrow is from the middle of its plane."""

HEAD = 11
LOOKS = {"move": "solid", "blame": "dashed"}
"""What an arrow can stand for, and how a reader who sees no colours tells it."""


class Arrows(Grid):
    """Arrows from the middle of several planes, for each position of the sliders.

    Parameters
    ----------
    axes : dict from name to the positions of its slider
    values : dict from name to array, one number for each position
        For the sentence, as `Grid` takes them.
    planes : dict from title to (dict from name to (look, array))
        The first axes of an array are those of the sliders, and its last has the two coordinates of
        the arrow's tip. A look is ``"move"`` or ``"blame"``. All planes have one scale.
    says : str or function
    asks : Question or list of them, optional
    buttons : list of names of axes, optional
        As `Grid` takes them.
    turned : dict from ``"title: name"`` of an arrow to the name of an axis, optional
        Arrows that a pointer turns. The positions of such an axis are degrees, such as ``"30°"``.
    start : dict from axis to position, optional

    Raises
    ------
    ValueError
        If an array does not fit the axes, holds what is not finite, or a look is not known.
    """

    def __init__(
        self,
        axes: Mapping[str, Sequence[Any] | Array],
        values: Mapping[str, Array],
        planes: Mapping[str, Mapping[str, tuple[str, Array]]],
        *,
        says: Words,
        asks: Asks = None,
        buttons: Sequence[str] = (),
        turned: Mapping[str, str] | None = None,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(axes, values, says=says, start=start, asks=asks, buttons=buttons)
        self.planes = planes
        tips: dict[str, Array] = {}
        for title, arrows in planes.items():
            for name, (look, given) in arrows.items():
                if look not in LOOKS:
                    known = ", ".join(LOOKS)
                    raise ValueError(f"{name} is drawn as {look!r}; expected one of {known}")
                array = np.asarray(given, float)
                if array.shape != (*self.shape, 2):
                    wanted = (*self.shape, 2)
                    raise ValueError(f"{name} has shape {array.shape}; expected {wanted}")
                finite(name, array)
                tips[f"{title}: {name}"] = array.reshape(-1, 2)
        self.scale = REACH / max(float(np.hypot(*array.T).max()) for array in tips.values())
        self.paths = {name: self._paths(name, array) for name, array in tips.items()}
        self.data["paths"] = {name: shared(paths) for name, paths in self.paths.items()}
        self.data["turns"] = {name: self._turn(name, to) for name, to in (turned or {}).items()}

    def _turn(self, name: str, axis: str) -> dict[str, Any]:
        """Return which slider an arrow moves, around which point, and where its positions point."""
        if name not in self.paths or axis not in self.axes:
            raise ValueError(f"{name!r} turns {axis!r}; expected an arrow and an axis")
        return {
            "axis": list(self.axes).index(axis),
            "x": self._middle(name.partition(": ")[0]),
            "y": MIDDLE,
            "angles": [float(str(place).rstrip("°")) for place in self.axes[axis]],
        }

    def _middle(self, title: str) -> float:
        room = WIDTH / len(self.planes)
        return room * (list(self.planes).index(title) + 0.5)

    def _paths(self, name: str, tips: Array) -> list[str]:
        middle = self._middle(name.partition(": ")[0])
        return [_arrow(middle, *(self.scale * tip * (1, -1))) for tip in tips]

    def picture(self) -> str:
        """Return the first state as SVG."""
        flat = int(np.ravel_multi_index(self.at, self.shape))
        parts = []
        for title, arrows in self.planes.items():
            x, side = self._middle(title), REACH + 8
            parts.append(
                f'<path class="play-rule play-faint" d="M{x - side:g} {MIDDLE}h{2 * side}'
                f'M{x:g} {MIDDLE - side}v{2 * side}"/>'
                f'<text class="play-lead" x="{x:g}" y="18">{escape(title)}</text>'
            )
            for name, (look, _) in arrows.items():
                key = f"{title}: {name}"
                parts.append(
                    f'<path class="play-arrow is-{look}" data-curve="{escape(key)}" '
                    f'd="{self.paths[key][flat]}"/>'
                )
            parts += [
                f'<path class="play-turn" data-turn="{escape(key)}" data-curve="{escape(key)}" '
                f'd="{self.paths[key][flat]}"/>'
                for key in (f"{title}: {name}" for name in arrows)
                if key in self.data["turns"]
            ]
            led = " and ".join(n for n in arrows if f"{title}: {n}" in self.data["turns"])
            if led:
                words = escape(f"drag the {led}")
                parts.append(f'<text class="play-lead" x="{x:g}" y="{HEIGHT - 34}">{words}</text>')
        drawn = [(name, look) for a in self.planes.values() for name, (look, _) in a.items()]
        legend = dict.fromkeys(f"{name}: {LOOKS[look]}" for name, look in drawn)
        words = escape(" · ".join(legend))
        parts.append(f'<text class="play-lead" x="{WIDTH / 2:g}" y="{HEIGHT - 6}">{words}</text>')
        titles = escape(", ".join(self.planes))
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Arrows: {titles}">'
            f"{''.join(parts)}</svg>"
        )


def _arrow(x: float, across: float, down: float) -> str:
    """Return an arrow as a path; one that is too short for its head is a dot."""
    length = float(np.hypot(across, down))
    if length < 1:
        return f"M{x:.1f} {MIDDLE:.1f}h0.1"
    tip = np.array([x + across, MIDDLE + down])
    along = np.array([across, down]) / length
    beside = np.array([-along[1], along[0]])
    one, other = (tip - HEAD * along + side * HEAD * 0.6 * beside for side in (1, -1))
    points = [f"{px:.1f} {py:.1f}" for px, py in (one, tip, other)]
    return f"M{x:.1f} {MIDDLE:.1f}L{points[1]}M{points[0]}L{points[1]}L{points[2]}"
