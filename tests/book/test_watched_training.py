"""What "Watch it learn" shows is what nnfs trains."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnfs
from kit.cells.wrong_gradients import missing_mask
from kit.widgets.watch_it_learn import directive
from kit.widgets.watch_it_learn.browser import training
from kit.widgets.watch_it_learn.browser.training import LAST, RATES, SCHEMES, WIDTHS, Watched

rng = np.random.default_rng(0)
X, Y = rng.random((7, 40)), rng.integers(0, 10, 40)
SETTINGS = {"alpha": 0.3, "scheme": "glorot", "width": 5, "mask": True}


def trained(iterations, *, alpha, scheme, width, mask):
    start = nnfs.init_params(7, width, scheme=scheme, dtype=np.float64)
    gradient = None if mask else missing_mask
    return nnfs.train(X, Y, params=start, alpha=alpha, iterations=iterations, gradient=gradient)


@given(
    parts=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    alpha=st.sampled_from(RATES[:6]),
    scheme=st.sampled_from(SCHEMES),
    width=st.sampled_from(WIDTHS),
    mask=st.booleans(),
)
def test_steps_in_any_parts_are_one_training(parts, **settings):
    watched = Watched(X, Y, **settings)
    reports = [watched.advance(steps=count) for count in parts]
    params, history = trained(sum(parts), **settings)
    assert [report["loss"].size for report in reports] == parts
    for name in ("loss", "accuracy"):
        whole = np.concatenate([report[name] for report in reports])
        np.testing.assert_allclose(whole, getattr(history, name), rtol=1e-12)
    for ours, theirs in zip(watched.params, params, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_the_mask_makes_a_difference():
    with_mask, without = (trained(20, **{**SETTINGS, "mask": mask}) for mask in (True, False))
    assert abs(with_mask.history.loss[-1] - without.history.loss[-1]) > 1e-6


def test_it_reports_the_weights_before_and_after():
    watched = Watched(X, Y, **SETTINGS)
    start = nnfs.init_params(7, 5, scheme="glorot", dtype=np.float64).W1
    for _ in range(2):
        report = watched.advance(steps=3)
        assert np.array_equal(report["start"], start)
        assert np.array_equal(report["weights"], watched.params[0])
        assert not np.array_equal(report["weights"], start)


def test_it_shows_ten_units_at_most():
    report = Watched(X, Y, **{**SETTINGS, "width": 20}).advance(steps=1)
    assert report["weights"].shape == report["start"].shape == (10, 7)


@pytest.mark.parametrize(("seconds", "taken"), [(0, 1), (1, 1), (2.5, 3), (10_000, LAST)])
def test_time_ends_a_report_after_the_step_in_which_it_is_over(monkeypatch, seconds, taken):
    clock = map(float, itertools.count())  # a second for each look at it, and one look a step
    monkeypatch.setattr(training.time, "perf_counter", lambda: next(clock))
    assert Watched(X, Y, **SETTINGS).advance(seconds=seconds)["loss"].size == taken


def test_it_ends_where_the_original_does():
    watched = Watched(X, Y, **SETTINGS)
    assert watched.advance()["loss"].size == LAST == 750
    assert watched.advance()["loss"].size == 0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_training_that_diverges_says_where():
    report = Watched(X * 1e200, Y, **SETTINGS).advance(steps=50)
    assert report["problem"].startswith("training diverged at iteration")


def test_the_markup_offers_the_settings_and_chooses_the_original_s():
    text = directive.WatchItLearn.markup()
    assert "$" not in text
    for value in ("0.1", "uniform", "10"):
        assert f'<option value="{value}" selected>' in text
    assert text.count("<option") == len(RATES) + len(SCHEMES) + len(WIDTHS) + 2
    assert text.count("<canvas") == 10
