"""The command line as a user meets it: output, files, exit codes, Ctrl-C."""

import csv
import gzip
import inspect
import io
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nnfs
from nnfs import batches, cli, layers, network, optimizers, regularise, schedules, storage, training

ROOT = Path(nnfs.__file__).resolve().parents[1]
pytestmark = pytest.mark.usefixtures("blank")
FILES = {
    "accuracy.png",
    "checkpoint.npz",
    "history.csv",
    "loss.png",
    "parameters.npz",
    "predictions.png",
    "run.json",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder of IDX files with 120 training and 30 test images."""
    folder, rng = tmp_path_factory.mktemp("idx"), np.random.default_rng(0)
    for part, count in (("train", 120), ("t10k", 30)):
        images = rng.integers(0, 256, (count, 28, 28), np.uint8)
        labels = rng.integers(0, 10, count, np.uint8)
        head = struct.pack(">4I", 2051, count, 28, 28)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        head = struct.pack(">2I", 2049, count)
        packed = gzip.compress(head + labels.tobytes())
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(packed)
    return folder


@pytest.fixture
def train(folder, tmp_path, capsys):
    """Return a function that trains in this process and gives exit code and output."""

    def run(*options: str, out: Path = tmp_path / "run", iterations=("--iterations", "4")):
        usual = ("--data", str(folder), "--test-size", "20", *iterations)
        code = cli.main(["train", *usual, "--out", str(out), *options])
        return code, capsys.readouterr()

    return run


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


def test_a_run_writes_its_files_and_ends_with_both_accuracies(train, tmp_path, folder, drawn):
    code, (out, err) = train()
    assert code == 0
    assert err == ""
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES
    assert f"data: IDX files in {folder}" in out
    assert "100 training images, 20 test images" in out
    assert len(re.findall(r"^iteration .* loss \d\.\d{4}  accuracy 0\.\d{4}$", out, re.M)) == 4
    assert re.fullmatch(r"train accuracy: [01]\.\d{4}", out.splitlines()[-2])
    assert re.fullmatch(r"test accuracy: [01]\.\d{4}", out.splitlines()[-1])


def test_a_run_is_that_of_nnfs_train(train, tmp_path, folder):
    _, (out, _) = train("--hidden", "6", "--alpha", "0.3", "--seed", "6")
    digits = nnfs.load_mnist(folder, n_test=20, seed=6)
    expected = nnfs.train(digits.x_train, digits.y_train, hidden=6, iterations=4, alpha=0.3, seed=6)
    kept = storage.load_parameters(tmp_path / "run" / "parameters.npz")
    for P, Q in zip(kept, expected.params, strict=True):
        assert P.tobytes() == Q.tobytes()
    with (tmp_path / "run" / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["iteration"]) for row in rows] == [0, 1, 2, 3]
    assert [float(row["loss"]) for row in rows] == expected.history.loss.tolist()
    assert [float(row["accuracy"]) for row in rows] == expected.history.accuracy.tolist()
    train = nnfs.accuracy(expected.params, digits.x_train, digits.y_train)
    test = nnfs.accuracy(expected.params, digits.x_test, digits.y_test)
    assert train != test
    assert out.splitlines()[-2:] == [f"train accuracy: {train:.4f}", f"test accuracy: {test:.4f}"]


def start(digits, hidden, seed, scheme="uniform"):
    return nnfs.init_params(len(digits.x_train), hidden, scheme=scheme, seed=seed)


def test_every_setting_reaches_the_run(train, tmp_path, folder):
    options = "--hidden 8 6 --init he --epochs 2 --batch-size 32 --optimizer adamw --alpha 0.004"
    options += " --schedule cosine --weight-decay 0.3 --dropout 0.25 --seed 3"
    code, (out, err) = train(*options.split(), iterations=())
    assert (code, err) == (0, "")
    digits = nnfs.load_mnist(folder, n_test=20, seed=3)
    objective = batches.mini_batches(
        layers.gradient, *digits[:2], batch_size=32, seed=3, dropout=0.25
    )
    *_, last = training.steps(
        start(digits, (8, 6), 3, "he"),
        objective,
        iterations=8,
        alpha=schedules.cosine(0.004, steps=8),
        optimizer=optimizers.adamw(0.3),
    )
    kept = storage.load_parameters(tmp_path / "run" / "parameters.npz")
    assert [P.tobytes() for P in kept] == [P.tobytes() for P in last.params]
    assert f"test accuracy: {nnfs.accuracy(kept, *digits[2:]):.4f}" in out
    settings = storage.load_settings(tmp_path / "run")
    named = {"hidden": [8, 6], "init": "he", "iterations": 8, "batch_size": 32, "alpha": 0.004}
    named |= {"optimizer": "adamw", "schedule": "cosine", "weight_decay": 0.3, "dropout": 0.25}
    assert {name: settings[name] for name in named} == named


@pytest.mark.parametrize(
    ("name", "optimizer", "alpha"),
    [
        ("sgd", optimizers.SGD, 0.1),
        ("momentum", optimizers.momentum(), 0.1),
        ("adam", optimizers.adam(), 0.001),
        ("adamw", optimizers.adamw(0.5), 0.001),
    ],
)
def test_optimisers_have_a_learning_rate_of_their_own_and_decay_in_their_own_way(
    train, tmp_path, folder, name, optimizer, alpha
):
    train("--optimizer", name, "--weight-decay", "0.5", "--schedule", "step")
    digits = nnfs.load_mnist(folder, n_test=20)
    decay = {} if name == "adamw" else {"gradient": regularise.penalised(network.gradient, 0.5)}
    expected = nnfs.train(
        *digits[:2],
        iterations=4,
        alpha=schedules.stepwise(alpha, every=2),
        optimizer=optimizer,
        **decay,
    )
    kept = storage.load_parameters(tmp_path / "run" / "parameters.npz")
    for P, Q in zip(kept, expected.params, strict=True):
        assert P.tobytes() == Q.tobytes()


def test_predict_takes_a_deep_network(train, tmp_path, capsys):
    train("--hidden", "6", "5", "4")
    assert cli.main(["predict", "--parameters", str(tmp_path / "run" / "parameters.npz")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_a_long_run_prints_some_iterations_and_the_last(train):
    _, (out, _) = train("--iterations", "60")
    told = [int(line.split()[1]) for line in out.splitlines() if line.startswith("iteration ")]
    assert told == [*range(0, 60, 4), 59]


def test_the_handler_of_ctrl_c_is_left_as_it_was(train):
    before = signal.getsignal(signal.SIGINT)
    train()
    assert signal.getsignal(signal.SIGINT) is before


def test_quiet_prints_two_lines(train):
    _, (out, err) = train("--quiet")
    assert re.fullmatch(r"train accuracy: .*\ntest accuracy: .*\n", out)
    assert err == ""


def test_the_official_split(train):
    assert "120 training images, 30 test images" in train("--split", "official")[1].out


def test_an_earlier_run_is_replaced(train, tmp_path):
    train("--seed", "1")
    first = (tmp_path / "run" / "parameters.npz").read_bytes()
    assert train("--seed", "2")[0] == 0
    assert (tmp_path / "run" / "parameters.npz").read_bytes() != first
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


@pytest.mark.parametrize(
    "options",
    [
        ["train", "--iterations", "0"],
        ["train", "--iterations", "ten"],
        ["train", "--hidden", "0"],
        ["train", "--hidden", "-3"],
        ["train", "--alpha", "0"],
        ["train", "--alpha", "nan"],
        ["train", "--alpha", "inf"],
        ["train", "--hidden"],
        ["train", "--hidden", "5", "0"],
        ["train", "--epochs", "0"],
        ["train", "--epochs", "2", "--iterations", "3"],
        ["train", "--batch-size", "0"],
        ["train", "--optimizer", "rmsprop"],
        ["train", "--schedule", "linear"],
        ["train", "--init", "lecun"],
        ["train", "--weight-decay", "-1"],
        ["train", "--weight-decay", "nan"],
        ["train", "--dropout", "1"],
        ["train", "--dropout", "half"],
        ["train", "--seed", "-1"],
        ["train", "--seed", "1.5"],
        ["train", "--test-size", "0"],
        ["train", "--split", "other"],
        ["train", "--unknown"],
        ["train", "stray"],
        ["predict", "-1"],
        ["predict", "one"],
        ["data", "--data"],
        ["unknown"],
        [],
    ],
)
def test_usage_errors_are_one_line_and_exit_with_2(options, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(options)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    command = f" {options[0]}" if options and options[0] in ("train", "predict", "data") else ""
    assert one_line(err).startswith("nnfs: error: ")
    assert one_line(err).endswith(f"; see python -m nnfs{command} --help")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--data", "/no/such/place"], "/no/such/place"),
        (["--test-size", "120"], "--test-size 120: expected 1 to 119 of the 120 images"),
        (["--test-size", "100"], "--test-size 100 leaves 20 of 120 images to train on"),
        (["--alpha", "1e38", "--iterations", "30"], "diverged at iteration"),
    ],
)
def test_bad_data_and_diverged_runs_exit_with_1_one_line_and_no_files(
    train, tmp_path, options, message
):
    code, (_, err) = train(*options)
    assert code == 1
    assert one_line(err).startswith("nnfs: error: ")
    assert message in err
    assert not (tmp_path / "run").exists()


def test_a_diverged_run_takes_the_folders_that_it_made_away(train, tmp_path):
    assert train("--alpha", "1e38", out=tmp_path / "a" / "b" / "run")[0] == 1
    assert not (tmp_path / "a").exists()


def test_a_folder_that_cannot_be_written_is_told_before_any_work(train, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("here")
    monkeypatch.setattr(cli.batches, "objective", None)
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        code, (_, err) = train(out=out)
        assert code == 1
        assert str(tmp_path / "file") in one_line(err)


def test_a_full_disk_leaves_nothing_half_written(train, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device", "parameters.npz")

    train("--seed", "1")
    before = (tmp_path / "run" / "parameters.npz").read_bytes()
    monkeypatch.setattr(storage.np, "savez", full)
    code, (_, err) = train("--seed", "2")
    assert code == 1
    assert one_line(err) == "nnfs: error: parameters.npz: No space left on device"
    assert (tmp_path / "run" / "parameters.npz").read_bytes() == before
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


def test_a_figure_that_fails_leaves_nothing_half_written(train, tmp_path, monkeypatch, drawn):
    def fail(figure, file, **options):
        file.write(b"half of a picture")
        raise OSError(5, "Input/output error", "loss.png")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fail)
    code, (_, err) = train(out=tmp_path / "new" / "run")
    assert code == 1
    assert one_line(err) == "nnfs: error: loss.png: Input/output error"
    assert not (tmp_path / "new").exists()


def test_files_that_are_not_of_a_run_are_left_alone(train, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "writable").write_text("precious")
    assert train()[0] == 0
    assert (tmp_path / "run" / "writable").read_text() == "precious"
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES | {"writable"}


def test_a_last_step_into_overflow_is_a_diverged_run(train, tmp_path):
    code, (_, err) = train("--alpha", "1e30", "--iterations", "1")
    assert code == 1
    assert "diverged: after 1 step the loss is nan" in one_line(err)
    assert not (tmp_path / "run").exists()


def test_ctrl_c_while_saving_lets_the_files_be_finished(train, tmp_path, monkeypatch):
    save = storage.save_parameters

    def interrupted(path, params):
        signal.raise_signal(signal.SIGINT)
        save(path, params)

    monkeypatch.setattr(storage, "save_parameters", interrupted)
    code, (out, err) = train()
    assert code == 130
    assert "Ctrl-C came when the run had ended, after 4 of 4 iterations" in one_line(err)
    assert out.splitlines()[-1].startswith("test accuracy: ")
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


def test_predict_shows_the_answers_for_the_test_part_of_the_run(train, tmp_path, folder, capsys):
    train("--seed", "7")
    path = tmp_path / "run" / "parameters.npz"
    assert cli.main(["predict", "--parameters", str(path), "3", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    digits, params = nnfs.load_mnist(folder, n_test=20, seed=7), storage.load_parameters(path)
    A2 = nnfs.forward(params, digits.x_test).A2
    for line, image in zip(lines, (3, 0), strict=False):
        answer, truth = A2[:, image].argmax(), digits.y_test[image]
        expected = f"image {image:5}  answer {answer}  p {A2[answer, image]:.4f}  label {truth}"
        assert line == expected + ("" if answer == truth else "  wrong")
    assert re.fullmatch(r"[012] of 2 right", lines[-1])


def test_predict_shows_ten_without_being_asked(train, tmp_path, capsys):
    train()
    assert cli.main(["predict", "--parameters", str(tmp_path / "run" / "parameters.npz")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_predict_takes_other_data(train, tmp_path, folder, capsys):
    train()
    path = str(tmp_path / "run" / "parameters.npz")
    options = ["--data", str(folder), "--split", "official", "29"]
    assert cli.main(["predict", "--parameters", path, *options]) == 0
    digits = nnfs.load_mnist(folder, split="official")
    assert f"label {digits.y_test[29]}" in capsys.readouterr().out


def test_predict_refuses_an_image_that_is_not_there(train, tmp_path, capsys):
    train()
    path = str(tmp_path / "run" / "parameters.npz")
    assert cli.main(["predict", "--parameters", path, "20"]) == 1
    assert "image 20: the test part holds images 0 to 19" in one_line(capsys.readouterr().err)


def test_predict_refuses_a_missing_or_damaged_network(tmp_path, capsys):
    path = tmp_path / "parameters.npz"
    assert cli.main(["predict", "--parameters", str(path)]) == 1
    assert str(path) in one_line(capsys.readouterr().err)
    path.write_bytes(b"PK damaged")
    assert cli.main(["predict", "--parameters", str(path)]) == 1
    assert "not the parameters" in one_line(capsys.readouterr().err)


def damaged(tmp_path, place: int, value: int) -> Path:
    path = tmp_path / "damaged.npz"
    np.savez_compressed(path, **nnfs.init_params()._asdict())
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + place] = value
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [(8, 1, "encrypted"), (6, 99, "zip file version"), (10, 99, "not supported")],
)
def test_predict_refuses_an_archive_with_a_damaged_directory(
    tmp_path, capsys, place, value, reason
):
    path = damaged(tmp_path, place, value)
    assert cli.main(["predict", "--parameters", str(path)]) == 1
    err = one_line(capsys.readouterr().err)
    assert err.startswith(f"nnfs: error: {path}: not the parameters")
    assert reason in err


def test_predict_refuses_damaged_compressed_data(tmp_path, capsys):
    path = tmp_path / "damaged.npz"
    np.savez_compressed(path, **nnfs.init_params()._asdict())
    content = bytearray(path.read_bytes())
    start = 30 + sum(struct.unpack_from("<2H", content, 26))
    content[start] = 0xFF
    path.write_bytes(content)
    assert cli.main(["predict", "--parameters", str(path)]) == 1
    assert "not the parameters" in one_line(capsys.readouterr().err)


def test_predict_refuses_parameters_that_overflow(tmp_path, folder, capsys):
    path = tmp_path / "parameters.npz"
    large = [np.full_like(P, 1e30) for P in nnfs.init_params()]
    storage.save_parameters(path, nnfs.Parameters(*large))
    usual = ["--data", str(folder), "--test-size", "20"]
    assert cli.main(["predict", "--parameters", str(path), *usual]) == 1
    assert "not all finite" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("settings", ['{"data": 5}', '{"data": ["a"]}', '{"split": 3}', "[]", "{"])
def test_predict_refuses_damaged_settings(train, tmp_path, capsys, settings):
    train()
    (tmp_path / "run" / "run.json").write_text(settings)
    path = str(tmp_path / "run" / "parameters.npz")
    assert cli.main(["predict", "--parameters", path]) == 1
    assert one_line(capsys.readouterr().err).startswith("nnfs: error: ")


def test_predict_refuses_a_network_for_other_images(train, tmp_path, folder, capsys):
    path = tmp_path / "parameters.npz"
    storage.save_parameters(path, nnfs.init_params(7, 5, 3))
    assert (
        cli.main(["predict", "--parameters", str(path), "--data", str(folder), "--test-size", "20"])
        == 1
    )
    assert "(5, 7)" in one_line(capsys.readouterr().err)


def test_data_lists_files_counts_and_fingerprints(folder, capsys):
    assert cli.main(["data", "--data", str(folder)]) == 0
    out = capsys.readouterr().out
    assert f"IDX files in {folder}" in out
    assert re.search(r"^train-labels-idx1-ubyte.gz  120  sha256 [0-9a-f]{64}$", out, re.M)


def test_data_names_the_bundled_digits(capsys):
    assert cli.main(["data", "--data", "bundled"]) == 0
    out = capsys.readouterr().out
    assert "bundled MNIST" in out
    assert "60000  sha256 ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db" in out


def process(*arguments: str, **options) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "nnfs", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_the_original_job_starts_without_options_but_fewer_steps(tmp_path):
    run = process("train", "--iterations", "3", "--out", str(tmp_path / "run"))
    out, err = run.communicate(timeout=600)
    assert run.returncode == 0, err
    assert "41000 training images, 1000 test images" in out
    assert re.search(r"^test accuracy: 0\.\d{4}$", out.splitlines()[-1])


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a console, not a process")
def test_ctrl_c_keeps_what_was_trained(folder, tmp_path):
    out = tmp_path / "run"
    usual = ("--data", str(folder), "--test-size", "20", "--iterations", "1000000")
    run = process("train", *usual, "--out", str(out))
    assert run.stdout is not None
    while not run.stdout.readline().startswith("iteration"):
        pass
    time.sleep(0.3)
    run.send_signal(signal.SIGINT)
    text, err = run.communicate(timeout=600)
    assert run.returncode == 130
    found = re.fullmatch(
        r"nnfs: interrupted after (\d+) of 1000000 iterations; kept in (.*)", one_line(err)
    )
    assert found
    assert found[2] == str(out)
    assert {path.name for path in out.iterdir()} == FILES
    assert len((out / "history.csv").read_text().splitlines()) == int(found[1]) + 1
    assert text.splitlines()[-1].startswith("test accuracy: ")
    expected = nnfs.load_mnist(folder, n_test=20)
    again = nnfs.train(expected.x_train, expected.y_train, iterations=int(found[1]))
    kept = storage.load_parameters(out / "parameters.npz")
    np.testing.assert_allclose(kept.W1, again.params.W1, rtol=0, atol=1e-3)


@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows closes no output")
def test_a_closed_output_is_no_reason_to_fail(folder, tmp_path):
    usual = ["--data", str(folder), "--test-size", "20", "--iterations", "2"]
    command = [sys.executable, "-m", "nnfs", "train", *usual, "--out", str(tmp_path / "run")]
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    run = subprocess.run(closed, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0
    assert run.stderr == ""
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


def test_ctrl_c_before_the_first_iteration_writes_nothing(tmp_path, monkeypatch, capsys):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.data, "load_mnist", interrupted)
    assert cli.main(["train", "--out", str(tmp_path / "run")]) == 130
    assert "nothing was written" in one_line(capsys.readouterr().err)
    assert not (tmp_path / "run").exists()


def test_a_reader_that_goes_away_makes_no_traceback(folder, tmp_path):
    usual = ("--data", str(folder), "--test-size", "20", "--iterations", "3000")
    run = process("train", *usual, "--out", str(tmp_path / "run"))
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.readline()
    run.stdout.close()
    err = run.stderr.read()
    run.stderr.close()
    assert run.wait(timeout=600) != 0
    assert err == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_a_terminal_gets_a_progress_bar(folder, tmp_path):
    import pty

    usual = ["--data", str(folder), "--test-size", "20", "--iterations", "50"]
    leader, follower = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "nnfs", "train", *usual, "--out", str(tmp_path / "run")],
        cwd=ROOT,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    text = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        text += chunk
    os.close(leader)
    assert run.wait(timeout=600) == 0
    shown = text.decode()
    assert "50/50" in shown
    assert re.search(r"loss \d\.\d{4}, accuracy 0\.\d{4}", shown)
    assert "iteration " not in shown
    assert shown.rstrip().splitlines()[-1].startswith("test accuracy: ")


@pytest.fixture
def trained(train, tmp_path) -> list[str]:
    """Return the options that name a trained network."""
    train()
    return ["predict", "--parameters", str(tmp_path / "run" / "parameters.npz")]


@pytest.fixture
def seven(tmp_path) -> Path:
    ink = np.zeros((60, 40), np.uint8)
    ink[10:16, 10:30] = 255
    ink[16:50, 22:28] = 255
    Image.fromarray(ink).save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


def write_table(path: Path, images: np.ndarray, labels: np.ndarray | None = None) -> Path:
    names = [f"pixel{i}" for i in range(784)]
    rows = images.astype(int)
    if labels is not None:
        names, rows = ["label", *names], np.column_stack([labels, rows])
    lines = [names, *rows.astype(str).tolist()]
    path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf8")
    return path


def test_predict_answers_for_pictures_and_says_which_network(trained, seven, tmp_path, capsys):
    other = seven.with_name("again.jpg")
    Image.open(seven).save(other, quality=95)
    assert cli.main([*trained, str(seven), str(other)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    network, first, second = out.splitlines()
    params = nnfs.load_parameters(trained[-1])
    kept = storage.load_settings(tmp_path / "run")["test_accuracy"]
    assert (
        network == f"network: {trained[-1]}, 784-10-10, {100 * kept:.1f} % of its test images right"
    )
    A2 = nnfs.forward(params, nnfs.read_picture(seven)).A2[:, 0]
    best = np.argsort(-A2)[:3]
    told = [f"{digit}  p {A2[digit]:.4f}" for digit in best]
    assert first == f"{seven}  answer {told[0]}  then {told[1]}, {told[2]}"
    assert second.startswith(f"{other}  answer ")


def test_predict_writes_answers_for_a_file_without_labels(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    images = np.random.default_rng(3).integers(0, 256, (7, 784))
    path = write_table(tmp_path / "test.csv", images)
    assert cli.main([*trained, "test.csv"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "test.csv  7 images, answers in test-predictions.csv"
    )
    answers = nnfs.predict(nnfs.load_parameters(trained[-1]), images.T / np.float32(255))
    expected = ["ImageId,Label", *(f"{i},{a}" for i, a in enumerate(answers, start=1))]
    assert (tmp_path / "test-predictions.csv").read_text().splitlines() == expected
    packed = tmp_path / "test.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert cli.main([*trained, str(packed), "--output", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "out.csv").read_text().splitlines() == expected
    write_table(path, images, answers)
    assert cli.main([*trained, str(path)]) == 0
    assert "7 images, 7 of 7 right, answers in" in capsys.readouterr().out


def test_predict_writes_answers_for_pictures_when_asked(trained, seven, tmp_path, capsys):
    assert cli.main([*trained, str(seven), "--output", str(tmp_path / "out.csv")]) == 0
    answer = re.search(r"answer (\d)", capsys.readouterr().out)
    assert answer
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines == ["File,Label", f"{seven},{answer[1]}"]


def test_a_name_that_the_output_cannot_spell_is_shown_all_the_same(
    trained, seven, tmp_path, monkeypatch
):
    path = tmp_path / "ü ☃.png"
    path.write_bytes(seven.read_bytes())
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert cli.main([*trained, str(path), "--output", str(tmp_path / "out.csv")]) == 0
    assert rb"\xfc \u2603.png  answer " in written.getvalue()
    assert "ü ☃.png" in (tmp_path / "out.csv").read_text(encoding="utf8")


def test_a_name_that_is_no_text_is_written_as_its_bytes(tmp_path):
    path = tmp_path / "out.csv"
    cli._write_answers(path, ("File", "Label"), [("b\udcff.png", 3)])
    assert path.read_bytes() == b"File,Label\nb\xff.png,3\n"


def test_predict_without_a_trained_network_says_how_to_train_one(seven, tmp_path, capsys):
    path = tmp_path / "none" / "parameters.npz"
    assert cli.main(["predict", "--parameters", str(path), str(seven)]) == 1
    err = one_line(capsys.readouterr().err)
    assert str(path) in err
    assert "python -m nnfs train" in err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.png", None, "no such file"),
        ("folder", "folder", "is a folder"),
        ("a.png", b"", "is empty"),
        ("a.csv", b"", "is empty"),
        ("a.png", b"<html>", "is a web page"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "is a zip archive"),
        ("a.csv", b"a,b\n1,2\n", "line 1 is not the header"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic" + bytes(50), "is a HEIC picture; expected a picture"),
        ("IMG_1", b"\0\0\0\x18ftypheic" + bytes(50), "is a HEIC picture"),
        ("drawing.svg", b"<?xml version='1.0'?><svg>", "is an SVG drawing; expected a picture"),
        ("a.dat", bytes(99), "is no text, it holds bytes of 0"),
        ("a.txt", b"hello", "line 1 is not the header"),
    ],
)
def test_predict_names_what_is_neither_picture_nor_table(
    trained, tmp_path, capsys, name, content, says
):
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    assert cli.main([*trained, str(path)]) == 1
    err = one_line(capsys.readouterr().err)
    assert err.startswith(f"nnfs: error: {path}")
    assert says in err
    assert not list(tmp_path.glob("*predictions*"))


def test_predict_does_not_write_over_its_input_or_several_files_into_one(
    trained, seven, tmp_path, capsys
):
    path = write_table(tmp_path / "test.csv", np.zeros((2, 784)))
    before = path.read_bytes()
    cases = [[path, "--output", path], [path, seven, "--output", tmp_path / "out.csv"], [seven, 3]]
    cases += [["3", "--output", tmp_path / "out.csv"]]
    for case in cases:
        assert cli.main([*trained, *map(str, case)]) == 1
        one_line(capsys.readouterr().err)
    assert path.read_bytes() == before
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "images",
    [
        ("seven.png", "--output", "seven.png"),
        ("seven.png", "again.png", "--output", "again.png"),
        ("seven.png", "--output", "folder/../seven.png"),
        ("test.csv", "folder/test.csv"),
        ("test.csv", "folder/test.csv.gz"),
        ("test.csv", "test-predictions.csv"),
    ],
)
def test_answers_replace_neither_a_file_with_images_nor_other_answers(
    trained, seven, tmp_path, monkeypatch, capsys, images
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    table = write_table(tmp_path / "test.csv", np.zeros((2, 784)))
    for name in ("test-predictions.csv", "folder/test.csv"):
        (tmp_path / name).write_bytes(table.read_bytes())
    (tmp_path / "folder" / "test.csv.gz").write_bytes(gzip.compress(table.read_bytes()))
    (tmp_path / "again.png").write_bytes(seven.read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert cli.main([*trained, *images]) == 1
    assert "name another" in (err := one_line(capsys.readouterr().err)) or "ask apart" in err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("output", "says"), [("folder", "is a folder"), ("none/out.csv", "there is no folder")]
)
def test_an_output_that_cannot_be_written_is_told_by_its_own_name(
    trained, seven, tmp_path, capsys, output, says
):
    (tmp_path / "folder").mkdir(exist_ok=True)
    assert cli.main([*trained, str(seven), "--output", str(tmp_path / output)]) == 1
    err = one_line(capsys.readouterr().err)
    assert err.startswith(f"nnfs: error: {tmp_path / output}: ")
    assert says in err


@pytest.mark.parametrize("inside", ["", "deeper/run"])
def test_a_file_in_the_place_of_the_run_is_told(train, tmp_path, inside):
    (tmp_path / "file").write_text("kept", encoding="utf8")
    code, (_, err) = train(out=tmp_path / "file" / inside)
    assert code == 1
    assert f"{tmp_path / 'file'} is a file; expected a folder" in one_line(err)
    assert (tmp_path / "file").read_text(encoding="utf8") == "kept"


@pytest.mark.parametrize("hidden", [10**20, 10**15])
def test_a_network_that_no_memory_holds_is_told_by_its_option(train, tmp_path, hidden):
    code, (_, err) = train("--hidden", "3", str(hidden))
    assert code == 1
    assert f"--hidden 3 {hidden}: " in one_line(err)
    assert not (tmp_path / "run").exists()


def test_a_table_has_no_part_of_an_official_run(train, tmp_path, capsys):
    train("--split", "official")
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (30, 784)), rng.integers(0, 10, 30)
    table = str(write_table(tmp_path / "mine.csv", images, labels))
    asked = ["predict", "--parameters", str(tmp_path / "run" / "parameters.npz"), "--data", table]
    assert cli.main(asked) == 1
    err = one_line(capsys.readouterr().err)
    assert f"python -m nnfs predict {table}" in err
    assert "leave --split" not in err
    assert cli.main([*asked, "--split", "original", "--test-size", "5"]) == 0


def test_a_network_trained_on_another_scale_is_not_asked_about_pictures(seven, tmp_path, capsys):
    params = nnfs.network.trained_on(nnfs.init_params(), (0.0, 255.0))
    nnfs.save_parameters(tmp_path / "parameters.npz", params)
    code = cli.main(["predict", "--parameters", str(tmp_path / "parameters.npz"), str(seven)])
    assert code == 1
    assert "trained on data in [0, 255]" in one_line(capsys.readouterr().err)


def python_names() -> set[str]:
    functions = [nnfs.load_mnist, nnfs.train, nnfs.init_params, batches.mini_batches]
    functions += [training.steps, regularise.penalised, regularise.dropout_masks, schedules.cosine]
    names = {name for function in functions for name in inspect.signature(function).parameters}
    return {f"{name}=" for name in names} | {name for name in names if "_" in name}


SETTINGS_OF_A_RUN = [{"seed": -1}, {"split": 3}, {"test_size": 0}, {"data": 5}, {"test_size": "a"}]


@pytest.mark.parametrize(
    "options",
    [
        ["train", "--hidden", "0"],
        ["train", "--hidden", "5", "x"],
        ["train", "--init", "x"],
        ["train", "--out", ""],
        ["train", "--iterations", "0"],
        ["train", "--epochs", "-1"],
        ["train", "--batch-size", "2.5"],
        ["train", "--optimizer", "x"],
        ["train", "--alpha", "inf"],
        ["train", "--schedule", "x"],
        ["train", "--weight-decay", "-1"],
        ["train", "--dropout", "1"],
        ["train", "--seed", "-1"],
        ["train", "--split", "x"],
        ["train", "--test-size", "0"],
        ["train", "--test-size", "120", "--data", "IDX"],
        ["train", "--test-size", "4", "--data", "CSV"],
        ["train", "--test-size", "1", "--data", "ONE"],
        ["train", "--split", "official", "--data", "CSV"],
        ["train", "--data", "none.csv"],
        ["train", "--data", ""],
        ["train", "--data", "EMPTY"],
        ["train", "--alpha", "1e38", "--data", "IDX", "--test-size", "20"],
        ["train", "--out", "CSV", "--data", "IDX", "--test-size", "20"],
        ["data", "--data", "none"],
        ["data", "--data", "EMPTY"],
        ["predict", "--data", "none"],
        ["predict", "--data", "CSV", "--split", "official"],
        ["predict", "--data", "IDX", "--test-size", "500"],
        ["predict", "--data", "IDX", "--test-size", "20", "20"],
        ["predict", "--seed", "-1"],
        ["predict", "nothing"],
        ["predict", "none.csv"],
        ["predict", "EMPTY"],
        *(["predict", settings] for settings in SETTINGS_OF_A_RUN),
    ],
    ids=str,
)
def test_messages_speak_of_options_and_files(options, trained, folder, tmp_path, capsys):
    rng = np.random.default_rng(0)
    write_table(tmp_path / "four.csv", rng.integers(0, 256, (4, 784)), np.arange(4))
    write_table(tmp_path / "one.csv", rng.integers(0, 256, (1, 784)), np.arange(1))
    (tmp_path / "empty").mkdir()
    places = {"IDX": folder, "CSV": tmp_path / "four.csv", "ONE": tmp_path / "one.csv"}
    places["EMPTY"] = tmp_path / "empty"
    if isinstance(options[-1], dict):
        storage.save_settings(tmp_path / "run", options[-1])
    given = [str(places.get(text, text)) for text in options if not isinstance(text, dict)]
    network = trained[1:] if given[0] == "predict" else []
    capsys.readouterr()
    try:
        code = cli.main([given[0], *network, *given[1:]])
    except SystemExit as usage:
        code = usage.code
    err = capsys.readouterr().err.splitlines()
    assert code == (2 if err[0].endswith(" --help") else 1)
    message = err[-1].replace(str(tmp_path), "").replace(str(folder), "")
    assert not [name for name in python_names() if name in message.replace("run.json: ", "")] or (
        "run.json" in message
    )
    named = [text for text in options[1:] if isinstance(text, str) and text.startswith("--")]
    files = [name for name in places if name in options]
    assert any(text in message for text in named) or files or given[0] == "predict"


def test_the_command_line_serves_in_a_thread(folder, tmp_path, capsys, drawn):
    codes, before = [], signal.getsignal(signal.SIGINT)
    usual = ["--data", str(folder), "--test-size", "20", "--iterations", "2", "--quiet"]
    command = ["train", *usual, "--out", str(tmp_path / "run")]
    thread = threading.Thread(target=lambda: codes.append(cli.main(command)))
    thread.start()
    thread.join()
    assert codes == [0]
    assert capsys.readouterr().err == ""
    assert signal.getsignal(signal.SIGINT) is before
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


def test_a_second_ctrl_c_ends_at_once(train, tmp_path, monkeypatch):
    before = signal.getsignal(signal.SIGINT)

    def twice(path, params):
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.01)
        raise AssertionError("the second one did not end it")

    monkeypatch.setattr(storage, "save_parameters", twice)
    code, (_, err) = train()
    assert code == 130
    assert "interrupted; again, so what was not yet written is lost" in one_line(err)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_that_ignores_ctrl_c_goes_on_ignoring_it(train):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert train()[0] == 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_saved_run_goes_into_a_notebook_with_its_range(train, tmp_path, folder):
    train()
    digits = nnfs.load_mnist(folder, n_test=20)
    params = nnfs.load_parameters(str(tmp_path / "run" / "parameters.npz"))
    assert params.data_range == (0, 1)
    with pytest.warns(nnfs.ScaleWarning, match="pass X / 255"):
        nnfs.predict(params, 255 * digits.x_test)


def unstarted(*args, **kwargs):
    raise AssertionError("work began before the place was looked at")


@pytest.mark.parametrize("name", cli.FILES)
def test_a_folder_in_the_place_of_a_file_of_the_run_is_told_before_any_work(
    train, tmp_path, monkeypatch, name
):
    monkeypatch.setattr(cli, "Run", unstarted)
    (tmp_path / "run" / name).mkdir(parents=True)
    code, (_, err) = train()
    assert code == 1
    assert f"--out {tmp_path / 'run'}: a run cannot be written there" in one_line(err)
    assert f"{tmp_path / 'run' / name}: is a folder" in err
    assert [path.name for path in (tmp_path / "run").iterdir()] == [name]


@pytest.mark.parametrize("name", ["n" * 300, "deep/" + "n" * 300])
def test_a_name_that_no_folder_may_have_is_told(train, tmp_path, monkeypatch, name):
    monkeypatch.setattr(cli, "Run", unstarted)
    code, (_, err) = train(out=tmp_path / name)
    assert code == 1
    assert "a run cannot be written there" in one_line(err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FileNotFoundError(2, "No such file or directory"), "no folder can be made in {there})"),
        (PermissionError(13, "Permission denied"), "made in {there}: Permission denied"),
        (OSError(30, "Read-only file system"), "made in {there}: Read-only file system"),
    ],
)
@pytest.mark.parametrize("below", ["run", "a/b/run"])
def test_a_place_where_no_folder_can_be_made_is_told(
    train, tmp_path, monkeypatch, error, says, below
):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(cli, "Run", unstarted)
    monkeypatch.setattr(Path, "mkdir", refuse)
    code, (_, err) = train(out=tmp_path / below)
    assert code == 1
    assert one_line(err).startswith(f"nnfs: error: --out {tmp_path / below}: ")
    assert says.format(there=tmp_path) in err
    assert "name another folder" in err


@pytest.mark.parametrize("output", ["folder", "none/out.csv", "file/out.csv"])
def test_a_place_for_answers_is_looked_at_before_any_answer(
    trained, seven, tmp_path, monkeypatch, capsys, output
):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("kept", encoding="utf8")
    monkeypatch.setattr(cli, "_answers", unstarted)
    table = write_table(tmp_path / "test.csv", np.zeros((2, 784)))
    for images in (seven, table):
        assert cli.main([*trained, str(images), "--output", str(tmp_path / output)]) == 1
        assert str(tmp_path / output) in one_line(capsys.readouterr().err)


def test_a_ctrl_c_that_met_the_last_steps_is_told_as_an_interrupt(train, monkeypatch):
    call = cli.resuming.Checkpoints.__call__

    def interrupted(self, step):
        if step.iteration == 2:
            signal.raise_signal(signal.SIGINT)
        call(self, step)

    monkeypatch.setattr(cli.resuming.Checkpoints, "__call__", interrupted)
    code, (_, err) = train()
    assert code == 130
    assert "interrupted after 3 of 4 iterations" in one_line(err)


@pytest.mark.parametrize(
    "option", ["--data bundled", "--split official", "--seed 0", "--test-size 9"]
)
def test_an_option_about_the_test_part_beside_a_file_is_told(trained, seven, capsys, option):
    assert cli.main([*trained, str(seven), *option.split()]) == 1
    assert f"{option}: is about the test part" in one_line(capsys.readouterr().err)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
@pytest.mark.parametrize("name", ["pipe.png", "pipe.csv", "pipe"])
def test_predict_does_not_wait_for_a_pipe(tmp_path, capsys, name):
    nnfs.save_parameters(tmp_path / "p.npz", nnfs.init_params())
    os.mkfifo(tmp_path / name)
    arguments = ["predict", "--parameters", str(tmp_path / "p.npz"), str(tmp_path / name)]
    assert cli.main(arguments) == 1
    assert "is a device or a pipe; expected a picture or a CSV file" in capsys.readouterr().err
