"""Addresses of places: copied, said, and leading back there, with a reader's code too."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.folds import unfold

# A small page with an equation, and one of its cells.
PAGE, CODE = "appendices/how-checks-work", "formula = sigma(z)"
CELL = re.compile(r"#cell-\d+$")
MINE = "# é, +/= and “quotes”\nprint(6 * 7)"

# One of them stands for the others in `--all`: each opens pages of its own.
pytestmark = pytest.mark.exhaustive(share=1 / 8, of="file")


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(context, open_page):
    return open_page(PAGE)


def copied(page):
    return page.evaluate("navigator.clipboard.readText()")


def cell_of(page, text=CODE):
    cell = page.locator(".cell", has=page.locator(".cell_input", has_text=text)).first
    unfold(cell)
    return cell


def copy_link(cell):
    cell.get_by_role("button", name=re.compile("^Copy a link to cell")).click()


def write(page, cell, code):
    cell.get_by_role("button", name=re.compile("^Edit")).click()
    expect(cell.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def code_in(cell):
    return "\n".join(cell.locator(".cm-line").all_inner_texts())


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("h2", r"Copy a link to \S+"),
        (".math .eqno", r"Copy a link to equation \(.+\)$"),
    ],
)
def test_the_address_of_a_place_is_copied_by_keyboard_and_leads_there(page, place, name, key):
    link = page.locator(f".bd-article {place} a.headerlink").first
    assert re.match(name, link.get_attribute("aria-label"))
    assert link.get_attribute("role") == "button"
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(link).to_be_focused()
    expect(link).to_have_css("opacity", "1")
    frame = link.evaluate("(link) => parseFloat(getComputedStyle(link).outlineOffset)")
    assert frame < 0 or "eqno" not in place, "the box of a formula hides what lies beyond it"
    page.keyboard.press(key)
    expect(link).to_have_attribute("data-said", "Link copied")
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_have_count(1)
    address = copied(page)
    assert address.startswith(page.url.partition("#")[0] + "#")
    target = page.locator(f"[id='{address.partition('#')[2]}']")
    assert target.count() == 1
    assert target.or_(target.locator("xpath=..")).locator(place).count()
    assert page.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_pointer_copies_the_address_of_an_equation_by_its_number_and_moves_nothing(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    number = page.locator(".bd-article .math .eqno").first
    number.scroll_into_view_if_needed()
    formula = page.locator(".bd-article .math .katex").first
    before = number.bounding_box(), formula.bounding_box()
    inside = number.evaluate("(number) => number.scrollHeight <= number.parentElement.clientHeight")
    assert inside, "the sign needs no line of its own"
    number.click()
    link = number.locator("a.headerlink")
    expect(link).to_have_attribute("data-said", "Link copied")
    assert copied(page).endswith(link.get_attribute("href"))
    assert (number.bounding_box(), formula.bounding_box()) == before
    assert page.evaluate("document.documentElement.scrollWidth") == width


REACHED = """(link) => {
  link.scrollIntoView({ block: "center" });
  const { left, right, top, bottom } = link.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [[-11.5, 0], [11.5, 0], [0, -11.5], [0, 11.5]]
    .every(([aside, down]) => document.elementFromPoint(x + aside, y + down) === link);
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_what_copies_an_address_is_24_pixels_wide_and_high(open_page, width):
    page = open_page("derive/a2-minus-y")
    page.set_viewport_size({"width": width, "height": 900})
    for place in ("h1", "h2", "figcaption", ".eqno"):
        assert page.locator(f".bd-article {place} a.headerlink").first.evaluate(REACHED), place


def test_a_finger_sees_that_the_number_of_an_equation_is_a_link(new_page, site):
    page = new_page(viewport={"width": 390, "height": 900}, has_touch=True, is_mobile=True)
    page.goto((site / f"{PAGE}.html").as_uri(), wait_until="load")
    number = page.locator(".bd-article .math .eqno").first
    link = page.locator(".bd-article section > p > a.internal").first
    color = link.evaluate("(link) => getComputedStyle(link).color")
    expect(number).to_have_css("color", color)
    expect(number).to_have_css("text-decoration-line", "underline")


def test_the_address_of_a_heading_is_the_authors_label_where_there_is_one(page):
    label = page.locator(".bd-article section:has(> h1) > span[id]").first.get_attribute("id")
    page.locator("h1 a.headerlink").click()
    expect(page.locator("h1 a.headerlink")).to_have_attribute("data-said", "Link copied")
    assert copied(page).endswith(f"#{label}")


def test_where_a_browser_does_not_let_copy_the_address_is_in_its_bar(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    link = page.locator(".bd-article h2 a.headerlink").first
    link.click()
    expect(link).to_have_attribute("data-said", re.compile("address bar"))
    assert page.url.endswith(link.get_attribute("href"))
    cell = cell_of(page)
    copy_link(cell)
    expect(cell.locator(".live-status")).to_contain_text("address bar")
    assert CELL.search(page.url)


def test_a_cells_address_leads_to_it_and_runs_nothing(page, open_page):
    cell = cell_of(page)
    copy_link(cell)
    expect(cell.locator(".live-status")).to_have_text("Link copied")
    address = copied(page)
    assert CELL.search(address)
    other = open_page(PAGE)
    other.goto(address)
    found = other.locator(f"[id='{address.partition('#')[2]}']")
    expect(found).to_be_in_viewport()
    assert CODE in found.locator("xpath=..").inner_text()
    assert other.evaluate("liveCells.cells.some(({ ran }) => ran)") is False


@pytest.fixture
def address(page):
    """Return the address of a cell with code of a reader's own, in a browser without that code."""
    cell = cell_of(page)
    write(page, cell, MINE)
    copy_link(cell)
    expect(cell.locator(".live-status")).to_have_text(
        re.compile(r"Link with your code copied, \d+")
    )
    address = copied(page)
    page.evaluate("localStorage.clear()")
    return address


def opened(open_page, address):
    page = open_page(PAGE)
    page.goto("about:blank")
    page.goto(address)
    cell = page.locator(f"[id='{address.partition('#')[2].partition('.')[0]}']").locator("xpath=..")
    return page, cell


def test_an_edited_cells_address_brings_its_code_into_the_editor_and_runs_nothing(
    open_page, address
):
    page, cell = opened(open_page, address)
    expect(cell.locator(".live-status")).to_contain_text("came with the link")
    expect(cell.get_by_role("textbox")).to_be_focused()
    assert code_in(cell) == MINE
    expect(cell.locator(".live-mark")).to_have_text("from the link that you opened")
    page.wait_for_timeout(300)
    assert page.evaluate("liveCells.cells.some(({ ran }) => ran)") is False
    assert (
        page.evaluate(
            "performance.getEntriesByType('resource').some((e) => /pyodide/.test(e.name))"
        )
        is False
    )
    assert page.evaluate("localStorage.getItem('nnfs-cells')") is None
    cell.get_by_role("button", name=re.compile("^Run")).click()
    expect(cell.locator(".live-output")).to_contain_text("42", timeout=90_000)
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    assert CODE in cell.locator(".cell_input").inner_text()
    assert CELL.search(page.url)
    assert page.complaints == []


def test_what_a_reader_has_written_before_is_not_lost_to_a_link(open_page, address):
    page = open_page(PAGE)
    write(page, cell_of(page), "own = 1")
    page, cell = opened(open_page, address)
    expect(cell.get_by_role("textbox")).to_be_focused()
    assert code_in(cell) == MINE
    expect(cell.locator(".live-mark")).to_contain_text("you wrote another version")
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nx = 2")
    expect(cell.locator(".live-mark")).to_contain_text("edited;")
    page.reload()
    expect(cell.locator(".live-edited")).to_have_text(f"{MINE}\nx = 2")
    cell.get_by_role("button", name=re.compile("^Show mine")).click()
    expect(cell.get_by_role("textbox")).to_be_focused()
    assert code_in(cell) == "own = 1"


def test_after_reset_of_a_link_the_readers_own_code_is_still_kept(open_page, address):
    page = open_page(PAGE)
    write(page, cell_of(page), "own = 1")
    page, cell = opened(open_page, address)
    expect(cell.get_by_role("textbox")).to_be_focused()
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    page.reload()
    expect(cell.locator(".live-edited")).to_have_text("own = 1")


@pytest.mark.parametrize(
    "damage", [lambda a: a[:-9], lambda a: a[: a.rindex(".")], lambda a: f"{a}x"]
)
def test_an_address_that_was_cut_off_is_told(open_page, address, damage):
    page, cell = opened(open_page, damage(address))
    expect(cell.locator(".live-status")).to_contain_text("has not arrived whole")
    assert CODE in cell.locator(".cell_input").inner_text()
    assert page.complaints == []


def test_an_address_for_an_earlier_cell_says_so(open_page, address):
    _, cell = opened(open_page, re.sub(r"(#cell-\d+\.)\w+", r"\1zzz", address))
    expect(cell.locator(".live-status")).to_contain_text("for an earlier version of this cell")
    assert code_in(cell) == MINE


def test_code_that_is_too_long_for_an_address_is_told_with_its_length(page):
    cell = cell_of(page)
    page.evaluate("navigator.clipboard.writeText('before')")
    write(page, cell, "#" * 3000)
    copy_link(cell)
    expect(cell.locator(".live-status")).to_have_text(
        re.compile(r"Not copied: with your code the link has 4,\d\d\d characters.*more than 4,000")
    )
    assert copied(page) == "before"
