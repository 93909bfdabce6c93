"""Read digits from CSV files: a label and the pixels of an image a line, as Kaggle has them.

Images are square, unless the names of the columns count rows and columns. The label stands first,
last, or under its name in the header; a header may be missing; cells are apart by commas,
semicolons, tabs or blanks. Lines of comment, and one at the top such as ``sep=,`` by which
spreadsheets are told the mark, are passed over, and so are marks that end every line. What could be
meant in two ways is refused.

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
    SHAPE,
    DataError,
    refuse_other_kinds,
    refuse_scaled,
    square,
)
from nnfs.table_lines import COMMENT, LINE_END, without_comments, without_empty_columns

Bytes: TypeAlias = NDArray[np.uint8]
Records: TypeAlias = Iterator[tuple[int, list[str]]]

N_CLASSES = 10
"""A column of numbers below this may be the labels, where no name says which is."""
LABEL_NAMES = {"label", "labels", "class", "target", "digit", "y"}
INDEX_NAMES = {"", "unnamed: 0", "index", "id", "imageid"}

# What most cells of a file hold, as people and as programs write it; other spellings take longer.
PIXEL_VALUES = {text: value for value in range(256) for text in (f"{value}", f"{value}.0")}
DECIMAL_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SEPARATOR = re.compile(rb'"?sep=(.?)"?[ \t]*', re.IGNORECASE)


class Table(NamedTuple):
    """The rows of a CSV file.

    Attributes
    ----------
    pixels : (m, rows * columns) array of uint8
    labels : (m,) array of uint8, or None if the file has none
    shape : (rows, columns) of an image
    """

    pixels: Bytes
    labels: Bytes | None
    shape: tuple[int, int]


class Layout(NamedTuple):
    """Where things stand in a line.

    Attributes
    ----------
    names : of all columns, for messages
    header : whether the first line is one
    shape : (rows, columns) of an image
    label : place of the label, or None
    guessed : whether the label may as well stand at the other end, so that what it holds decides
    counter : place of a column that counts the rows, or None
    line : the number of the first line that is no comment
    """

    names: list[str]
    header: bool
    shape: tuple[int, int]
    label: int | None
    guessed: bool = False
    counter: int | None = None
    line: int = 1

    @property
    def kept(self) -> list[int]:
        """The places of label and pixels."""
        return [place for place in range(len(self.names)) if place != self.counter]


def expected(shape: tuple[int, int] | None = None) -> str:
    """Return what a line was expected to hold: a label, and the pixels of an image of this shape.

    Without a shape it is that of MNIST, or another where it can be told.
    """
    n = math.prod(SHAPE if shape is None else shape)
    other = "" if shape else ", or the pixels of other square images; others come as IDX files"
    return f"expected the {n + 1} columns label,pixel0,...,pixel{n - 1}{other}"


def read_table(path: Path, content: bytes, shape: tuple[int, int] | None = None) -> Table:
    """Return the rows of a CSV file of digits.

    Parameters
    ----------
    path : Path
        For messages only.
    content : bytes
        The file.
    shape : (rows, columns), optional
        What the images are known to be; by default square, or as the columns are named.

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
    content, line, mark = _without_preamble(content)
    if not content:
        raise DataError(f"{path}: has no line that is not blank or a comment; {expected(shape)}")
    content, delimiter = _delimited(content, mark)
    content, differs = without_empty_columns(content, delimiter, line)
    if differs:
        raise DataError(f"{path}: {differs}; {expected(shape)}")
    top = next(_records(path, content, delimiter, line), (line, []))[1]
    layout = _layout(path, top, shape, line)
    values = _quick_table(content, delimiter, layout)
    if values is None:
        records = _records(path, content, delimiter, line)
        if layout.header:
            next(records)
        values = _scanned_table(path, records, layout)
    if layout.label is None:
        refuse_scaled(path, values)
        return Table(values, None, layout.shape)
    place = layout.kept.index(layout.label)
    if layout.guessed:
        place = _label_place(path, values, layout)
    last = values.shape[1] - 1
    if 0 < place < last:
        pixels = np.delete(values, place, axis=1)
    else:
        pixels = values[:, 1:] if place == 0 else values[:, :-1]
    refuse_scaled(path, pixels)
    return Table(pixels, values[:, place], layout.shape)


def _without_preamble(content: bytes) -> tuple[bytes, int, str]:
    """Return a content from its first line of cells on, the number of that line, and the mark.

    The mark between cells is that which a line such as ``sep=;`` names, or empty.
    """
    while content.startswith(BYTE_ORDER_MARK):
        content = content.removeprefix(BYTE_ORDER_MARK)
    place, line, mark, names = 0, 1, b"", None
    while place < len(content):
        end = LINE_END.search(content, place)
        text = content[place : end.start() if end else len(content)]
        comment, separator = COMMENT.match(text), SEPARATOR.fullmatch(text)
        if separator:
            mark = separator[1]
        elif not comment and text.strip():
            # As NumPy writes them, the names of the columns are a comment.
            if names is not None and _are_names(content[names:place], text):
                return content[names:], line - 1, mark.decode("latin1")
            break
        names = place + comment.end() if comment else None
        place, line = end.end() if end else len(content), line + 1
    return content[place:], line, mark.decode("latin1")


def _are_names(comment: bytes, row: bytes) -> bool:
    """Return whether a comment has as many cells as the row of numbers below it."""
    counts = [[text.count(mark) for mark in (b",", b";", b"\t")] for text in (comment, row)]
    return counts[0] == counts[1] and any(counts[0]) and not re.search(rb"[a-zA-Z]", row)


def _delimited(content: bytes, named: str) -> tuple[bytes, str]:
    """Return the content and what stands between its cells, by the first line.

    It is the mark that is named, if the line has it.
    """
    first = LINE_END.split(content, maxsplit=1)[0]
    if named and named not in ' "' and named.encode("latin1") in first:
        return content, named
    counts = {mark: first.count(mark.encode()) for mark in ",;\t"}
    mark = max(counts, key=lambda mark: counts[mark])
    if not counts[mark] and len(first.split()) > 1:
        return re.sub(rb" +", b" ", re.sub(rb"(?m)^ +| +(?=\r?$)", b"", content)), " "
    return content, mark if counts[mark] else ","


def _layout(path: Path, first: list[str], shape: tuple[int, int] | None, line: int) -> Layout:
    """Return where things stand, from the fields of the first line.

    Raises
    ------
    DataError
        If they are neither a header that says it nor a row.
    """
    fields = [field.strip() for field in first]
    numbers = [DECIMAL_NUMBER.fullmatch(field) is not None for field in fields]
    if len(fields) > 1 and all(numbers) and _follow(fields, None) < len(fields):
        return _bare_layout(path, len(fields), shape, line)
    label = next((i for i, name in enumerate(fields) if name.lower() in LABEL_NAMES), None)
    index = 0 if fields and label != 0 and fields[0].lower() in INDEX_NAMES else None
    pixels = [i for i in range(len(fields)) if i not in (label, index)]
    names = [fields[i] for i in pixels]
    images = _shape(len(names), shape) or _named_shape(names)
    good = _follow(names, images)
    if images is not None and good == len(names):
        return Layout(fields, True, images, label, counter=index, line=line)
    # Names that only count do not say which of one too many is the label.
    rest = _shape(len(names) - 1, shape)
    if label is None and rest is not None and _follow(names, None) == len(names):
        return Layout(fields, True, rest, pixels[0], True, index, line)
    place = pixels[good] if good < len(pixels) else len(fields)
    if 2 * sum(numbers) > len(fields) and good == 0:
        place = numbers.index(False)
    found = f"column {place + 1} is {_shown(fields[place])}" if place < len(fields) else "it ends"
    found = _named_twice(fields) or found
    raise DataError(
        f"{path}: line {line} is not the header: {found} ({len(fields)} columns found); "
        f"{expected(shape)}"
    )


def _named_twice(fields: list[str]) -> str:
    """Return which columns have the same name, or both that of the label; empty if none have."""
    seen: dict[str, int] = {}
    for place, name in enumerate(fields):
        if not name or DECIMAL_NUMBER.fullmatch(name):
            continue
        meant = "label" if name.lower() in LABEL_NAMES else name.lower()
        if (first := seen.setdefault(meant, place)) == place:
            continue
        return (
            f"column {place + 1} is {_shown(name)}, which means the same as column {first + 1}, "
            f"{_shown(fields[first])}: rename or remove one"
        )
    return ""


def _bare_layout(path: Path, count: int, shape: tuple[int, int] | None, line: int) -> Layout:
    """Return where things stand in a file without a header, of so many columns."""
    for n, labelled in ((count - 1, True), (count, False)):
        if (images := _shape(n, shape)) is not None:
            names = [f"pixel{i}" for i in range(n)]
            if labelled:
                return Layout(["label", *names], False, images, 0, guessed=True, line=line)
            return Layout(names, False, images, None, line=line)
    raise DataError(f"{path}: line {line} has {count} columns; {expected(shape)}")


def _shape(n_pixels: int, known: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return rows and columns of an image of so many pixels, None if they cannot be told."""
    if known is None:
        return square(n_pixels)
    return known if math.prod(known) == n_pixels else None


def _named_shape(names: list[str]) -> tuple[int, int] | None:
    """Return the rows and columns that names such as 1x1, 1x2, ... count, if they do."""
    rows = [_counted(name)[1:2] for name in names]
    columns = next((place for place, row in enumerate(rows) if row != rows[0]), len(rows))
    if columns < 2 or len(names) % columns or len(_counted(names[0])[1::2]) != 2:
        return None
    return len(names) // columns, columns


def _counted(name: str) -> list[str | int]:
    """Return a name cut into text and the numbers in it, which stand in every second place."""
    cut = re.split(r"(\d+)", name.lower(), flags=re.ASCII)
    return [int(part) if place % 2 else part for place, part in enumerate(cut)]


def _follow(names: list[str], shape: tuple[int, int] | None) -> int:
    """Return how many names count the pixels row by row, as p0, p1, ... or 1x1, 1x2, ... do."""
    first = _counted(names[0]) if names else []
    counts = first[1::2]
    if len(counts) not in (1, 2) or len(set(counts)) > 1 or counts[0] not in (0, 1):
        return 0
    columns = shape[1] if shape else SHAPE[1]
    start = int(counts[0])
    for place, name in enumerate(names):
        numbers = [place] if len(counts) == 1 else divmod(place, columns)
        following = first.copy()
        following[1::2] = [start + number for number in numbers]
        if _counted(name) != following:
            return place
    return len(names)


def _label_place(path: Path, values: Bytes, layout: Layout) -> int:
    """Return which column without a name is the label: the first or the last.

    The corners of the pictures are dark in all of MNIST, so a column of zeros is a pixel.

    Raises
    ------
    DataError
        If either could be.
    """
    could = [_may_be_labels(values[:, end]) for end in (0, -1)]
    lit = [bool(values[:, end].any()) for end in (0, -1)]
    if all(lit) and could[0] == could[1]:
        raise DataError(
            f"{path}: line {layout.line} does not say whether the label is the first column or the"
            f" last, and what they hold does not tell; {expected(layout.shape)}: put a header"
            " on top"
        )
    last = lit[1] if lit[0] != lit[1] else could[1] and not could[0]
    return values.shape[1] - 1 if last else 0


def _may_be_labels(column: Bytes) -> bool:
    """Return whether numbers look like those of classes: small, or all from 0 to the largest."""
    largest = int(column.max())
    return largest < N_CLASSES or np.unique(column).size == largest + 1


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
    return table


def _records(path: Path, content: bytes, delimiter: str, first: int) -> Records:
    """Yield the line of each record of a CSV file, counted from that of the first, and its fields.

    Bytes that are not UTF-8 are kept as surrogates, so that they can be shown in their place.
    """
    text = io.TextIOWrapper(
        io.BytesIO(content), encoding="utf-8-sig", errors="surrogateescape", newline=""
    )
    reader = csv.reader(without_comments(text), strict=True, delimiter=delimiter)
    line = first - 1
    try:
        # No good record has a line break in it, so up to the first error they are as many as lines.
        for line, fields in enumerate(reader, start=first):
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
    for line, fields in records:
        if _blank(fields):
            continue
        if len(fields) != len(layout.names):
            last = all(_blank(others) for _, others in records)
            wrong = _wrong_length(fields, len(layout.names), last)
            raise DataError(f"{path}: line {line} {wrong}")
        row = [PIXEL_VALUES.get(fields[place], -1) for place in kept]
        if min(row) < 0:
            row = [_cell_value(path, line, layout.names[place], fields[place]) for place in kept]
        rows += bytes(row)
    if not rows:
        raise DataError(
            f"{path}: no row after the header in line {layout.line}; expected at least one"
        )
    return np.frombuffer(rows, np.uint8).reshape(-1, len(kept))


def _wrong_length(fields: list[str], expected: int, last: bool) -> str:
    """Return what to say of a record of too few or too many fields, the last one or another."""
    found = len(fields)
    if found < expected:
        advice = "mend or remove the line; if the file was damaged, download it again"
        if last:
            advice = "if the file was cut short, download it again"
        return f"has {found} of {expected} expected fields; {advice}"
    comma = ", the last one empty after a trailing comma" if not fields[-1] else ""
    return f"has {found} fields{comma}; expected {expected}"


def _cell_value(path: Path, line: int, column: str, text: str) -> int:
    """Return the value of a cell, a whole number in 0..255.

    Raises
    ------
    DataError
        If the cell holds anything else.
    """
    stripped = text.strip(" \t")
    value = float(stripped) if DECIMAL_NUMBER.fullmatch(stripped) else math.nan
    if not 0 <= value <= 255 or value != int(value):
        advice = "; pixels in [0, 1] must be multiplied by 255" if 0 < value < 1 else ""
        if stripped == column:
            advice = "; it is the header once more: remove the line"
        raise DataError(
            f"{path}: line {line}, column {column} is {_shown(text)};"
            f" expected a whole number in 0..255{advice}"
        )
    return int(value)


def _shown(text: str) -> str:
    """Return a cell as it can stand in a message: short, in one line, strange bytes visible."""
    if not text:
        return "empty"
    short = text if len(text) <= 40 else text[:37] + "..."
    return repr(short) if text.isascii() else repr(short.encode("utf-8", "surrogateescape"))
