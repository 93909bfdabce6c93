"""XOR in three planes: the inputs, the sums of two hidden units, and what ReLU makes of them."""

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

import nnfs
from kit.widgets.playing.cells.kept import Plaything, number, table
from nnfs.types import Array

CORNERS = np.array([[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
"""The four examples; the second and the third are of class 1, the crosses."""

SIZE, FARTHEST = math.sqrt(2), 1.2
SIDE, EDGE, TOP = 190, 5, 26
PANELS = (("x", -1.0, 2.0), ("z", -2.6, 2.6), ("a", -1.0, 2.6))
TITLES = ("inputs X", "sums Z1", "after ReLU, A1")


class Planes(Plaything):
    """Two hidden units as lines that a reader turns and shifts.

    Parameters
    ----------
    lines : two pairs of an angle in degrees and a distance from the middle of the square
        At first. A unit is on where its angle points.
    presets : dict from name to two such pairs

    Raises
    ------
    ValueError
        If there are not two lines, or one is turned or shifted too far.
    """

    kind = "planes"
    scripts = "network planes"
    asks_first = True

    def __init__(
        self,
        lines: Sequence[Sequence[float]],
        presets: Mapping[str, Sequence[Sequence[float]]] | None = None,
    ) -> None:
        self.lines = _lines("lines", lines)
        self.places = {name: _lines(name, given) for name, given in (presets or {}).items()}
        self.data = {"lines": self.lines, "presets": self.places}
        self.params = params(self.lines)
        states = nnfs.forward(self.params, CORNERS)
        self.Z1, self.A1 = states.Z1, states.A1
        self.gaps = [gap(places) for places in (self.Z1, self.A1)]
        self.says = (
            "The gap between crosses and circles is "
            f"{number(self.gaps[0])} before ReLU and {number(self.gaps[1])} after it."
        )

    def controls(self) -> str:
        """Return two sliders for each unit."""
        sliders = ""
        for j, (angle, at) in enumerate(self.lines):
            for what, value, low, high, step in (
                ("turn", angle, -180, 180, 5),
                ("shift", at, -FARTHEST, FARTHEST, 0.01),
            ):
                sliders += (
                    f'<label class="play-score">{what} unit {j + 1}<input type="range" '
                    f'data-unit="{j}" data-what="{what}" min="{low}" max="{high}" step="{step}" '
                    f'value="{value:g}"><span class="play-said">{_turn(what, value)}</span></label>'
                )
        places = "".join(
            f'<button type="button" data-preset="{escape(name)}">{escape(name)}</button>'
            for name in self.places
        )
        return (
            f'<div class="play-sliders">{sliders}</div><div class="play-bar">{places}'
            '<button type="button" class="play-reset">Start again</button></div>'
        )

    def picture(self) -> str:
        """Return the three planes of the first state."""
        panels = "".join(self._panel(i) for i in range(3))
        return (
            f'<svg viewBox="0 0 600 {TOP + SIDE + 12}" role="img" aria-label="Crosses and circles '
            f'in the planes of the inputs, of the sums, and of the outputs">{panels}</svg>'
        )

    def _panel(self, i: int) -> str:
        name, low, high = PANELS[i]
        left = EDGE + i * 200
        scale = SIDE / (high - low)

        def at(place: Array) -> tuple[float, float]:
            return left + (place[0] - low) * scale, TOP + (high - place[1]) * scale

        x0, y0 = at(np.zeros(2))
        parts = [
            f'<text x="{left + SIDE / 2:g}" y="16" class="play-lead">{TITLES[i]}</text>',
            f'<path class="play-rule" d="M{left} {y0:.1f}h{SIDE}M{x0:.1f} {TOP}v{SIDE}" '
            'fill="none"/>',
        ]
        if name == "x":
            parts += [
                f'<path class="play-reach" data-reach="{j}" d="{self._line(j)}"/>' for j in (0, 1)
            ]
            for j in (0, 1):
                parts.append(
                    f'<path class="play-edge" data-line="{j}" fill="none" stroke-width="3" '
                    f'stroke-dasharray="{"none" if j == 0 else "7 4"}" d="{self._line(j)}"/>'
                )
        else:
            parts.append(
                f'<path class="play-shaft" style="stroke-dasharray: none" data-cut="{name}" d=""/>'
            )
        places = {"x": CORNERS, "z": self.Z1, "a": self.A1}[name]
        for k in range(4):
            x, y = at(places[:, k])
            shape = (
                "M-6 -6L6 6M-6 6L6 -6" if k in (1, 2) else "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0"
            )
            parts.append(
                f'<path class="play-truth" fill="none" data-point="{name}{k}" '
                f'transform="translate({x:.1f} {y:.1f})" d="{shape}" '
                'style="stroke-dasharray: none; stroke-width: 3"/>'
            )
        return "".join(parts)

    def _line(self, j: int) -> str:
        angle, shift = self.lines[j]
        nx, ny = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        x, y, scale = 0.5 + shift * nx, 0.5 + shift * ny, SIDE / 3
        far = [(x - t * ny, y + t * nx) for t in (-0.9, 0.9)] + [(x + 0.25 * nx, y + 0.25 * ny)]
        ends = [(EDGE + (a + 1) * scale, TOP + (2 - b) * scale) for a, b in (*far, (x, y))]
        (ax, ay), (bx, by), (tx, ty), (mx, my) = ends
        return f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}M{mx:.1f} {my:.1f}L{tx:.1f} {ty:.1f}"

    def numbers(self) -> str:
        """Return sums and outputs of the four corners."""
        rows = [
            [f"({number(x, 0)}, {number(y, 0)})", *map(number, (*z, *a))]
            for (x, y), z, a in zip(CORNERS.T, self.Z1.T, self.A1.T, strict=True)
        ]
        head = ["corner", "u1", "u2", "a1", "a2"]
        return table("The numbers as a table", head, rows)


def _turn(what: str, value: float) -> str:
    return f"{number(value, 0)}°" if what == "turn" else number(value)


def params(lines: Sequence[Sequence[float]]) -> nnfs.Parameters:
    """Return the network whose hidden units have these lines."""
    W1 = np.array([[math.cos(math.radians(a)), math.sin(math.radians(a))] for a, _ in lines]) * SIZE
    b1 = -W1.sum(axis=1, keepdims=True) / 2 - SIZE * np.array([[at] for _, at in lines])
    return nnfs.Parameters(W1, b1, np.zeros((2, 2)), np.zeros((2, 1)))


def gap(places: Array) -> float:
    """Return the distance of the segment of the crosses from that of the circles."""
    p, q, r, s = places[:, 1], places[:, 2], places[:, 0], places[:, 3]

    def side(a: Array, b: Array, c: Array) -> float:
        return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    def from_segment(a: Array, b: Array, c: Array) -> float:
        along = b - a
        long = along @ along
        t = min(1.0, max(0.0, (c - a) @ along / long)) if long > 0 else 0.0
        return float(np.linalg.norm(c - a - t * along))

    if side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0:
        return 0.0
    pairs = ((p, q, r), (p, q, s), (r, s, p), (r, s, q))
    return min(from_segment(*pair) for pair in pairs)


def _lines(name: str, given: Sequence[Sequence[float]]) -> list[list[float]]:
    lines = [[float(angle), float(at)] for angle, at in given]
    if len(lines) != 2 or any(abs(a) > 180 or not abs(at) <= FARTHEST for a, at in lines):
        raise ValueError(
            f"{name} is {lines}; expected two angles up to 180 and shifts up to {FARTHEST}"
        )
    return lines
