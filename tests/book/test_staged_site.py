"""A build changes the site when it has succeeded; a killed one is set right by the next."""

import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from kit.build.staged_site import (
    COMPLETE,
    LOCK,
    NOTEBOOKS,
    REPLACED,
    STAGE,
    Stage,
    entries_of,
    without_unused_words,
)

CELL = "```{{code-cell}} ipython3\n{}\n```\n"
OLD = {"html/a.html": "old a", "html/gone.html": "old", ".doctrees/env": "old", "html/s/b": "old b"}
NEW = {"html/a.html": "new a", ".doctrees/env": "new", "html/s/b": "new b", f"{NOTEBOOKS}/n": "new"}


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf8")


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def stage(tmp_path) -> Stage:
    fill(tmp_path, OLD)
    stage = Stage(tmp_path / "html", tmp_path / ".doctrees")
    stage.open()
    return stage


def built(stage: Stage) -> None:
    for name in ("html", ".doctrees"):
        for path in [path for path in (stage.folder / name).rglob("*") if path.is_file()]:
            path.unlink()
    fill(stage.folder, NEW)


def test_a_build_works_on_a_copy_with_the_times_of_the_site(stage):
    assert files(stage.folder) == OLD
    copied, site = stage.folder / "html" / "a.html", stage.parent / "html" / "a.html"
    assert copied.stat().st_mtime_ns == site.stat().st_mtime_ns
    copied.write_text("other", "utf8")
    assert site.read_text("utf8") == "old a"


def test_a_complete_build_takes_the_place_of_the_site(stage):
    built(stage)
    stage.publish()
    assert files(stage.parent) == NEW


def test_a_failed_build_leaves_all_as_it_was(stage):
    built(stage)
    stage.discard()
    assert files(stage.parent) == OLD


def test_a_build_that_was_killed_before_its_end_is_forgotten(stage):
    built(stage)
    Stage(stage.parent / "html", stage.parent / ".doctrees").open()
    stage.discard()
    assert files(stage.parent) == OLD


@pytest.mark.parametrize("renames", range(6))
def test_a_build_that_was_killed_while_it_renamed_is_brought_to_its_end(
    stage, monkeypatch, renames
):
    built(stage)
    rename, done = Path.rename, []

    def killed(path: Path, target: Path) -> Path:
        if len(done) == renames:
            raise KeyboardInterrupt
        done.append(path)
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        try:
            stage.publish()
        except KeyboardInterrupt:
            assert (stage.parent / STAGE / COMPLETE).exists()
    again = Stage(stage.parent / "html", stage.parent / ".doctrees")
    again.open()
    again.discard()
    assert files(stage.parent) == NEW
    assert not (stage.parent / REPLACED).exists()


def test_a_folder_that_cannot_be_renamed_stays_and_the_new_one_waits(stage, monkeypatch):
    built(stage)
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path == stage.parent / "html":
            raise PermissionError(13, "Access is denied", str(path))
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refused)
        with pytest.raises(PermissionError):
            stage.publish()
    assert (stage.parent / "html" / "a.html").read_text("utf8") == "old a"
    assert stage.is_complete()
    stage.publish()
    assert files(stage.parent) == NEW


@pytest.mark.parametrize(
    ("index", "kept"),
    [
        ('{"a": [], "b": 1}', '{"b": 1}'),
        ('{"a": 1, "b": []}', '{"a": 1}'),
        ('{"a": 1, "b": [], "c": [2]}', '{"a": 1, "c": [2]}'),
        ('{"a": [], "b": []}', "{}"),
        ('{"a": [0], "b": {}}', '{"a": [0], "b": {}}'),
    ],
)
def test_words_without_pages_leave_the_search_index(index, kept):
    assert without_unused_words(index) == kept


def test_memory_in_another_folder_is_left_there(tmp_path):
    stage = Stage(tmp_path / "site" / "html", tmp_path / "memory")
    assert "memory" not in stage.names


@pytest.mark.exhaustive(share=1 / 2, of="file", fewest=1)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_build_leaves_no_kernel_and_the_next_gives_the_site_of_a_clean_one(small_book):
    small_book.write(CELL.format("print('first')"))
    small_book.add("other", CELL.format("print('other')"))
    assert small_book.build().returncode == 0
    before = small_book.site()
    slow = "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(1)\n"
    small_book.write(CELL.format(slow + "print('second')"))
    build, begun = small_book.start(), small_book.root / "book" / "begun"
    while not begun.exists() and build.poll() is None:
        time.sleep(0.05)
    build.send_signal(signal.SIGKILL)
    build.communicate(timeout=600)
    assert small_book.site() == before
    deadline = time.monotonic() + 60
    while small_book.processes() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not small_book.processes()

    assert small_book.build().returncode == 0
    after = small_book.site()
    assert b"second" in after["page.html"]
    small_book.clean()
    # Another seed, so that no order in the site is one of hashes.
    assert small_book.build(PYTHONHASHSEED="7").returncode == 0
    assert small_book.site() == after


def test_a_second_build_waits_for_the_first_and_says_so(small_book):
    small_book.write(CELL.format("print('first')"))
    folder = small_book.root / "book" / "_build"
    folder.mkdir()
    with FileLock(folder / LOCK):
        build = small_book.start()
        said: list[str] = []
        reader = threading.Thread(target=lambda: said.extend(build.stdout))
        reader.start()
        while not any("another build of this book" in line for line in said):
            assert build.poll() is None
            time.sleep(0.1)
        assert not (folder / STAGE).exists()
    reader.join(120)
    assert build.wait(60) == 0
    build.stderr.close()
    build.stdout.close()
    assert "first" in small_book.html()


def test_the_entries_of_pages_are_read_from_a_search_index():
    index = (
        'Search.setIndex({"docnames": ["a", "s/b", "c"], "indexentries": '
        '{"eq-(x)": [[0, "x", true], [1, "y", false]], "z": [[1, "z", false]]}, "terms": {}})'
    )
    assert entries_of(index) == {
        "a": [("eq-(x)", "x", "main")],
        "s/b": [("eq-(x)", "y", ""), ("z", "z", "")],
        "c": [],
    }


@pytest.mark.exhaustive(share=1 / 2, of="file", fewest=1)
def test_a_search_finds_equations_of_pages_that_were_not_written_again(small_book):
    small_book.write("$$\n1 + 1 = 2\n$$ (def-two)\n")
    small_book.add("other", "$$\n2 + 2 = 4\n$$ (def-four)\n")
    assert small_book.build().returncode == 0
    before = small_book.site()["searchindex.js"]
    small_book.write("$$\n1 + 1 = 2\n$$ (def-two)\n\nOne more.\n")
    assert small_book.build().returncode == 0
    now = entries_of(small_book.site()["searchindex.js"].decode())
    assert now == entries_of(before.decode())
    assert now["other"] == [("def-four", "equation-def-four", "main")]
