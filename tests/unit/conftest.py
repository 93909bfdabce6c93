"""What several files of unit tests take."""

from typing import Any, BinaryIO

import pytest

from nnfs import plots


class _Blank:
    """Stands for a figure, and is quickly written."""

    def savefig(self, file: BinaryIO, **options: Any) -> None:
        file.write(b"a picture")


@pytest.fixture
def drawn() -> None:
    """Have a test draw its figures, where those around it do without."""


@pytest.fixture
def blank(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw no figures, which take longer than short runs, unless a test asks for `drawn`."""
    if "drawn" not in request.fixturenames:
        for name in ("curves", "predictions"):
            monkeypatch.setattr(plots, name, lambda *values, **options: _Blank())
