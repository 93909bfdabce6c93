"""Fixtures and settings that all tests share."""

import hypothesis
import numpy as np
import pytest

from nnfs import Parameters, init_params
from tests.site import site

__all__ = ["site"]

hypothesis.settings.register_profile("seeded", derandomize=True, deadline=None, max_examples=50)
hypothesis.settings.load_profile("seeded")


@pytest.fixture
def params() -> Parameters:
    """Return a 7-5-3 network in double precision."""
    return init_params(7, 5, 3, dtype=np.float64, seed=1)


@pytest.fixture
def X() -> np.ndarray:
    """Return four examples with seven inputs."""
    return np.random.default_rng(2).normal(size=(7, 4))


@pytest.fixture
def y() -> np.ndarray:
    return np.array([2, 0, 1, 2])
