"""Find the fault: what the instruments read is what nnfs finds, for each patient of the gallery."""

import json
import re
from html import unescape

import numpy as np
import pytest

import nnfs
from kit.cells.wrong_gradients import before_relu, lost_transpose, scalar_db, wrong_name
from kit.widgets.playing.cells import Culprit, Patient
from kit.widgets.playing.cells.culprit import BLOCKS, INSTRUMENTS, differences, examine
from nnfs import network

STEPS = 30
rng = np.random.default_rng(0)
CHECKED = (
    nnfs.init_params(7, 5, 5, dtype=np.float64),
    rng.normal(size=(7, 4)),
    np.array([0, 2, 1, 2]),
)
JOB = nnfs.init_params(7, 5, 5, dtype=np.float64, seed=1), rng.random((7, 40)), np.arange(40) % 5
SEEN = JOB[1][:, :10], JOB[2][:10]
PATIENTS = {
    "right": Patient("A", network.gradient, nnfs.update, (), "Nothing is wrong."),
    "scalar db": Patient("B", scalar_db, nnfs.update, (2,), "It adds up everything."),
    "before relu": Patient("C", before_relu, nnfs.update, (1,), "It takes Z1."),
    "lost transpose": Patient("D", lost_transpose, nnfs.update, (3,), "No transpose."),
    "wrong name": Patient("E", network.gradient, wrong_name, (6,), "The biases stay."),
}
CODE = [f"line {i} < {i + 1}" for i in range(7)]
each_patient = pytest.mark.parametrize("name", PATIENTS)


def examined(name):
    return examine(PATIENTS[name], JOB, CHECKED, SEEN, STEPS)


@pytest.fixture(scope="module")
def culprit():
    return Culprit(list(PATIENTS.values()), JOB, CHECKED, SEEN, steps=STEPS, code=CODE)


@pytest.mark.parametrize("name", ["right", "scalar db", "before relu", "lost transpose"])
def test_the_loss_curve_is_that_of_nnfs_train(name):
    history = nnfs.train(
        *JOB[1:], params=JOB[0], iterations=STEPS, alpha=0.1, gradient=PATIENTS[name].gradient
    ).history
    np.testing.assert_allclose(examined(name).losses, history.loss[:STEPS], rtol=1e-10)


def test_the_accuracy_is_that_of_the_same_network_in_per_cent():
    params = nnfs.train(*JOB[1:], params=JOB[0], iterations=20, alpha=0.1).params
    assert examined("right").accuracies[2] == pytest.approx(100 * nnfs.accuracy(params, *SEEN))


def test_slopes_by_differences_are_those_of_the_right_gradient():
    right = network.gradient(*CHECKED)[2]
    for found, expected in zip(differences(*CHECKED), right, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-8)


@each_patient
def test_the_blocks_that_are_wrong_are_those_that_differ_from_nnfs(name):
    right = network.gradient(*CHECKED)[2]
    found = PATIENTS[name].gradient(*CHECKED)[2]
    for block, error in examined(name).errors.items():
        same = np.allclose(getattr(found, block), getattr(right, block), rtol=1e-9, atol=1e-12)
        assert same == (error < 1e-6), block


@each_patient
def test_a_step_goes_where_it_was_sent_but_for_the_wrong_name(name):
    moved = examined(name).moved
    stays = {"b1", "b2"} if name == "wrong name" else set()
    assert {block for block in BLOCKS if abs(moved[block] - 1) > 1e-9} == stays


def test_without_scripts_every_reading_of_every_patient_stands_in_the_table(culprit):
    html = unescape(culprit._repr_html_())
    assert "<svg" in html
    for patient, readings in zip(PATIENTS.values(), culprit.readings, strict=True):
        assert patient.because in html
        for name in INSTRUMENTS:
            assert readings[name]["says"] in html


def test_the_data_is_what_the_scripts_need(culprit):
    html = culprit._repr_html_()
    data = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    there = json.loads(data[1])
    assert there["code"] == CODE
    assert [p["lines"] for p in there["patients"]] == [[], [2], [1], [3], [6]]
    assert all(p["reads"].keys() == INSTRUMENTS.keys() for p in there["patients"])
    assert all(0 <= row[1] <= 1 for p in there["patients"] for row in p["reads"]["blocks"]["rows"])


def test_a_fault_in_no_line_is_refused():
    lost = Patient("X", network.gradient, nnfs.update, (7,), "?")
    with pytest.raises(ValueError, match="a line that is not there"):
        Culprit([lost], JOB, CHECKED, SEEN, steps=2, code=CODE)
