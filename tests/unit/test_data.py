"""The digits arrive exactly, from every kind of source; bad data give one clear error."""

import bz2
import csv
import gzip
import hashlib
import io
import lzma
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from nnfs import DataError, data, kaggle
from nnfs.data import MNIST, FileSummary, find_source, inventory, load_mnist

HEADER = ["label", *(f"pixel{i}" for i in range(784))]
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = data.BUNDLED_SHA256
Bytes = NDArray[np.uint8]


def digits(n: int) -> tuple[Bytes, Bytes]:
    """Return n images (n, 784) uint8, no two alike, and n labels in 0..9 (n,) uint8."""
    images = np.random.default_rng(n).integers(0, 256, (n, 784), np.uint8)
    images[:, 0] = np.arange(n)
    return images, (np.arange(n) % 10).astype(np.uint8)


def idx_images(images: Bytes) -> bytes:
    """Return the IDX file of images (n, 784)."""
    return np.array([0x803, len(images), 28, 28], ">u4").tobytes() + images.tobytes()


def idx_labels(labels: Bytes) -> bytes:
    """Return the IDX file of labels (n,)."""
    return np.array([0x801, len(labels)], ">u4").tobytes() + labels.tobytes()


def write_idx(
    folder: Path, images: Bytes, labels: Bytes, *, part: str = "train", end: str = ""
) -> Path:
    """Write the pair of IDX files of a part, gzipped if `end` is ".gz"; return the folder."""
    pack: Callable[[bytes], bytes] = gzip.compress if end else bytes
    folder.mkdir(exist_ok=True)
    (folder / f"{part}-images-idx3-ubyte{end}").write_bytes(pack(idx_images(images)))
    (folder / f"{part}-labels-idx1-ubyte{end}").write_bytes(pack(idx_labels(labels)))
    return folder


def csv_rows(images: Bytes, labels: Bytes) -> list[list[str]]:
    """Return the header and the rows of a Kaggle train.csv as lists of fields."""
    return [HEADER, *np.column_stack([labels, images]).astype(str).tolist()]


def csv_bytes(rows: list[list[str]]) -> bytes:
    """Return the CSV file of these fields, none quoted."""
    return "".join(",".join(row) + "\n" for row in rows).encode()


def bad_csv(line: int, column: str, text: str) -> bytes:
    """Return a CSV file of four rows, good but for one cell."""
    rows = csv_rows(*digits(4))
    rows[line - 1][HEADER.index(column)] = text
    return csv_bytes(rows)


def error_of(source: object, kind: type[Exception] = DataError, **options: Any) -> str:
    """Return the message of the error of loading, after the checks that hold for every error."""
    with pytest.raises(kind) as caught:
        load_mnist(source, **{"n_test": 1, **options})  # type: ignore[arg-type]
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return str(caught.value)


def assert_says(message: str, *parts: object) -> None:
    """Assert that a message has one line and all these parts."""
    assert "\n" not in message
    for part in parts:
        assert str(part) in message


def assert_same(one: MNIST, other: MNIST) -> None:
    """Assert that two results are equal in every value."""
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def assert_holds(result: MNIST, images: Bytes, labels: Bytes, seed: int = 0) -> None:
    """Assert that a result is what the original split makes of these digits."""
    order = np.random.default_rng(seed).permutation(len(labels))
    x = np.concatenate([result.x_test.T, result.x_train.T])
    np.testing.assert_array_equal(x, images[order] / np.float32(255))
    np.testing.assert_array_equal(np.concatenate([result.y_test, result.y_train]), labels[order])


@pytest.fixture(scope="module")
def original() -> MNIST:
    return load_mnist("bundled")


@pytest.fixture(scope="module")
def official() -> MNIST:
    return load_mnist("bundled", split="official")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of IDX files: 5 digits to train, 4 to test."""
    write_idx(tmp_path / "idx", *digits(5))
    return write_idx(tmp_path / "idx", *digits(4), part="t10k")


@pytest.fixture
def train_csv(tmp_path: Path) -> Path:
    """Return a Kaggle train.csv of 4 rows."""
    path = tmp_path / "train.csv"
    path.write_bytes(csv_bytes(csv_rows(*digits(4))))
    return path


@pytest.fixture
def bundled_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that stands for the one beside the package."""
    path = tmp_path / "mnist_data"
    path.mkdir()
    monkeypatch.setattr(data, "BUNDLED_DIR", path)
    return path


# The bundled digits


def test_bundled_shapes_types_and_layout(original: MNIST, official: MNIST) -> None:
    for result, m, n in [(original, 41_000, 1_000), (official, 60_000, 10_000)]:
        assert (result.x_train.shape, result.y_train.shape) == ((784, m), (m,))
        assert (result.x_test.shape, result.y_test.shape) == ((784, n), (n,))
        for x, y in [(result.x_train, result.y_train), (result.x_test, result.y_test)]:
            assert x.dtype == np.float32
            assert x.T.flags.c_contiguous
            assert (x.min(), x.max()) == (0, 1)
            assert y.dtype == np.int64
            assert (y.min(), y.max()) == (0, 9)


def test_bundled_known_facts(official: MNIST) -> None:
    assert official.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert official.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(official.y_test).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    mean = official.x_train.mean(dtype=np.float64)
    assert mean == pytest.approx(0.1307, abs=5e-5)  # the mean that everyone normalizes by


def test_original_split_is_a_draw_of_42000_training_images(
    original: MNIST, official: MNIST
) -> None:
    order = np.random.default_rng(0).permutation(60_000)[:42_000]
    x, y = official.x_train.T, official.y_train
    np.testing.assert_array_equal(original.x_test.T, x[order[:1000]])
    np.testing.assert_array_equal(original.y_test, y[order[:1000]])
    np.testing.assert_array_equal(original.x_train.T, x[order[1000:]])
    np.testing.assert_array_equal(original.y_train, y[order[1000:]])


def test_inventory_of_bundled() -> None:
    files = inventory("bundled")
    assert [file.count for file in files] == [60_000, 60_000, 10_000, 10_000]
    assert {file.name: file.sha256 for file in files} == {
        f"{name}.gz": sha256 for name, sha256 in data.BUNDLED_SHA256.items()
    }


def test_bundled_of_another_hash(bundled_dir: Path) -> None:
    write_idx(bundled_dir, *digits(5), end=".gz")
    found = hashlib.sha256(idx_images(digits(5)[0])).hexdigest()
    path = bundled_dir / f"{TRAIN_IMAGES}.gz"
    assert_says(error_of("bundled"), path, found, f"expected {data.BUNDLED_SHA256[TRAIN_IMAGES]}")
    load_mnist(bundled_dir, n_test=1)  # given as a folder, it is just a folder


def test_bundled_lacking_a_file(bundled_dir: Path) -> None:
    (bundled_dir / "README.md").touch()
    message = error_of("bundled", FileNotFoundError)
    assert_says(message, bundled_dir, TRAIN_IMAGES, "which has README.md", "--data")


@pytest.mark.parametrize("source", [None, "bundled"])
def test_package_without_data_says_what_to_pass(bundled_dir: Path, source: str | None) -> None:
    bundled_dir.rmdir()
    message = error_of(source, FileNotFoundError)
    assert_says(message, bundled_dir, "folder of IDX files", "train.csv", "source=", "--data")


def test_inventory_of_bundled_needs_all_four_files(
    bundled_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = digits(5)
    contents = {TRAIN_IMAGES: idx_images(images), TRAIN_LABELS: idx_labels(labels)}
    for name, content in contents.items():
        monkeypatch.setitem(data.BUNDLED_SHA256, name, hashlib.sha256(content).hexdigest())
    write_idx(bundled_dir, images, labels, end=".gz")
    assert_holds(load_mnist("bundled", n_test=1), images, labels)
    with pytest.raises(FileNotFoundError, match=TEST_IMAGES):
        inventory("bundled")


# Which source


def test_find_source_and_its_description(folder: Path, train_csv: Path) -> None:
    bundled = find_source("bundled")
    assert (bundled.kind, bundled.path) == ("bundled", data.BUNDLED_DIR)
    assert_says(str(bundled), "bundled MNIST", data.BUNDLED_DIR, "hashes verified")
    for given_as in (folder, str(folder)):
        assert find_source(given_as) == data.Source("folder", folder)
    assert str(find_source(folder)) == f"IDX files in {folder}"
    assert find_source(train_csv) == data.Source("csv", train_csv)
    assert str(find_source(train_csv)) == f"CSV file {train_csv}"


def test_none_prefers_train_csv(bundled_dir: Path) -> None:
    assert find_source(None).kind == "bundled"
    images, labels = digits(3)
    (bundled_dir / "train.csv").write_bytes(csv_bytes(csv_rows(images, labels)))
    assert find_source(None) == data.Source("csv", bundled_dir / "train.csv")
    assert find_source("bundled").kind == "bundled"
    assert_holds(load_mnist(n_test=1), images, labels)


def test_train_csv_that_is_a_directory(bundled_dir: Path) -> None:
    (bundled_dir / "train.csv").mkdir()
    assert_says(error_of(None), bundled_dir / "train.csv", "is a directory", "expected a file")


@pytest.mark.skipif(os.name == "nt", reason="Windows makes links for administrators only")
def test_train_csv_that_is_a_dangling_link(bundled_dir: Path) -> None:
    (bundled_dir / "train.csv").symlink_to(bundled_dir / "gone.csv")
    assert_says(error_of(None, FileNotFoundError), bundled_dir / "train.csv", "no such file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train.csv")
    assert_says(error_of(tmp_path / "train.csv"), "train.csv", "no regular file", "expected")


def test_folder_named_bundled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    folder.rename("bundled")
    assert find_source("bundled").kind == "bundled"
    assert find_source("./bundled").kind == find_source(Path("bundled")).kind == "folder"


@pytest.mark.parametrize("name", ["gone.csv", "gone/", "nul\0"])
def test_missing_source(tmp_path: Path, name: str) -> None:
    message = error_of(f"{tmp_path}/{name}", FileNotFoundError)
    assert_says(message, tmp_path, "no such file or folder", "pass a folder of IDX files")


def test_empty_name_is_not_the_working_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert_says(error_of("", FileNotFoundError), "''", "no such file or folder")


def test_inventory_of_folder_and_csv(folder: Path, train_csv: Path) -> None:
    for path in (folder / TEST_IMAGES, folder / TEST_LABELS):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    names = [TRAIN_IMAGES, TRAIN_LABELS, f"{TEST_IMAGES}.gz", f"{TEST_LABELS}.gz"]
    contents = [idx_images(digits(5)[0]), idx_labels(digits(5)[1])]
    contents += [idx_images(digits(4)[0]), idx_labels(digits(4)[1])]
    expected = [
        FileSummary(name, count, hashlib.sha256(content).hexdigest())
        for name, count, content in zip(names, [5, 5, 4, 4], contents, strict=True)
    ]
    assert inventory(folder) == expected
    for name in names[2:]:
        (folder / name).unlink()
    assert inventory(folder) == expected[:2]
    sha256 = hashlib.sha256(train_csv.read_bytes()).hexdigest()
    assert inventory(train_csv) == [FileSummary("train.csv", 4, sha256)]


def test_inventory_makes_the_checks_of_loading(folder: Path, train_csv: Path) -> None:
    (folder / TEST_LABELS).unlink()
    with pytest.raises(FileNotFoundError, match=TEST_LABELS):
        inventory(folder)
    train_csv.write_bytes(bad_csv(3, "pixel17", "x"))
    with pytest.raises(DataError, match="line 3, column pixel17"):
        inventory(train_csv)


# Splits and arguments


def test_seed_decides_the_draw(folder: Path) -> None:
    assert_same(load_mnist(folder, n_test=2, seed=3), load_mnist(folder, n_test=2, seed=3))
    for seed in (0, 3, np.int64(3)):
        assert_holds(load_mnist(folder, n_test=2, seed=int(seed)), *digits(5), seed=int(seed))
    orders = {load_mnist(folder, n_test=2, seed=s).x_train[0].tobytes() for s in range(5)}
    assert len(orders) > 1


@pytest.mark.parametrize("n_test", [1, 2, 4, np.int32(2)])
def test_parts_are_disjoint_and_complete(folder: Path, n_test: int) -> None:
    result = load_mnist(folder, n_test=n_test)
    train, test = (np.rint(x[0] * 255).astype(int).tolist() for x in (result[0], result[2]))
    assert len(test) == n_test
    assert not set(train) & set(test)
    assert sorted(train + test) == [0, 1, 2, 3, 4]  # the first pixel of digit i is i


def test_draw_stops_at_the_size_of_kaggles_file_for_idx_only(
    folder: Path, train_csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "N_DRAWN", 3)
    assert load_mnist(folder, n_test=1).y_train.shape == (2,)
    assert load_mnist(train_csv, n_test=1).y_train.shape == (3,)


def test_global_random_state_is_untouched(folder: Path) -> None:
    before = np.random.get_state(legacy=False)  # noqa: NPY002
    load_mnist(folder, n_test=2)
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert repr(before) == repr(after)


def test_original_split_needs_only_the_training_files(folder: Path) -> None:
    (folder / TEST_IMAGES).write_bytes(b"broken")
    (folder / TEST_LABELS).unlink()
    assert_holds(load_mnist(folder, n_test=1), *digits(5))


def test_official_split_is_in_file_order_and_ignores_the_draw(folder: Path) -> None:
    result = load_mnist(folder, split="official", n_test=-1, seed=-1)
    for x, y, n in [(result.x_train, result.y_train, 5), (result.x_test, result.y_test, 4)]:
        images, labels = digits(n)
        np.testing.assert_array_equal(x.T, images / np.float32(255))
        np.testing.assert_array_equal(y, labels)
        assert x.T.flags.c_contiguous
        assert x.dtype == np.float32
        assert y.dtype == np.int64


def test_csv_has_no_official_split(train_csv: Path) -> None:
    message = error_of(train_csv, ValueError, split="official")
    assert_says(message, train_csv, "no official split", 'split="original"')


def test_unknown_split(folder: Path) -> None:
    assert_says(
        error_of(folder, ValueError, split="offical"), "offical", '"original"', '"official"'
    )


@pytest.mark.parametrize("n_test", [0, -1, 5, 6, 2.0, "2", True, None])
def test_n_test_out_of_range(folder: Path, n_test: object) -> None:
    message = error_of(folder, ValueError, n_test=n_test)
    assert_says(message, "n_test", "integer in 1..4 for 5 rows", f"got {n_test!r}")


def test_one_row_cannot_be_split(tmp_path: Path) -> None:
    write_idx(tmp_path, *digits(1))
    assert_says(error_of(tmp_path, ValueError), "n_test", "1 row", "at least 2")


@pytest.mark.parametrize("seed", [-1, 1.5, "0", None, True])
def test_bad_seed(folder: Path, seed: object) -> None:
    message = error_of(folder, ValueError, seed=seed)
    assert_says(message, "seed must be a whole number of at least 0", f"got {seed!r}")


def test_import_does_not_load_pandas() -> None:
    code = "import sys, nnfs.data; assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# IDX files


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("spelling", ["-idx", ".idx"])
def test_idx_spellings(tmp_path: Path, end: str, spelling: str) -> None:
    write_idx(tmp_path, *digits(5), end=end)
    for path in tmp_path.iterdir():
        path.rename(path.with_name(path.name.replace("-idx", spelling)))
    assert_holds(load_mnist(tmp_path, n_test=2), *digits(5))


def test_idx_file_is_preferred_to_a_directory_of_that_name(folder: Path) -> None:
    (folder / TRAIN_IMAGES).rename(folder / "train-images.idx3-ubyte")
    (folder / TRAIN_IMAGES).mkdir()
    assert_holds(load_mnist(folder, n_test=2), *digits(5))


def test_idx_directory_in_place_of_a_file(folder: Path) -> None:
    (folder / TRAIN_LABELS).unlink()
    (folder / TRAIN_LABELS).mkdir()
    assert_says(error_of(folder), folder / TRAIN_LABELS, "is a directory", "expected a file")


def test_idx_folder_without_idx_files(tmp_path: Path) -> None:
    message = error_of(tmp_path, FileNotFoundError)
    assert_says(message, tmp_path, f"no {TRAIN_IMAGES}", "has no files", "expected the IDX files")
    for name in "abcde":
        (tmp_path / name).touch()
    assert "which has a, b, c, d, ...;" in error_of(tmp_path, FileNotFoundError)


def test_idx_folder_with_a_train_csv_only(train_csv: Path) -> None:
    assert f"pass {train_csv}" in error_of(train_csv.parent, FileNotFoundError)


@pytest.mark.parametrize("name", [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS])
def test_idx_folder_lacking_one_of_a_pair(folder: Path, name: str) -> None:
    (folder / name).unlink()
    message = error_of(folder, FileNotFoundError, split="official")
    assert_says(message, folder, f"no {name}", "expected the IDX files")


IMAGES, LABELS = map(bytearray, (idx_images(digits(5)[0]), idx_labels(digits(5)[1])))


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (TRAIN_IMAGES, b"", ["is empty", "0 bytes", "expected"]),
        (TRAIN_IMAGES, IMAGES[:15], ["byte 15", "expected an IDX header of 16 bytes"]),
        (TRAIN_LABELS, LABELS[:7], ["byte 7", "expected an IDX header of 8 bytes"]),
        (TRAIN_IMAGES, IMAGES[:-1], ["byte 3935", "expected 3936 bytes for the 5 items"]),
        (TRAIN_IMAGES, IMAGES + b"x", ["byte 3937", "expected 3936 bytes for the 5 items"]),
        (TRAIN_LABELS, LABELS[:-1], ["byte 12", "expected 13 bytes for the 5 items"]),
        (TRAIN_LABELS, LABELS + b"\0", ["byte 14", "expected 13 bytes for the 5 items"]),
        (TRAIN_IMAGES, LABELS + IMAGES, ["0..3", "0x00000801", "expected", "0x00000803"]),
        (TRAIN_LABELS, IMAGES, ["0..3", "0x00000803", "expected", "0x00000801"]),
        (TRAIN_IMAGES, IMAGES[:8] + bytes(8), ["bytes 8..15", "0x0", "expected at least 1x1"]),
        (TRAIN_IMAGES, IMAGES[:8] + IMAGES[4:8] * 2, ["byte 16", "expected 141 bytes"]),
        (TRAIN_IMAGES, IMAGES[:4] + bytes(4) + IMAGES[8:16], ["4..7", "0 items", "expected"]),
        (
            TRAIN_IMAGES,
            IMAGES[:4] + b"\xff" * 4 + IMAGES[8:],
            ["byte 3936", "expected 3367254359296 bytes for the 4294967295 items"],
        ),
    ],
)
def test_idx_bad_content(
    folder: Path, name: str, content: bytes, says: list[str], end: str
) -> None:
    (folder / name).unlink()
    path = folder / f"{name}{end}"
    path.write_bytes(gzip.compress(content) if end else content)
    assert_says(error_of(folder), path, *says)


def test_idx_counts_of_images_and_labels_disagree(folder: Path) -> None:
    (folder / TRAIN_LABELS).write_bytes(idx_labels(digits(4)[1]))
    message = error_of(folder)
    assert_says(message, folder / TRAIN_IMAGES, "5 images", folder / TRAIN_LABELS, "4 labels")
    assert_says(message, "bytes 4..7", "expected")


def test_idx_gzip_data_without_the_ending(folder: Path) -> None:
    (folder / TRAIN_IMAGES).write_bytes(gzip.compress(IMAGES))
    message = error_of(folder)
    assert_says(message, folder / TRAIN_IMAGES, "0x1f8b0800", "expected", "add .gz to the name")


PACKED = bytearray(gzip.compress(IMAGES, mtime=0))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PACKED[:-1], id="end cut off"),
        pytest.param(PACKED[:100], id="data cut off"),
        pytest.param(PACKED[:5], id="header cut off"),
        pytest.param(PACKED[:500] + bytes([PACKED[500] ^ 1]) + PACKED[501:], id="bit of the data"),
        pytest.param(PACKED[:-5] + bytes([PACKED[-5] ^ 1]) + PACKED[-4:], id="bit of the checksum"),
        pytest.param(PACKED[:10] + b"\xff" * 50, id="no deflate stream"),
        pytest.param(PACKED + b"more", id="something after it"),
        pytest.param(IMAGES, id="not gzip"),
    ],
)
def test_idx_corrupted_gzip(tmp_path: Path, content: bytes) -> None:
    write_idx(tmp_path, *digits(5), end=".gz")
    path = tmp_path / f"{TRAIN_IMAGES}.gz"
    path.write_bytes(content)
    message = error_of(tmp_path)
    assert_says(message, path, f"{len(content)} bytes that are not intact gzip data", "expected")


def test_gzip_file_of_nothing_at_all(tmp_path: Path) -> None:
    write_idx(tmp_path, *digits(5), end=".gz")
    (tmp_path / f"{TRAIN_IMAGES}.gz").write_bytes(b"")
    assert_says(error_of(tmp_path), f"{TRAIN_IMAGES}.gz", "is empty", "expected")


# CSV files


def test_csv_and_idx_of_real_digits_are_the_same(tmp_path: Path, official: MNIST) -> None:
    images = np.rint(official.x_test.T[:60] * 255).astype(np.uint8)
    labels = official.y_test[:60].astype(np.uint8)
    (tmp_path / "train.csv").write_bytes(csv_bytes(csv_rows(images, labels)))
    folder = write_idx(tmp_path / "idx", images, labels)
    from_csv = load_mnist(tmp_path / "train.csv", n_test=7, seed=1)
    assert_same(from_csv, load_mnist(folder, n_test=7, seed=1))
    assert from_csv.x_train.T.flags.c_contiguous
    assert from_csv.x_test.T.flags.c_contiguous
    assert from_csv.x_train.dtype == from_csv.x_test.dtype == np.float32
    assert from_csv.y_train.dtype == from_csv.y_test.dtype == np.int64
    assert_holds(from_csv, images, labels, seed=1)


GOOD = csv_bytes(csv_rows(*digits(4)))
BODY = GOOD.partition(b"\n")[2]
QUOTED = io.StringIO()
csv.writer(QUOTED, quoting=csv.QUOTE_ALL).writerows(csv_rows(*digits(4)))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD, id="as Kaggle writes it"),
        pytest.param(GOOD[:-1], id="no newline at the end"),
        pytest.param(b"\xef\xbb\xbf" + GOOD, id="BOM"),
        pytest.param(GOOD.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(GOOD.replace(b"\n", b"\r"), id="CR"),
        pytest.param(GOOD.replace(b"\n", b"\r", 2), id="CR, then LF"),
        pytest.param(QUOTED.getvalue().encode(), id="quoted"),
        pytest.param(GOOD + b"\n\r\n\n", id="blank lines at the end"),
        pytest.param(GOOD + b"  \t\n", id="spaces at the end"),
        pytest.param(GOOD.replace(b"\n", b"\n\n"), id="blank lines between"),
        pytest.param(
            GOOD.partition(b"\n")[0] + b"\n" + BODY.replace(b",", b".0,"), id="written as floats"
        ),
        pytest.param(
            GOOD.partition(b"\n")[0] + b"\n" + BODY.replace(b",", b"e0 , +00"), id="odd numbers"
        ),
    ],
)
def test_csv_good_in_many_spellings(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "any name").write_bytes(content)
    assert_holds(load_mnist(tmp_path / "any name", n_test=2), *digits(4))


def test_csv_as_kaggle_writes_it_is_read_the_quick_way(
    train_csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(kaggle, "_scanned_table")
    assert_holds(load_mnist(train_csv, n_test=2), *digits(4))


def test_csv_gzipped(tmp_path: Path) -> None:
    (tmp_path / "train.csv.gz").write_bytes(gzip.compress(GOOD))
    assert_holds(load_mnist(tmp_path / "train.csv.gz", n_test=2), *digits(4))


def variant(**change: object) -> bytes:
    """Return the digits of `digits(4)` as a file, with another header, order or delimiter."""
    images, labels = digits(4)
    columns = [labels[:, None], images]
    names = [["label"], list(map(str, change.get("pixels", HEADER[1:])))]  # type: ignore[call-overload]
    names[0] = [str(change.get("label", "label"))]
    if change.get("last"):
        columns, names = columns[::-1], names[::-1]
    if "index" in change:
        columns, names = [np.arange(4)[:, None], *columns], [[str(change["index"])], *names]
    rows = np.hstack([column.astype(int) for column in columns]).astype(str).tolist()
    top = [] if change.get("bare") else [[name for part in names for name in part]]
    return csv_bytes(top + rows).replace(b",", str(change.get("mark", ",")).encode())


CELLS_BY_1 = [f"{i}x{j}" for i in range(1, 29) for j in range(1, 29)]
CELLS_BY_0 = [f"{i}x{j}" for i in range(28) for j in range(28)]


@pytest.mark.parametrize(
    "change",
    [
        {"pixels": CELLS_BY_1},
        {"pixels": CELLS_BY_0},
        {"pixels": CELLS_BY_1, "last": True},
        {"pixels": [f"pixel{i}" for i in range(1, 785)]},
        {"pixels": [f"pixel{i:03}" for i in range(784)]},
        {"pixels": [f"pixel{i}" for i in range(1, 785)], "label": "class", "last": True},
        {"pixels": [f"px_{i}" for i in range(784)], "label": "Label"},
        {"pixels": range(784), "label": "target"},
        {"pixels": range(784), "label": "y", "last": True},
        {"pixels": range(1, 785), "label": "0"},
        {"pixels": range(2, 786), "label": "1"},
        {"pixels": [f"V{i}" for i in range(2, 786)], "label": "V1"},
        {"index": ""},
        {"index": "Unnamed: 0", "pixels": CELLS_BY_1},
        {"index": "id", "last": True},
        {"index": "", "pixels": range(1, 785), "label": "0"},
        {"bare": True},
        {"mark": ";"},
        {"mark": "\t"},
        {"mark": " "},
        {"mark": "   "},
        {"mark": ", "},
        {"mark": " ; "},
        {"mark": ";", "bare": True},
        {"mark": "\t", "last": True},
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_csv_of_courses(tmp_path: Path, change: dict[str, object], ends: str) -> None:
    path = tmp_path / "mnist_train.csv"
    path.write_bytes(variant(**change).replace(b"\n", ends.encode()))
    assert_holds(load_mnist(path, n_test=2), *digits(4))
    path.write_bytes(b"\xef\xbb\xbf" + variant(**change) + b"\n")
    assert_holds(load_mnist(path, n_test=2), *digits(4))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_csv_as_spreadsheets_write_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "mnist_train.csv"
    path.write_bytes(variant(mark=";").decode().encode(encoding))
    assert_holds(load_mnist(path, n_test=2), *digits(4))


@pytest.mark.parametrize("bare", [False, True])
def test_csv_without_names_has_its_label_where_it_can_only_be(tmp_path: Path, bare: bool) -> None:
    path, (images, labels) = tmp_path / "mnist_train.csv", digits(4)
    images, labels = images.copy(), labels + 1
    images[:, [0, -1]] = 0
    top = [] if bare else [[str(i) for i in range(785)]]
    for parts in ([labels[:, None], images], [images, labels[:, None]]):
        path.write_bytes(csv_bytes(top + np.hstack(parts).astype(str).tolist()))
        assert_holds(load_mnist(path, n_test=2), images, labels)
    images[:, [0, -1]] = labels[:, None]
    path.write_bytes(csv_bytes(top + np.hstack([labels[:, None], images]).astype(str).tolist()))
    assert_says(error_of(path), path, "line 1", "first column or the last", "put a header on top")


def test_csv_without_a_header_and_with_any_number_at_both_ends_is_refused(tmp_path: Path) -> None:
    path, (images, labels) = tmp_path / "mnist_train.csv", digits(4)
    labels[2] = 77
    images = np.maximum(images, 10)
    rows = np.hstack([labels[:, None], images]).astype(str).tolist()
    path.write_bytes(csv_bytes(rows).replace(b"\n", b"\n\n"))
    assert_says(error_of(path), path, "line 1 does not say whether the label is the first column")


def test_csv_of_another_width_and_of_scaled_pixels(tmp_path: Path) -> None:
    path = tmp_path / "digits.csv"
    path.write_bytes(csv_bytes([["1"] * 67] * 3))
    assert_says(error_of(path), path, "line 1 has 67 columns", "expected the 785 columns label,pix")
    path.write_bytes(bad_csv(3, "pixel17", "0.5"))
    assert_says(error_of(path), "line 3, column pixel17 is '0.5'", "multiplied by 255")


def test_images_without_labels_are_read_for_answers_only(tmp_path: Path) -> None:
    images, labels = digits(4)
    bare = images.astype(str).tolist()
    for name, rows in {"test.csv": [HEADER[1:], *bare], "bare.csv": bare}.items():
        (tmp_path / name).write_bytes(csv_bytes(rows))
        assert_says(error_of(tmp_path / name), name, "no column label", "nnfs predict")
        X, y = data.read_images(tmp_path / name)
        assert y is None
        np.testing.assert_array_equal(X.T, images / np.float32(255))
    (tmp_path / "images").write_bytes(idx_images(images))
    np.testing.assert_array_equal(data.read_images(tmp_path / "images")[0], X)
    (tmp_path / "train.csv").write_bytes(GOOD)
    X, y = data.read_images(str(tmp_path / "train.csv"))
    assert y is not None
    np.testing.assert_array_equal(y, labels)


def archive_of(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return packed.getvalue()


def saved(save: Callable[..., None], *what: object) -> bytes:
    file = io.BytesIO()
    save(file, *what)
    return file.getvalue()


OTHER_KINDS = {
    "zip archive of train.csv": archive_of("train.csv"),
    "NumPy arrays (npz)": saved(np.savez, digits(4)[0]),
    "NumPy array (npy)": saved(np.save, digits(4)[0]),
    "Python pickle": pickle.dumps(digits(4)),
    "PyTorch": archive_of("model/data.pkl", "model/version"),
    "Excel workbook (xlsx)": archive_of("[Content_Types].xml", "xl/workbook.xml"),
    "old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "MATLAB": b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(100),
    "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(100),
    "Parquet": b"PAR1\x15\x04" + bytes(50) + b"PAR1",
    "Arrow": b"ARROW1\0\0" + bytes(50),
    "PNG picture": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "JPEG picture": b"\xff\xd8\xff\xe0" + bytes(50),
    "PDF": b"%PDF-1.4\n",
    "web page": b"\n <!DOCTYPE html>\n<html><head>",
    "Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n",
    "bzip2": bz2.compress(GOOD),
    "xz": lzma.compress(GOOD),
    "tar archive": tarfile.TarInfo("train.csv").tobuf() + bytes(1024),
    "ARFF": b"@RELATION mnist_784\n@ATTRIBUTE pixel1 real\n",
    "JSON": b'[{"label": 3}]',
    "LIBSVM": b"5 153:3 154:18 155:18\n",
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_files_of_another_kind_are_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(OTHER_KINDS[kind])
    assert_says(error_of(path), f"{path}: is ", kind, "expected a CSV file")
    write_idx(tmp_path / "idx", *digits(5))
    for name in (TRAIN_IMAGES, TRAIN_LABELS):
        kept = (tmp_path / "idx" / name).read_bytes()
        (tmp_path / "idx" / name).write_bytes(OTHER_KINDS[kind] + bytes(16))
        assert_says(error_of(tmp_path / "idx"), name, kind)
        (tmp_path / "idx" / name).write_bytes(kept)
    (tmp_path / "idx" / TRAIN_IMAGES).unlink()
    (tmp_path / "idx" / f"{TRAIN_IMAGES}.gz").write_bytes(OTHER_KINDS[kind])
    assert_says(error_of(tmp_path / "idx"), "not intact gzip data", kind)


def test_gzip_and_idx_in_place_of_a_csv_are_named(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(gzip.compress(GOOD))
    assert_says(error_of(path), path, "is gzip data", "expected a CSV file", "add .gz to the name")
    path.write_bytes(idx_images(digits(5)[0]))
    assert_says(error_of(path), path, "is an IDX file", "pass the folder")


@pytest.mark.parametrize("name", ["mnist_train.csv", "mnist_train.csv.gz", "Train.CSV"])
def test_a_folder_with_tables_names_the_one_to_pass(tmp_path: Path, name: str) -> None:
    for other in ("aaa.txt", "mnist_test.csv", ".DS_Store", "b", "c", "d"):
        (tmp_path / other).touch()
    (tmp_path / name).write_bytes(GOOD)
    message = error_of(tmp_path, FileNotFoundError)
    assert_says(message, tmp_path, name, f"pass {tmp_path / name}", "mnist_test.csv")
    assert ".DS_Store" not in message


def header(fields: list[str]) -> bytes:
    """Return a CSV file with another header above good rows."""
    return ",".join(fields).encode() + b"\n" + BODY


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (csv_bytes([row[1:] for row in csv_rows(*digits(4))]), ["no column label", "test.csv"]),
        (header(["label", *(f"{j}x{i}" for i in range(28) for j in range(28))]), ["3 is '1x0'"]),
        (header(["label", *HEADER[:0:-1]]), ["column 2 is 'pixel783'"]),
        (header(["label", *(f"pixel{i}" for i in range(2, 786))]), ["column 2 is 'pixel2'"]),
        (header(["label", "label", *HEADER[2:]]), ["column 2 is 'label'"]),
        (header(["digits", *HEADER[1:]]), ["column 1 is 'digits'"]),
        (BODY.replace(b",", b",x", 1), ["column 2 is 'x"]),
        (header(HEADER[:-1]), ["it ends", "784 columns found"]),
        (header([*HEADER, ""]), ["column 786 is empty", "786 columns found"]),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[0],
)
def test_csv_bad_header(tmp_path: Path, content: bytes, says: list[str]) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(content)
    assert_says(error_of(path), path, "line 1", *says, "expected the 785 columns label,pixel0,")


def test_csv_empty_or_missing_or_header_only(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    assert_says(error_of(path, FileNotFoundError), path, "no such file")
    path.write_bytes(b"")
    assert_says(error_of(path), path, "is empty", "0 bytes", "expected")
    for end in ("", "\n", "\n\n\n"):
        path.write_text(",".join(HEADER) + end)
        assert_says(error_of(path), path, "line 1", "no row", "expected at least one")


@pytest.mark.parametrize("column", ["label", "pixel0", "pixel17", "pixel783"])
@pytest.mark.parametrize("line", [2, 3, 5])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cat", "'cat'"),
        ("", "empty"),
        (" ", "' '"),
        ("nan", "'nan'"),
        ("NaN", "'NaN'"),
        ("NA", "'NA'"),
        ("inf", "'inf'"),
        ("True", "'True'"),
        ("256", "'256'"),
        ("-1", "'-1'"),
        ("5.5", "'5.5'"),
        ("255.0000001", "'255.0000001'"),
        ("1e3", "'1e3'"),
        ("1_0", "'1_0'"),
        ("0x10", "'0x10'"),
        ("5 5", "'5 5'"),
        ("5\0", r"'5\x00'"),
        ("9" * 19, "'9999999999999999999'"),
        ("1" + "0" * 400, "'1" + "0" * 36 + "...'"),
        ("18446744073709551621", "'18446744073709551621'"),  # 2**64 + 5
        ('"5\n"', r"'5\n'"),
        ("\u0665", r"b'\xd9\xa5'"),  # an Arabic five
    ],
    ids=lambda text: ascii(text)[:12],
)
def test_csv_bad_cell(tmp_path: Path, line: int, column: str, text: str, found: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(bad_csv(line, column, text))
    expected = "expected a whole number in 0..255"
    assert_says(error_of(path), path, f"line {line}, column {column} is {found};", expected)


@pytest.mark.parametrize("column", ["label", "pixel17"])
def test_csv_undecodable_bytes(tmp_path: Path, column: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(bad_csv(3, column, "FILL").replace(b"FILL", b"\xff\xfe"))
    message = error_of(path)
    assert_says(message, path, f"line 3, column {column}", r"b'\xff\xfe'", "expected")


def test_csv_whole_column_of_truth_values(tmp_path: Path) -> None:
    rows = csv_rows(*digits(4))
    for row in rows[1:]:
        row[18] = "True"
    path = tmp_path / "train.csv"
    path.write_bytes(csv_bytes(rows))
    assert_says(error_of(path), path, "line 2, column pixel17 is 'True'", "expected")


def test_csv_first_of_several_errors_is_named(tmp_path: Path) -> None:
    rows = csv_rows(*digits(4))
    rows[2][5] = rows[2][9] = rows[4][0] = "x"
    path = tmp_path / "train.csv"
    path.write_bytes(csv_bytes([*rows, ["1"]]))
    assert_says(error_of(path), "line 3, column pixel4 ")


def test_csv_line_numbers_count_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(bad_csv(3, "pixel17", "x").replace(b"\n", b"\r\n\r\n"))
    assert_says(error_of(path), "line 5, column pixel17")


@pytest.mark.parametrize("line", [2, 3, 5])
@pytest.mark.parametrize("kept", [1, 400, 784])
def test_csv_row_cut_short(tmp_path: Path, line: int, kept: int) -> None:
    rows = csv_rows(*digits(4))
    rows[line - 1] = rows[line - 1][:kept]
    path = tmp_path / "train.csv"
    path.write_bytes(csv_bytes(rows))
    message = error_of(path)
    assert_says(
        message, path, f"line {line} has {kept} of 785 expected fields", "download it again"
    )


@pytest.mark.parametrize("position", ["first", "last"])
@pytest.mark.parametrize("lines", [[2], [3], [5], [2, 3, 4, 5]])
@pytest.mark.parametrize("extra", ["7", ""])
def test_csv_too_many_fields(tmp_path: Path, position: str, lines: list[int], extra: str) -> None:
    rows = csv_rows(*digits(4))
    for line in lines:
        rows[line - 1].insert(0 if position == "first" else 785, extra)
    path = tmp_path / "train.csv"
    path.write_bytes(csv_bytes(rows))
    message = error_of(path)
    assert_says(message, path, f"line {lines[0]} has 786 fields", "expected 785")
    assert ("trailing comma" in message) == (position == "last" and not extra)


@pytest.mark.parametrize("fields", [784, 786])
@pytest.mark.parametrize("n_rows", [4097, 4099])
def test_csv_bad_row_where_a_chunk_begins(tmp_path: Path, n_rows: int, fields: int) -> None:
    rows = [HEADER, *[["1"] * 785] * n_rows]
    rows[4097] = ["1"] * fields
    path = tmp_path / "train.csv"
    path.write_bytes(csv_bytes(rows))
    assert_says(error_of(path), f"line 4098 has {fields}", "785")


def test_csv_more_rows_than_a_chunk(tmp_path: Path) -> None:
    images = np.zeros((4100, 784), np.uint8)
    images[:, :2] = np.arange(4100, dtype=">u2").view(np.uint8).reshape(-1, 2)
    labels = (np.arange(4100) % 10).astype(np.uint8)
    path = tmp_path / "train.csv"
    path.write_bytes(csv_bytes(csv_rows(images, labels)))
    assert_holds(load_mnist(path, n_test=1), images, labels)


def test_csv_lines_swapped_across_a_newline(tmp_path: Path) -> None:
    content = bytearray(GOOD)
    for newline in (i for i, byte in enumerate(GOOD) if byte == ord("\n") and i > len(GOOD) // 2):
        content[newline] = ord(",")
    path = tmp_path / "train.csv"
    path.write_bytes(content)
    assert_says(error_of(path), path, "fields", "expected 785")


@pytest.mark.parametrize("text", ['"5', '"5"5'])
def test_csv_quote_that_does_not_close(tmp_path: Path, text: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(bad_csv(4, "pixel17", text))
    assert_says(error_of(path), path, "line 4 cannot be read", "expected")


def test_csv_cell_beyond_all_limits(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(bad_csv(4, "pixel17", "1" * 200_000))
    assert_says(error_of(path), path, "line 4 cannot be read", "field limit", "expected")


# Any content


@st.composite
def tables(draw: st.DrawFn) -> tuple[Bytes, Bytes]:
    """Draw images (n, 784) uint8 and labels (n,) uint8 in 0..9."""
    n = draw(st.integers(2, 4))
    # Pixels of 0 and 1 only are refused, as digits in [0, 1].
    images = draw(arrays(np.uint8, (n, 784)).filter(lambda pixels: pixels.max() != 1))
    return images, draw(arrays(np.uint8, n, elements=st.integers(0, 9)))


@settings(deadline=None, max_examples=50)
@given(tables(), st.sampled_from(["csv", "", ".gz"]), st.integers(0, 2**64))
def test_any_digits_come_back(table: tuple[Bytes, Bytes], kind: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        if kind == "csv":
            path /= "train.csv"
            path.write_bytes(csv_bytes(csv_rows(*table)))
        else:
            write_idx(path, *table, end=kind)
        assert_holds(load_mnist(path, n_test=1, seed=seed), *table, seed=seed)


CELLS = st.text("0123456789.,eE+-_ \t\"'\0naNTrue\u0665\xff", max_size=6)


@settings(deadline=None, max_examples=150)
@given(CELLS, st.integers(2, 5), st.sampled_from(["label", "pixel0", "pixel783"]))
def test_any_cell_is_read_as_the_number_it_is_or_refused(text: str, line: int, column: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "train.csv"
        path.write_bytes(bad_csv(line, column, text))
        try:
            result = load_mnist(path, n_test=1)
        except DataError as error:
            assert_says(str(error), path, f"line {line}", "expected")
            return
    images, labels = digits(4)
    where = HEADER.index(column)
    (labels if where == 0 else images[:, where - 1])[line - 2] = float(text.strip('"'))
    assert_holds(result, images, labels)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["train.csv", f"{TRAIN_IMAGES}.gz", TRAIN_LABELS]),
    st.floats(0, 1),
    st.integers(0, 20),
    st.binary(max_size=20),
)
def test_any_damage_gives_digits_or_a_data_error(
    name: str, where: float, n_removed: int, inserted: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        write_idx(path, *digits(5))
        (path / TRAIN_IMAGES).unlink()
        (path / f"{TRAIN_IMAGES}.gz").write_bytes(PACKED)
        (path / "train.csv").write_bytes(GOOD)
        content = (path / name).read_bytes()
        at = int(where * len(content))
        (path / name).write_bytes(content[:at] + inserted + content[at + n_removed :])
        try:
            result = load_mnist(path / name if name == "train.csv" else path, n_test=1)
        except DataError as error:
            assert_says(str(error), path / name)
        else:
            assert result.x_train.shape == (784, 3 if name == "train.csv" else 4)


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("form", ["{}", "{}.0"])
def test_black_and_white_in_0_and_1_is_told_from_bytes(tmp_path, labelled, header, form):
    rng = np.random.default_rng(0)
    pixels = (rng.random((30, 784)) < 0.2).astype(int)
    pixels[:, [0, -1]] = 0
    names, table = [f"pixel{i}" for i in range(784)], pixels
    if labelled:
        names, table = ["label", *names], np.column_stack([rng.integers(0, 10, 30), pixels])
    for factor, good in ((255, True), (1, False)):
        rows = table.copy()
        rows[:, -784:] *= factor
        lines = [names] * header + [[form.format(cell) for cell in row] for row in rows]
        path = tmp_path / "digits.csv"
        path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf8")
        if good:
            np.testing.assert_array_equal(data.read_images(path)[0].T, pixels)
        else:
            with pytest.raises(DataError, match=r"digits\.csv: .*multiply the pixels by 255"):
                data.read_images(path)


def test_black_and_white_idx_files_in_0_and_1_are_told(tmp_path):
    rng = np.random.default_rng(0)
    images = (rng.random((30, 28, 28)) < 0.2).astype(np.uint8)
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(np.array([2051, 30, 28, 28], ">u4").tobytes() + images.tobytes())
    labels = rng.integers(0, 10, 30, np.uint8)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(
        np.array([2049, 30], ">u4").tobytes() + labels.tobytes()
    )
    for read in (lambda: data.read_images(path), lambda: load_mnist(tmp_path, n_test=5)):
        with pytest.raises(DataError, match="multiply the pixels by 255"):
            read()
