"""The plaything on the graph of six numbers shows the values and slopes of its loss."""

import numpy as np
import pytest

from kit.widgets.playing import cells as playing

from .pages import BOOK, read

PAGE = read(BOOK / "beyond/machine.md")
LAST = 7


@pytest.fixture(scope="module")
def grid():
    """Run what the plaything needs and return it."""
    kept, names = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "keep", lambda name, plaything: kept.update({name: plaything}))
        for cell in PAGE.cells:
            if not {"figure", "claim", "check"} & set(cell.tags):
                exec(cell.code, names)
            if "scalar" in kept:
                return kept["scalar"]
    raise AssertionError("the page keeps no plaything called scalar")


def forward(w, x, moved=None):
    """Return the six numbers, with what has moved in the place of what is computed."""
    v = {"w": w, "x": x, "b": -4} | (moved or {})
    v.setdefault("p", v["w"] * v["x"])
    v.setdefault("s", v["p"] + v["b"])
    v.setdefault("J", v["s"] * v["s"])
    return v


def by_steps(w, x):
    """Return values and slopes in the order of the bars: each is moved."""
    values = forward(w, x)
    slopes = [forward(w, x, {name: values[name] + 1e-30j})["J"].imag / 1e-30 for name in "wxbpsJ"]
    return [values[name] for name in "wxbpsJ"], slopes


@pytest.mark.parametrize(("w", "x"), [(2, 3), (3, 3), (-1, 2), (2, 2)])
def test_in_the_end_all_numbers_are_those_of_complex_steps(grid, w, x):
    place = grid.places.index((LAST, grid.axes["w"].index(w), grid.axes["x"].index(x)))
    value, adjoint = by_steps(w, x)
    np.testing.assert_allclose(grid.bars.values["value"][place], value, rtol=1e-14)
    np.testing.assert_allclose(grid.bars.values["adjoint"][place], adjoint, rtol=1e-14)
    assert f"= {adjoint[0]:.0f}, and x".replace("-", "−") in grid.told[place]


@pytest.mark.parametrize(
    ("step", "values", "adjoints"),
    [(0, "wxb", ""), (2, "wxbps", ""), (4, "wxbpsJ", "J"), (6, "wxbpsJ", "bpsJ")],
)
def test_a_step_shows_what_the_walk_has_reached(grid, step, values, adjoints):
    place = grid.places.index((step, 0, 0))
    shown = {
        kind: "".join(
            name
            for name, number in zip(grid.bars.labels, array[place], strict=True)
            if not np.isnan(number)
        )
        for kind, array in grid.bars.values.items()
    }
    assert shown == {"value": values, "adjoint": adjoints}


def test_what_is_asked_is_answered_by_complex_steps(grid):
    (asked,) = grid.data["asks"]
    value, adjoint = by_steps(3, 3)
    assert asked["answers"][asked["right"]] == f"{adjoint[0]:.0f}"
    (because,) = asked["because"]["all"]
    assert f"s is {value[4]}. " in because
    assert f"an adjoint of {adjoint[4]:.0f}, so" in because
