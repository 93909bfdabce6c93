"""Early stopping: the best parameters are kept, and not a step too many is taken."""

import numpy as np
import pytest

import nnfs
from nnfs import network, training
from nnfs.early_stopping import stop_early


def steps(count, taken):
    for iteration in range(count):
        taken.append(iteration)
        yield training.Step(iteration, iteration, 0.0, 0.0)


def stopped(scores, **options):
    """Return the result of scores that are given, one for each step, and the steps taken."""
    taken = []
    best = stop_early(steps(len(scores), taken), lambda params: scores[params], **options)
    return best, taken


def test_the_first_best_is_kept_and_patience_ends_the_run():
    best, taken = stopped([1, 3, 2, 3, 2, 9], every=1, patience=3)
    assert (best.params, best.iteration, best.score) == (1, 1, 3)
    assert taken == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(best.scores, [1, 3, 2, 3, 2])


def test_a_better_score_renews_the_patience():
    best, taken = stopped([1, 0, 2, 1, 3, 2, 2, 9], every=1, patience=2)
    assert (best.iteration, len(taken)) == (4, 7)


def test_scores_are_taken_now_and_then():
    best, taken = stopped([9, 1, 9, 5, 9, 4, 9, 3, 9, 9], every=2, patience=2)
    assert (best.iteration, best.score) == (3, 5)
    np.testing.assert_array_equal(best.scores, [1, 5, 4, 3])
    assert taken == list(range(8))


def test_a_run_that_ends_first_gives_its_best():
    assert stopped([1, 2, 1], every=1, patience=5)[0].iteration == 1


def test_a_training_run(X, y):
    params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    X_valid, y_valid = -X, y

    def objective(params):
        return network.gradient(params, X, y)

    def score(params):
        return -float(network.gradient(params, X_valid, y_valid)[0])

    run = training.steps(params, objective, iterations=300, alpha=0.5)
    best = stop_early(run, score, every=1, patience=20)
    assert score(best.params) == best.score == best.scores.max()
    assert best.scores.size == best.iteration + 21


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 0, "patience": 1}, "every must be"),
        ({"every": 1, "patience": 0}, "patience must be"),
        ({"every": 4, "patience": 1}, "no score was taken; expected at least 4 steps"),
    ],
)
def test_what_cannot_be_stopped_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        stopped([1, 2, 3], **options)


def test_scores_that_are_not_numbers_are_refused():
    with pytest.raises(ValueError, match="no score was taken"):
        stopped([np.nan, np.nan], every=1, patience=1)


@pytest.mark.parametrize(
    ("score", "message"),
    [(None, "score returned None"), ("0.5", "returned '0.5'"), ([0.5, 0.6], "returned 2 values")],
)
def test_a_score_is_one_number(score, message):
    with pytest.raises(ValueError, match=f"{message}.*; expected one number, the higher"):
        stopped([score, score], every=1, patience=1)


@pytest.mark.parametrize("junk", [None, 3, [None], ["abc"], [(0, None, 1.0, 0.5)], [[1, 2]]])
def test_what_are_no_steps_is_named(junk):
    with pytest.raises(ValueError, match="steps must be an iterable of Step"):
        stop_early(junk, lambda params: 0.0, every=1, patience=1)
