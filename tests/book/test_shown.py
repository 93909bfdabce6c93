"""What a page shows: glued values and spreads."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))

from shown import glue, spread


@pytest.mark.parametrize("value", ["", np.nan, np.inf, None, True, [1.0], np.ones(2)])
def test_only_numbers_and_words_are_glued(value):
    with pytest.raises(ValueError, match="word"):
        glue(word=value)


def test_a_spread_is_rounded_to_its_first_digit():
    assert spread([0.8731, 0.8702, 0.8764], scale=100) == "87.3\u00a0±\u00a00.3"
    assert spread([1.0, 3.0, 5.0]) == "3\u00a0±\u00a02"
    assert spread([0.1, 0.100096]) == "0.10005\u00a0±\u00a00.00007"
    assert spread([10.0, 11.37]) == "11\u00a0±\u00a01"


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [], [0.5, np.nan]])
def test_a_spread_needs_different_values(values):
    with pytest.raises(ValueError, match="at least two different values"):
        spread(values)


def test_a_spread_never_shows_more_digits_than_asked_for():
    assert spread([0.906891, 0.90683, 0.90677], scale=100, digits=1) == "90.7\u00a0±\u00a00.1"
    assert spread([0.8731, 0.8702, 0.8764], scale=100, digits=1) == "87.3\u00a0±\u00a00.3"
