"""What is typed into an editor, key by key, is the code that Python gets, in two browsers."""

import json
import time

import pytest

from tests.browser.firefox import firefox_page
from tests.browser.installed import firefox_program

ASCII = "".join(map(chr, range(32, 127)))
PAGE = "derive/softmax"
CELL = "liveCells.cells.find((cell) => cell.edit && !cell.edit.hidden)"
EDITORS = {
    "cell": {
        "open": f"{CELL}.edit.click()",
        "code": f"{CELL}.code",
        "button": f"document.activeElement === {CELL}.edit",
    },
    "exercise": {
        "open": 'document.querySelector("[aria-label=\\"Write softmax\\"]").click()',
        "code": 'JSON.parse(localStorage["nnfs-exercises"]).drafts.softmax',
        "button": 'document.activeElement.getAttribute("aria-label") === "Write softmax"',
    },
}
# What would be sent to Python is noted instead.
NOTE_WHAT_RUNS = """(() => {
  window.sent = [];
  livePython.runCells = async (sources, target) => { sent.push(sources[target]); return true; };
  livePython.run = async (code, { variables }) => { sent.push(variables.source); return true; };
})()"""
IN_THE_FIELD = "document.activeElement.matches('.cm-content')"


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def page(request, address, tmp_path_factory):
    """A page whose browser is driven by keys alone."""
    if request.param == "chromium":
        context = request.getfixturevalue("browser").new_context(bypass_csp=False)
        page = context.new_page()
        page.goto(f"{address}/{PAGE}.html")
        yield page
        context.close()
        return
    with firefox_page(firefox_program(), tmp_path_factory.mktemp("firefox")) as page:
        page.goto(f"{address}/{PAGE}.html")
        yield page


@pytest.fixture(params=EDITORS)
def editor(request, page):
    """An open editor in which everything is marked, so that what is typed takes its place."""
    place = EDITORS[request.param]
    # Nothing takes the focus before a page is shown, which waits for its fonts.
    until(page, "getComputedStyle(document.documentElement).visibility === 'visible'")
    page.evaluate(NOTE_WHAT_RUNS)
    page.evaluate(f"({place['open']}, 0)")
    until(page, IN_THE_FIELD)
    page.keyboard.press("Control+a")
    return place


def until(page, condition):
    end = time.monotonic() + 60
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        time.sleep(0.05)


def code(page, editor):
    return page.evaluate(editor["code"])


def test_every_character_arrives(page, editor):
    before = page.evaluate("location.href")
    page.keyboard.type(ASCII)
    assert code(page, editor) == ASCII
    page.keyboard.press("Control+a")
    page.keyboard.type("E/E.sum() // 3  # 'a' \"b\" (c) [d] {e} /")
    assert code(page, editor) == "E/E.sum() // 3  # 'a' \"b\" (c) [d] {e} /"
    assert page.evaluate(IN_THE_FIELD)
    assert page.evaluate("location.href") == before
    assert not page.evaluate("!!document.querySelector('dialog[open]')")


def test_keys_move_indent_and_delete(page, editor):
    press, type_ = page.keyboard.press, page.keyboard.type
    steps = [
        ("def f(x):", ["Enter"], "def f(x):\n    "),
        ("return x", ["Enter"], "def f(x):\n    return x\n    "),
        ("", ["Shift+Tab"], "def f(x):\n    return x\n"),
        ("y = 12", ["Tab"], "def f(x):\n    return x\n    y = 12"),
        ("", ["Shift+Tab", "End", "Backspace"], "def f(x):\n    return x\ny = 1"),
        ("", ["ArrowLeft", "Delete"], "def f(x):\n    return x\ny = "),
        ("3", ["Home"], "def f(x):\n    return x\ny = 3"),
        ("z", ["ArrowUp", "End"], "def f(x):\n    return x\nzy = 3"),
        ("/2", ["ArrowDown", "End"], "def f(x):\n    return x/2\nzy = 3"),
        ("0", ["Control+/"], "def f(x):\n    return x/2\n# zy = 30"),
        ("", ["Control+/"], "def f(x):\n    return x/2\nzy = 30"),
    ]
    for text, keys, expected in steps:
        type_(text)
        for key in keys:
            press(key)
        assert code(page, editor) == expected, (text, keys)


def test_keys_copy_paste_and_undo(page, editor):
    press, type_ = page.keyboard.press, page.keyboard.type
    type_("a/b")
    for key in ("Control+a", "Control+c", "End"):
        press(key)
    type_("+")
    press("Control+v")
    assert code(page, editor) == "a/b+a/b"
    for key in ("Control+a", "Control+x"):
        press(key)
    assert code(page, editor) == ""
    press("Control+z")
    assert code(page, editor) == "a/b+a/b"
    press("Control+y")
    assert code(page, editor) == ""
    press("Control+v")
    assert code(page, editor) == "a/b+a/b"


@pytest.mark.parametrize("keys", ["Control+Enter", "Shift+Enter"])
def test_keys_run_what_was_typed_and_escape_leaves(page, editor, keys):
    page.keyboard.type("x = 1/2; x")
    page.keyboard.press(keys)
    until(page, "sent.length > 0")
    assert page.evaluate("sent") == ["x = 1/2; x"]
    assert code(page, editor) == "x = 1/2; x"
    until(page, IN_THE_FIELD)
    page.keyboard.press("Escape")
    until(page, editor["button"])


def test_the_search_opens_by_its_own_key_from_an_editor_too(page, editor):
    page.keyboard.type("a")
    page.keyboard.press("Control+k")
    until(page, "!!document.querySelector('dialog[open]')")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog[open]')")
    assert code(page, editor) == "a"


def test_no_character_is_a_shortcut_outside_an_editor(page):
    page.evaluate("(document.activeElement.blur(), 0)")
    before = json.dumps(page.evaluate("[location.href, document.activeElement.tagName]"))
    page.keyboard.type(ASCII.replace(" ", "").replace("'", ""))
    assert json.dumps(page.evaluate("[location.href, document.activeElement.tagName]")) == before
