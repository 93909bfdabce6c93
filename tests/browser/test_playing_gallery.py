"""Find the fault in a browser: readings by keys, a line to name, a state to link, no scripts."""

import json

import pytest
from playwright.sync_api import expect

from tests.book.conftest import address_of_page
from tests.browser.test_accessibility import each_view, violations, window

PAGE = r"""
```{code-cell} ipython3
:tags: [remove-cell]
import numpy as np

import nnfs
from kit.cells.wrong_gradients import lost_transpose, wrong_name
from kit.widgets.playing.cells import Culprit, Patient, keep
from nnfs import network

rng = np.random.default_rng(0)
checked = nnfs.init_params(7, 5, 5, dtype=np.float64), rng.normal(size=(7, 4)), np.arange(4)
patients = [
    Patient("P", lost_transpose, nnfs.update, (1,), "No transpose."),
    Patient("Q", network.gradient, nnfs.update, (), "Nothing is wrong."),
    Patient("R", network.gradient, wrong_name, (2,), "The biases stay."),
]
code = ["dZ2 = A2 - Y", "dZ1 = (W2.T @ dZ2) * (Z1 > 0)", "W1, b1 = ..."]
keep("fault", Culprit(patients, checked, checked, checked[1:], steps=20, code=code))
```

See {numref}`fig-fault`.

```{plaything} fault
:name: fig-fault
Patients.

Guess first.
```
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return address_of_page(tmp_path_factory.mktemp("culprit"), PAGE)


@pytest.fixture
def figure(new_page, played):
    page = new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(played, wait_until="load")
    yield page.locator("#fig-fault")
    assert errors == []


def test_an_instrument_shows_the_blocks_that_are_wrong(figure):
    figure.locator('[data-instrument="blocks"]').press("Enter")
    expect(figure.locator(".play-says")).to_contain_text("dW1, db1 disagree")
    widths = figure.locator("[data-bar]").evaluate_all(
        "all => all.map((bar) => Number(bar.getAttribute('width')))"
    )
    assert max(widths[:2]) < 60
    assert min(widths[2:]) > 180
    expect(figure.locator('[data-view="path"]')).to_be_hidden()


def test_the_culprit_is_named_by_keys(figure):
    figure.locator('[data-line="0"]').press("Enter")
    expect(figure.locator(".play-ask")).to_contain_text("Not that one")
    figure.locator('[data-instrument="blocks"]').press("Enter")
    line = figure.locator('[data-line="1"]')
    line.press("Enter")
    expect(line).to_be_focused()
    expect(figure.locator(".play-ask")).to_have_text("Right, with 2 instruments. No transpose.")


def test_a_wrong_line_has_a_cross_and_its_verdict_and_a_sheet_keeps_what_was_done(figure):
    def sign(line):
        return line.evaluate("it => getComputedStyle(it, '::before').content")

    wrong, right = (figure.locator(f'[data-line="{i}"]') for i in (0, 1))
    wrong.click()
    expect(wrong).to_contain_text("Not that one.")
    assert "×" in sign(wrong)
    figure.locator('[data-instrument="blocks"]').click()
    right.click()
    expect(right).to_contain_text("Right.")
    assert "✓" in sign(right)
    expect(wrong).not_to_contain_text("Not that one.")
    rows = figure.locator(".play-sheet tr")
    done = rows.nth(1).locator("td").all_text_contents()
    assert done == ["read", "", "", "read", "", "✓"]
    assert set(rows.nth(2).locator("td").all_text_contents()) == {""}
    names = figure.locator(".play-group").all_text_contents()
    assert names == ["Patient", "Instrument", "Which line is at fault?"]


def test_each_patient_has_a_verdict_of_its_own(figure):
    figure.locator('[data-patient="1"]').click()
    expect(figure.locator(".play-ask")).to_contain_text("Which line is at fault?")
    figure.locator('[data-line="-1"]').click()
    expect(figure.locator(".play-ask")).to_contain_text("Nothing is wrong.")
    figure.locator('[data-patient="2"]').click()
    figure.locator('[data-instrument="step"]').click()
    expect(figure.locator(".play-says")).to_contain_text("b1 and b2 have not gone")
    expect(figure.locator('[data-line="-1"]')).to_have_attribute("aria-pressed", "false")


def test_a_state_can_be_linked_and_a_wrong_one_is_ignored(new_page, played):
    page = new_page()
    page.goto(f"{played}?fig-fault={json.dumps({'patient': 2, 'instrument': 'step'})}")
    expect(page.locator('#fig-fault [data-patient="2"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#fig-fault .play-says")).to_contain_text("Step check")
    page.goto(f"{played}?fig-fault={json.dumps({'patient': 9, 'instrument': 'guess'})}")
    expect(page.locator("#fig-fault .play-says")).to_contain_text("Loss curve")


def test_without_scripts_all_readings_stand_in_a_table(new_page, played):
    page = new_page(java_script_enabled=False)
    page.goto(played)
    figure = page.locator("#fig-fault")
    expect(figure.locator("[data-instrument]").first).to_be_hidden()
    figure.locator(".play-table summary").click()
    expect(figure.locator("tbody tr")).to_have_count(18)
    expect(figure.locator("tbody tr").nth(5)).to_contain_text("No transpose.")


@each_view
def test_it_is_accessible(new_page, played, view):
    page = new_page(**window(view))
    page.goto(played)
    page.locator('#fig-fault [data-instrument="blocks"]').click()
    page.locator('#fig-fault [data-line="1"]').click()
    page.locator("#fig-fault .play-table summary").click()
    assert violations(page) == []


WORDS = r"""
```{code-cell} ipython3
:tags: [remove-cell]
from kit.widgets.playing.cells import Case, Columns, Curve, Diagnosis, Rows, keep

def reads(top):
    return {
        "loss": Curve("It falls.", [2, 1, 0.5], 2, "step 2"),
        "pixels": Rows("Two numbers.", [("largest", 1.0, f"{top}")]),
        "answers": Columns("One digit.", [1, 0.5], ["0", "1"], "all"),
    }

cases = [Case("P", reads(255), (0,), "Divide."), Case("Q", reads(1), (), "All is well.")]
instruments = {"loss": "Loss", "pixels": "Pixels", "answers": "Answers"}
keep("patient", Diagnosis(cases, instruments, ["not divided by 255", "dead units"]))
```

See {numref}`fig-patient`.

```{plaything} patient
:name: fig-patient
Patients.

Guess first.
```
"""


@pytest.fixture(scope="module")
def examined(tmp_path_factory):
    return address_of_page(tmp_path_factory.mktemp("diagnosis"), WORDS)


def test_answers_in_words_and_readings_of_three_kinds(new_page, examined):
    page = new_page()
    page.goto(examined, wait_until="load")
    figure = page.locator("#fig-patient")
    views = {name: figure.locator(f'[data-view="{name}"]') for name in ("path", "rows", "columns")}

    def seen():
        return {
            name for name, view in views.items() if view.get_attribute("visibility") != "hidden"
        }

    expect(figure.locator(".play-ask")).to_contain_text("What is wrong?")
    assert seen() == {"path"}
    figure.locator('[data-instrument="pixels"]').click()
    assert seen() == {"rows"}
    rooms = figure.locator("[data-room]").evaluate_all(
        "all => all.map(r => +r.getAttribute('width'))"
    )
    assert rooms == [230, 0, 0, 0]
    figure.locator('[data-instrument="answers"]').click()
    assert seen() == {"columns"}
    heights = figure.locator("[data-column]").evaluate_all(
        "all => all.map(c => +c.getAttribute('height'))"
    )
    assert heights == [182, 91, *[0] * 8]
    assert figure.locator("[data-line] code").count() == 0
    figure.locator('[data-line="0"]').click()
    expect(figure.locator(".play-ask")).to_have_text("Right, with 3 instruments. Divide.")


@each_view
def test_answers_in_words_are_accessible(new_page, examined, view):
    page = new_page(**window(view))
    page.goto(examined)
    page.locator('#fig-patient [data-instrument="answers"]').click()
    page.locator('#fig-patient [data-line="1"]').click()
    assert violations(page) == []
