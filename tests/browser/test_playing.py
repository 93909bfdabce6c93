"""Playthings in a browser: by pointer and keys, what they show is nnfs's; and without scripts."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

import nnfs
from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing.cells.kept import number
from kit.widgets.playing.cells.states import state
from nnfs import functions
from tests.book.conftest import new_book
from tests.browser.test_accessibility import VIEWS, each_view, violations, window

PAGE = r"""
```{code-cell} ipython3
:tags: [remove-cell]
from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing.cells import Grid, OneNudge, SoftmaxSliders, StepThrough, keep
keep("step", StepThrough(pencil, X_pencil, y_pencil, alpha=0.5))
keep("nudge", OneNudge(pencil, X_pencil, y_pencil))
keep("scores", SoftmaxSliders([-1.3, 0.5, -0.2], label=2, presets={"Equal": [0, 0, 0]}))
keep("grid", Grid({"a": [1, 2]}, {"end": [[1.0, 2.0], [4.0, 3.0]]}, says="a is {a}"))
```

$$ \sym{dZ2}{dZ_2} = \sym{A2}{A_2} - \sym{Y}{Y} $$

```{code-cell} ipython3
A2, Y = 0.5, 1.0
dZ2 = A2 - Y
```

See {numref}`fig-step`.

```{plaything} step
:name: fig-step
Stages.

Guess first.
```

```{plaything} nudge
:name: fig-nudge
A nudge.
```

```{plaything} scores
:name: fig-softmax
Scores.
```

```{plaything} grid
:name: fig-grid
A grid.
```
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    book = new_book(tmp_path_factory.mktemp("played"))
    book.write(PAGE)
    result = book.build()
    assert result.returncode == 0, result.stderr
    return (book.root / "book" / "_build" / "html" / "page.html").as_uri()


@pytest.fixture
def page(context, played):
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(played, wait_until="load")
    yield page
    assert errors == []


def shown(page, figure):
    """Return the numbers that are seen in the drawing of a figure, by name."""
    places = page.locator(f"#{figure} svg text:not([visibility=hidden]) [data-key]")
    return dict(places.evaluate_all("all => all.map((t) => [t.dataset.key, t.textContent])"))


def expected(params, x, y, names):
    found = state(params, x, y)
    digits = {name: 0 if name[0] == "Y" else 3 if name == "J" else 2 for name in names}
    return {name: number(found[name], digits[name]) for name in names}


def test_each_stage_shows_what_nnfs_computes(page):
    counts = []
    for _ in range(10):
        seen = shown(page, "fig-step")
        assert seen == expected(pencil, X_pencil[:, 0], 0, seen)
        counts.append(len(seen))
        page.locator("#fig-step .play-next").press("Enter")
    assert counts == sorted(counts)
    assert "dW1[1,1]" in seen


@pytest.mark.parametrize("by", ["keys", "pointer"])
def test_a_weight_that_is_changed_changes_all_that_follows(page, by):
    page.locator("#fig-step .play-stage").fill("9")
    page.locator("#fig-step .play-example").select_option("1")
    handle = page.locator('#fig-step [data-handle="W1[0,1]"]')
    if by == "keys":
        handle.focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
    else:
        handle.scroll_into_view_if_needed()
        box = handle.locator("rect").nth(1).bounding_box()
        place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(*place)
        page.mouse.down()
        page.mouse.move(place[0] + 48, place[1])
        page.mouse.up()
    changed = pencil.W1.copy()
    changed[0, 1] += 0.6
    seen = shown(page, "fig-step")
    assert seen == expected(pencil._replace(W1=changed), X_pencil[:, 1], 1, seen)
    assert handle.get_attribute("aria-valuenow") == "-0.4"


def test_a_step_of_learning_is_that_of_nnfs(page):
    page.locator("#fig-step .play-stage").fill("10")
    page.locator("#fig-step .play-next").click()
    X, Y = X_pencil[:, :1], functions.one_hot(y_pencil[:1], n_classes=2)
    slopes = nnfs.backward(pencil, nnfs.forward(pencil, X), X, Y)
    learned = nnfs.Parameters(*(P - 0.5 * G for P, G in zip(pencil, slopes, strict=True)))
    page.locator("#fig-step .play-stage").fill("9")
    seen = shown(page, "fig-step")
    assert seen == expected(learned, X_pencil[:, 0], 0, seen)


@pytest.mark.parametrize(("name", "by"), [("W1[0,0]", 0.3), ("W2[1,0]", -0.25), ("b1[1]", 0.5)])
def test_a_nudge_moves_the_loss_as_nnfs_says(page, name, by):
    page.locator("#fig-nudge .play-which").select_option(name)
    page.locator("#fig-nudge .play-push").fill(str(by))
    assert shown(page, "fig-nudge")["J"] == "?"
    page.locator("#fig-nudge .play-ask button").first.click()
    block, i, j = re.match(r"(\w+)\[(\d)(?:,(\d))?", name).groups()
    changed = getattr(pencil, block).copy()
    changed[int(i), int(j or 0)] += by
    seen = shown(page, "fig-nudge")
    assert seen == expected(pencil._replace(**{block: changed}), X_pencil[:, 0], 0, seen)


@pytest.mark.parametrize("scores", [[0.0, 0.0, 0.0], [3.0, -10.0, 2.5], [10.0, 10.0, -4.0]])
def test_softmax_shows_what_nnfs_computes(page, scores):
    for k, z in enumerate(scores):
        page.locator(f'#fig-softmax [data-score="{k}"]').fill(str(z))
    A2 = functions.softmax(np.array(scores).reshape(-1, 1))
    dZ2 = functions.cross_entropy_gradient(A2, functions.one_hot(np.array([2]), n_classes=3))
    seen = shown(page, "fig-softmax")
    for k in range(3):
        assert seen[f"A2[{k}]"] == number(A2[k, 0], 3)
        assert seen[f"dZ2[{k}]"] == number(dZ2[k, 0], 3)


def test_a_state_can_be_linked_and_wrong_ones_are_ignored(context, played):
    page = context.new_page()
    state_of = json.dumps({"scores": [1, 2, 3], "label": 0, "heat": 0})
    page.goto(f"{played}?fig-softmax={state_of}&fig-step=nonsense&fig-nudge=null")
    assert page.locator('#fig-softmax [data-score="2"]').input_value() == "3"
    assert shown(page, "fig-step") == expected(pencil, X_pencil[:, 0], 0, shown(page, "fig-step"))


def test_symbols_light_up_in_formula_drawing_and_code(page):
    page.locator('.katex [data-sym="dZ2"]').first.hover()
    for place in (".katex", ".highlight", "#fig-step svg"):
        assert page.locator(f'{place} [data-sym="dZ2"].is-tied').count() > 0
        assert page.locator(f'{place} [data-sym="A2"].is-tied').count() == 0


def test_a_screen_reader_is_told_the_state(page):
    page.locator("#fig-step .play-next").click()
    expect(page.locator("#fig-step [role=status]")).to_contain_text("Z1[0] =")


@each_view
def test_playthings_are_accessible(browser, played, view):
    assert view in VIEWS
    context = window(browser, view)
    page = context.new_page()
    page.goto(played, wait_until="load")
    page.locator("#fig-step .play-stage").fill("9")
    page.locator("#fig-nudge .play-ask button").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_without_scripts_the_figure_stands_and_nothing_to_handle(browser, played):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(played, wait_until="load")
    assert page.locator(".play svg").count() == 4
    assert not page.locator(".play-controls").first.is_visible()
    page.locator("#fig-step summary").click()
    expect(page.locator("#fig-step table")).to_contain_text("W1[0,0]")
    context.close()
