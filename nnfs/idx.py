"""Read IDX files, the format in which MNIST is published.

A big-endian header of four-byte integers is followed by one byte an entry. Format: LeCun, Cortes
and Burges, The MNIST database of handwritten digits.
"""

import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs import file_kinds
from nnfs.digit_files import (
    OTHER_DATA,
    DataError,
    Digits,
    read_content,
    refuse_scaled,
    sha256,
)

NAMES = {
    part: (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte") for part in ("train", "t10k")
}


FILE = re.compile(
    r"((?P<set>.+)-)?(?P<part>train|t10k|test)-(?P<what>images|labels)[.-]idx(?P<axes>[13])-ubyte"
    r"(\.gz)?"
)


def find_files(place: Path) -> dict[str, Path]:
    """Return the IDX files of one set by their usual names, in all spellings.

    Parameters
    ----------
    place : Path
        A folder, for its only set or the one whose names have nothing before them; or a folder and
        what stands before the names of a set, such as ``folder/emnist-letters``.

    Raises
    ------
    DataError
        If the folder has several sets, and none of them is meant.
    """
    if not place.is_dir():
        return find_sets(place.parent).get(place.name, {})
    sets = find_sets(place)
    if "" not in sets and len(sets) > 1:
        raise DataError(
            f"{place}: has {len(sets)} sets of IDX files, {', '.join(sets)}; expected one: name"
            f" it behind the folder, such as {place / next(iter(sets))}"
        )
    return sets.get("", next(iter(sets.values()), {}))


def find_sets(folder: Path) -> dict[str, dict[str, Path]]:
    """Return the sets of IDX files in a folder, by what stands before their usual names.

    Of several spellings of a name, a file is preferred to a directory, which some archives unpack
    to, an uncompressed file to a gzipped one, and t10k to test.
    """
    sets: dict[str, dict[str, list[Path]]] = {}
    for path in sorted(folder.iterdir()):
        if (match := FILE.fullmatch(path.name)) and path.exists():
            part = "train" if match["part"] == "train" else "t10k"
            name = f"{part}-{match['what']}-idx{match['axes']}-ubyte"
            sets.setdefault(match["set"] or "", {}).setdefault(name, []).append(path)
    return {
        prefix: {name: max(paths, key=_preference) for name, paths in files.items()}
        for prefix, files in sets.items()
    }


def _preference(path: Path) -> tuple[bool, ...]:
    name = path.name
    return path.is_file(), not name.endswith(".gz"), "t10k-" in name, "-idx" in name


def read_pair(
    folder: Path, part: str, hashes: Mapping[str, str]
) -> tuple[Digits, list[tuple[Path, bytes]]]:
    """Return the digits of a part ("train" or "t10k"), and its two files with their content.

    Parameters
    ----------
    folder : Path
    part : {"train", "t10k"}
    hashes : mapping from a usual name to the SHA-256 that its decompressed content must have

    Raises
    ------
    FileNotFoundError
        If one of the two files is missing.
    DataError
        If a file is not as it should be, or they do not belong together.
    """
    images_name, labels_name = NAMES[part]
    images_path, images_content = _read_file(folder, images_name, hashes)
    labels_path, labels_content = _read_file(folder, labels_name, hashes)
    images = _idx_array(images_path, images_content, 3)
    refuse_scaled(images_path, images)
    labels = _idx_array(labels_path, labels_content, 1)
    if len(images) != len(labels):
        raise DataError(
            f"{images_path}: bytes 4..7 announce {len(images)} images, but {labels_path}"
            f" announces {len(labels)} labels; expected as many of both"
        )
    files = [(images_path, images_content), (labels_path, labels_content)]
    return Digits(images.reshape(len(images), -1), labels, images.shape[1:]), files


def read_images(path: Path, content: bytes) -> NDArray[np.uint8]:
    """Return the images (m, rows, columns) of an IDX file of this decompressed content.

    Raises
    ------
    DataError
        If it is no IDX file of images.
    """
    images = _idx_array(path, content, 3)
    refuse_scaled(path, images)
    return images


def _read_file(folder: Path, name: str, hashes: Mapping[str, str]) -> tuple[Path, bytes]:
    """Return the path and the decompressed content of an IDX file, verified if it is bundled.

    Raises
    ------
    FileNotFoundError
        If the folder has no such file.
    DataError
        If the file cannot be read, or a bundled file has another hash.
    """
    path = find_files(folder).get(name)
    folder = folder if folder.is_dir() else folder.parent
    if path is None:
        tables = _tables(folder)
        advice = f"to use its {tables[0].name} pass {tables[0]}" if tables else OTHER_DATA
        raise FileNotFoundError(
            f"{folder}: no {name}, gzipped or not, in this folder, which has"
            f" {_found_names(folder)}; expected the IDX files of images and labels; {advice}"
        )
    content = read_content(path)
    if name in hashes and (found := sha256(content)) != hashes[name]:
        raise DataError(
            f"{path}: SHA-256 of the decompressed content is {found}; expected"
            f" {hashes[name]}; restore the file, or {OTHER_DATA}"
        )
    return path, content


def _tables(folder: Path) -> list[Path]:
    """Return the CSV files in a folder, those that seem to be for training first."""
    found = [p for p in folder.iterdir() if re.search(r"\.(csv|tsv)(\.gz)?$", p.name.lower())]
    return sorted(
        (path for path in found if path.is_file()),
        key=lambda path: (path.name != "train.csv", "train" not in path.name.lower(), path.name),
    )


def _found_names(folder: Path) -> str:
    """Return the first few names in a folder as text for an error message, the likeliest first."""
    names = sorted(
        (entry.name for entry in folder.iterdir() if not entry.name.startswith(".")),
        key=lambda name: (not re.search(r"ubyte|idx|mnist|\.csv", name.lower()), name),
    )
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "") or "no files"


def _idx_array(path: Path, content: bytes, n_axes: int) -> NDArray[np.uint8]:
    """Return the uint8 array of so many axes in an IDX file, a view of its content.

    The header is big-endian integers of four bytes: the magic number 0x0800 + number of axes,
    the count, and the shape of an item.

    Raises
    ------
    DataError
        If the header is not that of such a file, or the length not what the header announces.
    """
    header_size = 4 * (1 + n_axes)
    if len(content) < header_size:
        raise DataError(
            f"{path}: ends at byte {len(content)}; expected an IDX header of {header_size} bytes"
        )
    magic, count, *item = np.frombuffer(content, ">u4", header_size // 4).tolist()
    expected_magic = 0x0800 + n_axes
    if magic != expected_magic:
        found = file_kinds.kind(content)
        hint = f"; it is {': '.join(found)}" if found and found[0] != "an IDX file" else ""
        raise DataError(
            f"{path}: bytes 0..3 are 0x{magic:08x}; expected the IDX magic"
            f" 0x{expected_magic:08x}{hint}"
        )
    if 0 in item:
        raise DataError(
            f"{path}: bytes 8..15 announce images of {item[0]}x{item[1]}; expected at least 1x1"
        )
    if not count:
        raise DataError(f"{path}: bytes 4..7 announce 0 items; expected at least 1")
    size = header_size + count * math.prod(item)
    if len(content) != size:
        raise DataError(
            f"{path}: ends at byte {len(content)}; expected {size} bytes for the {count} items"
            " that bytes 4..7 announce; download it again"
        )
    return np.frombuffer(content, np.uint8, offset=header_size).reshape(count, *item)
