"""The learning rate as a function of the step."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfs import schedules


def test_constant():
    assert {schedules.constant(0.3)(step) for step in (0, 1, 10**6)} == {0.3}


def test_stepwise():
    rate = schedules.stepwise(0.8, every=3, factor=0.5)
    assert [rate(step) for step in range(7)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]


def test_cosine_by_hand():
    rate = schedules.cosine(0.8, steps=6, warmup=2)
    expected = [0.4, 0.8, 0.8, 0.8 * (1 + 2**-0.5) / 2, 0.4, 0.8 * (1 - 2**-0.5) / 2, 0, 0]
    assert [rate(step) for step in range(8)] == pytest.approx(expected, abs=1e-13)


@given(st.integers(1, 200), st.data())
def test_cosine_rises_then_falls_and_is_positive_within_the_run(steps, data):
    warmup = data.draw(st.integers(0, steps - 1))
    schedule = schedules.cosine(0.3, steps=steps, warmup=warmup)
    rates = [schedule(step) for step in range(steps)]
    assert max(rates) == rates[warmup] == 0.3
    assert min(rates) > 0
    assert rates[:warmup] == sorted(rates[:warmup])
    assert rates[warmup:] == sorted(rates[warmup:], reverse=True)


@pytest.mark.parametrize("steps", [10**6, 10**9, 10**15])
def test_cosine_is_accurate_at_the_end_of_the_longest_run(steps):
    # There, (1 + cos(pi - x)) / 2 is x^2 / 4 up to a share of x^2.
    ends = [schedules.cosine(0.8, steps=steps)(steps - left) for left in (7, 2, 1)]
    expected = [0.2 * (math.pi * left / steps) ** 2 for left in (7, 2, 1)]
    assert ends == pytest.approx(expected, rel=1e-9, abs=0)


def test_a_factor_of_more_than_1_grows_out_of_bounds():
    rate = schedules.stepwise(0.1, every=2, factor=10)
    assert [rate(step) for step in (0, 3, 700)] == pytest.approx([0.1, 1, math.inf])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.constant(0), "alpha must be a positive"),
        (lambda: schedules.stepwise(0.1, every=0), "every must be a whole number of at least 1"),
        (lambda: schedules.stepwise(0.1, every=3, factor=-1), "factor must be a positive"),
        (lambda: schedules.cosine(0.1, steps=5, warmup=5), "steps must be .* at least 6, got 5"),
        (lambda: schedules.cosine(0.1, steps=5, warmup=-1), "warmup must be"),
        (lambda: schedules.cosine("0.1", steps=5), "alpha must be"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("name", schedules.PLANS)
def test_a_schedule_can_be_pickled(name):
    schedule = schedules.planned(name, 0.3, 12)
    again = pickle.loads(pickle.dumps(schedule))
    assert [again(step) for step in range(12)] == [schedule(step) for step in range(12)]
    assert repr(again) == repr(schedule)


@pytest.mark.parametrize(("steps", "thirds"), [(9, (3, 3, 3)), (10, (4, 4, 2)), (11, (4, 4, 3))])
def test_a_step_is_a_tenth_after_each_third_of_the_run(steps, thirds):
    rate = schedules.planned("step", 0.5, steps)
    expected = [0.5 / 10**third for third, count in enumerate(thirds) for _ in range(count)]
    assert [rate(step) for step in range(steps)] == pytest.approx(expected)


@pytest.mark.parametrize(("steps", "warmup"), [(1, 0), (19, 0), (59, 2), (60, 3)])
def test_a_cosine_rises_over_a_twentieth_of_the_run(steps, warmup):
    rate, expected = (
        schedules.planned("cosine", 0.5, steps),
        schedules.cosine(0.5, steps=steps, warmup=warmup),
    )
    assert [rate(step) for step in range(steps)] == [expected(step) for step in range(steps)]
