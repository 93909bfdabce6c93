"""Optimisers: their recurrences by hand, and nothing changed behind the caller's back."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnfs
from nnfs import optimizers

ALL = {name: optimizers.known(name)[0] for name in optimizers.KINDS}


def run(optimizer, gradients, alpha=0.1, start=1.0):
    """Return the one weight after each step down the gradients that are given."""
    params, path = (np.array([[start]]),), []
    state = optimizer.init(params)
    for dP in gradients:
        params, state = optimizer.update(params, (np.array([[dP]]),), state, alpha)
        path.append(params[0].item())
    return path


def test_sgd_is_update(params):
    gradients = nnfs.Parameters(*(P + 1 for P in params))
    moved, _ = optimizers.SGD.update(params, gradients, optimizers.SGD.init(params), 0.3)
    for P, Q in zip(moved, nnfs.update(params, gradients, 0.3), strict=True):
        assert P.tobytes() == Q.tobytes()


def test_momentum_by_hand():
    # V: 1, 1.5, -1.25; each step takes 0.1 V off.
    assert run(optimizers.momentum(0.5), [1.0, 1.0, -2.0]) == pytest.approx([0.9, 0.75, 0.875])


def test_momentum_0_is_plain_descent():
    assert run(optimizers.momentum(0.0), [1.0, -3.0]) == run(optimizers.SGD, [1.0, -3.0])


def test_adam_by_hand():
    # Means 0.5, 0.75; squares 0.19, 0.1539 + ... as weighted means 1, (0.9 * 0.1 + 0.1 * 4) / 0.19.
    path = run(optimizers.adam(0.5, 0.9, 1e-12), [1.0, 2.0])
    second = ((0.5 * 0.5 + 0.5 * 2) / 0.75) / np.sqrt((0.9 * 0.1 + 0.1 * 4) / 0.19)
    assert path == pytest.approx([0.9, 0.9 - 0.1 * second], rel=1e-9)


@given(st.floats(1e-3, 1e3), st.integers(1, 30))
def test_under_a_constant_gradient_adam_takes_steps_of_alpha(dP, count):
    path = run(optimizers.adam(), [dP] * count, alpha=0.01)
    np.testing.assert_allclose(path, 1 - 0.01 * np.arange(1, count + 1), atol=1e-5)


def test_epsilon_stands_beside_the_root():
    assert run(optimizers.adam(epsilon=3.0), [1.0]) == pytest.approx([1 - 0.1 / 4])


def test_decay_takes_its_share_of_the_weights_and_leaves_the_biases(params):
    zero = [np.zeros_like(P) for P in params]
    optimizer = optimizers.adamw(0.5)
    moved, _ = optimizer.update(params, zero, optimizer.init(params), 0.1)
    for place, (P, Q) in enumerate(zip(params, moved, strict=True)):
        np.testing.assert_allclose(Q, P if place % 2 else 0.95 * P, rtol=1e-13)


def test_decay_is_decoupled_from_the_gradient():
    decayed = run(optimizers.decayed(optimizers.SGD, 0.5), [1.0, 1.0])
    assert decayed == pytest.approx([1 - 0.05 - 0.1, 0.85 - 0.0425 - 0.1])
    plain, with_decay = (run(optimizers.adamw(rate), [1.0]) for rate in (0.0, 0.5))
    assert with_decay[0] == pytest.approx(plain[0] - 0.05)


def test_the_defaults_are_those_of_the_papers_and_options_reach_adam():
    noise = np.random.default_rng(3).normal(size=20)
    assert run(optimizers.momentum(), noise) == run(optimizers.momentum(0.9), noise)
    by_name = optimizers.adam(beta1=0.9, beta2=0.999, epsilon=1e-8)
    assert run(optimizers.adam(), noise) == run(by_name, noise)
    assert run(optimizers.adamw(), noise) == run(optimizers.decayed(by_name, 0.01), noise)
    options = {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}
    decayed = optimizers.decayed(optimizers.adam(**options), 0.3)
    assert run(optimizers.adamw(0.3, **options), noise) == run(decayed, noise)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kind_dtype_and_shapes_stay_and_arguments_are_left_alone(name, dtype):
    optimizer, rng = ALL[name], np.random.default_rng(3)
    params = nnfs.init_params(7, 5, 3, dtype=dtype)
    gradients = nnfs.Parameters(*(rng.normal(size=P.shape).astype(dtype) for P in params))
    state = optimizer.init(params)
    before = [P.copy() for P in (*params, *gradients)]
    once = optimizer.update(params, gradients, state, 0.1)
    kept = [P.copy() for P in once[0]]
    again = optimizer.update(params, gradients, state, 0.1)
    optimizer.update(once[0], gradients, once[1], 0.1)
    for P, Q, R, old in zip(once[0], again[0], kept, params, strict=True):
        assert P.tobytes() == Q.tobytes() == R.tobytes()
        assert (P.dtype, P.shape) == (dtype, old.shape)
        assert not np.array_equal(P, old)
    for P, old in zip((*params, *gradients), before, strict=True):
        np.testing.assert_array_equal(P, old)
    assert isinstance(once[0], nnfs.Parameters)


@pytest.mark.parametrize("name", ALL)
def test_every_optimiser_finds_the_bottom_of_a_bowl(name):
    optimizer = ALL[name]
    params = (np.array([[3.0, -2.0]]), np.array([[1.0]]))
    state = optimizer.init(params)
    for step in range(3000):
        gradients = [scale * P for scale, P in zip((1.0, 4.0), params, strict=True)]
        params, state = optimizer.update(params, gradients, state, 0.1 / (1 + step / 30))
    assert max(np.abs(P).max() for P in params) < 0.02


@pytest.mark.parametrize("name", ALL)
def test_gradients_of_another_shape_are_refused(name, params):
    optimizer = ALL[name]
    wrong = params._replace(b1=np.zeros((1, 1)))
    with pytest.raises(ValueError, match="gradients have shapes"):
        optimizer.update(params, wrong, optimizer.init(params), 0.1)


def test_an_optimiser_says_what_it_is_and_is_made_again_from_it():
    for made in (optimizers.SGD, optimizers.momentum(0.5), optimizers.adamw(0.3, beta1=0.5)):
        again = optimizers.rebuilt(made.description)
        assert repr(again) == repr(made)
        assert run(again, [1.0, 0.5, -2.0]) == run(made, [1.0, 0.5, -2.0])
    text = "nnfs.optimizers.decayed(optimizer=nnfs.optimizers.momentum(beta=0.5), weight_decay=0.1)"
    assert repr(optimizers.decayed(optimizers.momentum(0.5), 0.1)) == text
    own = optimizers.Optimizer(len, len)
    assert own.description is None
    assert optimizers.decayed(own, 0.1).description is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.momentum(1.0), r"beta must be a number in \[0, 1\), got 1.0"),
        (lambda: optimizers.momentum(-0.1), "beta must be"),
        (lambda: optimizers.adam(beta1=True), "beta1 must be"),
        (lambda: optimizers.adam(beta2=np.nan), "beta2 must be"),
        (lambda: optimizers.adam(epsilon=0), "epsilon must be a positive"),
        (lambda: optimizers.adamw(-1), "weight_decay must be a finite number of at least 0"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("optimizer", [*ALL.values(), optimizers.decayed(ALL["momentum"], 0.2)])
@pytest.mark.parametrize("again", [lambda o: pickle.loads(pickle.dumps(o)), copy.deepcopy])
def test_an_optimizer_can_be_pickled_and_copied(optimizer, again):
    found = again(optimizer)
    assert repr(found) == repr(optimizer)
    gradients = [0.3, -0.7, 0.2]
    assert run(found, gradients) == run(optimizer, gradients)
