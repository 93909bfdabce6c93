"""Each quantity has one colour, on pages and in figures, that can be read and told apart."""

import re
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from kit.cells import drawn_as, figure_style
from kit.cells.quantities import COLORS, DASHES, MARKS, QUIET

STYLES = Path(__file__).resolve().parents[2] / "book" / "_static" / "colors.css"
QUANTITIES = ("activation", "parameter", "gradient", "label", "accent")
# Linear RGB as someone without one kind of cone sees it (Viénot, Brettel and Mollon 1999).
WITHOUT_RED = np.array([[0.112, 0.888, 0], [0.112, 0.888, 0], [0.004, -0.004, 1]])
WITHOUT_GREEN = np.array([[0.293, 0.707, 0], [0.293, 0.707, 0], [-0.022, 0.022, 1]])


def scheme(name):
    """Return the values that a scheme of the style sheet gives to its variables."""
    rules = re.findall(r'html\[data-theme="(\w+)"\] \{(.*?)\}', STYLES.read_text("utf8"), re.S)
    return dict(re.findall(r"--([\w-]+): (#\w{6});", dict(reversed(rules))[name]))


def linear(color):
    rgb = np.array(mpl.colors.to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    dark, light = sorted(linear(c) @ (0.2126, 0.7152, 0.0722) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_colour_can_be_read_as_text_on_every_ground(name):
    colors = scheme(name)
    for ink in (*QUANTITIES, "ink", "ink-quiet"):
        for ground in ("paper", "panel", "accent-soft"):
            assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("seen", [np.eye(3), WITHOUT_RED, WITHOUT_GREEN])
def test_quantities_differ_also_for_those_who_see_two_primary_colours(name, seen):
    colors = scheme(name)
    for one, other in combinations(QUANTITIES[:4], 2):
        apart = seen @ linear(colors[one]) - seen @ linear(colors[other])
        assert np.linalg.norm(apart) > 0.03, (one, other)


def test_figures_have_the_colours_of_the_light_page():
    assert {name: scheme("light")[name] for name in QUANTITIES} == COLORS
    assert scheme("light")["ink-quiet"] == QUIET


def test_quantities_differ_without_colour():
    for signs in (DASHES, MARKS):
        assert len({signs[name] for name in QUANTITIES[:4]}) == 4
    styles = STYLES.read_text("utf8")
    assert len({re.search(f"--{name}-dash: (.*);", styles)[1] for name in QUANTITIES[:4]}) == 4


def test_a_figure_takes_them_in_their_order_or_by_name():
    with mpl.rc_context():
        figure_style()
        cycle = [entry["color"] for entry in mpl.rcParams["axes.prop_cycle"]]
    assert cycle[:5] == [COLORS[name] for name in QUANTITIES]
    assert drawn_as("gradient") == {"color": COLORS["gradient"], "linestyle": "--"}
    assert drawn_as("label", marks=True)["marker"] == "D"
    with pytest.raises(ValueError, match="'delta' has no colour of its own; expected one of"):
        drawn_as("delta")
