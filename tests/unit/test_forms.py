"""Parameters may be arrays in a tuple or a list, or lists of numbers, wherever they are taken."""

import numpy as np
import pytest

import nnfs
from nnfs import layers, network, optimizers, regularise

PLAIN = {
    "forward": lambda p, X, y: nnfs.forward(p, X),
    "backward": lambda p, X, y: nnfs.backward(p, nnfs.forward(p, X), X, nnfs.one_hot(y, 3)),
    "network.gradient": lambda p, X, y: network.gradient(p, X, y)[2],
    "layers.forward": lambda p, X, y: layers.forward(p, X)[0],
    "layers.backward": lambda p, X, y: layers.backward(
        p, *layers.forward(p, X), nnfs.one_hot(y, 3)
    ),
    "layers.gradient": lambda p, X, y: layers.gradient(p, X, y)[2],
    "predict": lambda p, X, y: nnfs.predict(p, X),
    "accuracy": lambda p, X, y: nnfs.accuracy(p, X, y),
    "train": lambda p, X, y: nnfs.train(X, y, params=p, iterations=3).params,
    "check_gradients": lambda p, X, y: nnfs.check_gradients(p, X, y).worst.error,
    "penalised": lambda p, X, y: regularise.penalised(layers.gradient, 0.1)(p, X, y)[2],
    "dropout_masks": lambda p, X, y: regularise.dropout_masks(p, 4, 0.5, np.random.default_rng(0)),
    "update": lambda p, X, y: nnfs.update(p, p, 0.1),
    "adam": lambda p, X, y: optimizers.adam().update(p, p, optimizers.adam().init(p), 0.1)[0],
    "decayed": lambda p, X, y: optimizers.adamw().update(p, p, optimizers.adamw().init(p), 0.1)[0],
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize(
    "form",
    [list, tuple, lambda p: [P.tolist() for P in p], lambda p: tuple(P.tolist() for P in p)],
    ids=["list of arrays", "tuple of arrays", "list of lists", "tuple of lists"],
)
def test_any_form_of_parameters_gives_the_same(name, form, params, X, y):
    expected, found = PLAIN[name](params, X, y), PLAIN[name](form(params), X, y)
    if not isinstance(expected, tuple | list):
        expected, found = [expected], [found]
    for P, Q in zip(expected, found, strict=True):
        np.testing.assert_array_equal(P, Q)


def test_files_take_any_form(params, tmp_path):
    nnfs.save_parameters(tmp_path / "p.npz", [P.tolist() for P in params])
    for P, Q in zip(nnfs.load_parameters(tmp_path / "p.npz"), params, strict=True):
        np.testing.assert_array_equal(P, Q)


@pytest.mark.parametrize("kind", [tuple, list, lambda a: [A.tolist() for A in a]])
def test_backward_takes_any_four_activations(kind, params, X, y):
    activations, Y = nnfs.forward(params, X), nnfs.one_hot(y, 3)
    expected = nnfs.backward(params, activations, X, Y)
    for P, Q in zip(expected, nnfs.backward(params, kind(activations), X, Y), strict=True):
        np.testing.assert_array_equal(P, Q)


@pytest.mark.parametrize("hidden", [np.array([5, 4]), [5, 4], (5, 4)])
def test_widths_may_be_an_array(hidden):
    shapes = [P.shape for P in nnfs.init_params(7, hidden, 3)]
    assert shapes == [(5, 7), (5, 1), (4, 5), (4, 1), (3, 4), (3, 1)]
