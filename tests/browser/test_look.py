"""What a reader sees and can hit: rings, edges, marks, buttons, dark figures, paper."""

from base64 import b64encode

import pytest
from playwright.sync_api import expect

PAGES = ["derive/backpropagation", "derive/a2-minus-y", "index"]
# A ring, or where an instrument draws its own, a change of its outline.
UNSEEN = """async () => {
  const found = [];
  const own = "svg *, .cm-content, [tabindex='-1']";
  const all = "a[href], button, summary, input, select, [tabindex='0']";
  for (const element of document.querySelectorAll(all)) {
    if (element.matches(own) || element.disabled) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    element.focus({ preventScroll: true, focusVisible: true });
    if (document.activeElement !== element || !element.matches(":focus-visible")) continue;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2)
      found.push(`${element.tagName}.${element.className} ${element.textContent.trim()}`);
  }
  return found;
}"""
RIGHT = """(names) => {
  const edges = new Set();
  for (const element of document.querySelectorAll(names))
    if (
      element.checkVisibility() &&
      !element.closest("li, .one-sheet *, .admonition, .equation-how, details")
    )
      edges.add(Math.round(element.getBoundingClientRect().right));
  return [...edges];
}"""


@pytest.fixture
def opened(new_page, address):
    def opened(page, width=1280, **settings):
        touch = width < 500
        viewport = {"width": width, "height": 900}
        tab = new_page(viewport=viewport, has_touch=touch, is_mobile=touch, **settings)
        tab.goto(f"{address}/{page}.html")
        return tab

    return opened


@pytest.mark.parametrize("page", PAGES)
def test_whatever_has_the_keyboard_has_a_ring(opened, page):
    assert opened(page).evaluate(UNSEEN) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_every_mark_of_an_equation_opens_where_one_clicks_on_it(opened, width):
    page = opened("derive/backpropagation", width)
    marks = page.locator("article .equation-mark > summary")
    assert marks.count() >= 2
    for mark in marks.all():
        if not mark.is_visible():
            continue
        mark.scroll_into_view_if_needed()
        covered = mark.evaluate("""(e) => {
          const { left, top, width, height } = e.getBoundingClientRect();
          return [0.2, 0.5, 0.8].some((part) =>
            !e.contains(document.elementFromPoint(left + width / 2, top + height * part)));
        }""")
        assert not covered
        mark.click()
        expect(mark.locator("..")).to_have_attribute("open", "")
        mark.click()


def test_a_column_has_one_measure_and_one_wide_edge(opened):
    page = opened("derive/backpropagation")
    prose = page.evaluate(RIGHT, ".bd-article section > p, .bd-article section figure > img")
    wide = page.evaluate(RIGHT, ".bd-article section > .cell > .cell_input, .bd-article .one-sheet")
    assert max(prose) <= page.locator(".bd-article section > p").nth(2).evaluate(
        "(p) => { const r = p.getBoundingClientRect(); return Math.ceil(r.right) + 1; }"
    )
    assert len(wide) <= 1


def test_buttons_of_cells_are_seen_before_the_pointer_comes(opened):
    page = opened("derive/backpropagation")
    button = page.locator("article .live-controls[data-cell] button:visible").first
    expect(button).to_have_css("opacity", "1")
    assert button.evaluate("(b) => parseFloat(getComputedStyle(b).borderTopWidth)") >= 1


def test_the_row_of_a_solution_is_its_button(opened):
    page = opened("derive/backpropagation", 390)
    solution = page.locator("article .admonition.solution.dropdown").first
    row, button = (
        solution.locator(f"> {part}")
        for part in (".admonition-title", ".admonition-title > button")
    )
    outer, inner = row.bounding_box(), button.bounding_box()
    assert inner["height"] >= 44
    assert inner["y"] >= outer["y"] - 1
    assert inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
    expect(button).to_be_visible()
    row.click(position={"x": 60, "y": outer["height"] / 2})
    expect(button).to_have_attribute("aria-expanded", "true")
    assert "#" not in page.url


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_a_drawn_figure_has_the_paper_of_the_page(opened, scheme, dark):
    page = opened("derive/backpropagation", color_scheme=scheme)
    figure = page.locator("#fig-flow img")
    figure.scroll_into_view_if_needed()
    corner = page.evaluate(
        "(url) => new Promise((done) => { const i = new Image(); i.onload = () => {"
        "const c = document.createElement('canvas'); c.width = c.height = 4;"
        "const pen = c.getContext('2d'); pen.drawImage(i, 0, 0);"
        "done([...pen.getImageData(1, 1, 1, 1).data]); }; i.src = url; })",
        f"data:image/png;base64,{b64encode(figure.screenshot()).decode()}",
    )
    assert (max(corner[:3]) < 60) is dark
    assert figure.evaluate("(i) => getComputedStyle(i).colorScheme") == scheme


@pytest.mark.parametrize("page", ["derive/discover", "derive/a2-minus-y"])
def test_on_paper_the_place_stands_above_the_title_and_playthings_stand_still(opened, page):
    tab = opened(page, 700)
    tab.emulate_media(media="print")
    place, title = (
        tab.locator(f"article {part}").first.bounding_box() for part in (".place-in-book", "h1")
    )
    assert place["y"] + place["height"] <= title["y"]
    for part in tab.locator(".plaything").locator("button, input, select, .play-ask").all():
        assert not part.is_visible()


def test_with_a_palette_of_the_readers_the_first_button_has_words(opened):
    page = opened("index", forced_colors="active")
    colors = page.locator(".opening-words > p > a").first.evaluate(
        "(a) => [getComputedStyle(a).color, getComputedStyle(a).backgroundColor]"
    )
    assert colors[0] != colors[1]
    page.goto(page.url.replace("index", "derive/discover"))
    reach = page.locator(".play-reach").first
    assert reach.evaluate("(r) => getComputedStyle(r).fill") == "none"
