"""The contents of a page, at its right: they mark the section that is being read."""

import pytest
from playwright.sync_api import expect

LINKS = ".bd-sidebar-secondary nav.page-toc a"
# The marked links, and that of the last section which begins above the upper edge.
MARKED_AND_READ = """() => {
  const links = [...document.querySelectorAll(".bd-sidebar-secondary nav.page-toc a")];
  const top = (link) => document.getElementById(link.hash.slice(1)).getBoundingClientRect().top;
  const near = links.some((link) => Math.abs(top(link) - 96) < 40);
  const read = links.filter((link) => top(link) < 96).pop();
  const marked = links.filter((link) => link.classList.contains("active"));
  return { near, read: read?.hash ?? "", marked: marked.map((link) => link.hash).join() };
}"""


@pytest.fixture
def opened(new_page, address):
    def opened(page, width=1280):
        tab = new_page(viewport={"width": width, "height": 800}, reduced_motion="reduce")
        tab.goto(f"{address}/{page}.html")
        return tab

    return opened


def after_a_step(page, pixels):
    page.mouse.wheel(0, pixels)
    page.wait_for_timeout(120)
    return page.evaluate(MARKED_AND_READ)


def press_until(page, key, there):
    # A page that is still growing when the key comes can be led to a place that is no end any more.
    for _ in range(10):
        page.keyboard.press(key)
        page.wait_for_timeout(120)
        if page.evaluate(there):
            return
    raise AssertionError(f"{key} did not lead to where {there}")


@pytest.mark.parametrize("step", [500, 1700])
@pytest.mark.parametrize("name", ["derive/discover", "derive/a2-minus-y"])
def test_the_section_being_read_is_marked_on_the_way_down_and_up(opened, name, step):
    page = opened(name)
    page.mouse.move(600, 400)
    seen = set()
    for direction in (1, -1):
        for _ in range(14):
            state = after_a_step(page, direction * step)
            ended = page.evaluate("scrollY + innerHeight > document.body.scrollHeight - 5")
            if not state["near"] and not ended:
                assert state["marked"] == state["read"]
                seen.add(state["read"])
    assert len(seen) >= 3


def test_from_the_end_to_the_title_no_section_stays_marked(opened):
    page = opened("derive/discover")
    press_until(page, "End", "scrollY + innerHeight > document.body.scrollHeight - 2")
    expect(page.locator(LINKS).last).to_have_class("reference internal nav-link active")
    press_until(page, "Home", "scrollY === 0")
    expect(page.locator(f"{LINKS}.active")).to_have_count(0)
    assert after_a_step(page, 60)["marked"] == ""


def test_a_jump_into_a_section_marks_it(opened):
    page = opened("derive/discover")
    figure = page.locator("article figure").nth(3)
    figure.evaluate("(e) => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(200)
    state = page.evaluate(MARKED_AND_READ)
    assert state["marked"] == state["read"] != ""


def test_a_chosen_entry_is_marked_also_where_the_page_ends_before_it_reaches_the_edge(opened):
    page = opened("derive/discover", 1920)
    for link in page.locator(LINKS).all()[-3:]:
        link.click()
        expect(link).to_have_attribute("aria-current", "true")
        page.wait_for_timeout(300)
        expect(page.locator(f"{LINKS}[aria-current]")).to_have_count(1)
        expect(link).to_have_attribute("aria-current", "true")
