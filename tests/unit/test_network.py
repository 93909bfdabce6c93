"""The two-layer network: worked by hand, in stacks, in every dtype, and at its border."""

import copy
import math
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nnfs
from nnfs import layers, network

PENCIL = nnfs.Parameters(
    W1=np.array([[1.0, -1.0], [0.5, 1.0]]),
    b1=np.array([[0.0], [-0.5]]),
    W2=np.array([[1.0, -1.0], [2.0, 1.0]]),
    b2=np.array([[0.5], [0.0]]),
)
X_PENCIL = np.array([[1.0, 0.0], [0.5, 1.0]])
Y_PENCIL = np.array([[1.0, 0.0], [0.0, 1.0]])


def test_the_forward_pass_by_hand():
    Z1, A1, Z2, A2 = nnfs.forward(PENCIL, X_PENCIL)
    np.testing.assert_array_equal(Z1, [[0.5, -1.0], [0.5, 0.5]])
    np.testing.assert_array_equal(A1, [[0.5, 0.0], [0.5, 0.5]])
    np.testing.assert_array_equal(Z2, [[0.5, 0.0], [1.5, 0.5]])
    p, q = 1 / (1 + math.e), 1 / (1 + math.exp(0.5))
    np.testing.assert_allclose(A2, [[p, q], [1 - p, 1 - q]], rtol=1e-13)


def test_the_backward_pass_by_hand():
    """dZ2 = [[p - 1, q], [1 - p, -q]]; the second example switches the first unit off."""
    p, q = 1 / (1 + math.e), 1 / (1 + math.exp(0.5))
    gradients = nnfs.backward(PENCIL, nnfs.forward(PENCIL, X_PENCIL), X_PENCIL, Y_PENCIL)
    first, second = (p - 1) / 2, q / 2
    dW2 = np.array([[first / 2, (first + second) / 2], [-first / 2, -(first + second) / 2]])
    np.testing.assert_allclose(gradients.W2, dW2, rtol=1e-13)
    np.testing.assert_allclose(gradients.b2, [[first + second], [-first - second]], rtol=1e-13)
    # W2^T dZ2: unit 1 gets dZ2[0] + 2 dZ2[1] = 1 - p, unit 2 gets -dZ2[0] + dZ2[1].
    unit1, unit2 = np.array([1 - p, 0.0]), np.array([2 * (1 - p), -2 * q])
    dZ1 = np.array([unit1, unit2])
    dW1 = np.array([[dZ1[j] @ X_PENCIL[n] / 2 for n in range(2)] for j in range(2)])
    np.testing.assert_allclose(gradients.W1, dW1, rtol=1e-13)
    np.testing.assert_allclose(gradients.b1, dZ1.sum(axis=1, keepdims=True) / 2, rtol=1e-13)


def test_gradients_have_the_shapes_of_the_parameters(params, X, y):
    gradients = network.gradient(params, X, y)[2]
    assert isinstance(gradients, nnfs.Parameters)
    assert [dP.shape for dP in gradients] == [(5, 7), (5, 1), (3, 5), (3, 1)]


def test_the_gradient_of_the_mean_is_the_mean_of_the_gradients(params, X, y):
    whole = network.gradient(params, X, y)[2]
    singles = [network.gradient(params, X[:, i : i + 1], y[i : i + 1])[2] for i in range(4)]
    for dP, ones in zip(whole, zip(*singles, strict=True), strict=True):
        np.testing.assert_allclose(dP, np.mean(ones, axis=0), rtol=1e-12, atol=1e-13)


def test_duplicated_examples_change_nothing(params, X, y):
    once, twice = (
        network.gradient(params, np.tile(X, (1, times)), np.tile(y, times)) for times in (1, 2)
    )
    assert twice[0] == pytest.approx(once[0], rel=1e-13)
    assert twice[1] == 2 * once[1]
    for dP, dQ in zip(once[2], twice[2], strict=True):
        np.testing.assert_allclose(dP, dQ, rtol=1e-12, atol=1e-13)


def test_each_bias_has_a_gradient_of_its_own(params, X, y):
    gradients = network.gradient(params, X, y)[2]
    assert np.unique(gradients.b2).size == 3
    assert np.abs(gradients.b2).max() > 1e-3
    assert gradients.b2.sum() == pytest.approx(0, abs=1e-13)


def test_a_stack_of_matrices_is_each_of_them(params):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(6, 7, 4))
    Y = np.stack([nnfs.one_hot(rng.integers(3, size=4), 3) for _ in range(6)])
    activations = nnfs.forward(params, X)
    gradients = nnfs.backward(params, activations, X, Y)
    for k in range(6):
        one = nnfs.forward(params, X[k])
        for stacked, single in zip(activations, one, strict=True):
            np.testing.assert_allclose(stacked[k], single, rtol=1e-13)
        for stacked, single in zip(gradients, nnfs.backward(params, one, X[k], Y[k]), strict=True):
            np.testing.assert_allclose(stacked[k], single, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_dtype_is_kept(params, X, y, dtype):
    cast = nnfs.Parameters(*(P.astype(dtype) for P in params))
    x = X.astype(dtype)
    activations = nnfs.forward(cast, x)
    gradients = nnfs.backward(cast, activations, x, nnfs.one_hot(y, 3))
    assert {A.dtype for A in (*activations, *gradients)} == {np.dtype(dtype)}


def test_float32_agrees_with_float64_to_rounding(params, X, y):
    single = nnfs.Parameters(*(P.astype(np.float32) for P in params))
    for dP, dQ in zip(
        network.gradient(single, X.astype(np.float32), y)[2],
        network.gradient(params, X, y)[2],
        strict=True,
    ):
        np.testing.assert_allclose(dP, dQ, atol=1e-6 * np.abs(dQ).max())


def test_loss_and_correct_answers_are_of_these_parameters(params, X, y):
    loss, correct, _ = network.gradient(params, X, y)
    A2 = nnfs.forward(params, X).A2
    assert loss == pytest.approx(-np.log(A2[y, range(4)]).mean(), rel=1e-12)
    assert correct == (A2.argmax(axis=0) == y).sum()
    assert isinstance(correct, int)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("W1", (5, 6)), ("b1", (5,)), ("W2", (3, 4)), ("b2", (1, 3)), ("b2", (1, 1))],
)
def test_parameters_that_do_not_fit_are_named_with_their_shape(params, X, name, shape):
    wrong = params._replace(**{name: np.zeros(shape)})
    with pytest.raises(
        ValueError, match=rf"{name}.*{shape}".replace("(", r"\(").replace(")", r"\)")
    ):
        nnfs.forward(wrong, X)


def test_inputs_on_their_side_are_named_with_their_shape(params, X):
    with pytest.raises(ValueError, match=r"W1 of shape \(5, 7\).*X of shape \(4, 7\)"):
        nnfs.forward(params, X.T)


def test_backward_refuses_labels_that_are_not_one_hot(params, X, y):
    with pytest.raises(ValueError, match=r"Y has shape \(4,\); expected \(3, 4\)"):
        nnfs.backward(params, nnfs.forward(params, X), X, y)


def test_predict_and_accuracy(params, X):
    answers = nnfs.predict(params, X)
    assert answers.shape == (4,)
    np.testing.assert_array_equal(answers, nnfs.forward(params, X).A2.argmax(axis=0))
    y = answers.copy()
    y[0] = (y[0] + 1) % 3
    assert nnfs.accuracy(params, X, y) == 0.75
    assert type(nnfs.accuracy(params, X, y)) is float


def test_what_numpy_takes_as_an_array_is_taken(params, X, y):
    expected = nnfs.accuracy(params, X, y)
    assert nnfs.accuracy(params, X.tolist(), y.tolist()) == expected
    assert nnfs.accuracy(params, pd.DataFrame(X), pd.Series(y)) == expected
    assert nnfs.accuracy(params, np.asfortranarray(X), y.astype(np.uint8)) == expected
    frozen = X.copy()
    frozen.flags.writeable = False
    assert nnfs.accuracy(params, frozen, y) == expected
    assert nnfs.predict(params, np.ones((7, 2), np.uint8)).shape == (2,)


BAD_X = {
    "a vector": (np.zeros(7), r"\(7,\)"),
    "nothing": (np.zeros((7, 0)), r"\(7, 0\)"),
    "NaN": (np.where(np.eye(7, 4), np.nan, 0), r"X\[0, 0\] is nan"),
    "infinity": (np.where(np.eye(7, 4, 1), np.inf, 0), r"X\[0, 1\] is inf"),
    "complex": (np.zeros((7, 4), complex), "complex128"),
    "text": (np.full((7, 4), "a"), "real numbers"),
    "ragged rows": ([[1.0, 2.0], [3.0]], "same length"),
    "another number of inputs": (np.zeros((6, 4)), r"\(6, 4\)"),
}


@pytest.mark.parametrize("name", BAD_X)
def test_predict_refuses_bad_inputs(params, name):
    X, message = BAD_X[name]
    with pytest.raises(ValueError, match=message):
        nnfs.predict(params, X)


BAD_Y = {
    "too few": ([0, 1], "2 labels for 4 examples"),
    "too many": ([0, 1, 2, 2, 0], "5 labels for 4 examples"),
    "too large": ([0, 1, 2, 3], "label 3 at 3; expected 0..2"),
    "negative": ([0, -1, 2, 2], "label -1 at 1"),
    "not whole": ([0.0, 1.0, 2.0, 2.0], "float64"),
    "one-hot": (np.eye(3, 4), r"\(3, 4\)"),
}


@pytest.mark.parametrize("name", BAD_Y)
def test_accuracy_refuses_bad_labels(params, X, name):
    labels, message = BAD_Y[name]
    with pytest.raises(ValueError, match=message):
        nnfs.accuracy(params, X, labels)


def test_predict_refuses_parameters_that_are_not_finite(params, X):
    with pytest.raises(ValueError, match="W2 of shape"):
        nnfs.predict(params._replace(W2=params.W2 * np.nan), X)


def test_parameters_may_be_any_sequence_of_arrays(params, X, y):
    assert nnfs.accuracy(list(params), X, y) == nnfs.accuracy(params, X, y)
    np.testing.assert_array_equal(nnfs.forward(tuple(params), X).A2, nnfs.forward(params, X).A2)


def test_init_params_draws_the_original_start():
    params = nnfs.init_params(seed=3)
    assert [P.shape for P in params] == [(10, 784), (10, 1), (10, 10), (10, 1)]
    assert {P.dtype for P in params} == {np.dtype(np.float32)}
    entries = np.concatenate([P.ravel() for P in params])
    assert -0.5 <= entries.min() < -0.499
    assert 0.499 < entries.max() <= 0.5
    assert entries.std() == pytest.approx(1 / math.sqrt(12), rel=0.02)
    assert np.ptp(params.b1) > 0.3


@pytest.mark.parametrize(
    ("scheme", "limits"),
    [
        ("uniform", [0.5, 0.5]),
        ("glorot", [math.sqrt(6 / 12), math.sqrt(6 / 8)]),
        ("he", [math.sqrt(6 / 7), math.sqrt(6 / 5)]),
    ],
)
def test_init_params_draws_array_by_array_from_one_generator(scheme, limits):
    rng = np.random.default_rng(6)
    params = nnfs.init_params(7, 5, 3, scheme=scheme, seed=6, dtype=np.float64)
    for layer, (limit, fan_in, fan_out) in enumerate(zip(limits, (7, 5), (5, 3), strict=True)):
        W, b = params[2 * layer : 2 * layer + 2]
        np.testing.assert_array_equal(W, rng.uniform(-limit, limit, (fan_out, fan_in)))
        drawn = rng.uniform(-limit, limit, (fan_out, 1))
        np.testing.assert_array_equal(b, drawn if scheme == "uniform" else 0 * drawn)


@pytest.mark.parametrize(
    ("scheme", "deviation"), [("he", math.sqrt(2 / 784)), ("glorot", math.sqrt(2 / (784 + 300)))]
)
def test_init_params_scales_by_fan(scheme, deviation):
    params = nnfs.init_params(784, 300, scheme=scheme)
    assert params.W1.std() == pytest.approx(deviation, rel=0.01)
    assert not params.b1.any()
    assert not params.b2.any()


def test_init_params_is_seeded_and_leaves_the_global_generator_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (nnfs.init_params(7, 5, 3, seed=seed) for seed in (4, 4, 5))
    assert all((P == Q).all() for P, Q in zip(first, again, strict=True))
    assert not (first.W1 == other.W1).any()
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_hidden": 0}, "n_hidden must be a whole number of at least 1, got 0"),
        ({"n_inputs": 7.0}, "n_inputs .* got 7.0"),
        ({"n_classes": True}, "n_classes .* got True"),
        ({"scheme": "lecun"}, "'lecun'.*uniform, glorot, he"),
        ({"seed": -1}, "seed .* got -1"),
        ({"seed": None}, "seed .* got None"),
        ({"dtype": np.int64}, "int64; expected float32 or float64"),
        ({"dtype": np.float16}, "float16"),
    ],
)
def test_init_params_refuses_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        nnfs.init_params(**arguments)


ROWS = "if examples are rows, pass X.T"


@pytest.mark.parametrize(
    "call",
    [
        lambda params, X, y: nnfs.predict(params, X),
        lambda params, X, y: nnfs.accuracy(params, X, y),
        lambda params, X, y: nnfs.forward(params, X),
        lambda params, X, y: nnfs.train(X, y, params=params),
        lambda params, X, y: nnfs.train(X, y, n_classes=3),
        lambda params, X, y: nnfs.check_gradients(params, X, y),
        lambda params, X, y: layers.forward(params, X),
    ],
)
def test_whoever_passes_rows_is_told_to_transpose(params, X, y, call):
    with pytest.raises(ValueError, match=ROWS):
        call(params, X.T, y)


@pytest.mark.parametrize("wrong", [np.zeros((6, 4)), np.zeros((7, 1, 4)), np.zeros((0, 7))])
def test_what_is_wrong_in_another_way_is_not_called_rows(params, wrong):
    with pytest.raises(ValueError, match="X") as caught:
        nnfs.predict(params, wrong)
    assert ROWS not in str(caught.value)


def test_one_example_and_pictures_are_told_how_to_become_columns(params):
    for call in (nnfs.predict, nnfs.forward):
        with pytest.raises(ValueError, match=r"pass X\[:, np.newaxis\]"):
            call(params, np.zeros(7))
    with pytest.raises(ValueError, match=r"pass X.reshape\(len\(X\), -1\).T"):
        nnfs.predict(params, np.zeros((4, 7, 1)))


@pytest.mark.parametrize(
    ("labels", "advice"),
    [
        (np.eye(3)[[2, 0, 1, 2]], r"pass np.argmax\(y, axis=1\)"),
        (np.eye(3)[[2, 0, 1, 2]].T, r"pass np.argmax\(y, axis=0\)"),
        (np.array([[2], [0], [1], [2]]), r"pass np.ravel\(y\)"),
        (np.array([[2, 0, 1, 2]]), r"pass np.ravel\(y\)"),
        (np.array(["2", "0", "1", "2"]), r"pass np.asarray\(y, float\).astype\(int\)"),
        (np.array(["2.0", "0.0", "1.0", "2.0"]), r"pass np.asarray\(y, float\).astype\(int\)"),
        (np.array([2.0, 0, 1, 2]), r"pass np.asarray\(y, int\)"),
        (np.array([2, 0, 1, 2], object), r"pass np.asarray\(y, int\)"),
        ([True, False, True, True], r"pass np.asarray\(y, int\)"),
        ([2.0, 0.5, 1, 2], "label 0.5 at 1 is no whole number"),
        ([2.0, 0, np.nan, 2], "label nan at 2 is no whole number"),
        (["cat", "dog", "eel", "cat"], r"pass np.unique\(y, return_inverse=True\)"),
        (np.ma.array([2, 0, 1, 2], mask=[0, 0, 1, 0]), "labels has masked entries"),
    ],
)
def test_labels_in_another_form_are_told_what_to_become(params, X, labels, advice):
    for call in (nnfs.accuracy, nnfs.check_gradients):
        with pytest.raises(ValueError, match=advice):
            call(params, X, labels)


class Sparse:
    def toarray(self):
        return np.zeros((7, 4))


@pytest.mark.parametrize(
    ("other", "advice"),
    [
        (lambda X: X.astype(str), r"pass np.asarray\(X, float\)"),
        (lambda X: X.astype(object), r"pass np.asarray\(X, float\)"),
        (lambda X: np.ma.masked_greater(X, np.median(X)), "X has masked entries"),
        (lambda X: Sparse(), r"pass X.toarray\(\)"),
    ],
)
def test_inputs_in_another_form_are_told_what_to_become(params, X, other, advice):
    for call in (nnfs.predict, lambda params, X: nnfs.train(X, [0, 1, 2, 0], params=params)):
        with pytest.raises(ValueError, match=advice):
            call(params, other(X))


def test_an_array_that_could_be_masked_and_is_not_serves(params, X):
    np.testing.assert_array_equal(nnfs.predict(params, np.ma.array(X)), nnfs.predict(params, X))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda training: training, r"got the Training that has them: pass its \.params"),
        (lambda training: "network.npz", r"pass nnfs\.load_parameters"),
        (lambda training: Path("network.npz"), r"pass nnfs\.load_parameters"),
        (lambda training: None, "got NoneType"),
        (lambda training: 5, "got int"),
        (lambda training: training.params._asdict(), "got dict"),
    ],
)
def test_what_holds_or_names_the_parameters_is_told_from_them(tmp_path, X, y, wrong, says):
    training = nnfs.train(X, y, n_classes=3, iterations=1)
    calls = [nnfs.predict, nnfs.forward, lambda params, X: nnfs.accuracy(params, X, y)]
    calls += [lambda params, X: nnfs.check_gradients(params, X, y)]
    calls += [lambda params, X: nnfs.save_parameters(tmp_path / "network.npz", params)]
    for call in calls:
        with pytest.raises(ValueError, match=says):
            call(wrong(training), X)
    if (params := wrong(training)) is not None:
        with pytest.raises(ValueError, match=says):
            nnfs.train(X, y, params=params, iterations=1)


def test_backward_takes_activations_of_the_readers_own(params, X, y):
    activations, Y = nnfs.forward(params, X), nnfs.one_hot(y, 3)
    expected = nnfs.backward(params, activations, X, Y)
    for given in (tuple(activations), [A.tolist() for A in activations]):
        for dP, dQ in zip(nnfs.backward(params, given, X, Y), expected, strict=True):
            np.testing.assert_array_equal(dP, dQ)
    with pytest.raises(ValueError, match="2 activations; expected four, Z1, A1, Z2, A2"):
        nnfs.backward(params, activations[:2], X, Y)


@pytest.mark.parametrize(
    "hidden", [[6, 5], (6, 5), np.array([6, 5]), np.array([6, 5], np.uint8), map(int, "65")]
)
def test_widths_may_be_anything_that_holds_whole_numbers(hidden):
    params = nnfs.init_params(np.int64(7), hidden, np.uint8(3), seed=np.int32(1))
    expected = nnfs.init_params(7, (6, 5), 3, seed=1)
    assert [P.tobytes() for P in params] == [P.tobytes() for P in expected]


@pytest.mark.parametrize("hidden", [np.array(6), np.int16(6), [np.int64(6)], np.array([6])])
def test_one_width_may_be_a_number_of_numpy(hidden):
    assert nnfs.init_params(7, hidden, 3).W1.shape == (6, 7)


@pytest.mark.parametrize("hidden", [np.array([6.0, 5]), [6, True], "65", {"a": 1}, np.bool_(True)])
def test_widths_that_are_none_are_refused(hidden):
    with pytest.raises(ValueError, match="n_hidden must be a whole number of at least 1"):
        nnfs.init_params(7, hidden, 3)


def test_parameters_carry_their_range_through_copies_and_other_processes(params):
    assert params.data_range is None
    trained = network.trained_on(params, (0.0, 1.0))
    for again in (copy.copy(trained), copy.deepcopy(trained), pickle.loads(pickle.dumps(trained))):
        assert again.data_range == (0.0, 1.0)
        assert type(again) is nnfs.Parameters
    assert params.data_range is None
    assert trained._replace(W1=trained.W1).data_range is None
