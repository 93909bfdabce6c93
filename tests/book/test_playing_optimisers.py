"""The slice of a loss: its paths, its lines and its sentences are what `nnfs` computes."""

import re

import numpy as np
import pytest

import nnfs
from nnfs import engine, network

from .kept_grids import kept_grids
from .pages import BOOK, read

PAGE = read(BOOK / "beyond/optimisers.md")
SIZES = "TRIED"
"""What the plaything does not need."""


@pytest.fixture(scope="module")
def kept():
    with engine.one_blas_thread():
        given, names = kept_grids(PAGE, "slice", without=SIZES)
    return given["slice"], names


def loss(names, u, v):
    """Return the loss at a point of the plane, without the page's functions."""
    theta = [P.ravel() for P in names["origin"]]
    moved = np.concatenate(theta) + u * names["plane"].plane[0] + v * names["plane"].plane[1]
    sizes = np.cumsum([P.size for P in names["origin"]])[:-1]
    parts = [
        p.reshape(P.shape) for p, P in zip(np.split(moved, sizes), names["origin"], strict=True)
    ]
    Z2 = nnfs.forward(nnfs.Parameters(*parts), names["x_few"]).Z2
    return nnfs.cross_entropy(Z2, nnfs.one_hot(names["y_few"], 10))


def slope(names, place, h=1e-5):
    """Return central differences of the loss in the plane."""
    u, v = place
    across = loss(names, u, v + h) - loss(names, u, v - h)
    return np.array([loss(names, u + h, v) - loss(names, u - h, v), across]) / (2 * h)


def shown(given, **at):
    index = tuple(places.index(at[name.split()[-1]]) for name, places in given["axes"].items())
    path = np.stack([given["x"][1][index], given["values"]["path"][index]], axis=1)
    return path, given["values"]["end"][index]


def test_the_plaything_is_on_the_page():
    assert re.search(r"^```\{plaything\} slice$", PAGE.body, re.MULTILINE)


def test_the_plane_has_two_directions_of_length_one_at_right_angles(kept):
    _, names = kept
    np.testing.assert_allclose(names["plane"].plane @ names["plane"].plane.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.4])
def test_plain_descent_follows_the_slopes_of_the_loss(kept, rate):
    given, names = kept
    path, end = shown(given, optimiser="plain", rate=rate, images="all 400")
    assert path[0] == pytest.approx([0, -1])
    for t in (0, 1, 7, len(path) - 2):
        step = path[t] - rate * slope(names, path[t])
        np.testing.assert_allclose(path[t + 1], step, atol=1e-6)
    assert end == pytest.approx(loss(names, *path[-1]))


def test_momentum_keeps_nine_tenths_of_its_last_step(kept):
    given, names = kept
    path, end = shown(given, optimiser="momentum", rate=0.05, images="all 400")
    for t in (1, 2, 20):
        step = path[t] + 0.9 * (path[t] - path[t - 1]) - 0.05 * slope(names, path[t])
        np.testing.assert_allclose(path[t + 1], step, atol=1e-6)
    assert end == pytest.approx(loss(names, *path[-1]))


def test_adam_goes_by_weighted_means_of_slopes_and_squares(kept):
    given, names = kept
    path, end = shown(given, optimiser="Adam", rate=0.2, images="all 400")
    slopes = np.array([slope(names, place) for place in path[:4]])
    for t in (1, 2, 4):
        means = [
            np.average(values[:t], axis=0, weights=beta ** np.arange(t)[::-1])
            for beta, values in ((0.9, slopes), (0.999, slopes**2))
        ]
        step = path[t - 1] - 0.2 * means[0] / np.sqrt(means[1])
        np.testing.assert_allclose(path[t], step, atol=1e-6)
    assert end == pytest.approx(loss(names, *path[-1]))


def test_batches_of_eight_follow_the_gradients_of_eight_images(kept):
    given, names = kept
    path, _ = shown(given, optimiser="plain", rate=0.1, images="8")
    chosen = np.random.default_rng(1).choice(len(names["y_few"]), 8, replace=False)
    here = names["plane"].at(path[0])
    gradients = network.gradient(here, names["x_few"][:, chosen], names["y_few"][chosen])[2]
    first = names["plane"].plane @ np.concatenate([dP.ravel() for dP in gradients])
    np.testing.assert_allclose(path[1], path[0] - 0.1 * first, atol=1e-9)


def test_the_lines_join_points_of_the_loss_that_is_written_on_them(kept):
    given, names = kept
    for word, lines in given["ground"].items():
        for u, v in lines:
            found = [loss(names, *place) for place in zip(u[::9], v[::9], strict=True)]
            # Between the points of the grid the lines are straight.
            np.testing.assert_allclose(found, float(word), rtol=0.2, atol=0.05)


def test_the_sentence_has_the_numbers_of_its_position(kept):
    given, names = kept
    path, end = shown(given, optimiser="plain", rate=0.1, images="all 400")
    said = given["plaything"].says
    assert f"come {path[-1, 0]:.1f} along" in said
    assert f"to one of {end:.2f}" in said
    assert f"from a loss of {loss(names, 0, -1):.2f}" in said


def test_the_right_answers_are_those_of_the_paths(kept):
    given, _ = kept
    _, bottom = given["aims"]["lowest"]
    crept, low = shown(given, optimiser="plain", rate=0.1, images="all 400")
    assert abs(crept[-1, 1]) < 0.4
    assert crept[-1, 0] < bottom[0][0] / 2
    leapt, high = shown(given, optimiser="plain", rate=0.4, images="all 400")
    assert high > low
    assert (np.diff(np.sign(leapt[-9:, 1])) != 0).all()
    swung, _ = shown(given, optimiser="momentum", rate=0.05, images="all 400")
    assert swung[-1, 0] > 1.8 * crept[-1, 0]
