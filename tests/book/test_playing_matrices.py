"""The arrows of the chapter on matrices: moves, blame and both products are those of NumPy."""

import json
import re
from html import unescape

import numpy as np
import pytest

from kit.cells import pencil
from kit.widgets.playing import cells
from kit.widgets.playing.cells import Arrows
from kit.widgets.playing.cells.arrows import MIDDLE, WIDTH

from .pages import BOOK, read

PAGE = read(BOOK / "derive" / "matrices.md")
CODE = next(cell.code for cell in PAGE.cells if "keep(" in cell.code)


@pytest.fixture(scope="module")
def arrows():
    """Run the page's cell and return what it keeps."""
    kept = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "keep", kept.__setitem__)
        exec(CODE, {"np": np, "pencil": pencil})
    return kept["arrows"]


def tip(path, middle):
    """Return where an arrow points, in pixels from the middle of its plane and upwards."""
    x, y = map(float, re.search(r"L([\d.]+) ([\d.]+)M", path).groups())
    return np.array([x - middle, MIDDLE - y])


def unit(degrees):
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


@pytest.mark.parametrize(
    ("move", "blame", "back"),
    [(30, 60, "W.T"), (0, 90, "W.T"), (240, 150, "W"), (120, 300, "W"), (330, 0, "W")],
)
def test_arrows_and_sentence_of_a_state_are_numpys(arrows, move, blame, back):
    place = [move // 30, blame // 30, ["W.T", "W"].index(back)]
    flat = int(np.ravel_multi_index(place, (12, 12, 2)))
    W, x_dot, g = pencil.W2, unit(move), unit(blame)
    returned = (W.T if back == "W.T" else W) @ g
    said = re.findall(r"−?\d+\.\d+", arrows.told[flat])
    numbers = [float(text.replace("−", "-")) for text in said]
    np.testing.assert_allclose(numbers, [g @ W @ x_dot, returned @ x_dot], atol=0.00501)
    assert (abs(numbers[0] - numbers[1]) < 0.015) == (back == "W.T" or (move - blame) % 180 == 0)
    expected = {
        "before W: move": x_dot,
        "before W: blame": returned,
        "after W: move": W @ x_dot,
        "after W: blame": g,
    }
    assert arrows.paths.keys() == expected.keys()
    for name, vector in expected.items():
        middle = WIDTH / 4 if name.startswith("before") else 3 * WIDTH / 4
        found = tip(arrows.paths[name][flat], middle)
        np.testing.assert_allclose(found, arrows.scale * vector, atol=0.11)


def test_without_scripts_picture_and_table_are_complete(arrows):
    html = arrows._repr_html_()
    flat = int(np.ravel_multi_index(arrows.at, arrows.shape))
    for name, paths in arrows.paths.items():
        assert f'data-curve="{name}" d="{paths[flat]}"' in html
    assert html.count("<tr>") == 1 + 12 * 12 * 2
    assert arrows.says in unescape(html)
    data = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert json.loads(data[1]) == json.loads(json.dumps(arrows.data))


def test_what_takes_the_blame_back_is_chosen_with_buttons(arrows):
    html = arrows.controls()
    assert re.findall(r'data-choice="2" data-to="(\d)" aria-pressed="(\w+)">([^<]+)<', html) == [
        ("0", "true", "W.T"),
        ("1", "false", "W"),
    ]
    assert re.findall(r'data-axis="(\d)"', html) == ["0", "1"]
    assert arrows.data["asks"][0]["goes"] == {"0": 1, "1": 2, "2": 1}
    with pytest.raises(ValueError, match="buttons has 'side'; expected one of turn"):
        Arrows({"turn": [0, 1]}, {}, {}, says="", buttons=["side"])


def test_an_arrow_that_a_pointer_turns_knows_its_middle_and_directions(arrows):
    turns = arrows.data["turns"]
    assert [(turn["axis"], turn["x"]) for turn in turns.values()] == [(0, 150), (1, 450)]
    assert turns["before W: move"]["angles"] == list(range(0, 360, 30))
    assert re.findall(r'data-turn="([^"]+)"', arrows.picture()) == list(turns)
    plane = {"plane": {"one": ("move", np.ones((2, 2)))}}
    with pytest.raises(ValueError, match="'up' turns 'turn'; expected an arrow and an axis"):
        Arrows({"turn": [0, 1]}, {}, plane, says="", turned={"up": "turn"})


def test_one_legend_serves_both_planes_and_each_says_what_to_drag(arrows):
    words = re.findall(r'<text class="play-lead" x="(\d+)" y="\d+">([^<]+)<', arrows.picture())
    assert words == [
        ("150", "before W"),
        ("150", "drag the move"),
        ("450", "after W"),
        ("450", "drag the blame"),
        ("300", "move: solid · blame: dashed"),
    ]


def test_the_sentence_says_whether_both_numbers_are_equal(arrows):
    for place, told in enumerate(arrows.told):
        move, blame, back = np.unravel_index(place, (12, 12, 2))
        equal = back == 0 or (move - blame) % 6 == 0
        assert told.endswith(" before it. Equal." if equal else " before it. Not equal.")


def test_an_arrow_that_does_not_fit_is_refused():
    given = {"turn": [0, 1]}
    tips = np.array([[1.0, 0.0], [0.0, 2.0]])
    made = Arrows(given, {}, {"plane": {"one": ("move", tips)}}, says="{turn}")
    assert made.paths["plane: one"][0].startswith("M300.0 158.0L361.0 158.0M")
    with pytest.raises(ValueError, match="one is drawn as 'dotted'; expected one of move, blame"):
        Arrows(given, {}, {"plane": {"one": ("dotted", tips)}}, says="")
    with pytest.raises(ValueError, match=re.escape("one has shape (2, 3); expected (2, 2)")):
        Arrows(given, {}, {"plane": {"one": ("move", np.ones((2, 3)))}}, says="")
    with pytest.raises(ValueError, match="nan"):
        Arrows(given, {}, {"plane": {"one": ("move", tips * np.nan)}}, says="")


def test_an_arrow_without_length_is_a_dot():
    tips = np.array([[0.0, 0.0], [0.0, 2.0]])
    made = Arrows({"turn": [0, 1]}, {}, {"plane": {"one": ("move", tips)}}, says="{turn}")
    assert made.paths["plane: one"][0] == "M300.0 158.0h0.1"
