"""The penalty on weights, and dropout's masks."""

from functools import partial
from itertools import product

import numpy as np
import pytest

import nnfs
from nnfs import engine, layers, network, regularise


def test_the_penalty_by_hand(params, X, y):
    loss, correct, gradients = network.gradient(params, X, y)
    penalised = regularise.penalised(network.gradient, 0.3)(params, X, y)
    weights = (params.W1**2).sum() + (params.W2**2).sum()
    assert penalised[0] == pytest.approx(loss + 0.15 * weights, rel=1e-13)
    assert penalised[1] == correct
    np.testing.assert_allclose(penalised[2].W1, gradients.W1 + 0.3 * params.W1, rtol=1e-13)
    np.testing.assert_array_equal(penalised[2].b2, gradients.b2)


@pytest.mark.parametrize("hidden", [(), (5,), (6, 5), (4, 6, 5)])
def test_penalty_and_dropout_together_pass_the_gradient_check(hidden, X, y):
    params = nnfs.init_params(7, hidden, 3, dtype=np.float64, seed=1)
    masks = regularise.dropout_masks(params, 4, 0.4, np.random.default_rng(2))
    gradient = regularise.penalised(partial(layers.gradient, masks=masks), 0.7)
    assert nnfs.check_gradients(params, X, y, gradient=gradient).passed(1e-7, 1e-11)


def test_a_penalty_that_is_left_out_of_the_gradient_fails_the_check(params, X, y):
    def forgotten(params, X, y):
        loss, correct, _ = regularise.penalised(network.gradient, 0.7)(params, X, y)
        return loss, correct, network.gradient(params, X, y)[2]

    assert not nnfs.check_gradients(params, X, y, gradient=forgotten).passed(1e-2, 1e-2)


def test_parts_of_the_data_add_up_with_the_penalty_too(params):
    rng = np.random.default_rng(6)
    X, y = rng.normal(size=(7, 2500)), rng.integers(3, size=2500)
    gradient = regularise.penalised(network.gradient, 0.3)
    with engine.full_batch(gradient, X, y) as objective:
        whole, expected = objective(params), gradient(params, X, y)
    assert whole.loss == pytest.approx(expected[0], rel=1e-13)
    np.testing.assert_allclose(whole.gradients[0], expected[2].W1, rtol=1e-11)


def test_strength_0_changes_nothing(params, X, y):
    loss, _, gradients = regularise.penalised(network.gradient, 0)(params, X, y)
    expected = network.gradient(params, X, y)
    assert loss == pytest.approx(expected[0], rel=1e-13)
    np.testing.assert_allclose(gradients.W1, expected[2].W1, rtol=1e-12, atol=1e-13)


def test_masks_hold_0_and_the_factor_that_keeps_the_mean():
    params = nnfs.init_params(7, (300, 200), 3)
    masks = regularise.dropout_masks(params, 100, 0.2, np.random.default_rng(0))
    assert [mask.shape for mask in masks] == [(300, 100), (200, 100)]
    for mask in masks:
        assert mask.dtype == np.float32
        assert set(np.unique(mask)) == {np.float32(0), np.float32(1.25)}
        assert mask.mean() == pytest.approx(1, abs=4 * 0.5 / np.sqrt(mask.size))


def test_the_mean_over_all_masks_is_the_activation_without(X):
    W1, b1, W2, b2 = nnfs.init_params(7, 3, 3, dtype=np.float64, seed=1)
    keep = 0.8
    mean = np.zeros((3, 4))
    for kept in product([0, 1], repeat=3):
        mask = np.repeat(np.array(kept)[:, np.newaxis] / keep, 4, axis=1)
        weight = np.prod(np.where(kept, keep, 1 - keep))
        mean += weight * layers.forward((W1, b1, W2, b2), X, [mask])[1]
    np.testing.assert_allclose(mean, layers.forward((W1, b1, W2, b2), X)[1], rtol=1e-13)


def test_rate_0_leaves_every_unit(params):
    (mask,) = regularise.dropout_masks(params, 4, 0, np.random.default_rng(0))
    np.testing.assert_array_equal(mask, np.ones((5, 4)))


@pytest.mark.parametrize("rate", [1, -0.1, np.nan, "0.5", None])
def test_rates_out_of_range_are_refused(params, rate):
    with pytest.raises(ValueError, match=r"rate must be a number in \[0, 1\)"):
        regularise.dropout_masks(params, 4, rate, np.random.default_rng(0))


@pytest.mark.parametrize("strength", [-1, np.inf, "1", None])
def test_strengths_out_of_range_are_refused(strength):
    with pytest.raises(ValueError, match="strength must be a finite number of at least 0"):
        regularise.penalised(network.gradient, strength)


@pytest.mark.parametrize("m", [2.5, -1, "4", None])
def test_masks_are_drawn_for_a_number_of_examples(params, m):
    with pytest.raises(ValueError, match=r"^m must be a whole number"):
        regularise.dropout_masks(params, m, 0.5, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [0, None, np.random, np.random.RandomState(0)])
def test_masks_are_drawn_by_a_generator(params, rng):
    with pytest.raises(
        ValueError, match=r"^rng must be a generator, such as np.random.default_rng"
    ):
        regularise.dropout_masks(params, 4, 0.5, rng)
