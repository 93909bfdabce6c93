"""The state of a run as one file: nested tuples, lists and dicts of numbers, text and arrays.

The file is an npz archive, never pickled. Its entry ``header`` is the nesting as JSON, in which an
array is named by its place, and the arrays stand beside it. It is written whole or not at all.
"""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from nnfs import arguments, file_kinds, storage
from nnfs.arguments import Array

FORM, VERSION = "nnfs run", 1
ADVICE = "start the run anew"


class Saved(dict[str, Any]):
    """A dict of a saved run, which says so where it lacks something."""

    path: Path

    def __missing__(self, name: str) -> Any:
        raise ValueError(f"{self.path}: not a saved run (it has no {name}); {ADVICE}")


def write(path: str | os.PathLike[str], content: dict[str, Any]) -> None:
    """Write a nested dict to a file, which is replaced as a whole or left as it was.

    Parameters
    ----------
    path : str or path-like
    content : dict of numbers, text, None, arrays, and tuples, lists and dicts of them

    Raises
    ------
    ValueError
        If the path is none, or something of another kind is in it, with its place.
    OSError
        If the file cannot be written.
    """
    import json  # here, so that importing nnfs does not pay for it

    place = arguments.path(path, "path")
    arrays: list[Array] = []
    tree = _encoded(content, arrays, "")
    header = json.dumps({"form": FORM, "version": VERSION, "content": tree}).encode()
    named: Any = {f"array{place}": array for place, array in enumerate(arrays)}
    with storage.replacing(place) as file:
        np.savez(file, header=np.frombuffer(header, np.uint8), **named)


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what `write` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, of a later version, or holds something else.
    """
    import json

    path = arguments.path(path, "path")
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file; expected one that a run was saved to")
    if path.is_dir():
        raise ValueError(f"{path}: is a folder; expected a file that a run was saved to")
    if not path.is_file():
        raise ValueError(f"{path}: is a device or a pipe; expected a file that a run was saved to")
    content = path.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            if "header" not in getattr(archive, "files", ()):
                known = "W1" in getattr(archive, "files", ())
                held = "it holds parameters, not a run" if known else "it has no header"
                raise ValueError(held)
            header = json.loads(archive["header"].tobytes())
            if header["form"] != FORM:
                raise ValueError(f"it is of the form {header['form']!r}")
            if header["version"] != VERSION:
                raise ValueError(
                    f"it has version {header['version']}, this program reads {VERSION}"
                )
            return _decoded(header["content"], archive, path)  # type: ignore[no-any-return]
    except Exception as error:  # what a damaged archive raises has no common kind
        reason = file_kinds.why_no_archive(content, error)
        raise ValueError(f"{path}: not a saved run ({reason}); {ADVICE}") from error


def _encoded(value: Any, arrays: list[Array], place: str) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.hasobject:
            raise ValueError(f"{place} is an array of Python objects, which cannot be saved")
        arrays.append(array)
        return {"scalar" if isinstance(value, np.generic) else "array": len(arrays) - 1}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_encoded(v, arrays, f"{place}[{i}]") for i, v in enumerate(value)]}
    if isinstance(value, dict) and all(type(name) is str for name in value):
        inside = {
            n: _encoded(v, arrays, f"{place}[{n!r}]" if place else n) for n, v in value.items()
        }
        return {"dict": inside}
    raise ValueError(
        f"{place} is a {type(value).__name__}, which cannot be saved; expected numbers, text, "
        "None, arrays, and tuples, lists and dicts of them"
    )


def _decoded(node: Any, arrays: Any, path: Path) -> Any:
    if not isinstance(node, dict):
        return node
    ((kind, inside),) = node.items()
    if kind in ("array", "scalar"):
        array = arrays[f"array{inside}"]
        return array[()] if kind == "scalar" else array
    if kind == "dict":
        saved = Saved((name, _decoded(value, arrays, path)) for name, value in inside.items())
        saved.path = path
        return saved
    items = [_decoded(value, arrays, path) for value in inside]
    return tuple(items) if kind == "tuple" else items


def like(value: Any, example: Any) -> Any:
    """Return what was read in the kinds of named tuple that an example has in the same places."""
    if isinstance(value, tuple) and isinstance(example, tuple) and len(value) == len(example):
        items = [like(v, e) for v, e in zip(value, example, strict=True)]
        return type(example)._make(items) if hasattr(example, "_make") else tuple(items)
    if isinstance(value, list) and isinstance(example, list) and len(value) == len(example):
        return [like(v, e) for v, e in zip(value, example, strict=True)]
    if isinstance(value, dict) and isinstance(example, dict):
        return {name: like(v, example.get(name)) for name, v in value.items()}
    return value
