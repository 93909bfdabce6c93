"""Settings of the tests of all packages."""

import sys

import pytest

# Each example has a conf.py, and nothing to be collected.
collect_ignore_glob = ["*/example/*", "*/tests/conftest.py"]


@pytest.fixture(autouse=True)
def plain_python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep an IPython that other tests have left behind from what is printed."""
    if isinstance(request.node, pytest.DoctestItem) or "capsys" in request.fixturenames:
        monkeypatch.setitem(sys.modules, "IPython", None)
