"""The plaything of the chapter on evaluation: coverage is that of intervals found by trying."""

import numpy as np
import pytest

from kit.widgets.playing.cells import Grid, Question

from .pages import BOOK, read

PAGE = read(BOOK / "train/evaluate.md")
U = 1.959964


@pytest.fixture(scope="module")
def kept():
    cells = [cell.code for cell in PAGE.cells]
    code = next(code for code in cells if '"coverage",\n    Grid(' in code)
    given, names = {}, {"np": np, "Grid": Grid, "Question": Question, "U": U}
    exec("from math import comb, log", names)
    for name in ("wilson", "wald", "coverage"):
        exec(definition(cells, name), names)
    names["keep"] = given.__setitem__
    exec(code.replace("from kit.widgets.playing.cells import Grid, Question, keep", ""), names)
    return given["coverage"]


def definition(cells, name):
    """Return the function of this name, as the page's cells define it."""
    code = next(code for code in cells if f"def {name}(" in code)
    lines = code[code.index(f"def {name}(") :].splitlines()
    ends = [i for i, line in enumerate(lines[1:], 1) if line and not line.startswith(" ")]
    return "\n".join(lines[: ends[0] if ends else None])


def contains(kind, right, m, q):
    """Say whether an interval contains q, without its ends."""
    spread = q * (1 - q) if kind == "Wilson" else right / m * (1 - right / m)
    return (right / m - q) ** 2 <= U**2 * spread / m


@pytest.mark.parametrize(
    ("m", "kind", "error"),
    [(50, "Wilson", 0.03), (50, "Wald", 0.002), (200, "Wilson", 0.3), (1_000, "Wald", 0.01)],
)
def test_the_curve_is_how_often_draws_are_covered(kept, m, kind, error):
    at = kept.axes["images"].index(m), kept.axes["interval"].index(kind)
    errors = np.geomspace(1e-4, 0.5, 180)
    place = int(np.abs(errors - error).argmin())
    q = 1 - errors[place]
    right = np.random.default_rng(0).binomial(m, q, 200_000)
    drawn = 100 * contains(kind, right, m, q).mean()
    curve = kept.figure.curves["covers"].reshape(*kept.shape, -1)[at]
    assert curve[place] == pytest.approx(drawn, abs=0.5)


@pytest.mark.parametrize("m", [10, 50, 1_000])
def test_the_worst_of_wilsons_is_just_beyond_a_single_mistake(kept, m):
    at = kept.axes["images"].index(m), 0
    # Bisection for the rate at which a single mistake stops covering it.
    inside, outside = (m - 1) / m, 1.0
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (
            (middle, outside) if contains("Wilson", m - 1, m, middle) else (inside, middle)
        )
    assert kept.cells["worst"][at] == pytest.approx(100 * outside**m, abs=1e-3)
    line = kept.told[int(np.ravel_multi_index(at, kept.shape))]
    assert f"{100 * outside**m:.1f} times in a hundred" in line


def test_walds_worst_is_next_to_nothing(kept):
    assert kept.cells["worst"][:, 1].max() < 11
    assert kept.cells["worst"][0, 1] < 0.2


def test_the_right_answers_are_what_the_sliders_show(kept):
    first, second = kept.asks
    for question, m in ((first, 50), (second, 1_000)):
        at = kept.axes["images"].index(m), 0
        assert question.goes == {"images": m, "interval": "Wilson"}
        assert f"{kept.cells['worst'][at]:.0f}" in question.right
