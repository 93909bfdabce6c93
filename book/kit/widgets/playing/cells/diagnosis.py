"""Patients to examine: an instrument to choose, what it reads, and an answer to name.

All readings are computed before; the scripts only choose what is seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from kit.widgets.playing.cells.kept import Plaything, finite, table

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 34, 34
MOST_ROWS, MOST_COLUMNS = 4, 10


@dataclass(frozen=True)
class Curve:
    """A reading that is a curve over the steps of training.

    Attributes
    ----------
    says : str
        The reading as a sentence.
    values : sequence of float
        Entries that are not finite are left out.
    top : float
        Where the upward axis ends; it begins at zero.
    last : str
        What stands below the right end.
    """

    says: str
    values: Sequence[float]
    top: float
    last: str

    def drawn(self) -> dict[str, Any]:
        """Return what the scripts draw."""
        return {
            "says": self.says,
            "path": path(self.values, self.top),
            "top": f"{self.top:g}",
            "last": self.last,
        }


@dataclass(frozen=True)
class Rows:
    """A reading of up to four rows.

    Attributes
    ----------
    says : str
    rows : sequence of (name, share, text)
        How much of the bar is full, from 0 to 1.
    """

    says: str
    rows: Sequence[tuple[str, float, str]]

    def drawn(self) -> dict[str, Any]:
        """Return what the scripts draw."""
        finite("a row", [share for _, share, _ in self.rows])
        if len(self.rows) > MOST_ROWS:
            raise ValueError(f"{len(self.rows)} rows; expected at most {MOST_ROWS}")
        return {"says": self.says, "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True)
class Columns:
    """A reading of up to ten columns, such as a histogram.

    Attributes
    ----------
    says : str
    shares : sequence of float
        How high each column is, from 0 to 1.
    labels : sequence of str
        Short: they stand below the columns.
    top : str
        What stands at the upper end of the axis.
    """

    says: str
    shares: Sequence[float]
    labels: Sequence[str]
    top: str

    def drawn(self) -> dict[str, Any]:
        """Return what the scripts draw."""
        finite("a column", list(self.shares))
        if len(self.shares) != len(self.labels) or len(self.shares) > MOST_COLUMNS:
            raise ValueError(
                f"{len(self.shares)} columns and {len(self.labels)} labels; expected as many of "
                f"both, and at most {MOST_COLUMNS}"
            )
        shares = [round(float(share), 4) for share in self.shares]
        columns = [list(pair) for pair in zip(self.labels, shares, strict=True)]
        return {"says": self.says, "columns": columns, "top": self.top, "last": ""}


Reading = Curve | Rows | Columns


@dataclass(frozen=True)
class Case:
    """A patient, examined.

    Attributes
    ----------
    name : str
    reads : dict from instrument to Curve, Rows or Columns
    answers : tuple of int
        Which of the answers are right, counted from 0; none if nothing is wrong.
    because : str
        What is said once a right answer has been named.
    """

    name: str
    reads: Mapping[str, Reading]
    answers: tuple[int, ...]
    because: str


class Diagnosis(Plaything):
    """Some patients, to be examined one after the other.

    Parameters
    ----------
    cases : sequence of Case
    instruments : dict from key to title
        Every case has a reading of each; that of the first, a curve, is seen at first.
    answers : sequence of str
        What a reader chooses among.
    asks : str
        What is asked, such as ``"Which line is at fault?"``.
    well : str
        The answer that nothing is wrong.
    code : bool
        Whether the answers are lines of code.

    Raises
    ------
    ValueError
        If an answer is not there, a case lacks a reading, or one does not fit.
    """

    kind = "culprit"
    scripts = "culprit"

    def __init__(
        self,
        cases: Sequence[Case],
        instruments: Mapping[str, str],
        answers: Sequence[str],
        *,
        asks: str = "What is wrong?",
        well: str = "nothing is wrong",
        code: bool = False,
    ) -> None:
        for case in cases:
            if any(not 0 <= answer < len(answers) for answer in case.answers):
                what = "a line" if code else "an answer"
                raise ValueError(f"{case.name} has its fault in {what} that is not there")
            if list(case.reads) != list(instruments):
                raise ValueError(
                    f"{case.name} is read by {', '.join(case.reads)}; expected "
                    f"{', '.join(instruments)}"
                )
        self.cases, self.instruments = list(cases), dict(instruments)
        self.readings = [{key: one.drawn() for key, one in c.reads.items()} for c in cases]
        self.first = self.readings[0][next(iter(instruments))]
        if "path" not in self.first:
            raise ValueError("the first instrument of the first case reads no curve")
        self.says = self.first["says"]
        self.data: dict[str, Any] = {
            "patients": [
                {"name": c.name, "lines": list(c.answers), "because": c.because, "reads": reads}
                for c, reads in zip(self.cases, self.readings, strict=True)
            ],
            "code": list(answers),
            "plain": not code,
            "asks": asks,
            "well": well,
            "instruments": self.instruments,
        }

    def controls(self) -> str:
        """Return what a reader handles."""
        first = next(iter(self.instruments))
        patients = "".join(
            f'<button type="button" data-patient="{i}" aria-pressed="{str(i == 0).lower()}">'
            f"{escape(case.name)}</button>"
            for i, case in enumerate(self.cases)
        )
        instruments = "".join(
            f'<button type="button" data-instrument="{name}" '
            f'aria-pressed="{str(name == first).lower()}">{escape(label)}</button>'
            for name, label in self.instruments.items()
        )
        return (
            f'<div class="play-bar" role="group" aria-label="Patient">'
            f'<span class="play-group">Patient</span>{patients}</div>'
            f'<div class="play-bar" role="group" aria-label="Instrument">'
            f'<span class="play-group">Instrument</span>{instruments}</div>'
        )

    def picture(self) -> str:
        """Return the first patient's first reading as SVG, and what other readings fill."""
        frame = f"M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"
        title = escape(next(iter(self.instruments.values())))
        views = {view for reads in self.readings for one in reads.values() for view in one}
        rows = "".join(_row(place) for place in range(MOST_ROWS))
        columns = "".join(_column(place) for place in range(MOST_COLUMNS))
        hidden = {
            "rows": f'<g data-view="rows" visibility="hidden">{rows}</g>',
            "columns": f'<g data-view="columns" visibility="hidden">{columns}</g>',
        }
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self.says)}">'
            f'<text x="{LEFT}" y="20" class="play-lead play-row" data-title="">{title}</text>'
            f'<g data-view="axes"><path class="play-rule" d="{frame}"/>'
            f'<text x="{LEFT - 8}" y="{TOP + 12}" class="play-lead play-end-row" data-top="">'
            f"{self.first['top']}</text>"
            f'<text x="{LEFT - 8}" y="{HEIGHT - BOTTOM}" class="play-lead play-end-row">0</text>'
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" class="play-lead play-end-row" '
            f'data-last="">{escape(self.first["last"])}</text></g>'
            f'<g data-view="path"><path class="play-curve" data-curve="patient" '
            f'd="{self.first["path"]}"/></g>'
            f"{''.join(drawn for view, drawn in hidden.items() if view in views)}</svg>"
        )

    def numbers(self) -> str:
        """Return all readings of all patients as a table, with what is wrong."""
        rows = []
        for case, reads in zip(self.cases, self.readings, strict=True):
            rows += [[case.name, self.instruments[name], reads[name]["says"]] for name in reads]
            rows.append([case.name, "the fault", case.because])
        return table(
            "All readings, and the answers, as a table", ["patient", "instrument", "reading"], rows
        )


def path(curve: Sequence[float], top: float) -> str:
    """Return a curve as the path of an SVG, without what is not finite."""
    x = np.linspace(LEFT, WIDTH - RIGHT, len(curve))
    y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * np.minimum(curve, top) / top
    thin = slice(None, None, max(1, len(curve) // 60))
    points = [(a, b) for a, b in zip(x[thin], y[thin], strict=True) if np.isfinite(b)]
    if not points:
        raise ValueError("a curve has no finite value")
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points)


def _row(place: int) -> str:
    y = TOP + 16 + 46 * place
    return (
        f'<text x="{LEFT + 6}" y="{y + 21}" class="is-gradient play-end-row" '
        f'data-name="{place}"></text>'
        f'<rect class="play-room" x="{LEFT + 20}" y="{y}" width="230" height="30" rx="4" '
        f'data-room="{place}"/>'
        f'<rect class="play-error" data-bar="{place}" x="{LEFT + 20}" y="{y}" width="0" '
        f'height="30" rx="4"/>'
        f'<text x="{LEFT + 264}" y="{y + 21}" class="play-row" data-text="{place}"></text>'
    )


def _column(place: int) -> str:
    room = (WIDTH - LEFT - RIGHT) / MOST_COLUMNS
    x = LEFT + room * place
    return (
        f'<rect class="play-error" data-column="{place}" x="{x + 0.15 * room:.1f}" '
        f'y="{HEIGHT - BOTTOM}" width="{0.7 * room:.1f}" height="0"/>'
        f'<text x="{x + room / 2:.1f}" y="{HEIGHT - 12}" class="play-lead" '
        f'data-label="{place}"></text>'
    )
