"""A run that led nowhere is told, in both kinds of number; a rate that works is left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnfs
from nnfs import divergence
from nnfs.training import Run

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 3, 90)
CENTRES = 3 * np.eye(7)[:, :3]
X = RNG.standard_normal((7, 90)) + CENTRES[:, Y]
PLAIN = RNG.random((7, 40))
ANY = RNG.integers(0, 3, 40)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("alpha", [1e6, 1e10, 1e30, 1e100, 1e200])
@pytest.mark.parametrize("hidden", [5, (6, 5)])
@pytest.mark.parametrize("iterations", [1, 2, 3, 60])
def test_a_rate_beyond_reason_is_told_in_both_kinds_of_number(dtype, alpha, hidden, iterations):
    with pytest.raises(nnfs.DivergenceError, match="diverged") as caught:
        nnfs.train(PLAIN.astype(dtype), ANY, hidden=hidden, alpha=alpha, iterations=iterations)
    assert "try a learning rate smaller than" in str(caught.value)


@pytest.mark.parametrize(
    "options", [{"batch_size": 16}, {"optimizer": "momentum"}, {"dropout": 0.2}]
)
def test_it_is_told_for_every_kind_of_run(options):
    with pytest.raises(nnfs.DivergenceError):
        nnfs.train(PLAIN, ANY, hidden=5, alpha=1e8, iterations=60, **options)


def test_a_linear_model_with_parameters_of_1e29_is_told():
    with pytest.raises(nnfs.DivergenceError, match="diverged"):
        nnfs.train(PLAIN, ANY, hidden=[], alpha=1e30, iterations=20)


def test_a_network_that_died_is_told_with_what_it_answers():
    with pytest.raises(nnfs.DivergenceError) as caught:
        nnfs.train(PLAIN, ANY, alpha=1e3, iterations=100)
    assert "no better than always the same one" in str(caught.value)
    assert "at the start it was 1.1" in str(caught.value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("hidden", "alpha", "options"),
    [
        (10, 0.01, {}),
        (10, 1.0, {}),
        ((6, 5), 0.3, {}),
        ([], 1e3, {}),
        ([], 1e6, {}),
        ([], 100.0, {"optimizer": "adam"}),
        ([], 10.0, {"batch_size": 16}),
        (10, 0.3, {"optimizer": "adam", "batch_size": 32}),
    ],
)
def test_rates_that_work_are_left_alone(dtype, hidden, alpha, options):
    training = nnfs.train(X.astype(dtype), Y, hidden=hidden, alpha=alpha, iterations=150, **options)
    assert nnfs.accuracy(training.params, X.astype(dtype), Y) > 0.8


def test_a_loss_thrown_up_and_down_again_is_left_alone():
    rate = [3e3] + 199 * [0.1]
    training = nnfs.train(X, Y, hidden=[], alpha=lambda step: rate[step], iterations=200)
    assert training.history.loss.max() > 100 * training.history.loss[0]


def test_large_inputs_with_a_rate_to_match_are_left_alone():
    training = nnfs.train(1e6 * X, Y, hidden=[], alpha=1e-7, iterations=200, data_range=(-1e7, 1e7))
    assert training.history.loss[0] > 1e5
    assert nnfs.accuracy(training.params, 1e6 * X, Y) > 0.8


def test_labels_that_say_nothing_are_left_alone():
    rng = np.random.default_rng(1)
    nnfs.train(rng.standard_normal((7, 50)), rng.integers(0, 5, 50), alpha=0.5, iterations=80)


def test_one_class_is_left_alone():
    nnfs.train(X, np.zeros(90, int), iterations=5)


def test_a_callback_that_stops_the_run_does_not_hide_it():
    with pytest.raises(nnfs.DivergenceError):
        nnfs.train(PLAIN, ANY, alpha=1e10, iterations=50, callback=lambda step: step.iteration == 5)


def test_what_a_run_has_come_to_is_judged_and_not_what_it_came_from():
    digits = nnfs.load_mnist("bundled")
    pixels, labels = np.ascontiguousarray(digits.x_train[:, :50]) * 255, digits.y_train[:50]
    options = {"hidden": (), "alpha": 0.1, "scheme": "he", "batch_size": 16}
    for iterations in (5, 60):
        given = {"iterations": iterations, "data_range": (0, 255), **options}
        whole = nnfs.train(pixels, labels, **given)
        assert whole.history.loss.max() > 1000
        guess = np.bincount(labels).max() / labels.size
        assert nnfs.accuracy(whole.params, pixels, labels) > guess


@pytest.mark.filterwarnings("ignore::nnfs.ScaleWarning")
@pytest.mark.parametrize("m", [20, 50, 300])
@pytest.mark.parametrize("iterations", [1, 2, 4])
def test_a_loop_of_ones_own_may_pass_through_bad_steps(m, iterations):
    digits = nnfs.load_mnist("bundled")
    pixels, labels = np.ascontiguousarray(digits.x_train[:, :m]) * 255, digits.y_train[:m]
    params, losses = None, []
    for _ in range(6):
        params, history = nnfs.train(pixels, labels, params=params, iterations=iterations)
        losses += history.loss.tolist()
    assert losses[-1] < losses[0] < max(losses)


def test_a_run_that_is_stopped_after_each_step_goes_on_past_bad_ones():
    digits = nnfs.load_mnist("bundled")
    pixels, labels = np.ascontiguousarray(digits.x_train[:, :50]) * 255, digits.y_train[:50]
    options = {"hidden": (), "alpha": 0.1, "scheme": "he", "batch_size": 16}
    run = Run(pixels, labels, iterations=60, data_range=(0, 255), **options)
    while not run.ended:
        run.finish(callback=lambda step: True)
    assert nnfs.accuracy(run.params, pixels, labels) > 0.8


def test_it_is_told_again_by_a_run_that_has_ended_and_writes_nothing(tmp_path):
    run = Run(PLAIN, ANY, hidden=5, alpha=1e3, iterations=100)
    for _ in range(2):
        with pytest.raises(nnfs.DivergenceError):
            run.finish(checkpoint=tmp_path / "run.npz")
    run.save(tmp_path / "run.npz")
    with pytest.raises(nnfs.DivergenceError):
        Run.load(tmp_path / "run.npz", PLAIN, ANY).finish()


def test_examples_sorted_by_their_labels_are_no_guess():
    # Of the label that comes first, some are answered wrongly and with a large loss.
    order = np.argsort(np.tile((Y - 1) % 3, 60), kind="stable")
    sorted_X, sorted_Y = np.tile(X, 60)[:, order], np.tile(Y, 60)[order]
    training = nnfs.train(sorted_X, sorted_Y, hidden=[], alpha=1e6, iterations=3)
    assert nnfs.accuracy(training.params, sorted_X, sorted_Y) > 0.8


def test_the_steps_before_are_there_to_look_at():
    run = Run(PLAIN, ANY, alpha=1e10, iterations=20)
    with pytest.raises(nnfs.DivergenceError):
        run.finish()
    assert run.history.loss.size == 20


def test_a_network_that_was_kept_because_it_is_better_is_a_result():
    rate = 60 * [0.1] + 5 * [300.0]
    training = nnfs.train(
        X,
        Y,
        hidden=10,
        alpha=lambda step: rate[step],
        iterations=65,
        validation=(X, Y),
        every=5,
    )
    assert nnfs.accuracy(training.params, X, Y) > 0.8


def test_a_loss_of_ones_own_may_be_of_any_size():
    def scaled(params, X, y):
        loss, correct, gradients = nnfs.layers.gradient(params, X, y)
        return 1e15 * loss, correct, gradients

    assert nnfs.train(X, Y, gradient=scaled, iterations=100).history.loss[0] > 1e14


@given(
    value=st.sampled_from([np.nan, np.inf, -np.inf, 1e39, -1e39, 1e300]),
    place=st.integers(0, 34),
    where=st.sampled_from(["loss", "parameter"]),
)
def test_what_no_float32_holds_is_no_number(value, place, where):
    W = np.ones((5, 7))
    if where == "parameter":
        W.flat[place] = value
    with pytest.raises(nnfs.DivergenceError, match="at iteration 3"):
        divergence.check_step(3, value if where == "loss" else 1.0, [W, np.ones((5, 1))], 0.1)


@given(
    value=st.floats(-3e38, 3e38),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_what_float32_holds_is_a_number(value, dtype):
    params = [np.full((5, 7), value, dtype), np.empty((0, 1), dtype), np.full((3, 1), 1j)]
    divergence.check_step(0, value, params, 0.1)


def test_a_wrong_gradient_may_be_watched_where_it_leads():
    def uphill(params, X, y):
        loss, correct, gradients = nnfs.layers.gradient(params, X, y)
        return loss, correct, [-dP for dP in gradients]

    history = nnfs.train(PLAIN, ANY, gradient=uphill, iterations=80, alpha=0.3).history
    assert history.loss[-1] > 10 * history.loss[0]
    with pytest.raises(nnfs.DivergenceError):
        nnfs.train(PLAIN, ANY, gradient=nnfs.network.gradient, iterations=60, alpha=1e3)
