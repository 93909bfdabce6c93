"""The widget "Draw a digit" on the landing page, opened from a folder and without a network."""

import base64
import gzip
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import nnfs
from tests.pen_strokes import strokes

N_REPLAYED = 300

# Draws with pointer events as a browser sends them, and reads what the widget says.
REPLAY = """async (digits) => {
  const ink = document.querySelector(".digit-ink");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const fire = (type, [x, y]) => {
    const box = ink.getBoundingClientRect();
    const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
    ink.dispatchEvent(
      new PointerEvent(type, { pointerId: 7, button: 0, bubbles: true, ...place }));
  };
  const read = [];
  for (const strokes of digits) {
    document.querySelector(".digit-clear").click();
    for (const stroke of strokes) {
      fire("pointerdown", stroke[0]);
      for (const point of stroke.slice(1)) fire("pointermove", point);
      fire("pointerup", stroke[stroke.length - 1]);
    }
    await frame();
    await frame();
    const prepared = document.querySelector(".digit-prepared").getContext("2d");
    read.push({
      answers: [...document.querySelectorAll(".digit-answer")].map((place) => place.textContent),
      image: [...prepared.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 3),
    });
  }
  return read;
}"""
FORWARD = """([widths, weights, bytes]) => {
  const network = drawADigit.network(widths, weights);
  const images = Float64Array.from(atob(bytes), (byte) => byte.charCodeAt(0) / 255);
  return Array.from({ length: images.length / 784 }, (_, i) => {
    const image = images.subarray(784 * i, 784 * (i + 1));
    return Array.from(drawADigit.forward(network, image).probabilities);
  });
}"""


@pytest.fixture(scope="module")
def digits():
    return nnfs.load_mnist("bundled", split="official")


@pytest.fixture
def opened(new_page):
    """Return a function that opens the landing page and notes errors and requests."""

    def open_page(site, **settings):
        settings = {"viewport": {"width": 1280, "height": 1000}, "offline": True, **settings}
        page = new_page(**settings)
        page.errors, page.asked = [], []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto((site / "index.html").as_uri(), wait_until="load")
        return page

    return open_page


def answer(page, network=0):
    return page.locator(".digit-answer").nth(network).text_content()


def wait_for_an_answer(page, network=1):
    page.wait_for_function(
        f"/[0-9]/.test(document.querySelectorAll('.digit-answer')[{network}].textContent)"
    )


def draw_with_the_mouse(page, lines):
    page.locator(".digit-ink").scroll_into_view_if_needed()
    box = page.locator(".digit-ink").bounding_box()
    for line in lines:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=3)
        page.mouse.up()


def embedded_networks(site):
    page = (site / "index.html").read_text("utf8")
    small, good = json.loads(re.search(r"draw-a-digit-networks\">(.*?)</script>", page)[1])
    script = (site / "digit" / good["script"]).read_text("utf8")
    good["weights"] = re.fullmatch(r'drawADigit\.deliver\("[\w.-]+", "(.*)"\);\n', script)[1]
    return {"small": small, "good": good}


def parameters(network):
    numbers = np.frombuffer(base64.b64decode(network["weights"]), "<f2")
    parts, first = [], 0
    for n, k in pairwise(network["widths"]):
        for shape in ((k, n), (k, 1)):
            size = shape[0] * shape[1]
            parts.append(numbers[first : first + size].reshape(shape).astype(np.float64))
            first += size
    return parts


@pytest.mark.parametrize("which", ["small", "good"])
def test_the_networks_of_the_page_compute_what_nnfs_computes(site, opened, digits, which):
    network = embedded_networks(site)[which]
    images = digits.x_test[:, :500]
    page = opened(site)
    grey = np.rint(255 * images.T.astype(np.float64)).astype(np.uint8)
    pixels = base64.b64encode(grey.tobytes()).decode()
    found = page.evaluate(FORWARD, [network["widths"], network["weights"], pixels])
    expected = nnfs.forward(parameters(network), grey.T / 255).A2
    assert np.abs(np.array(found).T - expected).max() < 1e-5
    right = nnfs.accuracy(parameters(network), digits.x_test, digits.y_test)
    assert network["accuracy"] == pytest.approx(right)


def test_replayed_strokes_are_read(site, opened, digits):
    page = opened(site)
    images = digits.x_test[:, :N_REPLAYED]
    replayed = [strokes(image) for image in images.T.reshape(-1, 28, 28)]
    page.evaluate(REPLAY, replayed[:1])
    wait_for_an_answer(page)
    read = page.evaluate(REPLAY, replayed)
    answers = np.array([entry["answers"] for entry in read]).astype(int).T
    small, good = (answers == digits.y_test[:N_REPLAYED]).mean(axis=1)
    assert good >= 0.9
    assert small >= 0.75
    ink = np.array([entry["image"] for entry in read]).sum() / 255
    assert ink == pytest.approx(images.sum(), rel=0.1)
    assert page.errors == []


def test_the_good_network_comes_at_the_first_stroke_and_nothing_else_does(site, opened):
    page = opened(site)
    assert not [url for url in page.asked if "good-network" in url]
    assert answer(page, 1) == "–"
    before = len(page.asked)
    draw_with_the_mouse(page, [[(0.5, 0.2), (0.5, 0.8)]])
    wait_for_an_answer(page)
    assert [url.rsplit("/", 1)[1] for url in page.asked[before:]] == ["good-network.js"]
    assert [answer(page, 0), answer(page, 1)] == ["1", "1"]
    assert page.errors == []


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_recorded_digit_is_read_before_its_reader_does_anything(site, opened, motion):
    page = opened(site, reduced_motion=motion)
    if motion == "reduce":
        assert page.locator(".draw-a-digit.is-read").count() == 1
    page.wait_for_selector(".draw-a-digit.is-read")
    assert [answer(page, 0), answer(page, 1)] == ["3", "–"]
    assert not [url for url in page.asked if "good-network" in url]
    page.wait_for_timeout(800)  # in which a screen reader would be told
    assert page.locator(".digit-status").text_content() == ""


def test_it_is_said_who_reads_and_whose_digit(site, opened):
    page = opened(site)
    who = page.locator(".digit-who")
    page.wait_for_selector(".draw-a-digit.is-read")
    assert who.text_content().startswith("The small network reads a prepared digit.")
    assert page.locator(".digit-sure").nth(1).text_content() == "Draw, and it reads yours"
    draw_with_the_mouse(page, [[(0.5, 0.2), (0.5, 0.8)]])
    wait_for_an_answer(page)
    assert who.text_content().startswith("Both networks read your digit.")
    whose = page.locator(".digit-whose")
    assert whose.text_content() == "from the small network"
    page.locator(".digit-network").nth(1).click()
    assert whose.text_content() == "from the larger network"
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("document.querySelector('.digit-answer').textContent === '–'")
    assert who.text_content().startswith("Draw a digit, and two networks read it.")
    assert page.locator(".digit-sure").all_text_contents() == ["", ""]


def test_an_answers_share_is_the_same_wherever_it_stands(site, opened):
    page = opened(site)
    for line in ([(0.5, 0.2), (0.5, 0.8)], [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)], [(0.2, 0.2)]):
        page.get_by_role("button", name="Clear").click()
        draw_with_the_mouse(page, [line])
        wait_for_an_answer(page)
        for network in (0, 1):
            page.locator(".digit-network").nth(network).click()
            share = page.locator(".digit-probabilities .is-answer .digit-share").text_content()
            assert page.locator(".digit-sure").nth(network).text_content() == share


def test_cards_say_what_was_learned_and_name_what_was_read(site, opened):
    scores = opened(site).locator(".digit-score").all_text_contents()
    pattern = (
        r"[\d,]+ hidden units, trained on ([\d,]+) images\. "
        r"Reads \d+\.\d\u00a0% of the 10,000 official test images correctly\."
    )
    found = [re.fullmatch(pattern, text) for text in scores]
    assert [match and match[1] for match in found] == ["41,000", "60,000"]


def test_the_squares_have_an_exact_meaning_for_all(site, opened):
    page = opened(site)
    described = page.locator(".digit-contributions").get_attribute("aria-describedby")
    assert "pixel’s value times its slope" in page.locator(f"#{described}").text_content()
    page.locator(".digit-exactly summary").press("Enter")
    assert page.locator(f"#{described}").is_visible()


def test_no_number_is_parted_from_its_unit(site, opened):
    page = opened(site)
    draw_with_the_mouse(page, [[(0.5, 0.2), (0.5, 0.8)]])
    wait_for_an_answer(page)
    said = page.locator(".draw-a-digit").text_content()
    assert len(re.findall(r"\d\u00a0%", said)) >= 14
    assert not re.search(r"\d[ \n]%", said)


@pytest.mark.parametrize("width", [390, 800, 1280, 1920])
def test_nothing_is_written_over_the_ink(site, opened, width):
    page = opened(site, viewport={"width": width, "height": 1000}, reduced_motion="reduce")
    page.wait_for_selector(".draw-a-digit.is-read")
    invitation = page.locator(".digit-invitation")
    assert invitation.is_visible()
    pad = page.locator(".digit-ink").bounding_box()
    words = invitation.bounding_box()
    assert words["y"] >= pad["y"] + pad["height"]
    assert words["y"] + words["height"] <= page.locator(".digit-who").bounding_box()["y"] or (
        words["x"] + words["width"] <= page.locator(".digit-who").bounding_box()["x"]
    )
    below = page.locator(".digit-clear").bounding_box()
    assert below["x"] >= pad["x"] + pad["width"] or below["y"] >= words["y"] + words["height"]


def test_an_empty_box_says_what_it_will_show(site, opened):
    page = opened(site, reduced_motion="reduce")
    page.wait_for_selector(".draw-a-digit.is-read")
    promises = page.locator(".digit-inside .digit-promise")

    def shown():
        return [promise.is_visible() for promise in promises.all()]

    assert shown() == [False] * 3
    # The larger network has read nothing yet, but what it is given is there.
    page.locator(".digit-network").nth(1).click()
    assert shown() == [False, True, True]
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("document.querySelector('.digit-answer').textContent === '–'")
    assert shown() == [True] * 3
    assert all(text.startswith("Here you will see") for text in promises.all_text_contents())
    assert page.locator(".digit-on").text_content() == ""
    draw_with_the_mouse(page, [[(0.5, 0.2), (0.5, 0.8)]])
    wait_for_an_answer(page)
    assert shown() == [False] * 3


def test_a_phone_offers_to_begin_before_the_pad(site, opened):
    page = opened(site, viewport={"width": 390, "height": 844})
    begin = page.get_by_role("link", name="Begin reading").last.bounding_box()
    assert begin["y"] + begin["height"] <= page.locator(".digit-ink").bounding_box()["y"]
    assert begin["y"] < 400


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1000)])
def test_a_laptop_has_words_in_full_lines_and_pad_and_button_in_view(site, opened, width, height):
    page = opened(site, viewport={"width": width, "height": height})
    words = page.locator(".opening-words > p").first
    lines = words.evaluate("(p) => p.offsetHeight / parseFloat(getComputedStyle(p).lineHeight)")
    assert lines < 7
    pad = page.locator(".digit-ink").bounding_box()
    assert pad["y"] + pad["height"] <= height
    assert pad["width"] >= 370
    begin = page.get_by_role("link", name="Begin reading").last.bounding_box()
    assert begin["y"] + begin["height"] <= pad["y"]


def test_the_two_shorter_ways_through_the_book_are_of_a_length(site, opened):
    ways = opened(site).locator(".route").all()
    first, second, third = (way.bounding_box() for way in ways)
    assert first["width"] > 1.8 * second["width"]
    assert second["y"] == third["y"] >= first["y"] + first["height"]
    assert abs(second["height"] - third["height"]) < 90


def test_on_a_wide_screen_the_inside_stands_below_the_words_too(site, opened):
    page = opened(site)
    words = page.locator(".opening-words").bounding_box()
    inside = page.locator(".digit-inside").bounding_box()
    assert inside["x"] == pytest.approx(words["x"], abs=2)
    assert inside["y"] >= words["y"] + words["height"]


@pytest.mark.parametrize("late", [False, True])
def test_the_readers_first_stroke_wipes_the_recorded_one_off(site, opened, late):
    page = opened(site)
    page.wait_for_selector(".draw-a-digit" + (".is-read" if late else ".is-recorded"))
    draw_with_the_mouse(page, [[(0.5, 0.2), (0.5, 0.8)]])
    wait_for_an_answer(page)
    page.wait_for_timeout(200)
    assert [answer(page, 0), answer(page, 1)] == ["1", "1"]
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("document.querySelector('.digit-answer').textContent === '–'")
    assert page.locator(".draw-a-digit.is-recorded").count() == 0


def test_keys_that_only_pass_the_pad_leave_the_recorded_digit(site, opened):
    page = opened(site)
    page.wait_for_selector(".draw-a-digit.is-read")
    page.locator(".digit-ink").focus()
    page.keyboard.press("Shift+Tab")
    assert answer(page) == "3"
    page.locator(".digit-ink").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.digit-answer').textContent === '–'")


def test_a_missing_good_network_is_said_and_the_small_one_stays(site, opened, tmp_path):
    left_out = shutil.ignore_patterns("good-network.js", "*.ipynb", "_images", "_sources")
    page = opened(shutil.copytree(site, tmp_path / "site", ignore=left_out))
    draw_with_the_mouse(page, [[(0.5, 0.2), (0.5, 0.8)]])
    page.wait_for_function(
        "document.querySelectorAll('.digit-sure')[1].textContent === 'not loaded'"
    )
    assert answer(page) == "1"
    assert page.errors == []


def test_everything_follows_the_pen_and_clear_takes_it_back(site, opened):
    page = opened(site)
    shares = page.locator(".digit-probabilities .digit-share")
    draw_with_the_mouse(page, [[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]])
    wait_for_an_answer(page)
    total = sum(float(text.strip("> %")) for text in shares.all_text_contents())
    assert total == pytest.approx(100, abs=0.5)
    painted = (
        "name => document.querySelector(name).getContext('2d')"
        ".getImageData(0, 0, 28, 28).data.some(byte => byte > 0)"
    )
    for name in (".digit-prepared", ".digit-under"):
        assert page.evaluate(painted, name)
    assert re.fullmatch(r"\d+ of 10 are on\.", page.locator(".digit-on").text_content())
    page.locator(".digit-network").nth(1).click()
    assert re.fullmatch(r"\d+ of \d\d+ are on\.", page.locator(".digit-on").text_content())
    assert page.locator(".digit-for").text_content() == f"Which pixels say {answer(page, 1)}?"
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("document.querySelector('.digit-answer').textContent === '–'")
    assert not page.evaluate(painted, ".digit-prepared")
    assert shares.all_text_contents() == ["–"] * 10


def test_a_digit_is_drawn_with_the_keyboard_and_said(site, opened):
    page = opened(site)
    page.locator(".digit-ink").focus()
    status = page.locator(".digit-status")
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    page.wait_for_timeout(900)
    assert "Column 14, row 6 of 28, pen up." in status.text_content()
    page.keyboard.press("Space")
    for _ in range(17):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    wait_for_an_answer(page)
    page.wait_for_timeout(900)
    assert status.text_content().startswith("Pen up. Small network: 1, ")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(100)
    assert [answer(page, 0), answer(page, 1)] == ["1", "1"]
    page.keyboard.press("Delete")
    page.wait_for_timeout(900)
    assert "The pad is empty." in status.text_content()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "digit-clear"
    assert page.locator(".digit-cursor").is_hidden()


def test_two_arrows_together_draw_a_diagonal(site, opened):
    page = opened(site)
    page.locator(".digit-ink").focus()
    page.keyboard.press("Space")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.down(key)
    page.wait_for_timeout(900)
    assert "Column 17, row 18 of 28, pen down." in page.locator(".digit-status").text_content()


def test_a_finger_draws_and_does_not_scroll(site, opened):
    page = opened(site, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    pad = page.locator(".digit-ink")
    pad.scroll_into_view_if_needed()
    box, top = pad.bounding_box(), page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    x = box["x"] + box["width"] / 2

    def send(kind, *heights):
        points = [{"x": x, "y": box["y"] + h * box["height"]} for h in heights]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 0.2)
    for step in range(1, 13):
        send("touchMove", 0.2 + 0.05 * step)
    send("touchEnd")
    wait_for_an_answer(page)
    assert [answer(page, 0), answer(page, 1)] == ["1", "1"]
    assert page.evaluate("scrollY") == top
    assert page.errors == []


def test_a_stroke_may_leave_the_pad_and_a_second_pointer_leaves_no_ink(site, opened):
    page = opened(site)
    inked = (
        "() => document.querySelector('.digit-ink').getContext('2d')"
        ".getImageData(0, 0, 420, 420).data.filter((byte, i) => i % 4 === 3 && byte > 0).length"
    )
    draw_with_the_mouse(page, [[(0.5, 0.5), (1.3, 0.5), (0.5, 0.6)]])
    before = page.evaluate(inked)
    assert before > 0
    page.mouse.move(10, 10)
    box = page.locator(".digit-ink").bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    assert page.evaluate(inked) == before
    press = (
        "id => { const ink = document.querySelector('.digit-ink');"
        " const box = ink.getBoundingClientRect();"
        " ink.dispatchEvent(new PointerEvent('pointerdown', {pointerId: id, button: 0,"
        " bubbles: true, clientX: box.left + 40 * id, clientY: box.top + 30})); }"
    )
    page.evaluate(press, 1)
    first = page.evaluate(inked)
    assert first > before
    page.evaluate(press, 5)
    assert page.evaluate(inked) == first


def test_without_javascript_a_sentence_stands_in_its_place(site, opened):
    page = opened(site, java_script_enabled=False)
    sentence = page.locator("article noscript p")
    assert sentence.text_content().startswith("With JavaScript switched on, you can draw a digit")
    assert sentence.is_visible()
    assert page.locator(".draw-a-digit").is_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_it_starts_or_reads(site, opened, width):
    page = opened(site, viewport={"width": width, "height": 1000})
    height = "document.querySelector('.opening').getBoundingClientRect().height"
    empty = page.evaluate(height)
    draw_with_the_mouse(page, [[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]])
    wait_for_an_answer(page)
    assert page.evaluate(height) == empty
    page.locator(".digit-network").nth(1).click()
    assert page.evaluate(height) == empty


def test_the_landing_page_stays_light(site, opened):
    page = opened(site)
    files = {url.split("?")[0].removeprefix("file://") for url in page.asked}
    transferred = sum(
        len(data) if name.endswith(("woff2", "png")) else len(gzip.compress(data))
        for name in files
        if not name.startswith("data:")
        for data in [Path(name).read_bytes()]
    )
    assert transferred < 500_000


def test_pages_without_the_pad_do_not_load_it(site):
    for path in site.rglob("*.html"):
        page = path.read_text("utf8")
        assert ("digit/widget.js" in page) == ('class="draw-a-digit' in page), path
