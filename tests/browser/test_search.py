"""What a reader who types into the search box finds: legible excerpts, places told apart."""

import re

import pytest
from playwright.sync_api import expect

# TeX, what KaTeX puts beside it, and one letter that was written three times.
GARBAGE = re.compile(r"\\[a-zA-Z]|\\\\|[\u2061\u200b]|[_^]\{|&|(\S)\1_\1")


@pytest.fixture
def search(address, browser):
    """Return a function that searches from a page by keyboard alone, and gives the results."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def search(query):
        page.goto(f"{address}/see/digits.html", wait_until="load")
        page.keyboard.press("Control+k")
        expect(page.locator("#pst-search-dialog input")).to_be_focused()
        page.keyboard.type(query)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=*")
        expect(page.locator(".search-summary")).to_contain_text("found", timeout=60_000)
        # Those that have no words of their own to say what they are get an excerpt, one by one.
        waiting = "#search-results li:not(:has(.context)):not(:has(> span:not(.highlighted)))"
        expect(page.locator(waiting)).to_have_count(0, timeout=30_000)
        return page.locator("#search-results")

    yield search
    page.close()
    assert complaints == []


@pytest.mark.parametrize(
    "query", ["eq-dz2", "softmax", "gradient", "cross-entropy", "Jacobian", "matrix", "adam", "exp"]
)
def test_excerpts_can_be_read_around_formulas(search, query):
    found = search(query)
    texts = found.locator(".context, .search-place").all_inner_texts()
    assert texts
    assert [text for text in texts if GARBAGE.search(text)] == []


def test_a_formula_is_one_line_of_text(search):
    assert "dZ2 = A₂ − Y" in search("eq-dz2").locator(".context").first.inner_text()
    excerpts = search("softmax").locator(".context").all_inner_texts()
    assert "p_k = (e^(z_k))/(∑_l e^(z_l))" in "".join(excerpts)


@pytest.mark.parametrize("query", ["softmax", "gradient", "cross-entropy", "relu"])
def test_no_two_results_look_the_same(search, query):
    results = search(query).locator("li")
    heads = results.evaluate_all(
        """(items) => items.map((item) => [...item.children]
            .map((part) => part.textContent.trim().slice(0, 60)).join(" | "))"""
    )
    assert len(set(heads)) == len(heads)
    titles = [head.partition(" | ")[0] for head in heads]
    for title, head in zip(titles, heads, strict=True):
        assert titles.count(title) == 1 or " | " in head


def test_a_result_names_its_section_and_equation(search):
    first = search("eq-dz2").locator("li").first
    assert re.fullmatch(
        r"Equation \(\d+\.\d+\), in \d+\.\d+\. \S.*", first.locator(".search-place").inner_text()
    )


def test_the_magnifier_leaves_the_typed_words_free(search):
    field = search("softmax").page.locator(".bd-search-container form.bd-search")
    icon = field.locator("i").bounding_box()
    typed = field.locator("input").evaluate(
        "(input) => input.getBoundingClientRect().left"
        " + parseFloat(getComputedStyle(input).paddingLeft)"
    )
    assert icon["x"] + icon["width"] < typed
