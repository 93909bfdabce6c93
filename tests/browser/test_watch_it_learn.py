"""The widget "Watch it learn": nnfs trains in a page as it does on a desktop."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

import nnfs
from kit.cells.wrong_gradients import missing_mask
from kit.widgets.watch_it_learn.browser.training import IMAGES, LAST
from sphinx_live_cells import bundle
from tests.browser.serving import answer_for_the_cdn, pyodide_folder
from tests.browser.test_accessibility import violations

PAGE = "train/original-job.html"
STARTED = 90_000  # milliseconds, to load Python
OBSERVE = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def opened(browser, address):
    """Return the page, with Pyodide's public address on this disk; Python is loaded once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    asked = answer_for_the_cdn(context, pyodide_folder())
    page = context.new_page()
    page.asked, page.errors = asked, []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.add_init_script(OBSERVE)
    page.goto(f"{address}/{PAGE}", wait_until="load")
    yield page
    context.close()


@pytest.fixture
def page(opened):
    """Return the page with the settings that it was built with."""
    choose(opened, alpha="0.1", scheme="uniform", width="10", mask=True)
    for _ in range(2):
        press(opened, "Reset")
    yield opened
    assert opened.errors == []


@pytest.fixture(scope="module")
def digits(site, tmp_path_factory):
    """Return the images and labels of which the page has a copy."""
    packed = json.loads((site / "live" / "live.json").read_text("utf8"))["bundle"]
    folder = tmp_path_factory.mktemp("digits")
    for name, content in bundle.unpack((site / "live" / packed).read_bytes()).items():
        if name.endswith(".gz"):
            (folder / Path(name).stem).write_bytes(gzip.decompress(content))
    everything = nnfs.load_mnist(folder)
    return everything.x_train[:, :IMAGES].astype(np.float64), everything.y_train[:IMAGES]


def press(page, name):
    page.locator(".watch-it-learn").get_by_role("button", name=name, exact=True).click()


def choose(page, **settings):
    for name, value in settings.items():
        field = page.locator(f".watch-settings [name={name}]")
        if isinstance(value, bool):
            field.set_checked(value)
        else:
            field.select_option(value)


def history(page):
    return page.evaluate("watchItLearn.history()")


def wait_for(page, iterations):
    page.wait_for_function(f"watchItLearn.history().loss.length >= {iterations}", timeout=STARTED)


def status(page):
    return page.locator(".watch-status")


def desktop(digits, iterations, *, alpha=0.1, scheme="uniform", width=10, mask=True):
    start = nnfs.init_params(n_hidden=width, scheme=scheme, dtype=np.float64)
    gradient = None if mask else missing_mask
    x, y = digits
    return nnfs.train(
        x, y, params=start, alpha=alpha, iterations=iterations, gradient=gradient
    ).history


def test_curves_equal_those_of_a_desktop(page, digits):
    assert page.asked == []
    others = {"alpha": 0.3, "scheme": "he", "width": 5, "mask": False}
    for settings in ({}, others):
        choose(page, **{name: str(v) if name != "mask" else v for name, v in settings.items()})
        press(page, "Start")
        wait_for(page, 100)
        press(page, "Pause")
        seen, computed = history(page), desktop(digits, 100, **settings)
        assert np.abs(np.array(seen["loss"][:100]) - computed.loss).max() < 1e-6
        assert np.abs(np.array(seen["accuracy"][:100]) - computed.accuracy).max() < 1e-6
    assert computed.loss[-1] < computed.loss[0]


def test_it_is_started_paused_stepped_and_reset_by_keyboard(page):
    button = page.locator(".watch-step")
    button.focus()
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Iteration 1, loss", timeout=STARTED)
    expect(status(page)).to_contain_text("Paused.")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Iteration 2, loss")
    expect(page.locator(".watch-unseen")).to_have_text(status(page).text_content())
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    wait_for(page, 10)
    expect(page.locator(".watch-run")).to_have_text("Pause")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Paused.")
    page.wait_for_timeout(500)
    count = len(history(page)["loss"])
    page.wait_for_timeout(500)
    assert len(history(page)["loss"]) == count < LAST
    points = page.locator(".watch-loss .watch-current").get_attribute("points")
    assert len(points.split()) == count
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert history(page)["loss"] == []
    previous = page.locator(".watch-loss .watch-previous").get_attribute("points")
    assert len(previous.split()) == count


def test_pictures_show_the_weights_and_what_was_added(page):
    choose(page, width="3")
    press(page, "Step")
    expect(status(page)).to_contain_text("Iteration 1", timeout=STARTED)
    pictures = "[...document.querySelectorAll('.watch-pictures canvas')].map((canvas) => "
    pictures += "[...canvas.getContext('2d').getImageData(0, 0, 28, 28).data])"
    page.locator(".watch-view").select_option("weights")
    weights = np.array(page.evaluate(pictures)).reshape(10, 784, 4)
    assert (weights[:3, :, 3] == 255).all()
    assert (weights[3:, :, 3] == 0).all()
    start = nnfs.init_params(n_hidden=3, dtype=np.float64).W1
    assert [np.corrcoef(weights[j, :, 0], start[j])[0, 1] > 0.99 for j in range(3)] == [True] * 3
    page.locator(".watch-view").select_option("added")
    added = np.array(page.evaluate(pictures)).reshape(10, 784, 4)
    corner = added[:3, 0, 0]
    assert set(corner) <= {127, 128}, "a pixel without ink has not moved"
    assert (added[:3, :, 0] != corner[:, None]).any(axis=1).all()


def test_a_change_of_settings_begins_anew(page):
    press(page, "Step")
    expect(status(page)).to_contain_text("Iteration 1", timeout=STARTED)
    first = history(page)["loss"][0]
    choose(page, scheme="glorot")
    assert history(page)["loss"] == []
    press(page, "Step")
    expect(status(page)).to_contain_text("Iteration 1")
    assert history(page)["loss"][0] < first


def test_reduced_motion_draws_once_a_second(page):
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(
        """() => {
          window.drawings = 0;
          const line = document.querySelector(".watch-loss .watch-current");
          new MutationObserver(() => { window.drawings += 1; })
            .observe(line, { attributes: true });
        }"""
    )
    press(page, "Start")
    wait_for(page, 1)
    before = page.evaluate("drawings")
    page.wait_for_timeout(2500)
    press(page, "Pause")
    page.emulate_media(reduced_motion="no-preference")
    assert 1 <= page.evaluate("drawings") - before <= 3


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_it_fits_is_accessible_and_moves_nothing(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    widget = page.locator(".watch-it-learn")
    widget.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    page.evaluate("window.shift = 0")
    height = widget.bounding_box()["height"]
    press(page, "Start")
    wait_for(page, 5)
    press(page, "Pause")
    expect(status(page)).to_contain_text("Paused.")
    assert widget.bounding_box()["height"] == height
    assert page.evaluate("shift") == 0
    sizes = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert sizes[0] <= sizes[1]
    assert violations(page) == []


def test_python_that_is_stopped_starts_anew(page):
    press(page, "Start")
    wait_for(page, 5)
    page.evaluate("livePython.stop()")
    expect(status(page)).to_contain_text("Python was stopped")
    press(page, "Step")
    expect(status(page)).to_contain_text("Iteration 1,", timeout=STARTED)


def test_a_page_that_was_opened_as_a_file_says_why_it_cannot(new_page, site):
    page = new_page(offline=True)
    page.goto((site / PAGE).as_uri(), wait_until="load")
    press(page, "Start")
    expect(status(page)).to_contain_text(re.compile("opened as a file.*http.server"))


def test_without_a_connection_it_says_so(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/{PAGE}", wait_until="load")
    context.set_offline(True)
    press(page, "Start")
    expect(status(page)).to_have_attribute("data-state", "failed")
    expect(page.locator(".watch-run")).to_have_text("Start")
    context.close()


def test_without_javascript_there_is_a_sentence(new_page, site):
    page = new_page(java_script_enabled=False)
    page.goto((site / PAGE).as_uri())
    assert page.locator(".watch-it-learn").is_hidden()
    sentence = page.locator("article noscript p")
    assert sentence.text_content().startswith("With JavaScript switched on, you can set")
    assert sentence.is_visible()
