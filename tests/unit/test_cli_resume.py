"""``python -m nnfs train --resume``: what goes on, what is refused, what a killed run leaves."""

import gzip
import itertools
import json
import signal
import struct
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import nnfs
from nnfs import cli, resuming, storage, training

ROOT = Path(nnfs.__file__).resolve().parents[1]
pytestmark = pytest.mark.usefixtures("blank")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder of IDX files with 90 training and 20 test images."""
    folder, rng = tmp_path_factory.mktemp("idx"), np.random.default_rng(1)
    for part, count in (("train", 90), ("t10k", 20)):
        images = rng.integers(0, 256, (count, 28, 28), np.uint8)
        labels = np.arange(count, dtype=np.uint8) % 10
        head = struct.pack(">4I", 2051, count, 28, 28)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        head = struct.pack(">2I", 2049, count)
        packed = gzip.compress(head + labels.tobytes())
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(packed)
    return folder


@pytest.fixture
def train(folder, capsys):
    """Return a function that trains in this process and gives exit code, output and complaint."""

    def run(*options: object):
        data = () if "--resume" in options else ("--data", folder, "--test-size", "20")
        code = cli.main(["train", *map(str, (*data, *options))])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def interrupted(train, monkeypatch):
    """Return a function that trains and sends Ctrl-C after some iterations of this call."""

    def run(count: int, *options: object):
        seen = itertools.count(1)

        def step(self, step):
            if next(seen) == count:
                signal.raise_signal(signal.SIGINT)

        with monkeypatch.context() as patch:
            patch.setattr(resuming.Checkpoints, "__call__", step)
            result = train(*options)
        assert result[0] == 130
        return result

    return run


def content(folder: Path) -> list[bytes]:
    """Return what a run wrote, but for the pictures and the packing."""
    params = storage.load_parameters(folder / "parameters.npz")
    run = json.loads((folder / "run.json").read_text(encoding="utf8"))
    return [
        *(P.tobytes() for P in params),
        (folder / "history.csv").read_bytes(),
        json.dumps(run, sort_keys=True).encode(),
    ]


RECIPES = [
    "--iterations 9",
    "--iterations 9 --optimizer momentum --batch-size 20",
    "--epochs 3 --optimizer adam --batch-size 32 --schedule cosine",
    "--iterations 9 --optimizer adamw --weight-decay 0.1 --dropout 0.3 --hidden 6 5 --init he",
    "--iterations 9 --optimizer sgd --weight-decay 0.1 --schedule step --seed 4",
    "--iterations 9 --validation 15 --patience 40 --batch-size 25 --split official",
]


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("cuts", [(1,), (2, 3)])
def test_a_run_goes_on_after_ctrl_c_to_the_same_files(train, interrupted, tmp_path, recipe, cuts):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert train(*recipe.split(), "--out", whole)[0] == 0
    interrupted(cuts[0], *recipe.split(), "--out", parts)
    for cut in cuts[1:]:
        interrupted(cut, "--resume", parts)
    code, out, err = train("--resume", parts)
    assert (code, err) == (0, "")
    assert f"going on with {parts} after {sum(cuts)} of 9 iterations" in out
    assert content(parts) == content(whole)


def test_other_names_of_the_run_and_another_folder(train, interrupted, tmp_path):
    train("--iterations", 6, "--out", tmp_path / "whole")
    interrupted(3, "--iterations", 6, "--out", tmp_path / "parts")
    before = content(tmp_path / "parts")
    saved = tmp_path / "parts" / "checkpoint.npz"
    assert train("--resume", saved, "--out", tmp_path / "new", "--quiet")[0] == 0
    assert content(tmp_path / "new") == content(tmp_path / "whole")
    assert content(tmp_path / "parts") == before


def test_a_finished_run_can_be_made_longer(train, tmp_path):
    train("--iterations", 9, "--batch-size", 20, "--optimizer", "adam", "--out", tmp_path / "whole")
    train("--iterations", 4, "--batch-size", 20, "--optimizer", "adam", "--out", tmp_path / "run")
    code, out, _ = train("--resume", tmp_path / "run", "--iterations", 9)
    assert code == 0
    assert "the rate is" not in out
    assert content(tmp_path / "run") == content(tmp_path / "whole")
    train("--resume", tmp_path / "run", "--epochs", 3)
    assert json.loads((tmp_path / "run" / "run.json").read_text("utf8"))["done"] == 12


def test_the_course_of_the_rate_over_a_new_length_is_told(train, tmp_path):
    train("--iterations", 4, "--schedule", "cosine", "--out", tmp_path / "run")
    _, out, _ = train("--resume", tmp_path / "run", "--iterations", 9)
    assert "the rate is from here on that of --schedule cosine over 9" in out


def test_a_run_with_nothing_left_says_so_and_writes_its_files_anew(train, tmp_path):
    train("--iterations", 4, "--out", tmp_path / "run")
    before = content(tmp_path / "run")
    (tmp_path / "run" / "parameters.npz").unlink()
    code, out, err = train("--resume", tmp_path / "run")
    assert (code, err) == (0, "")
    assert "nothing is left to do" in out
    assert content(tmp_path / "run") == before


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


@pytest.mark.parametrize(
    ("option", "saved"),
    [
        ("--hidden 6", "with --hidden 5"),
        ("--hidden 5 5", "with --hidden 5"),
        ("--init he", "with --init uniform"),
        ("--batch-size 7", "with --batch-size 20"),
        ("--optimizer sgd", "with --optimizer adam"),
        ("--alpha 0.1", "with --alpha 0.001"),
        ("--schedule step", "with --schedule constant"),
        ("--weight-decay 0.5", "with --weight-decay 0.0"),
        ("--dropout 0.5", "with --dropout 0.0"),
        ("--seed 1", "with --seed 0"),
        ("--split official", "with --split original"),
        ("--test-size 5", "with --test-size 20"),
        ("--validation 5", "without --validation"),
        ("--patience 5", "without --patience"),
        ("--data bundled", "with --data "),
    ],
)
def test_an_option_that_contradicts_the_run_is_named(train, tmp_path, option, saved):
    run, recipe = tmp_path / "run", "--iterations 2 --hidden 5 --batch-size 20 --optimizer adam"
    train(*recipe.split(), "--out", run)
    before = content(run)
    code, _, err = train("--resume", run, *option.split())
    assert code == 1
    assert one_line(err).startswith(f"nnfs: error: {option}: the run in {run} was made {saved}")
    assert "leave it out" in err
    assert content(run) == before


def test_options_that_agree_with_the_run_are_no_contradiction(train, tmp_path, folder):
    options = ["--hidden", "5", "--alpha", "0.1", "--batch-size", "20", "--test-size", "20"]
    train("--iterations", 2, *options, "--out", tmp_path / "run")
    agreed = ("--data", folder, *options, "--iterations", 3)
    assert train("--resume", tmp_path / "run", *agreed)[0] == 0


@pytest.mark.parametrize(("option", "value"), [("--iterations", 3), ("--epochs", 1)])
def test_a_run_is_not_made_shorter_than_it_is(train, tmp_path, option, value):
    train("--iterations", 5, "--batch-size", 40, "--out", tmp_path / "run")
    code, _, err = train("--resume", tmp_path / "run", option, value)
    assert code == 1
    assert f"{option} {value}: the run in {tmp_path / 'run'} has made 5" in one_line(err)


def test_data_that_changed_are_refused(train, tmp_path, folder):
    copy = tmp_path / "data"
    copy.mkdir()
    for path in folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    train("--data", copy, "--iterations", 2, "--out", tmp_path / "run")
    path = copy / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-900] + bytes(900))
    code, _, err = train("--resume", tmp_path / "run", "--iterations", 3)
    assert code == 1
    assert "is not that of the run" in one_line(err)


def test_what_is_no_run_is_told(train, tmp_path):
    code, _, err = train("--resume", tmp_path / "none")
    assert code == 1
    assert f"--resume {tmp_path / 'none'}: no run to go on with" in one_line(err)
    assert not (tmp_path / "none").exists()
    (tmp_path / "checkpoint.npz").write_bytes(b"PK damaged")
    code, _, err = train("--resume", tmp_path)
    assert code == 1
    assert "checkpoint.npz: not a saved run" in one_line(err)
    rng = np.random.default_rng(0)
    run = training.Run(rng.random((7, 4)), [0, 1, 2, 0], iterations=2)
    run.save(tmp_path / "own.npz")
    code, _, err = train("--resume", tmp_path / "own.npz")
    assert code == 1
    assert "goes on with runs of its own" in one_line(err)


def test_an_earlier_form_of_a_folder_has_no_run_to_go_on_with(train, tmp_path):
    train("--iterations", 2, "--out", tmp_path / "run")
    (tmp_path / "run" / "checkpoint.npz").unlink()
    code, _, err = train("--resume", tmp_path / "run")
    assert code == 1
    assert "no run to go on with" in one_line(err)


def test_a_validation_part_is_held_out_scored_and_told(train, tmp_path, folder):
    out = tmp_path / "run"
    options = ("--validation", 15, "--iterations", 30, "--alpha", 0.5, "--out", out)
    code, text, _ = train(*options)
    assert code == 0
    assert "55 training images, 15 validation images, 20 test images" in text
    digits = nnfs.load_mnist(folder, n_test=20)
    X, y = digits.x_train, digits.y_train
    held = X[:, -15:], y[-15:]
    expected = nnfs.train(X[:, :-15], y[:-15], iterations=30, alpha=0.5, validation=held)
    kept = storage.load_parameters(out / "parameters.npz")
    assert [P.tobytes() for P in kept] == [P.tobytes() for P in expected.params]
    run = json.loads((out / "run.json").read_text("utf8"))
    assert run["kept"] == expected.best.iteration + 1
    assert run["validation_accuracy"] == expected.best.score
    assert f"validation accuracy: {expected.best.score:.4f}" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--validation", 70), "--validation 70: expected 1 to 69 of the 70 training images"),
        (
            ("--patience", 3),
            "--patience is about the scores on a validation part: add --validation",
        ),
    ],
)
def test_a_validation_part_that_cannot_be_is_told(train, tmp_path, options, message):
    code, _, err = train(*options, "--out", tmp_path / "run")
    assert code == 1
    assert message in one_line(err)
    assert not (tmp_path / "run").exists()


def test_patience_ends_a_run(train, tmp_path):
    options = ("--validation", 15, "--patience", 2, "--iterations", 400, "--alpha", 0.5)
    code, text, _ = train(*options, "--out", tmp_path / "run")
    assert code == 0
    run = json.loads((tmp_path / "run" / "run.json").read_text("utf8"))
    assert run["done"] == run["kept"] + 2 < 400
    assert "validation accuracy" in text


def test_checkpoints_are_written_by_the_clock_and_hold_the_options(
    train, tmp_path, monkeypatch, folder
):
    now = itertools.count(0, 20)
    clocked = partial(resuming.Checkpoints, clock=lambda: next(now))
    monkeypatch.setattr(resuming, "Checkpoints", clocked)
    saved = []
    save = training.Run.save

    def noted(self, path, *, about=None):
        saved.append(self.iteration)
        save(self, path, about=about)

    monkeypatch.setattr(training.Run, "save", noted)
    train("--iterations", 6, "--out", tmp_path / "run")
    assert len(saved) > 2
    assert saved[-1] == 6
    about = training.about(tmp_path / "run" / "checkpoint.npz")
    assert about["data"] == str(folder.resolve())
    assert (about["hidden"], about["alpha"], about["iterations"]) == ([10], 0.1, 6)


def test_a_second_ctrl_c_does_not_lose_the_run(interrupted, train, tmp_path, monkeypatch):
    def again(path, params):
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the second one did not end it")

    train("--iterations", 9, "--out", tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr(storage, "save_parameters", again)
        _, _, err = interrupted(4, "--iterations", 9, "--out", tmp_path / "run")
    assert "interrupted; again" in one_line(err)
    assert not (tmp_path / "run" / "parameters.npz").exists()
    assert train("--resume", tmp_path / "run")[0] == 0
    assert content(tmp_path / "run") == content(tmp_path / "whole")


KILLED = """
import functools, sys
from nnfs import cli, resuming
resuming.Checkpoints = functools.partial(resuming.Checkpoints, every=0.0)
sys.exit(cli.main(sys.argv[1:]))
"""


def test_a_killed_run_goes_on_from_its_last_checkpoint(train, tmp_path, folder):
    options = ["--data", str(folder), "--test-size", "20", "--batch-size", "20", "--quiet"]
    options += ["--optimizer", "adam", "--out", str(tmp_path / "run")]
    command = [sys.executable, "-c", KILLED, "train", *options, "--iterations", "1000000"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    checkpoint = tmp_path / "run" / "checkpoint.npz"
    until = time.monotonic() + 600
    while not checkpoint.exists() and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=600)
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert "checkpoint.npz" in left
    assert "parameters.npz" not in left
    done = training.about(checkpoint)["done"]
    assert done >= 1
    # The run is a million steps long; go on for a few, and compare with one that was not killed.
    X, y = nnfs.load_mnist(folder, n_test=20)[:2]
    rest = training.Run.load(checkpoint, X, y)
    *_, last = itertools.islice(rest, 3)
    whole = training.Run(X, y, batch_size=20, optimizer="adam", iterations=done + 3)
    whole.finish()
    assert [P.tobytes() for P in last.params] == [P.tobytes() for P in whole.params]


def test_a_diverging_run_in_a_folder_of_an_earlier_one_leaves_that_as_it_was(train, tmp_path):
    train("--iterations", 2, "--out", tmp_path / "run")
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    assert train("--alpha", 1e38, "--iterations", 30, "--out", tmp_path / "run")[0] == 1
    assert {p.name: p.read_bytes() for p in (tmp_path / "run").iterdir()} == before


def test_help_tells_of_going_on(capsys):
    with pytest.raises(SystemExit):
        cli.main(["train", "--help"])
    out = " ".join(capsys.readouterr().out.split())
    assert "--resume RUN" in out
    assert "0.1, 0.001 with adam, 0.001 with adamw" in out
