"""A small network as SVG: a number in each unit, one on each edge where there is room for it.

Each number stands in an element with ``data-key``, its name in NumPy, ``data-of``, the matrix it
belongs to, and ``data-sym``, what lights up with it; scripts write other numbers there. Sizes are
chosen for a phone: the whole is 598 wide, and no letter is smaller than 19.5.
"""

from collections.abc import Iterator, Mapping
from html import escape

from kit.widgets.playing.cells.kept import number, signed
from kit.widgets.playing.cells.names import Names

WIDTH = 598

COLUMNS = (42, 230, 434, 559)
"""Where inputs, hidden units, scores and loss stand."""

RADIUS = 50
"""Of a unit: a name and a number, in bold too, stay within it."""

TOP, NUMBERED, BARE = 90, 260, 136
"""The first row; the distance of rows with and without numbers on the edges."""

BOX, CHIP = 80, 64
"""How wide the box of a parameter is, and what holds a slope below it."""

CROSSING = 0.3
"""How far along a slanting edge its weight stands: there no other edge runs through it."""

BLAME = {1: -16, 2: -6}
"""How far beside its unit what comes back to it stands: clear of the weights on both sides."""

LONG = 3
"""How many letters of a name have room before a number."""

MOST = 4
STAGES = {
    **dict.fromkeys(("X", "W1", "b1", "W2", "b2", "Y"), 0),
    **{name: stage for stage, name in enumerate(("Z1", "A1", "Z2", "A2", "J"), 1)},
    **{"dZ2": 6, "dW2": 7, "db2": 7, "dZ1": 8, "dW1": 9, "db1": 9},
}
"""At which stage of a pass each number is known."""

QUANTITIES = {"X": "activation", "Y": "label", "J": "activation", "Z": "activation"}


def quantity(symbol: str) -> str:
    """Return which quantity a symbol is, as the book's colours have it."""
    if symbol.startswith("d"):
        return "gradient"
    return "parameter" if symbol[0] in "Wb" else QUANTITIES.get(symbol[0], "activation")


class Picture:
    """The drawing of one state.

    Parameters
    ----------
    values : dict from name to number, as `states.state` returns it
    widths : (n, h, c)
    latest : int
        Numbers of later stages are left out.
    names : Names
        What is written before the numbers.
    """

    def __init__(
        self,
        values: Mapping[str, float],
        widths: tuple[int, int, int],
        latest: int,
        names: Names,
    ) -> None:
        self.values, self.widths, self.latest, self.names = values, widths, latest, names
        self.numbered = max(widths) <= 2
        self.step = NUMBERED if self.numbered else BARE
        self.rows = max(widths)

    def svg(self, title: str) -> str:
        """Return the picture; the title is what a screen reader says."""
        height = TOP + self.step * (self.rows - 1) + 90
        parts = [*self._edges(1), *self._edges(2), *self._to_loss(), *self._units()]
        return (
            f'<svg viewBox="0 0 {WIDTH} {height}" role="group" aria-label="{escape(title)}">'
            f"{''.join(parts)}</svg>"
        )

    def _y(self, layer: int, unit: int) -> float:
        above = (self.rows - self.widths[layer]) * self.step / 2
        return TOP + above + unit * self.step

    def _text(self, x: float, y: float, key: str, lead: str = "", digits: int = 2) -> str:
        symbol = key.partition("[")[0]
        if STAGES[symbol] > self.latest:
            return ""
        called = self.names.lead(key, lead) if lead else ""
        return (
            f'<text x="{x:g}" y="{y:g}" class="is-{quantity(symbol)}" {self._lit(key)}'
            f' data-stage="{STAGES[symbol]}">{before(called)}'
            f'<tspan data-key="{key}" data-digits="{digits}">'
            f"{number(self.values[key], digits)}</tspan></text>"
        )

    def _chip(self, x: float, y: float, key: str, lead: str = "") -> str:
        """Return a slope with its sign, on a ground of its own around the point."""
        stage = STAGES[key.partition("[")[0]]
        if stage > self.latest:
            return ""
        called = self.names.lead(key, lead) if lead else ""
        wide = CHIP + (24 + 8 * min(len(called), LONG) if called else 0)
        return (
            f'<rect class="play-chip" data-stage="{stage}" {self._lit(key)} '
            f'x="{x - wide / 2:g}" y="{y - 11:g}" width="{wide}" height="23" rx="11"/>'
            f'<text x="{x:g}" y="{y + 6.5:g}" class="is-gradient is-chip" {self._lit(key)}'
            f' data-stage="{stage}">{before(called)}<tspan data-key="{key}" data-signed="">'
            f"{signed(self.values[key])}</tspan></text>"
        )

    def _lit(self, *keys: str) -> str:
        """Return the attributes by which scripts find what belongs to numbers."""
        symbols = " ".join(escape(self.names.symbol(key)) for key in keys)
        matrices = " ".join(key.partition("[")[0] for key in keys)
        return f'data-sym="{symbols}" data-of="{matrices}"'

    def _box(self, x: float, y: float, key: str) -> str:
        """Return a number that a reader may change, in a box, with its slope below or beside."""
        bias = key[0] == "b"
        # Below a weight, a little off the edge that crosses its own.
        place = (x + 75, y) if bias else (x - 6, y + 27)
        slope = "" if key[0] == "X" else self._chip(*place, f"d{key}")
        name = self.names.lead(key, "")
        above = (x - 58, y + 5) if bias else (x, y - (22 if key[0] == "X" else 19))
        label = (
            f'<text x="{above[0]:g}" y="{above[1]:g}" class="play-lead play-name">{escape(name)}'
            "</text>"
        )
        return (
            f'<g class="play-handle" data-handle="{key}" {self._lit(key)}>'
            f'<rect class="play-reach" x="{x - BOX / 2:g}" y="{y - 28:g}" width="{BOX}" '
            f'height="56"/>'
            f'<rect x="{x - BOX / 2:g}" y="{y - 14:g}" width="{BOX}" height="28" rx="5"/>'
            f'<path class="play-ring" d="M{x - BOX / 2 - 5:g} {y - 19:g}'
            f'h{BOX + 10}v38h-{BOX + 10}z"/>'
            f'<path class="play-grip" d="M{x - 33:g} {y - 4:g}l-4 4l4 4z"/>'
            f'<path class="play-grip" d="M{x + 33:g} {y - 4:g}l4 4l-4 4z"/>'
            f"{self._text(x, y + 5.5, key)}{label if name else ''}</g>{slope}"
        )

    def _edges(self, layer: int) -> Iterator[str]:
        start = COLUMNS[layer - 1] + (BOX // 2 if layer == 1 else RADIUS)
        end = COLUMNS[layer] - RADIUS
        boxes = []
        for i in range(self.widths[layer]):
            for j in range(self.widths[layer - 1]):
                key, y1, y2 = f"W{layer}[{i},{j}]", self._y(layer - 1, j), self._y(layer, i)
                value = self.values[key]
                dashes = "" if value >= 0 else ' stroke-dasharray="7 4"'
                yield (
                    f'<line class="play-edge" data-edge="{key}" {self._lit(key)} '
                    f'x1="{start}" y1="{y1:g}" x2="{end}" y2="{y2:g}" '
                    f'stroke-width="{thickness(value):.2f}"{dashes}/>'
                )
                along = 0.5 if y1 == y2 else CROSSING
                at = start + along * (end - start), y1 + along * (y2 - y1)
                boxes.append(self._box(*at, key) if self.numbered else "")
        yield from boxes

    def _to_loss(self) -> Iterator[str]:
        middle = TOP + (self.rows - 1) * self.step / 2
        for k in range(self.widths[2]):
            y = self._y(2, k)
            yield (
                f'<line class="play-edge" data-edge="J[{k}]" x1="{COLUMNS[2] + RADIUS}" y1="{y:g}" '
                f'x2="{COLUMNS[3] - 33}" y2="{middle:g}" stroke-width="1.2"/>'
            )
        yield (
            f'<g class="play-unit" data-unit="J" {self._lit("J")}><rect x="{COLUMNS[3] - 33}" '
            f'y="{middle - 32:g}" width="66" height="64" rx="8"/>'
            f'<text x="{COLUMNS[3]}" y="{middle - 8:g}" class="play-lead">'
            f"{escape(self.names.lead('J', 'loss'))}</text>"
            f"{self._text(COLUMNS[3], middle + 16, 'J', digits=3)}</g>"
        )

    def _units(self) -> Iterator[str]:
        for p in range(self.widths[0]):
            x, y = COLUMNS[0], self._y(0, p)
            if f"X[{p}]" not in self.names.chosen:
                yield f'<text x="{x}" y="{y - 22:g}" class="play-lead">input {p + 1}</text>'
            yield self._box(x, y, f"X[{p}]")
        for layer in (1, 2):
            for unit in range(self.widths[layer]):
                yield from self._unit(layer, unit)

    def _unit(self, layer: int, unit: int) -> Iterator[str]:
        x, y = COLUMNS[layer], self._y(layer, unit)
        # A score has its truth below its probability, in the same circle.
        first = y - 5 if layer == 1 else y - 15
        truth = "" if layer == 1 else self._text(x, first + 44, f"Y[{unit}]", "Y", 0)
        off = " is-off" if layer == 1 and self.values[f"Z1[{unit}]"] <= 0 else ""
        yield (
            f'<g class="play-unit{off}" data-unit="{layer}[{unit}]" '
            f"{self._lit(f'Z{layer}[{unit}]', f'A{layer}[{unit}]')}>"
            f'<circle cx="{x}" cy="{y:g}" r="{RADIUS}"/>'
            f"{self._text(x, first, f'Z{layer}[{unit}]', 'Z')}"
            f"{self._text(x, first + 22, f'A{layer}[{unit}]', 'A')}{truth}</g>"
        )
        if not self.numbered:
            yield self._chip(x, y + 64, f"dZ{layer}[{unit}]", "dZ")
            return
        # The bias is outside and what comes back inside, so that neither meets a weight.
        outside = 1 if y > TOP + (self.rows - 1) * self.step / 2 else -1
        yield self._chip(x + BLAME[layer], y - outside * 65, f"dZ{layer}[{unit}]", "dZ")
        yield self._box(x, y + outside * 70, f"b{layer}[{unit}]")


def before(name: str) -> str:
    """Return a name in front of a number; a long one is written smaller, so that both fit."""
    if not name:
        return ""
    small = f' style="font-size:{19.5 * LONG / len(name):.1f}px"' if len(name) > LONG else ""
    return f'<tspan class="play-lead"{small}>{escape(name)} </tspan>'


def thickness(weight: float) -> float:
    """Return how thick the edge of a weight is drawn, at most 6."""
    return min(0.8 + 1.6 * abs(weight), 6.0)
