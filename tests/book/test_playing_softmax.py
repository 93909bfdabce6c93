"""The plaything of shifts on the page on softmax shows what NumPy and `nnfs` give."""

import numpy as np
import pytest

import nnfs

from .pages import all_pages

SCORES = np.array([[0.0], [1.8], [1.1]])
KEPT = 'keep(\n    "shift"'


@pytest.fixture(scope="module")
def kept():
    """What the cell on the page keeps, with the functions that it reads."""
    page = next(page for page in all_pages() if page.docname == "derive/softmax")
    (code,) = (cell.code for cell in page.cells if KEPT in cell.code)
    names = {"np": np, "nnfs": nnfs, "naive_softmax": plain}
    space = names | {"keep": lambda name, plaything: space.update(kept=plaything)}
    exec(code.replace("Grid, Question, keep", "Grid, Question"), space)
    return space["kept"]


def plain(Z):
    E = np.exp(Z)
    return E / E.sum(axis=0)


@pytest.mark.parametrize("shift", [-120, -80, 0, 84, 86.5, 100])
def test_a_shift_shows_both_forms(kept, shift):
    place = kept.axes["shift"].index(shift)
    shown = kept.data["bars"]["values"]
    scores = (SCORES + shift).astype(np.float32)
    with np.errstate(all="ignore"):
        expected = plain(scores)[:, 0]
    bars = [np.nan if bar is None else bar for bar in shown["naive form"][place]]
    np.testing.assert_allclose(bars, expected, atol=1e-3)
    stable = shown["largest subtracted first"][place]
    np.testing.assert_allclose(stable, nnfs.softmax(SCORES)[:, 0], atol=1e-3)


@pytest.mark.parametrize(
    ("shift", "said"),
    [(0, "three shares"), (86.5, "no NaN warns"), (-120, "0 / 0"), (100, "inf / inf")],
)
def test_the_sentence_says_how_the_plain_form_fails(kept, shift, said):
    assert said in kept.told[kept.axes["shift"].index(shift)]


def test_a_live_number_is_the_share_rounded_once(kept):
    """The share 0.09946 was kept as 0.0995 and then shown as 0.100."""
    place = kept.axes["shift"].index(0)
    kept_bars = kept.data["bars"]["values"]["largest subtracted first"][place]
    assert [f"{share:.3f}" for share in kept_bars] == ["0.099", "0.602", "0.299"]
    assert sum(kept_bars) == pytest.approx(1, abs=1e-6)
    assert kept.data["bars"]["digits"] == 3


def test_what_is_not_a_number_is_called_so(kept):
    place = kept.axes["shift"].index(100)
    assert kept.data["bars"]["values"]["naive form"][place] == [None] * 3
    assert kept.data["bars"]["missing"] == "NaN"
    assert kept.bars.picture(place).count("<span>NaN</span>") == 3
    assert kept.bars.picture(place).count("is-missing") == 3
