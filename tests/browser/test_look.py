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


@pytest.mark.parametrize("width", [1280, 1440, 1920])
@pytest.mark.parametrize("name", ["derive/backpropagation", "derive/discover", "derive/a2-minus-y"])
def test_a_column_has_one_measure_and_one_wide_edge(opened, name, width):
    page = opened(name, width)
    words = ".bd-article section > p:not(.place-in-book), .bd-article figcaption"
    measure = page.evaluate(RIGHT, words)
    assert len(measure) == 1
    wide = page.evaluate(RIGHT, ".bd-article section > .cell > .cell_input")
    sheet = page.evaluate(RIGHT, ".bd-article .one-sheet")
    assert len(wide) == 1
    assert measure[0] < wide[0]
    if width < 1600:
        assert set(sheet) <= set(wide)
    drawings = page.evaluate(RIGHT, ".bd-article section figure > img")
    assert all(measure[0] - 1 <= right <= wide[0] + 1 for right in drawings)
    if width < 1600:
        assert max(drawings) <= measure[0] + 1


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("name", ["index", "derive/discover", "derive/backpropagation"])
def test_every_caption_stands_below_what_it_describes(opened, name, width):
    pairs = opened(name, width).evaluate("""() =>
      [...document.querySelectorAll("article figure > figcaption")]
        .filter((it) => !it.closest(".draw-a-digit") && it.checkVisibility())
        .map((words) => [words.previousElementSibling, words])
        .map((pair) => pair.map((part) => part.getBoundingClientRect()))
        .map(([a, b]) => [a.bottom <= b.top, Math.round(a.left - b.left)])""")
    assert pairs
    assert all(below for below, _ in pairs)
    # A phone's drawings are a little wider than its column.
    assert {left for _, left in pairs} <= ({0} if width > 600 else {0, -8})


@pytest.mark.parametrize(
    "name", ["index", "derive/discover", "derive/backpropagation", "see/digits"]
)
def test_drawings_do_not_touch_the_glass_of_a_phone(opened, name):
    edges = opened(name, 390).evaluate("""() => [...document.querySelectorAll("article img")]
      .filter((img) => img.checkVisibility()).map((img) => img.getBoundingClientRect())
      .map(({ left, right }) => [left, right])""")
    assert edges
    assert all(left >= 8 and right <= 390 - 8 for left, right in edges)


@pytest.mark.parametrize("name", ["derive/backpropagation", "derive/softmax"])
def test_a_drawing_is_no_higher_than_a_window(opened, name):
    heights = opened(name, 1280).evaluate(
        "[...document.querySelectorAll('article figure > img')].map((img) => img.height)"
    )
    assert heights
    assert max(heights) <= 800


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
@pytest.mark.parametrize(
    ("place", "name"), [("derive/backpropagation", "#fig-flow"), ("index", "#fig-landing")]
)
def test_a_drawn_figure_has_the_paper_of_the_page(opened, place, name, scheme, dark):
    page = opened(place, color_scheme=scheme)
    figure = page.locator(f"{name} img")
    figure.scroll_into_view_if_needed()
    corner = page.evaluate(
        "(url) => new Promise((done) => { const i = new Image(); i.onload = () => {"
        "const c = document.createElement('canvas'); c.width = i.width; c.height = i.height;"
        "const pen = c.getContext('2d'); pen.drawImage(i, 0, 0); done(["
        "...pen.getImageData(1, 1, 1, 1).data, ...pen.getImageData(30, 60, 1, 1).data"
        "]); }; i.src = url; })",
        f"data:image/png;base64,{b64encode(figure.screenshot()).decode()}",
    )
    # The corner, and a place within: on the landing page that is the ground of a digit.
    for color in (corner[:3], corner[4:7]):
        assert (max(color) < 60) is dark
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


@pytest.mark.parametrize("width", [1280, 1600, 1920])
def test_a_side_note_stands_clear_of_the_contents_and_leaves_them_where_they_are(opened, width):
    page = opened("derive/a2-minus-y", width)
    note = page.locator("article aside.margin").first
    note.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    contents = page.locator(".bd-sidebar-secondary")
    assert note.bounding_box()["x"] + note.bounding_box()["width"] < contents.bounding_box()["x"]
    expect(contents.locator("nav.page-toc")).to_have_css("opacity", "1")
    assert contents.bounding_box()["height"] > 200
    overlapping = note.evaluate("""(note) => {
      const a = note.getBoundingClientRect();
      return [...note.parentElement.children].filter((it) => it !== note).filter((it) => {
        const b = it.getBoundingClientRect();
        return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom &&
          [...it.querySelectorAll("*")].some((part) => {
            const c = part.getBoundingClientRect();
            return part.children.length === 0 && part.textContent.trim() &&
              a.left < c.right && c.left < a.right && a.top < c.bottom && c.top < a.bottom;
          });
      }).length;
    }""")
    assert overlapping == 0


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_no_sentence_is_wider_than_the_eye_goes_back(opened, page, width):
    measure = opened(page, width).evaluate("""() => {
      const wide = [];
      const lines = "article :is(section > p:not(.place-in-book), .play-guide p, figcaption p)";
      for (const p of document.querySelectorAll(lines)) {
        if (!p.checkVisibility()) continue;
        const size = parseFloat(getComputedStyle(p).fontSize);
        // A caption is smaller than the text whose edge it keeps.
        const most = p.closest("figcaption") ? 36 : 34;
        if (p.getBoundingClientRect().width > most * size) wide.push(p.textContent.slice(0, 60));
      }
      return wide;
    }""")
    assert measure == []


@pytest.mark.parametrize("width", [1280, 1920])
def test_what_a_mark_on_the_sheet_opens_has_the_width_of_the_sheet(opened, width):
    page = opened("derive/backpropagation", width)
    for pair in page.locator(".one-sheet .two-columns").all():
        code = pair.locator("> .column-of-code")
        left = code.bounding_box()["x"]
        pair.locator(".equation-mark > summary").click()
        note, whole = pair.locator(".equation-note").bounding_box(), pair.bounding_box()
        assert note["width"] > 0.98 * whole["width"]
        beside = code.bounding_box()
        assert beside["x"] == left
        assert note["y"] >= beside["y"] + beside["height"] - 10


@pytest.mark.parametrize("page", ["derive/backpropagation", "derive/a2-minus-y", "derive/discover"])
def test_nothing_floats_over_a_page_that_has_been_scrolled(opened, page):
    tab = opened(page, 390)
    tab.mouse.wheel(0, 6000)
    tab.wait_for_timeout(200)
    tab.mouse.wheel(0, -900)
    tab.wait_for_timeout(300)
    fixed = tab.evaluate("""() => [...document.querySelectorAll("body *")].filter((it) => {
      const style = getComputedStyle(it);
      return style.position === "fixed" && it.checkVisibility({ visibilityProperty: true }) &&
        it.getBoundingClientRect().bottom > 0 && it.getBoundingClientRect().left < innerWidth;
    }).map((it) => `${it.tagName}#${it.id}.${it.className}`)""")
    assert fixed == []


def test_the_table_of_the_sheet_is_read_on_a_phone_without_scrolling_it(opened):
    page = opened("derive/backpropagation", 390)
    table = page.locator(".one-sheet table")
    assert table.evaluate("(t) => t.scrollWidth <= t.clientWidth + 1")
    for row in table.locator("tbody tr").all():
        first, second, words = (cell.bounding_box() for cell in row.locator("> td").all())
        assert words["y"] >= max(first["y"] + first["height"], second["y"] + second["height"]) - 1
        assert words["width"] > 300


@pytest.mark.parametrize("width", [360, 390, 430])
def test_the_code_of_the_sheet_is_legible_on_a_phone(opened, width):
    page = opened("derive/backpropagation", width)
    for block in page.locator(".one-sheet .column-of-code pre").all():
        assert block.evaluate("(pre) => parseFloat(getComputedStyle(pre).fontSize)") >= 12.5
        assert block.evaluate("(pre) => pre.scrollWidth <= pre.clientWidth + 1")
    below = page.locator(".one-sheet .two-columns + p").first
    above = page.locator(".one-sheet .column-of-code pre").first
    gap = below.bounding_box()["y"] - above.bounding_box()["y"] - above.bounding_box()["height"]
    assert gap >= 12


@pytest.mark.parametrize("width", [1100, 1280, 1600])
def test_the_sheet_is_legible_on_a_laptop_and_its_numbers_have_room(opened, width):
    page = opened("derive/backpropagation", width)
    for line in page.locator(".one-sheet .column-of-code .code-line").all():
        size, rows = line.evaluate("""(line) => {
          const style = getComputedStyle(line);
          return [parseFloat(style.fontSize), line.offsetHeight / parseFloat(style.lineHeight)];
        }""")
        assert size >= 13
        assert rows < 1.5
    near = page.locator(".one-sheet div.math").evaluate_all("""(all) => all.flatMap((formula) => {
      const number = formula.querySelector(".eqno").getBoundingClientRect();
      return [...formula.querySelectorAll(".katex-html .base :not(:has(*))")]
        .filter((part) => /[^\\s\u200b]/.test(part.textContent))
        .map((part) => part.getBoundingClientRect())
        .filter((part) => part.width && part.bottom > number.top && part.top < number.bottom)
        .map((part) => number.left - part.right);
    })""")
    assert min(near) >= 8
    found = page.locator(".one-sheet .katex-html").evaluate_all(
        "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert found == 0


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_no_button_hides_a_line_of_the_sheet(opened, width):
    page = opened("derive/backpropagation", width)
    page.locator(".one-sheet .copybtn").first.wait_for(state="attached")
    hidden = page.evaluate("""() => {
      const found = [];
      for (const block of document.querySelectorAll(".one-sheet .column-of-code .highlight")) {
        const icon = block.querySelector(".copybtn svg").getBoundingClientRect();
        for (const line of block.querySelectorAll(".code-line")) {
          const range = document.createRange();
          range.selectNodeContents(line);
          for (const box of range.getClientRects())
            if (box.width && box.right > icon.left && box.left < icon.right &&
                box.bottom > icon.top && box.top < icon.bottom) found.push(line.textContent);
        }
      }
      return found;
    }""")
    assert hidden == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_what_copies_code_has_a_name_and_is_seen(opened, width, scheme):
    page = opened("derive/backpropagation", width, color_scheme=scheme)
    page.locator("article .copybtn").first.wait_for(state="attached")
    buttons = page.locator("article .copybtn")
    assert buttons.count() > 5
    assert page.get_by_role("button", name="Copy this code", include_hidden=True).count() == (
        buttons.count()
    )
    quiet = buttons.evaluate_all("(all) => all.map((b) => parseFloat(getComputedStyle(b).opacity))")
    assert min(quiet) >= 0.4
    first = page.locator("article .copybtn:visible").first
    first.focus()
    expect(first).to_have_css("opacity", "1")


def test_a_button_says_that_it_has_copied(opened):
    page = opened("derive/backpropagation", permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("article .copybtn:visible").first
    button.click()
    expect(button).to_have_attribute("aria-label", "Copied!")
    expect(button).to_have_attribute("aria-label", "Copy this code")
