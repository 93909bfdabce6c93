"""A run on disk: whole files or none, and clear words about damaged ones."""

import errno
import json
import os
import pickle
import re
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

import nnfs
from nnfs import storage


def test_parameters_come_back_bit_for_bit(tmp_path, params):
    path = tmp_path / "parameters.npz"
    storage.save_parameters(path, params)
    for P, Q in zip(params, storage.load_parameters(path), strict=True):
        assert P.tobytes() == Q.tobytes()
        assert P.dtype == Q.dtype
    assert [file.name for file in tmp_path.iterdir()] == ["parameters.npz"]


@pytest.mark.parametrize("hidden", [(), (5,), (6, 5), (4, 6, 5, 4, 3, 2)])
def test_a_network_of_any_depth_comes_back(tmp_path, hidden):
    params = nnfs.init_params(7, hidden, 3)
    storage.save_parameters(tmp_path / "parameters.npz", params)
    loaded = storage.load_parameters(tmp_path / "parameters.npz")
    assert type(loaded) is type(params)
    assert [P.tobytes() for P in loaded] == [P.tobytes() for P in params]


def test_a_file_without_a_version_is_read(tmp_path, params):
    archive(tmp_path / "parameters.npz", **params._asdict())
    loaded = storage.load_parameters(tmp_path / "parameters.npz")
    assert [P.tobytes() for P in loaded] == [P.tobytes() for P in params]


def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("old")

    def fail():
        with storage.replacing(path) as file:
            file.write(b"half of the ne")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["history.csv"]


def test_a_file_is_replaced_and_not_rewritten(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("old")
    with path.open() as reader:
        with storage.replacing(path) as file:
            file.write(b"new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def archive(path, **arrays):
    np.savez(path, **arrays)


def damaged(name):
    good = nnfs.init_params(7, 5, 3)._asdict()

    def make(path):
        if name == "empty":
            path.write_bytes(b"")
        elif name == "text":
            path.write_text("W1, b1")
        elif name == "cut":
            archive(path, **good)
            path.write_bytes(path.read_bytes()[:200])
        elif name == "bit":
            archive(path, **good)
            content = bytearray(path.read_bytes())
            content[140] ^= 0xFF
            path.write_bytes(content)
        elif name == "one array":
            with path.open("wb") as file:
                np.save(file, good["W1"])
        elif name == "missing":
            archive(path, **{k: v for k, v in good.items() if k != "b2"})
        elif name == "foreign":
            archive(path, weights=good["W1"])
        elif name == "pickle":
            archive(path, **{**good, "W1": np.array([{}], object)})
        elif name == "shapes":
            archive(path, **{**good, "W2": np.zeros((3, 4))})
        elif name == "vector":
            archive(path, **{**good, "b1": np.zeros(5)})
        elif name == "later version":
            archive(path, version=2, **good)
        elif name == "version is no number":
            archive(path, version=np.ones(2), **good)
        elif name == "nothing":
            archive(path)
        elif name == "one more":
            archive(path, extra=good["b1"], **good)
        elif name == "a layer left out":
            archive(path, **{k: v for k, v in good.items() if k in ("W2", "b2")})
        elif name == "nan":
            archive(path, **{**good, "b1": np.full((5, 1), np.nan)})

    return make


@pytest.mark.parametrize(
    "name",
    [
        "empty",
        "text",
        "cut",
        "bit",
        "one array",
        "missing",
        "foreign",
        "pickle",
        "shapes",
        "vector",
        "later version",
        "version is no number",
        "nothing",
        "one more",
        "a layer left out",
        "nan",
    ],
)
def test_a_file_that_is_no_network_gets_one_clear_line(tmp_path, name):
    path = tmp_path / "parameters.npz"
    damaged(name)(path)
    with pytest.raises(ValueError, match=r"not the parameters W1, b1, \.\.\., WL, bL") as caught:
        storage.load_parameters(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        storage.load_parameters(tmp_path / "none.npz")


def test_history_is_exact(tmp_path):
    history = nnfs.History(np.array([1 / 3, 2e-17]), np.array([0.1, 1.0]))
    storage.save_history(tmp_path / "history.csv", history)
    lines = (tmp_path / "history.csv").read_text().splitlines()
    assert lines[0] == "iteration,loss,accuracy"
    assert [float(text) for text in lines[1].split(",")] == [0, 1 / 3, 0.1]
    assert lines[2] == "1,2e-17,1.0"


def test_settings_come_back_and_damage_is_told(tmp_path):
    assert storage.load_settings(tmp_path) == {}
    storage.save_settings(tmp_path, {"seed": 3, "data": None})
    assert storage.load_settings(tmp_path) == {"seed": 3, "data": None}
    for text in ("{", json.dumps([1])):
        (tmp_path / "run.json").write_text(text)
        with pytest.raises(ValueError, match=r"run\.json: not the settings of a run"):
            storage.load_settings(tmp_path)


def test_two_who_write_one_file_do_not_meet(tmp_path):
    path = tmp_path / "history.csv"
    with storage.replacing(path) as first:
        first.write(b"first")
        with storage.replacing(path) as second:
            second.write(b"second, and longer")
        assert path.read_bytes() == b"second, and longer"
    assert path.read_bytes() == b"first"
    assert [file.name for file in tmp_path.iterdir()] == ["history.csv"]


def test_what_takes_a_place_is_on_the_disk_before(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(storage.os, "fsync", lambda descriptor: order.append("synced"))
    replace = storage.Path.replace

    def noted(self, target):
        order.append("replaced")
        return replace(self, target)

    monkeypatch.setattr(storage.Path, "replace", noted)
    with storage.replacing(tmp_path / "history.csv") as file:
        file.write(b"new")
    assert order == ["synced", "replaced"]


@pytest.mark.parametrize("hidden", [(), (5,), (6, 5)])
@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_a_trained_network_comes_back_with_its_range_by_any_kind_of_path(
    tmp_path, hidden, kind, X, y
):
    trained = nnfs.train(X, y, hidden=hidden, n_classes=3, iterations=1).params
    path = kind(tmp_path / "parameters.npz")
    nnfs.save_parameters(path, trained)
    loaded = nnfs.load_parameters(path)
    assert type(loaded) is type(trained)
    assert loaded.data_range == trained.data_range == (X.min(), X.max())
    assert [P.tobytes() for P in loaded] == [P.tobytes() for P in trained]


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda file: np.save(file, np.zeros((2, 3))), "a NumPy array (npy)"),
        (lambda file: pickle.dump([1], file), "a Python pickle"),
        (
            lambda file: np.savez(file, weights=np.zeros((2, 3))),
            "it holds the arrays weights (2, 3)",
        ),
        (lambda file: np.savez(file), "it holds no arrays"),
        (lambda file: file.write(b"\x89HDF\r\n\x1a\n" + bytes(9)), "an HDF5 file"),
        (lambda file: file.write(b"<!doctype html>"), "a web page"),
        (
            lambda file: file.write(b"version https://git-lfs.github.com/spec/v1"),
            "a Git LFS pointer",
        ),
        (lambda file: file.write(b""), "the file is empty"),
        (lambda file: zipfile.ZipFile(file, "w").close(), "it holds no arrays"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path, write, says):
    path = tmp_path / "parameters.npz"
    with path.open("wb") as file:
        write(file)
    with pytest.raises(ValueError, match="not the parameters") as caught:
        nnfs.load_parameters(str(path))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_and_a_missing_file_are_told_what_to_name(tmp_path):
    with pytest.raises(ValueError, match=r"is a folder; expected a file such as .*parameters\.npz"):
        nnfs.load_parameters(str(tmp_path))
    with pytest.raises(FileNotFoundError, match="python -m nnfs train writes one"):
        nnfs.load_parameters(str(tmp_path / "none.npz"))


def test_what_is_no_network_is_not_saved(tmp_path, params):
    for wrong in (params[:3], params._replace(b1=np.full((5, 1), np.nan)), ()):
        with pytest.raises(ValueError, match=r"."):
            nnfs.save_parameters(tmp_path / "parameters.npz", wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [".", "folder", "none/network.npz"])
def test_a_place_that_is_no_file_is_told_by_its_own_name(tmp_path, monkeypatch, params, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=r".") as caught:
        nnfs.save_parameters(place, params)
    assert Path(str(caught.value.filename)) == Path(place)
    assert "partial" not in str(caught.value)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


def test_a_full_disk_is_told_with_the_name_of_the_file(tmp_path):
    path = tmp_path / "history.csv"
    with pytest.raises(OSError, match="history") as caught, storage.replacing(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_is_told_by_its_own_name(tmp_path):
    with pytest.raises(OSError, match=r".") as caught:
        storage.check_writable(tmp_path / "none")
    assert caught.value.filename == str(tmp_path / "none")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names on this system")
def test_a_pipe_is_not_replaced_by_a_file(tmp_path, params):
    pipe = tmp_path / "network.npz"
    os.mkfifo(pipe)
    with pytest.raises(FileExistsError, match="is a device or a pipe") as error:
        storage.save_parameters(pipe, params)
    assert error.value.filename == str(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [file.name for file in tmp_path.iterdir()] == ["network.npz"]


@pytest.mark.parametrize("path", [3, None, b"a.npz", "", "a\0b", []])
def test_a_name_of_a_file_that_is_none_is_named(params, path):
    for call in (nnfs.load_parameters, lambda path: nnfs.save_parameters(path, params)):
        with pytest.raises(ValueError, match=r"^path must be the name of a file"):
            call(path)


def written(path: Path, kind: str) -> Path:
    """Write a file that is no file of parameters."""
    arrays = {"one": np.arange(3.0), "two": np.ones((2, 2))}
    if kind == "npz of others":
        with path.open("wb") as file:
            np.savez(file, **arrays)
    elif kind == "npz of objects":
        with path.open("wb") as file:
            np.savez(file, W1=np.array([{}, None], object), b1=np.ones((5, 1)))
    elif kind == "npy":
        with path.open("wb") as file:
            np.save(file, np.ones((5, 7)))
    elif kind == "npy of objects":
        with path.open("wb") as file:
            np.save(file, np.array([{}], object), allow_pickle=True)
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(arrays))
    elif kind == "cut":
        nnfs.save_parameters(path, nnfs.init_params(7, 5, 3))
        path.write_bytes(path.read_bytes()[:-200])
    elif kind == "run":
        nnfs.training.Run(np.ones((7, 4)), [0, 1, 2, 0], iterations=1).save(path)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr("README.md", "text")
    else:
        path.write_bytes(OTHER_FILES[kind])
    return path


OTHER_FILES = {
    "text": "# Neural networks\n\nIn plain NumPy. ü\n".encode(),
    "empty": b"",
    "one byte": b"P",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "web page": b"<!doctype html><p>Not found",
    "json": b'{"W1": [[1, 2]]}',
    "bytes": bytes(range(256)),
    "zeros": bytes(99),
    "csv": b"label,pixel0\n1,2\n",
}


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("text", "it is text"),
        ("csv", "it is text"),
        ("one byte", "it is text"),
        ("empty", "the file is empty"),
        ("picture", "a PNG picture"),
        ("web page", "a web page"),
        ("json", "JSON text"),
        ("bytes", "of another kind"),
        ("zeros", "of another kind"),
        ("cut", "cut short or damaged"),
        ("npy", "a NumPy array"),
        ("npy of objects", "a NumPy array"),
        ("npz of others", r"it holds the arrays one \(3,\)"),
        ("npz of objects", "it holds Python objects"),
        ("pickle", "a Python pickle"),
        ("zip", "a zip archive of README.md"),
        ("run", "it is a saved run"),
    ],
)
def test_what_is_no_file_of_parameters_is_told_as_what_it_is(tmp_path, kind, says):
    path = written(tmp_path / "README.md", kind)
    with pytest.raises(ValueError, match=says) as caught:
        nnfs.load_parameters(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: not the parameters")
    assert "\n" not in message
    assert "allow_pickle" not in message
    assert "unpickl" not in message
    if kind != "run":
        with pytest.raises(ValueError, match=f"{re.escape(str(path))}: not a saved run") as caught:
            nnfs.training.Run.load(path, np.ones((7, 4)), [0, 1, 2, 0])
        assert "pickle" not in str(caught.value).replace("a Python pickle", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_a_pipe_is_no_file_of_parameters(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="is a device or a pipe"):
        nnfs.load_parameters(tmp_path / "pipe")
    with pytest.raises(ValueError, match="is a device or a pipe"):
        nnfs.training.about(tmp_path / "pipe")


@pytest.mark.parametrize("rows", [(0, 3), (3, 0)])
def test_a_layer_without_units_is_no_network(tmp_path, rows):
    hidden, outputs = rows
    params = [np.zeros((hidden, 7)), np.zeros((hidden, 1))]
    params += [np.zeros((outputs, hidden)), np.zeros((outputs, 1))]
    with pytest.raises(ValueError, match="a layer has no inputs or no units"):
        nnfs.save_parameters(tmp_path / "p.npz", params)
    np.savez(tmp_path / "p.npz", version=1, W1=params[0], b1=params[1], W2=params[2], b2=params[3])
    with pytest.raises(ValueError, match=r"p\.npz: not the parameters .* no inputs or no units"):
        nnfs.load_parameters(tmp_path / "p.npz")


@pytest.mark.parametrize("value", ["NaN", "-7.0", "1e999", "1.5", '"0.9"', "[" * 100_000])
def test_settings_with_a_share_that_is_none_are_refused(tmp_path, value):
    (tmp_path / storage.SETTINGS).write_text(f'{{"test_accuracy": {value}}}', "utf8")
    with pytest.raises(ValueError, match=r"run\.json: not the settings of a run"):
        storage.load_settings(tmp_path)


@pytest.mark.parametrize("about", [5, [1], "text"])
def test_what_is_kept_about_a_run_is_a_dict(tmp_path, about):
    run = nnfs.training.Run(np.eye(7)[:, :4], [0, 1, 2, 0], iterations=3)
    with pytest.raises(ValueError, match="about must be a dict"):
        run.save(tmp_path / "run.npz", about=about)
    assert list(tmp_path.iterdir()) == []
