"""Settings of the package's own tests, wherever they run."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # Where a book of many tests registers the same marker, it leaves these to its full runs.
    config.addinivalue_line("markers", "exhaustive(share): builds a book whose cells run")
