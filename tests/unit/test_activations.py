"""Any pair of a function and its derivative serves as activation: in training, checks and files."""

import copy
import pickle
import re

import numpy as np
import pytest

import nnfs
from nnfs import activations, layers, network
from nnfs.activations import RELU, Activation, register
from nnfs.training import Run


def gelu_tanh(Z):
    return np.tanh(np.sqrt(2 / np.pi) * (Z + 0.044715 * Z**3))


def gelu(Z):
    return Z * (1 + gelu_tanh(Z)) / 2


def gelu_slope(Z):
    t = gelu_tanh(Z)
    return (1 + t) / 2 + Z * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * Z**2) / 2


def tanh_slope(Z):
    return 1 - np.tanh(Z) ** 2


TANH, GELU = Activation("tanh", np.tanh, tanh_slope), Activation("gelu", gelu, gelu_slope)
PAIRS = pytest.mark.parametrize("pair", [TANH, GELU], ids=lambda pair: pair.name)


@pytest.fixture(autouse=True)
def _known(monkeypatch):
    monkeypatch.setattr(activations, "KNOWN", dict(activations.KNOWN))
    register(TANH)
    register(GELU)


def assert_same(found, expected):
    for P, Q in zip(found, expected, strict=True):
        np.testing.assert_array_equal(P, Q)


@PAIRS
def test_the_derivative_is_that_of_the_function(pair):
    Z = np.linspace(-4, 4, 41)
    np.testing.assert_allclose(
        pair.value(Z + 1e-30j).imag / 1e-30, pair.slope(Z), rtol=1e-12, atol=1e-14
    )


@PAIRS
@pytest.mark.parametrize("hidden", [5, [5, 4]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_of_such_a_network_is_right(pair, hidden, dtype, X, y):
    params = nnfs.init_params(7, hidden, 3, seed=1, dtype=dtype, activation=pair)
    gradients = [layers.gradient] if hidden == [5, 4] else [layers.gradient, network.gradient]
    for gradient in gradients:
        report = nnfs.check_gradients(params, X, y, gradient=gradient)
        assert report.passed()
        assert not report.kinks
    # The derivative of another function is noticed.
    wrong = Activation("wrong", pair.value, nnfs.relu_mask)
    as_wrong = lambda params, X, y: layers.gradient(params, X, y, activation=wrong)  # noqa: E731
    assert not nnfs.check_gradients(params, X, y, gradient=as_wrong).passed()


@PAIRS
def test_both_ways_to_say_it_are_the_same(pair, X, y):
    plain = nnfs.init_params(7, 5, 3, seed=1)
    named = nnfs.init_params(7, 5, 3, seed=1, activation=pair.name)
    assert_same(nnfs.forward(plain, X, pair), nnfs.forward(named, X))
    assert not np.array_equal(nnfs.forward(plain, X).A1, nnfs.forward(named, X).A1)
    Y = nnfs.one_hot(y, 3)
    given = nnfs.backward(plain, nnfs.forward(plain, X, pair), X, Y, pair.name)
    assert_same(given, nnfs.backward(named, nnfs.forward(named, X), X, Y))
    inputs, Z = layers.forward(plain, X, activation=pair)
    assert_same(given, layers.backward(plain, inputs, Z, Y, activation=pair))


@PAIRS
@pytest.mark.parametrize("hidden", [5, [5, 4]])
@pytest.mark.parametrize(
    "options", [{}, {"batch_size": 20, "dropout": 0.1, "optimizer": "adam", "alpha": 0.02}]
)
def test_training_learns_with_it_and_files_remember_it(pair, hidden, options, tmp_path):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(7, 40)), rng.integers(3, size=40)
    trained = nnfs.train(
        X, y, hidden=hidden, activation=pair.name, weight_decay=1e-4, iterations=60, **options
    )
    params = trained.params
    assert activations.of(params) == pair
    assert trained.history.loss[-5:].mean() < trained.history.loss[:5].mean()
    answers = layers.forward(params, X, activation=pair)[1].argmax(axis=0)
    np.testing.assert_array_equal(nnfs.predict(params, X), answers)
    nnfs.save_parameters(tmp_path / "p.npz", params)
    loaded = nnfs.load_parameters(tmp_path / "p.npz")
    assert activations.of(loaded) == pair
    assert loaded.data_range == params.data_range
    assert nnfs.accuracy(loaded, X, y) == np.mean(answers == y)
    np.testing.assert_array_equal(nnfs.predict(loaded, X), answers)
    for again in (copy.deepcopy(params), pickle.loads(pickle.dumps(params))):
        assert activations.of(again) == pair


@PAIRS
def test_a_saved_run_goes_on_with_it(pair, tmp_path):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(7, 40)), rng.integers(3, size=40)
    whole = Run(X, y, hidden=5, activation=pair, iterations=12).finish()
    first = Run(X, y, hidden=5, activation=pair, iterations=12)
    first.finish(callback=lambda step: step.iteration == 6)
    first.save(tmp_path / "run.npz")
    params = Run.load(tmp_path / "run.npz", X, y).finish().params
    assert activations.of(params) == pair
    assert_same(params, whole.params)


def test_what_is_made_of_parameters_keeps_the_activation(X, y):
    for hidden in (5, [5, 4]):
        params = nnfs.init_params(7, hidden, 3, activation=TANH)
        gradients = layers.gradient(params, X, y)[2]
        assert activations.of(nnfs.update(params, gradients, 0.1)) == TANH
    params = nnfs.init_params(7, 5, 3, activation=TANH)
    assert activations.of(params._replace(b1=params.b1 + 1)) == TANH
    assert activations.of(network.with_activation(params, "relu")) == RELU
    assert activations.of([P.tolist() for P in params]) == RELU


def test_relu_is_what_it_was(params, X, y, tmp_path):
    assert activations.of(params) == RELU
    for by in (None, "relu", RELU):
        assert_same(nnfs.forward(params, X, by), nnfs.forward(params, X))
    nnfs.save_parameters(tmp_path / "p.npz", params)
    with np.load(tmp_path / "p.npz") as archive:
        assert "activation" not in archive.files
    assert nnfs.load_parameters(tmp_path / "p.npz").activation is None


def test_a_file_with_an_activation_that_is_not_known_says_so(params, tmp_path):
    own = Activation("softsign", lambda Z: Z / (1 + np.abs(Z)), lambda Z: 1 / (1 + np.abs(Z)) ** 2)
    nnfs.save_parameters(tmp_path / "p.npz", network.with_activation(params, own))
    with pytest.raises(ValueError, match="activation 'softsign', which is not known here"):
        nnfs.load_parameters(tmp_path / "p.npz")
    register(own)
    assert activations.of(nnfs.load_parameters(tmp_path / "p.npz")) == own


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        ("sofplus", r"activation 'sofplus' is not known; expected one of relu, .*\btanh\b"),
        (np.tanh, r"must be a name or nnfs.activations.Activation\(name, value, slope\)"),
        ((np.tanh, tanh_slope), "must be a name or"),
        (Activation("half", np.tanh, None), "a pair of functions of Z"),
        (Activation("half", "tanh", tanh_slope), "a pair of functions of Z"),
        (Activation(np.tanh, np.tanh, tanh_slope), "a pair of functions of Z"),
    ],
)
def test_what_is_no_activation_is_refused(activation, message, params, X, y):
    for use in (
        lambda: nnfs.init_params(7, 5, 3, activation=activation),
        lambda: nnfs.forward(params, X, activation),
        lambda: layers.forward(params, X, activation=activation),
        lambda: nnfs.train(X, y, activation=activation, iterations=1),
        lambda: register(activations.checked(activation)),
    ):
        with pytest.raises(ValueError, match=message):
            use()


def test_inputs_without_what_came_before_the_activation_are_refused(params, X, y):
    inputs, Z = layers.forward(params, X)
    with pytest.raises(ValueError, match=r"what nnfs\.layers\.forward returned"):
        layers.backward(params, list(inputs), Z, nnfs.one_hot(y, 3))


def test_the_command_line_offers_what_is_known(capsys):
    from nnfs import cli

    with pytest.raises(SystemExit):
        cli.main(["train", "--help"])
    offered = re.search(r"--activation \{([^}]*)\}", "".join(capsys.readouterr().out.split("\n")))
    assert [name.strip() for name in offered[1].split(",")] == list(activations.KNOWN)
    assert {"relu", "tanh", "gelu"} <= set(activations.KNOWN)


@PAIRS
@pytest.mark.parametrize("again", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_a_copy_of_an_activation_is_as_good(pair, again, X, y, tmp_path):
    start = again(nnfs.init_params(7, 5, 3, activation=pair.name))
    run = Run(X, y, params=start, activation=pair.name, iterations=5)
    next(iter(run))
    run.save(tmp_path / "run.npz")
    assert Run.load(tmp_path / "run.npz", X, y).iteration == 1
