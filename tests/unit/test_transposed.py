"""Images that are stored column by column, as those of EMNIST are."""

import json
from pathlib import Path

import numpy as np
import pytest

import nnfs
from nnfs import checkpoints, cli, data

from .test_cli import one_line, write_table
from .test_other_data import write_set

pytestmark = pytest.mark.usefixtures("blank")
SAYS = "whose images are stored column by column"


def upright(X: np.ndarray) -> np.ndarray:
    """Return images as they are where those of X, 6 x 5 pixels as stored, are transposed."""
    return X.reshape(6, 5, -1).swapaxes(0, 1).reshape(30, -1)


@pytest.mark.parametrize("split", ["original", "official"])
def test_loading_turns_images_and_their_shape(tmp_path, split):
    folder = write_set(tmp_path / "data", "letters")
    stored = nnfs.load_mnist(folder, split=split, n_test=9)
    turned = nnfs.load_mnist(folder, split=split, n_test=9, transposed=True)
    assert (stored.shape, turned.shape) == ((6, 5), (5, 6))
    np.testing.assert_array_equal(turned.x_train, upright(stored.x_train))
    np.testing.assert_array_equal(turned.x_test, upright(stored.x_test))
    np.testing.assert_array_equal(turned.y_test, stored.y_test)
    with pytest.raises(ValueError, match=r"^transposed must be True or False, got 'yes'"):
        nnfs.load_mnist(folder, transposed="yes")


def test_files_of_images_are_turned_to_the_shape_that_is_asked(tmp_path):
    folder = write_set(tmp_path / "data", "letters")
    path = next(folder.glob("*-train-images-*"))
    stored = data.read_images(path)[0]
    for shape in (None, (5, 6)):
        turned = data.read_images(path, shape=shape, transposed=True)[0]
        np.testing.assert_array_equal(turned, upright(stored))
    with pytest.raises(nnfs.DataError, match="have 6x5 pixels; expected 5x6"):
        data.read_images(path, shape=(6, 5), transposed=True)


def named(folder: Path, how: str) -> Path:
    """Return a source that says by its files, a folder or a README that it is of EMNIST."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (40, 784)), np.arange(40) % 3
    if how == "table":
        return write_table(folder / "EMNIST-letters-train.csv", images, labels)
    if how == "table in a folder":
        (folder / "emnist").mkdir()
        return write_table(folder / "emnist" / "train.csv", images, labels)
    place = write_set(folder / "data", "emnist-letters" if how == "files" else "letters")
    if how == "readme":
        (place / "ReadMe.txt").write_text("The EMNIST dataset", encoding="utf8")
    if how == "another readme":
        (place / "README").write_text("femnist, and MNIST", encoding="utf8")
    return place


@pytest.mark.parametrize("how", ["table", "table in a folder", "files", "readme"])
def test_data_of_that_name_are_told_unless_they_are_turned(tmp_path, capsys, how):
    source = str(named(tmp_path, how))
    run = ["train", "--test-size", "9", "--iterations", "1", "--out", str(tmp_path / "run")]
    for command in (["data"], run):
        assert cli.main([*command, "--data", source]) == 0
        assert SAYS in capsys.readouterr().out
        assert cli.main([*command, "--data", source, "--transposed"]) == 0
        assert SAYS not in capsys.readouterr().out


def test_of_other_data_nothing_is_said(tmp_path, capsys):
    for source in (str(named(tmp_path, "another readme")), "bundled"):
        assert not data.look_transposed(source)
    assert cli.main(["data", "--data", str(tmp_path / "data")]) == 0
    out = capsys.readouterr().out
    assert SAYS not in out
    assert "6x5 pixels" in out
    assert cli.main(["data", "--data", str(tmp_path / "data"), "--transposed"]) == 0
    assert "5x6 pixels" in capsys.readouterr().out


def test_a_run_and_its_test_part_are_turned_alike(tmp_path, capsys):
    folder, out = write_set(tmp_path / "data", "letters"), tmp_path / "run"
    given = ["--data", str(folder), "--test-size", "9", "--out", str(out)]
    assert cli.main(["train", *given, "--iterations", "3", "--transposed"]) == 0
    told = capsys.readouterr().out
    assert cli.main(["predict", "--parameters", str(out / "parameters.npz"), *"012345678"]) == 0
    right = int(capsys.readouterr().out.splitlines()[-1].split()[0])
    assert f"test accuracy: {right / 9:.4f}" in told
    # It goes on with the same images, said or not; the run of others is another one.
    assert cli.main(["train", "--resume", str(out), "--iterations", "4"]) == 0
    assert cli.main(["train", "--resume", str(out), "--iterations", "5", "--transposed"]) == 0
    assert cli.main(["train", *given, "--iterations", "3"]) == 0
    capsys.readouterr()
    assert cli.main(["train", "--resume", str(out), "--transposed"]) == 1
    err = one_line(capsys.readouterr().err)
    assert f"--transposed: the run in {out} was made without --transposed; leave it out" in err


def test_answers_for_a_table_are_those_for_its_images_turned(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = named(tmp_path, "table")
    params = nnfs.init_params(784, 5, 3, scheme="he")
    nnfs.save_parameters(tmp_path / "parameters.npz", params)
    asked = ["predict", "--parameters", "parameters.npz", source.name]
    for transposed in (False, True):
        assert cli.main([*asked, *["--transposed"] * transposed]) == 0
        assert (SAYS in capsys.readouterr().out) is not transposed
        answers = nnfs.predict(params, data.read_images(source, transposed=transposed)[0])
        written = np.loadtxt("EMNIST-letters-train-predictions.csv", int, delimiter=",", skiprows=1)
        np.testing.assert_array_equal(written[:, 1], answers)


def test_a_run_learns_from_the_images_turned(tmp_path):
    folder, out = write_set(tmp_path / "data", "letters"), tmp_path / "run"
    given = ["--data", str(folder), "--test-size", "9", "--out", str(out), "--iterations", "3"]
    assert cli.main(["train", *given, "--transposed"]) == 0
    digits = nnfs.load_mnist(folder, n_test=9, transposed=True)
    start = nnfs.init_params(30, 10, digits.n_classes)
    expected = nnfs.train(digits.x_train, digits.y_train, params=start, iterations=3).params
    for found, P in zip(nnfs.load_parameters(out / "parameters.npz"), expected, strict=True):
        np.testing.assert_array_equal(found, P)


def trained_on_images_as_they_are(tmp_path: Path) -> tuple[Path, Path]:
    """Return the data and the folder of a run that did not turn them."""
    folder, out = write_set(tmp_path / "data", "letters"), tmp_path / "run"
    given = ["--data", str(folder), "--test-size", "9", "--out", str(out), "--iterations", "3"]
    assert cli.main(["train", *given]) == 0
    return folder, out


def test_the_test_part_of_another_run_is_turned_where_that_is_said(tmp_path, capsys):
    folder, out = trained_on_images_as_they_are(tmp_path)
    params = nnfs.load_parameters(out / "parameters.npz")
    asked = ["predict", "--parameters", str(out / "parameters.npz"), *"012345678"]
    for transposed in (False, True):
        capsys.readouterr()
        assert cli.main([*asked, *["--transposed"] * transposed]) == 0
        lines = capsys.readouterr().out.splitlines()[:-1]
        X = nnfs.load_mnist(folder, n_test=9, transposed=transposed).x_test
        with np.errstate(all="raise"):
            A2 = nnfs.softmax(nnfs.layers.forward(params, X)[1])
        found = [float(line.split(" p ")[1].split()[0]) for line in lines]
        assert found == pytest.approx(A2.max(axis=0), abs=1e-4)


def test_runs_that_do_not_say_it_did_not_turn_their_images(tmp_path, capsys):
    _, out = trained_on_images_as_they_are(tmp_path)
    saved = checkpoints.read(out / cli.CHECKPOINT)
    del saved["about"]["transposed"]
    checkpoints.write(out / cli.CHECKPOINT, saved)
    assert cli.main(["train", "--resume", str(out), "--iterations", "4"]) == 0
    capsys.readouterr()
    assert cli.main(["train", "--resume", str(out), "--transposed"]) == 1
    assert "was made without --transposed" in one_line(capsys.readouterr().err)


def test_settings_that_say_it_otherwise_are_refused(tmp_path, capsys):
    _, out = trained_on_images_as_they_are(tmp_path)
    path = out / "run.json"
    said = json.loads(path.read_text(encoding="utf8"))
    path.write_text(json.dumps({**said, "transposed": "yes"}), encoding="utf8")
    assert cli.main(["predict", "--parameters", str(out / "parameters.npz")]) == 1
    assert "transposed is 'yes', not true or false" in one_line(capsys.readouterr().err)
