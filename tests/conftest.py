"""Fixtures and settings that all tests share."""

import gc
import signal

import hypothesis
import numpy as np
import pytest

from nnfs import Parameters, init_params
from tests import selection
from tests.built_site import site

__all__ = ["site"]

hypothesis.settings.register_profile("seeded", derandomize=True, deadline=None, max_examples=50)
hypothesis.settings.load_profile("seeded")
# The tests themselves are a million objects that stay, which Python would look through ever again.
gc.set_threshold(50_000, 20, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    selection.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in selection.SUBJECTS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    config.addinivalue_line("markers", selection.EXHAUSTIVE)
    # A shell lets what it starts in the background ignore Ctrl-C, which some tests are about.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header(config: pytest.Config) -> str:
    return selection.describe(config)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return selection.processes(config)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> selection.Scheduling:
    config.option.loadscopereorder = False
    return selection.Scheduling(config, log)


# First, so that -m and the distribution over processes see the markers and the order.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    selection.mark(items)
    taken = selection.chosen(items, config)
    left_out = [item for item in items if item not in taken]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item in taken]
    selection.order(items, config)


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
