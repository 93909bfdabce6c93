"""The text is set in the book's own face, of the site's own files, in lines of a book's length."""

import pytest

PAGE = "derive/softmax"
LOADED = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
LENGTHS = """() => {
  const lengths = [];
  for (const p of document.querySelectorAll(".bd-article section > p")) {
    if (p.querySelector(".katex") || p.textContent.length < 200) continue;
    const range = document.createRange();
    const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    const lines = new Map();
    while (walker.nextNode()) {
      for (let i = 0; i < walker.currentNode.length; i++) {
        range.setStart(walker.currentNode, i);
        range.setEnd(walker.currentNode, i + 1);
        const top = Math.round(range.getBoundingClientRect().top / 12);
        lines.set(top, (lines.get(top) || 0) + 1);
      }
    }
    lengths.push(...[...lines.values()].slice(0, -1));
  }
  return lengths;
}"""
SHIFT = """new Promise((done) => {
  let total = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(total), 1200);
})"""


@pytest.mark.parametrize("how", ["served", "file"])
def test_pages_are_set_in_the_books_face_and_nothing_moves(new_page, site, address, how):
    page = new_page(viewport={"width": 1280, "height": 900})
    path = f"{PAGE}.html"
    page.goto(f"{address}/{path}" if how == "served" else (site / path).as_uri())
    assert page.evaluate(SHIFT) <= 0.05
    assert "Book Serif" in {name.strip('"') for name in page.evaluate(LOADED)}
    family = page.locator(".bd-article p").nth(2).evaluate("p => getComputedStyle(p).fontFamily")
    assert family.startswith('"Book Serif"')
    assert page.evaluate("getComputedStyle(document.documentElement).visibility") == "visible"


@pytest.mark.parametrize("width", [1280, 1920])
def test_lines_have_the_length_of_a_books(new_page, address, width):
    page = new_page(viewport={"width": width, "height": 900})
    page.goto(f"{address}/{PAGE}.html")
    lengths = sorted(page.evaluate(LENGTHS))
    assert len(lengths) > 20
    assert 60 <= lengths[len(lengths) // 2] <= 72
    assert lengths[-1] <= 80


def test_without_the_fonts_the_page_is_shown_all_the_same(new_page, address):
    page = new_page()
    page.route("**/*.woff2", lambda route: route.abort())
    page.goto(f"{address}/{PAGE}.html")
    page.wait_for_function("getComputedStyle(document.documentElement).visibility === 'visible'")


def test_headings_rank(new_page, address):
    page = new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/{PAGE}.html")
    sizes = [
        page.locator(f".bd-article {tag}").first.evaluate(
            "e => parseFloat(getComputedStyle(e).fontSize)"
        )
        for tag in ("h1", "h2", "p:not(.place-in-book)")
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] > 1.3 * sizes[2]


def test_forced_colours_are_the_readers_own(new_page, address):
    page = new_page(forced_colors="active")
    page.goto(f"{address}/{PAGE}.html")
    names = ["--activation", "--parameter", "--gradient", "--label", "--accent"]
    read = "n => getComputedStyle(document.documentElement).getPropertyValue(n).trim()"
    assert {page.evaluate(read, name) for name in names} == {"CanvasText", "LinkText"}
