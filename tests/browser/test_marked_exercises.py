"""Exercises that mark the reader's code, in real Pyodide: from empty to trained."""

import json
import re
import time

import numpy as np
import pytest
from playwright.sync_api import expect

import nnfs
from tests.book.test_reader_exercises import ANSWERS, marks, with_body

WRONG_SOFTMAX = (
    ("E = np.exp(Z); return E / E.sum(axis=1, keepdims=True)", "It should run over classes"),
    ("E = np.exp(Z); return E / E.sum(axis=0)", "subtract each column's largest"),
    ("return np.exp(Z)", "not divided by the sum"),
)


def exercise(page, name):
    return page.locator(".marked-exercise", has=page.locator(f'[data-exercise="{name}"]'))


def write(page, name, code):
    box = exercise(page, name)
    box.get_by_role("button", name=f"Write {name}", exact=True).click()
    expect(box.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    return box


def check(page, name):
    """Press Check and return the verdict's state and words."""
    box = exercise(page, name)
    button = box.get_by_role("button", name=f"Check {name}", exact=True)
    verdict = box.locator(".exercise-verdict")
    verdict.evaluate("verdict => { verdict.dataset.state = 'asked'; }")
    button.click()
    expect(verdict).to_have_attribute("data-state", re.compile("passed|failed"), timeout=60_000)
    expect(button).to_be_enabled()
    return verdict.get_attribute("data-state"), verdict.get_by_role("status").inner_text()


def test_nothing_is_loaded_before_the_first_check(open_page):
    page = open_page("derive/softmax")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload(wait_until="networkidle")
    live = [url for url in requests if re.search(r"worker|pyodide|live\.json|\.zip|editor", url)]
    assert live == []
    box = exercise(page, "softmax")
    expect(box.locator(".live-status")).to_have_text(f"0 of {len(ANSWERS)} passed")
    expect(box.locator(".live-controls").get_by_role("button")).to_have_text(["Write", "Check"])
    shift = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
             list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
           )).observe({ type: "layout-shift", buffered: true }) || setTimeout(resolve, 500, 0))"""
    )
    assert shift < 0.05


NEWS = """
window.news = [];
new MutationObserver((changes) => {
  for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
    const place = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (place?.closest?.("[role=status]") && node.textContent.trim()) news.push(node.textContent);
  }
}).observe(document, { childList: true, subtree: true });
"""


def test_what_a_page_says_when_it_opens_is_no_news(open_page, context):
    context.add_init_script(NEWS)
    page = open_page("derive/softmax")
    verdict = exercise(page, "softmax").get_by_role("status")
    expect(verdict).to_have_text("Not checked on this visit.")
    assert page.evaluate("news") == []
    write(page, "softmax", "return Z").get_by_role("button", name="Reset softmax").click()
    expect(verdict).to_have_text(re.compile("^Empty again"))
    assert page.evaluate("news") == [verdict.inner_text()]


def test_an_answer_passes_and_each_mistake_has_its_own_words(open_page):
    page = open_page("derive/softmax")
    state, words = check(page, "softmax")
    assert (state, words) == ("failed", "Your function returns nothing. It has to end with return.")
    for body, expected in WRONG_SOFTMAX:
        write(page, "softmax", with_body("softmax", body))
        state, words = check(page, "softmax")
        assert state == "failed"
        assert expected in words
    write(page, "softmax", f"print('shown below')\n{ANSWERS['softmax']}")
    assert check(page, "softmax") == ("passed", "Passed. This is a right softmax.")
    box = exercise(page, "softmax")
    expect(box.get_by_label("What your code prints")).to_have_text("shown below\n")
    expect(box.locator(".live-status")).to_have_text(f"passed, 1 of {len(ANSWERS)} passed")
    write(page, "softmax", with_body("softmax", "return Z"))
    assert "What passed before is kept." in check(page, "softmax")[1]
    assert page.complaints == []


def test_a_function_without_an_end_is_stopped_and_the_keyboard_is_enough(open_page):
    page = open_page("derive/relu")
    box = exercise(page, "relu")
    box.get_by_role("button", name="Write relu", exact=True).focus()
    page.keyboard.press("Enter")
    expect(box.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("print('begun')\nwhile True: pass\n")
    page.keyboard.press("Control+Enter")
    expect(box.get_by_label("What your code prints")).to_have_text("begun\n", timeout=60_000)
    box.get_by_role("button", name="Stop Python").click()
    expect(box.get_by_role("status")).to_have_text("Stopped. Your code is as it was.")
    box.get_by_role("textbox").click()
    page.keyboard.press("Escape")
    expect(box.get_by_role("button", name="Write relu", exact=True)).to_be_focused()
    page.reload()
    expect(box.locator(".live-status")).to_contain_text("draft kept")
    box.get_by_role("button", name="Reset relu").click()
    box.get_by_role("button", name="Write relu", exact=True).click()
    expect(box.get_by_role("textbox")).to_contain_text("...")


EXERCISES = list(marks.exercises().values())
PAGES = list(dict.fromkeys(exercise.page for exercise in EXERCISES))


@pytest.mark.exhaustive(share=0)
def test_the_whole_path_from_empty_to_trained(open_page, tmp_path):
    walk(PAGES, open_page, tmp_path)


def test_the_ends_of_the_path_with_what_passed_on_an_earlier_visit(open_page, context, tmp_path):
    ends = (PAGES[0], PAGES[-1])
    before = {e.name: ANSWERS[e.name] for e in EXERCISES if e.page not in ends}
    kept = json.dumps({"drafts": {}, "passed": before})
    context.add_init_script(
        f"if (!localStorage['nnfs-exercises']) localStorage['nnfs-exercises'] = {json.dumps(kept)}"
    )
    walk(ends, open_page, tmp_path, passed=len(before), before_training=ONE_ROUND, score=40)


# The end of the path trains all of them, which takes a browser half a minute.
ONE_ROUND = """from kit.exercises.engine.training import train_on_digits
train_on_digits.__kwdefaults__["rounds"] = 1"""
RUN = "(code) => livePython.run(code, { space: 'test' }, () => {})"


def walk(pages, open_page, tmp_path, passed=0, before_training="", score=80):
    """Write the functions of some pages, train with all on the last one, and take them home."""
    began = time.perf_counter()
    for docname in pages:
        page = open_page(docname)
        for name in [e.name for e in EXERCISES if e.page == docname]:
            write(page, name, ANSWERS[name])
            assert check(page, name)[0] == "passed", name
            passed += 1
            status = exercise(page, name).locator(".live-status")
            expect(status).to_have_text(f"passed, {passed} of {len(ANSWERS)} passed")
        assert page.complaints == []
        page.close()
    page = open_page("train/original-job")
    panel = page.locator(".reader-module")
    expect(panel.locator("[data-progress]")).to_have_text(f"{passed} of {passed} passed.")
    expect(panel.locator("li[data-passed]")).to_have_count(passed)
    page.evaluate(RUN, before_training)
    panel.get_by_role("button", name=re.compile("^Train on the digits")).click()
    verdict = panel.get_by_role("status")
    expect(verdict).to_contain_text("all functions are yours", timeout=60_000)
    right = float(re.search(r"([\d.]+) % of the test images", verdict.inner_text())[1])
    assert right > score
    print(f"from empty to {right} % in {time.perf_counter() - began:.0f} s")
    with page.expect_download() as download:
        panel.get_by_role("button", name=re.compile("^Download")).click()
    assert download.value.suggested_filename == "my_nnfs.py"
    download.value.save_as(tmp_path / "my_nnfs.py")
    mine = {}
    exec((tmp_path / "my_nnfs.py").read_text("utf8"), mine)
    X, y = np.random.default_rng(0).normal(size=(7, 4)), np.array([2, 0, 1, 2])
    params = mine["init_params"](7, 5, 3, np.random.default_rng(1))
    books = nnfs.train(X, y, params=params, alpha=0.3, iterations=9).params
    for own, book in zip(mine["train"](params, X, y, 0.3, 9), books, strict=True):
        np.testing.assert_allclose(own, book, rtol=1e-12, atol=1e-14)


def test_with_little_of_ones_own_the_book_lends_the_rest(open_page):
    page = open_page("train/original-job")
    panel = page.locator(".reader-module")
    expect(panel.get_by_role("button", name=re.compile("^Download"))).to_be_disabled()
    write(page, "update", ANSWERS["update"])
    assert check(page, "update")[0] == "passed"
    with page.expect_download() as download:
        panel.get_by_role("button", name=re.compile("^Download")).click()
    text = download.value.path().read_text("utf8")
    assert text.startswith('"""My own small nnfs')
    assert "Still to write: share_right, as_columns, one_hot" in text
    page.evaluate(RUN, ONE_ROUND)
    panel.get_by_role("button", name=re.compile("^Train on the digits")).click()
    words = f"1 of {len(ANSWERS)} functions are yours, the others are the book's"
    expect(panel.get_by_role("status")).to_contain_text(words, timeout=240_000)


def test_where_nothing_can_be_kept_the_page_still_marks(open_page, context):
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    page = open_page("derive/a2-minus-y")
    write(page, "cross_entropy_gradient", ANSWERS["cross_entropy_gradient"])
    assert check(page, "cross_entropy_gradient")[0] == "passed"
    status = exercise(page, "cross_entropy_gradient").locator(".live-status")
    expect(status).to_contain_text(f"1 of {len(ANSWERS)} passed")


def test_what_was_typed_is_back_after_a_reset_and_can_be_typed_on(open_page):
    page = open_page("derive/relu")
    box = exercise(page, "relu")
    box.get_by_role("button", name="Write relu", exact=True).press("Enter")
    expect(box.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("def relu(Z): mine")
    page.keyboard.press("Escape")
    box.get_by_role("button", name="Reset relu", exact=True).press("Enter")
    expect(box.get_by_role("textbox")).not_to_contain_text("mine")
    box.get_by_role("button", name="Undo the reset of relu").press("Enter")
    expect(box.get_by_role("textbox")).to_have_text("def relu(Z): mine")
    box.get_by_role("button", name="Write relu", exact=True).press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type("s")
    page.reload()
    expect(box.locator(".live-edited")).to_have_text("def relu(Z): mines")
    assert page.complaints == []
