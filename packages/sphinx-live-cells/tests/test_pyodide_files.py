"""The table of Pyodide's files, and the script that fetches them."""

import hashlib
import io
import json
import tarfile

import pytest

from sphinx_live_cells import pyodide_files


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


WHEEL = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A registry and a public address on this disk, with a distribution of a few bytes."""
    content = {name: f"the file {name}".encode() for name in pyodide_files.CORE}
    content[WHEEL] = b"a wheel"
    lock = {"packages": {"numpy": {"file_name": WHEEL, "sha256": sha256(b"a wheel")}}}
    content["pyodide-lock.json"] = json.dumps(lock).encode()
    registry = tmp_path / "registry" / "pyodide" / "-"
    registry.mkdir(parents=True)
    with tarfile.open(registry / f"pyodide-{pyodide_files.VERSION}.tgz", "w:gz") as package:
        for name in pyodide_files.CORE:
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content[name])
            package.addfile(member, io.BytesIO(content[name]))
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / WHEEL).write_bytes(b"a wheel")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", (tmp_path / "registry").as_uri())
    monkeypatch.setattr(pyodide_files, "ADDRESS", wheels.as_uri() + "/")
    table = {name: {"size": len(c), "sha256": sha256(c)} for name, c in content.items()}
    monkeypatch.setattr(pyodide_files, "table", lambda: table)
    return wheels


def test_core_and_wheels_are_fetched_and_verified(elsewhere, tmp_path, capsys):
    assert pyodide_files.main([str(tmp_path / "new" / "folder")]) == 0
    assert "6 files, verified" in capsys.readouterr().out
    assert (tmp_path / "new" / "folder" / WHEEL).read_bytes() == b"a wheel"
    pyodide_files.verify(tmp_path / "new" / "folder")


def test_a_wheel_that_is_not_the_expected_one_is_not_written(elsewhere, tmp_path, capsys):
    (elsewhere / WHEEL).write_bytes(b"another wheel")
    assert pyodide_files.main([str(tmp_path / "folder")]) == 1
    assert f"error: {WHEEL}: SHA-256 is" in capsys.readouterr().err
    assert not (tmp_path / "folder" / WHEEL).exists()


def test_what_cannot_be_had_is_one_clear_line(elsewhere, tmp_path, capsys):
    (elsewhere / WHEEL).unlink()
    assert pyodide_files.main([str(tmp_path / "folder")]) == 1
    message = capsys.readouterr().err
    assert message.startswith("error: file://")
    assert message.count("\n") == 1


def test_a_file_changed_on_disk_is_noticed(elsewhere, tmp_path):
    pyodide_files.fetch(tmp_path / "folder")
    (tmp_path / "folder" / "pyodide.js").write_text("something else")
    with pytest.raises(ValueError, match=r"pyodide\.js: SHA-256 is"):
        pyodide_files.fetch(tmp_path / "folder")
    (tmp_path / "folder" / "pyodide.js").unlink()
    with pytest.raises(ValueError, match=r"pyodide\.js is missing"):
        pyodide_files.verify(tmp_path / "folder")


def test_table_and_lock_file_must_agree_on_a_wheel(elsewhere, tmp_path):
    pyodide_files.fetch(tmp_path / "folder")
    table = pyodide_files.table()
    (tmp_path / "folder" / WHEEL).write_bytes(b"another")
    table[WHEEL] = {"size": 7, "sha256": sha256(b"another")}
    with pytest.raises(ValueError, match=r"lock\.json has another SHA-256"):
        pyodide_files.verify(tmp_path / "folder", table)


def test_the_folder_must_be_named(capsys):
    assert pyodide_files.main([]) == 2
    assert capsys.readouterr().err.startswith("usage")


def test_the_table_names_the_core_and_the_two_packages():
    names = pyodide_files.table()
    assert set(pyodide_files.CORE) <= set(names)
    for package in ("numpy-", "matplotlib-"):
        assert any(name.startswith(package) for name in names)
