"""The plaything of weight decay: what it says at its positions is what `nnfs` trains."""

import re

import numpy as np
import pytest

import nnfs
from nnfs import schedules

from .kept_grids import kept_grids
from .pages import BOOK, read

PAGE = read(BOOK / "beyond/deeper.md")


@pytest.fixture(scope="module")
def kept():
    given, names = kept_grids(PAGE, "decay")
    return given["decay"], names


def trained(names, seed, strength):
    """Train as the page says in words, by `nnfs.train` alone."""
    order = np.random.default_rng(seed).permutation(names["pool"])
    x, y = (part[..., order[: names["FEW"]]] for part in (names["x"], names["y"]))
    run = nnfs.train(
        x,
        y,
        hidden=32,
        scheme="he",
        iterations=names["STEPS"],
        batch_size=100,
        alpha=schedules.cosine(0.008, steps=names["STEPS"]),
        optimizer="adamw",
        weight_decay=strength,
        seed=seed,
    )
    return run.params, x, y


def test_the_plaything_is_on_the_page():
    assert re.search(r"^```\{plaything\} decay$", PAGE.body, re.MULTILINE)


@pytest.mark.parametrize("strength", [0.0, 1.0, 3.0, 30.0])
def test_the_images_and_the_ends_of_the_curves_are_those_of_the_trained_network(kept, strength):
    given, names = kept
    at = given["axes"]["strength"].index(strength)
    params, x, y = trained(names, 0, strength)
    image = given["images"]["weights of four hidden units"][at]
    corners = {0: (0, 0), 1: (0, 29), 2: (29, 0), 3: (29, 29)}
    for unit, (top, left) in corners.items():
        shown = image[top : top + 28, left : left + 28] * names["limit"]
        weights = np.clip(params[0][unit], -names["limit"], names["limit"]).reshape(28, 28)
        np.testing.assert_allclose(shown, weights, rtol=0, atol=1e-4)
    held_out = names["x"][:, names["part"]], names["y"][names["part"]]
    for curve, part in (("training images", (x, y)), ("held-out images", held_out)):
        end = given["values"][curve][at][-1]
        assert end == pytest.approx(100 * nnfs.accuracy(params, *part), abs=0.6)


@pytest.mark.parametrize("strength", [0.0, 3.0, 10.0])
def test_the_sentence_has_the_means_over_the_tries(kept, strength):
    given, names = kept
    at = given["axes"]["strength"].index(strength)
    choose = names["x"][:, names["choose"]], names["y"][names["choose"]]
    scores = []
    for seed in names["TRIES"]:
        params, *own = trained(names, seed, strength)
        scores.append([100 * nnfs.accuracy(params, *part) for part in (own, choose)])
    own, new = np.mean(scores, axis=0)
    said = [float(word) for word in re.findall(r"\d+\.\d(?!\d)", given["plaything"].told[at])]
    assert said[-3:] == pytest.approx([own, new, own - new], abs=0.5)


def test_the_strength_that_is_called_chosen_has_the_lowest_loss_on_the_images_that_choose(kept):
    given, _ = kept
    loss, strengths = given["values"]["loss"], given["axes"]["strength"]
    (position, _) = given["presets"]["Chosen"]
    assert position == {"strength": strengths[1 + int(np.argmin(loss[1:]))]}
