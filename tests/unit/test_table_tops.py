"""What stands at the top of a table before its cells: comments, marks of spreadsheets and bytes."""

from pathlib import Path

import numpy as np
import pytest

import nnfs
from nnfs import data

RNG = np.random.default_rng(0)
PIXELS, LABELS = RNG.integers(0, 256, (6, 16)), np.array([0, 1, 2, 1, 0, 2])
NAMES = ["label", *(f"pixel{i}" for i in range(16))]
ROWS = [[str(label), *map(str, row)] for label, row in zip(LABELS, PIXELS, strict=True)]

TOPS = {
    "nothing": "",
    "a comment": "# drawn by hand\n",
    "comments with marks": "# a, b; c\n## 'd' \"e\n",
    "percent": "% made by a program\n",
    "slashes": "// made by a program\n",
    "blank lines": "\n  \n",
    "the mark": "sep={mark}\n",
    "the mark in quotes": '"SEP={mark}"\n',
    "another mark": "sep=|\n",
    "both": "sep={mark}\n# drawn by hand\n\n",
}
BYTES = {"": b"", "byte order": b"\xef\xbb\xbf", "twice": 2 * b"\xef\xbb\xbf"}


def text_of(top: str, mark: str, quote: str, end: str) -> str:
    lines = [mark.join(f"{quote}{name}{quote}" for name in NAMES), *map(mark.join, ROWS)]
    return (top.format(mark=mark) + "".join(f"{line}\n" for line in lines)).replace("\n", end)


def assert_read(path: Path) -> None:
    X, y = data.read_images(path)
    np.testing.assert_array_equal(np.rint(255 * X.T), PIXELS)
    np.testing.assert_array_equal(y, LABELS)


@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize(
    ("mark", "quote", "end", "before"),
    [
        (",", "", "\n", ""),
        (",", '"', "\r\n", "byte order"),
        (";", '"', "\n", "twice"),
        ("\t", "", "\r\n", "byte order"),
    ],
)
def test_what_stands_above_the_cells_is_passed_over(tmp_path, top, mark, quote, end, before):
    content = BYTES[before] + text_of(TOPS[top], mark, quote, end).encode()
    path = tmp_path / "digits.csv"
    path.write_bytes(content)
    assert_read(path)


def test_a_mark_that_only_the_first_line_names(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_text(text_of("sep=|\n", "|", "", "\n"), encoding="utf8")
    assert_read(path)


@pytest.mark.parametrize("top", ["# by hand\n", "sep=,\n", "\n"])
def test_rows_without_a_header_may_have_a_top(tmp_path, top):
    path = tmp_path / "digits.csv"
    path.write_text(top + "".join(",".join(row) + "\n" for row in ROWS), encoding="utf8")
    assert_read(path)


@pytest.mark.parametrize("hash_mark", ["# ", "#"])
def test_names_of_columns_may_be_a_comment(tmp_path, hash_mark):
    path = tmp_path / "digits.csv"
    names, last = [*NAMES[1:], "label"], [[*row[1:], row[0]] for row in ROWS]
    lines = ["# by hand", hash_mark + ",".join(names), *map(",".join, last)]
    path.write_text("\n".join(lines) + "\n", encoding="utf8")
    assert_read(path)


def test_what_numpy_writes_is_read(tmp_path):
    table = np.column_stack([LABELS, PIXELS])
    path = tmp_path / "digits.csv"
    np.savetxt(path, table, fmt="%d", delimiter=",", header=",".join(NAMES))
    assert_read(path)


@pytest.mark.parametrize("top", ["# one\n", "sep=,\n\n# two\n", ""])
def test_errors_count_the_lines_of_the_file(tmp_path, top):
    path = tmp_path / "digits.csv"
    wrong = [*ROWS[:2], [*ROWS[2][:-1], "x"]]
    path.write_text(top + "\n".join(map(",".join, [NAMES, *wrong])), encoding="utf8")
    line = top.count("\n") + 4
    with pytest.raises(nnfs.DataError, match=f"line {line}, column pixel15 is 'x'"):
        data.read_images(path)
    path.write_text(top + "a,b,c\n1,2,3\n", encoding="utf8")
    with pytest.raises(nnfs.DataError, match=f"line {line - 3} is not the header"):
        data.read_images(path)


@pytest.mark.parametrize(
    "content", ["# by hand\n", "sep=,\n", "\n\n", "# a\n# b", "\ufeff", "sep=;\n# c\n\n"]
)
def test_a_table_of_no_cells_is_told(tmp_path, content):
    path = tmp_path / "digits.csv"
    path.write_text(content, encoding="utf8")
    with pytest.raises(nnfs.DataError, match="has no line that is not blank or a comment"):
        data.read_images(path)


@pytest.mark.parametrize(
    ("top", "found"), [("My digits\n", "'My"), ("Digits; by hand\n", "'Digits")]
)
def test_a_title_is_told(tmp_path, top, found):
    path = tmp_path / "digits.csv"
    path.write_text(text_of(top, ",", "", "\n"), encoding="utf8")
    with pytest.raises(nnfs.DataError, match=f"line 1 is not the header: column 1 is {found}"):
        data.read_images(path)
