"""A picture of the running example: two inputs, two hidden units, two logits and the loss.

Texts stand where a reader with a pencil would write them: a number in each unit, one on each edge,
the bias below the unit, and what comes back from the loss in a line of its own.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from kit.cells.quantities import COLORS, QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Edge = tuple[str, str]

PLACES = {
    "x1": (0.0, 2.4),
    "x2": (0.0, 0.0),
    "a1": (3.0, 2.4),
    "a2": (3.0, 0.0),
    "z0": (6.0, 2.4),
    "z1": (6.0, 0.0),
    "loss": (8.4, 1.2),
}
"""The middle of each unit; hidden units count from 1 as inputs do, classes from 0."""

EDGES: tuple[Edge, ...] = (
    *((f"x{p}", f"a{j}") for p in (1, 2) for j in (1, 2)),
    *((f"a{j}", f"z{k}") for j in (1, 2) for k in (0, 1)),
    *((f"z{k}", "loss") for k in (0, 1)),
)
NAMES = {
    **{unit: f"${unit[0]}_{unit[1]}$" for unit in PLACES if unit != "loss"},
    "loss": r"loss $\ell$",
}
RADIUS = 0.46


def draw_network(
    ax: "Axes",
    values: Mapping[str, str],
    *,
    weights: Mapping[Edge, str] | None = None,
    biases: Mapping[str, str] | None = None,
    returned: Mapping[str, str] | None = None,
    strong: Collection[Edge] = (),
    flow: str = "gradient",
    written: str = "parameter",
    backward: bool = False,
    heads: bool = True,
    closed: Collection[str] = (),
    names: Mapping[str, str] | None = None,
) -> None:
    """Draw the network with the texts given.

    Parameters
    ----------
    ax : Axes
        Its own axis lines are hidden.
    values : dict from unit to text
        Written into the unit. Units are x1, x2, a1, a2, z0, z1 and loss.
    weights : dict from edge to text
        An edge is a pair of units, such as ``("x1", "a1")``.
    biases, returned : dict from unit to text
        Written below the unit in the colours of what is written and of what flows.
    strong : edges
        Drawn thick, in the colour of what flows.
    flow : str
        The quantity that flows: ``"gradient"`` on the way back, ``"accent"`` for a move forward.
    written : str
        The quantity on edges that are not strong, and of biases: ``"gradient"`` for their slopes.
    backward : bool
        Whether strong edges have their arrow at the end nearer the inputs.
    heads : bool
        Whether strong edges have an arrow at all.
    closed : units
        A bar on their left stops what comes back.
    names : dict from unit to text
        Written above the unit where its own name will not do, such as ``{"loss": "loss $J$"}``.

    Raises
    ------
    ValueError
        If a unit or an edge is not one of the network's.
    """
    weights, biases, returned = weights or {}, biases or {}, returned or {}
    names = {**NAMES, **(names or {})}
    _refuse_unknown({*values, *biases, *returned, *closed, *names}, PLACES, "unit")
    _refuse_unknown({*weights, *strong}, EDGES, "edge")
    for edge in EDGES:
        color = COLORS[flow] if edge in strong else QUIET
        _draw_edge(ax, edge, color, thick=edge in strong, backward=backward, heads=heads)
    for edge, text in weights.items():
        color = COLORS[flow if edge in strong else written]
        _label_edge(ax, edge, text, color, bold=edge in strong)
    for unit in PLACES:
        _draw_unit(ax, unit, names[unit], values.get(unit, ""), closed=unit in closed)
    for unit, text in biases.items():
        _write_below(ax, unit, text, COLORS[written], line=0)
    for unit, text in returned.items():
        line = 1 if unit in biases else 0
        _write_below(ax, unit, text, COLORS[flow], line=line, bold=True)
    lines = 2 if biases and returned else 1
    ax.set(xlim=(-0.6, 9.1), ylim=(-0.62 - 0.38 * lines, 3.3), aspect="equal")
    ax.axis("off")


def _refuse_unknown(given: set[object], known: Collection[object], kind: str) -> None:
    unknown = sorted(str(one) for one in given if one not in known)
    if unknown:
        raise ValueError(f"no {kind} {unknown[0]}; expected one of {', '.join(map(str, known))}")


def _draw_edge(
    ax: "Axes", edge: Edge, color: str, *, thick: bool, backward: bool, heads: bool
) -> None:
    start, end = (PLACES[unit] for unit in edge)
    if thick and backward:
        start, end = end, start
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    gap = [RADIUS * (end[axis] - start[axis]) / length for axis in (0, 1)]
    ax.annotate(
        "",
        (end[0] - gap[0], end[1] - gap[1]),
        (start[0] + gap[0], start[1] + gap[1]),
        arrowprops={
            "arrowstyle": "-|>" if thick and heads else "-",
            "color": color,
            "linewidth": 2.4 if thick else 0.9,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def _label_edge(ax: "Axes", edge: Edge, text: str, color: str, *, bold: bool) -> None:
    (x0, y0), (x1, y1) = (PLACES[unit] for unit in edge)
    # Off the crossing of two edges, and off what stands below the unit on the left.
    level = y0 == y1 or edge[1] == "loss"
    share = 0.5 if level else 0.38 if y0 > y1 else 0.33
    ax.text(
        x0 + share * (x1 - x0),
        y0 + share * (y1 - y0),
        text,
        ha="center",
        va="center",
        color=color,
        fontsize=12 if "$" in text else 10.5,
        fontweight="bold" if bold else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )


def _draw_unit(ax: "Axes", unit: str, name: str, text: str, *, closed: bool) -> None:
    from matplotlib.patches import Circle

    x, y = PLACES[unit]
    circle = Circle(
        (x, y), RADIUS, facecolor="white", edgecolor=COLORS["activation"], linewidth=1.6
    )
    if closed:
        circle.set_linestyle((0, (2, 2)))
        left = x - RADIUS - 0.2
        ax.plot([left, left], [y - 0.42, y + 0.42], color=COLORS["gradient"], linewidth=4)
    ax.add_patch(circle)
    ax.text(x, y + RADIUS + 0.12, name, ha="center", va="bottom", fontsize=12)
    ax.text(x, y, text, ha="center", va="center", color=COLORS["activation"], fontsize=10.5)


def _write_below(
    ax: "Axes", unit: str, text: str, color: str, *, line: int, bold: bool = False
) -> None:
    x, y = PLACES[unit]
    ax.text(
        x,
        y - RADIUS - 0.12 - 0.38 * line,
        text,
        ha="center",
        va="top",
        color=color,
        fontsize=10,
        fontweight="bold" if bold else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )
