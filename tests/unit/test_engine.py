"""The gradient of the whole set from its parts: the same numbers, and nothing left behind."""

import functools
import multiprocessing
import subprocess
import sys
import threading
import tracemalloc

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import nnfs
from nnfs import batches, engine, layers, network, regularise, tiles
from nnfs.engine import Tiles

rng = np.random.default_rng(3)


@pytest.fixture
def problem():
    rng = np.random.default_rng(7)
    params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    return params, rng.normal(size=(7, 101)), rng.integers(3, size=101)


def evaluate(params, X, y, **options):
    with engine.full_batch(network.gradient, X, y, **options) as objective:
        return objective(params)


@pytest.mark.parametrize("part", [1, 7, 50, 100, 101, 102, 4096])
def test_parts_add_up_to_the_textbook_gradient(problem, part):
    params, X, y = problem
    loss, accuracy, gradients = evaluate(params, X, y, part=part)
    expected = network.gradient(params, X, y)
    assert loss == pytest.approx(expected[0], rel=1e-13)
    assert accuracy == expected[1] / 101
    for dP, dQ in zip(gradients, expected[2], strict=True):
        np.testing.assert_allclose(dP, dQ, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("m", [1, 2, 5])
def test_few_examples(problem, m):
    params, X, y = problem
    loss, _, gradients = evaluate(params, X[:, :m], y[:m], part=4)
    expected = network.gradient(params, X[:, :m], y[:m])
    assert loss == pytest.approx(expected[0], rel=1e-13)
    np.testing.assert_allclose(gradients[0], expected[2].W1, rtol=1e-11, atol=1e-13)


def test_float32_stays_float32_and_agrees_to_its_rounding(problem):
    params, X, y = problem
    single = nnfs.Parameters(*(P.astype(np.float32) for P in params))
    gradients = evaluate(single, X.astype(np.float32), y, part=8).gradients
    for dP, dQ in zip(gradients, network.gradient(params, X, y)[2], strict=True):
        assert dP.dtype == np.float32
        np.testing.assert_allclose(dP, dQ, atol=1e-6 * np.abs(dQ).max())


def test_any_number_of_threads_gives_the_same_bits(problem):
    params, X, y = problem
    results = [evaluate(params, X, y, part=9, threads=threads) for threads in (1, 2, 4)]
    for result in results[1:]:
        assert result.loss == results[0].loss
        for dP, dQ in zip(result.gradients, results[0].gradients, strict=True):
            assert dP.tobytes() == dQ.tobytes()


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


class Stop(BaseException):
    pass


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt, Stop])
@pytest.mark.parametrize("threads", [1, 3])
def test_blas_and_threads_are_left_as_they_were(problem, error, threads):
    params, X, y = problem
    before, alive = blas_threads(), threading.active_count()
    within = []

    def gradient(params, X, y):
        within.append(blas_threads())
        if error is not None and len(within) > 5:
            raise error("in the midst")
        return network.gradient(params, X, y)

    def run():
        with engine.full_batch(gradient, X, y, part=10, threads=threads) as objective:
            objective(params)

    if error is None:
        run()
    else:
        with pytest.raises(error):
            run()
    assert all(count == 1 for counts in within for count in counts)
    assert before
    assert blas_threads() == before
    assert threading.active_count() == alive


def test_without_threadpoolctl_it_works_too(problem, monkeypatch):
    params, X, y = problem
    monkeypatch.setitem(__import__("sys").modules, "threadpoolctl", None)
    result = evaluate(params, X, y, threads=1)
    assert result.loss == pytest.approx(network.gradient(params, X, y)[0], rel=1e-13)


@pytest.mark.parametrize("options", [{"part": 0}, {"threads": 0}, {"threads": 1.5}])
def test_bad_options_are_refused(problem, options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be a whole number"):
        evaluate(*problem, **options)


def sparse(n, m):
    """Return examples of which most inputs are dark, and some inputs in all of them."""
    X = rng.normal(size=(n, m)) * (rng.random((n, m)) < 0.3)
    X[::3] = 0
    return X


def tiled(X):
    return Tiles(X.T, np.flatnonzero(X.any(axis=1)))


@pytest.mark.parametrize("m", [1, 5, 63, 64, 65, 130, 257])
@pytest.mark.parametrize("units", [3, 40, 4000])
def test_tiles_multiply_like_the_matrix(m, units):
    X = sparse(17, m)
    W, dZ = rng.normal(size=(units, 17)), rng.normal(size=(units, m))
    np.testing.assert_allclose(W @ tiled(X), W @ X, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(dZ @ tiled(X).mT, dZ @ X.T, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(dZ @ tiled(X).T, dZ @ X.T, rtol=1e-12, atol=1e-10)


def test_tiles_multiply_stacks_and_complex_numbers():
    X = sparse(7, 30)
    W = rng.normal(size=(2, 5, 7)) + 1j * rng.normal(size=(2, 5, 7))
    dZ = rng.normal(size=(2, 5, 30))
    np.testing.assert_allclose(W @ tiled(X), W @ X, rtol=1e-12)
    np.testing.assert_allclose(dZ @ tiled(X).mT, dZ @ X.T, rtol=1e-12, atol=1e-12)


def test_large_and_small_products_agree(monkeypatch):
    X, W = sparse(17, 100), rng.normal(size=(3, 17))
    small = W @ tiled(X), (W @ X) @ tiled(X).mT
    monkeypatch.setattr(tiles, "SMALL_PRODUCT", 0)
    large = W @ tiled(X), (W @ X) @ tiled(X).mT
    for ours, theirs in zip(small, large, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_tiles_are_an_array_to_everything_else():
    X = sparse(7, 5)
    ours = tiled(X)
    assert ours.shape == (7, 5)
    assert ours.mT.shape == (5, 7)
    assert ours.mT.mT is ours
    assert np.array_equal(np.asarray(ours), X)
    assert np.array_equal(np.asarray(ours.T), X.T)
    assert np.array_equal(ours[:, 2], X[:, 2])
    assert np.array_equal(ours.T[2], X[:, 2])
    assert np.array_equal(2 * ours + 1, 2 * X + 1)
    assert np.array_equal(np.exp(ours.T), np.exp(X.T))
    assert np.array_equal(np.add.reduce(ours, axis=1), X.sum(axis=1))
    np.testing.assert_allclose(ours @ np.ones((5, 2)), X @ np.ones((5, 2)), rtol=1e-12)
    np.testing.assert_allclose(ours.T @ np.ones((7, 2)), X.T @ np.ones((7, 2)), rtol=1e-12)
    np.testing.assert_allclose(ours.T @ ours, X.T @ X, rtol=1e-12)


def test_only_lit_inputs_are_kept():
    X = np.zeros((7, 10))
    X[[1, 4]] = 1
    assert tiled(X).tiles.shape == (1, 10, 2)


def test_neighbours_share_their_lit_inputs():
    X = np.zeros((8, 400))
    X[rng.integers(8, size=400), np.arange(400)] = 1
    cuts = engine.cuts(X, 50)
    assert np.array_equal(np.sort(np.concatenate(cuts)), np.arange(400))
    lit = [np.count_nonzero(X[:, chosen].any(axis=1)) for chosen in cuts]
    assert max(lit) <= 3


@pytest.mark.parametrize("part", [1, 3, 100])
def test_examples_without_any_lit_input(problem, part):
    params, _, y = problem
    X = np.zeros((7, 101))
    expected = network.gradient(params, X, y)
    loss, accuracy, gradients = evaluate(params, X, y, part=part)
    assert loss == pytest.approx(expected[0], rel=1e-13)
    assert accuracy == expected[1] / 101
    for dP, dQ in zip(gradients, expected[2], strict=True):
        np.testing.assert_allclose(dP, dQ, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("part", [9, 40, 1000])
def test_dark_inputs_and_sorting_change_nothing(problem, part):
    params, _, y = problem
    X = sparse(7, 101)
    expected = network.gradient(params, X, y)
    loss, accuracy, gradients = evaluate(params, X, y, part=part)
    assert loss == pytest.approx(expected[0], rel=1e-13)
    assert accuracy == expected[1] / 101
    for dP, dQ in zip(gradients, expected[2], strict=True):
        np.testing.assert_allclose(dP, dQ, rtol=1e-11, atol=1e-14)


def test_a_gradient_may_use_its_examples_as_an_array(problem):
    params, X, y = problem

    def scaled(params, X, y):
        return network.gradient(params, 2 * X, y)

    with engine.full_batch(scaled, X, y, part=30) as objective:
        ours = objective(params)
    assert ours.loss == pytest.approx(network.gradient(params, 2 * X, y)[0], rel=1e-13)


def test_real_digits_agree_with_the_textbook_to_rounding():
    digits = nnfs.load_mnist("bundled")
    X, y = digits.x_train[:, :9000], digits.y_train[:9000]
    params = nnfs.init_params()
    double = nnfs.Parameters(*(P.astype(np.float64) for P in params))
    expected = network.gradient(double, X.astype(np.float64), y)
    loss, accuracy, gradients = evaluate(params, X, y)
    assert loss == pytest.approx(expected[0], rel=1e-6)
    assert accuracy == expected[1] / 9000
    for dP, dQ in zip(gradients, expected[2], strict=True):
        assert np.abs(dP - dQ).max() <= 2e-6 * np.abs(dQ).max()


def test_memory_stays_below_the_size_of_the_images_and_a_fifth():
    digits = nnfs.load_mnist("bundled")
    X, y = digits.x_train, digits.y_train
    tracemalloc.start()
    nnfs.train(X, y, iterations=2, threads=2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.2 * X.nbytes


def put_losses(queue, X, y):
    queue.put(nnfs.train(X, y, hidden=5, n_classes=3, iterations=3, threads=2).history.loss)


# macOS has fork, but its own libraries do not survive it.
STARTS = {"fork", "spawn"} & set(multiprocessing.get_all_start_methods())
STARTS -= {"fork"} if sys.platform == "darwin" else set()


@pytest.mark.parametrize("start", sorted(STARTS))
def test_it_works_in_another_process_after_training(problem, start):
    _, X, y = problem
    before = nnfs.train(X, y, hidden=5, n_classes=3, iterations=3, threads=2).history.loss
    context = multiprocessing.get_context(start)
    queue = context.Queue()
    child = context.Process(target=put_losses, args=(queue, X, y), daemon=True)
    child.start()
    # Generous: a child that hangs is what the test looks for, not one that is slow.
    np.testing.assert_allclose(queue.get(timeout=600), before, rtol=1e-12)
    child.join()


def test_tiles_say_so_when_they_cannot_do_without_a_copy():
    for ours in (tiled(sparse(7, 5)), tiled(sparse(7, 5)).T):
        with pytest.raises(ValueError, match="copy"):
            np.asarray(ours, copy=False)
        assert np.array_equal(np.array(ours, copy=True), np.asarray(ours))


@pytest.mark.parametrize("threads", [1, 2])
def test_an_objective_is_not_called_after_its_context(problem, threads):
    params, X, y = problem
    with engine.full_batch(network.gradient, X, y, part=20, threads=threads) as objective:
        objective(params)
    with pytest.raises(RuntimeError, match=r"after its context ended.*with"):
        objective(params)


def waiting(arrived, go, fail=False):
    """Return a gradient function that says that it has begun, and waits."""

    def gradient(params, X, y):
        arrived.set()
        assert go.wait(60)
        if fail:
            raise ValueError("in the midst")
        return network.gradient(params, X, y)

    return gradient


@pytest.mark.parametrize("first_fails", [False, True])
@pytest.mark.parametrize("batch_size", [None, 40])
@pytest.mark.parametrize("first_ends_first", [False, True])
def test_runs_that_overlap_give_the_same_bits_and_leave_blas_as_it_was(
    problem, first_fails, batch_size, first_ends_first
):
    _, X, y = problem
    how = {"hidden": 5, "n_classes": 3, "iterations": 3, "threads": 1, "batch_size": batch_size}
    alone, before = nnfs.train(X, y, **how).params, blas_threads()
    arrived, go = ([threading.Event() for _ in range(2)] for _ in range(2))
    results = [None, None]

    def run(which):
        gradient = waiting(arrived[which], go[which], fail=first_fails and which == 0)
        try:
            results[which] = nnfs.train(X, y, gradient=gradient, **how).params
        except ValueError as error:
            results[which] = error

    runs = [threading.Thread(target=run, args=(which,)) for which in range(2)]
    for thread, begun in zip(runs, arrived, strict=True):
        thread.start()
        assert begun.wait(60)
        assert set(blas_threads()) == {1}
    order = (0, 1) if first_ends_first else (1, 0)
    go[order[0]].set()
    runs[order[0]].join(60)
    assert set(blas_threads()) == {1}
    go[order[1]].set()
    runs[order[1]].join(60)
    assert blas_threads() == before
    for result in results[1:] if first_fails else results:
        assert [P.tobytes() for P in result] == [P.tobytes() for P in alone]
    assert isinstance(results[0], ValueError) == first_fails


def test_a_run_within_a_run_leaves_blas_to_the_outer_one(problem):
    _, X, y = problem
    before, within = blas_threads(), []

    def gradient(params, X, y):
        nnfs.train(np.asarray(X), y, params=params, iterations=1, threads=1)
        within.append(set(blas_threads()))
        return network.gradient(params, X, y)

    nnfs.train(X, y, n_classes=3, iterations=2, gradient=gradient, threads=1)
    assert within == [{1}, {1}]
    assert blas_threads() == before


def test_what_blas_was_is_noted_anew_for_every_run(problem):
    _, X, y = problem
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            nnfs.train(X, y, n_classes=3, iterations=1)
            assert set(blas_threads()) == {threads}


IDIOMS = {
    "size": lambda X: X.size,
    "len": len,
    "sum": lambda X: X.sum(),
    "mean over examples": lambda X: X.mean(axis=1, keepdims=True),
    "copy": lambda X: X.copy(),
    "astype": lambda X: X.astype(np.float32),
    "reshape": lambda X: X.reshape(-1),
    "length of the transpose": lambda X: len(X.T),
    "columns": lambda X: [X[:, i] for i in range(X.shape[1])],
    "rows of the transpose": list,
    "flat": lambda X: X.flat[0],
    "einsum": lambda X: np.einsum("ij,kj->ik", X, X),
    "dot": lambda X: X.dot(X.T),
    "in place on a copy": lambda X: np.add(X.copy(), 1, out=X.copy()),
    "nbytes": lambda X: X.nbytes,
}


@pytest.mark.parametrize("batch_size", [None, 40])
@pytest.mark.parametrize("idiom", IDIOMS)
def test_a_gradient_of_your_own_is_given_ordinary_arrays(problem, idiom, batch_size):
    _, X, y = problem

    def gradient(params, X, y):
        assert type(X) is type(y) is np.ndarray
        IDIOMS[idiom](X)
        return network.gradient(params, X, y)

    how = {"hidden": 5, "iterations": 2, "batch_size": batch_size}
    own = nnfs.train(X, y, gradient=gradient, **how)
    usual = nnfs.train(X, y, **how)
    np.testing.assert_allclose(own.params.W1, usual.params.W1, rtol=1e-10, atol=1e-12)


def add_to_x(X, y):
    X -= X.mean()


def scale_x(X, y):
    np.multiply(X, 2, out=X)


def set_y(X, y):
    y[0] = 1


@pytest.mark.parametrize("write", [add_to_x, scale_x, set_y])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_gradient_that_writes_into_its_examples_is_told_what_to_do(problem, write, threads):
    _, X, y = problem
    before = X.copy(), y.copy()

    def gradient(params, X, y):
        write(X, y)
        return network.gradient(params, X, y)

    with pytest.raises(ValueError, match=r"^the gradient function writes into.*X = X.copy\(\)"):
        nnfs.train(X, y, gradient=gradient, iterations=2, threads=threads)
    assert np.array_equal(X, before[0])
    assert np.array_equal(y, before[1])


def test_another_error_of_a_gradient_comes_through_as_it_is(problem):
    _, X, y = problem

    def gradient(params, X, y):
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        nnfs.train(X, y, gradient=gradient)


def kinds(gradient, X, y):
    seen = set()

    def spy(params, X, y):
        seen.add(type(X))
        return network.gradient(params, X, y)

    with engine.full_batch(gradient(spy), X, y, part=30) as objective:
        objective(nnfs.init_params(7, 5, 3, dtype=np.float64))
    return seen


def test_tiles_are_for_those_who_take_them(problem):
    _, X, y = problem
    assert kinds(tiles.takes_tiles, X, y) == {Tiles}
    assert kinds(lambda f: f, X, y) == {np.ndarray}
    assert kinds(lambda f: regularise.penalised(tiles.takes_tiles(f), 0.1), X, y) == {Tiles}
    assert kinds(lambda f: regularise.penalised(f, 0.1), X, y) == {np.ndarray}
    assert network.gradient.takes_tiles
    assert layers.gradient.takes_tiles


def test_a_wrapper_does_not_take_tiles_because_what_it_wraps_does(problem):
    _, X, y = problem

    def seen_by(wrap):
        seen = []

        @functools.wraps(network.gradient)
        def wrapper(params, X, y):
            seen.append(type(X))
            return network.gradient(params, X, y)

        nnfs.train(X, y, gradient=wrap(wrapper), iterations=1, hidden=5)
        return set(seen)

    assert seen_by(lambda f: f) == {np.ndarray}
    assert seen_by(tiles.takes_tiles) == {Tiles}


def test_a_mark_may_be_set_by_hand_and_stand_in_a_class(problem):
    _, X, y = problem
    seen = []

    def by_hand(params, X, y):
        seen.append(type(X))
        return network.gradient(params, X, y)

    class Model:
        @tiles.takes_tiles
        def gradient(self, params, X, y):
            return by_hand(params, X, y)

    nnfs.train(X, y, gradient=Model().gradient, iterations=1, hidden=5)
    by_hand.takes_tiles = True
    nnfs.train(X, y, gradient=by_hand, iterations=1, hidden=5)
    assert set(seen) == {Tiles}


@pytest.mark.parametrize("name", ["Transposed", "SMALL_PRODUCT"])
def test_what_moved_is_found_under_its_old_name_with_a_warning(name):
    with pytest.warns(DeprecationWarning, match=f"nnfs.engine.{name} is now nnfs.tiles.{name}"):
        assert getattr(engine, name) is getattr(tiles, name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        engine.nothing  # noqa: B018


def test_what_takes_no_mark_is_told():
    class Model:
        def gradient(self, params, X, y):
            raise NotImplementedError

    with pytest.raises(ValueError, match="wrap it in a function"):
        tiles.takes_tiles(Model().gradient)


def test_a_run_that_is_left_open_is_closed_in_silence_when_python_ends():
    code = (
        "import numpy as np\n"
        "from nnfs.training import Run\n"
        "run = Run(np.eye(7)[:, :4], [0, 1, 2, 0], iterations=5, batch_size=2)\n"
        "left = iter(run); next(left)\n"
        "def keeps(s): return run\n"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, encoding="utf8", check=True)
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones((7, 4)), np.array([0, 1, 2]), r"labels have shape \(3,\)"),
        (np.ones((7, 4)), np.array([0, 1, 2, 1, 0]), r"labels have shape \(5,\)"),
        (np.ones((7, 4)), np.zeros((3, 4), int), r"labels have shape \(3, 4\)"),
        (np.ones((7, 4)), np.zeros(4), "labels have .* dtype float64; expected integers"),
        (np.ones(7), np.array([0]), r"X has shape \(7,\); expected \(inputs, examples\)"),
    ],
)
def test_labels_of_other_examples_are_told(X, y, message):
    params = nnfs.init_params(7, 5, 3)
    for options in ({}, {"batch_size": 2}):
        with (
            pytest.raises(ValueError, match=f"^{message}"),
            batches.objective(network.gradient, X, y, **options) as objective,
        ):
            objective(params)


def test_examples_may_be_lists(problem):
    params, X, y = problem
    for options in ({}, {"batch_size": 9}):
        found = []
        for given in ((X, y), (X.tolist(), y.tolist())):
            with batches.objective(network.gradient, *given, **options) as objective:
                found.append(objective(params).loss)
        assert found[0] == found[1]
