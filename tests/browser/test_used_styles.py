"""A page looks as it would with the whole style sheets of theme and components."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from kit.build import used_styles

NAMES = (
    "display position float width height margin padding border color opacity visibility font "
    "background-color box-shadow z-index overflow text-decoration text-align list-style-type "
    "white-space flex flex-flow align-items justify-content grid-template-columns gap"
)
LOOKS = """(names) => {
  for (const dialog of document.querySelectorAll("dialog:not([open])")) dialog.show();
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const seen = "body, body :not(svg *, .katex *, pre *, script, style)";
  return [...document.querySelectorAll(seen)].map((element) => {
    const style = getComputedStyle(element);
    const looks = names.split(" ").map((name) => style.getPropertyValue(name));
    return `${element.tagName} ${element.className}: ${looks.join("; ")}`;
  });
}"""


def whole(name):
    """Return the sheet as its package has it."""
    package = "pydata_sphinx_theme" if "pydata" in name else "sphinx_design"
    folder = Path(find_spec(package).origin).parent
    (path,) = folder.rglob(Path(name).name)
    return path.read_text("utf8")


def answer(text):
    return lambda route: route.fulfill(body=text, content_type="text/css")


@pytest.mark.parametrize(("width", "media"), [(390, "screen"), (1280, "screen"), (800, "print")])
@pytest.mark.parametrize("name", ["index", "appendices/how-checks-work", "search"])
def test_rules_that_are_left_out_change_no_look(site, address, new_page, name, width, media):
    looks = []
    for is_whole in (False, True):
        page = new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        sheets = {sheet: whole(sheet) for sheet in used_styles.SHEETS if is_whole}
        for sheet, text in sheets.items():
            assert len(text) > 2 * len((site / "_static" / sheet).read_text("utf8"))
            page.route(f"**/{Path(sheet).name}*", answer(text))
        page.emulate_media(media=media)
        page.goto(f"{address}/{name}.html", wait_until="load")
        page.evaluate("document.fonts.ready.then(() => true)")
        looks.append(page.evaluate(LOOKS, NAMES))
    pared, full = looks
    assert len(pared) > 50
    assert [pair for pair in zip(pared, full, strict=True) if pair[0] != pair[1]] == []
