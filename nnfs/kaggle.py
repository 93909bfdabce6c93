"""Read digits from CSV files: a label and 784 pixels a line, as Kaggle and courses hand them out.

The label stands first, last, or under its name in the header; a header may be missing; cells are
apart by commas, semicolons, tabs or blanks. What could be meant in two ways is refused.

NumPy reads a good file quickly, but says little about a bad one. So whatever looks odd goes to a
plain scan, which reads what is right and names what is not.
"""

import csv
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnfs.digit_files import (
    N_CLASSES,
    N_PIXELS,
    SIDE,
    DataError,
    refuse_other_kinds,
    refuse_scaled,
)

Bytes: TypeAlias = NDArray[np.uint8]
Records: TypeAlias = Iterator[tuple[int, list[str]]]

CSV_HEADER = ["label", *(f"pixel{i}" for i in range(N_PIXELS))]
EXPECTED = f"expected the {len(CSV_HEADER)} columns label,pixel0,...,pixel{N_PIXELS - 1}"
LABEL_NAMES = {"label", "labels", "class", "target", "digit", "y"}
INDEX_NAMES = {"", "unnamed: 0", "index", "id", "imageid"}

# What most cells of a file hold, as people and as programs write it; other spellings take longer.
PIXEL_VALUES = {text: value for value in range(256) for text in (f"{value}", f"{value}.0")}
DECIMAL_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Table(NamedTuple):
    """The rows of a CSV file.

    Attributes
    ----------
    pixels : (m, 784) array of uint8
    labels : (m,) array of uint8, or None if the file has none
    """

    pixels: Bytes
    labels: Bytes | None


class Layout(NamedTuple):
    """Where things stand in a line.

    Attributes
    ----------
    names : of all columns, for messages
    header : whether the first line is one
    label : place of the label, or None
    guessed : whether the label may as well stand at the other end, so that what it holds decides
    counter : place of a column that counts the rows, or None
    """

    names: list[str]
    header: bool
    label: int | None
    guessed: bool = False
    counter: int | None = None

    @property
    def kept(self) -> list[int]:
        """The places of label and pixels."""
        return [place for place in range(len(self.names)) if place != self.counter]


def read_table(path: Path, content: bytes) -> Table:
    """Return the rows of a CSV file of digits.

    Parameters
    ----------
    path : Path
        For messages only.
    content : bytes
        The file.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        If the file is of another kind, its columns could be meant in two ways, or at the first line
        that is not as it should be.
    """
    refuse_other_kinds(path, content, "a CSV file of digits")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode()
    content, delimiter = _delimited(content)
    layout = _layout(path, next(_records(path, content, delimiter), (1, []))[1])
    values = _quick_table(content, delimiter, layout)
    if values is None:
        records = _records(path, content, delimiter)
        if layout.header:
            next(records)
        values = _scanned_table(path, records, layout)
    if layout.label is None:
        refuse_scaled(path, values)
        return Table(values, None)
    place = layout.kept.index(layout.label)
    if layout.guessed:
        place = _label_place(path, values)
        wrong = np.flatnonzero(values[:, place] >= N_CLASSES)
        if wrong.size:
            lines = [n for n, fields in _records(path, content, delimiter) if not _blank(fields)]
            raise DataError(
                f"{path}: line {lines[wrong[0] + layout.header]}, column label is"
                f" '{values[wrong[0], place]}'; expected a whole number in 0..{N_CLASSES - 1}; the"
                " first column is taken for the label, since line 1 does not name it"
            )
    if 0 < place < N_PIXELS:
        pixels = np.delete(values, place, axis=1)
    else:
        pixels = values[:, 1:] if place == 0 else values[:, :-1]
    refuse_scaled(path, pixels)
    return Table(pixels, values[:, place])


def _delimited(content: bytes) -> tuple[bytes, str]:
    """Return the content and what stands between its cells, by the first line."""
    first = re.split(rb"[\r\n]", content, maxsplit=1)[0]
    counts = {mark: first.count(mark.encode()) for mark in ",;\t"}
    mark = max(counts, key=lambda mark: counts[mark])
    if not counts[mark] and len(first.split()) > 1:
        return re.sub(rb" +", b" ", re.sub(rb"(?m)^ +| +(?=\r?$)", b"", content)), " "
    return content, mark if counts[mark] else ","


def _layout(path: Path, first: list[str]) -> Layout:
    """Return where things stand, from the fields of the first line.

    Raises
    ------
    DataError
        If they are neither a header that says it nor a row.
    """
    fields = [field.strip() for field in first]
    numbers = [DECIMAL_NUMBER.fullmatch(field) is not None for field in fields]
    if len(fields) > 1 and all(numbers) and _follow(fields) < len(fields):
        if len(fields) == len(CSV_HEADER):
            return Layout(CSV_HEADER, False, label=0, guessed=True)
        if len(fields) == N_PIXELS:
            return Layout(CSV_HEADER[1:], False, label=None)
        raise DataError(f"{path}: line 1 has {len(fields)} columns; {EXPECTED}")
    label = next((i for i, name in enumerate(fields) if name.lower() in LABEL_NAMES), None)
    spare = len(fields) - N_PIXELS - (label is not None)
    index = 0 if spare > 0 and label != 0 and fields[0].lower() in INDEX_NAMES else None
    pixels = [i for i in range(len(fields)) if i not in (label, index)]
    good = _follow([fields[i] for i in pixels])
    # Names that only count do not say which of one too many is the label.
    guessed = label is None and good == len(pixels) == len(CSV_HEADER)
    if good == len(pixels) == N_PIXELS or guessed:
        return Layout(fields, True, pixels[0] if guessed else label, guessed, index)
    place = pixels[good] if good < len(pixels) else len(fields)
    if 2 * sum(numbers) > len(fields) and good == 0:
        place = numbers.index(False)
    found = f"column {place + 1} is {_shown(fields[place])}" if place < len(fields) else "it ends"
    raise DataError(
        f"{path}: line 1 is not the header: {found} ({len(fields)} columns found); {EXPECTED}"
    )


def _follow(names: list[str]) -> int:
    """Return how many names count the pixels row by row, as p0, p1, ... or 1x1, 1x2, ... do."""

    def parts(name: str) -> list[str | int]:
        cut = re.split(r"(\d+)", name.lower(), flags=re.ASCII)
        return [int(part) if place % 2 else part for place, part in enumerate(cut)]

    first = parts(names[0]) if names else []
    counts = first[1::2]
    if len(counts) not in (1, 2) or len(set(counts)) > 1 or counts[0] not in (0, 1):
        return 0
    start = int(counts[0])
    for place, name in enumerate(names[: len(CSV_HEADER)]):
        numbers = [place] if len(counts) == 1 else divmod(place, SIDE)
        expected = first.copy()
        expected[1::2] = [start + number for number in numbers]
        if parts(name) != expected or (len(counts) == 2 and place == N_PIXELS):
            return place
    return min(len(names), len(CSV_HEADER))


def _label_place(path: Path, values: Bytes) -> int:
    """Return which of 785 columns without names is the label: the first or the last.

    The corners of the pictures are dark in all of MNIST, so a column of zeros is a pixel.

    Raises
    ------
    DataError
        If either could be.
    """
    could = [bool((values[:, end] < N_CLASSES).all()) for end in (0, -1)]
    lit = [bool(values[:, end].any()) for end in (0, -1)]
    if all(could) and all(lit):
        raise DataError(
            f"{path}: line 1 does not say whether the label is the first column or the last, and"
            f" both hold whole numbers in 0..{N_CLASSES - 1}; {EXPECTED}: put a header on top"
        )
    return N_PIXELS if could[1] and (lit[1] or not could[0]) else 0


def _quick_table(content: bytes, delimiter: str, layout: Layout) -> Bytes | None:
    """Return the table below the header by way of NumPy's reader, None if anything is odd.

    Of digits alone, that reader can make nothing but whole numbers, and refuses those beyond 255.
    """
    body = content.partition(b"\n")[2] if layout.header else content
    if not body.strip() or body.translate(None, b"0123456789\r\n" + delimiter.encode()):
        return None
    columns = None if layout.counter is None else layout.kept
    try:
        table = np.loadtxt(
            io.BytesIO(body), np.uint8, delimiter=delimiter, ndmin=2, usecols=columns
        )
    except ValueError:
        return None
    # Line ends of more than one kind can hide a row, which shows in the number of commas.
    count = content.count(delimiter.encode()) / (len(table) + layout.header)
    if table.shape[1] != len(layout.kept) or count != len(layout.names) - 1:
        return None
    labels_good = (
        layout.guessed
        or layout.label is None
        or (table[:, layout.kept.index(layout.label)].max() < N_CLASSES)
    )
    return table if labels_good else None


def _records(path: Path, content: bytes, delimiter: str) -> Records:
    """Yield the line of each record of a CSV file, counted from 1, and its fields.

    Bytes that are not UTF-8 are kept as surrogates, so that they can be shown in their place.
    """
    text = io.TextIOWrapper(
        io.BytesIO(content), encoding="utf-8-sig", errors="surrogateescape", newline=""
    )
    reader = csv.reader(text, strict=True, delimiter=delimiter)
    line = 0
    try:
        # No good record has a line break in it, so up to the first error they are as many as lines.
        for line, fields in enumerate(reader, start=1):
            yield line, fields
    except csv.Error as error:
        raise DataError(
            f"{path}: line {line + 1} cannot be read ({error}); expected numbers"
        ) from None


def _blank(fields: list[str]) -> bool:
    return len(fields) < 2 and not "".join(fields).strip()


def _scanned_table(path: Path, records: Records, layout: Layout) -> Bytes:
    """Return the table of records below the header, read cell by cell.

    Raises
    ------
    DataError
        At the first line that is not as it should be, or if there are no records.
    """
    rows, kept = bytearray(), layout.kept
    label = None if layout.label is None or layout.guessed else layout.label
    for line, fields in records:
        if _blank(fields):
            continue
        if len(fields) != len(layout.names):
            raise DataError(f"{path}: line {line} {_wrong_length(fields, len(layout.names))}")
        row = [PIXEL_VALUES.get(fields[place], -1) for place in kept]
        if min(row) < 0 or (label is not None and row[kept.index(label)] >= N_CLASSES):
            row = [
                _cell_value(path, line, layout.names[place], fields[place], place == label)
                for place in kept
            ]
        rows += bytes(row)
    if not rows:
        raise DataError(f"{path}: no row after the header in line 1; expected at least one")
    return np.frombuffer(rows, np.uint8).reshape(-1, len(kept))


def _wrong_length(fields: list[str], expected: int) -> str:
    """Return what to say of a record of too few or too many fields."""
    found = len(fields)
    if found < expected:
        advice = "if the file was cut short, download it again"
        return f"has {found} of {expected} expected fields; {advice}"
    comma = ", the last one empty after a trailing comma" if not fields[-1] else ""
    return f"has {found} fields{comma}; expected {expected}"


def _cell_value(path: Path, line: int, column: str, text: str, is_label: bool) -> int:
    """Return the value of a cell, a whole number in 0..255, or in 0..9 of a label.

    Raises
    ------
    DataError
        If the cell holds anything else.
    """
    stripped = text.strip(" \t")
    value = float(stripped) if DECIMAL_NUMBER.fullmatch(stripped) else math.nan
    top = N_CLASSES - 1 if is_label else 255
    if not 0 <= value <= top or value != int(value):
        scaled = "; pixels in [0, 1] must be multiplied by 255" if 0 < value < 1 else ""
        raise DataError(
            f"{path}: line {line}, column {column} is {_shown(text)};"
            f" expected a whole number in 0..{top}{scaled}"
        )
    return int(value)


def _shown(text: str) -> str:
    """Return a cell as it can stand in a message: short, in one line, strange bytes visible."""
    if not text:
        return "empty"
    short = text if len(text) <= 40 else text[:37] + "..."
    return repr(short) if text.isascii() else repr(short.encode("utf-8", "surrogateescape"))
