"""What a reader has finished, and where they were, is kept in the browser and shown."""

import json

import pytest

from tests.browser.legibility import faint

PAGE = "derive/softmax"
MARK = ".bd-sidebar-primary li.current .chapter-state"
BOX = ".finished-chapter input"


@pytest.fixture
def page(open_page):
    page = open_page(PAGE)
    yield page
    assert page.complaints == []


def kept(page, key="nnfs-progress"):
    return json.loads(page.evaluate("key => localStorage.getItem(key)", key) or "null")


def test_a_finished_chapter_is_marked_here_and_after_a_return(page):
    assert page.locator(MARK).count() == 0
    page.get_by_label("I have finished this chapter").check()
    assert page.locator(MARK).inner_text().startswith("✓")
    assert "(finished)" in page.locator(MARK).text_content()
    assert page.locator(".finished-count").inner_text().startswith("1 of ")
    page.reload()
    assert page.locator(BOX).is_checked()
    page.locator(BOX).uncheck()
    page.reload()
    assert page.locator(MARK).count() == 0


def test_exercises_that_were_passed_before_count(page):
    passed = {"drafts": {}, "passed": {"softmax": "def softmax(Z): ...", "relu": "elsewhere"}}
    before = json.dumps(passed)
    page.evaluate("text => localStorage.setItem('nnfs-exercises', text)", before)
    page.reload()
    assert page.locator(MARK).inner_text().startswith("1/")
    assert "1 of " in page.locator(MARK).text_content()
    assert kept(page, "nnfs-exercises") == passed


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '"x"', '{"finished": 3}', '{"finished": ["gone", 7], "last": 5}'],
)
def test_what_is_kept_and_makes_no_sense_is_passed_over(page, text):
    page.evaluate("text => localStorage.setItem('nnfs-progress', text)", text)
    page.reload()
    assert page.locator(BOX).is_visible()
    page.locator(BOX).check()
    assert kept(page)["finished"] == [PAGE]


def test_another_window_is_not_overwritten(page, context):
    page.evaluate("""localStorage.setItem('nnfs-progress', '{"finished": ["see/digits"]}')""")
    page.locator(BOX).check()
    assert set(kept(page)["finished"]) == {"see/digits", PAGE}


def test_the_first_page_offers_to_go_on_where_one_was(page, address_with_python):
    page.locator("h2").nth(3).scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    page.wait_for_function("JSON.parse(localStorage['nnfs-progress'] || '{}').last?.place")
    title = kept(page)["last"]["title"]
    page.goto(f"{address_with_python}/index.html")
    link = page.locator(".continue-reading a")
    assert link.inner_text() == title
    link.click()
    page.wait_for_url(f"**/{PAGE}.html#*")


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_way_on_does_not_lie_over_the_way_in(new_page, address, width):
    page = new_page(viewport={"width": width, "height": 900})
    last = {"page": "derive/discover", "place": "", "title": "4. Discover backpropagation"}
    page.add_init_script(
        f"localStorage['nnfs-progress'] = {json.dumps(json.dumps({'last': last}))}"
    )
    page.goto(f"{address}/index.html")
    on = page.locator(".continue-reading a").bounding_box()
    begin = page.get_by_role("link", name="Begin reading").bounding_box()
    assert on["y"] >= begin["y"] + begin["height"] or on["y"] + on["height"] <= begin["y"]


def test_a_first_visit_is_offered_nothing(open_page):
    page = open_page("index")
    assert not page.locator(".continue-reading").is_visible()
    assert page.complaints == []


def test_where_a_browser_keeps_nothing_the_reader_is_told(page):
    page.evaluate("() => void (Storage.prototype.setItem = () => { throw new Error('full'); })")
    page.locator(BOX).click()
    assert "keeps nothing" in page.locator(".finished-count").inner_text()
    assert not page.locator(BOX).is_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_and_hit(new_page, address, scheme):
    page = new_page(color_scheme=scheme, viewport={"width": 390, "height": 800})
    page.goto(f"{address}/{PAGE}.html")
    assert page.locator(".finished-chapter label").bounding_box()["height"] >= 44
    page.locator(BOX).check()
    assert faint(page) == []
