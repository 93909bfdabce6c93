"""What a page gives to its playthings, when its cells run as in a browser."""

from typing import Any

import pytest

import kit.cells.shown
import kit.widgets.playing.cells as playing
from kit.widgets.playing.cells import Grid

from .pages import Page

LEFT_OUT = {"figure", "check", "claim"}


def kept_grids(
    page: Page, last: str, *, without: str | None = None
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Run a page up to the plaything called last.

    Returns what each was made of, by its name, with itself as "plaything", and the page's names.
    A cell with the text `without` is for something else and is left out.
    """
    given: dict[str, dict[str, Any]] = {}
    names: dict[str, Any] = {}
    made: dict[str, Any] = {}

    def recorded(axes: Any, values: Any, **more: Any) -> Grid:
        made.update(axes=axes, values=values, **more)
        return Grid(axes, values, **more)

    def keep(name: str, plaything: Any) -> None:
        given[name] = {"plaything": plaything, **made}
        made.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kit.cells.shown, "size", lambda full, *, browser: browser)
        patch.setattr(kit.cells.shown, "glue", lambda **values: None)
        patch.setattr(playing, "Grid", recorded)
        patch.setattr(playing, "keep", keep)
        for cell in page.cells:
            if not (LEFT_OUT & set(cell.tags) or (without is not None and without in cell.code)):
                exec(cell.code, names)
            if last in given:
                return given, names
    raise AssertionError(f"the page keeps no plaything called {last}")
