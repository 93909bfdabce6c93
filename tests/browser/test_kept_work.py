"""What a reader writes into cells and exercises stays, or is asked about."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.folds import unfold
from tests.browser.test_live_cells import cell_with, rewrite
from tests.browser.test_marked_exercises import ANSWERS, exercise, write

PAGE = "see/one-page"
START = "start = nnfs.init_params"


def test_an_edited_cell_is_there_again_after_a_reload_until_reset(open_page):
    page = open_page(PAGE)
    cell = cell_with(page, START)
    own = cell.locator(".cell_input pre").first.inner_text()
    number = cell.locator(".live-controls").get_attribute("data-cell")
    rewrite(page, cell, "start = 1 / 2  # <mine>\n")
    expect(cell.locator(".live-mark")).to_have_text("edited")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload(wait_until="networkidle")
    assert not any("editor" in url for url in requests)
    cell = page.locator(".cell", has=page.locator(f'[data-cell="{number}"]'))
    expect(cell.locator(".live-edited")).to_have_text("start = 1 / 2  # <mine>\n")
    expect(cell.locator(".live-mark")).to_have_text("edited")
    assert "start = 1 / 2  # <mine>\n" in page.evaluate("liveCells.sources()")
    cell.get_by_role("button", name=re.compile("^Edit")).click()
    expect(cell.get_by_role("textbox")).to_contain_text("start = 1 / 2")
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    expect(cell.locator(".live-mark")).to_be_hidden()
    page.reload(wait_until="load")
    cell = cell_with(page, START)
    assert cell.locator(".cell_input pre").first.inner_text() == own
    expect(cell.locator(".live-mark")).to_be_hidden()
    expect(cell.get_by_role("button", name=re.compile("^Reset"))).to_be_hidden()
    assert page.evaluate("localStorage['nnfs-cells']") == "{}"
    assert page.complaints == []


WHOSE = ".live-whose"


def numbered(page, number):
    return page.locator(".cell", has=page.locator(f'[data-cell="{number}"]'))


def test_the_result_of_other_code_than_that_above_it_says_whose_it_is(open_page):
    page = open_page("derive/softmax")
    cell = cell_with(page, 'check("eq-softmax"')
    cell = numbered(page, cell.locator(".live-controls").get_attribute("data-cell"))
    unfold(cell)
    built = cell.locator(".cell_output").inner_text()
    assert "holds" in built
    expect(cell.locator(WHOSE)).to_be_hidden()
    rewrite(page, cell, "# mine\n")
    expect(cell.locator(WHOSE)).to_contain_text("the book’s code")
    page.reload(wait_until="load")
    assert cell.locator(".cell_output").inner_text() == built
    expect(cell.locator(WHOSE)).to_contain_text("the book’s code")
    expect(cell.locator(".cell_output")).to_have_class(re.compile("live-outdated"))
    page.evaluate(ANSWERING)
    cell.get_by_role("button", name=re.compile("^Run")).click()
    expect(cell.locator(".cell_output")).to_have_text("41")
    expect(cell.locator(WHOSE)).to_be_hidden()
    rewrite(page, cell, "# mine again\n")
    expect(cell.locator(WHOSE)).to_contain_text("code that you have changed since")
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    expect(cell.locator(WHOSE)).to_be_hidden()
    assert cell.locator(".cell_output").inner_text() == built
    cell.get_by_role("button", name=re.compile("^Undo")).click()
    expect(cell.locator(".cell_output")).to_have_text("41")
    expect(cell.locator(WHOSE)).to_contain_text("code that you have changed since")
    assert page.complaints == []


ANSWERING = """() => {
  livePython.runCells = async (sources, cell, show) => {
    show({ kind: "started", cell, step: 1, steps: 1 });
    show({ kind: "text", cell, text: "41" });
    show({ kind: "finished", cell, succeeded: true });
    return true;
  };
}"""


def test_a_cell_without_output_says_nothing_of_one(open_page):
    page = open_page(PAGE)
    cell = cell_with(page, "import nnfs")
    assert cell.locator(".cell_output").count() == 0
    cell = numbered(page, cell.locator(".live-controls").get_attribute("data-cell"))
    rewrite(page, cell, "import nnfs\n")
    expect(cell.locator(".live-mark")).to_have_text("edited")
    expect(cell.locator(WHOSE)).to_be_hidden()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_reset_cell_can_be_had_back(open_page, by):
    page = open_page(PAGE)
    cell = cell_with(page, START)
    number = int(cell.locator(".live-controls").get_attribute("data-cell"))
    cell = numbered(page, number)
    rewrite(page, cell, "start = 'mine'\n")
    press(page, cell.get_by_role("button", name=re.compile("^Reset")), by)
    undo = cell.get_by_role("button", name=f"Undo the reset of cell {number + 1}")
    expect(undo).to_be_focused()
    expect(page.locator(".live-announcer")).to_contain_text("Undo brings back what you wrote")
    press(page, undo, by)
    expect(cell.get_by_role("button", name=re.compile("^Edit"))).to_be_focused()
    expect(undo).to_be_hidden()
    expect(page.locator(".live-announcer")).to_contain_text("Your code is back")
    page.reload(wait_until="load")
    assert page.evaluate(f"liveCells.sources()[{number}]") == "start = 'mine'\n"
    press(page, cell.get_by_role("button", name=re.compile("^Reset")), by)
    rewrite(page, cell, "start = 'other'\n")
    expect(undo).to_be_hidden()


def press(page, button, by):
    if by == "keyboard":
        button.focus()
        page.keyboard.press("Enter")
    else:
        button.click()


def test_a_second_click_in_haste_does_not_undo_the_first(open_page):
    page = open_page("derive/relu")
    kept = {"drafts": {"relu": "def relu(Z): mine"}, "passed": {}}
    page.evaluate("(text) => localStorage.setItem('nnfs-exercises', text)", json.dumps(kept))
    page.reload(wait_until="load")
    box = exercise(page, "relu")
    undo = box.get_by_role("button", name="Undo the reset of relu")
    box.get_by_role("button", name="Reset relu", exact=True).evaluate("reset => reset.click()")
    undo.evaluate("undo => undo.dispatchEvent(new MouseEvent('click', { detail: 2 }))")
    expect(undo).to_be_visible()
    cell = page.locator(".cell", has=page.get_by_role("button", name=re.compile("^Edit"))).first
    cell = numbered(page, cell.locator(".live-controls").get_attribute("data-cell"))
    rewrite(page, cell, "mine = 1\n")
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    undo = cell.get_by_role("button", name=re.compile("^Undo"))
    undo.evaluate("undo => undo.dispatchEvent(new MouseEvent('click', { detail: 2 }))")
    expect(undo).to_be_visible()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
@pytest.mark.parametrize("opened", [False, True])
def test_a_reset_exercise_can_be_had_back_with_what_has_passed(open_page, by, opened):
    page = open_page("derive/relu")
    kept = {"drafts": {"relu": "def relu(Z):\n    mine"}, "passed": {"relu": ANSWERS["relu"]}}
    page.evaluate("(text) => localStorage.setItem('nnfs-exercises', text)", json.dumps(kept))
    page.reload(wait_until="load")
    box = exercise(page, "relu")
    if opened:
        box.get_by_role("button", name="Write relu", exact=True).click()
        expect(box.get_by_role("textbox")).to_be_focused()
    press(page, box.get_by_role("button", name="Reset relu", exact=True), by)
    undo = box.get_by_role("button", name="Undo the reset of relu")
    expect(undo).to_be_focused()
    expect(box.get_by_role("status")).to_have_text("Empty again. Undo brings back what you wrote.")
    assert page.evaluate("localStorage['nnfs-exercises']") == '{"drafts":{},"passed":{}}'
    press(page, undo, by)
    assert json.loads(page.evaluate("localStorage['nnfs-exercises']")) == kept
    expect(undo).to_be_hidden()
    expect(box.get_by_role("status")).to_contain_text("An earlier version passed and is kept.")
    shown = box.get_by_role("textbox") if opened else box.locator(".live-edited")
    expect(shown).to_contain_text("mine")
    expect(box.get_by_role("button", name="Write relu", exact=True)).to_be_focused()
    assert page.complaints == []


def test_an_edit_of_a_cell_that_the_book_has_changed_is_offered_beside_it(open_page):
    page = open_page(PAGE)
    cell = cell_with(page, START)
    number = int(cell.locator(".live-controls").get_attribute("data-cell"))
    old = {PAGE: [{"number": number, "was": "start = 'old'", "code": "start = 'mine'"}]}
    page.evaluate("(text) => localStorage.setItem('nnfs-cells', text)", json.dumps(old))
    page.reload(wait_until="load")
    cell = cell_with(page, START)
    expect(cell.locator(".live-mark")).to_have_text("you edited an earlier version of this cell")
    assert START in page.evaluate(f"liveCells.sources()[{number}]")
    cell.get_by_role("button", name=re.compile("^Show mine")).click()
    cell = page.locator(".cell", has=page.get_by_role("textbox"))
    expect(cell.get_by_role("textbox")).to_have_text("start = 'mine'")
    expect(cell.locator(".live-mark")).to_have_text("edited")
    page.reload(wait_until="load")
    assert page.evaluate(f"liveCells.sources()[{number}]") == "start = 'mine'"
    cell = page.locator(".cell", has=page.locator(".live-edited"))
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    assert page.evaluate("localStorage['nnfs-cells']") == "{}"


def test_an_edit_follows_its_cell_to_another_number_and_what_is_not_ours_is_no_harm(open_page):
    page = open_page(PAGE)
    own = page.evaluate("liveCells.cells.filter((cell) => cell.edit).map((cell) => cell.own)")
    moved = {PAGE: [{"number": 0, "was": own[-1], "code": "moved = 1"}]}
    page.evaluate("(text) => localStorage.setItem('nnfs-cells', text)", json.dumps(moved))
    page.reload(wait_until="load")
    expect(page.locator(".live-edited")).to_have_text("moved = 1")
    assert page.evaluate("liveCells.cells.find((cell) => cell.code === 'moved = 1').own") == own[-1]
    for foreign in ("3", "[]", '{"x": 3}', "null", "{", json.dumps({PAGE: [{"code": 3}]})):
        page.evaluate("(text) => localStorage.setItem('nnfs-cells', text)", foreign)
        page.reload(wait_until="load")
        expect(page.locator(".live-edited")).to_have_count(0)
        assert page.locator(".live-controls button").count() > 5
    assert page.complaints == []


def test_where_nothing_can_be_kept_leaving_is_asked_about(open_page, context):
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    page = open_page(PAGE)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    cell = cell_with(page, START)
    rewrite(page, cell, "start = 1\n")
    page.reload(wait_until="load")
    assert asked == ["beforeunload"]
    cell = cell_with(page, START)
    rewrite(page, cell, "start = 1\n")
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    page.reload(wait_until="load")
    assert asked == ["beforeunload"]


def test_code_that_has_passed_is_shown_at_once_after_a_reload(open_page):
    page = open_page("derive/relu")
    code = ANSWERS["relu"]
    kept = {"drafts": {"relu": code}, "passed": {"relu": code}}
    page.evaluate("(text) => localStorage.setItem('nnfs-exercises', text)", json.dumps(kept))
    page.reload(wait_until="load")
    box = exercise(page, "relu")
    expect(box.locator(".live-edited")).to_have_text(code)
    expect(box.get_by_role("status")).to_have_text("Passed on an earlier visit.")
    expect(box.locator(".exercise-verdict")).to_have_attribute("data-state", "passed")
    write(page, "relu", "def relu(Z):\n    return Z\n")
    expect(box.locator(".live-edited")).to_have_count(0)
    page.reload(wait_until="load")
    expect(box.locator(".live-edited")).to_have_text("def relu(Z):\n    return Z\n")
    expect(box.get_by_role("status")).to_contain_text("An earlier version passed")
    box.get_by_role("button", name="Reset relu").click()
    expect(box.locator(".live-edited")).to_have_count(0)
    expect(box.locator(".exercise-start")).to_contain_text("...")
    assert page.complaints == []


def test_widget_data_and_cells_without_code_have_no_row(open_page):
    for name in ("index", "train/learned"):
        page = open_page(name)
        assert page.locator(".draw-a-digit").count() == 1
        for row in page.locator(".live-controls[data-cell]").all():
            cell = row.locator("xpath=ancestor::*[contains(@class, 'cell ')][1]")
            assert cell.locator(".cell_input").count() == 1
            assert cell.locator(".cell_output script").count() == 0
        page.close()


@pytest.mark.parametrize(
    "storage",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw Error('denied'); } })",
        "Object.defineProperty(window, 'localStorage', { value: null, configurable: true })",
        "Storage.prototype.setItem = () => { throw new Error('full'); }",
    ],
    ids=["forbidden", "absent", "full"],
)
def test_theme_and_search_work_where_nothing_can_be_kept(open_page, context, storage):
    context.add_init_script(storage)
    page = open_page("index")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("softmax")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li").first).to_contain_text("softmax", timeout=60_000)
    mode = page.evaluate("document.documentElement.dataset.mode")
    page.locator(".theme-switch-button:visible").first.click()
    assert page.evaluate("document.documentElement.dataset.mode") != mode
    assert page.complaints == []


def test_two_windows_on_a_page_show_and_check_what_is_written_in_each(open_page):
    one, other = open_page("derive/relu"), open_page("derive/relu")
    one.bring_to_front()
    write(one, "relu", "def relu(Z):\n    return 1\n")
    box = exercise(other, "relu")
    expect(box.locator(".live-edited")).to_contain_text("return 1")
    other.bring_to_front()
    write(other, "relu", "def relu(Z):\n    return 2\n")
    for page, code in ((one, "return 1"), (other, "return 2")):
        page.evaluate(
            "livePython.run = async (_, { variables }) => { window.sent = variables.source; }, 0"
        )
        exercise(page, "relu").get_by_role("button", name="Check relu").click()
        assert code in page.evaluate("sent")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_what_was_typed_before_an_earlier_edit_was_shown_can_be_had_back(open_page, by):
    page = open_page(PAGE)
    number = int(cell_with(page, START).locator(".live-controls").get_attribute("data-cell"))
    old = {PAGE: [{"number": number, "was": "start = 'old'", "code": "start = 'mine'"}]}
    page.evaluate("(text) => localStorage.setItem('nnfs-cells', text)", json.dumps(old))
    page.reload(wait_until="load")
    cell = numbered(page, number)
    press(page, cell.get_by_role("button", name=re.compile("^Edit")), by)
    expect(cell.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("typed = 1")
    press(page, cell.get_by_role("button", name=re.compile("^Show mine")), by)
    expect(cell.get_by_role("textbox")).to_have_text("start = 'mine'")
    undo = cell.get_by_role("button", name=f"Undo the reset of cell {number + 1}")
    press(page, undo, by)
    assert page.evaluate(f"liveCells.sources()[{number}]") == "typed = 1"
    expect(undo).to_be_hidden()
    expect(cell.get_by_role("button", name=re.compile("^Show mine"))).to_be_visible()
    page.reload(wait_until="load")
    assert page.evaluate(f"liveCells.sources()[{number}]") == "typed = 1"
    assert page.complaints == []
