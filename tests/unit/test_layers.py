"""A network of any depth: the two-layer network's pieces in a loop, checked at every depth."""

from functools import partial

import numpy as np
import pytest

import nnfs
from nnfs import engine, layers, network

HIDDEN = [(), (5,), (6, 5), (4, 6, 5)]


def start(hidden, seed=1, dtype=np.float64):
    return nnfs.init_params(7, hidden, 3, dtype=dtype, seed=seed)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("seed", range(8))
def test_every_depth_passes_the_gradient_check(hidden, seed):
    rng = np.random.default_rng(seed)
    params = nnfs.init_params(7, hidden, 3, scheme="he", dtype=np.float64, seed=seed)
    params = [P + 0.2 * rng.normal(size=P.shape) for P in params]
    X, y = rng.normal(size=(7, 4)), rng.integers(3, size=4)
    report = nnfs.check_gradients(params, X, y, gradient=layers.gradient)
    assert report.checked == sum(P.size for P in params)
    assert report.passed(differences=1e-7)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_the_shapes_are_those_of_the_parameters(hidden, X, y):
    params = start(hidden)
    loss, correct, gradients = layers.gradient(params, X, y)
    assert loss > 0
    assert correct in range(5)
    assert [dP.shape for dP in gradients] == [P.shape for P in params]
    assert len(params) == 2 * (len(hidden) + 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_two_layers_are_the_two_layer_network(X, y, dtype):
    params, X = start((5,), dtype=dtype), X.astype(dtype)
    ours, theirs = layers.gradient(params, X, y), network.gradient(params, X, y)
    assert ours[0] == pytest.approx(theirs[0], rel=100 * float(np.finfo(dtype).eps))
    assert ours[1] == theirs[1]
    assert isinstance(ours[2], nnfs.Parameters)
    for dP, dQ in zip(ours[2], theirs[2], strict=True):
        assert dP.dtype == dQ.dtype
        np.testing.assert_allclose(dP, dQ, rtol=0, atol=100 * np.finfo(dtype).eps)


def test_one_layer_is_softmax_regression(X, y):
    W, b = start(())
    loss, correct, (dW, db) = layers.gradient((W, b), X, y)
    Z, Y = W @ X + b, nnfs.one_hot(y, 3)
    dZ = nnfs.softmax(Z) - Y
    assert loss == pytest.approx(nnfs.cross_entropy(Z, Y), rel=1e-13)
    assert correct == (Z.argmax(axis=0) == y).sum()
    np.testing.assert_allclose(dW, dZ @ X.T / 4, rtol=1e-13)
    np.testing.assert_allclose(db, dZ.mean(axis=1, keepdims=True), rtol=1e-13)


def test_forward_gives_what_feeds_each_layer(X):
    params = start((6, 5))
    inputs, Z = layers.forward(params, X)
    W1, b1, W2, b2, W3, b3 = params
    A1 = np.maximum(W1 @ X + b1, 0)
    A2 = np.maximum(W2 @ A1 + b2, 0)
    for given_to, expected in zip(inputs, (X, A1, A2), strict=True):
        np.testing.assert_array_equal(given_to, expected)
    np.testing.assert_array_equal(Z, W3 @ A2 + b3)


@pytest.mark.parametrize("hidden", HIDDEN[1:])
def test_fixed_masks_pass_the_gradient_check(hidden, X, y):
    rng = np.random.default_rng(5)
    masks = [(rng.random((h, 4)) < 0.6) / 0.6 for h in hidden]
    assert all(0 < mask.mean() < mask.max() for mask in masks)
    masked = partial(layers.gradient, masks=masks)
    params = start(hidden)
    assert nnfs.check_gradients(params, X, y, gradient=masked).passed(1e-7, 1e-11)
    assert masked(params, X, y)[0] != layers.gradient(params, X, y)[0]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_the_engine_takes_it(hidden):
    rng = np.random.default_rng(7)
    X, y, params = rng.normal(size=(7, 101)), rng.integers(3, size=101), start(hidden)
    with engine.full_batch(layers.gradient, X, y, threads=2) as objective:
        loss, accuracy, gradients = objective(params)
    expected = layers.gradient(params, X, y)
    assert loss == pytest.approx(expected[0], rel=1e-13)
    assert accuracy == expected[1] / 101
    for dP, dQ in zip(gradients, expected[2], strict=True):
        np.testing.assert_allclose(dP, dQ, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_predict_and_accuracy_take_any_depth(hidden, X, y):
    params = start(hidden)
    answers = layers.forward(params, X)[1].argmax(axis=0)
    np.testing.assert_array_equal(nnfs.predict(params, X), answers)
    assert nnfs.accuracy(params, X, y) == (answers == y).mean()


@pytest.mark.parametrize("hidden", HIDDEN)
def test_train_takes_any_depth(hidden):
    rng = np.random.default_rng(9)
    X, y = rng.normal(size=(7, 20)), rng.integers(3, size=20)
    result = nnfs.train(X, y, n_classes=3, hidden=hidden, iterations=200, alpha=0.05)
    assert len(result.params) == 2 * (len(hidden) + 1)
    assert (np.diff(result.history.loss) < 0).all()


def test_a_network_of_one_input_one_unit_and_one_example():
    params = nnfs.init_params(1, (1, 1), 2, dtype=np.float64, scheme="he", seed=4)
    params = [np.abs(P) + 0.1 for P in params]
    report = nnfs.check_gradients(params, [[1.5]], [1], gradient=layers.gradient)
    assert report.passed()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ([], "0 parameters"),
        (start((5,))[:3], "3 parameters"),
        ((*start((5,)), *start((5,))), r"W3 of shape \(5, 7\) does not multiply the 3 units"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(params, message, X):
    with pytest.raises(ValueError, match=message):
        layers.forward(params, X)
    with pytest.raises(ValueError, match=message):
        nnfs.predict(params, X)


def test_init_params_draws_every_layer_by_its_own_fans():
    params = nnfs.init_params(400, (300, 200), 100, scheme="he")
    assert [P.shape for P in params[::2]] == [(300, 400), (200, 300), (100, 200)]
    for W in params[::2]:
        assert W.std() == pytest.approx(np.sqrt(2 / W.shape[1]), rel=0.02)
    assert type(params) is tuple


def test_one_hidden_layer_in_a_list_is_the_two_layer_network():
    for P, Q in zip(nnfs.init_params(7, [5], 3), nnfs.init_params(7, 5, 3), strict=True):
        assert P.tobytes() == Q.tobytes()
    assert isinstance(nnfs.init_params(7, [5], 3), nnfs.Parameters)


@pytest.mark.parametrize("hidden", [(5, 0), (2.5,), [True], "12"])
def test_init_params_refuses_bad_widths(hidden):
    with pytest.raises(ValueError, match="n_hidden must be a whole number of at least 1"):
        nnfs.init_params(7, hidden, 3)


@pytest.mark.parametrize(
    "shapes", [[(5, 4)], [(6, 4), (5, 4)], [(5, 4), (6, 4), (6, 4)], [(5, 4), (6, 1)]]
)
def test_masks_are_one_for_each_hidden_layer(shapes):
    params, X = start((5, 6)), np.ones((7, 4))
    with pytest.raises(ValueError, match=r"^masks have shapes .*; expected \[\(5, 4\), \(6, 4\)\]"):
        layers.forward(params, X, [np.ones(shape) for shape in shapes])
