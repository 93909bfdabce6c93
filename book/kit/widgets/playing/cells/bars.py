"""Bars that are labelled, such as probabilities over classes; each has its number beside it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from kit.widgets.playing.cells.kept import number
from kit.widgets.playing.cells.plot import numbers, quantities
from nnfs.types import Array

FINER = 6
"""How many digits more than a reader sees are sent: a number is rounded where it is seen."""

MOST_BARS, MOST_SERIES = 20, 3


class Bars:
    """Bars of all positions.

    Parameters
    ----------
    given : dict from name to array
        The first axes of an array are those of the sliders, the last one the labels.
    labels : sequence, optional
        One text a bar; by default 0, 1, 2, and so on.
    shape : tuple of int
        How many positions each slider has.
    drawn : dict from name to quantity
        Whose colour they have.
    truth : int or array of int, optional
        Which bar is marked as the true one, everywhere or at each position.
    missing : str, optional
        What stands beside the hatched bar of an entry that is masked.

    Raises
    ------
    ValueError
        If there are too many, or a shape does not fit.
    """

    def __init__(
        self,
        given: Mapping[str, Array],
        labels: Sequence[Any] | Array | None,
        shape: tuple[int, ...],
        drawn: Mapping[str, str],
        truth: Any = None,
        missing: str = "none",
    ) -> None:
        self.missing = missing
        self.values: dict[str, Array] = {}
        for name, array in given.items():
            found = numbers(name, array)
            n_bars = found.shape[-1] if labels is None else len(labels)
            if found.shape != (*shape, n_bars):
                raise ValueError(f"{name} has shape {found.shape}; expected {(*shape, n_bars)}")
            labels = range(n_bars) if labels is None else labels
            self.values[name] = found.reshape(-1, n_bars)
        self.labels = [str(label) for label in (labels if labels is not None else ())]
        if len(self.labels) > MOST_BARS or len(given) > MOST_SERIES or not self.labels:
            raise ValueError(
                f"{len(self.labels)} bars of {len(given)} kinds; expected 1 to {MOST_BARS} of at "
                f"most {MOST_SERIES} kinds"
            )
        self.drawn = quantities(
            list(given), {name: quantity for name, quantity in drawn.items() if name in given}
        )
        every = np.concatenate([np.ravel(a) for a in self.values.values()])
        every = every[np.isfinite(every)]
        low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
        self.low, self.high = min(low, 0.0), max(high, 1.0 if low >= 0 and high > 0.2 else high)
        if self.low == self.high:
            self.high = 1.0
        widest = max(self.high, -self.low)
        self.digits = 3 if widest <= 1 else 2 if widest < 100 else 0
        self.truth = _truth(truth, shape, len(self.labels))

    def data(self) -> dict[str, Any]:
        """Return what scripts need."""
        return {
            "low": self.low,
            "high": self.high,
            "digits": self.digits,
            "truth": self.truth,
            "missing": self.missing,
            "values": {
                name: [[_kept(v, self.digits + FINER) for v in row] for row in rows.tolist()]
                for name, rows in self.values.items()
            },
        }

    def picture(self, place: int) -> str:
        """Return the bars of one position."""
        rows = ""
        for k, label in enumerate(self.labels):
            true = self.truth is not None and self.truth[place] == k
            shares = "".join(
                self._bar(name, k, float(values[place, k])) for name, values in self.values.items()
            )
            rows += (
                f'<li data-label="{k}" class="{"is-true" if true else ""}">'
                '<span class="play-bar-label">'
                f'{escape(label)}</span><span class="play-bar-shares">{shares}</span></li>'
            )
        names = escape(", ".join(self.values))
        title = f'<p class="play-lead">{names}</p>' if len(self.values) == 1 else ""
        return f'{title}<ul class="play-bars" aria-label="{names}">{rows}</ul>'

    def _bar(self, name: str, k: int, value: float) -> str:
        missing = not np.isfinite(value)
        start, length = self.extent(0.0 if missing else value)
        text = self.missing if missing else number(value, self.digits)
        row = "play-bar-row is-missing" if missing else "play-bar-row"
        return (
            f'<span class="{row}" data-part="{escape(name)}">'
            '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="play-room" width="100" height="10"/>'
            f'<rect class="play-length is-{self.drawn[name]}" data-bar="{escape(name)}" '
            f'data-of-class="{k}" x="{start:.2f}" width="{length:.2f}" height="10"/></svg>'
            f"<span>{text}</span></span>"
        )

    def extent(self, value: float) -> tuple[float, float]:
        """Return where a bar starts and how long it is, in hundredths of the room."""
        ends = [100 * (v - self.low) / (self.high - self.low) for v in (0.0, value)]
        return min(ends), abs(ends[1] - ends[0])


def _kept(value: float, digits: int) -> float | None:
    """Return a number rounded as it is shown: rounding it again later cannot change it."""
    return round(value, digits) if np.isfinite(value) else None


def _truth(given: Any, shape: tuple[int, ...], n_bars: int) -> list[int] | None:
    if given is None:
        return None
    found = np.broadcast_to(np.asarray(given), shape)
    if not np.issubdtype(found.dtype, np.integer) or found.min() < 0 or found.max() >= n_bars:
        raise ValueError(f"truth is {given!r}; expected bars from 0 to {n_bars - 1}")
    return [int(k) for k in found.ravel()]
