"""Playthings in a browser: by pointer and keys, what they show is nnfs's; and without scripts."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

import nnfs
from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing.cells.kept import number, signed
from kit.widgets.playing.cells.states import state
from nnfs import functions
from tests.book.conftest import address_of_page
from tests.browser.test_accessibility import VIEWS, each_view, violations, window

PAGE = r"""
```{code-cell} ipython3
:tags: [remove-cell]
import numpy as np
from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing.cells import Drawing, Grid, OneNudge, Planes, SoftmaxSliders, StepThrough
from kit.widgets.playing.cells import Question, keep
keep("step", StepThrough(pencil, X_pencil, y_pencil, alpha=0.5))
keep("nudge", OneNudge(pencil, X_pencil, y_pencil))
names = {"W1[0,0]": "w11", "b1[1]": "b2", "Z1[0]": "u1", "A2[1]": "p1", "J": "loss"}
names |= {f"{name}[0]": f"first{name}" for name in ("X", "Y", "A1", "Z2", "A2")}
keep("named", OneNudge(pencil, X_pencil, y_pencil, names=names, back=False))
hot = {"scores": [1, 2, 4], "temperature": 2}
short = {f"W{i}[{j},{k}]": f"{'wv'[i - 1]}{j}{k}" for i in (1, 2) for j in (0, 1) for k in (0, 1)}
short |= {f"b{i + 1}[{j}]": f"{'bc'[i]}{j}" for i in (0, 1) for j in (0, 1)}
keep("short", OneNudge(pencil, X_pencil, y_pencil, start="w10", names=short))
keep("drawn", Drawing(pencil, X_pencil, y_pencil, names=short, shows="backward"))
keep("scores", SoftmaxSliders([-1.3, 0.5, -0.2], label=2, presets={"Hot": hot}))
ends = {"end": [[1.0, 2.0], [4.0, 3.0]]}
keep("grid", Grid({"a": [1, 2]}, ends, says="a is {a}", drawn={"end": "gradient"}))
keep("closed", OneNudge(pencil, X_pencil, y_pencil, example=1, start="W1[0,1]", reach=1.5))
loss = np.array([[4.0, 2.0, 1.0], [4.0, 1.0, 0.5], [4.0, 6.0, 9.0]])
asked = Question(
    "Where does it end at 0.7?",
    ["Lower", "Higher"],
    "Higher",
    "At {alpha} it ends at {end:.1f}.",
    goes={"alpha": 0.7},
    hides=["loss"],
)
keep("rates", Grid(
    {"alpha": [0.1, 0.5, 0.7]},
    {"loss": loss, "end": loss[:, -1]},
    says="With {alpha} it ends at {end:.1f}.",
    x=("step", [0, 1, 2]),
    y="loss",
    marks={"best": [2, 2, 0]},
    aims={"low": ("circle", [(1, 1)]), "high": ("cross", [(0, 4), (2, 9)])},
    bars={"share": loss / 10},
    images={"W": np.linspace(0, 1, 48).reshape(3, 4, 4)},
    asks=asked,
    presets={"Safe": {"alpha": 0.1}, "Fast": ({"alpha": 0.5}, "Here it is fast.")},
))
shares = np.ma.masked_array([[0.09946, 0.9], [0.09945, 0.1]], [[0, 0], [0, 1]])
keep("shares", Grid({"a": [1, 2]}, {}, says="Shares.", bars={"plain": shares}, missing="NaN"))
keep("planes", Planes([(20, -0.3), (100, 0.2)]))
```

$$
\begin{aligned}
\nabla_{W_2} J &= Z_1 A_1^{\mathsf T} + A_1 W_1 \\
&= w_{11} {u}_1 + \mathrm{dZ2} + V_1
\end{aligned}
$$

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

```{plaything} named
:name: fig-named
A nudge by name.
```

```{plaything} short
:name: fig-short
A nudge by short names.
```

```{plaything} drawn
:name: fig-drawn
A drawing.
```

```{plaything} scores
:name: fig-softmax
Scores.
```

```{plaything} grid
:name: fig-grid
A grid.
```

```{plaything} closed
:name: fig-closed
A closed gate.
```

```{plaything} rates
:name: fig-rates
Rates.
```

```{plaything} shares
:name: fig-shares
Shares.
```

```{plaything} planes
:name: fig-planes
Planes.
```
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return address_of_page(tmp_path_factory.mktemp("played"), PAGE)


@pytest.fixture
def page(new_page, played):
    page = new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.emulate_media(reduced_motion="reduce")
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
    write = {name: signed if name[0] == "d" else number for name in names}
    return {name: write[name](found[name], digits[name]) for name in names}


def test_a_curve_in_the_colour_of_gradients_is_a_line_in_that_colour(page):
    curve = page.locator("#fig-grid svg .play-line").first
    seen = curve.evaluate(
        "e => { const s = getComputedStyle(e); return [s.fill, s.stroke, s.strokeWidth]; }"
    )
    assert seen == ["none", "rgb(163, 42, 120)", "2.8px"]


def test_each_stage_shows_what_nnfs_computes(page):
    counts = []
    for _ in range(10):
        seen = shown(page, "fig-step")
        assert seen == expected(pencil, X_pencil[:, 0], 0, seen)
        counts.append(len(seen))
        page.locator("#fig-step .play-next").press("Enter")
    assert counts[0] < counts[5] < counts[9]
    assert {"dW1[1,1]", "dZ1[0]"} < seen.keys()
    assert "dW2[0,0]" not in seen


@pytest.mark.parametrize("by", ["keys", "pointer"])
def test_a_weight_that_is_changed_changes_all_that_follows(page, by):
    page.locator("#fig-step .play-stage").fill("9")
    page.locator("#fig-step .play-example").select_option("1")
    handle = page.locator('#fig-step [data-handle="W1[0,1]"]')
    if by == "keys":
        handle.focus()
        for _ in range(6):
            page.keyboard.press("ArrowUp")
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
    page.locator("#fig-step .play-take").click()
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
    block, i, j = re.match(r"(\w+)\[(\d)(?:,(\d))?", name).groups()
    changed = getattr(pencil, block).copy()
    changed[int(i), int(j or 0)] += by
    seen = shown(page, "fig-nudge")
    assert seen == expected(pencil._replace(**{block: changed}), X_pencil[:, 0], 0, seen)


@pytest.mark.parametrize("scores", [[0.0, 0.0, 0.0], [3.0, -5.0, 2.5], [5.0, 5.0, -4.0]])
def test_softmax_shows_what_nnfs_computes(page, scores):
    for k, z in enumerate(scores):
        page.locator(f'#fig-softmax [data-score="{k}"]').fill(str(z))
    A2 = functions.softmax(np.array(scores).reshape(-1, 1))
    dZ2 = functions.cross_entropy_gradient(A2, functions.one_hot(np.array([2]), n_classes=3))
    seen = shown(page, "fig-softmax")
    for k in range(3):
        assert seen[f"A2[{k}]"] == number(A2[k, 0], 3)
        assert seen[f"dZ2[{k}]"] == signed(dZ2[k, 0], 3)


def test_a_state_can_be_linked_and_wrong_ones_are_ignored(new_page, played):
    page = new_page()
    state_of = json.dumps({"scores": [1, 2, 3], "label": 0, "heat": 0})
    page.goto(f"{played}?fig-softmax={state_of}&fig-step=nonsense&fig-nudge=null")
    assert page.locator('#fig-softmax [data-score="2"]').input_value() == "3"
    assert shown(page, "fig-step") == expected(pencil, X_pencil[:, 0], 0, shown(page, "fig-step"))


def test_symbols_light_up_in_formula_drawing_and_code(page):
    page.locator('.katex [data-sym="dZ2"]').first.hover()
    for place in (".katex", ".highlight", "#fig-step svg"):
        assert page.locator(f'{place} [data-sym="dZ2"].is-tied').count() > 0
        assert page.locator(f'{place} [data-sym="A2"].is-tied').count() == 0


def test_formulas_are_tied_by_letter_and_index(page):
    tied = page.locator(".katex-display").first.locator("[data-sym]")
    symbols = tied.evaluate_all("all => all.map((part) => part.dataset.sym)")
    assert symbols == ["dW2", "J", "Z1", "A1", "A1", "W1", "w11", "u1", "dZ2"]
    tied.nth(3).hover()
    assert page.locator('#fig-step svg [data-sym~="A1"].is-tied').count() > 0
    assert page.locator('#fig-step svg [data-sym="W1"].is-tied').count() == 0


def test_symbols_light_up_from_the_keyboard_and_stay_by_a_tap(page):
    lit = page.locator(".katex .is-tied")
    page.locator('#fig-named [data-handle="W1[0,0]"]').focus()
    assert lit.evaluate_all("all => all.map((part) => part.textContent[0])") == ["w"]
    page.locator("#fig-named .play-push").focus()
    assert lit.count() == 0
    page.locator("#fig-step .play-lit summary").click()
    button = page.locator('#fig-step .play-symbols [data-sym="dZ2"]')
    button.focus()
    assert lit.count() == 2
    button.press("Enter")
    page.locator("#fig-named .play-push").focus()
    assert lit.count() == 2
    page.keyboard.press("Escape")
    assert lit.count() == 0
    page.locator('.katex-html [data-sym="J"]').first.click()
    page.mouse.move(1, 1)
    assert lit.count() == 1


def test_an_authors_names_stand_in_all_that_is_shown_and_said(page):
    figure = page.locator("#fig-named")
    said = []
    figure.locator(".play-which").select_option(label="w11")
    said.append(figure.inner_text())
    figure.locator(".play-ask button").first.click()
    figure.locator(".play-push").fill("0.2")
    said.append(figure.inner_text())
    figure.locator("button", has_text="Nudge all").click()
    said.append(figure.inner_text())
    said += figure.locator("[aria-label]").evaluate_all("all => all.map((a) => a.ariaLabel)")
    said.append(figure.locator(".play-push").get_attribute("aria-valuetext"))
    everything = " ".join(said)
    for called in ("w11", "b2", "u1", "p1", "firstX", "firstZ2", "loss"):
        assert called in everything
    for hidden in ("W1[0,0]", "b1[1]", "Z1[0]", "A2[1]", "X[0]", "Z2[0]", "Go back", "slope of"):
        assert hidden not in everything


@pytest.mark.parametrize("example", [0, 1])
def test_sentences_are_sentences(page, example):
    """Of every stage: a capital after a full stop, and none in the middle but a symbol's."""
    page.locator("#fig-step .play-example").select_option(str(example))
    sentences = []
    for stage in range(11):
        page.locator("#fig-step .play-stage").fill(str(stage))
        sentences.append(page.locator("#fig-step .play-says").text_content())
    for k, z in enumerate([5.0, -2.0, 0.1]):
        page.locator(f'#fig-softmax [data-score="{k}"]').fill(str(z))
        sentences.append(page.locator("#fig-softmax .play-says").text_content())
    for sentence in sentences:
        assert re.match(r"[A-Zd]", sentence)
        assert re.search(r"\. (?!d[A-Z])[a-z]|[;,] [A-Z][a-z]{2}", sentence) is None
        assert sentence.endswith(".")
    assert sum("m\u00a0=\u00a01" in sentence for sentence in sentences) == 2
    assert "none is longer than one" in sentences[-1]


@pytest.mark.parametrize("by", [0.25, -0.25])
def test_the_loss_rises_or_falls_by_a_size(page, by):
    page.locator("#fig-nudge .play-push").fill(str(by))
    changed = pencil.W1.copy()
    changed[0, 0] += by
    x = X_pencil[:, 0]
    change = state(pencil._replace(W1=changed), x, 0)["J"] - state(pencil, x, 0)["J"]
    way = "rises" if change > 0 else "falls"
    limit = state(pencil, x, 0)["dW1[0,0]"]
    price, slope = number(change / by, 3), number(limit, 3)
    assert price != slope
    felt = (
        f"The loss {way} by {abs(change):.4f}: {price} per unit of this push, "
        f"and {slope} of a tiny one."
    )
    expect(page.locator("#fig-nudge .play-says")).to_contain_text(felt)
    expect(page.locator("#fig-nudge .play-price")).to_contain_text("0.000001: 2.")


ANSWERED = {
    "one more": lambda figure: figure.locator('[data-add="1"]').click(),
    "a place": lambda figure: figure.locator("[data-preset]").first.click(),
    "a slider": lambda figure: figure.locator('[data-score="0"]').fill("2"),
    "temperature": lambda figure: figure.locator(".play-temperature").fill("1"),
    "the truth": lambda figure: figure.locator(".play-label").select_option("0"),
    "again": lambda figure: figure.locator(".play-reset").click(),
}


@pytest.mark.parametrize(
    ("other", "asked"), [*((other, 0) for other in ANSWERED), *(("one more", k) for k in (1, 2, 3))]
)
def test_an_answer_goes_with_the_moment_of_which_it_speaks(page, other, asked):
    figure = page.locator("#fig-softmax")
    for place in range(asked + 1):
        if place:
            figure.locator("button", has_text="Next question").click()
        figure.locator(".play-ask button").first.click()
        assert figure.locator(".play-verdict").count() == 1
    ANSWERED[other](figure)
    assert figure.locator(".play-verdict").count() == 0
    first = figure.locator(".play-ask p").all_text_contents()
    assert ["the same number" in text for text in first] == (
        [True] if other == "again" else [False] * (asked < 3)
    )


@pytest.mark.parametrize("scores", [[5.0, 0.0, -2.0], [5.0, 3.0, 4.5], [4.5, -4.0, 2.0]])
def test_the_same_is_added_to_all_or_its_answer_would_be_wrong(page, scores):
    for k, z in enumerate(scores):
        page.locator(f'#fig-softmax [data-score="{k}"]').fill(str(z))
    before = shown(page, "fig-softmax")
    page.locator("#fig-softmax .play-ask button").first.click()
    assert shown(page, "fig-softmax") == before


@pytest.mark.parametrize("temperature", [0.25, 0.5, 1, 4])
def test_slopes_at_a_temperature_are_those_of_the_scores(page, temperature):
    figure = page.locator("#fig-softmax")
    scores, Y = np.array([[-1.3], [0.5], [-0.2]]), np.eye(3)[:, [2]]
    figure.locator(".play-temperature").fill(str(np.log2(temperature)))
    A2 = functions.softmax(scores / temperature)
    seen = shown(page, "fig-softmax")
    rows = figure.locator(".play-table tbody tr")
    for k in range(3):
        up, down = (
            float(functions.cross_entropy((scores + h * np.eye(3)[:, [k]]) / temperature, Y))
            for h in (1e-5, -1e-5)
        )
        slope = (up - down) / 2e-5
        assert seen[f"slope[{k}]"] == signed(slope, 3)
        assert seen[f"dZ2[{k}]"] == signed((A2 - Y)[k, 0], 3)
        expect(rows.nth(k).locator("td").nth(4)).to_have_text(number(slope, 3))
        expect(rows.nth(k).locator("td").nth(1)).to_have_text(number(A2[k, 0], 3))
    said = figure.locator(".play-says")
    named = f"Each slope is (A2\u00a0−\u00a0Y)/{temperature:.2f}."
    assert (named in said.text_content()) == (temperature != 1)
    assert len(said.text_content()) < 130


def test_a_table_shows_the_numbers_of_now(page):
    figure = page.locator("#fig-step")
    figure.locator(".play-example").select_option("1")
    figure.locator('[data-handle="W1[0,1]"]').press("ArrowUp")
    changed = pencil.W1.copy()
    changed[0, 1] += 0.1
    found = state(pencil._replace(W1=changed), X_pencil[:, 1], 1)
    rows = figure.locator(".play-table tbody tr").evaluate_all(
        "all => all.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    assert len(rows) > 12
    for key, value, slope in rows:
        assert value == number(found[key], 4)
        assert slope in ("", number(found.get(f"d{key}", 0.0), 4))


@pytest.mark.parametrize("name", ["fig-step", "fig-nudge"])
def test_all_numbers_to_change_are_one_stop_after_the_question(page, name):
    figure = page.locator(f"#{name}")
    figure.locator(".play-next, .play-reset").first.focus()
    if name == "fig-step":
        figure.locator(".play-stage").fill("5")
    handles = figure.locator("[data-handle]")
    assert handles.count() == figure.locator("[data-handle][tabindex]").count() > 8
    stops = figure.locator(
        ":is(button, select, input, summary, [tabindex='0']):visible"
    ).evaluate_all(
        "all => all.map((a) => a.closest('.play-ask') ? 'ask' : a.dataset.handle || a.tagName)"
    )
    places = [i for i, stop in enumerate(stops) if "[" in stop]
    assert len(places) == 1
    assert max(i for i, stop in enumerate(stops) if stop == "ask") < places[0]
    assert len(stops) < 15
    handles.first.focus()
    before = handles.first.get_attribute("aria-valuenow")
    for key, place in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        at = "document.activeElement.dataset.handle"
        assert page.evaluate(at) == handles.nth(place).get_attribute("data-handle")
    assert handles.first.get_attribute("aria-valuenow") == before
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.handle") is None
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(at) == handles.nth(1).get_attribute("data-handle")


def test_what_can_be_dragged_has_a_grip_and_nothing_else_has(page):
    grips = page.locator("svg .play-handle").evaluate_all(
        "all => all.map((a) => [a.getAttribute('role') === 'spinbutton',"
        " getComputedStyle(a.querySelector('.play-grip')).display !== 'none'])"
    )
    assert {tuple(grip) for grip in grips} == {(True, True), (False, False)}


def test_symbols_are_folded_below_the_caption(page):
    fold = page.locator("#fig-step .play-lit")
    assert fold.evaluate("it => it.previousElementSibling.tagName") == "FIGCAPTION"
    assert not fold.locator("button").first.is_visible()
    expect(fold).to_contain_text("lights up wherever it stands")


def test_a_place_may_be_hot(page):
    page.locator('#fig-softmax [data-preset="Hot"]').click()
    A2 = functions.softmax(np.array([[0.5], [1.0], [2.0]]))
    seen = shown(page, "fig-softmax")
    assert [seen[f"A2[{k}]"] for k in range(3)] == [number(p, 3) for p in A2[:, 0]]


def test_a_screen_reader_is_told_the_state(page):
    page.locator("#fig-step .play-next").click()
    expect(page.locator("#fig-step [role=status]")).to_contain_text("Z1[0] =")


def top(locator):
    return locator.evaluate("it => Math.round(it.getBoundingClientRect().top + scrollY)")


BOXES = """(figure, parts) => parts.map((part) => {
  const { left, right, top, bottom } = figure.querySelector(part).getBoundingClientRect();
  return { left, right, top: top + scrollY, bottom: bottom + scrollY };
})"""


def boxes(figure, *parts):
    return figure.evaluate(BOXES, parts)


def every_stage(figure):
    """Go through all stages, and take a step at the end."""
    for _ in range(11):
        yield
        figure.locator(".play-next").press("Enter")
    figure.locator(".play-take").click()
    yield


def test_on_a_phone_a_press_and_what_it_changes_are_in_sight_together(page):
    page.set_viewport_size({"width": 390, "height": 844})
    figure = page.locator("#fig-step")
    tops = set()
    for _ in every_stage(figure):
        svg, pressed, title, told, ask, beside, more = boxes(
            figure,
            *("svg", ".play-next", ".play-title", ".play-says"),
            *(".play-ask", ".play-beside", ".play-more"),
        )
        assert svg["bottom"] < pressed["top"] < title["top"] < told["top"]
        assert told["bottom"] - svg["top"] < 844 - 64
        lowest = max(part["bottom"] for part in (told, ask, beside))
        assert more["top"] - lowest < 70
        tops.add(round(svg["top"]))
    assert len(tops) == 1


@pytest.mark.parametrize(("width", "high"), [(1280, 800), (1920, 1080)])
@pytest.mark.parametrize("name", ["fig-step", "fig-nudge", "fig-named", "fig-softmax"])
def test_where_there_is_room_words_stand_beside_the_drawing(page, width, high, name):
    page.set_viewport_size({"width": width, "height": high})
    figure = page.locator(f"#{name}")
    stages = every_stage(figure) if name == "fig-step" else [None]
    places = set()
    for _ in stages:
        svg, field, panel, controls, *parts = boxes(
            figure,
            *("svg", ".play-field", ".play-panel"),
            *(".play-controls", ".play-says", ".play-beside"),
        )
        assert panel["left"] > svg["right"]
        assert abs(panel["top"] - svg["top"]) < 12
        lowest = max(part["bottom"] for part in (controls, *parts)) - field["top"]
        assert lowest < high - 64
        places.add((round(svg["top"]), round(controls["top"])))
    assert len(places) == 1


EMPTY = """(figure) => {
  const bottom = (part) => part.getBoundingClientRect().bottom;
  const seen = [...figure.querySelectorAll(".play-field *")]
    .filter((part) => !part.childElementCount && part.textContent && part.checkVisibility());
  return bottom(figure.querySelector(".play-field")) - Math.max(...seen.map(bottom));
}"""


@pytest.mark.parametrize("name", ["fig-step", "fig-nudge", "fig-named", "fig-softmax", "fig-rates"])
def test_no_figure_has_a_hole_above_its_caption(page, name):
    page.set_viewport_size({"width": 1280, "height": 800})
    figure = page.locator(f"#{name}")
    for _ in every_stage(figure) if name == "fig-step" else [None]:
        assert figure.evaluate(EMPTY) < 60
    for text in ("Nudge all", "Go back once instead"):
        if figure.locator("button", has_text=text).count():
            figure.locator("button", has_text=text).click()
            assert figure.evaluate(EMPTY) < 60


def test_places_stand_in_a_row_where_there_is_room(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    svg, beside = boxes(page.locator("#fig-softmax"), "svg", ".play-beside")
    assert beside["top"] > svg["bottom"]
    assert beside["right"] - beside["left"] > 400


def test_what_a_nudge_has_found_stands_at_its_parameter_too(page):
    figure = page.locator("#fig-nudge")
    chips = figure.locator("svg .play-found")
    assert chips.count() == 0
    figure.locator(".play-push").fill("0.1")
    slopes = nnfs.backward(
        pencil,
        nnfs.forward(pencil, X_pencil[:, :1]),
        X_pencil[:, :1],
        functions.one_hot(y_pencil[:1], n_classes=2),
    )
    assert chips.all_text_contents() == [signed(slopes.W1[0, 0])]
    figure.locator("button", has_text="Nudge all").click()
    found = sorted(chips.all_text_contents())
    assert found == sorted(signed(slope) for block in slopes for slope in block.ravel())
    drawn = figure.locator("svg .play-handle rect:not(.play-reach), svg .play-found rect")
    places = drawn.evaluate_all(
        "all => all.map((a) => a.getBBox()).map((b) => [b.x, b.y, b.x + b.width, b.y + b.height])"
    )
    for i, (left, upper, right, lower) in enumerate(places):
        for a, b, c, d in places[:i]:
            assert left >= c or a >= right or upper >= d or b >= lower


# What is wrong with the texts of a drawing: two that meet, one that leaves the picture, one in a
# box of another number, and one that is struck through by another number's edge. Of the height of
# a line a tenth above and a quarter below is empty.
COLLISIONS = """(svg) => {
  const seen = (part) => {
    const { visibility, display } = getComputedStyle(part);
    return visibility !== "hidden" && display !== "none";
  };
  const place = (part) => {
    const { x, y, width, height } = part.getBBox();
    const [top, bottom] = part.matches("text") ? [0.1, 0.75] : [0, 1];
    return [x, y + top * height, x + width, y + bottom * height];
  };
  const meet = ([a, b, c, d], [e, f, g, h]) => a < g && e < c && b < h && f < d;
  const inside = ([a, b, c, d], [e, f, g, h]) => a >= e && c <= g && b >= f && d <= h;
  const all = (what) => [...svg.querySelectorAll(what)].filter(seen);
  const keyOf = (text) =>
    (text.closest("[data-handle]") || text).dataset.handle ||
    text.querySelector("[data-key]")?.dataset.key.replace(/^d/, "");
  const ends = (edge) => ["x1", "y1", "x2", "y2"].map((name) => Number(edge.getAttribute(name)));
  const strikes = (edge, [left, top, right, bottom]) => {
    const [x1, y1, x2, y2] = ends(edge);
    return Array.from({ length: 101 }, (_, i) => i / 100).some((t) => {
      const [x, y] = [x1 + t * (x2 - x1), y1 + t * (y2 - y1)];
      return x > left && x < right && y > top && y < bottom;
    });
  };
  const { width, height } = svg.viewBox.baseVal;
  const boxes = all(".play-handle rect:not(.play-reach), .play-unit > rect, .play-chip").map(place);
  const texts = all("text").filter((text) => text.textContent.trim());
  return texts.flatMap((text, i) => {
    const [mine, told, key] = [place(text), text.textContent, keyOf(text)];
    const others = texts.slice(0, i).filter((other) => meet(mine, place(other)));
    const edges = text.closest(".play-found") ? [] : all("line[data-edge]");
    const struck = edges.filter(({ dataset }) => dataset.edge !== key);
    return [
      ...(inside(mine, [0, -2, width, height + 2]) ? [] : [`${told} leaves the picture`]),
      ...others.map((other) => `${told} meets ${other.textContent}`),
      ...boxes.filter((box) => meet(mine, box) && !inside(mine, box)).map(() => `${told} on a box`),
      ...struck.filter((edge) => strikes(edge, mine)).map(() => `${told} is struck through`),
    ];
  });
}"""


@pytest.mark.parametrize("example", ["0", "1"])
def test_no_texts_meet_at_any_stage(page, example):
    figure = page.locator("#fig-step")
    figure.locator(".play-example").select_option(example)
    svg = figure.locator("svg")
    for stage in range(11):
        figure.locator(".play-stage").fill(str(stage))
        assert svg.evaluate(COLLISIONS) == []
    for _ in range(3):
        figure.locator(".play-take").click()
        assert svg.evaluate(COLLISIONS) == []


@pytest.mark.parametrize(
    ("name", "by"), [("fig-nudge", "0.5"), ("fig-named", "-0.5"), ("fig-short", "0.5")]
)
def test_no_texts_meet_after_all_nudges(page, name, by):
    figure = page.locator(f"#{name}")
    svg = figure.locator("svg")
    assert svg.evaluate(COLLISIONS) == []
    figure.locator("button", has_text="Nudge all").click()
    keys = figure.locator(".play-which option").evaluate_all("all => all.map((a) => a.value)")
    for key in keys:
        figure.locator(".play-which").select_option(key)
        figure.locator(".play-push").fill(by)
        assert svg.evaluate(COLLISIONS) == []


def test_no_texts_meet_without_scripts(new_page, played):
    page = new_page()
    page.route("**/playing/*.js*", lambda route: route.abort())
    page.goto(played, wait_until="load")
    for svg in page.locator(".play:is(.play-step, .play-nudge, .play-drawing) svg").all():
        assert svg.evaluate(COLLISIONS) == []


def test_a_bar_is_drawn_up_and_a_finger_scrolls(page):
    score = page.locator('#fig-softmax [data-score="1"]')
    bar = page.locator("#fig-softmax .play-room").nth(1)
    bar.scroll_into_view_if_needed()
    place = bar.bounding_box()
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] - 50)
    page.mouse.up()
    page.mouse.move(middle[0], middle[1] + 90)
    assert score.input_value() == "2.5"
    at_rest = score.input_value()
    bar.dispatch_event("pointerdown", {"pointerType": "touch", "button": 0, "clientY": 100})
    bar.dispatch_event("pointermove", {"pointerType": "touch", "clientY": 20})
    assert score.input_value() == at_rest


def test_the_way_back_runs_from_right_to_left_and_not_through_what_is_off(page):
    counts = []
    for stage in range(11):
        page.locator("#fig-step .play-stage").fill(str(stage))
        ends = page.locator("#fig-step svg .play-blame").evaluate_all(
            "all => all.map((a) => [...a.children].map((path) => path.getPointAtLength(0).x))"
        )
        assert all(head < shaft for shaft, head in ends)
        counts.append(len(ends))
    assert counts == [0] * 6 + [2, 4, 4, 4, 0]
    page.locator("#fig-step .play-example").select_option("1")
    page.locator("#fig-step .play-stage").fill("9")
    found = state(pencil, X_pencil[:, 1], 1)
    felt = sum(value != 0 for name, value in found.items() if name.startswith("dW1"))
    assert 0 < felt < 4
    assert page.locator("#fig-step svg .play-blame").count() == felt


def test_one_next_too_many_changes_nothing_and_a_step_stays_told(page):
    figure = page.locator("#fig-step")
    take = figure.locator(".play-take")
    take.click(force=True)
    for _ in range(14):
        figure.locator(".play-next").press("Enter")
    seen = shown(page, "fig-step")
    assert seen == expected(pencil, X_pencil[:, 0], 0, seen)
    losses = [seen["J"]]
    for _ in range(2):
        take.click()
        figure.locator(".play-stage").fill("10")
        losses.append(shown(page, "fig-step")["J"])
    expect(figure.locator(".play-steps")).to_have_text(f"After 2 steps: loss {' → '.join(losses)}.")


@pytest.mark.parametrize("stage", [5, 7, 9])
def test_a_question_that_is_passed_is_folded_beside_the_result(page, stage):
    figure = page.locator("#fig-step")
    figure.locator(".play-stage").fill(str(stage + 1))
    result = shown(page, "fig-step"), figure.locator(".play-says").text_content()
    figure.locator(".play-stage").fill(str(stage))
    question = figure.locator(".play-ask p").text_content()
    figure.locator(".play-next").click()
    assert (shown(page, "fig-step"), figure.locator(".play-says").text_content()) == result
    assert figure.locator(".play-beside td").count() > 0
    expect(figure.locator(".play-passed summary")).to_have_text(question)
    assert not figure.locator(".play-passed p").is_visible()


def test_after_a_step_drawing_table_and_sentence_speak_of_the_same_moment(page):
    figure = page.locator("#fig-step")
    figure.locator(".play-stage").fill("10")
    before = shown(page, "fig-step")
    figure.locator(".play-take").click()
    now = shown(page, "fig-step")
    expect(figure.locator(".play-beside th[scope=col]")).to_have_text(["before", "now"] * 2)
    row = figure.locator(".play-beside tr", has_text="W1[0,0]").locator("td")
    for cell, seen in zip(row.all_text_contents(), (before, now), strict=True):
        assert abs(float(cell) - float(seen["W1[0,0]"])) < 0.006
    expect(figure.locator(".play-says")).to_contain_text(
        f"Now the loss of this example is {now['J']}"
    )
    expect(figure.locator(".play-says")).to_contain_text(f"it was {before['J']}")


def test_what_a_dragged_weight_has_moved_is_said(page):
    figure = page.locator("#fig-step")
    figure.locator(".play-stage").fill("9")
    figure.locator('[data-handle="W1[0,0]"]').press("ArrowUp")
    expect(figure.locator(".play-steps")).to_contain_text(
        "W1[0,0]: 1.00 → 1.10. Moved with it: Z1[0]"
    )


def test_a_number_is_changed_without_dragging_it(page):
    figure = page.locator("#fig-step")
    handle = figure.locator('[data-handle="b1[1]"]')
    before = float(handle.get_attribute("aria-valuenow"))
    box = handle.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    by = figure.get_by_role("group", name="b1[1] by a tenth")
    for name, change in (("More", 0.1), ("Less", 0.0), ("Less", -0.1)):
        by.get_by_role("button", name=name).click()
        assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(before + change)


def test_the_way_back_is_drawn_and_stops_at_a_closed_gate(page):
    figure = page.locator("#fig-nudge")
    question = figure.locator(".play-ask").text_content()
    figure.locator('[data-handle="b1[0]"]').press("Home")
    assert figure.locator("svg .play-stop").count() == 0
    figure.locator(".play-reset").click()
    figure.locator("button", has_text="Go back once instead").press("Enter")
    assert figure.locator("svg .play-blame").count() == 10
    assert figure.locator("svg .play-arrived").count() == 4
    assert figure.locator("svg .play-found").count() == 12
    expect(figure.locator(".play-says")).to_be_focused()
    expect(figure.locator(".play-says")).to_contain_text("finds all 12 slopes")
    assert figure.locator(".play-ask").text_content() == question


def test_a_step_stays_at_the_last_stage_and_offers_another(page):
    figure = page.locator("#fig-step")
    figure.locator(".play-stage").fill("10")
    take = figure.locator(".play-take")
    losses = [shown(page, "fig-step")["J"]]
    for _ in range(3):
        take.click()
        assert figure.locator(".play-stage").input_value() == "10"
        seen = shown(page, "fig-step")
        assert {"W1[0,0]", "Z1[0]", "A2[1]", "J"} < seen.keys()
        losses.append(seen["J"])
        expect(take).to_have_text("Take another step")
    assert losses == sorted(losses, reverse=True)
    assert " → ".join(losses) in figure.locator(".play-steps").text_content()
    figure.locator('[data-handle="b2[0]"]').press("ArrowUp")
    anew = shown(page, "fig-step")["J"]
    take.click()
    assert f"; {anew} → " in figure.locator(".play-steps").text_content()


def test_a_push_closes_its_question_and_judges_nobody(page):
    figure = page.locator("#fig-nudge")
    figure.locator(".play-push").fill("-0.1")
    expect(figure.locator(".play-ask")).to_be_empty()
    figure.locator('[data-handle="W2[0,1]"]').focus()
    expect(figure.locator(".play-ask")).to_contain_text("Predict: W2[0,1]")


def test_a_verdict_goes_with_the_push_of_which_it_speaks(page):
    figure = page.locator("#fig-nudge")
    figure.locator(".play-ask button").first.click()
    expect(figure.locator(".play-verdict")).to_contain_text("when W1[0,0] is pushed up a little")
    figure.locator(".play-push").fill("-0.5")
    assert figure.locator(".play-verdict").count() == 0


def test_a_nudge_finds_all_the_digits_that_one_pass_back_finds(page):
    figure = page.locator("#fig-nudge")
    for text in ("Nudge all", "Go back once instead"):
        figure.locator("button", has_text=text).click()
    rows = figure.locator(".play-beside tr:has(td + td)")
    found = rows.evaluate_all(
        "all => all.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
    )
    slopes = [cells for cells in found if all(cells)]
    assert len(slopes) == 12
    assert [by_nudge for by_nudge, _ in slopes] == [by_pass for _, by_pass in slopes]


def test_a_used_button_leaves_the_page_where_it_is(page):
    figure = page.locator("#fig-nudge")
    for text in ("Nudge all", "Go back once instead"):
        figure.locator("button", has_text=text).focus()
        before = page.evaluate("scrollY")
        page.keyboard.press("Enter")
        assert page.evaluate("scrollY") == before
    expect(figure.locator(".play-says")).to_be_focused()


def test_a_push_arrives_layer_by_layer_and_again(new_page, played):
    page = new_page()
    page.clock.install(time=0)
    page.goto(played, wait_until="load")
    page.clock.pause_at(60_000)
    before = state(pencil, X_pencil[:, 0], 0)
    names = ("Z1[0]", "Z2[1]", "J")
    page.locator("#fig-nudge .play-push").fill("0.3")
    for _ in range(2):
        for arrived in range(4):
            seen = shown(page, "fig-nudge")
            old = expected(pencil, X_pencil[:, 0], 0, names)
            assert [seen[name] != old[name] for name in names] == [i < arrived for i in range(3)]
            assert page.locator("#fig-nudge .play-delta").count() == (0, 1, 3, 4)[arrived]
            page.clock.run_for(301)
        page.locator("#fig-nudge .play-replay").click()
    assert number(before["J"], 3) == shown(page, "fig-nudge")["J"]


def test_a_page_asks_for_its_layout_a_few_times_and_not_for_every_sentence(new_page, played):
    page = new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(played, wait_until="load")
    metrics = session.send("Performance.getMetrics")["metrics"]
    found = {metric["name"]: metric["value"] for metric in metrics}
    # Room is kept for some 170 sentences of seven playthings.
    assert 0 < found["LayoutCount"] < 80


def test_numbers_stay_in_their_boxes(page):
    page.locator("#fig-step .play-stage").fill("10")
    for key in ("W1[0,1]", "X[1]", "b2[0]"):
        page.locator(f'#fig-step [data-handle="{key}"]').press("Home")
    wide = page.locator("#fig-step svg .play-handle").evaluate_all(
        """all => all.filter((one) => one.querySelector("[data-key]").getComputedTextLength() + 6
           > Number(one.querySelector("rect:not(.play-reach)").getAttribute("width"))).length"""
    )
    assert wide == 0


def test_an_arrow_is_the_gap_between_bar_and_truth(page):
    for k, z in enumerate([2.0, 1.0, -4.5]):
        page.locator(f'#fig-softmax [data-score="{k}"]').fill(str(z))
    A2 = functions.softmax(np.array([[2.0], [1.0], [-4.5]]))[:, 0]
    arrows = page.locator("#fig-softmax .play-arrow").evaluate_all(
        "all => all.map((a) => a.getAttribute('d').match(/^M\\S+ (\\S+?)(?:V([\\d.]+)m|h)/))"
    )
    tall = float(page.locator("#fig-softmax .play-room").first.get_attribute("height"))
    lengths = [(float(start) - float(tip)) / tall if tip else 0.0 for _, start, tip in arrows]
    np.testing.assert_allclose(lengths, A2 - np.eye(3)[2], atol=1e-3)
    page.locator('#fig-softmax [data-score="0"]').fill("-5")
    assert "V" not in page.locator("#fig-softmax .play-arrow").first.get_attribute("d")


def test_each_slider_is_under_its_bar_and_in_sight_with_it(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    place = (
        "it => { const r = it.getBoundingClientRect(); return [r.left + r.width / 2, r.bottom]; }"
    )
    bars = page.locator("#fig-softmax .play-room")
    for k in range(3):
        bar, slider = (
            found.evaluate(place)
            for found in (bars.nth(k), page.locator(f'#fig-softmax [data-score="{k}"]'))
        )
        assert abs(bar[0] - slider[0]) < 4
        assert 0 < slider[1] - bar[1] < 250


@each_view
def test_playthings_are_accessible(new_page, played, view):
    assert view in VIEWS
    page = new_page(**window(view))
    page.goto(played, wait_until="load")
    page.locator("#fig-step .play-stage").fill("9")
    page.locator("#fig-nudge .play-ask button").first.click()
    page.locator("#fig-rates .play-ask button").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_a_pointer_reaches_hides_nothing_in_forced_colours(new_page, played):
    page = new_page(forced_colors="active")
    page.goto(played, wait_until="load")
    style = "all => all.map((a) => getComputedStyle(a)).map((s) => s.fill + s.forcedColorAdjust)"
    styles = page.locator(".play-reach").evaluate_all(style)
    assert styles
    assert set(styles) <= {"rgba(0, 0, 0, 0)none", "nonenone"}


SIZES = """() => [...document.querySelectorAll(".play svg [data-key]")].map((place) => {
  const svg = place.ownerSVGElement;
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return scale * parseFloat(getComputedStyle(place).fontSize);
})"""


def test_numbers_can_be_read_on_a_phone(new_page, played):
    page = new_page(viewport={"width": 390, "height": 800}, has_touch=True)
    page.goto(played, wait_until="load")
    assert min(page.evaluate(SIZES)) >= 11


def test_without_scripts_the_figure_stands_and_nothing_to_handle(new_page, played):
    page = new_page(java_script_enabled=False)
    page.goto(played, wait_until="load")
    assert page.locator("figure.plaything").count() == 11
    assert not page.locator(".play-controls").first.is_visible()
    page.locator("#fig-step summary").click()
    expect(page.locator("#fig-step table")).to_contain_text("W1[0,0]")


def ends(figure):
    return figure.locator("[data-curve]").get_attribute("d")


def test_a_curve_is_a_line_and_not_a_ground(page):
    curve = page.locator("#fig-rates [data-curve]")
    assert curve.evaluate("it => getComputedStyle(it).fill") == "none"


def test_signs_stand_where_a_curve_should_go(page):
    figure = page.locator("#fig-rates")
    figure.locator(".play-ask button", has_text="Show the answer").click()
    signs = figure.locator("[data-aim]")
    assert signs.evaluate_all("all => all.map((it) => it.dataset.aim)") == [
        "circle",
        "cross",
        "cross",
    ]
    ends = signs.evaluate_all(
        """all => all.map((it) => {
          const path = it.ownerSVGElement.querySelector("[data-curve]");
          const [at, to] = [it.getBoundingClientRect(), path.getBoundingClientRect()];
          return [at.x + at.width / 2 - to.x, to.bottom - at.y - at.height / 2];
        })"""
    )
    curve = figure.locator("[data-curve]").bounding_box()
    # At 0.7 the loss goes from 4 over 6 to 9: the crosses are its ends.
    assert ends[1] == pytest.approx([0, 0], abs=4)
    assert ends[2] == pytest.approx([curve["width"], curve["height"]], abs=4)
    expect(figure.locator(".play-legend")).to_contain_text("low")


def test_a_grid_goes_by_keys_to_what_was_computed(page):
    figure = page.locator("#fig-rates")
    figure.locator(".play-ask button", has_text="Show the answer").click()
    slider = figure.locator("[data-axis]")
    slider.focus()
    page.keyboard.press("Home")
    paths = set()
    for alpha, end in (("0.1", 1.0), ("0.5", 0.5), ("0.7", 9.0)):
        assert slider.get_attribute("aria-valuetext") == alpha
        expect(figure.locator(".play-says")).to_contain_text(f"With {alpha} it ends at {end}.")
        bar = figure.locator(".play-bar-row").nth(2)
        expect(bar).to_contain_text(number(end / 10, 2))
        paths.add(ends(figure))
        page.keyboard.press("ArrowRight")
    assert len(paths) == 3


def test_a_grid_hides_what_it_asks_and_a_wrong_answer_is_told(page):
    figure = page.locator("#fig-rates")
    curve = figure.locator("path[data-part=loss]")
    assert not curve.is_visible()
    figure.locator(".play-ask button", has_text="Lower").click()
    expect(figure.locator(".play-verdict")).to_have_text("Look again. At 0.7 it ends at 9.0.")
    assert figure.locator("[data-axis]").get_attribute("aria-valuetext") == "0.7"
    assert curve.evaluate("it => getComputedStyle(it).visibility") == "visible"
    figure.locator("[data-preset=Safe]").click()
    assert figure.locator(".play-verdict").count() == 0


def test_a_share_is_rounded_once_and_one_that_is_missing_has_its_name(page):
    figure = page.locator("#fig-shares")
    rows = figure.locator(".play-bar-row")
    assert [text.strip() for text in rows.all_text_contents()] == ["0.099", "0.900"]
    figure.locator("[data-axis]").press("ArrowRight")
    assert [text.strip() for text in rows.all_text_contents()] == ["0.099", "NaN"]
    hatched = rows.locator("svg").evaluate_all(
        "all => all.map((it) => getComputedStyle(it).backgroundImage.includes('gradient'))"
    )
    assert hatched == [False, True]


@pytest.mark.parametrize("width", [1280, 390])
def test_drawings_are_as_wide_as_their_block_and_their_words_can_be_read(new_page, played, width):
    page = new_page(viewport={"width": width, "height": 900})
    page.goto(played, wait_until="load")
    for name in ("rates", "planes"):
        figure = page.locator(f"#fig-{name}")
        drawn = figure.locator(".play-picture svg[role=img]").last.bounding_box()
        assert drawn["width"] > 0.9 * figure.bounding_box()["width"]
        sizes = figure.locator(".play-picture svg[role=img] text").evaluate_all(
            """all => all.map((it) => {
              const svg = it.ownerSVGElement;
              const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
              return scale * parseFloat(getComputedStyle(it).fontSize);
            })"""
        )
        assert min(sizes) >= 13
    turn = page.locator("#fig-planes [data-what=turn]").first
    assert turn.get_attribute("aria-valuetext") == "20°"


def test_before_the_answer_nothing_can_be_moved_and_the_frame_says_why(page):
    figure = page.locator("#fig-rates")
    handled = figure.locator("[data-axis], .play-places button")

    def disabled():
        return handled.evaluate_all("all => all.map((one) => one.disabled)")

    expect(figure.locator("svg .play-wait")).to_be_visible()
    assert disabled() == [True] * 4
    for part in (".play-legend", "[data-preset=Fast]", "[data-mark]"):
        expect(figure.locator(part).first).to_be_hidden()
    figure.locator(".play-ask button", has_text="Higher").click()
    assert disabled() == [False] * 4
    expect(figure.locator("svg .play-wait")).to_be_hidden()
    expect(figure.locator(".play-legend").first).to_be_visible()
    figure.locator(".play-reset").click()
    assert disabled() == [True] * 4


def test_what_a_question_hides_is_printed_as_answered(page):
    figure = page.locator("#fig-rates")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(figure.locator("[data-curve]")).to_be_visible()
    expect(figure.locator("svg .play-wait")).to_be_hidden()
    expect(figure.locator(".play-says")).to_have_text("With 0.7 it ends at 9.0.")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(figure.locator("[data-curve]")).to_be_hidden()
    expect(figure.locator(".play-ask")).to_contain_text("Where does it end")


def test_presets_of_a_grid_are_pressed_where_they_lead_and_can_be_linked(page):
    figure = page.locator("#fig-rates")
    fast = figure.locator("[data-preset=Fast]")
    figure.locator(".play-ask button", has_text="Show the answer").click()
    fast.click()
    expect(figure.locator(".play-says")).to_contain_text("Here it is fast.")
    page.wait_for_function("location.search.includes('fig-rates')")
    page.reload()
    expect(fast).to_have_attribute("aria-pressed", "true")
    figure.locator(".play-reset").click()
    assert figure.locator("[data-axis]").get_attribute("aria-valuetext") == "0.1"


@pytest.mark.parametrize("kept", ["[7]", "[0, 1]", "[0.5]", '"x"'])
def test_an_address_that_is_off_the_grid_is_ignored(new_page, played, kept):
    page = new_page()
    page.goto(f"{played}?fig-rates={kept}", wait_until="load")
    slider = page.locator("#fig-rates [data-axis]")
    assert slider.get_attribute("aria-valuetext") == "0.1"


def test_all_words_of_a_grid_can_be_read_on_a_phone(new_page, played):
    page = new_page(viewport={"width": 390, "height": 800}, has_touch=True)
    page.goto(played, wait_until="load")
    page.locator("#fig-rates .play-ask button").first.click()
    sizes = page.locator("#fig-rates").evaluate(
        """(figure) => [...figure.querySelectorAll("svg text, p, button, li, label, .play-said")]
          .filter((part) => part.textContent.trim() && part.getClientRects().length)
          .map((part) => {
            const svg = part.ownerSVGElement;
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return scale * parseFloat(getComputedStyle(part).fontSize);
          })"""
    )
    assert len(sizes) > 10
    assert min(sizes) >= 11


def test_without_scripts_a_grid_shows_its_start(new_page, played):
    page = new_page(java_script_enabled=False)
    page.goto(played, wait_until="load")
    figure = page.locator("#fig-rates")
    expect(figure.locator(".play-says")).to_have_text("With 0.1 it ends at 1.0.")
    assert figure.locator("[data-curve]").is_visible()
    assert not figure.locator("[data-axis]").is_visible()
    assert not figure.locator("[data-preset]").first.is_visible()


def test_print_shows_a_finished_state(page):
    figure = page.locator("#fig-step")
    figure.locator(".play-stage").fill("2")
    on_screen = shown(page, "fig-step")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = shown(page, "fig-step")
    assert printed == expected(pencil, X_pencil[:, 0], 0, printed)
    assert {"J", "dZ2[0]", "dZ1[0]", "dW1[1,1]"} < printed.keys()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown(page, "fig-step") == on_screen


def test_a_gate_that_a_push_opens_or_closes_is_said(page):
    figure = page.locator("#fig-nudge")
    before = state(pencil, X_pencil[:, 0], 0)
    said = 0
    for name in ("b1[0]", "b1[1]"):
        for by in (-1, 1):
            block, i = name[:2], int(name[3])
            changed = getattr(pencil, block).copy()
            changed[i] += by
            after = state(pencil._replace(**{block: changed}), X_pencil[:, 0], 0)
            key = f"Z1[{i}]"
            opens, closes = (before[key] <= 0 < after[key], after[key] <= 0 < before[key])
            figure.locator(".play-which").select_option(name)
            figure.locator(".play-push").fill(str(by))
            text = figure.locator(".play-says").text_content()
            assert (f"the gate of {key} opened" in text) == opens
            assert (f"the gate of {key} closed" in text) == closes
            said += opens or closes
    assert said > 0


def test_a_closed_gate_is_said_to_open_once_its_number_is_above_zero(page):
    figure = page.locator("#fig-closed")
    before = state(pencil, X_pencil[:, 1], 1)["Z1[0]"]
    assert before == -1
    for by, opens in (("0.95", False), ("1", False), ("1.05", True)):
        figure.locator(".play-push").fill(by)
        text = figure.locator(".play-says").text_content()
        assert ("On the way the gate of Z1[0] opened." in text) == opens
