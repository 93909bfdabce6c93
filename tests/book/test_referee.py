"""The one function that measures slopes, the one that prints arrays, and the drawn network."""

import contextlib
import io
import re
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.cells.network_drawing import EDGES, PLACES, draw_network
from kit.cells.quantities import COLORS
from kit.cells.referee import show, slopes
from kit.cells.shown import figure_style


def test_slopes_of_a_number_are_a_gradient_of_the_shape_of_the_place():
    place = np.random.default_rng(0).normal(size=(5, 3))
    found = slopes(lambda P: (P**3).sum(), place)
    assert found.shape == (5, 3)
    assert np.allclose(found, 3 * place**2, rtol=1e-14)


def test_slopes_of_a_column_are_a_jacobian_with_a_column_for_each_entry():
    A = np.random.default_rng(1).normal(size=(7, 4))
    assert np.allclose(slopes(lambda x: A @ x, np.arange(4)), A, rtol=0, atol=1e-15)


def test_slopes_of_a_function_of_one_number():
    assert slopes(np.exp, np.array(0.3)) == pytest.approx(np.exp(0.3), rel=1e-15)


@given(st.lists(st.floats(-999, 999), min_size=1, max_size=7))
def test_numbers_stand_below_numbers(numbers):
    lines = _printed(first=np.array([numbers, numbers[::-1]]), b=np.array([[3.0]]))
    assert len({len(line) for line in lines[:2]}) == 1
    assert "-0.00" not in "".join(lines)
    assert lines[0].startswith(f"first  2 × {len(numbers)}")


def _printed(**arrays):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        show(**arrays)
    return text.getvalue().splitlines()


def test_a_drawn_network_has_every_text_it_was_given():
    mpl.use("Agg")
    fig, ax = plt.subplots()
    edges = {edge: f"edge {number}" for number, edge in enumerate(EDGES)}
    units = {unit: f"in {unit}" for unit in PLACES}
    draw_network(
        ax, units, weights=edges, biases={"a1": "bias"}, returned={"a1": "back"}, strong=[EDGES[4]]
    )
    written = {text.get_text() for text in ax.texts}
    plt.close(fig)
    assert {*edges.values(), *units.values(), "bias", "back"} <= written


def test_a_unit_of_a_drawn_network_has_its_own_name_or_the_one_given():
    mpl.use("Agg")
    fig, axes = plt.subplots(2)
    draw_network(axes[0], {})
    draw_network(axes[1], {}, names={"loss": "loss $J$"})
    own, given_names = ({text.get_text() for text in ax.texts} for ax in axes)
    plt.close(fig)
    assert own - given_names == {r"loss $\ell$"}
    assert given_names - own == {"loss $J$"}


@pytest.mark.parametrize("flow", ["accent", "gradient"])
def test_a_move_forward_and_blame_on_its_way_back_have_colours_of_their_own(flow):
    mpl.use("Agg")
    fig, ax = plt.subplots()
    edge = EDGES[4]
    draw_network(ax, {}, weights={edge: "edge"}, returned={"a1": "of a1"}, strong=[edge], flow=flow)
    colors = {text.get_text(): text.get_color() for text in ax.texts}
    plt.close(fig)
    assert colors["edge"] == colors["of a1"] == COLORS[flow]


def test_slopes_written_where_their_weights_are_have_the_colour_of_gradients_on_thin_edges():
    mpl.use("Agg")
    fig, ax = plt.subplots()
    draw_network(ax, {}, weights={EDGES[1]: "edge"}, biases={"a1": "bias"}, written="gradient")
    texts = {text.get_text(): text for text in ax.texts}
    arrows = [getattr(text, "arrow_patch", None) for text in ax.texts]
    widths = [arrow.get_linewidth() for arrow in arrows if arrow]
    plt.close(fig)
    assert {texts[one].get_color() for one in ("edge", "bias")} == {COLORS["gradient"]}
    assert texts["edge"].get_fontweight() == "normal"
    assert max(widths) < 1


@pytest.mark.parametrize("below", [{"biases"}, {"returned"}, {"biases", "returned"}])
def test_no_text_of_a_drawn_network_covers_another(below):
    with mpl.rc_context():
        figure_style()
        mpl.use("Agg")
        fig, ax = plt.subplots(figsize=(5.0, 2.8 if len(below) > 1 else 2.4))
        units = [unit for unit in PLACES if unit[0] in "az"]
        draw_network(
            ax,
            dict.fromkeys(PLACES, "−0.38"),
            weights=dict.fromkeys(EDGES[:8], "+0.18"),
            strong=EDGES,
            heads=False,
            **{kind: dict.fromkeys(units, "b +0.37") for kind in below},
        )
        fig.tight_layout(pad=0.2)
        fig.canvas.draw()
        boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
        plt.close(fig)
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []


@pytest.mark.parametrize(
    ("given_texts", "said"),
    [
        ({"values": {"a3": "1"}}, "no unit a3"),
        ({"names": {"J": "loss"}}, "no unit J"),
        ({"weights": {("x1", "z0"): "1"}}, "no edge"),
    ],
)
def test_what_the_network_does_not_have_is_refused(given_texts, said):
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match=said):
        draw_network(ax, **{"values": {}, **given_texts})
    plt.close(fig)


PHONE = 390  # pixels; a drawing has all of them


def test_the_smallest_letter_of_a_drawn_network_is_read_on_a_phone(tmp_path):
    """Indices too: a figure is shrunk to the width of the phone, with all that is written in it."""
    with mpl.rc_context():
        figure_style()
        mpl.use("Agg")
        fig, ax = plt.subplots(figsize=(5.0, 2.4))
        draw_network(ax, {}, weights={EDGES[0]: "$x_1$", EDGES[4]: "$v_{01}$"})
        fig.tight_layout(pad=0.2)
        fig.savefig(tmp_path / "drawn.svg", bbox_inches="tight")
        plt.close(fig)
    drawn = (tmp_path / "drawn.svg").read_text("utf8")
    width = float(re.search(r'<svg[^>]*? width="([\d.]+)pt"', drawn)[1])
    sizes = []
    for scale, words in re.findall(r"scale\((0\.\d+) -0\.\d+\)\">(.*?)</g>", drawn, re.DOTALL):
        parts = [1.0, *(float(part) for part in re.findall(r"scale\((0\.[1-9]\d*)\)", words))]
        sizes += [100 * float(scale) * part for part in parts]
    assert len(sizes) >= 16
    assert min(sizes) * PHONE / width >= 9
