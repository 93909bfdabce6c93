"""The filters' plaything: each moment shows the network of that step, as `nnfs` has it."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import nnfs
from kit.cells import trained
from kit.widgets.playing.cells import Grid, Question

from .pages import BOOK, read

PAGE = read(BOOK / "train/learned.md")


@pytest.fixture(scope="module")
def watched():
    """Train on few images, and keep what the page keeps."""
    digits = nnfs.load_mnist("bundled")
    few, few_y = digits.x_train[:, :300], digits.y_train[:300]
    after = {}
    training = nnfs.train(
        few, few_y, callback=lambda step: after.update({step.iteration + 1: step.params})
    )
    moments = {step: after[step] for step in trained.MOMENTS}
    job = SimpleNamespace(training=training, train_accuracy=0.9, moments=moments)
    (code,) = (cell.code for cell in PAGE.cells if 'keep(\n    "filters"' in cell.code)
    space = {"np": np, "nnfs": nnfs, "Grid": Grid, "Question": Question, "jobs": [job]}
    space |= {"start": nnfs.init_params(), "x_unseen": few, "y_unseen": few_y}
    space["keep"] = lambda name, plaything: space.update(kept=plaything)
    exec(code.partition("\n")[2], space)
    return space, {0: nnfs.init_params(), **after}


@pytest.mark.parametrize("step", [0, 1, 50, 750])
def test_code_and_sentence_are_those_of_the_network_of_the_step(watched, step):
    space, networks = watched
    kept, shown = space["kept"], space["shown"]
    x, y = space["x_unseen"], space["y_unseen"]
    at = kept.axes["steps"].index(step)
    states = nnfs.forward(networks[step], x)
    code = states.A1[:, shown]
    np.testing.assert_allclose(kept.bars.values["hidden code of a 3"][at], code, rtol=1e-5)
    right = 100 * np.mean(states.A2.argmax(axis=0) == y)
    assert f"reads {right:.0f} %" in kept.told[at]
    assert f"{(code > 0).sum()} of the ten units" in kept.told[at]
    assert f"its answer is {states.A2[:, shown].argmax()}." in kept.told[at]
    assert y[shown] == 3


@pytest.mark.parametrize("step", [0, 20, 750])
def test_the_filters_are_what_training_has_added(watched, step):
    space, networks = watched
    kept = space["kept"]
    image = kept.images["what training has added"]
    sheet = np.array(Image.open(io.BytesIO(image.png)))
    added = {t: networks[t].W1 - networks[0].W1 for t in (step, 750)}
    largest = max(np.abs(P.W1 - networks[0].W1).max() for P in space["moments"].values())
    x, y = image.tiles[kept.axes["steps"].index(step)]
    for j, picture in enumerate(added[step].reshape(10, 28, 28) / largest):
        left, top = x + j % 5 * 29, y + j // 5 * 29
        shades = sheet[top : top + 28, left : left + 28].astype(float) - 1
        np.testing.assert_allclose(shades / 31 - 1, picture, atol=0.02)


def test_the_plaything_begins_where_training_ended(watched):
    kept = watched[0]["kept"]
    assert kept.says == kept.told[-1]
