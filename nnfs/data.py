"""The digits: the bundled MNIST, any folder of IDX files, or Kaggle's ``train.csv``.

`load_mnist` returns the arrays that the rest of the package takes. `find_source` says which data
that will be without reading them, and `inventory` lists the files with their checksums.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnfs import arguments, idx
from nnfs.digit_files import OTHER_DATA, SHAPE, DataError, Digits, read_content, sha256, spelt

PACKAGE = Path(__file__).resolve().parent
# Inside an installed package, beside it in the repository.
INSIDE, BESIDE = PACKAGE / "mnist_data", PACKAGE.parent / "mnist_data"
BUNDLED_DIR = INSIDE if INSIDE.is_dir() else BESIDE

BUNDLED_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

EMNIST = re.compile(r"(?<![a-z])emnist", re.IGNORECASE)
README, README_READ = re.compile(r"readme", re.IGNORECASE), 100_000

N_DRAWN = 42_000  # rows of Kaggle's train.csv, which split="original" follows


def bundle_part(folder: Path, sha256: Mapping[str, str]) -> None:
    """Let the source ``"bundled"`` be a part of the digits, as it is in a reader's browser.

    Parameters
    ----------
    folder : Path
        Where the four gzipped IDX files are.
    sha256 : mapping from str to str
        The SHA-256 of each, unpacked, by its name without ``.gz``.
    """
    global BUNDLED_DIR, BUNDLED_SHA256
    BUNDLED_DIR, BUNDLED_SHA256 = folder, dict(sha256)


class _Parts(NamedTuple):
    x_train: NDArray[np.float32]
    y_train: NDArray[np.intp]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.intp]


class MNIST(_Parts):
    """Digits, or other images, in two parts, one column an example: a named tuple of four.

    For other images than digits, 784 stands for the pixels of one of them.

    Attributes
    ----------
    x_train : (784, m) array of float32
        Brightness of the pixels in [0, 1], row by row of the image; 0 is the background. The
        transpose of a C-contiguous (m, 784) array.
    y_train : (m,) array of intp (int64 on a 64-bit machine)
        Labels in 0..n_classes-1.
    x_test : (784, n) array of float32
        As `x_train`.
    y_test : (n,) array of intp
        As `y_train`.
    shape : (rows, columns) of an image
    n_classes : int
        One more than the largest label of the source: 10 of digits. Where labels begin at 1, as the
        letters of EMNIST do, the class 0 has no image.
    """

    shape: tuple[int, int] = SHAPE
    n_classes: int = 10


@dataclass(frozen=True)
class Source:
    """Where data come from; ``str()`` of it is a line for people.

    Attributes
    ----------
    kind : {"bundled", "folder", "csv"}
    path : Path
        The CSV file, or the folder of the IDX files; with a name behind it that is the beginning of
        theirs.
    """

    kind: Literal["bundled", "folder", "csv"]
    path: Path

    def __str__(self) -> str:
        """Return a description such as ``IDX files in fashion/``."""
        kinds = {"bundled": "bundled MNIST in", "folder": "IDX files in", "csv": "CSV file"}
        if self.kind == "folder" and not self.path.is_dir():
            return f"IDX files {self.path}-..."
        verified = " (hashes verified on reading)" if self.kind == "bundled" else ""
        return f"{kinds[self.kind]} {self.path}{verified}"


@dataclass(frozen=True)
class FileSummary:
    """One file of a source.

    Attributes
    ----------
    name : str
        Name without the folder.
    count : int
        Number of images, of labels, or of rows without the header.
    sha256 : str
        SHA-256 of the content, decompressed where the file is gzipped, in hexadecimal.
    """

    name: str
    count: int
    sha256: str


@dataclass(frozen=True)
class PartSummary:
    """What a part of a source holds.

    Attributes
    ----------
    name : {"train", "t10k", "rows"}
        The training files, the test files, or the rows of a CSV file.
    count : int
        Number of images.
    shape : (rows, columns) of an image
    dtype : str
        That of the pixels in the file. Loaded they are float32.
    labels : tuple of int
        The labels that there are, in order.
    files : list of FileSummary
    """

    name: str
    count: int
    shape: tuple[int, int]
    dtype: str
    labels: tuple[int, ...]
    files: list[FileSummary]


def load_mnist(
    source: str | os.PathLike[str] | None = None,
    *,
    n_test: int = 1000,
    split: str = "original",
    seed: int = 0,
    transposed: bool = False,
) -> MNIST:
    """Return the digits of a source in two parts, for training and for testing.

    Parameters
    ----------
    source : str or path-like, optional
        As `find_source` takes it: ``"bundled"``, a folder of IDX files, a Kaggle ``train.csv``,
        or None.
    n_test : int
        Number of examples set aside for testing by the original split, in 1..m-1 of m drawn.
    split : {"original", "official"}
        ``"original"`` draws 42,000 of the training images (all rows of a CSV) without repetition
        and in random order; the first `n_test` of them are the test part. The official test
        images stay unseen, and their files need not be there. ``"official"`` takes the training
        files and the t10k files as they are, without `n_test` and `seed`.
    seed : int
        Seed of the draw, at least 0. The global random state is not touched.
    transposed : bool
        Whether the source stores its images column by column, as that of EMNIST does.

    Returns
    -------
    MNIST
        ``x_train`` (784, m) float32 in [0, 1], ``y_train`` (m,) intp, ``x_test``, ``y_test``.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the official split is asked of a CSV.
    DataError
        If a file does not hold what it should. It is a ValueError.
    FileNotFoundError
        If a file or folder is missing.
    """
    if split not in ("original", "official"):
        raise ValueError(f'split must be "original" or "official", got {split!r}')
    found, transposed = find_source(source), arguments.flag(transposed, "transposed")
    if split == "official":
        if found.kind == "csv":
            raise ValueError(
                f"{found.path}: a CSV file has no official split; use"
                ' split="original", or source="bundled" or a folder of IDX files'
            )
        train, test = (_read_digits(found, part, transposed) for part in ("train", "t10k"))
        _check_alike(found.path, train, test)
        return _as_columns(train, test, _n_classes(found.path, train.labels))
    rng = arguments.generator(seed)
    digits = _read_digits(found, "train", transposed)
    order = rng.permutation(len(digits.labels))
    if found.kind != "csv":
        order = order[:N_DRAWN]
    n_test = _check_n_test(n_test, order.size)
    train, test = (
        digits._replace(pixels=digits.pixels[rows], labels=digits.labels[rows])
        for rows in (order[n_test:], order[:n_test])
    )
    return _as_columns(train, test, _n_classes(found.path, digits.labels))


def find_source(source: str | os.PathLike[str] | None = None) -> Source:
    """Return which data `source` means, without reading them.

    Parameters
    ----------
    source : str or path-like, optional
        The string ``"bundled"`` is the MNIST that comes with the package, even where the working
        directory has a folder of that name; write ``"./bundled"`` for the folder. Any other
        path is a folder of IDX files if it is a folder, else a CSV file. Where a folder has several
        sets of IDX files, as that of EMNIST, one of them is ``"folder/emnist-letters"``, with the
        beginning of its names. None is ``train.csv``
        in the folder of the bundled data if it is there, else the bundled data.

    Returns
    -------
    Source

    Raises
    ------
    FileNotFoundError
        If nothing is there; for bundled data, the message says what else can be passed.
    """
    kaggle = BUNDLED_DIR / "train.csv"
    # lexists, so that a dangling link is reported and not passed over for other data.
    if source is None and os.path.lexists(kaggle):
        return Source("csv", kaggle)
    if source is None or source == "bundled":
        if not BUNDLED_DIR.is_dir():
            raise FileNotFoundError(
                f"{BUNDLED_DIR}: the bundled MNIST is not installed here; {OTHER_DATA}"
            )
        return Source("bundled", BUNDLED_DIR)
    if isinstance(source, str) and (not source or "\0" in source):
        raise FileNotFoundError(f"{source!r}: no such file or folder; {OTHER_DATA}")
    path = arguments.path(source, "source")
    if path.exists():
        return Source("folder" if path.is_dir() else "csv", path)
    if path.parent.is_dir() and path.name in idx.find_sets(path.parent):
        return Source("folder", path)
    raise FileNotFoundError(f"{os.fspath(source)!r}: no such file or folder; {OTHER_DATA}")


def look_transposed(source: str | os.PathLike[str] | None = None) -> bool:
    """Return whether names, or a README beside IDX files, say that data are those of EMNIST.

    Its files, and the tables that were made of them, store each image column by column.

    Parameters
    ----------
    source : str or path-like, optional
        As `find_source` takes it.

    Returns
    -------
    bool
    """
    found = find_source(source)
    if found.kind == "bundled":
        return False
    place = found.path.resolve()
    names = [found.path.name, place.name, place.parent.name]
    if found.kind == "folder":
        folder = place if place.is_dir() else place.parent
        names += [path.name for path in idx.find_files(found.path).values()]
        # What cannot be read says nothing.
        with suppress(OSError):
            names += [_beginning(path) for path in folder.iterdir() if README.match(path.name)]
    return any(EMNIST.search(name) for name in names)


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(README_READ).decode(errors="replace")


def read_images(
    path: str | os.PathLike[str],
    *,
    shape: tuple[int, int] | None = None,
    transposed: bool = False,
) -> tuple[NDArray[np.float32], NDArray[np.intp] | None]:
    """Return all images of one file, with or without labels.

    Parameters
    ----------
    path : str or path-like
        A CSV file of the pixels of an image a line, with or without a label as well, or an IDX
        file of images.
    shape : (rows, columns), optional
        What the images have to be. Without it those of a CSV file are taken for square, unless
        the names of the columns count rows and columns.
    transposed : bool
        Whether the file stores its images column by column, as those of EMNIST do. The shape is
        that of the images as they are returned.

    Returns
    -------
    X : (rows * columns, m) array of float32 in [0, 1]
    y : (m,) array of intp, or None if the file has no labels

    Raises
    ------
    DataError
        If the file does not hold what it should. It is a ValueError.
    FileNotFoundError
        If it is missing.
    """
    from nnfs import kaggle

    path, transposed = arguments.path(path, "path"), arguments.flag(transposed, "transposed")
    content = read_content(path)
    stored = shape
    if shape is not None:
        stored = (shape[1], shape[0]) if transposed else (shape[0], shape[1])
    labels: NDArray[np.uint8] | None = None
    if content.startswith(b"\0\0\x08"):
        images = idx.read_images(path, content)
        found = images.shape[1], images.shape[2]
        if stored is not None and found != stored:
            raise DataError(
                f"{path}: its images have {spelt(found)} pixels; expected {spelt(stored)}"
            )
        pixels = images.reshape(len(images), -1)
    else:
        pixels, labels, found = kaggle.read_table(path, content, stored)
    if transposed:
        pixels = _transposed(pixels, found)
    return _scaled(pixels).T, None if labels is None else labels.astype(np.intp)


def inventory(source: str | os.PathLike[str] | None = None) -> list[FileSummary]:
    """Return a summary of each file of a source, after the checks that loading makes.

    Parameters
    ----------
    source : str or path-like, optional
        As `find_source` takes it.

    Returns
    -------
    list of FileSummary
        The CSV file; or images and labels of the training files, then of the t10k files. A
        folder may lack both t10k files.

    Raises
    ------
    DataError, FileNotFoundError
        As `load_mnist` does.
    """
    return [file for part in describe(source) for file in part.files]


def describe(source: str | os.PathLike[str] | None = None) -> list[PartSummary]:
    """Return what the parts of a source hold, after the checks that loading makes.

    Parameters
    ----------
    source : str or path-like, optional
        As `find_source` takes it.

    Returns
    -------
    list of PartSummary
        The rows of the CSV file; or the training files, then the t10k files if they are there.

    Raises
    ------
    DataError, FileNotFoundError
        As `load_mnist` does.
    """
    found = find_source(source)
    if found.kind == "csv":
        content = read_content(found.path)
        return [_part_summary("rows", _labelled(found.path, content), [(found.path, content)])]
    train_only = (
        found.kind == "folder" and not idx.find_files(found.path).keys() & idx.NAMES["t10k"]
    )
    parts = ["train"] if train_only else ["train", "t10k"]
    return [_part_summary(part, *_read_pair(found, part)) for part in parts]


def _part_summary(name: str, digits: Digits, files: list[tuple[Path, bytes]]) -> PartSummary:
    count = len(digits.labels)
    there = tuple(np.unique(digits.labels).tolist())
    summaries = [_summary(path, content, count) for path, content in files]
    return PartSummary(name, count, digits.shape, digits.pixels.dtype.name, there, summaries)


def _labelled(path: Path, content: bytes) -> Digits:
    from nnfs import kaggle  # here, so that importing nnfs does not pay for it

    pixels, labels, shape = kaggle.read_table(path, content)
    if labels is None:
        raise DataError(
            f"{path}: line 1 has no column label; {kaggle.expected(shape)}; this looks like"
            " Kaggle's test.csv, which has no labels: use its train.csv, or for answers to these"
            " images python -m nnfs predict"
        )
    return Digits(pixels, labels, shape)


def _summary(path: Path, content: bytes, count: int) -> FileSummary:
    """Return the `FileSummary` of a file of this decompressed content."""
    return FileSummary(path.name, count, sha256(content))


class SplitError(ValueError):
    """The rows cannot be split as asked.

    Attributes
    ----------
    wanted : what stands in place of a number of test rows
    rows : int
    """

    def __init__(self, wanted: object, rows: int) -> None:
        self.wanted, self.rows = wanted, rows
        super().__init__(wanted, rows)

    def __str__(self) -> str:
        if self.rows < 2:
            return f"n_test: {self.advice()}"
        expected = f"an integer in 1..{self.rows - 1} for {self.rows} rows"
        return f"n_test must be {expected}, got {self.wanted!r}"

    def advice(self) -> str:
        """Return what was expected, without the name of the argument."""
        if self.rows < 2:
            return f"{self.rows} row cannot be split in two parts, at least 2 needed"
        return f"expected 1 to {self.rows - 1} of the {self.rows} images there"


def _check_n_test(n_test: object, n_rows: int) -> int:
    """Return `n_test` as an int; raise unless of `n_rows` rows it leaves rows in both parts."""
    try:
        number = arguments.whole_number(n_test, "n_test", at_least=1)
    except ValueError:
        raise SplitError(n_test, n_rows) from None
    if n_rows < 2 or number >= n_rows:
        raise SplitError(n_test, n_rows)
    return number


def _n_classes(path: Path, labels: NDArray[np.uint8]) -> int:
    """Return how many classes there are: the labels decide.

    Raises
    ------
    DataError
        If most of these classes have no image, though there are images enough: such labels do not
        number the classes.
    """
    n_classes, there = int(labels.max()) + 1, np.unique(labels).size
    if 2 * there < n_classes and labels.size >= 10 * n_classes:
        place = int(labels.argmax())
        raise DataError(
            f"{path}: label {n_classes - 1} of image {place} means classes 0..{n_classes - 1}, but"
            f" only {there} of them have images; expected labels that number the classes from 0 on"
        )
    return n_classes


def _check_alike(path: Path, train: Digits, test: Digits) -> None:
    """Raise DataError unless a network for the training files can answer for the test files."""
    if test.shape != train.shape:
        raise DataError(
            f"{path}: the t10k images have {spelt(test.shape)} pixels; expected"
            f" {spelt(train.shape)}, as the training images have"
        )
    top = int(train.labels.max())
    wrong = np.flatnonzero(test.labels > top)
    if wrong.size:
        raise DataError(
            f"{path}: t10k label {wrong[0]} is {test.labels[wrong[0]]}; expected 0..{top}, as the"
            " training labels are"
        )


def _as_columns(train: Digits, test: Digits, n_classes: int) -> MNIST:
    """Return two parts with float32 pixels in [0, 1], one column an example."""
    digits = MNIST(
        _scaled(train.pixels).T,
        train.labels.astype(np.intp),
        _scaled(test.pixels).T,
        test.labels.astype(np.intp),
    )
    digits.shape, digits.n_classes = train.shape, n_classes
    return digits


def _scaled(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return ``pixels / 255`` in float32, C-contiguous, without an intermediate float array."""
    return np.divide(pixels, np.float32(255), dtype=np.float32, order="C")


def _read_digits(source: Source, part: str, transposed: bool) -> Digits:
    """Return the digits of a CSV file, or of a part ("train" or "t10k") of IDX files."""
    if source.kind == "csv":
        digits = _labelled(source.path, read_content(source.path))
    else:
        digits = _read_pair(source, part)[0]
    if not transposed:
        return digits
    return Digits(_transposed(digits.pixels, digits.shape), digits.labels, digits.shape[::-1])


def _transposed(pixels: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the pixels of images of this shape, one a row, with rows for columns."""
    return pixels.reshape(-1, *shape).swapaxes(1, 2).reshape(pixels.shape)


def _read_pair(source: Source, part: str) -> tuple[Digits, list[tuple[Path, bytes]]]:
    return idx.read_pair(source.path, part, BUNDLED_SHA256 if source.kind == "bundled" else {})
