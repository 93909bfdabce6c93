"""The playthings of the chapter on starts: what they show is what plain loops of `nnfs` compute."""

import numpy as np
import pytest

import nnfs
from nnfs import layers

from .kept_grids import kept_grids
from .pages import BOOK, read

PAGE = read(BOOK / "train/initialise.md")


@pytest.fixture(scope="module")
def kept():
    return kept_grids(PAGE, "knobs")


@pytest.mark.parametrize("gain", [0.5, 1.0, 2.04])
def test_blame_and_signal_are_those_of_single_examples(kept, gain):
    """With one example the gradient of a layer's biases is the blame of its sums."""
    _, names = kept
    forward, back = names["deep_scales"](gain, 3)
    start = nnfs.init_params(784, [100] * 20, scheme="he", seed=3, dtype=np.float64)
    params = [gain * P for P in start]
    sums, blame = [], []
    for i in range(names["LOOKED"]):
        X, Y = names["X_deep"][:, [i]], names["Y_deep"][:, [i]]
        inputs, Z = layers.forward(params, X)
        gradients = layers.backward(params, inputs, Z, Y)
        sums.append([(one**2).mean() for one in inputs.before])
        blame.append([(db**2).mean() for db in gradients[1:-2:2]])
    np.testing.assert_allclose(forward, np.mean(sums, axis=0), rtol=1e-9)
    np.testing.assert_allclose(back, np.mean(blame, axis=0), rtol=1e-9)


def test_curves_are_relative_to_where_they_set_out(kept):
    given, names = kept
    values, gains = given["depth"]["values"], given["depth"]["axes"]["times He"]
    for gain in (0.9, 1.1):
        at = gains.index(gain)
        mean = np.mean([names["deep_scales"](gain, seed) for seed in range(8)], axis=0)
        signal, blame = np.sqrt(mean)
        np.testing.assert_allclose(values["signal, forward"][at], signal / signal[0])
        np.testing.assert_allclose(values["blame, backward"][at], blame / blame[-1])


def test_a_tenth_too_much_is_a_factor_of_about_six(kept):
    given, _ = kept
    depth = given["depth"]
    at = depth["axes"]["times He"].index(1.1)
    assert depth["asks"].goes == {"times He": 1.1}
    assert 4 < depth["values"]["grown"][at] < 9


@pytest.mark.parametrize(
    ("first", "second", "alpha"), [(1.0, 1.0, 0.5), (0.0, 1.0, 0.1), (3.0, 0.0, 0.5), (10, 3, 0.1)]
)
def test_a_position_of_the_knobs_is_a_training(kept, first, second, alpha):
    given, names = kept
    knobs = given["knobs"]
    at = tuple(
        places.index(value)
        for places, value in zip(knobs["axes"].values(), (first, second, alpha), strict=True)
    )
    x, Y = names["x"].astype(float), nnfs.one_hot(names["y"])
    params = nnfs.init_params(scheme="he")
    params = params._replace(W1=first * params.W1, W2=second * params.W2)
    params = nnfs.Parameters(*(P.astype(float) for P in params))
    seen = []
    for _ in range(names["STEPS"]):
        states = nnfs.forward(params, x)
        seen.append(nnfs.cross_entropy(states.Z2, Y))
        gradients = nnfs.backward(params, states, x, Y)
        params = nnfs.update(params, gradients, alpha)
    few = 8  # after some steps, single and double precision go their own ways
    np.testing.assert_allclose(knobs["values"]["training loss"][at][:few], seen[:few], rtol=1e-2)
    said = knobs["plaything"].told[int(np.ravel_multi_index(at, knobs["plaything"].shape))]
    assert f"starts at {seen[0]:.2f}" in said
    dead = int(knobs["values"]["dead"][at])
    if first == 0:
        assert dead == 10
        assert "all ten units are blocked" in said
    else:
        assert (f"{dead} of ten units " if dead else "no unit is dead") in said


def test_one_unit_is_dead_and_two_are(kept):
    counted = kept[1]["counted"]
    assert [counted(dead) for dead in (0.0, 1.0, 2.0)] == [
        "no unit is dead",
        "1 of ten units is dead",
        "2 of ten units are dead",
    ]
