"""A worker process keeps its part of the examples, and answers for that part alone."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from kit.cells import part_worker
from nnfs import network


def test_a_fresh_process_answers_for_the_part_it_was_given(params, X, y):
    part = X[:, 1:], y[1:]
    with ProcessPoolExecutor(1, get_context("spawn"), part_worker.keep, part) as worker:
        found = worker.submit(part_worker.gradients, params).result()
    for dP, dQ in zip(found, network.gradient(params, *part)[2], strict=True):
        np.testing.assert_allclose(dP, dQ, rtol=1e-12, atol=1e-13)


def test_a_process_without_a_part_says_so(params):
    with pytest.raises(RuntimeError, match="call keep first"):
        part_worker.gradients(params)
