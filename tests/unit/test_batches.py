"""Mini-batches: every example once an epoch, by a seed, and unbiased."""

import os
import subprocess
import sys
from itertools import chain, combinations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import nnfs
from nnfs import batches, layers, network


def numbered(m):
    """Return X whose columns say which example they are, and labels that say it too."""
    return np.arange(m, dtype=np.float32)[np.newaxis] / m, np.arange(m)


def draw(count, m=10, **options):
    """Return the examples of the first batches, as the gradient function is given them."""
    seen = []

    def gradient(params, X, y):
        np.testing.assert_array_equal(np.rint(X[0] * m), y)
        seen.append(y.tolist())
        return 0.0, 0, params

    objective = batches.mini_batches(gradient, *numbered(m), **options)
    for _ in range(count):
        objective(())
    return seen


def test_an_epoch_has_every_example_once_and_the_last_batch_is_short():
    seen = draw(8, batch_size=3, seed=1)
    assert [len(batch) for batch in seen] == [3, 3, 3, 1] * 2
    first, second = list(chain(*seen[:4])), list(chain(*seen[4:]))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert first != sorted(first)


@pytest.mark.parametrize(("batch_size", "count"), [(1, 10), (3, 4), (5, 2), (10, 1), (11, 1)])
def test_batches_an_epoch(batch_size, count):
    assert batches.per_epoch(10, batch_size) == count
    assert sorted(chain(*draw(count, batch_size=batch_size))) == list(range(10))


def test_without_a_batch_size_an_epoch_is_one_step():
    assert batches.per_epoch(10, None) == 1


def test_the_order_goes_by_the_seed():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (draw(6, batch_size=4, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_the_mean_over_all_batches_of_a_small_set_is_the_gradient_of_the_set(params):
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(7, 6)), rng.integers(3, size=6)
    parts = [list(chosen) for chosen in combinations(range(6), 3)]
    drawn = [network.gradient(params, X[:, part], y[part])[2].W1 for part in parts]
    np.testing.assert_allclose(
        np.mean(drawn, axis=0), network.gradient(params, X, y)[2].W1, atol=1e-13
    )


@pytest.mark.parametrize("all_right", [False, True])
def test_loss_accuracy_and_gradients_are_those_of_the_batch(params, all_right):
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(7, 6)), rng.integers(3, size=6)
    if all_right:
        y = nnfs.predict(params, X)
    seen = []

    def gradient(params, X, y):
        seen.append((X, y))
        return network.gradient(params, X, y)

    objective = batches.mini_batches(gradient, X, y, batch_size=4)
    for _ in range(4):
        loss, accuracy, gradients = objective(params)
        expected = network.gradient(params, *seen[-1])
        assert (loss, accuracy) == (expected[0], expected[1] / seen[-1][1].size)
        assert all((dP == dQ).all() for dP, dQ in zip(gradients, expected[2], strict=True))


def masks_of(count, **options):
    seen = []

    def gradient(params, X, y, masks):
        seen.append((y.tolist(), [mask.copy() for mask in masks]))
        return 0.0, 0, params

    params = nnfs.init_params(1, (6, 5), 3)
    objective = batches.mini_batches(gradient, *numbered(10), **options)
    for _ in range(count):
        objective(params)
    return seen


def test_dropout_draws_new_masks_for_every_batch_and_does_not_change_the_order():
    seen = masks_of(4, batch_size=4, seed=3, dropout=0.5)
    assert [y for y, _ in seen] == draw(4, batch_size=4, seed=3)
    assert [mask.shape for mask in seen[2][1]] == [(6, 2), (5, 2)]
    assert (seen[0][1][0] != seen[1][1][0]).any()
    again = masks_of(4, batch_size=4, seed=3, dropout=0.5)
    for (_, masks), (_, same) in zip(seen, again, strict=True):
        assert all((a == b).all() for a, b in zip(masks, same, strict=True))


def test_objective_without_a_batch_size_is_the_whole_set(params, X, y):
    with batches.objective(network.gradient, X, y) as objective:
        assert objective(params).loss == pytest.approx(network.gradient(params, X, y)[0])


def test_dropout_without_a_batch_size_uses_all_examples(params, X, y):
    with batches.objective(layers.gradient, X, y, dropout=0.5, seed=1) as objective:
        losses = {objective(params).loss for _ in range(5)}
    assert len(losses) > 1
    expected = batches.mini_batches(layers.gradient, X, y, batch_size=4, dropout=0.5, seed=1)
    assert np.isclose(expected(params).loss, list(losses), rtol=1e-12).any()


def test_training_on_batches_is_seeded_and_learns():
    rng = np.random.default_rng(9)
    X, y = rng.normal(size=(7, 30)), rng.integers(3, size=30)
    options = {"n_classes": 3, "hidden": (16, 16), "iterations": 600, "batch_size": 8}
    first, again, other = (nnfs.train(X, y, seed=seed, **options) for seed in (1, 1, 2))
    assert nnfs.accuracy(first.params, X, y) == 1
    for P, Q in zip(first.params, again.params, strict=True):
        np.testing.assert_allclose(P, Q, rtol=0, atol=1e-6)
    assert np.abs(first.params[0] - other.params[0]).max() > 1e-2


def test_a_diverging_batch_is_one_error_and_no_warning(X, y):
    with pytest.raises(nnfs.DivergenceError, match="diverged at iteration"):
        nnfs.train(X.astype(np.float32), y, n_classes=3, alpha=1e38, batch_size=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
        ({"batch_size": 2.0}, "batch_size must be"),
        ({"batch_size": 2, "dropout": 1.0}, r"dropout must be a number in \[0, 1\)"),
        ({"batch_size": 2, "seed": -1}, "seed must be"),
    ],
)
def test_options_out_of_range_are_refused(X, y, options, message):
    with pytest.raises(ValueError, match=message):
        batches.mini_batches(network.gradient, X, y, **options)


@pytest.mark.parametrize("batch_size", [500, 2000])
def test_batches_have_the_same_bits_whatever_blas_does(batch_size):
    rng = np.random.default_rng(9)
    X, y = rng.random((784, 4000), np.float32), rng.integers(10, size=4000)
    how = {"batch_size": batch_size, "hidden": 100, "iterations": 4, "alpha": 0.01}
    runs = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            objective = batches.mini_batches(network.gradient, X, y, batch_size=batch_size)
            alone = objective(nnfs.init_params(784, 100)).gradients
            runs.append([P.tobytes() for P in (*nnfs.train(X, y, **how).params, *alone)])
            assert {pool["num_threads"] for pool in threadpool_info()} >= {threads}
    assert runs[0] == runs[1]


@pytest.mark.parametrize("kind", [int, np.int64, np.uint8, np.array])
def test_sizes_may_be_numbers_of_numpy(kind):
    assert batches.per_epoch(np.int32(200), kind(64)) == 4
    assert type(batches.per_epoch(200, kind(64))) is int


@pytest.mark.parametrize(("m", "batch_size"), [(10, 0), (10, 2.0), (0, 3)])
def test_an_epoch_of_no_batches_is_refused(m, batch_size):
    with pytest.raises(ValueError, match="must be a whole number of at least 1"):
        batches.per_epoch(m, batch_size)


DIGESTS = """
import hashlib
import numpy as np, nnfs
from nnfs import layers, training
rng = np.random.default_rng(9)
X, y = rng.random((784, 4500), np.float32), rng.integers(10, size=4500)
ways = [{}, {"batch_size": 500}, {"batch_size": 2000}, {"batch_size": 2000, "dropout": 0.2}]
ways += [{"gradient": lambda *at: layers.gradient(*at)}]
for way in ways:
    run = training.Run(X, y, hidden=100, iterations=4, alpha=0.01, **way)
    digest = hashlib.sha256(b"".join(P.tobytes() for P in run.finish().params))
    print(digest.hexdigest(), run.history.loss.tobytes().hex())
"""


def test_every_way_to_train_has_the_same_bits_whatever_the_environment_gives_blas():
    told = [
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            encoding="utf8",
            check=True,
        ).stdout.split()
        for threads in ("1", "2")
    ]
    assert len(told[0]) == 10
    assert told[0] == told[1]


def test_where_the_draw_stands_can_be_read_and_set(params):
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(7, 10)), rng.integers(3, size=10)
    how = {"batch_size": 4, "seed": 3, "dropout": 0.5}
    first = batches.mini_batches(layers.gradient, X, y, **how)
    for made in range(7):
        other = batches.mini_batches(layers.gradient, X, y, **how)
        other.state = first.state
        expected = [first(params).loss for _ in range(5)]
        assert [other(params).loss for _ in range(5)] == expected, made
