"""Grids: every position shows what was computed there, and what cannot be shown is refused."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from kit.widgets.playing.cells import Grid, Question
from kit.widgets.playing.cells.plot import Scale
from kit.widgets.playing.cells.words import word

ALPHAS = [0.1, 0.5, 0.7]
LOSS = np.array([[1.0, 0.5, 0.2], [1.0, 0.2, 0.1], [1.0, 2.0, 4.0]])
VALUES = {"loss": LOSS, "end": LOSS[:, -1]}
ASKED = Question(
    "From {alpha}: what at 0.7?",
    ["Falls", "Rises"],
    lambda at: "Rises" if at["end"] > 1 else "Falls",
    "It ends at {end:.1f}.",
    goes={"alpha": 0.7},
    hides=["loss"],
)


def grid(values=VALUES, says="{alpha}", **more):
    return Grid({"alpha": ALPHAS}, values, says=says, **more)


def test_an_answer_is_that_of_where_the_sliders_go():
    (asked,) = grid(asks=ASKED).data["asks"]
    assert asked["asks"]["all"][1] == "From 0.5: what at 0.7?"
    assert (asked["right"], asked["because"]["all"]) == (1, ["It ends at 4.0."])


def test_a_right_answer_may_depend_on_the_position():
    asks = Question("Up?", ["Falls", "Rises"], ASKED.right, "So.")
    assert grid(asks=asks).data["asks"][0]["right"] == [0, 0, 1]


def test_a_preset_adds_its_sentence_where_it_leads():
    told = grid(presets={"End": ({"alpha": 0.5}, "The end.")}).data
    assert told["says"]["all"] == ["0.1", "0.5 The end.", "0.7"]
    assert told["presets"] == {"End": {"0": 1}}


def test_a_masked_number_is_a_gap_and_has_no_bar():
    kept = grid({"loss": np.ma.masked_greater(LOSS, 3)}, bars={"p": np.ma.masked_less(LOSS, 0.15)})
    assert kept.data["paths"]["loss"]["all"][2].count("l") == 2
    assert kept.data["bars"]["values"]["p"][1][2] is None


@pytest.mark.parametrize("least", [0, -1])
def test_pixels_survive_on_the_sheet(least):
    pixels = np.random.default_rng(0).uniform(least, 1, (3, 7, 9, 5))
    kept = grid(images={"W": pixels})
    image = kept.images["W"]
    sheet = np.array(Image.open(io.BytesIO(image.png)))
    for (x, y), row in zip(kept.data["images"]["W"], pixels, strict=True):
        for i, one in enumerate(row):
            left, top = x + i % 5 * 6, y + i // 5 * 10
            shades = sheet[top : top + 9, left : left + 5].astype(float) - 1
            np.testing.assert_allclose(shades / 62 * (1 - least) + least, one, atol=0.02)


@settings(max_examples=40, deadline=None)
@given(
    arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.floats(-1e6, 1e6)),
    st.text(min_size=1, max_size=60),
)
def test_odd_numbers_and_long_labels_are_drawn(curves, label):
    positions = [f"{label}{i}" for i in range(len(curves))]
    kept = Grid({"a": positions}, {}, says=lambda at: at["a"], bars={"p": curves})
    assert "nan" not in kept._repr_html_()
    if curves.shape[1] > 1:
        kept = Grid({"a": positions}, {label: curves}, says=lambda at: at["a"], y=label)
        assert "nan" not in kept.picture().replace(label, "")


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-9, 1e6), st.floats(1.001, 1e9), st.booleans())
def test_ticks_are_few_and_on_the_axis(low, ratio, log):
    high = low * ratio
    ticks = Scale("", low, high, log).ticks(6)
    assert 1 <= len(ticks) <= 8
    assert all(low * (1 - 1e-6) <= tick <= high * (1 + 1e-6) for tick in ticks)


def test_powers_of_ten_are_written_as_powers():
    assert word(1e-07) == "10⁻⁷"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: grid(says="{beta}"), "expected one of alpha, end"),
        (lambda: grid({"loss": LOSS * np.nan}), "finite numbers"),
        (lambda: grid(log="y", still={"z": np.zeros(3)}), "logarithmic"),
        (lambda: grid(log="z"), "expected x, y, xy"),
        (lambda: grid(x=("step", [1, 2])), "has 3 points"),
        (lambda: grid(y=("loss", (1, 0))), "expected upwards"),
        (lambda: grid(drawn={"cost": "label"}), "drawn has 'cost'"),
        (lambda: grid(drawn={"loss": "red"}), "no colour"),
        (lambda: grid({}, marks={"m": 1}), "need curves"),
        (lambda: grid(bars={"p": np.ones((2, 3))}), "expected"),
        (lambda: grid(bars={"p": LOSS}, truth=3), "from 0 to 2"),
        (lambda: grid(images={"W": np.full((3, 4, 4), 2.0)}), "beyond -1 to 1"),
        (lambda: grid(presets={"x": {"beta": 1}}), "x has 'beta'"),
        (lambda: grid(asks=Question("?", ["a", "b"], "c", "")), "'c' is right"),
        (lambda: grid({"loss": np.random.default_rng(0).random((3, 20_000))}), "KB compressed"),
    ],
)
def test_what_a_grid_cannot_show_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_ground_lies_behind_the_curves_with_its_word_and_sets_the_ends_of_the_axes():
    line = np.linspace(0, 8, 5), np.full(5, 3.0)
    kept = grid(ground={"3 <nats>": [line, ([0, 8], [-1, -1])]})
    picture = kept.picture()
    assert picture.index("play-ground") < picture.index("data-curve")
    assert picture.count('class="play-ground"') == 1
    assert "3 &lt;nats&gt;" in picture
    plot = kept.figure.plot
    assert (plot.across.low, plot.across.high) == (0, 8)
    assert (plot.up.low, plot.up.high) == (-1, 3)
    assert f'<text x="{plot.x(np.array(4)):.1f}" y="{plot.y(np.array(3)) + 4:.1f}">' in picture
    assert "play-ground" not in grid().picture()


def test_limits_that_an_author_has_chosen_hold_over_the_ground():
    kept = grid(ground={"a": [([0, 8], [1, 3])]}, x=("t", np.arange(3), (-2, 2)), y=("", (0, 9)))
    assert kept.figure.plot.across.high == 2
    assert kept.figure.plot.up.high == 9


def test_ground_without_a_curve_is_refused():
    with pytest.raises(ValueError, match="ground"):
        Grid({"alpha": ALPHAS}, {"end": LOSS[:, -1]}, says="x", ground={"a": [([0, 1], [0, 1])]})
