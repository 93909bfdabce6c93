"""Read Kaggle's train.csv: a header, then a label and 784 pixels a line.

NumPy reads a good file quickly, but says little about a bad one. So whatever looks odd goes to a
plain scan, which reads what is right and names what is not.
"""

import csv
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs.digit_files import N_CLASSES, N_PIXELS, DataError

CSV_HEADER = ["label", *(f"pixel{i}" for i in range(N_PIXELS))]

# What most cells of a file hold, as people and as programs write it; other spellings take longer.
PIXEL_VALUES = {text: value for value in range(256) for text in (f"{value}", f"{value}.0")}
DECIMAL_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_table(path: Path, content: bytes) -> NDArray[np.uint8]:
    """Return the rows of a Kaggle ``train.csv``: column 0 the label, then the pixels.

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
    records = _csv_records(path, content)
    _check_header(path, next(records, (1, []))[1])
    table = _quick_table(content)
    return _scanned_table(path, records) if table is None else table


def _quick_table(content: bytes) -> NDArray[np.uint8] | None:
    """Return the (m, 785) table below the header by way of NumPy's reader, None if anything is odd.

    Of digits alone, that reader can make nothing but whole numbers, and refuses those beyond 255.
    """
    body = content.partition(b"\n")[2]
    if not body.strip() or body.translate(None, b"0123456789,\r\n"):
        return None
    try:
        table = np.loadtxt(io.BytesIO(body), np.uint8, delimiter=",", ndmin=2)
    except ValueError:
        return None
    # Line ends of more than one kind can hide a row, which shows in the number of commas.
    whole = table.shape[1] - 1 == N_PIXELS == content.count(b",") / (len(table) + 1)
    return table if whole and table[:, 0].max() < N_CLASSES else None


def _csv_records(path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
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


def _check_header(path: Path, header: list[str]) -> None:
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
    found = f"column {first + 1} is {_shown(header[first])}" if first < len(header) else "it ends"
    raise DataError(
        f"{path}: line 1 is not the header: {found} ({len(header)} columns found); {expected}"
    )


def _scanned_table(path: Path, records: Iterator[tuple[int, list[str]]]) -> NDArray[np.uint8]:
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
            raise DataError(f"{path}: line {line} {_wrong_length(fields)}")
        row = [PIXEL_VALUES.get(field, -1) for field in fields]
        if row[0] >= N_CLASSES or min(row) < 0:
            row = [_cell_value(path, line, *cell) for cell in zip(CSV_HEADER, fields, strict=True)]
        rows += bytes(row)
    if not rows:
        raise DataError(f"{path}: no row after the header in line 1; expected at least one")
    return np.frombuffer(rows, np.uint8).reshape(-1, len(CSV_HEADER))


def _wrong_length(fields: list[str]) -> str:
    """Return what to say of a record of too few or too many fields."""
    found, expected = len(fields), len(CSV_HEADER)
    if found < expected:
        advice = "if the file was cut short, download it again"
        return f"has {found} of {expected} expected fields; {advice}"
    comma = ", the last one empty after a trailing comma" if not fields[-1] else ""
    return f"has {found} fields{comma}; expected {expected}"


def _cell_value(path: Path, line: int, column: str, text: str) -> int:
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
            f"{path}: line {line}, column {column} is {_shown(text)};"
            f" expected a whole number in 0..{top}"
        )
    return int(value)


def _shown(text: str) -> str:
    """Return a cell as it can stand in a message: short, in one line, strange bytes visible."""
    if not text:
        return "empty"
    short = text if len(text) <= 40 else text[:37] + "..."
    return repr(short) if text.isascii() else repr(short.encode("utf-8", "surrogateescape"))
