"""Links show what they lead to, by pointer and by keyboard, and go on being links."""

import pytest

PAGE = "derive/softmax"
OPEN = "document.querySelector('#book-preview')?.matches(':popover-open') === true"
CLOSED = f"!({OPEN})"
EQUATION = ".bd-article section a.internal[href*='#equation-eq-softmax']:visible"
CITATION = ".bd-article section p a.internal[href*='bibliography.html#']"


@pytest.fixture
def page(open_page):
    page = open_page(PAGE)
    yield page
    assert page.complaints == []
    assert page.asked == []


def rest_on(page, link):
    page.locator(link).first.scroll_into_view_if_needed()
    page.locator(link).first.hover()
    page.wait_for_function(OPEN)


def shown(page):
    return page.locator("#book-preview").inner_text()


def test_a_pointer_on_a_link_shows_it_and_elsewhere_does_not(page):
    rest_on(page, EQUATION)
    assert page.locator("#book-preview .katex").count() == 1
    page.mouse.move(5, 5)
    page.wait_for_function(CLOSED)
    rest_on(page, CITATION)
    assert "[" in shown(page)
    assert page.locator("#book-preview").bounding_box()["x"] >= 0


def test_what_is_shown_can_be_pointed_at_and_escape_closes_it(page):
    rest_on(page, EQUATION)
    box = page.locator("#book-preview").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.wait_for_timeout(500)
    assert page.evaluate(OPEN)
    page.keyboard.press("Escape")
    page.wait_for_function(CLOSED)


def test_after_escape_the_pointer_has_to_leave_first(page):
    rest_on(page, EQUATION)
    page.keyboard.press("Escape")
    page.wait_for_function(CLOSED)
    # As from one part of the link to another.
    inside = {"pointerType": "mouse", "bubbles": True}
    page.locator(EQUATION).first.dispatch_event("pointerover", inside)
    page.wait_for_timeout(600)
    assert page.evaluate(CLOSED)
    page.mouse.move(5, 5)
    page.wait_for_timeout(100)
    rest_on(page, EQUATION)


def test_the_keyboard_shows_it_too_and_a_screen_reader_is_told(page):
    page.keyboard.press("Tab")
    page.locator(EQUATION).first.focus()
    page.wait_for_function(OPEN)
    link = page.locator(EQUATION).first
    assert link.get_attribute("aria-describedby") == "book-preview"
    assert page.locator("#book-preview").get_attribute("role") == "tooltip"
    page.keyboard.press("Escape")
    page.wait_for_function(CLOSED)
    assert link.evaluate("link => link === document.activeElement")
    assert link.get_attribute("aria-describedby") is None


def test_the_link_stays_a_link(page):
    rest_on(page, CITATION)
    page.locator(CITATION).first.click()
    page.wait_for_url("**/bibliography.html#*")


def test_a_finger_follows_the_link(new_page, address):
    page = new_page(has_touch=True, viewport={"width": 390, "height": 800})
    page.goto(f"{address}/{PAGE}.html")
    page.locator(CITATION).first.tap()
    page.wait_for_url("**/bibliography.html#*")


def test_it_stays_in_a_narrow_window(new_page, address):
    page = new_page(viewport={"width": 390, "height": 700})
    page.goto(f"{address}/{PAGE}.html")
    for link in (EQUATION, CITATION):
        rest_on(page, link)
        box = page.locator("#book-preview").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.keyboard.press("Escape")


def test_a_site_opened_as_files_shows_them_too(new_page, site):
    page = new_page()
    page.goto((site / f"{PAGE}.html").as_uri())
    rest_on(page, EQUATION)


def test_nothing_is_loaded_before_a_reader_rests_on_a_link(page):
    loaded = (
        "performance.getEntriesByType('resource').filter(e => /previews\\/derive/.test(e.name))"
    )
    assert page.evaluate(f"{loaded}.length") == 0
    rest_on(page, EQUATION)
    assert page.evaluate(f"{loaded}.length") == 1
