"""A formula is found where it stands, in the tree that assistive technology reads."""

import pytest

PHONE = {"viewport": {"width": 390, "height": 900}, "has_touch": True, "is_mobile": True}
PAGES = ["derive/softmax", "appendices/notation"]

# The middle of each formula, what is read of it, and whether that covers all that is seen.
PLACES = """() => {
  for (const fold of document.querySelectorAll("article details")) fold.open = true;
  const found = [], SEEN = { opacityProperty: true, visibilityProperty: true };
  for (const formula of document.querySelectorAll("article .katex")) {
    const bases = [...formula.querySelectorAll(".base")];
    const parts = bases.map((part) => part.getBoundingClientRect());
    if (!formula.checkVisibility(SEEN) || !parts.some((part) => part.width)) continue;
    const read = formula.querySelector("math").getBoundingClientRect();
    const clip = formula.querySelector(".katex-mathml").getBoundingClientRect();
    const within = (x, y) => [read, clip].every((box) =>
      box.left <= x && x <= box.right && box.top <= y && y <= box.bottom);
    found.push({
      tex: formula.querySelector("annotation").textContent,
      covered: parts.every((part) =>
        within((part.left + part.right) / 2, (part.top + part.bottom) / 2)),
      x: (parts[0].left + parts[0].right) / 2 + scrollX,
      y: (parts[0].top + parts[0].bottom) / 2 + scrollY,
      beside: parts[0].right > innerWidth,
    });
  }
  return found;
}"""


@pytest.mark.parametrize("settings", [PHONE, {}], ids=["390", "1280"])
@pytest.mark.parametrize("name", PAGES)
def test_what_is_read_of_a_formula_lies_over_what_is_seen(site, new_page, name, settings):
    page = new_page(**settings)
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    places = page.evaluate(PLACES)
    assert len(places) > 100
    assert [place["tex"] for place in places if not place["covered"]] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_finger_that_explores_finds_mathematics_in_the_middle_of_a_formula(site, new_page, name):
    page = new_page(**PHONE)
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    page.evaluate("document.fonts.ready.then(() => true)")
    tree = page.context.new_cdp_session(page)
    for domain in ("DOM", "Accessibility"):
        tree.send(f"{domain}.enable")
    tree.send("DOM.getDocument")
    places = page.evaluate(PLACES)
    missed = []
    for number in range(0, len(places), len(places) // 20):
        page.evaluate("(y) => scrollTo({ top: y - 450, behavior: 'instant' })", places[number]["y"])
        # What comes into view may yet move what stands below it.
        place = page.evaluate(PLACES)[number]
        if place["beside"]:
            continue
        point = {"x": round(place["x"]), "y": round(place["y"])}
        node = tree.send("DOM.getNodeForLocation", point)["backendNodeId"]
        found = tree.send("Accessibility.getPartialAXTree", {"backendNodeId": node})["nodes"]
        roles = [one["role"]["value"] for one in found if not one["ignored"]]
        if "MathMLMath" not in roles:
            missed.append((place["tex"], roles[:2]))
    assert missed == []


def test_a_finger_moves_a_wide_formula_and_the_keyboard_reaches_it(site, new_page):
    page = new_page(**{**PHONE, "viewport": {"width": 320, "height": 900}})
    page.goto((site / "see/one-page.html").as_uri(), wait_until="load")
    page.evaluate(PLACES)
    wide = page.locator(".katex-display > .katex[tabindex='0']").first
    wide.scroll_into_view_if_needed()
    box = wide.bounding_box()
    touch = page.context.new_cdp_session(page)
    y = box["y"] + box["height"] / 2
    for kind, x in [("touchStart", 200), *(("touchMove", x) for x in range(190, 80, -10))]:
        at = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
        touch.send("Input.dispatchTouchEvent", at)
        page.wait_for_timeout(20)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("(wide) => wide.scrollLeft > 5", arg=wide.element_handle())
    overlaid = "(box) => box.children[0].offsetWidth >= box.scrollWidth - 1"
    assert wide.evaluate(overlaid)


def test_a_tap_on_a_symbol_still_lights_it_up(site, new_page):
    page = new_page(**PHONE)
    page.goto((site / "derive/backpropagation.html").as_uri(), wait_until="load")
    symbol = page.locator("article .katex [data-sym]:visible").first
    symbol.scroll_into_view_if_needed()
    box = symbol.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "is-tied" in symbol.get_attribute("class")
