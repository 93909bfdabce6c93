"""The examples in docstrings are those of a plain Python, whatever other tests have left behind."""

import sys

import pytest


@pytest.fixture(autouse=True)
def plain_python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep an IPython, or what stands in for it in a browser, from an example's statements."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.setitem(sys.modules, "IPython", None)
