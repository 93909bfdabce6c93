"""Curves, points and reference lines over axes with ticks, as SVG that scripts only move."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from kit.widgets.playing.cells.words import words_of
from nnfs.types import Array

WIDTH, HEIGHT, RIGHT, BELOW = 560, 310, 545, 58
LINE, LETTER = 22, 10.5
"""The height of a line of text, and how much room a letter takes."""

Aim = tuple[str, Sequence[tuple[float, float]]]
"""A sign, and where it stands."""

Ground = Mapping[str, Sequence[tuple[Any, Any]]]
"""Lines behind the curves, each its places (x, y), under the word that stands on them."""

SIGNS = {"cross": "M-7 -7L7 7M-7 7L7 -7", "circle": "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0"}
QUANTITIES = ("activation", "parameter", "gradient", "label", "accent", "quiet")


@dataclass(frozen=True)
class Scale:
    """One axis: what it measures, from where to where, and whether by powers of ten."""

    label: str
    low: float
    high: float
    log: bool = False

    def place(self, values: Array) -> Array:
        """Return how far along the axis values are, 0 to 1."""
        low, high = self._inner(self.low), self._inner(self.high)
        inner = np.log10(values) if self.log else values
        return (np.asarray(inner, float) - low) / ((high - low) or 1.0)

    def _inner(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def ticks(self, most: int) -> list[float]:
        """Return round numbers on the axis, at most so many."""
        if self.low == self.high:
            return [self.low]
        if self.log and self.high / self.low >= 10:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            stride = max(1, math.ceil((last - first + 1) / most))
            tens = [float(10.0**k) for k in range(first, last + 1, stride)]
            if len(tens) > 1:
                return tens
        rough = (self.high - self.low) / most
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [float(f"{k * step:.10g}") for k in range(first, last + 1)]


class Plot:
    """Where curves are drawn.

    Parameters
    ----------
    across, up : Scale
    n_marks : int
        How many reference lines have a label above the curves.
    """

    def __init__(self, across: Scale, up: Scale, n_marks: int = 0) -> None:
        self.across, self.up = across, up
        self.top = LINE * (bool(up.label) + n_marks) + 12
        self.bottom = HEIGHT - (BELOW if across.label else BELOW - LINE)
        self.high_ticks = up.ticks(5)
        longest = max(map(len, words_of(self.high_ticks)), default=1)
        self.left = round(14 + LETTER * longest)
        self.n_marks = n_marks

    def x(self, values: Array) -> Array:
        """Return where values are from the left."""
        return self.left + (RIGHT - self.left) * self.across.place(values)

    def y(self, values: Array) -> Array:
        """Return where values are from the top."""
        return self.bottom - (self.bottom - self.top) * self.up.place(values)

    def path(self, x: Array, y: Array) -> str:
        """Return a curve; where a number is missing it has a gap, and a lone point is a dash."""
        rights, downs = self.x(x), self.y(y)
        seen = np.isfinite(rights) & np.isfinite(downs)
        # What lies far outside is cut off by the frame; its size is nobody's business.
        tenths = [
            np.round(10 * np.clip(np.where(seen, at, 0), -2 * WIDTH, 2 * WIDTH)).astype(int)
            for at in (rights, downs)
        ]
        parts, last = [], None
        for ok, a, b in zip(seen, *tenths, strict=True):
            if not ok:
                last = None
                continue
            if last is None:
                parts.append(f"M{_tenths(a)} {_tenths(b)}l0 0")
            elif (a, b) != last:
                parts.append(f"l{_tenths(a - last[0])} {_tenths(b - last[1])}")
            last = (a, b)
        return "".join(parts) or "M0 0"

    def frame(self) -> str:
        """Return axes, ticks and labels, and the region to which curves are cut."""
        ticks = "".join(
            f'<path class="play-tick" d="M{self.left} {at:.1f}H{RIGHT}"/>'
            f'<text class="play-count is-up" x="{self.left - 7}" y="{at + 6:.1f}">'
            f"{escape(tick)}</text>"
            for tick, at in zip(
                words_of(self.high_ticks), self.y(np.array(self.high_ticks)), strict=True
            )
        )
        wide = self.across.ticks(6)
        ticks += "".join(
            f'<path class="play-rule" d="M{at:.1f} {self.bottom}v5"/>'
            f'<text class="play-count" x="{at:.1f}" y="{self.bottom + LINE}">'
            f"{escape(tick)}</text>"
            for tick, at in zip(words_of(wide), self.x(np.array(wide)), strict=True)
        )
        labels = ""
        if self.up.label:
            labels = f'<text class="play-axis" x="2" y="16">{escape(self.up.label)}</text>'
        if self.across.label:
            labels += (
                f'<text class="play-axis is-across" x="{RIGHT}" y="{HEIGHT - 8}">'
                f"{escape(self.across.label)}</text>"
            )
        axes = f"M{self.left} {self.top}V{self.bottom}H{RIGHT}"
        return (
            f'<clipPath id="{self.region()}"><rect x="{self.left - 2}" y="{self.top - 2}" '
            f'width="{RIGHT - self.left + 4}" height="{self.bottom - self.top + 4}"/></clipPath>'
            f'{ticks}<path class="play-rule" d="{axes}"/>{labels}'
        )

    def region(self) -> str:
        """Return the name of the region; where two plots share it, it is the same region."""
        return f"play-region-{self.left}-{self.top}-{self.bottom}"

    def mark(self, name: str, row: int, at: float) -> str:
        """Return a vertical line with its label, in a row of its own."""
        y = self.top - 12 - LINE * (self.n_marks - 1 - row)
        return (
            f'<g class="play-mark" data-part="{escape(name)}" data-mark="{escape(name)}" '
            f'transform="translate({at:.1f} 0)"><path d="M0 {y + 5}V{self.bottom}"/>'
            f'<text class="{self.side(at)}" y="{y}">{escape(name)}</text></g>'
        )

    def waiting(self, text: str) -> str:
        """Return a text in the middle of the frame, which is seen while a question waits."""
        x, y = self.middle(), (self.top + self.bottom) / 2
        return f'<text class="play-wait" x="{x:g}" y="{y:g}">{escape(text)}</text>'

    def aim(self, sign: str, places: Sequence[tuple[float, float]]) -> str:
        """Return a sign at each of the places."""
        return "".join(
            f'<path class="play-aim" data-aim="{sign}" d="{SIGNS[sign]}" transform="translate('
            f'{float(self.x(np.array(x))):.1f} {float(self.y(np.array(y))):.1f})"/>'
            for x, y in places
        )

    def ground(self, word: str, lines: Sequence[tuple[Any, Any]]) -> str:
        """Return thin lines behind the curves, with a word in the middle of the longest."""
        arrays = [(np.array(x, float), np.array(y, float)) for x, y in lines]
        x, y = max(arrays, key=lambda line: len(line[0]))
        middle = len(x) // 2
        drawn = "".join(self.path(*line) for line in arrays)
        return (
            f'<g class="play-ground" clip-path="url(#{self.region()})"><path d="{drawn}"/>'
            f'<text x="{self.x(x)[middle]:.1f}" y="{self.y(y)[middle] + 4:.1f}">{escape(word)}'
            "</text></g>"
        )

    def side(self, at: float) -> str:
        """Return the class of a mark's label: on the side of the line where there is room."""
        return "is-before" if at > (self.left + RIGHT) / 2 else "is-after"

    def middle(self) -> float:
        """Return where labels change sides."""
        return (self.left + RIGHT) / 2


def _tenths(value: int) -> str:
    return f"{value / 10:g}"


def scale(
    label: str, arrays: Sequence[Array], *, log: bool, limits: Sequence[float] | None = None
) -> Scale:
    """Return an axis that shows all that is drawn, or what an author has chosen.

    Raises
    ------
    ValueError
        If an axis of powers of ten is to show what is not positive, or limits are no two numbers.
    """
    numbers = np.concatenate([np.ravel(np.asarray(a, float)) for a in arrays])
    numbers = numbers[np.isfinite(numbers)]
    if limits is None:
        found = (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
        if found[0] == found[1] and not log:
            found = (found[0] - 0.5, found[1] + 0.5)
        low, high = found
    else:
        low, high = (float(one) for one in limits)
        if not low < high:
            raise ValueError(f"the axis {label!r} goes from {low:g} to {high:g}; expected upwards")
    if log and (low <= 0 or (numbers <= 0).any()):
        raise ValueError(f"the axis {label!r} is logarithmic; expected positive numbers only")
    if log and low == high:
        low, high = low / 2, high * 2
    return Scale(label, low, high, log)


def quantities(names: Sequence[str], drawn: Mapping[str, str]) -> dict[str, str]:
    """Return in which quantity's colour and dashes each curve is drawn.

    Raises
    ------
    ValueError
        If there are more than five, or a quantity or a curve is not known.
    """
    for name, quantity in drawn.items():
        if name not in names:
            raise ValueError(f"drawn has {name!r}; expected one of {', '.join(names) or 'none'}")
        if quantity not in QUANTITIES:
            raise ValueError(f"{quantity!r} has no colour; expected one of {', '.join(QUANTITIES)}")
    left = [one for one in QUANTITIES if one not in drawn.values()]
    others = [name for name in names if name not in drawn]
    if len(others) > len(left):
        raise ValueError(f"{len(names)} curves and points; at most {len(QUANTITIES)} can be told")
    return {**dict(zip(others, left, strict=False)), **drawn}


def legend(
    names: Mapping[str, str],
    dots: Sequence[str],
    aims: Mapping[str, Aim] | None = None,
    *,
    bars: bool = False,
) -> str:
    """Return which colour and dashes, which point, or which sign is which."""
    items = "".join(
        '<li><svg viewBox="0 0 34 12" aria-hidden="true">'
        f"{_sample(quantity, name in dots, bars)}</svg>{escape(name)}</li>"
        for name, quantity in names.items()
    )
    items += "".join(
        f'<li><svg viewBox="-17 -9 34 18" aria-hidden="true"><path class="play-aim" '
        f'd="{SIGNS[sign]}"/></svg>{escape(name)}</li>'
        for name, (sign, _) in (aims or {}).items()
    )
    return f'<ul class="play-legend">{items}</ul>'


def _sample(quantity: str, dot: bool, bar: bool) -> str:
    if bar:
        return f'<rect class="play-length is-{quantity}" x="4" width="26" height="12"/>'
    if dot:
        return f'<circle class="play-dot is-{quantity}" cx="17" cy="6" r="5"/>'
    return f'<path class="play-line is-{quantity}" d="M0 6H34"/>'


def numbers(name: str, given: Any) -> Array:
    """Return an array; entries of a masked array that are masked are missing, nothing else may be.

    Raises
    ------
    ValueError
        If an entry is not finite and not masked.
    """
    array: Any = np.ma.masked_array(given, dtype=float)
    if not np.isfinite(array.compressed()).all():
        wrong = array.compressed()[~np.isfinite(array.compressed())][0]
        raise ValueError(
            f"{name} holds {wrong}; a plaything needs finite numbers, or numpy.ma.masked for none"
        )
    return np.asarray(array.filled(np.nan))
