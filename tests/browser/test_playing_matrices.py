"""The arrows of the chapter on matrices in a browser: a pointer turns them, buttons choose."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def figure(site, new_page):
    page = new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "derive" / "matrices.html").as_uri(), wait_until="load")
    yield page.locator("#fig-play-arrows")
    assert errors == []


def turned(figure, name, across, up):
    """Take an arrow by its middle and lead it to a place, in shares of the picture's width."""
    page = figure.page
    arrow = figure.locator(f'[data-turn="{name}"]')
    arrow.scroll_into_view_if_needed()
    box, svg = arrow.bounding_box(), figure.locator("svg").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    left = 0.25 if name.startswith("before") else 0.75
    to = svg["x"] + svg["width"] * (left + across), svg["y"] + svg["height"] / 2
    page.mouse.move(to[0], to[1] - up * svg["width"])
    page.mouse.up()


def test_a_pointer_turns_the_move_and_the_blame(figure):
    move, blame = figure.locator('[data-axis="0"]'), figure.locator('[data-axis="1"]')
    turned(figure, "before W: move", 0.0, 0.15)
    expect(move).to_have_attribute("aria-valuetext", "90°")
    turned(figure, "after W: blame", -0.15, 0.0)
    expect(blame).to_have_attribute("aria-valuetext", "180°")
    expect(figure.locator(".play-says")).to_contain_text("Equal.")


def test_a_button_answers_the_question_and_sends_the_blame_back(figure):
    figure.get_by_role("button", name="W", exact=True).click()
    expect(figure.locator(".play-verdict")).to_contain_text("for some directions")
    expect(figure.locator(".play-says")).to_contain_text("Not equal.")
    figure.get_by_role("button", name="W.T", exact=True).click()
    expect(figure.locator(".play-says")).to_contain_text(" before it. Equal.")
    expect(figure.get_by_role("button", name="W", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
