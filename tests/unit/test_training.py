"""Gradient descent: the loop, what it remembers, and how it refuses."""

import math

import numpy as np
import pytest

import nnfs
from nnfs import batches, network, optimizers, schedules, training


def test_update_by_hand():
    params = nnfs.Parameters(*(np.full((1, 1), value) for value in (1.0, 2.0, 3.0, 4.0)))
    gradients = nnfs.Parameters(*(np.full((1, 1), value) for value in (10.0, -10.0, 0.0, 1.0)))
    moved = nnfs.update(params, gradients, 0.1)
    assert isinstance(moved, nnfs.Parameters)
    np.testing.assert_allclose(np.ravel(moved), [0.0, 3.0, 3.0, 3.9], atol=1e-13)
    np.testing.assert_array_equal(np.ravel(params), [1, 2, 3, 4])


def test_update_keeps_the_dtype_and_the_kind_of_tuple():
    params = (np.ones((2, 3), np.float32), np.ones((2, 1), np.float32))
    moved = nnfs.update(params, [P.astype(np.float64) for P in params], np.float64(0.5))
    assert type(moved) is tuple
    assert {P.dtype for P in moved} == {np.dtype(np.float32)}


@pytest.mark.parametrize("alpha", [0, -0.1, math.nan, math.inf, "0.1", None, True])
def test_update_refuses_a_bad_learning_rate(params, alpha):
    with pytest.raises(ValueError, match="alpha must be a positive, finite number"):
        nnfs.update(params, params, alpha)


def test_update_refuses_gradients_of_another_shape(params):
    with pytest.raises(ValueError, match=r"\(7, 5\).*expected"):
        nnfs.update(params, params._replace(W1=params.W1.T), 0.1)


def test_train_is_the_loop_of_the_textbook(X, y):
    params = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=3)
    result = nnfs.train(X, y, hidden=5, n_classes=3, iterations=20, alpha=0.3, seed=3)
    for iteration in range(20):
        loss, correct, gradients = network.gradient(params, X, y)
        assert result.history.loss[iteration] == pytest.approx(loss, rel=1e-12)
        assert result.history.accuracy[iteration] == correct / 4
        params = nnfs.Parameters(*(P - 0.3 * dP for P, dP in zip(params, gradients, strict=True)))
    for P, Q in zip(result.params, params, strict=True):
        np.testing.assert_allclose(P, Q, rtol=1e-11)


def test_the_defaults_are_the_settings_of_the_original(X, y):
    usual = nnfs.train(X, y)
    spelt = nnfs.train(X, y, hidden=10, n_classes=3, iterations=750, alpha=0.1, seed=0)
    np.testing.assert_allclose(usual.history.loss, spelt.history.loss, rtol=1e-6)
    np.testing.assert_allclose(usual.params.W1, spelt.params.W1, rtol=0, atol=1e-6)


def test_no_iterations_return_the_start(X, y):
    result = nnfs.train(X, y, hidden=5, n_classes=3, iterations=0, seed=3)
    start = nnfs.init_params(7, 5, 3, seed=3, dtype=np.float64)
    assert all((P == Q).all() for P, Q in zip(result.params, start, strict=True))
    assert [values.shape for values in result.history] == [(0,), (0,)]


def test_steps_yield_parameters_after_and_loss_before(params, X, y):
    def objective(params):
        return network.gradient(params, X, y)[0], 0.5, network.gradient(params, X, y)[2]

    seen = list(training.steps(params, objective, iterations=3, alpha=0.1))
    assert [step.iteration for step in seen] == [0, 1, 2]
    assert seen[0].loss == pytest.approx(network.gradient(params, X, y)[0], rel=1e-13)
    assert seen[1].loss == pytest.approx(network.gradient(seen[0].params, X, y)[0], rel=1e-13)


def test_the_same_seed_gives_the_same_network(X, y):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    runs = [nnfs.train(X, y, n_classes=3, iterations=30, seed=seed) for seed in (1, 1, 2)]
    first, again, other = (np.concatenate([P.ravel() for P in run.params]) for run in runs)
    np.testing.assert_allclose(first, again, rtol=1e-9, atol=1e-12)
    assert not np.isclose(first, other, rtol=1e-3).any()
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_any_number_of_threads_gives_the_same_bits():
    rng = np.random.default_rng(8)
    X, y = rng.random((7, 5000)), rng.integers(3, size=5000)
    runs = [nnfs.train(X, y, n_classes=3, iterations=3, threads=threads) for threads in (1, 2, 3)]
    assert len({run.params.W1.tobytes() for run in runs}) == 1


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.uint8, np.float32),
        (np.int64, np.float32),
        (bool, np.float32),
    ],
)
def test_the_precision_follows_the_data(given, used):
    X = np.eye(7, 4).astype(given)
    result = nnfs.train(X, [0, 1, 2, 0], n_classes=3, iterations=2)
    assert {P.dtype for P in result.params} == {np.dtype(used)}
    assert result.history.loss.dtype == np.float64


def test_a_start_is_honoured_and_left_as_it_was(params, X, y):
    before = [P.copy() for P in params]
    result = nnfs.train(X, y, params=params, iterations=1, alpha=0.2)
    expected = nnfs.update(params, network.gradient(params, X, y)[2], 0.2)
    for P, Q in zip(result.params, expected, strict=True):
        np.testing.assert_allclose(P, Q, rtol=1e-12)
    for P, old in zip(params, before, strict=True):
        np.testing.assert_array_equal(P, old)


def test_the_precision_of_a_start_is_kept(params, X, y):
    single, seen = nnfs.Parameters(*(P.astype(np.float32) for P in params)), []

    def gradient(params, X, y):
        seen.append(X.dtype)
        return network.gradient(params, X, y)

    result = nnfs.train(X, y, params=single, iterations=1, gradient=gradient)
    assert result.params.W1.dtype == np.float32
    assert seen == [np.float32]


def test_training_goes_on_where_it_stopped(X, y):
    options = {"hidden": 5, "n_classes": 3}
    whole = nnfs.train(X, y, iterations=10, **options)
    half = nnfs.train(X, y, iterations=5, **options)
    rest = nnfs.train(X, y, iterations=5, params=half.params)
    np.testing.assert_allclose(whole.params.W1, rest.params.W1, rtol=1e-11)
    np.testing.assert_allclose(whole.history.loss[5:], rest.history.loss, rtol=1e-11)


def test_what_is_passed_is_not_changed(X, y):
    before = X.copy(), y.copy()
    nnfs.train(X, y, n_classes=3, iterations=3)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_small_steps_descend_and_learn_by_heart():
    rng = np.random.default_rng(9)
    X, y = rng.normal(size=(7, 20)), rng.integers(3, size=20)
    result = nnfs.train(X, y, n_classes=3, hidden=16, iterations=2000, alpha=0.1)
    assert (np.diff(result.history.loss) < 0).all()
    assert nnfs.accuracy(result.params, X, y) == 1


def test_another_gradient_can_be_passed(X, y):
    calls = []

    def uphill(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        calls.append(X.shape)
        return loss, correct, nnfs.Parameters(*(-dP for dP in gradients))

    result = nnfs.train(X, y, n_classes=3, iterations=5, gradient=uphill)
    assert calls == [(7, 4)] * 5
    assert (np.diff(result.history.loss) > 0).all()


def test_a_gradient_of_another_shape_is_refused(X, y):
    def transposed(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        return loss, correct, gradients._replace(W2=gradients.W2.T)

    with pytest.raises(ValueError, match="gradients have shapes"):
        nnfs.train(X, y, n_classes=3, hidden=5, gradient=transposed)


def test_a_gradient_that_is_no_number_from_the_start_is_looked_for_in_the_function(X, y):
    def without_numbers(params, X, y):
        loss, correct, gradients = nnfs.network.gradient(params, X, y)
        return loss * np.nan, correct, gradients

    with pytest.raises(nnfs.DivergenceError, match="your own, look first at what it returns"):
        nnfs.train(X, y, n_classes=3, gradient=without_numbers)


@pytest.mark.parametrize("threads", [1, 2])
def test_divergence_is_one_error_with_its_iteration_and_no_warning(X, y, threads):
    wide = np.tile(X, (1, 600)).astype(np.float32)
    labels = np.tile(y, 600)
    with pytest.raises(nnfs.DivergenceError) as caught:
        nnfs.train(wide, labels, n_classes=3, alpha=1e38, threads=threads)
    assert "diverged at iteration" in str(caught.value)
    assert "smaller than 1e+38" in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_divergence_names_the_iteration_at_which_it_happens(X, y):
    def breaks(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        breaks.calls += 1
        return (np.nan if breaks.calls == 4 else loss), correct, gradients

    breaks.calls = 0
    with pytest.raises(nnfs.DivergenceError, match="at iteration 3"):
        nnfs.train(X, y, n_classes=3, gradient=breaks)


def test_parameters_that_overflow_in_the_last_step_are_not_returned(X, y):
    def huge(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        return loss, correct, gradients._replace(W1=np.full_like(gradients.W1, 1e300))

    with pytest.raises(nnfs.DivergenceError, match="at iteration 0"):
        nnfs.train(X, y, n_classes=3, iterations=1, alpha=1e20, gradient=huge)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros(7)}, r"X has shape \(7,\)"),
        ({"X": np.zeros((4, 7))}, "4 labels for 7 examples.*pass X.T"),
        ({"X": np.full((7, 4), np.nan)}, r"X\[0, 0\] is nan"),
        ({"X": np.zeros((7, 4), complex)}, "complex128"),
        ({"X": [[1.0], [1.0, 2.0]]}, "same length"),
        ({"y": [0, 1, 2, 3], "n_classes": 3}, "label 3 at 3; expected 0..2"),
        ({"y": [0, 1, 2, -1]}, "label -1 at 3; expected 0..2"),
        ({"y": [-1, -1, -2, -1]}, "label -1 at 0; expected 0..0"),
        ({"y": [0, 1, 2, 10**9]}, "largest label is 1000000000.*return_inverse.*n_classes"),
        ({"y": np.eye(3)[:, [0, 1, 2, 2]]}, r"one-hot, pass np.argmax\(y, axis=0\)"),
        ({"y": np.eye(3)[[0, 1, 2, 2]]}, r"one-hot, pass np.argmax\(y, axis=1\)"),
        ({"y": ["a", "b", "c", "a"]}, "to number the classes, pass np.unique"),
        ({"y": [np.nan] * 4}, "labels have dtype float64"),
        ({"y": []}, "0 labels for 4 examples"),
        ({"y": [0.5, 1, 2, 2]}, "float64; expected integers"),
        ({"y": np.eye(4)}, r"labels have shape \(4, 4\)"),
        ({"hidden": 0}, "^hidden must be a whole number of at least 1, got 0"),
        ({"hidden": 2.5}, "got 2.5"),
        ({"iterations": -1}, "iterations must be a whole number of at least 0, got -1"),
        ({"iterations": 10.0}, "iterations .* got 10.0"),
        ({"alpha": 0}, "alpha must be"),
        ({"alpha": math.nan}, "alpha must be"),
        ({"seed": "zero"}, "seed must be a whole number of at least 0, got 'zero'"),
        ({"threads": 0}, "threads must be"),
        ({"params": nnfs.init_params(6, 5, 3)}, r"W1 of shape \(5, 6\)"),
    ],
)
def test_bad_arguments_are_refused_before_any_work(X, y, change, message):
    with pytest.raises(ValueError, match=message):
        nnfs.train(**{"X": X, "y": y, **change})


def test_a_schedule_an_optimiser_and_batches_reach_the_steps(X, y):
    how = {"alpha": schedules.cosine(0.5, steps=6), "optimizer": optimizers.momentum()}
    start = nnfs.init_params(7, 5, 3, dtype=np.float64)
    trained = nnfs.train(X, y, params=start, iterations=6, batch_size=2, seed=4, **how)
    objective = batches.mini_batches(network.gradient, X, np.asarray(y), batch_size=2, seed=4)
    params, state = start, how["optimizer"].init(start)
    for t in range(6):
        gradients = objective(params).gradients
        params, state = how["optimizer"].update(params, gradients, state, how["alpha"](t))
    for P, Q in zip(trained.params, params, strict=True):
        np.testing.assert_allclose(P, Q, rtol=1e-11, atol=1e-13)


def digits_like(scale=1.0, dtype=np.float64, m=30):
    """Return examples like pictures: most inputs dark, the others up to the scale."""
    rng = np.random.default_rng(5)
    X = rng.random((40, m)) * (rng.random((40, m)) < 0.2)
    X[0, 0] = 1
    return (scale * X).astype(dtype), rng.integers(3, size=m)


FEW = {"n_classes": 3, "hidden": 5, "iterations": 2, "alpha": 1e-9}


@pytest.mark.parametrize(
    ("scale", "dtype", "advice"),
    [
        (255, np.uint8, "X / 255"),
        (255, np.float32, "X / 255"),
        (255, np.float64, "X / 255"),
        (255, np.int32, "X / 255"),
        (250, np.float64, "X / 255"),
        (65535, np.uint16, "X / 65535"),
        (1000, np.float16, "X / 1000"),
    ],
)
def test_unscaled_inputs_are_one_warning_with_what_to_do(scale, dtype, advice):
    X, y = digits_like(scale, dtype)
    with pytest.warns(nnfs.ScaleWarning) as caught:
        nnfs.train(X, y, **FEW)
    (warning,) = caught
    assert warning.filename == __file__
    message = str(warning.message)
    assert "\n" not in message
    assert "[0, 1]" in message
    assert f"pass {advice}, or data_range=(" in message


def test_unscaled_inputs_around_zero_are_told_to_be_standardised():
    X, y = digits_like(255)
    with pytest.warns(nnfs.ScaleWarning, match=r"pass \(X - X.mean\(\)\) / X.std\(\)"):
        nnfs.train(X - 128, y, **FEW)


def standardised(X):
    deviation = X.std(axis=1, keepdims=True)
    return (X - X.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1)


def rare():
    """Return standardised inputs one of which is lit once in ten thousand, so reaches 100."""
    X = np.random.default_rng(0).normal(size=(4, 10_000))
    X[0] = 0
    X[0, 7] = 1
    return standardised(X)


@pytest.mark.parametrize(
    "X",
    [
        digits_like()[0],
        digits_like(2)[0],
        digits_like(1 / 255)[0],
        digits_like()[0] > 0.5,
        2 * digits_like()[0] - 1,
        standardised(digits_like()[0]),
        standardised(digits_like(255)[0]),
        (digits_like()[0] - 0.1307) / 0.3081,
        np.zeros((40, 30)),
        np.random.default_rng(0).normal(size=(40, 30)),
        rare(),
        np.arange(5.0)[:, None] * np.ones((1, 30)),
    ],
)
def test_inputs_of_an_ordinary_scale_are_no_reason_to_warn(X):
    y = np.arange(X.shape[1]) % 3
    training = nnfs.train(X, y, **FEW)
    assert training.data_range == training.params.data_range == (X.min(), X.max())
    nnfs.accuracy(training.params, X, y)
    nnfs.predict(training.params, X[:, :1])


def test_who_says_the_range_means_it():
    X, y = digits_like(255, np.uint8)
    training = nnfs.train(X, y, data_range=(0, 255), **FEW)
    assert training.data_range == (0, 255)
    assert nnfs.train(X, y, params=training.params, iterations=1).data_range == (0, 255)
    nnfs.accuracy(training.params, X, y)
    nnfs.predict(training.params, X // 4)


@pytest.mark.parametrize("data_range", [5, (1, 0), (0, 1, 2), (0, np.inf), (np.nan, 1), "ab", (0,)])
def test_a_range_that_is_none_is_refused(X, y, data_range):
    with pytest.raises(ValueError, match="data_range must be two finite numbers"):
        nnfs.train(X, y, data_range=data_range)


@pytest.mark.parametrize("hidden", [5, (5, 4), ()])
def test_answers_for_data_of_another_scale_are_one_warning(hidden):
    X, y = digits_like()
    params = nnfs.train(X, y, **FEW | {"hidden": hidden}).params
    for call in (
        lambda X: nnfs.predict(params, X),
        lambda X: nnfs.accuracy(params, X, y),
        lambda X: nnfs.train(X, y, params=params, iterations=1, alpha=1e-9),
    ):
        call(X)
        with pytest.warns(
            nnfs.ScaleWarning, match=r"trained on data in \[0, 1\]: pass X / 255"
        ) as w:
            call((255 * X).astype(np.uint8))
        assert len(w) == 1
        assert w[0].filename == __file__
        for other in (16 * X, X / 255, 255 * X - 128):
            with pytest.warns(nnfs.ScaleWarning, match="scale X as the training data were"):
                call(other)


def test_answers_for_scaled_data_of_a_network_trained_on_bytes_are_a_warning():
    X, y = digits_like(255)
    params = nnfs.train(X, y, data_range=(0, 255), **FEW).params
    with pytest.warns(nnfs.ScaleWarning, match=r"trained on data in \[0, 255\]: pass 255 \* X"):
        nnfs.accuracy(params, X / 255, y)


def test_data_near_those_of_training_are_no_reason_to_warn():
    X, y = digits_like()
    params = nnfs.train(X, y, **FEW).params
    noise = np.random.default_rng(1).normal(size=X.shape)
    for other in (np.zeros_like(X), 0.1 * X, 2 * X, X + 0.3 * noise, 1 - X):
        nnfs.accuracy(params, other, y)


@pytest.mark.parametrize(
    "change",
    [
        {"hidden": np.array([5])},
        {"hidden": np.int64(5)},
        {"hidden": np.array(5)},
        {"iterations": np.int16(2)},
        {"iterations": np.array(2)},
        {"batch_size": np.uint8(200)},
        {"batch_size": np.array(200)},
        {"seed": np.uint64(0)},
        {"n_classes": np.int8(3)},
        {"threads": np.int64(1)},
        {"alpha": np.float32(2**-3)},
        {"alpha": np.array(2**-3)},
    ],
)
def test_numbers_of_numpy_are_numbers(X, y, change):
    usual = {"n_classes": 3, "hidden": 5, "iterations": 2, "seed": 0, "alpha": 2**-3}
    if "batch_size" in change:
        usual["batch_size"] = 200
    expected = nnfs.train(X, y, **usual).params
    found = nnfs.train(X, y, **usual | change).params
    assert [P.tobytes() for P in found] == [P.tobytes() for P in expected]


@pytest.mark.parametrize("hidden", [5, (6, 5)])
def test_parameters_may_be_lists(X, y, hidden):
    start = nnfs.init_params(7, hidden, 3, dtype=np.float64)
    expected = nnfs.train(X, y, params=start, iterations=3)
    for given in (list(start), tuple(start), [P.tolist() for P in start]):
        found = nnfs.train(X, y, params=given, iterations=3)
        assert [P.tobytes() for P in found.params] == [P.tobytes() for P in expected.params]
        assert nnfs.accuracy(found.params, X, y) == nnfs.accuracy(expected.params, X, y)


@pytest.mark.parametrize("optimizer", ["Adam", "", 3, None, optimizers.Optimizer, len, (1, 2)])
def test_what_is_no_optimiser_is_named_with_what_to_pass(X, y, optimizer):
    with pytest.raises(ValueError, match="^optimizer .*" + ", ".join(optimizers.KINDS)) as caught:
        nnfs.train(X, y, optimizer=optimizer)
    assert "such as nnfs.optimizers.adam() returns" in str(caught.value)


@pytest.mark.parametrize("name", optimizers.KINDS)
def test_a_name_its_function_and_what_it_returns_are_the_same_optimiser(X, y, name):
    factory = optimizers.KINDS[name].factory
    pair = factory(0.0) if name == "adamw" else factory()
    bits = [
        [P.tobytes() for P in nnfs.train(X, y, iterations=3, optimizer=given).params]
        for given in (name, factory, pair, tuple(pair))
    ]
    assert bits[0] == bits[1] == bits[2]
    alpha = {"alpha": optimizers.usual_alpha(pair)}
    unnamed = nnfs.train(X, y, iterations=3, optimizer=tuple(pair), **alpha)
    assert [P.tobytes() for P in unnamed.params] == bits[0]


def test_the_labels_say_how_many_classes_there_are(X, y):
    assert nnfs.train(X, y, iterations=1).params.b2.shape == (3, 1)
    assert nnfs.train(X, [0, 1, 25, 2], iterations=1).params.b2.shape == (26, 1)
    assert nnfs.train(X, y, n_classes=5, iterations=1).params.b2.shape == (5, 1)
    held = X, [0, 1, 4, 2]
    with pytest.raises(ValueError, match=r"validation part has the label 4, .* n_classes=5"):
        nnfs.train(X, y, iterations=1, validation=held)
    given = nnfs.train(X, y, iterations=1, validation=held, n_classes=5)
    assert given.params.b2.shape == (5, 1)
    few = np.random.default_rng(0).random((784, 4))
    assert nnfs.train(few, y, iterations=1).params.b2.shape == (10, 1)


def test_a_schedule_shorter_than_the_run_is_told(X, y):
    with pytest.raises(
        ValueError, match=r"rate is 0 at iteration 10 of 12: the schedule is shorter"
    ):
        nnfs.train(X, y, n_classes=3, alpha=schedules.cosine(0.1, steps=10), iterations=12)
    nnfs.train(X, y, n_classes=3, alpha=schedules.cosine(0.1, steps=10), iterations=10)


def test_a_schedule_shorter_than_the_run_is_told_before_any_step(X, y):
    def never(params, X, y):
        raise AssertionError("a step was made")

    with pytest.raises(ValueError, match="at iteration 3 of 5"):
        nnfs.train(X, y, alpha=schedules.cosine(0.1, steps=3), iterations=5, gradient=never)


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (lambda step: 0.1 * step, "at iteration 0 of 12: a step that changes nothing"),
        (lambda step: 0.1 * abs(step - 8), "at iteration 8 of 12: a step that"),
        (lambda step: 0, "at iteration 0 of 12: the schedule is 0 from its start on"),
        (schedules.stepwise(0.1, every=1, factor=1e-60), "at iteration 6 of 12: .*falls too far"),
    ],
)
def test_a_rate_of_0_is_told_as_what_it_is(X, y, rate, told):
    with pytest.raises(ValueError, match=f"^the learning rate is 0 {told}"):
        nnfs.train(X, y, alpha=rate, iterations=12)


def test_a_run_may_be_longer_than_anyone_waits_for(X, y):
    alpha, steps = 0.1, 10**12
    for rate in (alpha, schedules.cosine(alpha, steps=steps)):
        run = nnfs.training.Run(X, y, n_classes=3, alpha=rate, iterations=steps)
        assert next(iter(run)).iteration == 0
    with pytest.raises(ValueError, match=r"^alpha at iteration \d+ must be .* returned inf"):
        nnfs.train(X, y, alpha=schedules.stepwise(alpha, every=1, factor=2), iterations=2000)


@pytest.mark.parametrize("rate", [None, "0.1", np.nan, -1.0, [0.1], True])
def test_a_rate_that_is_none_is_told_with_its_iteration(X, y, rate):
    with pytest.raises(ValueError, match=r"alpha at iteration .* must be a positive"):
        nnfs.train(X, y, iterations=3, alpha=lambda step: rate)


def test_a_loss_that_is_no_number_is_not_blamed_on_the_parameters(X, y):
    def breaks(params, X, y):
        return (np.nan, *network.gradient(params, X, y)[1:])

    with pytest.raises(nnfs.DivergenceError, match="the loss is nan; try") as caught:
        nnfs.train(X, y, n_classes=3, gradient=breaks)
    assert "parameters" not in str(caught.value)


def one_step(optimizer=nnfs.optimizers.SGD, alpha=0.1, objective=None):
    params = nnfs.init_params(7, 5, 3)
    objective = objective or (lambda params: (1.0, 0.5, params))
    return list(training.steps(params, objective, iterations=1, alpha=alpha, optimizer=optimizer))


def optimizer_of(update):
    return nnfs.optimizers.Optimizer(lambda params: (), update)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"alpha": lambda step: None},
            "alpha at iteration 0 must be .*the schedule returned None",
        ),
        ({"alpha": lambda step: -0.5}, "alpha at iteration 0 .* returned -0.5"),
        ({"alpha": lambda step: np.nan}, "alpha at iteration 0 .* returned nan"),
        ({"alpha": lambda step: "0.1"}, "alpha at iteration 0 .* returned '0.1'"),
        ({"objective": lambda p: None}, r"objective returned None; expected three, \(loss, accur"),
        ({"objective": lambda p: (1.0, p)}, "objective returned 2 values in a tuple"),
        ({"objective": lambda p: (1.0, "all", p)}, "returned 'all' as accuracy; expected one"),
        ({"objective": lambda p: (1.0, 0.5, p[:1])}, "objective returned 1 gradients; expected 4"),
        ({"optimizer": optimizer_of(lambda *_: None)}, r"returned None; expected a pair \(params"),
        ({"optimizer": optimizer_of(lambda p, *_: p)}, "returned 4 values.*expected a pair"),
        (
            {"optimizer": optimizer_of(lambda p, *_: (p[:2], ()))},
            "returned 2 parameters; expected 4",
        ),
        (
            {"optimizer": optimizer_of(lambda p, *_: ([P.astype(float) for P in p], ()))},
            "returned W1 of dtype float64; expected float32",
        ),
    ],
)
def test_what_the_functions_of_a_step_return_is_checked(options, message):
    with pytest.raises(ValueError, match=message):
        one_step(**options)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"hidden": 6}, r"hidden=6, but params are those of .* hidden layers of \[5\] units"),
        ({"hidden": []}, r"hidden=\[\], but params"),
        ({"hidden": (5, 5)}, r"hidden=\(5, 5\), but params"),
        ({"n_classes": 4}, "n_classes=4, but params are those of a network with 3 classes"),
        ({"scheme": "he"}, "scheme='he' is about a random start, and params say where"),
        ({"scheme": "uniform"}, "scheme='uniform' is about a random start"),
        ({"hidden": 0}, "hidden must be a whole number"),
    ],
)
@pytest.mark.parametrize("start", [nnfs.train, training.Run])
def test_what_contradicts_the_parameters_to_start_at_is_named(X, y, params, start, given, says):
    with pytest.raises(ValueError, match=says):
        start(X, y, params=params, iterations=1, **given)


def test_another_activation_than_that_of_the_parameters_is_named(X, y):
    bent = nnfs.activations.Activation("bent", np.tanh, lambda Z: 1 - np.tanh(Z) ** 2)
    params = nnfs.init_params(7, 5, 3, activation=bent)
    with pytest.raises(ValueError, match=r"activation='relu', but params are .* 'bent'"):
        nnfs.train(X, y, params=params, activation="relu")


def test_what_agrees_with_the_parameters_is_no_contradiction(X, y, params):
    agreed = {"hidden": [5], "n_classes": 3, "activation": "relu"}
    ways = [nnfs.train(X, y, params=params, iterations=2, **given) for given in ({}, agreed)]
    for P, Q in zip(ways[0].params, ways[1].params, strict=True):
        assert P.tobytes() == Q.tobytes()


@pytest.mark.parametrize("none", [[], (), np.array([], int)])
def test_no_hidden_units_are_softmax_regression(X, y, none):
    training = nnfs.train(X, y, hidden=none, n_classes=3, iterations=5, alpha=0.3, seed=2)
    W, b = nnfs.init_params(7, (), 3, seed=2, dtype=np.float64)
    Y = nnfs.one_hot(np.asarray(y), 3)
    for _ in range(5):
        dZ = (nnfs.softmax(W @ X + b) - Y) / 4
        W, b = W - 0.3 * dZ @ X.T, b - 0.3 * dZ.sum(axis=1, keepdims=True)
    assert len(training.params) == 2
    np.testing.assert_allclose(training.params[0], W, rtol=1e-10)
    np.testing.assert_allclose(training.params[1], b, rtol=1e-10)


NO_PATHS = [3, 1.5, True, b"run.npz", "", "\0", "a\0b", [], ("a", "b")]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("checkpoint", value) for value in NO_PATHS),
        *(("callback", value) for value in (3, "print", b"", [], True)),
        *(("progress", value) for value in (1, 0, "yes", None, [], print)),
    ],
)
def test_an_option_of_another_kind_is_named_before_any_step(X, y, option, value):
    run = training.Run(X, y, iterations=3)
    with pytest.raises(ValueError, match=f"^{option} must be") as caught:
        run.finish(**{option: value})
    assert repr(value) in str(caught.value)
    assert run.iteration == 0


@pytest.mark.parametrize("place", ["folder", "none/run.npz", "file/run.npz"])
def test_a_checkpoint_that_cannot_be_written_is_told_before_any_step(X, y, tmp_path, place):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("kept", encoding="utf8")
    run = training.Run(X, y, iterations=3)
    with pytest.raises(OSError, match=r"is a folder|there is no folder|is a file") as caught:
        run.finish(checkpoint=tmp_path / place)
    assert str(tmp_path / place) in str(caught.value)
    assert run.iteration == 0


def test_progress_may_be_a_flag_of_numpy(X, y):
    assert training.Run(X, y, iterations=1).finish(progress=np.False_).history.loss.size == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("scheme", []), ("scheme", 3), ("hidden", {5}), ("hidden", {5: 1}), ("hidden", "5")],
)
def test_a_start_of_another_kind_is_named(X, y, option, value):
    with pytest.raises(ValueError, match=f"^{option} ") as caught:
        nnfs.train(X, y, **{option: value})
    assert repr(value) in str(caught.value)
    with pytest.raises(ValueError, match=r"expected float32 or float64"):
        nnfs.init_params(7, 5, 3, dtype="x")
