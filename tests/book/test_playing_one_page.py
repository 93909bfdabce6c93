"""The diary on the first chapter's page: its bars and sentences are those of `nnfs`."""

import re

import numpy as np
import pytest

import nnfs
from kit.widgets.playing.cells import Grid, Question

from .pages import BOOK, read

PAGE = read(BOOK / "see/one-page.md")


@pytest.fixture(scope="module")
def diary():
    """The networks of a training on few images."""
    digits = nnfs.load_mnist("bundled")
    few, few_y = digits.x_train[:, :300], digits.y_train[:300]
    networks = [nnfs.init_params(seed=0)]
    nnfs.train(
        few,
        few_y,
        params=networks[0],
        iterations=750,
        callback=lambda step: networks.append(step.params),
    )
    return few, few_y, networks


@pytest.fixture(scope="module")
def kept(diary):
    """What the cell on the page keeps."""
    (code,) = (cell.code for cell in PAGE.cells if 'keep(\n    "diary"' in cell.code)
    few, few_y, networks = diary
    space = {"np": np, "nnfs": nnfs, "Grid": Grid, "Question": Question}
    space |= {"x_train": few, "y_train": few_y, "diary": networks}
    space["keep"] = lambda name, plaything: space.update(kept=plaything)
    exec(code.partition("\n")[2], space)
    return space["kept"], list(space["chosen"].values())


def test_the_plaything_is_on_the_page():
    assert re.search(r"^```\{plaything\} diary$", PAGE.body, re.MULTILINE)


@pytest.mark.parametrize(("image", "steps"), [(0, 0), (2, 10), (3, 1), (5, 100), (4, 50)])
def test_a_page_of_the_diary_is_what_the_network_of_that_step_says(kept, diary, image, steps):
    plaything, columns = kept
    few, few_y, networks = diary
    column = columns[image]
    A2 = nnfs.forward(networks[steps], few[:, column : column + 1]).A2[:, 0]
    at = plaything.places.index((image, plaything.axes["steps"].index(steps)))
    np.testing.assert_allclose(plaything.bars.values["probability"][at], A2, rtol=0, atol=1e-6)
    said = plaything.told[at]
    assert f"the network says {A2.argmax()}." in said
    assert f"true class, {few_y[column]}, a probability of {100 * A2[few_y[column]]:.0f} %" in said


def test_the_right_answer_is_when_the_image_was_first_read(kept, diary):
    plaything, columns = kept
    few, few_y, networks = diary
    (asked,) = plaything.data["asks"]
    steps = plaything.axes["steps"]
    for image, column in enumerate(columns):
        said = [int(nnfs.predict(networks[t], few[:, [column]])[0]) for t in steps]
        first = next((t for t, one in zip(steps, said, strict=True) if one == few_y[column]), None)
        wanted = "Never" if first is None else "Later"
        for most in (100, 10):
            if first is not None and first <= most:
                wanted = f"Within {most} steps"
        at = plaything.places.index((image, 0))
        right = asked["right"] if isinstance(asked["right"], int) else asked["right"][at]
        assert asked["answers"][right] == wanted


def test_the_labels_of_the_images_are_their_classes(kept, diary):
    plaything, columns = kept
    for name, column in zip(plaything.axes["image"], columns, strict=True):
        assert int(name.split()[-1]) == diary[1][column]
