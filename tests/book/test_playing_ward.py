"""The ward on the page for networks that do not learn: its readings are those of `nnfs`."""

import re

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import nnfs
from nnfs import network

from .pages import BOOK, read

PAGE = read(BOOK / "appendices" / "does-not-learn.md")


SMALLER = {"size(1_000, browser=300)": "300", "size(150, browser=60)": "60", ", keep$": ""}
"""What the page's cells are run with here: fewer images and steps, and nothing is kept."""


@pytest.fixture(scope="module")
def page():
    """What the page binds for its ward."""
    space = {"keep": lambda *_: None}
    with threadpool_limits(1), np.errstate(all="ignore"):
        for cell in PAGE.cells:
            if "claim" in cell.tags or re.search(r"plt\.|pyplot|(?<!, )glue\(", cell.code):
                continue
            code = cell.code
            for old, new in SMALLER.items():
                code = re.sub(old if "$" in old else re.escape(old), new, code, flags=re.MULTILINE)
            exec(code, space)
    return space


@pytest.fixture(scope="module")
def ward(page):
    return {case.name: case for case in page["ward"].cases}


def learned(page, images, labels, **changes):
    settings = {"params": page["start"], "iterations": page["STEPS"], "alpha": 0.1} | changes
    return nnfs.train(images, labels, **settings)


def wide(name):
    return {"B": 255, "A": 1, "E": 1, "F": 1, "G": 1}[name]


@pytest.mark.parametrize("name", "ABEFG")
@pytest.mark.filterwarnings("ignore::nnfs.ScaleWarning")
def test_curves_first_loss_and_pixels_are_those_of_nnfs_train(page, ward, name):
    images, labels = page["X"] * np.float32(wide(name)), page["y"]
    if name == "A":
        labels = labels[page["shuffled"]]
    if name == "E":
        images, labels = images[:, :100], labels[:100]
    reads = ward[name].reads
    few = 12 if name in "BG" else page["STEPS"]  # dead at once, by steps that magnify rounding
    trained = learned(
        page,
        images,
        labels,
        iterations=few,
        alpha=3.0 if name == "G" else 0.1,
    )
    losses = np.array(reads["loss"].values[: few if few > 12 else 2])
    np.testing.assert_allclose(losses, trained.history.loss[: losses.size], rtol=2e-3)
    said = re.search(r"the loss is ([\d.]+);", reads["start"].says)[1]
    assert float(said) == pytest.approx(
        float(network.gradient(page["start"], images, labels)[0]), abs=1e-3
    )
    if few > 12:
        unseen = nnfs.accuracy(trained.params, page["X_new"], page["y_new"])
        assert reads["score"].values[-1] == pytest.approx(100 * unseen, abs=0.5)
    assert reads["pixels"].rows[2][2] == f"{wide(name)}"


def test_answers_and_units_of_the_healthy_network_are_those_of_nnfs(page, ward):
    params = page["healthy"].kept[-1]
    counts = np.bincount(nnfs.predict(params, page["X_new"]), minlength=10)
    np.testing.assert_allclose(ward["F"].reads["answers"].shares, counts / page["y_new"].size)
    on = (nnfs.forward(params, page["X"]).Z1 > 0).mean(axis=1)
    np.testing.assert_allclose(ward["F"].reads["units"].shares, on, atol=2e-3)


def test_an_all_zero_start_never_moves_a_weight(page, ward):
    params = learned(
        page, page["X"], page["y"], params=page["zeros"], gradient=network.gradient
    ).params
    assert not params.W1.any()
    assert not params.W2.any()
    assert ward["D"].reads["units"].shares == [0.0] * 10
    assert ward["D"].reads["heart"].rows[0][1] < 0.5


def test_every_cause_has_a_patient_and_one_patient_is_healthy(page, ward):
    named = sorted(answer for case in ward.values() for answer in case.answers)
    assert named == list(range(len(page["CAUSES"])))
    assert [case.name for case in ward.values() if not case.answers] == ["F"]


def test_star_for_at_changes_the_first_layer_only_and_runs_on_equal_sizes_only(page):
    params = nnfs.init_params(7, 5, 5, dtype=np.float64)
    X, y = np.random.default_rng(0).normal(size=(7, 5)), np.arange(5)
    ours, theirs = page["starred"](params, X, y), network.gradient(params, X, y)
    assert ours[0] == theirs[0]
    for name in ("W2", "b2"):
        np.testing.assert_array_equal(getattr(ours[2], name), getattr(theirs[2], name))
    for name in ("W1", "b1"):
        assert np.abs(getattr(ours[2], name) - getattr(theirs[2], name)).max() > 0.01
    with pytest.raises(ValueError, match="broadcast"):
        page["starred"](params, X[:, :4], y[:4])


def test_the_tree_the_words_and_the_sections_have_the_same_symptoms():
    sections = re.findall(r"^## (\d)\. ", PAGE.body, re.MULTILINE)
    drawn = re.findall(r'^    "(\d)  ', PAGE.code, re.MULTILINE)
    words = re.findall(r"\| \{ref\}`(\d) <doctor-[\w-]+>` \|", PAGE.body)
    assert sections == drawn == words == list("1234567")
