"""Evidence is a click away: marks of equations, claims, set-up and the code of figures, folded."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.folds import unfold

PAGE = "derive/softmax"


@pytest.fixture
def page(open_page):
    page = open_page(PAGE)
    yield page
    assert page.complaints == []


def closed(page):
    return page.locator("article details.fold:not([open])").count()


def test_a_mark_opens_from_the_keyboard_and_says_what_it_is(page):
    mark = page.locator("details.equation-mark").first
    summary = mark.locator("summary").first
    expect(summary).to_have_accessible_name(
        re.compile(r"^Check of equation \(\d+\.\d+\): checked$")
    )
    expect(mark.locator(".cell")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(mark.locator(".equation-how")).to_be_visible()
    expect(mark.locator(".cell_input")).to_be_visible()
    expect(mark.locator("p.equation-check")).to_contain_text("rounding alone could cause")
    expect(mark.get_by_role("link", name="How checks work")).to_be_visible()


@pytest.mark.parametrize("anchor", ["check-eq-shift", "check-eq-shift-2", "check-eq-scaled-pixels"])
def test_a_link_to_a_check_opens_its_mark(page, open_page, anchor):
    before = closed(page)
    page.evaluate("(hash) => { location.hash = hash }", anchor)
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    assert closed(page) == before - 1
    page.locator(f"details:has(#{anchor})").evaluate("(fold) => { fold.open = false }")
    page.evaluate(
        "(hash) => { const link = Object.assign(document.createElement('a'), { href: '#' + hash });"
        "document.querySelector('article').append(link); link.click(); }",
        anchor,
    )
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    page.goto("about:blank")
    arrived = open_page(f"{PAGE}.html#{anchor}".removesuffix(".html"))
    arrived.goto(f"{arrived.url.partition('#')[0].removesuffix('.html')}.html#{anchor}")
    expect(arrived.locator(f"#{anchor}")).to_be_in_viewport()


def test_a_name_that_is_no_place_opens_nothing(page):
    before = closed(page)
    page.evaluate("() => { location.hash = '%E0%A4%A' }")
    page.evaluate("() => { location.hash = 'nowhere' }")
    assert closed(page) == before


@pytest.mark.parametrize("printed", [False, True])
def test_the_printer_gets_the_evidence_if_the_book_says_so(page, printed):
    if printed:
        page.evaluate(
            "document.querySelectorAll('details.fold').forEach((f) => { f.dataset.print = 'open' })"
        )
    before = closed(page)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert closed(page) == (0 if printed else before)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert closed(page) == before


def test_without_scripts_everything_folded_opens(site, new_page):
    page = new_page(java_script_enabled=False)
    page.goto((site / f"{PAGE}.html").as_uri())
    for kind in ("equation-mark", "set-up", "figure-code", "claims"):
        fold = page.locator(f"details.{kind}").first
        fold.locator("summary").first.click()
        expect(fold.locator("p, pre, li").first).to_be_visible()


def test_the_code_of_a_figure_is_below_it(page):
    cells = page.locator("div.cell:has(figure)")
    assert cells.count()
    for cell in cells.all():
        figure, code = (cell.locator(name).bounding_box() for name in ("figure", ".figure-code"))
        assert figure["y"] + figure["height"] <= code["y"]


def test_a_check_and_a_claim_run_in_the_page(shared_page):
    page = shared_page(PAGE)
    mark = page.locator("details.equation-mark").first
    mark.locator("summary").first.click()
    mark.get_by_role("button", name=re.compile("^Run")).click()
    expect(mark.locator(".live-status")).to_contain_text("Done", timeout=100_000)
    expect(mark.locator(".live-output p.equation-check")).to_contain_text("holds: ")

    claims = page.locator("details.claims").first
    claims.locator("summary").first.click()
    claim = claims.locator("details.claim-code").first
    claim.locator("summary").click()
    claim.get_by_role("button", name=re.compile("^Run")).click()
    expect(claim.locator(".live-status")).to_contain_text("Done", timeout=100_000)
    expect(claim.locator(".live-output p.claim-confirmed").first).to_be_visible()
    assert page.complaints == []


def test_an_edit_in_a_folded_cell_is_seen_after_a_reload(page):
    claim = page.locator("details.claim-code .cell").first
    number = int(claim.locator(".live-controls").get_attribute("data-cell"))
    unfold(claim)
    claim.get_by_role("button", name=re.compile("^Edit")).click()
    expect(claim.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("jumps = 0")
    page.reload(wait_until="load")
    expect(page.locator(".live-edited")).to_have_text("jumps = 0")
    expect(page.locator(".live-edited")).to_be_visible()
    page.evaluate("(number) => liveCells.cells[number].reset.click()", number)


def test_an_error_in_a_folded_cell_that_runs_before_is_shown(shared_page):
    page = shared_page(PAGE)
    folded = page.locator("details.set-up .live-controls").first.get_attribute("data-cell")
    rewrite = "([number, code]) => { liveCells.cells[number].code = code }"
    built = page.evaluate("(number) => liveCells.cells[number].code", int(folded))
    page.evaluate(rewrite, [int(folded), "1 / 0"])
    shown = page.locator("article section > .cell .live-controls:visible").all()
    below = next(row for row in shown if int(row.get_attribute("data-cell")) > int(folded))
    below.get_by_role("button", name=re.compile("^Run")).click()
    failed = page.locator("details.set-up .live-error").first
    expect(failed).to_be_visible(timeout=100_000)
    expect(failed).to_contain_text("ZeroDivisionError")
    page.evaluate(rewrite, [int(folded), built])
    assert page.complaints == []
