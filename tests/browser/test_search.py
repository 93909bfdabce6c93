"""What a reader who types into the search box finds: legible excerpts, places told apart."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import SPACED

# TeX, what KaTeX puts beside it, and one letter that was written three times.
GARBAGE = re.compile(r"\\[a-zA-Z]|\\\\|[\u2061\u200b]|[_^]\{|&|(\S)\1_\1")


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.fixture
def search(address, page):
    """Return a function that gives the results of a query, once all of them are there."""
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def search(query, *, by_keyboard=False):
        if by_keyboard:
            page.goto(f"{address}/appendices/glossary.html", wait_until="load")
            page.keyboard.press("Control+k")
            expect(page.locator("#pst-search-dialog input")).to_be_focused()
            page.keyboard.type(query)
            page.keyboard.press("Enter")
            page.wait_for_url("**/search.html?q=*")
        else:
            page.goto(f"{address}/search.html?{urlencode({'q': query})}", wait_until="load")
        expect(page.locator(".search-summary")).to_contain_text(
            re.compile("found|not match"), timeout=60_000
        )
        # Those that have no words of their own to say what they are get an excerpt, one by one.
        waiting = "#search-results li:not(:has(.context)):not(:has(> span:not(.highlighted)))"
        expect(page.locator(waiting)).to_have_count(0, timeout=30_000)
        return page.locator("#search-results")

    yield search
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
    assert (
        "dZ2 = A₂ − Y" in search("eq-dz2", by_keyboard=True).locator(".context").first.inner_text()
    )
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


# Each is the first number of its kind in the fifth chapter, and what the page has at its place.
NUMBERS = {
    "5.2": ["section 5.2.", "equation (5.2)", "figure Fig. 5.2"],
    "(5.2)": ["equation (5.2)"],
    "Eq. (5.2)": ["equation (5.2)"],
    "equations 5.2": ["equation (5.2)"],
    "Fig. 5.1": ["figure Fig. 5.1"],
    "figure 5.1": ["figure Fig. 5.1"],
    "section 5.3": ["section 5.3."],
    "Exercise 5.1": ["exercise Exercise 5.1"],
    "chapter 5": ["chapter 5."],
    "5": ["chapter 5."],
    "5.0": [],
    "99.1": [],
}


@pytest.mark.parametrize(("query", "expected"), NUMBERS.items())
def test_a_number_finds_what_has_it(search, address, query, expected):
    links = search(query).locator("li > a")
    found = links.evaluate_all(AT_THE_LINKS) if links.count() else []
    assert found[: len(expected)] == expected
    if not expected:
        assert found == []


AT_THE_LINKS = """(links) => Promise.all(links.slice(0, 3).map(async (link) => {
  const html = await (await fetch(link.href)).text();
  const page = new DOMParser().parseFromString(html, "text/html");
  const { hash } = new URL(link.href);
  const place = hash ? page.getElementById(decodeURIComponent(hash.slice(1))) : page;
  const number = place.querySelector(
    hash ? ".eqno, .caption-number, .section-number" : "h1 .section-number");
  const kind = !hash ? "chapter" : place.matches("section") ? "section"
    : place.matches(".math") ? "equation" : place.matches("figure") ? "figure" : "exercise";
  return `${kind} ${number?.firstChild.textContent.trim()}`;
}))"""


@pytest.mark.parametrize("name", ["dZ1", "W1", "check_gradients", "init_params"])
def test_a_name_of_the_formulas_or_of_the_code_is_found(search, name):
    assert search(name).locator("li").count() > 0


# As code, as TeX, as it is seen, or a word; and an equation that is then among the first results.
SYMBOLS = {
    "dZ2": "eq-dz2",
    "dz2": "eq-dz2",
    "dZ_2": "eq-dz2",
    "dZ₂": "eq-dz2",
    r"dZ_{2} = \mathbf{A}_2": "eq-dz2",
    "A2 - Y": "eq-dz2",
    "A₂ − Y": "eq-dz2",
    "dZ2 = A2 - Y": "eq-dz2",
    "∂p": "eq-softmax-jacobian",
    "softmax": "eq-softmax",
    "ravel": "eq-ravel",
    "with replacement": "eq-variance-with",
    "steps of the path": "eq-path-sum",
    "dW1 = dZ1 X^T": "eq-backward",
    r"\tfrac{1}{m} \nabla J": "eq-averaged-twice",
    "1/m ∇J": "eq-averaged-twice",
}


@pytest.mark.parametrize(("query", "label"), SYMBOLS.items())
def test_symbols_and_words_find_equations(search, query, label):
    results = search(query)
    hrefs = results.locator("li > a").evaluate_all("(links) => links.map((link) => link.hash)")
    assert f"#equation-{label}" in hrefs[:25]
    equation = results.locator(f'li:has(> a[href$="#equation-{label}"])')
    assert equation.count() == 1
    assert re.match(r"Equation \(\d+\.\d+\)", equation.locator(".search-place").inner_text())


@pytest.fixture
def search_in_files(site, new_page):
    """Return a function that searches in the site as it lies on the disk."""
    complaints = []

    def search(query):
        page = new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(f"{(site / 'search.html').as_uri()}?{urlencode({'q': query})}")
        expect(page.locator(".search-summary")).to_contain_text(re.compile("found|not match"))
        return page.locator("#search-results")

    yield search
    assert complaints == []


# Of a number all kinds, of symbols the first equations, of a word what its excerpts would tell.
@pytest.mark.parametrize("query", ["(5.2)", "5.2", "Fig. 5.1", "dZ2 = A2 - Y", "softmax", "5.0"])
def test_the_site_as_files_finds_what_it_finds_on_a_server(search, search_in_files, query):
    def links(results):
        hrefs = "(links) => links.map((link) => link.getAttribute('href'))"
        return results.locator("li > a").evaluate_all(hrefs)

    served = links(search(query))
    results = search_in_files(query)
    assert links(results) == served
    page = results.page
    expect(page.get_by_text("Opened as a file, the search finds")).to_be_visible()
    if query == "(5.2)":
        assert served
        expect(results.locator("li").first).to_contain_text("(Equation 5.2)")


def test_a_symbol_finds_equations_first_and_a_word_what_has_it_in_its_title(search):
    links = search("A2 - Y").locator("li > a")
    assert "#equation-" in links.first.get_attribute("href")
    links = search("softmax").locator("li > a")
    assert "#equation-" not in links.first.get_attribute("href")


@pytest.mark.parametrize("query", ["x", "+", "=", "2", "1 +", "(", "\\"])
def test_what_is_in_nearly_all_equations_finds_no_flood_of_them(search, query):
    links = search(query).locator('li > a[href*="#equation-"]')
    assert links.count() <= 12


def test_the_magnifier_leaves_the_typed_words_free(search):
    field = search("softmax").page.locator(".bd-search-container form.bd-search")
    icon = field.locator("i").bounding_box()
    typed = field.locator("input").evaluate(
        "(input) => input.getBoundingClientRect().left"
        " + parseFloat(getComputedStyle(input).paddingLeft)"
    )
    assert icon["x"] + icon["width"] < typed


def test_how_many_pages_were_found_is_said_aloud(search, page):
    search("softmax")
    told = page.get_by_role("status").filter(has_text="found")
    expect(told).to_have_text(page.locator(".search-summary").inner_text())


def test_results_enlarged_four_times_scroll_one_way_with_more_space_between_letters(search, page):
    page.set_viewport_size({"width": 320, "height": 640})
    search("softmax")
    page.add_style_tag(content=SPACED)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
