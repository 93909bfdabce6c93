"""Every page as a reader opens it from a folder: on a phone and a laptop, light and dark."""

import functools
import gzip
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.book.pages import all_pages

HEAVIEST = 500_000  # bytes that a page transfers before anything runs, gzipped
VIEWS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]

FORMULAS = {
    "formulas wider than their box": """
        [...document.querySelectorAll('article div.math')]
            .filter(box => [box, box.querySelector('.katex')]
                .some(part => part.scrollWidth > part.clientWidth + 1))
            .map(box => box.querySelector('annotation').textContent)""",
    "formulas that touch their number": """
        [...document.querySelectorAll('article div.math')].filter(formula => {
            const number = formula.querySelector('.eqno')?.getBoundingClientRect();
            return number && [...formula.querySelectorAll('.katex-html .base')]
                .map(part => part.getBoundingClientRect())
                .some(part => part.bottom > number.top && part.top < number.bottom
                    && part.right > number.left - 2);
        }).map(formula => formula.id)""",
    "formulas that leave a mark to the next line": """
        [...document.querySelectorAll('article .katex')].filter(formula => {
            const after = formula.closest('.math').nextSibling;
            if (after?.nodeType !== Node.TEXT_NODE || !/^[,.;:?!)]/.test(after.data)) return false;
            const mark = document.createRange();
            mark.setStart(after, 0);
            mark.setEnd(after, 1);
            const last = [...formula.querySelectorAll('.base')].at(-1);
            return mark.getBoundingClientRect().left < last.getBoundingClientRect().left;
        }).map(formula => formula.querySelector('annotation').textContent)""",
}
LINES = {
    "programs wider than their box": """
        [...document.querySelectorAll('article .highlight pre:has(.code-line)')]
            .filter(box => box.scrollWidth > box.clientWidth + 1)
            .map(box => box.textContent.slice(0, 80))""",
    "broken lines of programs that do not go on further right": """
        [...document.querySelectorAll('article .code-line')].filter(line => {
            const words = document.createRange();
            words.selectNodeContents(line);
            const first = line.textContent.search(/\\S/);
            const all = [...words.getClientRects()].filter(part => part.width > 0);
            const rows = Map.groupBy(all, part => Math.round(part.bottom));
            if (rows.size < 2 || first < 0) return false;
            const letter = parseFloat(getComputedStyle(line).fontSize) * 0.6;
            const begin = all[0].left + first * letter * (all[0].width > letter * first ? 1 : 0);
            const rest = [...rows.values()].slice(1).flat();
            return rest.some(part => part.left < begin + letter);
        }).map(line => line.textContent)""",
    "results under the button that copies them": """
        [...document.querySelectorAll('article .cell_output .copybtn')].filter(button => {
            if (!button.checkVisibility()) return false;
            const icon = button.querySelector('svg').getBoundingClientRect();
            const texts = document.createTreeWalker(
                button.parentElement.querySelector('pre'), NodeFilter.SHOW_TEXT);
            const words = document.createRange();
            while (texts.nextNode()) {
                words.selectNodeContents(texts.currentNode);
                if ([...words.getClientRects()].some(part => part.width > 0
                    && part.right > icon.left && part.left < icon.right
                    && part.bottom > icon.top && part.top < icon.bottom)) return true;
            }
            return false;
        }).map(button => button.parentElement.textContent.slice(0, 40))""",
    "numbers broken at a hyphen": """
        (() => {
            const found = [];
            const texts = document.createTreeWalker(
                document.querySelector('article'), NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
                const text = texts.currentNode;
                if (text.parentElement.closest('pre, script, .katex')) continue;
                for (const number of text.data.matchAll(/\\d(?:\\.\\d+)?e[-+]\\d+/g)) {
                    const range = document.createRange();
                    range.setStart(text, number.index);
                    range.setEnd(text, number.index + number[0].length);
                    const tops = new Set([...range.getClientRects()].map(part => part.top));
                    if (tops.size > 1) found.push(text.data);
                }
            }
            return found;
        })()""",
}
CAPTIONS = """
    [...document.querySelectorAll('article figcaption')].filter(caption => {
        const words = document.createRange();
        words.selectNodeContents(caption);
        const left = Math.min(...[...words.getClientRects()].map(part => part.left));
        return left > caption.getBoundingClientRect().left + 8;
    }).map(caption => caption.textContent)"""
TOO_WIDE = """
    document.documentElement.scrollWidth > window.innerWidth
        && document.documentElement.scrollWidth"""
UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true;"
SHIFT = """new Promise((resolve) => {
    let shift = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(shift), 300);
})"""


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def view(request, new_page):
    """Return an empty page in one of the views."""
    width, scheme = request.param
    viewport = {"width": width, "height": 900}
    return new_page(viewport=viewport, color_scheme=scheme, offline=True)


@pytest.mark.parametrize("name", [page.docname for page in all_pages()])
def test_a_page_fits_its_window_stays_in_place_and_contacts_nobody(site, view, name):
    """One look at a page finds all of it, as opening the page is what takes the time."""
    page = view
    complaints, requests = [], []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    shift = page.evaluate(SHIFT)
    closed = page.evaluate(TOO_WIDE)
    files = {unquote(urlsplit(url).path) for url in requests if url.startswith("file:")}
    weight = sum(map(transferred, files))
    found = {
        "scrolls sideways": closed,
        "moves after it is shown": shift > 0.05 and shift,
        "asks another host": [url for url in requests if not url.startswith(("file:", "data:"))],
        "loads the font of all icons": [url for url in requests if "fa-solid-900" in url],
        "is too heavy": weight > HEAVIEST and weight,
        "complains": complaints,
        "begins a caption elsewhere": page.evaluate(CAPTIONS),
    }
    page.evaluate(UNFOLD)
    # Letters that nobody has seen before arrive now, and until then others stand in their place.
    page.evaluate("document.body.offsetHeight && document.fonts.ready.then(() => true)")
    found["scrolls sideways where all is unfolded"] = page.evaluate(TOO_WIDE)
    if page.viewport_size["width"] < 1000:
        narrow = FORMULAS | LINES
        found |= {what: page.evaluate(script) for what, script in narrow.items()}
    assert {what: seen for what, seen in found.items() if seen} == {}


WIDE = """() => {
  const found = { wide: 0, "begin left of their box": [], "say nothing of the rest": [] };
  for (const box of document.querySelectorAll('article div.math')) {
    if (!box.checkVisibility()) continue;
    const lines = box.querySelector('.katex');
    const begin = Math.min(...[...lines.querySelectorAll('.base')]
      .map((part) => part.getBoundingClientRect().left));
    const scrolls = [box, lines].some((part) => part.scrollWidth > part.clientWidth + 1);
    const name = box.querySelector('annotation').textContent;
    found.wide += scrolls;
    if (begin < box.getBoundingClientRect().left - 1) found["begin left of their box"].push(name);
    if (scrolls && !getComputedStyle(lines).backgroundImage.includes("gradient")) {
      found["say nothing of the rest"].push(name);
    }
  }
  return found;
}"""


@pytest.mark.parametrize(
    "name", ["see/one-page", "derive/matrices", "derive/a2-minus-y", "derive/backpropagation"]
)
def test_a_formula_too_wide_for_its_window_begins_at_the_left_and_says_that_it_goes_on(
    site, new_page, name
):
    page = new_page(viewport={"width": 300, "height": 800})
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    found = page.evaluate(WIDE)
    assert found.pop("wide") > 0
    assert {what: seen for what, seen in found.items() if seen} == {}


@functools.cache
def transferred(path):
    return len(gzip.compress(Path(path).read_bytes(), 6))


def test_the_scheme_of_the_system_is_followed(site, new_page):
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        page.goto((site / "index.html").as_uri(), wait_until="load")
        assert page.evaluate("document.documentElement.dataset.theme") == scheme


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("eq-dz2", "derive/a2-minus-y.html#equation-eq-dz2"),
        ("eq-adam", "beyond/optimisers.html#equation-eq-adam"),
        ("nnfs.check_gradients", "appendices/api.html#nnfs.check_gradients"),
        ("log_softmax", "appendices/api.html#nnfs.log_softmax"),
    ],
)
def test_search_finds_equations_and_functions_first(address, new_page, query, place):
    page = new_page()
    page.goto(f"{address}/search.html?q={query}", wait_until="load")
    first = page.locator("#search-results li a").first
    first.wait_for()
    assert first.get_attribute("href") == place


def test_in_the_dark_drawn_figures_have_no_paper_of_their_own_and_data_shows_no_box(site, new_page):
    page = new_page(color_scheme="dark")
    page.goto((site / "index.html").as_uri(), wait_until="load")
    papers = page.evaluate(
        "[...document.querySelectorAll('article figure img')]"
        ".map((image) => getComputedStyle(image).backgroundColor)"
    )
    boxes = page.evaluate(
        "[...document.querySelectorAll('article .cell_output > .output')]"
        ".filter((box) => box.checkVisibility() && !box.innerText.trim()"
        " && !box.querySelector('img, svg, canvas')).map((box) => box.outerHTML.slice(0, 80))"
    )
    assert set(papers) == {"rgba(0, 0, 0, 0)"}
    assert boxes == []


@pytest.fixture
def equations(site, new_page):
    page = new_page()
    page.goto((site / "appendices" / "equations.html").as_uri(), wait_until="load")
    return page


def shown(page, what):
    return page.locator(what).evaluate_all("(all) => all.filter((one) => one.checkVisibility())")


def test_equations_are_filtered_by_keyboard(equations):
    field = equations.get_by_label("Show equations with")
    total = len(shown(equations, ".equation-entry"))
    assert equations.get_by_role("status").inner_text() == f"{total} equations"
    field.focus()
    equations.keyboard.type("Softmax  SUM")
    here = equations.locator(".equation-entry:visible")
    assert 0 < here.count() < total
    for entry in here.all():
        part = entry.evaluate("(entry) => entry.parentElement.textContent").lower()
        assert "softmax" in part
        assert "sum" in part
    assert equations.get_by_role("status").inner_text() == f"{here.count()} of {total}"
    titles = equations.locator(".equation-list-part:visible > h2").count()
    assert equations.locator(".equation-list-contents li:visible").count() == titles > 0
    equations.keyboard.press("Escape")
    assert len(shown(equations, ".equation-entry")) == total


@pytest.mark.parametrize(
    ("words", "many"), [("eq-dz2", 1), ("definition.", 5), ("no such equation", 0)]
)
def test_equations_are_found_by_label_and_by_words_of_their_note(equations, words, many):
    equations.get_by_label("Show equations with").fill(words)
    found = len(shown(equations, ".equation-entry"))
    assert found == many if many < 2 else found >= many


def test_a_link_to_an_equation_that_was_filtered_out_shows_it(equations):
    equations.get_by_label("Show equations with").fill("eq-dz2")
    part = equations.locator(".equation-list-part").first
    assert part.is_hidden()
    name = part.get_attribute("id")
    equations.evaluate("(name) => { location.hash = name; }", name)
    part.wait_for(state="visible")
    assert equations.get_by_label("Show equations with").input_value() == ""


def test_what_is_copied_on_a_phone_is_the_program(address, new_page):
    allowed = ["clipboard-read", "clipboard-write"]
    page = new_page(viewport={"width": 390, "height": 900}, permissions=allowed)
    page.goto(f"{address}/derive/softmax.html", wait_until="load")
    box = page.locator(".cell_input:visible .highlight", has=page.locator(".code-depth-2")).first
    box.locator(".copybtn").dispatch_event("click")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == box.locator("pre").evaluate("(pre) => pre.textContent").strip()


def test_buttons_and_fields_on_a_phone_are_as_large_as_a_finger(address, new_page):
    page = new_page(viewport={"width": 390, "height": 900}, has_touch=True)
    for name in ("derive/softmax", "index", "appendices/equations"):
        page.goto(f"{address}/{name}.html", wait_until="load")
        page.locator("article :is(button, input):visible").first.wait_for()
        small = page.evaluate(
            "[...document.querySelectorAll('.bd-main :is(button, input, summary)')]"
            ".filter((one) => one.checkVisibility() && one.type !== 'range')"
            ".map((one) => one.closest('label') ?? one)"
            ".map((one) => [one.textContent, one.offsetWidth, one.offsetHeight])"
            ".filter(([, width, height]) => Math.min(width, height) < 44)"
        )
        assert small == []
