"""A run goes on where it stopped, from memory or from a file, to the same bits as in one piece."""

import copy
import itertools
import json
import pickle
import re
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnfs
from nnfs import (
    activations,
    checkpoints,
    layers,
    network,
    optimizers,
    resuming,
    schedules,
    training,
)
from nnfs.activations import Activation
from nnfs.training import Run

RNG = np.random.default_rng(6)
X, Y = RNG.normal(size=(7, 11)), RNG.integers(3, size=11)
HELD = RNG.normal(size=(7, 6)), RNG.integers(3, size=6)
N = 13  # steps; epochs of 4 and of 1 do not divide it

OPTIMIZERS = {
    **{name: name for name in optimizers.KINDS},
    "decayed": optimizers.decayed(optimizers.momentum(0.7), 0.1),
    "options": optimizers.adam(beta1=0.5, epsilon=1e-3),
}
COURSES = {
    "number": {"alpha": 0.05},
    "step": {"alpha": 0.05, "schedule": "step"},
    "cosine": {"alpha": 0.05, "schedule": "cosine"},
    "warm-up": {"alpha": schedules.cosine(0.05, steps=20, warmup=5)},
}
DEPTHS = itertools.cycle([5, (6, 4), (), 5])
WAYS = [
    (*way, next(DEPTHS))
    for way in itertools.product(COURSES, (None, 3, 11), (0.0, 0.4), OPTIMIZERS)
]


def options_of(way):
    course, batch_size, dropout, optimizer, hidden = way
    return {
        "hidden": hidden,
        "optimizer": OPTIMIZERS[optimizer],
        "batch_size": batch_size,
        "dropout": dropout,
        "iterations": N,
        "seed": 2,
        "threads": 1,
        **COURSES[course],
    }


def bits(run):
    """Return all that a run is, as bytes."""
    best = () if run.best is None else (*run.best.params, *run.best[1:])
    return [np.asarray(A).tobytes() for A in (*run.params, *run.history, *best)]


def stopped_at(place, **options):
    """Return a run that was left after some steps."""
    run = Run(X, Y, **options)
    for _ in itertools.islice(run, place):
        pass
    assert run.iteration == place
    return run


def saved_and_loaded(run, path, **more):
    run.save(path)
    return Run.load(path, X, Y, threads=1, **more)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_saved_run_goes_on_to_the_same_bits(tmp_path, way):
    options = options_of(way)
    whole = Run(X, Y, **options)
    whole.finish()
    place = 1 + WAYS.index(way) % (N - 1)
    rest = saved_and_loaded(stopped_at(place, **options), tmp_path / "run.npz")
    assert rest.iteration == place
    rest.finish()
    assert bits(rest) == bits(whole)
    assert type(rest.params) is type(whole.params)
    assert len(rest.history.loss) == N


@settings(max_examples=40)
@given(st.lists(st.integers(0, N), min_size=1, max_size=5), st.sampled_from(WAYS), st.booleans())
def test_a_run_may_stop_anywhere_and_often(tmp_path_factory, cuts, way, held):
    options = options_of(way) | ({"validation": HELD, "every": 2} if held else {})
    whole = Run(X, Y, **options)
    whole.finish()
    path = tmp_path_factory.mktemp("run") / "run.npz"
    more = {"validation": HELD} if held else {}
    run = Run(X, Y, **options)
    for cut in sorted(cuts):
        for _ in itertools.islice(run, cut - run.iteration):
            pass
        run = saved_and_loaded(run, path, **more)
        assert run.iteration == cut
    run.finish()
    assert bits(run) == bits(whole)


@pytest.mark.parametrize("way", WAYS[::11], ids=str)
def test_a_run_that_was_left_goes_on_in_the_next_loop(way):
    options = options_of(way)
    whole = Run(X, Y, **options)
    whole.finish()
    run = stopped_at(4, **options)
    for step in run:
        if step.iteration == 8:
            break
    run.finish()
    assert bits(run) == bits(whole)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_and_range_come_back(tmp_path, dtype):
    run = Run(X.astype(dtype), Y, hidden=5, iterations=6)
    next(iter(run))
    run.save(tmp_path / "run.npz")
    rest = Run.load(tmp_path / "run.npz", X.astype(dtype), Y)
    assert {P.dtype for P in rest.params} == {np.dtype(dtype)}
    assert rest.params.data_range == run.params.data_range


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("place", range(1, 9))
def test_an_interrupt_at_any_place_of_a_step_loses_nothing(batch_size, place, tmp_path):
    options = options_of(("cosine", batch_size, 0.0, "adam", 5))
    whole = Run(X, Y, gradient=network.gradient, **options)
    whole.finish()
    calls = []

    def gradient(params, X, y):
        calls.append(0)
        if len(calls) == place:
            raise KeyboardInterrupt
        return network.gradient(params, X, y)

    network_like = nnfs.tiles.takes_tiles(gradient)
    run = Run(X, Y, gradient=network_like, **options)
    with pytest.raises(KeyboardInterrupt):
        run.finish(checkpoint=tmp_path / "run.npz")
    rest = Run.load(tmp_path / "run.npz", X, Y, gradient=network.gradient, threads=1)
    assert rest.iteration == run.iteration < N
    for each in (run, rest):
        each.finish()
        assert bits(each) == bits(whole)


def test_train_is_a_run_to_its_end():
    options = options_of(("cosine", 3, 0.4, "adamw", (6, 4))) | {"weight_decay": 0.2}
    run = Run(X, Y, validation=HELD, **options)
    run.finish()
    result = nnfs.train(X, Y, validation=HELD, **options)
    assert [P.tobytes() for P in result.params] == [P.tobytes() for P in run.best.params]
    assert result.history.loss.tobytes() == run.history.loss.tobytes()
    assert len(result) == 2


@pytest.mark.parametrize("hidden", [5, (6, 4)])
def test_a_known_activation_comes_back_by_its_name(tmp_path, monkeypatch, hidden):
    own = Activation("soft", np.tanh, lambda Z: 1 - np.tanh(Z) ** 2)
    monkeypatch.setitem(activations.KNOWN, "soft", own)
    options = options_of(("number", 3, 0.4, "adam", hidden)) | {"activation": "soft"}
    whole = Run(X, Y, **options)
    whole.finish()
    assert bits(whole) != bits(Run(X, Y, **options | {"activation": "relu"}))
    rest = saved_and_loaded(stopped_at(5, **options), tmp_path / "run.npz")
    rest.finish()
    assert bits(rest) == bits(whole)
    assert rest.params.activation is own
    with pytest.raises(ValueError, match="has the activation 'soft'; leave activation out"):
        Run.load(tmp_path / "run.npz", X, Y, activation="relu")
    monkeypatch.delitem(activations.KNOWN, "soft")
    with pytest.raises(ValueError, match="import what gives it to"):
        Run.load(tmp_path / "run.npz", X, Y)


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_a_penalty_goes_on_too(tmp_path, decay):
    options = options_of(("step", 3, 0.0, "momentum", 5)) | {"weight_decay": decay}
    whole = Run(X, Y, **options)
    whole.finish()
    rest = saved_and_loaded(stopped_at(5, **options), tmp_path / "run.npz")
    rest.finish()
    assert bits(rest) == bits(whole)


def test_epochs_are_times_through_the_examples():
    assert Run(X, Y, epochs=2, batch_size=3).iterations == 8
    assert Run(X, Y, epochs=2).iterations == 2
    assert Run(X, Y).iterations == 750
    with pytest.raises(ValueError, match="5 iterations or 2 epochs long: give one of the two"):
        Run(X, Y, epochs=2, iterations=5)


def test_a_longer_run_is_one_run_where_the_rate_does_not_depend_on_the_length(tmp_path):
    options = options_of(("number", 3, 0.4, "adam", 5))
    whole = Run(X, Y, **options | {"iterations": 2 * N})
    whole.finish()
    first = Run(X, Y, **options)
    first.finish()
    rest = saved_and_loaded(first, tmp_path / "run.npz", iterations=2 * N)
    rest.finish()
    assert bits(rest) == bits(whole)
    assert saved_and_loaded(first, tmp_path / "run.npz", epochs=5).iterations == 20


def test_a_named_schedule_is_that_of_the_new_length_from_there_on(tmp_path):
    first = Run(X, Y, hidden=5, optimizer="adam", alpha=0.1, schedule="cosine", iterations=4)
    first.finish()
    rest = saved_and_loaded(first, tmp_path / "run.npz", iterations=6)
    seen = []
    pair = optimizers.adam()
    rest._optimizer = optimizers.Optimizer(
        pair.init, lambda *args: seen.append(args[-1]) or pair.update(*args)
    )
    rest.finish()
    course = schedules.planned("cosine", 0.1, 6)
    assert seen == [course(4), course(5)]


def test_a_run_is_not_made_shorter_than_it_is(tmp_path):
    with pytest.raises(ValueError, match=r"run.npz: the run has made 5 iterations.*got 4"):
        saved_and_loaded(stopped_at(5, iterations=9), tmp_path / "run.npz", iterations=4)


class Velocity(NamedTuple):
    velocity: list
    count: int
    kind: str


def own_optimizer():
    def init(params):
        return Velocity([np.zeros_like(P) for P in params], 0, "heavy")

    def update(params, gradients, state, alpha):
        moved = [0.9 * V + dP for V, dP in zip(state.velocity, gradients, strict=True)]
        return nnfs.update(params, moved, alpha), state._replace(
            velocity=moved, count=state.count + 1
        )

    return optimizers.Optimizer(init, update)


def own_gradient(params, X, y):
    return layers.gradient(params, X, y)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("optimizer", own_optimizer()),
        ("gradient", own_gradient),
        ("alpha", lambda step: 0.1 / (1 + step)),
        ("activation", Activation("own", np.tanh, lambda Z: 1 - np.tanh(Z) ** 2)),
        ("validation", HELD),
    ],
)
def test_what_is_not_saved_is_passed_again_and_asked_for_if_forgotten(tmp_path, name, own):
    options = {"hidden": 5, "iterations": N, "threads": 1, name: own}
    whole = Run(X, Y, **options)
    whole.finish()
    run = stopped_at(6, **options)
    rest = saved_and_loaded(run, tmp_path / "run.npz", **{name: own})
    rest.finish()
    assert bits(rest) == bits(whole)
    with pytest.raises(ValueError, match=f"not saved: pass it again as {name}=") as caught:
        Run.load(tmp_path / "run.npz", X, Y)
    assert "run.npz" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"optimizer": "momentum"}, r"has the optimizer nnfs.optimizers.adam\(.*; leave"),
        ({"optimizer": optimizers.adam(0.5)}, "leave optimizer out"),
        ({"gradient": own_gradient}, "leave gradient out"),
        ({"validation": HELD}, "leave validation out"),
    ],
)
def test_what_contradicts_the_run_is_refused(tmp_path, more, message):
    run = stopped_at(2, optimizer="adam", iterations=5)
    with pytest.raises(ValueError, match=message):
        saved_and_loaded(run, tmp_path / "run.npz", **more)
    assert saved_and_loaded(run, tmp_path / "run.npz", optimizer="adam").iteration == 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ((2 * X, Y), "training part is not that of the run"),
        ((X[:, ::-1], Y[::-1]), "in the same order"),
        ((X, (Y + 1) % 3), "training part"),
        ((X[:, :-1], Y[:-1]), "training part"),
    ],
)
def test_other_data_are_refused(tmp_path, changed, message):
    stopped_at(2, iterations=5).save(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=message):
        Run.load(tmp_path / "run.npz", *changed)


def test_another_validation_part_is_refused(tmp_path):
    stopped_at(2, iterations=5, validation=HELD).save(tmp_path / "run.npz")
    with pytest.raises(ValueError, match="validation part is not that of the run"):
        Run.load(tmp_path / "run.npz", X, Y, validation=(HELD[0], (HELD[1] + 1) % 3))


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>", b"\x89PNG\r\n\x1a\n", bytes(90)])
def test_a_file_that_is_no_run_is_one_line_with_its_name(tmp_path, content):
    (tmp_path / "run.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"run.npz: not a saved run \(.*\); start") as caught:
        Run.load(tmp_path / "run.npz", X, Y)
    assert "\n" not in str(caught.value)


def test_a_missing_file_a_folder_and_parameters_are_no_run(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none.npz: no such file"):
        Run.load(tmp_path / "none.npz", X, Y)
    with pytest.raises(ValueError, match="is a folder"):
        Run.load(tmp_path, X, Y)
    nnfs.save_parameters(tmp_path / "p.npz", nnfs.init_params(7, 5, 3))
    with pytest.raises(ValueError, match=r"not a saved run \(it holds parameters, not a run\)"):
        Run.load(tmp_path / "p.npz", X, Y)


def test_a_file_of_a_later_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "VERSION", 2)
    stopped_at(1, iterations=2).save(tmp_path / "run.npz")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="it has version 2, this program reads 1"):
        Run.load(tmp_path / "run.npz", X, Y)


@pytest.mark.parametrize("place", range(0, 4000, 137))
def test_a_damaged_file_is_an_error_of_value(tmp_path, place):
    path = tmp_path / "run.npz"
    stopped_at(2, iterations=5, hidden=5).save(path)
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 0xFF
    path.write_bytes(content)
    try:
        Run.load(path, X, Y)
    except ValueError as error:
        assert "run.npz" in str(error)  # noqa: PT017


def test_nothing_is_pickled(tmp_path):
    stopped_at(2, iterations=5, batch_size=3, optimizer="adam").save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as archive:
        assert all(not archive[name].dtype.hasobject for name in archive.files)
        assert json.loads(archive["header"].tobytes())["version"] == checkpoints.VERSION


def test_a_state_that_cannot_be_saved_is_told_with_its_place_and_leaves_the_file(tmp_path):
    path = tmp_path / "run.npz"
    stopped_at(2, iterations=5).save(path)
    before = path.read_bytes()
    pair = optimizers.Optimizer(lambda params: {"seen": {1, 2}}, own_optimizer().update)
    with pytest.raises(ValueError, match=r"optimizer\['seen'\] is a set, which cannot be saved"):
        Run(X, Y, optimizer=pair).save(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["run.npz"]


class Clock:
    """Seconds that pass when we say so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("seconds", [1.0, 7.0, 29.0])
def test_a_run_that_is_killed_loses_at_most_the_last_minute(tmp_path, seconds):
    clock, path = Clock(), tmp_path / "run.npz"
    run = Run(X, Y, hidden=1, iterations=int(200 / seconds), alpha=1e-3, threads=1)
    save, kept = resuming.Checkpoints(run, path, clock=clock), set()
    for step in run:
        clock.now += seconds
        save(step)
        done = training.about(path)["done"] if path.exists() else 0
        assert (run.iteration - done) * seconds < 60
        kept.add(done)
    assert len(kept) <= 1 + 200 / 30


@pytest.mark.parametrize("place", ["", "none/run.npz"])
def test_a_checkpoint_that_cannot_be_written_is_told_before_any_step(tmp_path, place):
    def never(step):
        raise AssertionError("a step was made")

    with pytest.raises((ValueError, OSError)) as caught:
        nnfs.train(X, Y, iterations=3, checkpoint=tmp_path / place, callback=never)
    assert str(tmp_path) in str(caught.value)


def test_a_run_is_saved_only_now_and_then():
    clock, saved = Clock(), []

    class Kept:
        def save(self, path, *, about=None):
            saved.append(clock.now)

    save = resuming.Checkpoints(Kept(), "run.npz", clock=clock)
    for _ in range(100):
        clock.now += 1
        save(None)
    assert saved == [1030, 1060, 1090]


def test_a_callback_sees_every_step_and_may_stop():
    seen = []
    result = nnfs.train(X, Y, iterations=5, callback=lambda step: seen.append(step.iteration))
    assert seen == [0, 1, 2, 3, 4]
    assert len(result.history.loss) == 5
    stopped = nnfs.train(X, Y, iterations=5, callback=lambda step: step.iteration == 2)
    assert len(stopped.history.loss) == 3
    for value in (1.0, 5, "yes", np.float64(2)):
        whole = nnfs.train(X, Y, iterations=5, callback=lambda step, value=value: value)
        assert len(whole.history.loss) == 5
    with pytest.raises(ValueError, match="callback must be a function of step; got 3"):
        nnfs.train(X, Y, callback=3)


def test_progress_is_some_lines(capsys):
    nnfs.train(X, Y, iterations=30, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert [int(line.split()[1]) for line in lines] == [*range(0, 30, 2), 29]
    nnfs.train(X, Y, iterations=30)
    assert capsys.readouterr() == ("", "")


def test_with_a_validation_part_the_best_parameters_are_the_result():
    run = Run(X, Y, hidden=5, iterations=60, alpha=0.5, validation=HELD)
    scores = [nnfs.accuracy(step.params, *HELD) for step in run]
    best = int(np.argmax(scores))
    assert run.best.iteration == best
    assert run.best.scores.tolist() == scores
    again = nnfs.train(X, Y, hidden=5, iterations=best + 1, alpha=0.5)
    result = nnfs.train(X, Y, hidden=5, iterations=60, alpha=0.5, validation=HELD)
    for P, Q in zip(result.params, again.params, strict=True):
        np.testing.assert_allclose(P, Q, rtol=1e-9)
    assert result.best.score == max(scores)
    assert nnfs.train(X, Y, iterations=2).best is None


def test_patience_ends_a_run_and_it_stays_ended(tmp_path):
    options = {"hidden": 5, "iterations": 500, "alpha": 0.5, "validation": HELD, "patience": 4}
    run = Run(X, Y, **options)
    result = run.finish()
    assert run.ended
    assert len(result.history.loss) == result.best.iteration + 5 < 500
    assert list(run) == []
    rest = saved_and_loaded(run, tmp_path / "run.npz", validation=HELD)
    assert rest.ended
    assert bits(rest) == bits(run)


def test_scores_are_taken_once_an_epoch():
    run = Run(X, Y, iterations=13, batch_size=3, validation=HELD)
    run.finish()
    assert run.best.scores.size == 3


def test_a_function_of_your_own_is_scored_by_itself():
    def without_relu(params, X, y):
        W1, b1, W2, b2 = params
        loss, correct, (dW, db) = layers.gradient((W2 @ W1, W2 @ b1 + b2), X, y)
        return loss, correct, nnfs.Parameters(W2.T @ dW, W2.T @ db, dW @ W1.T + db @ b1.T, db)

    run = Run(X, Y, hidden=5, iterations=4, gradient=without_relu, validation=HELD)
    run.finish()
    W1, b1, W2, b2 = run.params
    expected = nnfs.accuracy((W2 @ W1, W2 @ b1 + b2), *HELD)
    assert run.best.scores[-1] == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"patience": 3}, r"patience is about the scores.*validation=\(X, y\)"),
        ({"every": 3}, "every is about the scores"),
        ({"validation": X}, r"validation must be a pair \(X, y\), got ndarray"),
        ({"validation": (X, Y, X)}, "got tuple of 3"),
        ({"validation": (X.T, Y)}, r"the validation part's X has 11 inputs; expected 7"),
        ({"validation": (X, Y[:-1])}, "10 labels for 11 examples"),
        ({"validation": HELD, "patience": 0}, "patience must be a whole number"),
        ({"schedule": "linear"}, "schedule 'linear' is not known; expected one of constant"),
        ({"schedule": "cosine", "alpha": lambda step: 1.0}, "give one of them"),
        ({"dropout": 1}, "dropout must be"),
        ({"weight_decay": -1}, "weight_decay must be"),
        ({"weight_decay": 0.1, "optimizer": optimizers.adamw(0.2)}, "decays the weights by itself"),
        ({"scheme": "lecun"}, "scheme 'lecun' is not known"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"threads": 0, "iterations": 0}, "threads must be"),
        ({"gradient": "mine"}, "gradient must be a function of params, X, y; got 'mine'"),
        ({"epochs": -1}, "epochs must be"),
        ({"alpha": lambda: 1.0}, "alpha must be a function of step; got .* does not fit: too many"),
        ({"gradient": lambda params: 0}, "gradient must be a function of params, X, y; got"),
        ({"callback": lambda: None}, "callback must be a function of step; got"),
        ({"alpha": schedules.cosine}, r"call it, such as nnfs.schedules.cosine\(0.1, steps=750\)"),
        (
            {"dropout": 0.5, "gradient": network.gradient},
            "params, X, y, masks, as with dropout; got",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(change, message):
    with pytest.raises(ValueError, match=message):
        nnfs.train(X, Y, **change)


def test_two_loops_over_one_run_do_not_mix():
    run = Run(X, Y, iterations=9)
    first = iter(run)
    next(first)
    second = iter(run)
    assert next(second).iteration == 1
    with pytest.raises(RuntimeError, match="went on in another loop"):
        next(first)
    assert [step.iteration for step in second] == list(range(2, 9))


def test_a_run_that_diverges_keeps_what_came_before():
    run = Run(X, Y, iterations=9, alpha=lambda step: 1e200 if step == 5 else 0.1)
    with pytest.raises(nnfs.DivergenceError, match="at iteration 5"):
        run.finish()
    assert run.iteration == 5
    assert np.isfinite(run.params.W1).all()


@pytest.mark.parametrize("given", ["adamw", optimizers.adamw, optimizers.adamw(0.3)])
def test_an_optimizer_may_be_named_again(tmp_path, given):
    options = {"optimizer": optimizers.adamw(0.3), "batch_size": 3, "iterations": N}
    whole, run = Run(X, Y, **options), Run(X, Y, **options)
    whole.finish()
    for step in run:
        if step.iteration == 4:
            break
    rest = saved_and_loaded(run, tmp_path / "run.npz", optimizer=given)
    rest.finish()
    assert bits(rest) == bits(whole)


@pytest.mark.parametrize("own", [optimizers.adamw(0.2), "adamw", "sgd", "adam", "momentum"])
@pytest.mark.parametrize("other", ["sgd", "adam", optimizers.adamw(0.5), optimizers.momentum(0.3)])
def test_another_optimizer_is_told_in_words_that_callers_use(tmp_path, own, other):
    if own == other:
        return
    Run(X, Y, optimizer=own, iterations=2).save(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"the run has the optimizer nnfs\.optimizers") as caught:
        Run.load(tmp_path / "run.npz", X, Y, optimizer=other)
    message = str(caught.value)
    assert "decayed" not in message
    assert "leave optimizer out" in message
    # What is shown can be written.
    for shown in re.findall(r"nnfs\.optimizers\.\w+\([^)]*\)", message):
        assert isinstance(eval(shown, {"nnfs": nnfs}), optimizers.Optimizer)


@pytest.mark.parametrize("path", [3, None, b"run.npz", "", "a\0b", []])
def test_a_name_of_a_file_that_is_none_is_named(path):
    run = Run(X, Y, iterations=1)
    for call in (run.save, lambda path: Run.load(path, X, Y), training.about):
        with pytest.raises(ValueError, match=r"^path must be the name of a file"):
            call(path)


def test_a_file_that_lacks_something_says_what(tmp_path):
    path = tmp_path / "run.npz"
    Run(X, Y, iterations=N).save(path)
    whole = checkpoints.read(path)
    needed = [name for name in whole if name not in ("best", "stopped", "about")]
    kept = [n for n in whole["settings"] if n not in ("every", "patience")]
    for place, name in [(whole, name) for name in needed] + [(whole["settings"], n) for n in kept]:
        value = place.pop(name)
        checkpoints.write(path, whole)
        with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: .*it has no {name}"):
            Run.load(path, X, Y)
        place[name] = value


def test_the_range_that_data_are_said_to_have_comes_back(tmp_path):
    run = Run(X, Y, iterations=N, data_range=(-9, 9))
    again = saved_and_loaded(run, tmp_path / "run.npz")
    assert again.result.data_range == run.result.data_range == (-9, 9)


@pytest.mark.parametrize("again", [lambda run: pickle.loads(pickle.dumps(run)), copy.deepcopy])
def test_a_run_can_be_pickled_and_copied_and_goes_on(again):
    options = {"batch_size": 4, "optimizer": "adam", "schedule": "cosine", "dropout": 0.3}
    run = Run(X, Y, validation=HELD, iterations=N, **options)
    for step in run:
        if step.iteration == 5:
            break
    copied = again(run)
    assert copied.iteration == 6
    assert bits(copied.finish()) == bits(run.finish())
