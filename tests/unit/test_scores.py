"""Counting right answers, against argmax and by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnfs import scores


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_correct_answers_are_those_of_argmax(seed, levels):
    """Few levels make equals in nearly every column; the first of them is the answer."""
    rng = np.random.default_rng(seed)
    Z = rng.integers(levels, size=(3, 7)).astype(np.float32)
    y = rng.integers(3, size=7)
    assert scores.count_correct(Z, y) == np.count_nonzero(Z.argmax(axis=0) == y)


def test_correct_answers_without_equals_by_hand():
    Z = np.array([[3.0, 1.0, 0.0, -2.0], [1.0, 2.0, 5.0, -1.0], [0.0, 0.0, 6.0, -3.0]])
    assert scores.count_correct(Z, np.array([0, 1, 1, 1])) == 3
