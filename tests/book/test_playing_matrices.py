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
        "in front of W: move": x_dot,
        "in front of W: blame": returned,
        "behind W: move": W @ x_dot,
        "behind W: blame": g,
    }
    assert arrows.paths.keys() == expected.keys()
    for name, vector in expected.items():
        middle = WIDTH / 4 if name.startswith("in front") else 3 * WIDTH / 4
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
