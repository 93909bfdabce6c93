"""The plaything of one step: each position is the loss after a step that is made by hand."""

import numpy as np
import pytest

import nnfs
from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing.cells import Grid, Question
from nnfs import network

from .pages import BOOK, read

PAGE = read(BOOK / "train/original-job.md")


@pytest.fixture(scope="module")
def kept():
    cells = [cell.code for cell in PAGE.cells]
    code = next(code for code in cells if '"one-step",\n    Grid(' in code)
    before = next(code for code in cells if "promise = loss - alpha * square" in code)
    given = {}
    names = {
        **{"np": np, "nnfs": nnfs, "network": network, "Grid": Grid, "Question": Question},
        **{"pencil": pencil, "X_pencil": X_pencil, "y_pencil": y_pencil},
        **{"glue": lambda **values: given.update(glued=values), "keep": given.__setitem__},
    }
    exec(before, names)
    exec(code.replace("from kit.widgets.playing.cells import Grid, Question, keep", ""), names)
    return given


def loss_of(W1, b1, W2, b2):
    """Return the mean loss, written out without the package."""
    Z2 = W2 @ np.maximum(W1 @ X_pencil + b1, 0) + b2
    P = np.exp(Z2) / np.exp(Z2).sum(axis=0)
    return -np.log(P[y_pencil, [0, 1]]).mean()


def slopes():
    """Return the twelve slopes by central differences."""
    found = []
    for block in range(4):
        slope = np.zeros_like(pencil[block])
        for at in np.ndindex(slope.shape):
            ends = []
            for nudge in (1e-6, -1e-6):
                moved = [P.copy() for P in pencil]
                moved[block][at] += nudge
                ends.append(loss_of(*moved))
            slope[at] = (ends[0] - ends[1]) / 2e-6
        found.append(slope)
    return found


@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.45, 0.6, 1.5, 3.0])
def test_a_position_is_the_loss_after_one_step(kept, alpha):
    grid = kept["one-step"]
    at = grid.axes["alpha"].index(alpha)
    moved = [P - alpha * G for P, G in zip(pencil, slopes(), strict=True)]
    assert grid.cells["loss"][at] == pytest.approx(loss_of(*moved), abs=1e-7)
    steepness = sum((G**2).sum() for G in slopes())
    assert grid.cells["promise"][at] == pytest.approx(loss_of(*pencil) - alpha * steepness)
    on = (moved[0] @ X_pencil + moved[1] > 0).sum()
    assert grid.cells["on"][at] == on
    assert f"{on} of the four" in grid.told[at]


def test_the_units_switch_where_the_marks_are(kept):
    """Just before a mark one sum more is on than just behind it."""
    ends = []
    for mark in ("first_bend", "second_bend"):
        for side in (-1e-6, 1e-6):
            alpha = kept["glued"][mark] + side
            moved = [P - alpha * G for P, G in zip(pencil, slopes(), strict=True)]
            ends.append(int((moved[0] @ X_pencil + moved[1] > 0).sum()))
    assert ends == [3, 2, 2, 1]


def test_the_right_answer_is_what_the_curve_does(kept):
    grid = kept["one-step"]
    turn = int(grid.cells["loss"].argmin())
    assert 0 < turn < len(grid.axes["alpha"]) - 1
    assert grid.asks[0].right == "It falls, then rises"
    assert grid.asks[0].goes == {"alpha": grid.axes["alpha"][turn]}
