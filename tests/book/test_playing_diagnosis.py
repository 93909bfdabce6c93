"""Diagnosis: any patients, instruments and answers; what is drawn is what was read."""

import json
import re
from html import unescape

import numpy as np
import pytest

from kit.widgets.playing.cells import Case, Columns, Curve, Diagnosis, Rows

INSTRUMENTS = {"loss": "Loss", "pixels": "Pixels < 255", "answers": "Answers"}
CURVE = Curve("The loss falls.", [2.0, 1.0, 0.5], 2.0, "step 2")
ROWS = Rows("All is zero.", [("smallest", 0.0, "0"), ("largest", 1.0, "255")])
COLUMNS = Columns("One digit.", [1.0, 0.0, 0.25], ["0", "1", "2"], "all")
READS = {"loss": CURVE, "pixels": ROWS, "answers": COLUMNS}
ANSWERS = ["never divided by 255", "dead"]
HEALTHY = Case("B", READS, (), "Nothing is wrong with B.")


def diagnosis(**changes):
    sick = Case("A", READS | changes, (0, 1), "It was <never> divided.")
    return Diagnosis([sick, HEALTHY], INSTRUMENTS, ANSWERS)


def data_of(plaything):
    html = plaything._repr_html_()
    return json.loads(re.search(r'json">(.*?)</script>', html, re.DOTALL)[1])


def test_the_scripts_get_every_reading_the_answers_and_the_question():
    data = data_of(diagnosis())
    assert data["code"] == ANSWERS
    assert data["plain"]
    assert (data["asks"], data["well"]) == ("What is wrong?", "nothing is wrong")
    assert [p["lines"] for p in data["patients"]] == [[0, 1], []]
    reads = data["patients"][1]["reads"]
    assert reads["pixels"]["rows"] == [["smallest", 0, "0"], ["largest", 1, "255"]]
    assert reads["answers"]["columns"] == [["0", 1], ["1", 0], ["2", 0.25]]


def test_a_curve_goes_from_the_top_of_the_axis_to_where_its_values_are():
    drawn = CURVE.drawn()
    points = [tuple(map(float, p.split())) for p in re.split("[ML]", drawn["path"])[1:]]
    assert points == [(56, 34), (301, 125), (546, 170.5)]
    assert (drawn["top"], drawn["last"]) == ("2", "step 2")


def test_what_is_not_finite_is_left_out_and_what_is_too_high_ends_at_the_top():
    broken = Curve("NaN.", [1.0, np.nan, np.inf, 9.0], 2.0, "step 3").drawn()["path"]
    assert re.findall(r" ([\d.]+)", broken) == ["125.0", "34.0", "34.0"]


def test_without_scripts_all_readings_and_answers_stand_in_a_table():
    html = unescape(diagnosis()._repr_html_())
    for said in ("The loss falls.", "All is zero.", "One digit.", "It was <never> divided."):
        assert said in html
    assert html.count("data-column=") == 10
    assert html.count("data-bar=") == 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Diagnosis([HEALTHY, Case("A", READS, (2,), "?")], INSTRUMENTS, ANSWERS), "answer"),
        (lambda: Diagnosis([HEALTHY], INSTRUMENTS | {"more": "More"}, ANSWERS), "B is read by"),
        (lambda: diagnosis(loss=ROWS), "reads no curve"),
        (lambda: diagnosis(loss=Curve("?", [np.nan], 1.0, "")), "no finite value"),
        (lambda: diagnosis(pixels=Rows("?", [("a", 0.0, "b")] * 5)), "5 rows"),
        (lambda: diagnosis(pixels=Rows("?", [("a", np.nan, "b")])), "finite"),
        (lambda: diagnosis(answers=Columns("?", [0.5], ["0", "1"], "all")), "1 columns and 2"),
        (lambda: diagnosis(answers=Columns("?", [0.5] * 11, ["0"] * 11, "all")), "at most 10"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()
