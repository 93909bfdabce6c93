"""Settings of the package's own tests, wherever they run."""

import hypothesis
import pytest

hypothesis.settings.register_profile("seeded", derandomize=True, deadline=None, max_examples=50)
hypothesis.settings.load_profile("seeded")


def pytest_configure(config: pytest.Config) -> None:
    # Where a book of many tests registers the same marker, it leaves these to its full runs.
    config.addinivalue_line("markers", "exhaustive(share): builds a book whose cells run")
