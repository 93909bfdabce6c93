"""A page that a test opens knows nothing of what earlier tests did."""

import pytest


@pytest.fixture(params=["served", "file"])
def small(request, address, site):
    """Return the address of a small file, as a server gives it or as it lies in its folder."""
    name = "live/live.json"
    return f"{address}/{name}" if request.param == "served" else (site / name).as_uri()


def test_nothing_of_a_page_is_left_after_its_test(windows, small):
    earlier = windows.new_page()
    earlier.goto(small)
    # Written again while the page closes, as a page that keeps the reader's place does.
    keep = "localStorage.kept = sessionStorage.kept = document.cookie = 'kept=1'"
    earlier.evaluate(f"{keep}; addEventListener('pagehide', () => {{ {keep} }})")
    windows.clear()
    assert earlier.is_closed()
    page = windows.new_page()
    page.goto(small)
    read = "[localStorage.kept ?? null, sessionStorage.kept ?? null, document.cookie]"
    assert page.evaluate(read) == [None, None, ""]
    windows.clear()


def test_each_window_has_its_own_settings(new_page, small):
    narrow = {"width": 390, "height": 700}
    for settings in ({}, {"color_scheme": "dark", "viewport": narrow}, {}):
        page = new_page(**settings)
        page.goto(small)
        found = page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]")
        assert found == ([390, True] if settings else [1280, False])
