"""Read the digits: the bundled MNIST, any folder of IDX files, or Kaggle's ``train.csv``.

`load_mnist` returns the arrays that the rest of the package takes. `find_source` says which data
that will be without reading them, and `inventory` lists the files with their checksums.

Nothing is repaired or guessed. Data that are not exactly what they should be raise a `DataError`
of one line that names the file, the line or byte, what stands there and what was expected.
"""

import csv
import gzip
import hashlib
import io
import math
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

BUNDLED_DIR = Path(__file__).resolve().parent.parent / "mnist_data"

BUNDLED_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

SIDE = 28
N_PIXELS = SIDE * SIDE
N_CLASSES = 10
N_DRAWN = 42_000  # rows of Kaggle's train.csv, which split="original" follows
CSV_HEADER = ["label", *(f"pixel{i}" for i in range(N_PIXELS))]

OTHER_DATA = (
    "pass a folder of IDX files or a Kaggle train.csv as source=..., or as --data on the command"
    " line"
)

# What most cells of a file hold, as people and as pandas write it; other spellings take longer.
PIXEL_VALUES = {text: value for value in range(256) for text in (f"{value}", f"{value}.0")}
DECIMAL_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class DataError(ValueError):
    """Data that cannot be used as they are; the message says where and why, in one line."""


class MNIST(NamedTuple):
    """Digits in two parts, one column an example.

    Attributes
    ----------
    x_train : (784, m) array of float32
        Brightness of the pixels in [0, 1], row by row of the image; 0 is the background. The
        transpose of a C-contiguous (m, 784) array.
    y_train : (m,) array of int64
        Labels in 0..9.
    x_test : (784, n) array of float32
        As `x_train`.
    y_test : (n,) array of int64
        As `y_train`.
    """

    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """Where data come from; ``str()`` of it is a line for people.

    Attributes
    ----------
    kind : {"bundled", "folder", "csv"}
    path : Path
        The CSV file, or the folder of the IDX files.
    """

    kind: Literal["bundled", "folder", "csv"]
    path: Path

    def __str__(self) -> str:
        """Return a description such as ``IDX files in fashion/``."""
        match self.kind:
            case "bundled":
                return f"bundled MNIST in {self.path} (hashes verified on reading)"
            case "folder":
                return f"IDX files in {self.path}"
            case "csv":
                return f"CSV file {self.path}"


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


class Digits(NamedTuple):
    """Images and labels as files hold them, one row an example.

    Attributes
    ----------
    pixels : (m, 784) array of uint8
        Brightness of the pixels in 0..255.
    labels : (m,) array of uint8
        Labels in 0..9.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def load_mnist(
    source: str | os.PathLike[str] | None = None,
    *,
    n_test: int = 1000,
    split: str = "original",
    seed: int = 0,
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

    Returns
    -------
    MNIST
        ``x_train`` (784, m) float32 in [0, 1], ``y_train`` (m,) int64, ``x_test``, ``y_test``.

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
    found = find_source(source)
    if split == "official":
        if found.kind == "csv":
            raise ValueError(
                f"{found.path}: a CSV file has no official split; use"
                ' split="original", or source="bundled" or a folder of IDX files'
            )
        return as_columns(read_digits(found, "train"), read_digits(found, "t10k"))
    rng = generator(seed)
    digits = read_digits(found, "train")
    order = rng.permutation(len(digits.labels))
    if found.kind != "csv":
        order = order[:N_DRAWN]
    check_n_test(n_test, order.size)
    train, test = order[n_test:], order[:n_test]
    return as_columns(
        Digits(digits.pixels[train], digits.labels[train]),
        Digits(digits.pixels[test], digits.labels[test]),
    )


def find_source(source: str | os.PathLike[str] | None = None) -> Source:
    """Return which data `source` means, without reading them.

    Parameters
    ----------
    source : str or path-like, optional
        The string ``"bundled"`` is the MNIST that comes with the package, even where the working
        directory has a folder of that name; write ``"./bundled"`` for the folder. Any other
        path is a folder of IDX files if it is a folder, else a CSV file. None is ``train.csv``
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
    path = Path(source)
    if not os.fspath(source) or not path.exists():
        raise FileNotFoundError(f"{os.fspath(source)!r}: no such file or folder; {OTHER_DATA}")
    return Source("folder" if path.is_dir() else "csv", path)


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
    found = find_source(source)
    if found.kind == "csv":
        content = read_content(found.path)
        return [summary(found.path, content, len(csv_table(found.path, content)))]
    train_only = found.kind == "folder" and not idx_files(found.path).keys() & part_names("t10k")
    summaries = []
    for part in ["train"] if train_only else ["train", "t10k"]:
        digits, files = read_idx_pair(found, part)
        summaries += [summary(path, content, len(digits.labels)) for path, content in files]
    return summaries


def summary(path: Path, content: bytes, count: int) -> FileSummary:
    """Return the `FileSummary` of a file of this decompressed content."""
    return FileSummary(path.name, count, hashlib.sha256(content).hexdigest())


def generator(seed: int) -> np.random.Generator:
    """Return NumPy's default generator for a seed.

    Raises
    ------
    ValueError
        If `seed` is not an integer of at least 0.
    """
    if not is_integer(seed) or seed < 0:
        raise ValueError(f"seed must be an integer of at least 0, got {seed!r}")
    return np.random.default_rng(seed)


def check_n_test(n_test: int, n_rows: int) -> None:
    """Raise ValueError unless `n_test` of `n_rows` rows leaves rows in both parts."""
    if n_rows < 2:
        raise ValueError(f"n_test: {n_rows} row cannot be split in two parts, at least 2 needed")
    if not is_integer(n_test) or not 1 <= n_test < n_rows:
        raise ValueError(
            f"n_test must be an integer in 1..{n_rows - 1} for {n_rows} rows, got {n_test!r}"
        )


def is_integer(value: object) -> bool:
    """Return whether a value is an integer of Python or NumPy; a bool is not."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def as_columns(train: Digits, test: Digits) -> MNIST:
    """Return two parts with float32 pixels in [0, 1], one column an example."""
    return MNIST(
        scaled(train.pixels).T,
        train.labels.astype(np.int64),
        scaled(test.pixels).T,
        test.labels.astype(np.int64),
    )


def scaled(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return ``pixels / 255`` in float32, C-contiguous, without an intermediate float array."""
    return np.divide(pixels, np.float32(255), dtype=np.float32, order="C")


def read_digits(source: Source, part: str) -> Digits:
    """Return the digits of a CSV file, or of a part ("train" or "t10k") of IDX files."""
    if source.kind == "csv":
        table = csv_table(source.path, read_content(source.path))
        return Digits(table[:, 1:], table[:, 0])
    return read_idx_pair(source, part)[0]


def read_content(path: Path) -> bytes:
    """Return the bytes of a file, decompressed if its name ends in ``.gz``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DataError
        If it is not a regular file, is empty, or is not intact gzip data.
    """
    if path.exists() and not path.is_file():
        raise DataError(
            f"{path}: is {'a directory' if path.is_dir() else 'no regular file'}; expected a file"
        )
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file; {OTHER_DATA}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path}: {path.stat().st_size} bytes that are not intact gzip data ({error});"
            " expected a whole gzip file; download it again"
        ) from None
    if not content:
        raise DataError(f"{path}: is empty (0 bytes); expected data; download it again")
    return content


def part_names(part: str) -> tuple[str, str]:
    """Return the names of the IDX files of images and labels of "train" or "t10k"."""
    return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"


def idx_files(folder: Path) -> dict[str, Path]:
    """Return the IDX files of a folder by their usual names, in all spellings.

    A file is preferred to a directory of the same name, which some archives unpack to, and an
    uncompressed file to a gzipped one.
    """
    spellings = {
        name: [folder / (spelt + end) for end in ("", ".gz") for spelt in (name, dotted)]
        for name in BUNDLED_SHA256
        for dotted in [name.replace("-idx", ".idx")]
    }
    return {
        name: max(there, key=Path.is_file)
        for name, paths in spellings.items()
        if (there := [path for path in paths if path.exists()])
    }


def read_idx_pair(source: Source, part: str) -> tuple[Digits, list[tuple[Path, bytes]]]:
    """Return the digits of a part ("train" or "t10k"), and its two files with their content.

    Raises
    ------
    FileNotFoundError
        If one of the two files is missing.
    DataError
        If a file is not as it should be, or they do not belong together.
    """
    images_name, labels_name = part_names(part)
    images_path, images_content = read_idx_content(source, images_name)
    labels_path, labels_content = read_idx_content(source, labels_name)
    images = idx_array(images_path, images_content, (SIDE, SIDE))
    labels = idx_array(labels_path, labels_content, ())
    if len(images) != len(labels):
        raise DataError(
            f"{images_path}: bytes 4..7 announce {len(images)} images, but {labels_path}"
            f" announces {len(labels)} labels; expected as many of both"
        )
    wrong = np.flatnonzero(labels >= N_CLASSES)
    if wrong.size:
        header_size = len(labels_content) - labels.size
        raise DataError(
            f"{labels_path}: byte {header_size + wrong[0]} is label {labels[wrong[0]]};"
            " expected 0..9"
        )
    files = [(images_path, images_content), (labels_path, labels_content)]
    return Digits(images.reshape(-1, N_PIXELS), labels), files


def read_idx_content(source: Source, name: str) -> tuple[Path, bytes]:
    """Return the path and the decompressed content of an IDX file, verified if it is bundled.

    Raises
    ------
    FileNotFoundError
        If the folder has no such file.
    DataError
        If the file cannot be read, or a bundled file has another hash.
    """
    path = idx_files(source.path).get(name)
    if path is None:
        csv_here = source.path / "train.csv"
        advice = f"to use its train.csv pass {csv_here}" if csv_here.is_file() else OTHER_DATA
        raise FileNotFoundError(
            f"{source.path}: no {name}, gzipped or not, in this folder, which has"
            f" {found_names(source.path)}; expected the IDX files of images and labels; {advice}"
        )
    content = read_content(path)
    if source.kind == "bundled":
        found = hashlib.sha256(content).hexdigest()
        if found != BUNDLED_SHA256[name]:
            raise DataError(
                f"{path}: SHA-256 of the decompressed content is {found}; expected"
                f" {BUNDLED_SHA256[name]}; restore the file, or {OTHER_DATA}"
            )
    return path, content


def found_names(folder: Path) -> str:
    """Return the first few names in a folder as text for an error message."""
    names = sorted(entry.name for entry in folder.iterdir())
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "") or "no files"


def idx_array(path: Path, content: bytes, item_shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the (count, *item_shape) uint8 array of an IDX file, a view of its content.

    The header is big-endian integers of four bytes: the magic number 0x0800 + number of axes,
    the count, and the shape of an item.

    Raises
    ------
    DataError
        If the header is not that of such a file, or the length not what the header announces.
    """
    header_size = 4 * (2 + len(item_shape))
    if len(content) < header_size:
        raise DataError(
            f"{path}: ends at byte {len(content)}; expected an IDX header of {header_size} bytes"
        )
    magic, count, *shape = np.frombuffer(content, ">u4", header_size // 4).tolist()
    expected_magic = 0x0801 + len(item_shape)
    if magic != expected_magic:
        hint = "; gzip data: add .gz to the name" if content[:2] == b"\x1f\x8b" else ""
        raise DataError(
            f"{path}: bytes 0..3 are 0x{magic:08x}; expected the IDX magic"
            f" 0x{expected_magic:08x}{hint}"
        )
    if tuple(shape) != item_shape:
        raise DataError(
            f"{path}: bytes 8..15 announce images of {shape[0]}x{shape[1]}; expected {SIDE}x{SIDE}"
        )
    if not count:
        raise DataError(f"{path}: bytes 4..7 announce 0 items; expected at least 1")
    size = header_size + count * math.prod(item_shape)
    if len(content) != size:
        raise DataError(
            f"{path}: ends at byte {len(content)}; expected {size} bytes for the {count} items"
            " that bytes 4..7 announce; download it again"
        )
    return np.frombuffer(content, np.uint8, offset=header_size).reshape(-1, *item_shape)


def csv_table(path: Path, content: bytes) -> NDArray[np.uint8]:
    """Return the rows of a Kaggle ``train.csv``: column 0 the label, then the pixels.

    pandas reads a good file quickly. It also reads many a bad file, into something else, so
    whatever looks odd goes to a plain scan, which reads what is right and names what is not.

    Parameters
    ----------
    path : Path
        For messages only.
    content : bytes
        The file.

    Returns
    -------
    (m, 785) array of uint8

    Raises
    ------
    DataError
        At the first line that is not as it should be.
    """
    records = csv_records(path, content)
    check_header(path, next(records, (1, []))[1])
    table = quick_table(content)
    return scanned_table(path, records) if table is None else table


def quick_table(content: bytes) -> NDArray[np.uint8] | None:
    """Return the rows below the header by way of pandas, or None if anything is odd.

    Parameters
    ----------
    content : bytes
        A CSV file whose first line is the right header.

    Returns
    -------
    (m, 785) array of uint8, or None
    """
    import pandas as pd  # here, so that importing nnfs does not pay for it

    body = content.partition(b"\n")[2]
    # Of digits alone, pandas cannot make a truth value, a missing one, text or a cut-off number.
    if body.translate(None, b"0123456789,\r\n"):
        return None
    parts = []
    try:
        for frame in pd.read_csv(
            io.BytesIO(body), header=None, na_filter=False, low_memory=False, chunksize=4096
        ):
            # An empty cell leaves a column of text, a number beyond 64 bits one of another kind.
            if frame.shape[1] != len(CSV_HEADER) or any(t.kind not in "iu" for t in frame.dtypes):
                return None
            values = frame.to_numpy()
            if values.min() < 0 or values.max() > 255:
                return None
            parts.append(values.astype(np.uint8))
    except ValueError:  # the errors of pandas are kinds of it
        return None
    table = np.concatenate(parts)
    # No field is missing here, so one too many, which pandas may drop, shows in the sum.
    if content.count(b",") != (len(table) + 1) * N_PIXELS or table[:, 0].max() >= N_CLASSES:
        return None
    return table


def csv_records(path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the line of each record of a CSV file, counted from 1, and its fields.

    Bytes that are not UTF-8 are kept as surrogates, so that they can be shown in their place.
    """
    text = io.TextIOWrapper(
        io.BytesIO(content), encoding="utf-8-sig", errors="surrogateescape", newline=""
    )
    reader = csv.reader(text, strict=True)
    line = 0
    try:
        # No good record has a line break in it, so up to the first error they are as many as lines.
        for line, fields in enumerate(reader, start=1):
            yield line, fields
    except csv.Error as error:
        raise DataError(
            f"{path}: line {line + 1} cannot be read ({error}); expected numbers"
        ) from None


def check_header(path: Path, header: list[str]) -> None:
    """Raise DataError unless the fields of the first line are those of Kaggle's train.csv."""
    if header == CSV_HEADER:
        return
    expected = f"expected the {len(CSV_HEADER)} columns label,pixel0,...,pixel{N_PIXELS - 1}"
    if header == CSV_HEADER[1:]:
        raise DataError(
            f"{path}: line 1 has no column label; {expected}; this looks like Kaggle's test.csv,"
            " which has no labels: use its train.csv"
        )
    pairs = zip(header, CSV_HEADER, strict=False)
    first = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(header), len(CSV_HEADER)))
    found = f"column {first + 1} is {shown(header[first])}" if first < len(header) else "it ends"
    raise DataError(
        f"{path}: line 1 is not the header: {found} ({len(header)} columns found); {expected}"
    )


def scanned_table(path: Path, records: Iterator[tuple[int, list[str]]]) -> NDArray[np.uint8]:
    """Return the (m, 785) uint8 table of records below the header, read cell by cell.

    Raises
    ------
    DataError
        At the first line that is not as it should be, or if there are no records.
    """
    rows = bytearray()
    for line, fields in records:
        if not "".join(fields).strip() and len(fields) < 2:
            continue
        if len(fields) != len(CSV_HEADER):
            raise DataError(f"{path}: line {line} {wrong_length(fields)}")
        row = [PIXEL_VALUES.get(field, -1) for field in fields]
        if row[0] >= N_CLASSES or min(row) < 0:
            row = [cell_value(path, line, *cell) for cell in zip(CSV_HEADER, fields, strict=True)]
        rows += bytes(row)
    if not rows:
        raise DataError(f"{path}: no row after the header in line 1; expected at least one")
    return np.frombuffer(rows, np.uint8).reshape(-1, len(CSV_HEADER))


def wrong_length(fields: list[str]) -> str:
    """Return what to say of a record of too few or too many fields."""
    found, expected = len(fields), len(CSV_HEADER)
    if found < expected:
        advice = "if the file was cut short, download it again"
        return f"has {found} of {expected} expected fields; {advice}"
    comma = ", the last one empty after a trailing comma" if not fields[-1] else ""
    return f"has {found} fields{comma}; expected {expected}"


def cell_value(path: Path, line: int, column: str, text: str) -> int:
    """Return the value of a cell, a whole number in 0..255, or in 0..9 in the column label.

    Raises
    ------
    DataError
        If the cell holds anything else.
    """
    stripped = text.strip(" \t")
    value = float(stripped) if DECIMAL_NUMBER.fullmatch(stripped) else math.nan
    top = N_CLASSES - 1 if column == "label" else 255
    if not 0 <= value <= top or value != int(value):
        raise DataError(
            f"{path}: line {line}, column {column} is {shown(text)};"
            f" expected a whole number in 0..{top}"
        )
    return int(value)


def shown(text: str) -> str:
    """Return a cell as it can stand in a message: short, in one line, strange bytes visible."""
    if not text:
        return "empty"
    short = text if len(text) <= 40 else text[:37] + "..."
    return repr(short) if text.isascii() else repr(short.encode("utf-8", "surrogateescape"))
