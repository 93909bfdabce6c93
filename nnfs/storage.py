"""A training run on disk: parameters, history and settings in one folder.

A file is written beside its place and then renamed, so that what stands there is always whole: the
old one or the new one.
"""

import errno
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnfs import activations, arguments, file_kinds, network
from nnfs.arguments import Array
from nnfs.descent import History
from nnfs.network import Parameters

SETTINGS = "run.json"
VERSION = 1


def _whole(at_least: int) -> Callable[[Any], bool]:
    return lambda value: value is None or (type(value) is int and value >= at_least)


# What `python -m nnfs predict` reads there, and what it may be.
FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "data": (lambda value: isinstance(value, str | None), "a path"),
    "split": (lambda value: value in (None, "original", "official"), "original or official"),
    "seed": (_whole(0), "a whole number of at least 0"),
    "test_size": (_whole(1), "a whole number of at least 1"),
    "shape": (
        lambda value: (
            value is None
            or (isinstance(value, list) and len(value) == 2 and all(map(_whole(1), value)))
        ),
        "rows and columns of an image",
    ),
    "transposed": (lambda value: isinstance(value, bool | None), "true or false"),
    "test_accuracy": (
        lambda value: value is None or (isinstance(value, int | float) and 0 <= value <= 1),
        "a share from 0 to 1",
    ),
}


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of ``path`` when the block ends without an error.

    Parameters
    ----------
    path : Path

    Yields
    ------
    binary file

    Raises
    ------
    OSError
        If the folder cannot be written to, or ``path`` is a folder, a device or a pipe; it is then
        as it was.
    """
    _check_name(path)
    # Unique for each process, each thread and each call, also on a disk that machines share.
    partial = path.with_name(f".{path.name}.{os.urandom(8).hex()}.partial")
    try:
        with partial.open("xb") as file:
            yield file
            # Else a new name may come to the disk before what it names.
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        # A full disk names nothing, and of the other name nobody has heard.
        if error.filename is None or Path(error.filename) == partial:
            raise type(error)(error.errno, error.strerror, str(path)) from None
        raise
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def check_replaceable(path: Path) -> None:
    """Raise OSError unless a file can be written to this place; nothing there is touched."""
    _check_name(path)
    check_writable(path.parent)


def _check_name(path: Path) -> None:
    """Raise OSError if what stands at a place is not to be replaced by a file."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder; expected the name of a file", str(path))
    if path.exists() and not path.is_file():
        said = "is a device or a pipe, which a file would replace; expected the name of a file"
        raise FileExistsError(errno.EEXIST, said, str(path))
    folder = path.parent
    if not folder.exists():
        said = f"there is no folder {folder} to write it to; make that first, or name another"
        raise FileNotFoundError(errno.ENOENT, said, str(path))
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is a file, no folder", str(path))


def check_writable(folder: Path) -> None:
    """Raise OSError unless files can be made in a folder; nothing in it is touched."""
    import tempfile  # here, so that importing nnfs does not pay for it

    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(folder)) from None


def save_parameters(path: str | os.PathLike[str], params: Sequence[Array]) -> None:
    """Write W1, b1, ..., WL, bL as an npz file without pickles, for `load_parameters`.

    The file also holds the version of this form and, where params say it, the range of the data
    that they were trained on and the name of the activation.

    Parameters
    ----------
    path : str or path-like
        The file is replaced as a whole, or left as it was.
    params : Parameters, or another sequence W1, b1, ..., WL, bL

    Raises
    ------
    ValueError
        If params are not those of a network, or not all finite.
    OSError
        If the file cannot be written.
    """
    target = arguments.path(path, "path")
    given = arguments.parameters(params)
    blocks = [arguments.array(P, arguments.name(i)) for i, P in enumerate(given)]
    _check(blocks)
    named: Any = {arguments.name(i): P for i, P in enumerate(blocks)}
    if (data_range := getattr(params, "data_range", None)) is not None:
        named["data_range"] = np.array(data_range, np.float64)
    if (activation := activations.of(params)) != activations.RELU:
        named["activation"] = np.array(activation.name)
    with replacing(target) as file:
        np.savez(file, version=VERSION, **named)


def load_parameters(path: str | os.PathLike[str]) -> Any:
    """Read the parameters that `save_parameters` or ``python -m nnfs train`` wrote.

    Parameters
    ----------
    path : str or path-like
        Such as ``"nnfs-run/parameters.npz"``.

    Returns
    -------
    params : Parameters, or for another depth than two a tuple W1, b1, ..., WL, bL
        With the range of the data that they were trained on, where the file says it, and the
        activation of the network.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, of a later version, holds something else, or parameters that do
        not fit each other.

    Examples
    --------
    >>> import nnfs, tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "parameters.npz")
    >>> nnfs.save_parameters(path, nnfs.init_params(7, 5, 3))
    >>> nnfs.load_parameters(path).W1.shape
    (5, 7)
    """
    path = arguments.path(path, "path")
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: no such file; python -m nnfs train writes one, and nnfs.save_parameters"
        )
    if path.is_dir():
        raise ValueError(f"{path}: is a folder; expected a file such as {path / 'parameters.npz'}")
    if not path.is_file():
        raise ValueError(f"{path}: is a device or a pipe; expected a file of parameters")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        # The first files were those of a two-layer network, without a version.
        if (version := arrays.pop("version", np.array(VERSION))) != VERSION:
            raise ValueError(f"it has version {version}, this program reads {VERSION}")
        data_range = arrays.pop("data_range", None)
        # Files of networks with ReLU do not name it.
        activation = str(arrays.pop("activation", np.array(activations.RELU.name)))
        names = [arguments.name(place) for place in range(len(arrays))]
        if not arrays or set(names) != set(arrays):
            if "header" in arrays:
                raise ValueError(
                    "it is a saved run, whose network train writes to parameters.npz beside it; in "
                    "Python, nnfs.training.Run.load goes on with it"
                )
            raise ValueError(f"it holds {_listed(arrays)}")
        params = [arrays.pop(name) for name in names]
        _check(params)
        _check_known(activation)
        if data_range is not None:
            kept = network.trained_on(params, arguments.span(data_range))
            return network.with_activation(kept, activation)
    except OSError:
        raise
    except Exception as error:  # what a damaged archive raises has no common kind
        raise ValueError(
            f"{path}: not the parameters W1, b1, ..., WL, bL of a network "
            f"({_reason(path, error)}); write them anew with python -m nnfs train"
        ) from error
    if activation == activations.RELU.name and len(params) != len(Parameters._fields):
        return tuple(params)
    return network.with_activation(network.named(params), activation)


def _check_known(activation: str) -> None:
    if activation not in activations.KNOWN:
        raise ValueError(
            f"the network has the activation {activation!r}, which is not known here; known are "
            f"{', '.join(activations.KNOWN)}; import what gives it to nnfs.activations.register"
        )


def _check(params: list[Array]) -> None:
    if any(P.ndim != 2 for P in params):
        raise ValueError("an array is not a matrix")
    if any(P.size == 0 for P in params):
        raise ValueError("a layer has no inputs or no units")
    arguments.shapes(params, np.empty((params[0].shape[1] if params else 0, 1)))
    arguments.finite(params)


def _listed(arrays: dict[str, Array]) -> str:
    shown = [f"{name} {array.shape}" for name, array in list(arrays.items())[:4]]
    return ("the arrays " + ", ".join(shown) if shown else "no arrays") + (
        ", ..." if len(arrays) > 4 else ""
    )


def _reason(path: Path, error: Exception) -> str:
    """Return what to say of a file that is no network: what it is, or what failed."""
    return file_kinds.why_no_archive(path.read_bytes(), error)


def save_history(path: Path, history: History) -> None:
    """Write a CSV file with the columns iteration, loss (nats) and accuracy (0 to 1)."""
    import csv

    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["iteration", "loss", "accuracy"])
    # As Python's floats they are written in their shortest exact form.
    pairs = zip(history.loss.tolist(), history.accuracy.tolist(), strict=True)
    rows.writerows((iteration, *pair) for iteration, pair in enumerate(pairs))
    with replacing(path) as file:
        file.write(text.getvalue().encode())


def save_settings(folder: Path, settings: dict[str, Any]) -> None:
    """Write the settings of a run as JSON."""
    import json

    with replacing(folder / SETTINGS) as file:
        file.write((json.dumps(settings, indent=2) + "\n").encode())


def load_settings(folder: Path) -> dict[str, Any]:
    """Return the settings of the run in a folder, none if it does not say.

    Raises
    ------
    ValueError
        If the file is not a JSON object, or a setting that predict follows is none.
    """
    import json

    path = folder / SETTINGS
    if not path.exists():
        return {}
    try:
        settings = json.loads(path.read_text(encoding="utf8"))
        if not isinstance(settings, dict):
            raise ValueError("not an object")
        for name, (holds, expected) in FORMS.items():
            if not holds(settings.get(name)):
                raise ValueError(f"{name} is {settings[name]!r}, not {expected}")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not the settings of a run ({error}); remove it") from error
    return settings
