"""What lines of a table hold beside their cells, and what is wrong with all of a line."""

from pathlib import Path

import numpy as np
import pytest

import nnfs
from nnfs import data

RNG = np.random.default_rng(0)
PIXELS, LABELS = RNG.integers(0, 256, (5, 16)), np.array([0, 1, 2, 1, 0])
NAMES = ["label", *(f"pixel{i}" for i in range(16))]
ROWS = [[str(label), *map(str, row)] for label, row in zip(LABELS, PIXELS, strict=True)]


def written(folder: Path, lines: list[list[str]], mark: str = ",", end: str = "\n") -> Path:
    path = folder / "digits.csv"
    path.write_bytes("".join(mark.join(line) + end for line in lines).encode())
    return path


def assert_read(path: Path) -> None:
    X, y = data.read_images(path)
    np.testing.assert_array_equal(np.rint(255 * X.T), PIXELS)
    np.testing.assert_array_equal(y, LABELS)


def message_of(path: Path) -> str:
    with pytest.raises(nnfs.DataError) as error:
        data.read_images(path)
    return str(error.value)


@pytest.mark.parametrize(
    "remark", ["# by hand", "  % it's, \"odd", "//", '#1,2,"3', "#" + "," * 16]
)
@pytest.mark.parametrize("place", range(1, 7))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_comment_may_stand_anywhere(tmp_path, remark, place, end):
    lines = [NAMES, *ROWS]
    assert_read(written(tmp_path, [*lines[:place], [remark], *lines[place:]], end=end))


def test_lines_are_counted_with_comments(tmp_path):
    wrong = [*ROWS[2][:-1], "x"]
    path = written(tmp_path, [NAMES, ROWS[0], ["# one"], ROWS[1], ["# two"], wrong])
    assert "line 6, column pixel15 is 'x'" in message_of(path)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("names", [None, "", '""', "Unnamed: {place}"])
def test_columns_of_nothing_behind_the_last_are_passed_over(tmp_path, count, mark, end, names):
    nothing = [""] * count
    lines = [row + nothing for row in ROWS]
    if names is not None:
        empty = [names.format(place=17 + i) for i in range(count)]
        lines = [NAMES + empty, *lines[:2], ["# by hand"], *lines[2:], []]
    assert_read(written(tmp_path, lines, mark, end))


@pytest.mark.parametrize(("count", "told"), [(1, "column 18 is"), (2, "columns 18 to 19 are")])
@pytest.mark.parametrize("cells", [[], ["5"], ["", "5"]])
def test_a_column_without_a_name_that_not_all_lines_have_is_told(tmp_path, count, told, cells):
    lines = [NAMES + [""] * count, ROWS[0] + [""] * count, ROWS[1] + cells, *ROWS[2:]]
    message = message_of(written(tmp_path, lines))
    assert "behind its last cell, but line 3 has not" in message
    assert f"{told} empty" in message


def test_a_short_line_was_cut_only_where_it_is_the_last(tmp_path):
    in_the_middle = message_of(written(tmp_path, [NAMES, ROWS[0], ROWS[1][:-2], *ROWS[2:]]))
    assert "line 3 has 15 of 17 expected fields" in in_the_middle
    assert "mend or remove the line" in in_the_middle
    at_the_end = message_of(written(tmp_path, [NAMES, ROWS[0], ROWS[1][:-2], []]))
    assert "line 3 has 15 of 17 expected fields; if the file was cut short" in at_the_end


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([*NAMES[:6], "pixel4", *NAMES[7:]], "7 is 'pixel4', which means the same as column 6"),
        ([*NAMES[:6], "Pixel4", *NAMES[7:]], "7 is 'Pixel4', which means the same as column 6"),
        (["label", *["p"] * 16], "3 is 'p', which means the same as column 2"),
        ([*NAMES, "label"], "18 is 'label', which means the same as column 1"),
        (["y", *NAMES], "2 is 'label', which means the same as column 1, 'y'"),
    ],
)
def test_columns_of_the_same_name_are_told(tmp_path, names, told):
    rows = [row + ["1"] * (len(names) - len(NAMES)) for row in ROWS]
    assert f"line 1 is not the header: column {told}" in message_of(
        written(tmp_path, [names, *rows])
    )


def test_a_header_that_stands_there_again_is_told(tmp_path):
    message = message_of(written(tmp_path, [NAMES, *ROWS[:2], NAMES, *ROWS[2:]]))
    assert "line 4, column label is 'label'" in message
    assert "it is the header once more: remove the line" in message
