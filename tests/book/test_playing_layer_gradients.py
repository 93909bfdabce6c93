"""The learning rate's plaything: what it says at its positions is what `nnfs.train` computes."""

import re

import numpy as np
import pytest

import nnfs
from kit.cells import linear

from .kept_grids import kept_grids
from .pages import BOOK, read

PAGE = read(BOOK / "derive/layer-gradients.md")
NETWORKS = "original_job(start"
"""What trains networks that the plaything does not need."""


@pytest.fixture(scope="module")
def kept():
    given, names = kept_grids(PAGE, "rates", without=NETWORKS)
    return given["rates"], names


def test_the_plaything_is_on_the_page():
    assert re.search(r"^```\{plaything\} rates$", PAGE.body, re.MULTILINE)


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.5, 0.7, 1.0])
def test_a_curve_is_the_loss_that_nnfs_train_records(kept, alpha):
    given, names = kept
    at = given["axes"]["learning rate"].index(alpha)
    shown = {name: values[at] for name, values in given["values"].items()}
    zero = np.zeros((10, 784), np.float32), np.zeros((10, 1), np.float32)
    run = nnfs.train(
        names["x"],
        names["y"],
        params=zero,
        gradient=linear.gradient,
        iterations=len(shown["loss"]) - 1,
        alpha=alpha,
    )
    recorded = np.asarray(run.history.loss)
    np.testing.assert_allclose(shown["loss"][:-1], recorded, rtol=2e-3)
    assert shown["first"] == pytest.approx(recorded[1], rel=1e-5)
    assert shown["end"] == shown["loss"][-1]
    assert shown["rises"] == (np.diff(shown["loss"]) > 1e-5).sum()


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.5])
def test_the_lemma_limits_the_first_step(kept, alpha):
    """The limit is recomputed from the largest singular value of the images."""
    given, names = kept
    at = given["axes"]["learning rate"].index(alpha)
    x, y = names["x"].astype(float), names["y"]
    zero = np.zeros((10, 784)), np.zeros((10, 1))
    loss, _, slopes = linear.gradient(zero, x, y)
    steepness = sum((slope**2).sum() for slope in slopes)
    L = np.linalg.norm(np.vstack([x, np.ones(x.shape[1])]), 2) ** 2 / x.shape[1] / 2
    limit = loss - alpha * (1 - alpha * L / 2) * steepness
    assert given["values"]["limit"][at] == pytest.approx(limit, rel=1e-5)
    assert given["values"]["first"][at] <= limit


def test_the_sentence_of_the_start_has_the_numbers(kept):
    given, _ = kept
    at = given["axes"]["learning rate"].index(given["start"]["learning rate"])
    said = re.findall(r"\d+\.\d\d", given["plaything"].says.replace("rate 0.05,", ""))
    first, end = (given["values"][name][at] for name in ("first", "end"))
    assert said[-2:] == [f"{first:.2f}", f"{end:.2f}"]


def test_the_first_rate_at_which_the_loss_rises_is_the_answer(kept):
    given, _ = kept
    rates, rises = given["axes"]["learning rate"], given["values"]["rises"]
    first = next(rate for rate, rise in zip(rates, rises, strict=True) if rise)
    asked = given["asks"][0]
    assert asked.goes == {"learning rate": first}
    assert asked.right == f"{first:g}"
    assert list(asked.answers).count(asked.right) == 1
