"""axe-core finds nothing to object to, on any page, nor on one whose cells have been run."""

import importlib.util
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.book.pages import all_pages
from tests.browser.folds import unfold
from tests.browser.serving import answer_for_the_cdn, pyodide_folder, serve

VIEWS = [(390, "light"), (1280, "dark")]


def window(view):
    """Return the settings of a window."""
    width, scheme = view
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}


def violations(page):
    """Return what axe finds on a page as it is now."""
    package = importlib.util.find_spec("axe_playwright_python")
    page.evaluate((Path(package.origin).parent / "axe.min.js").read_text("utf8"))
    # What passed would be written out as well, which takes longer than to look at it.
    only = '{resultTypes: ["violations"], selectors: false, preload: false}'
    found = page.evaluate(f"axe.run({only}).then((results) => results.violations)")
    return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]


each_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")


# axe takes some ten times as long to look at a page as the page to open.
@pytest.mark.exhaustive(share=1 / 64)
@each_view
@pytest.mark.parametrize("name", [page.docname for page in all_pages()])
def test_a_page_is_accessible(site, new_page, view, name):
    page = new_page(**window(view))
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    unfold(page.locator("article"))
    assert violations(page) == []


@pytest.mark.exhaustive(share=1 / 2, fewest=1)
@each_view
def test_a_page_on_which_cells_were_run_and_edited_is_accessible(site, browser, view):
    context = browser.new_context(**window(view))
    answer_for_the_cdn(context, pyodide_folder())
    with serve(site) as address:
        page = context.new_page()
        page.goto(f"{address}/appendices/how-checks-work.html", wait_until="load")
        for text, code in [
            ("def sigma", None),
            ("formula = ", None),
            ("formula = ", "print('x' * 200)\nnp.ones(3)\n1 / 0"),
        ]:
            box = page.locator(".cell", has=page.locator(".cell_input", has_text=text)).first
            unfold(box)
            if code:
                box.get_by_role("button", name=re.compile("^Edit")).click()
                page.keyboard.press("Control+a")
                page.keyboard.insert_text(code)
            box.get_by_role("button", name=re.compile("^Run")).click()
            status = box.locator(".live-status")
            expect(status).to_have_attribute(
                "data-state", re.compile("done|failed"), timeout=90_000
            )
            assert violations(page) == []
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1]
    context.close()


def test_what_is_unfolded_has_its_colours_at_once(site, new_page):
    page = new_page()
    page.goto((site / "appendices/how-built.html").as_uri(), wait_until="load")
    folds = page.locator("article details.hide")
    assert folds.count() > 0
    unfold(page.locator("article"))
    moving = "document.getAnimations().map((one) => one.effect.target)"
    inside = f"{moving}.filter((one) => one.closest('article')).map((one) => one.className)"
    assert page.evaluate(inside) == []


SPACED = """* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}
p { margin-bottom: 2em !important; }"""
KINDS = ["index", "derive/softmax", "derive/backpropagation", "derive/gallery"]
KINDS += ["appendices/api", "appendices/notation", "search"]


@pytest.mark.parametrize("name", KINDS)
def test_a_page_enlarged_four_times_scrolls_one_way_with_more_space_between_letters(
    site, new_page, name
):
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    wide = "document.fonts.ready.then(() => document.documentElement.scrollWidth)"
    assert page.evaluate(wide) == 320
    page.add_style_tag(content=SPACED)
    assert page.evaluate(wide) == 320


STOPS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const name = at.outerHTML.slice(0, 120);
  if (at === document.body || at.dataset.reached) return null;
  at.dataset.reached = "";
  // Of what is larger than the window, the part within it.
  const along = (from, to, size) => [0.1, 0.5, 0.9].map(
    (part) => Math.max(from, 0) + part * (Math.min(to, size) - Math.max(from, 0)));
  const xs = along(box.left, box.right, innerWidth), ys = along(box.top, box.bottom, innerHeight);
  const seen = xs.flatMap((x) => ys.map((y) => document.elementFromPoint(x, y)))
    .some((one) => one && (at.contains(one) || one.closest("label")?.contains(at)));
  const ring = [at, ...at.querySelectorAll(".play-ring")].some((one) => {
    const { outlineStyle, outlineWidth, boxShadow, stroke } = getComputedStyle(one);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none"
      || (one !== at && stroke !== "none");
  });
  return [name, seen, ring, at.tabIndex];
}"""


@pytest.mark.parametrize("height", [256, 900])
@pytest.mark.parametrize("name", KINDS)
def test_what_the_keyboard_reaches_is_seen_below_the_header_and_marked(
    site, new_page, name, height
):
    settings = {"viewport": {"width": 320 if height < 300 else 1280, "height": height}}
    page = new_page(**settings, reduced_motion="reduce")
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    page.bring_to_front()
    stops = []
    while len(stops) < 100:
        page.keyboard.press("Tab")
        if (stop := page.evaluate(STOPS)) is None:
            break
        stops.append(stop)
    assert len(stops) > 5 or name == "search"
    assert [stop for stop in stops if stop[1:] != [True, True, 0]] == []


def test_buttons_of_the_theme_say_their_state_and_get_the_keyboard_back(site, new_page):
    page = new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    address = (site / "derive/softmax.html").as_uri()
    page.goto(address, wait_until="load")
    page.bring_to_front()
    page.get_by_role("button", name="Color mode: as the system has it").press("Enter")
    expect(page.get_by_role("button", name=re.compile("Color mode: (dark|light)"))).to_be_focused()
    side = page.get_by_role("button", name="Toggle primary sidebar")
    for state in ("true", "false", "true"):
        expect(side).to_have_attribute("aria-expanded", state)
        side.press("Enter")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(address, wait_until="load")
    for name in ("Toggle primary sidebar", "Toggle secondary sidebar", "Search"):
        opener = page.get_by_role("button", name=name, exact=True)
        opener.press("Enter")
        expect(page.locator("dialog[open]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(opener).to_be_focused()


def test_it_is_said_aloud_that_code_was_copied(address, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/derive/softmax.html", wait_until="load")
    page.bring_to_front()
    page.locator("article .copybtn:visible").first.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied!")).to_have_count(1)


def tree(page):
    """Return the roles and names that assistive technology is given, of all that is not hidden."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]


@pytest.mark.parametrize("name", ["see/one-page", "derive/softmax"])
def test_the_title_of_a_fold_has_its_formulas_in_its_name(site, new_page, name):
    page = new_page()
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    unfold(page.locator("article"))
    titles = page.locator("article summary:has(math)")
    spoken = titles.evaluate_all(
        """(titles) => titles.map((title) =>
          [...title.querySelectorAll("math")].map((math) => math.ariaLabel ?? "no name"))"""
    )
    names = [name for role, name in tree(page) if role == "DisclosureTriangle"]
    assert spoken
    for formulas in spoken:
        inside = "[^?]*".join(rf"(?<!\w){re.escape(words)}(?!\w)" for words in formulas)
        assert [name for name in names if re.search(inside, name)], formulas


def test_a_heading_is_named_by_its_own_words_and_its_link_beside_it(site, new_page):
    page = new_page()
    page.goto((site / "appendices/how-checks-work.html").as_uri(), wait_until="load")
    headings = page.locator(".bd-article :is(h1, h2, h3)")
    written = headings.evaluate_all(
        """(headings) => headings.map((heading) => {
          const copy = heading.cloneNode(true);
          copy.querySelector("a.headerlink").remove();
          return copy.textContent.trim();
        })"""
    )
    assert len(written) > 3
    found = tree(page)
    names = [" ".join(name.split()) for role, name in found if role == "heading"]
    links = [name for _, name in found if name.startswith("Copy a link to ")]
    for words in written:
        assert names.count(" ".join(words.split())) == 1
        assert [name for name in links if words[:40] in name]
    assert [name for name in names if "Copy a link" in name] == []
    levels = page.locator(".bd-article [role=heading]").evaluate_all(
        "(all) => all.map((one) => `h${one.ariaLevel}` === one.parentElement.localName)"
    )
    assert levels == [True] * len(written)
