"""What a printer gets: light, whole and without controls, whatever the screen showed."""

import io

import pypdfium2
import pytest

from kit.build.take_away import prints
from tests.book.pages import all_pages
from tests.browser.legibility import cut, faint

PAPERS = {"A4": (210, 297), "Letter": (215.9, 279.4)}
MARGIN = 14  # mm, as in the style sheet
A_PAGE_OF_EACH_KIND = [
    "index",
    "see/digits",
    "derive/backpropagation",
    "beyond/deeper",
    "appendices/equations",
    "appendices/corrections",
    "appendices/api",
    "genindex",
]


def width_between_margins(paper):
    return int((PAPERS[paper][0] - 2 * MARGIN) / 25.4 * 96)


@pytest.fixture
def from_the_dark(site, new_page):
    """Return a function that opens a page in a dark window, as it is before it is printed."""

    def open_page(name, *, mode="auto", width=1280, scripts=True):
        page = new_page(
            viewport={"width": width, "height": 900},
            color_scheme="light" if mode == "dark" else "dark",
            java_script_enabled=scripts,
        )
        page.add_init_script(f"localStorage.mode = localStorage.theme = {mode!r}")
        page.goto((site / f"{name}.html").as_uri(), wait_until="load")
        return page

    return open_page


@pytest.mark.parametrize("name", [page.docname for page in all_pages()] + ["genindex"])
def test_paper_shows_every_word_whole_and_dark_on_white(from_the_dark, name):
    page = from_the_dark(name)
    page.emulate_media(media="print")
    assert faint(page, on_paper=True) == []
    assert faint(page) == []
    for paper in PAPERS:
        page.set_viewport_size({"width": width_between_margins(paper), "height": 900})
        assert cut(page) == []


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("mode", ["auto", "dark"])
def test_paper_is_light_by_the_readers_choice_or_the_systems(from_the_dark, mode, scripts):
    page = from_the_dark("derive/softmax", mode=mode, scripts=scripts)
    page.emulate_media(media="print")
    assert faint(page, on_paper=True) == []
    assert faint(page) == []


@pytest.mark.exhaustive(share=1 / 8)
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", A_PAGE_OF_EACH_KIND)
def test_a_printed_page_has_white_paper_and_all_code_within_it(from_the_dark, name, paper):
    page = from_the_dark(name)
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format=paper)))
    page.emulate_media(media="print")
    code = page.evaluate(
        "[...document.querySelectorAll('article pre')].filter(pre => pre.checkVisibility())"
        ".flatMap(pre => pre.innerText.split(/\\s+/))"
    )
    words = ""
    for sheet in printed:
        image = sheet.render(scale=0.5, grayscale=True).to_numpy()
        assert (image[[0, -1]] >= 250).all()
        assert (image[:, [0, -1]] >= 250).all()
        # What lies beyond the edges is no part of it.
        words += sheet.get_textpage().get_text_bounded(*sheet.get_mediabox())
    # A line of code may be broken anywhere; the printed words may not lack a part of it.
    printed_words = "".join(words.split())
    assert [word for word in code if word and word.isascii() and word not in printed_words] == []


def test_controls_and_folded_parts_stay_off_the_paper(from_the_dark):
    page = from_the_dark("derive/softmax")
    page.emulate_media(media="print")
    folded = page.locator("article details").first
    for unwanted in (
        page.locator("button"),
        page.locator(".headerlink"),
        page.locator("#pst-primary-sidebar, .bd-sidebar-secondary, .prev-next-area"),
        page.locator("article details:not([open], .question), article .toggle-hidden"),
    ):
        assert [box for box in unwanted.all() if box.is_visible()] == []
    folded.evaluate("(details) => { details.open = true; }")
    assert folded.locator("pre").first.is_visible()


PLAYTHINGS = """() => [...document.querySelectorAll("figure.plaything")].map((figure) => {
  const wide = (one) => one.getBoundingClientRect().width;
  const all = (query) => [...figure.querySelectorAll(query)];
  const seen = (query) => all(query).filter((one) => one.checkVisibility());
  const size = (one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a;
  const smallest = Math.min(...seen("svg text").filter(wide).map(size));
  const share = wide(figure.querySelector(".play-picture, svg")) / wide(figure);
  const sliders = all(".play-score").length;
  return [figure.id, share, smallest, seen(".play-score").length, sliders];
})"""


@pytest.mark.parametrize("taken_away", [False, True])
@pytest.mark.parametrize("name", ["see/slopes", "derive/discover", "derive/relu"])
def test_a_plaything_on_paper_is_wide_and_legible_and_says_what_it_is_drawn_for(
    from_the_dark, name, taken_away
):
    page = from_the_dark(name, scripts=False)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width_between_margins("A4"), "height": 900})
    if taken_away:
        leave_out = "(which) => document.querySelectorAll(which).forEach((one) => one.remove())"
        page.evaluate(leave_out, prints.OF_THE_BOOK)
    found = page.evaluate(PLAYTHINGS)
    assert found
    for figure, share, smallest, values, sliders in found:
        assert share > 0.7, figure
        assert smallest > 9, figure  # in pixels; on A4 these are seven points
        assert values == sliders, figure


@pytest.mark.parametrize("scripts", [True, False])
def test_paper_does_not_ask_for_what_only_a_screen_can_do(from_the_dark, scripts):
    page = from_the_dark("see/slopes", scripts=scripts)
    told = page.get_by_text("Press Write, replace the three dots")
    assert told.is_visible()
    page.emulate_media(media="print")
    assert not told.is_visible()
    assert not page.get_by_text("Now move the glass yourself.").is_visible()
    task = page.locator(".exercise-task").first
    said = task.evaluate("(task) => getComputedStyle(task, '::after').content")
    assert "On paper" in said


def test_paper_has_the_questions_and_not_their_answers(from_the_dark):
    page = from_the_dark("see/one-page")
    questions = page.locator("article details.question > summary")
    assert questions.count() > 2
    page.emulate_media(media="print")
    answers = page.locator("article details.question > :not(summary)")
    assert [box for box in questions.all() if not box.is_visible()] == []
    assert [box for box in answers.all() if box.is_visible()] == []


def choose_the_sheet(page):
    """Press the button of the page's sheet, without a printer."""
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Print the sheet").click()


def printed(page, paper="A4"):
    return pypdfium2.PdfDocument(io.BytesIO(page.pdf(format=paper)))


@pytest.mark.parametrize("scripts", [True, False])
def test_the_browsers_own_command_prints_the_whole_chapter(from_the_dark, scripts):
    page = from_the_dark("derive/backpropagation", scripts=scripts)
    document = printed(page)
    assert len(document) > 5
    words = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    for part in ("def backward(", "What we found", "dZ1 = (W2.T @ dZ2) * (Z1 > 0)"):
        assert part in words


@pytest.mark.parametrize("paper", PAPERS)
def test_the_button_prints_the_sheet_on_one_page(from_the_dark, paper):
    page = from_the_dark("derive/backpropagation")
    choose_the_sheet(page)
    assert len(printed(page, paper)) == 1
    choose_the_sheet(page)
    page.emulate_media(media="print")
    assert page.locator(".one-sheet .math").first.is_visible()
    for part in (".column-of-formulas .katex", ".column-of-code pre"):
        assert [box.is_visible() for box in page.locator(f".one-sheet {part}").all()] == [True] * 2
    assert not page.locator("pre", has_text="def backward(").first.is_visible()
    assert not page.locator("#what-we-found").is_visible()


@pytest.mark.parametrize("alone", [True, False])
def test_the_equations_of_the_sheet_are_printed_beside_their_lines_of_code(from_the_dark, alone):
    page = from_the_dark("derive/backpropagation")
    if alone:
        choose_the_sheet(page)
    page.set_viewport_size({"width": 688, "height": 970})
    page.emulate_media(media="print")
    for pair in page.locator(".one-sheet .two-columns").all():
        formulas, code = (
            pair.locator(part).bounding_box() for part in (".column-of-formulas", ".column-of-code")
        )
        assert formulas["x"] + formulas["width"] <= code["x"]
        assert abs(formulas["y"] - code["y"]) < 10
    page.emulate_media(media="screen")
    words = "".join(sheet.get_textpage().get_text_range() for sheet in printed(page))
    for line in ("dZ2 = A2 - Y", "dZ1 = (W2.T @ dZ2) * (Z1 > 0)", "db1 = dZ1 @ ones / m"):
        assert line in words


def test_a_page_with_a_sheet_prints_that_or_all_of_it(from_the_dark):
    page = from_the_dark("derive/backpropagation")
    page.evaluate(
        "() => { window.seen = [];"
        "window.print = () => seen.push(document.documentElement.className) }"
    )
    page.emulate_media(media="screen")
    for words, alone in (("Print the chapter", False), ("Print the sheet", True)):
        page.get_by_role("button", name=words).click()
        page.emulate_media(media="print")
        assert page.locator("#what-we-found").is_visible() is not alone
        assert page.locator(".one-sheet .math").first.is_visible()
        page.emulate_media(media="screen")
    assert ["sheet-alone" in name for name in page.evaluate("seen")] == [False, True]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator("html.sheet-alone").count()
    page.emulate_media(media="print")
    assert page.locator("#what-we-found").is_visible()
