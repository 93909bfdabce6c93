"""Other images than digits: any shape and number of classes, in Python and by commands."""

import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread
from PIL import Image

import nnfs
from nnfs import cli, data, plots

ROWS, COLUMNS, CLASSES = 20, 14, 26


def idx(array: np.ndarray) -> bytes:
    array = np.asarray(array, np.uint8)
    return struct.pack(f">I{array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.tobytes()


def letters(n: int, shape=(ROWS, COLUMNS), classes: int = CLASSES, seed: int = 0):
    """Return images (n, rows, columns), a bright column or row for each class, and labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    images = rng.integers(0, 60, (n, *shape))
    images.reshape(n, -1)[np.arange(n), 3 + 7 * labels % (shape[0] * shape[1] - 3)] = 255
    images[:, 0, 0] = 0
    return images.astype(np.uint8), labels.astype(np.uint8)


def write_folder(folder: Path, n: int = 260, **options) -> Path:
    folder.mkdir(exist_ok=True)
    for part, count, seed in (("train", n, 0), ("t10k", 52, 1)):
        images, labels = letters(count, seed=seed, **options)
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    return folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "letters")


def test_labels_decide_the_number_of_classes_and_files_the_shape(folder):
    for options in ({"split": "official"}, {"n_test": 60}):
        digits = nnfs.load_mnist(folder, **options)
        assert digits.x_train.shape[0] == digits.x_test.shape[0] == ROWS * COLUMNS
        assert digits.shape == (ROWS, COLUMNS)
        assert digits.n_classes == CLASSES
    images, _ = letters(260)
    np.testing.assert_array_equal(
        nnfs.load_mnist(folder, split="official").x_train.T.reshape(images.shape) * 255, images
    )
    assert [file.count for file in data.inventory(folder)] == [260, 260, 52, 52]


def test_the_digits_are_what_they_were():
    digits = nnfs.load_mnist()
    assert (digits.shape, digits.n_classes, len(digits)) == ((28, 28), 10, 4)


def run(*words: object) -> int:
    return cli.main([str(word) for word in words])


@pytest.fixture
def trained(folder, tmp_path, capsys):
    out = tmp_path / "run"
    options = [
        "--optimizer",
        "adam",
        "--alpha",
        "0.01",
        "--hidden",
        "40",
        "--iterations",
        "150",
        "--quiet",
    ]
    assert run("train", "--data", folder, "--out", out, "--test-size", 52, *options) == 0
    told = capsys.readouterr().out
    assert "52 test images" not in told
    return out


def test_they_train_predict_and_plot_from_the_command_line(trained, folder, tmp_path, capsys):
    settings_kept = json.loads((trained / "run.json").read_text("utf8"))
    assert settings_kept["shape"] == [ROWS, COLUMNS]
    params = nnfs.load_parameters(trained / "parameters.npz")
    assert params.W1.shape == (40, ROWS * COLUMNS)
    assert params.W2.shape == (CLASSES, 40)
    assert settings_kept["train_accuracy"] > 0.9
    assert imread(trained / "predictions.png").size
    parameters = ["--parameters", trained / "parameters.npz"]
    assert run("predict", *parameters) == 0
    assert "of 10 right" in capsys.readouterr().out
    images, _ = letters(30, seed=5)
    (tmp_path / "images.idx").write_bytes(idx(images))
    header = [f"{r}x{c}" for r in range(1, ROWS + 1) for c in range(1, COLUMNS + 1)]
    rows = [",".join(header), *(",".join(map(str, row)) for row in images.reshape(30, -1))]
    (tmp_path / "images.csv").write_text("\n".join(rows), encoding="utf8")
    for name in ("images.idx", "images.csv"):
        output = tmp_path / f"{name}-answers.csv"
        assert run("predict", tmp_path / name, *parameters, "--output", output) == 0
        answers = np.loadtxt(output, int, delimiter=",", skiprows=1)[:, 1]
        expected = nnfs.predict(params, images.reshape(30, -1).T / np.float32(255))
        np.testing.assert_array_equal(answers, expected)
    assert run("train", "--resume", trained, "--iterations", 152, "--quiet") == 0


def test_a_picture_becomes_an_image_of_the_shape_of_the_network(trained, tmp_path, capsys):
    ink = np.full((90, 60), 255, np.uint8)
    ink[10:80, 25:35] = 0
    Image.fromarray(ink).save(tmp_path / "stroke.png")
    X = nnfs.read_picture(tmp_path / "stroke.png", (ROWS, COLUMNS))
    assert X.shape == (ROWS * COLUMNS, 1)
    image = X.reshape(ROWS, COLUMNS)
    rows, columns = np.nonzero(image)
    assert np.ptp(rows) + 1 == round(ROWS * 20 / 28)
    assert np.ptp(columns) + 1 <= round(COLUMNS * 20 / 28)
    parameters = trained / "parameters.npz"
    assert run("predict", tmp_path / "stroke.png", "--parameters", parameters) == 0
    answer = nnfs.predict(nnfs.load_parameters(parameters), X)[0]
    assert f"stroke.png  answer {answer} " in capsys.readouterr().out
    (trained / "run.json").unlink()
    assert run("predict", tmp_path / "stroke.png", "--parameters", parameters) == 1
    assert "does not say the rows and columns of its images" in capsys.readouterr().err


def test_data_that_do_not_fit_the_network_are_refused(trained, tmp_path, capsys):
    parameters = ["--parameters", trained / "parameters.npz"]
    assert run("predict", *parameters, "--data", "bundled") == 1
    assert "a network of 280 inputs" in (told := capsys.readouterr().err)
    assert "images of 784 pixels, 28x28: name the data of its run as --data" in told
    more = write_folder(tmp_path / "more", classes=30)
    assert run("predict", *parameters, "--data", more) == 1
    assert "a network of 26 classes; the data have labels up to 29" in capsys.readouterr().err
    images, _ = letters(3, shape=(14, 20))
    (tmp_path / "lying.idx").write_bytes(idx(images))
    assert run("predict", tmp_path / "lying.idx", *parameters) == 1
    assert "its images have 14x20 pixels; expected 20x14" in capsys.readouterr().err


def test_parts_that_do_not_go_together_are_refused(folder):
    images, labels = letters(52, shape=(COLUMNS, ROWS))
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    with pytest.raises(nnfs.DataError, match="t10k images have 14x20 pixels; expected 20x14"):
        nnfs.load_mnist(folder, split="official")
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(letters(52)[0])))
    labels[7] = 26
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(labels))
    with pytest.raises(nnfs.DataError, match=r"t10k label 7 is 26; expected 0\.\.25"):
        nnfs.load_mnist(folder, split="official")


def test_labels_that_do_not_number_the_classes_are_refused(tmp_path):
    folder = write_folder(tmp_path / "few", n=3000, classes=4)
    labels = letters(3000, classes=4)[1]
    labels[5] = 200
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    with pytest.raises(
        nnfs.DataError, match=r"label 200 of image 5 means classes 0\.\.200, but only"
    ):
        nnfs.load_mnist(folder)


@settings(max_examples=20)
@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 30), st.booleans(), st.booleans())
def test_a_table_of_any_shape_that_can_be_told_is_read(
    tmp_path_factory, rows, columns, classes, named, top
):
    if rows != columns:
        named = top = True
    images, labels = letters(40, shape=(rows, columns), classes=classes)
    count = range(rows * columns)
    names = [f"{1 + i // columns}x{1 + i % columns}" if named else f"pixel{i}" for i in count]
    lines = [["label", *names]] if top else []
    lines += [[label, *row] for label, row in zip(labels, images.reshape(40, -1), strict=True)]
    if not top:
        for line in lines:
            line[-1] = 0
    path = tmp_path_factory.mktemp("table") / "train.csv"
    path.write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf8")
    if classes == 1 and not top:
        return
    digits = nnfs.load_mnist(path, n_test=4)
    assert digits.shape == (rows, columns)
    assert digits.n_classes == classes
    X, y = data.read_images(path)
    assert X.shape == (rows * columns, 40)
    np.testing.assert_array_equal(y, labels)


def test_a_table_whose_shape_cannot_be_told_says_what_to_do(tmp_path):
    path = tmp_path / "train.csv"
    for first in (",".join(["3"] * 281), "label," + ",".join(f"pixel{i}" for i in range(280))):
        path.write_text(first + "\n" + ",".join(["3"] * 281), encoding="utf8")
        with pytest.raises(nnfs.DataError, match="other square images; others come as IDX files"):
            nnfs.load_mnist(path)
    X, _ = data.read_images(path, shape=(ROWS, COLUMNS))
    assert X.shape == (280, 1)


def test_figures_take_any_shape():
    images, labels = letters(5)
    X, A2 = images.reshape(5, -1).T / 255, np.eye(CLASSES)[:, labels]
    figure = plots.predictions(X, A2, labels, shape=(ROWS, COLUMNS))
    assert figure.axes[0].images[0].get_array().shape == (ROWS, COLUMNS)
    np.testing.assert_array_equal(figure.axes[1].images[0].get_array() * 255, images[1])
    with pytest.raises(ValueError, match=r"280 pixels are not square: pass their rows and columns"):
        plots.predictions(X, A2, labels)
    with pytest.raises(ValueError, match="280 pixels are not 28x28"):
        plots.predictions(X, A2, labels, shape=(28, 28))
    square = plots.predictions(X[:256], A2, labels)
    assert square.axes[0].images[0].get_array().shape == (16, 16)


def write_set(folder: Path, name: str, first: int = 0, n: int = 60, test: str = "test") -> Path:
    """Write a set of IDX files with something before their usual names."""
    folder.mkdir(exist_ok=True)
    for part, count in (("train", n), (test, 20)):
        images, labels = letters(count, shape=(6, 5), classes=5)
        images[:, 0, 1] = len(name)
        for what, array in (("images-idx3", images), ("labels-idx1", labels + first)):
            path = folder / f"{name}-{part}-{what}-ubyte.gz"
            path.write_bytes(gzip.compress(idx(array)))
    return folder


@pytest.mark.parametrize("test", ["test", "t10k"])
@pytest.mark.parametrize("name", ["emnist-letters", "my-train", "ü 1"])
def test_the_only_set_of_a_folder_is_found(tmp_path, name, test):
    folder = write_set(tmp_path / "data", name, test=test)
    digits = nnfs.load_mnist(folder, split="official")
    assert (digits.y_train.size, digits.y_test.size) == (60, 20)
    assert [part.name for part in data.describe(folder)] == ["train", "t10k"]
    named = nnfs.load_mnist(folder / name, n_test=10)
    assert named.y_train.size == 50


def test_one_of_several_sets_is_named(tmp_path, capsys):
    names = ["emnist-balanced", "emnist-letters"]
    for name in names:
        folder = write_set(tmp_path / "data", name)
    with pytest.raises(nnfs.DataError, match="has 2 sets of IDX files") as caught:
        nnfs.load_mnist(folder)
    assert ", ".join(names) in str(caught.value)
    assert str(folder / names[0]) in str(caught.value)
    for name in names:
        digits = nnfs.load_mnist(folder / name, n_test=9)
        assert round(255 * digits.x_train[1, 0]) == len(name)
        assert cli.main(["data", "--data", str(folder / name)]) == 0
        assert f"IDX files {folder / name}-..." in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match="emnist-none"):
        nnfs.load_mnist(folder / "emnist-none")


def test_files_of_the_usual_names_come_before_sets_of_others(tmp_path):
    folder = write_set(write_folder(tmp_path / "data"), "emnist-letters")
    assert nnfs.load_mnist(folder, n_test=60).shape == (ROWS, COLUMNS)
    assert nnfs.load_mnist(folder / "emnist-letters", n_test=9).shape == (6, 5)


def test_a_set_without_one_of_its_files_is_told(tmp_path):
    folder = write_set(tmp_path / "data", "emnist-letters")
    (folder / "emnist-letters-train-labels-idx1-ubyte.gz").unlink()
    for place in (folder, folder / "emnist-letters"):
        with pytest.raises(FileNotFoundError, match="no train-labels-idx1-ubyte"):
            nnfs.load_mnist(place)


def test_a_run_goes_on_with_one_of_several_sets(tmp_path, capsys):
    for name in ("a", "b"):
        folder = write_set(tmp_path / "data", name)
    out = str(tmp_path / "run")
    train = ["train", "--data", str(folder / "b"), "--test-size", "9", "--iterations", "2"]
    assert cli.main([*train, "--out", out]) == 0
    assert cli.main(["train", "--resume", out, "--iterations", "3"]) == 0
    assert cli.main(["predict", "--parameters", str(tmp_path / "run" / "parameters.npz")]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (0, "5 classes, labels 0 to 4\n"),
        (1, "5 classes, labels 1 to 5; they begin at 1, so class 0 has no image"),
        (4, "5 classes, labels 4 to 8\n"),
    ],
)
def test_where_labels_begin_is_told(tmp_path, capsys, first, says):
    folder = write_set(tmp_path / "data", "emnist-letters", first)
    assert cli.main(["data", "--data", str(folder)]) == 0
    out = capsys.readouterr().out
    assert f"training part: 60 images, 6x5 pixels, uint8, {says}" in out
    assert f"test part: 20 images, 6x5 pixels, uint8, {says}" in out
    options = ["--data", str(folder), "--test-size", "9", "--iterations", "1"]
    assert cli.main(["train", *options, "--out", str(tmp_path / "run")]) == 0
    out = capsys.readouterr().out
    assert f"; 6x5 pixels, {first + 5} classes" in out
    assert (f"labels from {first} on" in out) == (first > 0)


def test_a_class_without_images_is_told(tmp_path, capsys):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train-images-idx3-ubyte").write_bytes(idx(np.full((4, 3, 5), 9)))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(np.array([0, 2, 2, 4])))
    assert cli.main(["data", "--data", str(folder)]) == 0
    out = capsys.readouterr().out
    assert (
        "training part: 4 images, 3x5 pixels, uint8, 3 classes, labels 0 to 4 without 1, 3" in out
    )
    assert "test part" not in out


def test_data_tells_of_a_table(tmp_path, capsys):
    path = tmp_path / "small.csv"
    rows = [f"{label},1,2,3,{label}\n" for label in (0, 1, 2, 1)]
    path.write_text("".join(["label,p0,p1,p2,p3\n", *rows]), encoding="utf8")
    assert cli.main(["data", "--data", str(path)]) == 0
    out = capsys.readouterr().out
    assert "all rows: 4 images, 2x2 pixels, uint8, 3 classes, labels 0 to 2" in out
