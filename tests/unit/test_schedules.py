"""The learning rate as a function of the step."""

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
