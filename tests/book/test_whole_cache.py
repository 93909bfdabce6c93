"""What is damaged in the caches is noticed and made anew."""

import joblib
import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from kit.build.whole_cache import DATABASE, drop_damaged_pages, drop_unfinished_results


def notebook(code: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])


@pytest.fixture
def cache(tmp_path):
    cache = get_cache(tmp_path / "pages")
    for code in ("x = 1", "x = 2"):
        cache.cache_notebook_bundle(CacheBundleIn(notebook(code), code), check_validity=False)
    cache.db.dispose()
    return cache


def known(folder) -> list[str]:
    cache = get_cache(folder)
    found = []
    for code in ("x = 1", "x = 2"):
        try:
            cache.merge_match_into_notebook(notebook(code))
        except KeyError:
            continue
        found.append(code)
    cache.db.dispose()
    return found


def test_a_sound_cache_is_kept(cache):
    drop_damaged_pages(cache.path)
    assert known(cache.path) == ["x = 1", "x = 2"]


@pytest.mark.parametrize("left", [None, 0, 10, -1])
def test_a_page_that_was_not_written_to_its_end_is_dropped_and_can_be_put_in_again(cache, left):
    record = cache.match_cache_notebook(notebook("x = 1"))
    path = cache.path / "executed" / record.hashkey / "base.ipynb"
    if left is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().rstrip()[:left])
    drop_damaged_pages(cache.path)
    assert known(cache.path) == ["x = 2"]
    cache.cache_notebook_bundle(CacheBundleIn(notebook("x = 1"), "x"), check_validity=False)
    assert known(cache.path) == ["x = 1", "x = 2"]


@pytest.mark.parametrize("damage", ["empty", "cut", "other"])
def test_a_damaged_database_is_made_anew(cache, damage):
    path = cache.path / DATABASE
    data = path.read_bytes()
    path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "other": b"text" * 999}[damage])
    drop_damaged_pages(cache.path)
    assert known(cache.path) == []
    again = get_cache(cache.path)
    again.cache_notebook_bundle(CacheBundleIn(notebook("x = 1"), "x"), check_validity=False)
    assert known(cache.path) == ["x = 1"]


def test_no_cache_is_no_damage(tmp_path):
    drop_damaged_pages(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def double(number: int) -> list[int]:
    return [number, number]


def test_a_result_that_ends_early_is_computed_again_in_silence(tmp_path, capfd):
    kept = joblib.Memory(tmp_path, verbose=0).cache(double)
    assert [kept(1), kept(2)] == [[1, 1], [2, 2]]
    cut, whole = sorted(tmp_path.rglob("output.pkl"), key=lambda path: path.stat().st_mtime_ns)
    cut.write_bytes(cut.read_bytes()[:-4])
    drop_unfinished_results(tmp_path)
    assert not cut.exists()
    assert whole.exists()
    assert kept(1) == [1, 1]
    assert capfd.readouterr().err == ""
