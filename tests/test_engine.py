"""The gradient of the whole set from its parts: the same numbers, and nothing left behind."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

import nnfs
from nnfs import engine, network


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
        np.testing.assert_allclose(dP, dQ, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("m", [1, 2, 5])
def test_few_examples(problem, m):
    params, X, y = problem
    loss, _, gradients = evaluate(params, X[:, :m], y[:m], part=4)
    expected = network.gradient(params, X[:, :m], y[:m])
    assert loss == pytest.approx(expected[0], rel=1e-13)
    np.testing.assert_allclose(gradients[0], expected[2].W1, rtol=1e-11, atol=1e-15)


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
